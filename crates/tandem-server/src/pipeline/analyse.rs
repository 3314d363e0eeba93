//! From stored facts to alerts, day by day in calendar order.
//!
//! A day's result depends only on what was known by the end of that day and on the state left by the day before, so it can be
//! computed again at any time with the same outcome. State is kept as a snapshot per day; late data marks its day dirty and
//! the analysis starts again from there.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tandem_baseline::Profiles;
use tandem_detect::{CorrelatorState, Suppressor};
use tandem_domain::Day;
use tandem_score::QueueState;
use tandem_sequence::SequencerState;

use super::AnalyseError;
use super::day::{Outcome, Run};
use super::slow::SlowBurn;
use crate::app::App;

/// After this many days without any data the analysis goes on at the next day with data: nothing is left that would change
/// by itself from day to day.
const LONGEST_GAP: i32 = 30;
/// Days ahead of the clock beyond which a record's time is taken for a fault of its sender's clock and waits.
const LONGEST_AHEAD: i32 = 366;
/// First byte of a snapshot; to be raised with every change of what [`State`] holds, or of what computes it.
const SNAPSHOT_VERSION: u8 = 9;
/// Zstandard level of snapshots: they are written every day and read rarely.
const SNAPSHOT_LEVEL: i32 = 1;

/// What one day leaves to the next.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct State {
    /// Behaviour of everybody.
    pub profiles: Profiles,
    /// Open windows of correlations.
    pub correlator: Option<CorrelatorState>,
    /// Chains of acts under way.
    pub sequencer: SequencerState,
    /// Open suppression windows of rules.
    pub suppressor: Suppressor,
    /// Budget carried over, cool-downs.
    pub queue: QueueState,
    /// Slow accumulation by pseudonym.
    pub slow: BTreeMap<String, SlowBurn>,
    /// Everybody ever seen, by key.
    pub known: BTreeSet<String>,
    /// First day of data.
    pub first_day: Option<Day>,
}

impl State {
    /// Compressed for the database.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn pack(&self) -> Result<Vec<u8>, AnalyseError> {
        let bytes =
            postcard::to_allocvec(self).map_err(|e| AnalyseError::Snapshot(std::io::Error::other(e)))?;
        let mut packed = vec![SNAPSHOT_VERSION];
        zstd::stream::copy_encode(bytes.as_slice(), &mut packed, SNAPSHOT_LEVEL)
            .map_err(AnalyseError::Snapshot)?;
        Ok(packed)
    }

    /// As it was packed; `None` if another version of Tandem did, which kept other things: all days are then analysed anew.
    ///
    /// # Errors
    /// When the bytes are damaged.
    pub fn unpack(bytes: &[u8]) -> Result<Option<Self>, AnalyseError> {
        let Some((&SNAPSHOT_VERSION, packed)) = bytes.split_first() else {
            return Ok(None);
        };
        let bytes = zstd::decode_all(packed).map_err(AnalyseError::Snapshot)?;
        postcard::from_bytes(&bytes)
            .map(Some)
            .map_err(|e| AnalyseError::Snapshot(std::io::Error::other(e)))
    }
}

/// What an analysis did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct AnalysisSummary {
    /// Days analysed.
    pub days: u64,
    /// First of them, days since 1970.
    pub from: Option<Day>,
    /// Last of them, days since 1970.
    pub to: Option<Day>,
    /// Indicators made.
    pub indicators: u64,
    /// Alerts raised.
    pub alerts: u64,
    /// Subjects known.
    pub subjects: u64,
}

/// Analyses every day that has new data, or everything from `from` on.
///
/// # Errors
/// When a store fails. Days finished before that stay.
pub async fn analyse(
    app: &App,
    from: Option<Day>,
    progress: &mut (dyn FnMut(Day, Day, &AnalysisSummary) + Send),
) -> Result<AnalysisSummary, AnalyseError> {
    let _one = app.analyst.lock().await;
    let mut summary = AnalysisSummary::default();
    let Some((first, last)) = app.store.activity_span().await? else {
        return Ok(summary);
    };
    let last = last.min(super::now().day().plus(LONGEST_AHEAD));
    let dirty = app.store.dirty_from().await?;
    let next = app.store.analysed_to().await?.map_or(first, |day| day.plus(1));
    let wanted = [from, dirty]
        .into_iter()
        .flatten()
        .fold(next, Day::min)
        .max(first);
    if wanted > last {
        return Ok(summary);
    }
    // Older snapshots are kept weekly: the days between the one that is left and the wanted one are computed again.
    let start = app
        .store
        .snapshot_before(wanted)
        .await?
        .filter(|snapshot| snapshot.body.first() == Some(&SNAPSHOT_VERSION))
        .map_or(first, |s| s.day.plus(1))
        .max(first);
    app.store.forget_analysis_from(start).await?;
    let mut run = Run::start(app, start).await?;
    let mut day = start;
    let mut with_data = start;
    while day <= last {
        if day.0 - with_data.0 > LONGEST_GAP {
            day = app
                .store
                .data_day_from(day)
                .await?
                .map_or(last, |next| next.min(last));
        }
        let Outcome {
            indicators,
            alerts,
            had_data,
        } = run.day(day).await?;
        if had_data {
            with_data = day;
        }
        summary.days += 1;
        summary.from = summary.from.or(Some(day));
        summary.to = Some(day);
        summary.indicators += indicators;
        summary.alerts += alerts;
        summary.subjects = run.state.known.len() as u64;
        progress(day, last, &summary);
        day = day.plus(1);
    }
    app.metrics.alerts.inc_by(summary.alerts);
    Ok(summary)
}

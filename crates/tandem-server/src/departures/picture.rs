//! The picture behind a departure, told from days of activity: the own past, the peers, the day.

use std::collections::BTreeMap;

use tandem_baseline::{Channel, DayActivity, OwnHours};
use tandem_domain::Day;

use super::values::Values;
use super::view::{DayValue, PastBand, PeerValues, Picture, PictureKind, PictureUnit};
use crate::api::card::PEERS;
use crate::pipeline::departures::{Departure, channel_named};

/// Most earlier active days shown.
pub const PAST_DAYS: usize = 90;
/// Days of the peers, up to and with the day.
pub const PEER_DAYS: i32 = 30;
/// Fewest earlier days for a band.
const BAND_LEAST: usize = 5;
/// What of the peers' days is told.
const QUANTILES: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 0.9];

/// Activity by day.
pub type Days = BTreeMap<Day, DayActivity>;

/// What was done around a day.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The day.
    pub day: Day,
    /// The subject's own hours as they were then.
    pub hours: Option<OwnHours>,
    /// The subject's days.
    pub own: &'a Days,
    /// Each peer's days of the last [`PEER_DAYS`]; empty if there are too few.
    pub peers: &'a [Days],
}

/// The picture of a departure; `None` where kept days do not tell the channel's values.
pub fn picture(departure: &Departure, around: &Around<'_>) -> Option<Picture> {
    let channel = channel_named(&departure.channel)?;
    let today = around.own.get(&around.day)?;
    if channel == Channel::Hour {
        return Some(hours(departure.observed, around));
    }
    let values = Values::of(departure, channel, today, around.hours)?;
    let mut history = values.on(around.own.range(..around.day));
    history.drain(..history.len().saturating_sub(PAST_DAYS));
    let past = sorted(history.iter().map(|(_, value)| *value));
    let band = (past.len() >= BAND_LEAST).then(|| PastBand {
        low: quantile(&past, 0.1),
        usual: quantile(&past, 0.5),
        high: quantile(&past, 0.9),
    });
    Some(Picture {
        kind: PictureKind::Days,
        unit: values.unit,
        value: values.today,
        history: history
            .into_iter()
            .map(|(day, value)| DayValue {
                day: day.to_string(),
                value,
            })
            .collect(),
        band,
        peers: peers(around, &values),
        own_hours: None,
        peer_hours: None,
        note: values.note,
    })
}

fn peers(around: &Around<'_>, values: &Values) -> Option<PeerValues> {
    let people = active(around);
    let of_days = around.peers.iter().flat_map(|days| values.on(days.iter()));
    let of_days = sorted(of_days.map(|(_, value)| value));
    (people >= PEERS && !of_days.is_empty()).then(|| PeerValues {
        people: people as u64,
        quantiles: QUANTILES.iter().map(|share| quantile(&of_days, *share)).collect(),
    })
}

/// Peers who did anything.
fn active(around: &Around<'_>) -> usize {
    around.peers.iter().filter(|days| !days.is_empty()).count()
}

fn hours(hour: f64, around: &Around<'_>) -> Picture {
    let rest = around.day.is_weekend();
    let of_kind = |(day, _): &(&Day, &DayActivity)| day.is_weekend() == rest;
    let own = around.own.range(..around.day).rev().filter(of_kind);
    let own: Vec<&DayActivity> = own.take(PAST_DAYS).map(|(_, activity)| activity).collect();
    let peers = around.peers.iter().flatten().filter(of_kind);
    let peers: Vec<&DayActivity> = peers.map(|(_, activity)| activity).collect();
    let enough = active(around) >= PEERS && !peers.is_empty();
    let kind = if rest { "days of rest" } else { "working days" };
    Picture {
        kind: PictureKind::Hours,
        unit: PictureUnit::Hour,
        value: hour,
        history: Vec::new(),
        band: None,
        peers: None,
        own_hours: (own.len() >= BAND_LEAST).then(|| shares(&own)),
        peer_hours: enough.then(|| shares(&peers)),
        note: format!("On what share of earlier {kind} each hour saw activity."),
    }
}

/// On what share of the days each hour of the day saw activity.
fn shares(days: &[&DayActivity]) -> Vec<f64> {
    let mut active = [0.0; 24];
    for day in days {
        for (sum, count) in active.iter_mut().zip(day.hours()) {
            *sum += f64::from(u8::from(count > 0));
        }
    }
    active.iter().map(|sum| sum / days.len().max(1) as f64).collect()
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values
}

/// The value below which a share of sorted values lies, between neighbours in proportion; 0 of nothing.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = share * sorted.len().saturating_sub(1) as f64;
    let below = sorted.get(at.floor() as usize).copied().unwrap_or(0.0);
    let above = sorted.get(at.ceil() as usize).copied().unwrap_or(below);
    below + (above - below) * at.fract()
}

//! Live sources as the API shows them.

use tandem_sources::Phase;
use tandem_store::StoreError;

use super::alarms::{Alarm, AlarmKind, alarms};
use crate::api::dto::{AlarmView, IntakeView, LiveSource, LiveSources, TroubleView};
use crate::app::App;
use crate::pipeline::now;
use crate::rule_health::UnseenSource;

impl App {
    /// Every source of the settings as it is, with what is wrong, and what is under way.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_sources(&self) -> Result<LiveSources, StoreError> {
        let now = now();
        let unseen = self.unseen_sources().await?;
        let sources = self
            .intake
            .live()
            .iter()
            .map(|live| {
                let settings = &live.settings;
                let health = live.health.read();
                let mark = self.intake.marked(&settings.name);
                let mut alarms = alarms(
                    &health,
                    &mark,
                    settings.silent_after_minutes,
                    self.intake.begun,
                    now,
                );
                alarms.extend(
                    unseen
                        .iter()
                        .filter(|seen| seen.source == settings.name)
                        .map(unknown),
                );
                LiveSource {
                    name: settings.name.clone(),
                    kind: settings.from.kind().to_owned(),
                    from: settings.from.place(),
                    phase: match health.phase {
                        Phase::Starting => "starting",
                        Phase::Running => "running",
                        Phase::Failing => "failing",
                        Phase::Stopped => "stopped",
                    }
                    .to_owned(),
                    bytes: health.bytes,
                    records: health.records,
                    refused: health.refused,
                    connections: health.connections,
                    open: health.open,
                    behind: health.behind,
                    last: mark.last.or(health.last).map(|last| last.to_string()),
                    trouble: health.trouble.map(|(at, what)| TroubleView {
                        at: at.to_string(),
                        what,
                    }),
                    silent_after_minutes: settings.silent_after_minutes,
                    alarms: alarms.into_iter().map(AlarmView::from).collect(),
                }
            })
            .collect();
        let figures = self.intake.figures.read();
        let (waiting_bytes, room_bytes) = self.intake.inlet.load();
        Ok(LiveSources {
            sources,
            intake: IntakeView {
                waiting_bytes,
                room_bytes,
                committed: figures.events,
                commits: figures.commits,
                lost: figures.lost,
                last_commit: figures.last.map(|at| at.to_string()),
            },
        })
    }
}

/// Events that no rule can see.
fn unknown(seen: &UnseenSource) -> Alarm {
    Alarm {
        kind: AlarmKind::UnknownFormat,
        since: Some(seen.first),
        sentence: format!(
            "No rule can see {} of its events: their mapping names no log source. Set `mapping` for this source, or write one (docs/mappings.md).",
            seen.events
        ),
    }
}

impl From<Alarm> for AlarmView {
    fn from(alarm: Alarm) -> Self {
        Self {
            kind: alarm.kind,
            since: alarm.since.map(|at| at.to_string()),
            sentence: alarm.sentence,
        }
    }
}

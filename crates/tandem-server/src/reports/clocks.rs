//! How long things took.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;
use tandem_casework::clock::Clock;
use tandem_casework::report::{CASES_LEAST, Timing, figures};
use tandem_casework::words::Severity;
use tandem_domain::time::MICROS_PER_HOUR;
use tandem_domain::{CaseId, Department, Threat, Timestamp};
use tandem_store::{AlertFilter, WorkFilter, WorkKind};
use utoipa::IntoParams;

use super::view;
use super::{ClockReport, KeptBack};
use crate::app::App;
use crate::service::{ServiceError, instant};

/// Days of a report that names no beginning: a quarter of a year.
const DAYS: i32 = 91;
/// Most alerts of a report.
const ALERTS: usize = 100_000;

/// Of when.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ClocksAsked {
    /// Cases opened and alerts raised from: RFC 3339 or a day, which means its start; without it, 91 days back.
    pub from: Option<String>,
    /// Until: RFC 3339 or a day, which means its end; without it, now.
    pub to: Option<String>,
}

impl App {
    /// How long it took to look at alerts, and to share, contain, decide and close cases.
    ///
    /// # Errors
    /// When the question makes no sense or a store fails.
    pub async fn clock_report(&self, asked: &ClocksAsked) -> Result<ClockReport, ServiceError> {
        let now = crate::pipeline::now();
        let to = instant(asked.to.as_deref(), false)?.unwrap_or(now);
        let from = instant(asked.from.as_deref(), true)?.unwrap_or_else(|| to.day().plus(-DAYS).start());
        if from > to {
            return Err(ServiceError::asked(
                "the report ends before it begins",
                "name the earlier day first",
            ));
        }
        let mut timings = self.triage_timings(from, to, now).await?;
        let filter = WorkFilter {
            limit: usize::MAX,
            ..WorkFilter::default()
        };
        for row in self.store.work(WorkKind::Case, &filter).await? {
            if from <= row.opened && row.opened <= to {
                let known = self.case(&CaseId(row.id)).await?;
                timings.extend(Timing::of_case(&known.case, &self.targets, now));
            }
        }
        let made = figures(&timings);
        let kept_back = made.kept_back.iter().map(|(clock, cases)| KeptBack {
            clock: clock.as_str().into(),
            cases: *cases,
        });
        Ok(ClockReport {
            from: from.to_string(),
            to: to.to_string(),
            least: CASES_LEAST as u64,
            figures: made.figures.iter().map(view::figure).collect(),
            kept_back: kept_back.collect(),
        })
    }

    /// How long each alert waited until somebody first did something with it.
    async fn triage_timings(
        &self,
        from: Timestamp,
        to: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<Timing>, ServiceError> {
        // An alert may be raised on the day after the one that it belongs to.
        let (first, last) = (from.day().plus(-1), to.day());
        let filter = AlertFilter {
            from: Some(first),
            to: Some(last),
            limit: ALERTS,
            ..AlertFilter::default()
        };
        let acts = self.store.first_acts(first, last).await?;
        let departments: BTreeMap<String, Option<Department>> = self
            .store
            .colleagues()
            .await?
            .into_iter()
            .map(|row| (row.account, row.department.or_else(|| row.role.department())))
            .collect();
        let mut timings = Vec::new();
        for row in self.store.alerts(&filter).await? {
            let alert = row.alert;
            if alert.raised < from || alert.raised > to {
                continue;
            }
            let act = acts.get(&alert.id.to_string());
            let until = act.map_or(now, |(at, _)| *at);
            let elapsed = until.0.saturating_sub(alert.raised.0).max(0);
            let target = self
                .targets
                .target(Clock::Triage, Severity::of_level(alert.level));
            timings.push(Timing {
                clock: Clock::Triage,
                kind: alert.threat.map_or("unknown", Threat::as_str).to_owned(),
                side: act.and_then(|(_, who)| departments.get(who).copied().flatten()),
                elapsed,
                running: act.is_none(),
                late: elapsed > target.0,
            });
        }
        Ok(timings)
    }
}

/// The figures as comma-separated values (RFC 4180). Every cell is a word of Tandem's own or a number, so nothing needs quotes.
pub fn csv(report: &ClockReport) -> String {
    let mut text =
        "clock,of,kind,department,cases,running,late,late_share,median_hours,ninetieth_hours\r\n".to_owned();
    let hours = |seconds: Option<i64>| {
        let per_hour = (MICROS_PER_HOUR / tandem_domain::time::MICROS_PER_SECOND) as f64;
        seconds.map_or_else(String::new, |s| format!("{:.2}", s as f64 / per_hour))
    };
    for one in &report.figures {
        // Writing into a text does not fail.
        let _ = write!(
            text,
            "{},{},{},{},{},{},{},{:.3},{},{}\r\n",
            one.clock,
            one.of,
            one.kind.as_deref().unwrap_or_default(),
            one.department.as_deref().unwrap_or_default(),
            one.cases,
            one.running,
            one.late,
            one.late_share,
            hours(one.median_seconds),
            hours(one.ninetieth_seconds),
        );
    }
    text
}

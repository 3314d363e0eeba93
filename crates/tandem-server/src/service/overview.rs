//! The state of things at a glance.

use tandem_domain::Day;
use tandem_store::{AlertFilter, RejectFilter, SubjectFilter};

use super::ServiceError;
use crate::api::dto::{DayCount, Overview};
use crate::app::App;

/// Days of the small charts.
pub const CHART_DAYS: i32 = 60;

impl App {
    /// The state of things at a glance.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn overview(&self) -> Result<Overview, ServiceError> {
        let analysed = self.store.analysed_to().await?;
        let from = analysed.map_or(Day(0), |d| d.plus(-CHART_DAYS));
        let counts = |rows: Vec<(Day, u64)>| {
            rows.into_iter()
                .map(|(day, count)| DayCount {
                    day: day.to_string(),
                    count,
                })
                .collect()
        };
        let events = self.store.event_count().await?;
        let subjects = self.store.count_subjects(&SubjectFilter::default()).await?;
        let open = RejectFilter {
            status: Some("open".into()),
            ..RejectFilter::default()
        };
        let sources: std::collections::BTreeSet<String> = self
            .store
            .source_days(None)
            .await?
            .into_iter()
            .map(|(d, _)| d.source)
            .collect();
        let open_alerts = self
            .store
            .alerts(&AlertFilter {
                open_only: true,
                limit: 100_000,
                ..AlertFilter::default()
            })
            .await?;
        Ok(Overview {
            company: self.config.home.company.clone(),
            analysed_to: analysed.map(|d| d.to_string()),
            subjects,
            events,
            rejects: self.store.count_rejects(&open).await?,
            sources: sources.len() as u64,
            open_alerts: open_alerts.len() as u64,
            indicators_by_day: counts(self.store.per_day(false, from).await?),
            alerts_by_day: counts(self.store.per_day(true, from).await?),
            budget_per_1000: self.config.queue.per_1000,
            setup_hint: hint(events, analysed.is_some()),
        })
    }
}

fn hint(events: u64, analysed: bool) -> Option<String> {
    match (events, analysed) {
        (0, _) => Some("Nothing has been read yet. Run `tandem ingest PATH…` with logs and people files, or push events over HTTP.".into()),
        (_, false) => Some("Events are stored but not analysed. Run `tandem analyse`.".into()),
        _ => None,
    }
}

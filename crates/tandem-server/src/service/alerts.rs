//! The queue, one alert, and decisions on it.

use tandem_domain::{AlertId, AlertStatus, Day, Indicator, IndicatorGroup, SubjectId};
use tandem_store::{AlertChange, AlertFilter, AlertRow, HistoryRow, Step};

use super::{ServiceError, day};
use crate::api::dto::{
    AlertDetail, AlertSummary, HistoryEntry, IndicatorView, QueueDay, QueueView, StatusChange,
};
use crate::api::risk;
use crate::api::views::{self, Sight};
use crate::app::App;
use crate::asker::Asker;
use crate::events::EventFilter;
use crate::http::error::ApiError;

/// Most alerts of one answer.
const LISTED: usize = 500;
/// Most indicators of an alert shown with their events.
const WITH_EVENTS: usize = 12;
/// Events shown per indicator.
const EVENTS: usize = 20;
/// Longest note, characters.
const NOTE: usize = 4_000;

/// What part of the queue is asked for.
#[derive(Debug, Clone, Default, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct QueueAsked {
    /// That day's queue; without it, everything not closed.
    pub day: Option<String>,
    /// `new`, `in_progress` or `closed`.
    pub status: Option<String>,
    /// `low`, `watch`, `review` or `act`.
    pub level: Option<String>,
    /// `daily` or `slow_burn`.
    pub queue: Option<String>,
}

impl App {
    /// The queue of one day, or every alert that is not closed.
    ///
    /// # Errors
    /// When the question makes no sense or the database fails.
    pub async fn queue(&self, sight: Sight, asked: &QueueAsked) -> Result<QueueView, ServiceError> {
        let asked_day = day(asked.day.as_deref())?;
        let status = match asked.status.as_deref().filter(|s| !s.is_empty()) {
            None => None,
            Some(text) => Some(views::parse_status(text).ok_or_else(|| {
                ServiceError::asked(format!("`{text}` is no status"), "use new, in_progress or closed")
            })?),
        };
        let some = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
        let filter = AlertFilter {
            day: asked_day,
            status,
            open_only: asked_day.is_none() && status.is_none(),
            level: some(&asked.level),
            queue: some(&asked.queue),
            limit: LISTED,
            ..AlertFilter::default()
        };
        let alerts = self.store.alerts(&filter).await?;
        let days = self.store.queue_counts(Day(0)).await?;
        let population = self
            .store
            .count_subjects(&tandem_store::SubjectFilter::default())
            .await?;
        Ok(QueueView {
            day: asked_day.map(|d| d.to_string()),
            days: days
                .iter()
                .map(|d| QueueDay {
                    day: d.day.to_string(),
                    alerts: d.alerts,
                    open: d.open,
                })
                .collect(),
            alerts: alerts.iter().map(|row| summary(sight, row)).collect(),
            budget: self.config.queue.per_1000 * population as f64 / 1_000.0,
        })
    }

    /// Whom an alert is about.
    ///
    /// # Errors
    /// When there is no such alert or the database fails.
    pub async fn alert_subject(&self, id: &str) -> Result<SubjectId, ServiceError> {
        let id = AlertId::parse(id).ok_or(ServiceError::Missing("alert"))?;
        let row = self.store.alert(id).await?;
        Ok(row.ok_or(ServiceError::Missing("alert"))?.alert.subject)
    }

    /// One alert with its evidence and the score at the time it was raised.
    ///
    /// # Errors
    /// When there is none or a store fails.
    pub async fn alert_detail(&self, sight: Sight, id: &str) -> Result<AlertDetail, ServiceError> {
        let id = AlertId::parse(id).ok_or(ServiceError::Missing("alert"))?;
        let row = self
            .store
            .alert(id)
            .await?
            .ok_or(ServiceError::Missing("alert"))?;
        let moment = row.alert.raised;
        let known = self.known(&row.alert.subject, moment).await?;
        let explanation = self.explanation(&row.alert.subject, moment).await?;
        let mut shown: Vec<&Indicator> = known
            .iter()
            .filter(|i| row.alert.indicators.contains(&i.id))
            .collect();
        shown.sort_by_key(|i| row.alert.indicators.iter().position(|id| *id == i.id));
        let mut indicators = Vec::new();
        for (place, indicator) in shown.into_iter().enumerate() {
            indicators.push(self.with_events(sight, indicator, place < WITH_EVENTS).await?);
        }
        let history = self.store.alert_history(id).await?;
        let mut chains = self.chains(sight, &row.alert.subject, moment).await?;
        chains.retain(|chain| chain.evidence);
        Ok(AlertDetail {
            chains,
            alert: summary(sight, &row),
            subject: self.card(&row.alert.subject, moment.day()).await?,
            indicators,
            explanation: views::explanation(sight, &explanation),
            impact: risk::impact(&explanation.impact),
            motive: risk::motive(sight, &known, moment),
            history: history
                .into_iter()
                .map(|h| HistoryEntry {
                    at: h.at.to_string(),
                    who: h.who,
                    action: h.action,
                    note: h.note,
                })
                .collect(),
        })
    }

    /// An indicator as it is shown, with the events it rests on.
    ///
    /// # Errors
    /// When a store fails.
    pub async fn with_events(
        &self,
        sight: Sight,
        indicator: &Indicator,
        events: bool,
    ) -> Result<IndicatorView, ServiceError> {
        let mut found = Vec::new();
        if events && sight.evidence && !views::withheld(sight, indicator.group) {
            let day = indicator.time.day();
            let mut filter = EventFilter {
                limit: EVENTS,
                ..EventFilter::default()
            };
            if indicator.group == IndicatorGroup::Behaviour {
                filter.accounts = self.accounts(&indicator.subject, day).await?;
                (filter.from, filter.to) = (Some(day.start()), Some(day.end()));
            } else {
                filter.ids = indicator.events.iter().rev().take(EVENTS).copied().collect();
            }
            if !filter.accounts.is_empty() || !filter.ids.is_empty() {
                // A local day may reach into the neighbouring days of UTC; correlations reach back.
                let segments = self.segments(Some(day.plus(-8)), Some(day.plus(1))).await?;
                found = self.find_events(&filter, &segments).await?.0;
            }
        }
        Ok(views::indicator(sight, indicator, found))
    }

    /// Records a decision on an alert.
    ///
    /// # Errors
    /// When the decision makes no sense (closing needs a verdict and a reason), there is no such alert, or the database fails.
    pub async fn decide(
        &self,
        asker: &Asker,
        id: &str,
        change: &StatusChange,
    ) -> Result<AlertSummary, ApiError> {
        let id = AlertId::parse(id).ok_or(ServiceError::Missing("alert"))?;
        let status = views::parse_status(&change.status).ok_or_else(|| {
            ServiceError::asked(
                format!("`{}` is no status", change.status),
                "use new, in_progress or closed",
            )
        })?;
        let verdict = match change.verdict.as_deref() {
            None => None,
            Some(text) => Some(views::parse_verdict(text).ok_or_else(|| {
                ServiceError::asked(
                    format!("`{text}` is no verdict"),
                    "use true_positive, benign, false_positive or insufficient_data",
                )
            })?),
        };
        let note = change.note.trim();
        if note.chars().count() > NOTE {
            return Err(ServiceError::asked("the note is too long", "4,000 characters at most").into());
        }
        if status == AlertStatus::Closed && (verdict.is_none() || note.is_empty()) {
            return Err(ServiceError::asked(
                "closing needs a verdict and a reason",
                "say what you concluded and why",
            )
            .into());
        }
        if status != AlertStatus::Closed && verdict.is_some() {
            return Err(ServiceError::asked(
                "only a closed alert has a verdict",
                "close it, or leave the verdict out",
            )
            .into());
        }
        let before = self
            .store
            .alert(id)
            .await?
            .ok_or(ServiceError::Missing("alert"))?;
        let action = match verdict {
            Some(verdict) => format!("{} ({})", views::status(status), views::verdict(verdict)),
            None => views::status(status).to_owned(),
        };
        let history = HistoryRow {
            at: crate::pipeline::now(),
            who: asker.account().to_owned(),
            action,
            note: note.to_owned(),
        };
        let mut row = before;
        let entry = asker.entry("alert.triage", Some(&row.alert.subject), Some(&id.to_string()))?;
        self.store
            .take_step(Step {
                alerts: vec![AlertChange {
                    id,
                    status,
                    verdict,
                    history,
                }],
                ledger: vec![entry],
                ..Step::default()
            })
            .await?;
        (row.alert.status, row.alert.verdict) = (status, verdict);
        Ok(summary(asker.sight(self, &asker.context()), &row))
    }
}

/// An alert in short.
pub(super) fn summary(sight: Sight, row: &AlertRow) -> AlertSummary {
    let groups: Vec<_> = row
        .groups
        .iter()
        .filter_map(|g| IndicatorGroup::parse(g))
        .collect();
    views::alert(sight, &row.alert, &groups)
}

//! Sources and their rates.

use std::collections::BTreeMap;

use tandem_domain::Timestamp;

use super::ServiceError;
use super::overview::CHART_DAYS;
use crate::api::dto::{SourceDay, SourceList, SourceView};
use crate::app::App;

impl App {
    /// Every source with its totals and its last 60 days.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn source_list(&self) -> Result<SourceList, ServiceError> {
        let mut sources: BTreeMap<String, (SourceView, Timestamp)> = BTreeMap::new();
        for (day, received) in self.store.source_days(None).await? {
            let (view, last_received) = sources
                .entry(day.source.clone())
                .or_insert_with(|| (self.empty_source(&day.source), received));
            view.events += day.events;
            view.rejects += day.rejects;
            view.bytes += day.bytes;
            let first = day.first.map(|t| t.to_string());
            if view.first.is_none() || first.as_ref().is_some_and(|f| Some(f) < view.first.as_ref()) {
                view.first = first.or_else(|| view.first.take());
            }
            let last = day.last.map(|t| t.to_string());
            if last > view.last {
                view.last = last;
            }
            *last_received = (*last_received).max(received);
            view.by_day.push(SourceDay {
                day: day.day.to_string(),
                events: day.events,
                rejects: day.rejects,
            });
        }
        let sources = sources
            .into_values()
            .map(|(mut view, received)| {
                view.last_received = Some(received.to_string());
                let drop = view.by_day.len().saturating_sub(CHART_DAYS as usize);
                view.by_day.drain(..drop);
                view
            })
            .collect();
        Ok(SourceList { sources })
    }

    fn empty_source(&self, source: &str) -> SourceView {
        let of_source = |name: &&str| self.mappings.source_of(name) == Some(source);
        let names: Vec<&str> = self.mappings.names().filter(of_source).collect();
        SourceView {
            source: source.to_owned(),
            mapping: (!names.is_empty()).then(|| names.join(", ")),
            events: 0,
            rejects: 0,
            bytes: 0,
            first: None,
            last: None,
            last_received: None,
            by_day: Vec::new(),
        }
    }
}

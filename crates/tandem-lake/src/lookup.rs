//! The searches that timelines, alerts and the sources page need.

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::{Date32Type, Int64Type};
use tandem_domain::{ClassUid, Day, EventId, Timestamp};

use crate::config::QueryLimits;
use crate::encode::text_at;
use crate::error::Result;
use crate::filter::EventFilter;
use crate::lake::Lake;
use crate::query::TABLE;
use crate::segment::Segment;
use crate::stored::{StoredEvent, read_events};

/// The events a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The events in the order asked for.
    pub events: Vec<StoredEvent>,
    /// True if there are more than the limit.
    pub truncated: bool,
    /// The search as SQL, for the analyst to go on from.
    pub sql: String,
}

/// How many events of one class one source had on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCount {
    /// The day (UTC).
    pub day: Day,
    /// The source.
    pub source: String,
    /// The class.
    pub class: ClassUid,
    /// How many events.
    pub events: u64,
}

impl Lake {
    /// The events that `filter` describes, at most `limits.max_rows` of them.
    ///
    /// # Errors
    /// As [`Lake::query`].
    pub async fn find(
        &self,
        filter: &EventFilter,
        segments: &[Segment],
        limits: QueryLimits,
    ) -> Result<Found> {
        // One more than wanted shows whether there are more.
        let result = self
            .query(
                &filter.to_sql(limits.max_rows.saturating_add(1)),
                segments,
                limits,
            )
            .await?;
        let events: Vec<StoredEvent> = result.batches().iter().flat_map(read_events).collect();
        Ok(Found {
            events,
            truncated: result.truncated(),
            sql: filter.to_sql(limits.max_rows),
        })
    }

    /// The events with these ids, earliest first; ids that are not in the lake are left out. `during` is the span of
    /// time they are known to lie in, both ends included, if it is known: it spares looking at every day.
    ///
    /// # Errors
    /// As [`Lake::query`].
    pub async fn events_by_id(
        &self,
        ids: &[EventId],
        during: Option<(Timestamp, Timestamp)>,
        segments: &[Segment],
        limits: QueryLimits,
    ) -> Result<Vec<StoredEvent>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (from, to) = during.unzip();
        let filter = EventFilter {
            ids: ids.to_vec(),
            from,
            to,
            ..EventFilter::default()
        };
        Ok(self.find(&filter, segments, limits).await?.events)
    }

    /// The events of a subject's accounts from `from` to `to`, both included, earliest first.
    ///
    /// # Errors
    /// As [`Lake::query`].
    pub async fn subject_events(
        &self,
        accounts: &[String],
        (from, to): (Timestamp, Timestamp),
        segments: &[Segment],
        limits: QueryLimits,
    ) -> Result<Found> {
        let filter = EventFilter {
            accounts: accounts.to_vec(),
            from: Some(from),
            to: Some(to),
            ..EventFilter::default()
        };
        if accounts.is_empty() {
            return Ok(Found {
                events: Vec::new(),
                truncated: false,
                sql: filter.to_sql(limits.max_rows),
            });
        }
        self.find(&filter, segments, limits).await
    }

    /// The ids of all events of a source in these segments.
    ///
    /// # Errors
    /// As [`Lake::query`].
    pub async fn ids_of(&self, source: &str, segments: &[Segment]) -> Result<Vec<EventId>> {
        let filter = EventFilter {
            source: Some(source.to_owned()),
            ..EventFilter::default()
        };
        let sql = format!("SELECT event_id FROM {TABLE}{}", filter.where_clause());
        let rows: u64 = segments.iter().map(|segment| segment.rows).sum();
        let limits = QueryLimits {
            max_rows: usize::try_from(rows).unwrap_or(usize::MAX),
            ..QueryLimits::default()
        };
        let result = self.query(&sql, segments, limits).await?;
        let mut ids = Vec::with_capacity(result.row_count());
        for batch in result.batches() {
            let Some(column) = batch.columns().first() else {
                continue;
            };
            ids.extend((0..batch.num_rows()).filter_map(|row| EventId::parse(text_at(column, row)?)));
        }
        Ok(ids)
    }

    /// Events per day, source and class, in that order; of the given accounts only, unless there are none given.
    ///
    /// # Errors
    /// As [`Lake::query`].
    pub async fn counts(
        &self,
        accounts: &[String],
        (from, to): (Timestamp, Timestamp),
        segments: &[Segment],
        limits: QueryLimits,
    ) -> Result<Vec<DayCount>> {
        let filter = EventFilter {
            accounts: accounts.to_vec(),
            from: Some(from),
            to: Some(to),
            ..EventFilter::default()
        };
        let sql = format!(
            "SELECT day, source, class, count(*) FROM {TABLE}{} GROUP BY day, source, class ORDER BY day, source, class",
            filter.where_clause()
        );
        let result = self.query(&sql, segments, limits).await?;
        let mut counts = Vec::with_capacity(result.row_count());
        for batch in result.batches() {
            let [days, sources, classes, events] = batch.columns() else {
                continue;
            };
            let (days, events) = (
                days.as_primitive::<Date32Type>(),
                events.as_primitive::<Int64Type>(),
            );
            counts.extend((0..batch.num_rows()).map(|row| {
                DayCount {
                    day: Day(days.value(row)),
                    source: text_at(sources, row).unwrap_or_default().to_owned(),
                    class: text_at(classes, row)
                        .and_then(ClassUid::parse)
                        .unwrap_or_default(),
                    events: u64::try_from(events.value(row)).unwrap_or_default(),
                }
            }));
        }
        Ok(counts)
    }
}

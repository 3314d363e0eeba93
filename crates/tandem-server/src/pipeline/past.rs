//! Stored events in the order of time, in slices that memory can hold.

use std::collections::BTreeMap;

use tandem_domain::time::MICROS_PER_HOUR;
use tandem_domain::{Day, EventBatch, Timestamp};
use tandem_lake::{EventFilter, LakeError, QueryLimits, Segment, StoredEvent};

use crate::app::App;

/// Most events read from the lake at once.
pub const SLICE: usize = 20_000;
/// First length of time read at once, microseconds; it follows how much there is.
const LENGTH: i64 = MICROS_PER_HOUR;

/// Why events could not be read.
#[derive(Debug, thiserror::Error)]
pub enum PastError {
    /// The state database failed.
    #[error(transparent)]
    Store(#[from] tandem_store::StoreError),
    /// The lake failed.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// Many events at one instant.
    #[error("more than {SLICE} events of one instant ({0}) cannot be read at once")]
    Instant(Timestamp),
}

/// Reads one day after the other.
pub struct Past<'a> {
    app: &'a App,
    /// Which events; its times are set by the slices.
    filter: EventFilter,
    segments: Vec<Segment>,
    from: Timestamp,
    end: Timestamp,
    /// Length of time that is read at once.
    length: i64,
}

impl<'a> Past<'a> {
    /// Nothing to read before [`Self::day`].
    pub fn new(app: &'a App, filter: EventFilter) -> Self {
        Self {
            app,
            filter,
            segments: Vec::new(),
            from: Timestamp(1),
            end: Timestamp(0),
            length: LENGTH,
        }
    }

    /// Begins with a day's events.
    ///
    /// # Errors
    /// When the state database fails.
    pub async fn day(&mut self, day: Day) -> Result<(), PastError> {
        self.segments = self.app.segments(Some(day), Some(day)).await?;
        (self.from, self.end) = (day.start(), day.end());
        if self.segments.is_empty() {
            self.from = self.end.plus_micros(1);
        }
        Ok(())
    }

    /// The day's next events, earliest first, which may be none for a while; `None` at its end.
    ///
    /// # Errors
    /// When a store fails, or too many events share one instant.
    pub async fn next(&mut self) -> Result<Option<Vec<StoredEvent>>, PastError> {
        while self.from <= self.end {
            let to = self.from.plus_micros(self.length - 1).min(self.end);
            let Some(events) = self.slice(self.from, to).await? else {
                if self.length == 1 {
                    return Err(PastError::Instant(self.from));
                }
                self.length = (self.length / 4).max(1);
                continue;
            };
            if events.len() < SLICE / 4 {
                self.length = self.length.saturating_mul(2).min(24 * LENGTH);
            }
            self.from = to.plus_micros(1);
            return Ok(Some(events));
        }
        Ok(None)
    }

    /// The events of a span of time; nothing if they are too many.
    async fn slice(&self, from: Timestamp, to: Timestamp) -> Result<Option<Vec<StoredEvent>>, PastError> {
        let filter = EventFilter {
            from: Some(from),
            to: Some(to),
            ..self.filter.clone()
        };
        let limits = QueryLimits {
            max_rows: SLICE,
            ..self.app.query_limits(SLICE)
        };
        let found = self.app.lake.find(&filter, &self.segments, limits).await?;
        Ok((!found.truncated).then_some(found.events))
    }
}

/// Stored events as batches of one source each, as engines take them.
pub fn batches(events: &[StoredEvent]) -> Vec<EventBatch> {
    let mut by_source: BTreeMap<&str, Vec<EventBatch>> = BTreeMap::new();
    for event in events {
        let batches = by_source.entry(&event.source).or_default();
        let full = batches
            .last_mut()
            .is_none_or(|batch| event.write_to(batch).is_err());
        if full {
            let mut batch = EventBatch::new(&event.source);
            // An event that an empty batch cannot take was never stored.
            let _ = event.write_to(&mut batch);
            batches.push(batch);
        }
    }
    by_source.into_values().flatten().collect()
}

//! What is remembered of a source's times: whether it is silent, was silent, lags, or has a wrong clock.

use tandem_domain::time::MICROS_PER_SECOND;
use tandem_domain::{EventBatch, Timestamp};

use super::Intake;

/// Gaps remembered of a source.
const MOST_GAPS: usize = 20;
/// How long a wrong clock or a lag is told after it was last seen.
const REMEMBERED: i64 = 3_600 * MICROS_PER_SECOND;

/// A stretch in which a source brought nothing, longer than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Its last delivery before.
    pub from: Timestamp,
    /// Its first delivery after.
    pub to: Timestamp,
}

/// The times of one source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mark {
    /// When it last brought something.
    pub last: Option<Timestamp>,
    /// Gaps, oldest first.
    pub gaps: Vec<Gap>,
    /// How far its newest event lay ahead of the clock here, at most, microseconds, and when that was seen.
    pub ahead: Option<(i64, Timestamp)>,
    /// How far the newest event of its last delivery lay behind the clock here, microseconds.
    pub behind: Option<(i64, Timestamp)>,
}

impl Mark {
    /// Takes note of a delivery whose newest event is of that time.
    fn take(&mut self, newest: Option<Timestamp>, now: Timestamp, silent_after: Option<i64>) {
        if let (Some(last), Some(silent_after)) = (self.last, silent_after)
            && now.0.saturating_sub(last.0) > silent_after
        {
            self.gaps.push(Gap { from: last, to: now });
            let over = self.gaps.len().saturating_sub(MOST_GAPS);
            self.gaps.drain(..over);
        }
        self.last = self.last.max(Some(now));
        let Some(newest) = newest else { return };
        let ahead = newest.0.saturating_sub(now.0);
        let stale = self
            .ahead
            .is_none_or(|(far, seen)| ahead >= far || now.0.saturating_sub(seen.0) > REMEMBERED);
        if stale {
            self.ahead = (ahead > 0).then_some((ahead, now));
        }
        self.behind = Some(((-ahead).max(0), now));
    }
}

impl Intake {
    /// Takes note of a delivery.
    pub(super) fn mark(&self, source: &str, batches: &[&EventBatch], now: Timestamp) {
        let newest = batches
            .iter()
            .flat_map(|batch| batch.iter())
            .map(|event| event.head().time)
            .max();
        let silent_after = self.silent_after(source);
        self.with_marks(|marks| {
            if !marks.contains_key(source) {
                marks.insert(source.to_owned(), Mark::default());
            }
            if let Some(mark) = marks.get_mut(source) {
                mark.take(newest, now, silent_after);
            }
        });
    }

    /// When a source that is not configured, or was before this start, last brought something.
    pub(super) fn remember(&self, source: &str, last: Timestamp) {
        self.with_marks(|marks| {
            let mark = marks.entry(source.to_owned()).or_default();
            mark.last = mark.last.max(Some(last));
        });
    }

    /// What is remembered of a source.
    pub fn marked(&self, source: &str) -> Mark {
        self.with_marks(|marks| marks.get(source).cloned())
            .unwrap_or_default()
    }

    /// Microseconds after which a source of the settings is silent.
    fn silent_after(&self, source: &str) -> Option<i64> {
        let live = self.live();
        let minutes = live
            .iter()
            .find(|live| live.settings.name == source)
            .map(|live| live.settings.silent_after_minutes)
            .filter(|minutes| *minutes > 0)?;
        i64::try_from(minutes).ok()?.checked_mul(60 * MICROS_PER_SECOND)
    }

    fn with_marks<T>(&self, then: impl FnOnce(&mut std::collections::BTreeMap<String, Mark>) -> T) -> T {
        let mut marks = self
            .marks
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        then(&mut marks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60 * MICROS_PER_SECOND;

    fn at(minutes: i64) -> Timestamp {
        Timestamp(1_700_000_000 * MICROS_PER_SECOND + minutes * MINUTE)
    }

    #[test]
    fn a_gap_is_noted_when_a_silent_source_speaks_again() {
        let mut mark = Mark::default();
        mark.take(None, at(0), Some(60 * MINUTE));
        mark.take(None, at(60), Some(60 * MINUTE));
        assert!(mark.gaps.is_empty(), "an hour is what it may be silent");
        mark.take(None, at(121), Some(60 * MINUTE));
        let gap = Gap {
            from: at(60),
            to: at(121),
        };
        assert_eq!(mark.gaps, [gap]);
        for hour in 1..100 {
            mark.take(None, at(121 + hour * 90), Some(60 * MINUTE));
        }
        assert_eq!(mark.gaps.len(), MOST_GAPS, "the memory of gaps is bounded");
    }

    #[test]
    fn the_furthest_clock_ahead_is_told_for_an_hour() {
        let mut mark = Mark::default();
        mark.take(Some(at(10)), at(0), None);
        mark.take(Some(at(3)), at(2), None);
        assert_eq!(mark.ahead, Some((10 * MINUTE, at(0))));
        mark.take(Some(at(63)), at(62), None);
        assert_eq!(
            mark.ahead,
            Some((MINUTE, at(62))),
            "an hour later what is seen then counts"
        );
        mark.take(Some(at(60)), at(130), None);
        assert_eq!(mark.ahead, None);
        assert_eq!(mark.behind, Some((70 * MINUTE, at(130))));
    }
}

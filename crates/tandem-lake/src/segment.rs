//! Segments: the immutable files of the lake, as the catalog knows them.

use serde::{Deserialize, Serialize};
use tandem_domain::{Day, Timestamp};

/// One immutable Parquet file of events of one UTC day. The catalog's list of segments says which files are the lake; a
/// file that is not in it does not exist for any reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Path in the lake: `day=YYYY-MM-DD/<name>.parquet`.
    pub path: String,
    /// The day (UTC) of all its events.
    pub day: Day,
    /// How many events.
    pub rows: u64,
    /// Size of the file.
    pub bytes: u64,
    /// Earliest event.
    pub min_time: Timestamp,
    /// Latest event.
    pub max_time: Timestamp,
    /// First account in text order; absent if no event has one.
    pub min_account: Option<String>,
    /// Last account in text order.
    pub max_account: Option<String>,
    /// The sources its events came from, in text order.
    pub sources: Vec<String>,
    /// BLAKE3 of the file, 64 hexadecimal digits: shows damage and tampering.
    pub hash: String,
}

impl Segment {
    /// The folder of a day's segments.
    pub(crate) fn folder(day: Day) -> String {
        format!("day={day}")
    }

    /// True if an event of `account` between `from` and `to` (both included) can be in it.
    pub fn may_hold(&self, account: Option<&str>, from: Timestamp, to: Timestamp) -> bool {
        let in_time = self.min_time <= to && from <= self.max_time;
        let in_accounts = account.is_none_or(|account| {
            self.min_account.as_deref().is_some_and(|min| min <= account)
                && self.max_account.as_deref().is_some_and(|max| account <= max)
        });
        in_time && in_accounts
    }
}

/// The segments to delete so that events are kept for `days` whole days before `today`: those of days earlier than
/// `today - days`. A legal hold is the caller's to subtract.
pub fn expired(segments: &[Segment], today: Day, days: u32) -> Vec<Segment> {
    let oldest = today.plus(-i32::try_from(days).unwrap_or(i32::MAX));
    segments
        .iter()
        .filter(|segment| segment.day < oldest)
        .cloned()
        .collect()
}

/// Of a day's bytes, the part that is in small segments and makes it worth reading the large ones again too. With it an event is
/// written again about as often as the day's size has grown by a quarter, however often small segments come.
const WORTH: u64 = 4;

/// The days that are worth merging, each with the segments to merge: days with at least `min_segments` *small* segments, that is
/// below `full_bytes`. The others are merged again only when the small ones have grown to a quarter of their size, so that a day
/// is not read again and again as it fills; until then the small ones become one, or as many as they fill.
pub fn mergeable(segments: &[Segment], min_segments: usize, full_bytes: u64) -> Vec<(Day, Vec<Segment>)> {
    let mut days: std::collections::BTreeMap<Day, Vec<Segment>> = std::collections::BTreeMap::new();
    for segment in segments {
        days.entry(segment.day).or_default().push(segment.clone());
    }
    let small = |segment: &&Segment| segment.bytes < full_bytes;
    days.retain(|_, of_day| of_day.iter().filter(small).count() >= min_segments.max(2));
    for of_day in days.values_mut() {
        let all: u64 = of_day.iter().map(|segment| segment.bytes).sum();
        let in_small: u64 = of_day.iter().filter(small).map(|segment| segment.bytes).sum();
        if in_small.saturating_mul(WORTH) < all - in_small {
            of_day.retain(|segment| small(&segment));
        }
    }
    days.into_iter().collect()
}

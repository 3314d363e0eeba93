//! Small things that all services need to ask.

use std::time::Duration;

use tandem_domain::Timestamp;

use super::cursor::Cursor;

/// A day.
pub(super) const DAY: Duration = Duration::from_secs(86_400);

/// End of the window; its begin where there is none.
pub(super) fn end(cursor: &Cursor) -> Timestamp {
    cursor.to.unwrap_or(cursor.from)
}

/// `2026-03-02T08:00:00`, in UTC and without saying so, as Microsoft 365 wants it.
pub(super) fn plain(at: Timestamp) -> String {
    at.to_string().trim_end_matches('Z').to_owned()
}

/// Whole seconds since 1970.
pub(super) const fn seconds(at: Timestamp) -> i64 {
    at.0.div_euclid(1_000_000)
}

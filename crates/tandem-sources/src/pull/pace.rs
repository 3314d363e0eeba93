//! How fast: what services say of their limits, and how long to wait after trouble.

use std::time::Duration;

use reqwest::header::HeaderMap;
use tandem_domain::Timestamp;

/// Longest pause that a service's headers can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);
/// First wait after trouble.
pub(super) const FIRST: Duration = Duration::from_millis(250);
/// Longest wait after trouble.
const LONGEST: Duration = Duration::from_secs(300);

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn number(headers: &HeaderMap, names: [&str; 2]) -> Option<u64> {
    names.iter().find_map(|name| text(headers, name)?.parse().ok())
}

/// `Retry-After`: seconds, whole or with a fraction, or an HTTP date (RFC 9110, 10.2.3).
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = text(headers, "retry-after")?;
    if let Ok(seconds) = text.parse::<f64>() {
        let seconds = seconds.clamp(0.0, LONGEST_PAUSE.as_secs_f64());
        return (!seconds.is_nan()).then(|| Duration::from_secs_f64(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_microsecond();
    Some(until(date, now))
}

fn until(micros: i64, now: Timestamp) -> Duration {
    let left = u64::try_from(micros.saturating_sub(now.0)).unwrap_or(0);
    Duration::from_micros(left).min(LONGEST_PAUSE)
}

/// What the rate headers of Okta (`X-Rate-Limit-*`) and GitHub (`x-ratelimit-*`) leave: the requests left, and the time
/// until they are as many as ever again.
fn left(headers: &HeaderMap, now: Timestamp) -> Option<(u64, Option<u64>, Duration)> {
    let remaining = number(headers, ["x-rate-limit-remaining", "x-ratelimit-remaining"])?;
    let limit = number(headers, ["x-rate-limit-limit", "x-ratelimit-limit"]);
    let reset = number(headers, ["x-rate-limit-reset", "x-ratelimit-reset"])?;
    let reset = i64::try_from(reset).ok()?.checked_mul(1_000_000)?;
    Some((remaining, limit, until(reset, now)))
}

/// How long to wait after a good answer, so that a tenth of the service's limit is left to others who use it.
pub(super) fn spare(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let (remaining, limit, reset) = left(headers, now)?;
    (remaining <= limit.unwrap_or(0) / 10).then_some(reset)
}

/// True if the service's headers say that no request is left.
pub(super) fn used_up(headers: &HeaderMap, now: Timestamp) -> bool {
    left(headers, now).is_some_and(|(remaining, ..)| remaining == 0)
}

/// How long a service that refuses for its limit wants to be left alone.
pub(super) fn pause(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    retry_after(headers, now).or_else(|| left(headers, now).map(|(.., reset)| reset))
}

/// Wait after the `count`th trouble in a row (from 1), `first` after the first: doubled each time, between half and all of it by chance, so that
/// many streams do not come back at once. `chance` is any number.
pub(super) fn back_off(first: Duration, count: u32, chance: u64) -> Duration {
    let whole = first
        .saturating_mul(1_u32.checked_shl(count.saturating_sub(1)).unwrap_or(u32::MAX))
        .min(LONGEST);
    let half = whole / 2;
    half + half.mul_f64((chance % 1_024) as f64 / 1_024.0)
}

/// A service's pause with up to a tenth more, for the same reason.
pub(super) fn with_leave(pause: Duration, chance: u64) -> Duration {
    pause + pause.mul_f64((chance % 1_024) as f64 / 10_240.0)
}

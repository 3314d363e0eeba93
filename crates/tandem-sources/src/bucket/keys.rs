//! Dates in keys.
//!
//! Services that write logs into buckets put the date into the key, behind what tells account, region and kind. So keys that
//! share what stands before the date (their **stem**) are in the order of time.

use jiff::civil::Date;

/// How a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `2026/01/31`: CloudTrail, VPC flow logs, load balancers, GuardDuty, Firehose.
    Slashes,
    /// `2026-01-31`: S3 access logs, CloudFront, `dt=2026-01-31`.
    Dashes,
    /// `20260131`.
    Compact,
    /// `year=2026/month=01/day=31`, of which `year=` belongs to the stem.
    Hive,
}

/// A key with a date in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dated<'a> {
    /// What stands before the date.
    pub(super) stem: &'a str,
    pub(super) shape: Shape,
    pub(super) day: Date,
}

const SHAPES: [(Shape, &[&str]); 4] = [
    (Shape::Slashes, &["", "/", "/"]),
    (Shape::Dashes, &["", "-", "-"]),
    (Shape::Hive, &["", "/month=", "/day="]),
    (Shape::Compact, &["", "", ""]),
];

/// The first date in a key, if it has one.
pub(super) fn dated(key: &str) -> Option<Dated<'_>> {
    let bytes = key.as_bytes();
    (0..bytes.len()).find_map(|at| {
        let inside_number = at
            .checked_sub(1)
            .and_then(|before| bytes.get(before))
            .is_some_and(u8::is_ascii_digit);
        if inside_number || !bytes.get(at).is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let rest = key.get(at..)?;
        SHAPES.iter().find_map(|(shape, signs)| {
            Some(Dated {
                stem: key.get(..at)?,
                shape: *shape,
                day: date(rest, signs)?,
            })
        })
    })
}

fn date(text: &str, signs: &[&str]) -> Option<Date> {
    let mut rest = text;
    let mut numbers = [0_i16; 3];
    for ((number, sign), digits) in numbers.iter_mut().zip(signs).zip([4, 2, 2]) {
        rest = rest.strip_prefix(sign)?;
        let (own, after) = rest.split_at_checked(digits)?;
        if !own.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = own.parse().ok()?;
        rest = after;
    }
    if rest.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let [year, month, day] = numbers;
    if !(1990..2200).contains(&year) {
        return None;
    }
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// What all keys of a stem from a day on are behind.
pub(super) fn before(stem: &str, shape: Shape, day: Date) -> String {
    let (year, month, day) = (day.year(), day.month(), day.day());
    match shape {
        Shape::Slashes => format!("{stem}{year:04}/{month:02}/{day:02}"),
        Shape::Dashes => format!("{stem}{year:04}-{month:02}-{day:02}"),
        Shape::Compact => format!("{stem}{year:04}{month:02}{day:02}"),
        Shape::Hive => format!("{stem}{year:04}/month={month:02}/day={day:02}"),
    }
}

#[cfg(test)]
mod tests;

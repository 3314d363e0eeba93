//! Door readers: CSV, holders by staff number.

use std::fmt::Write;

use super::stamp::Stamp;
use super::{Pen, Source};
use crate::act::Way;

/// First line of every file.
pub(super) const HEADER: &str = "time,site,door,reader,badge,user,direction,result";

/// Somebody holds a badge to a reader.
pub(super) fn pass(pen: &mut Pen<'_>, door: &str, way: Way, granted: bool) {
    let (at, key, site) = (pen.at, pen.seat.key, pen.seat.site);
    let direction = if way == Way::In { "in" } else { "out" };
    let result = if granted { "granted" } else { "denied" };
    let reader = xxhash_rust::xxh3::xxh3_64(door.as_bytes()) % 90 + 10;
    let badge = 400_000 + u64::from(pen.seat.rid) * 13;
    pen.log.line(Source::Badge, at, |out| {
        let _ = write!(
            out,
            "{},{site},{door},R{reader},{badge},{key},{direction},{result}",
            Stamp::Seconds(at)
        );
    });
}

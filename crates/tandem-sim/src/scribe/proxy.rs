//! Squid's native access log, with the signed-in user; secure visits to known places stay closed (`CONNECT`).

use std::fmt::Write;

use super::stamp::{Ip, Stamp};
use super::{Pen, Source};
use crate::act::Visit;

/// One visit.
pub(super) fn visit(pen: &mut Pen<'_>, visit: &Visit) {
    let Visit {
        method,
        host,
        path,
        status,
        bytes,
    } = visit;
    let elapsed = 20 + pen.bits("elapsed") % 900 + bytes / 40_000;
    let server = destination(host);
    let (from, user, at) = (Ip(pen.seat.ip), pen.seat.account, pen.at);
    pen.log.line(Source::Proxy, at, |out| {
        let _ = if *method == "CONNECT" {
            write!(
                out,
                "{} {elapsed:>6} {from} TCP_TUNNEL/{status} {bytes} CONNECT {host}:443 {user} HIER_DIRECT/{server} -",
                Stamp::Epoch(at)
            )
        } else {
            let result = if *status == 403 { "TCP_DENIED" } else { "TCP_MISS" };
            let hierarchy = if *status == 403 { "HIER_NONE" } else { "HIER_DIRECT" };
            let kind = if *method == "POST" { "application/json" } else { "text/html" };
            write!(
                out,
                "{} {elapsed:>6} {from} {result}/{status} {bytes} {method} https://{host}{path} {user} {hierarchy}/{server} {kind}",
                Stamp::Epoch(at)
            )
        };
    });
}

/// An address from the blocks kept for documentation, the same for a host always.
fn destination(host: &str) -> Ip {
    let hash = xxhash_rust::xxh3::xxh3_64(host.as_bytes());
    let block = if hash & 1 == 0 {
        [203, 0, 113]
    } else {
        [198, 51, 100]
    };
    let [a, b, c] = block;
    Ip([a, b, c, (hash >> 8) as u8])
}

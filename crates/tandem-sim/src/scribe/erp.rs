//! The ERP application's own audit log: NDJSON.

use super::json::Json;
use super::stamp::{Ip, Stamp};
use super::{Pen, Source};
use crate::act::ErpEntry;

/// One entry.
pub(super) fn entry(pen: &mut Pen<'_>, entry: &ErpEntry) {
    let at = pen.at;
    let mut text = String::with_capacity(500);
    let kind = entry.action.split('.').next().unwrap_or_default();
    let mut json = Json::open(&mut text);
    json.plain("time", Stamp::Millis(at))
        .plain("app", "erp")
        .plain("audit_id", format_args!("{:016x}", pen.bits(&entry.object)));
    json.plain("user", pen.seat.account)
        .plain("client_ip", Ip(pen.seat.ip))
        .plain("client_host", pen.seat.host);
    json.plain(
        "session",
        format_args!("{:08x}", pen.session("erp") & 0xffff_ffff),
    );
    json.plain("action", entry.action)
        .plain("object_type", kind)
        .text("object_id", &entry.object);
    if !entry.name.is_empty() {
        json.text("object_name", &entry.name);
    }
    json.text("label", entry.label);
    if let Some(reason) = &entry.reason {
        json.text("reason", reason);
    }
    json.raw("rows", entry.rows.max(1));
    if let Some(cents) = entry.amount {
        json.raw("amount", format_args!("{}.{:02}", cents / 100, cents % 100))
            .plain("currency", "EUR");
    }
    for (key, value) in &entry.more {
        json.text(key, value);
    }
    json.plain("result", "ok");
    json.end();
    pen.log.line(Source::Erp, at, |out| out.push_str(&text));
}

//! Message tracking of the mail gateway as NDJSON: one line per message sent or taken in.

use super::json::Json;
use super::stamp::{Ip, Stamp};
use super::{Pen, Source};
use crate::act::Letter;

/// A message leaves the sender's mailbox.
pub(super) fn send(pen: &mut Pen<'_>, letter: &Letter) {
    let home = format!("@{}", pen.company.plan.home_domain);
    let inside = letter.to.iter().all(|to| to.ends_with(&home));
    let from = pen.company.mail(pen.seat.account);
    line(
        pen,
        letter,
        &from,
        if inside { "internal" } else { "outbound" },
        "SEND",
    );
}

/// A message from outside reaches a mailbox.
pub(super) fn receive(pen: &mut Pen<'_>, letter: &Letter) {
    line(pen, letter, &letter.from, "inbound", "DELIVER");
}

fn line(pen: &mut Pen<'_>, letter: &Letter, from: &str, direction: &str, event: &str) {
    let at = pen.at;
    let mut text = String::with_capacity(500);
    let mut json = Json::open(&mut text);
    json.plain("time", Stamp::Millis(at))
        .plain("event", event)
        .plain("direction", direction);
    json.plain(
        "message_id",
        format_args!(
            "<{}@mx.{}>",
            pen.uuid(&letter.subject),
            pen.company.plan.home_domain
        ),
    );
    json.text("from", from)
        .texts("to", &letter.to)
        .text("subject", &letter.subject)
        .raw("size", letter.size);
    json.raw("recipient_count", letter.to.len());
    json.objects("attachments", &letter.attachments, |j, (name, size)| {
        j.text("name", name).raw("size", size);
    });
    if direction != "inbound" {
        json.plain("client_ip", Ip(pen.seat.ip))
            .plain("client_host", pen.seat.host);
    }
    json.text("server", "ALD-MX01");
    json.end();
    pen.log.line(Source::Mail, at, |out| out.push_str(&text));
}

//! Splunk's webhook alert action: the first result of a saved search (docs.splunk.com, "Use a webhook alert action").

use serde_json::Value;
use tandem_domain::Timestamp;

use super::{InboundAlert, ParseError, Severity, Vendor, first, instant, name, raw, title};

pub(super) fn parse(body: &Value, now: Timestamp) -> Result<Vec<InboundAlert>, ParseError> {
    let missing = |part| ParseError::Missing {
        what: "splunk alert",
        part,
    };
    let search = body["search_name"].as_str().ok_or(missing("search_name"))?;
    let result = body
        .get("result")
        .filter(|r| r.is_object())
        .ok_or(missing("result"))?;
    let sid = name(body.get("sid")).ok_or(missing("sid"))?;
    // One search may call several times for several results; Enterprise Security names each notable event.
    let id = match name(first(result, &["event_id", "_cd"])) {
        Some(event) => format!("{sid}/{event}"),
        None => sid,
    };
    let severity = first(result, &["urgency", "severity"]).and_then(Value::as_str);
    Ok(vec![InboundAlert {
        vendor: Vendor::Splunk,
        id,
        at: instant(first(result, &["_time", "time"])).unwrap_or(now),
        title: title(search),
        severity: severity.map_or(Severity::Unknown, Severity::word),
        account: name(first(result, &["user", "src_user", "Account_Name", "user_name"])),
        host: name(first(result, &["dest", "host", "ComputerName", "src"])),
        raw: raw(body),
    }])
}

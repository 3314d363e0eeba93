//! Elastic Security, by Kibana's webhook connector. Its body is a template that the administrator writes; `docs/connectors.md`
//! gives it: `{"alerts": {{{context.alerts.asJSON}}}}`, the alerts as documents of the alerts index.

use serde_json::Value;
use tandem_domain::Timestamp;

use super::{InboundAlert, MAX_ALERTS, ParseError, Severity, Vendor, first, instant, name, raw, title};

const WHAT: &str = "elastic alert";

pub(super) fn parse(body: &Value, now: Timestamp) -> Result<Vec<InboundAlert>, ParseError> {
    let alerts = body["alerts"].as_array().ok_or(missing("alerts"))?;
    if alerts.len() > MAX_ALERTS {
        return Err(missing("alerts (at most 500 at once)"));
    }
    alerts.iter().map(|alert| one(alert, now)).collect()
}

fn one(alert: &Value, now: Timestamp) -> Result<InboundAlert, ParseError> {
    // Some versions wrap the document as the index has it.
    let alert = alert.get("_source").unwrap_or(alert);
    let id = name(first(alert, &["kibana.alert.uuid", "_id", "event.id"]));
    let rule = first(
        alert,
        &["kibana.alert.rule.name", "signal.rule.name", "rule.name"],
    )
    .and_then(Value::as_str);
    let severity = first(alert, &["kibana.alert.severity", "signal.rule.severity"]).and_then(Value::as_str);
    let at = ["kibana.alert.original_time", "@timestamp", "kibana.alert.start"];
    Ok(InboundAlert {
        vendor: Vendor::Elastic,
        id: id.ok_or(missing("kibana.alert.uuid"))?,
        at: instant(first(alert, &at)).unwrap_or(now),
        title: title(rule.ok_or(missing("kibana.alert.rule.name"))?),
        severity: severity.map_or(Severity::Unknown, Severity::word),
        account: name(first(
            alert,
            &["user.name", "user.target.name", "user.email", "user.id"],
        )),
        host: name(first(alert, &["host.name", "host.hostname", "observer.name"])),
        raw: raw(alert),
    })
}

const fn missing(part: &'static str) -> ParseError {
    ParseError::Missing { what: WHAT, part }
}

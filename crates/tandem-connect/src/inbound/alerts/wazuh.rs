//! Wazuh: one alert per request, as in `alerts.json` (documentation.wazuh.com, "Integration with external APIs").

use serde_json::Value;
use tandem_domain::Timestamp;

use super::{InboundAlert, ParseError, Severity, Vendor, first, instant, name, raw, title};

pub(super) fn parse(body: &Value, now: Timestamp) -> Result<Vec<InboundAlert>, ParseError> {
    let missing = |part| ParseError::Missing {
        what: "wazuh alert",
        part,
    };
    let level = body
        .pointer("/rule/level")
        .and_then(Value::as_u64)
        .ok_or(missing("rule.level"))?;
    let words = body
        .pointer("/rule/description")
        .and_then(Value::as_str)
        .ok_or(missing("rule.description"))?;
    let account = [
        "data.dstuser",
        "data.srcuser",
        "data.user",
        "data.win.eventdata.targetUserName",
        "data.win.eventdata.subjectUserName",
        "data.office365.UserId",
        "data.aws.userIdentity.userName",
        "syscheck.uname_after",
    ];
    Ok(vec![InboundAlert {
        vendor: Vendor::Wazuh,
        id: name(body.get("id")).ok_or(missing("id"))?,
        at: instant(body.get("timestamp")).unwrap_or(now),
        title: title(words),
        severity: severity(level),
        account: name(first(body, &account)),
        host: name(first(
            body,
            &["agent.name", "predecoder.hostname", "manager.name"],
        )),
        raw: raw(body),
    }])
}

/// Wazuh's own bands of rule levels (dashboard, "Rule level severity"): below 7 low, to 11 medium, to 14 high, above critical.
const fn severity(level: u64) -> Severity {
    match level {
        0..=6 => Severity::Low,
        7..=11 => Severity::Medium,
        12..=14 => Severity::High,
        _ => Severity::Critical,
    }
}

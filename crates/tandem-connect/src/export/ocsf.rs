//! OCSF 1.4 (schema.ocsf.io): Detection Finding (2004) for findings, Incident Finding (2005) for cases.

use serde_json::{Value, json};
use tandem_domain::alert::RiskLevel;
use tandem_domain::{AlertStatus, Timestamp, Verdict};

use super::{CaseFile, Finding, is_technique, severity};
use crate::gate::{Gate, GateBreach, Screened};

/// Version of the schema that is written.
pub const VERSION: &str = "1.4.0";

/// A finding as Detection Finding.
///
/// # Errors
/// [`GateBreach`] if a text must not leave.
pub fn finding(finding: &Finding, gate: &dyn Gate) -> Result<Screened<Value>, GateBreach> {
    let (activity, activity_name) = activity(finding.status);
    let severity = severity(finding.level);
    let (risk, risk_name) = risk(finding.level);
    let attacks: Vec<Value> = finding
        .techniques
        .iter()
        .filter(|t| is_technique(t))
        .map(|t| json!({"technique": {"uid": t}, "version": "17"}))
        .collect();
    let mut event = json!({
        "class_uid": 2004,
        "class_name": "Detection Finding",
        "category_uid": 2,
        "category_name": "Findings",
        "activity_id": activity,
        "activity_name": activity_name,
        "type_uid": 2004 * 100 + activity,
        "time": millis(finding.raised),
        "start_time": millis(finding.first_seen),
        "end_time": millis(finding.last_seen),
        "count": finding.count.max(1),
        "severity_id": severity.ocsf(),
        "severity": severity.caption(),
        "status_id": status(finding.status),
        "message": finding.title,
        "is_alert": true,
        "risk_level_id": risk,
        "risk_level": risk_name,
        "risk_score": finding.score.round() as i64,
        "metadata": metadata(&finding.id),
        "finding_info": {
            "uid": finding.id,
            "title": finding.title,
            "desc": finding.sentences.join("\n"),
            "created_time": millis(finding.raised),
            "first_seen_time": millis(finding.first_seen),
            "last_seen_time": millis(finding.last_seen),
            "src_url": finding.link,
            "types": finding.threat.map(|t| t.as_str()).into_iter().collect::<Vec<_>>(),
            "analytic": {"type_id": 1, "type": "Rule", "name": finding.rules.join(", "), "uid": finding.rules.first()},
            "attacks": attacks,
        },
        "evidences": [{"actor": {"user": {
            "uid": finding.subject.as_str(),
            "type_id": 99,
            "type": "Pseudonym",
        }}}],
    });
    if finding.rules.is_empty()
        && let Some(info) = event["finding_info"].as_object_mut()
    {
        info.remove("analytic");
    }
    if let (Some(verdict), Some(fields)) = (finding.verdict, event.as_object_mut()) {
        let (id, name) = self::verdict(Some(verdict));
        // Detection Finding has no verdict of its own before 1.5; `unmapped` is where such things go.
        fields.insert("unmapped".to_owned(), json!({"verdict_id": id, "verdict": name}));
    }
    Screened::new(event, gate)
}

/// A case as Incident Finding.
///
/// # Errors
/// [`GateBreach`] if a text must not leave.
pub fn case(case: &CaseFile, gate: &dyn Gate) -> Result<Screened<Value>, GateBreach> {
    let (activity, activity_name) = match case.closed {
        Some(_) => (3, "Close"),
        None if case.changed > case.opened => (2, "Update"),
        None => (1, "Create"),
    };
    let severity = severity(case.level);
    let (verdict_id, verdict_name) = verdict(case.verdict);
    let infos: Vec<Value> = case
        .findings
        .iter()
        .map(|f| json!({"uid": f.id, "title": f.title, "created_time": millis(f.raised), "src_url": f.link}))
        .collect();
    let mut event = json!({
        "class_uid": 2005,
        "class_name": "Incident Finding",
        "category_uid": 2,
        "category_name": "Findings",
        "activity_id": activity,
        "activity_name": activity_name,
        "type_uid": 2005 * 100 + activity,
        "time": millis(case.changed),
        "start_time": millis(case.opened),
        "severity_id": severity.ocsf(),
        "severity": severity.caption(),
        // 2 In Progress, 5 Closed (Incident Finding's own status scale).
        "status_id": if case.closed.is_some() { 5 } else { 2 },
        "message": case.title,
        "desc": case.sentences.join("\n"),
        "src_url": case.link,
        "verdict_id": verdict_id,
        "verdict": verdict_name,
        "metadata": metadata(case.id.as_str()),
        "finding_info_list": infos,
    });
    if let (Some(closed), Some(fields)) = (case.closed, event.as_object_mut()) {
        fields.insert("end_time".to_owned(), json!(millis(closed)));
    }
    Screened::new(event, gate)
}

fn metadata(uid: &str) -> Value {
    json!({
        "version": VERSION,
        "uid": uid,
        "product": {"name": "Tandem", "vendor_name": "Tandem", "version": env!("CARGO_PKG_VERSION")},
    })
}

/// Findings are created, updated and closed.
const fn activity(status: AlertStatus) -> (u32, &'static str) {
    match status {
        AlertStatus::New => (1, "Create"),
        AlertStatus::InProgress => (2, "Update"),
        AlertStatus::Closed => (3, "Close"),
    }
}

/// `status_id` of a finding: 1 New, 2 In Progress, 4 Resolved.
const fn status(status: AlertStatus) -> u8 {
    match status {
        AlertStatus::New => 1,
        AlertStatus::InProgress => 2,
        AlertStatus::Closed => 4,
    }
}

/// `risk_level_id`: 0 Info to 4 Critical.
const fn risk(level: RiskLevel) -> (u8, &'static str) {
    match level {
        RiskLevel::Low => (0, "Info"),
        RiskLevel::Watch => (1, "Low"),
        RiskLevel::Review => (2, "Medium"),
        RiskLevel::Act => (3, "High"),
    }
}

/// `verdict_id`: 1 False Positive, 2 True Positive, 6 Insufficient Data, 10 Benign; 0 while nobody has decided.
pub(super) const fn verdict(verdict: Option<Verdict>) -> (u8, &'static str) {
    match verdict {
        None => (0, "Unknown"),
        Some(Verdict::FalsePositive) => (1, "False Positive"),
        Some(Verdict::TruePositive) => (2, "True Positive"),
        Some(Verdict::InsufficientData) => (6, "Insufficient Data"),
        Some(Verdict::Benign) => (10, "Benign"),
    }
}

const fn millis(at: Timestamp) -> i64 {
    at.0.div_euclid(1_000)
}

//! STIX 2.1 (OASIS, 10 June 2021): one bundle of findings and, for a case, a report and an incident.
//!
//! A finding becomes `observed-data` about a `user-account` that is the pseudonym, explained by a `note`. Ids are UUID
//! version 5: of user accounts as section 2.9 says (its namespace, the contributing properties), of the rest from Tandem's
//! ids, so that the same thing has the same id in every export.

use serde_json::{Map, Value, json};
use tandem_domain::Timestamp;
use uuid::Uuid;

use super::{CaseFile, Finding, is_technique};
use crate::gate::{Gate, GateBreach, Screened};
use crate::notice::NAMESPACE;

/// Namespace of deterministic ids of cyber-observable objects (STIX 2.1, 2.9).
const SCO_NAMESPACE: Uuid = Uuid::from_u128(0x00ab_edb4_aa42_466c_9c01_fed2_3315_a9b7);
/// TLP:AMBER as STIX 2.1 predefines it (7.2.1.4).
const AMBER: &str = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";
/// Creation date of objects that are the same in every export.
const FOR_EVER: &str = "2026-01-01T00:00:00.000Z";

/// Findings as a bundle.
///
/// # Errors
/// [`GateBreach`] if a text must not leave.
pub fn findings(findings: &[Finding], gate: &dyn Gate) -> Result<Screened<Value>, GateBreach> {
    let mut bundle = Bundle::new();
    for finding in findings {
        bundle.finding(finding);
    }
    bundle.done(gate)
}

/// A case with its findings as a bundle.
///
/// # Errors
/// [`GateBreach`] if a text must not leave.
pub fn case(case: &CaseFile, gate: &dyn Gate) -> Result<Screened<Value>, GateBreach> {
    cases(std::slice::from_ref(case), gate)
}

/// Cases with their findings as one bundle.
///
/// # Errors
/// [`GateBreach`] if a text must not leave.
pub fn cases(cases: &[CaseFile], gate: &dyn Gate) -> Result<Screened<Value>, GateBreach> {
    let mut bundle = Bundle::new();
    for case in cases {
        bundle.case(case);
    }
    bundle.done(gate)
}

/// Objects by id, so that none is there twice.
struct Bundle(Vec<(String, Value)>);

impl Bundle {
    fn new() -> Self {
        let mut bundle = Self(Vec::new());
        bundle.add(json!({
            "type": "identity",
            "spec_version": "2.1",
            "id": tandem(),
            "created": FOR_EVER,
            "modified": FOR_EVER,
            "name": "Tandem",
            "identity_class": "system",
            "object_marking_refs": [AMBER],
        }));
        bundle.add(json!({
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": AMBER,
            "created": "2017-01-20T00:00:00.000Z",
            "definition_type": "tlp",
            "name": "TLP:AMBER",
            "definition": {"tlp": "amber"},
        }));
        bundle
    }

    fn add(&mut self, object: Value) {
        let id = object["id"].as_str().unwrap_or_default().to_owned();
        if !self.0.iter().any(|(known, _)| *known == id) {
            self.0.push((id, object));
        }
    }

    /// Adds a finding and everything it needs; answers with the ids.
    fn finding(&mut self, finding: &Finding) -> Vec<String> {
        let account = self.account(finding);
        let observed = id("observed-data", &finding.id);
        let (first, last) = (finding.first_seen.min(finding.last_seen), finding.last_seen);
        let mut object = common("observed-data", &observed, finding.raised, finding.raised);
        put(&mut object, "first_observed", json!(instant(first)));
        put(&mut object, "last_observed", json!(instant(last)));
        // 1 to 999,999,999 (4.14).
        put(
            &mut object,
            "number_observed",
            json!(finding.count.clamp(1, 999_999_999)),
        );
        put(&mut object, "object_refs", json!([account]));
        put(
            &mut object,
            "external_references",
            reference(&finding.id, &finding.link),
        );
        self.add(object);
        let mut refs = vec![observed];
        refs.extend(
            finding
                .techniques
                .iter()
                .filter(|t| is_technique(t))
                .map(|t| self.technique(t)),
        );
        let note = id("note", &finding.id);
        let mut object = common("note", &note, finding.raised, finding.raised);
        put(&mut object, "abstract", json!(finding.title));
        put(&mut object, "content", json!(content(finding)));
        put(&mut object, "object_refs", json!(refs));
        put(&mut object, "labels", json!(labels(finding)));
        self.add(object);
        refs.push(note);
        refs.push(account);
        refs
    }

    /// Adds a case as incident and report, with its findings.
    fn case(&mut self, case: &CaseFile) {
        let mut refs = Vec::new();
        for finding in &case.findings {
            refs.extend(self.finding(finding));
        }
        let incident = id("incident", case.id.as_str());
        let mut object = common("incident", &incident, case.opened, case.changed);
        put(&mut object, "name", json!(format!("{} {}", case.id, case.title)));
        put(&mut object, "description", json!(case.sentences.join("\n")));
        put(
            &mut object,
            "external_references",
            reference(case.id.as_str(), &case.link),
        );
        self.add(object);
        refs.push(incident);
        refs.sort();
        refs.dedup();
        let report = id("report", case.id.as_str());
        let mut object = common("report", &report, case.opened, case.changed);
        put(&mut object, "name", json!(format!("{} {}", case.id, case.title)));
        put(&mut object, "report_types", json!(["observed-data"]));
        put(&mut object, "published", json!(instant(case.changed)));
        put(&mut object, "object_refs", json!(refs));
        self.add(object);
    }

    fn account(&mut self, finding: &Finding) -> String {
        // Canonical JSON (RFC 8785) of the id-contributing properties: keys sorted, no blanks.
        let key = format!(
            "{{\"account_type\":\"tandem-pseudonym\",\"user_id\":{}}}",
            Value::String(finding.subject.to_string())
        );
        let id = format!("user-account--{}", Uuid::new_v5(&SCO_NAMESPACE, key.as_bytes()));
        self.add(json!({
            "type": "user-account",
            "spec_version": "2.1",
            "id": id,
            "user_id": finding.subject.as_str(),
            "account_type": "tandem-pseudonym",
            "object_marking_refs": [AMBER],
        }));
        id
    }

    fn technique(&mut self, technique: &str) -> String {
        let id = id("attack-pattern", technique);
        let page = technique.replace('.', "/");
        self.add(json!({
            "type": "attack-pattern",
            "spec_version": "2.1",
            "id": id,
            "created_by_ref": tandem(),
            "created": FOR_EVER,
            "modified": FOR_EVER,
            "name": technique,
            "external_references": [{
                "source_name": "mitre-attack",
                "external_id": technique,
                "url": format!("https://attack.mitre.org/techniques/{page}/"),
            }],
        }));
        id
    }

    fn done(self, gate: &dyn Gate) -> Result<Screened<Value>, GateBreach> {
        let names: Vec<&str> = self.0.iter().map(|(id, _)| id.as_str()).collect();
        let id = id("bundle", &names.join(" "));
        let objects: Vec<Value> = self.0.iter().map(|(_, object)| object.clone()).collect();
        Screened::new(json!({"type": "bundle", "id": id, "objects": objects}), gate)
    }
}

fn tandem() -> String {
    id("identity", "tandem")
}

fn id(kind: &str, name: &str) -> String {
    format!(
        "{kind}--{}",
        Uuid::new_v5(&NAMESPACE, format!("stix:{kind}:{name}").as_bytes())
    )
}

fn common(kind: &str, id: &str, created: Timestamp, modified: Timestamp) -> Value {
    json!({
        "type": kind,
        "spec_version": "2.1",
        "id": id,
        "created_by_ref": tandem(),
        "created": instant(created),
        "modified": instant(modified.max(created)),
        "object_marking_refs": [AMBER],
    })
}

fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        let fields: &mut Map<String, Value> = fields;
        fields.insert(name.to_owned(), value);
    }
}

fn reference(id: &str, link: &str) -> Value {
    json!([{"source_name": "tandem", "external_id": id, "url": link}])
}

fn content(finding: &Finding) -> String {
    // A note's content must not be empty (4.13).
    let text = finding.sentences.join("\n");
    if text.is_empty() {
        finding.title.clone()
    } else {
        text
    }
}

fn labels(finding: &Finding) -> Vec<String> {
    let level = crate::notice::level_words(finding.level).replace(' ', "-");
    let mut labels = vec![format!("level:{level}")];
    labels.extend(finding.threat.map(|threat| format!("threat:{}", threat.as_str())));
    labels.extend(finding.rules.iter().map(|rule| format!("rule:{rule}")));
    labels
}

/// RFC 3339 in UTC with milliseconds (3.2).
fn instant(at: Timestamp) -> String {
    let millis = at.0.div_euclid(1_000);
    match jiff::Timestamp::from_millisecond(millis) {
        Ok(at) => format!("{at:.3}"),
        Err(_) => FOR_EVER.to_owned(),
    }
}

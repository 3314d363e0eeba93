//! What was stored comes back through the same rules; a changed row makes nothing.

use serde_json::{Value, json};
use tandem_domain::SubjectId;
use tandem_policy::joint::{GrantRecord, RequestRecord};
use tandem_policy::{Act, ApprovedAct, Disclosure, Fields, Refused, Request};

use crate::people::{act_request, approver_corporate, approver_it, hours, request, subject};

fn given() -> Disclosure {
    let request = request();
    let it = request.approve(&approver_it(), hours(1), "yes").unwrap();
    let corporate = request.approve(&approver_corporate(), hours(2), "yes").unwrap();
    Disclosure::grant(&request, &[it, corporate], hours(3)).unwrap()
}

/// Nobody here is observed under the subject's pseudonym.
fn others(_: &str) -> Option<SubjectId> {
    Some(crate::people::own())
}

fn replay(stored: &Value) -> Result<Disclosure, String> {
    let record: GrantRecord<Fields> =
        serde_json::from_value(stored.clone()).map_err(|error| error.to_string())?;
    Disclosure::replay(&record, &others).map_err(|error| error.to_string())
}

#[test]
fn a_disclosure_comes_back_as_it_was() {
    let mut disclosure = given();
    disclosure.end(hours(20));
    let stored = serde_json::to_value(disclosure.record()).unwrap();
    assert_eq!(replay(&stored).unwrap(), disclosure);
    assert!(
        !stored.to_string().contains("S-OWN"),
        "no pseudonym beside an account: {stored}"
    );
}

#[test]
fn a_stored_disclosure_has_this_shape() {
    let stored = serde_json::to_value(given().record()).unwrap();
    let digest = request().digest();
    let yes = |account: &str, department: &str, hour: i64| {
        json!({
            "by": {"account": account, "role": "approver", "department": department},
            "at": hours(hour).0, "reason": "yes", "digest": digest,
        })
    };
    let expected = json!({
        "request": {
            "id": "D-1", "case": "C-2026-0042", "subject": "S-7K3M2Q9D", "purpose": "investigation",
            "reason": "The copies went to a private store; we must speak with the person.",
            "at": hours(0).0, "expires": hours(100).0, "lapses": hours(72).0,
            "matter": ["name", "contact"],
            "requested_by": {"account": "a.weber", "role": "it_analyst", "department": "it"},
            "excluded": [], "denied": null,
        },
        "approvals": [yes("i.lang", "it", 1), yes("h.maurer", "corporate", 2)],
        "granted": hours(3).0, "ended": null,
    });
    assert_eq!(stored, expected);
}

#[test]
fn a_changed_row_makes_no_disclosure() {
    let stored = serde_json::to_value(given().record()).unwrap();
    replay(&stored).unwrap();
    for (pointer, value) in [
        ("/request/id", json!("D-2")),
        ("/request/case", json!("C-2026-0043")),
        ("/request/case", json!("nonsense")),
        ("/request/subject", json!("S-OTHER")),
        ("/request/purpose", json!("support")),
        ("/request/purpose", json!("triage")),
        ("/request/reason", json!("another")),
        ("/request/expires", json!(hours(200).0)),
        ("/request/expires", json!(i64::MAX)),
        ("/request/at", json!(i64::MIN)),
        ("/request/lapses", json!(hours(90).0)),
        ("/request/lapses", json!(i64::MAX)),
        ("/request/matter", json!(["name", "contact", "accounts"])),
        ("/request/matter", json!([])),
        ("/request/matter", json!(["salary"])),
        ("/request/requested_by/account", json!("i.lang")),
        ("/request/requested_by/role", json!("administrator")),
        ("/request/requested_by/department", json!("corporate")),
        ("/request/excluded", json!(["I.Lang"])),
        ("/request/more", json!(1)),
        ("/approvals", json!([])),
        ("/approvals/0/by/account", json!("H.Maurer")),
        ("/approvals/0/by/account", json!("a.weber")),
        ("/approvals/0/by/department", json!("corporate")),
        ("/approvals/0/by/department", json!(null)),
        ("/approvals/0/by/role", json!("it_analyst")),
        ("/approvals/0/by/role", json!("auditor")),
        ("/approvals/0/digest", json!("00")),
        ("/approvals/0/reason", json!("")),
        ("/approvals/0/at", json!(hours(-1).0)),
        ("/approvals/0/at", json!(hours(80).0)),
        ("/approvals/0/at", json!(hours(4).0)),
        ("/granted", json!(hours(72).0)),
        ("/granted", json!(hours(0).0)),
    ] {
        let mut changed = stored.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[key] = value.clone();
        assert!(replay(&changed).is_err(), "{pointer} = {value}");
    }
}

#[test]
fn who_turns_out_to_be_the_subject_no_longer_counts() {
    let record = given().record();
    let concerned = |account: &str| (account == "i.lang").then(subject);
    let refused = Disclosure::replay(&record, &concerned).unwrap_err();
    assert_eq!(refused, Refused::ApproverIsSubject("i.lang".to_owned()));
    let requester = |account: &str| (account == "a.weber").then(subject);
    assert_eq!(
        Disclosure::replay(&record, &requester).unwrap_err(),
        Refused::RequesterIsSubject
    );
}

#[test]
fn a_waiting_and_a_denied_request_come_back() {
    let mut asked = request();
    let yes = asked.approve(&approver_it(), hours(1), "yes").unwrap();
    let back = |request: &Request<Fields>| -> Request<Fields> {
        let text = serde_json::to_string(&request.record()).unwrap();
        let record: RequestRecord<Fields> = serde_json::from_str(&text).unwrap();
        Request::replay(&record, &others).unwrap()
    };
    assert_eq!(back(&asked), asked);
    assert_eq!(back(&asked).replay_approval(&yes.record(), &others).unwrap(), yes);
    asked.deny(&approver_corporate(), hours(2), "no").unwrap();
    assert_eq!(back(&asked), asked);
    assert!(back(&asked).denied().is_some());
    assert_eq!(
        back(&asked).replay_approval(&yes.record(), &others).unwrap(),
        yes,
        "said before the no"
    );
}

#[test]
fn an_approved_act_comes_back_too() {
    let request = act_request();
    let approvals = [
        request.approve(&approver_it(), hours(1), "yes").unwrap(),
        request.approve(&approver_corporate(), hours(1), "yes").unwrap(),
    ];
    let given = ApprovedAct::grant(&request, &approvals, hours(2)).unwrap();
    let text = serde_json::to_string(&given.record()).unwrap();
    let record: GrantRecord<Act> = serde_json::from_str(&text).unwrap();
    assert_eq!(ApprovedAct::replay(&record, &others).unwrap(), given);
    let wider = text.replace("suspend_account", "wipe_device");
    let record: GrantRecord<Act> = serde_json::from_str(&wider).unwrap();
    assert!(ApprovedAct::replay(&record, &others).is_err());
}

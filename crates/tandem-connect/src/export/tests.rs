use super::*;
use crate::gate::{Gate, GateBreach};
use crate::testing::NoAnna;

struct Open;
impl Gate for Open {
    fn check(&self, _: &str) -> Result<(), GateBreach> {
        Ok(())
    }
}

fn finding() -> Finding {
    Finding {
        id: "00000000000000000000000000000017".to_owned(),
        subject: SubjectId("S-7K3M2Q9D".to_owned()),
        raised: Timestamp::from_seconds(1_790_000_000),
        first_seen: Timestamp::from_seconds(1_789_990_000),
        last_seen: Timestamp(1_789_999_999_123_456),
        count: 3204,
        title: "A copy of the customer list before the last day".to_owned(),
        sentences: vec!["3,204 files in one hour; usual is 40 a day.".to_owned()],
        level: RiskLevel::Review,
        score: 27.4,
        threat: Some(Threat::Leakage),
        techniques: vec!["T1567.002".to_owned(), "nonsense".to_owned()],
        rules: vec!["bulk_read".to_owned()],
        status: AlertStatus::InProgress,
        verdict: None,
        case: Some(CaseId::of(2026, 42)),
        link: "https://tandem.example/alerts/17".to_owned(),
    }
}

fn case() -> CaseFile {
    let mut second = finding();
    second.id = "00000000000000000000000000000018".to_owned();
    CaseFile {
        id: CaseId::of(2026, 42),
        title: "Customer list before the last day".to_owned(),
        sentences: vec!["The list was returned; the talk was fair.".to_owned()],
        level: RiskLevel::Act,
        opened: Timestamp::from_seconds(1_790_000_100),
        changed: Timestamp::from_seconds(1_790_600_000),
        closed: Some(Timestamp::from_seconds(1_790_600_000)),
        verdict: Some(Verdict::TruePositive),
        findings: vec![finding(), second],
        link: "https://tandem.example/cases/C-2026-0042".to_owned(),
    }
}

#[test]
fn a_stix_bundle_of_a_case_has_this_shape() {
    insta::assert_json_snapshot!(stix::case(&case(), &Open).unwrap().get());
}

#[test]
fn a_stix_bundle_is_whole() {
    let bundle = stix::case(&case(), &Open).unwrap().into_inner();
    let objects = bundle["objects"].as_array().unwrap();
    let ids: std::collections::HashSet<&str> = objects.iter().map(|o| o["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), objects.len(), "no id twice");
    let mut refs = 0;
    for object in objects {
        let kind = object["type"].as_str().unwrap();
        let (prefix, uuid) = object["id"].as_str().unwrap().split_once("--").unwrap();
        assert_eq!(prefix, kind);
        assert!(uuid::Uuid::parse_str(uuid).is_ok());
        for name in ["object_refs", "object_marking_refs"] {
            for reference in object[name].as_array().into_iter().flatten() {
                assert!(
                    ids.contains(reference.as_str().unwrap()),
                    "{kind} {name} {reference}"
                );
                refs += 1;
            }
        }
        if let Some(by) = object["created_by_ref"].as_str() {
            assert!(ids.contains(by));
        }
    }
    assert!(refs > 10);
    assert_eq!(
        bundle,
        stix::case(&case(), &Open).unwrap().into_inner(),
        "the same again is the same"
    );
}

#[test]
fn the_user_account_s_id_is_the_one_that_the_specification_makes() {
    // STIX 2.1, 2.9: UUID version 5 over the canonical JSON of account_type and user_id, checked with another implementation
    // (Python: uuid.uuid5(UUID('00abedb4-aa42-466c-9c01-fed23315a9b7'), '{"account_type":…,"user_id":…}')).
    let bundle = stix::findings(&[finding()], &Open).unwrap().into_inner();
    let account = bundle["objects"]
        .as_array()
        .unwrap()
        .iter()
        .find(|o| o["type"] == "user-account")
        .unwrap();
    assert_eq!(
        account["id"],
        "user-account--cb3e4da1-5d32-5374-81f9-677f49e56bbe"
    );
}

#[test]
fn ocsf_findings_have_this_shape() {
    insta::assert_json_snapshot!(
        "ocsf_detection_finding",
        ocsf::finding(&finding(), &Open).unwrap().get()
    );
    insta::assert_json_snapshot!("ocsf_incident_finding", ocsf::case(&case(), &Open).unwrap().get());
}

#[test]
fn a_verdict_travels_with_a_closed_finding() {
    let mut closed = finding();
    closed.status = AlertStatus::Closed;
    closed.verdict = Some(Verdict::Benign);
    closed.rules.clear();
    let event = ocsf::finding(&closed, &Open).unwrap().into_inner();
    assert_eq!(
        (&event["activity_id"], &event["type_uid"]),
        (&3.into(), &200_403.into())
    );
    assert_eq!(event["unmapped"]["verdict_id"], 10);
    assert!(event["finding_info"]["analytic"].is_null());
}

#[test]
fn a_table_has_this_shape_and_no_formula() {
    let mut evil = finding();
    evil.title = "=HYPERLINK(\"http://evil\",\"x\")".to_owned();
    evil.sentences = vec!["@SUM(1+1)*cmd|' /C calc'!A0".to_owned(), "a, \"b\"\nc".to_owned()];
    let table = String::from_utf8(csv::findings(&[finding(), evil], &Open).unwrap()).unwrap();
    insta::assert_snapshot!(table);
    let mut reader = ::csv::Reader::from_reader(table.as_bytes());
    for row in reader.records() {
        for (name, field) in csv::COLUMNS.iter().zip(row.unwrap().iter()) {
            assert!(
                !field.starts_with(['=', '+', '-', '@', '\t', '\r']),
                "{name}: {field}"
            );
        }
    }
    for formula in [
        "=1",
        " =1",
        "\t=1",
        "+1",
        "-1",
        "@x",
        "＝1",
        "\"=1",
        "\u{200B}=1",
        "|x",
        "%x",
    ] {
        assert!(csv::cell(formula).starts_with('\''), "{formula:?}");
    }
    assert_eq!(csv::cell("a=b"), "a=b");
}

#[test]
fn a_calendar_has_this_shape() {
    let duty = ical::Duty {
        id: "D-17".to_owned(),
        title: "C-2026-0042: talk with the manager; bring the offer of support, and write down what was said"
            .to_owned(),
        due: Timestamp::from_seconds(1_790_086_400),
        done: None,
        link: "https://tandem.example/duties/D-17".to_owned(),
        sequence: 2,
    };
    let meeting = ical::Meeting {
        id: "M-3".to_owned(),
        title: "Weekly\r\nATTENDEE:mailto:evil@example.org".to_owned(),
        from: Timestamp::from_seconds(1_790_090_000),
        until: Timestamp::from_seconds(1_790_093_600),
        place: Some("Room 5".to_owned()),
        cancelled: false,
        link: "https://tandem.example/meetings/M-3".to_owned(),
        sequence: 0,
    };
    let stamp = Timestamp::from_seconds(1_790_000_000);
    let file = ical::file(&[duty], &[meeting], "tandem.example", stamp, &Open)
        .unwrap()
        .into_inner();
    insta::assert_snapshot!(file.as_str().replace("\r\n", "\n"));
    assert!(
        !file.as_str().lines().any(|line| line.starts_with("ATTENDEE")),
        "no line of its own from a title"
    );
    assert!(
        file.as_str().lines().all(|line| line.len() <= 75),
        "folded as RFC 5545 says"
    );
}

#[test]
fn no_export_lets_a_name_out() {
    let mut named = finding();
    named.sentences = vec!["Anna copied the list.".to_owned()];
    let mut file = case();
    file.findings = vec![named.clone()];
    assert!(stix::findings(&[named.clone()], &NoAnna).is_err());
    assert!(stix::case(&file, &NoAnna).is_err());
    assert!(ocsf::finding(&named, &NoAnna).is_err());
    assert!(csv::findings(&[named], &NoAnna).is_err());
    file.title = "Anna".to_owned();
    assert!(ocsf::case(&file, &NoAnna).is_err());
    let duty = ical::Duty {
        id: "D-1".to_owned(),
        // The fold falls into the name.
        title: format!("{}Anna", "x".repeat(64)),
        due: Timestamp::default(),
        done: None,
        link: String::new(),
        sequence: 0,
    };
    assert!(ical::file(&[duty], &[], "h", Timestamp::default(), &NoAnna).is_err());
}

#[test]
fn techniques_are_told_from_nonsense() {
    assert!(is_technique("T1567") && is_technique("T1567.002"));
    for bad in [
        "T156",
        "T1567.2",
        "T1567.0022",
        "1567",
        "Tabcd",
        "T1567.",
        "T１５６７",
    ] {
        assert!(!is_technique(bad), "{bad}");
    }
}

#[test]
fn several_cases_make_one_bundle_and_one_table() {
    let mut other = case();
    other.id = CaseId::of(2026, 43);
    other.title = "=HYPERLINK(\"https://evil.example\")".to_owned();
    other.findings.truncate(1);
    let both = [case(), other];
    let bundle = stix::cases(&both, &Open).unwrap().into_inner();
    assert_eq!(
        bundle,
        stix::cases(&both, &Open).unwrap().into_inner(),
        "the same ids"
    );
    let of = |kind: &str| {
        let objects = bundle["objects"].as_array().unwrap().iter();
        objects.filter(|object| object["type"] == kind).count()
    };
    assert_eq!((of("incident"), of("report"), of("observed-data")), (2, 2, 2));
    let table = String::from_utf8(csv::cases(&both, &Open).unwrap()).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert_eq!(lines[0], csv::CASE_COLUMNS.join(","));
    assert!(lines[2].contains("'=HYPERLINK"), "{table}");
    let mut named = case();
    named.sentences = vec!["Anna Schmidt was told".to_owned()];
    assert!(csv::cases(&[named], &NoAnna).is_err());
}

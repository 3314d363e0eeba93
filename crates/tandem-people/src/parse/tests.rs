use super::*;
use crate::record::{FactKind, Origin, PersonKind, PersonRecord};

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn people(parsed: &Parsed) -> Vec<&PersonRecord> {
    parsed
        .records
        .iter()
        .filter_map(|r| match r {
            Record::Person(p) => Some(p),
            Record::Fact(_) => None,
        })
        .collect()
}

const PEOPLE: &str = "known_on,person,kind,display_name,accounts,email,manager,department,role,site,time_zone,join_date,leave_date\n\
    2026-01-01,P1,employee,Anna Ahlers,aahlers;adm-aahlers,anna@aldermoor.example,P2,Finance,Clerk,North,Europe/Berlin,2020-02-01,\n\
    2026-01-01,P2,manager,Bert Brandt,bbrandt,,,Finance,Head,North,,,\n\
    01.02.2026,P3,employee,,cc,,,,,,,,\n\
    2026-01-01,P4,contractor,,dd,,,,,,,2026-02-30,\n\
    2026-01-01,P5,contractor,,ee,,,,,,Mars,,2026-06-30\n\
    2026-01-01,P6,contractor,,ff,,,,,,not a zone,,\n\
    2026-01-01,P7,employee,\"Gus\n\
    too short\n\
    2026-01-01,P8,employee,,hh,,,,,,,2026-02-01,2026-01-01\n";

#[test]
fn each_kind_of_file_is_recognised_from_its_content() {
    let cases: [(&str, &str, Option<PeopleFormat>); 8] = [
        (PEOPLE, "x.csv", Some(PeopleFormat::PeopleCsv)),
        (
            "\u{feff}fact;person;known_on\n",
            "anything",
            Some(PeopleFormat::FactsCsv),
        ),
        (
            "employee_name,user_id,email,role,team\n",
            "2010-08.csv",
            Some(PeopleFormat::CertLdapCsv),
        ),
        (
            "# export\nversion: 1\n\ndn: cn=a,dc=x\n",
            "export.txt",
            Some(PeopleFormat::Ldif),
        ),
        ("dn:: Y249YQ==\nuid: a\n", "export", Some(PeopleFormat::Ldif)),
        ("id,date,user,pc,activity\n", "logon.csv", None),
        ("version: 1\nservices:\n", "compose.yaml", None),
        ("", "people.csv", None),
    ];
    for (text, name, format) in cases {
        assert_eq!(recognise_people(text.as_bytes(), name), format, "{text}");
    }
}

#[test]
fn a_bad_row_says_line_and_field_and_the_rest_goes_on() {
    let parsed = parse(
        PeopleFormat::PeopleCsv,
        "people.csv",
        PEOPLE.as_bytes(),
        day("2026-03-01"),
    );
    let named: Vec<(usize, &str)> = parsed
        .rejects
        .iter()
        .map(|r| (r.line, r.field.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        named,
        [
            (3, "kind"),
            (4, "known_on"),
            (5, "join_date"),
            (7, "time_zone"),
            (8, "")
        ]
    );
    assert_eq!(parsed.records.len(), 2);
    assert!(
        parsed
            .rejects
            .iter()
            .all(|r| !r.hint.is_empty() && !r.raw.is_empty())
    );
}

#[test]
fn leaving_before_joining_is_refused() {
    let head = PEOPLE.lines().next().unwrap();
    let row = "2026-01-01,P8,employee,,hh,,,,,,,2026-02-01,2026-01-01";
    let parsed = parse(
        PeopleFormat::PeopleCsv,
        "people.csv",
        format!("{head}\n{row}\n").as_bytes(),
        day("2026-03-01"),
    );
    assert_eq!(parsed.rejects.len(), 1);
    assert_eq!(parsed.rejects[0].field.as_deref(), Some("leave_date"));
}

#[test]
fn a_row_of_people_keeps_every_cell() {
    let parsed = parse(
        PeopleFormat::PeopleCsv,
        "people.csv",
        PEOPLE.as_bytes(),
        day("2026-03-01"),
    );
    let anna = people(&parsed)[0];
    assert_eq!(
        (anna.person.as_str(), anna.kind),
        ("P1", Some(PersonKind::Employee))
    );
    assert_eq!(anna.accounts, ["aahlers", "adm-aahlers"]);
    assert_eq!(
        (anna.known_on, anna.join_date, anna.leave_date),
        (day("2026-01-01"), Some(day("2020-02-01")), None)
    );
    assert_eq!(anna.time_zone.as_deref(), Some("Europe/Berlin"));
    assert_eq!((anna.origin, anna.snapshot.is_none()), (Origin::People, true));
}

#[test]
fn a_missing_column_is_told_once() {
    let parsed = parse(
        PeopleFormat::FactsCsv,
        "facts.csv",
        b"known_on,person\n2026-01-01,P1\n",
        day("2026-01-01"),
    );
    assert_eq!(parsed.rejects.len(), 1);
    assert_eq!(
        (
            parsed.rejects[0].line,
            parsed.rejects[0].field.as_deref().unwrap_or_default()
        ),
        (1, "fact")
    );
}

#[test]
fn facts_are_checked_field_by_field() {
    let text = "known_on,person,fact,from,until,detail,reference\n\
        2026-01-05,P1,notice_given,2026-01-05,2026-02-28,,HR-7\n\
        2026-01-05,P1,bad_mood,,,,\n\
        2026-01-05,,ticket,,,,T-1\n\
        2026-01-05,P1,absence,2026-02-01,2026-01-01,,\n\
        2026-01-05,P1,ticket,,20260301,,\n\
        2026-01-05,P1,training,,,\"phishing, again\",\n";
    let parsed = parse(
        PeopleFormat::FactsCsv,
        "facts.csv",
        text.as_bytes(),
        day("2026-03-01"),
    );
    let fields: Vec<&str> = parsed
        .rejects
        .iter()
        .map(|r| r.field.as_deref().unwrap_or_default())
        .collect();
    assert_eq!(fields, ["fact", "person", "until", "until"]);
    let facts: Vec<_> = parsed
        .records
        .iter()
        .filter_map(|r| match r {
            Record::Fact(f) => Some((f.fact, f.detail.as_deref(), f.reference.as_deref())),
            Record::Person(_) => None,
        })
        .collect();
    assert_eq!(
        facts,
        [
            (FactKind::NoticeGiven, None, Some("HR-7")),
            (FactKind::Training, Some("phishing, again"), None)
        ]
    );
}

#[test]
fn a_month_of_cert_ldap_is_known_from_the_first_day_of_the_next() {
    let text = "employee_name,user_id,email,role,business_unit,functional_unit,department,team,supervisor\n\
        Ann Bee Cee,ABC0001,Ann.Bee.Cee@x.example,Technician,1,3 - Making,2 - Assembly,5 - Team,Dan Eff Gee\n";
    let parsed = parse(
        PeopleFormat::CertLdapCsv,
        "some/where/2010-12.csv",
        text.as_bytes(),
        day("2026-03-01"),
    );
    assert_eq!(parsed.rejects, []);
    let ann = people(&parsed)[0];
    assert_eq!(ann.known_on, day("2011-01-01"));
    assert_eq!(ann.snapshot.as_ref().unwrap().covers_from, day("2010-12-01"));
    assert_eq!(
        ann.department.as_deref(),
        Some("1 / 3 - Making / 2 - Assembly / 5 - Team")
    );
    assert_eq!(ann.manager.as_deref(), Some("Dan Eff Gee"));

    let nameless = parse(
        PeopleFormat::CertLdapCsv,
        "ldap.csv",
        text.as_bytes(),
        day("2026-03-01"),
    );
    assert_eq!((nameless.records.len(), nameless.rejects.len()), (0, 1));
}

#[test]
fn a_damaged_month_proves_no_departure() {
    let text = "employee_name,user_id,email,role\nAnn,ABC0001,a@x,Clerk\nBob,,b@x,Clerk\n";
    let parsed = parse(
        PeopleFormat::CertLdapCsv,
        "2010-08.csv",
        text.as_bytes(),
        day("2026-03-01"),
    );
    assert_eq!(parsed.rejects.len(), 1);
    assert!(people(&parsed)[0].snapshot.is_none());
}

const LDIF: &str = "version: 1\n\
    # a comment that\n  goes on\n\
    dn: CN=Anna Ahlers,OU=Staff,DC=aldermoor,DC=example\n\
    objectClass: top\nobjectClass: person\nobjectClass: user\n\
    sAMAccountName: aahlers\nuserPrincipalName: aahlers@aldermoor.example\n\
    displayName:: QW5uYSBBaGzDqXJz\n\
    mail: anna.ahlers@aldermoor.exa\n mple\n\
    manager: CN=Bert Brandt,OU=Staff,DC=aldermoor,DC=example\n\
    department: Finance\ntitle: Clerk\nemployeeType: Employee\n\
    whenCreated: 20240131080000.0Z\naccountExpires: 9223372036854775807\nuserAccountControl: 512\n\
    \n\
    dn: CN=Bert Brandt,OU=Staff,DC=aldermoor,DC=example\n\
    objectClass: user\nsAMAccountName: bbrandt\nemployeeNumber: 4711\n\
    manager: CN=Clara Claus,OU=Board,DC=aldermoor,DC=example\nuserAccountControl: 514\n\
    \n\
    dn: CN=WS1,DC=x\nobjectClass: user\nobjectClass: computer\nsAMAccountName: WS1$\n\
    \n\
    dn: CN=Old,DC=x\nobjectClass: person\nuid: old\naccountExpires: 134090208000000000\n\
    \n\
    dn: CN=Bad,DC=x\nobjectClass: user\nsAMAccountName: bad\nthis is no attribute\n\
    \n\
    dn: CN=Odd,DC=x\nobjectClass: user\nsAMAccountName: odd\nwhenCreated: yesterday\n";

#[test]
fn a_directory_export_becomes_people() {
    let parsed = parse(
        PeopleFormat::Ldif,
        "export-2026-01-15.ldif",
        LDIF.as_bytes(),
        day("2026-03-01"),
    );
    let found = people(&parsed);
    assert_eq!(found.len(), 3);
    assert_eq!(parsed.skipped, 1);
    let anna = found[0];
    assert_eq!(anna.known_on, day("2026-01-15"));
    assert_eq!(anna.display_name.as_deref(), Some("Anna Ahlérs"));
    assert_eq!(anna.email.as_deref(), Some("anna.ahlers@aldermoor.example"));
    assert_eq!(anna.manager.as_deref(), Some("4711"));
    assert_eq!(
        (anna.kind, anna.join_date, anna.leave_date),
        (Some(PersonKind::Employee), Some(day("2024-01-31")), None)
    );
    let bert = found[1];
    assert_eq!(
        (bert.person.as_str(), bert.manager.as_deref()),
        ("4711", Some("Clara Claus"))
    );
    assert_eq!(
        bert.leave_date,
        Some(day("2026-01-14")),
        "switched off when the export was made"
    );
    // 2025-12-01T00:00:00Z in 100-nanosecond steps since 1601: the last day is the one before.
    assert_eq!(found[2].leave_date, Some(day("2025-11-30")));
    let rejects: Vec<(usize, &str)> = parsed
        .rejects
        .iter()
        .map(|r| (r.line, r.field.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(rejects, [(41, ""), (43, "whenCreated")]);
}

#[test]
fn a_date_in_the_name_that_lies_ahead_is_not_believed() {
    let parsed = parse(
        PeopleFormat::Ldif,
        "export-2027-01-15.ldif",
        LDIF.as_bytes(),
        day("2026-03-01"),
    );
    assert_eq!(people(&parsed)[0].known_on, day("2026-03-01"));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_a_parser_fail(bytes in proptest::collection::vec(0_u8..=255, 0..400), pick in 0_usize..4) {
        let format = [PeopleFormat::PeopleCsv, PeopleFormat::FactsCsv, PeopleFormat::CertLdapCsv, PeopleFormat::Ldif][pick];
        let mut file = match format {
            PeopleFormat::PeopleCsv => b"known_on,person,kind,accounts\n".to_vec(),
            PeopleFormat::FactsCsv => b"known_on,person,fact\n".to_vec(),
            PeopleFormat::CertLdapCsv => b"employee_name,user_id,role\n".to_vec(),
            PeopleFormat::Ldif => b"dn: cn=a\nuid: a\n".to_vec(),
        };
        file.extend(bytes);
        let _ = recognise_people(&file, "2010-01.csv");
        let parsed = parse(format, "2010-01.csv", &file, Day(20_000));
        proptest::prop_assert!(parsed.records.len() + parsed.rejects.len() <= 410);
    }
}

#[test]
fn groups_are_read_from_a_column_and_from_the_directory() {
    let table = "known_on,person,kind,accounts,groups\n2026-01-01,P1,employee,a,Domain Admins; Payroll;\n";
    let parsed = parse(
        PeopleFormat::PeopleCsv,
        "people.csv",
        table.as_bytes(),
        day("2026-03-01"),
    );
    assert_eq!(people(&parsed)[0].groups, ["Domain Admins", "Payroll"]);
    let export = "dn: cn=Anna,dc=corp\nobjectClass: user\nsAMAccountName: anna\n\
        memberOf: CN=Domain Admins,CN=Users,DC=corp\nmemberOf: CN=Staff,OU=Groups,DC=corp\n";
    let parsed = parse(
        PeopleFormat::Ldif,
        "export.ldif",
        export.as_bytes(),
        day("2026-03-01"),
    );
    assert_eq!(people(&parsed)[0].groups, ["Domain Admins", "Staff"]);
    // A record kept before groups were is read as one without.
    let kept = serde_json::to_value(people(&parsed)[0]).unwrap();
    let mut old = kept.clone();
    old.as_object_mut().unwrap().remove("groups");
    let old: PersonRecord = serde_json::from_value(old).unwrap();
    assert!(kept.get("groups").is_some() && old.groups.is_empty());
    assert!(serde_json::to_value(&old).unwrap().get("groups").is_none());
}

#[test]
fn security_identifiers_of_the_directory_are_accounts() {
    // S-1-5-21-1-2-3-1104, as ldapsearch and as some tools write it; then bytes that are none.
    let export = "dn: cn=Anna,dc=corp\nobjectClass: user\nsAMAccountName: anna\n\
        objectSid:: AQUAAAAAAAUVAAAAAQAAAAIAAAADAAAAUAQAAA==\n\ndn: cn=Bert,dc=corp\nobjectClass: user\n\
        sAMAccountName: bert\nobjectSid: S-1-5-21-1-2-3-1105\nsIDHistory:: AQI=\n";
    let parsed = parse(
        PeopleFormat::Ldif,
        "export.ldif",
        export.as_bytes(),
        day("2026-03-01"),
    );
    let people = people(&parsed);
    assert_eq!(people[0].accounts, ["anna", "S-1-5-21-1-2-3-1104"]);
    assert_eq!(people[1].accounts, ["bert", "S-1-5-21-1-2-3-1105"]);
}

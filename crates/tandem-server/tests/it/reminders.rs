//! A calendar and a mail a day: only for who asked, only what waits for them, by case number, once a day.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_domain::{Role, Timestamp};
use tandem_server::Config;
use tandem_server::chat::{ConnectorSettings, Kind, Security};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::chat::{connector, send_all};
use crate::office::{Office, done, office, shared_case};
use crate::support::{Answer, Desk, Place};

const HOUR: i64 = 3_600_000_000;

/// A mail relay that keeps what it takes.
#[derive(Clone, Default)]
struct Relay(Arc<Mutex<Vec<String>>>);

impl Relay {
    async fn start() -> (u16, Self) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let relay = Self::default();
        let kept = relay.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(kept.clone().talk(stream));
            }
        });
        (port, relay)
    }

    /// One conversation (RFC 5321); it ends with the connection.
    async fn talk(self, stream: tokio::net::TcpStream) -> Option<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 relay.test ESMTP\r\n").await.ok()?;
        let mut letter = String::new();
        while let Some(line) = lines.next_line().await.ok()? {
            let word = line.split([' ', ':']).next().unwrap_or_default();
            let says = match word.to_ascii_uppercase().as_str() {
                "EHLO" => "250-relay.test\r\n250 8BITMIME",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                _ => "250 ok",
            };
            letter.push_str(&line);
            letter.push('\n');
            write.write_all(format!("{says}\r\n").as_bytes()).await.ok()?;
            if !says.starts_with("354") {
                continue;
            }
            while let Some(line) = lines.next_line().await.ok()? {
                if line == "." {
                    break;
                }
                letter.push_str(&line);
                letter.push('\n');
            }
            // Soft line breaks (RFC 2045, 6.7) may stand anywhere.
            let whole = std::mem::take(&mut letter).replace("=\n", "");
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(whole);
            write.write_all(b"250 kept\r\n").await.ok()?;
        }
        Some(())
    }

    fn with(&self, words: &str) -> Vec<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .filter(|letter| letter.contains(words))
            .cloned()
            .collect()
    }

    fn digests(&self) -> Vec<String> {
        self.with("Subject: Tandem:")
    }
}

fn mail(config: &mut Config, port: u16, secrets: &std::path::Path) {
    config.connectors.push(ConnectorSettings {
        server: Some("127.0.0.1".into()),
        port: Some(port),
        security: Some(Security::Loopback),
        from: Some("Tandem <tandem@home.example>".into()),
        ..connector("mail", Kind::Mail, secrets, "no password")
    });
}

/// A task of the analyst, due in three days, whose title names somebody.
async fn task(office: &Office<'_>, case: &str) {
    let due = tandem_server::pipeline::now().0 + 72 * HOUR;
    let add = json!({ "task": { "add": { "title": "Ask Anna Berg", "assignee": "ines", "due": due } } });
    done(&office.it, case, add).await;
}

fn clean(text: &str) {
    assert!(!text.contains("Anna") && !text.contains("Berg"), "{text}");
}

async fn made(desk: &Desk<'_>) -> String {
    let made = desk.post("/account/calendar", json!({})).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    made.json()["path"].as_str().unwrap().to_owned()
}

async fn read(place: &Place, path: &str) -> Answer {
    place.get(path, None).await
}

#[tokio::test]
async fn a_calendar_shows_what_is_due_to_whoever_has_its_address() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    task(&office, &case).await;
    let path = made(&office.it).await;
    let feed = read(&place, &path).await;
    assert_eq!(feed.status, StatusCode::OK, "{}", feed.text);
    assert!(
        feed.headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/calendar")
    );
    assert!(
        feed.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("no-store")
    );
    let unfolded = feed.text.replace("\r\n ", "");
    assert!(unfolded.starts_with("BEGIN:VCALENDAR\r\n"), "{unfolded}");
    assert!(
        unfolded.contains("BEGIN:VEVENT") && unfolded.contains("DTEND:20"),
        "{unfolded}"
    );
    assert!(
        unfolded.contains(&format!("{case}: A task of yours is open")),
        "{unfolded}"
    );
    clean(&unfolded);
    let todos = read(&place, &format!("{path}?kind=todos")).await.text;
    assert!(
        todos.contains("BEGIN:VTODO") && !todos.contains("BEGIN:VEVENT"),
        "{todos}"
    );
    // Somebody else's calendar does not show it.
    let other = made(&office.corporate).await;
    let others = read(&place, &other).await.text;
    assert!(!others.contains("A task of yours"), "{others}");

    // What is done is gone.
    let seen = office.it.get(&format!("/cases/{case}")).await.json();
    let tasks = seen["case"]["tasks"].as_object().unwrap();
    let id = tasks.keys().next().unwrap();
    let finish = json!({ "task": { "done": { "task": id, "text": "asked" } } });
    done(&office.it, &case, finish).await;
    let after = read(&place, &path).await.text;
    assert!(!after.contains("A task of yours"), "{after}");
}

/// A meeting in three days, whose every text names somebody.
fn appointment(hours: i64, invited: &[&str]) -> Value {
    let from = tandem_server::pipeline::now().0 + hours * HOUR;
    json!({ "from": from, "until": from + HOUR, "place": "Office of Anna Berg", "invited": invited })
}

/// Plans a meeting; gives back its id.
async fn meeting(office: &Office<'_>, case: &str, invited: &[&str]) -> String {
    let plan =
        json!({ "title": "Talk about Anna Berg", "at": appointment(72, invited), "agenda": "Anna Berg" });
    done(&office.it, case, json!({ "meeting": { "plan": plan } })).await;
    let seen = office.it.get(&format!("/cases/{case}")).await.json();
    let meetings = seen["case"]["meetings"].as_object().unwrap();
    meetings.keys().next_back().unwrap().clone()
}

#[tokio::test]
async fn a_meeting_stands_in_the_calendars_of_those_who_are_asked_to_come() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let (path, other) = (made(&office.it).await, made(&office.corporate).await);
    let id = meeting(&office, &case, &["carl"]).await;
    let shown = async |path: &str| read(&place, path).await.text.replace("\r\n ", "");
    let mine = format!("SUMMARY:{case}: a meeting");
    let theirs = shown(&other).await;
    assert!(
        theirs.contains(&mine) && theirs.contains("STATUS:CONFIRMED"),
        "{theirs}"
    );
    clean(&theirs);
    assert!(!shown(&path).await.contains(&mine), "ines is not asked to come");
    let sequence = |text: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix("SEQUENCE:"));
        line.unwrap().trim().parse::<u32>().unwrap()
    };
    // The board shows it too, with its own words: who is in the case may read them.
    let board = office.corporate.get("/board").await.json();
    let items = board["items"].as_array().unwrap();
    let asked = items.iter().find(|item| item["kind"] == "meeting").unwrap();
    assert_eq!(asked["what"], "Talk about Anna Berg");
    assert_eq!(asked["late"], false);

    let at = appointment(96, &["carl", "ines"]);
    let moved = json!({ "meeting": { "move": { "meeting": id, "at": at, "reason": "ines has time" } } });
    done(&office.it, &case, moved).await;
    assert!(shown(&path).await.contains(&mine));
    let after = shown(&other).await;
    assert!(
        sequence(&after) > sequence(&theirs),
        "calendars take the later one"
    );
    let todos = read(&place, &format!("{other}?kind=todos")).await.text;
    assert!(!todos.contains("a meeting"), "{todos}");

    let cancel = json!({ "meeting": { "cancel": { "meeting": id, "reason": "no need" } } });
    done(&office.it, &case, cancel).await;
    assert!(!shown(&other).await.contains(&mine));
    // What was said about it can be found by who is in the case, and by nobody else.
    let found = office.corporate.get("/cases/search?text=need").await.text;
    assert!(found.contains("meeting") && found.contains(&id), "{found}");
}

#[tokio::test]
async fn an_invitation_is_mailed_with_a_file_for_calendars() {
    let (port, relay) = Relay::start().await;
    let secrets = tempfile::tempdir().unwrap();
    let place = Place::with(|config| mail(config, port, secrets.path())).await;
    let office = office(&place).await;
    let admin = place.colleague("adam", Role::Administrator, None).await;
    for (account, role) in [("ines", "it_analyst"), ("carl", "corporate_investigator")] {
        let settings = json!({ "mail": format!("{account}@home.example") });
        let put = json!({ "role": role, "settings": settings });
        let changed = admin.put(&format!("/colleagues/{account}"), put).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    }
    let case = shared_case(&office).await;
    let id = meeting(&office, &case, &["carl"]).await;
    send_all(&place).await;
    let letters = relay.with("A meeting is planned");
    let [letter] = letters.as_slice() else {
        panic!("{letters:?}")
    };
    assert!(letter.contains("RCPT TO:<carl@home.example>"), "{letter}");
    assert!(!letter.contains("RCPT TO:<ines@"), "{letter}");
    assert!(
        letter.contains("text/calendar") && letter.contains("tandem.ics"),
        "{letter}"
    );
    assert!(letter.contains("It begins on 20"), "{letter}");
    clean(letter);
    let cancel = json!({ "meeting": { "cancel": { "meeting": id, "reason": "no need" } } });
    done(&office.it, &case, cancel).await;
    send_all(&place).await;
    let letters = relay.with("A meeting was called off");
    let [letter] = letters.as_slice() else {
        panic!("{letters:?}")
    };
    assert!(letter.contains("RCPT TO:<carl@home.example>"), "{letter}");
}

#[tokio::test]
async fn a_calendar_s_address_is_kept_as_a_hash_and_can_be_ended() {
    let place = Place::new().await;
    let office = office(&place).await;
    let admin = place.colleague("adam", Role::Administrator, None).await;
    let none = office.it.delete("/account/calendar").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    let first = made(&office.it).await;
    let token = first
        .rsplit('/')
        .next()
        .unwrap()
        .trim_end_matches(".ics")
        .to_owned();
    let kept = place.app.store.credentials("ines").await.unwrap();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert!(!format!("{kept:?}").contains(&token));
    let view = office.it.get("/account/reminders").await.json();
    assert!(
        view["calendar"]["made"].is_string() && view["calendar"]["last_used"].is_null(),
        "{view}"
    );
    assert_eq!(read(&place, &first).await.status, StatusCode::OK);
    let view = office.it.get("/account/reminders").await.json();
    assert!(view["calendar"]["last_used"].is_string(), "{view}");

    let second = made(&office.it).await;
    let refused = |answer: Answer| assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text);
    refused(read(&place, &first).await);
    assert_eq!(read(&place, &second).await.status, StatusCode::OK);
    refused(read(&place, "/api/v1/calendar/made-up.ics").await);
    refused(read(&place, "/api/v1/calendar/.ics").await);
    assert_eq!(
        office.it.delete("/account/calendar").await.status,
        StatusCode::NO_CONTENT
    );
    refused(read(&place, &second).await);

    // Who may not sign in any more has no calendar either.
    let third = made(&office.it).await;
    let gone = json!({ "role": "it_analyst", "disabled": true, "settings": {} });
    let changed = admin.put("/colleagues/ines", gone).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    refused(read(&place, &third).await);
    let acts = office.auditor.get("/ledger?limit=500").await.text;
    assert!(
        acts.contains("credential.add") && acts.contains("credential.remove"),
        "{acts}"
    );
    assert!(!acts.contains(&token));
}

/// An instant two days ahead, at an hour (UTC, as the settings have it).
fn at(days: i32, hour: i64) -> Timestamp {
    let day = tandem_server::pipeline::now().day().plus(days);
    day.start().plus_micros(hour * HOUR + 60_000_000)
}

#[tokio::test]
async fn a_daily_mail_comes_once_a_day_to_who_asked_for_it() {
    let (port, relay) = Relay::start().await;
    let secrets = tempfile::tempdir().unwrap();
    let place = Place::with(|config| mail(config, port, secrets.path())).await;
    let case = {
        let office = office(&place).await;
        let admin = place.colleague("adam", Role::Administrator, None).await;
        let case = shared_case(&office).await;
        task(&office, &case).await;
        // Without an address there is nowhere to send it.
        let refused = office.it.put("/account/digest", json!({ "hour": 6 })).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
        for (account, role) in [("ines", "it_analyst"), ("carl", "corporate_investigator")] {
            let settings = json!({ "mail": format!("{account}@home.example") });
            let put = json!({ "role": role, "settings": settings });
            let changed = admin.put(&format!("/colleagues/{account}"), put).await;
            assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
        }
        let odd = office.it.put("/account/digest", json!({ "hour": 24 })).await;
        assert_eq!(odd.status, StatusCode::BAD_REQUEST, "{}", odd.text);
        let set = office.it.put("/account/digest", json!({ "hour": 6 })).await;
        assert_eq!(set.status, StatusCode::OK, "{}", set.text);
        assert_eq!(set.json()["digest_hour"], json!(6));
        case
    };
    let post = async |place: &Place, when: Timestamp| {
        place.app.post_digests(when).await.unwrap();
        send_all(place).await;
        relay.digests().len()
    };
    assert_eq!(post(&place, at(2, 5)).await, 0, "not before its hour");
    assert_eq!(post(&place, at(2, 6)).await, 1);
    assert_eq!(post(&place, at(2, 6)).await, 1, "once");
    let letter = relay.digests().remove(0);
    assert!(letter.contains("RCPT TO:<ines@home.example>"), "{letter}");
    assert!(!letter.contains("carl@"), "carl did not ask: {letter}");
    assert!(
        letter.contains("A task of yours is open") && letter.contains(&format!("/cases/{case}")),
        "{letter}"
    );
    clean(&letter);

    // A process that starts anew sends none again, even if it forgot the day's mark: the outbox knows the key.
    let place = place.reopened().await;
    assert_eq!(post(&place, at(2, 7)).await, 1);
    place.app.store.set_setting("digest.last.ines", "").await.unwrap();
    assert_eq!(post(&place, at(2, 8)).await, 1);
    assert_eq!(post(&place, at(3, 9)).await, 2, "the next day, also late");

    // Who takes the wish back gets none.
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    let off = it.put("/account/digest", json!({ "hour": null })).await;
    assert_eq!(off.json()["digest_hour"], Value::Null, "{}", off.text);
    assert_eq!(post(&place, at(4, 12)).await, 2);
}

#[tokio::test]
async fn a_day_with_nothing_has_no_mail() {
    let (port, relay) = Relay::start().await;
    let secrets = tempfile::tempdir().unwrap();
    let place = Place::with(|config| mail(config, port, secrets.path())).await;
    let admin = place.colleague("adam", Role::Administrator, None).await;
    let carl = place.colleague("carl", Role::CorporateInvestigator, None).await;
    let put = json!({ "role": "corporate_investigator", "settings": { "mail": "carl@home.example" } });
    let changed = admin.put("/colleagues/carl", put).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    let set = carl.put("/account/digest", json!({ "hour": 0 })).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text);
    assert_eq!(place.app.post_digests(at(2, 1)).await.unwrap(), 0);
    assert!(place.app.store.outbox(None, 10).await.unwrap().is_empty());
    assert!(relay.digests().is_empty());
}

#[tokio::test]
async fn without_a_mail_connector_the_wish_is_refused_with_the_reason() {
    let place = Place::new().await;
    let carl = place.colleague("carl", Role::CorporateInvestigator, None).await;
    let view = carl.get("/account/reminders").await.json();
    assert!(
        view["digest_off"].as_str().unwrap().contains("connector"),
        "{view}"
    );
    let refused = carl.put("/account/digest", json!({ "hour": 6 })).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
}

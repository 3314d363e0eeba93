//! Actions of playbooks, carried out by another system over real HTTP: tried dry, agreed to, done once, taken back; and what happens
//! when it is down, lies, or the process dies in between.

use std::path::Path;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_connect::outbox::OutboxItem;
use tandem_domain::{Role, Timestamp};
use tandem_server::Config;
use tandem_server::chat::{ConnectorSettings, Kind, Outbox};

use crate::chat::{Dying, KEY, connector, courier, send_all};
use crate::far_side::{DOWN, FORGED, FarSide, SAYS_NO, UNSIGNED, WELL};
use crate::office::{Office, done, office, shared_case};
use crate::runs::{ask, must, started, until, until_approval};
use crate::support::{Desk, Place};

async fn place(far: &FarSide, secrets: &Path, account: bool) -> Place {
    Place::with(|config| far.serves(config, secrets, account)).await
}

async fn seen(desk: &Desk<'_>, run: &str) -> Value {
    let answer = desk.get(&format!("/runs/{run}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

/// A step of a run, wherever it stands.
fn step(run: &Value, id: &str) -> Value {
    let parts = [&run["active"], &run["past"]];
    let mut all = parts.into_iter().filter_map(Value::as_array).flatten();
    all.find(|step| step["id"] == json!(id))
        .unwrap_or_else(|| panic!("{id}: {run}"))
        .clone()
}

fn id_of(run: &Value) -> String {
    run["summary"]["id"].as_str().unwrap().to_owned()
}

async fn refused(desk: &Desk<'_>, run: &str, command: Value, code: &str) {
    let words = command.to_string();
    let answer = ask(desk, run, command).await;
    assert_eq!(
        (answer.status, answer.json()["error"]["code"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some(code)),
        "{words}: {}",
        answer.text
    );
}

/// Lets the accounts of the subject be known in the case.
async fn disclosed(office: &Office<'_>, case: &str) {
    let asked = json!({
        "subject": office.subject, "fields": ["accounts"], "purpose": "investigation",
        "reason": "the directory needs the account", "hours": 48,
    });
    let path = format!("/cases/{case}/disclosures");
    let request = office.it.post(&path, asked).await;
    assert_eq!(request.status, StatusCode::OK, "{}", request.text);
    let id = request.json()["id"].as_str().unwrap().to_owned();
    for desk in [&office.approver_it, &office.approver_corporate] {
        let yes = json!({ "approve": true, "reason": "proportionate" });
        let answer = desk.post(&format!("/disclosures/{id}/answer"), yes).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }
}

async fn acts(office: &Office<'_>, case: &str, act: &str) -> usize {
    let path = format!("/ledger?case={case}&limit=500");
    let ledger = office.auditor.get(&path).await.json();
    let rows = ledger["rows"].as_array().unwrap();
    rows.iter().filter(|row| row["act"] == json!(act)).count()
}

fn command(word: &str, step: &str) -> Value {
    json!({ "command": word, "step": step })
}

fn because(word: &str, step: &str) -> Value {
    json!({ "command": word, "step": step, "reason": "as agreed" })
}

const PAUSE: &str = "pause_writes";

#[tokio::test]
async fn an_action_is_tried_dry_agreed_to_done_once_and_taken_back() {
    let (far, secrets) = (FarSide::start().await, tempfile::tempdir().unwrap());
    let place = place(&far, secrets.path(), false).await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let run = started(&office, &case, "mass-deletion").await;
    let (run, active) = until_approval(&office, run).await;
    let id = id_of(&run);
    assert_eq!(
        (&active["id"], &active["act"]["connector"]),
        (&json!(PAUSE), &json!("directory"))
    );

    // Approvers see first what would happen.
    refused(&office.approver_it, &id, because("approve", PAUSE), "refused").await;
    must(&office.it, &id, command("request_dry_run", PAUSE)).await;
    send_all(&place).await;
    let shown = seen(&office.approver_it, &id).await;
    let dry = step(&shown, PAUSE)["state"]["dry_run"]["answer"].clone();
    assert_eq!(dry[0], json!(true), "{shown}");
    assert!(dry[1].as_str().unwrap().contains("3 shares"), "{dry}");
    assert_eq!(far.done(), 0);

    // Nothing is sent before both agreed, and nobody answers in the connector's place.
    refused(&office.it, &id, command("request_action", PAUSE), "refused").await;
    for desk in [&office.approver_it, &office.approver_corporate] {
        must(desk, &id, because("approve", PAUSE)).await;
    }
    let asked = must(&office.it, &id, command("request_action", PAUSE)).await;
    let key = step(&asked, PAUSE)["state"]["action"]["key"].clone();
    let forged = json!({ "command": "report_action", "step": PAUSE, "key": key, "ok": true, "text": "", "outputs": {} });
    refused(&office.it, &id, forged, "connector").await;
    assert_eq!(far.done(), 0, "it waits in the outbox");
    send_all(&place).await;
    send_all(&place).await;
    assert_eq!(far.done(), 1);
    let after = seen(&office.it, &id).await;
    let state = step(&after, PAUSE)["state"].clone();
    assert_eq!(
        (&state["status"], &state["action"]["answer"][0]),
        (&json!("done"), &json!(true))
    );

    // A member takes it back, with a reason.
    let silent = ask(&office.it, &id, command("request_undo", PAUSE)).await;
    assert_ne!(silent.status, StatusCode::OK, "{}", silent.text);
    must(&office.corporate, &id, because("request_undo", PAUSE)).await;
    send_all(&place).await;
    let after = seen(&office.it, &id).await;
    assert_eq!(
        step(&after, PAUSE)["state"]["undo"]["answer"][0],
        json!(true),
        "{after}"
    );
    refused(&office.it, &id, because("request_undo", PAUSE), "refused").await;

    let bodies = far.bodies();
    let types: Vec<&Value> = bodies.iter().map(|body| &body["type"]).collect();
    assert_eq!(types, ["action.dry_run", "action.do", "action.undo"]);
    let undo = &bodies[2]["data"];
    assert_eq!(undo["action"], json!("restore_delete_rights"));
    let did = json!({ "action": "pause_delete_rights", "id": bodies[1]["data"]["id"] });
    assert_eq!(undo["undoes"], did);
    for body in &bodies {
        assert_eq!(body["data"]["subject"], json!(office.subject), "{body}");
        assert!(!body.to_string().to_lowercase().contains("anna"), "{body}");
    }
    let told = office.it.get(&format!("/cases/{case}")).await.text;
    for words in ["was tried dry", "is carried out", "is taken back"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    // One more report was of a step that no connector carries out.
    for (act, times) in [
        ("run.dry_run_report", 1),
        ("run.action", 1),
        ("run.action_report", 2),
        ("run.undo", 1),
        ("run.undo_report", 1),
    ] {
        assert_eq!(acts(&office, &case, act).await, times, "{act}");
    }
}

#[tokio::test]
async fn an_account_leaves_under_a_disclosure_only_and_comes_back_nowhere() {
    let (far, secrets) = (FarSide::start().await, tempfile::tempdir().unwrap());
    let place = place(&far, secrets.path(), true).await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let run = started(&office, &case, "mass-deletion").await;
    let (run, active) = until_approval(&office, run).await;
    let id = id_of(&run);
    assert_eq!(active["act"]["needs_disclosure"], json!(true), "{active}");
    let before = seen(&office.it, &id).await;
    refused(
        &office.it,
        &id,
        command("request_dry_run", PAUSE),
        "disclosure_needed",
    )
    .await;
    assert_eq!(seen(&office.it, &id).await, before);

    disclosed(&office, &case).await;
    must(&office.it, &id, command("request_dry_run", PAUSE)).await;
    send_all(&place).await;
    assert_eq!(far.bodies()[0]["data"]["accounts"], json!(["anna.berg"]));
    let after = seen(&office.it, &id).await;
    let dry = step(&after, PAUSE)["state"]["dry_run"]["answer"].clone();
    assert_eq!(dry[0], json!(true), "{after}");
    assert_eq!(acts(&office, &case, "vault.open").await, 1);
    let mut said = after.to_string();
    for (desk, path) in [
        (&office.it, format!("/cases/{case}")),
        (&office.auditor, "/ledger?limit=500".to_owned()),
    ] {
        said.push_str(&desk.get(&path).await.text);
    }
    for row in place.app.store.outbox(None, 100).await.unwrap() {
        said.push_str(&row.body);
    }
    assert!(!said.to_lowercase().contains("anna"), "{said}");
}

#[tokio::test]
async fn what_runs_by_itself_is_kept_back_until_a_disclosure_is_open() {
    let (far, secrets) = (FarSide::start().await, tempfile::tempdir().unwrap());
    let place = place(&far, secrets.path(), true).await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let run = started(&office, &case, "leaked-credential").await;
    let id = id_of(&run);
    send_all(&place).await;
    assert!(far.bodies().is_empty());
    let waits = step(&seen(&office.it, &id).await, "make_worthless");
    assert_eq!(
        (&waits["act"]["state"], &waits["act"]["needs_disclosure"]),
        (&json!("held"), &json!(true)),
        "{waits}"
    );
    disclosed(&office, &case).await;
    send_all(&place).await;
    assert_eq!(far.done(), 1);
    let after = seen(&office.it, &id).await;
    assert_eq!(step(&after, "make_worthless")["state"]["status"], json!("done"));
    assert_eq!(after["values"]["sessions_ended"], json!(3));
}

/// Lets a courier of another time work once around.
async fn round_in(place: &Place, minutes: i64) {
    place.app.learn_names().await.unwrap();
    let then = move || tandem_server::pipeline::now().plus_micros(minutes * 60_000_000);
    let courier = courier(place, Outbox::of(place.app.store.clone()));
    courier.round(&then, &|| 1.0).await.unwrap();
    place.app.bring_back().await.unwrap();
}

#[tokio::test]
async fn a_far_side_that_is_down_is_asked_again_under_the_same_key() {
    let (far, secrets) = (FarSide::start().await, tempfile::tempdir().unwrap());
    let place = place(&far, secrets.path(), false).await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    far.is(DOWN);
    let run = started(&office, &case, "leaked-credential").await;
    let id = id_of(&run);
    round_in(&place, 0).await;
    let waits = step(&seen(&office.it, &id).await, "make_worthless");
    assert_eq!(
        (
            &waits["state"]["status"],
            &waits["act"]["state"],
            &waits["act"]["attempts"]
        ),
        (&json!("running"), &json!("waiting"), &json!(1)),
        "{waits}"
    );
    far.is(WELL);
    round_in(&place, 1).await;
    let after = seen(&office.it, &id).await;
    assert_eq!(step(&after, "make_worthless")["state"]["status"], json!("done"));
    assert_eq!((far.done(), far.ids().len()), (1, 1));
}

#[tokio::test]
async fn what_could_not_be_done_is_asked_once_more_or_done_by_hand() {
    let (far, secrets) = (FarSide::start().await, tempfile::tempdir().unwrap());
    let place = place(&far, secrets.path(), false).await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let name = "make_worthless";
    far.is(DOWN);
    let run = started(&office, &case, "leaked-credential").await;
    let id = id_of(&run);
    round_in(&place, 61).await;
    let failed = step(&seen(&office.it, &id).await, name);
    assert_eq!(
        (
            &failed["state"]["status"],
            &failed["stuck"],
            &failed["act"]["state"]
        ),
        (&json!("failed"), &json!(true), &json!("dead")),
        "{failed}"
    );
    let why = failed["state"]["reason"].as_str().unwrap();
    assert!(why.contains("status 503"), "{why}");
    // An administrator who sends dead letters again sends no action again.
    let admin = place.colleague("adam", Role::Administrator, None).await;
    let replay = admin.post("/outbox/replay", json!({})).await;
    assert_eq!(replay.json()["replayed"], json!(0), "{}", replay.text);
    // Nobody knows whether it was done, so it is asked under the same key.
    far.is(WELL);
    must(&office.it, &id, command("request_action", name)).await;
    send_all(&place).await;
    assert_eq!(
        step(&seen(&office.it, &id).await, name)["state"]["status"],
        json!("done")
    );
    assert_eq!((far.done(), far.ids().len()), (1, 1));

    // A far side that says no is another matter: its words are shown, inert, and another try is another action.
    far.is(SAYS_NO);
    let run = started(&office, &case, "leaked-credential").await;
    let id = id_of(&run);
    send_all(&place).await;
    let failed = step(&seen(&office.it, &id).await, name);
    assert_eq!(failed["state"]["status"], json!("failed"), "{failed}");
    let why = failed["state"]["reason"].as_str().unwrap();
    assert!(
        why.contains("3 shares") && !why.contains('\n') && !why.contains("anna"),
        "{why}"
    );
    must(&office.it, &id, command("request_action", name)).await;
    send_all(&place).await;
    assert_eq!(far.ids().len(), 3);
    let by_hand = must(&office.it, &id, because("by_hand", name)).await;
    let key = step(&by_hand, name)["state"]["action"]["key"].clone();
    let report = json!({ "command": "report_action", "step": name, "key": key, "ok": true, "text": "done", "outputs": {} });
    let after = must(&office.it, &id, report).await;
    assert_eq!(step(&after, name)["state"]["status"], json!("done"));
    send_all(&place).await;
    assert_eq!((far.done(), far.ids().len()), (1, 3));
}

#[tokio::test]
async fn an_answer_that_is_not_signed_with_the_shared_key_is_none() {
    let (far, secrets) = (FarSide::start().await, tempfile::tempdir().unwrap());
    let place = place(&far, secrets.path(), false).await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    far.is(UNSIGNED);
    let run = started(&office, &case, "leaked-credential").await;
    let id = id_of(&run);
    round_in(&place, 0).await;
    far.is(FORGED);
    round_in(&place, 1).await;
    let waits = step(&seen(&office.it, &id).await, "make_worthless");
    assert_eq!(
        (&waits["state"]["status"], &waits["act"]["doubt"]),
        (&json!("running"), &json!(true)),
        "{waits}"
    );
    far.is(WELL);
    round_in(&place, 3).await;
    let after = seen(&office.it, &id).await;
    assert_eq!(
        step(&after, "make_worthless")["state"]["status"],
        json!("done"),
        "{after}"
    );
    assert_eq!(
        (far.done(), far.ids().len()),
        (1, 1),
        "however often it was asked"
    );
}

#[tokio::test]
async fn a_process_that_dies_after_sending_neither_loses_nor_doubles_an_action() {
    let (far, secrets) = (FarSide::start().await, tempfile::tempdir().unwrap());
    let place = place(&far, secrets.path(), false).await;
    let (id, case) = {
        let office = office(&place).await;
        let case = shared_case(&office).await;
        (id_of(&started(&office, &case, "leaked-credential").await), case)
    };
    place.app.learn_names().await.unwrap();
    let dying = courier(&place, Dying(Outbox::of(place.app.store.clone())));
    dying
        .round(&tandem_server::pipeline::now, &|| 1.0)
        .await
        .unwrap_err();
    assert_eq!(far.done(), 1, "it was done, but not written down");
    drop(dying);

    let place = place.reopened().await;
    send_all(&place).await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    let waits = step(&seen(&it, &id).await, "make_worthless");
    assert_eq!(
        waits["state"]["status"],
        json!("running"),
        "the lease of the dead process still runs"
    );
    // It dies once more: after the answer was written down, before the run knows it.
    let then = || tandem_server::pipeline::now().plus_micros(61_000_000);
    let next = courier(&place, Outbox::of(place.app.store.clone()));
    assert_eq!(next.round(&then, &|| 1.0).await.unwrap().sent, 1);
    drop(it);
    drop(next);
    let place = place.reopened().await;
    send_all(&place).await;
    send_all(&place).await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    let after = seen(&it, &id).await;
    assert_eq!(step(&after, "make_worthless")["state"]["status"], json!("done"));
    assert_eq!((far.done(), far.ids().len()), (1, 1));
    let auditor = place.colleague("uma", Role::Auditor, None).await;
    let ledger = auditor.get(&format!("/ledger?case={case}&limit=500")).await.text;
    assert_eq!(ledger.matches("run.action_report").count(), 1, "{ledger}");
}

#[tokio::test]
async fn what_is_done_by_hand_or_stopped_while_it_waits_is_never_sent() {
    let (far, secrets) = (FarSide::start().await, tempfile::tempdir().unwrap());
    let place = place(&far, secrets.path(), false).await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let name = "make_worthless";
    let hand = id_of(&started(&office, &case, "leaked-credential").await);
    must(&office.it, &hand, because("by_hand", name)).await;
    let stopped = id_of(&started(&office, &case, "leaked-credential").await);
    must(
        &office.it,
        &stopped,
        json!({ "command": "abort", "reason": "the wrong playbook" }),
    )
    .await;
    send_all(&place).await;
    send_all(&place).await;
    assert!(far.bodies().is_empty(), "{:?}", far.bodies());
    let dead = place.app.store.outbox(Some("dead"), 10).await.unwrap();
    let why = |row: &tandem_store::OutboxRow| {
        let item: OutboxItem = serde_json::from_str(&row.body).unwrap();
        item.last_error.unwrap_or_default()
    };
    let why: Vec<String> = dead.iter().map(why).collect();
    assert_eq!(why.len(), 2, "{why:?}");
    assert!(why.iter().any(|why| why.contains("by hand")), "{why:?}");
    assert!(why.iter().any(|why| why.contains("nobody asks")), "{why:?}");
}

#[tokio::test]
async fn taking_back_is_offered_when_the_decision_is_withdrawn() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let run = id_of(&started(&office, &case, "careless-upload").await);
    done(
        &office.it,
        &case,
        json!({ "life": { "investigate": { "reason": "worth a closer look" } } }),
    )
    .await;
    let question = json!({ "respond": { "act": "interview", "subject": office.subject, "without_support": "it is offered there" } });
    let wording = json!({ "question": question, "reason": "to hear them" });
    let proposed = done(
        &office.it,
        &case,
        json!({ "decision": { "propose": { "wording": wording } } }),
    )
    .await;
    assert_eq!(seen(&office.it, &run).await["undo_because"], Value::Null);
    let proposals = proposed["case"]["proposals"].as_object().unwrap();
    let proposal = proposals.keys().next().unwrap();
    let withdraw =
        json!({ "decision": { "withdraw": { "proposal": proposal, "reason": "a note explains it" } } });
    done(&office.it, &case, withdraw).await;
    let because = seen(&office.it, &run).await["undo_because"].clone();
    assert!(because.as_str().unwrap().contains("withdrawn"), "{because}");
}

#[tokio::test]
async fn an_action_connector_is_tried_and_one_without_actions_stops_the_start() {
    let (far, secrets) = (FarSide::start().await, tempfile::tempdir().unwrap());
    let place = place(&far, secrets.path(), true).await;
    let admin = place.colleague("adam", Role::Administrator, None).await;
    let tried = admin.post("/connectors/directory/test", json!({})).await;
    assert_eq!(tried.json()["arrived"], json!(true), "{}", tried.text);
    assert_eq!(far.bodies()[0]["type"], json!("action.test"));
    far.is(FORGED);
    let tried = admin.post("/connectors/directory/test", json!({})).await;
    assert_eq!(tried.json()["arrived"], json!(false), "{}", tried.text);

    let dir = tempfile::tempdir().unwrap();
    let mut config = Config {
        data_dir: dir.path().join("data"),
        ..Config::default()
    };
    config.connectors.push(ConnectorSettings {
        server: Some(far.address.clone()),
        ..connector("directory", Kind::Action, secrets.path(), KEY)
    });
    let error = tandem_server::App::open(config).await.err().unwrap();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        source.contains("directory") && source.contains("actions"),
        "{source}"
    );
}

#[tokio::test]
async fn clocks_of_runs_escalate_and_begin_what_was_delayed() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let run = started(&office, &case, "lost-device").await;
    let id = id_of(&run);
    let first = run["active"][0].clone();
    let due = Timestamp(first["state"]["due"].as_i64().unwrap());
    assert_eq!(place.app.tick_runs(due.plus_micros(-1)).await.unwrap(), 0);
    for changed in [1, 0] {
        let ticked = place.app.tick_runs(due).await.unwrap();
        assert_eq!(ticked, changed, "it is told once");
    }
    let after = seen(&office.it, &id).await;
    let late = step(&after, first["id"].as_str().unwrap());
    assert_eq!(late["state"]["escalated"], json!(1), "{late}");
    assert_eq!(acts(&office, &case, "run.tick").await, 1);

    // The run goes on until it waits for its time.
    let delayed = |active: &Value| active["state"]["status"] == json!("delayed");
    let (_, active) = until(&office, after, delayed).await;
    let name = active["id"].as_str().unwrap();
    refused(&office.corporate, &id, command("take", name), "refused").await;
    let begins = Timestamp(active["state"]["not_before"].as_i64().unwrap());
    place.app.tick_runs(begins).await.unwrap();
    let after = seen(&office.it, &id).await;
    assert_eq!(step(&after, name)["state"]["status"], json!("offered"));
}

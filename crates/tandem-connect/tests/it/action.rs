//! Actions: signed both ways, one key in every attempt, accounts only at the moment they leave.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tandem_connect::far::action::{ActionFar, Clerk, Released, Releasing, Undoes, Withheld};
use tandem_connect::inbound::ReplayCache;
use tandem_connect::standard::{Headers, SigningKey, sign, verify};
use tandem_connect::{Act, Anchor, Far, Job, Key, Phase, Receipt, Secret, SendError};
use tandem_domain::{SubjectId, Timestamp};

use crate::recorder::{Recorder, Reply, Seen, lock};
use crate::support::{NOW, base, case, context, http};

const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Lets everything go with one account, or nothing.
#[derive(Debug)]
struct Fixed(Result<&'static str, Withheld>);

impl Clerk for Fixed {
    fn release<'a>(&'a self, act: &'a Act, _: &'a Key, _: Timestamp) -> Releasing<'a> {
        let accounts = act.accounts;
        let answer = self.0.clone().map(|account| Released {
            accounts: accounts.then(|| Secret::new(account)).into_iter().collect(),
        });
        Box::pin(async move { answer })
    }
}

fn key() -> SigningKey {
    SigningKey::parse(KEY).unwrap()
}

fn far(server: &Recorder, clerk: Result<&'static str, Withheld>) -> Far {
    let address = base(&format!("{}/actions", server.address));
    Far::Action(ActionFar::new(&http(), address, key(), Arc::new(Fixed(clerk))))
}

fn act(phase: Phase) -> Act {
    Act {
        phase,
        action: "limit_access".to_owned(),
        parameters: BTreeMap::from([("keep".to_owned(), json!("handover"))]),
        case: Some(case()),
        run: "R-2026-0001".to_owned(),
        step: "limit".to_owned(),
        subject: Some(SubjectId("S-7K3M2Q9D".to_owned())),
        undoes: None,
        accounts: true,
    }
}

fn believed(seen: &Seen) {
    let headers = Headers {
        id: seen.header("webhook-id"),
        timestamp: seen.header("webhook-timestamp"),
        signature: seen.header("webhook-signature"),
    };
    verify(&key(), headers, &seen.body, NOW, &mut ReplayCache::new(9)).unwrap();
    assert_eq!(seen.header("idempotency-key"), headers.id);
}

/// A signed answer to a request of that id.
fn signed(id: &str, body: &Value) -> Reply {
    let signature = sign(&key(), id, NOW, body.to_string().as_bytes());
    Reply::json(body)
        .with("webhook-id", id)
        .with("webhook-timestamp", &(NOW.0 / 1_000_000).to_string())
        .with("webhook-signature", &signature)
}

async fn sent(far: &Far, act: Act, name: &str) -> Result<Receipt, SendError> {
    let (key, anchor) = (Key(name.to_owned()), Anchor::default());
    far.deliver(&Job::Act { act }, &context(&key, &anchor)).await
}

#[tokio::test]
async fn each_phase_is_signed_and_its_signed_answer_is_believed() {
    let server = Recorder::start(|seen| {
        believed(seen);
        let id = seen.header("webhook-id");
        signed(
            id,
            &json!({"ok": true, "text": "limited anna.berg in 3 groups", "outputs": {"groups": 3}}),
        )
    })
    .await;
    let far = far(&server, Ok("anna.berg"));
    for phase in [Phase::DryRun, Phase::Do] {
        let receipt = sent(&far, act(phase), phase.as_str()).await.unwrap();
        let told = receipt.answer.unwrap();
        assert_eq!(
            (told.ok, told.text.as_str()),
            (true, "limited (account) in 3 groups")
        );
        assert_eq!(told.outputs["groups"], json!(3));
    }
    let undo = Act {
        undoes: Some(Undoes {
            action: "limit_access".to_owned(),
            key: Key("do".to_owned()),
        }),
        ..act(Phase::Undo)
    };
    sent(&far, undo, "undo").await.unwrap();
    let seen = server.seen();
    let types: Vec<Value> = seen.iter().map(|one| one.json()["type"].clone()).collect();
    assert_eq!(types, ["action.dry_run", "action.do", "action.undo"]);
    assert_eq!(seen[1].json()["data"]["accounts"], json!(["anna.berg"]));
    assert_eq!(
        seen[2].json()["data"]["undoes"]["id"],
        json!(seen[1].header("webhook-id"))
    );
    let ids: BTreeSet<&str> = seen.iter().map(|one| one.header("webhook-id")).collect();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn an_answer_that_is_not_signed_for_this_request_is_none() {
    let turn = Arc::new(Mutex::new(0));
    let count = Arc::clone(&turn);
    let server = Recorder::start(move |seen| {
        let id = seen.header("webhook-id").to_owned();
        let yes = json!({"ok": true, "text": "done", "outputs": {}});
        *lock(&count) += 1;
        match *lock(&count) {
            1 => Reply::json(&yes),
            2 => signed("msg_of_another_request", &yes),
            3 => {
                let mut forged = signed(&id, &json!({"ok": false}));
                forged.body = yes.to_string().into_bytes();
                forged
            }
            4 => signed(&id, &json!({"ok": true, "more": 1})),
            5 => Reply::empty(204),
            _ => signed(&id, &yes),
        }
    })
    .await;
    let far = far(&server, Ok("anna.berg"));
    for turn in 1..=5 {
        let error = sent(&far, act(Phase::Do), "k").await.unwrap_err();
        assert!(matches!(error, SendError::Doubtful { .. }), "{turn}: {error}");
    }
    assert!(sent(&far, act(Phase::Do), "k").await.unwrap().answer.unwrap().ok);
    let ids: BTreeSet<String> = server
        .seen()
        .iter()
        .map(|one| one.header("webhook-id").to_owned())
        .collect();
    assert_eq!(ids.len(), 1, "one key in every attempt");
}

#[tokio::test]
async fn what_is_not_wanted_any_more_or_names_somebody_never_leaves() {
    let server = Recorder::start(|_| Reply::empty(204)).await;
    let refusing = far(&server, Err(Withheld::Refused("nobody asks for it".to_owned())));
    let error = sent(&refusing, act(Phase::Do), "k").await.unwrap_err();
    assert!(matches!(error, SendError::Refused { .. }), "{error}");
    let waiting = far(&server, Err(Withheld::Later("the vault is in use".to_owned())));
    let error = sent(&waiting, act(Phase::Do), "k").await.unwrap_err();
    assert!(matches!(error, SendError::Busy { .. }), "{error}");
    let open = far(&server, Ok("anna.berg"));
    let named = Act {
        parameters: BTreeMap::from([("who".to_owned(), json!("Anna Schmidt"))]),
        ..act(Phase::Do)
    };
    let error = sent(&open, named, "k").await.unwrap_err();
    assert!(matches!(error, SendError::Gate(_)), "{error}");
    let large = Act {
        parameters: BTreeMap::from([("x".to_owned(), json!("y".repeat(70_000)))]),
        ..act(Phase::Do)
    };
    let error = sent(&open, large, "k").await.unwrap_err();
    assert!(error.to_string().contains("at most 65536"), "{error}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn no_account_goes_where_none_is_needed_and_a_slow_far_side_is_asked_again() {
    let server = Recorder::start(|_| Reply::empty(202).with("retry-after", "30")).await;
    let far = far(&server, Ok("anna.berg"));
    let without = Act {
        accounts: false,
        ..act(Phase::Do)
    };
    let error = sent(&far, without, "k").await.unwrap_err();
    assert!(matches!(error, SendError::Busy { after: Some(_), .. }), "{error}");
    let body = String::from_utf8(server.seen()[0].body.clone()).unwrap();
    assert!(!body.contains("anna"), "{body}");
}

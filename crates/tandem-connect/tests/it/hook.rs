//! Signed webhooks out, checked by a receiver that does what Standard Webhooks asks of one.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tandem_connect::far::hook::Hook;
use tandem_connect::inbound::ReplayCache;
use tandem_connect::standard::{Headers, SigningKey, verify};
use tandem_connect::{Anchor, Far, Job, Key, SendError};
use tandem_domain::Timestamp;

use crate::recorder::{Recorder, Reply, Seen, lock};
use crate::support::{NOW, base, context, http};

const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn job() -> Job {
    Job::Hook {
        event: "case.opened".to_owned(),
        data: json!({"case": "C-2026-0042", "subjects": ["S-7K3M2Q9D"]}),
    }
}

fn check(seen: &Seen, now: Timestamp) -> Result<(), tandem_connect::inbound::VerifyError> {
    let headers = Headers {
        id: seen.header("webhook-id"),
        timestamp: seen.header("webhook-timestamp"),
        signature: seen.header("webhook-signature"),
    };
    let key = SigningKey::parse(KEY).unwrap();
    verify(&key, headers, &seen.body, now, &mut ReplayCache::new(10))
}

#[tokio::test]
async fn a_receiver_believes_it_and_counts_a_repetition_once() {
    let done = Arc::new(Mutex::new(HashSet::new()));
    let kept = Arc::clone(&done);
    let server = Recorder::start(move |seen| {
        check(seen, NOW.plus_micros(60_000_000)).unwrap();
        let fresh = lock(&kept).insert(seen.header("webhook-id").to_owned());
        // The first answer is lost on the way.
        if fresh {
            Reply::empty(504)
        } else {
            Reply::empty(204)
        }
    })
    .await;
    let key = SigningKey::parse(KEY).unwrap();
    let far = Far::Hook(Hook::new(http(), base(&format!("{}/in", server.address)), key));
    let (key, anchor) = (Key("case-opened:C-2026-0042".to_owned()), Anchor::default());
    let mut context = context(&key, &anchor);
    let error = far.deliver(&job(), &context).await.unwrap_err();
    assert!(matches!(error, SendError::Doubtful { .. }), "{error}");
    context.doubt = true;
    context.now = NOW.plus_micros(120_000_000);
    far.deliver(&job(), &context).await.unwrap();
    assert_eq!(lock(&done).len(), 1);
    let seen = server.seen();
    assert_eq!(seen[0].body, seen[1].body, "the same message");
    assert_ne!(
        seen[0].header("webhook-signature"),
        seen[1].header("webhook-signature"),
        "another attempt"
    );
    let mut forged = seen[0].clone();
    forged.body.push(b' ');
    assert!(check(&forged, NOW).is_err());
}

#[tokio::test]
async fn a_name_in_the_data_or_too_much_of_it_stays_at_home() {
    let server = Recorder::start(|_| Reply::empty(204)).await;
    let key = SigningKey::parse(KEY).unwrap();
    let far = Far::Hook(Hook::new(http(), base(&server.address), key));
    let (key, anchor) = (Key("k".to_owned()), Anchor::default());
    let name = Job::Hook {
        event: "x".to_owned(),
        data: json!({"deep": [{"Anna Schmidt": 1}]}),
    };
    let error = far.deliver(&name, &context(&key, &anchor)).await.unwrap_err();
    assert!(matches!(error, SendError::Gate(_)), "{error}");
    let large = Job::Hook {
        event: "x".to_owned(),
        data: json!("y".repeat(70_000)),
    };
    let error = far.deliver(&large, &context(&key, &anchor)).await.unwrap_err();
    assert!(error.to_string().contains("at most 65536"), "{error}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_not_asked_again() {
    let server = Recorder::start(|_| Reply::empty(410)).await;
    let key = SigningKey::parse(KEY).unwrap();
    let far = Far::Hook(Hook::new(http(), base(&server.address), key));
    let (key, anchor) = (Key("k".to_owned()), Anchor::default());
    let error = far.deliver(&job(), &context(&key, &anchor)).await.unwrap_err();
    assert!(matches!(error, SendError::Refused { .. }), "{error}");
}

//! Pulls when things go wrong: circles, lost content, wrong secrets, records that are none.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;
use tandem_sources::SourceError;

use crate::pull::{
    CLOUD, CLOUDTRAIL, GITHUB, GRAPH, M365, OKTA, PATIENCE, Running, Service, WORKSPACE, expected, far_side,
    many, once, secrets, settings,
};
use crate::pull_far::{Far, Held};

async fn circles(service: Service) {
    let folder = secrets();
    let far = Far {
        held: many(&service, 2, 0),
        page: 10,
        circle: true,
        ..Far::default()
    };
    let (far, pull) = far_side(&service, &folder, far, json!({"since_days": 1})).await;
    let mut running = Running::start(&pull, Vec::new());
    // The supervisor starts it again later.
    while tokio::time::timeout(PATIENCE, running.take()).await.unwrap() {}
    let ended = (&mut running.task).await.unwrap();
    let Err(SourceError::Far { what }) = ended else {
        panic!("it goes in circles: {ended:?}");
    };
    assert!(what.contains("circles"), "{what}");
    // A circle is seen at its second page; each stream tries several times.
    let asked = *far.asked.borrow();
    assert!(asked < 60, "{asked}");
    let ids: BTreeSet<String> = running.records.iter().map(service.id_of).collect();
    assert_eq!(ids.len(), running.records.len());
}

#[tokio::test]
async fn pages_that_lead_in_circles_are_asked_for_a_bounded_number_of_times_and_nothing_comes_twice() {
    futures_util::future::join_all([M365, GRAPH, WORKSPACE, CLOUD, CLOUDTRAIL, GITHUB].map(circles)).await;
}

#[tokio::test]
async fn a_polling_link_that_leads_to_itself_is_followed_at_leisure() {
    let folder = secrets();
    let far = Far {
        held: many(&OKTA, 5, 0),
        page: 10,
        circle: true,
        ..Far::default()
    };
    let (far, pull) = far_side(&OKTA, &folder, far, json!({"since_days": 1})).await;
    let mut running = Running::start(&pull, Vec::new());
    running.take_all(&far, 5, 2).await;
    let ended = running.end().await;
    assert_eq!(ended.records.len(), 5);
    assert!(*far.asked.borrow() < 10);
}

#[tokio::test]
async fn content_that_is_gone_or_broken_for_ever_is_refused_and_the_rest_arrives() {
    let folder = secrets();
    let held = many(&M365, 8, 0);
    let lost = HashMap::from([("id-0002".to_owned(), 400), ("id-0005".to_owned(), 200)]);
    let kept: Vec<Held> = held
        .iter()
        .filter(|held| !lost.contains_key(&held.id))
        .cloned()
        .collect();
    let expected = expected(&M365, &kept);
    let far = Far {
        held,
        page: 3,
        lost,
        ..Far::default()
    };
    let (far, pull) = far_side(&M365, &folder, far, json!({"since_days": 1})).await;
    let mut running = Running::start(&pull, Vec::new());
    running.take_all(&far, expected.len(), 12).await;
    let ended = running.end().await;
    once(&M365, &ended.records, &expected);
    let refused: Vec<_> = ended
        .deliveries
        .iter()
        .flat_map(|delivery| &delivery.refused)
        .collect();
    assert_eq!(refused.len(), 2, "{refused:?}");
    for refused in refused {
        let gone =
            refused.reason.contains("AF20051") && String::from_utf8_lossy(&refused.raw).contains("id-0002");
        let broken = refused.reason.contains("cannot be read") && refused.raw == b"[{\"Id\"";
        assert!(gone || broken, "{refused:?}");
        assert!(!refused.hint.is_empty());
    }
}

#[tokio::test]
async fn a_secret_that_is_refused_ends_the_run_and_is_not_shown() {
    let folder = secrets();
    std::fs::write(folder.path().join("secret"), "topsecret").unwrap();
    let (_far, pull) = far_side(
        &GRAPH,
        &folder,
        Far {
            page: 3,
            ..Far::default()
        },
        json!({}),
    )
    .await;
    let mut running = Running::start(&pull, Vec::new());
    let ended = tokio::time::timeout(PATIENCE, &mut running.task)
        .await
        .unwrap()
        .unwrap();
    let error = ended.unwrap_err().to_string();
    assert!(error.contains("invalid_client AADSTS7000215"), "{error}");
    let shown = format!("{error} {pull:?} {:?}", running.health.read());
    assert!(!shown.contains("topsecret"), "{shown}");
}

#[tokio::test]
async fn a_secret_that_is_not_there_ends_the_run() {
    let folder = secrets();
    std::fs::remove_file(folder.path().join("github")).unwrap();
    let (far, pull) = far_side(
        &GITHUB,
        &folder,
        Far {
            page: 3,
            ..Far::default()
        },
        json!({}),
    )
    .await;
    let mut running = Running::start(&pull, Vec::new());
    let ended = tokio::time::timeout(PATIENCE, &mut running.task)
        .await
        .unwrap()
        .unwrap();
    assert!(matches!(ended, Err(SourceError::Settings { .. })), "{ended:?}");
    assert_eq!(*far.asked.borrow(), 0);
}

#[tokio::test]
async fn okta_is_signed_in_to_with_a_key_instead_of_a_token() {
    let folder = secrets();
    let held = many(&OKTA, 4, 0);
    let far = Far {
        held,
        page: 3,
        ..Far::default()
    }
    .start(OKTA.router)
    .await;
    let key = format!("{}/key.pem", folder.path().display());
    let okta = json!({"okta": {"base": far.base, "application": {"client_id": "0oa", "key": {"file": key}, "key_id": "k"}}});
    let pull = settings(okta, json!({"since_days": 1}));
    let mut running = Running::start(&pull, Vec::new());
    running.take_all(&far, 4, 1).await;
    assert_eq!(running.end().await.records.len(), 4);
    let forms = far.forms.lock().unwrap();
    assert_eq!(forms.len(), 1);
    assert_eq!(forms[0]["scope"], "okta.logs.read");
    assert_eq!(forms[0]["client_assertion"].split('.').count(), 3);
}

#[tokio::test]
async fn a_delivery_that_could_not_be_stored_ends_the_run_before_a_later_one_is() {
    let folder = secrets();
    let (_far, pull) = far_side(
        &GITHUB,
        &folder,
        Far {
            held: many(&GITHUB, 20, 0),
            page: 3,
            ..Far::default()
        },
        json!({"since_days": 1}),
    )
    .await;
    let mut running = Running::start(&pull, Vec::new());
    assert!(running.take().await);
    let parcel = running.parcels.recv().await.unwrap();
    drop(parcel);
    assert!(
        running.parcels.recv().await.is_none(),
        "nothing may come behind what is not durable"
    );
    let ended = (&mut running.task).await.unwrap();
    assert!(matches!(ended, Err(SourceError::NotTaken(_))), "{ended:?}");
}

#[tokio::test]
async fn records_that_are_too_large_or_none_are_refused_and_the_rest_arrives() {
    let folder = secrets();
    let mut held = many(&GITHUB, 5, 0);
    held[1].json["note"] = "x".repeat(2 << 20).into();
    held[2].json = json!(["no", "record"]);
    held[3].json["_document_id"] = 7.into();
    let (far, pull) = far_side(
        &GITHUB,
        &folder,
        Far {
            held,
            page: 10,
            ..Far::default()
        },
        json!({"since_days": 1}),
    )
    .await;
    let mut running = Running::start(&pull, Vec::new());
    running.take_all(&far, 2, 2).await;
    let ended = running.end().await;
    let refused: Vec<_> = ended
        .deliveries
        .iter()
        .flat_map(|delivery| &delivery.refused)
        .collect();
    assert_eq!((ended.records.len(), refused.len()), (2, 3), "{refused:?}");
    assert!(
        refused
            .iter()
            .any(|refused| refused.bytes > 2 << 20 && refused.raw.len() == 64 << 10)
    );
    assert_eq!(ended.health.read().refused, 3);
}

#[tokio::test]
async fn a_large_page_is_handed_on_in_pieces_that_can_each_be_the_last() {
    let folder = secrets();
    let mut held = many(&GITHUB, 60, 0);
    for held in &mut held {
        held.json["note"] = "x".repeat(30 << 10).into();
    }
    let expected = expected(&GITHUB, &held);
    let (far, pull) = far_side(
        &GITHUB,
        &folder,
        Far {
            held,
            page: 100,
            ..Far::default()
        },
        json!({"since_days": 1}),
    )
    .await;
    let mut running = Running::start(&pull, Vec::new());
    assert!(running.take().await);
    assert!(running.records.len() < 60 && running.deliveries[0].body.len() < 1 << 20);
    let (mut records, positions) = running.crash().await;
    let mut running = Running::start(&pull, positions);
    running.take_all(&far, 60 - records.len(), 2).await;
    records.extend(running.end().await.records);
    once(&GITHUB, &records, &expected);
}

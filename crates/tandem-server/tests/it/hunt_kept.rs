//! What comes of a search: evidence, files, and events shown with what lists know about them.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_domain::Role;
use tandem_server::hunt::{ListKind, ThreatListSettings};

use crate::hunt::{acts, events, hash, ids, lines, place, record, search};
use crate::office::{office, shared_case};
use crate::support::Place;

#[tokio::test]
async fn what_a_search_finds_becomes_evidence_of_a_case() {
    let place = place().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let asked = json!({
        "query": "file_path|startswith:/share/f1", "from": "2026-05-04", "to": "2026-05-04",
        "subject": office.subject, "limit": 5, "why": "what was read",
    });
    let kept = office.it.post(&format!("/cases/{case}/hunts"), asked).await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.text);
    let kept = kept.json();
    let evidence = kept["case"]["evidence"].as_object().unwrap();
    let (id, item) = evidence.iter().next().unwrap();
    let name = item["name"].as_str().unwrap();
    assert!(
        name.starts_with("hunt-2026-05-04-2026-05-04-") && name.ends_with(".ndjson"),
        "{name}"
    );
    let path = format!("/cases/{case}/evidence/{id}");
    let file = office.it.get_for(&case, &path).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text);
    let held = lines(&file.text);
    let (about, whole) = held.split_first().unwrap();
    assert_eq!(
        (&about["hits"], &about["shown"], &about["truncated"]),
        (&json!(11), &json!(5), &json!(true))
    );
    assert_eq!(
        (&about["why"], &about["by"]),
        (&json!("what was read"), &json!("ines"))
    );
    assert_eq!(whole.len(), 5);
    assert!(
        whole
            .iter()
            .all(|event| event["fields"].is_array() && event["attrs"]["file_path"].is_string())
    );
    let result = hash(&ids(whole));
    assert_eq!(about["result_hash"], result.as_str());
    let source = item["source"].as_str().unwrap();
    assert!(source.contains(&result) && source.contains("5 of 11"), "{source}");
    assert_eq!(
        acts(&place, "hunt.keep").await[0].0.as_deref(),
        Some(office.subject.as_str())
    );
    // Nothing found is an answer too.
    let none = json!({ "query": "nothing-like-it", "why": "to be sure" });
    let kept = office.it.post(&format!("/cases/{case}/hunts"), none).await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.text);
    assert_eq!(kept.json()["case"]["evidence"].as_object().unwrap().len(), 2);
    let unsaid = json!({ "query": "a", "why": " " });
    let refused = office.it.post(&format!("/cases/{case}/hunts"), unsaid).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
}

#[tokio::test]
async fn raw_events_leave_as_a_file_for_a_case_only_and_are_harmless_in_a_table() {
    let place = place().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    place
        .read(
            "evil.ndjson",
            &record(4, 59, json!({ "path": "=HYPERLINK(1)", "note": "+1" })),
        )
        .await;
    let asked = json!({ "query": "f1 or HYPERLINK", "fields": ["note"] });
    let refused = office.it.post("/hunt/export?format=csv", asked.clone()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    let table = office
        .it
        .post_for(&case, "/hunt/export?format=csv", asked.clone())
        .await;
    assert_eq!(table.status, StatusCode::OK, "{}", table.text);
    assert!(
        table.text.contains("'=HYPERLINK(1)") && table.text.contains("'+1"),
        "{}",
        table.text
    );
    assert!(
        !table.text.contains(",=") && !table.text.contains(",+"),
        "{}",
        table.text
    );
    let mut rows: Vec<&str> = table.text.lines().collect();
    let heading = rows.remove(0);
    assert!(
        heading.starts_with("id,time,source,") && heading.ends_with(",note"),
        "{heading}"
    );
    let of_rows: Vec<String> = rows
        .iter()
        .map(|row| row.split(',').next().unwrap().to_owned())
        .collect();
    assert_eq!(table.headers["x-tandem-result-hash"], hash(&of_rows).as_str());
    let whole = office
        .it
        .post_for(&case, "/hunt/export?format=ndjson", asked.clone())
        .await;
    assert_eq!(
        whole.headers["x-tandem-result-hash"],
        table.headers["x-tandem-result-hash"]
    );
    assert_eq!(ids(&lines(&whole.text)), of_rows);
    let wrong = office.it.post_for(&case, "/hunt/export?format=xls", asked).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.text);
    assert_eq!(acts(&place, "hunt.export").await.len(), 2);
}

fn list(name: &str, kind: ListKind, file: &std::path::Path, expires: Option<&str>) -> ThreatListSettings {
    ThreatListSettings {
        name: name.into(),
        kind,
        file: file.to_owned(),
        expires: expires.map(str::to_owned),
    }
}

#[tokio::test]
async fn events_are_shown_with_what_lists_know_and_what_has_ended_counts_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let bad = file(
        "bad.txt",
        "evil.example,2999-01-01,seen before\nold.example,2020-01-01\n",
    );
    let gone = file("gone.txt", "10.9.9.9\n");
    let assets = file(
        "assets.csv",
        "name,criticality,owner,addresses\nvault01,crown_jewel,Finance,10.0.0.5\n",
    );
    let missing = folder.path().join("missing.txt");
    let place = Place::with(|config| {
        config.retention.events_days = 40_000;
        config.enrichment.assets = Some(assets);
        config.enrichment.threat_lists = vec![
            list("bad_hosts", ListKind::Domain, &bad, Some("2999-12-31")),
            list("gone", ListKind::Ip, &gone, Some("2020-01-01")),
            list("missing", ListKind::Hash, &missing, None),
        ];
    })
    .await;
    let text: String = [
        record(
            4,
            1,
            json!({ "host": "VAULT01", "url": "https://www.evil.example/x", "ip": "10.9.9.9" }),
        ),
        record(
            4,
            2,
            json!({ "host": "pc1", "url": "https://old.example/x", "ip": "10.9.9.9" }),
        ),
    ]
    .concat();
    place.read("shop.ndjson", &text).await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    let lines = search(&it, json!({})).await;
    let [second, first]: [Value; 2] = events(&lines).try_into().unwrap();
    let asset = json!({ "name": "vault01", "criticality": "crown_jewel", "owner": "Finance" });
    assert_eq!(first["enrichment"]["asset"], asset, "{first}");
    let threat = json!([{ "list": "bad_hosts", "value": "www.evil.example", "note": "seen before", "until": "2999-01-01" }]);
    assert_eq!(first["enrichment"]["threats"], threat);
    assert!(second["enrichment"]["threats"].is_null(), "{second}");
    let shown = it
        .get(&format!("/events/{}", first["id"].as_str().unwrap()))
        .await
        .json();
    assert_eq!(shown["asset_criticality"], "crown_jewel");
    assert_eq!(shown["enrichment"]["threats"], threat);

    let lists = it.get("/hunt/lists").await.json();
    let of = |name: &str| {
        let all = lists["lists"].as_array().unwrap();
        all.iter().find(|list| list["name"] == name).unwrap().clone()
    };
    let counts = |list: &Value| {
        (
            list["entries"].clone(),
            list["expired_entries"].clone(),
            list["state"].clone(),
        )
    };
    assert_eq!(counts(&of("bad_hosts")), (json!(1), json!(1), json!("loaded")));
    assert_eq!(counts(&of("gone")), (json!(0), json!(1), json!("expired")));
    assert_eq!(of("missing")["state"], "unreadable");
    assert!(of("missing")["problem"].as_str().unwrap().contains("missing.txt"));
    assert_eq!(
        (&lists["assets"]["entries"], &lists["geoip"]),
        (&json!(1), &Value::Null)
    );

    // Rules know the lists by name, as far as they count.
    let placeholders = place.app.rules().lists.clone();
    assert_eq!(placeholders["bad_hosts"], ["evil.example"]);
    assert!(placeholders["gone"].is_empty() && placeholders["missing"].is_empty());
    // A changed file is read again.
    file("bad.txt", "evil.example\nold.example\nnew.example\n");
    let lines = search(&it, json!({ "query": "url_host:old.example" })).await;
    assert_eq!(
        events(&lines)[0]["enrichment"]["threats"][0]["value"],
        "old.example"
    );
}

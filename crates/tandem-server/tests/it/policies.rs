//! The policies in force can be read by who answers for them, and what is read is what is answered.

use std::fs;
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_domain::Role;
use tandem_policy::Policies;
use tandem_server::{App, Config};

use crate::support::Place;

const ROUTES: [&str; 2] = ["/policies", "/policies/matrix"];

#[tokio::test]
async fn policies_are_read_by_administrators_auditors_and_the_works_council_only() {
    let place = Place::new().await;
    for (account, role, reads) in [
        ("adam", Role::Administrator, true),
        ("uma", Role::Auditor, true),
        ("wim", Role::WorksCouncil, true),
        ("ines", Role::ItAnalyst, false),
        ("carl", Role::CorporateInvestigator, false),
        ("stan", Role::Staff, false),
    ] {
        let desk = place.colleague(account, role, None).await;
        let session = desk.get("/session").await.json();
        assert_eq!(
            session["capabilities"]["sees_policies"],
            json!(reads),
            "{account}"
        );
        for path in ROUTES {
            let wanted = if reads {
                StatusCode::OK
            } else {
                StatusCode::FORBIDDEN
            };
            let answer = desk.get(path).await;
            assert_eq!(answer.status, wanted, "{account} {path}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn the_shipped_set_is_told_as_shipped_with_every_policy_at_its_lines() {
    let place = Place::new().await;
    let council = place.colleague("wim", Role::WorksCouncil, None).await;
    let set = council.get("/policies").await.json();
    assert_eq!(
        (&set["folder"], &set["setting"]),
        (&Value::Null, &json!("content.policies"))
    );
    assert_eq!((&set["left_out"], &set["accounts"]), (&json!([]), &json!([])));
    assert!(
        set["invariants"].as_array().unwrap().len() >= 14,
        "{}",
        set["invariants"]
    );
    let files = set["files"].as_array().unwrap();
    assert_eq!(files.len(), Policies::shipped_files().len());
    let mut policies = 0;
    for file in files {
        assert_eq!((&file["state"], &file["diff"]), (&json!("shipped"), &Value::Null));
        let lines: Vec<&str> = file["text"].as_str().unwrap().lines().collect();
        for policy in file["policies"].as_array().unwrap() {
            let at = |name: &str| policy[name].as_u64().unwrap() as usize;
            let id = policy["id"].as_str().unwrap();
            assert!(lines[at("line") - 1].contains(id), "{policy}");
            assert!(lines[at("last") - 1].ends_with(';'), "{policy}");
            policies += 1;
        }
    }
    assert_eq!(policies, Policies::shipped().unwrap().lines().count());
}

/// The shipped set in a folder of its own, without `left_out`.
fn copied(dir: &Path, left_out: &str) -> PathBuf {
    let folder = dir.join("policies");
    fs::create_dir_all(&folder).unwrap();
    for file in Policies::shipped_files() {
        if file.name != left_out {
            fs::write(folder.join(file.name), file.text).unwrap();
        }
    }
    folder
}

#[tokio::test]
async fn a_sites_own_set_is_told_with_what_differs() {
    let dir = tempfile::tempdir().unwrap();
    let folder = copied(dir.path(), "it_analyst.cedar");
    let file = folder.join("administrator.cedar");
    let text = fs::read_to_string(&file).unwrap();
    let (before, _) = text.split_once("@id(\"admin_reports\")").unwrap();
    fs::write(&file, before).unwrap();
    let own = "@id(\"root_reports\")\n@why(\"Root reads the reports.\")\npermit (principal == Colleague::\"root\", \
               action == Action::\"look\", resource == Data::\"reports\");\n";
    fs::write(folder.join("site.cedar"), own).unwrap();
    let place = Place::with(|config| config.content.policies = Some(folder.clone())).await;
    let auditor = place.colleague("uma", Role::Auditor, None).await;
    let set = auditor.get("/policies").await.json();
    assert_eq!(set["folder"], json!(folder.display().to_string()));
    assert_eq!(
        (&set["left_out"], &set["accounts"]),
        (&json!(["it_analyst.cedar"]), &json!(["root"]))
    );
    let named = |name: &str| {
        let files = set["files"].as_array().unwrap();
        let found = files.iter().find(|file| file["name"] == json!(name));
        found.unwrap_or_else(|| panic!("no {name}: {set}"))
    };
    let changed = named("administrator.cedar");
    assert_eq!(changed["state"], json!("changed"));
    let diff = changed["diff"].as_str().unwrap();
    assert!(diff.contains("\n-@id(\"admin_reports\")\n"), "{diff}");
    assert!(!diff.lines().skip(2).any(|line| line.starts_with('+')), "{diff}");
    assert_eq!(named("auditor.cedar")["state"], json!("shipped"));
    assert_eq!(named("site.cedar")["state"], json!("own"));
    assert_eq!(named("site.cedar")["policies"][0]["id"], json!("root_reports"));

    // What was taken away is in no row, and whoever had it is refused.
    let admin = place.colleague("adam", Role::Administrator, None).await;
    let rows = admin
        .get("/policies/matrix?role=administrator&class=reports")
        .await
        .json();
    assert_eq!(rows["rows"], json!([]), "{rows}");
    let refused = admin.get("/reports/clocks").await.status;
    assert_eq!(refused, StatusCode::FORBIDDEN);
    let analysts = admin
        .get("/policies/matrix?role=it_analyst&class=technical_evidence")
        .await
        .json();
    assert_eq!(analysts["rows"], json!([]), "{analysts}");
}

#[tokio::test]
async fn a_set_that_breaks_an_invariant_is_refused_at_the_start_and_named() {
    let dir = tempfile::tempdir().unwrap();
    let folder = copied(dir.path(), "conflict_of_interest.cedar");
    let config = |policies| {
        let mut config = Config {
            data_dir: dir.path().join("data"),
            ..Config::default()
        };
        config.content.policies = Some(policies);
        config
    };
    let error = App::open(config(folder)).await.err().unwrap();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("nobody_works_on_themselves"), "{cause}");
}

#[tokio::test]
async fn the_table_is_filtered_by_role_purpose_action_and_class() {
    let place = Place::new().await;
    let council = place.colleague("wim", Role::WorksCouncil, None).await;
    let table = async |query: &str| {
        let answer = council.get(&format!("/policies/matrix{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text);
        answer.json()
    };
    let whole = table("").await;
    let rows = whole["rows"].as_array().unwrap();
    assert_eq!(whole["of"], json!(rows.len()));
    let known = |list: &str, id: &Value| {
        let words = whole[list].as_array().unwrap();
        words.iter().any(|word| &word["id"] == id)
    };
    for row in rows {
        assert!(
            known("roles", &row["role"]) && known("classes", &row["class"]),
            "{row}"
        );
        assert!(known("actions", &row["action"]), "{row}");
        assert!(!row["policies"].as_array().unwrap().is_empty(), "{row}");
        for grant in row["grants"].as_array().unwrap() {
            let all = |name: &str, list: &str| {
                let ids = grant[name].as_array().unwrap();
                !ids.is_empty() && ids.iter().all(|id| known(list, id))
            };
            assert!(
                all("purposes", "purposes") && all("situations", "situations"),
                "{row}"
            );
        }
    }

    let looks = table("?role=administrator&action=look").await;
    let classes: Vec<&str> = looks["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["class"].as_str().unwrap())
        .collect();
    for class in ["connectors", "policies", "settings", "colleagues"] {
        assert!(classes.contains(&class), "{classes:?}");
    }
    for class in ["queue", "story", "identity", "case", "ledger"] {
        assert!(!classes.contains(&class), "{classes:?}");
    }
    let identity = table("?class=identity&purpose=triage").await;
    assert_eq!(identity["rows"], json!([]), "{identity}");
    let shown = table("?class=identity&purpose=investigation").await;
    let shown = shown["rows"].as_array().unwrap();
    assert!(!shown.is_empty());
    for row in shown {
        for grant in row["grants"].as_array().unwrap() {
            assert_eq!(grant["purposes"], json!(["investigation"]));
            assert_eq!(grant["situations"], json!(["disclosed"]), "{row}");
        }
    }
    assert_eq!(table("?role=&purpose=").await["of"], whole["of"]);
    for query in [
        "?role=king",
        "?purpose=fun",
        "?action=fly",
        "?class=gossip",
        "?other=1",
    ] {
        let answer = council.get(&format!("/policies/matrix{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}: {}", answer.text);
        assert!(answer.json()["error"]["hint"].is_string(), "{query}");
    }
}

//! A rule made of a search finds what the search finds.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_detect::hunt::{RuleAbout, parse, rule_yaml};
use tandem_detect::{Level, RuleSet};
use tandem_domain::{Day, Role, Stage, Threat};
use tandem_server::pipeline::backtest;

use crate::hunt::{place, search};
use crate::support::{Place, line};

/// Few values, so that much is found.
const VALUES: [&str; 8] = [
    "alpha",
    "ALPHA beta",
    "be_ta%",
    "a*b",
    "C:\\tmp\\alpha.zip",
    "10.1.2.3",
    "7",
    "it's",
];

fn records() -> String {
    let mut text = String::new();
    for n in 0..40_usize {
        let mut record: Value = serde_json::from_str(&line(4 + n as u32 % 3, n as u32, "anna.berg")).unwrap();
        let of = |step: usize| VALUES[(n * step + n / 8) % VALUES.len()];
        if n % 5 != 0 {
            record["colour"] = json!(of(1));
        }
        if n % 3 != 0 {
            record["shape"] = json!(of(3));
        }
        record["host"] = json!(if n % 2 == 0 { "PC1" } else { "pc2" });
        text.push_str(&format!("{record}\n"));
    }
    text
}

fn about() -> RuleAbout {
    RuleAbout {
        id: "hunted".into(),
        title: "hunted".into(),
        description: "a test".into(),
        author: "ines".into(),
        level: Level::Low,
        threat: Threat::Misuse,
        stage: Stage::Means,
        threshold: None,
    }
}

/// How many events a question finds as a rule over the past.
async fn as_a_rule(place: &Place, question: &str) -> u64 {
    let yaml = rule_yaml(&parse(question).unwrap(), &about()).unwrap_or_else(|fault| panic!("{fault}"));
    let files = [("hunted.yml".to_owned(), yaml)];
    let day = |text: &str| Day::parse(text).unwrap();
    let days = (day("2026-05-01"), day("2026-05-31"));
    let past = backtest(&place.app, &files, days, &mut |_, _| {}).await.unwrap();
    past.rules[0].matches
}

/// Numbers that look random and are the same each time (Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }

    fn value(&mut self) -> String {
        let value = if self.roll(2) == 0 {
            self.pick(&VALUES)
        } else {
            self.pick(&[
                "al*", "*a", "?", "a\\*b", "*", "be?ta%", "tmp\\", ".zip", "IT'S", "a", "",
            ])
        };
        format!("\"{value}\"")
    }

    fn term(&mut self) -> String {
        let field = self.pick(&[
            "colour",
            "shape",
            "device",
            "file_name",
            "class",
            "operation",
            "missing",
        ]);
        match self.roll(10) {
            0 => format!("{field}|exists:{}", self.pick(&["true", "false"])),
            1 => format!("{field}|{}:7", self.pick(&["lt", "lte", "gt", "gte"])),
            2 => format!("{field}|cidr:10.1.0.0/16"),
            3 => format!("{field}|re|{}:\"^[a-z]+.*a\"", self.pick(&["i", "s"])),
            4 => format!("{field}|contains|all:({} {})", self.value(), self.value()),
            5 => format!("{field}|cased:{}", self.value()),
            6 => format!("{field}:({} {})", self.value(), self.value()),
            _ => {
                let place = self.pick(&["", "|contains", "|startswith", "|endswith"]);
                format!("{field}{place}:{}", self.value())
            }
        }
    }

    fn question(&mut self, depth: usize) -> String {
        match self.roll(if depth == 0 { 1 } else { 4 }) {
            0 => self.term(),
            1 => format!("not ({})", self.question(depth - 1)),
            2 => format!(
                "({}) and ({})",
                self.question(depth - 1),
                self.question(depth - 1)
            ),
            _ => format!("({}) or ({})", self.question(depth - 1), self.question(depth - 1)),
        }
    }
}

#[tokio::test]
async fn a_search_and_its_rule_find_the_same_events() {
    let place = place().await;
    place.read("shop.ndjson", &records()).await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    let mut questions: Vec<String> = [
        "colour:alpha",
        "not colour:alpha",
        "colour|contains:alpha not shape:\"it's\"",
        "device:pc1 (shape:7 or colour|endswith:.zip)",
        "shape|re:^10 or not (colour:* device:pc2)",
        "alpha",
        "not (tmp or 10.1.2)",
        "operation:file_read class:web_resources_activity",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut dice = Dice(2_026);
    questions.extend((0..60).map(|_| dice.question(2)));
    for question in questions {
        let lines = search(&it, json!({ "query": question, "limit": 100 })).await;
        let end = lines.last().unwrap();
        let found = as_a_rule(&place, &question).await;
        assert_eq!(end["hits"], found, "{question}\n{}", end["sql"]);
        assert_eq!(end["shown"], found, "{question}");
    }
}

#[tokio::test]
async fn a_rule_made_of_a_search_is_in_use_at_once_changes_with_it_and_goes_with_it() {
    let place = place().await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    let asked = json!({ "name": "Archives", "query": "path|endswith:.zip" });
    let saved = it.post("/hunt/saved", asked).await.json();
    let id = saved["id"].as_str().unwrap();
    let (path, rule) = (format!("/hunt/saved/{id}"), format!("/hunt/saved/{id}/rule"));
    let wording = json!({ "title": "Archives are read", "level": "medium", "threat": "leakage", "stage": "preparation" });
    let made = it.post(&rule, wording.clone()).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    let made = made.json();
    let file = std::path::PathBuf::from(made["path"].as_str().unwrap());
    assert!(
        file.ends_with(format!("data/rules/{id}.yml")),
        "{}",
        file.display()
    );
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        made["yaml"].as_str().unwrap()
    );
    let shown = it.get(&format!("/rules/{id}")).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    assert_eq!(shown.json()["title"], "Archives are read");
    assert_eq!(it.get("/hunt/saved").await.json()["saved"][0]["rule"], id);

    let read = |day: u32, path: &str| {
        let mut record: Value = serde_json::from_str(&line(day, 1, "anna.berg")).unwrap();
        record["path"] = json!(path);
        record.to_string() + "\n"
    };
    let matches = async || {
        let counts = place.app.store.matches_by_rule().await.unwrap();
        counts.get(id).copied().unwrap_or(0)
    };
    place.read("one.ndjson", &read(4, "/share/all.zip")).await;
    assert_eq!(matches().await, 1);
    // The rule follows the search.
    let change = json!({ "name": "Archives", "query": "path|endswith:.7z" });
    assert_eq!(it.put(&path, change).await.status, StatusCode::OK);
    place.read("two.ndjson", &read(5, "/share/all.zip")).await;
    place.read("three.ndjson", &read(6, "/share/all.7z")).await;
    assert_eq!(matches().await, 2);
    // A search that no rule can say stays as it is, and so does the rule.
    let unsayable = json!({ "name": "Archives", "query": "account:anna.berg" });
    let refused = it.put(&path, unsayable).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.text
    );
    assert_eq!(
        it.get("/hunt/saved").await.json()["saved"][0]["query"],
        "path|endswith:.7z"
    );
    assert!(std::fs::read_to_string(&file).unwrap().contains(".7z"));

    let counted = json!({
        "title": "Archives are read", "level": "high", "threat": "leakage", "stage": "preparation",
        "threshold": 3, "window_minutes": 30, "group_by": ["account", "device"],
    });
    let counted = it.post(&rule, counted).await;
    assert_eq!(counted.status, StatusCode::OK, "{}", counted.text);
    let yaml = counted.json()["yaml"].as_str().unwrap().to_owned();
    assert!(
        yaml.contains("event_count") && yaml.contains("timespan: 30m"),
        "{yaml}"
    );
    let (rules, errors) = RuleSet::load([("a.yml", yaml.as_str())]);
    assert!(errors.is_empty() && rules.len() == 2, "{errors:?}");
    assert_eq!(
        it.get(&format!("/rules/{id}")).await.json()["logsource"],
        "correlation"
    );

    assert_eq!(it.delete(&rule).await.status, StatusCode::NO_CONTENT);
    assert!(!file.exists());
    assert_eq!(
        it.get(&format!("/rules/{id}")).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(it.delete(&rule).await.status, StatusCode::NOT_FOUND);
    // A forgotten search takes its rule along.
    assert_eq!(it.post(&rule, wording).await.status, StatusCode::OK);
    assert!(file.exists());
    assert_eq!(it.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert!(!file.exists());
}

#[tokio::test]
async fn what_is_no_rule_is_refused_and_nothing_is_written() {
    let place = place().await;
    let ines = place.colleague("ines", Role::ItAnalyst, None).await;
    let ivo = place.colleague("ivo", Role::ItAnalyst, None).await;
    let wording = json!({ "title": "t", "level": "low", "threat": "misuse", "stage": "means" });
    let saved = async |query: &str| {
        let asked = json!({ "name": query, "query": query, "shared": true });
        let saved = ines.post("/hunt/saved", asked).await.json();
        format!("/hunt/saved/{}/rule", saved["id"].as_str().unwrap())
    };
    let person = saved("account:anna.berg path:x").await;
    let refused = ines.post(&person, wording.clone()).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.text
    );
    let error = refused.json()["error"].clone();
    assert_eq!(error["code"], "unsayable");
    assert!(
        error["message"].as_str().unwrap().contains("account:anna.berg"),
        "{error}"
    );
    let plain = saved("path:x").await;
    assert_eq!(
        ivo.post(&plain, wording.clone()).await.status,
        StatusCode::FORBIDDEN,
        "somebody else's"
    );
    for (name, value) in [
        ("level", json!("enormous")),
        ("threat", json!("weather")),
        ("stage", json!("door")),
        ("title", json!(" ")),
        ("threshold", json!(1_000_000)),
    ] {
        let mut wrong = wording.clone();
        wrong[name] = value;
        let refused = ines.post(&plain, wrong).await;
        assert_eq!(
            refused.status,
            StatusCode::BAD_REQUEST,
            "{name}: {}",
            refused.text
        );
    }
    let written = std::fs::read_dir(place.app.config.made_rules_dir());
    assert!(written.map_or(true, |mut files| files.next().is_none()));
    // Words without a field: it says in what the rule differs.
    let words = saved("alpha").await;
    let made = ines.post(&words, wording).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    assert_eq!(made.json()["notes"].as_array().unwrap().len(), 1);
}

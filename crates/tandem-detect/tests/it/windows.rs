//! From events to what is told: suppression windows, lists of people and timing together, as whoever runs the crate uses them.

use std::collections::BTreeMap;
use std::sync::Arc;

use tandem_detect::{BaseMatch, Correlator, Engine, Lists, Passing, RuleSet, Suppressor};
use tandem_domain::event::{EventBatch, EventHead};
use tandem_domain::{Attr, EventId, LogSource, Timestamp, Value};

const RULES: &str = "title: Copy
id: copy
name: copy
logsource: {product: p}
level: low
detection:
  sel:
    act: copy
  who:
    TargetUserName|expand: '%contractors%'
  condition: sel and who
tandem:
  account: TargetUserName
  suppress: {for: 2h, by: [account, device, Path]}
---
title: Copies
id: copies
correlation:
  type: event_count
  rules: [copy]
  group-by: [TargetUserName]
  timespan: 1d
  generate: true
  condition: {gte: 4}
level: medium
";

fn rules() -> Arc<RuleSet> {
    let accounts = ["CORP\\bob", "bob@corp.example", "bob"]
        .map(str::to_owned)
        .to_vec();
    let lists = Lists::from([("contractors".to_owned(), accounts)]);
    let (rules, errors) = RuleSet::load_with([("r.yml", RULES)], &lists);
    assert!(errors.is_empty(), "{errors:?}");
    Arc::new(rules)
}

/// Copies by somebody, each an hour after the one before, on one device.
fn copies(accounts: &[&str], product: Option<&str>) -> EventBatch {
    let mut batch = EventBatch::new("t");
    for (account, n) in accounts.iter().zip(0_i64..) {
        let mut event = batch.start().unwrap();
        event.field("act", Value::Text("copy"));
        event.field("Path", Value::Text("E:\\x"));
        event.field("TargetUserName", Value::Text(account));
        event.attr(Attr::Device, "WS-1");
        if let Some(product) = product {
            event.logsource(&LogSource {
                product: Some(product.to_owned()),
                ..LogSource::default()
            });
        }
        event.finish(EventHead {
            id: EventId(n.unsigned_abs() as u128 + 1),
            time: Timestamp::from_seconds(n * 3_600),
            ..EventHead::default()
        });
    }
    batch
}

fn found(rules: &Arc<RuleSet>, batch: &EventBatch) -> Vec<BaseMatch> {
    let mut matches = Vec::new();
    Engine::new(Arc::clone(rules)).scan(batch, &mut |event, rule| {
        matches.extend(batch.get(event).and_then(|event| rules.base_match(rule, event)));
    });
    for matched in &mut matches {
        matched.identify(|raw| raw.to_lowercase().contains("bob").then(|| "p7".to_owned()));
    }
    matches
}

#[test]
fn what_windows_hold_back_still_feeds_correlations() {
    let rules = rules();
    let spellings = ["CORP\\bob", "bob@corp.example", "bob", "CORP\\BOB", "bob"];
    let matches = found(&rules, &copies(&spellings, Some("p")));
    assert_eq!(matches.len(), 5);
    assert_eq!(matches[0].keys["attr:device"], "WS-1");
    assert_eq!(matches[0].keys["Path"], "E:\\x");
    let rule = rules.get("copy").unwrap();
    let mut suppressor = Suppressor::default();
    let passed: Vec<Passing> = matches
        .iter()
        .map(|matched| suppressor.take(rule, matched, "p7"))
        .collect();
    assert_eq!(
        passed,
        [
            Passing::Told(0),
            Passing::HeldBack,
            Passing::Told(1),
            Passing::HeldBack,
            Passing::Told(1)
        ]
    );

    let many = Correlator::new(Arc::clone(&rules)).run(matches, Timestamp::from_seconds(100_000));
    assert_eq!(many.len(), 1, "{many:?}");
    assert_eq!((many[0].rule.as_str(), many[0].count), ("copies", 5));
    assert_eq!(many[0].keys["TargetUserName"], "CORP\\bob");
}

#[test]
fn a_match_that_was_kept_is_read_with_whom_it_is_about() {
    let rules = rules();
    let matches = found(&rules, &copies(&["CORP\\bob"], Some("p")));
    let text = serde_json::to_string(&matches[0]).unwrap();
    assert_eq!(serde_json::from_str::<BaseMatch>(&text).unwrap(), matches[0]);
    // Matches of earlier versions say less.
    let mut old: BTreeMap<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    old.remove("ids");
    let old: BaseMatch = serde_json::from_value(serde_json::to_value(old).unwrap()).unwrap();
    assert!(old.ids.is_empty());
    let rule = rules.get("copy").unwrap();
    let asked = std::cell::Cell::new(0);
    let may = rule.may_match(&|list, field| {
        asked.set(asked.get() + 1);
        assert_eq!((list, field), ("contractors", "TargetUserName"));
        false
    });
    assert_eq!((may, asked.get()), (false, 1));
}

#[test]
fn an_event_without_a_log_source_is_never_matched_by_rules_for_others() {
    let rules = rules();
    assert!(found(&rules, &copies(&["bob"], None)).is_empty());
    assert!(found(&rules, &copies(&["bob"], Some("q"))).is_empty());
    let mut engine = Engine::new(rules);
    engine.scan(&copies(&["bob", "bob"], None), &mut |_, _| panic!("matched"));
    let coverage = engine.coverage();
    assert_eq!((coverage.events, coverage.events_without_source), (2, 2));
    assert!(engine.statistics().is_empty(), "not even evaluated");
}

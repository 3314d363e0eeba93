use std::sync::Arc;

use proptest::prelude::*;
use tandem_domain::event::{EventBatch, EventHead};
use tandem_domain::{LogSource, Value};

use super::Engine;
use crate::{RuleSet, matches};

fn source(category: &str, product: &str) -> LogSource {
    let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    LogSource {
        category: part(category),
        product: part(product),
        service: None,
    }
}

fn rules(parts: &[(&str, &str, &str)]) -> Arc<RuleSet> {
    let one = |(id, source, detection): &(&str, &str, &str)| {
        format!(
            "title: {id}
id: {id}
logsource: {source}
detection: {detection}
---
"
        )
    };
    let text = parts.iter().map(one).collect::<Vec<_>>().concat();
    let (rules, errors) = RuleSet::load([("test.yml", text.as_str())]);
    assert!(errors.is_empty(), "{errors:?}");
    Arc::new(rules)
}

fn push(batch: &mut EventBatch, fields: &[(&str, &str)], sources: &[LogSource]) {
    let mut event = batch.start().unwrap();
    for (name, value) in fields {
        event.field(name, Value::Text(value));
    }
    for source in sources {
        event.logsource(source);
    }
    event.finish(EventHead::default());
}

fn scan(engine: &mut Engine, batch: &EventBatch) -> Vec<(usize, String)> {
    let rules = Arc::clone(engine.rules());
    let mut found = Vec::new();
    engine.scan(batch, &mut |event, rule| {
        found.push((event, rules.rule(rule).unwrap().id.clone()));
    });
    found
}

#[test]
fn an_event_is_matched_by_the_rules_of_all_its_sources() {
    let any = "{s: {A: x}, condition: s}";
    let set = rules(&[
        ("set", "{category: registry_set, product: windows}", any),
        ("event", "{category: registry_event, product: windows}", any),
        ("product", "{product: Windows}", any),
        ("other", "{product: linux}", any),
        ("every", "{}", any),
    ]);
    let mut engine = Engine::new(set);
    let mut batch = EventBatch::new("t");
    push(
        &mut batch,
        &[("A", "x")],
        &[
            source("registry_set", "windows"),
            source("registry_event", "WINDOWS"),
        ],
    );
    push(&mut batch, &[("A", "x")], &[]);
    push(&mut batch, &[("A", "y")], &[source("registry_set", "windows")]);
    let found = scan(&mut engine, &batch);
    let names = |event| {
        found
            .iter()
            .filter(|(at, _)| *at == event)
            .map(|(_, id)| id.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(0), ["set", "event", "product", "every"]);
    assert_eq!(
        names(1),
        ["every"],
        "an unknown source is matched by rules for every event only"
    );
    assert!(names(2).is_empty());
}

#[test]
fn coverage_tells_what_was_seen_and_what_was_not() {
    let any = "{s: {A: x}, condition: s}";
    let mut engine = Engine::new(rules(&[
        ("w", "{product: windows}", any),
        ("l", "{product: linux}", any),
    ]));
    let mut batch = EventBatch::new("t");
    push(&mut batch, &[("A", "x")], &[source("", "windows")]);
    push(&mut batch, &[("A", "x")], &[]);
    scan(&mut engine, &batch);
    let coverage = engine.coverage();
    assert_eq!(
        (
            coverage.rules,
            coverage.correlations,
            coverage.events,
            coverage.events_without_source
        ),
        (2, 0, 2, 1)
    );
    assert_eq!(coverage.matches.len(), 1);
    let unreached: Vec<_> = coverage
        .unreached
        .iter()
        .map(|rule| engine.rules().rule(*rule).unwrap().id.as_str())
        .collect();
    assert_eq!(unreached, ["l"]);
}

#[test]
fn batches_with_other_names_and_sources_do_not_disturb_each_other() {
    let mut engine = Engine::new(rules(&[("a", "{product: p}", "{s: {A: x, B: y}, condition: s}")]));
    for names in [["A", "B"], ["B", "A"]] {
        let mut batch = EventBatch::new("t");
        push(&mut batch, &[("Z", "z")], &[source("c", "q")]);
        let values = if names[0] == "A" { ["x", "y"] } else { ["y", "x"] };
        push(
            &mut batch,
            &[(names[0], values[0]), (names[1], values[1])],
            &[source("", "p")],
        );
        assert_eq!(scan(&mut engine, &batch), [(1, "a".to_owned())]);
    }
}

#[test]
fn rules_without_any_positive_test_are_evaluated_too() {
    let mut engine = Engine::new(rules(&[
        ("not", "{product: p}", "{s: {A: x}, condition: not s}"),
        ("empty", "{product: p}", "{s: {A: null}, condition: s}"),
        ("neq", "{product: p}", "{s: {A|neq: x}, condition: s}"),
    ]));
    let mut batch = EventBatch::new("t");
    push(&mut batch, &[("A", "x")], &[source("", "p")]);
    push(&mut batch, &[("B", "x")], &[source("", "p")]);
    let ids = scan(&mut engine, &batch);
    assert_eq!(ids, [(1, "not".into()), (1, "empty".into()), (1, "neq".into())]);
}

const VALUES: [&str; 8] = ["foo", "FOO", "foobar", "barfoo", "a*b", "", "10.1.2.3", "7"];
const TESTS: [&str; 14] = [
    "A: foo",
    "A|contains: oo",
    "A|startswith: foo",
    "A|endswith: foo",
    "A|re: 'o+b'",
    "A: null",
    "A|exists: true",
    "A|cidr: 10.0.0.0/8",
    "A|gt: 5",
    "A|fieldref: B",
    "A|neq: foo",
    "B: 'f*r'",
    "B|contains|all: [f, b]",
    "B: ['', x]",
];

proptest! {
    /// Tables and automata must not change what matches.
    #[test]
    fn the_engine_agrees_with_the_plain_reading(
        picks in prop::collection::vec((0..TESTS.len(), 0..TESTS.len(), 0_usize..6), 1..8),
        values in prop::collection::vec((prop::option::of(0..VALUES.len()), prop::option::of(0..VALUES.len())), 1..8),
    ) {
        let detections: Vec<String> = picks.iter().map(|(left, right, shape)| {
            let condition = ["l and r", "l or r", "l and not r", "not l", "not (l or r)", "1 of them"][*shape];
            format!("{{l: {{{}}}, r: {{{}}}, condition: {condition}}}", TESTS[*left], TESTS[*right])
        }).collect();
        let ids: Vec<String> = (0..picks.len()).map(|n| format!("r{n}")).collect();
        let parts: Vec<_> = ids.iter().zip(&detections).map(|(id, text)| (id.as_str(), "{product: p}", text.as_str())).collect();
        let set = rules(&parts);
        let mut batch = EventBatch::new("t");
        for (a, b) in &values {
            let fields: Vec<(&str, &str)> = [("A", a), ("B", b)]
                .into_iter()
                .filter_map(|(name, at)| Some((name, VALUES[(*at)?])))
                .collect();
            push(&mut batch, &fields, &[source("", "p")]);
        }
        let fast = scan(&mut Engine::new(Arc::clone(&set)), &batch);
        let mut plain = Vec::new();
        for (at, event) in batch.iter().enumerate() {
            plain.extend(set.rules().iter().filter(|rule| matches(rule, event)).map(|rule| (at, rule.id.clone())));
        }
        prop_assert_eq!(fast, plain);
    }
}

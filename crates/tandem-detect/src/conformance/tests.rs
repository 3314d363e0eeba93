use std::sync::Arc;

use tandem_domain::event::EventBatch;

use super::{InfoError, Regression, Stated, correlations, logsource, push, single_events};
use crate::{Engine, RuleSet};

/// A line of a battery of single events.
fn case(expect: &str) -> String {
    let rule = "title: t\nid: 5f5b5e0a-0000-4000-8000-000000000000\nlogsource: {product: test}\nlevel: low\ndetection:\n  sel: {A: foo}\n  condition: sel\n";
    let rule = serde_json::to_string(rule).unwrap();
    format!(r#"{{"name": "one", "rule": {rule}, "event": {{"A": "foo"}}, "expect": {expect}}}"#)
}

#[test]
fn a_battery_counts_what_was_answered_otherwise() {
    let text = [case("true"), String::new(), case("false"), case("\"reject\"")].join("\n");
    let tally = single_events(&text).unwrap();
    assert_eq!((tally.total, tally.passed()), (3, 1));
    assert_eq!(tally.faults[0], "one: expected Matches(false), got Ok(true)");
}

#[test]
fn a_line_that_is_no_case_is_named() {
    let error = single_events(&format!("{}\n\n{{}}", case("true"))).unwrap_err();
    assert_eq!(error.line, 3);
    assert_eq!(correlations(&case("true")).unwrap_err().line, 1);
}

#[test]
fn a_correlation_is_asked_for_by_name() {
    let rules = "title: a\nid: 11111111-0000-4000-8000-000000000001\nname: base\nlogsource: {category: test, product: test}\ndetection:\n  sel: {k: a}\n  condition: sel\nlevel: low\n---\ntitle: c\nid: 22222222-0000-4000-8000-000000000001\nname: corr\ncorrelation:\n  type: event_count\n  rules: [base]\n  group-by: [u]\n  timespan: 1m\n  condition: {gte: 2}\nlevel: high\n";
    let line = |rules: &str, fires: bool| {
        let rules = serde_json::to_string(rules).unwrap();
        format!(
            r#"{{"name": "two", "rules": {rules}, "events": [{{"ts": 1, "ev": {{"k": "a", "u": "x"}}}}, {{"ts": 9, "ev": {{"k": "a", "u": "x"}}}}], "expect_fires": {fires}}}"#
        )
    };
    let nameless = rules.replace("name: corr\n", "");
    let text = [line(rules, true), line(rules, false), line(&nameless, true)].join("\n");
    let tally = correlations(&text).unwrap();
    assert_eq!((tally.total, tally.passed()), (3, 1));
    assert!(
        tally.faults[1].contains("no rule of the name `corr`"),
        "{tally:?}"
    );
}

#[test]
fn what_is_stated_of_a_record_is_read_beside_what_else_is_said() {
    let info = "id: x\nauthor: somebody\nrule_metadata:\n  - id: the-rule\n    title: t\nregression_tests_info:\n  - name: n\n    match_count: 3\n";
    let stated = Stated::of_info(info).unwrap();
    assert_eq!((stated.rule.as_str(), stated.count), ("the-rule", Some(3)));
    let bare = Stated::of_info("rule_metadata: [{id: r}]").unwrap();
    assert_eq!(bare.count, None);
    assert!(matches!(
        Stated::of_info("rule_metadata: []"),
        Err(InfoError::NoRule)
    ));
}

#[test]
fn regression_counts_found_exact_and_other_rules() {
    let rule = |id: u8, value: &str| {
        format!(
            "title: t{id}\nid: 5f5b5e0a-0000-4000-8000-00000000000{id}\nlogsource: {{product: test}}\nlevel: low\ndetection:\n  sel: {{A: {value}}}\n  condition: sel\n"
        )
    };
    let texts = [rule(1, "'fo*'"), rule(2, "foo"), rule(3, "bar")];
    let (rules, errors) = RuleSet::load(texts.iter().map(|text| ("r.yml", text.as_str())));
    assert!(errors.is_empty(), "{errors:?}");
    let mut engine = Engine::new(Arc::new(rules));
    let mut batch = EventBatch::new("test");
    for value in ["foo", "fog"] {
        let record = serde_json::json!({ "A": value });
        push(&mut batch, &record, &[logsource("", "test", "")], 0).unwrap();
    }
    let mut all = Regression::default();
    for (id, count) in [(1, Some(2)), (2, Some(2)), (3, None)] {
        let stated = Stated {
            rule: format!("5f5b5e0a-0000-4000-8000-00000000000{id}"),
            count,
        };
        all.judge(&mut engine, &stated, &batch);
    }
    assert_eq!((all.pairs, all.found, all.stated, all.exact), (3, 2, 2, 1));
    // Rules 1 and 2 both match the events, whichever was asked about.
    assert_eq!(all.other, 1 + 1 + 2);
    assert_eq!(all.missing, ["5f5b5e0a-0000-4000-8000-000000000003"]);
}

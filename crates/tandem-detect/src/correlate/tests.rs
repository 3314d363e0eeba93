use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use tandem_domain::{EventId, Timestamp};

use super::{CorrelationMatch, Correlator};
use crate::{BaseMatch, RuleSet};

/// Two rules and one correlation over them.
fn set(correlation: &str) -> Arc<RuleSet> {
    let base = |name: &str| {
        format!(
            "title: {name}\nid: {name}-id\nname: {name}\nlogsource: {{product: test}}\n\
             detection: {{s: {{k: {name}}}, condition: s}}\n---\n"
        )
    };
    let text = format!(
        "{}{}title: corr\nid: corr\nname: corr\n{correlation}",
        base("a"),
        base("b")
    );
    let (rules, errors) = RuleSet::load([("test.yml", text.as_str())]);
    assert!(errors.is_empty(), "{errors:?}");
    Arc::new(rules)
}

/// A match of rule `rule` at `second` with its fields.
fn at(rule: &str, second: i64, keys: &[(&str, &str)]) -> BaseMatch {
    let numbers = keys
        .iter()
        .filter_map(|(name, value)| Some(((*name).to_owned(), value.parse().ok()?)));
    BaseMatch {
        rule: format!("{rule}-id"),
        event: EventId(second.unsigned_abs() as u128 * 10 + u128::from(rule == "b")),
        time: Timestamp::from_seconds(second),
        account: "jdoe".to_owned(),
        object: None,
        sentence: String::new(),
        keys: keys
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ids: BTreeMap::new(),
        numbers: numbers.collect(),
    }
}

fn run(correlation: &str, matches: Vec<BaseMatch>) -> Vec<CorrelationMatch> {
    Correlator::new(set(correlation)).run(matches, Timestamp::from_seconds(10_000_000))
}

fn users(seconds: &[i64]) -> Vec<BaseMatch> {
    seconds
        .iter()
        .map(|second| at("a", *second, &[("u", "x")]))
        .collect()
}

const THREE_A_MINUTE: &str =
    "correlation: {type: event_count, rules: [a], group-by: [u], timespan: 1m, condition: {gte: 3}}";

#[test]
fn a_count_slides_over_time_and_reports_once_for_a_time_span() {
    assert_eq!(run(THREE_A_MINUTE, users(&[0, 10, 100])).len(), 0);
    let found = run(THREE_A_MINUTE, users(&[50, 55, 65, 70, 80, 90]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].count, found[0].events.len()), (6, 6));
    assert_eq!(found[0].time, Timestamp::from_seconds(65));
    assert_eq!(
        (found[0].first, found[0].last),
        (Timestamp::from_seconds(50), Timestamp::from_seconds(90))
    );
    assert_eq!(found[0].account, "jdoe");
    let again = run(THREE_A_MINUTE, users(&[0, 1, 2, 3, 100, 101, 102, 300]));
    assert_eq!(again.len(), 2, "each burst is reported");
    assert_eq!(again.iter().map(|found| found.count).collect::<Vec<_>>(), [4, 3]);
}

#[test]
fn a_long_burst_is_reported_once_for_each_time_span_not_for_each_match() {
    let found = run(THREE_A_MINUTE, users(&(0..600).collect::<Vec<_>>()));
    assert!((9..=10).contains(&found.len()), "{}", found.len());
    assert_eq!(found.iter().map(|found| found.count).sum::<u64>(), 600);
    assert!(found.iter().all(|found| found.events.len() == 50));
}

#[test]
fn groups_are_apart_whatever_the_case_of_their_letters() {
    let other = |user| at("a", 5, &[("u", user)]);
    assert!(
        run(
            THREE_A_MINUTE,
            vec![at("a", 0, &[("u", "x")]), at("a", 1, &[("u", "x")]), other("y")]
        )
        .is_empty()
    );
    assert_eq!(
        run(
            THREE_A_MINUTE,
            vec![at("a", 0, &[("u", "x")]), at("a", 1, &[("u", "x")]), other("X")]
        )
        .len(),
        1
    );
    assert!(
        run(
            THREE_A_MINUTE,
            (0..5).map(|second| at("a", second, &[])).collect()
        )
        .is_empty(),
        "no group"
    );
}

#[test]
fn accounts_can_be_the_group() {
    let rule = "correlation: {type: event_count, rules: [a], group-by: ['attr:account'], timespan: 1m, condition: {gte: 2}}";
    let found = run(rule, vec![at("a", 0, &[]), at("a", 1, &[])]);
    assert_eq!(
        found[0].keys,
        BTreeMap::from([("attr:account".to_owned(), "jdoe".to_owned())])
    );
}

#[test]
fn different_values_count_once_each() {
    let rule = "correlation: {type: value_count, rules: [a], group-by: [u], timespan: 1h, condition: {field: d, gte: 3}}";
    let values = |list: &[&str]| -> Vec<BaseMatch> {
        list.iter()
            .enumerate()
            .map(|(second, value)| at("a", second as i64, &[("u", "x"), ("d", value)]))
            .collect()
    };
    assert!(run(rule, values(&["1", "2", "2", "1", "2"])).is_empty());
    let found = run(rule, values(&["1", "2", "2", "3", "4", "4"]));
    assert_eq!((found.len(), found[0].value, found[0].count), (1, Some(4.0), 5));
    assert_eq!(found[0].samples, ["1", "2", "3", "4"]);
}

#[test]
fn numbers_are_added_averaged_and_ranked() {
    let rule = |kind: &str, condition: &str| {
        format!(
            "correlation: {{type: {kind}, rules: [a], group-by: [u], timespan: 1h, condition: {{field: n, {condition}}}}}"
        )
    };
    let numbers = |list: &[&str]| -> Vec<BaseMatch> {
        list.iter()
            .enumerate()
            .map(|(second, value)| at("a", second as i64, &[("u", "x"), ("n", value)]))
            .collect()
    };
    assert_eq!(
        run(&rule("value_sum", "gt: 100"), numbers(&["60", "50", "7"]))[0].value,
        Some(117.0)
    );
    assert!(run(&rule("value_sum", "gt: 100"), numbers(&["60", "40"])).is_empty());
    assert_eq!(run(&rule("value_avg", "gt: 50"), numbers(&["40", "80"])).len(), 1);
    assert_eq!(
        run(
            &rule("value_percentile", "percentile: 50, gt: 5"),
            numbers(&["1", "9", "9"])
        )
        .len(),
        1
    );
    assert!(
        run(
            &rule("value_percentile", "percentile: 50, gt: 5"),
            numbers(&["1", "1", "9"])
        )
        .is_empty()
    );
    assert_eq!(run(&rule("value_median", "gt: 5"), numbers(&["9"])).len(), 1);
    let long: Vec<String> = (0..20_000).map(|_| "1".to_owned()).collect();
    let long: Vec<&str> = long.iter().map(String::as_str).collect();
    let crowd: Vec<BaseMatch> = long
        .iter()
        .enumerate()
        .map(|(index, value)| at("a", index as i64 / 10, &[("u", "x"), ("n", value)]))
        .collect();
    assert_eq!(
        run(&rule("value_sum", "gte: 20000"), crowd).len(),
        1,
        "sums stay whole when memory is bounded"
    );
}

const BOTH: &str = "correlation: {type: temporal, rules: [a, b], group-by: [u], timespan: 5m}";
const IN_ORDER: &str = "correlation: {type: temporal_ordered, rules: [a, b], group-by: [u], timespan: 5m}";

fn pair(first: &str, second: &str, apart: i64) -> Vec<BaseMatch> {
    vec![at(first, 0, &[("u", "x")]), at(second, apart, &[("u", "x")])]
}

#[test]
fn temporal_rules_match_in_any_order_within_the_time_span() {
    assert_eq!(run(BOTH, pair("b", "a", 60)).len(), 1);
    assert_eq!(run(BOTH, pair("a", "b", 300)).len(), 1);
    assert!(run(BOTH, pair("a", "b", 301)).is_empty());
    assert!(run(BOTH, pair("a", "a", 60)).is_empty());
}

#[test]
fn ordered_rules_match_in_order_only() {
    assert_eq!(run(IN_ORDER, pair("a", "b", 60)).len(), 1);
    assert!(run(IN_ORDER, pair("b", "a", 60)).is_empty());
    assert!(run(IN_ORDER, pair("a", "b", 600)).is_empty());
    let late_start = [
        at("a", 0, &[("u", "x")]),
        at("a", 400, &[("u", "x")]),
        at("b", 500, &[("u", "x")]),
    ];
    let found = run(IN_ORDER, late_start.to_vec());
    assert_eq!(
        found[0].first,
        Timestamp::from_seconds(400),
        "the latest beginning counts"
    );
    assert_eq!(found[0].events.len(), 2);
    let unsorted = vec![at("b", 60, &[("u", "x")]), at("a", 0, &[("u", "x")])];
    assert_eq!(run(IN_ORDER, unsorted).len(), 1, "`run` sorts by event time");
}

#[test]
fn one_match_does_not_serve_two_places_of_a_sequence() {
    let twice = "correlation: {type: temporal_ordered, rules: [a, a], group-by: [u], timespan: 5m}";
    assert!(run(twice, users(&[0])).is_empty());
    assert_eq!(run(twice, users(&[0, 10])).len(), 1);
}

const A_WITHOUT_B: &str =
    "correlation: {type: temporal, rules: [a, b], group-by: [u], timespan: 5m, condition: a and not b}";

#[test]
fn absence_is_reported_only_when_the_time_span_has_passed() {
    let mut correlator = Correlator::new(set(A_WITHOUT_B));
    let mut out = Vec::new();
    correlator.push(&at("a", 0, &[("u", "x")]), &mut out);
    correlator.advance(Timestamp::from_seconds(299), &mut out);
    assert!(out.is_empty(), "b may still come");
    correlator.advance(Timestamp::from_seconds(300), &mut out);
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].time, Timestamp::from_seconds(300));
    assert!(run(A_WITHOUT_B, pair("a", "b", 60)).is_empty());
    assert_eq!(run(A_WITHOUT_B, pair("a", "b", 301)).len(), 1);
}

#[test]
fn upper_limits_wait_for_the_time_span_too() {
    let few = "correlation: {type: event_count, rules: [a], group-by: [u], timespan: 1m, condition: {lt: 3}}";
    assert_eq!(run(few, users(&[0, 10])).len(), 1);
    assert!(run(few, users(&[0, 10, 20])).is_empty());
    let exactly =
        "correlation: {type: event_count, rules: [a], group-by: [u], timespan: 1m, condition: {eq: 2}}";
    assert_eq!(run(exactly, users(&[0, 10])).len(), 1);
    assert!(run(exactly, users(&[0, 10, 20])).is_empty());
}

#[test]
fn some_of_the_rules_can_be_enough() {
    let one =
        "correlation: {type: temporal, rules: [a, b], group-by: [u], timespan: 5m, condition: {gte: 1}}";
    assert_eq!(run(one, users(&[0])).len(), 1);
    let either =
        "correlation: {type: temporal, rules: [a, b], group-by: [u], timespan: 5m, condition: a or b}";
    assert_eq!(run(either, users(&[0])).len(), 1);
}

#[test]
fn aliases_join_fields_of_different_names() {
    let rule = "correlation: {type: temporal, rules: [a, b], group-by: [ip], timespan: 5m, \
                aliases: {ip: {a: src, b: dst}}}";
    let joined = |dst| vec![at("a", 0, &[("src", "1.1.1.1")]), at("b", 60, &[("dst", dst)])];
    assert_eq!(run(rule, joined("1.1.1.1")).len(), 1);
    assert!(run(rule, joined("2.2.2.2")).is_empty());
}

#[test]
fn correlations_build_on_correlations() {
    let chain = format!(
        "{THREE_A_MINUTE}\n---\ntitle: chain\nid: chain\n\
         correlation: {{type: temporal_ordered, rules: [corr, b], group-by: [u], timespan: 1h}}"
    );
    let many_then_b = [users(&[0, 10, 20]), vec![at("b", 30, &[("u", "x")])]].concat();
    let found = run(&chain, many_then_b);
    let ids: Vec<&str> = found.iter().map(|found| found.rule.as_str()).collect();
    assert_eq!(ids, ["corr", "chain"]);
    assert_eq!(found[1].events.len(), 4, "the events of the inner one are named");
    assert_eq!(found[1].account, "jdoe");
    let few_then_b = [users(&[0, 10]), vec![at("b", 30, &[("u", "x")])]].concat();
    assert!(run(&chain, few_then_b).is_empty());
}

#[test]
fn late_matches_are_counted_and_left_out() {
    let mut correlator = Correlator::new(set(THREE_A_MINUTE));
    let mut out = Vec::new();
    correlator.push(&at("a", 100, &[("u", "x")]), &mut out);
    correlator.push(&at("a", 50, &[("u", "x")]), &mut out);
    assert_eq!(correlator.late(), 1);
}

#[test]
fn a_changed_rule_forgets_what_the_old_text_remembered() {
    let mut correlator = Correlator::new(set(THREE_A_MINUTE));
    correlator.run(users(&[0, 10]), Timestamp::from_seconds(15));
    let state = correlator.state();
    let kept = Correlator::restore(set(THREE_A_MINUTE), state.clone())
        .run(users(&[20]), Timestamp::from_seconds(90));
    assert_eq!(kept.len(), 1);
    let changed = set(&THREE_A_MINUTE.replace("1m", "2m"));
    assert!(
        Correlator::restore(changed, state)
            .run(users(&[20]), Timestamp::from_seconds(90))
            .is_empty()
    );
}

proptest! {
    /// Day by day with the state stored between, or all at once: the same matches begin to hold at the same times.
    #[test]
    fn stored_state_changes_nothing(
        steps in prop::collection::vec((0_i64..90, prop::sample::select(vec!["a", "b"]), prop::sample::select(vec!["x", "y"])), 1..60),
        cut in 0_usize..60,
    ) {
        let mut second = 0;
        let mut matches: Vec<BaseMatch> = steps.iter().map(|(step, rule, user)| {
            second += step;
            at(rule, second, &[("u", user)])
        }).collect();
        matches.sort_by(|a, b| (a.time, a.event, &a.rule).cmp(&(b.time, b.event, &b.rule)));
        for correlation in [THREE_A_MINUTE, BOTH, IN_ORDER, A_WITHOUT_B] {
            let rules = set(correlation);
            let end = Timestamp::from_seconds(100_000);
            let starts = |found: &[CorrelationMatch]| {
                let mut all: Vec<_> = found.iter().map(|m| (m.time, m.keys.clone())).collect();
                all.sort();
                all
            };
            let whole = Correlator::new(Arc::clone(&rules)).run(matches.clone(), end);
            let cut = cut.min(matches.len());
            let (before, after) = matches.split_at(cut);
            let mut first = Correlator::new(Arc::clone(&rules));
            let mut out = Vec::new();
            for m in before {
                first.push(m, &mut out);
            }
            let stored = serde_json::to_string(&first.state()).unwrap();
            let mut second = Correlator::restore(rules, serde_json::from_str(&stored).unwrap());
            for m in after {
                second.push(m, &mut out);
            }
            second.advance(end, &mut out);
            prop_assert_eq!(starts(&whole), starts(&out));
        }
    }

    /// What a group's state holds does not grow with the number of matches.
    #[test]
    fn memory_of_a_group_is_bounded(extra in 0_usize..3_000) {
        let mut correlator = Correlator::new(set(THREE_A_MINUTE));
        let mut out = Vec::new();
        for index in 0..extra {
            correlator.push(&at("a", index as i64 / 100, &[("u", "x")]), &mut out);
        }
        let size = serde_json::to_string(&correlator.state()).unwrap().len();
        prop_assert!(size < 6_000, "{size}");
    }
}

/// One who is written in three ways, and somebody else.
fn spelled(names: &[&str]) -> Vec<BaseMatch> {
    let all = names.iter().zip(0..);
    let mut matches: Vec<BaseMatch> = all
        .map(|(name, second)| at("a", second, &[("TargetUserName", *name), ("u", "x")]))
        .collect();
    for matched in &mut matches {
        matched.identify(|raw| {
            let bob = ["CORP\\bob", "Bob@corp.example", "S-1-5-21-1-2-3-1104"].contains(&raw);
            bob.then(|| "person-7".to_owned())
        });
    }
    matches
}

#[test]
fn an_account_written_in_three_ways_is_one_group_and_shown_as_it_was_first_seen() {
    let three = "correlation: {type: event_count, rules: [a], group-by: [TargetUserName], timespan: 1m, condition: {gte: 3}}";
    let found = run(
        three,
        spelled(&["CORP\\bob", "alice", "Bob@corp.example", "S-1-5-21-1-2-3-1104"]),
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].keys["TargetUserName"], "CORP\\bob");
    assert_eq!(found[0].ids["TargetUserName"], "person-7");
    assert_eq!(found[0].count, 3);
    assert!(run(three, spelled(&["CORP\\bob", "alice", "Bob@corp.example"])).is_empty());
}

#[test]
fn different_accounts_of_one_person_count_as_one_value() {
    let two = "correlation: {type: value_count, rules: [a], group-by: [u], timespan: 1m, condition: {field: TargetUserName, gte: 2}}";
    assert!(
        run(
            two,
            spelled(&["CORP\\bob", "Bob@corp.example", "S-1-5-21-1-2-3-1104"])
        )
        .is_empty()
    );
    assert_eq!(
        run(two, spelled(&["CORP\\bob", "Bob@corp.example", "alice"])).len(),
        1
    );
}

#[test]
fn whom_accounts_belong_to_is_remembered_between_two_runs() {
    let three = "correlation: {type: event_count, rules: [a], group-by: [TargetUserName], timespan: 1m, condition: {gte: 3}}";
    let rules = set(three);
    let all = spelled(&["CORP\\bob", "Bob@corp.example", "S-1-5-21-1-2-3-1104"]);
    let mut first = Correlator::new(Arc::clone(&rules));
    let early = first.run(all[..2].to_vec(), Timestamp::from_seconds(1));
    assert!(early.is_empty());
    let mut second = Correlator::restore(rules, first.state());
    let found = second.run(all[2..].to_vec(), Timestamp::from_seconds(1_000));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].keys["TargetUserName"], "CORP\\bob");
}

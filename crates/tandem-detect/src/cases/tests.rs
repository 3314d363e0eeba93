use std::sync::Arc;

use super::RuleCases;
use crate::ruleset::RuleSet;

const RULE: &str = "title: Big copy
id: 7c1f3c5e-0000-4000-8000-000000000001
name: big_copy
logsource: {product: p}
level: low
detection:
  sel:
    Size|gte: 10
    Path|endswith: .zip
  condition: sel
tandem:
  explain: '{account} copied {Path}.'
";

fn rules(text: &str) -> Arc<RuleSet> {
    let (rules, errors) = RuleSet::load([("r.yml", text)]);
    assert!(errors.is_empty(), "{errors:?}");
    Arc::new(rules)
}

fn faults(tests: &str) -> Vec<String> {
    let rules = rules(&format!("{RULE}tests:\n{tests}"));
    let cases = RuleCases::beside(&rules.rules()[0]).unwrap().unwrap();
    cases.play(&rules).iter().map(ToString::to_string).collect()
}

#[test]
fn cases_beside_a_rule_are_played() {
    let good = "  matches:
    - fields: {Size: 12, Path: 'a{n}.zip'}
      attrs: {actor_user: jdoe}
  misses:
    - fields: {Size: 9, Path: a.zip}
    - fields: {Size: 12, Path: a.txt}
";
    assert_eq!(faults(good), Vec::<String>::new());
    let wrong = "  matches:
    - fields: {Size: 12, Path: a.zip}
    - fields: {Size: 9, Path: a.zip}
  misses:
    - fields: {Size: 99, Path: b.zip}
";
    assert_eq!(
        faults(wrong),
        [
            "matches 2: the rule does not match it",
            "misses 1: the rule matches it"
        ]
    );
}

#[test]
fn a_case_that_cannot_be_played_says_why() {
    let odd = "  matches:
    - attrs: {no_such: 1}
    - attrs: {status: perhaps}
    - of: nobody
";
    let said = faults(odd);
    assert_eq!(said[0], "matches 1: there is no attribute `no_such`");
    assert_eq!(said[1], "matches 2: `status` cannot be `perhaps`");
    assert_eq!(said[2], "matches 3: there is no rule of the name `nobody`");
}

#[test]
fn cases_of_a_correlation_name_the_rule_of_each_event() {
    let both = format!(
        "{RULE}---
title: Many
id: 7c1f3c5e-0000-4000-8000-000000000002
correlation:
  type: event_count
  rules: [big_copy]
  group-by: [attr:account]
  timespan: 1h
  condition: {{gte: 3}}
level: medium
tests:
  matches:
    - [{{of: big_copy, repeat: 3, every: 60, fields: {{Size: 12, Path: '{{n}}.zip'}}, attrs: {{actor_user: jdoe}}}}]
  misses:
    - [{{of: big_copy, repeat: 2, every: 60, fields: {{Size: 12, Path: '{{n}}.zip'}}, attrs: {{actor_user: jdoe}}}}]
    - [{{of: big_copy, repeat: 3, every: 3600, fields: {{Size: 12, Path: '{{n}}.zip'}}, attrs: {{actor_user: jdoe}}}}]
    - [{{fields: {{Size: 12}}}}]
"
    );
    let rules = rules(&both);
    let many = rules.get("7c1f3c5e-0000-4000-8000-000000000002").unwrap();
    let cases = RuleCases::beside(many).unwrap().unwrap();
    let said: Vec<String> = cases.play(&rules).iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].starts_with("misses 3: a correlation has no log source"),
        "{said:?}"
    );
}

#[test]
fn what_are_no_cases_is_refused_with_its_place() {
    let rules = rules(&format!("{RULE}tests: [1]\n"));
    let error = RuleCases::beside(&rules.rules()[0]).unwrap().unwrap_err();
    assert!(error.reason.contains("`tests` cannot be read"), "{error}");
    assert_eq!(error.line, Some(1));
    let error = RuleCases::of_file("c.yml", "- rule: x\n  matchs: []\n").unwrap_err();
    assert!(error.reason.contains("matchs") && error.line.is_some(), "{error}");
    assert!(RuleCases::beside(self::rules(RULE).rules().first().unwrap()).is_none());
}

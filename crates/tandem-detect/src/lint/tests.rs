use super::lint;
use crate::ruleset::RuleSet;

fn said(text: &str) -> Vec<String> {
    let (rules, errors) = RuleSet::load([("r.yml", text)]);
    assert!(errors.is_empty(), "{errors:?}");
    lint(&rules.rules()[0])
}

#[test]
fn a_bare_rule_is_told_everything() {
    let said = said(
        "title: t
logsource: {product: p}
detection:
  sel: {A: 1}
  spare: {B: 1}
  _them: {C: 1}
  condition: sel
",
    );
    for word in [
        "no id",
        "what it finds",
        "who wrote",
        "no level",
        "no status",
        "harmless",
        "which threat",
        "nothing tests",
        "`spare`",
        "`_them`",
    ] {
        assert!(said.iter().any(|line| line.contains(word)), "{word}: {said:#?}");
    }
    assert_eq!(said.len(), 10, "{said:#?}");
}

#[test]
fn a_whole_rule_is_told_nothing() {
    let said = said(
        "title: t
id: 7c1f3c5e-0000-4000-8000-000000000001
description: d
author: a
status: test
level: low
falsepositives: [work]
tags: [attack.exfiltration, attack.t1052]
logsource: {product: p}
detection:
  sel: {A: 1}
  filter_a: {B: 1}
  condition: sel and not 1 of filter_*
tests:
  matches: [{fields: {A: 1}}]
  misses: [{fields: {A: 2}}]
",
    );
    assert_eq!(said, Vec::<String>::new());
}

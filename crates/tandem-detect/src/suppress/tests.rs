use std::collections::BTreeMap;

use proptest::prelude::*;
use tandem_domain::{EventId, Timestamp};

use super::{MAX_KEYS, Passing, Suppressor};
use crate::base_match::BaseMatch;
use crate::lint::lint;
use crate::rule::Rule;
use crate::ruleset::RuleSet;

fn text(suppress: &str) -> String {
    format!(
        "title: t
id: r
logsource: {{product: p}}
detection: {{s: {{A: x}}, condition: s}}
level: low
tandem:
  object: Path
  suppress: {suppress}
"
    )
}

fn rule(suppress: &str) -> Rule {
    let (rules, errors) = RuleSet::load([("r.yml", text(suppress).as_str())]);
    assert!(errors.is_empty(), "{errors:?}");
    rules.rules()[0].clone()
}

fn at(seconds: i64, account: &str, keys: &[(&str, &str)]) -> BaseMatch {
    BaseMatch {
        rule: "r".into(),
        event: EventId(1),
        time: Timestamp::from_seconds(seconds),
        account: account.into(),
        object: Some("o".into()),
        sentence: String::new(),
        keys: keys
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ids: BTreeMap::new(),
        numbers: BTreeMap::new(),
    }
}

fn passes(suppressor: &mut Suppressor, rule: &Rule, matched: &BaseMatch) -> Passing {
    suppressor.take(rule, matched, &matched.account)
}

#[test]
fn a_rule_without_a_window_tells_every_match() {
    let (rules, _) = RuleSet::load([("r.yml", text("x").replace("  suppress: x\n", "").as_str())]);
    let mut suppressor = Suppressor::default();
    for n in 0..3 {
        assert_eq!(
            passes(&mut suppressor, &rules.rules()[0], &at(n, "a", &[])),
            Passing::Told(0)
        );
    }
    assert_eq!(suppressor, Suppressor::default());
}

#[test]
fn within_the_window_matches_are_counted_and_told_with_the_next_one_after_it() {
    let rule = rule("{for: 1h}");
    let mut suppressor = Suppressor::default();
    let mut take = |seconds| passes(&mut suppressor, &rule, &at(seconds, "a", &[]));
    assert_eq!(take(0), Passing::Told(0));
    assert_eq!(take(10), Passing::HeldBack);
    assert_eq!(take(3_599), Passing::HeldBack);
    // The window does not grow by what it holds back.
    assert_eq!(take(3_600), Passing::Told(2));
    assert_eq!(take(3_601), Passing::HeldBack);
    assert_eq!(take(7_200), Passing::Told(1));
    assert_eq!(take(20_000), Passing::Told(0));
}

#[test]
fn what_was_told_meanwhile_is_not_told_again() {
    let rule = rule("{for: 1h}");
    let mut suppressor = Suppressor::default();
    passes(&mut suppressor, &rule, &at(0, "a", &[]));
    let second = at(5, "a", &[]);
    assert_eq!(passes(&mut suppressor, &rule, &second), Passing::HeldBack);
    assert_eq!(suppressor.tell(&rule, &second, "a"), 1);
    assert_eq!(suppressor.tell(&rule, &second, "a"), 0);
    assert_eq!(
        passes(&mut suppressor, &rule, &at(3_600, "a", &[])),
        Passing::Told(0)
    );
}

#[test]
fn each_key_has_a_window_of_its_own_in_whatever_case() {
    let by = rule("{for: 24h, by: [account, device, Path]}");
    let suppress = by.insider.suppress.as_ref().unwrap();
    assert_eq!(suppress.by, ["attr:account", "attr:device", "Path"]);
    assert_eq!(suppress.words(), "1 day");
    let mut suppressor = Suppressor::default();
    let mut take = |account: &str, device: &str| {
        let keys = [("attr:device", device), ("Path", "p")];
        passes(&mut suppressor, &by, &at(1, account, &keys))
    };
    assert_eq!(take("a", "WS-1"), Passing::Told(0));
    assert_eq!(take("a", "ws-1"), Passing::HeldBack);
    assert_eq!(take("a", "WS-2"), Passing::Told(0));
    assert_eq!(take("b", "WS-1"), Passing::Told(0));
}

#[test]
fn a_stored_state_goes_on_and_forgets_what_is_over() {
    let rule = rule("{for: 1h}");
    let mut first = Suppressor::default();
    passes(&mut first, &rule, &at(0, "a", &[]));
    passes(&mut first, &rule, &at(1, "a", &[]));
    passes(&mut first, &rule, &at(0, "b", &[]));
    let text = serde_json::to_string(&first).unwrap();
    let mut second: Suppressor = serde_json::from_str(&text).unwrap();
    assert_eq!(first, second);
    second.forget(Timestamp::from_seconds(3_600));
    // `b` held nothing back; what `a` held back is still to be told.
    assert_eq!(
        passes(&mut second, &rule, &at(86_400, "a", &[])),
        Passing::Told(1)
    );
    second.forget(Timestamp::from_seconds(86_400 * 40));
    assert_eq!(second, Suppressor::default());
}

#[test]
fn memory_is_bounded_and_then_more_is_told() {
    let rule = rule("{for: 1d}");
    let mut suppressor = Suppressor::default();
    for n in 0..=MAX_KEYS as i64 {
        let matched = at(n, &format!("u{n}"), &[]);
        assert_eq!(passes(&mut suppressor, &rule, &matched), Passing::Told(0));
    }
    let kept: usize = suppressor.rules.values().map(BTreeMap::len).sum();
    assert!(kept <= MAX_KEYS, "{kept}");
    let last = at(MAX_KEYS as i64, &format!("u{MAX_KEYS}"), &[]);
    assert_eq!(passes(&mut suppressor, &rule, &last), Passing::HeldBack);
}

#[test]
fn a_window_that_cannot_be_read_refuses_the_rule() {
    for (bad, word) in [
        ("{for: soon}", "time span"),
        ("{for: 0h}", "time span"),
        ("{for: 1h, by: []}", "names nothing"),
        ("{for: 1h, by: ['attr:nobody']}", "no field"),
        ("{by: [account]}", "for"),
        ("{for: 1h, until: 2h}", "until"),
    ] {
        let (rules, errors) = RuleSet::load([("r.yml", text(bad).as_str())]);
        assert!(rules.is_empty(), "{bad}");
        assert!(errors[0].reason.contains(word), "{bad}: {errors:?}");
    }
    let correlation = format!(
        "{}---
title: c
id: c
correlation:
  type: event_count
  rules: [r]
  group-by: [attr:account]
  timespan: 1h
  condition: {{gte: 2}}
tandem: {{suppress: {{for: 2h, by: [account, device]}}}}
",
        text("{for: 1h}")
    );
    let (rules, errors) = RuleSet::load([("r.yml", correlation.as_str())]);
    assert_eq!((rules.len(), errors.len()), (1, 1), "{errors:?}");
    assert!(errors[0].reason.contains("attr:device"), "{errors:?}");
}

#[test]
fn nonsense_is_warned_of() {
    let said = |suppress: &str| {
        let lines = lint(&rule(suppress)).into_iter();
        lines
            .filter(|line| line.contains("suppression window"))
            .collect::<Vec<_>>()
    };
    assert!(said("{for: 24h, by: [account, device]}").is_empty());
    for (suppress, word) in [
        ("{for: 5s}", "shorter than a minute"),
        ("{for: 90d}", "longer than 30 days"),
        ("{for: 1h, by: [device]}", "hides what another does"),
        ("{for: 1h, by: [account, account]}", "twice"),
    ] {
        let said = said(suppress);
        assert!(said.len() == 1 && said[0].contains(word), "{suppress}: {said:?}");
    }
    let quiet = text("{for: 1h}").replace("level: low", "level: informational");
    let (rules, _) = RuleSet::load([("r.yml", quiet.as_str())]);
    assert!(
        lint(&rules.rules()[0])
            .iter()
            .any(|line| line.contains("does nothing"))
    );
}

proptest! {
    /// However the matches are cut into days, with the state stored in between, the same ones are told.
    #[test]
    fn the_same_matches_are_told_however_they_are_cut(
        mut times in prop::collection::vec((0_i64..20_000, 0_usize..3), 0..60),
        cut in 0_i64..20_000,
    ) {
        times.sort_unstable();
        let rule = rule("{for: 1h}");
        let all = |cut: Option<i64>| {
            let mut suppressor = Suppressor::default();
            let mut told = Vec::new();
            let mut stored = false;
            for (time, who) in &times {
                if cut.is_some_and(|cut| *time >= cut) && !stored {
                    suppressor.forget(Timestamp::from_seconds(cut.unwrap_or_default()));
                    let text = serde_json::to_string(&suppressor).unwrap();
                    suppressor = serde_json::from_str(&text).unwrap();
                    stored = true;
                }
                told.push(passes(&mut suppressor, &rule, &at(*time, ["a", "b", "c"][*who], &[])));
            }
            told
        };
        prop_assert_eq!(all(None), all(Some(cut)));
    }
}

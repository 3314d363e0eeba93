//! The rules of `content/rules`, each against the cases that stand in it: what it must match, and near misses that it must not.

use std::collections::BTreeSet;
use std::sync::Arc;

use tandem_detect::{RuleCases, RuleSet};

/// The cases of every shipped rule, with the file it is in.
fn all_cases() -> Vec<(String, RuleCases)> {
    let rules = RuleSet::builtin();
    let beside = rules.rules().iter().filter_map(|rule| {
        let cases = RuleCases::beside(rule)?.unwrap_or_else(|error| panic!("{error}"));
        Some((rule.file.clone(), cases))
    });
    beside.collect()
}

/// True for a public page that stays where it is.
fn is_reference(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .and_then(|rest| rest.split('/').next());
    host.is_some_and(|host| host.contains('.')) && !text.contains(char::is_whitespace)
}

#[test]
fn every_own_rule_loads() {
    let lists = RuleSet::builtin_lists()
        .into_keys()
        .map(|name| (name, vec!["x".to_owned()]))
        .collect();
    let (rules, errors) = RuleSet::load_with(RuleSet::builtin_files().iter().copied(), &lists);
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(RuleSet::builtin().len(), rules.len());
    let correlations = rules.rules().iter().filter(|rule| rule.is_correlation()).count();
    let events = rules.len() - correlations;
    assert!(events >= 120 && correlations >= 40, "{events} and {correlations}");
    println!("own rules: {events} for events, {correlations} correlations");
}

#[test]
fn every_own_rule_matches_its_cases_and_not_the_near_misses() {
    let mut wrong = Vec::new();
    let usual = Arc::new(RuleSet::builtin());
    for (file, cases) in all_cases() {
        let rules = if cases.lists.is_empty() {
            Arc::clone(&usual)
        } else {
            Arc::new(RuleSet::builtin_with(&cases.lists))
        };
        let faults = cases.play(&rules);
        wrong.extend(
            faults
                .iter()
                .map(|fault| format!("{file}: {} {fault}", cases.rule)),
        );
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_own_rule_has_cases_and_says_what_it_means() {
    let tested: BTreeSet<String> = all_cases()
        .into_iter()
        .filter(|(_, cases)| cases.is_whole())
        .map(|(_, cases)| cases.rule)
        .collect();
    let mut wrong = Vec::new();
    for rule in RuleSet::builtin().rules() {
        let mut demand = |holds: bool, what: &str| {
            if !holds {
                wrong.push(format!("{} ({}): {what}", rule.title, rule.file));
            }
        };
        demand(
            tested.contains(&rule.id),
            "`tests` does not say what it must match and what it must not",
        );
        demand(rule.id.len() == 36, "the id is not a UUID");
        demand(
            !rule.description.is_empty() && rule.author.is_some(),
            "no description or author",
        );
        demand(!rule.falsepositives.is_empty(), "no known harmless causes");
        demand(
            !rule.references.is_empty() && rule.references.iter().all(|one| is_reference(one)),
            "no reference, or one that is no public page",
        );
        demand(
            !rule.insider.threats.is_empty() && rule.insider.stage.is_some(),
            "no threat or stage",
        );
        demand(
            rule.insider.explain.is_some() && rule.insider.half_life_days.is_some(),
            "no sentence or half-life",
        );
        demand(!rule.insider.techniques.is_empty(), "no technique");
        demand(rule.file.split('/').count() == 4, "not in a folder of its theme");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

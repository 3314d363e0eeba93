//! The rules of `content/rules`, each against its cases in `content/rules-tests`: what it must match, and near misses that
//! it must not.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tandem_detect::{RuleCases, RuleSet};

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../content")
        .join(name)
}

fn test_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(test_files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn all_cases() -> Vec<(PathBuf, RuleCases)> {
    let mut all = Vec::new();
    for path in test_files(&folder("rules-tests")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let cases = RuleCases::of_file(&path.to_string_lossy(), &text).unwrap();
        all.extend(cases.into_iter().map(|cases| (path.clone(), cases)));
    }
    all
}

#[test]
fn every_own_rule_loads() {
    let lists = ["leavers", "contractors", "restricted_shares", "home_domains"]
        .map(|name| (name.to_owned(), vec!["x".to_owned()]));
    let (rules, errors) = RuleSet::load_with(RuleSet::builtin_files().iter().copied(), &lists.into());
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(RuleSet::builtin().len(), rules.len());
    assert!(rules.len() >= 45, "{}", rules.len());
    println!("own rules: {}", rules.len());
}

#[test]
fn every_own_rule_matches_its_cases_and_not_the_near_misses() {
    let mut wrong = Vec::new();
    let usual = Arc::new(RuleSet::builtin());
    for (path, cases) in all_cases() {
        let special = || Arc::new(RuleSet::builtin_with(&cases.lists));
        let rules = if cases.lists.is_empty() {
            Arc::clone(&usual)
        } else {
            special()
        };
        let faults = cases.play(&rules);
        wrong.extend(
            faults
                .iter()
                .map(|fault| format!("{}: {} {fault}", path.display(), cases.rule)),
        );
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_own_rule_has_cases_and_says_what_it_means() {
    let tested: Vec<String> = all_cases()
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
        demand(tested.contains(&rule.id), "no cases in content/rules-tests");
        demand(rule.id.len() == 36, "the id is not a UUID");
        demand(
            !rule.description.is_empty() && rule.author.is_some(),
            "no description or author",
        );
        demand(!rule.falsepositives.is_empty(), "no known harmless causes");
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

use super::{PEOPLE_LISTS, shipped};
use crate::lint::lint;
use crate::load::Lists;
use crate::ruleset::RuleSet;

fn lists() -> Lists {
    let mut lists = shipped();
    for (name, entries) in &mut lists {
        if entries.is_empty() {
            *entries = vec![format!("{name}-1"), format!("{name}-2")];
        }
    }
    lists
}

fn rule(detection: &str) -> RuleSet {
    let text = format!("title: t\nlogsource: {{product: p}}\ndetection:\n{detection}");
    let (rules, errors) = RuleSet::load_with([("r.yml", text.as_str())], &lists());
    assert!(errors.is_empty(), "{errors:?}");
    rules
}

/// Whether the rule may match when only `holding` hold.
fn may(detection: &str, holding: &[&str]) -> bool {
    rule(detection).rules()[0].may_match(&|list, _| !PEOPLE_LISTS.contains(&list) || holding.contains(&list))
}

#[test]
fn what_is_shipped_is_there_and_what_must_be_supplied_is_empty() {
    let shipped = shipped();
    for name in [
        "personal_mail_domains",
        "personal_cloud_domains",
        "privileged_groups",
        "restricted_shares",
    ] {
        let entries = &shipped[name];
        assert!(entries.len() >= 4, "{name}");
        assert!(
            entries
                .iter()
                .all(|entry| !entry.contains(['#', '*', '?', '%', '@']))
        );
    }
    for name in ["competitor_domains", "crown_jewels"].iter().chain(PEOPLE_LISTS) {
        assert!(shipped[*name].is_empty(), "{name}");
    }
}

#[test]
fn a_placeholder_without_a_list_refuses_the_rule_and_names_the_way_out() {
    let text = "title: t\nlogsource: {product: p}\ndetection:\n  a:\n    F|expand: '%competitor_domains%'\n  condition: a\n";
    let (rules, errors) = RuleSet::load([("r.yml", text)]);
    assert!(rules.is_empty());
    assert!(errors[0].reason.contains("%competitor_domains%"), "{errors:?}");
    assert_eq!(errors[0].line, Some(5));
    let hint = errors[0].hint.as_deref().unwrap();
    assert!(hint.contains("content.lists.competitor_domains"), "{hint}");
    let (_, errors) = RuleSet::load([("r.yml", text.replace("competitor_domains", "mine").as_str())]);
    assert!(
        errors[0].hint.as_deref().unwrap().contains("a list named `mine`"),
        "{errors:?}"
    );
}

#[test]
fn a_list_that_does_not_hold_for_the_person_keeps_the_rule_from_matching() {
    let one = "  who:\n    U|expand: '%leavers%'\n  b: {B: 1}\n  condition: who and b\n";
    assert!(may(one, &["leavers"]));
    assert!(!may(one, &["contractors"]));
    let either =
        "  who:\n    - U|expand: '%leavers_30d%'\n    - U|expand: '%contractors%'\n  condition: who\n";
    assert!(may(either, &["contractors"]) && may(either, &["leavers_30d"]) && !may(either, &[]));
    let values = "  who:\n    U|expand: ['%leavers_30d%', '%contractors%']\n  condition: who\n";
    assert!(may(values, &["contractors"]) && !may(values, &[]));
    let known = "  who:\n    U|expand: ['%leavers%', 'root']\n  condition: who\n";
    assert!(may(known, &[]), "a value that is no placeholder may fit");
    let apart = "  who:\n    U|expand: '%leavers%'\n  b: {B: 1}\n  condition: who or b\n";
    assert!(may(apart, &[]));
    let of_settings = "  d:\n    D|expand: '%competitor_domains%'\n  condition: d\n";
    assert!(may(of_settings, &[]));
}

#[test]
fn what_a_rule_leaves_out_does_not_keep_it_from_matching() {
    let out =
        "  b: {B: 1}\n  filter_who:\n    U|expand: '%privileged%'\n  condition: b and not 1 of filter_*\n";
    assert!(may(out, &[]) && may(out, &["privileged"]));
    let differs = "  b: {B: 1}\n  who:\n    U|expand|neq: '%privileged%'\n  condition: b and who\n";
    assert!(may(differs, &[]));
    let rules = rule(out);
    assert!(
        lint(&rules.rules()[0])
            .iter()
            .any(|line| line.contains("%privileged%"))
    );
    let used = rule("  who:\n    U|expand: '%privileged%'\n  condition: who\n");
    assert!(!lint(&used.rules()[0]).iter().any(|line| line.contains('%')));
}

#[test]
fn the_field_that_is_compared_is_told() {
    let text = "  who:\n    TargetUserName|expand: 'CORP\\%leavers%'\n  condition: who\n";
    let rules = rule(text);
    let told = std::cell::RefCell::new(Vec::new());
    rules.rules()[0].may_match(&|list, field| {
        told.borrow_mut().push((list.to_owned(), field.to_owned()));
        true
    });
    assert_eq!(
        told.into_inner(),
        [("leavers".to_owned(), "TargetUserName".to_owned())]
    );
    assert_eq!(
        rules.rules()[0].people_fields().collect::<Vec<_>>(),
        ["TargetUserName"]
    );
}

use std::collections::BTreeMap;

use tandem_detect::{BaseMatch, RuleSet};
use tandem_domain::{Day, EventId};
use tandem_people::{Directory, FactRecord, Home, Origin, PersonRecord, Record};

use super::*;
use crate::config::Config;

fn config() -> Config {
    let mut config = Config::default();
    config.home.nt_domains = vec!["CORP".into()];
    config.home.mail_domains = vec!["corp.example".into()];
    config
}

fn person(key: &str, kind: PersonKind) -> PersonRecord {
    PersonRecord {
        known_on: Day(0),
        person: key.into(),
        kind: Some(kind),
        display_name: None,
        accounts: vec![key.into()],
        email: None,
        manager: None,
        department: None,
        role: None,
        groups: Vec::new(),
        site: None,
        time_zone: None,
        join_date: None,
        leave_date: None,
        origin: Origin::People,
        snapshot: None,
    }
}

/// `leaver` leaves on day 100, `quits` gives notice on day 50 for day 90, `admin` is in a group, `outside` is a contractor.
fn people(config: &Config) -> Directory {
    let home = Home {
        nt_domains: config.home.nt_domains.clone(),
        mail_domains: config.home.mail_domains.clone(),
    };
    let notice = FactRecord {
        known_on: Day(50),
        person: "quits".into(),
        fact: FactKind::NoticeGiven,
        from: Some(Day(50)),
        until: Some(Day(90)),
        detail: None,
        reference: None,
    };
    Directory::new(
        home,
        vec![
            Record::Person(PersonRecord {
                leave_date: Some(Day(100)),
                ..person("leaver", PersonKind::Employee)
            }),
            Record::Person(person("quits", PersonKind::Employee)),
            Record::Person(PersonRecord {
                groups: vec!["Domain Admins".into()],
                ..person("admin", PersonKind::Employee)
            }),
            Record::Person(person("outside", PersonKind::Contractor)),
            Record::Person(person("clerk", PersonKind::Employee)),
            Record::Fact(notice),
        ],
    )
}

#[test]
fn lists_of_people_hold_every_spelling_of_everybody_who_ever_was_one() {
    let mut config = config();
    config
        .content
        .lists
        .insert("privileged".into(), vec!["CORP\\Root-Ops".into()]);
    let lists = lists(&config, &people(&config));
    assert_eq!(
        lists["leavers"],
        ["CORP\\leaver", "leaver", "leaver@corp.example"]
    );
    assert_eq!(
        lists["notice_given"],
        ["CORP\\quits", "quits", "quits@corp.example"]
    );
    assert_eq!(lists["leavers_30d"].len(), 6, "{:?}", lists["leavers_30d"]);
    assert_eq!(
        lists["contractors"],
        ["CORP\\outside", "outside", "outside@corp.example"]
    );
    let privileged = &lists["privileged"];
    for name in ["admin", "CORP\\admin", "root-ops", "root-ops@corp.example"] {
        assert!(privileged.iter().any(|one| one == name), "{name}: {privileged:?}");
    }
    assert!(!privileged.iter().any(|one| one == "clerk"));
}

#[test]
fn an_empty_list_of_the_settings_stands_for_nothing_and_a_list_of_people_may_be_empty() {
    let mut config = config();
    config.content.lists.insert("mine".into(), Vec::new());
    let lists = lists_without_people(&config);
    for name in ["mine", "competitor_domains", "crown_jewels"] {
        assert!(!lists.contains_key(name), "{name}");
    }
    for name in tandem_detect::PEOPLE_LISTS {
        assert!(lists[*name].is_empty(), "{name}");
    }
    assert_eq!(lists["home_domains"], ["corp.example"]);
    assert!(
        lists["personal_mail_domains"]
            .iter()
            .any(|one| one == "gmail.com")
    );
    assert!(
        lists["privileged_groups"]
            .iter()
            .any(|one| one == "Domain Admins")
    );
    // What is shipped gives way.
    config
        .content
        .lists
        .insert("personal_mail_domains".into(), vec!["only.example".into()]);
    config.content.privileged_groups = vec!["Keepers".into()];
    let lists = super::lists(&config, &Directory::default());
    assert_eq!(lists["personal_mail_domains"], ["only.example"]);
    assert_eq!(lists["privileged_groups"], ["Keepers"]);
}

/// Whether a rule that names a list holds for an account on a day.
fn holds(config: &Config, list: &str, account: &str, day: i32) -> bool {
    let people = people(config);
    let text = format!(
        "title: t\nlogsource: {{product: p}}\ndetection:\n  who:\n    attr:actor_user|expand: '%{list}%'\n  condition: who\n"
    );
    let (rules, errors) = RuleSet::load_with([("r.yml", text.as_str())], &super::lists(config, &people));
    assert!(errors.is_empty(), "{errors:?}");
    let matched = matched(account, day, &[]);
    holds_on(
        &rules.rules()[0],
        &matched,
        &people.as_of(Day(day)),
        &config.content,
    )
}

fn matched(account: &str, day: i32, keys: &[(&str, &str)]) -> BaseMatch {
    BaseMatch {
        rule: "r".into(),
        event: EventId(1),
        time: Day(day).start(),
        account: account.into(),
        object: None,
        sentence: String::new(),
        keys: keys
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ids: BTreeMap::new(),
        numbers: BTreeMap::new(),
    }
}

#[test]
fn who_is_on_a_list_is_decided_as_of_the_day_of_the_event() {
    let mut config = config();
    let told = |config: &Config, list: &str, account: &str| -> Vec<i32> {
        [0, 49, 50, 60, 69, 70, 90, 91, 100, 101, 120, 121, 130, 131]
            .into_iter()
            .filter(|day| holds(config, list, account, *day))
            .collect()
    };
    assert_eq!(told(&config, "leavers", "leaver"), [101, 120, 121, 130, 131]);
    assert_eq!(
        told(&config, "leavers_30d", "leaver"),
        [70, 90, 91, 100, 101, 120, 121, 130]
    );
    // The notice became known on day 50, its last day is 90.
    assert_eq!(told(&config, "notice_given", "quits"), [50, 60, 69, 70, 90]);
    assert_eq!(
        told(&config, "leavers_30d", "quits"),
        [60, 69, 70, 90, 91, 100, 101, 120]
    );
    assert_eq!(told(&config, "contractors", "outside").len(), 14);
    assert_eq!(told(&config, "privileged", "admin").len(), 14);
    for list in tandem_detect::PEOPLE_LISTS {
        assert!(told(&config, list, "clerk").is_empty(), "{list}");
        assert!(told(&config, list, "stranger").is_empty(), "{list}");
    }
    config
        .content
        .lists
        .insert("privileged".into(), vec!["CORP\\Stranger".into()]);
    assert_eq!(told(&config, "privileged", "stranger").len(), 14);
}

#[test]
fn the_account_that_the_rule_compares_counts_not_the_acting_one() {
    let config = config();
    let people = people(&config);
    let text = "title: t\nlogsource: {product: p}\ndetection:\n  who:\n    TargetUserName|expand: '%contractors%'\n  condition: who\n";
    let (rules, errors) = RuleSet::load_with([("r.yml", text)], &super::lists(&config, &people));
    assert!(errors.is_empty(), "{errors:?}");
    let view = people.as_of(Day(10));
    let asked = |account: &str, keys: &[(&str, &str)]| {
        let matched = matched(account, 10, keys);
        holds_on(&rules.rules()[0], &matched, &view, &config.content)
    };
    assert!(asked("clerk", &[("TargetUserName", "CORP\\Outside")]));
    assert!(!asked("outside", &[("TargetUserName", "clerk")]));
    // A match that was kept before fields were.
    assert!(asked("outside", &[]) && !asked("clerk", &[]));
}

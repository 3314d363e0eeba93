//! Rules: changed while the server runs, what they cost, what they cannot see, and what they say of whom.

use std::time::Duration;

use tandem_domain::{Day, Indicator};
use tandem_server::pipeline::analyse;

use crate::support::{Place, line};

fn rule(id: u8, value: &str) -> String {
    format!(
        "title: t{id}\nid: 7c1f3c5e-0000-4000-8000-0000000000{id:02}\nlogsource: {{}}\nlevel: low\ndetection: {{sel: {{A: {value}}}, condition: sel}}\n"
    )
}

#[tokio::test]
async fn a_changed_folder_is_loaded_again_and_a_broken_one_leaves_the_rules_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules");
    std::fs::create_dir_all(&path).unwrap();
    let place = Place::with(|config| config.content.rules.push(path.clone())).await;
    let known = || {
        let rules = place.app.rules();
        let own = rules
            .rules
            .rules()
            .iter()
            .filter(|rule| rule.id.starts_with("7c1f3c5e"));
        (
            own.map(|rule| rule.title.clone()).collect::<Vec<_>>(),
            rules.errors.len(),
        )
    };
    // The folders are looked at every few seconds, not at each request.
    let later = async || {
        tokio::time::sleep(Duration::from_millis(2_100)).await;
        place.app.refresh_rules().await.unwrap();
    };
    let (none, errors) = known();
    assert!(none.is_empty());

    std::fs::write(path.join("one.yml"), rule(1, "x")).unwrap();
    later().await;
    assert_eq!(known(), (vec!["t1".to_owned()], errors));

    // One bad file is named, and the others are used.
    std::fs::write(path.join("two.yml"), "title: [").unwrap();
    std::fs::write(path.join("three.yml"), rule(3, "y")).unwrap();
    place.app.refresh_rules().await.unwrap();
    assert_eq!(known().0, ["t1"], "not looked at so soon");
    later().await;
    assert_eq!(known(), (vec!["t1".to_owned(), "t3".to_owned()], errors + 1));

    std::fs::remove_dir_all(&path).unwrap();
    later().await;
    assert_eq!(
        known().0,
        ["t1", "t3"],
        "what cannot be read leaves the rules in use"
    );
}

/// A Tandem with these rules beside the shipped ones.
async fn with_rules(text: &str) -> Place {
    Place::with(|config| {
        let folder = config.data_dir.with_file_name("rules");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("own.yml"), text).unwrap();
        config.content.rules.push(folder);
        config.home.nt_domains = vec!["CORP".into()];
    })
    .await
}

/// A rule for every event in which a file was read.
fn reading(id: u8, tandem: &str) -> String {
    format!(
        "title: A file was read
id: 7c1f3c5e-0000-4000-8000-0000000000{id:02}
logsource: {{}}
level: medium
detection:
  sel:
    action: file_read
  condition: sel
{tandem}"
    )
}

/// What a rule said, in order of time.
async fn said_by(place: &Place, id: u8) -> Vec<Indicator> {
    let detector = format!("rule:7c1f3c5e-0000-4000-8000-0000000000{id:02}");
    let day = |text: &str| Day::parse(text).unwrap();
    let mut all = place
        .app
        .store
        .indicators_between(day("2026-05-01"), day("2026-05-31"))
        .await
        .unwrap();
    all.retain(|indicator| indicator.detector == detector);
    all.sort_by_key(|indicator| indicator.time);
    all
}

#[tokio::test]
async fn what_each_rule_cost_and_found_is_counted_and_told() {
    let quiet = reading(11, "").replace("file_read", "never");
    let place = with_rules(&format!("{}---\n{quiet}", reading(10, ""))).await;
    let log: String = (0..30).map(|n| line(4, n, "jdoe")).collect();
    assert_eq!(place.read("log.ndjson", &log).await.events, 30);
    let list = place.app.rule_list().await.unwrap();
    let of = |end: &str| {
        let found = list.rules.iter().find(|rule| rule.id.ends_with(end));
        found.unwrap_or_else(|| panic!("{end}"))
    };
    let (busy, quiet) = (of("0010").work, of("0011").work);
    assert_eq!((busy.evaluations, busy.matches), (30, 30));
    assert_eq!(
        (quiet.evaluations, quiet.matches),
        (0, 0),
        "nothing it needs was there"
    );
    let metrics = place.app.metrics.text().unwrap();
    assert!(metrics.contains("tandem_rule_evaluations_total 30"), "{metrics}");
    assert!(
        metrics.contains("tandem_rule_evaluation_seconds_total"),
        "{metrics}"
    );
    // What is read again is no event again.
    place.read("again.ndjson", &log).await;
    let detail = place.app.rule(&of("0010").id).await.unwrap();
    assert_eq!(detail.summary.work.matches, 30);
}

#[tokio::test]
async fn a_source_that_no_rule_can_see_is_told_and_never_matched_by_rules_for_others() {
    let windows = reading(21, "").replace("logsource: {}", "logsource: {product: windows}");
    let place = with_rules(&format!("{}---\n{windows}", reading(20, ""))).await;
    assert!(place.app.unseen_sources().await.unwrap().is_empty());
    let log: String = (0..5).map(|n| line(4, n, "jdoe")).collect();
    place.read("log.ndjson", &log).await;
    let cloud = r#"{"eventVersion":"1.08","eventTime":"2026-05-04T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","eventID":"e1","awsRegion":"eu-1","sourceIPAddress":"198.51.100.7","userIdentity":{"type":"IAMUser","userName":"jdoe"}}"#;
    assert_eq!(place.read("trail.ndjson", &format!("{cloud}\n")).await.events, 1);

    let unseen = place.app.unseen_sources().await.unwrap();
    assert_eq!(unseen.len(), 1, "{unseen:?}");
    assert_eq!(unseen[0].events, 5);
    assert!(unseen[0].first <= unseen[0].last);
    let matches = place.app.store.matches_by_rule().await.unwrap();
    let count = |end: &str| -> u64 {
        matches
            .iter()
            .filter(|(id, _)| id.ends_with(end))
            .map(|(_, count)| *count)
            .sum()
    };
    assert_eq!((count("0020"), count("0021")), (5, 0));

    let list = place.app.rule_list().await.unwrap();
    assert_eq!(list.unseen.len(), 1);
    assert_eq!(list.unseen[0].alarm, "unknown_format");
    assert!(list.unseen[0].hint.contains("logsources"));
    let metrics = place.app.metrics.text().unwrap();
    assert!(
        metrics.contains("tandem_events_without_log_source_total 5"),
        "{metrics}"
    );

    // It is remembered, counts on, and goes when somebody has seen to it.
    let source = unseen[0].source.clone();
    let more: String = (10..13).map(|n| line(4, n, "jdoe")).collect();
    let place = place.reopened().await;
    place.read("more.ndjson", &more).await;
    let again = place.app.unseen_sources().await.unwrap();
    assert_eq!((again.len(), again[0].events), (1, 8));
    assert_eq!(again[0].first, unseen[0].first);
    assert!(place.app.forget_unseen(&source).await.unwrap());
    assert!(!place.app.forget_unseen(&source).await.unwrap());
    assert!(place.app.unseen_sources().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_suppression_window_counts_further_matches_and_tells_of_them_once() {
    let rule = reading(30, "tandem:\n  suppress: {for: 48h}\n");
    let place = with_rules(&rule).await;
    let lines = |all: &[(u32, u32, &str)]| -> String {
        all.iter().map(|(day, n, user)| line(*day, *n, user)).collect()
    };
    // The window of the first match ends on the sixth at one minute past eight.
    let early = [(4, 1, "jdoe"), (4, 2, "jdoe"), (4, 3, "asmith"), (5, 1, "jdoe")];
    place.read("early.ndjson", &lines(&early)).await;
    place.analyse().await;
    place
        .read("late.ndjson", &lines(&[(6, 0, "jdoe"), (6, 5, "jdoe")]))
        .await;
    place.analyse().await;
    let told = |all: &[Indicator]| -> Vec<(String, u64, String)> {
        let one = |i: &Indicator| (i.time.day().to_string(), i.event_count, i.explanation.clone());
        all.iter().map(one).collect()
    };
    let found = told(&said_by(&place, 30).await);
    let days: Vec<(&str, u64)> = found
        .iter()
        .map(|(day, count, _)| (day.as_str(), *count))
        .collect();
    assert_eq!(
        days,
        [("2026-05-04", 2), ("2026-05-04", 1), ("2026-05-06", 3)],
        "{found:?}"
    );
    assert!(
        found[0]
            .2
            .contains("1 further match was held back by the rule's window of 2 days"),
        "{found:?}"
    );
    assert!(
        !found[1].2.contains("held back"),
        "another person has a window of their own"
    );
    assert!(
        found[2].2.contains("2 further matches were held back"),
        "{found:?}"
    );
    // Looked at again, all at once, it is the same.
    let from = Day::parse("2026-05-04");
    analyse(&place.app, from, &mut |_, _, _| {}).await.unwrap();
    assert_eq!(told(&said_by(&place, 30).await), found);
}

#[tokio::test]
async fn three_spellings_of_one_account_are_one_group() {
    let rules = "title: Password reset
id: 7c1f3c5e-0000-4000-8000-000000000040
name: reset
logsource: {}
level: low
detection:
  sel:
    action: password_reset
  condition: sel
---
title: One password reset again and again
id: 7c1f3c5e-0000-4000-8000-000000000041
correlation:
  type: event_count
  rules: [reset]
  group-by: [TargetUserName]
  timespan: 1h
  condition: {gte: 3}
level: medium
";
    let place = with_rules(rules).await;
    place
        .read(
            "people.csv",
            "known_on,person,kind,accounts\n2026-01-01,P7,employee,bob;S-1-5-21-1-2-3-1104\n",
        )
        .await;
    let resets = |day: u32, targets: [&str; 3]| -> String {
        let one = |(n, target): (usize, &str)| {
            format!(
                "{{\"timestamp\":\"2026-05-{day:02}T09:0{n}:00Z\",\"user\":\"helpdesk\",\"action\":\"password_reset\",\"TargetUserName\":{}}}\n",
                serde_json::Value::from(target)
            )
        };
        targets.into_iter().enumerate().map(one).collect()
    };
    let bob = resets(4, ["CORP\\bob", "Bob@home.example", "S-1-5-21-1-2-3-1104"]);
    let others = resets(6, ["CORP\\bob", "alice", "Bob@home.example"]);
    let work: String = [4, 6].map(|day| line(day, 1, "helpdesk")).concat();
    place.read("log.ndjson", &format!("{bob}{others}{work}")).await;
    place.analyse().await;
    let found = said_by(&place, 41).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].time.day().to_string().as_str(), found[0].event_count),
        ("2026-05-04", 3)
    );
}

#[tokio::test]
async fn who_is_about_to_leave_is_decided_as_of_the_day_of_the_event() {
    let rule = reading(50, "").replace(
        "  condition: sel\n",
        "  who:\n    attr:actor_user|expand: '%leavers_30d%'\n  condition: sel and who\n",
    );
    let place = with_rules(&rule).await;
    // That she leaves on the tenth of June became known on the tenth of May.
    place
        .read(
            "people.csv",
            "known_on,person,kind,accounts,leave_date\n2026-01-01,P8,employee,leaver,\n2026-05-10,P8,employee,leaver,2026-06-10\n",
        )
        .await;
    let log: String = [
        (4, "leaver"),
        (9, "leaver"),
        (11, "leaver"),
        (12, "jdoe"),
        (12, "leaver"),
    ]
    .into_iter()
    .map(|(day, user)| line(day, 1, user))
    .collect();
    place.read("log.ndjson", &log).await;
    place.analyse().await;
    let found = said_by(&place, 50).await;
    let days: Vec<String> = found.iter().map(|i| i.time.day().to_string()).collect();
    assert_eq!(days, ["2026-05-11", "2026-05-12"], "{found:?}");
}

#[tokio::test]
async fn a_rule_whose_list_is_empty_is_named_with_the_way_out() {
    let place = Place::new().await;
    let list = place.app.rule_list().await.unwrap();
    let of = |word: &str| {
        let found = list.errors.iter().find(|error| error.reason.contains(word));
        found.unwrap_or_else(|| panic!("{word}: {:?}", list.errors))
    };
    let hint = of("%competitor_domains%").hint.clone().unwrap();
    assert!(hint.contains("content.lists.competitor_domains"), "{hint}");
    assert!(of("%crown_jewels%").hint.is_some());
    let refused = list.errors.len();

    let set = Place::with(|config| {
        for name in ["competitor_domains", "crown_jewels"] {
            config
                .content
                .lists
                .insert(name.into(), vec!["rival.example".into()]);
        }
    })
    .await;
    let list = set.app.rule_list().await.unwrap();
    assert!(list.errors.is_empty(), "{refused} before: {:?}", list.errors);
}

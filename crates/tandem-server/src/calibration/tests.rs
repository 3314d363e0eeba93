use std::collections::BTreeSet;

use super::chance::{exact, expected};
use super::groups::{Member, compared};
use super::pooled::{Grouped, pooled};
use super::rates::{calibrated, rate};
use super::view::{CauseKind, Compared, Evenness, Reading};
use super::words::peer_group;
use crate::pipeline::departures::{KeptGroup, KeptTally};

fn near(value: f64, wanted: f64) {
    assert!((value - wanted).abs() < 5e-4, "{value} is not {wanted}");
}

#[test]
fn exact_intervals_are_those_of_the_tables() {
    // Clopper and Pearson's interval of 8 of 10, as R's binom.test gives it: 0.4439 to 0.9748.
    let share = exact(8, 10).unwrap();
    near(share.low, 0.443_9);
    near(share.high, 0.974_8);
    assert_eq!(
        (exact(0, 10).unwrap().low, exact(10, 10).unwrap().high),
        (0.0, 1.0)
    );
    // The rule of three: none of 100 leaves up to about 3.6 %.
    near(exact(0, 100).unwrap().high, 0.036_2);
    assert_eq!(exact(0, 0), None);
}

#[test]
fn few_verdicts_stay_near_what_was_expected_before_and_many_do_not() {
    near(expected(0, 0, 0.3).share, 0.3);
    near(expected(10, 10, 0.3).share, 16.0 / 30.0);
    let many = expected(1_000, 1_000, 0.3);
    assert!(
        many.share > 0.98 && many.low < many.share && many.share < many.high,
        "{many:?}"
    );
    assert!(expected(0, 0, 0.0).high > 0.0, "nothing is certain beforehand");
}

struct Size(u64, &'static str);

impl Grouped for Size {
    fn people(&self) -> u64 {
        self.0
    }
    fn together(groups: Vec<Self>) -> Self {
        Self(groups.iter().map(Grouped::people).sum(), "rest")
    }
}

#[test]
fn no_group_of_fewer_than_ten_can_be_had_not_even_by_subtracting() {
    let sizes =
        |groups: Vec<Size>| -> Vec<(u64, &str)> { pooled(groups, 10).iter().map(|g| (g.0, g.1)).collect() };
    assert_eq!(
        sizes(vec![Size(40, "a"), Size(12, "b"), Size(4, "c")]),
        [(40, "a"), (16, "rest")],
        "four are hidden only if another group joins them"
    );
    assert_eq!(
        sizes(vec![Size(40, "a"), Size(6, "b"), Size(5, "c")]),
        [(40, "a"), (11, "rest")]
    );
    assert_eq!(sizes(vec![Size(4, "a"), Size(5, "b")]), []);
    assert_eq!(sizes(vec![Size(10, "a"), Size(10, "b")]), [(10, "a"), (10, "b")]);
}

#[test]
fn a_rate_outside_half_to_twice_is_an_alarm_unless_chance_or_rareness_explains_it() {
    let reading = |seen, ranked, often| rate(0.01, ranked, seen, often).reading;
    assert_eq!(reading(3, 400, 1.0), Reading::TooFew, "four are expected");
    assert_eq!(reading(12, 1_000, 1.0), Reading::AsPromised);
    assert_eq!(reading(25, 1_000, 1.0), Reading::TooOften);
    assert_eq!(reading(12, 500, 1.0), Reading::TooOften);
    assert_eq!(reading(2, 600, 1.0), Reading::ByChance);
    assert_eq!(reading(20, 10_000, 1.0), Reading::TooSeldom);
    assert_eq!(reading(20, 10_000, 0.004), Reading::Rare);
    let shown = rate(0.01, 1_000, 12, 1.0);
    near(shown.ratio.unwrap(), 1.2);
    assert!(shown.low.unwrap() < 1.0 && shown.high.unwrap() > 1.0);
}

fn tally(people: &[(&str, u32)]) -> KeptTally {
    KeptTally {
        groups: people
            .iter()
            .map(|(group, people)| KeptGroup {
                group: (*group).to_owned(),
                people: *people,
                ranked: [*people, 0],
                days: [1, 0],
                channels: vec![
                    ("volume:print".into(), 2, [1, 0]),
                    ("gone:channel".into(), 1, [0, 0]),
                ],
            })
            .collect(),
    }
}

#[test]
fn days_add_up_and_channels_share_the_person_days_of_everybody() {
    let days = vec![
        tally(&[("people|role|clerk", 30), ("people|all", 12)]),
        tally(&[("people|role|clerk", 31)]),
    ];
    let counted = calibrated(&days);
    assert_eq!(counted.person_days, 73);
    let overall = counted.overall.unwrap();
    assert_eq!(
        (overall.at[0].ranked, overall.at[0].seen, overall.at[1].ranked),
        (73, 3, 0)
    );
    let names: Vec<_> = counted
        .groups
        .iter()
        .map(|g| (g.words.as_str(), g.person_days))
        .collect();
    assert_eq!(
        names,
        [("people of roles that fewer than ten hold", 12), ("clerk", 61)]
    );
    let print = &counted.channels[0];
    assert_eq!(
        (print.id.as_str(), print.words.as_str()),
        ("volume:print", "volume of print jobs")
    );
    assert_eq!(
        (print.surprised, print.at[0].ranked, print.at[0].seen),
        (Some(6), 73, 3)
    );
    assert_eq!(
        counted.channels[1].words, "gone:channel",
        "a channel of another version keeps its name"
    );
}

/// Twenty people of each department; of sales so many were alerted, by a rule, and two of the office.
fn company(of_sales: usize) -> Vec<Member> {
    let person = |department: &str, n: usize, alerted: bool| {
        let mut member = Member::default();
        member.of.insert(Compared::Department, department.to_owned());
        member
            .of
            .insert(Compared::Site, if n < 5 { "Hull" } else { "Leeds" }.to_owned());
        if alerted {
            member.alerts = 2;
            member.causes = BTreeSet::from([
                (CauseKind::Rule, "Mass copy".to_owned()),
                (CauseKind::Behaviour, "logons".to_owned()),
            ]);
        }
        member
    };
    let sales = (0..20).map(|n| person("Sales", n, n < of_sales));
    let office = (0..20).map(|n| {
        let mut member = person(" office ", n, n < 2);
        member.causes.retain(|(kind, _)| *kind == CauseKind::Behaviour);
        member
    });
    let few = (0..3).map(|n| person("Board", n, true));
    sales.chain(office).chain(few).collect()
}

#[test]
fn the_four_fifths_rule_names_the_group_and_what_makes_the_difference() {
    let found = compared(Compared::Department, &company(14)).unwrap();
    assert_eq!((found.people, found.alerted), (43, 19));
    let names: Vec<_> = found.groups.iter().map(|g| (g.name.as_str(), g.people)).collect();
    assert_eq!(
        names.len(),
        2,
        "three of the board stand together with others: {names:?}"
    );
    assert!(
        found.groups.iter().all(|g| g.people >= 10 && g.name != "Board"),
        "{names:?}"
    );
    let worst = found.worst.unwrap();
    let rate = found.groups.iter().find(|g| g.name == worst.group).unwrap();
    assert_eq!(rate.reading, Evenness::Uneven, "{rate:?}");
    assert!(
        rate.four_fifths.unwrap() < 0.8 && rate.low > 19.0 / 43.0,
        "{rate:?}"
    );
}

#[test]
fn the_cause_is_what_the_others_do_not_have() {
    let people: Vec<_> = company(14).into_iter().take(40).collect();
    let found = compared(Compared::Department, &people).unwrap();
    let worst = found.worst.unwrap();
    assert_eq!(worst.group, "Sales");
    near(worst.ratio.unwrap(), 7.0);
    let cause = worst.cause.unwrap();
    assert_eq!(
        (cause.kind, cause.name.as_str(), cause.people),
        (CauseKind::Rule, "Mass copy", 14)
    );
    near(cause.group_share, 0.7);
    near(cause.rest_share, 0.0);
}

#[test]
fn few_alerts_are_explained_by_chance_and_one_group_is_compared_with_nobody() {
    let people: Vec<_> = company(4).into_iter().take(40).collect();
    let found = compared(Compared::Department, &people).unwrap();
    assert_eq!(found.groups[0].reading, Evenness::ByChance, "{:?}", found.groups);
    assert_eq!(found.groups[1].reading, Evenness::Even);
    assert_eq!(found.groups[1].name, "office");
    assert_eq!(
        compared(Compared::Role, &people),
        None,
        "nothing is known of roles"
    );
    let one_site: Vec<_> = people
        .iter()
        .filter(|m| m.of[&Compared::Site] == "Leeds")
        .cloned()
        .collect();
    assert_eq!(compared(Compared::Site, &one_site), None);
}

#[test]
fn peer_groups_are_told_in_words() {
    assert_eq!(
        peer_group("people|team|clerk|sales|berlin"),
        "clerk, sales, berlin"
    );
    assert_eq!(peer_group("people|role|clerk"), "clerk");
    assert_eq!(peer_group("services|role|backup"), "backup (service accounts)");
    assert_eq!(peer_group("services|all"), "all service accounts");
    assert_eq!(peer_group("kind:unknown"), "accounts that no people file names");
    assert_eq!(peer_group("community|7"), "community, 7");
    assert_eq!(
        peer_group("learned:7"),
        "people who work with the same things, group 7"
    );
}

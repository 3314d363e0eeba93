//! Peer groups learned from what people work with: they say more than everybody where the organisation's group is too small, and
//! know nothing of the future or of names.

use std::borrow::Cow;

use tandem_baseline::{
    Action, Channel, DayActivity, DayContext, DayScore, Object, ObjectKind, Observation, Profiles, Settings,
    SubjectDay, is_learned_group,
};
use tandem_domain::Day;

use super::dice::roll;

/// Four circles of 15 people who work with the same shares, across twenty teams of three.
const PEOPLE: usize = 60;
const CIRCLE: usize = 15;

/// What somebody does: some of the circle's five shares; in the first circle all but person 0 print as well, who begins on day
/// 60. `salt` gives another world, `name` spells shares.
fn activity(who: usize, day: i32, salt: u64, name: &dyn Fn(usize) -> String) -> DayActivity {
    let mut done = DayActivity::default();
    let dice = |n: u64| roll(salt ^ (who as u64) << 32 ^ (day as u64) << 8 ^ n);
    for n in 0..2 + dice(0) % 2 {
        let mut seen = Observation::new(Action::ShareAccess, (8 + dice(n + 1) % 9) as u8);
        seen.objects = vec![Object {
            kind: ObjectKind::Share,
            text: Cow::Owned(name(10 * (who / CIRCLE) + dice(n + 50) as usize % 5)),
        }];
        done.add(&seen);
    }
    if who < CIRCLE && (who > 0 || day >= 60) {
        for n in 0..15 + dice(99) % 10 {
            done.add(&Observation::new(Action::Print, (9 + n % 8) as u8));
        }
    }
    done
}

struct World<'a> {
    settings: Settings,
    salt_after: Option<i32>,
    subject: &'a dyn Fn(usize) -> String,
    name: &'a dyn Fn(usize) -> String,
}

impl World<'_> {
    fn run(&self, days: i32) -> (Profiles, Vec<Vec<DayScore>>) {
        let mut profiles = Profiles::new(self.settings.clone());
        let names: Vec<String> = (0..PEOPLE).map(self.subject).collect();
        let teams: Vec<String> = (0..20).map(|team| (self.name)(1_000 + team)).collect();
        let peers: Vec<[&str; 1]> = (0..PEOPLE).map(|who| [teams[who % 20].as_str()]).collect();
        let days = (0..days).map(|day| {
            let salt = u64::from(self.salt_after.is_some_and(|after| day > after)) * 77;
            let done: Vec<DayActivity> = (0..PEOPLE)
                .map(|who| activity(who, day, salt, self.name))
                .collect();
            let rows: Vec<SubjectDay<'_>> = (0..PEOPLE)
                .map(|who| SubjectDay {
                    subject: &names[who],
                    peers: &peers[who],
                    activity: &done[who],
                    context: DayContext::default(),
                })
                .collect();
            profiles.score_day(Day(day), &rows)
        });
        let scores = days.collect();
        (profiles, scores)
    }
}

fn plain(who: usize) -> String {
    format!("p{who:02}")
}

fn share(n: usize) -> String {
    format!("share{n}")
}

fn world(learned_peers: bool) -> World<'static> {
    World {
        settings: Settings {
            learned_peers,
            explain_p: 1.0,
            ..Settings::default()
        },
        salt_after: None,
        subject: &plain,
        name: &share,
    }
}

fn prints_of(scores: &[DayScore], who: &str) -> (f64, Option<f64>, String) {
    let score = scores.iter().find(|score| score.subject == who).unwrap();
    let prints = score
        .channels
        .iter()
        .find(|c| c.channel == Channel::InHours(Action::Print))
        .unwrap();
    (prints.surprise, prints.peer_usual, prints.sentence.clone())
}

#[test]
fn what_those_who_work_with_the_same_things_do_is_less_of_a_surprise() {
    let (with, scores) = world(true).run(61);
    let (without, other) = world(false).run(61);
    let (surprise, usual, sentence) = prints_of(&scores[60], "p00");
    let (before, everybody, old_sentence) = prints_of(&other[60], "p00");
    assert!(surprise < before, "{surprise} nats, {before} against everybody");
    assert!(
        usual.unwrap() > 15.0,
        "{usual:?}: the circle prints some twenty a day"
    );
    assert!(everybody.unwrap() < 6.0, "a quarter of all print: {everybody:?}");
    assert!(
        sentence.contains("for peers (people who work with the same things) "),
        "{sentence}"
    );
    assert!(!old_sentence.contains("same things"), "{old_sentence}");
    let group = with.learned_group("p00").unwrap();
    assert!(is_learned_group(&group));
    for who in 0..PEOPLE {
        assert_eq!(
            with.learned_group(&plain(who)).unwrap() == group,
            who < CIRCLE,
            "p{who}"
        );
        assert_eq!(without.learned_group(&plain(who)), None);
    }
}

#[test]
fn a_group_of_the_organisation_that_is_large_enough_comes_first() {
    let settings = Settings {
        explain_p: 1.0,
        ..Settings::default()
    };
    let mut profiles = Profiles::new(settings);
    let names: Vec<String> = (0..PEOPLE).map(plain).collect();
    let mut last = Vec::new();
    for day in 0..61 {
        let done: Vec<DayActivity> = (0..PEOPLE).map(|who| activity(who, day, 0, &share)).collect();
        let rows: Vec<SubjectDay<'_>> = (0..PEOPLE)
            .map(|who| SubjectDay {
                subject: &names[who],
                peers: if who % 2 == 0 {
                    &["even", "all"]
                } else {
                    &["odd", "all"]
                },
                activity: &done[who],
                context: DayContext::default(),
            })
            .collect();
        last = profiles.score_day(Day(day), &rows);
    }
    let (_, usual, sentence) = prints_of(&last, "p00");
    assert!(usual.unwrap() < 8.0, "a quarter of all print: {usual:?}");
    assert!(!sentence.contains("same things"), "{sentence}");
    assert!(profiles.learned_group("p00").is_some(), "known all the same");
}

/// Bits of every number that a day's scores consist of, by subject.
fn bits(day: &[DayScore], back: &dyn Fn(&str) -> String) -> Vec<(String, u64, u64)> {
    let mut all: Vec<_> = day
        .iter()
        .map(|s| (back(&s.subject), s.p.to_bits(), s.order.to_bits()))
        .collect();
    all.sort();
    all
}

#[test]
fn groups_know_nothing_of_later_days_and_nothing_of_names() {
    let same = |name: &str| name.to_owned();
    let (_, as_is) = world(true).run(50);
    let other_future = World {
        salt_after: Some(35),
        ..world(true)
    };
    let (_, other_future) = other_future.run(50);
    for day in 0..=35 {
        assert_eq!(
            bits(&as_is[day], &same),
            bits(&other_future[day], &same),
            "day {day}"
        );
    }
    assert_ne!(bits(&as_is[40], &same), bits(&other_future[40], &same));

    let odd = |who: usize| format!("x{}", roll(who as u64));
    let odd_share = |n: usize| format!("y{}", roll(n as u64 + 500));
    let renamed = World {
        subject: &odd,
        name: &odd_share,
        ..world(true)
    };
    let (_, renamed) = renamed.run(50);
    let back = |name: &str| (0..PEOPLE).find(|who| odd(*who) == name).map(plain).unwrap();
    for day in 0..50 {
        assert_eq!(bits(&as_is[day], &same), bits(&renamed[day], &back), "day {day}");
    }
}

#[test]
fn a_restored_state_has_the_same_groups() {
    let (profiles, _) = world(true).run(30);
    let restored = Profiles::decode(&profiles.encode().unwrap()).unwrap();
    assert_eq!(profiles, restored);
    assert_eq!(restored.learned_group("p20"), profiles.learned_group("p20"));
    let mut off = restored.clone();
    off.learn_peers(false);
    assert_eq!(off.learned_group("p20"), None);
    assert!(
        off.shared_bytes() < restored.shared_bytes(),
        "switched off, groups are forgotten"
    );
    let mut forgotten = restored;
    forgotten.forget("p20");
    assert_eq!(forgotten.learned_group("p20"), None);
    assert!(profiles.learned_group("p20").is_some());
}

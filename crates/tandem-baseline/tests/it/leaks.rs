//! A score knows nothing of the future, of names, or of who will leave.

use std::borrow::Cow;

use tandem_baseline::{
    Action, DayActivity, DayContext, DayScore, Object, ObjectKind, Observation, Profiles, SubjectDay,
};
use tandem_domain::Day;

use super::dice::roll;

const PEOPLE: usize = 30;
const DAYS: i32 = 70;

/// What person `who` did on day `day`; `salt` gives another world, `name` spells objects.
fn activity(who: usize, day: i32, salt: u64, name: &dyn Fn(u64) -> String) -> DayActivity {
    let mut done = DayActivity::default();
    let dice = |n: u64| roll(salt ^ (who as u64) << 32 ^ (day as u64) << 8 ^ n);
    for n in 0..5 + dice(0) % 6 {
        let mut seen = Observation::new(Action::Logon, (8 + dice(n + 1) % 9) as u8);
        seen.objects = vec![Object {
            kind: ObjectKind::Host,
            text: Cow::Owned(name(who as u64 % 10 + dice(n + 50) % 2)),
        }];
        done.add(&seen);
    }
    for n in 0..dice(20) % 4 {
        done.add(&Observation::new(Action::FileRead, (9 + dice(n + 21) % 8) as u8));
    }
    if who == 3 && day >= 55 {
        for _ in 0..60 {
            done.add(&Observation::new(Action::RemovableCopy, 2));
        }
    }
    done
}

fn run(
    days: i32,
    salt_after: Option<i32>,
    subject: &dyn Fn(usize) -> String,
    name: &dyn Fn(u64) -> String,
) -> Vec<Vec<DayScore>> {
    let mut profiles = Profiles::default();
    let group = name(1_000);
    let peers = [group.as_str()];
    (0..days)
        .map(|day| {
            let salt = u64::from(salt_after.is_some_and(|after| day > after)) * 77;
            let names: Vec<String> = (0..PEOPLE).map(subject).collect();
            let done: Vec<DayActivity> = (0..PEOPLE).map(|who| activity(who, day, salt, name)).collect();
            let rows: Vec<SubjectDay<'_>> = names
                .iter()
                .zip(&done)
                .map(|(subject, activity)| SubjectDay {
                    subject,
                    peers: &peers,
                    activity,
                    context: DayContext::default(),
                })
                .collect();
            profiles.score_day(Day(day), &rows)
        })
        .collect()
}

fn plain(who: usize) -> String {
    format!("person{who:02}")
}

fn thing(n: u64) -> String {
    format!("pc{n:03}")
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
fn changing_everything_after_a_day_changes_no_score_up_to_it() {
    let as_is = run(DAYS, None, &plain, &thing);
    let other_future = run(DAYS, Some(40), &plain, &thing);
    let same = |name: &str| name.to_owned();
    for day in 0..=40 {
        assert_eq!(
            bits(&as_is[day], &same),
            bits(&other_future[day], &same),
            "day {day}"
        );
    }
    assert_ne!(
        bits(&as_is[45], &same),
        bits(&other_future[45], &same),
        "the futures must differ for this to mean anything"
    );
}

#[test]
fn ending_the_data_earlier_changes_no_score_before() {
    let whole = run(DAYS, None, &plain, &thing);
    let cut = run(50, None, &plain, &thing);
    let same = |name: &str| name.to_owned();
    for day in 0..50 {
        assert_eq!(bits(&whole[day], &same), bits(&cut[day], &same), "day {day}");
    }
}

#[test]
fn other_names_give_the_same_scores() {
    // Reversed numbers: people, objects and the group sort differently and hash differently.
    let other_person = |who: usize| format!("u-{:02}", PEOPLE - who);
    let other_thing = |n: u64| format!("{:05}.host", 99_999 - n);
    let back = |name: &str| plain(PEOPLE - name.trim_start_matches("u-").parse::<usize>().unwrap());
    let same = |name: &str| name.to_owned();
    let as_is = run(DAYS, None, &plain, &thing);
    let renamed = run(DAYS, None, &other_person, &other_thing);
    for (day, (one, other)) in as_is.iter().zip(&renamed).enumerate() {
        assert_eq!(bits(one, &same), bits(other, &back), "day {day}");
    }
}

#[test]
fn a_sudden_mass_copy_at_night_is_the_strangest_day() {
    let days = run(DAYS, None, &plain, &thing);
    let first = &days[55][0];
    assert_eq!(first.subject, "person03");
    assert!(first.p < 0.01, "p = {}", first.p);
    assert!(
        first
            .channels
            .iter()
            .any(|c| c.sentence.contains("removable media")),
        "{:?}",
        first.channels
    );
    let shares: f64 = first.channels.iter().map(|c| c.contribution).sum();
    assert!((shares - 1.0).abs() < 0.05, "{shares}");
}

#[test]
fn a_snapshot_goes_on_with_the_same_scores() {
    let mut whole = Profiles::default();
    let mut cut = Profiles::default();
    for day in 0..60 {
        let done: Vec<DayActivity> = (0..PEOPLE).map(|who| activity(who, day, 0, &thing)).collect();
        let names: Vec<String> = (0..PEOPLE).map(plain).collect();
        let rows: Vec<SubjectDay<'_>> = names
            .iter()
            .zip(&done)
            .map(|(subject, activity)| SubjectDay {
                subject,
                peers: &["all"],
                activity,
                context: DayContext::default(),
            })
            .collect();
        let wanted = whole.score_day(Day(day), &rows);
        assert_eq!(cut.score_day(Day(day), &rows), wanted, "day {day}");
        if day % 20 == 19 {
            cut = Profiles::decode(&cut.encode().unwrap()).unwrap();
        }
    }
}

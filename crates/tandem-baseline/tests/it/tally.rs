//! What a scored day says besides its scores: counts for calibration, own hours, three sentences.

use std::collections::BTreeMap;

use tandem_baseline::{
    Action, Channel, DayActivity, DayContext, Observation, Profiles, ScoredDay, SubjectDay, TALLY_LEVELS,
    Unit, observed,
};
use tandem_domain::Day;

use super::dice::roll;

const PEOPLE: usize = 60;
const DAYS: i32 = 90;

/// Office work, and on the last day forty copies at two in the night by one person.
fn activity(who: usize, day: i32) -> DayActivity {
    let mut done = DayActivity::default();
    let dice = |n: u64| roll((who as u64) << 32 ^ (day as u64) << 8 ^ n);
    for n in 0..4 + dice(0) % 9 {
        done.add(&Observation::new(Action::FileRead, (8 + dice(n + 1) % 9) as u8));
    }
    for n in 0..dice(40) % 6 {
        done.add(&Observation::new(Action::WebVisit, (9 + dice(n + 41) % 7) as u8));
    }
    if who == 7 && day == DAYS - 1 {
        for _ in 0..40 {
            done.add(&Observation::new(Action::RemovableCopy, 2));
        }
    }
    done
}

fn run() -> Vec<ScoredDay> {
    let mut profiles = Profiles::default();
    let names: Vec<String> = (0..PEOPLE).map(|who| format!("person{who:02}")).collect();
    let score = |day| {
        let done: Vec<DayActivity> = (0..PEOPLE).map(|who| activity(who, day)).collect();
        let rows: Vec<SubjectDay<'_>> = names
            .iter()
            .zip(&done)
            .enumerate()
            .map(|(who, (subject, activity))| SubjectDay {
                subject,
                // Four are too few to be a group of their own.
                peers: if who < 4 {
                    &["few", "all"]
                } else {
                    &["many", "all"]
                },
                activity,
                context: DayContext {
                    absent: who == 9,
                    ..DayContext::default()
                },
            })
            .collect();
        profiles.scored_day(Day(day), &rows)
    };
    (0..DAYS).map(score).collect()
}

#[test]
fn counts_of_a_day_add_up_to_the_warm_people_at_work_and_small_groups_have_no_name() {
    let days = run();
    let warm = days[0].scores.iter().filter(|s| s.warm).count();
    assert_eq!(
        (warm, days[0].tally.groups.len()),
        (0, 0),
        "nothing is concluded yet"
    );
    for (day, scored) in days.iter().enumerate().skip(15) {
        let people: u32 = scored.tally.groups.iter().map(|group| group.people).sum();
        assert_eq!(people as usize, PEOPLE - 1, "all but the one on leave, day {day}");
        let names: Vec<&str> = scored.tally.groups.iter().map(|g| g.group.as_str()).collect();
        assert_eq!(names, ["all", "many"], "day {day}");
        for (at, level) in TALLY_LEVELS.into_iter().enumerate() {
            let small = scored
                .scores
                .iter()
                .filter(|s| s.p <= level && s.subject != "person09");
            let counted: u32 = scored.tally.groups.iter().map(|group| group.days[at]).sum();
            let ranked: u32 = scored.tally.groups.iter().map(|group| group.ranked[at]).sum();
            assert!(
                counted <= ranked && (ranked == 0 || ranked == people),
                "day {day}"
            );
            if ranked > 0 {
                assert_eq!(counted as usize, small.count(), "day {day}, {level}");
            }
        }
    }
}

#[test]
fn small_p_values_come_about_as_often_as_they_promise() {
    let mut ranked = 0.0;
    let mut reached = 0.0;
    for group in run().iter().flat_map(|day| &day.tally.groups) {
        ranked += f64::from(group.ranked[0]);
        reached += f64::from(group.days[0]);
    }
    let ratio = reached / ranked / TALLY_LEVELS[0];
    assert!(
        ranked > 3_000.0 && (0.5..2.0).contains(&ratio),
        "{ratio} of {ranked}"
    );
}

#[test]
fn an_unusual_day_has_its_own_hours_and_its_values_can_be_counted_again() {
    let days = run();
    let last = days.last().unwrap();
    let night = &last.scores[0];
    assert_eq!(night.subject, "person07");
    let own = last.own_hours["person07"];
    let day = Day(DAYS - 1);
    assert!(!own.contains(day, 2));
    let seen: BTreeMap<Channel, f64> = night.channels.iter().map(|c| (c.channel, c.observed)).collect();
    let copies = Channel::OutOfHours(Action::RemovableCopy);
    assert_eq!(seen[&copies], 40.0);
    for (channel, wanted) in seen {
        let done = activity(7, day.0);
        let Some(unit) = Unit::of(channel, &done) else {
            continue;
        };
        assert_eq!(
            observed(channel, unit, &done, day, own),
            Some(wanted),
            "{channel:?}"
        );
    }
    for channel in &night.channels {
        let told = channel.sentences();
        assert!(
            channel.sentence.starts_with(told.what.trim_end_matches('.')),
            "{told:?}"
        );
        for part in [&told.what, &told.own, &told.peers] {
            assert!(
                part.len() > 5 && part.ends_with('.') && !part.starts_with("Not held"),
                "{told:?}"
            );
        }
    }
}

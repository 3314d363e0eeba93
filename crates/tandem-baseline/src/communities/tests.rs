use std::borrow::Cow;
use std::ops::Range;

use super::*;
use crate::{Action, DayContext, Object, ObjectKind, Observation};

/// What somebody of a circle does on a day: two of the circle's four shares.
fn work(circle: usize, who: usize, day: i32) -> DayActivity {
    let mut done = DayActivity::default();
    for n in 0..2 {
        let mut seen = Observation::new(Action::ShareAccess, 9 + n as u8);
        seen.bytes = who as u64;
        seen.objects = vec![Object {
            kind: ObjectKind::Share,
            text: Cow::Owned(format!("circle{circle}-{}", (who + n + day as usize) % 4)),
        }];
        done.add(&seen);
    }
    done
}

/// A day on which some of 72 people do what their circle does.
fn pass(communities: &mut Communities, day: i32, people: Range<usize>, circle: &dyn Fn(usize, i32) -> usize) {
    communities.look(Day(day));
    let done: Vec<(String, DayActivity)> = people
        .map(|who| (format!("p{who}"), work(circle(who, day), who, day)))
        .collect();
    let rows: Vec<SubjectDay<'_>> = done
        .iter()
        .map(|(subject, activity)| SubjectDay {
            subject,
            peers: &[],
            activity,
            context: DayContext::default(),
        })
        .collect();
    communities.learn(Day(day), rows.iter());
}

/// Six circles of 12 people; `circle` says where somebody works on a day.
fn run(days: i32, circle: &dyn Fn(usize, i32) -> usize) -> Communities {
    let mut communities = Communities::default();
    for day in 0..days {
        pass(&mut communities, day, 0..72, circle);
    }
    communities
}

fn at_home(who: usize, _: i32) -> usize {
    who / 12
}

#[test]
fn who_works_with_the_same_things_is_one_group_and_keeps_its_number() {
    let early = run(12, &at_home);
    let late = run(60, &at_home);
    for circle in 0..6 {
        let first = early.group_of(&format!("p{}", 12 * circle)).unwrap();
        assert!(is_learned_group(&first));
        for who in 12 * circle..12 * (circle + 1) {
            assert_eq!(early.group_of(&format!("p{who}")).as_ref(), Some(&first));
            assert_eq!(
                late.group_of(&format!("p{who}")).as_ref(),
                Some(&first),
                "numbers stay"
            );
        }
    }
    assert_eq!(early.sizes.len(), 6, "no two circles are one: {:?}", early.sizes);
}

#[test]
fn a_burst_moves_nobody_and_another_job_does_after_a_second_week() {
    let burst = |who: usize, day: i32| {
        if who == 0 && (40..44).contains(&day) {
            3
        } else {
            who / 12
        }
    };
    let mut after = run(70, &burst);
    assert_eq!(after.group_of("p0"), after.group_of("p1"));
    assert!(!after.has_moved("p0"));

    let job = |who: usize, day: i32| if who == 0 && day >= 40 { 3 } else { who / 12 };
    let moves: Vec<i32> = (41..100)
        .filter(|days| {
            let state = run(*days, &job);
            state.group_of("p0") == state.group_of("p36")
        })
        .collect();
    let first = *moves.first().unwrap();
    assert!(
        first > 40 + 14,
        "two looks that agree are at least a week apart: {first}"
    );
    assert!(moves.len() > 10, "and stays there");
    let mut moved = run(first, &job);
    assert!(moved.has_moved("p0"));
    assert!(!moved.has_moved("p0"), "told once");
    assert!(!moved.has_moved("p36"));
}

#[test]
fn absence_changes_no_group_and_forgetting_forgets() {
    let mut state = run(40, &at_home);
    let before = state.group_of("p0");
    for day in 40..140 {
        pass(&mut state, day, 1..72, &at_home);
    }
    assert_eq!(state.group_of("p0"), before);
    assert!(!state.has_moved("p0"));
    state.forget("p0");
    assert_eq!(state.group_of("p0"), None);
}

#[test]
fn the_learned_group_stands_behind_the_closest_of_the_organisation() {
    assert_eq!(
        with_learned(&["team", "role", "all"], Some("learned:1")),
        ["team", "learned:1", "role", "all"]
    );
    assert_eq!(
        with_learned(&["unknown"], Some("learned:1")),
        ["learned:1", "unknown"]
    );
    assert_eq!(with_learned(&[], Some("learned:1")), ["learned:1"]);
    assert_eq!(with_learned(&["team"], None), ["team"]);
}

//! Meetings: planned ahead with members, moved, called off, held.

use std::collections::BTreeSet;

use tandem_casework::case::meeting::{Appointment, MeetingCommand, MeetingState};
use tandem_casework::ids::MeetingId;
use tandem_casework::{Case, Refused};
use tandem_domain::Timestamp;

use crate::make::{DAY, HOUR, Play, involved, p, r, t};

fn accounts(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn at(from: Timestamp, lasts: i64, invited: &[&str]) -> Appointment {
    Appointment {
        from,
        until: from.plus_micros(lasts),
        place: Some(t("Room 5")),
        invited: accounts(invited),
    }
}

fn plan(at: Appointment) -> MeetingCommand {
    MeetingCommand::Plan {
        title: t("What we know"),
        at,
        agenda: Some(p("The upload; who talks to whom")),
    }
}

/// A joint case with a meeting of both leads in an hour.
fn planned() -> (Play, MeetingId) {
    let mut play = Play::joint();
    let soon = play.now.plus_micros(HOUR);
    play.must("ida", plan(at(soon, HOUR, &["ida", "cora"])));
    let id = MeetingId(play.next);
    (play, id)
}

#[test]
fn a_meeting_is_planned_moved_and_held() {
    let (mut play, meeting) = planned();
    let later = at(play.now.plus_micros(2 * HOUR), HOUR, &["ida", "cora", "carl"]);
    let moved = MeetingCommand::Move {
        meeting,
        at: later.clone(),
        reason: r("Carl can come too"),
    };
    play.must("cora", moved.clone());
    assert_eq!(play.case.meetings[&meeting].at, later);
    assert_eq!(play.refused("cora", moved), Refused::NothingToChange);
    let held = MeetingCommand::Hold {
        meeting,
        attended: accounts(&["ida", "carl"]),
        minutes: p("Carl talks to the manager"),
    };
    assert_eq!(play.refused("ida", held.clone()), Refused::NotBegun);
    play.now = later.from;
    play.must("ida", held);
    let found = &play.case.meetings[&meeting];
    assert_eq!(found.state, MeetingState::Held);
    assert_eq!(found.attended, accounts(&["ida", "carl"]));
    assert_eq!(found.text.as_deref(), Some("Carl talks to the manager"));
    let cancel = MeetingCommand::Cancel {
        meeting,
        reason: r("too late"),
    };
    assert_eq!(play.refused("ida", cancel), Refused::MeetingOver);
    let replayed = Case::replay(&play.facts).unwrap();
    assert_eq!(replayed, play.case);
}

#[test]
fn a_meeting_called_off_says_why() {
    let (mut play, meeting) = planned();
    play.must(
        "cora",
        MeetingCommand::Cancel {
            meeting,
            reason: r("nothing new"),
        },
    );
    let found = &play.case.meetings[&meeting];
    assert_eq!(found.state, MeetingState::Cancelled);
    assert_eq!(found.text.as_deref(), Some("nothing new"));
    assert_eq!(found.asks("ida", play.now), None);
}

#[test]
fn times_and_people_of_a_meeting_are_possible_ones() {
    let mut play = Play::joint();
    let now = play.now;
    let soon = now.plus_micros(HOUR);
    for (from, lasts) in [
        (now.plus_micros(-1), HOUR),
        (soon, 0),
        (soon, -HOUR),
        (soon, DAY + 1),
        (soon, i64::MAX),
        (Timestamp(i64::MAX), HOUR),
        (now.plus_micros(11 * 366 * DAY), HOUR),
    ] {
        let mut odd = at(from, 0, &["ida"]);
        odd.until = Timestamp(from.0.saturating_add(lasts));
        assert_eq!(
            play.refused("ida", plan(odd)),
            Refused::MeetingTimes,
            "{from} {lasts}"
        );
    }
    assert_eq!(
        play.refused("ida", plan(at(soon, HOUR, &[]))),
        Refused::NobodyComes
    );
    assert!(matches!(
        play.refused("ida", plan(at(soon, HOUR, &["ida", "ivan"]))),
        Refused::NotAMember { .. }
    ));
    assert!(matches!(
        play.refused("ida", plan(at(soon, HOUR, &["nobody"]))),
        Refused::UnknownColleague { .. }
    ));
    assert!(matches!(
        play.refused("ivan", plan(at(soon, HOUR, &["ida"]))),
        Refused::NotAMember { .. }
    ));
}

#[test]
fn a_running_meeting_takes_another_guest_but_no_time_that_has_passed() {
    let (mut play, meeting) = planned();
    let begun = play.case.meetings[&meeting].at.clone();
    play.now = begun.from.plus_micros(HOUR / 2);
    let mut more = begun.clone();
    more.invited.insert("carl".to_owned());
    let to = |at: &Appointment| MeetingCommand::Move {
        meeting,
        at: at.clone(),
        reason: r("needed"),
    };
    play.must("ida", to(&more));
    more.from = play.now.plus_micros(-1);
    assert_eq!(play.refused("ida", to(&more)), Refused::MeetingTimes);
}

#[test]
fn whoever_leaves_is_not_expected_any_more() {
    let mut play = Play::joint();
    let soon = play.now.plus_micros(HOUR);
    play.must("ida", plan(at(soon, HOUR, &["cora", "carl"])));
    let meeting = MeetingId(play.next);
    play.must("carl", involved("carl"));
    assert_eq!(play.case.meetings[&meeting].at.invited, accounts(&["cora"]));
}

#[test]
fn a_meeting_asks_to_come_and_then_its_planner_to_write() {
    let (play, meeting) = planned();
    let mut found = play.case.meetings[&meeting].clone();
    let (from, until) = (found.at.from, found.at.until);
    assert_eq!(found.asks("cora", play.now), Some(from));
    assert_eq!(found.asks("cora", from.plus_micros(1)), Some(until));
    assert_eq!(found.asks("carl", play.now), None);
    let over = until.plus_micros(1);
    assert_eq!(found.asks("cora", over), None);
    assert_eq!(found.asks("ida", over), Some(until));
    // The planner left the case: anybody who was there can write.
    found.at.invited.remove("ida");
    assert_eq!(found.asks("cora", over), Some(until));
}

//! Usual acts in an unusual order are a departure of their own, told in a sentence; who never keeps an order does not depart.

use tandem_baseline::{
    Action, Channel, ChannelSurprise, DayActivity, DayContext, DayScore, Observation, Profiles, Settings,
    SubjectDay,
};
use tandem_domain::Day;

use super::dice::roll;

const PEOPLE: usize = 20;
const LAST: i32 = 60;

/// An act every five minutes from nine on.
fn day(acts: &[Action]) -> DayActivity {
    let mut done = DayActivity::default();
    for (at, action) in acts.iter().enumerate() {
        let minute = 9 * 60 + 5 * at;
        let mut seen = Observation::new(*action, (minute / 60) as u8);
        seen.minute = (minute % 60) as u8;
        done.add(&seen);
    }
    done
}

/// Looks at shares, then mail, then copies to removable media; always about as many.
fn in_order(who: usize, day_number: i32) -> Vec<Action> {
    let dice = |n: u64| roll((who as u64) << 32 ^ (day_number as u64) << 8 ^ n) as usize;
    let part = |action, n| vec![action; 13 + dice(n) % 3];
    [
        part(Action::ShareAccess, 1),
        part(Action::MailInternal, 2),
        part(Action::RemovableCopy, 3),
    ]
    .concat()
}

/// The same acts in an order of chance.
fn in_no_order(who: usize, day_number: i32) -> Vec<Action> {
    let mut acts = in_order(who, day_number);
    for at in (1..acts.len()).rev() {
        let other = roll((who as u64) << 40 ^ (day_number as u64) << 20 ^ at as u64) as usize % (at + 1);
        acts.swap(at, other);
    }
    acts
}

/// Scores of person 0 from day `from` on.
fn scores(from: i32, of_first: &dyn Fn(i32) -> Vec<Action>) -> Vec<DayScore> {
    let mut profiles = Profiles::new(Settings {
        explain_p: 1.0,
        ..Settings::default()
    });
    let names: Vec<String> = (0..PEOPLE).map(|who| format!("p{who:02}")).collect();
    let mut found = Vec::new();
    for number in 0..=LAST {
        let of = |who| {
            if who == 0 {
                of_first(number)
            } else {
                in_order(who, number)
            }
        };
        let done: Vec<DayActivity> = (0..PEOPLE).map(|who| day(&of(who))).collect();
        let row = |(subject, activity)| SubjectDay {
            subject,
            peers: &["role:clerk"],
            activity,
            context: DayContext::default(),
        };
        let rows: Vec<SubjectDay<'_>> = names.iter().map(String::as_str).zip(&done).map(row).collect();
        let scored = profiles.score_day(Day(number), &rows);
        if number >= from {
            found.extend(scored.into_iter().find(|score| score.subject == "p00"));
        }
    }
    found
}

fn order(score: &DayScore) -> Option<&ChannelSurprise> {
    score.channels.iter().find(|c| c.channel == Channel::Transitions)
}

#[test]
fn going_from_shares_to_removable_media_again_and_again_is_told() {
    let mixed = || {
        let pairs = [Action::ShareAccess, Action::RemovableCopy].repeat(14);
        [vec![Action::MailInternal; 14], pairs].concat()
    };
    let acts = |number| {
        if number == LAST {
            mixed()
        } else {
            in_order(0, number)
        }
    };
    let last = &scores(LAST, &acts)[0];
    let found = order(last).unwrap();
    assert!(found.surprise > 6.0 && found.contribution > 0.5, "{found:?}");
    let told = found.sentences();
    assert!(
        told.what.starts_with("Acts in an unusual order, above all 1"),
        "{}",
        told.what
    );
    assert!(told.what.contains("file shares or cloud storage") && told.what.contains("removable media"));
    assert_eq!(told.own, "No such step in this subject's known past.");
    assert_eq!(told.peers, "Usual for peers almost never.");
}

#[test]
fn an_usual_day_and_a_life_without_order_are_no_departures() {
    let usual = scores(30, &|number| in_order(0, number));
    let surprised = |scores: &[DayScore]| {
        scores
            .iter()
            .filter(|score| order(score).is_some_and(|c| c.surprise > 3.0))
            .count()
    };
    assert_eq!(surprised(&usual), 0);
    let disorderly = scores(30, &|number| in_no_order(0, number));
    assert!(surprised(&disorderly) <= 1, "{} of 31", surprised(&disorderly));
}

#[test]
fn a_new_order_stays_visible_for_some_days_and_is_accepted_later() {
    let swapped = |number| {
        if number < 30 {
            return in_order(0, number);
        }
        [Action::ShareAccess, Action::RemovableCopy, Action::MailInternal].repeat(14)
    };
    let found: Vec<f64> = scores(30, &swapped)
        .iter()
        .map(|score| order(score).map_or(0.0, |c| c.surprise))
        .collect();
    assert!(found[0] > 6.0, "{found:?}");
    assert!(found[2] > 3.0, "{found:?}");
    assert!(found[30] < 1.0, "{found:?}");
}

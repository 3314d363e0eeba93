//! Nobody makes the unusual usual by doing it a few times; what lasts is accepted in the end, and what comes every month too.

use proptest::prelude::*;
use tandem_baseline::{Action, DayActivity, DayContext, DayScore, Profiles, Settings, SubjectDay};
use tandem_domain::Day;

use super::change::{CLERK, PEOPLE, PRINTER, add, explaining, print_surprise, run, usual};
use super::dice::roll;

/// The first day of the excess.
const FIRST: i32 = 60;
/// One day in a thousand, in nats beyond a coin toss.
const ONE_IN_A_THOUSAND: f64 = 6.2;
/// Active days until what was in doubt counts: `settle_days`.
const DOUBT: i32 = 10;
/// Active days after which a lasting change is ordinary.
const ACCEPTED: i32 = 30;

/// Surprise of the clerk's prints by day: about `usual` a day, and `excess` on the days it is told for.
fn surprises(days: i32, usual: u64, excess: &dyn Fn(i32) -> Option<u64>) -> Vec<f64> {
    let prints = |day: i32| match (excess(day), usual) {
        (Some(count), _) => count,
        (None, 0) => 0,
        (None, usual) => usual / 2 + roll(day as u64) % (usual + 1),
    };
    let plan = |day: i32| Some((CLERK, DayContext::default(), prints(day)));
    let scores = run(days, explaining(), &plan);
    scores.iter().map(|(_, score)| print_surprise(score)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn a_repeated_excess_stays_visible_for_two_working_weeks_and_is_accepted_later(
        usual in 0_u64..12,
        times in 6_u64..30,
    ) {
        let excess = (usual + 4) * times;
        let from = |day: i32| (day >= FIRST).then_some(excess);
        let found = surprises(FIRST + ACCEPTED + 1, usual, &from);
        let at = |day: i32| found[(FIRST + day) as usize];
        prop_assume!(at(0) > 2.0 * ONE_IN_A_THOUSAND);
        for day in 0..DOUBT {
            prop_assert!(at(day) > ONE_IN_A_THOUSAND, "day {day}: {} after {}", at(day), at(0));
        }
        prop_assert!(at(ACCEPTED) < 3.0, "after {ACCEPTED} days still {}", at(ACCEPTED));
    }

    #[test]
    fn one_day_teaches_no_more_the_more_is_done(
        usual in 0_u64..12,
        much in 500_u64..2_000,
        times in 2_u64..5,
    ) {
        let probe = (usual + 4) * 6;
        let after = |most: u64| {
            surprises(FIRST + 2, usual, &|day| match day {
                FIRST => Some(most),
                day if day > FIRST => Some(probe),
                _ => None,
            })
        };
        let (much, more) = (after(much), after(much * times));
        let last = (FIRST + 1) as usize;
        prop_assert_eq!(much[last].to_bits(), more[last].to_bits());
    }
}

#[test]
fn what_comes_with_every_month_is_known_after_some_of_them() {
    let monthly = |day: i32| (day >= FIRST && (day - FIRST) % 21 == 0).then_some(60);
    let found = surprises(FIRST + 21 * 8 + 1, 3, &monthly);
    let at = |month: i32| found[(FIRST + 21 * month) as usize];
    assert!(at(0) > 2.0 * ONE_IN_A_THOUSAND, "{}", at(0));
    assert!(at(1) > 3.0 && at(1) > at(4), "{} and {}", at(1), at(4));
    assert!(at(4) < 0.5 * at(0), "{} after {}", at(4), at(0));
    assert!(at(8) <= at(4), "{} after {}", at(8), at(4));
}

#[test]
fn the_wait_is_as_long_as_settling_in() {
    assert_eq!(i32::from(Settings::default().settle_days), DOUBT);
}

/// All scores of the last day, of people who print 40 pages a day from their day on.
fn scores_of(days: i32, from: &dyn Fn(usize) -> Option<i32>) -> Vec<DayScore> {
    let mut profiles = Profiles::new(Settings::default());
    let names: Vec<String> = (0..PEOPLE).map(|who| format!("p{who:02}")).collect();
    let mut scores = Vec::new();
    for day in 0..days {
        let done: Vec<DayActivity> = (0..PEOPLE)
            .map(|who| {
                let mut done = usual(who, day);
                if from(who).is_some_and(|from| day >= from) {
                    add(&mut done, Action::Print, 40);
                }
                done
            })
            .collect();
        let rows: Vec<SubjectDay<'_>> = (0..PEOPLE)
            .map(|who| SubjectDay {
                subject: &names[who],
                peers: if who < PEOPLE / 2 { CLERK } else { PRINTER },
                activity: &done[who],
                context: DayContext::default(),
            })
            .collect();
        scores = profiles.score_day(Day(day), &rows);
    }
    scores
}

#[test]
fn what_only_repeats_an_excess_hides_nobody_who_begins_one() {
    // Five repeat their excess for the ninth day: of the window's person-days theirs are one in thirty.
    let begins = FIRST + 8;
    let scores = scores_of(begins + 1, &|who| match who {
        0 => Some(begins),
        1..=5 => Some(FIRST),
        _ => None,
    });
    let of = |name: &str| scores.iter().find(|s| s.subject == name).unwrap();
    assert!(
        of("p00").p < 0.015,
        "who begins is ranked among beginnings: {}",
        of("p00").p
    );
    for name in ["p01", "p02", "p03", "p04", "p05"] {
        assert!(of(name).p > 0.03, "{name} repeats: {}", of(name).p);
        assert!(of(name).p < 0.05, "{name} is still visible: {}", of(name).p);
    }
    assert_eq!(scores[0].subject, "p00", "the new comes first");
}

#[test]
fn what_grows_is_no_repetition() {
    let grown = |more: bool| {
        let plan = |day: i32| (day >= FIRST).then_some(if more && day == FIRST + 5 { 120 } else { 40 });
        let scores = run(FIRST + 6, explaining(), &|day| {
            Some((CLERK, DayContext::default(), plan(day).unwrap_or(0)))
        });
        scores[(FIRST + 5) as usize].1.p
    };
    assert!(
        grown(true) < 0.5 * grown(false),
        "{} and {}",
        grown(true),
        grown(false)
    );
}

#[test]
fn people_stand_in_the_order_of_their_p_values() {
    let scores = scores_of(FIRST + 3, &|who| (who < 3).then_some(FIRST + who as i32));
    assert!(
        scores
            .windows(2)
            .all(|two| two[0].p <= two[1].p && two[0].order >= two[1].order)
    );
    assert!(scores[0].p < scores[PEOPLE - 1].p);
}

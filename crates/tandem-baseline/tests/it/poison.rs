//! Nobody makes the unusual usual by doing it a few times; what lasts is accepted in the end, and what comes every month too.

use proptest::prelude::*;
use tandem_baseline::{DayContext, Settings};

use super::change::{CLERK, explaining, print_surprise, run};
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

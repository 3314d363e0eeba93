//! Figures about how long things took, that point at nobody.

use proptest::prelude::*;
use tandem_casework::clock::Clock;
use tandem_casework::report::{CASES_LEAST, Figure, Group, Timing, figures};
use tandem_domain::Department;

use crate::make::{DAY, HOUR, Play, targets};

fn timing(kind: &str, side: Department, hours: i64) -> Timing {
    Timing {
        clock: Clock::Share,
        kind: kind.to_owned(),
        side: Some(side),
        elapsed: hours * HOUR,
        running: false,
        late: hours > 8,
    }
}

fn many(kind: &str, side: Department, hours: impl IntoIterator<Item = i64>) -> Vec<Timing> {
    hours.into_iter().map(|h| timing(kind, side, h)).collect()
}

fn of(kind: &str, side: Department) -> Group {
    Group::Of {
        kind: kind.to_owned(),
        side: Some(side),
    }
}

fn one<'a>(all: &'a [Figure], group: &Group) -> &'a Figure {
    all.iter().find(|figure| figure.group == *group).unwrap()
}

#[test]
fn median_ninetieth_and_late_ones_are_counted_by_kind_and_department() {
    let mut all = many("fraud", Department::It, 1..=10);
    all.extend(many("fraud", Department::Corporate, [2, 2, 2, 2, 12]));
    let made = figures(&all).figures;
    let it = one(&made, &of("fraud", Department::It));
    // 1 to 10: definition 7 of Hyndman and Fan gives 5.5 and 9.1.
    assert_eq!(it.median, Some(5 * HOUR + HOUR / 2));
    assert_eq!(it.ninetieth, Some(9 * HOUR + HOUR / 10));
    assert_eq!((it.cases, it.late, it.running), (10, 2, 0));
    let corporate = one(&made, &of("fraud", Department::Corporate));
    assert_eq!((corporate.median, corporate.late), (Some(2 * HOUR), 1));
    assert_eq!(one(&made, &Group::All).cases, 15);
    assert_eq!(made.len(), 3);
}

#[test]
fn what_still_runs_counts_as_a_case_and_not_as_a_time() {
    let mut all = many("fraud", Department::It, [1, 2, 3, 4, 5]);
    all.push(Timing {
        running: true,
        late: true,
        ..timing("fraud", Department::It, 100)
    });
    let made = figures(&all).figures;
    let whole = one(&made, &Group::All);
    assert_eq!(
        (whole.cases, whole.running, whole.late, whole.median),
        (6, 1, 1, Some(3 * HOUR))
    );
    let running: Vec<Timing> = all
        .iter()
        .map(|one| Timing {
            running: true,
            ..one.clone()
        })
        .collect();
    assert_eq!(figures(&running).figures[0].median, None);
}

#[test]
fn few_cases_are_kept_back_and_cannot_be_got_by_subtracting() {
    let few = many("fraud", Department::It, 1..=4);
    let made = figures(&few);
    assert_eq!(made.figures, []);
    assert_eq!(made.kept_back.get(&Clock::Share), Some(&4));

    // Two sabotage cases beside five of fraud: the groups would tell them by subtracting.
    let mut all = many("fraud", Department::It, 1..=5);
    all.extend(many("sabotage", Department::It, 1..=2));
    let groups: Vec<Group> = figures(&all).figures.into_iter().map(|f| f.group).collect();
    assert_eq!(groups, [Group::All]);
    // With a third kind, the smallest of the shown goes in with them.
    all.extend(many("misuse", Department::It, 1..=9));
    let made = figures(&all).figures;
    assert_eq!(made.len(), 3);
    assert_eq!(one(&made, &of("misuse", Department::It)).cases, 9);
    assert_eq!(one(&made, &Group::Rest).cases, 7);
}

#[test]
fn a_case_gives_its_clocks_and_a_merged_one_none() {
    let mut play = Play::begin();
    play.wait(3 * DAY);
    let timings = Timing::of_case(&play.case, &targets(), play.now);
    let share = timings.iter().find(|one| one.clock == Clock::Share).unwrap();
    assert!(share.running && share.late);
    assert_eq!(share.side, Some(Department::It));
    play.case.merged_into = Some(play.case.id.clone());
    assert_eq!(Timing::of_case(&play.case, &targets(), play.now), []);
}

proptest! {
    #[test]
    fn nobody_is_left_over_in_a_small_group(
        rows in prop::collection::vec((0..4_u8, any::<bool>(), 0..50_i64, any::<bool>()), 0..60)
    ) {
        let all: Vec<Timing> = rows
            .iter()
            .map(|(kind, it, hours, running)| Timing {
                running: *running,
                ..timing(&format!("k{kind}"), if *it { Department::It } else { Department::Corporate }, *hours)
            })
            .collect();
        let made = figures(&all).figures;
        let total: u64 = made.iter().filter(|f| f.group == Group::All).map(|f| f.cases).sum();
        let parts: u64 = made.iter().filter(|f| f.group != Group::All).map(|f| f.cases).sum();
        for figure in &made {
            prop_assert!(figure.cases >= CASES_LEAST as u64);
            prop_assert!(figure.median.is_none() || figure.median <= figure.ninetieth);
        }
        prop_assert!(parts == 0 || parts == total);
    }
}

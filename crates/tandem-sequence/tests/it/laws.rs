//! What always holds, whatever happens.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use tandem_domain::{Day, Timestamp};
use tandem_sequence::{
    AccountDay, DayMarks, DayOutcome, EmploymentFact, FactStep, Found, Occurrence, Sequence, Sequencer,
    SequencerState, Sequences,
};

const HOUR: i64 = 3_600_000_000;
const DAYS: i32 = 12;

/// One sequence of each kind.
fn book() -> Arc<Sequences> {
    let head = |id: &str, key: &str, within: &str| {
        format!(
            "id: {id}\ntitle: {id}\nshown_as: {id}\ndescription: a test\nthreats: [leakage]\nlevel: low\nkey: {key}\nwithin: {within}\nsteps:\n"
        )
    };
    let step = |name: &str, more: &str| {
        format!(
            "  - name: {name}\n    says: \"{{object}} {{count}}\"\n    stage: means\n{more}    any: [{{act: file_read}}]\n"
        )
    };
    let object = head("by-object", "object", "3d")
        + &step("one", "")
        + &step("two", "    optional: true\n")
        + &step("three", "    enough: true\n")
        + &step("four", "    other_than: {step: one, in: [account, device]}\n");
    let subject = head("by-subject", "subject", "4d")
        + "  - name: one\n    says: x\n    stage: motive\n    fact: notice_given\n    optional: true\n"
        + &step("two", "    mass: {objects: 3, items: 50, during: 1d}\n")
        + &step("three", "")
        + &step("four", "    dormant: 2d\n    optional: true\n")
        + &step("five", "");
    let (book, errors) = Sequences::load([("a.yml", object.as_str()), ("b.yml", subject.as_str())]);
    assert!(errors.is_empty(), "{errors:?}");
    Arc::new(book)
}

/// One thing that happens.
#[derive(Debug, Clone)]
struct Happening {
    subject: u8,
    account: u8,
    hour: i64,
    /// 0 to 3 are steps of `by-object`, 4 to 7 of `by-subject`, 8 is a fact, 9 no step of anything.
    step: u8,
    object: u64,
    other: Option<u64>,
    device: u32,
    items: u32,
}

fn happening() -> impl Strategy<Value = Happening> {
    (
        0..3_u8,
        0..2_u8,
        0..i64::from(DAYS) * 24,
        0..10_u8,
        0..6_u64,
        proptest::option::of(0..6_u64),
        0..3_u32,
        0..30_u32,
    )
        .prop_map(
            |(subject, account, hour, step, object, other, device, items)| Happening {
                subject,
                account,
                hour,
                step,
                object,
                other,
                device,
                items,
            },
        )
}

const STEPS: [&str; 10] = [
    "by-object#one",
    "by-object#two",
    "by-object#three",
    "by-object#four",
    "by-subject#two",
    "by-subject#three",
    "by-subject#four",
    "by-subject#five",
    "fact",
    "gone#step",
];

/// What happens, by day.
fn days(all: &[Happening]) -> BTreeMap<Day, (Vec<AccountDay>, Vec<FactStep>)> {
    let mut marks: BTreeMap<Day, BTreeMap<(String, String), DayMarks>> = BTreeMap::new();
    let mut facts: BTreeMap<Day, Vec<FactStep>> = BTreeMap::new();
    for one in all {
        let time = Timestamp(one.hour * HOUR);
        let subject = format!("S{}", one.subject);
        let step = STEPS[usize::from(one.step)];
        if step == "fact" {
            let fact = EmploymentFact::NoticeGiven;
            facts
                .entry(time.day())
                .or_default()
                .push(FactStep { subject, fact, time });
            continue;
        }
        let act = Occurrence {
            time,
            // The same in whatever order they are given.
            event: (u128::from(one.object) << 64)
                + u128::from(one.hour as u64) * 1_000
                + u128::from(one.step) * 10
                + u128::from(one.account)
                + 1,
            keys: [Some(one.object + 1), one.other.map(|other| other + 1)]
                .into_iter()
                .flatten()
                .collect(),
            object: format!("o{}", one.object),
            class: 1001,
            device: one.device,
            items: one.items,
        };
        let account = format!("{subject}-{}", one.account);
        let of = marks
            .entry(time.day())
            .or_default()
            .entry((subject, account))
            .or_default();
        of.add(step, one.object + 1, act);
    }
    let mut all: BTreeMap<Day, (Vec<AccountDay>, Vec<FactStep>)> = BTreeMap::new();
    for (day, accounts) in marks {
        let accounts = accounts
            .into_iter()
            .map(|((subject, account), marks)| AccountDay {
                subject,
                account,
                active: true,
                marks,
            });
        all.entry(day).or_default().0 = accounts.collect();
    }
    for (day, facts) in facts {
        all.entry(day).or_default().1 = facts;
    }
    all
}

fn run(
    sequencer: &mut Sequencer,
    days: &BTreeMap<Day, (Vec<AccountDay>, Vec<FactStep>)>,
) -> Vec<(Day, DayOutcome)> {
    days.iter()
        .map(|(day, (accounts, facts))| (*day, sequencer.run_day(*day, accounts, facts)))
        .collect()
}

fn outcomes(all: &[Happening]) -> Vec<(Day, DayOutcome)> {
    run(&mut Sequencer::new(book()), &days(all))
}

fn kept(sequencer: &Sequencer) -> SequencerState {
    // As a snapshot keeps it.
    let bytes = postcard::to_allocvec(sequencer.state()).unwrap();
    postcard::from_bytes(&bytes).unwrap()
}

fn lawful(sequence: &Sequence, found: &Found) -> Result<(), TestCaseError> {
    let reached = &found.chain.reached;
    prop_assert!(reached.is_sorted_by(|a, b| a.time <= b.time && a.step < b.step));
    prop_assert!(found.chain.last().0 - found.chain.first().0 <= sequence.within);
    let last = reached.last().map(|last| usize::from(last.step));
    prop_assert!(last >= Some(sequence.enough()));
    prop_assert_eq!(found.chain.complete, last == Some(sequence.last()));
    for (at, step) in sequence.steps.iter().enumerate() {
        let is_there = reached.iter().any(|reached| usize::from(reached.step) == at);
        let due = last.is_some_and(|last| at <= last) && !step.optional;
        prop_assert!(is_there || !due, "step {at} is missing");
    }
    let mut events: Vec<_> = reached.iter().filter_map(|reached| reached.id()).collect();
    let before = events.len();
    events.sort_unstable();
    events.dedup();
    prop_assert_eq!(before, events.len(), "one event is one step");
    prop_assert!(before > 0);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_chain_is_in_order_and_within_its_time_and_nothing_needed_is_missing(
        all in proptest::collection::vec(happening(), 0..120)
    ) {
        let book = book();
        for (day, outcome) in outcomes(&all) {
            let mut told: Vec<_> = Vec::new();
            for found in &outcome.found {
                lawful(book.get(&found.chain.sequence).unwrap(), found)?;
                prop_assert_eq!(found.chain.last().day(), day);
                told.push((&found.chain.subject, &found.chain.sequence));
            }
            let before = told.len();
            told.sort();
            told.dedup();
            prop_assert_eq!(before, told.len(), "one of each subject and sequence a day");
            for open in &outcome.open {
                prop_assert!(open.reached.len() >= 2 && !open.complete);
            }
        }
    }

    #[test]
    fn a_restored_state_goes_on_as_if_nothing_had_been_between(
        all in proptest::collection::vec(happening(), 0..120),
        at in 0..DAYS
    ) {
        let days = days(&all);
        let whole = run(&mut Sequencer::new(book()), &days);
        let (mut first, mut second) = (days.clone(), days);
        first.retain(|day, _| day.0 < at);
        second.retain(|day, _| day.0 >= at);
        let mut sequencer = Sequencer::new(book());
        let mut parts = run(&mut sequencer, &first);
        let mut sequencer = Sequencer::restore(book(), kept(&sequencer));
        parts.extend(run(&mut sequencer, &second));
        prop_assert_eq!(whole, parts);
    }

    #[test]
    fn the_order_in_which_a_day_is_given_changes_nothing(
        all in proptest::collection::vec(happening(), 0..120),
        seed in any::<u64>()
    ) {
        let mut other = all.clone();
        // A fixed shuffle is enough: the law is over all of them.
        other.sort_by_key(|one| (one.hour as u64 ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(one.step));
        let mut turned = days(&other);
        turned.values_mut().for_each(|(accounts, facts)| {
            accounts.reverse();
            facts.reverse();
        });
        prop_assert_eq!(outcomes(&all), run(&mut Sequencer::new(book()), &turned));
    }

    #[test]
    fn one_subject_changes_nothing_for_another(
        all in proptest::collection::vec(happening(), 0..120)
    ) {
        let own: Vec<_> = all.iter().filter(|one| one.subject == 0).cloned().collect();
        let of = |outcomes: Vec<(Day, DayOutcome)>| {
            let mut found = Vec::new();
            for (_, outcome) in outcomes {
                found.extend(outcome.found.into_iter().filter(|found| found.chain.subject == "S0"));
            }
            found
        };
        prop_assert_eq!(of(outcomes(&all)), of(outcomes(&own)));
    }

    #[test]
    fn what_is_no_step_changes_nothing(
        all in proptest::collection::vec(happening(), 0..120)
    ) {
        // It still says that an account is not dormant, so the accounts stay active; only the marks go.
        let with = days(&all);
        let mut without = with.clone();
        for (accounts, _) in without.values_mut() {
            for account in accounts {
                let mut steps = DayMarks::default();
                for (step, acts) in account.marks.steps().filter(|(step, _)| !step.starts_with("gone")) {
                    for act in acts {
                        steps.add(step, act.keys[0], act.clone());
                    }
                }
                account.marks = steps;
            }
        }
        prop_assert_eq!(run(&mut Sequencer::new(book()), &with), run(&mut Sequencer::new(book()), &without));
    }
}

#[test]
fn what_is_kept_is_bounded_whatever_comes() {
    let mut sequencer = Sequencer::new(book());
    let mut sizes = Vec::new();
    for day in 0..40_i64 {
        let mut marks = DayMarks::default();
        for n in 0..20_000_u64 {
            let object = (n + day as u64 * 20_000).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let act = Occurrence {
                time: Timestamp(day * 24 * HOUR + n as i64 * 1_000),
                event: u128::from(object) + 1,
                keys: vec![object],
                object: "o".repeat(120),
                class: 1,
                device: 1,
                items: 1,
            };
            marks.add(STEPS[(n % 8) as usize], object, act);
        }
        assert!(
            marks.encode().unwrap().len() < 600_000,
            "{}",
            marks.encode().unwrap().len()
        );
        let accounts = [AccountDay {
            subject: "S".into(),
            account: "a".into(),
            active: true,
            marks,
        }];
        let fact = FactStep {
            subject: "S".into(),
            fact: EmploymentFact::NoticeGiven,
            time: Timestamp(day * 24 * HOUR),
        };
        sequencer.run_day(Day(day as i32), &accounts, &[fact]);
        assert!(sequencer.state().followed() <= 33);
        sizes.push(postcard::to_allocvec(sequencer.state()).unwrap().len());
    }
    assert!(sizes.iter().all(|size| *size < 24_000), "{sizes:?}");
    // And after some quiet days nothing is left but when the account was last seen.
    sequencer.run_day(Day(200), &[], &[]);
    assert_eq!(sequencer.state().followed(), 0);
}

#[test]
fn a_changed_sequence_begins_anew_and_another_one_goes_on() {
    let all: Vec<_> = [(0, 4), (1, 4), (2, 4)]
        .into_iter()
        .map(|(object, step)| Happening {
            subject: 0,
            account: 0,
            hour: 1,
            step,
            object,
            other: None,
            device: 1,
            items: 0,
        })
        .collect();
    let mut sequencer = Sequencer::new(book());
    run(&mut sequencer, &days(&all));
    assert_eq!(sequencer.state().followed(), 1);
    let (other, _) = Sequences::load([]);
    let emptied = Sequencer::restore(Arc::new(other), kept(&sequencer));
    assert_eq!(emptied.state().followed(), 0);
    assert_eq!(Sequencer::restore(book(), kept(&sequencer)).state().followed(), 1);
}

#[test]
fn an_account_that_is_only_acted_upon_stays_dormant() {
    let text = "id: woken
title: t
description: d
threats: [misuse]
level: low
key: subject
within: 1d
steps:
  - {name: woke, says: w, stage: means, dormant: 45d, any: [{act: logon}]}
  - {name: used, says: u, stage: infringement, any: [{act: file_read}]}
";
    let (book, errors) = Sequences::load([("w.yml", text)]);
    assert!(errors.is_empty(), "{errors:?}");
    let book = Arc::new(book);
    let found = |between: Option<bool>| {
        let mut sequencer = Sequencer::new(Arc::clone(&book));
        let mut run = |day: i32, active: bool, steps: &[&str]| {
            let mut marks = DayMarks::default();
            for (n, step) in steps.iter().enumerate() {
                let act = Occurrence {
                    time: Timestamp(Day(day).start().0 + n as i64),
                    event: day as u128 * 10 + n as u128 + 1,
                    keys: Vec::new(),
                    object: String::new(),
                    class: 3002,
                    device: 0,
                    items: 0,
                };
                marks.add(step, 0, act);
            }
            let account = AccountDay {
                subject: "S".into(),
                account: "old".into(),
                active,
                marks,
            };
            sequencer.run_day(Day(day), &[account], &[]).found.len()
        };
        run(1, true, &[]);
        if let Some(active) = between {
            run(55, active, &[]);
        }
        run(60, true, &["woken#woke", "woken#used"])
    };
    assert_eq!(found(None), 1);
    assert_eq!(found(Some(false)), 1, "a right given to it does not wake it");
    assert_eq!(found(Some(true)), 0, "use does");
}

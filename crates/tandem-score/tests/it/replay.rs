//! Past queues filled again: the same settings give the same queue, other settings give what they would have given.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tandem_domain::{Day, Indicator, IndicatorGroup, SubjectId, Verdict};
use tandem_score::{
    DayInput, Model, PersonDay, QueueConfig, QueueState, Tuning, Verdicts, compare, explain, fill_day,
    is_live, is_technical,
};

use crate::laws::any_indicator;
use crate::worked_example::indicator;

type Everybody = BTreeMap<SubjectId, Vec<Indicator>>;

const DAYS: i32 = 60;

fn everybody() -> impl Strategy<Value = Everybody> {
    const GROUPS: &[IndicatorGroup] = &[
        IndicatorGroup::Behaviour,
        IndicatorGroup::Fact,
        IndicatorGroup::Fact,
        IndicatorGroup::Employment,
        IndicatorGroup::Mitigation,
    ];
    let one = prop::collection::vec(any_indicator(GROUPS), 0..8);
    prop::collection::vec(one, 1..12).prop_map(|people| {
        let mut all = Everybody::new();
        for (number, mut indicators) in people.into_iter().enumerate() {
            for indicator in &mut indicators {
                // Most of it in the days that are looked at.
                indicator.time = Day(indicator.time.day().0 % (DAYS + 10)).start();
                indicator.known = indicator.time;
            }
            all.insert(SubjectId(format!("S-{number}")), indicators);
        }
        all
    })
}

fn replay(
    tuning: &Tuning,
    state: QueueState,
    days: &[DayInput],
    verdicts: &Verdicts,
    all: &Everybody,
) -> Vec<tandem_domain::Alert> {
    tandem_score::replay(tuning, state, days, verdicts, all, || true).unwrap()
}

fn tuning(per_1000: f64) -> Tuning {
    Tuning {
        model: Model::default(),
        queue: QueueConfig {
            per_1000,
            ..QueueConfig::default()
        },
    }
}

fn inputs(all: &Everybody, model: &Model) -> Vec<DayInput> {
    (0..DAYS)
        .map(|day| DayInput {
            day: Day(day),
            population: 200,
            people: all
                .iter()
                .filter(|(_, list)| {
                    list.iter()
                        .any(|i| is_technical(i) && is_live(model, i, Day(day)))
                })
                .map(|(subject, _)| PersonDay {
                    subject: subject.clone(),
                    exposure: 1.0,
                    slow: f64::from(day % 5),
                    behaviour_rank: 1,
                })
                .collect(),
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// As the analysis does it: one day after the other, what became known so far, forgetting as it goes.
    #[test]
    fn no_change_reproduces_the_queue_exactly(all in everybody(), per_1000 in 1.0..20.0_f64, cut in 1..DAYS) {
        let tuning = tuning(per_1000);
        let days = inputs(&all, &tuning.model);
        let mut verdicts = Verdicts::default();
        for day in [1, 2, 3, 4] {
            verdicts.add(SubjectId("S-0".into()), Day(day), Day(day + 1).start(), Verdict::Benign);
        }
        let mut live = Everybody::new();
        let mut state = QueueState::default();
        let (mut was, mut state_at_cut) = (Vec::new(), QueueState::default());
        for input in &days {
            if input.day.0 == cut {
                state_at_cut = state.clone();
            }
            for (subject, list) in &all {
                let fresh = list.iter().filter(|i| i.known.day() == input.day).cloned();
                live.entry(subject.clone()).or_default().extend(fresh);
            }
            for list in live.values_mut() {
                list.retain(|i| is_live(&tuning.model, i, input.day));
            }
            let of = |s: &SubjectId| live.get(s).map_or(&[][..], Vec::as_slice);
            let said = fill_day(&tuning, &mut state, input, &verdicts, of, |_| {});
            for alert in &said {
                let explained = explain(&tuning.model, of(&alert.subject), 1.0, input.day.end());
                prop_assert_eq!(explained.score.to_bits(), alert.score.to_bits());
            }
            was.extend(said);
        }
        let again = replay(&tuning, QueueState::default(), &days, &verdicts, &all);
        prop_assert_eq!(&again, &was);
        // Also from the middle, with the state that was left.
        let rest = &days[cut as usize..];
        let later = replay(&tuning, state_at_cut, rest, &verdicts, &all);
        let expected: Vec<_> = was.iter().filter(|a| a.day.0 >= cut).cloned().collect();
        prop_assert_eq!(&later, &expected);
        prop_assert!(compare(&was, &again).iter().all(|d| d.entering.is_empty() && d.leaving.is_empty()));
    }

    #[test]
    fn a_larger_budget_never_lets_fewer_in(all in everybody(), per_1000 in 1.0..10.0_f64) {
        let days = inputs(&all, &Model::default());
        let of = |per_1000| {
            let tuning = tuning(per_1000);
            replay(&tuning, QueueState::default(), &days[..1], &Verdicts::default(), &all).len()
        };
        prop_assert!(of(per_1000 * 2.0) >= of(per_1000));
    }
}

#[test]
fn other_weights_give_another_queue_and_the_difference_is_told() {
    let mut all = Everybody::new();
    let fact = |id, detector: &str| indicator(id, IndicatorGroup::Fact, detector, 3, 12.0);
    all.insert(SubjectId("S-LOUD".into()), vec![fact(1, "rule:loud")]);
    all.insert(SubjectId("S-STILL".into()), vec![fact(2, "rule:still")]);
    let mut changed = tuning(5.0);
    changed.queue.slow_burn_share = 0.0;
    let mut was = changed.clone();
    was.model.detectors.insert("rule:still".into(), 0.9);
    changed.model.detectors.insert("rule:loud".into(), 0.5);
    let days = &inputs(&all, &was.model)[3..4];
    let queue = |tuning: &Tuning| replay(tuning, QueueState::default(), days, &Verdicts::default(), &all);
    let (before, after) = (queue(&was), queue(&changed));
    let differences = compare(&before, &after);
    assert_eq!(differences.len(), 1);
    assert_eq!(differences[0].day, Day(3));
    assert_eq!(differences[0].entering, [SubjectId("S-STILL".into())]);
    assert_eq!(differences[0].leaving, [SubjectId("S-LOUD".into())]);
    assert!(differences[0].both.is_empty());
}

#[test]
fn a_switched_off_detector_makes_no_day_fresh() {
    let mut all = Everybody::new();
    let list = vec![
        indicator(1, IndicatorGroup::Fact, "rule:a", 0, 20.0),
        indicator(2, IndicatorGroup::Fact, "rule:b", 3, 12.0),
    ];
    all.insert(SubjectId("S-A".into()), list);
    let days = &inputs(&all, &Model::default())[3..4];
    let mut off = tuning(1_000.0);
    off.model.detectors.insert("rule:b".into(), 0.0);
    off.queue.slow_burn_share = 0.0;
    assert!(replay(&off, QueueState::default(), days, &Verdicts::default(), &all).is_empty());
    let on = tuning(1_000.0);
    assert_eq!(
        replay(&on, QueueState::default(), days, &Verdicts::default(), &all).len(),
        1
    );
}

#[test]
fn a_replay_stops_when_it_is_told_to() {
    let all = Everybody::new();
    let days = inputs(&all, &Model::default());
    let mut left = 3;
    let stopped = tandem_score::replay(
        &tuning(1.0),
        QueueState::default(),
        &days,
        &Verdicts::default(),
        &all,
        || {
            left -= 1;
            left > 0
        },
    );
    assert_eq!((stopped, left), (None, 0));
}

//! The hard rules, for any evidence.

use proptest::prelude::*;
use tandem_domain::{Day, Indicator, IndicatorGroup, Stage, Timestamp};
use tandem_score::{Model, explain, is_live, score};

use crate::worked_example::indicator;

const EPSILON: f64 = 1e-9;

pub fn any_indicator(groups: &'static [IndicatorGroup]) -> impl Strategy<Value = Indicator> {
    (
        any::<u64>(),
        prop::sample::select(groups),
        0..4_u8,
        0..200_i32,
        0.0..25.0_f64,
        0..6_usize,
        0..100_i32,
    )
        .prop_map(|(id, group, detector, day, weight, stage, known_later)| {
            let weight = if group == IndicatorGroup::Mitigation {
                -weight
            } else {
                weight
            };
            let mut made = indicator(u128::from(id), group, &format!("d{detector}"), day, weight);
            made.stage = Stage::ALL.get(stage).copied();
            if known_later > 80 {
                made.known = Day(day + known_later - 80).start();
            }
            made
        })
}

pub fn any_evidence() -> impl Strategy<Value = Vec<Indicator>> {
    prop::collection::vec(any_indicator(IndicatorGroup::ALL), 0..25)
}

/// Any model that the settings allow.
pub fn any_model() -> impl Strategy<Value = Model> {
    let fading = || (0.0..=60.0_f64, 0.0..=1.0_f64, 0.0..=3.0_f64);
    let holding = || (0.0..=60.0_f64, 0.0..=3.0_f64);
    let detectors = prop::collection::btree_map("d[0-3]", 0.0..=3.0_f64, 0..3);
    (
        1.0..=365.0_f64,
        [fading(), fading(), fading(), fading(), fading()],
        [holding(), holding()],
        prop::array::uniform4(0.0..=10.0_f64),
        detectors,
    )
        .prop_map(|(longest, fading, holding, steps, detectors)| {
            let mut model = Model {
                detectors,
                ..Model::default()
            };
            let groups = &mut model.groups;
            let all = [
                &mut groups.behaviour,
                &mut groups.fact,
                &mut groups.red_flag,
                &mut groups.hotline,
                &mut groups.mitigation,
            ];
            for (group, (cap, share, factor)) in all.into_iter().zip(fading) {
                (group.cap, group.factor) = (cap, factor);
                group.half_life_days = 1.0 + (longest - 1.0) * share;
            }
            groups.mitigation.half_life_days = longest;
            for (group, (cap, factor)) in [&mut groups.access, &mut groups.employment]
                .into_iter()
                .zip(holding)
            {
                (group.cap, group.factor) = (cap, factor);
            }
            let [low, medium, high, critical] = steps;
            model.levels.low = low;
            model.levels.medium = low + medium;
            model.levels.high = low + medium + high;
            model.levels.critical = low + medium + high + critical;
            model
        })
}

const HUMAN_GROUPS: &[IndicatorGroup] = &[
    IndicatorGroup::Employment,
    IndicatorGroup::RedFlag,
    IndicatorGroup::Hotline,
    IndicatorGroup::Access,
];

fn total(evidence: &[Indicator], at: Timestamp) -> f64 {
    score(&Model::default(), evidence, 0.0, at)
}

proptest! {
    #[test]
    fn human_side_facts_alone_never_open_an_alert(
        evidence in prop::collection::vec(any_indicator(HUMAN_GROUPS), 0..40), day in 0..300_i32, exposure in -9.0..99.0_f64,
    ) {
        let explanation = explain(&Model::default(), &evidence, exposure, Day(day).start());
        prop_assert!(!explanation.alert_gate.open);
        prop_assert!(explanation.score <= -30.0 + 5.0 + 12.0 + 8.0 + EPSILON);
    }

    #[test]
    fn rows_add_up_to_the_score(evidence in any_evidence(), day in 0..300_i32, exposure in 0.0..5.0_f64) {
        let explanation = explain(&Model::default(), &evidence, exposure, Day(day).start());
        let sum: f64 = explanation.rows.iter().map(|row| row.contribution).sum();
        prop_assert!((sum - explanation.score).abs() < 1e-6, "{sum} against {}", explanation.score);
    }

    #[test]
    fn more_evidence_never_lowers_the_score(
        evidence in any_evidence(),
        more in any_indicator(&[IndicatorGroup::Behaviour, IndicatorGroup::Fact, IndicatorGroup::Access,
            IndicatorGroup::Employment, IndicatorGroup::RedFlag, IndicatorGroup::Hotline]),
        day in 0..300_i32,
    ) {
        let at = Day(day).start();
        let before = total(&evidence, at);
        let mut evidence = evidence;
        evidence.push(more);
        prop_assert!(total(&evidence, at) >= before - EPSILON);
    }

    #[test]
    fn more_mitigation_never_raises_the_score(
        evidence in any_evidence(), more in any_indicator(&[IndicatorGroup::Mitigation]), day in 0..300_i32,
    ) {
        let at = Day(day).start();
        let before = total(&evidence, at);
        let mut evidence = evidence;
        evidence.push(more);
        prop_assert!(total(&evidence, at) <= before + EPSILON);
    }

    #[test]
    fn time_alone_never_raises_the_score(evidence in any_evidence(), hours in 1..3000_i64) {
        // After the last indicator became known nothing new arrives.
        let last = evidence.iter().map(|i| i.time.max(i.known)).max().unwrap_or_default();
        let later = last.plus_micros(hours * 3_600_000_000);
        prop_assert!(total(&evidence, later) <= total(&evidence, last) + EPSILON);
    }

    #[test]
    fn the_same_holds_for_whatever_model_the_settings_allow(
        model in any_model(),
        evidence in any_evidence(),
        human in prop::collection::vec(any_indicator(HUMAN_GROUPS), 0..20),
        more in any_indicator(&[IndicatorGroup::Behaviour, IndicatorGroup::Fact, IndicatorGroup::Access]),
        hours in 1..20_000_i64,
        heavier in 0.0..5.0_f64,
    ) {
        prop_assert!(model.fault().is_none(), "{:?}", model.fault());
        let last = evidence.iter().map(|i| i.time.max(i.known)).max().unwrap_or_default();
        let at_last = explain(&model, &evidence, 0.0, last);
        let sum: f64 = at_last.rows.iter().map(|row| row.contribution).sum();
        prop_assert!((sum - at_last.score).abs() < 1e-6, "{sum} against {}", at_last.score);
        let later = last.plus_micros(hours * 3_600_000_000);
        prop_assert!(score(&model, &evidence, 0.0, later) <= at_last.score + EPSILON);
        prop_assert!(!explain(&model, &human, 5.0, Day(300).start()).alert_gate.open);
        let mut extended = evidence.clone();
        extended.push(more.clone());
        let with_more = score(&model, &extended, 0.0, last);
        prop_assert!(with_more >= at_last.score - EPSILON);
        if let Some(added) = extended.last_mut() {
            added.weight += heavier;
        }
        prop_assert!(score(&model, &extended, 0.0, last) >= with_more - EPSILON);
    }

    /// What was learnt first and what last is the same in the end.
    #[test]
    fn the_order_in_which_independent_evidence_arrives_does_not_matter(
        evidence in any_evidence(), days in prop::collection::vec(0..200_i32, 25),
    ) {
        let at = Day(400).start();
        let before = total(&evidence, at);
        let mut evidence = evidence;
        for (indicator, day) in evidence.iter_mut().zip(days) {
            indicator.known = Day(day).start();
        }
        let turn = usize::from(evidence.len() > 1);
        evidence.rotate_left(turn);
        prop_assert_eq!(total(&evidence, at).to_bits(), before.to_bits());
    }

    /// Forgetting leaves no cliff in anybody's history.
    #[test]
    fn what_is_forgotten_no_longer_mattered(evidence in any_evidence(), day in 0..900_i32) {
        let model = Model::default();
        let day = Day(day);
        let mut evidence = evidence;
        for (number, indicator) in evidence.iter_mut().enumerate() {
            indicator.id.0 = number as u128;
        }
        let kept: Vec<_> = evidence.iter().filter(|i| is_live(&model, i, day)).cloned().collect();
        let known = evidence.iter().filter(|i| i.known <= day.end());
        let forgotten = known.count().saturating_sub(kept.iter().filter(|i| i.known <= day.end()).count());
        let (all, rest) = (total(&evidence, day.end()), total(&kept, day.end()));
        // Evidence that is gone can also make room for mitigation, so twice what each had left.
        let most = 2.0 * tandem_score::model::FORGOTTEN * forgotten as f64 + EPSILON;
        prop_assert!((all - rest).abs() <= most, "{all} against {rest}, {forgotten} forgotten");
    }

    #[test]
    fn the_order_of_the_rows_given_does_not_matter(evidence in any_evidence(), day in 0..300_i32) {
        let at = Day(day).start();
        let mut reversed = evidence.clone();
        reversed.reverse();
        prop_assert_eq!(total(&evidence, at).to_bits(), total(&reversed, at).to_bits());
    }

    /// Ids come from pseudonyms, which are drawn at random.
    #[test]
    fn ids_decide_nothing(evidence in any_evidence(), salt in any::<u128>(), days in 1..4_i32) {
        // Few days, so that much happens at the same instant.
        let mut evidence = evidence;
        for indicator in &mut evidence {
            indicator.time = Day(indicator.time.day().0 % days).start();
            indicator.known = indicator.time;
        }
        let renamed = evidence.iter().cloned().map(|mut i| {
            i.id.0 = (i.id.0 ^ salt).reverse_bits();
            i
        });
        let (at, renamed) = (Day(20).start(), renamed.collect::<Vec<_>>());
        prop_assert_eq!(total(&evidence, at).to_bits(), total(&renamed, at).to_bits());
    }

    #[test]
    fn what_becomes_known_later_changes_nothing_before(
        evidence in any_evidence(), more in any_indicator(IndicatorGroup::ALL), earlier in 1..50_i32,
    ) {
        let at = Timestamp(more.known.0 - i64::from(earlier) * 3_600_000_000);
        let before = total(&evidence, at);
        let mut evidence = evidence;
        evidence.push(more);
        prop_assert_eq!(total(&evidence, at).to_bits(), before.to_bits());
    }

    #[test]
    fn one_detector_never_counts_more_than_zeta_times_its_heaviest(days in 1..200_i32, weight in 0.1..8.0_f64) {
        let evidence: Vec<_> = (0..days)
            .map(|day| indicator(day as u128 + 1, IndicatorGroup::Fact, "rule:noisy", day, weight))
            .collect();
        let got = total(&evidence, Day(days).start()) + 30.0;
        prop_assert!(got <= 2.612_375_35 * weight + EPSILON);
    }
}

/// Day by day the score of an employment fact sinks to nothing; it does not fall.
#[test]
fn a_fact_that_ends_leaves_no_step() {
    let mut notice = indicator(1, IndicatorGroup::Employment, "hr:notice_given", 0, 4.0);
    notice.until = Some(Day(90).end());
    let evidence = [notice];
    let history: Vec<f64> = (0..=95).map(|day| total(&evidence, Day(day).end())).collect();
    assert_eq!(history[59], -26.0, "in full until thirty days before its end");
    assert_eq!(history[95], -30.0);
    let steepest = history.windows(2).map(|w| w[0] - w[1]).fold(0.0, f64::max);
    assert!(steepest <= 4.0 / 30.0 + 1e-9, "{steepest}");
}

#[test]
fn states_without_an_end_are_never_forgotten() {
    let right = indicator(1, IndicatorGroup::Access, "access:orphan", 0, 4.0);
    assert!(is_live(&Model::default(), &right, Day(3_000)));
    let mut fact = right.clone();
    fact.group = IndicatorGroup::Fact;
    assert!(is_live(&Model::default(), &fact, Day(200)));
    assert!(!is_live(&Model::default(), &fact, Day(300)));
}

#[test]
fn a_model_that_breaks_a_law_is_refused() {
    let mut model = Model::default();
    assert_eq!(model.fault(), None);
    model.groups.fact.half_life_days = 61.0;
    let (key, value, _) = model.fault().expect("longer than mitigation's");
    assert_eq!(
        (key, value.as_str()),
        ("model.groups.fact", "half_life_days = 61")
    );
    model.groups.mitigation.half_life_days = 61.0;
    assert_eq!(model.fault(), None);
    model.levels.high = 7.0;
    assert_eq!(model.fault().expect("below medium").0, "model.levels");
    let mut model = Model::default();
    model.detectors.insert("behaviour".into(), f64::NAN);
    assert_eq!(model.fault().expect("no number").0, "model.detectors");
}

#[test]
fn evidence_that_ends_no_longer_counts() {
    let mut right = indicator(1, IndicatorGroup::Access, "access:orphan", 0, 4.0);
    right.until = Some(Day(10).start());
    assert_eq!(total(&[right.clone()], Day(9).start()), -26.0);
    assert_eq!(total(&[right], Day(11).start()), -30.0);
}

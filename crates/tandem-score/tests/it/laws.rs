//! The hard rules, for any evidence.

use proptest::prelude::*;
use tandem_domain::{Day, Indicator, IndicatorGroup, Stage, Timestamp};
use tandem_score::{Model, explain, score};

use crate::worked_example::indicator;

const EPSILON: f64 = 1e-9;

fn any_indicator(groups: &'static [IndicatorGroup]) -> impl Strategy<Value = Indicator> {
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

fn any_evidence() -> impl Strategy<Value = Vec<Indicator>> {
    prop::collection::vec(any_indicator(IndicatorGroup::ALL), 0..25)
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

#[test]
fn evidence_that_ends_no_longer_counts() {
    let mut right = indicator(1, IndicatorGroup::Access, "access:orphan", 0, 4.0);
    right.until = Some(Day(10).start());
    assert_eq!(total(&[right.clone()], Day(9).start()), -26.0);
    assert_eq!(total(&[right], Day(11).start()), -30.0);
}

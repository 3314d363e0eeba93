//! The stage filter tells a story that a reader would tell, and looks forward only.

use proptest::prelude::*;
use tandem_domain::{Day, Indicator, IndicatorGroup, Stage};
use tandem_score::{Phase, phases, spans};

use crate::laws::any_evidence;
use crate::worked_example::indicator;

fn fact(id: u128, day: i32, stage: Stage, weight: f64) -> Indicator {
    let mut made = indicator(id, IndicatorGroup::Fact, &format!("rule:{id}"), day, weight);
    made.stage = Some(stage);
    made
}

fn on(days: &[tandem_score::PhaseDay], day: i32) -> Phase {
    days.iter().find(|d| d.day == Day(day)).unwrap().phase
}

#[test]
fn a_story_is_told_in_its_order() {
    let evidence = [
        fact(1, 20, Stage::Means, 8.0),
        fact(2, 30, Stage::Preparation, 8.0),
        fact(3, 31, Stage::Preparation, 12.0),
        fact(4, 33, Stage::Infringement, 12.0),
        fact(5, 34, Stage::AntiForensics, 12.0),
    ];
    let days = phases(&evidence, Day(90).end());
    assert_eq!(on(&days, 18), Phase::Baseline);
    assert_eq!(on(&days, 31), Phase::Preparation);
    assert_eq!(on(&days, 33), Phase::Infringement);
    assert_eq!(on(&days, 34), Phase::Concealment);
    assert_eq!(on(&days, 90), Phase::Baseline, "two quiet months later");
    let spans = spans(&days);
    assert_eq!(spans.first().map(|s| s.phase), Some(Phase::Baseline));
    assert_eq!(spans.last().map(|s| s.to), Some(Day(90)));
    assert!(spans.windows(2).all(|w| w[0].to.plus(1) == w[1].from));
    assert!(
        spans
            .iter()
            .any(|s| s.phase == Phase::Preparation && s.is_clear())
    );
}

#[test]
fn one_light_departure_changes_nothing() {
    let days = phases(
        &[indicator(1, IndicatorGroup::Behaviour, "behaviour", 20, 3.0)],
        Day(30).end(),
    );
    assert!(days.iter().all(|d| d.phase == Phase::Baseline));
}

#[test]
fn human_side_facts_alone_lead_no_further_than_stress() {
    let evidence: Vec<_> = (0..6)
        .map(|n| {
            indicator(
                n,
                IndicatorGroup::Employment,
                &format!("hr:{n}"),
                10 + n as i32,
                4.0,
            )
        })
        .collect();
    let days = phases(&evidence, Day(17).end());
    assert!(
        days.iter()
            .all(|d| matches!(d.phase, Phase::Baseline | Phase::Stress))
    );
    assert_eq!(on(&days, 15), Phase::Stress);
}

#[test]
fn nothing_known_is_no_story_and_a_long_one_is_bounded() {
    assert!(phases(&[], Day(10).end()).is_empty());
    let days = phases(&[fact(1, 0, Stage::Means, 8.0)], Day(5_000).end());
    assert_eq!(days.len(), 400);
}

proptest! {
    #[test]
    fn probabilities_add_up_and_later_days_change_no_earlier_one(
        evidence in any_evidence(), day in 50..300_i32, earlier in 1..40_i32,
    ) {
        let mut evidence = evidence;
        for indicator in &mut evidence {
            indicator.known = indicator.time;
        }
        // A story that begins before both moments, and is not cut.
        evidence.push(fact(u128::MAX, 0, Stage::Means, 8.0));
        let whole = phases(&evidence, Day(day).end());
        for day in &whole {
            let sum: f64 = day.probabilities.iter().sum();
            prop_assert!((sum - 1.0).abs() < 1e-9, "{sum}");
        }
        let before = phases(&evidence, Day(day - earlier).end());
        prop_assert_eq!(&whole[..before.len()], &before[..]);
    }
}

//! One story, day by day, with the numbers a reader can check by hand.

use tandem_domain::{Day, Indicator, IndicatorGroup, IndicatorId, SubjectId, Timestamp};
use tandem_score::{Model, behaviour_weight, explain, fact_weight};

pub fn indicator(id: u128, group: IndicatorGroup, detector: &str, day: i32, weight: f64) -> Indicator {
    let time = Timestamp(Day(day).start().0);
    Indicator {
        id: IndicatorId(id),
        subject: SubjectId("S-TEST".into()),
        time,
        known: time,
        group,
        detector: detector.into(),
        title: detector.into(),
        explanation: detector.into(),
        weight,
        half_life_days: Model::group(group).half_life_days,
        until: None,
        threats: Vec::new(),
        motive: None,
        stage: None,
        object: None,
        techniques: Vec::new(),
        events: Vec::new(),
        event_count: 1,
        impact: 0,
    }
}

fn story() -> Vec<Indicator> {
    vec![
        indicator(1, IndicatorGroup::Employment, "hr:denied_promotion", 0, 3.0),
        indicator(2, IndicatorGroup::RedFlag, "hr:red_flag", 20, 3.0),
        indicator(
            3,
            IndicatorGroup::Behaviour,
            "behaviour",
            35,
            behaviour_weight(0.001),
        ),
        indicator(4, IndicatorGroup::Fact, "rule:dlp", 38, fact_weight("high")),
        indicator(
            5,
            IndicatorGroup::Behaviour,
            "behaviour",
            39,
            behaviour_weight(0.01),
        ),
        indicator(6, IndicatorGroup::Mitigation, "hr:approved_handover", 45, -10.0),
    ]
}

fn at(day: i32) -> f64 {
    explain(&Model::default(), &story(), 0.0, Day(day).start()).score
}

#[test]
fn the_score_climbs_with_evidence_and_falls_with_explanation_and_time() {
    assert_eq!(at(-1), -30.0);
    assert_eq!(at(0), -27.0);
    assert_eq!(at(20), -24.0);
    assert!((at(35) - -11.4).abs() < 0.1, "{}", at(35));
    assert!((at(38) - -1.3).abs() < 0.1, "{}", at(38));
    let peak = at(39);
    assert!(peak > at(38) && peak < 5.0, "{peak}");
    assert!(at(45) < -10.0, "{}", at(45));
    assert!(at(70) < -18.0, "{}", at(70));
}

#[test]
fn the_published_e_values_come_out() {
    // Vovk & Wang 2021: p = .01 gives 4.5 (6.5 dB), .001 gives 20.8 (13.2 dB), 1e-4 gives 118 (20.7 dB).
    assert!((behaviour_weight(0.01) - 6.5).abs() < 0.1);
    assert!((behaviour_weight(0.001) - 13.2).abs() < 0.1);
    assert!((behaviour_weight(1e-4) - 20.7).abs() < 0.1);
    assert_eq!(behaviour_weight(0.2), 0.0);
    assert_eq!(behaviour_weight(f64::NAN), 0.0);
    assert_eq!(behaviour_weight(0.0), 21.0);
}

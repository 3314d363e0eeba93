//! The budget holds, and nobody is in the queue twice for the same thing.

use proptest::prelude::*;
use tandem_domain::alert::RiskLevel;
use tandem_domain::{Day, SubjectId};
use tandem_score::{Candidate, Model, QueueConfig, QueueState, fill};

fn candidate(name: &str, score: f64) -> Candidate {
    Candidate {
        subject: SubjectId(name.into()),
        score,
        level: Model::default().level(score),
        gate_open: true,
        fresh: true,
        slow: 0.0,
        behaviour_rank: 1,
        threat: None,
        impact: 0,
        title: String::new(),
        sentences: Vec::new(),
        indicators: Vec::new(),
    }
}

fn config(per_1000: f64) -> QueueConfig {
    QueueConfig {
        per_1000,
        slow_burn_share: 0.0,
        ..QueueConfig::default()
    }
}

#[test]
fn the_riskiest_enter_first_and_the_budget_bounds_the_rest() {
    let mut state = QueueState::default();
    let found = fill(
        &config(2.0),
        &mut state,
        Day(0),
        1_000,
        vec![
            candidate("S-C", -12.0),
            candidate("S-A", 3.0),
            candidate("S-B", -5.0),
        ],
    );
    let order: Vec<_> = found.iter().map(|a| a.subject.as_str()).collect();
    assert_eq!(order, ["S-A", "S-B"]);
    assert_eq!(found[0].level, RiskLevel::Act);
}

#[test]
fn a_subject_cools_down_unless_it_gets_clearly_worse() {
    let mut state = QueueState::default();
    let config = config(1_000.0);
    let day = |n, score, state: &mut QueueState| {
        fill(&config, state, Day(n), 10, vec![candidate("S-A", score)]).len()
    };
    assert_eq!(day(0, -10.0, &mut state), 1);
    assert_eq!(day(1, -9.0, &mut state), 0);
    assert_eq!(
        day(2, -3.0, &mut state),
        1,
        "six decibans worse ends the cool-down"
    );
    assert_eq!(day(3, -3.0, &mut state), 0);
    assert_eq!(day(16, -3.0, &mut state), 1, "fourteen days later it may return");
}

#[test]
fn a_closed_gate_keeps_everybody_out() {
    let mut state = QueueState::default();
    let mut shut = candidate("S-A", 20.0);
    shut.gate_open = false;
    assert!(fill(&config(1_000.0), &mut state, Day(0), 10, vec![shut]).is_empty());
}

#[test]
fn slow_accumulation_has_its_own_share() {
    let mut state = QueueState::default();
    let config = QueueConfig {
        per_1000: 10.0,
        slow_burn_share: 0.5,
        ..QueueConfig::default()
    };
    let mut slow = candidate("S-SLOW", -19.0);
    slow.fresh = false;
    slow.slow = 4.0;
    let found = fill(
        &config,
        &mut state,
        Day(0),
        200,
        vec![candidate("S-A", -5.0), slow],
    );
    let queues: Vec<_> = found
        .iter()
        .map(|a| (a.subject.as_str(), a.queue.as_str()))
        .collect();
    assert_eq!(queues, [("S-A", "daily"), ("S-SLOW", "slow_burn")]);
}

#[test]
fn who_finds_no_place_waits_for_one() {
    let config = config(1.0);
    let mut state = QueueState::default();
    let later = |name: &str, score| Candidate {
        fresh: false,
        ..candidate(name, score)
    };
    let day = |n, candidates, state: &mut QueueState| -> Vec<String> {
        let alerts = fill(&config, state, Day(n), 1_000, candidates);
        alerts.into_iter().map(|a| a.subject.0).collect()
    };
    let busy = vec![
        candidate("S-A", 3.0),
        candidate("S-B", -5.0),
        candidate("S-C", -6.0),
    ];
    assert_eq!(day(0, busy, &mut state), ["S-A"]);
    let quiet = || vec![later("S-B", -5.5), later("S-C", -6.5), later("S-D", 4.0)];
    assert_eq!(day(1, quiet(), &mut state), ["S-B"], "S-D gave no reason");
    // Fading by time alone takes no place away, but nobody waits for ever.
    assert_eq!(day(2, vec![later("S-C", -20.5)], &mut state), ["S-C"]);
    let busy = vec![
        candidate("S-E", 3.0),
        candidate("S-F", -5.0),
        candidate("S-G", -5.5),
    ];
    assert_eq!(day(3, busy, &mut state), ["S-E"]);
    assert!(day(11, vec![later("S-F", -6.0)], &mut state).is_empty());
}

proptest! {
    #[test]
    fn the_budget_is_never_exceeded_over_time(days in 1..60_i32, per_1000 in 0.5..20.0_f64, people in 50..500_usize) {
        let config = QueueConfig { per_1000, ..QueueConfig::default() };
        let mut state = QueueState::default();
        let mut raised = 0;
        for day in 0..days {
            let crowd = (0..40).map(|n| candidate(&format!("S-{day}-{n}"), f64::from(n))).collect();
            raised += fill(&config, &mut state, Day(day), people, crowd).len();
        }
        let budget = per_1000 * people as f64 / 1_000.0 * f64::from(days);
        prop_assert!(raised as f64 <= budget + 2.0, "{raised} alerts against a budget of {budget}");
    }
}

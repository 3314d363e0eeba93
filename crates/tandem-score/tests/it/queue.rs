//! The budget holds, and nobody is in the queue twice for the same thing.

use proptest::prelude::*;
use tandem_domain::alert::RiskLevel;
use tandem_domain::{Day, SubjectId, Verdict};
use tandem_score::{Candidate, Model, QueueConfig, QueueState, Verdicts, fill};

fn candidate(name: &str, score: f64) -> Candidate {
    Candidate {
        subject: SubjectId(name.into()),
        score,
        level: Model::default().level(score),
        gate_open: true,
        fresh: true,
        behaviour: 0.0,
        new_kind: false,
        cleared: 0,
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

/// A state in which behaviour always added `usual` decibans to S-OFTEN's score, and a candidate of S-OFTEN.
fn often(usual: f64, today: f64, score: f64) -> (QueueState, Candidate) {
    let mut state = QueueState::default();
    let subject = SubjectId("S-OFTEN".into());
    for day in 0..120 {
        state.learn(&subject, Day(day), usual);
    }
    let candidate = Candidate {
        behaviour: today,
        cleared: 4,
        ..candidate("S-OFTEN", score)
    };
    (state, candidate)
}

#[test]
fn who_is_often_here_and_was_found_harmless_is_held_against_their_own_usual() {
    let (mut state, chronic) = often(8.0, 9.0, -5.0);
    let other = candidate("S-OTHER", -7.0);
    let found = fill(&config(1_000.0), &mut state, Day(121), 10, vec![chronic, other]);
    let order: Vec<_> = found.iter().map(|a| a.subject.as_str()).collect();
    assert_eq!(order, ["S-OTHER", "S-OFTEN"]);
    assert_eq!(found[1].score, -5.0, "the score itself stays");
    let said = found[1].sentences.join(" ");
    assert!(
        said.contains("often here: 4 alerts") && said.contains("1 dB above their usual"),
        "{said}"
    );
}

#[test]
fn a_new_kind_of_evidence_or_a_confirmed_alert_ends_it() {
    let (state, chronic) = often(8.0, 9.0, -5.0);
    assert_eq!(state.held(&chronic), 8.0);
    let new = Candidate {
        new_kind: true,
        ..chronic.clone()
    };
    assert_eq!(state.held(&new), 0.0);
    let rarely = Candidate {
        cleared: 2,
        ..chronic
    };
    assert_eq!(state.held(&rarely), 0.0);
}

#[test]
fn one_burst_makes_nobody_usual() {
    let mut state = QueueState::default();
    let subject = SubjectId("S-OFTEN".into());
    for day in 0..10 {
        state.learn(&subject, Day(day), 15.0);
    }
    let (_, chronic) = often(0.0, 15.0, -5.0);
    assert_eq!(state.held(&chronic), 0.0, "ten days of 40 are no median");
    state.learn(&subject, Day(400), 0.0);
    assert!(state.usual.is_empty(), "what nobody needs any more is forgotten");
}

#[test]
fn verdicts_count_from_when_they_were_given_and_a_confirmed_one_ends_them() {
    let subject = SubjectId("S-A".into());
    let mut verdicts = Verdicts::default();
    for day in [10, 20, 30] {
        verdicts.add(subject.clone(), Day(day), Day(day + 3).start(), Verdict::Benign);
    }
    assert_eq!(verdicts.cleared(&subject, Day(31)), 2, "the third was still open");
    assert_eq!(verdicts.cleared(&subject, Day(34)), 3);
    assert_eq!(verdicts.cleared(&subject, Day(210)), 1, "half a year later");
    verdicts.add(subject.clone(), Day(40), Day(41).start(), Verdict::TruePositive);
    assert_eq!(verdicts.cleared(&subject, Day(39)), 3);
    assert_eq!(verdicts.cleared(&subject, Day(50)), 0);
}

proptest! {
    /// Rule facts are never hidden, and more behaviour today never leads to a later place.
    #[test]
    fn what_is_held_back_is_behaviour_only_and_grows_slower_than_it(
        usual in 0.0..30.0_f64, today in 0.0..30.0_f64, more in 0.0..10.0_f64,
    ) {
        let (state, chronic) = often(usual, today, 0.0);
        let held = state.held(&chronic);
        prop_assert!(held <= today && (0.0..=10.0).contains(&held));
        let stronger = Candidate { behaviour: today + more, ..chronic };
        prop_assert!(state.held(&stronger) - held <= more + 1e-9);
    }

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

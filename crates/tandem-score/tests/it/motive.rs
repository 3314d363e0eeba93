//! Carelessness, not knowing better and intent are kept apart, and nothing is named while little is known.

use proptest::prelude::*;
use tandem_domain::{Day, Indicator, IndicatorGroup, Motive, Stage};
use tandem_score::motive::clues::CLUES;
use tandem_score::{Cause, MotiveView, motive};

use crate::laws::any_evidence;
use crate::worked_example::indicator;

fn fact(id: u128, detector: &str, day: i32, stage: Stage) -> Indicator {
    let mut made = indicator(id, IndicatorGroup::Fact, detector, day, 8.0);
    made.stage = Some(stage);
    made
}

fn share(view: &MotiveView, cause: Cause) -> f64 {
    view.causes.iter().find(|c| c.cause == cause).unwrap().share
}

fn says(view: &MotiveView, cause: Cause, words: &str) -> bool {
    let view = view.causes.iter().find(|c| c.cause == cause).unwrap();
    view.for_it.iter().any(|s| s.words.contains(words))
}

#[test]
fn without_evidence_it_is_not_known() {
    let view = motive(&[], Day(100).start());
    assert_eq!((view.named, view.unknown), (None, 1.0));
    assert_eq!((view.reason, view.reason_unknown), (None, 1.0));
    assert!(view.suggests.is_empty());
}

#[test]
fn one_slip_in_the_open_names_nobody() {
    let view = motive(&[fact(1, "rule:mail", 10, Stage::Infringement)], Day(11).start());
    assert_eq!(view.named, None);
    assert!(view.unknown > 0.5, "{}", view.unknown);
    assert!(view.suggests[0].contains("Ask before judging"));
}

#[test]
fn the_same_slip_after_coaching_is_carelessness() {
    let mut evidence = vec![indicator(
        9,
        IndicatorGroup::Mitigation,
        "mitigation:coaching",
        5,
        -3.0,
    )];
    evidence.extend((0..4).map(|n| fact(n, "rule:mail", 10 + n as i32, Stage::Infringement)));
    let view = motive(&evidence, Day(15).start());
    assert_eq!(view.named, Some(Cause::Negligent));
    assert!(says(&view, Cause::Negligent, "trained or coached"));
    assert_eq!(share(&view, Cause::Ignorant), 0.0);
    assert!(view.suggests[0].starts_with("Coach"));
}

#[test]
fn overdue_training_speaks_for_not_knowing_better() {
    let overdue = indicator(9, IndicatorGroup::Employment, "hr:training_overdue", 5, 0.0);
    let mut slip = fact(1, "rule:ai", 10, Stage::Infringement);
    slip.motive = Some(Motive::Ignorance);
    let view = motive(&[overdue, slip], Day(11).start());
    assert_eq!(view.named, Some(Cause::Ignorant));
    assert!(view.suggests[0].starts_with("Train"));
}

#[test]
fn preparation_and_covering_up_are_intent_and_a_ticket_takes_it_back() {
    let mut evidence = vec![
        fact(1, "rule:usb", 10, Stage::Means),
        fact(2, "rule:zip", 12, Stage::Preparation),
        fact(3, "rule:copy", 13, Stage::Infringement),
        fact(4, "rule:wipe", 13, Stage::AntiForensics),
    ];
    let view = motive(&evidence, Day(14).start());
    assert_eq!(view.named, Some(Cause::Malicious));
    assert!(says(&view, Cause::Malicious, "covered up"));
    assert!(says(&view, Cause::Malicious, "one step led to the next"));
    assert_eq!(view.reason, None, "why is another question");
    evidence.push(indicator(
        5,
        IndicatorGroup::Mitigation,
        "mitigation:ticket",
        13,
        -10.0,
    ));
    let explained = motive(&evidence, Day(14).start());
    assert!(share(&explained, Cause::Malicious) < share(&view, Cause::Malicious));
}

#[test]
fn money_facts_name_money_and_a_grievance_alone_is_no_intent() {
    let mut paid = fact(1, "rule:self-approval", 10, Stage::Infringement);
    paid.motive = Some(Motive::Money);
    paid.threats = vec![tandem_domain::Threat::Fraud];
    let view = motive(&[paid], Day(11).start());
    assert_eq!(view.reason, Some(Motive::Money));
    let mut denied = indicator(2, IndicatorGroup::Employment, "hr:denied_promotion", 10, 3.0);
    denied.motive = Some(Motive::Grievance);
    let view = motive(&[denied], Day(11).start());
    assert_eq!(share(&view, Cause::Malicious), 0.0);
    assert_eq!(view.named, None);
}

#[test]
fn what_went_round_a_refusal_is_seen_and_what_came_before_is_not() {
    let refused = fact(
        1,
        "rule:4ff43c3a-a79f-4041-aef3-24bf1fbce4b3",
        10,
        Stage::Preparation,
    );
    let after = motive(
        &[refused.clone(), fact(2, "rule:copy", 12, Stage::Infringement)],
        Day(20).start(),
    );
    assert!(says(&after, Cause::Malicious, "another way"));
    let before = motive(
        &[refused, fact(2, "rule:copy", 9, Stage::Infringement)],
        Day(20).start(),
    );
    assert!(!says(&before, Cause::Malicious, "another way"));
}

#[test]
fn every_clue_says_something_and_nothing_about_health_or_feelings() {
    for clue in CLUES {
        assert!(!clue.toward.is_empty() && !clue.words.is_empty());
        let forbidden = ["health", "union", "religio", "mood", "emotion", "illness"];
        assert!(
            forbidden.iter().all(|word| !clue.words.contains(word)),
            "{}",
            clue.words
        );
    }
}

proptest! {
    #[test]
    fn shares_add_up_to_one_and_a_cause_is_named_only_when_it_beats_not_knowing(
        evidence in any_evidence(), day in 0..400_i32,
    ) {
        let view = motive(&evidence, Day(day).start());
        let sum = view.unknown + view.causes.iter().map(|c| c.share).sum::<f64>();
        prop_assert!((sum - 1.0).abs() < 1e-9, "{sum}");
        let reasons = view.reason_unknown + view.reasons.iter().map(|r| r.share).sum::<f64>();
        prop_assert!((reasons - 1.0).abs() < 1e-9, "{reasons}");
        let best = view.causes.iter().map(|c| c.share).fold(0.0, f64::max);
        match view.named {
            Some(cause) => prop_assert!(share(&view, cause) >= view.unknown - 1e-12),
            None => prop_assert!(view.unknown >= best),
        }
    }

    #[test]
    fn what_becomes_known_later_changes_nothing_before(evidence in any_evidence(), day in 0..300_i32) {
        let at = Day(day).start();
        let known: Vec<_> = evidence.iter().filter(|i| i.known <= at && i.time <= at).cloned().collect();
        let mut reversed = evidence.clone();
        reversed.reverse();
        prop_assert_eq!(motive(&evidence, at), motive(&known, at));
        prop_assert_eq!(motive(&evidence, at), motive(&reversed, at));
    }
}

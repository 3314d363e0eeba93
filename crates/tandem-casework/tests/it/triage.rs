//! From a new alert to its end.

use proptest::prelude::*;
use tandem_casework::triage::{Triage, TriageCommand, TriageFact, TriageState};
use tandem_casework::{Broken, Context, Refused, Roster, SYSTEM};
use tandem_domain::{AlertStatus, CaseId, Department, Timestamp, Verdict};

use crate::make::{DAY, HOUR, MINUTE, START, alert, away, colleagues, r, raci, with};

struct Desk {
    triage: Triage,
    facts: Vec<TriageFact>,
    roster: Roster,
    now: Timestamp,
}

impl Desk {
    fn new() -> Self {
        Self {
            triage: Triage::new(alert(1, "S-INES")).unwrap(),
            facts: Vec::new(),
            roster: Roster::new(colleagues()).unwrap(),
            now: START,
        }
    }

    fn give(&mut self, who: &str, command: TriageCommand) -> Result<(), Refused> {
        self.now = self.now.plus_micros(MINUTE);
        let raci = raci();
        let ctx = Context {
            now: self.now,
            who,
            roster: &self.roster,
            raci: &raci,
            id: 0,
        };
        for fact in self.triage.decide(command, &ctx)? {
            self.triage.apply(&fact).unwrap();
            self.facts.push(fact);
        }
        Ok(())
    }

    fn must(&mut self, who: &str, command: TriageCommand) {
        self.give(who, command).unwrap();
    }
}

fn take() -> TriageCommand {
    TriageCommand::Take {
        reason: r("my shift"),
    }
}

fn share() -> TriageCommand {
    TriageCommand::Share {
        reason: r("is there a handover?"),
    }
}

fn close(verdict: Verdict) -> TriageCommand {
    TriageCommand::Close {
        verdict,
        reason: r("an approved transfer"),
    }
}

fn into() -> TriageCommand {
    TriageCommand::IntoCase {
        case: CaseId::of(2026, 42),
        new: true,
        reason: r("it is confirmed"),
    }
}

#[test]
fn an_alert_is_taken_closed_with_a_reason_and_opened_again() {
    let mut desk = Desk::new();
    assert_eq!(desk.triage.status(), (AlertStatus::New, None));
    assert_eq!(
        desk.give("ida", close(Verdict::Benign)),
        Err(Refused::AlertNotTaken)
    );
    desk.must("ida", take());
    assert_eq!(desk.triage.status().0, AlertStatus::InProgress);
    assert_eq!(
        desk.give("ida", close(Verdict::TruePositive)),
        Err(Refused::TruePositiveNeedsCase)
    );
    desk.must("ida", close(Verdict::Benign));
    assert_eq!(desk.triage.status(), (AlertStatus::Closed, Some(Verdict::Benign)));
    assert_eq!(desk.give("ivan", take()), Err(Refused::AlertClosed));
    desk.must(
        "ivan",
        TriageCommand::Reopen {
            reason: r("it went on"),
        },
    );
    assert_eq!(desk.triage.status(), (AlertStatus::New, None));
    assert_eq!(
        desk.give("ivan", TriageCommand::Reopen { reason: r("x") }),
        Err(Refused::AlertOpen)
    );
}

#[test]
fn nobody_touches_an_alert_about_themselves() {
    let mut desk = Desk::new();
    assert_eq!(
        desk.give("ines", take()),
        Err(Refused::MayNotTakePart {
            account: "ines".to_owned()
        })
    );
    assert_eq!(desk.give("lena", take()), Err(Refused::NoDepartment));
    assert_eq!(desk.give(SYSTEM, take()), Err(Refused::NotBySystem));
    assert!(desk.facts.is_empty());
}

#[test]
fn one_person_looks_at_a_time_until_they_are_away() {
    let mut desk = Desk::new();
    desk.must("ida", take());
    assert_eq!(
        desk.give("ivan", take()),
        Err(Refused::AlertTaken { by: "ida".to_owned() })
    );
    assert_eq!(
        desk.give("ivan", close(Verdict::Benign)),
        Err(Refused::AlertTaken { by: "ida".to_owned() })
    );
    desk.roster = Roster::new(with("ida", |c| c.absences = away(HOUR, DAY))).unwrap();
    desk.now = START.plus_micros(2 * HOUR);
    desk.must("ivan", take());
    desk.must(
        "ivan",
        TriageCommand::Release {
            reason: r("end of shift"),
        },
    );
    assert_eq!(desk.triage.state, TriageState::New);
}

#[test]
fn what_is_shared_is_taken_by_the_other_department() {
    let mut desk = Desk::new();
    desk.must("ida", take());
    desk.must("ida", share());
    assert!(matches!(desk.triage.state, TriageState::Shared { with, .. } if with == Department::Corporate));
    assert_eq!(desk.give("ivan", take()), Err(Refused::NoDepartment));
    desk.must("carl", take());
    desk.must("carl", into());
    assert_eq!(desk.triage.status().0, AlertStatus::InProgress);
    assert_eq!(
        desk.give("ida", take()),
        Err(Refused::AlertInCase {
            case: CaseId::of(2026, 42)
        })
    );
}

#[test]
fn only_its_own_case_closes_an_alert_as_what_it_looked_like() {
    let mut desk = Desk::new();
    desk.must("ida", take());
    let conclude = |number| TriageCommand::CloseWithCase {
        case: CaseId::of(2026, number),
        verdict: Verdict::TruePositive,
    };
    assert_eq!(desk.give(SYSTEM, conclude(42)), Err(Refused::NotFromItsCase));
    desk.must("ida", into());
    assert_eq!(desk.give("ida", conclude(42)), Err(Refused::NotFromItsCase));
    assert_eq!(desk.give(SYSTEM, conclude(43)), Err(Refused::NotFromItsCase));
    desk.must(SYSTEM, conclude(42));
    assert_eq!(desk.triage.status().1, Some(Verdict::TruePositive));
}

#[test]
fn facts_of_another_alert_or_out_of_order_are_not_folded() {
    let mut desk = Desk::new();
    desk.must("ida", take());
    let fact = desk.facts[0].clone();
    let mut other = Triage::new(alert(2, "S-B")).unwrap();
    assert_eq!(other.apply(&fact), Err(Broken::Stranger(1)));
    assert_eq!(
        desk.triage.apply(&fact),
        Err(Broken::Sequence {
            expected: 2,
            found: 1
        })
    );
}

proptest! {
    #[test]
    fn any_triage_replays_and_every_change_says_who_when_and_why(
        steps in prop::collection::vec((0..6_usize, 0..8_u8), 0..40),
    ) {
        let mut desk = Desk::new();
        let who = ["ida", "ivan", "ines", "carl", "cora", SYSTEM];
        for (actor, op) in steps {
            let command = match op {
                0 | 1 => take(),
                2 => TriageCommand::Release { reason: r("end of shift") },
                3 => share(),
                4 => close(Verdict::FalsePositive),
                5 => into(),
                6 => TriageCommand::CloseWithCase { case: CaseId::of(2026, 42), verdict: Verdict::Benign },
                _ => TriageCommand::Reopen { reason: r("it went on") },
            };
            let before = desk.triage.clone();
            if desk.give(who[actor], command).is_err() {
                prop_assert_eq!(&before, &desk.triage);
            }
        }
        let mut again = Triage::new(alert(1, "S-INES")).unwrap();
        let mut last = again.last;
        for fact in &desk.facts {
            let text = serde_json::to_string(fact).unwrap();
            let read: TriageFact = serde_json::from_str(&text).unwrap();
            again.apply(&read).unwrap();
            prop_assert!(fact.who != "ines" && fact.at >= last && text.contains("reason"));
            last = fact.at;
        }
        prop_assert_eq!(again, desk.triage);
    }
}

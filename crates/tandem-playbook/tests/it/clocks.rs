//! Delays, deadlines, escalation, timeouts.

use tandem_domain::Timestamp;
use tandem_playbook::{Command, DueKind, Function, Plan, Playbook, Refused, StepStatus, What};

use crate::driver::{BEGIN, Driver, check_laws};

const TEXT: &str = "
playbook: p
name: P
version: 1
created: 2026-01-01
modified: 2026-01-01
steps:
  - id: first
    do: x
    delay: 1h
    due: 4h
    escalate: [hr, leadership]
    timeout: 3d
    on_failure:
      - {id: fallback, do: y, due: 1h, raci: {R: hr, A: legal}}
  - {id: last, do: z}
";

fn driver() -> Driver {
    let playbook = Playbook::from_yaml("p", TEXT).unwrap();
    Driver::begun(&Plan::new(playbook).unwrap())
}

fn hours(count: i64) -> Timestamp {
    Timestamp::from_seconds(BEGIN.0 / 1_000_000 + count * 3_600)
}

fn take(step: &str) -> Command {
    Command::Take {
        step: step.to_owned(),
        who: "dee".to_owned(),
    }
}

#[test]
fn a_delayed_step_cannot_be_taken_before_its_time() {
    let mut driver = driver();
    assert_eq!(driver.status("first"), StepStatus::Delayed);
    assert!(matches!(driver.send(take("first")), Err(Refused::State { .. })));
    driver.now = hours(1);
    assert_eq!(driver.run.next_due(), Some(hours(1)));
    driver.must(Command::Tick {});
    driver.must(take("first"));
}

#[test]
fn clocks_ask_for_what_is_due_and_for_nothing_else() {
    let mut driver = driver();
    assert_eq!(driver.send(Command::Tick {}), Err(Refused::NothingDue));
    assert!(driver.run.due(hours(0)).is_empty());
    driver.now = hours(1);
    driver.must(Command::Tick {});
    // Due four hours after the delay is over: told at hour 5 and hour 9, then nobody is left to tell.
    driver.now = hours(5);
    let due = driver.run.due(driver.now);
    assert_eq!(due.len(), 1);
    assert_eq!(
        due[0].kind,
        DueKind::Escalation {
            to: Function::Hr,
            level: 1
        }
    );
    driver.must(Command::Tick {});
    assert_eq!(driver.run.next_due(), Some(hours(9)));
    driver.now = hours(30);
    driver.must(Command::Tick {});
    let told: Vec<(Function, u32)> = driver
        .facts
        .iter()
        .filter_map(|fact| match fact.what {
            What::Escalated { to, level, .. } => Some((to, level)),
            _ => None,
        })
        .collect();
    assert_eq!(told, [(Function::Hr, 1), (Function::Leadership, 2)]);
    assert_eq!(driver.run.next_due(), Some(hours(73)));
}

#[test]
fn a_timeout_fails_the_step_and_its_failure_branch_takes_over() {
    let mut driver = driver();
    driver.now = hours(200);
    driver.must(Command::Tick {});
    assert_eq!(driver.status("first"), StepStatus::Failed);
    assert_eq!(driver.status("fallback"), StepStatus::Offered);
    assert!(!driver.run.is_stuck("first"));
    let late = Command::Skip {
        step: "first".to_owned(),
        who: "dee".to_owned(),
        reason: "late".to_owned(),
    };
    assert!(matches!(driver.send(late), Err(Refused::State { .. })));
    // Without a list of its own, whoever answers for a step is told.
    driver.now = hours(201);
    let due = driver.run.due(driver.now);
    assert_eq!(
        due[0].kind,
        DueKind::Escalation {
            to: Function::Legal,
            level: 1
        }
    );
    while !driver.is_over() {
        driver.advance(&mut |_, _| 0);
    }
    check_laws(&driver.run.plan().clone(), &driver.facts);
}

#[test]
fn time_never_goes_backwards_in_the_facts() {
    let mut driver = driver();
    driver.now = hours(1);
    driver.must(Command::Tick {});
    driver.now = hours(-50);
    driver.must(take("first"));
    assert!(driver.facts.windows(2).all(|pair| pair[0].at <= pair[1].at));
}

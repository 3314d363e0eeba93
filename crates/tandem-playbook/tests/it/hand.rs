//! When a connector fails: asked once more, done by hand, or the playbook's own way for failures.

use tandem_domain::Department;
use tandem_playbook::{Answers, Command, Plan, Playbook, Refused, RunStatus, StepStatus, What};

use crate::driver::{BEGIN, Driver, check_laws, start};

const TEXT: &str = "
playbook: p
name: P
version: 1
created: 2026-01-01
modified: 2026-01-01
steps:
  - id: limit
    touches_person: true
    due: 1h
    escalate: [hr]
    run: {connector: directory, operation: limit, parameters: {subject: '{subject}'}, dry_run: true}
    undo: {run: {connector: directory, operation: restore, parameters: {subject: '{subject}'}}}
    on_failure:
      - {id: fallback, do: narrow it by hand}
  - {id: last, do: look}
";

fn driver() -> Driver {
    let plan = Plan::new(Playbook::from_yaml("p", TEXT).unwrap()).unwrap();
    let mut driver = Driver::new(&plan);
    driver.must(start(Answers::new()));
    driver.dry_run("limit", true);
    driver.approve("limit");
    driver.must(request());
    driver
}

fn request() -> Command {
    Command::RequestAction {
        step: "limit".to_owned(),
        who: "ina".to_owned(),
    }
}

fn stall(driver: &Driver, answered: bool) -> Command {
    Command::Stall {
        step: "limit".to_owned(),
        key: driver.key("limit"),
        text: "the directory is down".to_owned(),
        answered,
    }
}

fn by_hand() -> Command {
    Command::ByHand {
        step: "limit".to_owned(),
        who: "ina".to_owned(),
        reason: "it cannot wait".to_owned(),
    }
}

fn report(driver: &Driver) -> Command {
    Command::ReportAction {
        step: "limit".to_owned(),
        key: driver.key("limit"),
        ok: true,
        text: "done in the console of the directory".to_owned(),
        outputs: Answers::new(),
    }
}

#[test]
fn what_a_connector_could_not_do_waits_for_a_person_and_not_for_the_failure_branch() {
    let mut driver = driver();
    let first = driver.key("limit");
    driver.must(stall(&driver, true));
    assert_eq!(driver.status("limit"), StepStatus::Failed);
    assert_eq!(driver.status("fallback"), StepStatus::Pending);
    assert!(driver.run.is_stuck("limit"));
    // Both agreed to exactly these values: asking once more needs no new word, but another key, as the first was answered.
    driver.must(request());
    assert_ne!(driver.key("limit"), first);
    driver.must(report(&driver));
    assert_eq!(driver.status("last"), StepStatus::Offered);
    check_laws(&driver.run.plan().clone(), &driver.facts);
}

#[test]
fn what_nobody_knows_the_end_of_is_asked_under_the_same_key_and_not_begun_anew() {
    let mut driver = driver();
    let first = driver.key("limit");
    driver.must(stall(&driver, false));
    let anew = Command::Retry {
        step: "limit".to_owned(),
        who: "ana".to_owned(),
        reason: "once more".to_owned(),
    };
    assert!(matches!(driver.send(anew), Err(Refused::State { .. })));
    driver.must(request());
    assert_eq!(driver.key("limit"), first, "so that it is not carried out twice");
    check_laws(&driver.run.plan().clone(), &driver.facts);
}

#[test]
fn it_is_done_by_hand_with_the_approvals_that_were_given() {
    let mut driver = driver();
    driver.must(stall(&driver, true));
    driver.must(by_hand());
    assert_eq!(driver.status("limit"), StepStatus::Running);
    assert!(
        matches!(driver.send(by_hand()), Err(Refused::State { .. })),
        "once"
    );
    driver.must(report(&driver));
    assert_eq!(driver.status("limit"), StepStatus::Done);
    check_laws(&driver.run.plan().clone(), &driver.facts);
}

#[test]
fn giving_up_goes_the_way_the_playbook_has_for_failures() {
    let mut driver = driver();
    let give_up = Command::Fail {
        step: "limit".to_owned(),
        who: "ina".to_owned(),
        reason: "it takes too long".to_owned(),
    };
    driver.must(stall(&driver, true));
    driver.must(give_up.clone());
    assert_eq!(driver.status("fallback"), StepStatus::Offered);
    assert!(!driver.run.is_stuck("limit"));
    assert!(matches!(driver.send(give_up), Err(Refused::State { .. })), "once");
    assert!(matches!(driver.send(by_hand()), Err(Refused::State { .. })));
    check_laws(&driver.run.plan().clone(), &driver.facts);
}

#[test]
fn a_step_that_waits_after_a_failure_is_still_escalated() {
    let mut driver = driver();
    driver.must(stall(&driver, true));
    driver.now = BEGIN.plus_micros(2 * 3_600_000_000);
    driver.must(Command::Tick {});
    let told = |fact: &tandem_playbook::Fact| matches!(fact.what, What::Escalated { .. });
    assert_eq!(driver.facts.iter().filter(|fact| told(fact)).count(), 1);
}

#[test]
fn a_rehearsal_and_taking_back_are_done_by_hand_too() {
    let mut driver = driver();
    driver.must(report(&driver));
    driver.must(Command::RequestUndo {
        step: "limit".to_owned(),
        who: "ina".to_owned(),
        reason: "withdrawn".to_owned(),
    });
    driver.must(Command::Abort {
        who: "ana".to_owned(),
        reason: "wrong playbook".to_owned(),
    });
    assert_eq!(driver.run.state().status, RunStatus::Over);
    driver.must(by_hand());
    let key = |driver: &Driver| {
        driver.run.state().steps["limit"]
            .undo
            .as_ref()
            .map(|undo| undo.key.clone())
    };
    driver.must(Command::ReportUndo {
        step: "limit".to_owned(),
        key: key(&driver).unwrap(),
        ok: true,
        text: "given back".to_owned(),
    });
    assert!(driver.run.state().steps["limit"].is_undone());
    check_laws(&driver.run.plan().clone(), &driver.facts);

    let plan = driver.run.plan().clone();
    let mut other = Driver::new(&plan);
    other.must(start(Answers::new()));
    other.must(Command::RequestDryRun {
        step: "limit".to_owned(),
        who: "ina".to_owned(),
    });
    other.must(by_hand());
    let dry = other.run.state().steps["limit"].dry_run.clone().unwrap();
    assert!(dry.by_hand && dry.is_open());
    let early = other.send(Command::Approve {
        step: "limit".to_owned(),
        who: "ana".to_owned(),
        department: Department::It,
        reason: "needed".to_owned(),
    });
    assert_eq!(early, Err(Refused::NeedsDryRun("limit".to_owned())));
}

#[test]
fn facts_of_a_run_without_failures_stay_readable_for_an_earlier_program() {
    let mut driver = driver();
    assert!(driver.facts.iter().all(|fact| fact.v == 1));
    driver.must(stall(&driver, true));
    assert_eq!(driver.facts.last().map(|fact| fact.v), Some(2));
}

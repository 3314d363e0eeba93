//! Steps on people: approvals of both departments, dry runs, keys, taking back; and what must not be left out.

use tandem_domain::Department;
use tandem_playbook::{Answers, Command, Datum, Plan, Playbook, Refused, Run, RunStatus, StepStatus, What};

use crate::driver::{Driver, check_laws, outcome, start};

const TEXT: &str = "
playbook: p
name: P
version: 1
created: 2026-01-01
modified: 2026-01-01
inputs: [{id: days, label: Days, type: number, min: 1, max: 30}]
templates:
  - {id: note, to: subject, channel: mail, title: 'Case {case}', text: 'Dear {subject}, {days} days until {deadline}. {open}'}
steps:
  - id: both
    parallel:
      - - id: limit
          touches_person: true
          run: {connector: directory, operation: limit, parameters: {subject: '{subject}', days: '{days}'}, dry_run: true}
          undo: {run: {connector: directory, operation: restore, parameters: {subject: '{subject}'}}}
      - - {id: ask, do: ask, form: [{id: days, label: Days, type: number, min: 1, max: 30}, {id: open, label: Open, optional: true}]}
  - {id: look, do: look, checkpoint: [legal]}
  - {id: help, do: help, support: true}
  - {id: talk, do: talk, touches_person: true, undo: {do: write a letter}}
  - {id: quiet, run: {connector: lake, operation: freeze, parameters: {case: '{case}'}}}
exception:
  - {id: call, do: call the duty manager}
";

fn driver() -> Driver {
    let playbook = Playbook::from_yaml("p", TEXT).unwrap();
    let plan = Plan::new(playbook).unwrap();
    let mut driver = Driver::new(&plan);
    driver.must(start(Answers::from([("days".to_owned(), Datum::Number(7))])));
    driver
}

fn approve(step: &str, who: &str, department: Department) -> Command {
    Command::Approve {
        step: step.to_owned(),
        who: who.to_owned(),
        department,
        reason: "needed".to_owned(),
    }
}

fn request(step: &str) -> Command {
    Command::RequestAction {
        step: step.to_owned(),
        who: "ina".to_owned(),
    }
}

fn report(driver: &Driver, step: &str, ok: bool) -> Command {
    Command::ReportAction {
        step: step.to_owned(),
        key: driver.key(step),
        ok,
        text: "words".to_owned(),
        outputs: Answers::new(),
    }
}

fn undo(step: &str) -> Command {
    Command::RequestUndo {
        step: step.to_owned(),
        who: "ina".to_owned(),
        reason: "no longer needed".to_owned(),
    }
}

fn set_days(driver: &mut Driver, days: i64) -> Result<(), Refused> {
    driver.send(Command::Answer {
        step: "ask".to_owned(),
        who: "dee".to_owned(),
        answers: Answers::from([("days".to_owned(), Datum::Number(days))]),
    })
}

fn take(driver: &mut Driver, step: &str) {
    driver.must(Command::Take {
        step: step.to_owned(),
        who: "dee".to_owned(),
    });
}

#[test]
fn an_action_on_a_person_waits_for_a_dry_run_and_both_departments() {
    let mut driver = driver();
    let it = Department::It;
    assert_eq!(
        driver.send(approve("limit", "ana", it)),
        Err(Refused::NeedsDryRun("limit".to_owned()))
    );
    assert_eq!(
        driver.send(request("limit")),
        Err(Refused::NeedsDryRun("limit".to_owned()))
    );
    driver.dry_run("limit", false);
    assert_eq!(
        driver.send(request("limit")),
        Err(Refused::NeedsDryRun("limit".to_owned()))
    );
    driver.dry_run("limit", true);
    assert_eq!(
        driver.send(request("limit")),
        Err(Refused::NeedsApproval("limit".to_owned()))
    );
    driver.must(approve("limit", "ana", it));
    assert!(matches!(
        driver.send(approve("limit", "eve", it)),
        Err(Refused::Approved { .. })
    ));
    let same = driver.send(approve("limit", "ana", Department::Corporate));
    assert_eq!(same, Err(Refused::SamePerson("limit".to_owned())));
    assert_eq!(
        driver.send(request("limit")),
        Err(Refused::NeedsApproval("limit".to_owned()))
    );
    driver.must(approve("limit", "ben", Department::Corporate));
    driver.must(request("limit"));
    assert_eq!(driver.status("limit"), StepStatus::Running);
    check_laws(&driver.run.plan().clone(), &driver.facts);
}

#[test]
fn approvals_are_for_exactly_the_values_that_were_shown() {
    let mut driver = driver();
    driver.dry_run("limit", true);
    driver.approve("limit");
    take(&mut driver, "ask");
    set_days(&mut driver, 30).unwrap();
    assert_eq!(
        driver.send(request("limit")),
        Err(Refused::NeedsDryRun("limit".to_owned()))
    );
    driver.dry_run("limit", true);
    assert_eq!(
        driver.send(request("limit")),
        Err(Refused::NeedsApproval("limit".to_owned()))
    );
    driver.approve("limit");
    driver.must(request("limit"));
    let call = driver.facts.iter().rev().find_map(|fact| match &fact.what {
        What::ActionRequested { call, .. } => Some(call.clone()),
        _ => None,
    });
    let call = call.unwrap();
    assert_eq!(call.parameters.get("days"), Some(&Datum::Number(30)));
    assert_eq!(
        call.parameters.get("subject"),
        Some(&Datum::Text("S-7K3M2Q9D".to_owned()))
    );
}

#[test]
fn answers_count_once_and_only_under_the_key_asked_for() {
    let mut driver = driver();
    driver.dry_run("limit", true);
    driver.approve("limit");
    driver.must(request("limit"));
    let wrong = Command::ReportAction {
        step: "limit".to_owned(),
        key: "R-1:limit:other".to_owned(),
        ok: true,
        text: String::new(),
        outputs: Answers::new(),
    };
    assert_eq!(driver.send(wrong), Err(Refused::UnknownKey("limit".to_owned())));
    let good = report(&driver, "limit", true);
    driver.must(good.clone());
    assert_eq!(driver.send(good), Err(Refused::UnknownKey("limit".to_owned())));
    assert!(matches!(
        driver.send(request("limit")),
        Err(Refused::State { .. })
    ));
}

#[test]
fn only_what_was_done_can_be_taken_back_and_only_once() {
    let mut driver = driver();
    assert!(matches!(driver.send(undo("limit")), Err(Refused::State { .. })));
    driver.dry_run("limit", true);
    driver.approve("limit");
    driver.must(request("limit"));
    assert!(matches!(driver.send(undo("limit")), Err(Refused::State { .. })));
    driver.must(report(&driver, "limit", true));
    driver.must(undo("limit"));
    let key = |driver: &Driver| {
        driver.run.state().steps["limit"]
            .undo
            .as_ref()
            .unwrap()
            .key
            .clone()
    };
    let first = key(&driver);
    assert!(matches!(driver.send(undo("limit")), Err(Refused::State { .. })));
    let answer = |key: String, ok| Command::ReportUndo {
        step: "limit".to_owned(),
        key,
        ok,
        text: String::new(),
    };
    driver.must(answer(first.clone(), false));
    driver.must(undo("limit"));
    let second = key(&driver);
    assert_ne!(first, second);
    driver.must(answer(second, true));
    assert!(driver.run.state().steps["limit"].is_undone());
    assert!(matches!(driver.send(undo("limit")), Err(Refused::State { .. })));
    check_laws(&driver.run.plan().clone(), &driver.facts);
}

#[test]
fn a_refusal_stops_the_step_until_it_is_asked_again() {
    let mut driver = driver();
    driver.dry_run("limit", true);
    driver.must(approve("limit", "ana", Department::It));
    driver.must(Command::Refuse {
        step: "limit".to_owned(),
        who: "ben".to_owned(),
        department: Department::Corporate,
        reason: "a talk is enough".to_owned(),
    });
    assert_eq!(driver.status("limit"), StepStatus::Refused);
    assert!(matches!(
        driver.send(request("limit")),
        Err(Refused::State { .. })
    ));
    driver.must(Command::Retry {
        step: "limit".to_owned(),
        who: "ana".to_owned(),
        reason: "the talk did not help".to_owned(),
    });
    assert_eq!(
        driver.send(request("limit")),
        Err(Refused::NeedsDryRun("limit".to_owned()))
    );
    driver.must(Command::Skip {
        step: "limit".to_owned(),
        who: "ana".to_owned(),
        reason: "both agree to leave it".to_owned(),
    });
    assert_eq!(driver.status("limit"), StepStatus::Skipped);
}

/// Goes on until the step's turn has come.
fn until(driver: &mut Driver, step: &str) {
    while driver.status(step) == StepStatus::Pending {
        assert!(driver.advance(&mut |_, _| 0));
    }
}

#[test]
fn checkpoints_and_offers_of_help_cannot_be_left_out() {
    let mut driver = driver();
    for step in ["look", "help"] {
        until(&mut driver, step);
        let skip = Command::Skip {
            step: step.to_owned(),
            who: "ana".to_owned(),
            reason: "no time".to_owned(),
        };
        assert_eq!(driver.send(skip), Err(Refused::MustHappen(step.to_owned())));
        let fail = Command::Fail {
            step: step.to_owned(),
            who: "ana".to_owned(),
            reason: "nobody there".to_owned(),
        };
        driver.must(fail);
        // It does not lead into the exception branch either.
        assert!(driver.run.is_stuck(step));
        driver.must(Command::Retry {
            step: step.to_owned(),
            who: "ana".to_owned(),
            reason: "tomorrow".to_owned(),
        });
        driver.advance(&mut |_, _| 0);
        assert_eq!(driver.status(step), StepStatus::Done);
    }
}

#[test]
fn a_duty_on_a_person_is_not_taken_before_both_agree() {
    let mut driver = driver();
    until(&mut driver, "talk");
    let take = Command::Take {
        step: "talk".to_owned(),
        who: "dee".to_owned(),
    };
    assert_eq!(
        driver.send(take.clone()),
        Err(Refused::NeedsApproval("talk".to_owned()))
    );
    driver.approve("talk");
    driver.must(take);
    let other = Command::Done {
        step: "talk".to_owned(),
        who: "eve".to_owned(),
    };
    assert_eq!(driver.send(other), Err(Refused::NotYours("talk".to_owned())));
}

#[test]
fn what_touches_nobody_runs_by_itself_and_its_failure_opens_the_exception_branch() {
    let mut driver = driver();
    until(&mut driver, "quiet");
    assert_eq!(driver.status("quiet"), StepStatus::Running);
    driver.must(report(&driver, "quiet", false));
    assert_eq!(driver.status("call"), StepStatus::Offered);
    assert!(driver.run.state().exceptional);
    driver.advance(&mut |_, _| 0);
    assert_eq!(outcome(&driver.facts), Some(tandem_playbook::Outcome::Failed));
    check_laws(&driver.run.plan().clone(), &driver.facts);
}

#[test]
fn what_comes_in_after_the_end_is_kept_and_can_be_taken_back() {
    let mut driver = driver();
    driver.dry_run("limit", true);
    driver.approve("limit");
    driver.must(request("limit"));
    driver.must(Command::Abort {
        who: "ana".to_owned(),
        reason: "wrong playbook".to_owned(),
    });
    assert_eq!(driver.run.state().status, RunStatus::Over);
    assert_eq!(driver.status("limit"), StepStatus::Dropped);
    assert_eq!(driver.send(request("limit")), Err(Refused::Over));
    driver.must(report(&driver, "limit", true));
    driver.must(undo("limit"));
    check_laws(&driver.run.plan().clone(), &driver.facts);
}

#[test]
fn inputs_and_forms_are_checked() {
    let playbook = Playbook::from_yaml("p", TEXT).unwrap();
    let plan = Plan::new(playbook).unwrap();
    let mut run = Driver::new(&plan);
    for days in [
        Datum::Number(0),
        Datum::Number(31),
        Datum::Text("7".to_owned()),
        Datum::Bool(true),
    ] {
        let refused = run.send(start(Answers::from([("days".to_owned(), days)])));
        assert!(matches!(refused, Err(Refused::Answers { .. })));
    }
    assert!(matches!(
        run.send(start(Answers::new())),
        Err(Refused::Answers { .. })
    ));
    let mut driver = driver();
    take(&mut driver, "ask");
    let done = Command::Done {
        step: "ask".to_owned(),
        who: "dee".to_owned(),
    };
    assert_eq!(driver.send(done), Err(Refused::FormOpen("ask".to_owned())));
    assert!(matches!(set_days(&mut driver, 99), Err(Refused::Answers { .. })));
    set_days(&mut driver, 5).unwrap();
    set_days(&mut driver, 6).unwrap();
    assert_eq!(driver.run.state().values.get("days"), Some(&Datum::Number(6)));
}

#[test]
fn messages_show_what_is_known_and_what_is_open() {
    let driver = driver();
    let more = std::collections::BTreeMap::from([("deadline".to_owned(), "Friday".to_owned())]);
    let (title, text) = driver.run.message("note", &more).unwrap();
    assert_eq!(title, "Case C-2026-0042");
    assert_eq!(text, "Dear S-7K3M2Q9D, 7 days until Friday. {open}");
    assert_eq!(driver.run.message("other", &more), None);
}

#[test]
fn facts_of_another_playbook_or_order_or_version_are_refused() {
    let driver = driver();
    let plan = driver.run.plan().clone();
    let mut other = plan.playbook().clone();
    other.version = 2;
    let wrong = Plan::new(other).unwrap();
    assert!(Run::replay(wrong, &driver.facts).is_err());
    assert!(Run::replay(plan.clone(), driver.facts.iter().skip(1)).is_err());
    let mut twice = driver.facts.clone();
    twice.insert(1, twice[0].clone());
    assert!(Run::replay(plan.clone(), &twice).is_err());
    let mut newer = driver.facts.clone();
    newer[0].v = tandem_playbook::FACT_VERSION + 1;
    assert!(Run::replay(plan, &newer).is_err());
}

#[test]
fn the_form_of_a_fact_does_not_change_unnoticed() {
    let driver = driver();
    let text = serde_json::to_string(&driver.facts[0]).unwrap();
    assert_eq!(
        text,
        r#"{"v":1,"at":1770000000000000,"what":{"fact":"run_started","run":"R-1","playbook":"p","version":1,"case":"C-2026-0042","subject":"S-7K3M2Q9D","inputs":{"days":7},"who":"ana"}}"#
    );
    let command: Command = serde_json::from_str(
        r#"{"command":"approve","step":"limit","who":"ana","department":"it","reason":"r"}"#,
    )
    .unwrap();
    assert_eq!(
        command,
        Command::Approve {
            step: "limit".to_owned(),
            who: "ana".to_owned(),
            department: Department::It,
            reason: "r".to_owned(),
        }
    );
    assert!(serde_json::from_str::<Command>(r#"{"command":"tick","force":true}"#).is_err());
}

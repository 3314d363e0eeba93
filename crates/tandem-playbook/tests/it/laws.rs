//! Whatever is asked of a run, in whatever order: what must always hold, holds.

use proptest::prelude::*;
use tandem_domain::{CaseId, Department};
use tandem_playbook::{Answers, Command, Datum, Plan, Playbook, builtin};

use crate::driver::{BEGIN, Driver, answers, branches, check_laws, deciding};

/// One thing somebody tries: sensible work, or anything at all.
#[derive(Debug, Clone)]
struct Try {
    sensible: bool,
    what: u8,
    step: prop::sample::Index,
    who: u8,
    corporate: bool,
    ok: bool,
    known_key: bool,
    choice: usize,
    hours: i64,
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = (
        (
            prop::bool::weighted(0.5),
            0_u8..21,
            any::<prop::sample::Index>(),
            0_u8..4,
        ),
        (
            any::<bool>(),
            prop::bool::weighted(0.7),
            any::<bool>(),
            0_usize..7,
            -5_i64..60,
        ),
    );
    let one = one.prop_map(
        |((sensible, what, step, who), (corporate, ok, known_key, choice, hours))| Try {
            sensible,
            what,
            step,
            who,
            corporate,
            ok,
            known_key,
            choice,
            hours,
        },
    );
    prop::collection::vec(one, 1..120)
}

/// A small playbook with everything in it, and those that come with Tandem.
fn plans() -> Vec<Plan> {
    const ALL: &str = "
playbook: all
name: All
version: 1
created: 2026-01-01
modified: 2026-01-01
inputs: [{id: n, label: N, type: number}]
steps:
  - id: p
    parallel:
      - - {id: a, do: x, delay: 2h, due: 1h, escalate: [hr, legal], timeout: 9h, on_failure: [{id: af, do: y}, {id: ae, end: gone}]}
        - {id: b, do: x, touches_person: true, undo: {do: back}}
      - - id: c
          touches_person: true
          run: {connector: c, operation: o, parameters: {n: '{n}'}, dry_run: true}
          undo: {run: {connector: c, operation: u}}
          on_failure: [{id: cf, run: {connector: c, operation: o2}}]
      - - {id: d, while: n > 0, max: 3, repeat: [{id: e, do: x, form: [{id: n, label: N, type: number}]}]}
  - {id: help, do: x, support: true}
  - {id: f, switch: k, cases: {s: [{id: g, do: x, checkpoint: [legal]}], t: [{id: sub, playbook: other, outputs: [{id: k, label: K, type: choice, options: [s, t, u]}]}]}}
  - {id: h, if: k = 's' or m, then: [{id: i, do: x, form: [{id: m, label: M, type: bool}]}], else: [{id: j, do: x, form: [{id: k, label: K, type: choice, options: [s, t, u]}]}]}
  - {id: l, do: x, touches_person: true, punitive: true, undo: {do: back}}
exception:
  - {id: z, do: x}
";
    let own = Playbook::from_yaml("all", ALL).unwrap();
    std::iter::once(own)
        .chain(builtin())
        .map(|playbook| Plan::new(playbook).unwrap())
        .collect()
}

fn command(driver: &Driver, plan: &Plan, attempt: &Try) -> Command {
    let steps: Vec<String> = plan.steps().map(|step| step.id.clone()).collect();
    let active: Vec<String> = driver
        .run
        .active()
        .into_iter()
        .map(|(step, _)| step.id.clone())
        .collect();
    let step = if attempt.choice < 5 && !active.is_empty() {
        attempt.step.get(&active).clone()
    } else {
        attempt.step.get(&steps).clone()
    };
    let found = plan.step(&step).unwrap().clone();
    let who = ["ana", "ben", "cia", ""][usize::from(attempt.who)].to_owned();
    let reason = if attempt.choice == 6 {
        String::new()
    } else {
        "because".to_owned()
    };
    let department = if attempt.corporate {
        Department::Corporate
    } else {
        Department::It
    };
    let fields = if found.form.is_empty() {
        &found.outputs
    } else {
        &found.form
    };
    let mut given = answers(fields, &deciding(plan), &mut |_, size| attempt.choice % size);
    if attempt.choice == 5 {
        given.insert("nobody_knows".to_owned(), Datum::Bool(true));
    }
    let state = driver.run.state().steps.get(&step);
    let asked = state.and_then(|state| match attempt.what {
        12 => state.dry_run.as_ref(),
        16 => state.undo.as_ref(),
        _ => state.action.as_ref(),
    });
    let key = match (attempt.known_key, asked) {
        (true, Some(asked)) => asked.key.clone(),
        _ => "made-up".to_owned(),
    };
    let (ok, text) = (attempt.ok, "words".to_owned());
    match attempt.what {
        0 => Command::Start {
            run: "R-2".to_owned(),
            case: CaseId::of(2026, 1),
            subject: None,
            inputs: Answers::new(),
            who,
        },
        1 | 2 => Command::Take { step, who },
        3 => Command::Release { step, who },
        4 => Command::Answer {
            step,
            who,
            answers: given,
        },
        5 => Command::Done { step, who },
        6 => Command::Fail { step, who, reason },
        7 => Command::Skip { step, who, reason },
        8 => Command::Retry { step, who, reason },
        9 => Command::Approve {
            step,
            who,
            department,
            reason,
        },
        10 => Command::Refuse {
            step,
            who,
            department,
            reason,
        },
        11 => Command::RequestDryRun { step, who },
        12 => Command::ReportDryRun { step, key, ok, text },
        13 => Command::RequestAction { step, who },
        14 => Command::ReportAction {
            step,
            key,
            ok,
            text,
            outputs: given,
        },
        15 => Command::RequestUndo { step, who, reason },
        16 => Command::ReportUndo { step, key, ok, text },
        17 => Command::ReportPlaybook {
            step,
            key,
            ok,
            text,
            outputs: given,
        },
        18 => Command::Stall {
            step,
            key,
            text,
            answered: ok,
        },
        19 => Command::ByHand { step, who, reason },
        _ if attempt.hours > 57 => Command::Abort { who, reason },
        _ => {
            let all = branches(plan, &step);
            if attempt.ok {
                Command::Decide {
                    step,
                    branch: all[attempt.choice % all.len()].clone(),
                    who,
                    reason,
                }
            } else {
                Command::Tick {}
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_sequence_of_commands_breaks_a_law(at in any::<prop::sample::Index>(), tries in tries()) {
        thread_local! {
            static PLANS: Vec<Plan> = plans();
        }
        // Every second case takes the small playbook, which packs everything closely.
        let plan = PLANS.with(|plans| if at.index(2) == 0 { plans[0].clone() } else { at.get(plans).clone() });
        let mut driver = Driver::begun(&plan);
        for attempt in tries {
            driver.now = driver.now.max(BEGIN).plus_micros(attempt.hours * 3_600_000_000 / 10);
            if attempt.sensible && !driver.is_over() {
                let doable = driver.run.active().first().is_some_and(|(step, state)| {
                    state.taken_by.is_none() && state.approvals.is_empty() && state.dry_run.as_ref().is_none_or(|dry| dry.answer.is_some())
                        && step.is_work()
                });
                if doable {
                    let before = driver.facts.len();
                    driver.advance(&mut |_, size| attempt.choice % size);
                    prop_assert!(driver.facts.len() > before);
                }
                continue;
            }
            let before = driver.run.clone();
            let command = command(&driver, &plan, &attempt);
            if driver.send(command).is_err() {
                prop_assert_eq!(&driver.run, &before);
            }
        }
        check_laws(&plan, &driver.facts);
        let replayed = tandem_playbook::Run::replay(plan, &driver.facts).unwrap();
        prop_assert_eq!(replayed, driver.run);
    }
}

//! The rules of the house: what a playbook of Tandem must have beyond being sound.
//!
//! Both departments take part, everybody knows their part, law and people are looked after, and help is offered on every way
//! before anything is taken from a person.

use std::collections::BTreeSet;

use tandem_domain::Department;

use crate::check::block_path;
use crate::fault::{Fault, Path};
use crate::model::{Checkpoint, Owner, Phase, Playbook, Step};

/// What breaks the rules of the house. A playbook that comes with Tandem breaks none; an imported one is shown what is missing.
pub fn house_rules(playbook: &Playbook) -> Vec<Fault> {
    let mut faults = Vec::new();
    head(playbook, &mut faults);
    parts(playbook, &mut faults);
    let root = Path::root();
    each(&root.key("steps"), &playbook.steps, 0, &mut faults);
    each(&root.key("exception"), &playbook.exception, 0, &mut faults);
    let mut help = Help { faults: &mut faults };
    help.block(&root.key("steps"), &playbook.steps, Some(false), 0);
    help.block(&root.key("exception"), &playbook.exception, Some(false), 0);
    faults
}

fn head(playbook: &Playbook, faults: &mut Vec<Fault>) {
    let root = Path::root();
    for (key, there) in [
        ("summary", !playbook.summary.trim().is_empty()),
        ("threats", !playbook.threats.is_empty()),
        ("purpose", playbook.purpose.is_some()),
        ("lawful_basis", playbook.lawful_basis.is_some()),
        ("privacy", playbook.privacy.is_some()),
        ("begin_when", !playbook.begin_when.is_empty()),
        ("finished_when", !playbook.finished_when.is_empty()),
        ("evidence", !playbook.evidence.is_empty()),
    ] {
        if !there {
            faults.push(Fault::error(
                &root,
                format!("`{key}` is missing"),
                format!("add `{key}`"),
            ));
        }
    }
}

/// What a playbook has as a whole.
fn parts(playbook: &Playbook, faults: &mut Vec<Fault>) {
    let path = Path::root().key("steps");
    let steps = playbook.all_steps();
    let mut must = |there: bool, reason: &str, help: &str| {
        if !there {
            faults.push(Fault::error(&path, reason, help));
        }
    };
    for department in Department::ALL {
        let there = steps
            .iter()
            .any(|step| step.is_work() && step.department.is_some_and(|owner| owner.includes(*department)));
        must(
            there,
            &format!("no step is done by `{}`", department.as_str()),
            "give it a part",
        );
    }
    let has = |checkpoint| steps.iter().any(|step| step.checkpoint.contains(&checkpoint));
    must(
        has(Checkpoint::Legal),
        "there is no legal checkpoint",
        "add a step with `checkpoint: [legal]`",
    );
    must(
        has(Checkpoint::Hr),
        "there is no HR checkpoint",
        "add a step with `checkpoint: [hr]`",
    );
    must(
        has(Checkpoint::Privacy) || has(Checkpoint::WorksCouncil),
        "neither data protection nor the works council looks at it",
        "add a step with `checkpoint: [privacy]` or `[works_council]`",
    );
    must(
        steps.iter().any(|step| step.support),
        "help is never offered",
        "add a step with `support: true`",
    );
    let learns = steps
        .iter()
        .any(|step| step.is_work() && step.phase == Some(Phase::Learn));
    must(learns, "nothing is learned", "add a step with `phase: learn`");
}

fn each(path: &Path, steps: &[Step], depth: usize, faults: &mut Vec<Fault>) {
    if depth > crate::check::MAX_BLOCKS {
        return;
    }
    for (at, step) in steps.iter().enumerate() {
        let here = path.index(at);
        if step.is_work() {
            work(&here, step, faults);
        }
        for (block, inner) in step.blocks() {
            each(&block_path(&here, block), inner, depth + 1, faults);
        }
    }
}

fn work(path: &Path, step: &Step, faults: &mut Vec<Fault>) {
    let mut missing = |key: &str, there: bool| {
        if !there {
            let reason = format!("the step `{}` has no `{key}`", step.id);
            faults.push(Fault::error(path, reason, format!("add `{key}`")));
        }
    };
    missing("name", !step.name.trim().is_empty());
    missing("department", step.department.is_some());
    missing("phase", step.phase.is_some());
    missing("raci", step.raci.is_some());
    missing("due", step.instructions.is_none() || step.due.is_some());
    missing(
        "undo` or `irreversible",
        !step.touches_person || step.undo.is_some() || step.irreversible.is_some(),
    );
    let Some(raci) = &step.raci else { return };
    let mut wrong = |reason: String, help: &str| {
        faults.push(Fault::error(&path.key("raci"), reason, help));
    };
    if raci.responsible.is_empty() {
        wrong(format!("nobody is responsible for `{}`", step.id), "add `R`");
    }
    let mut seen = BTreeSet::new();
    for (function, letter) in raci.letters() {
        // Whoever answers for a step may also do it; any other two letters of one function contradict each other.
        let alone = letter == 'A' && raci.responsible.contains(&function);
        if !alone && !seen.insert(function) {
            wrong(
                format!("`{function}` has two letters in `{}`", step.id),
                "keep the one with more duty",
            );
        }
        let own = function.department().zip(step.department);
        if letter == 'R' && own.is_some_and(|(department, owner)| !owner.includes(department)) {
            wrong(
                format!("`{function}` is not of the department that does `{}`", step.id),
                "change `department`, or make it `both`",
            );
        }
    }
    if step.touches_person && !both(step) {
        wrong(
            format!(
                "`{}` touches a person, but only one department has a part in it",
                step.id
            ),
            "consult the other department at least",
        );
    }
}

/// Both departments have a letter in it.
fn both(step: &Step) -> bool {
    let part = |department: Department| {
        step.department == Some(Owner::Both)
            || step.raci.as_ref().is_some_and(|raci| {
                raci.letters()
                    .iter()
                    .any(|(function, letter)| *letter != 'I' && function.department() == Some(department))
            })
    };
    part(Department::It) && part(Department::Corporate)
}

/// Walks all ways and knows on each whether help was surely offered before. `None` stands for "no way leads here".
struct Help<'f> {
    faults: &'f mut Vec<Fault>,
}

/// Where two ways meet, help was offered only if it was on both.
const fn meet(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a && b),
        (None, known) | (known, None) => known,
    }
}

impl Help<'_> {
    /// Whether help was offered at the end of the block, and where an end step leaves it early.
    fn block(
        &mut self,
        path: &Path,
        steps: &[Step],
        mut offered: Option<bool>,
        depth: usize,
    ) -> (Option<bool>, Option<bool>) {
        let mut early = None;
        if depth > crate::check::MAX_BLOCKS {
            return (offered, early);
        }
        for (at, step) in steps.iter().enumerate() {
            let here = path.index(at);
            if step.punitive && offered == Some(false) {
                let reason = format!(
                    "`{}` takes something from a person before help was offered on every way",
                    step.id
                );
                let help =
                    "put a step with `support: true` before it, outside of branches that may not be taken";
                self.faults.push(Fault::error(&here, reason, help));
            }
            if step.end.is_some() {
                early = meet(early, offered);
                offered = None;
            } else if step.is_work() {
                // A failure branch leads on to the next step, its end out of this block.
                let (failed, left) =
                    self.block(&here.key("on_failure"), &step.on_failure, offered, depth + 1);
                early = meet(early, left);
                let failed = if step.on_failure.is_empty() { None } else { failed };
                offered = meet(offered.map(|offered| offered || step.support), failed);
            } else {
                offered = self.directed(&here, step, offered, depth);
            }
        }
        (offered, early)
    }

    /// A step that only directs the flow: what its branches come to.
    fn directed(&mut self, path: &Path, step: &Step, offered: Option<bool>, depth: usize) -> Option<bool> {
        let mut ways = Vec::new();
        for (block, inner) in step.blocks() {
            let (end, early) = self.block(&block_path(path, block), inner, offered, depth + 1);
            ways.push(meet(end, early));
        }
        if !step.parallel.is_empty() {
            // All branches are gone through, so one of them is enough.
            return ways.into_iter().flatten().reduce(|a, b| a || b).or(offered);
        }
        if step.repeat_while.is_some() {
            // It may be repeated not once.
            return offered;
        }
        let closed = !step.otherwise.is_empty() || step.cases.contains_key("default");
        if !closed {
            ways.push(offered);
        }
        ways.into_iter().fold(None, meet)
    }
}

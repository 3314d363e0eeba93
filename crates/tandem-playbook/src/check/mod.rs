//! Is a playbook sound? Its steps have one kind each, names mean something, nothing is endless.

mod names;

use std::collections::BTreeSet;

use crate::fault::{Fault, Path};
use crate::is_name;
use crate::model::{Action, Block, Kind, Playbook, Step};
use names::Names;
pub(crate) use names::fits;

/// Most steps a playbook may have.
pub(crate) const MAX_STEPS: usize = 500;
/// Deepest nesting of blocks.
pub(crate) const MAX_BLOCKS: usize = 12;
/// Most repetitions of a loop.
const MAX_LOOPS: u32 = 100;
/// Ids the graph uses itself.
const TAKEN: [&str; 2] = ["start", "end"];

impl Playbook {
    /// What makes it unusable; empty for a sound playbook. Whether it is a good one is asked by [`crate::house_rules`].
    pub fn faults(&self) -> Vec<Fault> {
        let root = Path::root();
        let mut check = Check {
            names: Names::of(self),
            ids: BTreeSet::new(),
            faults: Vec::new(),
        };
        check.head(self);
        check.names.fields(&mut check.faults);
        check.block(&root.key("steps"), &self.steps, 0, false);
        check.block(&root.key("exception"), &self.exception, 0, false);
        if self.steps.is_empty() {
            check.error(&root.key("steps"), "there are no steps", "");
        }
        check.faults
    }

    /// Every step, also inside blocks, in the order of the file.
    pub fn all_steps(&self) -> Vec<&Step> {
        let mut out = Vec::new();
        let mut waiting: Vec<&Step> = self
            .exception
            .iter()
            .rev()
            .chain(self.steps.iter().rev())
            .collect();
        while let Some(step) = waiting.pop() {
            out.push(step);
            for (_, block) in step.blocks().into_iter().rev() {
                waiting.extend(block.iter().rev());
            }
        }
        out
    }
}

/// The way to a block from its step.
pub(crate) fn block_path(step: &Path, block: Block<'_>) -> Path {
    match block {
        Block::Then => step.key("then"),
        Block::Else => step.key("else"),
        Block::Case(case) => step.key("cases").key(case),
        Block::Repeat => step.key("repeat"),
        Block::Branch(at) => step.key("parallel").index(at),
        Block::Failure => step.key("on_failure"),
    }
}

struct Check<'p> {
    names: Names<'p>,
    ids: BTreeSet<&'p str>,
    faults: Vec<Fault>,
}

impl<'p> Check<'p> {
    fn error(&mut self, path: &Path, reason: impl Into<String>, help: impl Into<String>) {
        self.faults.push(Fault::error(path, reason, help));
    }

    fn head(&mut self, playbook: &'p Playbook) {
        let root = Path::root();
        let slug = |id: &str| {
            (1..=80).contains(&id.len())
                && id.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
                && id
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if !slug(&playbook.id) {
            let reason = format!("`{}` is no id", playbook.id.chars().take(80).collect::<String>());
            let help = "use lower-case letters, digits and `-`, at most 80";
            self.error(&root.key("playbook"), reason, help);
        }
        if playbook.name.trim().is_empty() {
            self.error(&root.key("name"), "is empty", "");
        }
        if playbook.version == 0 {
            self.error(&root.key("version"), "versions count from 1", "");
        }
        if playbook.modified < playbook.created {
            self.error(&root.key("modified"), "is earlier than `created`", "");
        }
        let mut known = BTreeSet::new();
        for (at, template) in playbook.templates.iter().enumerate() {
            let path = root.key("templates").index(at);
            if !is_name(&template.id) || !known.insert(template.id.as_str()) {
                let reason = format!("`{}` is no id, or stands twice", template.id);
                self.error(&path.key("id"), reason, "use lower-case letters, digits and `_`");
            }
            for (key, text) in [("title", &template.title), ("text", &template.text)] {
                self.names.placeholders(&path.key(key), text, &mut self.faults);
            }
        }
    }

    fn block(&mut self, path: &Path, steps: &'p [Step], depth: usize, looped: bool) {
        if depth > MAX_BLOCKS {
            let help = "move steps into a playbook of their own and call it with `playbook`";
            self.error(path, format!("blocks are nested deeper than {MAX_BLOCKS}"), help);
            return;
        }
        for (at, step) in steps.iter().enumerate() {
            if self.ids.len() > MAX_STEPS {
                self.error(path, format!("more than {MAX_STEPS} steps"), "split the playbook");
                return;
            }
            let here = path.index(at);
            self.step(&here, step, looped);
            if step.end.is_some() && at + 1 < steps.len() {
                let next = path.index(at + 1);
                self.error(&next, "cannot be reached: the step before it is an end", "");
            }
            let repeats = looped || step.repeat_while.is_some();
            for (block, inner) in step.blocks() {
                self.block(&block_path(&here, block), inner, depth + 1, repeats);
            }
        }
    }

    fn step(&mut self, path: &Path, step: &'p Step, looped: bool) {
        if !is_name(&step.id) || TAKEN.contains(&step.id.as_str()) {
            let reason = format!(
                "`{}` is no id of a step",
                step.id.chars().take(80).collect::<String>()
            );
            let help = "use lower-case letters, digits and `_`; `start` and `end` are taken";
            self.error(&path.key("id"), reason, help);
        } else if !self.ids.insert(&step.id) {
            let reason = format!("another step has the id `{}`", step.id);
            self.error(&path.key("id"), reason, "ids are unique within a playbook");
        }
        let given = kinds(step);
        match given.as_slice() {
            [only] => self.belongs(path, step, only),
            [] => {
                let help = "add one of `do`, `run`, `playbook`, `if`, `switch`, `while`, `parallel`, `end`";
                self.error(
                    path,
                    format!("the step `{}` does not say what it does", step.id),
                    help,
                );
            }
            more => {
                let reason = format!(
                    "the step `{}` has {}, but may have only one of them",
                    step.id,
                    more.join(", ")
                );
                self.error(path, reason, "make steps of their own");
            }
        }
        self.kind(path, step);
        self.marks(path, step, looped);
        self.clocks(path, step);
        for (at, template) in step.templates.iter().enumerate() {
            if !self.names.has_template(template) {
                let here = path.key("templates").index(at);
                self.error(
                    &here,
                    format!("there is no template `{template}`"),
                    "add it to `templates`",
                );
            }
        }
    }

    /// Keys that belong to a kind of step which this one is not.
    fn belongs(&mut self, path: &Path, step: &Step, kind: &str) {
        let work = ["do", "run", "playbook"];
        let act = ["do", "run"];
        for (key, there, kinds) in [
            ("form", !step.form.is_empty(), ["do"].as_slice()),
            ("outputs", !step.outputs.is_empty(), &["run", "playbook"]),
            ("with", !step.with.is_empty(), &["playbook"]),
            ("then", !step.then.is_empty(), &["if"]),
            ("else", !step.otherwise.is_empty(), &["if"]),
            ("cases", !step.cases.is_empty(), &["switch"]),
            ("max", step.max.is_some(), &["while"]),
            ("repeat", !step.repeat.is_empty(), &["while"]),
            ("undo", step.undo.is_some(), &act),
            ("irreversible", step.irreversible.is_some(), &act),
            ("touches_person", step.touches_person, &act),
            ("punitive", step.punitive, &act),
            ("support", step.support, &act),
            ("checkpoint", !step.checkpoint.is_empty(), &act),
            ("delay", step.delay.is_some(), &work),
            ("due", step.due.is_some(), &work),
            ("timeout", step.timeout.is_some(), &work),
            ("escalate", !step.escalate.is_empty(), &work),
            ("on_failure", !step.on_failure.is_empty(), &work),
        ] {
            if there && !kinds.contains(&kind) {
                let reason = format!("`{key}` has no meaning beside `{kind}`");
                self.error(
                    &path.key(key),
                    reason,
                    format!("it belongs to `{}`", kinds.join("`, `")),
                );
            }
        }
    }

    fn kind(&mut self, path: &Path, step: &Step) {
        match step.kind() {
            Some(Kind::Manual(text)) if text.trim().is_empty() => self.error(&path.key("do"), "is empty", ""),
            Some(Kind::Automatic(action)) => self.action(&path.key("run"), action),
            Some(Kind::Playbook(_)) => {
                for (at, name) in step.with.iter().enumerate() {
                    self.names
                        .known(&path.key("with").index(at), name, &mut self.faults);
                }
            }
            Some(Kind::If { condition, then, .. }) => {
                self.names.condition(&path.key("if"), condition, &mut self.faults);
                if then.is_empty() {
                    let help = "turn the condition round if there is only an `else`";
                    self.error(path, "`then` is empty", help);
                }
            }
            Some(Kind::Switch { on, cases }) => self.switch(path, on, cases.keys()),
            Some(Kind::While { condition, max, body }) => {
                self.names
                    .condition(&path.key("while"), condition, &mut self.faults);
                if !(1..=MAX_LOOPS).contains(&max) {
                    self.error(&path.key("max"), format!("must be 1 to {MAX_LOOPS}"), "");
                }
                if body.is_empty() {
                    self.error(path, "`repeat` is empty", "add the steps to repeat");
                }
            }
            Some(Kind::Parallel(branches)) => {
                if branches.len() < 2 {
                    self.error(&path.key("parallel"), "needs at least two branches", "");
                }
                for (at, _) in branches
                    .iter()
                    .enumerate()
                    .filter(|(_, branch)| branch.is_empty())
                {
                    self.error(&path.key("parallel").index(at), "the branch is empty", "");
                }
            }
            _ => {}
        }
        if let Some(action) = step.undo.as_ref().and_then(|undo| undo.run.as_ref()) {
            self.action(&path.key("undo").key("run"), action);
        }
        if step
            .undo
            .as_ref()
            .is_some_and(|undo| undo.run.is_none() && undo.instructions.is_none())
        {
            self.error(&path.key("undo"), "says neither `do` nor `run`", "");
        }
    }

    fn action(&mut self, path: &Path, action: &Action) {
        let word = |text: &str| {
            (1..=80).contains(&text.len())
                && text
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'.'))
        };
        for (key, text) in [("connector", &action.connector), ("operation", &action.operation)] {
            if !word(text) {
                let help = "use lower-case letters, digits, `_`, `-` and `.`";
                self.error(&path.key(key), "is no name", help);
            }
        }
        for (name, value) in &action.parameters {
            if let crate::Datum::Text(text) = value {
                let here = path.key("parameters").key(name);
                self.names.placeholders(&here, text, &mut self.faults);
            }
        }
    }

    fn switch<'k>(&mut self, path: &Path, on: &str, cases: impl Iterator<Item = &'k String>) {
        self.names.known(&path.key("switch"), on, &mut self.faults);
        let options = self.names.options(on);
        let mut any = false;
        for case in cases {
            any = true;
            if case != "default"
                && options
                    .as_ref()
                    .is_some_and(|options| !options.contains(&case.as_str()))
            {
                let help = "use an option of the field, or `default`";
                let reason = format!("`{on}` is never `{case}`");
                self.error(&path.key("cases").key(case), reason, help);
            }
        }
        if !any {
            self.error(path, "`cases` is empty", "");
        }
    }

    /// Steps on people, help and checkpoints.
    fn marks(&mut self, path: &Path, step: &Step, looped: bool) {
        if step.touches_person && looped {
            let help = "a loop must not repeat what is done to a person; move the step out of it";
            self.error(
                path,
                format!("the step `{}` touches a person inside a loop", step.id),
                help,
            );
        }
        if step.punitive && !step.touches_person {
            let help = "add `touches_person: true`";
            self.error(
                &path.key("punitive"),
                "what takes something from a person touches a person",
                help,
            );
        }
        if step.punitive && step.support {
            self.error(
                &path.key("punitive"),
                "an offer of help takes nothing from anybody",
                "make two steps",
            );
        }
        if step.must_happen() {
            for (key, there) in [
                ("timeout", step.timeout.is_some()),
                ("on_failure", !step.on_failure.is_empty()),
            ] {
                if there {
                    let reason = "a checkpoint or an offer of help must happen, so it has no way around it";
                    self.error(&path.key(key), reason, "use `due` and `escalate`");
                }
            }
        }
    }

    fn clocks(&mut self, path: &Path, step: &Step) {
        for (key, span) in [("due", step.due), ("timeout", step.timeout)] {
            if span.is_some_and(|span| span.millis() == 0) {
                self.error(&path.key(key), "is no time at all", "");
            }
        }
        if !step.escalate.is_empty() && step.due.is_none() {
            self.error(
                &path.key("escalate"),
                "nothing is escalated without a clock",
                "add `due`",
            );
        }
    }
}

fn kinds(step: &Step) -> Vec<&'static str> {
    [
        ("do", step.instructions.is_some()),
        ("run", step.run.is_some()),
        ("playbook", step.playbook.is_some()),
        ("if", step.condition.is_some()),
        ("switch", step.switch.is_some()),
        ("while", step.repeat_while.is_some()),
        ("parallel", !step.parallel.is_empty()),
        ("end", step.end.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, there)| there.then_some(name))
    .collect()
}

//! From CACAO to the model.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::export::{head_json, step_json};
use super::foreign::{fields, instructions, slug, text_field};
use super::rest::difference;
use super::{EXTENSION, IDENTITY, Imported, OF_PLAYBOOK, OF_STEP, STEP_ID, field_name, put, step_id};
use crate::cacao::shape::Shape;
use crate::cacao::{Document, Json, Step as CacaoStep, StepKind};
use crate::check::{MAX_BLOCKS, MAX_STEPS};
use crate::condition::Condition;
use crate::fault::{Fault, Path, PlaybookError, Severity};
use crate::model::{DEFAULT_MAX, Field, Playbook, Span, Step};

/// Properties that follow from the order of steps.
const LINKS: [&str; 8] = [
    "type",
    "on_completion",
    "on_success",
    "on_failure",
    "on_true",
    "on_false",
    "cases",
    "next_steps",
];

impl Playbook {
    /// Reads a playbook out of CACAO 2.0.
    ///
    /// What [`Playbook::to_cacao`] wrote comes back equal. A playbook made elsewhere becomes one that can be run: manual commands
    /// become duties, other commands duties to carry them out, conditions beyond Tandem's grammar questions to a person. Steps to
    /// which several ways lead are copied. What there is no word for is carried along. Breaches of the specification that do not
    /// touch the order of steps become notes.
    ///
    /// # Errors
    /// If it does not say which step follows which, or is larger or deeper than a playbook may be.
    pub fn from_cacao(document: &Document) -> Result<Imported, PlaybookError> {
        let failed = |faults: Vec<Fault>| PlaybookError {
            file: document.id.clone(),
            faults,
        };
        let errors = document.flow_errors();
        if !errors.is_empty() {
            return Err(failed(errors));
        }
        let mut notes = document.faults();
        notes
            .iter_mut()
            .for_each(|note| note.severity = Severity::Warning);
        let mut playbook = head(document).map_err(|fault| failed(vec![fault]))?;
        let mut reader = Reader {
            document,
            foreign: extension(document.playbook_extensions.as_ref(), OF_PLAYBOOK).is_none(),
            id: playbook.id.clone(),
            names: BTreeSet::new(),
            copied: BTreeSet::new(),
            notes,
            steps: 0,
            fields: BTreeMap::new(),
        };
        if reader.foreign {
            reader.fields = fields(document);
        }
        let first = document.workflow.get(&document.workflow_start);
        let first = first
            .and_then(|start| start.common.on_completion.as_deref())
            .unwrap_or_default();
        let steps = reader.chain(first, &[], 0).map_err(|fault| failed(vec![fault]))?;
        playbook.steps = steps.0;
        if let Some(exception) = &document.workflow_exception {
            let steps = reader
                .chain(exception, &[], 0)
                .map_err(|fault| failed(vec![fault]))?;
            playbook.exception = steps.0;
        }
        if reader.foreign {
            // What no step gives, whoever begins a run may give.
            let steps = playbook.all_steps().into_iter();
            let given: BTreeSet<&str> = steps
                .flat_map(|step| step.form.iter().chain(&step.outputs))
                .map(|field| field.id.as_str())
                .collect();
            let open = reader
                .fields
                .values()
                .filter(|field| !given.contains(field.id.as_str()));
            playbook.inputs = open.cloned().collect();
        }
        let Value::Object(own) = document.to_json() else {
            return Err(failed(Vec::new()));
        };
        let without = ["workflow", "workflow_start", "workflow_exception"];
        playbook.cacao = difference(&head_json(&playbook), &own, &without);
        let faults = playbook.faults();
        if !faults.is_empty() {
            return Err(failed(faults));
        }
        let notes = reader.notes;
        Ok(Imported { playbook, notes })
    }
}

fn extension(extensions: Option<&Json>, property: &str) -> Option<Json> {
    let own = extensions?.get(EXTENSION)?.as_object()?.get(property)?;
    own.as_object().cloned()
}

/// Everything but steps.
fn head(document: &Document) -> Result<Playbook, Fault> {
    let own = extension(document.playbook_extensions.as_ref(), OF_PLAYBOOK);
    let mut map = own.unwrap_or_else(|| {
        let mut map = Json::new();
        put(&mut map, "playbook", Some(&slug(&document.name, '-', "imported")));
        map.insert("version".to_owned(), 1.into());
        map
    });
    put(&mut map, "name", Some(&document.name));
    put(&mut map, "summary", document.description.as_deref());
    put(&mut map, "created", Some(&document.created));
    put(&mut map, "modified", Some(&document.modified));
    if document.created_by != IDENTITY {
        put(&mut map, "created_by", Some(&document.created_by));
    }
    map.insert("steps".to_owned(), json!([]));
    serde_json::from_value(Value::Object(map)).map_err(|error| {
        let path = Path::root()
            .key("playbook_extensions")
            .key(EXTENSION)
            .key(OF_PLAYBOOK);
        Fault::error(&path, error.to_string(), "see docs/playbooks.md for the keys")
    })
}

/// Where a chain of steps stopped.
enum Stop {
    /// At an end step that is no step of Tandem's.
    Block,
    /// At an end step that the playbook itself names.
    Named,
    /// At one of the steps it was to stop at.
    Joined,
}

struct Reader<'d> {
    document: &'d Document,
    foreign: bool,
    id: String,
    names: BTreeSet<String>,
    copied: BTreeSet<&'d str>,
    notes: Vec<Fault>,
    steps: usize,
    fields: BTreeMap<String, Field>,
}

impl<'d> Reader<'d> {
    fn path(id: &str) -> Path {
        Path::root().key("workflow").key(id)
    }

    /// The steps from one on, up to an end or to one of `stops`.
    fn chain(&mut self, from: &'d str, stops: &[&'d str], depth: usize) -> Result<(Vec<Step>, Stop), Fault> {
        let mut out = Vec::new();
        let mut at = from;
        if depth > MAX_BLOCKS {
            let reason = format!("branches are nested deeper than {MAX_BLOCKS}");
            return Err(Fault::error(&Self::path(from), reason, "split the playbook"));
        }
        loop {
            if stops.contains(&at) {
                return Ok((out, Stop::Joined));
            }
            let Some(step) = self.document.workflow.get(at) else {
                return Err(Fault::error(&Self::path(at), "is not in `workflow`", ""));
            };
            if matches!(step.kind, StepKind::End) {
                return match extension(step.common.step_extensions.as_ref(), OF_STEP) {
                    Some(own) => {
                        out.push(self.known(at, step, own)?);
                        Ok((out, Stop::Named))
                    }
                    None => Ok((out, Stop::Block)),
                };
            }
            self.steps += 1;
            if self.steps > MAX_STEPS {
                let reason = format!("more than {MAX_STEPS} steps once shared steps are copied");
                return Err(Fault::error(&Self::path(at), reason, "split the playbook"));
            }
            let common = &step.common;
            let next = common.on_completion.as_deref().or(common.on_success.as_deref());
            let read = self.step(at, step, next, stops, depth)?;
            out.extend(read);
            match next {
                Some(next) => at = next,
                None => return Ok((out, Stop::Block)),
            }
        }
    }

    fn step(
        &mut self,
        id: &'d str,
        step: &'d CacaoStep,
        next: Option<&'d str>,
        stops: &[&'d str],
        depth: usize,
    ) -> Result<Option<Step>, Fault> {
        let mut out = match extension(step.common.step_extensions.as_ref(), OF_STEP) {
            Some(own) => self.known(id, step, own)?,
            None => self.foreign(id, step)?,
        };
        let inside = |reader: &mut Self, head: &'d str| {
            // A branch that leads back to its own step, or to what follows it, ends there.
            let ends: Vec<&str> = [Some(id), next].into_iter().flatten().collect();
            reader.chain(head, &ends, depth + 1).map(|(steps, _)| steps)
        };
        match &step.kind {
            StepKind::If(own) => {
                out.then = inside(self, &own.on_true)?;
                if let Some(head) = &own.on_false {
                    out.otherwise = inside(self, head)?;
                }
            }
            StepKind::While(own) => out.repeat = inside(self, &own.on_true)?,
            StepKind::Switch(own) => {
                for (case, head) in own.cases.iter() {
                    let steps = inside(self, head)?;
                    if !steps.is_empty() {
                        out.cases.insert(case.to_owned(), steps);
                    }
                }
            }
            StepKind::Parallel(own) => {
                for head in &own.next_steps {
                    let steps = inside(self, head)?;
                    if !steps.is_empty() {
                        out.parallel.push(steps);
                    }
                }
            }
            _ => {}
        }
        if let Some(failure) = &step.common.on_failure {
            let mut ends = stops.to_vec();
            ends.extend(next);
            let (mut steps, stop) = self.chain(failure, &ends, depth + 1)?;
            if matches!(stop, Stop::Block) {
                steps.push(self.ending("after a failure"));
            }
            out.on_failure = steps;
        }
        self.carried(id, step, &mut out);
        Ok(self.kept(id, out))
    }

    /// What has become empty without its branches is left out; a note says so.
    fn kept(&mut self, id: &str, mut step: Step) -> Option<Step> {
        let note = |reader: &mut Self, reason: &str| {
            reader.notes.push(Fault::warning(&Self::path(id), reason, ""));
        };
        if step.condition.is_some() && step.then.is_empty() {
            if step.otherwise.is_empty() {
                note(self, "a choice between two empty branches was left out");
                return None;
            }
            step.then = vec![self.ending("nothing to do")];
        }
        if step.repeat_while.is_some() && step.repeat.is_empty() {
            note(self, "a loop without steps was left out");
            return None;
        }
        if step.switch.is_some() && step.cases.is_empty() {
            note(self, "a choice without steps was left out");
            return None;
        }
        if step.cacao.get("type").is_none() && step.parallel.len() == 1 {
            note(self, "empty branches were left out");
            let idle = self.ending("nothing to do");
            step.parallel.push(vec![idle]);
        }
        Some(step)
    }

    fn ending(&mut self, text: &str) -> Step {
        Step {
            id: self.name("ending"),
            end: Some(text.to_owned()),
            ..Step::default()
        }
    }

    /// A name that no step has yet.
    fn name(&mut self, wish: &str) -> String {
        let wish = if matches!(wish, "start" | "end") {
            "step"
        } else {
            wish
        };
        let mut name = wish.to_owned();
        let mut count = 1;
        while !self.names.insert(name.clone()) {
            count += 1;
            name = format!("{wish}_{count}");
        }
        name
    }

    /// A step that Tandem wrote.
    fn known(&mut self, id: &'d str, step: &CacaoStep, mut own: Json) -> Result<Step, Fault> {
        let common = &step.common;
        put(&mut own, "name", common.name.as_deref());
        put(&mut own, "about", common.description.as_deref());
        self.spans(id, step, &mut own)?;
        match &step.kind {
            StepKind::Action(action) if !own.contains_key("run") => {
                own.insert("do".to_owned(), instructions(action).into());
            }
            StepKind::If(choice) => condition(&mut own, "if", &choice.condition),
            StepKind::While(choice) => condition(&mut own, "while", &choice.condition),
            StepKind::Switch(choice) if !own.contains_key("switch") => {
                put(&mut own, "switch", field_name(&choice.switch));
            }
            _ => {}
        }
        let path = Self::path(id).key("step_extensions").key(EXTENSION).key(OF_STEP);
        let mut out: Step = serde_json::from_value(Value::Object(own))
            .map_err(|error| Fault::error(&path, error.to_string(), "see docs/playbooks.md for the keys"))?;
        out.id = self.name(&out.id);
        if matches!(step.kind, StepKind::End) {
            self.carried(id, step, &mut out);
        }
        Ok(out)
    }

    fn spans(&self, id: &str, step: &CacaoStep, own: &mut Json) -> Result<(), Fault> {
        for (key, millis) in [("delay", step.common.delay), ("timeout", step.common.timeout)] {
            let Some(millis) = millis else { continue };
            let span = Span::from_millis(millis)
                .ok_or_else(|| Fault::error(&Self::path(id).key(key), "is more than ten years", ""))?;
            own.insert(key.to_owned(), span.to_string().into());
        }
        Ok(())
    }

    /// A step made elsewhere.
    fn foreign(&mut self, id: &str, step: &CacaoStep) -> Result<Step, Fault> {
        let common = &step.common;
        let kind = step.kind.as_str().replace('-', "_");
        let wish = slug(common.name.as_deref().unwrap_or_default(), '_', &kind);
        let mut own = Json::new();
        put(&mut own, "id", Some(&wish));
        put(&mut own, "name", common.name.as_deref());
        put(&mut own, "about", common.description.as_deref());
        if matches!(step.kind, StepKind::Action(_) | StepKind::PlaybookAction(_)) {
            self.spans(id, step, &mut own)?;
        }
        let path = Self::path(id);
        let mut out: Step = serde_json::from_value(Value::Object(own))
            .map_err(|error| Fault::error(&path, error.to_string(), ""))?;
        out.id = self.name(&wish);
        match &step.kind {
            StepKind::Action(action) => {
                out.instructions = Some(instructions(action));
                out.form = self.given(action.out_args.as_ref());
            }
            StepKind::PlaybookAction(own) => {
                out.playbook = Some(own.playbook_id.clone());
                out.outputs = self.given(own.out_args.as_ref());
                let known = own.in_args.iter().flatten().filter_map(|name| field_name(name));
                out.with = known
                    .filter(|name| self.fields.contains_key(*name))
                    .map(str::to_owned)
                    .collect();
            }
            StepKind::If(own) => out.condition = Some(self.condition(&own.condition)),
            StepKind::While(own) => {
                out.repeat_while = Some(self.condition(&own.condition));
                out.max = Some(DEFAULT_MAX);
            }
            StepKind::Switch(own) => out.switch = Some(self.value(&own.switch)),
            _ => {}
        }
        Ok(out)
    }

    /// The name of a value that a switch looks at; one that Tandem cannot write gets another, and whoever begins a run may give it.
    fn value(&mut self, variable: &str) -> String {
        let known = field_name(variable).filter(|name| self.fields.contains_key(*name));
        if let Some(name) = known {
            return name.to_owned();
        }
        let bare = variable.strip_suffix(":value").unwrap_or(variable);
        let name = slug(bare, '_', "value");
        self.fields
            .entry(name.clone())
            .or_insert_with(|| text_field(&name, bare));
        name
    }

    fn given(&self, names: Option<&Vec<String>>) -> Vec<Field> {
        let names = names.into_iter().flatten().filter_map(|name| field_name(name));
        names.filter_map(|name| self.fields.get(name)).cloned().collect()
    }

    /// A condition that looks at known values and compares them with what they can be; otherwise a question.
    fn condition(&self, text: &str) -> Condition {
        let condition = Condition::from_cacao(text);
        let Condition::Own(expr) = &condition else {
            return condition;
        };
        let fits = expr.names().iter().all(|name| self.fields.contains_key(*name));
        let mut typed = true;
        expr.visit(&mut |test| {
            typed &= self
                .fields
                .get(test.name())
                .is_some_and(|field| crate::check::fits(field, &test));
        });
        if fits && typed {
            condition
        } else {
            Condition::Foreign(text.to_owned())
        }
    }

    /// What there is no word for is carried along, and the identifier if it is not the one Tandem would give.
    fn carried(&mut self, id: &'d str, step: &CacaoStep, out: &mut Step) {
        let Value::Object(theirs) = step.write() else {
            return;
        };
        out.cacao = difference(&step_json(out), &theirs, &LINKS);
        if self.copied.insert(id) {
            if step_id(&self.id, out) != id {
                out.cacao.insert(STEP_ID.to_owned(), id.into());
            }
        } else if self.foreign {
            let reason = "several ways lead to this step; it was copied for each";
            self.notes.push(Fault::warning(&Self::path(id), reason, ""));
        }
    }
}

fn condition(own: &mut Json, key: &str, text: &str) {
    if !own.contains_key(key) {
        own.insert(key.to_owned(), Condition::from_cacao(text).to_string().into());
    }
}

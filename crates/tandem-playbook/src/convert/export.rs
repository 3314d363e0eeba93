//! From the model to CACAO.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::rest::overlay;
use super::{CONNECTOR, EXTENSION, IDENTITY, OF_PLAYBOOK, OF_STEP, kind_name, put, step_id, variable};
use crate::cacao::{Document, Json, derive};
use crate::condition::Condition;
use crate::fault::PlaybookError;
use crate::model::{Action, Block, Field, Function, Kind, Playbook, Step};

/// Keys of a step that CACAO has a property for, or that follow from the order of steps.
const NATIVE: [&str; 14] = [
    "name",
    "about",
    "do",
    "delay",
    "timeout",
    "if",
    "while",
    "switch",
    "then",
    "else",
    "cases",
    "repeat",
    "parallel",
    "on_failure",
];

impl Playbook {
    /// The playbook as CACAO 2.0.
    ///
    /// # Errors
    /// If it is not sound, see [`Playbook::faults`].
    pub fn to_cacao(&self) -> Result<Document, PlaybookError> {
        let faults = self.faults();
        if !faults.is_empty() {
            let file = self.id.clone();
            return Err(PlaybookError { file, faults });
        }
        let mut writer = Writer {
            id: &self.id,
            workflow: Json::new(),
            ends: BTreeSet::new(),
        };
        let start = derive("start", &[&self.id]);
        let end = writer.end("top", "");
        let head = writer.chain(&self.steps, &end);
        writer
            .workflow
            .insert(start.clone(), json!({"type": "start", "on_completion": head}));
        let mut document = head_json(self);
        document.insert("workflow_start".to_owned(), start.into());
        if !self.exception.is_empty() {
            let end = writer.end("exception", "");
            let head = writer.chain(&self.exception, &end);
            document.insert("workflow_exception".to_owned(), head.into());
        }
        for end in writer.ends {
            writer.workflow.insert(end, json!({"type": "end"}));
        }
        document.insert("workflow".to_owned(), Value::Object(writer.workflow));
        overlay(&mut document, &self.cacao);
        Document::from_json(&self.id, Value::Object(document))
    }
}

/// Everything but the workflow.
pub(super) fn head_json(playbook: &Playbook) -> Json {
    let mut map = Json::new();
    put(&mut map, "type", Some("playbook"));
    put(&mut map, "spec_version", Some("cacao-2.0"));
    put(&mut map, "id", Some(&derive("playbook", &[&playbook.id])));
    put(&mut map, "name", Some(&playbook.name));
    put(&mut map, "description", Some(&playbook.summary));
    put(
        &mut map,
        "created_by",
        Some(playbook.created_by.as_deref().unwrap_or(IDENTITY)),
    );
    put(&mut map, "created", Some(playbook.created.as_str()));
    put(&mut map, "modified", Some(playbook.modified.as_str()));
    map.insert("playbook_processing_summary".to_owned(), summary(playbook));
    let threats = playbook.threats.iter().map(|threat| threat.as_str());
    let labels: Vec<&str> = std::iter::once("insider-risk").chain(threats).collect();
    map.insert("labels".to_owned(), json!(labels));
    if !playbook.references.is_empty() {
        let references: Vec<Value> = playbook
            .references
            .iter()
            .map(|name| json!({"name": name}))
            .collect();
        map.insert("external_references".to_owned(), json!(references));
    }
    let variables = variables(playbook);
    if !variables.is_empty() {
        map.insert("playbook_variables".to_owned(), Value::Object(variables));
    }
    let agents = agents(playbook);
    if !agents.is_empty() {
        map.insert("agent_definitions".to_owned(), Value::Object(agents));
    }
    map.insert(
        "extension_definitions".to_owned(),
        json!({EXTENSION: {
            "type": "extension-definition",
            "name": "Tandem: two departments, one playbook",
            "description": "Who is responsible and accountable, what touches a person and needs both departments, legal ground, clocks with escalation, forms, how to talk, how to take a step back.",
            "created_by": IDENTITY,
            "schema": "The keys of Tandem's YAML form of a playbook, docs/playbooks.md.",
            "version": "1.0.0",
        }}),
    );
    let mut own = object(playbook);
    for key in [
        "name",
        "summary",
        "created",
        "modified",
        "created_by",
        "steps",
        "exception",
        "cacao",
    ] {
        own.shift_remove(key);
    }
    map.insert(
        "playbook_extensions".to_owned(),
        json!({EXTENSION: {OF_PLAYBOOK: own}}),
    );
    map
}

/// Section 10.14: which features a playbook uses.
fn summary(playbook: &Playbook) -> Value {
    let steps = playbook.all_steps();
    let any = |wanted: fn(&Step) -> bool| steps.iter().any(|step| wanted(step));
    json!({
        "manual_playbook": !any(|step| step.run.is_some()),
        "external_playbooks": any(|step| step.playbook.is_some()),
        "parallel_processing": any(|step| !step.parallel.is_empty()),
        "if_logic": any(|step| step.condition.is_some()),
        "while_logic": any(|step| step.repeat_while.is_some()),
        "switch_logic": any(|step| step.switch.is_some()),
        "temporal_logic": any(|step| step.delay.is_some() || step.timeout.is_some()),
        "extensions": true,
    })
}

fn variables(playbook: &Playbook) -> Json {
    let mut map = Json::new();
    let mut add = |field: &Field, external: bool| {
        map.entry(variable(&field.id)).or_insert_with(|| {
            json!({"type": field.cacao_type(), "description": field.label, "constant": false, "external": external})
        });
    };
    playbook.inputs.iter().for_each(|field| add(field, true));
    for step in playbook.all_steps() {
        step.form
            .iter()
            .chain(&step.outputs)
            .for_each(|field| add(field, false));
    }
    map
}

fn agents(playbook: &Playbook) -> Json {
    let mut map = Json::new();
    for step in playbook.all_steps() {
        let (kind, name) = match step.kind() {
            Some(Kind::Manual(_)) => ("group", doer(step)),
            Some(Kind::Automatic(action)) => (CONNECTOR, action.connector.as_str()),
            _ => continue,
        };
        map.insert(agent(kind, name), json!({"type": kind, "name": name}));
    }
    map
}

/// Who does a duty: the function responsible for it.
fn doer(step: &Step) -> &'static str {
    let responsible = step.raci.as_ref().and_then(|raci| raci.responsible.first());
    responsible.map_or("staff", |function: &Function| function.as_str())
}

fn agent(kind: &str, name: &str) -> String {
    derive(kind, &["agent", name])
}

/// The JSON of a model's value; an object, since the model's types are.
fn object(value: &impl serde::Serialize) -> Json {
    match serde_json::to_value(value) {
        Ok(Value::Object(map)) => map,
        _ => Json::new(),
    }
}

/// A step without what leads on from it.
pub(super) fn step_json(step: &Step) -> Json {
    let mut map = Json::new();
    put(&mut map, "type", Some(kind_name(step)));
    put(&mut map, "name", Some(&step.name));
    put(&mut map, "description", step.about.as_deref());
    for (key, span) in [("delay", step.delay), ("timeout", step.timeout)] {
        if let Some(span) = span {
            map.insert(key.to_owned(), span.millis().into());
        }
    }
    match step.kind() {
        Some(Kind::Manual(text)) => {
            map.insert(
                "commands".to_owned(),
                json!([{"type": "manual", "command": text}]),
            );
            put(&mut map, "agent", Some(&agent("group", doer(step))));
            arguments(
                &mut map,
                "out_args",
                step.form.iter().map(|field| field.id.as_str()),
            );
        }
        Some(Kind::Automatic(action)) => {
            let command = format!("{}.{}", action.connector, action.operation);
            map.insert(
                "commands".to_owned(),
                json!([{"type": CONNECTOR, "command": command}]),
            );
            put(&mut map, "agent", Some(&agent(CONNECTOR, &action.connector)));
            arguments(&mut map, "in_args", used(action));
            arguments(
                &mut map,
                "out_args",
                step.outputs.iter().map(|field| field.id.as_str()),
            );
        }
        Some(Kind::Playbook(id)) => {
            put(&mut map, "playbook_id", Some(&derive("playbook", &[id])));
            arguments(&mut map, "in_args", step.with.iter().map(String::as_str));
            arguments(
                &mut map,
                "out_args",
                step.outputs.iter().map(|field| field.id.as_str()),
            );
        }
        Some(Kind::If { condition, .. } | Kind::While { condition, .. }) => {
            put(&mut map, "condition", Some(&condition.to_cacao()));
        }
        Some(Kind::Switch { on, .. }) => put(&mut map, "switch", Some(&format!("{}:value", variable(on)))),
        Some(Kind::Parallel(_) | Kind::End(_)) | None => {}
    }
    let mut own = object(step);
    own.shift_remove("cacao");
    for key in NATIVE {
        let back = match (key, &step.condition, &step.repeat_while) {
            // Text that comes back as something else stays, and so does what the foreign playbook wrote in another way.
            ("if", Some(condition), _) | ("while", _, Some(condition)) => {
                Condition::from_cacao(&condition.to_cacao()) == *condition
                    && !step.cacao.contains_key("condition")
            }
            ("switch", ..) => !step.cacao.contains_key("switch"),
            _ => true,
        };
        if back {
            own.shift_remove(key);
        }
    }
    map.insert("step_extensions".to_owned(), json!({EXTENSION: {OF_STEP: own}}));
    map
}

/// Values that an action takes from the run.
fn used(action: &Action) -> impl Iterator<Item = &str> {
    let texts = action.parameters.values().filter_map(|value| match value {
        crate::Datum::Text(text) => crate::placeholders(text),
        _ => None,
    });
    let names: BTreeSet<&str> = texts
        .flatten()
        .filter(|name| !crate::RESERVED.contains(name))
        .collect();
    names.into_iter()
}

fn arguments<'n>(map: &mut Json, key: &str, names: impl Iterator<Item = &'n str>) {
    let names: Vec<String> = names.map(variable).collect();
    if !names.is_empty() {
        map.insert(key.to_owned(), json!(names));
    }
}

struct Writer<'p> {
    id: &'p str,
    workflow: Json,
    /// Ends of blocks that something leads to.
    ends: BTreeSet<String>,
}

impl Writer<'_> {
    /// The end of a block; it is written only if something leads to it.
    fn end(&self, step: &str, block: &str) -> String {
        derive("end", &[self.id, "block", step, block])
    }

    /// Writes a block that leads to `after`; gives its first step.
    fn chain(&mut self, steps: &[Step], after: &str) -> String {
        let ids: Vec<String> = steps.iter().map(|step| step_id(self.id, step)).collect();
        for (at, step) in steps.iter().enumerate() {
            let next = ids.get(at + 1).map_or(after, String::as_str).to_owned();
            let id = ids.get(at).cloned().unwrap_or_default();
            self.step(step, id, next);
        }
        match ids.into_iter().next() {
            Some(first) => first,
            None => self.lead(after),
        }
    }

    /// Something leads there.
    fn lead(&mut self, to: &str) -> String {
        let known = self.workflow.contains_key(to);
        if !known && to.starts_with("end--") {
            self.ends.insert(to.to_owned());
        }
        to.to_owned()
    }

    fn step(&mut self, step: &Step, id: String, next: String) {
        let mut map = step_json(step);
        if step.end.is_none() {
            let next = self.lead(&next);
            if step.on_failure.is_empty() {
                map.insert("on_completion".to_owned(), next.into());
            } else {
                map.insert("on_success".to_owned(), next.clone().into());
                let failure = self.chain(&step.on_failure, &next);
                map.insert("on_failure".to_owned(), failure.into());
            }
        }
        let mut cases = Json::new();
        let mut branches = Vec::new();
        for (block, inner) in step.blocks() {
            let key = match block {
                Block::Then => "on_true".to_owned(),
                Block::Else => "on_false".to_owned(),
                Block::Case(case) => format!("case {case}"),
                Block::Repeat => "repeat".to_owned(),
                Block::Branch(at) => format!("branch {at}"),
                Block::Failure => continue,
            };
            let end = self.end(&step.id, &key);
            let head = self.chain(inner, &end);
            match block {
                Block::Case(case) => {
                    cases.insert(case.to_owned(), head.into());
                }
                Block::Branch(_) => branches.push(Value::from(head)),
                Block::Repeat => {
                    map.insert("on_true".to_owned(), head.into());
                }
                _ => {
                    map.insert(key, head.into());
                }
            }
        }
        if !cases.is_empty() {
            map.insert("cases".to_owned(), Value::Object(cases));
        }
        if !branches.is_empty() {
            map.insert("next_steps".to_owned(), Value::Array(branches));
        }
        overlay(&mut map, &step.cacao);
        self.ends.remove(&id);
        self.workflow.insert(id, Value::Object(map));
    }
}

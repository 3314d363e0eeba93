//! What the specification asks of a playbook as a whole: identifiers that fit together, a start, no endless ways.

mod flow;
mod variables;

use std::collections::BTreeMap;

use tandem_domain::Timestamp;

use super::id::kind_of;
use super::{Document, Json, Step, StepKind, successors};
use crate::fault::{Fault, Path};

/// Collects faults of one document.
pub(super) struct Check<'d> {
    pub(super) document: &'d Document,
    pub(super) faults: Vec<Fault>,
}

/// All faults, in a fixed order.
pub(super) fn faults(document: &Document) -> Vec<Fault> {
    let mut check = Check {
        document,
        faults: Vec::new(),
    };
    check.metadata();
    check.times();
    check.steps();
    check.flow();
    check.references();
    check.variables();
    check.unique_ids();
    check.faults
}

/// The errors without whose repair nobody can say which step follows which.
pub(super) fn flow_errors(document: &Document) -> Vec<Fault> {
    let mut check = Check {
        document,
        faults: Vec::new(),
    };
    check.steps();
    check.flow();
    let extensions = |fault: &Fault| fault.path.to_string().contains("step_extensions");
    check
        .faults
        .retain(|fault| fault.is_error() && !extensions(fault));
    check.faults
}

impl Check<'_> {
    pub(super) fn error(&mut self, path: &Path, reason: impl Into<String>, help: impl Into<String>) {
        self.faults.push(Fault::error(path, reason, help));
    }

    pub(super) fn warn(&mut self, path: &Path, reason: impl Into<String>, help: impl Into<String>) {
        self.faults.push(Fault::warning(path, reason, help));
    }

    /// Section 3.1: type, version, identifier, numbers within their range.
    fn metadata(&mut self) {
        let root = Path::root();
        let document = self.document;
        if document.kind != "playbook" {
            let reason = format!("must be `playbook`, but is `{}`", document.kind);
            self.error(&root.key("type"), reason, "");
        }
        if document.spec_version != "cacao-2.0" {
            let reason = format!("must be `cacao-2.0`, but is `{}`", document.spec_version);
            let help = "convert the playbook to CACAO 2.0; other versions are not read";
            self.error(&root.key("spec_version"), reason, help);
        }
        self.id(&root.key("id"), &document.id, Some("playbook"));
        self.id(&root.key("created_by"), &document.created_by, Some("identity"));
        for (name, number) in [
            ("priority", document.priority),
            ("severity", document.severity),
            ("impact", document.impact),
        ] {
            if number.is_some_and(|number| number > 100) {
                self.error(&root.key(name), "must be 0 to 100", "");
            }
        }
        for (name, list) in [
            ("derived_from", &document.derived_from),
            ("related_to", &document.related_to),
        ] {
            for (at, id) in list.iter().flatten().enumerate() {
                self.id(&root.key(name).index(at), id, None);
            }
        }
    }

    /// An identifier: of the form `type--uuid`, and of the type asked for.
    pub(super) fn id(&mut self, path: &Path, id: &str, kind: Option<&str>) {
        match (kind_of(id), kind) {
            (None, _) => {
                let help = "write the type in lower case, `--`, and a UUID of RFC 4122";
                self.error(
                    path,
                    format!("`{id}` is no identifier of the form `type--uuid`"),
                    help,
                );
            }
            (Some(found), Some(kind)) if found != kind => {
                self.error(path, format!("`{id}` must be the identifier of a `{kind}`"), "");
            }
            _ => {}
        }
    }

    /// Sections 3.1 and 10.17: instants in UTC with milliseconds, in order.
    fn times(&mut self) {
        let root = Path::root();
        let document = self.document;
        let created = self.time(&root.key("created"), &document.created);
        let modified = self.time(&root.key("modified"), &document.modified);
        if let (Some(created), Some(modified)) = (created, modified)
            && modified < created
        {
            self.error(&root.key("modified"), "is earlier than `created`", "");
        }
        let from = document.valid_from.as_deref();
        let from = from.and_then(|text| self.time(&root.key("valid_from"), text));
        let until = document.valid_until.as_deref();
        let until = until.and_then(|text| self.time(&root.key("valid_until"), text));
        if let (Some(from), Some(until)) = (from, until)
            && until <= from
        {
            self.error(&root.key("valid_until"), "must be later than `valid_from`", "");
        }
    }

    fn time(&mut self, path: &Path, text: &str) -> Option<Timestamp> {
        let time = Timestamp::parse_rfc3339(text);
        if time.is_none() {
            let help = "write it as in `2026-01-31T08:00:00.000Z`";
            self.error(path, format!("`{text}` is no instant of RFC 3339"), help);
        } else if !is_milliseconds(text) {
            self.warn(
                path,
                format!("`{text}` is not in UTC with exactly three digits of a second"),
                "write it as in `2026-01-31T08:00:00.000Z`",
            );
        }
        time
    }

    /// Sections 4.1 to 4.10: what each step must and must not have.
    fn steps(&mut self) {
        let workflow = Path::root().key("workflow");
        let document = self.document;
        for (id, step) in document.workflow.iter() {
            let path = workflow.key(id);
            self.id(&path, id, None);
            let kind = step.kind.as_str();
            if kind_of(id).is_some_and(|found| found != kind) {
                self.error(
                    &path.key("type"),
                    format!("is `{kind}`, but the step's identifier says otherwise"),
                    "",
                );
            }
            self.step(&path, step);
            self.next(&path, step);
            self.extensions(&path.key("step_extensions"), step.common.step_extensions.as_ref());
        }
        let has =
            |wanted: fn(&StepKind) -> bool| document.workflow.iter().any(|(_, step)| wanted(&step.kind));
        for (there, what) in [
            (has(|kind| matches!(kind, StepKind::Start)), "start"),
            (
                has(|kind| matches!(kind, StepKind::Action(_) | StepKind::PlaybookAction(_))),
                "action or playbook-action",
            ),
            (has(|kind| matches!(kind, StepKind::End)), "end"),
        ] {
            if !there {
                self.error(
                    &workflow,
                    format!("has no {what} step"),
                    "every workflow needs one (section 3.1)",
                );
            }
        }
    }

    fn step(&mut self, path: &Path, step: &Step) {
        match &step.kind {
            StepKind::Action(own) => {
                if own.commands.is_empty() {
                    self.error(
                        &path.key("commands"),
                        "is empty",
                        "an action needs at least one command",
                    );
                }
                for (at, command) in own.commands.iter().enumerate() {
                    let both = command.command.is_none() && command.command_b64.is_none();
                    if both && command.kind == "manual" {
                        let here = path.key("commands").index(at);
                        self.error(&here, "a manual command needs `command` or `command_b64`", "");
                    }
                }
            }
            StepKind::Parallel(own) if own.next_steps.len() < 2 => {
                let help = "for one branch, use `on_completion` (section 4.7)";
                self.error(&path.key("next_steps"), "must name at least two steps", help);
            }
            StepKind::Switch(own) if own.cases.is_empty() => {
                self.error(&path.key("cases"), "is empty", "a switch needs at least one case");
            }
            StepKind::PlaybookAction(own) => {
                self.id(&path.key("playbook_id"), &own.playbook_id, Some("playbook"));
            }
            StepKind::Other(kind) => {
                let help = "use start, end, action, playbook-action, parallel, if-condition, while-condition or switch-condition";
                self.error(
                    &path.key("type"),
                    format!("`{kind}` is no type of step in CACAO 2.0"),
                    help,
                );
            }
            _ => {}
        }
    }

    /// Section 4.1: `on_completion` excludes the other two; a start has nothing else, an end nothing at all.
    fn next(&mut self, path: &Path, step: &Step) {
        let common = &step.common;
        let completion = common.on_completion.is_some();
        for (name, given) in [
            ("on_success", common.on_success.is_some()),
            ("on_failure", common.on_failure.is_some()),
        ] {
            let here = path.key(name);
            if given && completion {
                let help = "keep `on_completion`, or `on_success` with `on_failure`";
                self.error(
                    &here,
                    format!("`{name}` and `on_completion` exclude each other"),
                    help,
                );
            } else if given && matches!(step.kind, StepKind::Start | StepKind::End) {
                let reason = format!("a {} step must not have `{name}`", step.kind.as_str());
                self.error(&here, reason, "");
            }
        }
        match step.kind {
            StepKind::End if completion => {
                self.error(&path.key("on_completion"), "an end step leads nowhere", "");
            }
            StepKind::End | StepKind::Other(_) => {}
            _ if !completion && common.on_success.is_none() => {
                let help = "add `on_completion`, or `on_success`";
                self.error(path, "does not say which step comes next", help);
            }
            _ => {}
        }
    }

    /// Sections 3.1 and 8: identifiers name something that is defined in the document.
    fn references(&mut self) {
        let document = self.document;
        let root = Path::root();
        for (id, step) in document.workflow.iter() {
            let path = root.key("workflow").key(id);
            let StepKind::Action(own) = &step.kind else {
                continue;
            };
            let agents = document.agent_definitions.as_ref();
            self.defined(
                &path.key("agent"),
                &own.agent,
                agents.is_some_and(|d| d.contains(&own.agent)),
                "agent_definitions",
            );
            for (at, target) in own.targets.iter().flatten().enumerate() {
                let known = document
                    .target_definitions
                    .as_ref()
                    .is_some_and(|d| d.contains(target))
                    || agents.is_some_and(|d| d.contains(target));
                self.defined(
                    &path.key("targets").index(at),
                    target,
                    known,
                    "target_definitions",
                );
            }
        }
        for (at, marking) in document.markings.iter().flatten().enumerate() {
            let known = document
                .data_marking_definitions
                .as_ref()
                .is_some_and(|d| d.contains(marking));
            self.defined(
                &root.key("markings").index(at),
                marking,
                known,
                "data_marking_definitions",
            );
        }
        for (name, definitions) in [
            ("agent_definitions", &document.agent_definitions),
            ("target_definitions", &document.target_definitions),
        ] {
            for (id, one) in definitions.iter().flat_map(|d| d.iter()) {
                let path = root.key(name).key(id);
                self.id(&path, id, None);
                self.extensions(
                    &path.key("agent_target_extensions"),
                    one.agent_target_extensions.as_ref(),
                );
                if let Some(info) = &one.authentication_info {
                    let all = document.authentication_info_definitions.as_ref();
                    let known = all.is_some_and(|d| d.contains(info));
                    self.defined(
                        &path.key("authentication_info"),
                        info,
                        known,
                        "authentication_info_definitions",
                    );
                }
            }
        }
        self.extensions(
            &root.key("playbook_extensions"),
            document.playbook_extensions.as_ref(),
        );
    }

    fn defined(&mut self, path: &Path, id: &str, known: bool, place: &str) {
        if !known {
            self.error(
                path,
                format!("`{id}` is not defined"),
                format!("add it to `{place}`"),
            );
        }
    }

    fn extensions(&mut self, path: &Path, used: Option<&Json>) {
        for id in used.into_iter().flat_map(Json::keys) {
            let all = self.document.extension_definitions.as_ref();
            let known = all.is_some_and(|d| d.contains(id));
            self.defined(&path.key(id), id, known, "extension_definitions");
        }
    }

    /// Section 10.10: the UUID part is not shared by objects of different types.
    fn unique_ids(&mut self) {
        let document = self.document;
        let root = Path::root();
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        let steps = document.workflow.iter().map(|(id, _)| ("workflow", id));
        let agents = document
            .agent_definitions
            .iter()
            .flat_map(|d| d.iter().map(|(id, _)| ("agent_definitions", id)));
        let mut twice = Vec::new();
        for (place, id) in steps.chain(agents) {
            let Some((kind, uuid)) = id.split_once("--") else {
                continue;
            };
            if seen.insert(uuid, kind).is_some_and(|other| other != kind) {
                twice.push(root.key(place).key(id));
            }
        }
        for path in twice {
            self.warn(
                &path,
                "shares its UUID with an object of another type",
                "give it a UUID of its own",
            );
        }
    }
}

/// True for UTC with exactly three digits of a second: `2026-01-31T08:00:00.000Z`.
fn is_milliseconds(text: &str) -> bool {
    text.strip_suffix(['Z', 'z'])
        .and_then(|text| text.rsplit_once('.'))
        .is_some_and(|(_, digits)| digits.len() == 3)
}

/// Every step a step leads to, with the path of the property.
pub(super) fn ways<'s>(path: &Path, step: &'s Step) -> Vec<(Path, &'s str)> {
    successors(step)
        .into_iter()
        .map(|(name, id)| {
            let here = match name.split_once('.') {
                Some((first, rest)) => path.key(first).key(rest),
                None => path.key(&name),
            };
            (here, id)
        })
        .collect()
}

//! Variables: their names, and that whatever is used is defined (CACAO 2.0, section 10.18).

use std::collections::BTreeSet;

use serde_json::Value;

use super::Check;
use crate::cacao::shape::Shape;
use crate::cacao::{Dictionary, StepKind, Variable};
use crate::fault::Path;

impl Check<'_> {
    /// Names are well formed; what is used is defined for the playbook or the step.
    pub(super) fn variables(&mut self) {
        let document = self.document;
        let root = Path::root();
        self.names(
            &root.key("playbook_variables"),
            document.playbook_variables.as_ref(),
        );
        let global = names(document.playbook_variables.as_ref());
        for (id, step) in document.workflow.iter() {
            let path = root.key("workflow").key(id);
            let own = step.common.step_variables.as_ref();
            self.names(&path.key("step_variables"), own);
            let mut known = global.clone();
            known.extend(names(own));
            for (name, list) in arguments(&step.kind) {
                for (at, variable) in list.iter().enumerate() {
                    if !known.contains(bare(variable)) {
                        self.undefined(&path.key(name).index(at), variable);
                    }
                }
            }
            // Values of variables may use other variables, so the step is searched as a whole.
            for variable in used(&step.write()) {
                if !known.contains(variable.as_str()) {
                    self.undefined(&path, &variable);
                }
            }
        }
        let mut anywhere = global;
        for (_, step) in document.workflow.iter() {
            anywhere.extend(names(step.common.step_variables.as_ref()));
        }
        for (name, value) in [
            (
                "agent_definitions",
                document.agent_definitions.as_ref().map(Shape::write),
            ),
            (
                "target_definitions",
                document.target_definitions.as_ref().map(Shape::write),
            ),
            (
                "authentication_info_definitions",
                document
                    .authentication_info_definitions
                    .as_ref()
                    .map(Shape::write),
            ),
        ] {
            for variable in value.iter().flat_map(used) {
                if !anywhere.contains(variable.as_str()) {
                    self.undefined(&root.key(name), &variable);
                }
            }
        }
    }

    fn names(&mut self, path: &Path, variables: Option<&Dictionary<Variable>>) {
        for (name, _) in variables.into_iter().flat_map(Dictionary::iter) {
            if !is_name(name) {
                let help = "write two underscores, a letter, letters, digits, `_` or `-`, and two underscores, at most 250 characters";
                self.error(
                    &path.key(name),
                    format!("`{name}` is no name of a variable"),
                    help,
                );
            }
        }
    }

    fn undefined(&mut self, path: &Path, variable: &str) {
        let help = "define it in `playbook_variables` or in the step's `step_variables`";
        self.error(path, format!("the variable `{variable}` is not defined"), help);
    }
}

fn names(variables: Option<&Dictionary<Variable>>) -> BTreeSet<&str> {
    variables
        .into_iter()
        .flat_map(Dictionary::iter)
        .map(|(name, _)| name)
        .collect()
}

fn bare(name: &str) -> &str {
    name.strip_suffix(":value").unwrap_or(name)
}

fn arguments(kind: &StepKind) -> Vec<(&'static str, &Vec<String>)> {
    let (given, returned) = match kind {
        StepKind::Action(own) => (&own.in_args, &own.out_args),
        StepKind::PlaybookAction(own) => (&own.in_args, &own.out_args),
        _ => return Vec::new(),
    };
    [("in_args", given), ("out_args", returned)]
        .into_iter()
        .filter_map(|(name, list)| Some((name, list.as_ref()?)))
        .collect()
}

/// Two underscores on each side, a letter first, at most 250 characters.
pub(super) fn is_name(name: &str) -> bool {
    let inner = name.strip_prefix("__").and_then(|name| name.strip_suffix("__"));
    name.len() <= 250
        && inner.is_some_and(|inner| {
            inner.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
                && inner
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        })
}

/// Names used as `__name__:value` in the texts of a value, without those in extensions, whose grammar is not ours.
fn used(value: &Value) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        match value {
            Value::String(text) => found.extend(in_text(text)),
            Value::Array(items) => waiting.extend(items),
            Value::Object(map) => {
                waiting.extend(
                    map.iter()
                        .filter(|(key, _)| !key.ends_with("_extensions"))
                        .map(|(_, v)| v),
                );
            }
            _ => {}
        }
    }
    found.into_iter().collect()
}

fn in_text(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut pieces = text.split(":value").peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            break;
        }
        let start = piece
            .char_indices()
            .rev()
            .take_while(|(_, c)| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
            .last()
            .map_or(piece.len(), |(at, _)| at);
        if let Some(name) = piece.get(start..).filter(|name| is_name(name)) {
            found.push(name.to_owned());
        }
    }
    found
}

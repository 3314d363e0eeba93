//! What a playbook made elsewhere calls things, in Tandem's words.

use std::collections::BTreeMap;

use super::field_name;
use crate::cacao::{Action, Document};
use crate::model::{Field, FieldKind};

/// The variables of a foreign playbook as fields, as far as their names fit.
pub(super) fn fields(document: &Document) -> BTreeMap<String, Field> {
    let steps = document
        .workflow
        .iter()
        .filter_map(|(_, step)| step.common.step_variables.as_ref());
    let all = document
        .playbook_variables
        .iter()
        .chain(steps)
        .flat_map(|variables| variables.iter());
    all.filter_map(|(name, variable)| {
        let id = field_name(name).filter(|id| !crate::RESERVED.contains(id))?;
        let kind = match variable.kind.as_str() {
            "bool" => FieldKind::Bool,
            "integer" | "long" => FieldKind::Number,
            _ => FieldKind::Text,
        };
        let label = variable.description.as_deref().unwrap_or(id);
        let field = Field {
            kind,
            ..text_field(id, label)
        };
        Some((id.to_owned(), field))
    })
    .collect()
}

/// A field that takes a line of text and may be left open.
pub(super) fn text_field(id: &str, label: &str) -> Field {
    Field {
        id: id.to_owned(),
        label: label.to_owned(),
        kind: FieldKind::Text,
        optional: true,
        options: Vec::new(),
        min: None,
        max: None,
        hint: None,
    }
}

/// Lower-case words of a text, joined.
pub(super) fn slug(text: &str, joint: char, otherwise: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let words = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let joined = words.collect::<Vec<_>>().join(&joint.to_string());
    let joined = joined.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    let short: String = joined.chars().take(48).collect();
    let short = short.trim_end_matches(joint);
    if short.is_empty() {
        otherwise.to_owned()
    } else {
        short.to_owned()
    }
}

/// What an action asks a person to do: its manual commands, or to carry out commands of another kind.
pub(super) fn instructions(action: &Action) -> String {
    let lines = action.commands.iter().map(|command| {
        let text = command
            .command
            .as_deref()
            .or(command.command_b64.as_deref())
            .unwrap_or_default();
        match command.kind.as_str() {
            "manual" if command.command.is_some() => text.to_owned(),
            kind => format!("Carry out this command ({kind}): {text}"),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

//! Between the model and CACAO 2.0.
//!
//! What CACAO has a property for stands there; what it lacks stands in one extension, in the properties `tandem_playbook` and
//! `tandem_step`. Of a playbook made elsewhere, properties without a word in Tandem are carried along in `cacao` keys, so that
//! they come back when it is written as CACAO again. The whole truth about a foreign playbook is its [`Document`](crate::cacao::Document).

mod export;
mod foreign;
mod import;
mod rest;

use crate::cacao::{Json, derive};
use crate::fault::Fault;
use crate::model::{Kind, Playbook, Step};

/// Identifier of the extension that carries what CACAO lacks.
pub const EXTENSION: &str = "extension-definition--5f6b4c1e-3c0d-4f0e-9a43-7f6f0c8d2b11";
/// STIX identity that stands for Tandem as the maker of its own playbooks.
const IDENTITY: &str = "identity--0d2f9a54-6c1b-4f6a-8a55-2f1f4b7c9e10";
/// Property of the extension at a playbook.
const OF_PLAYBOOK: &str = "tandem_playbook";
/// Property of the extension at a step.
const OF_STEP: &str = "tandem_step";
/// Type of commands and agents that stand for Tandem's connectors.
const CONNECTOR: &str = "tandem-connector";
/// Key under which the identifier of a foreign step is carried along.
const STEP_ID: &str = "@id";

/// A playbook that came from CACAO.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The playbook.
    pub playbook: Playbook,
    /// What could not be carried over as it was.
    pub notes: Vec<Fault>,
}

/// The identifier of a step in CACAO.
fn step_id(playbook: &str, step: &Step) -> String {
    let own = step.cacao.get(STEP_ID).and_then(serde_json::Value::as_str);
    own.map_or_else(
        || derive(kind_name(step), &[playbook, "step", &step.id]),
        str::to_owned,
    )
}

fn kind_name(step: &Step) -> &'static str {
    match step.kind() {
        Some(Kind::Manual(_) | Kind::Automatic(_)) => "action",
        Some(Kind::Playbook(_)) => "playbook-action",
        Some(Kind::If { .. }) => "if-condition",
        Some(Kind::Switch { .. }) => "switch-condition",
        Some(Kind::While { .. }) => "while-condition",
        Some(Kind::Parallel(_)) => "parallel",
        Some(Kind::End(_)) | None => "end",
    }
}

/// A value's name as CACAO writes variables.
fn variable(name: &str) -> String {
    format!("__{name}__")
}

/// A variable's name as Tandem writes it, if it can.
fn field_name(variable: &str) -> Option<&str> {
    let variable = variable.strip_suffix(":value").unwrap_or(variable);
    let name = variable.strip_prefix("__")?.strip_suffix("__")?;
    crate::is_name(name).then_some(name)
}

/// A text property.
fn put(map: &mut Json, key: &str, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        map.insert(key.to_owned(), text.into());
    }
}

#[cfg(test)]
mod tests;

//! The `detection` mapping: selections and their condition.

use std::sync::Arc;

use serde_norway::{Mapping, Value as Yaml};

use super::fault::{Fault, key};
use super::{Lists, modifiers, submap};
use crate::condition::{self, Ast, Expr};
use crate::rule::{Detection, Node, Selection};

/// Keys of `detection` that are not selections.
const RESERVED: [&str; 2] = ["condition", "timeframe"];

/// Reads `detection`.
pub(crate) fn parse(map: &Mapping, lists: &Lists) -> Result<Detection, Fault> {
    section(map, "detection", lists)
}

/// Reads a mapping of selections with a `condition`, under whatever key.
pub(crate) fn section(map: &Mapping, under: &str, lists: &Lists) -> Result<Detection, Fault> {
    let detection = submap(map, under)?;
    inner(detection, &[], lists).map_err(|fault| fault.at(under))
}

/// As [`section`], with further keys that are not selections.
pub(crate) fn inner(detection: &Mapping, reserved: &[&str], lists: &Lists) -> Result<Detection, Fault> {
    let mut selections = Vec::new();
    for (name, value) in detection {
        let Some(name) = key(name) else {
            return Err(Fault::new("a selection's name must be text"));
        };
        if !RESERVED.contains(&name.as_str()) && !reserved.contains(&name.as_str()) {
            let node = selection(value, lists).map_err(|fault| fault.at(name.clone()))?;
            selections.push(Selection { name, node });
        }
    }
    if selections.is_empty() {
        return Err(Fault::new("no selection"));
    }
    let condition =
        expression(detection.get("condition"), &selections).map_err(|fault| fault.at("condition"))?;
    Ok(Detection {
        selections,
        condition,
    })
}

fn expression(value: Option<&Yaml>, selections: &[Selection]) -> Result<Expr, Fault> {
    let texts = match value {
        Some(Yaml::String(text)) => vec![text.clone()],
        Some(Yaml::Sequence(texts)) if !texts.is_empty() => {
            let texts: Option<Vec<_>> = texts.iter().map(key).collect();
            texts.ok_or_else(|| Fault::new("`condition` must be text or a list of texts"))?
        }
        Some(Yaml::Number(_) | Yaml::Bool(_) | Yaml::Sequence(_) | Yaml::Mapping(_) | Yaml::Tagged(_)) => {
            return Err(Fault::new("`condition` must be text or a list of texts"));
        }
        None | Some(Yaml::Null) => return Err(Fault::new("`condition` is missing")),
    };
    let names: Vec<&str> = selections
        .iter()
        .map(|selection| selection.name.as_str())
        .collect();
    let parse = |text: &String| condition::parse(text).and_then(|ast: Ast| Expr::resolve(&ast, &names));
    let parsed: Result<Vec<Expr>, _> = texts.iter().map(parse).collect();
    match parsed {
        Ok(mut parts) if parts.len() == 1 => Ok(parts.remove(0)),
        Ok(parts) => Ok(Expr::Or(parts)),
        Err(error) => {
            let fault = Fault::new(error.to_string());
            Err(error.hint.into_iter().fold(fault, Fault::hint))
        }
    }
}

/// A mapping is joined by `and`; a list of mappings by `or`; bare values are keywords.
fn selection(value: &Yaml, lists: &Lists) -> Result<Node, Fault> {
    match value {
        Yaml::Mapping(map) => mapping(map, lists),
        Yaml::Sequence(values) => {
            let (maps, words): (Vec<_>, Vec<_>) = values
                .iter()
                .cloned()
                .partition(|value| matches!(value, Yaml::Mapping(_)));
            let mut parts = Vec::new();
            for map in &maps {
                parts.push(selection(map, lists)?);
            }
            if !words.is_empty() {
                parts.push(modifiers::item("", &Yaml::Sequence(words), lists)?);
            }
            join(parts, Node::Or)
        }
        Yaml::Null => Err(Fault::new("the selection is empty")),
        word => modifiers::item("", word, lists),
    }
}

fn mapping(map: &Mapping, lists: &Lists) -> Result<Node, Fault> {
    let mut parts = Vec::new();
    for (field, value) in map {
        let field = key(field).ok_or_else(|| Fault::new("a field's name must be text"))?;
        parts.push(modifiers::item(&field, value, lists).map_err(|fault| fault.at(field))?);
    }
    join(parts, Node::And)
}

/// Joins nodes; one stays itself, none is an error.
pub(crate) fn join(mut parts: Vec<Node>, with: fn(Vec<Node>) -> Node) -> Result<Node, Fault> {
    match parts.len() {
        0 => Err(Fault::new("the selection is empty")),
        1 => Ok(parts.remove(0)),
        _ => Ok(with(parts)),
    }
}

/// An item as a node.
pub(crate) fn leaf(item: crate::item::Item) -> Node {
    Node::Item(Arc::new(item.arranged()))
}

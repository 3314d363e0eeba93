//! A rule beside one event, step by step: which selection holds, which value fits, and what the event has instead.

use serde::{Deserialize, Serialize};
use tandem_domain::event::EventRef;

use crate::item::{Item, Target};
use crate::rule::{Node, Rule};
use crate::why::Reader;

/// Most values of the rule shown of one item, and of the event.
pub(crate) const SHOWN: usize = 20;

/// A rule beside one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The event's log sources include the rule's; otherwise the engine does not even look.
    pub source_fits: bool,
    /// The condition is true of the event.
    pub condition_holds: bool,
    /// Each selection in the order of the rule.
    pub selections: Vec<SelectionTrace>,
}

impl Trace {
    /// True if the rule matches the event.
    pub fn matches(&self) -> bool {
        self.source_fits && self.condition_holds
    }
}

/// One selection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionTrace {
    /// Its name.
    pub name: String,
    /// It is true of the event.
    pub holds: bool,
    /// What it compares. Items that belong together stand in one alternative; one alternative that holds is enough.
    pub alternatives: Vec<Vec<ItemTrace>>,
}

/// One comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemTrace {
    /// The field; `None` for keywords.
    pub field: Option<String>,
    /// The modifiers, for example `contains` or `re|i`; empty for equality.
    pub modifiers: String,
    /// The rule's value that fits; `None` if none does.
    pub fits: Option<String>,
    /// The rule's values, at most 20.
    pub wanted: Vec<String>,
    /// The event's values of the field, at most 20; empty if it is absent.
    pub values: Vec<String>,
    /// It is true of the event.
    pub holds: bool,
}

/// A rule beside an event; nothing for a correlation.
pub fn trace(rule: &Rule, event: EventRef<'_>) -> Option<Trace> {
    let detection = rule.detection()?;
    let reader = Reader::new(detection, event);
    let selections: Vec<SelectionTrace> = detection
        .selections
        .iter()
        .map(|selection| SelectionTrace {
            name: selection.name.clone(),
            holds: reader.holds(&selection.node),
            alternatives: alternatives(&reader, &selection.node),
        })
        .collect();
    let wanted = rule.logsource.as_ref();
    Some(Trace {
        source_fits: wanted.is_some_and(|wanted| {
            *wanted == tandem_domain::LogSource::default()
                || event.logsources().any(|source| wanted.covers(source))
        }),
        condition_holds: detection
            .condition
            .holds(&mut |at| selections.get(at).is_some_and(|selection| selection.holds)),
        selections,
    })
}

fn alternatives(reader: &Reader<'_>, node: &Node) -> Vec<Vec<ItemTrace>> {
    let whole = |node: &Node| {
        let mut items = Vec::new();
        node.items(&mut |item| items.push(of_item(reader, item)));
        items
    };
    match node {
        Node::Or(parts) => parts.iter().map(whole).collect(),
        other => vec![whole(other)],
    }
}

fn of_item(reader: &Reader<'_>, item: &Item) -> ItemTrace {
    let field = match &item.target {
        Target::Field(field) => Some(field.to_string()),
        Target::Keywords => None,
    };
    ItemTrace {
        modifiers: item.modifiers.to_string(),
        fits: reader
            .evidence(item)
            .filter(|_| !item.negate)
            .map(|(pattern, _)| pattern.to_owned()),
        wanted: item.shown.iter().take(SHOWN).map(ToString::to_string).collect(),
        // Keywords are looked for in every value: showing them all would say nothing.
        values: if field.is_some() {
            reader.values(item)
        } else {
            Vec::new()
        },
        holds: reader.item_holds(item),
        field,
    }
}

#[cfg(test)]
mod tests;

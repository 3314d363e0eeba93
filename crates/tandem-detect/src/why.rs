//! Why a rule matched an event.

use serde::{Deserialize, Serialize};
use tandem_domain::event::EventRef;

use crate::field::{FieldId, Fields};
use crate::item::{Item, Target};
use crate::rule::{Detection, Node, Rule};
use crate::trace::SHOWN;
use crate::view::{View, Want};

/// Longest value shown, characters.
const MAX_VALUE: usize = 400;

/// One reason for a match: a value of the event, and what of the rule it satisfies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The rule's selection.
    pub selection: String,
    /// The field; `None` for keywords.
    pub field: Option<String>,
    /// The modifiers, for example `contains` or `re|i`; empty for equality.
    pub modifiers: String,
    /// The rule's value that the event satisfies.
    pub pattern: String,
    /// The event's value; empty if the rule asks for its absence.
    pub value: String,
}

/// The reasons for which a rule matches an event; empty if it does not (and for correlations). Selections that the
/// condition wants to be false are not listed.
pub fn why(rule: &Rule, event: EventRef<'_>) -> Vec<Why> {
    let Some(detection) = rule.detection() else {
        return Vec::new();
    };
    let reader = Reader::new(detection, event);
    let truths: Vec<bool> = detection
        .selections
        .iter()
        .map(|selection| reader.holds(&selection.node))
        .collect();
    if !detection.condition.holds(&mut |at| truths.get(at) == Some(&true)) {
        return Vec::new();
    }
    let mut wanted = Vec::new();
    detection.condition.positive_leaves(true, &mut wanted);
    let mut found = Vec::new();
    for (at, selection) in detection.selections.iter().enumerate() {
        if truths.get(at) == Some(&true) && wanted.contains(&at) {
            reader.reasons(&selection.name, &selection.node, &mut found);
        }
    }
    found
}

/// True if a rule matches an event: the plain reading of the rule, without the engine's tables. Slow; for tests of rules.
pub fn matches(rule: &Rule, event: EventRef<'_>) -> bool {
    let Some(detection) = rule.detection() else {
        return false;
    };
    let reader = Reader::new(detection, event);
    let truth = |at: usize| {
        detection
            .selections
            .get(at)
            .is_some_and(|selection| reader.holds(&selection.node))
    };
    detection.condition.holds(&mut |at| truth(at))
}

/// One rule beside one event, without the engine's tables.
pub(crate) struct Reader<'b> {
    fields: Fields,
    view: View<'b>,
}

impl<'b> Reader<'b> {
    pub(crate) fn new(detection: &Detection, event: EventRef<'b>) -> Self {
        let mut fields = Fields::default();
        for selection in &detection.selections {
            selection.node.items(&mut |item| {
                if let Target::Field(name) = &item.target {
                    fields.intern(name);
                }
                item.others().filter(|name| !name.is_empty()).for_each(|name| {
                    fields.intern(name);
                });
            });
        }
        let names = fields.bind_event(&event);
        let used = vec![true; fields.len()];
        let mut view = View::new(fields.len());
        view.load(
            event,
            Want {
                names: &names,
                used: &used,
                core: fields.core(),
                words: true,
            },
        );
        Self { fields, view }
    }

    fn linked(&self, item: &Item) -> (FieldId, Vec<FieldId>) {
        let id = |name: &str| self.fields.get(name).unwrap_or(FieldId(u32::MAX));
        let field = match &item.target {
            Target::Field(name) => id(name),
            Target::Keywords => FieldId(u32::MAX),
        };
        (field, item.others().map(id).collect())
    }

    pub(crate) fn holds(&self, node: &Node) -> bool {
        match node {
            Node::And(parts) => parts.iter().all(|part| self.holds(part)),
            Node::Or(parts) => parts.iter().any(|part| self.holds(part)),
            Node::Item(item) => self.item_holds(item),
        }
    }

    pub(crate) fn item_holds(&self, item: &Item) -> bool {
        let (field, others) = self.linked(item);
        item.holds(&self.view, field, &others)
    }

    /// For an item that holds: the rule's value that fits, and the event's value.
    pub(crate) fn evidence<'i>(&self, item: &'i Item) -> Option<(&'i str, String)> {
        let (field, others) = self.linked(item);
        item.evidence(&self.view, field, &others)
    }

    /// The event's values where the item looks, cut to a readable length.
    pub(crate) fn values(&self, item: &Item) -> Vec<String> {
        let (field, _) = self.linked(item);
        let cells = item.cells(&self.view, field).take(SHOWN);
        cells
            .map(|cell| cell.plain.chars().take(MAX_VALUE).collect())
            .collect()
    }

    /// Every item of an `and`, the first true part of an `or`.
    fn reasons(&self, selection: &str, node: &Node, out: &mut Vec<Why>) {
        match node {
            Node::And(parts) => parts.iter().for_each(|part| self.reasons(selection, part, out)),
            Node::Or(parts) => {
                if let Some(part) = parts.iter().find(|part| self.holds(part)) {
                    self.reasons(selection, part, out);
                }
            }
            Node::Item(item) => {
                let Some((pattern, value)) = self.evidence(item) else {
                    return;
                };
                out.push(Why {
                    selection: selection.to_owned(),
                    field: match &item.target {
                        Target::Field(field) => Some(field.to_string()),
                        Target::Keywords => None,
                    },
                    modifiers: item.modifiers.to_string(),
                    pattern: pattern.to_owned(),
                    value: value.chars().take(MAX_VALUE).collect(),
                });
            }
        }
    }
}

//! Rules linked into one program: fields numbered, equal items shared, cheap and rare tests first.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::witness::{cost, likelihood};
use crate::condition::Expr;
use crate::field::{FieldId, Fields};
use crate::item::{Item, Target};
use crate::rule::{Detection, Node, Rule};
use crate::view::View;

/// An item with its fields numbered.
#[derive(Debug, Clone)]
pub(crate) struct Linked {
    pub(crate) item: Arc<Item>,
    /// Unused for keywords.
    pub(crate) field: FieldId,
    pub(crate) others: Box<[FieldId]>,
}

/// A rule's logic over numbered items.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    And(Box<[Op]>),
    Or(Box<[Op]>),
    Not(Box<Op>),
    Item(u32),
}

/// All rules of a set, linked.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) fields: Fields,
    pub(crate) items: Vec<Linked>,
    /// By rule index; `None` for correlations.
    pub(crate) rules: Vec<Option<Op>>,
}

/// Truths already found for the event at hand, and rules already made candidates of it.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    stamp: u32,
    /// By item: the stamp shifted left, and the truth.
    truths: Vec<u32>,
    /// By rule: the stamp.
    seen: Vec<u32>,
}

impl Memo {
    pub(crate) fn new(program: &Program) -> Self {
        Self {
            stamp: 0,
            truths: vec![0; program.items.len()],
            seen: vec![0; program.rules.len()],
        }
    }

    /// Forgets the event before.
    pub(crate) fn next_event(&mut self) {
        self.stamp += 1;
        if self.stamp > u32::MAX >> 1 {
            self.truths.fill(0);
            self.seen.fill(0);
            self.stamp = 1;
        }
    }

    /// True the first time a rule is named for this event.
    pub(crate) fn first_time(&mut self, rule: u32) -> bool {
        match self.seen.get_mut(rule as usize) {
            Some(seen) if *seen != self.stamp => {
                *seen = self.stamp;
                true
            }
            _ => false,
        }
    }
}

impl Program {
    /// Links rules.
    pub(crate) fn link(rules: &[Rule]) -> Self {
        let mut program = Self::default();
        let mut known = FxHashMap::default();
        for rule in rules {
            let op = rule
                .detection()
                .map(|detection| program.link_rule(detection, &mut known));
            program.rules.push(op);
        }
        program
    }

    fn link_rule(&mut self, detection: &Detection, known: &mut Known) -> Op {
        let selections: Vec<Op> = detection
            .selections
            .iter()
            .map(|selection| self.link_node(&selection.node, known))
            .collect();
        self.link_expr(&detection.condition, &selections)
    }

    fn link_expr(&self, expr: &Expr, selections: &[Op]) -> Op {
        let all = |parts: &[Expr]| {
            parts
                .iter()
                .map(|part| self.link_expr(part, selections))
                .collect()
        };
        match expr {
            Expr::And(parts) => self.and(all(parts)),
            Expr::Or(parts) => self.or(all(parts)),
            Expr::Not(part) => Op::Not(Box::new(self.link_expr(part, selections))),
            Expr::Leaf(at) => selections.get(*at).cloned().unwrap_or(Op::Or(Box::default())),
        }
    }

    /// Links one selection.
    pub(crate) fn link_node(&mut self, node: &Node, known: &mut Known) -> Op {
        match node {
            Node::And(parts) => {
                let parts = parts.iter().map(|part| self.link_node(part, known)).collect();
                self.and(parts)
            }
            Node::Or(parts) => {
                let parts = parts.iter().map(|part| self.link_node(part, known)).collect();
                self.or(parts)
            }
            Node::Item(item) => Op::Item(self.link_item(item, known)),
        }
    }

    fn link_item(&mut self, item: &Arc<Item>, known: &mut Known) -> u32 {
        // Placeholders may stand for other values in another rule, so those items are not shared.
        let key = (!item.modifiers.contains("expand")).then(|| Key::of(item));
        if let Some(at) = key.as_ref().and_then(|key| known.get(key)) {
            return *at;
        }
        let field = match &item.target {
            Target::Field(name) => self.fields.intern(name),
            Target::Keywords => FieldId(u32::MAX),
        };
        let others = item.others().map(|name| {
            if name.is_empty() {
                field
            } else {
                self.fields.intern(name)
            }
        });
        let others = others.collect();
        self.items.push(Linked {
            item: Arc::clone(item),
            field,
            others,
        });
        let at = self.items.len() as u32 - 1;
        if let Some(key) = key {
            known.insert(key, at);
        }
        at
    }

    /// Parts joined by `and`, nested ones lifted, in the order in which falsehood costs least to find: by cost for each part that
    /// is false (Hanani 1977, 'An optimal evaluation of Boolean expressions in an online query system').
    fn and(&self, parts: Vec<Op>) -> Op {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Op::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        // Positive numbers are in the order of their bits.
        flat.sort_by_cached_key(|part| (cost(self, part) / (1.0 - likelihood(self, part))).to_bits());
        Op::And(flat.into())
    }

    /// Parts joined by `or`, nested ones lifted, in the order in which truth costs least to find.
    fn or(&self, parts: Vec<Op>) -> Op {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Op::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        flat.sort_by_cached_key(|part| (cost(self, part) / likelihood(self, part)).to_bits());
        Op::Or(flat.into())
    }

    /// True if the rule matches the event laid out in `view`.
    pub(crate) fn holds(&self, rule: u32, view: &View<'_>, memo: &mut Memo) -> bool {
        let op = self.rules.get(rule as usize).and_then(Option::as_ref);
        op.is_some_and(|op| self.op_holds(op, view, memo))
    }

    /// True if a part of a rule holds.
    pub(crate) fn op_holds(&self, op: &Op, view: &View<'_>, memo: &mut Memo) -> bool {
        match op {
            Op::And(parts) => parts.iter().all(|part| self.op_holds(part, view, memo)),
            Op::Or(parts) => parts.iter().any(|part| self.op_holds(part, view, memo)),
            Op::Not(part) => !self.op_holds(part, view, memo),
            Op::Item(at) => self.item_holds(*at, view, memo),
        }
    }

    fn item_holds(&self, at: u32, view: &View<'_>, memo: &mut Memo) -> bool {
        let (Some(truth), Some(linked)) = (memo.truths.get_mut(at as usize), self.items.get(at as usize))
        else {
            return false;
        };
        if *truth >> 1 == memo.stamp {
            return *truth & 1 == 1;
        }
        let holds = linked.item.holds(view, linked.field, &linked.others);
        *truth = memo.stamp << 1 | u32::from(holds);
        holds
    }
}

/// Items already linked.
pub(crate) type Known = FxHashMap<Key, u32>;

/// What makes two items equal.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    field: Option<Box<str>>,
    modifiers: Box<str>,
    shown: Vec<Box<str>>,
    negate: bool,
    kinds: Vec<std::mem::Discriminant<crate::pattern::Pattern>>,
}

impl Key {
    fn of(item: &Item) -> Self {
        let field = match &item.target {
            Target::Field(name) => Some(name.clone()),
            Target::Keywords => None,
        };
        Self {
            field,
            modifiers: item.modifiers.clone(),
            shown: item.shown.clone(),
            negate: item.negate,
            // `null` and the text 'null' are shown alike.
            kinds: item.patterns.iter().map(std::mem::discriminant).collect(),
        }
    }
}

//! One detection item: a field (or keywords) and the values it is compared with.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use rustc_hash::FxHashSet;

use crate::field::FieldId;
use crate::pattern::{Cell, Pattern, Shape};
use crate::view::{Cells, View};

/// From this many values on, a list is searched by table and automaton instead of one by one.
const LONG_LIST: usize = 8;

/// Where an item looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// At one field.
    Field(Box<str>),
    /// At every value and the raw record.
    Keywords,
}

/// A field and the values it is compared with.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) target: Target,
    /// The modifiers as written, for explanations and comparison.
    pub(crate) modifiers: Box<str>,
    pub(crate) patterns: Vec<Pattern>,
    /// Each pattern as the rule writes it.
    pub(crate) shown: Vec<Box<str>>,
    /// The different texts among them that hold placeholders.
    pub(crate) expands: Vec<Box<str>>,
    /// `neq`: no value may fit; otherwise one is enough.
    pub(crate) negate: bool,
    /// Whether a value is about more than one value of the field: its absence, or another field.
    relates: bool,
    quick: Option<Box<Quick>>,
}

/// A long list of alternatives, arranged for speed.
#[derive(Debug, Clone)]
struct Quick {
    exact: FxHashSet<Box<str>>,
    /// Those that may stand anywhere, by their place in the list.
    contains: Vec<usize>,
    /// One automaton for them, made when it is first asked: most rules never come so far. Nothing if it would be too large.
    automaton: OnceLock<Option<AhoCorasick>>,
    rest: Vec<usize>,
}

impl Item {
    /// An item; `patterns` and `shown` belong together.
    pub(crate) fn new(target: Target, modifiers: &str, values: Vec<(Pattern, String)>) -> Self {
        let (patterns, shown): (Vec<Pattern>, Vec<Box<str>>) = values
            .into_iter()
            .map(|(pattern, text)| (pattern, text.into_boxed_str()))
            .unzip();
        let mut expands: Vec<Box<str>> = Vec::new();
        if modifiers.split('|').any(|one| one == "expand") {
            // One text stands for as many patterns as its list has entries, one after the other.
            for text in &shown {
                if expands.last() != Some(text) && !expands.contains(text) {
                    expands.push(text.clone());
                }
            }
        }
        let modifiers = modifiers.into();
        let relates = |pattern: &Pattern| {
            matches!(
                pattern,
                Pattern::Null | Pattern::Exists(_) | Pattern::FieldRef { .. }
            )
        };
        Self {
            relates: patterns.iter().any(relates),
            target,
            modifiers,
            patterns,
            shown,
            expands,
            negate: false,
            quick: None,
        }
    }

    /// With long lists arranged for speed; call it last.
    pub(crate) fn arranged(mut self) -> Self {
        if self.patterns.len() >= LONG_LIST {
            self.quick = Quick::new(&self.patterns).map(Box::new);
        }
        self
    }

    /// The names of fields that `fieldref` values name, one for each value (empty for other values).
    pub(crate) fn others(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().map(|pattern| match pattern {
            Pattern::FieldRef { other, .. } => &**other,
            _ => "",
        })
    }

    /// True if the event laid out in `view` satisfies the item. `field` and `others` are the ids of the fields it names.
    pub(crate) fn holds(&self, view: &View<'_>, field: FieldId, others: &[FieldId]) -> bool {
        let fits = |cell: Cell<'_>| match &self.quick {
            Some(quick) => quick.fits(cell, &self.patterns),
            None => self.patterns.iter().any(|pattern| pattern.fits(cell)),
        };
        let relation = |(at, pattern)| self.value_fits(view, field, others.get(at).copied(), pattern);
        let outcome = self.cells(view, field).any(fits)
            || self.relates && self.patterns.iter().enumerate().any(relation);
        // `neq` with another field needs both fields; with values, an absent field differs from all of them.
        let relation_absent = || {
            self.patterns
                .iter()
                .any(|pattern| matches!(pattern, Pattern::FieldRef { .. }))
                && (self.cells(view, field).next().is_none()
                    || others.iter().any(|other| view.cells(*other).next().is_none()))
        };
        if self.negate {
            !outcome && !relation_absent()
        } else {
            outcome
        }
    }

    fn value_fits(&self, view: &View<'_>, field: FieldId, other: Option<FieldId>, pattern: &Pattern) -> bool {
        match pattern {
            Pattern::Null => {
                let mut cells = self.cells(view, field).peekable();
                cells.peek().is_none() || cells.any(|cell| pattern.fits(cell))
            }
            Pattern::Exists(wanted) => self.cells(view, field).next().is_some() == *wanted,
            Pattern::FieldRef { relation, cased, .. } => {
                let text = |cell: &Cell<'_>| !matches!(cell.value, tandem_domain::Value::Null);
                let Some(other) = other else { return false };
                self.cells(view, field).filter(text).any(|left| {
                    view.cells(other).filter(text).any(|right| {
                        if *cased {
                            relation.holds(left.plain, right.plain)
                        } else {
                            relation.holds(left.folded, right.folded)
                        }
                    })
                })
            }
            _ => self.cells(view, field).any(|cell| pattern.fits(cell)),
        }
    }

    /// For an item that holds: the first value of its list that fits (under `neq`, the first), and the event's value.
    pub(crate) fn evidence<'i>(
        &'i self,
        view: &View<'_>,
        field: FieldId,
        others: &[FieldId],
    ) -> Option<(&'i str, String)> {
        let mut values = self.patterns.iter().enumerate();
        let (at, pattern) = values.find(|(at, pattern)| {
            self.negate || self.value_fits(view, field, others.get(*at).copied(), pattern)
        })?;
        let cell = self.cells(view, field).find(|cell| pattern.fits(*cell));
        let cell = cell.or_else(|| {
            self.cells(view, field)
                .next()
                .filter(|_| matches!(self.target, Target::Field(_)))
        });
        let shown = self.shown.get(at).map_or("", |text| &**text);
        Some((shown, cell.map(|cell| cell.plain.to_owned()).unwrap_or_default()))
    }

    pub(crate) fn cells<'v, 'b>(&self, view: &'v View<'b>, field: FieldId) -> Cells<'v, 'b> {
        match self.target {
            Target::Field(_) => view.cells(field),
            Target::Keywords => view.words(),
        }
    }
}

impl Quick {
    /// `None` if there is nothing to gain.
    fn new(patterns: &[Pattern]) -> Option<Self> {
        let mut quick = Self {
            exact: FxHashSet::default(),
            contains: Vec::new(),
            automaton: OnceLock::new(),
            rest: Vec::new(),
        };
        for (at, pattern) in patterns.iter().enumerate() {
            match pattern {
                Pattern::Text(text) if !text.cased => match &text.shape {
                    Shape::Exact(wanted) => {
                        quick.exact.insert(wanted.clone());
                    }
                    Shape::Contains(_) => quick.contains.push(at),
                    _ => quick.rest.push(at),
                },
                _ => quick.rest.push(at),
            }
        }
        (quick.exact.len() + quick.contains.len() >= LONG_LIST).then_some(quick)
    }

    /// True if a value of the list, which `patterns` is, fits.
    fn fits(&self, cell: Cell<'_>, patterns: &[Pattern]) -> bool {
        self.listed(cell, patterns)
            || self
                .rest
                .iter()
                .any(|at| patterns.get(*at).is_some_and(|pattern| pattern.fits(cell)))
    }

    /// True if an exact or contained text of the list fits.
    fn listed(&self, cell: Cell<'_>, patterns: &[Pattern]) -> bool {
        if matches!(cell.value, tandem_domain::Value::Null) {
            return false;
        }
        if self.exact.contains(cell.folded) {
            return true;
        }
        if self.contains.is_empty() {
            return false;
        }
        match self.automaton.get_or_init(|| self.build(patterns)) {
            Some(automaton) => automaton.is_match(cell.folded),
            None => self.contained(patterns).any(|pattern| pattern.fits(cell)),
        }
    }

    fn contained<'p>(&self, patterns: &'p [Pattern]) -> impl Iterator<Item = &'p Pattern> {
        self.contains.iter().filter_map(|at| patterns.get(*at))
    }

    fn build(&self, patterns: &[Pattern]) -> Option<AhoCorasick> {
        let needles = self.contained(patterns).filter_map(|pattern| match pattern {
            Pattern::Text(text) => match &text.shape {
                Shape::Contains(finder) => Some(finder.needle()),
                _ => None,
            },
            _ => None,
        });
        AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(needles)
            .ok()
    }
}

//! Cases: what is said about some records only, found by hashing where the tests allow it.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use tandem_domain::ClassUid;

use super::condition::Condition;
use super::layer::{self, Layer};
use super::reader::Reader;
use super::view::{Digits, Slot, View, text_of};
use super::yaml::{Kind, Node, Place};

/// Layers that apply to a record, the most specific first.
pub(super) type Layers<'m> = SmallVec<[&'m Layer; 8]>;

/// Some records, and what is said about them.
#[derive(Debug)]
pub(super) struct Case {
    at: Place,
    when: Condition,
    layer: Layer,
    cases: CaseList,
}

/// Cases in the order of the file.
#[derive(Debug, Default)]
pub(super) struct CaseList {
    cases: Vec<Case>,
    index: Option<Index>,
}

/// Which cases can hold, by the value of one field. A list in the record is not indexed.
#[derive(Debug)]
struct Index {
    slot: Slot,
    /// Lower-case value to the cases to try, in order.
    by_value: FxHashMap<Box<str>, Box<[u32]>>,
    /// The cases that do not test the field by equality.
    rest: Box<[u32]>,
}

/// Fewer cases than this are tried one after the other.
const WORTH_AN_INDEX: usize = 4;

impl CaseList {
    /// Reads a list of cases. `first_wins` says that only the first that holds applies, so that one behind another that
    /// covers it is a mistake.
    pub(super) fn read(
        reader: &mut Reader<'_>,
        node: &Node,
        outer: Option<ClassUid>,
        first_wins: bool,
    ) -> Self {
        let Kind::List(items) = &node.kind else {
            reader.error(node.at, "cases must be a list", "start each case with `- when:`");
            return Self::default();
        };
        let cases: Vec<Case> = items
            .iter()
            .filter_map(|item| Case::read(reader, item, outer))
            .collect();
        if first_wins {
            complain_about_unreachable(reader, &cases);
        }
        let index = Index::build(&cases);
        Self { cases, index }
    }

    /// Adds the layers of the first case that holds, its inner cases before it.
    pub(super) fn first<'m>(&'m self, view: &View<'_, '_>, layers: &mut Layers<'m>) {
        let _ = self.visit(view, &mut |case| {
            case.cases.first(view, layers);
            layers.push(&case.layer);
            false
        });
    }

    /// Adds the layers of every case that holds, its inner cases before it.
    pub(super) fn every<'m>(&'m self, view: &View<'_, '_>, layers: &mut Layers<'m>) {
        let _ = self.visit(view, &mut |case| {
            case.cases.first(view, layers);
            layers.push(&case.layer);
            true
        });
    }

    /// Calls `on` with the cases that hold until it says false.
    fn visit<'m>(&'m self, view: &View<'_, '_>, on: &mut dyn FnMut(&'m Case) -> bool) -> bool {
        match self.index.as_ref().and_then(|index| index.candidates(view)) {
            Some(some) => some
                .iter()
                .filter_map(|at| self.cases.get(*at as usize))
                .all(|case| !case.when.holds(view) || on(case)),
            None => self.cases.iter().all(|case| !case.when.holds(view) || on(case)),
        }
    }
}

impl Case {
    fn read(reader: &mut Reader<'_>, node: &Node, outer: Option<ClassUid>) -> Option<Self> {
        let known: Vec<&str> = ["when", "cases"].iter().chain(layer::KEYS).copied().collect();
        let entries = reader.map(node, "a case", &known);
        if entries.is_empty() {
            return None;
        }
        let find = |key: &str| entries.iter().find(|entry| entry.key == key);
        let when = find("when")
            .map(|entry| Condition::read(reader, &entry.value, "`when`"))
            .unwrap_or_default();
        let layer = Layer::read(reader, entries, outer);
        let class = layer.fixed_class(outer);
        let cases = find("cases")
            .map(|entry| CaseList::read(reader, &entry.value, class, true))
            .unwrap_or_default();
        Some(Self {
            at: node.at,
            when,
            layer,
            cases,
        })
    }
}

fn complain_about_unreachable(reader: &mut Reader<'_>, cases: &[Case]) {
    for (at, case) in cases.iter().enumerate() {
        let earlier = cases
            .iter()
            .take(at)
            .find(|earlier| earlier.when.covers(&case.when));
        if let Some(earlier) = earlier {
            let reason = format!(
                "this case is never reached: the case on line {} takes its records",
                earlier.at.line
            );
            reader.error(
                case.at,
                reason,
                "put the more specific case first, or remove one of the two",
            );
        }
    }
}

impl Index {
    fn build(cases: &[Case]) -> Option<Self> {
        if cases.len() < WORTH_AN_INDEX {
            return None;
        }
        let slot = best_slot(cases)?;
        let mut by_value: FxHashMap<Box<str>, Vec<u32>> = FxHashMap::default();
        let mut rest = Vec::new();
        for (at, case) in cases.iter().enumerate() {
            let at = at as u32;
            if let Some(values) = case.when.equality_on(slot) {
                for value in values {
                    let list = by_value.entry(value.clone()).or_insert_with(|| rest.clone());
                    if list.last() != Some(&at) {
                        list.push(at);
                    }
                }
            } else {
                rest.push(at);
                for list in by_value.values_mut() {
                    list.push(at);
                }
            }
        }
        let by_value = by_value
            .into_iter()
            .map(|(value, list)| (value, list.into()))
            .collect();
        Some(Self {
            slot,
            by_value,
            rest: rest.into(),
        })
    }

    /// The cases to try, or `None` if every case must be tried.
    fn candidates(&self, view: &View<'_, '_>) -> Option<&[u32]> {
        if view.repeats(self.slot) {
            return None;
        }
        let Some(found) = view.first(self.slot) else {
            return Some(&self.rest);
        };
        let mut room = Digits::default();
        let Some(text) = text_of(&found.value, &mut room) else {
            return Some(&self.rest);
        };
        let mut lower = [0_u8; 96];
        let known = match lower.get_mut(..text.len()) {
            Some(lower) => {
                lower.copy_from_slice(text.as_bytes());
                lower.make_ascii_lowercase();
                std::str::from_utf8(lower)
                    .ok()
                    .and_then(|key| self.by_value.get(key))
            }
            None => self.by_value.get(text.to_ascii_lowercase().as_str()),
        };
        Some(known.unwrap_or(&self.rest))
    }
}

/// The field that most cases test by equality; among equals the one with the most values.
fn best_slot(cases: &[Case]) -> Option<Slot> {
    let mut uses: FxHashMap<Slot, (usize, usize)> = FxHashMap::default();
    for case in cases {
        for slot in case.when.slots() {
            if let Some(values) = case.when.equality_on(slot) {
                let (count, size) = uses.entry(slot).or_default();
                *count += 1;
                *size += values.len();
            }
        }
    }
    let best = uses
        .into_iter()
        .max_by_key(|(slot, (count, size))| (*count, *size, std::cmp::Reverse(*slot)));
    best.filter(|(_, (count, _))| *count >= 2).map(|(slot, _)| slot)
}

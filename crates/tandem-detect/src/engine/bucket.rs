//! The rules for one set of log sources, with the tables that find their witnesses.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use tandem_domain::LogSource;

use super::needles::{Literals, Needles};
use super::program::{Memo, Program};
use super::witness::{Atom, Place, Site, witness};
use crate::field::{CoreField, FieldId};
use crate::item::Target;
use crate::pattern::Cell;
use crate::ruleset::RuleSet;
use crate::view::View;

/// The rules for one set of log sources.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    /// All of them, by index.
    pub(super) rules: Vec<u32>,
    /// For each field, whether any of them looks at it.
    pub(super) used: Vec<bool>,
    /// The fields of the core view that they look at.
    pub(super) core: Vec<(FieldId, CoreField)>,
    /// One of them looks for keywords.
    pub(super) words: bool,
    /// Events seen.
    pub(super) events: u64,
    /// Rules without a witness: always evaluated.
    always: Vec<u32>,
    plans: Vec<(Site, Plan)>,
}

/// The witnesses at one site.
#[derive(Default)]
struct Plan {
    whole: FxHashMap<Box<str>, Box<[u32]>>,
    /// Length of the longest of them: hashing a longer value is for nothing.
    longest: usize,
    needles: Needles,
    present: Box<[u32]>,
}

impl Bucket {
    /// Compiles the rules of `set` that cover one of `sources`.
    pub(super) fn build(set: &RuleSet, program: &Program, sources: &[LogSource]) -> Self {
        let mut bucket = Self {
            used: vec![false; program.fields.len()],
            ..Self::default()
        };
        let mut atoms: BTreeMap<Atom, Vec<u32>> = BTreeMap::new();
        let all = LogSource::default();
        for (at, rule) in set.rules().iter().enumerate() {
            let (Some(logsource), Some(Some(op))) = (&rule.logsource, program.rules.get(at)) else {
                continue;
            };
            if *logsource != all && !sources.iter().any(|source| logsource.covers(source)) {
                continue;
            }
            let at = at as u32;
            bucket.rules.push(at);
            bucket.note_fields(program, op);
            match witness(program, op) {
                Some(found) => found
                    .into_iter()
                    .for_each(|atom| atoms.entry(atom).or_default().push(at)),
                None => bucket.always.push(at),
            }
        }
        let core = program
            .fields
            .core()
            .iter()
            .filter(|(id, _)| bucket.used.get(id.0 as usize) == Some(&true));
        bucket.core = core.copied().collect();
        bucket.plans = plans(atoms);
        bucket
    }

    fn note_fields(&mut self, program: &Program, op: &super::program::Op) {
        use super::program::Op;
        match op {
            Op::And(parts) | Op::Or(parts) => parts.iter().for_each(|part| self.note_fields(program, part)),
            Op::Not(part) => self.note_fields(program, part),
            Op::Item(at) => {
                let Some(linked) = program.items.get(*at as usize) else {
                    return;
                };
                match linked.item.target {
                    Target::Field(_) => self.mark(linked.field),
                    Target::Keywords => self.words = true,
                }
                for other in &linked.others {
                    self.mark(*other);
                }
            }
        }
    }

    fn mark(&mut self, field: FieldId) {
        if let Some(used) = self.used.get_mut(field.0 as usize) {
            *used = true;
        }
    }

    /// True without rules.
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Names every rule that may match the event laid out in `view`, once.
    pub(super) fn candidates(&self, view: &View<'_>, memo: &mut Memo, out: &mut Vec<u32>) {
        let mut name =
            |rules: &[u32]| out.extend(rules.iter().copied().filter(|rule| memo.first_time(*rule)));
        name(&self.always);
        for (site, plan) in &self.plans {
            match site {
                Site::Field(field) => view.cells(*field).for_each(|cell| plan.look(cell, &mut name)),
                Site::Words => view.words().for_each(|cell| plan.look(cell, &mut name)),
            }
        }
    }
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plan")
            .field("whole", &self.whole.len())
            .field("needles", &self.needles.len())
            .finish_non_exhaustive()
    }
}

impl Plan {
    fn look(&self, cell: Cell<'_>, name: &mut impl FnMut(&[u32])) {
        name(&self.present);
        if cell.folded.len() <= self.longest
            && let Some(rules) = self.whole.get(cell.folded)
        {
            name(rules);
        }
        self.needles.look(cell.folded, name);
    }
}

fn plans(atoms: BTreeMap<Atom, Vec<u32>>) -> Vec<(Site, Plan)> {
    let mut drafts: BTreeMap<Site, (Plan, Literals)> = BTreeMap::new();
    for (atom, rules) in atoms {
        let (plan, literals) = drafts.entry(atom.site).or_default();
        match atom.place {
            Place::Whole => {
                plan.longest = plan.longest.max(atom.literal.len());
                plan.whole.insert(atom.literal, rules.into());
            }
            // A literal without text is found everywhere, as presence is.
            Place::Present => plan.present = merged(&plan.present, &rules),
            _ if atom.literal.is_empty() => plan.present = merged(&plan.present, &rules),
            place => literals
                .entry(atom.literal)
                .or_default()
                .push((place, rules.into())),
        }
    }
    drafts
        .into_iter()
        .map(|(site, (mut plan, literals))| {
            plan.needles = Needles::new(literals);
            (site, plan)
        })
        .collect()
}

fn merged(left: &[u32], right: &[u32]) -> Box<[u32]> {
    let mut all = [left, right].concat();
    all.sort_unstable();
    all.dedup();
    all.into()
}

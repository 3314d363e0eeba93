//! What must be true of single fields for a rule to match at all.

use super::program::{Linked, Op, Program};
use crate::field::FieldId;
use crate::item::Target;
use crate::pattern::{Pattern, Shape};
use crate::text::fold::fold;
use crate::text::glob::Glob;

/// Where in a value a literal must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Place {
    /// It is the whole value.
    Whole,
    /// At the beginning.
    Start,
    /// At the end.
    End,
    /// Anywhere.
    Inside,
    /// The field is there; no literal.
    Present,
}

/// Where a witness looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Site {
    Field(FieldId),
    /// Any value.
    Words,
}

/// A predicate on one field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Atom {
    pub(super) site: Site,
    pub(super) place: Place,
    /// Folded.
    pub(super) literal: Box<str>,
}

impl Atom {
    /// A rough guess at how often it is true of an event. Only the order matters: it decides which witness is taken.
    fn likelihood(&self) -> f64 {
        if COMMON.contains(&&*self.literal) {
            return 0.6;
        }
        let length = (self.literal.len() as i32).min(40);
        match self.place {
            Place::Present => 0.9,
            // Numbers are codes of which a source has few (event ids, types, ports).
            Place::Whole if self.literal.bytes().all(|byte| byte.is_ascii_digit()) => 0.1,
            // Short values are flags; long ones are names.
            Place::Whole => 0.06 * 0.85_f64.powi(length),
            Place::Start | Place::End => 0.25 * 0.8_f64.powi(length),
            Place::Inside => 0.5 * 0.8_f64.powi(length),
        }
    }
}

/// Literals that occur in a large part of ordinary events, so that they say little.
const COMMON: &[&str] = &[
    ".exe",
    ".dll",
    "c:\\",
    "c:\\windows\\",
    "c:\\windows\\system32\\",
    "\\system32\\",
    "\\windows\\",
    "c:\\users\\",
    "\\users\\",
    "\\appdata\\",
    "\\appdata\\local\\",
    "c:\\program files\\",
    "c:\\program files (x86)\\",
    "powershell",
    "\\powershell.exe",
    "powershell.exe",
    "\\cmd.exe",
    "cmd.exe",
    "\\svchost.exe",
    "\\explorer.exe",
    "\\services.exe",
    "\\software\\microsoft\\windows\\currentversion\\",
    "\\software\\",
    "system",
    "windows",
    "microsoft",
    "microsoft corporation",
    "microsoft windows",
    "\\registry\\machine\\software\\",
    "nt authority",
    "authori",
    "autori",
    "http",
    "https://",
    "http://",
    "get",
    "post",
    "success",
    "true",
    "false",
];

/// Predicates of which at least one is true whenever the rule matches; `None` if none is known.
pub(super) fn witness(program: &Program, op: &Op) -> Option<Vec<Atom>> {
    choose(program, op).map(|(atoms, _)| atoms)
}

fn choose(program: &Program, op: &Op) -> Option<(Vec<Atom>, f64)> {
    match op {
        Op::Item(at) => {
            let atoms = item_atoms(program.items.get(*at as usize)?)?;
            let cost = atoms.iter().map(Atom::likelihood).sum();
            Some((atoms, cost))
        }
        Op::And(parts) => {
            let options = parts.iter().filter_map(|part| choose(program, part));
            options.min_by(|left, right| left.1.total_cmp(&right.1))
        }
        Op::Or(parts) => {
            let mut all = (Vec::new(), 0.0);
            for part in parts {
                let (atoms, cost) = choose(program, part)?;
                all.0.extend(atoms);
                all.1 += cost;
            }
            Some(all)
        }
        Op::Not(_) => None,
    }
}

/// A rough guess at how often a part of a rule is true of an event.
pub(super) fn likelihood(program: &Program, op: &Op) -> f64 {
    match op {
        Op::And(parts) => parts.iter().map(|part| likelihood(program, part)).product(),
        Op::Or(parts) => parts
            .iter()
            .map(|part| likelihood(program, part))
            .sum::<f64>()
            .min(1.0),
        Op::Not(part) => 1.0 - likelihood(program, part),
        Op::Item(at) => match program.items.get(*at as usize).map(item_atoms) {
            Some(Some(atoms)) => atoms.iter().map(Atom::likelihood).sum::<f64>().min(0.95),
            _ => 0.9,
        },
    }
}

/// What testing a part of a rule costs about, in comparisons with a whole value.
pub(super) fn cost(program: &Program, op: &Op) -> f64 {
    match op {
        // Half of the parts, for one may settle it.
        Op::And(parts) | Op::Or(parts) => {
            let all: f64 = parts.iter().map(|part| cost(program, part)).sum();
            all.midpoint(1.0)
        }
        Op::Not(part) => cost(program, part),
        Op::Item(at) => program.items.get(*at as usize).map_or(1.0, |linked| {
            let patterns = linked.item.patterns.iter();
            patterns.map(pattern_cost).sum()
        }),
    }
}

fn pattern_cost(pattern: &Pattern) -> f64 {
    match pattern {
        Pattern::Null | Pattern::Exists(_) | Pattern::Present => 0.5,
        Pattern::Text(text) => match text.shape {
            Shape::Exact(_) | Shape::Prefix(_) | Shape::Suffix(_) => 1.0,
            Shape::Contains(_) => 4.0,
            Shape::Glob(_) => 20.0,
        },
        Pattern::FieldRef { .. } | Pattern::Number(..) => 2.0,
        Pattern::Cidr(_) | Pattern::Time(..) => 10.0,
        Pattern::Regexp(_) => 50.0,
    }
}

fn item_atoms(linked: &Linked) -> Option<Vec<Atom>> {
    if linked.item.negate {
        return None;
    }
    let site = match linked.item.target {
        Target::Field(_) => Site::Field(linked.field),
        Target::Keywords => Site::Words,
    };
    let mut atoms = Vec::new();
    for pattern in &linked.item.patterns {
        atoms.extend(pattern_atoms(pattern, site)?);
    }
    atoms.sort();
    atoms.dedup();
    Some(atoms)
}

fn pattern_atoms(pattern: &Pattern, site: Site) -> Option<Vec<Atom>> {
    let atom = |place, literal: &str| Atom {
        site,
        place,
        literal: fold(literal).into(),
    };
    Some(match pattern {
        Pattern::Null | Pattern::Exists(false) => return None,
        Pattern::Text(text) => match &text.shape {
            Shape::Exact(literal) => vec![atom(Place::Whole, literal)],
            Shape::Prefix(literal) => vec![atom(Place::Start, literal)],
            Shape::Suffix(literal) => vec![atom(Place::End, literal)],
            Shape::Contains(finder) => match std::str::from_utf8(finder.needle()) {
                Ok(literal) => vec![atom(Place::Inside, literal)],
                Err(_) => vec![atom(Place::Present, "")],
            },
            Shape::Glob(glob) => vec![longest(glob).map_or_else(
                || atom(Place::Present, ""),
                |literal| atom(Place::Inside, literal),
            )],
        },
        Pattern::Regexp(regexp) if !regexp.required().is_empty() => regexp
            .required()
            .iter()
            .map(|literal| atom(Place::Inside, literal))
            .collect(),
        // Anything else needs the field to be there; over all values, that says nothing.
        _ if site == Site::Words => return None,
        _ => vec![atom(Place::Present, "")],
    })
}

fn longest(glob: &Glob) -> Option<&str> {
    glob.literals().max_by_key(|literal| literal.len())
}

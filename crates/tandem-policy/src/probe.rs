//! Every situation there is: the facts policies can look at are finite, so a claim about a set of policies can be tried out
//! in full. Facts that neither a policy nor the claim looks at are left at rest; they cannot change the outcome.

use std::collections::BTreeSet;

use cedar_policy::Policy;
use serde_json::Value;
use tandem_domain::Purpose;

use crate::context::Facts;
use crate::{CaseState, Visibility};

/// One fact of a situation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Dim {
    Purpose,
    Case,
    Member,
    Asked,
    Counsel,
    AboutSelf,
    OwnRequest,
    Disclosed,
    LegalHold,
    Note,
    OwnDepartmentsNote,
    OwnNote,
}

impl Dim {
    pub const ALL: [Self; 12] = [
        Self::Purpose,
        Self::Case,
        Self::Member,
        Self::Asked,
        Self::Counsel,
        Self::AboutSelf,
        Self::OwnRequest,
        Self::Disclosed,
        Self::LegalHold,
        Self::Note,
        Self::OwnDepartmentsNote,
        Self::OwnNote,
    ];

    /// The attribute of the context that carries it.
    pub const fn attribute(self) -> &'static str {
        match self {
            Self::Purpose => "purpose",
            Self::Case => "case",
            Self::Member => "member",
            Self::Asked => "asked",
            Self::Counsel => "counsel",
            Self::AboutSelf => "about_self",
            Self::OwnRequest => "own_request",
            Self::Disclosed => "disclosed",
            Self::LegalHold => "legal_hold",
            Self::Note => "note",
            Self::OwnDepartmentsNote => "own_departments_note",
            Self::OwnNote => "own_note",
        }
    }

    /// A fact without which this one cannot be.
    const fn rests_on(self) -> Option<Self> {
        match self {
            Self::Member => Some(Self::Case),
            Self::OwnDepartmentsNote | Self::OwnNote => Some(Self::Note),
            _ => None,
        }
    }

    /// The situations that differ from `facts` in this fact alone, itself included.
    fn spread(self, facts: Facts) -> Vec<Facts> {
        let both = |set: fn(&mut Facts, bool)| {
            [false, true]
                .into_iter()
                .map(|value| {
                    let mut changed = facts;
                    set(&mut changed, value);
                    changed
                })
                .collect()
        };
        match self {
            Self::Purpose => options(Purpose::ALL)
                .map(|purpose| Facts { purpose, ..facts })
                .collect(),
            Self::Case => options(CaseState::ALL)
                .map(|case| Facts { case, ..facts })
                .collect(),
            Self::Note => options(Visibility::ALL)
                .map(|note| Facts { note, ..facts })
                .collect(),
            Self::Member => both(|facts, value| facts.member = value),
            Self::Asked => both(|facts, value| facts.asked = value),
            Self::Counsel => both(|facts, value| facts.counsel = value),
            Self::AboutSelf => both(|facts, value| facts.about_self = value),
            Self::OwnRequest => both(|facts, value| facts.own_request = value),
            Self::Disclosed => both(|facts, value| facts.disclosed = value),
            Self::LegalHold => both(|facts, value| facts.legal_hold = value),
            Self::OwnDepartmentsNote => both(|facts, value| facts.own_departments_note = value),
            Self::OwnNote => both(|facts, value| facts.own_note = value),
        }
    }
}

fn options<T: Copy>(all: &[T]) -> impl Iterator<Item = Option<T>> {
    std::iter::once(None).chain(all.iter().copied().map(Some))
}

/// Every situation that differs in these facts, without those that cannot be.
pub(crate) fn situations(dims: &BTreeSet<Dim>) -> Vec<Facts> {
    extended(Facts::NONE, dims, &BTreeSet::new())
}

/// Every situation that differs from `facts` in these facts and those they rest on, but in none of the `fixed`, without those
/// that cannot be.
pub(crate) fn extended(facts: Facts, dims: &BTreeSet<Dim>, fixed: &BTreeSet<Dim>) -> Vec<Facts> {
    let needed = dims.iter().filter_map(|dim| dim.rests_on());
    let dims: BTreeSet<Dim> = dims
        .iter()
        .copied()
        .chain(needed)
        .filter(|dim| !fixed.contains(dim))
        .collect();
    let mut found = vec![facts];
    for dim in dims {
        found = found.into_iter().flat_map(|facts| dim.spread(facts)).collect();
    }
    found.retain(possible);
    found
}

fn possible(facts: &Facts) -> bool {
    let of_a_note = facts.own_note || facts.own_departments_note;
    (!facts.member || facts.case.is_some()) && (!of_a_note || facts.note.is_some())
}

/// The facts that a policy looks at; all of them if it cannot be said.
pub(crate) fn mentioned(policy: &Policy) -> BTreeSet<Dim> {
    let mut found = BTreeSet::new();
    match policy.to_json() {
        Ok(json) => walk(&json, &mut found),
        Err(_) => found.extend(Dim::ALL),
    }
    found
}

/// Walks Cedar's JSON form of a policy: `{".": {"left": {"Var": "context"}, "attr": …}}` and `has` name one attribute, any
/// other use of the context may look at all.
fn walk(json: &Value, found: &mut BTreeSet<Dim>) {
    match json {
        Value::Object(map) => {
            for (key, inner) in map {
                let named = (key == "." || key == "has").then(|| attribute(inner)).flatten();
                match named {
                    Some(attribute) => {
                        let dim = Dim::ALL.iter().find(|dim| dim.attribute() == attribute);
                        found.extend(dim);
                    }
                    None if key == "Var" && inner == "context" => found.extend(Dim::ALL),
                    None => walk(inner, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
        _ => {}
    }
}

fn attribute(access: &Value) -> Option<&str> {
    let of_context = access.get("left")?.get("Var")? == "context";
    of_context.then(|| access.get("attr")?.as_str()).flatten()
}

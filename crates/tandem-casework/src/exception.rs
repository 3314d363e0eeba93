//! Which exception would have spared people the false alarms of a rule, found in what the rule saw.
//!
//! An exception is worth proposing if it fits several people's false alarms and nothing that was what it looked like. A value
//! counts only if at least [`SUBJECTS_LEAST`] subjects share it: what belongs to one person alone would name them in a rule that
//! many read, and an exception for one person is a decision of another kind.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tandem_domain::SubjectId;

/// Fewest subjects whose false alarms share a value. Three, the smallest group in which nobody can tell the others apart by
/// knowing their own part (the threshold rule of statistical disclosure control, Hundepool et al. 2012, section 4.2.1).
pub const SUBJECTS_LEAST: usize = 3;
/// Most values of a proposed exception: a longer list is read by nobody.
pub const VALUES_MOST: usize = 20;
/// Longest value, bytes.
const VALUE_LONGEST: usize = 200;
/// Most values of one field that are weighed.
const WEIGHED: usize = 1_000;

/// One concluded alert, as far as one rule saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Whom it was about.
    pub subject: SubjectId,
    /// It was what it looked like.
    pub true_positive: bool,
    /// Every event that the rule matched is among `events`.
    pub whole: bool,
    /// The fields of each event, in the source's own names.
    pub events: Vec<BTreeMap<String, String>>,
}

/// What an exception would have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exception {
    /// The field.
    pub field: String,
    /// Its values, the most frequent first.
    pub values: Vec<String>,
    /// False alarms that would not have come.
    pub removes: u64,
    /// False alarms there were.
    pub of: u64,
}

/// The exception on one field that removes the most false alarms and no alert that was what it looked like; none if there is no
/// such field. `may_stand` says whether a value may stand in a rule: it must not name anybody.
///
/// An alert is removed if each of its events has one of the values, so that only alerts whose events are all known count. What
/// fits everything that the rule ever saw is no exception but the rule's end, and is not proposed.
pub fn exception(seen: &[Seen], may_stand: impl Fn(&str, &str) -> bool) -> Option<Exception> {
    let (kept, wrong): (Vec<&Seen>, Vec<&Seen>) = seen.iter().partition(|one| one.true_positive);
    // What nothing is known about cannot be spared.
    if kept.iter().any(|one| one.events.is_empty()) {
        return None;
    }
    let fields: BTreeSet<&str> = wrong
        .iter()
        .flat_map(|one| &one.events)
        .flat_map(|event| event.keys().map(String::as_str))
        .filter(|field| is_plain(field))
        .collect();
    let found = fields
        .into_iter()
        .filter_map(|field| on_field(field, &kept, &wrong, &may_stand));
    found
        .filter(|one| one.removes < seen.len() as u64)
        .max_by(|a, b| {
            let (fewer, earlier) = (b.values.len().cmp(&a.values.len()), b.field.cmp(&a.field));
            a.removes.cmp(&b.removes).then(fewer).then(earlier)
        })
}

/// A field's name as it can stand in a rule's text.
fn is_plain(field: &str) -> bool {
    !field.is_empty()
        && field.len() <= VALUE_LONGEST
        && field
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

/// A value as it can stand in a rule's text and mean itself: no wildcard, and no backslash that would take one's meaning away.
fn is_literal(value: &str) -> bool {
    !value.trim().is_empty()
        && value.len() <= VALUE_LONGEST
        && !value.chars().any(|c| c.is_control() || matches!(c, '*' | '?'))
        && !value.contains("\\\\")
        && !value.ends_with('\\')
}

fn on_field(
    field: &str,
    kept: &[&Seen],
    wrong: &[&Seen],
    may_stand: &impl Fn(&str, &str) -> bool,
) -> Option<Exception> {
    // Rules compare without regard to case.
    let spared: BTreeSet<String> = kept
        .iter()
        .flat_map(|one| &one.events)
        .filter_map(|event| event.get(field))
        .map(|value| value.to_lowercase())
        .collect();
    let mut shared: BTreeMap<String, (String, BTreeSet<&SubjectId>)> = BTreeMap::new();
    for one in wrong {
        for value in one.events.iter().filter_map(|event| event.get(field)) {
            let small = value.to_lowercase();
            let fits = is_literal(value) && !spared.contains(&small);
            if fits && (shared.contains_key(&small) || shared.len() < WEIGHED) {
                let entry = shared.entry(small);
                let (_, subjects) = entry.or_insert_with(|| (value.clone(), BTreeSet::new()));
                subjects.insert(&one.subject);
            }
        }
    }
    let mut values: Vec<(String, String, usize)> = shared
        .into_iter()
        .filter(|(_, (value, subjects))| subjects.len() >= SUBJECTS_LEAST && may_stand(field, value))
        .map(|(small, (value, subjects))| (small, value, subjects.len()))
        .collect();
    values.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    values.truncate(VALUES_MOST);
    let small: BTreeSet<&str> = values.iter().map(|(small, _, _)| small.as_str()).collect();
    let all_fit = |one: &&&Seen| {
        let fits = |event: &BTreeMap<String, String>| {
            event
                .get(field)
                .is_some_and(|value| small.contains(value.to_lowercase().as_str()))
        };
        one.whole && !one.events.is_empty() && one.events.iter().all(fits)
    };
    let removed: Vec<&&Seen> = wrong.iter().filter(all_fit).collect();
    let subjects: BTreeSet<&SubjectId> = removed.iter().map(|one| &one.subject).collect();
    if subjects.len() < SUBJECTS_LEAST {
        return None;
    }
    let used: BTreeSet<String> = removed
        .iter()
        .flat_map(|one| &one.events)
        .filter_map(|event| event.get(field))
        .map(|value| value.to_lowercase())
        .collect();
    Some(Exception {
        field: field.to_owned(),
        values: values
            .iter()
            .filter(|(small, _, _)| used.contains(small))
            .map(|(_, value, _)| value.clone())
            .collect(),
        removes: removed.len() as u64,
        of: wrong.len() as u64,
    })
}

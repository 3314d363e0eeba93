//! What is wrong with a question, and where.

use super::modifier;

/// Why a question cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} (line {line}, column {column})")]
pub struct QueryFault {
    /// What is wrong, and what was expected.
    pub what: String,
    /// What to do.
    pub hint: String,
    /// Line of the question, from 1.
    pub line: usize,
    /// Column in that line, in characters, from 1.
    pub column: usize,
}

impl QueryFault {
    /// A fault at the byte `at` of `text`.
    pub(super) fn at(text: &str, at: usize, what: impl Into<String>, hint: impl Into<String>) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            what: what.into(),
            hint: hint.into(),
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }
}

/// Two or fewer names that `wanted` may stand for, as a question.
pub(super) fn nearest<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let wanted = wanted.to_lowercase();
    let most = (wanted.chars().count() / 3).max(1);
    let mut near: Vec<(usize, &str)> = known
        .map(|name| (edits(&wanted, &name.to_lowercase()), name))
        .filter(|(edits, _)| *edits <= most)
        .collect();
    near.sort_unstable();
    let names: Vec<String> = near.iter().take(2).map(|(_, name)| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| format!("did you mean {}?", names.join(" or ")))
}

/// The hint for an unknown modifier.
pub(super) fn modifier_hint(wanted: &str) -> String {
    let known = format!("known are {}", modifier::KNOWN.join(", "));
    match nearest(wanted, modifier::KNOWN.iter().copied()) {
        Some(meant) => format!("{meant} {known}"),
        None => known,
    }
}

/// How many letters must be added, taken away or changed (Levenshtein's distance).
fn edits(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, l) in left.chars().enumerate() {
        let mut diagonal = at;
        let mut before = at + 1;
        for (cell, r) in row.iter_mut().skip(1).zip(&right) {
            let change = diagonal + usize::from(l != *r);
            diagonal = *cell;
            before = change.min(before + 1).min(diagonal + 1);
            *cell = before;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_is_levenshteins() {
        for (left, right, wanted) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
            ("account", "acount", 1),
        ] {
            assert_eq!(edits(left, right), wanted, "{left} {right}");
        }
    }
}

//! Reading a mapping's YAML with complaints that name the place, what is wrong and what to do.

use regex::Regex;

use super::MappingError;
use super::view::{Names, Slot};
use super::yaml::{Entry, Kind, Node, Place};

/// Largest compiled regular expression, bytes; a mapping's expressions are short.
const REGEX_LIMIT: usize = 1 << 20;

/// Collects complaints about one file and interns the field names it mentions.
pub(super) struct Reader<'a> {
    file: &'a str,
    names: &'a mut Names,
    pub(super) errors: Vec<MappingError>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a str, names: &'a mut Names) -> Self {
        Self {
            file,
            names,
            errors: Vec::new(),
        }
    }

    pub(super) fn error(&mut self, at: Place, reason: impl Into<String>, hint: impl Into<String>) {
        self.errors.push(MappingError {
            file: self.file.to_owned(),
            line: Some(at.line),
            column: Some(at.column),
            reason: reason.into(),
            hint: hint.into(),
        });
    }

    /// The slot of a record's field.
    pub(super) fn slot(&mut self, field: &str) -> Slot {
        self.names.slot(field)
    }

    /// The entries of a map whose keys must all be in `known`.
    pub(super) fn map<'n>(&mut self, node: &'n Node, what: &str, known: &[&str]) -> &'n [Entry] {
        let Kind::Map(entries) = &node.kind else {
            self.error(
                node.at,
                format!("{what} must be a map"),
                format!("its keys are: {}", known.join(", ")),
            );
            return &[];
        };
        for entry in entries {
            if !known.contains(&entry.key.as_str()) {
                let hint = suggestion(&entry.key, known.iter().copied());
                self.error(entry.at, format!("unknown key `{}` in {what}", entry.key), hint);
            }
        }
        entries
    }

    /// The entries of a map with free keys.
    pub(super) fn free_map<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Entry] {
        if let Kind::Map(entries) = &node.kind {
            return entries;
        }
        self.error(
            node.at,
            format!("{what} must be a map"),
            "write `key: value` lines below it",
        );
        &[]
    }

    pub(super) fn text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        if let Kind::Text(text) = &node.kind {
            return Some(text);
        }
        self.error(
            node.at,
            format!("{what} must be a text or a number"),
            "quote it if YAML takes it for something else",
        );
        None
    }

    /// One text or a list of texts.
    pub(super) fn texts<'n>(&mut self, node: &'n Node, what: &str) -> Vec<(&'n str, Place)> {
        match &node.kind {
            Kind::List(items) => items
                .iter()
                .filter_map(|item| Some((self.text(item, what)?, item.at)))
                .collect(),
            _ => self
                .text(node, what)
                .map(|text| (text, node.at))
                .into_iter()
                .collect(),
        }
    }

    pub(super) fn bool(&mut self, node: &Node, what: &str) -> Option<bool> {
        match self.text(node, what)? {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                self.error(
                    node.at,
                    format!("{what} must be true or false, not `{other}`"),
                    "write true or false",
                );
                None
            }
        }
    }

    pub(super) fn number<T: std::str::FromStr>(&mut self, node: &Node, what: &str) -> Option<T> {
        let text = self.text(node, what)?;
        let number = text.parse().ok();
        if number.is_none() {
            self.error(
                node.at,
                format!("{what} must be a number, not `{text}`"),
                "write digits only",
            );
        }
        number
    }

    pub(super) fn regex(&mut self, text: &str, at: Place, ignore_case: bool) -> Option<Regex> {
        let built = regex::RegexBuilder::new(text)
            .case_insensitive(ignore_case)
            .size_limit(REGEX_LIMIT)
            .build();
        match built {
            Ok(regex) => Some(regex),
            Err(error) => {
                let reason = error.to_string();
                let last = reason.lines().last().unwrap_or_default().trim().to_owned();
                self.error(
                    at,
                    format!("bad regular expression `{text}`: {last}"),
                    "look-around and back-references are not supported",
                );
                None
            }
        }
    }
}

/// `did you mean …` or the list of what is allowed.
pub(super) fn suggestion<'k>(given: &str, known: impl Iterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.collect();
    let near = known.iter().map(|name| (distance(given, name), *name)).min();
    match near {
        Some((far, name)) if far <= 2.max(given.len() / 4) => format!("did you mean `{name}`?"),
        _ => format!("allowed are: {}", known.join(", ")),
    }
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

//! What is wrong with a rule, and where.

use serde_norway::Value as Yaml;

use super::document::Document;

/// Why a document was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {reason}", .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct RuleError {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column, from 1.
    pub column: Option<usize>,
    /// The rule's title, if it could be read.
    pub title: Option<String>,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// What is wrong, with the keys that lead to it.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    reason: String,
    hint: Option<String>,
    path: Vec<String>,
    place: Option<(usize, usize)>,
}

impl Fault {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            hint: None,
            path: Vec::new(),
            place: None,
        }
    }

    /// Under that key; call it from the inside outwards.
    pub(crate) fn at(mut self, key: impl Into<String>) -> Self {
        self.path.insert(0, key.into());
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn place(mut self, line: usize, column: usize) -> Self {
        self.place = Some((line, column));
        self
    }

    /// With the file and the line of the document where the keys are found.
    pub(crate) fn locate(self, file: &str, document: Document<'_>) -> RuleError {
        let found = self.place.or_else(|| find(document.text, &self.path));
        RuleError {
            file: file.to_owned(),
            line: found.map(|(line, _)| document.line + line - 1),
            column: found.map(|(_, column)| column),
            title: title(document.text),
            reason: self.reason,
            hint: self.hint,
        }
    }
}

/// Line and column, from 1, of the last of `path`'s keys that can be found one after the other.
fn find(text: &str, path: &[String]) -> Option<(usize, usize)> {
    let mut lines = text.lines().enumerate();
    let mut found = None;
    for key in path {
        let hit = lines.find_map(|(index, line)| {
            let bare = line.trim_start().trim_start_matches("- ").trim_start();
            let column = line.len() - bare.len() + 1;
            let rest = bare.trim_start_matches(['"', '\'']).strip_prefix(key.as_str())?;
            rest.trim_start_matches(['"', '\''])
                .trim_start()
                .starts_with(':')
                .then_some((index + 1, column))
        });
        match hit {
            Some(place) => found = Some(place),
            None => break,
        }
    }
    found
}

fn title(text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix("title:"))?;
    Some(line.trim().trim_matches(['"', '\'']).to_owned())
}

/// A YAML scalar as text.
pub(crate) fn key(value: &Yaml) -> Option<String> {
    match value {
        Yaml::String(text) => Some(text.clone()),
        Yaml::Bool(value) => Some(value.to_string()),
        Yaml::Number(number) => Some(match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(int), ..) => int.to_string(),
            (_, Some(int), _) => int.to_string(),
            (.., Some(float)) => float.to_string(),
            _ => number.to_string(),
        }),
        Yaml::Null | Yaml::Sequence(_) | Yaml::Mapping(_) | Yaml::Tagged(_) => None,
    }
}

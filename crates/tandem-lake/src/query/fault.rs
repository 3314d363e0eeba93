//! Turns the engine's errors into ones that say where the mistake is and what was perhaps meant.

use datafusion::common::utils::datafusion_strsim::levenshtein;
use datafusion::common::{DataFusionError, SchemaError};

use crate::error::LakeError;
use crate::schema::{DAY, columns};

/// Names offered at most.
const OFFERED: usize = 3;

/// An error of parsing or planning.
pub(crate) fn planning(error: &DataFusionError) -> LakeError {
    let span = error.diagnostic().and_then(|diagnostic| diagnostic.span);
    let (mut line, mut column) = (
        span.map(|span| span.start.line),
        span.map(|span| span.start.column),
    );
    let (message, hint) = match error.find_root() {
        DataFusionError::SchemaError(schema, _) => match schema.as_ref() {
            SchemaError::FieldNotFound { field, valid_fields } => {
                let known = valid_fields.iter().map(|valid| valid.name.as_str());
                (
                    format!("there is no column `{}`", field.name),
                    nearest(&field.name, known),
                )
            }
            other => (other.to_string(), None),
        },
        DataFusionError::SQL(parser, _) => {
            let (message, place) = split_place(&parser.to_string());
            if let Some((at_line, at_column)) = place {
                (line, column) = (Some(at_line), Some(at_column));
            }
            (message, None)
        }
        root => {
            let message = root
                .message()
                .lines()
                .map(str::trim)
                .collect::<Vec<_>>()
                .join(" ");
            let hint = message
                .contains("not found")
                .then(|| "the lake has one table: events".to_owned());
            (message, hint.filter(|_| message_is_about_table(root)))
        }
    };
    LakeError::Sql {
        message,
        line,
        column,
        hint,
    }
}

fn message_is_about_table(error: &DataFusionError) -> bool {
    error.message().starts_with("table ")
}

/// An error while the query ran, as far as it can be told without looking at the files.
pub(crate) fn running(error: &DataFusionError, memory: usize) -> LakeError {
    match error.find_root() {
        DataFusionError::ResourcesExhausted(reason) => {
            let reason = reason.lines().next().unwrap_or_default().to_owned();
            LakeError::Memory {
                limit: memory,
                reason,
            }
        }
        DataFusionError::SchemaError(..) | DataFusionError::Plan(_) | DataFusionError::SQL(..) => {
            planning(error)
        }
        root => LakeError::Query(root.message().into_owned()),
    }
}

/// True if damaged or missing files can be the cause.
pub(crate) fn may_be_damage(error: &DataFusionError) -> bool {
    matches!(
        error.find_root(),
        DataFusionError::ParquetError(_)
            | DataFusionError::ArrowError(..)
            | DataFusionError::ObjectStore(_)
            | DataFusionError::IoError(_)
            | DataFusionError::External(_)
            | DataFusionError::Internal(_)
            | DataFusionError::ExecutionJoin(_)
    )
}

/// `sql parser error: Expected: …, found: x at Line: 1, Column: 8` → the message and its place.
fn split_place(text: &str) -> (String, Option<(u64, u64)>) {
    let text = text.strip_prefix("sql parser error: ").unwrap_or(text);
    let Some((message, place)) = text.rsplit_once(" at Line: ") else {
        return (text.to_owned(), None);
    };
    let Some((line, column)) = place.split_once(", Column: ") else {
        return (text.to_owned(), None);
    };
    match (line.trim().parse(), column.trim().parse()) {
        (Ok(line), Ok(column)) => (message.to_owned(), Some((line, column))),
        _ => (text.to_owned(), None),
    }
}

/// The known names most like `wanted`, as a question.
fn nearest<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let wanted = wanted.to_ascii_lowercase();
    let mut names: Vec<&str> = known.collect();
    if names.is_empty() {
        names = columns().iter().map(|column| column.name).chain([DAY]).collect();
    }
    let mut scored: Vec<(usize, &str)> = names
        .into_iter()
        .map(|name| (levenshtein(&wanted, name), name))
        .collect();
    scored.retain(|(edits, name)| {
        *edits <= (wanted.len().max(name.len()) / 3).max(1) || name.contains(&wanted) || wanted.contains(name)
    });
    scored.sort_unstable();
    scored.dedup();
    let offered: Vec<String> = scored
        .iter()
        .take(OFFERED)
        .map(|(_, name)| format!("`{name}`"))
        .collect();
    (!offered.is_empty()).then(|| format!("did you mean {}?", offered.join(" or ")))
}

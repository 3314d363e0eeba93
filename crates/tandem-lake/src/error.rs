//! What can go wrong in the lake, in words an analyst or operator can act on.

use std::time::Duration;

/// A failure of the lake.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The lake's location is not one this build can use.
    #[error("the lake's location `{location}` cannot be used: {reason}")]
    Location {
        /// As configured.
        location: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The statement would do more than read.
    #[error("only reading is allowed: {statement} is refused; use SELECT, WITH, EXPLAIN, SHOW or DESCRIBE")]
    Refused {
        /// The kind of statement, for example `DROP`.
        statement: String,
    },
    /// The SQL is not valid.
    #[error("{message}{}{}", at(*.line, *.column), meant(.hint.as_deref()))]
    Sql {
        /// What the planner says.
        message: String,
        /// Line in the statement, from 1.
        line: Option<u64>,
        /// Column in that line, from 1.
        column: Option<u64>,
        /// What was perhaps meant.
        hint: Option<String>,
    },
    /// The query ran into its time limit.
    #[error("the query was stopped after {0:?}; narrow it by `day`, `time` or `account`")]
    Timeout(Duration),
    /// The query ran into its memory limit.
    #[error(
        "the query needs more than its {limit} bytes of memory ({reason}); narrow it or group by fewer values"
    )]
    Memory {
        /// The limit, bytes.
        limit: usize,
        /// Which part of the query asked for more.
        reason: String,
    },
    /// A segment's file is missing or not what was written.
    #[error("segment `{path}` is damaged: {reason}")]
    Damaged {
        /// Path of the segment in the lake.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The query failed while it ran, for a reason in its own data or arithmetic.
    #[error("the query failed: {0}")]
    Query(String),
    /// The storage below the lake failed.
    #[error("the lake's storage failed at `{path}`: {reason}")]
    Storage {
        /// Path in the lake.
        path: String,
        /// What the storage says.
        reason: String,
    },
    /// A segment could not be encoded.
    #[error("a segment could not be written: {0}")]
    Encode(String),
}

fn at(line: Option<u64>, column: Option<u64>) -> String {
    match (line, column) {
        (Some(line), Some(column)) => format!(" (line {line}, column {column})"),
        _ => String::new(),
    }
}

fn meant(hint: Option<&str>) -> String {
    hint.map(|hint| format!("; {hint}")).unwrap_or_default()
}

/// The lake's result.
pub type Result<T> = std::result::Result<T, LakeError>;

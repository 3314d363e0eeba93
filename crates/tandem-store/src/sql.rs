//! Writing many rows at once, and reading columns with the right error.

use std::sync::Arc;

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Row};

use crate::error::{Doing, StoreError};

/// Most parameters of one statement; SQLite's limit is 32,766, PostgreSQL's 65,535.
const MAX_PARAMETERS: usize = 8_000;

/// One value of a row. The kind is known even when the value is null, which PostgreSQL insists on.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    Text(String),
    MaybeText(Option<String>),
    Int(i64),
    MaybeInt(Option<i64>),
    Real(f64),
    Blob(Vec<u8>),
}

/// Text as both databases can keep it: PostgreSQL knows no NUL inside a text, and one such record must not stop a batch.
pub(crate) fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn cleaned(text: String) -> String {
    if text.contains('\0') { clean(&text) } else { text }
}

/// How many rows to give or to skip; more than the databases can count means all.
pub(crate) fn count(rows: usize) -> Cell {
    Cell::Int(i64::try_from(rows).unwrap_or(i64::MAX))
}

pub(crate) fn bind(query: Query<'_, Any, AnyArguments>, cell: Cell) -> Query<'_, Any, AnyArguments> {
    match cell {
        Cell::Text(v) => query.bind(cleaned(v)),
        Cell::MaybeText(v) => query.bind(v.map(cleaned)),
        Cell::Int(v) => query.bind(v),
        Cell::MaybeInt(v) => query.bind(v),
        Cell::Real(v) => query.bind(v),
        Cell::Blob(v) => query.bind(v),
    }
}

/// Inserts rows with as few statements as the limit on parameters allows. `head` is `INSERT INTO t (a, b)`, `tail` the
/// conflict clause or nothing.
pub(crate) async fn insert_many(
    connection: &mut AnyConnection,
    head: &'static str,
    tail: &'static str,
    rows: Vec<Vec<Cell>>,
    doing: &'static str,
) -> Result<(), StoreError> {
    let width = rows.first().map_or(1, Vec::len);
    let per_statement = (MAX_PARAMETERS / width).max(1);
    // For every numbered parameter the driver asks SQLite for its name, which SQLite looks up one by one: thousands of them
    // take quadratic time. Plain ones have no name.
    let numbered = connection.backend_name() != "SQLite";
    let shape = Shape {
        head,
        tail,
        width,
        numbered,
    };
    let full: Arc<str> = Arc::from(shape.statement(per_statement.min(rows.len())));
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let part: Vec<_> = rows.by_ref().take(per_statement).collect();
        // Only the text of a full statement comes again, so only that one is worth keeping prepared.
        let is_full = part.len() == per_statement;
        let text = if is_full {
            Arc::clone(&full)
        } else {
            Arc::from(shape.statement(part.len()))
        };
        let mut query = sqlx::query(AssertSqlSafe(text)).persistent(is_full);
        for cell in part.into_iter().flatten() {
            query = bind(query, cell);
        }
        query.execute(&mut *connection).await.doing(doing)?;
    }
    Ok(())
}

/// What an insert of many rows looks like.
struct Shape {
    head: &'static str,
    tail: &'static str,
    width: usize,
    numbered: bool,
}

impl Shape {
    fn statement(&self, rows: usize) -> String {
        let mut text = format!("{} VALUES ", self.head);
        for row in 0..rows {
            text.push_str(if row == 0 { "(" } else { ", (" });
            for column in 0..self.width {
                if column > 0 {
                    text.push_str(", ");
                }
                if self.numbered {
                    text.push('$');
                    text.push_str(&(row * self.width + column + 1).to_string());
                } else {
                    text.push('?');
                }
            }
            text.push(')');
        }
        text.push(' ');
        text.push_str(self.tail);
        text
    }
}

/// Reads columns by position; a column that is not what the schema says is a database error.
pub(crate) trait Columns {
    fn text(&self, at: usize) -> Result<String, StoreError>;
    fn maybe_text(&self, at: usize) -> Result<Option<String>, StoreError>;
    fn int(&self, at: usize) -> Result<i64, StoreError>;
    fn maybe_int(&self, at: usize) -> Result<Option<i64>, StoreError>;
    fn real(&self, at: usize) -> Result<f64, StoreError>;
    fn blob(&self, at: usize) -> Result<Vec<u8>, StoreError>;
}

const READING: &str = "reading a row";

impl Columns for AnyRow {
    fn text(&self, at: usize) -> Result<String, StoreError> {
        self.try_get(at).doing(READING)
    }
    fn maybe_text(&self, at: usize) -> Result<Option<String>, StoreError> {
        self.try_get(at).doing(READING)
    }
    fn int(&self, at: usize) -> Result<i64, StoreError> {
        self.try_get(at).doing(READING)
    }
    fn maybe_int(&self, at: usize) -> Result<Option<i64>, StoreError> {
        self.try_get(at).doing(READING)
    }
    fn real(&self, at: usize) -> Result<f64, StoreError> {
        self.try_get(at).doing(READING)
    }
    fn blob(&self, at: usize) -> Result<Vec<u8>, StoreError> {
        self.try_get(at).doing(READING)
    }
}

/// A condition under construction: text with `$n` placeholders, and the values.
#[derive(Debug, Default)]
pub(crate) struct Where {
    tests: Vec<String>,
    cells: Vec<Cell>,
}

impl Where {
    /// Adds a test; `?` stands for the value.
    pub(crate) fn and(&mut self, test: &str, cell: Cell) {
        self.cells.push(cell);
        self.tests
            .push(test.replace('?', &format!("${}", self.cells.len())));
    }

    /// Adds a test without value.
    pub(crate) fn and_plain(&mut self, test: &str) {
        self.tests.push(test.to_owned());
    }

    /// The placeholder of another value, for LIMIT and OFFSET.
    pub(crate) fn value(&mut self, cell: Cell) -> String {
        self.cells.push(cell);
        format!("${}", self.cells.len())
    }

    pub(crate) fn text(&self) -> String {
        if self.tests.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", self.tests.join(" AND "))
        }
    }

    pub(crate) fn cells(self) -> Vec<Cell> {
        self.cells
    }
}

/// Runs a built statement and gives all rows.
pub(crate) async fn fetch(
    pool: &sqlx::AnyPool,
    text: String,
    cells: Vec<Cell>,
    doing: &'static str,
) -> Result<Vec<AnyRow>, StoreError> {
    let mut query = sqlx::query(AssertSqlSafe(text));
    for cell in cells {
        query = bind(query, cell);
    }
    query.fetch_all(pool).await.doing(doing)
}

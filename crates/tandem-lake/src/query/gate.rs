//! Lets only statements through that read.

use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::sqlparser::ast::Statement as Ast;

use crate::error::{LakeError, Result};
use crate::query::fault;

/// Parses `sql` as exactly one reading statement.
pub(crate) fn read_only(sql: &str) -> Result<Statement> {
    let mut statements = DFParser::parse_sql(sql).map_err(|error| fault::planning(&error))?;
    let statement = statements.pop_front().ok_or_else(|| LakeError::Sql {
        message: "there is no statement".to_owned(),
        line: None,
        column: None,
        hint: Some("try: SELECT * FROM events LIMIT 10".to_owned()),
    })?;
    if !statements.is_empty() {
        return Err(LakeError::Refused {
            statement: "more than one statement".to_owned(),
        });
    }
    if reads(&statement) {
        Ok(statement)
    } else {
        Err(LakeError::Refused {
            statement: first_words(sql),
        })
    }
}

/// A first sieve over the syntax; the plan is checked again, so that nothing slips through inside a query.
fn reads(statement: &Statement) -> bool {
    match statement {
        Statement::Statement(ast) => match ast.as_ref() {
            Ast::Query(_)
            | Ast::ExplainTable { .. }
            | Ast::ShowTables { .. }
            | Ast::ShowColumns { .. }
            | Ast::ShowFunctions { .. } => true,
            Ast::ShowVariable { variable } => !variable.is_empty(),
            Ast::Explain { statement, .. } => matches!(statement.as_ref(), Ast::Query(_)),
            _ => false,
        },
        Statement::Explain(explain) => reads(&explain.statement),
        _ => false,
    }
}

/// `drop table events` → `DROP TABLE`; enough to say what was refused.
fn first_words(sql: &str) -> String {
    let words = sql
        .split_whitespace()
        .filter(|word| word.chars().all(|c| c.is_ascii_alphabetic()));
    let words: Vec<String> = words.take(2).map(str::to_ascii_uppercase).collect();
    if words.is_empty() {
        "this statement".to_owned()
    } else {
        words.join(" ")
    }
}

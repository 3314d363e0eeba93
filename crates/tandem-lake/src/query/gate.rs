//! Lets only statements through that read.

use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::sqlparser::ast::Statement as Ast;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use crate::error::{LakeError, Result};
use crate::query::fault;

/// Most operators of one statement. The planner walks chains of them one inside the other, so that very long ones would
/// cost minutes and a deep stack; a list in `IN (…)` counts as nothing.
const MAX_OPERATORS: usize = 1_000;

/// Parses `sql` as exactly one reading statement.
pub(crate) fn read_only(sql: &str) -> Result<Statement> {
    simple_enough(sql)?;
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

fn simple_enough(sql: &str) -> Result<()> {
    // What cannot be read as words is explained by the parser.
    let tokens = Tokenizer::new(&GenericDialect {}, sql)
        .tokenize()
        .unwrap_or_default();
    let operators = tokens.iter().filter(|token| match token {
        Token::Word(word) => ["and", "or", "not", "is", "like", "ilike", "case", "between"]
            .iter()
            .any(|operator| word.value.eq_ignore_ascii_case(operator)),
        Token::LParen | Token::LBracket => true,
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::Whitespace(_)
        | Token::Comma
        | Token::Period
        | Token::RParen
        | Token::RBracket
        | Token::SemiColon => false,
        _ => true,
    });
    let count = operators.count();
    if count <= MAX_OPERATORS {
        return Ok(());
    }
    Err(LakeError::Sql {
        message: format!("the statement has {count} operators and parentheses, more than {MAX_OPERATORS}"),
        line: None,
        column: None,
        hint: Some("compare with a list: account IN ('a', 'b', …)".to_owned()),
    })
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

//! Conditions over what is known in a run: form answers, inputs, results of actions.
//!
//! ```text
//! or     = and { "or" and }
//! and    = not { "and" not }
//! not    = "not" not | "(" or ")" | test
//! test   = name [ ("=" | "!=" | "<" | "<=" | ">" | ">=") value | "in" "(" value { "," value } ")" ]
//! name   = letter { letter | digit | "_" }          also written __name__:value, as CACAO does
//! value  = 'text' | whole number | true | false
//! ```
//!
//! A name alone is true if its value is `true`. An own grammar, because this is what CACAO's condition text (STIX patterning over variables)
//! has in common with a form, and because a reader must see at a glance what decides. What is not known makes a test unknown, not
//! false (three-valued logic of Kleene): a run then asks a person. Condition text beyond this grammar is kept as it is and always
//! decided by a person.

mod parse;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest condition, characters.
pub const MAX_CONDITION: usize = 2_000;
/// Deepest nesting of parentheses and `not`.
pub(crate) const MAX_DEPTH: usize = 32;
/// What marks condition text in the grammar of another tool.
const FOREIGN: &str = "stix:";

/// A value in a run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Datum {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A text, a choice, a date.
    Text(String),
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(truth) => write!(f, "{truth}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Comparison {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }

    fn holds(self, left: &Datum, right: &Datum) -> Option<bool> {
        let order = match (left, right) {
            (Datum::Bool(a), Datum::Bool(b)) => a.cmp(b),
            (Datum::Number(a), Datum::Number(b)) => a.cmp(b),
            (Datum::Text(a), Datum::Text(b)) => a.cmp(b),
            _ => return None,
        };
        Some(match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        })
    }
}

/// A condition, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// All parts hold.
    And(Vec<Expr>),
    /// One part holds.
    Or(Vec<Expr>),
    /// The part does not hold.
    Not(Box<Expr>),
    /// The value of a name compares so with a value.
    Test(String, Comparison, Datum),
    /// The value of a name is one of these.
    In(String, Vec<Datum>),
    /// The value of a name is `true`.
    True(String),
}

impl Expr {
    /// Whether it holds; `None` if what is known does not say.
    pub fn holds(&self, value: &dyn Fn(&str) -> Option<Datum>) -> Option<bool> {
        match self {
            Self::And(parts) => kleene(parts, value, false),
            Self::Or(parts) => kleene(parts, value, true),
            Self::Not(part) => part.holds(value).map(|truth| !truth),
            Self::Test(name, comparison, right) => comparison.holds(&value(name)?, right),
            Self::In(name, list) => {
                let left = value(name)?;
                let tests = list.iter().map(|right| Comparison::Equal.holds(&left, right));
                tests.reduce(|a, b| match (a, b) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (None, _) | (_, None) => None,
                    _ => Some(false),
                })?
            }
            Self::True(name) => match value(name)? {
                Datum::Bool(truth) => Some(truth),
                _ => None,
            },
        }
    }

    /// The names it looks at.
    pub fn names(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.visit(&mut |test| {
            names.insert(test.name());
        });
        names
    }

    /// Shows every single test.
    pub(crate) fn visit<'e>(&'e self, look: &mut dyn FnMut(Test<'e>)) {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.visit(look)),
            Self::Not(part) => part.visit(look),
            Self::Test(name, comparison, value) => look(Test::Compare(name, *comparison, value)),
            Self::In(name, values) => values
                .iter()
                .for_each(|value| look(Test::Compare(name, Comparison::Equal, value))),
            Self::True(name) => look(Test::True(name)),
        }
    }

    fn write(&self, f: &mut dyn fmt::Write, cacao: bool, inside: bool) -> fmt::Result {
        let (parts, word) = match self {
            Self::And(parts) => (parts, if cacao { " AND " } else { " and " }),
            Self::Or(parts) => (parts, if cacao { " OR " } else { " or " }),
            Self::Not(part) => {
                f.write_str(if cacao { "NOT " } else { "not " })?;
                return part.write(f, cacao, true);
            }
            Self::Test(name, comparison, value) => {
                write_name(f, name, cacao)?;
                write!(f, " {} ", comparison.as_str())?;
                return write_value(f, value);
            }
            Self::In(name, values) => {
                write_name(f, name, cacao)?;
                f.write_str(if cacao { " IN (" } else { " in (" })?;
                for (at, value) in values.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { ", " })?;
                    write_value(f, value)?;
                }
                return f.write_char(')');
            }
            Self::True(name) => return write_name(f, name, cacao),
        };
        f.write_str(if inside { "(" } else { "" })?;
        for (at, part) in parts.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { word })?;
            part.write(f, cacao, true)?;
        }
        f.write_str(if inside { ")" } else { "" })
    }
}

/// One test of a condition.
pub(crate) enum Test<'e> {
    Compare(&'e str, Comparison, &'e Datum),
    True(&'e str),
}

impl<'e> Test<'e> {
    pub(crate) const fn name(&self) -> &'e str {
        match self {
            Self::Compare(name, ..) | Self::True(name) => name,
        }
    }
}

fn kleene(parts: &[Expr], value: &dyn Fn(&str) -> Option<Datum>, decides: bool) -> Option<bool> {
    let mut known = true;
    for part in parts {
        match part.holds(value) {
            Some(truth) if truth == decides => return Some(decides),
            Some(_) => {}
            None => known = false,
        }
    }
    known.then_some(!decides)
}

fn write_name(f: &mut dyn fmt::Write, name: &str, cacao: bool) -> fmt::Result {
    if cacao {
        write!(f, "__{name}__:value")
    } else {
        f.write_str(name)
    }
}

fn write_value(f: &mut dyn fmt::Write, value: &Datum) -> fmt::Result {
    match value {
        Datum::Text(text) => write!(f, "'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
        other => write!(f, "{other}"),
    }
}

/// Why a condition was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid condition at character {at}: {reason}")]
pub struct ConditionError {
    /// Where, in characters from 1.
    pub at: usize,
    /// Why, and what to do.
    pub reason: String,
}

/// A condition of a playbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Condition {
    /// In the grammar of this module: a run evaluates it.
    Own(Expr),
    /// Text of another grammar, kept as it is: a person decides. Written with `stix:` in front.
    Foreign(String),
}

impl Condition {
    /// Reads CACAO condition text: what this module's grammar can say is evaluated, all else is kept.
    pub fn from_cacao(text: &str) -> Self {
        match parse::parse(text) {
            Ok(expr) => Self::Own(expr),
            Err(_) => Self::Foreign(text.to_owned()),
        }
    }

    /// The text for CACAO's `condition` property.
    pub fn to_cacao(&self) -> String {
        match self {
            Self::Own(expr) => {
                let mut text = String::new();
                // Writing into a String does not fail.
                let _ = expr.write(&mut text, true, false);
                text
            }
            Self::Foreign(text) => text.clone(),
        }
    }
}

impl TryFrom<String> for Condition {
    type Error = ConditionError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.strip_prefix(FOREIGN) {
            Some(foreign) => Ok(Self::Foreign(foreign.trim().to_owned())),
            None => parse::parse(&text).map(Self::Own),
        }
    }
}

impl From<Condition> for String {
    fn from(condition: Condition) -> Self {
        condition.to_string()
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(expr) => expr.write(f, false, false),
            Self::Foreign(text) => write!(f, "{FOREIGN} {text}"),
        }
    }
}

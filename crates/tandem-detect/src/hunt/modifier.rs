//! Modifiers of a field, as Sigma names them.

use super::{Order, Place, Term, Test};
use crate::hunt::Field;
use crate::hunt::fault::modifier_hint;
use crate::pattern::{Cidr, Number};

/// Every modifier.
pub(super) const KNOWN: &[&str] = &[
    "contains",
    "startswith",
    "endswith",
    "cased",
    "all",
    "re",
    "i",
    "m",
    "s",
    "cidr",
    "lt",
    "lte",
    "gt",
    "gte",
    "exists",
];

/// Largest compiled regular expression, bytes.
const REGEXP_BYTES: usize = 1 << 20;

/// What is wrong with a modifier or a value, and what to do.
pub(super) type Wrong = (String, String);

fn wrong(what: impl Into<String>, hint: impl Into<String>) -> Wrong {
    (what.into(), hint.into())
}

fn excluded() -> Wrong {
    wrong(
        "these modifiers exclude each other",
        "give one of contains, startswith, endswith, re, cidr, lt, lte, gt, gte, exists",
    )
}

/// A chain of modifiers read so far.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    test: Test,
    all: bool,
}

const PLAIN: Test = Test::Text {
    place: Place::Whole,
    cased: false,
};

impl Default for Chain {
    fn default() -> Self {
        Self {
            test: PLAIN,
            all: false,
        }
    }
}

impl Chain {
    /// Adds a modifier.
    pub(super) fn add(&mut self, modifier: &str) -> Result<(), Wrong> {
        let modifier = modifier.to_ascii_lowercase();
        match modifier.as_str() {
            "contains" => self.place(Place::Anywhere)?,
            "startswith" => self.place(Place::Start)?,
            "endswith" => self.place(Place::End)?,
            "cased" => match &mut self.test {
                Test::Text { cased, .. } => *cased = true,
                _ => return Err(wrong("`cased` is about text", "leave it out")),
            },
            "all" => self.all = true,
            "re" => self.test(Test::Regexp {
                ignore_case: false,
                multi_line: false,
                dot_all: false,
            })?,
            "i" | "m" | "s" => self.flag(&modifier)?,
            "cidr" => self.test(Test::Cidr)?,
            "lt" => self.test(Test::Number(Order::Less))?,
            "lte" => self.test(Test::Number(Order::LessEqual))?,
            "gt" => self.test(Test::Number(Order::Greater))?,
            "gte" => self.test(Test::Number(Order::GreaterEqual))?,
            "exists" => self.test(Test::Exists(true))?,
            other => {
                return Err(wrong(
                    format!("there is no modifier `{other}`"),
                    modifier_hint(other),
                ));
            }
        }
        Ok(())
    }

    fn place(&mut self, wanted: Place) -> Result<(), Wrong> {
        match &mut self.test {
            Test::Text { place, .. } if *place == Place::Whole => {
                *place = wanted;
                Ok(())
            }
            _ => Err(excluded()),
        }
    }

    fn test(&mut self, wanted: Test) -> Result<(), Wrong> {
        if self.test != PLAIN {
            return Err(excluded());
        }
        self.test = wanted;
        Ok(())
    }

    fn flag(&mut self, flag: &str) -> Result<(), Wrong> {
        let Test::Regexp {
            ignore_case,
            multi_line,
            dot_all,
        } = &mut self.test
        else {
            return Err(wrong(
                format!("`{flag}` belongs to `re`"),
                "write it as `re|i`, `re|m` or `re|s`",
            ));
        };
        match flag {
            "i" => *ignore_case = true,
            "m" => *multi_line = true,
            _ => *dot_all = true,
        }
        Ok(())
    }

    /// The term that field, modifiers and values make.
    pub(super) fn term(self, field: Option<Field>, mut values: Vec<String>) -> Result<Term, Wrong> {
        let mut test = self.test;
        if let Test::Exists(_) = test {
            let [only] = values.as_slice() else {
                return Err(wrong("`exists` takes one value", "write true or false"));
            };
            let there = match only.to_ascii_lowercase().as_str() {
                "true" => true,
                "false" => false,
                _ => {
                    return Err(wrong(
                        format!("`{only}` is not true or false"),
                        "write true or false",
                    ));
                }
            };
            (test, values) = (Test::Exists(there), Vec::new());
        }
        if self.all && !matches!(test, Test::Text { .. } | Test::Regexp { .. }) {
            return Err(wrong(
                "`all` goes with text and regular expressions only",
                "leave it out",
            ));
        }
        for value in &values {
            check(test, value)?;
        }
        Ok(Term {
            field,
            test,
            all: self.all && values.len() > 1,
            values,
        })
    }
}

fn check(test: Test, value: &str) -> Result<(), Wrong> {
    match test {
        Test::Text { .. } | Test::Exists(_) => Ok(()),
        Test::Regexp {
            ignore_case,
            multi_line,
            dot_all,
        } => regex::RegexBuilder::new(value)
            .case_insensitive(ignore_case)
            .multi_line(multi_line)
            .dot_matches_new_line(dot_all)
            .size_limit(REGEXP_BYTES)
            .build()
            .map(drop)
            .map_err(|error| {
                let text = error.to_string();
                let last = text.lines().last().unwrap_or_default();
                let what = last.trim().trim_start_matches("error: ");
                wrong(
                    format!("this is no regular expression: {what}"),
                    "put it into quotes if it holds blanks or brackets; look-around and back-references are not offered",
                )
            }),
        Test::Cidr => match Cidr::parse(value) {
            Some(_) => Ok(()),
            None => Err(wrong(
                format!("`{value}` is no network"),
                "write it as 10.0.0.0/8 or fe80::/10",
            )),
        },
        Test::Number(_) => match Number::parse(value) {
            Some(_) => Ok(()),
            None => Err(wrong(format!("`{value}` is no number"), "write it as 42 or 1.5")),
        },
    }
}

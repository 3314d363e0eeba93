//! Conditions: `selection and not 1 of filter_*` (Sigma specification 2.1, "Condition").

/// Deepest nesting of parentheses and `not`.
const MAX_DEPTH: usize = 64;
/// Longest condition, in words.
const MAX_WORDS: usize = 4_096;

/// A condition as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ast {
    And(Vec<Ast>),
    Or(Vec<Ast>),
    Not(Box<Ast>),
    /// A selection (or, in a correlation, a rule) by name.
    Name(String),
    /// `1 of …` or `all of …`.
    Of {
        all: bool,
        /// `None` for `them`.
        pattern: Option<String>,
    },
}

/// Why a condition was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid condition: {reason}")]
pub(crate) struct ConditionError {
    reason: String,
    pub(crate) hint: Option<&'static str>,
}

impl ConditionError {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            hint: None,
        }
    }
}

/// Reads a condition. Operators are taken in either case.
pub(crate) fn parse(text: &str) -> Result<Ast, ConditionError> {
    if text.contains('|') {
        return Err(ConditionError {
            reason: "aggregations (`|`) left the Sigma specification".to_owned(),
            hint: Some("write a correlation rule (`correlation:`) that names this rule"),
        });
    }
    let words = split(text);
    if words.len() > MAX_WORDS {
        return Err(ConditionError::new(format!("more than {MAX_WORDS} words")));
    }
    let mut parser = Parser { words: &words, at: 0 };
    let ast = parser.or(0)?;
    match parser.peek() {
        None => Ok(ast),
        Some(extra) => Err(ConditionError::new(format!("unexpected `{extra}`"))),
    }
}

fn split(text: &str) -> Vec<&str> {
    text.split_whitespace()
        .flat_map(|word| word.split_inclusive(['(', ')']))
        .flat_map(|piece| match piece.strip_suffix(['(', ')']) {
            Some(before) => [before, piece.get(before.len()..).unwrap_or_default()],
            None => [piece, ""],
        })
        .filter(|word| !word.is_empty())
        .collect()
}

struct Parser<'a> {
    words: &'a [&'a str],
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).copied()
    }

    fn take(&mut self, keyword: &str) -> bool {
        let found = self.peek().is_some_and(|word| word.eq_ignore_ascii_case(keyword));
        self.at += usize::from(found);
        found
    }

    fn or(&mut self, depth: usize) -> Result<Ast, ConditionError> {
        let mut parts = vec![self.and(depth)?];
        while self.take("or") {
            parts.push(self.and(depth)?);
        }
        Ok(single(parts, Ast::Or))
    }

    fn and(&mut self, depth: usize) -> Result<Ast, ConditionError> {
        let mut parts = vec![self.unary(depth)?];
        while self.take("and") {
            parts.push(self.unary(depth)?);
        }
        Ok(single(parts, Ast::And))
    }

    fn unary(&mut self, depth: usize) -> Result<Ast, ConditionError> {
        if depth > MAX_DEPTH {
            return Err(ConditionError::new(format!("nested deeper than {MAX_DEPTH}")));
        }
        if self.take("not") {
            return Ok(Ast::Not(Box::new(self.unary(depth + 1)?)));
        }
        let Some(word) = self.peek() else {
            return Err(ConditionError::new("it ends where a selection is expected"));
        };
        self.at += 1;
        match word {
            "(" => {
                let inner = self.or(depth + 1)?;
                if self.take(")") {
                    Ok(inner)
                } else {
                    Err(ConditionError::new("a `(` is not closed"))
                }
            }
            ")" => Err(ConditionError::new("unexpected `)`")),
            _ if ["and", "or", "of"]
                .iter()
                .any(|keyword| word.eq_ignore_ascii_case(keyword)) =>
            {
                Err(ConditionError::new(format!("unexpected `{word}`")))
            }
            _ if self.peek().is_some_and(|next| next.eq_ignore_ascii_case("of")) => self.of(word),
            _ => Ok(Ast::Name(word.to_owned())),
        }
    }

    fn of(&mut self, quantity: &str) -> Result<Ast, ConditionError> {
        self.at += 1;
        let all = match quantity.to_ascii_lowercase().as_str() {
            "1" | "any" => false,
            "all" => true,
            other => {
                return Err(ConditionError {
                    reason: format!("`{other} of` is not defined"),
                    hint: Some("Sigma knows `1 of`, `any of` and `all of`"),
                });
            }
        };
        let Some(what) = self.peek().filter(|word| !matches!(*word, "(" | ")")) else {
            return Err(ConditionError::new(format!("`{quantity} of` names nothing")));
        };
        self.at += 1;
        let pattern = (!what.eq_ignore_ascii_case("them")).then(|| what.to_owned());
        Ok(Ast::Of { all, pattern })
    }
}

fn single(mut parts: Vec<Ast>, join: fn(Vec<Ast>) -> Ast) -> Ast {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}

/// A condition over numbered names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expr {
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    /// The name with that number.
    Leaf(usize),
}

/// True if all parts are, false if one is not, and `None` if that depends on parts of which nothing is known.
pub(crate) fn all_known(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for part in parts {
        match part {
            Some(true) => {}
            Some(false) => return Some(false),
            None => all = None,
        }
    }
    all
}

/// True if one part is, false if none is, and `None` if that depends on parts of which nothing is known.
pub(crate) fn any_known(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all_known(parts.map(|part| part.map(|truth| !truth))).map(|truth| !truth)
}

impl Expr {
    /// Numbers the names of a condition. `them` leaves out names that begin with `_`.
    pub(crate) fn resolve(ast: &Ast, names: &[&str]) -> Result<Self, ConditionError> {
        let all = |parts: &[Ast]| {
            parts
                .iter()
                .map(|part| Self::resolve(part, names))
                .collect::<Result<_, _>>()
        };
        Ok(match ast {
            Ast::And(parts) => Self::And(all(parts)?),
            Ast::Or(parts) => Self::Or(all(parts)?),
            Ast::Not(part) => Self::Not(Box::new(Self::resolve(part, names)?)),
            Ast::Name(name) => match names.iter().position(|known| known == name) {
                Some(at) => Self::Leaf(at),
                None => return Err(unknown(name, names)),
            },
            Ast::Of { all, pattern } => {
                let leaves: Vec<Self> = (0..names.len())
                    .filter(|at| {
                        names
                            .get(*at)
                            .is_some_and(|name| selected(name, pattern.as_deref()))
                    })
                    .map(Self::Leaf)
                    .collect();
                match pattern {
                    Some(pattern) if leaves.is_empty() => return Err(unknown(pattern, names)),
                    None if leaves.is_empty() => return Err(ConditionError::new("`them` is empty")),
                    _ if *all => Self::And(leaves),
                    _ => Self::Or(leaves),
                }
            }
        })
    }

    /// Its truth, given that of each name.
    pub(crate) fn holds(&self, leaf: &mut impl FnMut(usize) -> bool) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(leaf)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(leaf)),
            Self::Not(part) => !part.holds(leaf),
            Self::Leaf(at) => leaf(*at),
        }
    }

    /// True if a `not` occurs in it.
    pub(crate) fn has_not(&self) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::has_not),
            Self::Not(_) => true,
            Self::Leaf(_) => false,
        }
    }

    /// The names that can make it true by being true.
    pub(crate) fn positive_leaves(&self, positive: bool, out: &mut Vec<usize>) {
        match self {
            Self::And(parts) | Self::Or(parts) => {
                for part in parts {
                    part.positive_leaves(positive, out);
                }
            }
            Self::Not(part) => part.positive_leaves(!positive, out),
            Self::Leaf(at) if positive => out.push(*at),
            Self::Leaf(_) => {}
        }
    }
}

fn unknown(name: &str, names: &[&str]) -> ConditionError {
    ConditionError::new(format!("`{name}` matches none of: {}", names.join(", ")))
}

fn selected(name: &str, pattern: Option<&str>) -> bool {
    match pattern {
        None => !name.starts_with('_'),
        Some(pattern) => wildcard(pattern.as_bytes(), name.as_bytes()),
    }
}

/// `*` matching with the classic greedy walk: linear memory, no recursion.
fn wildcard(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p, n));
                p += 1;
            }
            Some(c) if name.get(n) == Some(c) => {
                p += 1;
                n += 1;
            }
            _ => match retry {
                Some((star, from)) => {
                    p = star + 1;
                    n = from + 1;
                    retry = Some((star, n));
                }
                None => return false,
            },
        }
    }
    pattern
        .get(p..)
        .is_some_and(|rest| rest.iter().all(|c| *c == b'*'))
}

#[cfg(test)]
mod tests;

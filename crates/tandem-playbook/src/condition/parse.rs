//! The parser of conditions: recursive descent with bounded depth over a bounded text.

use super::{Comparison, ConditionError, Datum, Expr, MAX_CONDITION, MAX_DEPTH};

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Number(i64),
    Compare(Comparison),
    Open,
    Close,
    Comma,
}

/// Reads a condition.
pub(super) fn parse(text: &str) -> Result<Expr, ConditionError> {
    if text.chars().count() > MAX_CONDITION {
        let reason = format!("it has more than {MAX_CONDITION} characters");
        return Err(ConditionError { at: 1, reason });
    }
    let tokens = Lexer::new(text).tokens()?;
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        end: text.chars().count() + 1,
    };
    let expr = parser.or(0)?;
    match parser.peek() {
        None => Ok(expr),
        Some(_) => Err(parser.wrong("`and`, `or` or the end was expected")),
    }
}

struct Lexer<'t> {
    chars: std::iter::Peekable<std::iter::Enumerate<std::str::Chars<'t>>>,
}

impl<'t> Lexer<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            chars: text.chars().enumerate().peekable(),
        }
    }

    fn tokens(mut self) -> Result<Vec<(usize, Token)>, ConditionError> {
        let mut out = Vec::new();
        while let Some((at, first)) = self.chars.next() {
            let token = match first {
                c if c.is_whitespace() => continue,
                '(' => Token::Open,
                ')' => Token::Close,
                ',' => Token::Comma,
                '=' => {
                    self.take('=');
                    Token::Compare(Comparison::Equal)
                }
                '!' if self.take('=') => Token::Compare(Comparison::Unequal),
                '<' if self.take('=') => Token::Compare(Comparison::AtMost),
                '<' if self.take('>') => Token::Compare(Comparison::Unequal),
                '<' => Token::Compare(Comparison::Less),
                '>' if self.take('=') => Token::Compare(Comparison::AtLeast),
                '>' => Token::Compare(Comparison::More),
                '\'' | '"' => self.text(at, first)?,
                '-' => self.number(at, String::from('-'))?,
                c if c.is_ascii_digit() => self.number(at, String::from(c))?,
                c if c.is_ascii_alphabetic() || c == '_' => self.word(at, c)?,
                c => {
                    let reason = format!("`{c}` has no meaning here; put texts in quotes");
                    return Err(ConditionError { at: at + 1, reason });
                }
            };
            out.push((at + 1, token));
        }
        Ok(out)
    }

    fn take(&mut self, wanted: char) -> bool {
        self.chars.next_if(|(_, c)| *c == wanted).is_some()
    }

    fn text(&mut self, at: usize, quote: char) -> Result<Token, ConditionError> {
        let mut text = String::new();
        while let Some((_, c)) = self.chars.next() {
            match c {
                c if c == quote => return Ok(Token::Text(text)),
                '\\' => text.extend(self.chars.next().map(|(_, c)| c)),
                c => text.push(c),
            }
        }
        Err(ConditionError {
            at: at + 1,
            reason: "a text is not closed; add the same quote at its end".to_owned(),
        })
    }

    fn number(&mut self, at: usize, mut digits: String) -> Result<Token, ConditionError> {
        while let Some((_, c)) = self
            .chars
            .next_if(|(_, c)| c.is_ascii_alphanumeric() || *c == '.')
        {
            digits.push(c);
        }
        digits.parse().map(Token::Number).map_err(|_| ConditionError {
            at: at + 1,
            reason: format!("`{digits}` is no whole number; put texts in quotes"),
        })
    }

    /// A word, or a variable as CACAO writes it.
    fn word(&mut self, at: usize, first: char) -> Result<Token, ConditionError> {
        let mut word = String::from(first);
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '-' | '.');
        while let Some((_, c)) = self.chars.next_if(|(_, c)| part(*c)) {
            word.push(c);
        }
        let name = match word.strip_suffix(":value") {
            Some(variable) => variable
                .strip_prefix("__")
                .and_then(|name| name.strip_suffix("__"))
                .map(str::to_owned),
            None => Some(word.clone()),
        };
        match name.filter(|name| super::super::is_name(name) || is_keyword(name)) {
            Some(name) => Ok(Token::Word(name)),
            None => Err(ConditionError {
                at: at + 1,
                reason: format!(
                    "`{word}` is no name; use lower-case letters, digits and `_`, texts go in quotes"
                ),
            }),
        }
    }
}

fn is_keyword(word: &str) -> bool {
    ["and", "or", "not", "in", "true", "false"]
        .iter()
        .any(|keyword| word.eq_ignore_ascii_case(keyword))
}

struct Parser<'t> {
    tokens: &'t [(usize, Token)],
    at: usize,
    end: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn wrong(&self, reason: impl Into<String>) -> ConditionError {
        ConditionError {
            at: self.tokens.get(self.at).map_or(self.end, |(at, _)| *at),
            reason: reason.into(),
        }
    }

    fn keyword(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(known)) if known.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn token(&mut self, wanted: &Token) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn or(&mut self, depth: usize) -> Result<Expr, ConditionError> {
        let mut parts = vec![self.and(depth)?];
        while self.keyword("or") {
            parts.push(self.and(depth)?);
        }
        Ok(join(parts, Expr::Or))
    }

    fn and(&mut self, depth: usize) -> Result<Expr, ConditionError> {
        let mut parts = vec![self.not(depth)?];
        while self.keyword("and") {
            parts.push(self.not(depth)?);
        }
        Ok(join(parts, Expr::And))
    }

    fn not(&mut self, depth: usize) -> Result<Expr, ConditionError> {
        if depth > MAX_DEPTH {
            return Err(self.wrong(format!("it is nested deeper than {MAX_DEPTH}")));
        }
        if self.keyword("not") {
            return Ok(Expr::Not(Box::new(self.not(depth + 1)?)));
        }
        if self.token(&Token::Open) {
            let inner = self.or(depth + 1)?;
            return if self.token(&Token::Close) {
                Ok(inner)
            } else {
                Err(self.wrong("a `(` is not closed"))
            };
        }
        self.test()
    }

    fn test(&mut self) -> Result<Expr, ConditionError> {
        let name = match self.peek() {
            Some(Token::Word(word)) if !is_keyword(word) => word.clone(),
            _ => return Err(self.wrong("a name was expected, for example of a form's field")),
        };
        self.at += 1;
        if self.keyword("in") {
            return self.list(name);
        }
        match self.peek() {
            Some(Token::Compare(comparison)) => {
                self.at += 1;
                Ok(Expr::Test(name, *comparison, self.value()?))
            }
            _ => Ok(Expr::True(name)),
        }
    }

    fn list(&mut self, name: String) -> Result<Expr, ConditionError> {
        if !self.token(&Token::Open) {
            return Err(self.wrong("`(` was expected after `in`"));
        }
        let mut values = vec![self.value()?];
        while self.token(&Token::Comma) {
            values.push(self.value()?);
        }
        if self.token(&Token::Close) {
            Ok(Expr::In(name, values))
        } else {
            Err(self.wrong("`,` or `)` was expected"))
        }
    }

    fn value(&mut self) -> Result<Datum, ConditionError> {
        let value = match self.peek() {
            Some(Token::Text(text)) => Datum::Text(text.clone()),
            Some(Token::Number(number)) => Datum::Number(*number),
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("true") => Datum::Bool(true),
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("false") => Datum::Bool(false),
            Some(Token::Word(word)) => {
                return Err(self.wrong(format!("a value was expected; write '{word}' if it is a text")));
            }
            _ => return Err(self.wrong("a value was expected")),
        };
        self.at += 1;
        Ok(value)
    }
}

fn join(mut parts: Vec<Expr>, word: fn(Vec<Expr>) -> Expr) -> Expr {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            word(parts)
        }
        None => word(parts),
    }
}

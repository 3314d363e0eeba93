//! From text to a tree: a parser by recursive descent, bounded in length, depth and terms.

use super::fault::QueryFault;
use super::modifier::Chain;
use super::pattern::{Piece, pieces};
use super::{Field, MAX_BYTES, MAX_DEPTH, MAX_TERMS, MAX_WORDS, Query, Term};

type Parsed<T> = Result<T, QueryFault>;

/// Reads a question.
///
/// # Errors
/// [`QueryFault`] with line, column, what was expected and what to do.
pub fn parse(text: &str) -> Result<Query, QueryFault> {
    let mut parser = Parser {
        text,
        at: 0,
        terms: 0,
        words: 0,
    };
    if text.len() > MAX_BYTES {
        let what = format!("a question has at most {MAX_BYTES} bytes");
        return Err(parser.fault(what, "ask for less at once, or use SQL"));
    }
    let query = parser.either(0)?;
    parser.blank();
    match parser.next() {
        None => Ok(query),
        Some(extra) => Err(parser.fault(
            format!("a `{extra}` that nothing opened"),
            "take it away, or put the word into quotes",
        )),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    terms: usize,
    words: usize,
}

/// True if a bare word ends before it.
fn ends(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '"')
}

impl<'a> Parser<'a> {
    fn fault(&self, what: impl Into<String>, hint: impl Into<String>) -> QueryFault {
        self.fault_at(self.at, what, hint)
    }

    fn fault_at(&self, at: usize, what: impl Into<String>, hint: impl Into<String>) -> QueryFault {
        QueryFault::at(self.text, at, what, hint)
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn blank(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// The bare word that begins here.
    fn word(&self) -> &'a str {
        self.rest().split(ends).next().unwrap_or_default()
    }

    /// Takes an operator, if it is the next word.
    fn take(&mut self, operator: &str) -> bool {
        self.blank();
        let word = self.word();
        let found = word.eq_ignore_ascii_case(operator);
        if found {
            self.at += word.len();
        }
        found
    }

    fn either(&mut self, depth: usize) -> Parsed<Query> {
        let mut parts = vec![self.both(depth)?];
        while self.take("or") {
            parts.push(self.both(depth)?);
        }
        Ok(Query::or(parts))
    }

    fn both(&mut self, depth: usize) -> Parsed<Query> {
        let mut parts = vec![self.one(depth)?];
        loop {
            self.blank();
            let ended = matches!(self.next(), None | Some(')')) || self.word().eq_ignore_ascii_case("or");
            if ended {
                return Ok(Query::and(parts));
            }
            self.take("and");
            parts.push(self.one(depth)?);
        }
    }

    fn one(&mut self, depth: usize) -> Parsed<Query> {
        self.blank();
        if depth > MAX_DEPTH {
            let what = format!("brackets and `not` go at most {MAX_DEPTH} deep");
            return Err(self.fault(what, "say it with fewer brackets"));
        }
        if self.take("not") {
            return Ok(Query::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.next() != Some('(') {
            return self.term().map(Query::Term);
        }
        let open = self.at;
        self.at += 1;
        let inner = self.either(depth + 1)?;
        self.blank();
        if self.next() != Some(')') {
            return Err(self.fault_at(
                open,
                "this bracket is not closed",
                "write `)` behind its last term",
            ));
        }
        self.at += 1;
        Ok(inner)
    }

    fn term(&mut self) -> Parsed<Term> {
        let start = self.at;
        if self.next() == Some('"') {
            let text = self.quoted()?;
            if matches!(self.next(), Some(':' | '|')) {
                let word = self.word();
                return self.compared(&text, start, word);
            }
            return self.keyword(start, text);
        }
        let word = self.word();
        if word.is_empty() || ["and", "or"].iter().any(|op| word.eq_ignore_ascii_case(op)) {
            let found = match (self.next(), word) {
                (None, _) => "the end".to_owned(),
                (Some(c), "") => format!("`{c}`"),
                (Some(_), word) => format!("`{word}`"),
            };
            return Err(self.fault(
                format!("a word or `field:value` is expected, not {found}"),
                "for example: account:jdoe and not file_name|endswith:.tmp",
            ));
        }
        let name = word.split([':', '|']).next().unwrap_or_default();
        if name.len() == word.len() {
            self.at += word.len();
            return self.keyword(start, word.to_owned());
        }
        self.at += name.len();
        let rest = word.get(name.len()..).unwrap_or_default();
        self.bare_name(name, rest, start)?;
        self.compared(name, start, rest)
    }

    /// Refuses what is a word with a colon in it rather than a field with a value.
    fn bare_name(&self, name: &str, rest: &str, start: usize) -> Parsed<()> {
        let quote = "put a word that holds a colon into quotes";
        let begins = |c: char| c.is_alphabetic() || matches!(c, '_' | '@' | '$');
        if !name.starts_with(begins) {
            let what = if name.is_empty() {
                "a field's name is expected before the colon".to_owned()
            } else {
                format!("`{name}` is no name of a field")
            };
            return Err(self.fault_at(start, what, quote));
        }
        let drive = name.len() == 1 && rest.starts_with(":\\");
        if drive || rest.starts_with("://") {
            return Err(self.fault_at(start, format!("`{name}` is taken for a field here"), quote));
        }
        Ok(())
    }

    /// A field whose name was read; `rest` is what stands up to the end of the word: modifiers, a colon, perhaps a value.
    fn compared(&mut self, name: &str, start: usize, rest: &str) -> Parsed<Term> {
        let field = Field::of(name).map_err(|(what, hint)| self.fault_at(start, what, hint))?;
        let Some((modifiers, _)) = rest.split_once(':') else {
            self.at += rest.len();
            return Err(self.fault(
                "a colon and a value are expected",
                "for example: file_name|endswith:.zip",
            ));
        };
        let mut chain = Chain::default();
        let mut at = self.at;
        for modifier in modifiers.split('|').skip(1) {
            at += 1;
            let known = chain.add(modifier);
            known.map_err(|(what, hint)| self.fault_at(at, what, hint))?;
            at += modifier.len();
        }
        self.at += modifiers.len() + 1;
        let at = self.at;
        let values = self.values()?;
        self.count(start, values.len())?;
        let term = chain.term(Some(field), values);
        term.map_err(|(what, hint)| self.fault_at(at, what, hint))
    }

    fn values(&mut self) -> Parsed<Vec<String>> {
        match self.next() {
            Some('(') => self.list(),
            Some('"') => {
                let value = self.quoted()?;
                self.ended()?;
                Ok(vec![value])
            }
            _ => {
                let word = self.word();
                if word.is_empty() {
                    return Err(self.fault(
                        "a value is expected right behind the colon",
                        "write `field:value`, `field:\"two words\"`, or `field:*` for any value",
                    ));
                }
                self.at += word.len();
                self.ended()?;
                Ok(vec![plain(self, word)?])
            }
        }
    }

    fn list(&mut self) -> Parsed<Vec<String>> {
        let open = self.at;
        self.at += 1;
        let mut values = Vec::new();
        loop {
            self.blank();
            let start = self.at;
            match self.next() {
                None => {
                    return Err(self.fault_at(
                        open,
                        "this list is not closed",
                        "write `)` behind its last value",
                    ));
                }
                Some(')') if values.is_empty() => {
                    return Err(self.fault("a value is expected", "a list holds at least one value"));
                }
                Some(')') => {
                    self.at += 1;
                    self.ended()?;
                    return Ok(values);
                }
                Some('(') => {
                    return Err(self.fault("a list holds values only", "take the inner bracket away"));
                }
                Some('"') => {
                    let value = self.quoted()?;
                    values.push(value);
                }
                Some(_) => {
                    let word = self.word();
                    if ["and", "or", "not"]
                        .iter()
                        .any(|op| word.eq_ignore_ascii_case(op))
                    {
                        return Err(self.fault_at(
                            start,
                            format!("`{word}` in a list"),
                            "values stand side by side and one is enough; put the word into quotes if it is meant",
                        ));
                    }
                    self.at += word.len();
                    values.push(plain(self, word)?);
                }
            }
            if !matches!(self.next(), None | Some(')')) && !self.next().is_some_and(char::is_whitespace) {
                return Err(self.fault("a blank is expected between values", "put the value into quotes"));
            }
        }
    }

    fn keyword(&mut self, start: usize, word: String) -> Parsed<Term> {
        self.ended()?;
        let word = if self.text.get(start..).is_some_and(|text| text.starts_with('"')) {
            word
        } else {
            plain(self, &word)?
        };
        let says = |piece: &Piece| matches!(piece, Piece::Text(text) if !text.trim().is_empty());
        if !pieces(&word).iter().any(says) {
            return Err(self.fault_at(
                start,
                "this word is found in every record",
                "write a word with letters, or `field:*` for a field with any value",
            ));
        }
        self.words += 1;
        if self.words > MAX_WORDS {
            let what = format!("a question has at most {MAX_WORDS} words without a field");
            return Err(self.fault_at(start, what, "say in which field a word is"));
        }
        self.count(start, 1)?;
        let term = Chain::default().term(None, vec![word]);
        term.map_err(|(what, hint)| self.fault_at(start, what, hint))
    }

    fn count(&mut self, start: usize, values: usize) -> Parsed<()> {
        self.terms += values;
        if self.terms <= MAX_TERMS {
            return Ok(());
        }
        let what = format!("a question has at most {MAX_TERMS} values");
        Err(self.fault_at(start, what, "ask twice, or keep the values as a threat list"))
    }

    /// What stands in quotes; two quotes side by side are one. Between them wildcards keep their meaning.
    fn quoted(&mut self) -> Parsed<String> {
        let open = self.at;
        self.at += 1;
        let mut value = String::new();
        let mut chars = self.rest().char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' if chars.next_if(|(_, next)| *next == '"').is_some() => value.push('"'),
                '"' => {
                    self.at += at + 1;
                    return Ok(value);
                }
                c if c.is_control() => {
                    self.at += at;
                    return Err(self.fault("a line end or control character in quotes", "take it away"));
                }
                c => value.push(c),
            }
        }
        Err(self.fault_at(
            open,
            "these quotes are not closed",
            "write `\"` behind the value; a quote inside is written twice",
        ))
    }

    /// A word, value or list ends with a blank, a closing bracket or the question.
    fn ended(&self) -> Parsed<()> {
        match self.next() {
            None | Some(')') => Ok(()),
            Some(c) if c.is_whitespace() => Ok(()),
            Some(c) => Err(self.fault(
                format!("a blank is expected before `{c}`"),
                "put a word or value that holds brackets or quotes into quotes; a quote inside is written twice",
            )),
        }
    }
}

/// A bare word that holds no control character.
fn plain(parser: &Parser<'_>, word: &str) -> Parsed<String> {
    if word.contains(char::is_control) {
        return Err(parser.fault("a control character", "take it away"));
    }
    Ok(word.to_owned())
}

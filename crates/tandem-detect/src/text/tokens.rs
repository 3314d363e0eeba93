//! A Sigma value taken apart: literal text and wildcards (Sigma specification 2.1, "Escaping" and "Wildcards").

use super::fold::fold_into;

/// A piece of a Sigma value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// Text that must stand there.
    Lit(String),
    /// `?`: exactly one character.
    One,
    /// `*`: any number of characters.
    Many,
    /// A dash of `windash`: one of `-`, `/`, en dash, em dash, horizontal bar.
    Dash,
}

/// The characters that a `windash` dash stands for.
pub(crate) const DASHES: [char; 5] = ['-', '/', '–', '—', '―'];

/// A Sigma value: no two literals and no two `*` stand side by side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tokens(Vec<Token>);

impl Tokens {
    /// Reads a value. A backslash before `*`, `?` or a backslash takes away its meaning; any other backslash is itself.
    pub(crate) fn parse(text: &str) -> Self {
        let mut out = Self::default();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' => {
                    let escaped = chars.next_if(|next| matches!(next, '*' | '?' | '\\'));
                    out.push_char(escaped.unwrap_or('\\'));
                }
                '*' => out.push(Token::Many),
                '?' => out.push(Token::One),
                other => out.push_char(other),
            }
        }
        out
    }

    /// A value without wildcards.
    pub(crate) fn literal(text: &str) -> Self {
        let mut out = Self::default();
        text.chars().for_each(|c| out.push_char(c));
        out
    }

    pub(crate) fn as_slice(&self) -> &[Token] {
        &self.0
    }

    /// The text, if there is no wildcard in it.
    pub(crate) fn as_literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Token::Lit(text)] => Some(text),
            _ => None,
        }
    }

    pub(crate) fn push(&mut self, token: Token) {
        match (self.0.last_mut(), token) {
            (Some(Token::Many), Token::Many) => {}
            (Some(Token::Lit(have)), Token::Lit(more)) => have.push_str(&more),
            (_, Token::Lit(empty)) if empty.is_empty() => {}
            (_, token) => self.0.push(token),
        }
    }

    fn push_char(&mut self, c: char) {
        if let Some(Token::Lit(have)) = self.0.last_mut() {
            have.push(c);
        } else {
            self.0.push(Token::Lit(c.to_string()));
        }
    }

    /// `other` appended.
    pub(crate) fn concat(mut self, other: &Self) -> Self {
        other.0.iter().cloned().for_each(|token| self.push(token));
        self
    }

    /// With `*` before, after or on both sides.
    pub(crate) fn wrapped(self, before: bool, after: bool) -> Self {
        let mut out = Self::default();
        if before {
            out.push(Token::Many);
        }
        out = out.concat(&self);
        if after {
            out.push(Token::Many);
        }
        out
    }

    /// With every literal folded for comparison without regard to case.
    pub(crate) fn folded(mut self) -> Self {
        for token in &mut self.0 {
            if let Token::Lit(text) = token {
                let mut folded = String::with_capacity(text.len());
                fold_into(text, &mut folded);
                *text = folded;
            }
        }
        self
    }

    /// With each dash that begins a word turned into [`Token::Dash`] (modifier `windash`; the reference implementation's
    /// `\B[-/]\b`).
    pub(crate) fn windash(self) -> Self {
        let mut out = Self::default();
        for token in self.0 {
            let Token::Lit(text) = token else {
                out.push(token);
                continue;
            };
            let mut before: Option<char> = None;
            let mut chars = text.chars().peekable();
            while let Some(c) = chars.next() {
                let starts_word =
                    before.is_none_or(|b| !is_word(b)) && chars.peek().is_some_and(|n| is_word(*n));
                if DASHES.contains(&c) && starts_word {
                    out.0.push(Token::Dash);
                } else {
                    out.push_char(c);
                }
                before = Some(c);
            }
        }
        out
    }

    /// Every literal way to write the value with each [`Token::Dash`] replaced, or `None` above `limit`.
    pub(crate) fn spell_dashes(&self, limit: usize) -> Option<Vec<Self>> {
        let mut spelled = vec![Self::default()];
        for token in &self.0 {
            if *token == Token::Dash {
                spelled = spelled
                    .iter()
                    .flat_map(|start| {
                        DASHES.map(|dash| start.clone().concat(&Self::literal(&dash.to_string())))
                    })
                    .collect();
            } else {
                for text in &mut spelled {
                    text.push(token.clone());
                }
            }
            if spelled.len() > limit {
                return None;
            }
        }
        Some(spelled)
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

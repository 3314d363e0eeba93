//! Values with inner wildcards.

use memchr::memmem;

use super::tokens::{DASHES, Token, Tokens};

/// A compiled value with wildcards: stretches without `*`, looked for from left to right.
#[derive(Debug, Clone)]
pub(crate) struct Glob {
    stretches: Vec<Stretch>,
    from_start: bool,
    to_end: bool,
}

/// What stands between two `*`.
#[derive(Debug, Clone)]
struct Stretch {
    tokens: Vec<Token>,
    /// Finds the literal that it begins with, if it does.
    first: Option<memmem::Finder<'static>>,
}

impl Stretch {
    fn new(tokens: &[Token]) -> Self {
        let first = match tokens.first() {
            Some(Token::Lit(literal)) => Some(memmem::Finder::new(literal.as_bytes()).into_owned()),
            _ => None,
        };
        Self {
            tokens: tokens.to_vec(),
            first,
        }
    }
}

impl Glob {
    pub(crate) fn new(tokens: &Tokens) -> Self {
        let tokens = tokens.as_slice();
        let stretches = tokens
            .split(|token| *token == Token::Many)
            .filter(|stretch| !stretch.is_empty());
        Self {
            stretches: stretches.map(Stretch::new).collect(),
            from_start: tokens.first() != Some(&Token::Many),
            to_end: tokens.last() != Some(&Token::Many),
        }
    }

    /// The literals that every match contains.
    pub(crate) fn literals(&self) -> impl Iterator<Item = &str> {
        let tokens = self.stretches.iter().flat_map(|stretch| &stretch.tokens);
        tokens.filter_map(|token| match token {
            Token::Lit(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// True if the whole of `text` fits.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let mut at = 0;
        let last = self.stretches.len().saturating_sub(1);
        for (index, stretch) in self.stretches.iter().enumerate() {
            let fixed_start = index == 0 && self.from_start;
            let fixed_end = index == last && self.to_end;
            match find(stretch, text, at, fixed_start, fixed_end) {
                Some(end) => at = end,
                None => return false,
            }
        }
        true
    }
}

/// Where the first fit of `stretch` at or after `at` ends.
fn find(stretch: &Stretch, text: &str, at: usize, fixed_start: bool, fixed_end: bool) -> Option<usize> {
    let fits =
        |start: usize| fit(&stretch.tokens, text, start).filter(|end| !fixed_end || *end == text.len());
    if fixed_start {
        return fits(at);
    }
    let mut start = at;
    if let Some(finder) = &stretch.first {
        loop {
            start += finder.find(text.as_bytes().get(start..)?)?;
            if let Some(end) = fits(start) {
                return Some(end);
            }
            start += text.get(start..)?.chars().next()?.len_utf8();
        }
    }
    loop {
        if let Some(end) = fits(start) {
            return Some(end);
        }
        start += text.get(start..)?.chars().next()?.len_utf8();
    }
}

/// Where the fit of `stretch` that begins exactly at `start` ends.
fn fit(stretch: &[Token], text: &str, start: usize) -> Option<usize> {
    let mut rest = text.get(start..)?;
    for token in stretch {
        rest = match token {
            Token::Lit(literal) => rest.strip_prefix(literal.as_str())?,
            Token::One => rest.strip_prefix(|_: char| true)?,
            Token::Dash => rest.strip_prefix(DASHES)?,
            Token::Many => rest,
        };
    }
    Some(text.len() - rest.len())
}

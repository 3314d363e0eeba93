//! Text patterns by shape, so that the common ones cost one comparison.

use memchr::memmem::Finder;

use crate::text::glob::Glob;
use crate::text::tokens::{Token, Tokens};

/// The shape of a text pattern.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    /// The whole text.
    Exact(Box<str>),
    /// The beginning.
    Prefix(Box<str>),
    /// The end.
    Suffix(Box<str>),
    /// Anywhere.
    Contains(Box<Finder<'static>>),
    /// With inner wildcards.
    Glob(Box<Glob>),
}

/// A text pattern with or without regard to case.
#[derive(Debug, Clone)]
pub(crate) struct TextPattern {
    /// With regard to case.
    pub(crate) cased: bool,
    /// What must stand where.
    pub(crate) shape: Shape,
}

impl TextPattern {
    /// Compiles a value; `None` if it fits any text at all.
    pub(crate) fn new(tokens: Tokens, cased: bool) -> Option<Self> {
        let tokens = if cased { tokens } else { tokens.folded() };
        let shape = match tokens.as_slice() {
            [] => Shape::Exact("".into()),
            [Token::Many] => return None,
            [Token::Lit(text)] => Shape::Exact(text.as_str().into()),
            [Token::Lit(text), Token::Many] => Shape::Prefix(text.as_str().into()),
            [Token::Many, Token::Lit(text)] => Shape::Suffix(text.as_str().into()),
            [Token::Many, Token::Lit(text), Token::Many] => {
                Shape::Contains(Box::new(Finder::new(text.as_bytes()).into_owned()))
            }
            _ => Shape::Glob(Box::new(Glob::new(&tokens))),
        };
        Some(Self { cased, shape })
    }

    /// True if a text fits; both its forms are given.
    pub(crate) fn fits(&self, plain: &str, folded: &str) -> bool {
        let text = if self.cased { plain } else { folded };
        match &self.shape {
            Shape::Exact(wanted) => **wanted == *text,
            Shape::Prefix(wanted) => text.starts_with(&**wanted),
            Shape::Suffix(wanted) => text.ends_with(&**wanted),
            Shape::Contains(finder) => finder.find(text.as_bytes()).is_some(),
            Shape::Glob(glob) => glob.matches(text),
        }
    }
}

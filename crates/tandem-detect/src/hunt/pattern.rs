//! A value taken apart into text and wildcards.

use crate::text::tokens::{Token, Tokens};

/// A piece of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that must stand there.
    Text(String),
    /// `?`: exactly one character.
    One,
    /// `*`: any number of characters.
    Many,
}

/// The pieces of a value (Sigma specification 2.1, "Escaping" and "Wildcards"): a backslash before `*`, `?` or a backslash takes away
/// its meaning; any other backslash is itself. No two texts and no two `*` stand side by side.
pub fn pieces(value: &str) -> Vec<Piece> {
    let piece = |token: &Token| match token {
        Token::Lit(text) => Piece::Text(text.clone()),
        Token::One => Piece::One,
        // Dashes stand for themselves in a question: there is no `windash`.
        Token::Many | Token::Dash => Piece::Many,
    };
    Tokens::parse(value).as_slice().iter().map(piece).collect()
}

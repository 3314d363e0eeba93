//! Texts people write: bounded, never blank, without control characters.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a text is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TextError {
    /// Nothing but blanks.
    #[error("the text is empty; write at least a word")]
    Empty,
    /// Too long.
    #[error("the text is longer than {0} characters; shorten it")]
    TooLong(usize),
    /// Characters that are no text.
    #[error("the text holds control characters; remove them")]
    Control,
}

/// What a kind of text allows.
struct Allowed {
    most: usize,
    lines: bool,
}

fn check(text: &str, allowed: &Allowed) -> Result<Arc<str>, TextError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().count() > allowed.most {
        return Err(TextError::TooLong(allowed.most));
    }
    let breaks = |c: char| allowed.lines && matches!(c, '\n' | '\r' | '\t');
    if text
        .chars()
        .any(|c| (c.is_control() && !breaks(c)) || (!allowed.lines && turns(c)))
    {
        return Err(TextError::Control);
    }
    Ok(Arc::from(text))
}

/// Characters that turn the direction of what follows, by which a line can be made to look like another (Unicode TR 36,
/// section 2.6.2).
pub(crate) fn turns(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $most:literal, $lines:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Longest text, characters.
            pub const MOST: usize = $most;

            /// Accepts a text, without the blanks around it.
            ///
            /// # Errors
            /// When it is blank, too long or holds control characters.
            pub fn new(text: &str) -> Result<Self, TextError> {
                check(text, &Allowed { most: $most, lines: $lines }).map(Self)
            }

            /// A text of Tandem's own, cut to what is allowed.
            #[allow(dead_code)]
            pub(crate) fn own(text: &str) -> Self {
                Self(text.chars().take($most).collect::<String>().into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0.as_ref().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text! {
    /// One line: a title, a place, a name of a thing.
    Title, 200, false
}
text! {
    /// Why somebody does something.
    Reason, 4_000, true
}
text! {
    /// What somebody has to say: a note, a result.
    Prose, 20_000, true
}

/// The accounts that a text mentions as `@account`, each once, in order.
///
/// An `@` inside a word, as in a mail address, mentions nobody. An account is letters, digits, `.`, `-` and `_`; a full stop
/// at its end belongs to the sentence.
pub fn mentions(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut before = ' ';
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c == '@' && !before.is_alphanumeric() {
            let name: String = rest
                .clone()
                .take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
                .take(ACCOUNT_MOST)
                .collect();
            let name = name.trim_end_matches(['.', '-']).to_owned();
            if !name.is_empty() && !found.contains(&name) && found.len() < MENTIONS_MOST {
                found.push(name);
            }
        }
        before = c;
    }
    found
}

/// Longest account name, characters.
pub(crate) const ACCOUNT_MOST: usize = 128;
/// Most accounts one note mentions.
const MENTIONS_MOST: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_trimmed_bounded_and_free_of_control_characters() {
        assert_eq!(Title::new("  ok ").unwrap().as_str(), "ok");
        assert_eq!(Reason::new(" \n "), Err(TextError::Empty));
        assert_eq!(Title::new(&"é".repeat(201)), Err(TextError::TooLong(200)));
        assert_eq!(Title::new("a\nb"), Err(TextError::Control));
        assert_eq!(Title::new("abc\u{202E}fdp.exe"), Err(TextError::Control));
        assert!(Reason::new("a\nb").is_ok());
        assert_eq!(Reason::new("a\0b"), Err(TextError::Control));
        assert!(serde_json::from_str::<Reason>("\"  \"").is_err());
    }

    #[test]
    fn mentions_are_found_and_mail_addresses_are_not() {
        assert_eq!(
            mentions("@ana, ask (@b.c) or bob@example.com; thanks @ana. @é-1."),
            ["ana", "b.c", "é-1"]
        );
        assert!(mentions("@ @@ @. nothing").is_empty());
    }
}

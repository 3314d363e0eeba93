//! Names that come from outside: file names and media types.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::turns;

/// Longest file name kept, characters.
const NAME_MOST: usize = 150;
/// Longest ending kept when a name is cut, characters with its dot.
const ENDING_MOST: usize = 16;
/// Device names that Windows opens instead of a file, whatever their ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// A file name that is safe to show and to write on any system: one path component without control or direction characters,
/// never hidden, never a device, at most 150 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

impl FileName {
    /// Makes a name harmless; it never fails, and a harmless name stays as it is.
    pub fn harmless(name: &str) -> Self {
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let cleaned: String = last
            .chars()
            .filter(|c| !c.is_control() && !turns(*c) && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{FEFF}'))
            .map(|c| {
                if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') {
                    '_'
                } else {
                    c
                }
            })
            .collect();
        let trimmed = cleaned.trim_matches(|c: char| c == '.' || c.is_whitespace());
        let mut name = cut(trimmed);
        if name.is_empty() {
            "evidence".clone_into(&mut name);
        } else if is_device(&name) {
            name = cut(&format!("_{name}"));
        }
        Self(name)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Cuts a long name in its middle, so that its ending stays.
fn cut(name: &str) -> String {
    if name.chars().count() <= NAME_MOST {
        return name.to_owned();
    }
    let ending = match name.rsplit_once('.') {
        Some((_, ending)) if ending.chars().count() < ENDING_MOST => format!(".{ending}"),
        _ => String::new(),
    };
    let keep = NAME_MOST - ending.chars().count();
    let stem: String = name.chars().take(keep).collect();
    format!(
        "{}{ending}",
        stem.trim_end_matches(|c: char| c == '.' || c.is_whitespace())
    )
}

fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_lowercase();
    let bare = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = stem.chars().count() - bare.chars().count();
    DEVICES.iter().enumerate().any(|(index, device)| {
        // `com1` and `lpt1` are devices, `com` and `lpt` alone are not; the others are without a digit.
        bare == *device && digits == usize::from(index >= 4)
    })
}

impl TryFrom<String> for FileName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        let harmless = Self::harmless(&name);
        if harmless.0 == name {
            Ok(harmless)
        } else {
            Err("not a harmless file name")
        }
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A media type such as `application/pdf` (RFC 6838, section 4.2), in lower case and without parameters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MediaType(String);

impl MediaType {
    /// Reads a media type.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let (kind, sub) = text.split_once('/')?;
        let part = |part: &str| {
            let mut bytes = part.bytes();
            part.len() <= 127
                && bytes.next().is_some_and(|b| b.is_ascii_alphanumeric())
                && bytes.all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
        };
        (part(kind) && part(sub)).then_some(Self(text))
    }

    /// The media type.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for MediaType {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("expected a media type such as `application/pdf`")
    }
}

impl From<MediaType> for String {
    fn from(media_type: MediaType) -> Self {
        media_type.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_names_become_harmless() {
        for (hostile, harmless) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\list.xlsx", "list.xlsx"),
            ("invoice\u{202E}fdp.exe", "invoicefdp.exe"),
            ("..", "evidence"),
            ("", "evidence"),
            (".htaccess", "htaccess"),
            ("NUL.txt", "_NUL.txt"),
            ("com1", "_com1"),
            ("comet.txt", "comet.txt"),
            ("a\0b\nc.txt", "abc.txt"),
            ("<script>alert(1)</script>", "script_"),
            ("report. ", "report"),
        ] {
            assert_eq!(FileName::harmless(hostile).as_str(), harmless, "{hostile:?}");
        }
        let long = FileName::harmless(&format!("{}.tar.gz", "x".repeat(400)));
        assert!(long.as_str().ends_with(".gz") && long.as_str().len() == NAME_MOST);
    }

    #[test]
    fn media_types_are_two_tokens() {
        assert_eq!(MediaType::parse("Text/HTML").unwrap().as_str(), "text/html");
        for wrong in [
            "",
            "text",
            "text/",
            "/html",
            "text/html; charset=utf-8",
            "a b/c",
            "é/x",
        ] {
            assert_eq!(MediaType::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_harmless_stays_as_it_is(name in ".{0,300}") {
            let once = FileName::harmless(&name);
            prop_assert_eq!(&FileName::harmless(once.as_str()), &once);
            prop_assert!(!once.as_str().contains(['/', '\\']) && !once.as_str().starts_with('.'));
            prop_assert!(once.as_str().chars().count() <= NAME_MOST && !once.as_str().is_empty());
        }
    }
}

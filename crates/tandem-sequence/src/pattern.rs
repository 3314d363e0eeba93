//! Patterns with `*` for any text, compared without regard to the case of ASCII letters.

use std::fmt;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// Shortest piece of a pattern that is looked for before the pattern is tried.
const PIECE: usize = 2;

/// A pattern such as `*\7z*.exe`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<String>,
}

impl Pattern {
    /// Reads a pattern; every text is one.
    pub fn new(text: &str) -> Self {
        Self {
            parts: text.split('*').map(str::to_ascii_lowercase).collect(),
        }
    }

    /// The longest piece that must be in a text.
    fn piece(&self) -> &str {
        self.parts
            .iter()
            .max_by_key(|part| part.len())
            .map_or("", String::as_str)
    }

    /// True if the whole text fits.
    pub fn fits(&self, text: &str) -> bool {
        let text = text.as_bytes();
        let Some((first, rest)) = self.parts.split_first() else {
            return text.is_empty();
        };
        let Some((last, middle)) = rest.split_last() else {
            return text.eq_ignore_ascii_case(first.as_bytes());
        };
        let (first, last) = (first.as_bytes(), last.as_bytes());
        let Some(end) = text
            .len()
            .checked_sub(last.len())
            .filter(|end| *end >= first.len())
        else {
            return false;
        };
        let same = |at: Option<&[u8]>, part: &[u8]| at.is_some_and(|at| at.eq_ignore_ascii_case(part));
        if !same(text.get(..first.len()), first) || !same(text.get(end..), last) {
            return false;
        }
        let mut left = text.get(first.len()..end).unwrap_or_default();
        for part in middle.iter().filter(|part| !part.is_empty()) {
            let part = part.as_bytes();
            let Some(at) = left
                .windows(part.len())
                .position(|w| w.eq_ignore_ascii_case(part))
            else {
                return false;
            };
            left = left.get(at + part.len()..).unwrap_or_default();
        }
        true
    }
}

/// Several patterns, of which one is to fit. Most texts have none of their pieces, and are told in one pass.
#[derive(Clone)]
pub struct Patterns {
    all: Vec<Pattern>,
    pieces: Option<AhoCorasick>,
}

impl Patterns {
    /// Reads patterns.
    pub fn new(texts: &[String]) -> Self {
        let all: Vec<Pattern> = texts.iter().map(|text| Pattern::new(text)).collect();
        let long = all.iter().all(|pattern| pattern.piece().len() >= PIECE);
        let pieces = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(all.iter().map(Pattern::piece));
        Self {
            pieces: pieces.ok().filter(|_| long),
            all,
        }
    }

    /// True if one of them fits.
    pub fn fit(&self, text: &str) -> bool {
        let may = self.pieces.as_ref().is_none_or(|pieces| pieces.is_match(text));
        may && self.all.iter().any(|pattern| pattern.fits(text))
    }
}

impl PartialEq for Patterns {
    fn eq(&self, other: &Self) -> bool {
        self.all == other.all
    }
}

impl fmt::Debug for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.all.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, Patterns};

    #[test]
    fn stars_stand_for_any_text_and_case_does_not_matter() {
        let fits = |pattern: &str, text: &str| Pattern::new(pattern).fits(text);
        assert!(fits("*\\7z*.exe", "C:\\Tools\\7ZA.EXE"));
        assert!(fits("7z", "7Z") && !fits("7z", "7za"));
        assert!(fits("*backup*", "Nightly-Backup job") && !fits("*backup*", "back up"));
        assert!(fits("*", "") && fits("**", "x") && !fits("", "x"));
        assert!(fits("a*b*c", "a-b-b-c") && !fits("a*b*c", "acb"));
        assert!(!fits("ab*ba", "aba"), "a text is not used twice");
        assert!(fits("*é*", "Caféteria"));
    }

    #[test]
    fn many_patterns_say_what_each_of_them_says() {
        let all = ["*.zip", "rm *", "*", "*a*", "Z:\\*\\x", "", "*backup*off*"].map(str::to_owned);
        let texts = [
            "a.ZIP",
            "RM -f x",
            "",
            "bad",
            "z:\\q\\X",
            "backup is off",
            "off backup",
            "rm",
            "zip",
        ];
        for number in 0..128_usize {
            let some = all.iter().enumerate().filter(|(at, _)| number >> at & 1 == 1);
            let some: Vec<String> = some.map(|(_, text)| text.clone()).collect();
            let together = Patterns::new(&some);
            for text in texts {
                let single = some.iter().any(|pattern| Pattern::new(pattern).fits(text));
                assert_eq!(together.fit(text), single, "{some:?} {text}");
            }
        }
    }
}

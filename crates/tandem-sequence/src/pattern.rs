//! Patterns with `*` for any text, compared without regard to the case of ASCII letters.

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

#[cfg(test)]
mod tests {
    use super::Pattern;

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
}

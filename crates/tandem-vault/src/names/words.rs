//! Text cut into words, in the one form in which names and texts are compared.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The words of a text: where each lies, and its folded form.
#[derive(Debug, Default)]
pub(super) struct Words {
    folded: String,
    spans: Vec<Span>,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
    folded_start: usize,
    folded_end: usize,
}

impl Words {
    /// Cuts a text. A word is a run of letters and digits; each sign of a script that is written without spaces is a word of
    /// its own; `%20` and the like part words. With `escapes`, so do `\n`, `\r`, `\t`, `\b` and `\f`, as in JSON.
    pub fn of(text: &str, escapes: bool) -> Self {
        let mut words = Self::default();
        let mut begun: Option<usize> = None;
        let mut rest = text.char_indices();
        while let Some((at, c)) = rest.next() {
            let skip = match c {
                '%' => percent(rest.as_str()),
                '\\' if escapes => usize::from(rest.as_str().starts_with(['n', 'r', 't', 'b', 'f'])),
                _ => 0,
            };
            let stands_alone = is_unspaced(c);
            if (stands_alone || !is_word(c))
                && let Some(start) = begun.take()
            {
                words.push(text, start, at);
            }
            if stands_alone {
                words.push(text, at, at + c.len_utf8());
            } else if is_word(c) && begun.is_none() {
                begun = Some(at);
            }
            for _ in 0..skip {
                rest.next();
            }
        }
        if let Some(start) = begun {
            words.push(text, start, text.len());
        }
        words
    }

    pub fn len(&self) -> usize {
        self.spans.len()
    }

    pub fn start(&self, index: usize) -> usize {
        self.spans.get(index).map_or(0, |span| span.start)
    }

    pub fn end(&self, index: usize) -> usize {
        self.spans.get(index).map_or(0, |span| span.end)
    }

    pub fn folded(&self, index: usize) -> &str {
        self.spans
            .get(index)
            .and_then(|span| self.folded.get(span.folded_start..span.folded_end))
            .unwrap_or_default()
    }

    fn push(&mut self, text: &str, start: usize, end: usize) {
        let word = text.get(start..end).unwrap_or_default();
        let folded_start = self.folded.len();
        fold(word, &mut self.folded);
        // A run of marks and invisible signs alone is no word.
        if self.folded.len() > folded_start {
            self.spans.push(Span {
                start,
                end,
                folded_start,
                folded_end: self.folded.len(),
            });
        }
    }
}

/// True if a text holds something that JSON would read as the end of a line or a tabulator.
pub(super) fn has_escapes(text: &str) -> bool {
    ["\\n", "\\r", "\\t", "\\b", "\\f"]
        .iter()
        .any(|escape| text.contains(escape))
}

/// Lower case, without accents, compatibility forms made plain (NFKD), and a few letters that have no accent to lose.
fn fold(word: &str, into: &mut String) {
    if word.is_ascii() {
        into.extend(word.chars().map(|c| c.to_ascii_lowercase()));
        return;
    }
    let plain = word
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !is_invisible(*c));
    for c in plain
        .flat_map(char::to_lowercase)
        .filter(|c| !is_combining_mark(*c))
    {
        match c {
            'ß' => into.push_str("ss"),
            'æ' => into.push_str("ae"),
            'œ' => into.push_str("oe"),
            'þ' => into.push_str("th"),
            'ø' => into.push('o'),
            'ł' => into.push('l'),
            'đ' | 'ð' => into.push('d'),
            'ı' => into.push('i'),
            'ς' => into.push('σ'),
            other => into.push(other),
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && (is_combining_mark(c) || is_invisible(c)))
}

/// Soft hyphens, joiners and the like: they are inside words and are not seen.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Han, kana, hangul, Thai, Lao, Khmer, Burmese: words have no border there that could be seen without a dictionary.
pub(super) fn is_unspaced(c: char) -> bool {
    c.is_alphanumeric()
        && matches!(c,
            '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
            | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Characters to skip after a `%` that writes a sign which is neither a letter nor a digit, as in addresses of web pages.
fn percent(rest: &str) -> usize {
    let mut digits = rest.chars().take(2).map(|c| c.to_digit(16));
    match (digits.next().flatten(), digits.next().flatten()) {
        (Some(high), Some(low)) => {
            let code = char::from((high * 16 + low) as u8);
            if code.is_ascii() && !code.is_ascii_alphanumeric() {
                2
            } else {
                0
            }
        }
        _ => 0,
    }
}

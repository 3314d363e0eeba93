//! Text on its way out: cleaned, escaped for each format, and cut at sentences.

/// What follows a text that was cut.
const CUT: char = '…';

/// Characters that nobody sees but that can hide a name from a filter or turn a line around: zero-width characters, the soft
/// hyphen, bidirectional overrides and isolates (Unicode Technical Report 36, section 3), tags.
const fn unseen(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

/// One line of plain text: no control characters, nothing unseen, no runs of white space.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars().filter(|c| !unseen(*c)) {
        if c.is_whitespace() || c.is_control() {
            gap = !out.is_empty();
            continue;
        }
        if gap {
            out.push(' ');
            gap = false;
        }
        out.push(c);
    }
    out
}

/// At most `chars` characters; a text that is cut ends with an ellipsis.
pub fn clip(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(chars.saturating_sub(1)).collect();
    out.push(CUT);
    out
}

/// At most `bytes` bytes, cut between characters; for texts kept as notes, such as an error.
pub fn clip_bytes(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

/// Escapes for HTML text and attribute values.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// Escapes Slack's three control characters (docs.slack.dev, "Formatting message text"): afterwards no link, mention or
/// broadcast can be made by the text.
pub fn slack(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(c),
        }
    }
    out
}

/// Escapes Markdown as Mattermost reads it; `@` gets a word joiner behind it, so that no text of ours calls a whole channel.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() && !matches!(c, '@' | ',' | ';' | '"' | '\'' | '?' | '/' | '%' | '$') {
            out.push('\\');
        }
        out.push(c);
        if c == '@' {
            out.push('\u{2060}');
        }
    }
    out
}

/// As many of `sentences`, from the front, as fit into `room` when each takes `cost`, and how many are left out. A sentence
/// is never cut in the middle here: half a sentence can say the opposite.
pub fn fit(sentences: &[String], room: usize, cost: impl Fn(&str) -> usize) -> (&[String], usize) {
    let mut used = 0;
    let taken = sentences
        .iter()
        .take_while(|sentence| {
            used += cost(sentence);
            used <= room
        })
        .count();
    (
        sentences.get(..taken).unwrap_or_default(),
        sentences.len() - taken,
    )
}

/// What stands in place of the sentences that found no room.
pub fn left_out(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("One more sentence in Tandem.".to_owned()),
        n => Some(format!("{n} more sentences in Tandem.")),
    }
}

/// Text of an HTML page without its tags and with the five escapes undone, so that a gate reads what a person reads.
pub fn without_tags(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    let mut inside = false;
    for c in page.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                out.push(' ');
            }
            _ if !inside => out.push(c),
            _ => {}
        }
    }
    out.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_does_not_leave() {
        assert_eq!(plain("An\u{200B}na\u{00AD} \u{202E}x\u{0007}\n\n y "), "Anna x y");
    }

    #[test]
    fn sentences_are_kept_whole_or_left_out() {
        let sentences = ["one", "two", "three"].map(str::to_owned);
        assert_eq!(fit(&sentences, 7, str::len), (&sentences[..2], 1));
        assert_eq!(fit(&sentences, 0, str::len), (&sentences[..0], 3));
    }

    #[test]
    fn a_cut_falls_between_characters() {
        assert_eq!(clip_bytes("aé", 2), "a");
        assert_eq!(clip("größer", 3), "gr…");
    }

    #[test]
    fn no_text_of_ours_makes_a_link_or_a_call() {
        assert_eq!(
            slack("<!channel> <http://x|y> & z"),
            "&lt;!channel&gt; &lt;http://x|y&gt; &amp; z"
        );
        assert_eq!(markdown("[a](b) @all"), "\\[a\\]\\(b\\) @\u{2060}all");
        assert_eq!(without_tags("<p>A &amp; B</p>"), " A & B ");
    }
}

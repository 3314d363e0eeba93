//! Bounds on the text of one policy. The parser and what it builds recurse with nesting and with the length of a chain of
//! operators, so a text without bounds could exhaust the stack.

/// Deepest nesting of brackets in a policy; the shipped ones need 3.
pub(crate) const DEPTH_MAX: usize = 32;
/// Most tokens in a policy or a declaration of the schema; the longest shipped one has about 150.
pub(crate) const TOKENS_MAX: usize = 1_000;

/// Where a text goes beyond a bound: byte offset, and which bound.
pub(crate) fn exceeded(text: &str) -> Option<(usize, String)> {
    let (mut depth, mut tokens) = (0_usize, 0_usize);
    let mut chars = text.char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        match c {
            '/' if chars.next_if(|(_, next)| *next == '/').is_some() => {
                // A comment ends where the parser's ends: at a line feed or carriage return.
                while chars
                    .next_if(|(_, next)| *next != '\n' && *next != '\r')
                    .is_some()
                {}
                continue;
            }
            '"' => {
                while let Some((_, inner)) = chars.next() {
                    match inner {
                        '\\' => drop(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => {
                tokens = 0;
                continue;
            }
            c if c.is_alphanumeric() || c == '_' => {
                while chars
                    .next_if(|(_, next)| next.is_alphanumeric() || *next == '_')
                    .is_some()
                {}
            }
            c if c.is_whitespace() => continue,
            _ => {}
        }
        tokens += 1;
        if depth > DEPTH_MAX {
            return Some((offset, format!("brackets nested deeper than {DEPTH_MAX}")));
        }
        if tokens > TOKENS_MAX {
            return Some((
                offset,
                format!("a policy of more than {TOKENS_MAX} words and signs"),
            ));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{DEPTH_MAX, TOKENS_MAX, exceeded};

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let many = "(".repeat(DEPTH_MAX + 1);
        assert_eq!(exceeded(&format!("\"{many}\\\"{many}\" // {many}\n")), None);
        assert!(exceeded(&many).is_some());
        assert!(
            exceeded(&format!("// {many}\r{many}")).is_some(),
            "a carriage return ends a comment"
        );
        assert!(exceeded(&format!("\"\" {many}")).is_some());
    }

    #[test]
    fn words_are_counted_by_policy() {
        let long = "a + ".repeat(TOKENS_MAX / 2);
        assert_eq!(exceeded(&format!("{long};{long};")), None);
        assert!(exceeded(&format!("{long} a;")).is_some());
    }
}

//! Texts with placeholders: `{name}`; `{{` and `}}` stand for the braces themselves.

use crate::condition::Datum;

/// A piece of a text.
enum Piece<'t> {
    Plain(&'t str),
    Name(&'t str),
    Broken,
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (plain, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push(Piece::Plain(plain));
        if let Some(after) = tail.strip_prefix("{{").or_else(|| tail.strip_prefix("}}")) {
            out.push(Piece::Plain(if tail.starts_with('{') { "{" } else { "}" }));
            rest = after;
            continue;
        }
        match tail.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some((name, after)) if crate::is_name(name) => {
                out.push(Piece::Name(name));
                rest = after;
            }
            _ => {
                out.push(Piece::Broken);
                rest = tail.get(1..).unwrap_or_default();
            }
        }
    }
    out.push(Piece::Plain(rest));
    out
}

/// The names a text uses, or `None` if a brace stands alone.
pub fn placeholders(text: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Plain(_) => {}
            Piece::Name(name) => names.push(name),
            Piece::Broken => return None,
        }
    }
    Some(names)
}

/// The text with its values, or the first name that has none. A text that is one placeholder keeps the kind of the value.
pub(crate) fn fill(text: &str, value: &dyn Fn(&str) -> Option<Datum>) -> Result<Datum, String> {
    let pieces = pieces(text);
    let mut names = pieces.iter().filter_map(|piece| match piece {
        Piece::Name(name) => Some(*name),
        _ => None,
    });
    if let (Some(only), None) = (names.next(), names.next())
        && text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) == Some(only)
    {
        return value(only).ok_or_else(|| only.to_owned());
    }
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Plain(plain) => out.push_str(plain),
            Piece::Name(name) => match value(name) {
                Some(value) => out.push_str(&value.to_string()),
                None => return Err(name.to_owned()),
            },
            Piece::Broken => {}
        }
    }
    Ok(Datum::Text(out))
}

/// The text with the values there are; a name without one stays as `{name}`.
pub(crate) fn fill_known(text: &str, value: &dyn Fn(&str) -> Option<Datum>) -> String {
    let open = |name: &str| Some(value(name).unwrap_or_else(|| Datum::Text(format!("{{{name}}}"))));
    fill(text, &open).map_or_else(|name| name, |filled| filled.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_found_and_filled() {
        let value = |name: &str| match name {
            "files" => Some(Datum::Number(3)),
            "subject" => Some(Datum::Text("S-1".to_owned())),
            _ => None,
        };
        assert_eq!(
            placeholders("a {files} {{b}} {subject}"),
            Some(vec!["files", "subject"])
        );
        assert_eq!(fill("{files}", &value), Ok(Datum::Number(3)));
        assert_eq!(
            fill("{subject}: {files} {{x}}", &value),
            Ok(Datum::Text("S-1: 3 {x}".to_owned()))
        );
        assert_eq!(fill("a {missing}", &value), Err("missing".to_owned()));
        for broken in ["{", "a } b", "{A}", "{a b}", "{}", "{ä}"] {
            assert_eq!(placeholders(broken), None, "{broken}");
        }
    }
}

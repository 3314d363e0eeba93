//! Sentences in plain words: a rule's `explain` template filled in.

use std::borrow::Cow;

use tandem_domain::event::EventRef;

use crate::field::text_of;
use crate::rule::Rule;

/// Longest value put into a sentence, characters.
const MAX_VALUE: usize = 120;
/// What stands for a value that the event does not give.
const MISSING: &str = "(not given)";
/// What stands for the acting account's own name inside a value.
const STRUCK: &str = "(own)";
/// Shorter names of accounts are left in values: they would be found inside ordinary words.
const SHORTEST_NAME: usize = 4;

/// The names in braces of a template.
pub(crate) fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    pieces(template).filter_map(|piece| match piece {
        Piece::Name(name) => Some(name.split('|').next().unwrap_or(name)),
        Piece::Text(_) => None,
    })
}

enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
}

fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    template
        .split('{')
        .enumerate()
        .flat_map(|(index, part)| {
            let name = if index == 0 { None } else { part.split_once('}') };
            match name {
                Some((name, rest)) => [Some(Piece::Name(name.trim())), Some(Piece::Text(rest))],
                None => [Some(Piece::Text(part)), None],
            }
        })
        .flatten()
}

/// Fills a template; values are cut to a readable length and cleaned of control characters. `{account}` becomes "this
/// person", and the account's name is struck out of the values (`C:\Users\jdoe\…`): who it is about is not for the
/// sentence to tell.
pub(crate) fn fill<'v>(
    template: &str,
    account: &str,
    mut value: impl FnMut(&str) -> Option<Cow<'v, str>>,
) -> String {
    let mut out = String::with_capacity(template.len() + 64);
    let own = bare(account);
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Name("account" | "attr:account") => {
                out.push_str(if out.trim().is_empty() {
                    "This person"
                } else {
                    "this person"
                });
            }
            Piece::Name(name) => {
                let (name, form) = name.split_once('|').unwrap_or((name, ""));
                match value(name).filter(|text| !text.trim().is_empty()) {
                    Some(text) if form == "size" => out.push_str(&size(&text)),
                    Some(text) => push_clean(&without(&text, &own), &mut out),
                    None => out.push_str(MISSING),
                }
            }
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An account's name without domain, in lower case.
fn bare(account: &str) -> String {
    let name = account.rsplit('\\').next().unwrap_or(account);
    name.split('@').next().unwrap_or(name).to_ascii_lowercase()
}

/// `text` with every `name` in it, in whatever case, struck out.
fn without<'t>(text: &'t str, name: &str) -> Cow<'t, str> {
    if name.len() < SHORTEST_NAME {
        return Cow::Borrowed(text);
    }
    // Lowering ASCII keeps every byte where it is.
    let lower = text.to_ascii_lowercase();
    let mut out = String::new();
    let mut from = 0;
    for (at, _) in lower.match_indices(name) {
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str(STRUCK);
        from = at + name.len();
    }
    if from == 0 {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(out + text.get(from..).unwrap_or_default())
    }
}

/// A number of bytes as people say it (`{field|size}`).
fn size(text: &str) -> String {
    let Ok(mut number) = text.trim().parse::<f64>() else {
        return text.to_owned();
    };
    for unit in ["bytes", "kB", "MB", "GB"] {
        if number < 1_000.0 {
            return if unit == "bytes" {
                format!("{number} {unit}")
            } else {
                format!("{number:.1} {unit}")
            };
        }
        number /= 1_000.0;
    }
    format!("{number:.1} TB")
}

fn push_clean(text: &str, out: &mut String) {
    let mut chars = text.trim().chars();
    out.extend(
        chars
            .by_ref()
            .take(MAX_VALUE)
            .map(|c| if c.is_control() { ' ' } else { c }),
    );
    if chars.next().is_some() {
        out.push('…');
    }
}

/// What a match on one event means; the rule's title if it has no template.
pub(crate) fn event_sentence(rule: &Rule, event: &EventRef<'_>, account: &str) -> String {
    let Some(template) = &rule.insider.explain else {
        return rule.title.clone();
    };
    fill(template, account, |name| match name {
        "time" => Some(Cow::Owned(event.head().time.to_string())),
        field => text_of(event, field).map(Cow::Owned),
    })
}

#[cfg(test)]
mod tests;

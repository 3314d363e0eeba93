//! A tree as text that is read back as the same tree.

use std::fmt::{self, Display, Formatter, Write as _};

use super::{Field, Order, Place, Query, Term, Test};

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => joined(f, parts, " and "),
            Self::Or(parts) => joined(f, parts, " or "),
            Self::Not(part) => {
                f.write_str("not ")?;
                inner(f, part)
            }
            Self::Term(term) => term.fmt(f),
        }
    }
}

fn joined(f: &mut Formatter<'_>, parts: &[Query], with: &str) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(with)?;
        }
        inner(f, part)?;
    }
    Ok(())
}

fn inner(f: &mut Formatter<'_>, part: &Query) -> fmt::Result {
    match part {
        Query::And(_) | Query::Or(_) => write!(f, "({part})"),
        Query::Not(_) | Query::Term(_) => part.fmt(f),
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = self.name();
        let begins = |c: char| c.is_alphabetic() || matches!(c, '_' | '@' | '$');
        let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '@' | '$' | '.' | '-' | '#');
        // A bare name of one letter before a backslash would be taken for a drive.
        if name.len() > 1 && name.starts_with(begins) && name.chars().all(goes_on) {
            f.write_str(&name)
        } else {
            write!(f, "\"{name}\"")
        }
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(field) = &self.field else {
            return match self.values.first() {
                Some(word) => value(f, word, false),
                None => Ok(()),
            };
        };
        field.fmt(f)?;
        modifiers(f, self.test, self.all)?;
        f.write_char(':')?;
        if let Test::Exists(there) = self.test {
            return write!(f, "{there}");
        }
        if let [only] = self.values.as_slice() {
            return value(f, only, true);
        }
        f.write_char('(')?;
        for (at, one) in self.values.iter().enumerate() {
            if at > 0 {
                f.write_char(' ')?;
            }
            value(f, one, true)?;
        }
        f.write_char(')')
    }
}

/// The modifiers that make a test, each with its bar.
fn modifiers(f: &mut Formatter<'_>, test: Test, all: bool) -> fmt::Result {
    f.write_str(&modifier_text(test))?;
    if all { f.write_str("|all") } else { Ok(()) }
}

/// The modifiers of a test as Sigma writes them behind a field's name, each with its bar.
pub(super) fn modifier_text(test: Test) -> String {
    match test {
        Test::Text { place, cased } => {
            let place = match place {
                Place::Whole => "",
                Place::Anywhere => "|contains",
                Place::Start => "|startswith",
                Place::End => "|endswith",
            };
            format!("{place}{}", if cased { "|cased" } else { "" })
        }
        Test::Regexp {
            ignore_case,
            multi_line,
            dot_all,
        } => {
            let flags = [(ignore_case, "|i"), (multi_line, "|m"), (dot_all, "|s")];
            let given = flags.iter().filter(|(given, _)| *given);
            format!("|re{}", given.map(|(_, flag)| *flag).collect::<String>())
        }
        Test::Cidr => "|cidr".to_owned(),
        Test::Number(order) => match order {
            Order::Less => "|lt",
            Order::LessEqual => "|lte",
            Order::Greater => "|gt",
            Order::GreaterEqual => "|gte",
        }
        .to_owned(),
        Test::Exists(_) => "|exists".to_owned(),
    }
}

/// A value, in quotes if it would be read as something else without.
fn value(f: &mut Formatter<'_>, text: &str, of_field: bool) -> fmt::Result {
    let goes = |c: char| {
        c.is_alphanumeric() || "_.-*?\\/@%+=,;#$&~".contains(c) || (of_field && ":|^[]{}!'<>".contains(c))
    };
    let is_word = ["and", "or", "not"]
        .iter()
        .any(|op| text.eq_ignore_ascii_case(op));
    // `http://…` is taken for an address without quotes, not for a field.
    let is_address = text.starts_with("//");
    if !text.is_empty() && !is_word && !is_address && text.chars().all(goes) {
        f.write_str(text)
    } else {
        write!(f, "\"{}\"", text.replace('"', "\"\""))
    }
}

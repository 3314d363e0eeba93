//! A question as a condition of the lake's SQL. Every value is quoted; nothing that somebody typed becomes syntax.

use tandem_detect::hunt::{Field, Order, Piece, Place, Query, Term, Test, pieces};
use tandem_domain::{Attr, Day, Timestamp};

use crate::events::{list, quoted};

/// Stands between columns that are searched together; no record is likely to hold it.
const BETWEEN: &str = "␞";

/// What part of the lake is looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    /// What events must be like; everything, if absent.
    pub(crate) query: Option<Query>,
    /// Whose events, by account; everybody's, if absent.
    pub(crate) accounts: Option<Vec<String>>,
    /// Not before.
    pub(crate) from: Option<Timestamp>,
    /// Not after.
    pub(crate) to: Option<Timestamp>,
}

impl Scope {
    /// The condition for one day (UTC).
    pub(crate) fn on(&self, day: Day) -> String {
        let inside = |bound: Option<Timestamp>| bound.filter(|bound| bound.day() == day);
        let mut tests = vec![format!("day = date {}", quoted(&day.to_string()))];
        tests.extend(times(inside(self.from), inside(self.to)));
        tests.extend(self.accounts.as_deref().map(of_accounts));
        tests.extend(self.query.as_ref().map(alone));
        tests.join(" and ")
    }

    /// The condition for the whole of it, with `accounts` in the place of its own; empty if it has no bounds at all.
    pub(crate) fn whole(&self, accounts: Option<&str>) -> String {
        let mut tests = Vec::new();
        for (operator, bound) in [(">=", self.from), ("<=", self.to)] {
            tests.extend(bound.map(|bound| {
                let day = quoted(&bound.day().to_string());
                format!("day {operator} date {day}")
            }));
        }
        tests.extend(times(self.from, self.to));
        match accounts {
            Some(said) => tests.push(said.to_owned()),
            None => tests.extend(self.accounts.as_deref().map(of_accounts)),
        }
        tests.extend(self.query.as_ref().map(alone));
        if tests.is_empty() {
            String::new()
        } else {
            format!(" where {}", tests.join(" and "))
        }
    }
}

fn times(from: Option<Timestamp>, to: Option<Timestamp>) -> impl Iterator<Item = String> {
    let bound = |operator: &str, bound: Timestamp| {
        format!("time {operator} timestamp {}", quoted(&bound.to_string()))
    };
    let from = from.map(|from| bound(">=", from));
    from.into_iter().chain(to.map(|to| bound("<=", to)))
}

/// Events of any of these accounts; nobody's, if there is none.
pub(crate) fn of_accounts(accounts: &[String]) -> String {
    let known: Vec<&str> = accounts.iter().map(String::as_str).collect();
    let known = if known.is_empty() { vec![""] } else { known };
    format!("account in ({})", list(known.into_iter()))
}

/// A question as a condition that stands by itself among others.
fn alone(query: &Query) -> String {
    match query {
        Query::Or(_) => format!("({})", condition(query)),
        Query::And(_) | Query::Not(_) | Query::Term(_) => condition(query),
    }
}

/// A question as a condition. It is true where the question holds, and false or null where it does not.
pub(crate) fn condition(query: &Query) -> String {
    let joined = |parts: &[Query], with: &str| parts.iter().map(inner).collect::<Vec<_>>().join(with);
    match query {
        Query::And(parts) => joined(parts, " and "),
        Query::Or(parts) => joined(parts, " or "),
        // What is null does not hold, so its opposite does.
        Query::Not(part) => format!("({}) is not true", condition(part)),
        Query::Term(term) => self::term(term),
    }
}

fn inner(query: &Query) -> String {
    match query {
        Query::And(_) | Query::Or(_) => format!("({})", condition(query)),
        Query::Not(_) | Query::Term(_) => condition(query),
    }
}

fn term(term: &Term) -> String {
    if let Test::Exists(there) = term.test {
        let field = term.field.as_ref().map_or_else(|| "fields".to_owned(), plain);
        return format!("{field} is {}null", if there { "not " } else { "" });
    }
    let each = |value: &String| match &term.field {
        Some(field) => compared(field, term.test, value),
        None => keyword(value),
    };
    let mut tests: Vec<String> = term.values.iter().map(each).collect();
    match tests.pop() {
        Some(only) if tests.is_empty() => only,
        Some(last) => {
            tests.push(last);
            format!("({})", tests.join(if term.all { " and " } else { " or " }))
        }
        None => "false".to_owned(),
    }
}

/// A field as SQL says it, in its own type.
pub(crate) fn plain(field: &Field) -> String {
    match field {
        Field::Text(name) | Field::Number(name) => (*name).to_owned(),
        Field::Own(name) => format!("field(fields, {})", quoted(name)),
    }
}

/// A field as text.
pub(crate) fn as_text(field: &Field) -> String {
    match field {
        Field::Number(name) => format!("cast({name} as varchar)"),
        Field::Text(_) | Field::Own(_) => plain(field),
    }
}

fn compared(field: &Field, test: Test, value: &str) -> String {
    match test {
        Test::Text { place, cased } => text(field, place, cased, value),
        Test::Regexp {
            ignore_case,
            multi_line,
            dot_all,
        } => {
            let flags = [(ignore_case, 'i'), (multi_line, 'm'), (dot_all, 's')];
            let flags: String = flags
                .iter()
                .filter(|(given, _)| *given)
                .map(|(_, flag)| *flag)
                .collect();
            let flags = if flags.is_empty() {
                String::new()
            } else {
                format!(", {}", quoted(&flags))
            };
            format!("regexp_like({}, {}{flags})", as_text(field), quoted(value))
        }
        Test::Cidr => format!("ip_in({}, {})", as_text(field), quoted(value.trim())),
        Test::Number(order) => {
            let order = match order {
                Order::Less => "<",
                Order::LessEqual => "<=",
                Order::Greater => ">",
                Order::GreaterEqual => ">=",
            };
            let field = match field {
                Field::Number(name) => (*name).to_owned(),
                Field::Text(_) | Field::Own(_) => format!("try_cast({} as double)", plain(field)),
            };
            format!("{field} {order} {}", number(value))
        }
        Test::Exists(_) => "false".to_owned(),
    }
}

/// A number that was checked when it was read; what is none compares with nothing.
fn number(value: &str) -> String {
    let value = value.trim();
    match (value.parse::<i64>(), value.parse::<f64>()) {
        (Ok(whole), _) => whole.to_string(),
        (_, Ok(number)) if number.is_finite() => format!("{number:?}"),
        _ => "null".to_owned(),
    }
}

/// True if no other text differs from it in case only.
fn has_no_case(text: &str) -> bool {
    text.to_lowercase() == text && text.to_uppercase() == text
}

fn text(field: &Field, place: Place, cased: bool, value: &str) -> String {
    let mut wanted = pieces(value);
    if wanted == [Piece::Many] || (wanted.is_empty() && place != Place::Whole) {
        return format!("{} is not null", plain(field));
    }
    // Accounts and classes are kept in small letters, and segments know their range.
    let is_small = matches!(field, Field::Text("account" | "class"));
    if let (Field::Number(name), Place::Whole, Some(whole)) = (field, place, canonical(value)) {
        return format!("{name} = {whole}");
    }
    let mut folded = false;
    if !cased {
        for piece in &mut wanted {
            if let Piece::Text(text) = piece {
                folded = folded || !has_no_case(text);
                *text = text.to_lowercase();
            }
        }
    }
    let target = as_text(field);
    let target = if folded && !is_small {
        format!("lower({target})")
    } else {
        target
    };
    let one = match (wanted.as_slice(), place) {
        ([], _) => return format!("{target} = ''"),
        ([Piece::Text(text)], Place::Whole) => format!("{target} = {}", quoted(text)),
        ([Piece::Text(text)], Place::Anywhere) => holds(&target, text),
        ([Piece::Text(text)], Place::Start) => format!("starts_with({target}, {})", quoted(text)),
        (pieces, place) => format!("{target} like {}", pattern(pieces, place, str::to_owned)),
    };
    match (field, wanted.as_slice()) {
        (Field::Own(_), [Piece::Text(text)]) => in_a_list(&one, &target, place, text),
        _ => one,
    }
}

/// A whole number as it is written and not otherwise.
fn canonical(value: &str) -> Option<i64> {
    value
        .parse::<i64>()
        .ok()
        .filter(|number| number.to_string() == value)
}

fn holds(target: &str, text: &str) -> String {
    format!("strpos({target}, {}) > 0", quoted(text))
}

/// A source's own field that occurs several times is kept as a JSON list.
fn in_a_list(one: &str, target: &str, place: Place, text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    match place {
        Place::Whole => format!(
            "({one} or (starts_with({target}, '[') and {}))",
            holds(target, &json)
        ),
        Place::Anywhere if json.trim_matches('"') != text => {
            format!("({one} or {})", holds(target, &inside(&json)))
        }
        Place::Anywhere | Place::Start | Place::End => one.to_owned(),
    }
}

/// A JSON text without its quotes.
fn inside(json: &str) -> String {
    let text = json.strip_prefix('"').unwrap_or(json);
    text.strip_suffix('"').unwrap_or(text).to_owned()
}

/// A pattern of LIKE, quoted, with its escape.
fn pattern(wanted: &[Piece], place: Place, written: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    if matches!(place, Place::Anywhere | Place::End) && wanted.first() != Some(&Piece::Many) {
        out.push('%');
    }
    for piece in wanted {
        match piece {
            Piece::Many => out.push('%'),
            Piece::One => out.push('_'),
            Piece::Text(text) => {
                for c in written(text).chars() {
                    if matches!(c, '%' | '_' | '\\') {
                        out.push('\\');
                    }
                    out.push(c);
                }
            }
        }
    }
    if matches!(place, Place::Anywhere | Place::Start) && wanted.last() != Some(&Piece::Many) {
        out.push('%');
    }
    format!("{} escape '\\'", quoted(&out))
}

/// A word anywhere in the record: in its fields as they are written in JSON, in the record as received, in the core view.
fn keyword(value: &str) -> String {
    let mut wanted = pieces(value);
    for piece in &mut wanted {
        if let Piece::Text(text) = piece {
            *text = text.to_lowercase();
        }
    }
    let json = |text: &str| inside(&serde_json::Value::from(text).to_string());
    let attrs = Attr::ALL.iter().map(|attr| attr.as_str());
    let columns: Vec<&str> = std::iter::once("account").chain(attrs).collect();
    let core = format!("concat_ws({}, {})", quoted(BETWEEN), columns.join(", "));
    let tests = if let [Piece::Text(text)] = wanted.as_slice() {
        [
            holds("lower(fields)", &json(text)),
            holds("lower(raw)", text),
            holds(&format!("lower({core})"), text),
        ]
    } else {
        let of = |target: &str, pattern: &str| format!("lower({target}) like {pattern}");
        let as_it_is = pattern(&wanted, Place::Anywhere, str::to_owned);
        [
            of("fields", &pattern(&wanted, Place::Anywhere, json)),
            of("raw", &as_it_is),
            of(&core, &as_it_is),
        ]
    };
    format!("({})", tests.join(" or "))
}

#[cfg(test)]
mod tests {
    use tandem_detect::hunt::parse;

    use super::*;

    fn said(text: &str) -> String {
        condition(&parse(text).unwrap())
    }

    #[test]
    fn each_test_is_said_in_sql() {
        for (text, wanted) in [
            ("account:JDoe", "account = 'jdoe'"),
            ("src_ip:10.1.2.3", "src_ip = '10.1.2.3'"),
            ("device:PC1", "lower(device) = 'pc1'"),
            ("device|cased:PC1", "device = 'PC1'"),
            ("dst_port:443", "dst_port = 443"),
            ("dst_port:4*", "cast(dst_port as varchar) like '4%' escape '\\'"),
            ("dst_port|gte:1024", "dst_port >= 1024"),
            (
                "EventID|lt:2.5",
                "try_cast(field(fields, 'EventID') as double) < 2.5",
            ),
            (
                "file_path|contains:Secret",
                "strpos(lower(file_path), 'secret') > 0",
            ),
            (
                "file_path|startswith:/srv",
                "starts_with(lower(file_path), '/srv')",
            ),
            (
                "file_name|endswith:.zip",
                "lower(file_name) like '%.zip' escape '\\'",
            ),
            ("file_name:a_%b*", "lower(file_name) like 'a\\_\\%b%' escape '\\'"),
            ("url|re|i:\"^a'b\"", "regexp_like(url, '^a''b', 'i')"),
            ("src_ip|cidr:10.0.0.0/8", "ip_in(src_ip, '10.0.0.0/8')"),
            ("url:*", "url is not null"),
            ("url|exists:false", "url is null"),
            ("device:(a b)", "(lower(device) = 'a' or lower(device) = 'b')"),
            (
                "process|contains|all:(a 1)",
                "(strpos(lower(process), 'a') > 0 and strpos(process, '1') > 0)",
            ),
            (
                "not device:a src_ip:1.1.1.1 or url:*",
                "((lower(device) = 'a') is not true and src_ip = '1.1.1.1') or url is not null",
            ),
        ] {
            assert_eq!(said(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_typed_stays_text() {
        for evil in [
            "x' or 1=1 --",
            "'; drop table events; --",
            "\\' or ''='",
            "%'; --",
            "*' or '1'='1",
        ] {
            let quoted = format!("\"{evil}\"");
            for text in [
                quoted.clone(),
                format!("account:{quoted}"),
                format!("Own:{quoted}"),
                format!("file_path|contains:{quoted}"),
                format!("file_path|endswith:{quoted}"),
                format!("url|re:{quoted}"),
                format!("\"na'me\":{quoted}"),
            ] {
                let Ok(query) = parse(&text) else { continue };
                let sql = condition(&query);
                // Outside of quotes stands nothing that was typed.
                let outside: String = sql.split('\'').step_by(2).collect();
                for word in ["drop", "1=1", "--", ";"] {
                    assert!(!outside.contains(word), "{text}: {sql}");
                }
                assert!(sql.matches('\'').count().is_multiple_of(2), "{sql}");
            }
        }
    }

    #[test]
    fn a_day_of_a_scope_is_bounded_where_the_scope_ends_in_it() {
        let at = |text: &str| Timestamp::parse_rfc3339(text).unwrap();
        let scope = Scope {
            query: Some(parse("device:a or device:b").unwrap()),
            accounts: Some(vec!["anna".into()]),
            from: Some(at("2026-05-04T08:00:00Z")),
            to: Some(at("2026-05-06T09:00:00Z")),
        };
        let day = |text: &str| scope.on(Day::parse(text).unwrap());
        let (first, middle) = (day("2026-05-04"), day("2026-05-05"));
        assert!(
            first.contains("time >= timestamp '2026-05-04T08:00:00") && !first.contains("time <="),
            "{first}"
        );
        assert_eq!(
            middle,
            "day = date '2026-05-05' and account in ('anna') and (lower(device) = 'a' or lower(device) = 'b')"
        );
        let nobody = Scope {
            accounts: Some(Vec::new()),
            ..Scope::default()
        };
        assert_eq!(nobody.whole(None), " where account in ('')");
        assert_eq!(Scope::default().whole(None), "");
    }
}

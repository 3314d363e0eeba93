//! The small transforms of an expression.

use regex::Regex;
use rustc_hash::FxHashMap;

use super::reader::{Reader, suggestion};
use super::yaml::{Entry, Kind, Node};

/// One transform of a text.
#[derive(Debug)]
pub(super) enum Step {
    /// The part after the last `/` or `\`.
    Basename,
    /// The part before the last `/` or `\`.
    Dirname,
    Lower,
    Upper,
    /// Host name of a URL, an authority (`host:port`) or a host.
    UrlHost,
    /// Address in `Name <a@b>`.
    MailAddress,
    /// The strongest hash of Sysmon's `SHA1=…,MD5=…,SHA256=…`.
    StrongestHash,
    /// Text that auditd wrote in hexadecimal; other text stays.
    Unhex,
    /// `a%20b` → `a b`.
    PercentDecode,
    StripPrefix(Box<str>),
    StripSuffix(Box<str>),
    /// The part before the first occurrence; all if there is none.
    Before(Box<str>),
    /// The part after the first occurrence; all if there is none.
    After(Box<str>),
    /// Surrounding characters are removed.
    Trim(Box<str>),
    /// The first group, or the whole match; nothing if it does not match. Says whether there is a group.
    Regex(Regex, bool),
    /// One of the parts between separators, the first being 0.
    Part(Box<str>, usize),
    /// Values that count as nothing, in lower case.
    Skip(Vec<Box<str>>),
    /// Value → value, keys in lower case; an unknown value stays if there is no other.
    Map(FxHashMap<Box<str>, Box<str>>, Option<Box<str>>),
}

const PLAIN: &[&str] = &[
    "basename",
    "dirname",
    "lower",
    "upper",
    "url_host",
    "mail_address",
    "strongest_hash",
    "unhex",
    "percent_decode",
];
const WITH_TEXT: &[&str] = &[
    "strip_prefix",
    "strip_suffix",
    "before",
    "after",
    "trim",
    "regex",
    "skip",
    "split",
];

/// Reads `take`: a transform or a list of them.
pub(super) fn read_all(reader: &mut Reader<'_>, node: &Node, steps: &mut Vec<Step>) {
    match &node.kind {
        Kind::List(items) => items.iter().for_each(|item| read_all(reader, item, steps)),
        Kind::Map(entries) if entries.iter().any(|entry| entry.key == "split") => {
            steps.extend(read_part(reader, node));
        }
        Kind::Map(entries) => entries
            .iter()
            .for_each(|entry| steps.extend(read_with_text(reader, entry))),
        _ => {
            let Some(name) = reader.text(node, "`take`") else {
                return;
            };
            match plain(name) {
                Some(step) => steps.push(step),
                None => unknown(reader, node.at, name),
            }
        }
    }
}

/// `{ split: "|", part: 3 }`.
fn read_part(reader: &mut Reader<'_>, node: &Node) -> Option<Step> {
    let entries = reader.map(node, "`split`", &["split", "part"]);
    let find = |key: &str| entries.iter().find(|entry| entry.key == key);
    let separator = find("split").and_then(|entry| reader.text(&entry.value, "`split`"))?;
    let Some(part) = find("part") else {
        reader.error(
            node.at,
            "`split` without `part`",
            "add `part:` with the number of the part, from 0",
        );
        return None;
    };
    let part = reader.number(&part.value, "`part`")?;
    if separator.is_empty() {
        reader.error(
            node.at,
            "`split` by nothing",
            "name the text that separates the parts",
        );
        return None;
    }
    Some(Step::Part(separator.into(), part))
}

fn unknown(reader: &mut Reader<'_>, at: super::yaml::Place, name: &str) {
    let hint = suggestion(name, PLAIN.iter().chain(WITH_TEXT).copied());
    reader.error(at, format!("unknown transform `{name}`"), hint);
}

fn plain(name: &str) -> Option<Step> {
    Some(match name {
        "basename" => Step::Basename,
        "dirname" => Step::Dirname,
        "lower" => Step::Lower,
        "upper" => Step::Upper,
        "url_host" => Step::UrlHost,
        "mail_address" => Step::MailAddress,
        "strongest_hash" => Step::StrongestHash,
        "unhex" => Step::Unhex,
        "percent_decode" => Step::PercentDecode,
        _ => return None,
    })
}

fn read_with_text(reader: &mut Reader<'_>, entry: &Entry) -> Option<Step> {
    if entry.key == "skip" {
        let values = reader.texts(&entry.value, "`skip`");
        return Some(Step::Skip(
            values
                .iter()
                .map(|(value, _)| value.to_lowercase().into())
                .collect(),
        ));
    }
    if !WITH_TEXT.contains(&entry.key.as_str()) {
        unknown(reader, entry.at, &entry.key);
        return None;
    }
    let text = reader.text(&entry.value, &format!("`{}`", entry.key))?;
    Some(match entry.key.as_str() {
        "strip_prefix" => Step::StripPrefix(text.into()),
        "strip_suffix" => Step::StripSuffix(text.into()),
        "before" => Step::Before(text.into()),
        "after" => Step::After(text.into()),
        "trim" => Step::Trim(text.into()),
        _ => {
            let regex = reader.regex(text, entry.value.at, false)?;
            let grouped = regex.captures_len() > 1;
            Step::Regex(regex, grouped)
        }
    })
}

/// Reads the keys `map` and `else` of an expression.
pub(super) fn read_map(reader: &mut Reader<'_>, entries: &[Entry], steps: &mut Vec<Step>) {
    let other = entries.iter().find(|entry| entry.key == "else");
    let Some(map) = entries.iter().find(|entry| entry.key == "map") else {
        if let Some(other) = other {
            reader.error(other.at, "`else` without `map`", "add a `map` of value to value");
        }
        return;
    };
    let other = other
        .and_then(|entry| reader.text(&entry.value, "`else`"))
        .map(Box::from);
    let mut table = FxHashMap::default();
    for entry in reader.free_map(&map.value, "`map`") {
        if let Some(text) = reader.text(&entry.value, "a value of `map`") {
            table.insert(entry.key.to_lowercase().into(), text.into());
        }
    }
    steps.push(Step::Map(table, other));
}

impl Step {
    /// What stands in for a text that is absent.
    pub(super) fn otherwise(&self) -> Option<&str> {
        match self {
            Self::Map(_, other) => other.as_deref(),
            _ => None,
        }
    }

    /// Changes the text that starts at `start`; false if nothing is left of it.
    pub(super) fn apply(&self, buffer: &mut String, start: usize) -> bool {
        let text = buffer.get(start..).unwrap_or_default();
        match self {
            Self::Lower => return replace(buffer, start, |text| Some(text.to_lowercase())),
            Self::Upper => return replace(buffer, start, |text| Some(text.to_uppercase())),
            Self::Unhex => return replace(buffer, start, |text| Some(unhex(text))),
            Self::PercentDecode => return replace(buffer, start, |text| Some(percent_decode(text))),
            Self::Map(table, other) => return mapped(table, other.as_deref(), buffer, start),
            Self::Skip(values) => return !values.iter().any(|value| value.eq_ignore_ascii_case(text.trim())),
            _ => {}
        }
        let kept = self.part(text).trim();
        if kept.is_empty() {
            return false;
        }
        let from = kept.as_ptr() as usize - text.as_ptr() as usize;
        let end = start + from + kept.len();
        buffer.truncate(end);
        buffer.replace_range(start..start + from, "");
        true
    }

    /// The transforms that keep one part of the text.
    fn part<'t>(&self, text: &'t str) -> &'t str {
        match self {
            Self::Basename => text.rsplit(['/', '\\']).next().unwrap_or(text),
            Self::Dirname => text.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder),
            Self::UrlHost => url_host(text),
            Self::MailAddress => mail_address(text),
            Self::StrongestHash => strongest_hash(text),
            Self::StripPrefix(prefix) => text.strip_prefix(&**prefix).unwrap_or(text),
            Self::StripSuffix(suffix) => text.strip_suffix(&**suffix).unwrap_or(text),
            Self::Before(mark) => text.split_once(&**mark).map_or(text, |(before, _)| before),
            Self::After(mark) => text.split_once(&**mark).map_or(text, |(_, after)| after),
            Self::Trim(chars) => text.trim_matches(|c| chars.contains(c)),
            Self::Regex(regex, false) => regex.find(text).map_or("", |found| found.as_str()),
            Self::Regex(regex, true) => regex.captures(text).map_or("", |found| {
                let group = found.iter().skip(1).flatten().next().or_else(|| found.get(0));
                group.map_or("", |group| group.as_str())
            }),
            Self::Part(separator, at) => text.split(&**separator).nth(*at).unwrap_or_default(),
            _ => text,
        }
    }
}

fn mapped(
    table: &FxHashMap<Box<str>, Box<str>>,
    other: Option<&str>,
    buffer: &mut String,
    start: usize,
) -> bool {
    let key = buffer.get(start..).unwrap_or_default().trim().to_lowercase();
    if let Some(text) = table.get(key.as_str()).map(|text| &**text).or(other) {
        buffer.truncate(start);
        buffer.push_str(text);
    }
    true
}

fn replace(buffer: &mut String, start: usize, change: impl FnOnce(&str) -> Option<String>) -> bool {
    let Some(changed) = change(buffer.get(start..).unwrap_or_default()) else {
        return false;
    };
    buffer.truncate(start);
    buffer.push_str(&changed);
    !changed.is_empty()
}

/// The host of `https://user@host:443/path?query`, `host:443` or `[::1]:8080`.
pub(super) fn url_host(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if let Some(bracketed) = host.strip_prefix('[') {
        return bracketed.split(']').next().unwrap_or(bracketed);
    }
    match host.split_once(':') {
        Some((name, port)) if !port.contains(':') => name,
        _ => host,
    }
}

fn mail_address(text: &str) -> &str {
    match text.rsplit_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or(rest),
        None => text,
    }
}

/// Sysmon writes `SHA1=…,MD5=…,SHA256=…,IMPHASH=…`; anything without `=` is taken to be a hash itself.
fn strongest_hash(text: &str) -> &str {
    for kind in ["SHA512=", "SHA256=", "SHA1=", "MD5="] {
        for part in text.split([',', ';']) {
            let part = part.trim();
            if part
                .get(..kind.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(kind))
            {
                return part.get(kind.len()..).unwrap_or_default();
            }
        }
    }
    if text.contains('=') { "" } else { text }
}

/// auditd writes a value with blanks or quotes as hexadecimal digits, its arguments separated by NUL.
fn unhex(text: &str) -> String {
    let trimmed = text.trim_matches('"');
    let digits = trimmed.as_bytes();
    let encoded = digits.len() >= 2
        && digits.len().is_multiple_of(2)
        && digits
            .iter()
            .all(|digit| digit.is_ascii_digit() || (b'A'..=b'F').contains(digit));
    if !encoded {
        return trimmed.to_owned();
    }
    let nibble = |digit: u8| (digit as char).to_digit(16).unwrap_or_default() as u8;
    let bytes: Vec<u8> = digits
        .chunks_exact(2)
        .map(|pair| (nibble(pair[0]) << 4) | nibble(pair[1]))
        .collect();
    match String::from_utf8(bytes) {
        Ok(decoded) if decoded.chars().all(|c| c == '\0' || !c.is_control()) => decoded.replace('\0', " "),
        _ => trimmed.to_owned(),
    }
}

fn percent_decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digit = |at: usize| after.get(at).and_then(|digit| (*digit as char).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (*first, digit(0), digit(1)) {
            bytes.push((high * 16 + low) as u8);
            rest = after.get(2..).unwrap_or_default();
            continue;
        }
        bytes.push(*first);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

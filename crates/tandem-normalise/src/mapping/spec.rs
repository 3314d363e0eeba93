//! One mapping, as its file describes it.

use tandem_domain::Timestamp;

use super::case::CaseList;
use super::clock::{Surroundings, TimeFormat, Zone};
use super::condition::Condition;
use super::expr::Expr;
use super::layer::{self, Layer};
use super::reader::{Reader, suggestion};
use super::view::{Names, Slot, View};
use super::yaml::{Kind, Node, Place};
use super::{Context, Refusal};
use crate::format::Format;

/// Longest piece of a value that a refusal quotes, characters.
const EXCERPT: usize = 80;

/// See the module.
#[derive(Debug)]
pub(super) struct Mapping {
    pub(super) name: Box<str>,
    pub(super) description: Box<str>,
    pub(super) source: Box<str>,
    pub(super) at: Place,
    pub(super) file: Box<str>,
    pub(super) matches: Vec<Match>,
    time: Vec<TimeRule>,
    pub(super) id: Vec<IdPart>,
    pub(super) base: Layer,
    pub(super) also: CaseList,
    pub(super) cases: CaseList,
}

/// One way to recognise a record.
#[derive(Debug)]
pub(super) struct Match {
    pub(super) formats: Vec<Format>,
    has: Vec<Slot>,
    when: Condition,
    pub(super) weight: u32,
}

/// One place where the time may stand.
#[derive(Debug)]
struct TimeRule {
    expr: Expr,
    format: TimeFormat,
    zone: Zone,
}

/// A part of the record's own identity.
#[derive(Debug)]
pub(super) enum IdPart {
    Time,
    /// The first of these that says something; there must be one.
    Field(Vec<Slot>),
    Optional(Vec<Slot>),
}

const KEYS: &[&str] = &[
    "name",
    "description",
    "source",
    "match",
    "priority",
    "time",
    "id",
    "also",
    "cases",
];

impl Mapping {
    /// Reads a mapping; `None` if it has no usable name.
    pub(super) fn read(reader: &mut Reader<'_>, file: &str, node: &Node) -> Option<Self> {
        let known: Vec<&str> = KEYS.iter().chain(layer::KEYS).copied().collect();
        let entries = reader.map(node, "a mapping", &known);
        let find = |key: &str| entries.iter().find(|entry| entry.key == key);
        let mut required = |key: &str, hint: &str| {
            let found = find(key);
            if found.is_none() {
                reader.error(node.at, format!("the mapping has no `{key}`"), hint);
            }
            found
        };
        let name = required("name", "add `name:` in lower case with hyphens");
        let source = required(
            "source",
            "add `source:`, the name under which its events are kept",
        );
        let matches = required(
            "match",
            "add `match:` with a format and what tells the records from others",
        );
        let time = required("time", "add `time:` with the field that holds the time");
        let name = name.and_then(|entry| read_name(reader, &entry.value, "`name`"));
        let source = source.and_then(|entry| read_name(reader, &entry.value, "`source`"));
        let description = find("description").and_then(|entry| reader.text(&entry.value, "`description`"));
        let priority = find("priority").and_then(|entry| reader.number(&entry.value, "`priority`"));
        let matches = matches.map(|entry| read_matches(reader, &entry.value, priority.unwrap_or_default()));
        let time = time.map(|entry| read_time(reader, &entry.value));
        let id = find("id")
            .map(|entry| read_id(reader, &entry.value))
            .unwrap_or_default();
        let base = Layer::read(reader, entries, None);
        let class = base.fixed_class(None);
        let also = find("also").map(|entry| CaseList::read(reader, &entry.value, class, false));
        let cases = find("cases").map(|entry| CaseList::read(reader, &entry.value, class, true));
        Some(Self {
            name: name?,
            description: description.unwrap_or_default().into(),
            source: source?,
            at: node.at,
            file: file.into(),
            matches: matches?,
            time: time?,
            id,
            base,
            also: also.unwrap_or_default(),
            cases: cases.unwrap_or_default(),
        })
    }

    /// The record's time.
    pub(super) fn time(
        &self,
        view: &View<'_, '_>,
        context: &Context<'_>,
        names: &Names,
        buffer: &mut String,
    ) -> Result<Timestamp, Refusal> {
        let start = buffer.len();
        let mut unreadable = None;
        for rule in &self.time {
            if !rule.expr.write(view, buffer) {
                buffer.truncate(start);
                continue;
            }
            let text = buffer.get(start..).unwrap_or_default();
            let around = Surroundings {
                zone: &rule.zone,
                local: context.time_zone,
                year_hint: context.year_hint,
                previous: context.previous,
                received: context.received,
            };
            let time = rule.format.read(text, &around);
            if time.is_none() && unreadable.is_none() {
                unreadable = Some((rule, text.chars().take(EXCERPT).collect::<String>()));
            }
            buffer.truncate(start);
            if let Some(time) = time {
                return Ok(time);
            }
        }
        Err(match unreadable {
            Some((rule, excerpt)) => self.unreadable_time(rule, &excerpt, names),
            None => self.missing_time(names),
        })
    }

    fn unreadable_time(&self, rule: &TimeRule, excerpt: &str, names: &Names) -> Refusal {
        let field = rule.fields(names).into_iter().next().unwrap_or_default();
        let expected = match &rule.format {
            TimeFormat::Auto => "a date and time, or a number since 1970".to_owned(),
            TimeFormat::Pattern(pattern) => format!("a time like {pattern}"),
            other => format!("the format {}", other.name()),
        };
        Refusal {
            reason: format!("the time `{excerpt}` in field {field} is not readable"),
            field: Some(field),
            hint: format!(
                "mapping {} expects {expected}, between 1980 and 2199; correct `time:` in the mapping if the source writes another format",
                self.name
            ),
        }
    }

    fn missing_time(&self, names: &Names) -> Refusal {
        let mut fields: Vec<String> = self.time.iter().flat_map(|rule| rule.fields(names)).collect();
        fields.dedup();
        let field = fields.first().cloned();
        Refusal {
            reason: format!("the record has no time: none of {} is present", fields.join(", ")),
            field,
            hint: format!(
                "name the field that holds the time under `time:` of mapping {}",
                self.name
            ),
        }
    }
}

impl TimeRule {
    fn fields(&self, names: &Names) -> Vec<String> {
        let mut slots = Vec::new();
        self.expr.slots(&mut slots);
        slots
            .into_iter()
            .map(|slot| names.text(slot).to_owned())
            .collect()
    }
}

impl Match {
    /// True if the record looks like this. The format is tested before.
    pub(super) fn holds(&self, view: &View<'_, '_>) -> bool {
        self.has.iter().all(|slot| view.has(*slot)) && self.when.holds(view)
    }
}

fn read_name(reader: &mut Reader<'_>, node: &Node, what: &str) -> Option<Box<str>> {
    let name = reader.text(node, what)?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || !name.chars().all(plain) {
        let hint = "use lower-case letters, digits, hyphens, underscores and dots";
        reader.error(
            node.at,
            format!("{what} `{name}` has other characters than allowed"),
            hint,
        );
        return None;
    }
    Some(name.into())
}

fn read_matches(reader: &mut Reader<'_>, node: &Node, priority: u32) -> Vec<Match> {
    let items: &[Node] = match &node.kind {
        Kind::List(items) => items,
        _ => std::slice::from_ref(node),
    };
    items
        .iter()
        .filter_map(|item| read_match(reader, item, priority))
        .collect()
}

fn read_match(reader: &mut Reader<'_>, node: &Node, priority: u32) -> Option<Match> {
    let entries = reader.map(node, "`match`", &["format", "has", "when"]);
    let find = |key: &str| entries.iter().find(|entry| entry.key == key);
    let Some(format) = find("format") else {
        if !entries.is_empty() {
            let hint = format!("formats are: {}", format_names().collect::<Vec<_>>().join(", "));
            reader.error(node.at, "`match` has no `format`", hint);
        }
        return None;
    };
    let mut formats = Vec::new();
    for (name, at) in reader.texts(&format.value, "`format`") {
        match Format::ALL.iter().find(|format| format.as_str() == name) {
            Some(format) => formats.push(*format),
            None => reader.error(
                at,
                format!("unknown format `{name}`"),
                suggestion(name, format_names()),
            ),
        }
    }
    let has = find("has")
        .map(|entry| reader.texts(&entry.value, "`has`"))
        .unwrap_or_default();
    let has: Vec<Slot> = has.into_iter().map(|(field, _)| reader.slot(field)).collect();
    let when = find("when")
        .map(|entry| Condition::read(reader, &entry.value, "`when`"))
        .unwrap_or_default();
    let weight = priority * 1_000 + has.len() as u32 * 20 + when.weight();
    read_alike(&mut formats, weight > 0);
    Some(Match {
        formats,
        has,
        when,
        weight,
    })
}

/// JSON is read the same in lines and in documents, tables the same with commas and tabs. A syslog message that holds JSON is
/// opened, so what tells a JSON record from others tells it there too.
fn read_alike(formats: &mut Vec<Format>, specific: bool) {
    const ALIKE: &[&[Format]] = &[&[Format::Json, Format::Ndjson], &[Format::Csv, Format::Tsv]];
    for group in ALIKE {
        if group.iter().any(|format| formats.contains(format)) {
            formats.extend_from_slice(group);
        }
    }
    if specific && formats.contains(&Format::Json) {
        formats.push(Format::Syslog);
    }
}

fn format_names() -> impl Iterator<Item = &'static str> {
    Format::ALL.iter().map(|format| format.as_str())
}

fn read_time(reader: &mut Reader<'_>, node: &Node) -> Vec<TimeRule> {
    let items: &[Node] = match &node.kind {
        Kind::List(items) => items,
        _ => std::slice::from_ref(node),
    };
    items
        .iter()
        .filter_map(|item| read_time_rule(reader, item))
        .collect()
}

fn read_time_rule(reader: &mut Reader<'_>, node: &Node) -> Option<TimeRule> {
    let expr = Expr::read(reader, node, "`time`", &["format", "zone"])?;
    let Kind::Map(entries) = &node.kind else {
        return Some(TimeRule {
            expr,
            format: TimeFormat::Auto,
            zone: Zone::Local,
        });
    };
    let find = |key: &str| entries.iter().find(|entry| entry.key == key);
    let mut format = TimeFormat::Auto;
    if let Some(entry) = find("format") {
        let name = reader.text(&entry.value, "`format`")?;
        if let Some(known) = TimeFormat::parse(name) {
            format = known;
        } else {
            let hint = format!(
                "{}; or a strptime pattern such as %Y%m%d%H%M%S",
                suggestion(name, TimeFormat::NAMES.iter().copied())
            );
            reader.error(entry.value.at, format!("unknown time format `{name}`"), hint);
        }
    }
    let mut zone = Zone::Local;
    if let Some(entry) = find("zone") {
        let name = reader.text(&entry.value, "`zone`")?;
        if let Some(known) = Zone::parse(name) {
            zone = known;
        } else {
            let hint = "write utc, source (the zone set for the source) or an offset such as +01:00";
            reader.error(entry.value.at, format!("unknown zone `{name}`"), hint);
        }
    }
    Some(TimeRule { expr, format, zone })
}

fn read_id(reader: &mut Reader<'_>, node: &Node) -> Vec<IdPart> {
    let parts = reader.texts(node, "`id`");
    let slots =
        |reader: &mut Reader<'_>, text: &str| text.split('|').map(|field| reader.slot(field)).collect();
    let part = |reader: &mut Reader<'_>, text: &str| match text.strip_suffix('?') {
        _ if text == "$time" => IdPart::Time,
        Some(fields) => IdPart::Optional(slots(reader, fields)),
        None => IdPart::Field(slots(reader, text)),
    };
    let read: Vec<IdPart> = parts.into_iter().map(|(text, _)| part(reader, text)).collect();
    if !read.iter().any(|part| matches!(part, IdPart::Field(_))) {
        reader.error(
            node.at,
            "`id` names no field that must be present",
            "name the field that is unique for each record",
        );
    }
    read
}

//! A layer: what a mapping, or one of its cases, says about a record.

use rustc_hash::FxHashMap;
use tandem_domain::event::{Severity, Status};
use tandem_domain::{Attr, ClassUid, LogSource, NumAttr};

use super::activity;
use super::condition::number;
use super::expr::Expr;
use super::reader::{Reader, suggestion};
use super::view::{Digits, Slot, View, meaningful, text_of};
use super::yaml::{Entry, Kind, Node, Place};

/// The keys of a layer.
pub(super) const KEYS: &[&str] = &[
    "class",
    "activity",
    "status",
    "severity",
    "attrs",
    "nums",
    "fields",
    "logsources",
];

/// A value that is fixed, or chosen by a text of the record.
#[derive(Debug)]
pub(super) enum Choice<T> {
    Fixed(T),
    /// Keys in lower case; `other` stands for every other text, and for none.
    ByText {
        expr: Expr,
        table: FxHashMap<Box<str>, T>,
        other: Option<T>,
    },
    /// The record itself holds OCSF's number.
    Number(Expr),
}

/// What an attribute of whole numbers is made from.
#[derive(Debug)]
pub(super) enum NumExpr {
    /// A number in a text, multiplied.
    Value(Expr, f64),
    /// How many values the fields hold; each is split first if there is a separator.
    Count(Vec<Slot>, Option<Box<str>>),
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub(super) class: Option<Choice<ClassUid>>,
    pub(super) activity: Option<Choice<u8>>,
    pub(super) status: Option<Choice<Status>>,
    pub(super) severity: Option<Choice<Severity>>,
    pub(super) attrs: Vec<(Attr, Expr)>,
    pub(super) nums: Vec<(NumAttr, NumExpr)>,
    /// Fields added to the native view, under the names that Sigma rules use.
    /// A field that the record has already is left as it is.
    pub(super) fields: Vec<(Slot, Box<str>, Expr)>,
    pub(super) logsources: Vec<LogSource>,
}

impl Layer {
    /// Reads a layer's keys out of `entries`. `outer` is the class that holds where the layer names none.
    pub(super) fn read(reader: &mut Reader<'_>, entries: &[Entry], outer: Option<ClassUid>) -> Self {
        let mut layer = Self::default();
        let find = |key: &str| entries.iter().find(|entry| entry.key == key);
        if let Some(entry) = find("class") {
            layer.class = choice(reader, entry, &class);
        }
        let class = layer.fixed_class(outer);
        if let Some(entry) = find("activity") {
            layer.activity = choice(reader, entry, &|reader, text, at| {
                activity_of(reader, class, text, at)
            });
        }
        if let Some(entry) = find("status") {
            layer.status = choice(reader, entry, &status);
        }
        if let Some(entry) = find("severity") {
            layer.severity = choice(reader, entry, &severity);
        }
        if let Some(entry) = find("attrs") {
            read_attrs(reader, &entry.value, &mut layer.attrs);
        }
        if let Some(entry) = find("nums") {
            read_nums(reader, &entry.value, &mut layer.nums);
        }
        if let Some(entry) = find("fields") {
            for field in reader.free_map(&entry.value, "`fields`") {
                let expr = Expr::read(reader, &field.value, &format!("field `{}`", field.key), &[]);
                let slot = reader.slot(&field.key);
                layer
                    .fields
                    .extend(expr.map(|expr| (slot, field.key.as_str().into(), expr)));
            }
        }
        if let Some(entry) = find("logsources") {
            read_logsources(reader, &entry.value, &mut layer.logsources);
        }
        layer
    }

    /// The class that is certain in this layer, given the one outside it.
    pub(super) fn fixed_class(&self, outer: Option<ClassUid>) -> Option<ClassUid> {
        match &self.class {
            None => outer,
            Some(Choice::Fixed(class)) => Some(*class),
            Some(_) => None,
        }
    }
}

impl<T: Copy> Choice<T> {
    /// The chosen value; `from_number` turns a number found in the record into one.
    pub(super) fn evaluate(
        &self,
        view: &View<'_, '_>,
        buffer: &mut String,
        from_number: impl Fn(u32) -> Option<T>,
    ) -> Option<T> {
        let (expr, start) = match self {
            Self::Fixed(value) => return Some(*value),
            Self::ByText { expr, .. } | Self::Number(expr) => (expr, buffer.len()),
        };
        let found = expr.write(view, buffer);
        let text = buffer.get(start..).unwrap_or_default();
        let value = match self {
            Self::ByText { table, other, .. } => {
                let known = if found {
                    table.get(text.to_ascii_lowercase().as_str()).copied()
                } else {
                    None
                };
                known.or(*other)
            }
            Self::Number(_) if found => text.parse().ok().and_then(from_number),
            _ => None,
        };
        buffer.truncate(start);
        value
    }
}

impl NumExpr {
    pub(super) fn evaluate(&self, view: &View<'_, '_>, buffer: &mut String) -> Option<i64> {
        match self {
            Self::Value(expr, times) => {
                let start = buffer.len();
                let found = expr.write(view, buffer);
                let value = if found {
                    whole(buffer.get(start..).unwrap_or_default(), *times)
                } else {
                    None
                };
                buffer.truncate(start);
                value
            }
            Self::Count(slots, separator) => {
                let mut room = Digits::default();
                let mut count = 0;
                for found in slots.iter().flat_map(|slot| view.all(*slot)) {
                    let Some(text) = text_of(&found.value, &mut room).and_then(meaningful) else {
                        continue;
                    };
                    count += match separator {
                        Some(separator) => text.split(&**separator).filter_map(meaningful).count(),
                        None => 1,
                    };
                }
                slots.iter().any(|slot| view.has(*slot)).then_some(count as i64)
            }
        }
    }
}

/// `1234`, `1,234`, `0x4d2`, `12.6`, `30 KB` is not read: units belong into `times`.
fn whole(text: &str, times: f64) -> Option<i64> {
    let text = text.trim();
    let scaled = |number: f64| (number.abs() < 9e18).then_some((number * times) as i64);
    if let Ok(number) = text.parse::<i64>() {
        return if times == 1.0 {
            Some(number)
        } else {
            scaled(number as f64)
        };
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return i64::from_str_radix(digits, 16).ok();
    }
    let plain: String = text.chars().filter(|c| *c != ',').collect();
    number(&tandem_domain::Value::Text(&plain)).and_then(scaled)
}

fn choice<T>(
    reader: &mut Reader<'_>,
    entry: &Entry,
    parse: &dyn Fn(&mut Reader<'_>, &str, Place) -> Option<T>,
) -> Option<Choice<T>> {
    let what = format!("`{}`", entry.key);
    if let Kind::Text(text) = &entry.value.kind {
        return parse(reader, text, entry.value.at).map(Choice::Fixed);
    }
    let entries = reader.free_map(&entry.value, &what);
    let Some(map) = entries.iter().find(|inner| inner.key == "map") else {
        return Expr::read(reader, &entry.value, &what, &[]).map(Choice::Number);
    };
    let mut table = FxHashMap::default();
    for value in reader.free_map(&map.value, "`map`") {
        if let Some(text) = reader.text(&value.value, "a value of `map`") {
            let chosen = parse(reader, text, value.value.at);
            table.extend(chosen.map(|chosen| (value.key.to_ascii_lowercase().into(), chosen)));
        }
    }
    let other = entries.iter().find(|inner| inner.key == "else");
    let other = other.and_then(|inner| {
        let text = reader.text(&inner.value, "`else`")?;
        parse(reader, text, inner.value.at)
    });
    let kept = entries
        .iter()
        .filter(|inner| inner.key != "map" && inner.key != "else")
        .cloned()
        .collect();
    let rest = Node {
        at: entry.value.at,
        kind: Kind::Map(kept),
    };
    let expr = Expr::read(reader, &rest, &what, &[])?;
    Some(Choice::ByText { expr, table, other })
}

fn class(reader: &mut Reader<'_>, text: &str, at: Place) -> Option<ClassUid> {
    let class = ClassUid::parse(text).or_else(|| ClassUid::from_uid(text.parse().ok()?));
    if class.is_none() {
        let hint = suggestion(text, ClassUid::ALL.iter().map(|class| class.as_str()));
        reader.error(at, format!("unknown class `{text}`"), hint);
    }
    class
}

fn activity_of(reader: &mut Reader<'_>, class: Option<ClassUid>, text: &str, at: Place) -> Option<u8> {
    let Some(class) = class else {
        let number = text.parse().ok();
        if number.is_none() {
            let hint = "the class is taken from the record, so write OCSF's number of the activity";
            reader.error(
                at,
                format!("activity `{text}` has no fixed class to belong to"),
                hint,
            );
        }
        return number;
    };
    let id = activity::parse(class, text).or_else(|| text.parse().ok());
    if id.is_none() {
        let reason = format!("class {} has no activity `{text}`", class.as_str());
        reader.error(at, reason, suggestion(text, activity::allowed(class)));
    }
    id
}

fn status(reader: &mut Reader<'_>, text: &str, at: Place) -> Option<Status> {
    let found = match text {
        "unknown" => Some(Status::Unknown),
        "success" => Some(Status::Success),
        "failure" => Some(Status::Failure),
        _ => None,
    };
    if found.is_none() {
        reader.error(
            at,
            format!("unknown status `{text}`"),
            "allowed are: unknown, success, failure",
        );
    }
    found
}

fn severity(reader: &mut Reader<'_>, text: &str, at: Place) -> Option<Severity> {
    let found = match text {
        "unknown" => Some(Severity::Unknown),
        "informational" => Some(Severity::Informational),
        "low" => Some(Severity::Low),
        "medium" => Some(Severity::Medium),
        "high" => Some(Severity::High),
        "critical" => Some(Severity::Critical),
        _ => None,
    };
    if found.is_none() {
        let hint = "allowed are: unknown, informational, low, medium, high, critical";
        reader.error(at, format!("unknown severity `{text}`"), hint);
    }
    found
}

fn read_attrs(reader: &mut Reader<'_>, node: &Node, attrs: &mut Vec<(Attr, Expr)>) {
    for entry in reader.free_map(node, "`attrs`") {
        let Some(attr) = Attr::parse(&entry.key) else {
            let hint = suggestion(&entry.key, Attr::ALL.iter().map(|attr| attr.as_str()));
            reader.error(entry.at, format!("unknown attribute `{}`", entry.key), hint);
            continue;
        };
        let expr = Expr::read(reader, &entry.value, &format!("attribute `{}`", entry.key), &[]);
        attrs.extend(expr.map(|expr| (attr, expr)));
    }
}

fn read_nums(reader: &mut Reader<'_>, node: &Node, nums: &mut Vec<(NumAttr, NumExpr)>) {
    for entry in reader.free_map(node, "`nums`") {
        let Some(attr) = NumAttr::parse(&entry.key) else {
            let hint = suggestion(&entry.key, NumAttr::ALL.iter().map(|attr| attr.as_str()));
            reader.error(entry.at, format!("unknown number `{}`", entry.key), hint);
            continue;
        };
        let what = format!("number `{}`", entry.key);
        nums.extend(read_num(reader, &entry.value, &what).map(|expr| (attr, expr)));
    }
}

fn read_num(reader: &mut Reader<'_>, node: &Node, what: &str) -> Option<NumExpr> {
    let inner: &[Entry] = match &node.kind {
        Kind::Map(entries) => entries,
        _ => &[],
    };
    let find = |key: &str| inner.iter().find(|entry| entry.key == key);
    if let Some(count) = find("count") {
        reader.map(node, what, &["count", "split"]);
        let fields = reader.texts(&count.value, "`count`");
        let slots = fields.iter().map(|(field, _)| reader.slot(field)).collect();
        let separator = find("split")
            .and_then(|entry| reader.text(&entry.value, "`split`"))
            .map(Box::from);
        return Some(NumExpr::Count(slots, separator));
    }
    let times = find("times")
        .and_then(|entry| reader.number(&entry.value, "`times`"))
        .unwrap_or(1.0);
    Expr::read(reader, node, what, &["times"]).map(|expr| NumExpr::Value(expr, times))
}

fn read_logsources(reader: &mut Reader<'_>, node: &Node, logsources: &mut Vec<LogSource>) {
    let items: &[Node] = match &node.kind {
        Kind::List(items) => items,
        _ => std::slice::from_ref(node),
    };
    for item in items {
        let mut logsource = LogSource::default();
        for entry in reader.map(item, "a log source", &["category", "product", "service"]) {
            let text = reader
                .text(&entry.value, "a part of a log source")
                .map(str::to_owned);
            match entry.key.as_str() {
                "category" => logsource.category = text,
                "product" => logsource.product = text,
                "service" => logsource.service = text,
                _ => {}
            }
        }
        if logsource == LogSource::default() {
            reader.error(
                item.at,
                "an empty log source",
                "name a category, a product or a service",
            );
        } else {
            logsources.push(logsource);
        }
    }
}

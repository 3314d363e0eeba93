//! Tests on a record, written like a Sigma selection: a map whose entries must all hold, or a list of maps of which one must
//! hold; a list of values means "one of them"; text is compared without regard to ASCII case unless `cased` is given.

use regex::Regex;
use tandem_domain::Value;

use super::reader::{Reader, suggestion};
use super::view::{Digits, Slot, View, text_of};
use super::yaml::{Entry, Kind, Node};

const MODIFIERS: &[&str] = &[
    "startswith",
    "endswith",
    "contains",
    "re",
    "exists",
    "neq",
    "cased",
    "lt",
    "lte",
    "gt",
    "gte",
];

/// One or more alternatives; one must hold.
#[derive(Debug, Default)]
pub(super) struct Condition {
    pub(super) any_of: Vec<Vec<Test>>,
}

/// One test of one field.
#[derive(Debug)]
pub(super) struct Test {
    pub(super) slot: Slot,
    pub(super) check: Check,
    /// The test must not hold.
    pub(super) negated: bool,
    cased: bool,
}

/// What a field is compared with.
#[derive(Debug)]
pub(super) enum Check {
    Equals(Vec<Box<str>>),
    StartsWith(Vec<Box<str>>),
    EndsWith(Vec<Box<str>>),
    Contains(Vec<Box<str>>),
    Regex(Vec<Regex>),
    Exists(bool),
    Compare(Order, f64),
}

/// A numeric comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Condition {
    pub(super) fn read(reader: &mut Reader<'_>, node: &Node, what: &str) -> Self {
        let maps: &[Node] = match &node.kind {
            Kind::List(items) => items,
            _ => std::slice::from_ref(node),
        };
        let any_of = maps.iter().map(|map| read_map(reader, map, what)).collect();
        Self { any_of }
    }

    /// True if the condition says nothing, so that it always holds.
    pub(super) fn is_empty(&self) -> bool {
        self.any_of.is_empty() || self.any_of.iter().any(Vec::is_empty)
    }

    pub(super) fn holds(&self, view: &View<'_, '_>) -> bool {
        self.any_of.is_empty()
            || self
                .any_of
                .iter()
                .any(|tests| tests.iter().all(|test| test.holds(view)))
    }

    /// The field and the values of a test that any record fulfilling this condition must pass by equality, if there is
    /// one on `slot`; used to find cases by hashing.
    pub(super) fn equality_on(&self, slot: Slot) -> Option<&[Box<str>]> {
        let [only] = self.any_of.as_slice() else {
            return None;
        };
        only.iter()
            .find_map(|test| test.equality().filter(|_| test.slot == slot))
    }

    /// Every field tested, each once.
    pub(super) fn slots(&self) -> Vec<Slot> {
        let mut slots: Vec<Slot> = self.any_of.iter().flatten().map(|test| test.slot).collect();
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// True if every record that fulfils `other` fulfils `self` too. May say no where it cannot tell.
    pub(super) fn covers(&self, other: &Self) -> bool {
        if self.is_empty() {
            return true;
        }
        !other.is_empty()
            && other
                .any_of
                .iter()
                .all(|theirs| self.any_of.iter().any(|ours| implied(ours, theirs)))
    }

    /// How much the condition says, for choosing the most specific mapping.
    pub(super) fn weight(&self) -> u32 {
        let weigh = |tests: &Vec<Test>| tests.iter().map(Test::weight).sum::<u32>();
        self.any_of.iter().map(weigh).min().unwrap_or_default()
    }
}

fn read_map(reader: &mut Reader<'_>, node: &Node, what: &str) -> Vec<Test> {
    reader
        .free_map(node, what)
        .iter()
        .filter_map(|entry| read_test(reader, entry))
        .collect()
}

fn read_test(reader: &mut Reader<'_>, entry: &Entry) -> Option<Test> {
    let mut parts = entry.key.split('|');
    let slot = reader.slot(parts.next().unwrap_or_default());
    let (mut negated, mut cased, mut kind) = (false, false, "");
    for modifier in parts {
        match modifier {
            "neq" => negated = true,
            "cased" => cased = true,
            known if MODIFIERS.contains(&known) && kind.is_empty() => kind = known,
            known if MODIFIERS.contains(&known) => {
                reader.error(
                    entry.at,
                    format!("`{kind}` and `{known}` cannot stand together"),
                    "write two tests",
                );
                return None;
            }
            other => {
                let hint = suggestion(other, MODIFIERS.iter().copied());
                reader.error(entry.at, format!("unknown modifier `{other}`"), hint);
                return None;
            }
        }
    }
    if matches!(entry.value.kind, Kind::Null) {
        return Some(Test {
            slot,
            check: Check::Exists(false),
            negated,
            cased,
        });
    }
    let check = read_check(reader, entry, kind, cased)?;
    Some(Test {
        slot,
        check,
        negated,
        cased,
    })
}

fn read_check(reader: &mut Reader<'_>, entry: &Entry, kind: &str, cased: bool) -> Option<Check> {
    let what = format!("the value of `{}`", entry.key);
    match kind {
        "exists" => return Some(Check::Exists(reader.bool(&entry.value, &what)?)),
        "lt" => return Some(Check::Compare(Order::Less, reader.number(&entry.value, &what)?)),
        "lte" => {
            return Some(Check::Compare(
                Order::LessOrEqual,
                reader.number(&entry.value, &what)?,
            ));
        }
        "gt" => {
            return Some(Check::Compare(
                Order::Greater,
                reader.number(&entry.value, &what)?,
            ));
        }
        "gte" => {
            return Some(Check::Compare(
                Order::GreaterOrEqual,
                reader.number(&entry.value, &what)?,
            ));
        }
        _ => {}
    }
    let texts = reader.texts(&entry.value, &what);
    if texts.is_empty() {
        reader.error(
            entry.value.at,
            format!("{what} is an empty list"),
            "give at least one value, or remove the test",
        );
        return None;
    }
    if kind == "re" {
        let all = texts
            .iter()
            .filter_map(|(text, at)| reader.regex(text, *at, !cased))
            .collect();
        return Some(Check::Regex(all));
    }
    let fold = |text: &str| {
        if cased {
            text.into()
        } else {
            text.to_ascii_lowercase().into_boxed_str()
        }
    };
    let values = texts.iter().map(|(text, _)| fold(text)).collect();
    Some(match kind {
        "startswith" => Check::StartsWith(values),
        "endswith" => Check::EndsWith(values),
        "contains" => Check::Contains(values),
        _ => Check::Equals(values),
    })
}

impl Test {
    /// The values, if this is a plain equality that hashing without case can find.
    fn equality(&self) -> Option<&[Box<str>]> {
        match &self.check {
            Check::Equals(values) if !self.negated && !self.cased => Some(values),
            _ => None,
        }
    }

    fn weight(&self) -> u32 {
        match &self.check {
            _ if self.negated => 5,
            Check::Equals(_) => 100,
            Check::StartsWith(_) | Check::EndsWith(_) | Check::Contains(_) | Check::Regex(_) => 50,
            Check::Exists(true) | Check::Compare(..) => 20,
            Check::Exists(false) => 5,
        }
    }

    fn holds(&self, view: &View<'_, '_>) -> bool {
        let held = if let Check::Exists(wanted) = self.check {
            view.says_something(self.slot) == wanted
        } else if view.repeats(self.slot) {
            view.all(self.slot).any(|found| self.matches(&found.value))
        } else {
            view.first(self.slot)
                .is_some_and(|found| self.matches(&found.value))
        };
        held != self.negated
    }

    fn matches(&self, value: &Value<'_>) -> bool {
        if let Check::Compare(order, bound) = self.check {
            return number(value).is_some_and(|number| compare(order, number, bound));
        }
        let mut room = Digits::default();
        let Some(text) = text_of(value, &mut room) else {
            return false;
        };
        let bytes = text.as_bytes();
        let same = |given: &[u8], wanted: &str| {
            if self.cased {
                given == wanted.as_bytes()
            } else {
                given.eq_ignore_ascii_case(wanted.as_bytes())
            }
        };
        match &self.check {
            Check::Equals(values) => values.iter().any(|wanted| same(bytes, wanted)),
            Check::StartsWith(values) => values
                .iter()
                .any(|wanted| bytes.get(..wanted.len()).is_some_and(|start| same(start, wanted))),
            Check::EndsWith(values) => values.iter().any(|wanted| {
                let from = bytes.len().checked_sub(wanted.len());
                from.and_then(|from| bytes.get(from..))
                    .is_some_and(|end| same(end, wanted))
            }),
            Check::Contains(values) => values.iter().any(|wanted| {
                wanted.is_empty() || bytes.windows(wanted.len()).any(|part| same(part, wanted))
            }),
            Check::Regex(all) => all.iter().any(|regex| regex.is_match(text)),
            Check::Exists(_) | Check::Compare(..) => false,
        }
    }
}

/// A value as a number.
pub(super) fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) => None,
    }
}

fn compare(order: Order, given: f64, bound: f64) -> bool {
    match order {
        Order::Less => given < bound,
        Order::LessOrEqual => given <= bound,
        Order::Greater => given > bound,
        Order::GreaterOrEqual => given >= bound,
    }
}

/// True if each of `ours` follows from some test of `theirs`.
fn implied(ours: &[Test], theirs: &[Test]) -> bool {
    ours.iter()
        .all(|our| theirs.iter().any(|their| follows(our, their)))
}

fn follows(our: &Test, their: &Test) -> bool {
    if our.slot != their.slot {
        return false;
    }
    if let (Check::Exists(true), false, false) = (&our.check, our.negated, their.negated) {
        return !matches!(their.check, Check::Exists(false));
    }
    if our.negated != their.negated || our.cased != their.cased {
        return false;
    }
    let subset =
        |smaller: &[Box<str>], larger: &[Box<str>]| smaller.iter().all(|value| larger.contains(value));
    match (&our.check, &their.check) {
        (Check::Equals(ours), Check::Equals(theirs))
        | (Check::StartsWith(ours), Check::StartsWith(theirs))
        | (Check::EndsWith(ours), Check::EndsWith(theirs))
        | (Check::Contains(ours), Check::Contains(theirs)) => {
            // A negated test is the stronger the more values it excludes.
            if our.negated {
                subset(ours, theirs)
            } else {
                subset(theirs, ours)
            }
        }
        (Check::StartsWith(ours), Check::Equals(theirs)) if !our.negated => theirs
            .iter()
            .all(|value| ours.iter().any(|start| value.starts_with(&**start))),
        (Check::Exists(ours), Check::Exists(theirs)) => ours == theirs,
        _ => false,
    }
}

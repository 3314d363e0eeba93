//! Applying a mapping to a record.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::ops::Range;

use smallvec::SmallVec;
use tandem_domain::event::{EventBuilder, EventHead, NameId, Severity, Status};
use tandem_domain::{Attr, ClassUid, EventId, LogSource, NumAttr, Timestamp, Value};
use xxhash_rust::xxh3::{xxh3_128, xxh3_128_with_seed};

use super::case::Layers;
use super::expr::Outcome;
use super::spec::{IdPart, Mapping, Match};
use super::view::{Digits, Tables, View, meaningful, text_of};
use super::{Context, Mappings, Refusal};
use crate::format::Format;

/// Memory that a thread reuses from one record to the next.
#[derive(Default)]
struct Scratch {
    tables: Tables,
    text: String,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Everything found out about a record, to be written into it.
struct Plan<'m> {
    head: EventHead,
    attrs: SmallVec<[(Attr, Put); 24]>,
    nums: SmallVec<[(NumAttr, i64); 6]>,
    fields: SmallVec<[(&'m str, Range<usize>); 8]>,
    logsources: SmallVec<[&'m LogSource; 6]>,
}

/// A text attribute's value: a field of the record as it is, or a piece of the scratch text.
enum Put {
    Field(NameId),
    Text(Range<usize>),
}

fn with_scratch<R>(work: impl FnOnce(&mut Scratch) -> R) -> R {
    SCRATCH.with(|cell| match cell.try_borrow_mut() {
        Ok(mut scratch) => work(&mut scratch),
        Err(_) => work(&mut Scratch::default()),
    })
}

/// The mapping for a record.
pub(super) fn identify<'m>(
    mappings: &'m Mappings,
    event: &EventBuilder<'_>,
    context: &Context<'_>,
) -> Option<&'m Mapping> {
    if let Some(name) = context.forced {
        return mappings.find(name);
    }
    with_scratch(|scratch| {
        let view = scratch.tables.read(mappings.identity, &mappings.names, event);
        choose(mappings, &view, context)
    })
}

/// Applies the mapping of a record to it.
pub(super) fn apply<'m>(
    mappings: &'m Mappings,
    event: &mut EventBuilder<'_>,
    context: &Context<'_>,
) -> Result<(EventHead, &'m Mapping), Refusal> {
    with_scratch(|scratch| {
        scratch.text.clear();
        let (mapping, plan) = {
            let view = scratch.tables.read(mappings.identity, &mappings.names, event);
            let mapping = match context.forced {
                Some(name) => mappings
                    .find(name)
                    .ok_or_else(|| unknown_mapping(mappings, name))?,
                None => choose(mappings, &view, context).ok_or_else(|| no_mapping(context.format))?,
            };
            (
                mapping,
                plan(mappings, mapping, &view, context, &mut scratch.text)?,
            )
        };
        write(event, &plan, &scratch.text);
        Ok((plan.head, mapping))
    })
}

fn choose<'m>(mappings: &'m Mappings, view: &View<'_, '_>, context: &Context<'_>) -> Option<&'m Mapping> {
    // A mapping that takes every record of a format must not shut out the others because the source bears its name.
    let fits =
        |found: &Match| found.weight > 0 && found.formats.contains(&context.format) && found.holds(view);
    let holds = |mapping: &Mapping| mapping.matches.iter().any(fits);
    if let Some(hinted) = mappings.by_hint.get(context.source_hint) {
        let hinted = hinted
            .iter()
            .filter_map(|at| mappings.all.get(*at))
            .find(|mapping| holds(mapping));
        if hinted.is_some() {
            return hinted;
        }
    }
    let position = Format::ALL.iter().position(|format| *format == context.format)?;
    mappings.by_format.get(position)?.iter().find_map(|(at, which)| {
        let mapping = mappings.all.get(*at)?;
        mapping.matches.get(*which)?.holds(view).then_some(mapping)
    })
}

fn unknown_mapping(mappings: &Mappings, name: &str) -> Refusal {
    let known: Vec<&str> = mappings.names().collect();
    Refusal {
        reason: format!("there is no mapping named `{name}`"),
        field: None,
        hint: format!(
            "correct the source's `mapping` setting; known are: {}",
            known.join(", ")
        ),
    }
}

fn no_mapping(format: Format) -> Refusal {
    Refusal {
        reason: format!("no mapping recognises this {} record", format.as_str()),
        field: None,
        hint: "write a mapping for it (docs/mappings.md), or force one for the source".to_owned(),
    }
}

fn plan<'m>(
    mappings: &'m Mappings,
    mapping: &'m Mapping,
    view: &View<'_, '_>,
    context: &Context<'_>,
    text: &mut String,
) -> Result<Plan<'m>, Refusal> {
    let time = mapping.time(view, context, &mappings.names, text)?;
    let mut layers = Layers::new();
    mapping.cases.first(view, &mut layers);
    mapping.also.every(view, &mut layers);
    layers.push(&mapping.base);
    let mut plan = Plan {
        head: head(&layers, view, text),
        attrs: SmallVec::new(),
        nums: SmallVec::new(),
        fields: SmallVec::new(),
        logsources: SmallVec::new(),
    };
    plan.head.time = time;
    plan.head.id = identity(mapping, view, context, time, text);
    // Most specific first, so that an attribute is taken from the first layer that has something for it.
    let (mut attrs_done, mut nums_done) = (0_u64, 0_u64);
    for layer in &layers {
        plan.logsources.extend(&layer.logsources);
        for (attr, expr) in &layer.attrs {
            if attrs_done & (1 << attr.index()) != 0 {
                continue;
            }
            let start = text.len();
            let put = match expr.evaluate(view, text) {
                Outcome::Absent => continue,
                Outcome::Blocked => None,
                Outcome::Field(_, id) => Some(Put::Field(id)),
                Outcome::Written => Some(Put::Text(start..text.len())),
            };
            attrs_done |= 1 << attr.index();
            plan.attrs.extend(put.map(|put| (*attr, put)));
        }
        for (attr, expr) in &layer.nums {
            if nums_done & (1 << attr.index()) == 0
                && let Some(value) = expr.evaluate(view, text)
            {
                nums_done |= 1 << attr.index();
                plan.nums.push((*attr, value));
            }
        }
        for (slot, name, expr) in &layer.fields {
            let start = text.len();
            let done = view.says_something(*slot) || plan.fields.iter().any(|(known, _)| *known == &**name);
            if !done && expr.write(view, text) {
                plan.fields.push((name, start..text.len()));
            }
        }
    }
    Ok(plan)
}

fn head(layers: &Layers<'_>, view: &View<'_, '_>, text: &mut String) -> EventHead {
    let mut head = EventHead::default();
    let (mut class, mut activity, mut status, mut severity) = (None, None, None, None);
    for layer in layers {
        // An activity belongs to a class: one said by a layer outside of the class's own does not count.
        if class.is_none() {
            if activity.is_none()
                && let Some(choice) = &layer.activity
            {
                activity = choice.evaluate(view, text, |number| u8::try_from(number).ok());
            }
            if let Some(choice) = &layer.class {
                class = choice.evaluate(view, text, |number| {
                    ClassUid::from_uid(u16::try_from(number).ok()?)
                });
            }
        }
        if status.is_none()
            && let Some(choice) = &layer.status
        {
            status = choice.evaluate(view, text, |number| match number {
                1 => Some(Status::Success),
                2 => Some(Status::Failure),
                _ => None,
            });
        }
        if severity.is_none()
            && let Some(choice) = &layer.severity
        {
            severity = choice.evaluate(view, text, severity_of);
        }
    }
    head.class = class.unwrap_or_default();
    head.activity = activity.unwrap_or_default();
    head.status = status.unwrap_or_default();
    head.severity = severity.unwrap_or_default();
    head
}

fn severity_of(number: u32) -> Option<Severity> {
    Some(match number {
        1 => Severity::Informational,
        2 => Severity::Low,
        3 => Severity::Medium,
        4 => Severity::High,
        5 | 6 => Severity::Critical,
        _ => return None,
    })
}

/// A record whose format or mapping names its own identity is the same wherever it is read; any other one is told by its place.
/// But for the first, which may be written in many ways, its content belongs to it: sources count anew after a restart, and records that differ must never be taken for one.
fn identity(
    mapping: &Mapping,
    view: &View<'_, '_>,
    context: &Context<'_>,
    time: Timestamp,
    text: &mut String,
) -> EventId {
    if let Some(known) = context.identity {
        return EventId(known);
    }
    let start = text.len();
    let content = xxh3_128_with_seed(context.raw.trim_ascii(), context.shape);
    let id = if own_identity(mapping, view, time, text) {
        let own = xxh3_128(text.get(start..).unwrap_or_default().as_bytes());
        joined(&[own, content])
    } else {
        joined(&[context.stream_id, content, u128::from(context.offset)])
    };
    text.truncate(start);
    EventId(id)
}

/// One hash of several.
fn joined<const N: usize>(parts: &[u128; N]) -> u128 {
    xxh3_128(parts.map(u128::to_le_bytes).as_flattened())
}

fn own_identity(mapping: &Mapping, view: &View<'_, '_>, time: Timestamp, text: &mut String) -> bool {
    if mapping.id.is_empty() {
        return false;
    }
    text.push_str(&mapping.name);
    for part in &mapping.id {
        text.push('\u{1f}');
        let (slots, needed) = match part {
            IdPart::Time => {
                let _ = write!(text, "{}", time.0);
                continue;
            }
            IdPart::Field(slots) => (slots, true),
            IdPart::Optional(slots) => (slots, false),
        };
        let mut room = Digits::default();
        let mut said = false;
        for found in slots.iter().filter_map(|slot| view.first(*slot)) {
            if let Some(value) = text_of(&found.value, &mut room).and_then(meaningful) {
                text.push_str(value);
                said = true;
                break;
            }
        }
        if needed && !said {
            return false;
        }
    }
    true
}

fn write(event: &mut EventBuilder<'_>, plan: &Plan<'_>, text: &str) {
    for (attr, put) in &plan.attrs {
        match put {
            Put::Field(id) => {
                event.attr_from_field(*attr, *id);
            }
            Put::Text(range) => event.attr(*attr, text.get(range.clone()).unwrap_or_default()),
        }
    }
    for (attr, value) in &plan.nums {
        event.num(*attr, *value);
    }
    for (name, range) in &plan.fields {
        event.field(name, Value::Text(text.get(range.clone()).unwrap_or_default()));
    }
    for logsource in &plan.logsources {
        event.logsource(logsource);
    }
}

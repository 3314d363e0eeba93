//! From a file to a checked sequence.

use std::collections::BTreeMap;

use tandem_baseline::Action;
use tandem_domain::event::Status;
use tandem_domain::{Attr, ClassUid};
use xxhash_rust::xxh3::xxh3_64;

use super::raw::{Many, RawAlternative, RawMass, RawSequence, RawStep};
use super::span::span;
use super::{Alternative, Level, Mass, OtherThan, Sequence, SequenceError, Step};
use crate::pattern::Patterns;

/// Most steps of a sequence.
const STEPS: usize = 8;
/// Most alternatives of a step.
const ALTERNATIVES: usize = 32;
/// Most patterns of an attribute.
const PATTERNS: usize = 200;
/// Most objects that a step may ask for: of so many, and no more than twice as many, each day keeps all.
const MASS: usize = 128;
/// Longest time between first and last step, microseconds: 90 days.
const LONGEST: i64 = 90 * 86_400 * 1_000_000;
/// Longest id and longest name of a step, characters.
const NAME: usize = 60;

/// What is wrong, before it is known in which file.
struct Fault {
    field: String,
    reason: String,
    hint: String,
}

fn fault<T>(
    field: impl Into<String>,
    reason: impl Into<String>,
    hint: impl Into<String>,
) -> Result<T, Fault> {
    Err(Fault {
        field: field.into(),
        reason: reason.into(),
        hint: hint.into(),
    })
}

/// Reads and checks a file; false for a sequence that says it is not to be used.
pub(super) fn read(file: &str, text: &str) -> Result<(Sequence, bool), SequenceError> {
    let raw: RawSequence = serde_norway::from_str(text).map_err(|error| {
        let line = error.location().map_or(1, |place| place.line());
        let said = error.to_string();
        // The reader names the way to the value before the reason.
        let field = said
            .split_once(": ")
            .map(|(path, _)| path)
            .filter(|path| !path.contains(' '))
            .unwrap_or("the file");
        SequenceError {
            file: file.to_owned(),
            line,
            field: field.to_owned(),
            reason: said.clone(),
            hint: "docs/sequences.md lists what can stand there".to_owned(),
        }
    })?;
    let enabled = raw.enabled;
    match sequence(file, raw) {
        Ok(read) => Ok((read, enabled)),
        Err(fault) => Err(SequenceError {
            file: file.to_owned(),
            line: line_of(text, &fault.field),
            field: fault.field,
            reason: fault.reason,
            hint: fault.hint,
        }),
    }
}

/// The line of a field: of its own first mention, of its step if it is in one.
fn line_of(text: &str, field: &str) -> usize {
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.trim_start()));
    let step = field
        .strip_prefix("steps[")
        .and_then(|rest| rest.split(']').next())
        .and_then(|n| n.parse::<usize>().ok());
    let found = match step {
        Some(n) => lines.filter(|(_, line)| line.starts_with("- name:")).nth(n),
        None => lines.find(|(_, line)| line.starts_with(&format!("{field}:"))),
    };
    found.map_or(1, |(at, _)| at)
}

fn sequence(file: &str, raw: RawSequence) -> Result<Sequence, Fault> {
    let slug = |text: &str| {
        let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !text.is_empty() && text.len() <= NAME && text.chars().all(fine)
    };
    if !slug(&raw.id) {
        return fault(
            "id",
            format!("`{}` is no id", raw.id),
            "write lower-case words joined with -, at most 60 characters",
        );
    }
    for (field, text) in [("title", &raw.title), ("description", &raw.description)] {
        if text.trim().is_empty() {
            return fault(field, "it is empty", "say in plain words what the sequence is");
        }
    }
    let within = match span(&raw.within) {
        Some(within) if (1..=LONGEST).contains(&within) => within,
        _ => {
            return fault(
                "within",
                format!("`{}` is no time up to 90 days", raw.within),
                "write 7d or 12h",
            );
        }
    };
    if raw.impact.is_some_and(|impact| impact > 3) {
        return fault("impact", "it is above 3", "write 0 (none) to 3 (crown jewel)");
    }
    techniques(&raw.techniques)?;
    let names: Vec<String> = raw.steps.iter().map(|step| step.name.clone()).collect();
    let mut steps = Vec::new();
    for (at, step) in raw.steps.into_iter().enumerate() {
        steps.push(read_step(&format!("steps[{at}]"), &names, at, step)?);
    }
    let facts = steps.iter().any(Step::is_fact);
    if facts
        && raw
            .shown_as
            .as_deref()
            .is_none_or(|title| title.trim().is_empty())
    {
        return fault(
            "shown_as",
            "a step is an employment fact, and who may not read such facts must not learn it from the title",
            "write a title that does not tell it",
        );
    }
    let impact = raw.impact.unwrap_or(match raw.level {
        Level::Low => 0,
        Level::Medium | Level::High => 1,
        Level::Critical => 2,
    });
    let mut read = Sequence {
        id: raw.id,
        file: file.to_owned(),
        shown_as: raw
            .shown_as
            .filter(|_| facts)
            .unwrap_or_else(|| raw.title.clone()),
        title: raw.title,
        description: raw.description.trim().to_owned(),
        threats: raw.threats,
        motive: raw.motive,
        level: raw.level,
        impact,
        key: raw.key,
        within,
        techniques: raw.techniques,
        references: raw.references,
        false_positives: raw.falsepositives,
        steps,
        cases: raw.tests,
        fingerprint: 0,
    };
    whole(&read)?;
    read.fingerprint = xxh3_64(format!("{:?} {:?} {}", read.steps, read.key, read.within).as_bytes());
    Ok(read)
}

/// What only the steps together can break.
fn whole(read: &Sequence) -> Result<(), Fault> {
    let steps = &read.steps;
    if !(2..=STEPS).contains(&steps.len()) {
        return fault(
            "steps",
            format!("{} steps", steps.len()),
            "a sequence has 2 to 8 steps",
        );
    }
    let last = read.last();
    let enough = steps.iter().filter(|step| step.enough).count();
    if enough > 1 {
        return fault(
            "steps",
            "two steps say `enough`",
            "mark the first step from which on it counts",
        );
    }
    if steps.get(last).is_some_and(|step| step.optional) {
        return fault(
            format!("steps[{last}].optional"),
            "the last step cannot be optional",
            "mark an earlier step with `enough: true`",
        );
    }
    // Facts about people alone never make an indicator of this kind, and where it counts it rests on an event.
    let first_told = steps.get(read.enough());
    if first_told.is_some_and(Step::is_fact) || steps.get(last).is_some_and(Step::is_fact) {
        return fault(
            "steps",
            "the sequence would count with an employment fact as its last step",
            "let it end, and be `enough`, with something that a log says",
        );
    }
    let needed = |step: &&Step| !step.optional && !step.is_fact();
    if steps.iter().take(read.enough() + 1).filter(needed).count() == 0 {
        return fault("steps", "nothing in it rests on a log", "add a step with `any`");
    }
    for (at, step) in steps.iter().enumerate() {
        if step.is_fact() && read.key == super::Key::Object {
            return fault(
                format!("steps[{at}].fact"),
                "an employment fact names no object",
                "write `key: subject`",
            );
        }
        if step.mass.is_some() && read.key == super::Key::Object {
            return fault(
                format!("steps[{at}].mass"),
                "one object is not many",
                "write `key: subject`",
            );
        }
    }
    Ok(())
}

fn techniques(ids: &[String]) -> Result<(), Fault> {
    for id in ids {
        let (head, tail) = id.split_once('.').unwrap_or((id, "001"));
        let number = head.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let letters = head.strip_suffix(number).unwrap_or_default();
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        let attack = letters == "T" && number.len() == 4;
        let matrix = ["MT", "ME", "PR", "IF", "AF"].contains(&letters) && number.len() == 3;
        if !(attack || matrix) || !digits(number) || !digits(tail) || tail.len() != 3 {
            return fault(
                "techniques",
                format!("`{id}` is no technique"),
                "write ids of MITRE ATT&CK (T1052.001) or of the Insider Threat Matrix (IF002.001)",
            );
        }
    }
    Ok(())
}

fn read_step(field: &str, names: &[String], at: usize, raw: RawStep) -> Result<Step, Fault> {
    let in_step = |name: &str| format!("{field}.{name}");
    let name = raw.name.trim();
    if name.is_empty() || name.len() > NAME || name.contains('#') {
        return fault(
            in_step("name"),
            "it is empty, long or has a #",
            "write a word or two",
        );
    }
    if names.iter().filter(|other| **other == raw.name).count() > 1 {
        return fault(
            in_step("name"),
            "two steps have this name",
            "give each step a name of its own",
        );
    }
    says(&in_step("says"), &raw.says)?;
    let facts = raw.fact.into_vec();
    if facts.is_empty() == raw.any.is_empty() {
        return fault(
            in_step("any"),
            "a step is either events (`any`) or employment facts (`fact`)",
            "write one of the two",
        );
    }
    if raw.any.len() > ALTERNATIVES {
        return fault(in_step("any"), "too many alternatives", "write at most 32");
    }
    let mut any = Vec::new();
    for (n, alternative) in raw.any.into_iter().enumerate() {
        any.push(read_alternative(&format!("{field}.any[{n}]"), alternative)?);
    }
    let dormant_days = match raw.dormant.as_deref() {
        None => None,
        Some(text) => match span(text).map(|micros| micros / 86_400_000_000) {
            Some(days) if (2..=400).contains(&days) => Some(days as i32),
            _ => {
                return fault(
                    in_step("dormant"),
                    format!("`{text}` is not 2 to 400 days"),
                    "write 60d",
                );
            }
        },
    };
    let other_than = match raw.other_than {
        None => None,
        Some(other) => match names.iter().take(at).position(|name| *name == other.step) {
            Some(step) if !other.routes.is_empty() => Some(OtherThan {
                step,
                routes: other.routes,
            }),
            _ => {
                return fault(
                    in_step("other_than"),
                    format!("`{}` is no earlier step, or `in` is empty", other.step),
                    "name a step before this one, and in what it differs: account, device, class",
                );
            }
        },
    };
    let events = !any.is_empty();
    if !events && (dormant_days.is_some() || raw.mass.is_some() || other_than.is_some()) {
        return fault(
            in_step("fact"),
            "a fact is not counted and has no account",
            "leave out `dormant`, `mass` and `other_than`",
        );
    }
    Ok(Step {
        name: name.to_owned(),
        says: raw.says.trim().trim_end_matches('.').to_owned(),
        stage: raw.stage,
        any,
        facts,
        dormant_days,
        mass: raw
            .mass
            .map(|mass| read_mass(&in_step("mass"), &mass))
            .transpose()?,
        other_than,
        optional: raw.optional,
        enough: raw.enough,
    })
}

fn says(field: &str, text: &str) -> Result<(), Fault> {
    if text.trim().is_empty() {
        return fault(
            field,
            "it is empty",
            "say what happened, such as \"{object} was deleted\"",
        );
    }
    let left = text.replace("{object}", "").replace("{count}", "");
    if left.contains(['{', '}']) {
        return fault(
            field,
            "a place that nothing fills",
            "use {object} and {count} only",
        );
    }
    Ok(())
}

fn read_mass(field: &str, raw: &RawMass) -> Result<Mass, Fault> {
    if !(2..=MASS).contains(&raw.objects) {
        return fault(
            format!("{field}.objects"),
            format!("{} objects", raw.objects),
            "write 2 to 128",
        );
    }
    match span(&raw.during) {
        Some(during) if during > 0 && during <= LONGEST => Ok(Mass {
            objects: raw.objects,
            items: raw.items,
            during,
        }),
        _ => fault(
            format!("{field}.during"),
            format!("`{}` is no time", raw.during),
            "write 1d or 2h",
        ),
    }
}

fn read_alternative(field: &str, raw: RawAlternative) -> Result<Alternative, Fault> {
    let at = |name: &str| format!("{field}.{name}");
    let mut acts = Vec::new();
    for name in raw.act.into_vec() {
        match Action::parse(&name) {
            Some(Action::Confidential) => {
                return fault(
                    at("act"),
                    "`confidential` is no act of its own",
                    "write `confidential: true`",
                );
            }
            Some(Action::Denied) => {
                return fault(
                    at("act"),
                    "`denied` is no act of its own",
                    "write `status: failure`",
                );
            }
            Some(act) => acts.push(act),
            None => {
                return fault(
                    at("act"),
                    format!("there is no act `{name}`"),
                    "docs/sequences.md lists them; file_read and removable_copy are two",
                );
            }
        }
    }
    let mut classes = Vec::new();
    for name in raw.class.into_vec() {
        match ClassUid::parse(&name) {
            Some(class) => classes.push(class),
            None => {
                return fault(
                    at("class"),
                    format!("there is no class `{name}`"),
                    "write an OCSF class such as file_activity",
                );
            }
        }
    }
    if acts.is_empty() && classes.is_empty() {
        return fault(field, "any event at all would fit", "name `act` or `class`");
    }
    let status = match raw.status.as_deref() {
        None => None,
        Some("success") => Some(Status::Success),
        Some("failure") => Some(Status::Failure),
        Some(other) => {
            return fault(
                at("status"),
                format!("`{other}` is no status"),
                "write success or failure",
            );
        }
    };
    if raw.confidential.is_some() && acts.is_empty() {
        return fault(
            at("confidential"),
            "only acts are known as confidential",
            "name `act` beside it",
        );
    }
    Ok(Alternative {
        acts,
        classes,
        activities: raw.activity.into_vec(),
        status,
        confidential: raw.confidential,
        out_of_hours: raw.out_of_hours,
        own: raw.own,
        whose: raw.whose,
        attrs: patterns(&at("attrs"), raw.attrs)?,
        unless: patterns(&at("unless"), raw.unless)?,
        names_in_command: raw.names_in_command,
    })
}

fn patterns(field: &str, raw: BTreeMap<String, Many<String>>) -> Result<Vec<(Attr, Patterns)>, Fault> {
    let mut read = Vec::new();
    for (name, texts) in raw {
        let Some(attr) = Attr::parse(&name) else {
            return fault(
                format!("{field}.{name}"),
                "there is no such attribute",
                "docs/mappings.md lists them; file_name and command_line are two",
            );
        };
        let texts = texts.into_vec();
        if texts.is_empty() || texts.len() > PATTERNS {
            return fault(
                format!("{field}.{name}"),
                "no pattern, or too many",
                "write 1 to 200",
            );
        }
        read.push((attr, Patterns::new(&texts)));
    }
    Ok(read)
}

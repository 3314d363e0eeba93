//! From YAML text to rules. One bad document never stops the others.

mod collection;
mod correlation;
mod detection;
mod document;
mod fault;
mod filter;
mod meta;
mod modifiers;

pub(crate) use correlation::timespan;
pub(crate) use filter::Filter;
pub(crate) use modifiers::placeholders;

use std::collections::BTreeMap;

use serde_norway::{Mapping, Value as Yaml};

use crate::rule::{Body, Rule};
use document::Document;
use fault::{Fault, key};

pub use fault::RuleError;

/// Values for the placeholders of the `expand` modifier: `%leavers%` is replaced by the entries of the list `leavers`.
pub type Lists = BTreeMap<String, Vec<String>>;

/// What a document turned out to be.
pub(crate) enum Loaded {
    Rule(Box<Rule>),
    Filter(Filter),
}

/// Reads every document of a file.
pub(crate) fn file(path: &str, text: &str, lists: &Lists) -> Vec<Result<Loaded, Box<RuleError>>> {
    let mut collection = collection::Collection::default();
    document::split(text)
        .filter_map(|document| collection.next(path, document, lists))
        .collect()
}

/// From this many files on, reading them is shared out.
const MANY: usize = 64;

/// Reads files, each as [`file`] does, in their order; many of them on all processors.
pub(crate) fn files(files: &[(&str, &str)], lists: &Lists) -> Vec<Vec<Result<Loaded, Box<RuleError>>>> {
    let read = |part: &[(&str, &str)]| -> Vec<_> {
        part.iter().map(|(path, text)| file(path, text, lists)).collect()
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    if files.len() < MANY || processors == 1 {
        return read(files);
    }
    std::thread::scope(|scope| {
        let parts = files.chunks(files.len().div_ceil(processors));
        let under_way: Vec<_> = parts.map(|part| scope.spawn(move || read(part))).collect();
        let mut all = Vec::with_capacity(files.len());
        for part in under_way {
            match part.join() {
                Ok(loaded) => all.extend(loaded),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}

fn one(path: &str, document: Document<'_>, map: &Mapping, lists: &Lists) -> Result<Loaded, Fault> {
    let kinds = ["detection", "correlation", "filter"].map(|name| map.contains_key(name));
    match kinds {
        [true, false, false] => {
            let mut rule = meta::rule(
                path,
                document,
                map,
                Body::Detection(detection::parse(map, lists)?),
            )?;
            rule.logsource = Some(meta::logsource(map)?);
            Ok(Loaded::Rule(Box::new(rule)))
        }
        [false, true, false] => {
            let body = Body::Correlation(correlation::parse(map)?);
            Ok(Loaded::Rule(Box::new(meta::rule(path, document, map, body)?)))
        }
        [false, false, true] => Ok(Loaded::Filter(filter::parse(map, lists)?)),
        [false, false, false] => Err(Fault::new("no `detection`, `correlation` or `filter`")),
        _ => Err(Fault::new(
            "only one of `detection`, `correlation` and `filter` may be given",
        )),
    }
}

/// A mapping's entry as a mapping.
fn submap<'a>(map: &'a Mapping, name: &str) -> Result<&'a Mapping, Fault> {
    match map.get(name) {
        Some(Yaml::Mapping(map)) => Ok(map),
        Some(_) => Err(Fault::new(format!("`{name}` must be a mapping")).at(name)),
        None => Err(Fault::new(format!("`{name}` is missing"))),
    }
}

/// A string, or a list of strings; numbers are written out.
fn strings(map: &Mapping, name: &str) -> Result<Vec<String>, Fault> {
    let wrong = || Fault::new(format!("`{name}` must be text or a list of texts")).at(name);
    match map.get(name) {
        None | Some(Yaml::Null) => Ok(Vec::new()),
        Some(Yaml::Sequence(values)) => values.iter().map(|value| key(value).ok_or_else(wrong)).collect(),
        Some(value) => key(value).map(|text| vec![text]).ok_or_else(wrong),
    }
}

/// A string, if given; numbers are written out.
fn string(map: &Mapping, name: &str) -> Result<Option<String>, Fault> {
    match map.get(name) {
        None | Some(Yaml::Null) => Ok(None),
        Some(value) => match key(value) {
            Some(text) => Ok(Some(text)),
            None => Err(Fault::new(format!("`{name}` must be text")).at(name)),
        },
    }
}

#[cfg(test)]
mod tests;

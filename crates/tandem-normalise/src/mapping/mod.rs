//! Mappings: which OCSF class, activity, attributes and Sigma log sources a record has.
//!
//! A mapping is a YAML file (`content/mappings`, described in `docs/mappings.md`). Loading compiles it into tables; applying
//! it to a record is one pass over the record's fields, a hash look-up for its cases and no allocation in the usual case.

mod activity;
mod apply;
mod builtin;
mod case;
mod clock;
mod condition;
mod expr;
mod layer;
mod reader;
mod spec;
mod step;
mod view;
mod yaml;

use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::FxHashMap;
use tandem_domain::Timestamp;
use tandem_domain::event::{EventBuilder, EventHead};

use self::reader::Reader;
use self::spec::Mapping;
use self::view::Names;
use crate::format::Format;

/// What is known about a record besides its fields.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The format it was read from.
    pub format: Format,
    /// The name of the source as the collector knows it; a mapping of that name or source is tried first.
    pub source_hint: &'a str,
    /// The mapping to use whatever the record looks like.
    pub forced: Option<&'a str>,
    /// The zone of times that are written without one; UTC if absent.
    pub time_zone: Option<&'a jiff::tz::TimeZone>,
    /// The year of times that are written without one.
    pub year_hint: Option<i16>,
    /// The time of the record before, from which the year is followed across New Year; the hint counts without one.
    pub previous: Option<Timestamp>,
    /// When the record was received.
    pub received: Timestamp,
    /// The stream the record came from.
    pub stream_id: u128,
    /// Where in the stream it starts, bytes.
    pub offset: u64,
    /// The record as received.
    pub raw: &'a [u8],
    /// Who the record is wherever it is read, if its format says so: the cursor of a journal. It goes before the mapping's `id`.
    pub identity: Option<u128>,
    /// What gives the record its meaning besides itself, hashed: the header of its table. The same row under another header is
    /// another record.
    pub shape: u64,
}

/// Why a record became no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Refusal {
    /// What is wrong, with an excerpt of the value.
    pub reason: String,
    /// The field concerned.
    pub field: Option<String>,
    /// What to do about it.
    pub hint: String,
}

/// A mistake in a mapping file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingError {
    /// The file's name.
    pub file: String,
    /// Line, counted from 1.
    pub line: Option<usize>,
    /// Column, counted from 1.
    pub column: Option<usize>,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub hint: String,
}

impl std::fmt::Display for MappingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}:{}", self.column.unwrap_or(1))?;
        }
        write!(f, ": {}", self.reason)?;
        if self.hint.is_empty() {
            Ok(())
        } else {
            write!(f, " ({})", self.hint)
        }
    }
}

impl std::error::Error for MappingError {}

/// Loaded mappings. Sharing one value between threads is cheap: nothing in it changes.
#[derive(Debug)]
pub struct Mappings {
    /// Tells the tables that threads keep for one set of mappings from those of another.
    identity: u64,
    names: Names,
    all: Vec<Mapping>,
    by_name: FxHashMap<Box<str>, usize>,
    /// Mappings by their name and by their default source.
    by_hint: FxHashMap<Box<str>, Vec<usize>>,
    /// For each format, by its position in `Format::ALL`: mapping and position of its match, the most specific first.
    by_format: Vec<Vec<(usize, usize)>>,
}

static NEXT_IDENTITY: AtomicU64 = AtomicU64::new(1);

impl Mappings {
    /// The mappings that Tandem ships, from `content/mappings`.
    ///
    /// # Errors
    /// Every mistake in them; a test holds that there is none.
    pub fn builtin() -> Result<Self, Vec<MappingError>> {
        Self::load(builtin::FILES.iter().copied())
    }

    /// Loads mapping files, given as name and text.
    ///
    /// # Errors
    /// Every mistake in every file, each with its place.
    pub fn load<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Vec<MappingError>> {
        let mut names = Names::default();
        let mappings = read_files(&mut names, files)?;
        Ok(Self::build(names, mappings))
    }

    /// Adds files; a mapping replaces the one of the same name.
    ///
    /// # Errors
    /// Every mistake in every file, each with its place.
    pub fn with_overrides<'a>(
        mut self,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<MappingError>> {
        for added in read_files(&mut self.names, files)? {
            match self.by_name.get(&added.name) {
                Some(at) => {
                    if let Some(known) = self.all.get_mut(*at) {
                        *known = added;
                    }
                }
                None => self.all.push(added),
            }
        }
        Ok(Self::build(self.names, self.all))
    }

    fn build(names: Names, mappings: Vec<Mapping>) -> Self {
        let mut by_hint: FxHashMap<Box<str>, Vec<usize>> = FxHashMap::default();
        for (at, mapping) in mappings.iter().enumerate() {
            by_hint.entry(mapping.name.clone()).or_default().push(at);
            if mapping.source != mapping.name {
                by_hint.entry(mapping.source.clone()).or_default().push(at);
            }
        }
        let by_name = mappings
            .iter()
            .enumerate()
            .map(|(at, mapping)| (mapping.name.clone(), at))
            .collect();
        let by_format = Format::ALL
            .iter()
            .map(|format| ranked(&mappings, *format))
            .collect();
        let identity = NEXT_IDENTITY.fetch_add(1, Ordering::Relaxed);
        Self {
            identity,
            names,
            all: mappings,
            by_name,
            by_hint,
            by_format,
        }
    }

    /// The names of all mappings.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|mapping| &*mapping.name)
    }

    /// The default source name of a mapping.
    pub fn source_of(&self, name: &str) -> Option<&str> {
        self.find(name).map(|mapping| &*mapping.source)
    }

    /// What a mapping is for, in its own words.
    pub fn description_of(&self, name: &str) -> Option<&str> {
        self.find(name).map(|mapping| &*mapping.description)
    }

    /// The mapping that would be used for a record.
    pub fn identify(&self, event: &EventBuilder<'_>, context: &Context<'_>) -> Option<&str> {
        apply::identify(self, event, context).map(|mapping| &*mapping.name)
    }

    /// Gives the record its core view, its log sources and the fields that Sigma rules expect besides its own.
    ///
    /// # Errors
    /// A [`Refusal`] if the record has no readable time, or if the forced mapping does not exist.
    pub fn apply(&self, event: &mut EventBuilder<'_>, context: &Context<'_>) -> Result<EventHead, Refusal> {
        apply::apply(self, event, context).map(|(head, _)| head)
    }

    /// As [`Self::apply`], with the name of the mapping used.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub fn apply_named(
        &self,
        event: &mut EventBuilder<'_>,
        context: &Context<'_>,
    ) -> Result<(EventHead, &str), Refusal> {
        apply::apply(self, event, context).map(|(head, mapping)| (head, &*mapping.name))
    }

    fn find(&self, name: &str) -> Option<&Mapping> {
        self.all.get(*self.by_name.get(name)?)
    }
}

/// The matches for a format, the most specific first; equals in the order of their mappings' names.
fn ranked(mappings: &[Mapping], format: Format) -> Vec<(usize, usize)> {
    let mut all: Vec<(u32, &str, usize, usize)> = Vec::new();
    for (at, mapping) in mappings.iter().enumerate() {
        for (which, found) in mapping.matches.iter().enumerate() {
            if found.formats.contains(&format) {
                all.push((u32::MAX - found.weight, &mapping.name, at, which));
            }
        }
    }
    all.sort_unstable();
    all.into_iter().map(|(_, _, at, which)| (at, which)).collect()
}

fn read_files<'a>(
    names: &mut Names,
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Vec<Mapping>, Vec<MappingError>> {
    let (mut mappings, mut errors): (Vec<Mapping>, Vec<MappingError>) = (Vec::new(), Vec::new());
    for (file, text) in files {
        let mut reader = Reader::new(file, names);
        match yaml::parse(text) {
            Ok(documents) => {
                for document in &documents {
                    let Some(mapping) = Mapping::read(&mut reader, file, document) else {
                        continue;
                    };
                    if let Some(first) = mappings.iter().find(|known| known.name == mapping.name) {
                        let reason = format!(
                            "the mapping `{}` stands twice (first in {}:{})",
                            mapping.name, first.file, first.at.line
                        );
                        reader.error(document.at, reason, "give one of the two another name");
                    }
                    mappings.push(mapping);
                }
                if documents.is_empty() {
                    let place = yaml::Place { line: 1, column: 1 };
                    reader.error(place, "the file holds no mapping", "start with `name:`");
                }
            }
            Err(error) => reader.error(error.at, error.reason, "correct the YAML"),
        }
        errors.append(&mut reader.errors);
    }
    if errors.is_empty() {
        Ok(mappings)
    } else {
        Err(errors)
    }
}

#[cfg(test)]
mod tests;

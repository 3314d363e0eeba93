//! Reading matrices from YAML, with the file and line of every fault.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use tandem_domain::Department;

use super::{JOINT_PHASES, Matrix, RaciBook, Row};
use crate::span::Span;
use crate::words::{CaseKind, Function, Letter, Phase};

/// Largest file, bytes.
const MAX_BYTES: usize = 1 << 18;
/// Most files.
const MAX_FILES: usize = 100;
/// The version of the file format.
const VERSION: u32 = 1;

/// Something wrong in a content file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}")]
pub struct Fault {
    /// The file's name as given.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub what: String,
}

impl Fault {
    pub(crate) fn new(file: &str, line: usize, what: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            what: what.into(),
        }
    }

    /// A fault of the YAML reader, at the place it names.
    pub(crate) fn yaml(file: &str, error: &serde_norway::Error) -> Self {
        Self::new(
            file,
            error.location().map_or(1, |place| place.line()),
            error.to_string(),
        )
    }
}

/// The line of the key at the end of `path`, each key deeper inside the one before it; the nearest line found otherwise.
pub(crate) fn line_of(text: &str, path: &[&str]) -> usize {
    let mut found = 1;
    let mut wanted = path.iter();
    let Some(mut key) = wanted.next() else {
        return found;
    };
    for (index, line) in text.lines().enumerate() {
        let name = line.trim_start().split(':').next().unwrap_or_default();
        if line.contains(':') && name.trim_matches(['"', '\'', ' ']) == *key {
            found = index + 1;
            match wanted.next() {
                Some(next) => key = next,
                None => break,
            }
        }
    }
    found
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    raci: u32,
    kind: String,
    title: String,
    phases: Phases,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRow {
    within: Span,
    #[serde(deserialize_with = "exactly_one")]
    accountable: Function,
    responsible: Vec<Function>,
    #[serde(default)]
    consulted: Vec<Function>,
    #[serde(default)]
    informed: Vec<Function>,
}

/// The phases in file order, so that one named twice is seen.
struct Phases(Vec<(Phase, RawRow)>);

impl<'de> Deserialize<'de> for Phases {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rows;
        impl<'de> Visitor<'de> for Rows {
            type Value = Phases;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping of phases")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Phases, A::Error> {
                let mut rows: Vec<(Phase, RawRow)> = Vec::new();
                while let Some(phase) = map.next_key::<Phase>()? {
                    if rows.iter().any(|(seen, _)| *seen == phase) {
                        return Err(de::Error::custom(format!(
                            "phase `{}` stands here twice; keep one",
                            phase.as_str()
                        )));
                    }
                    rows.push((phase, map.next_value()?));
                }
                Ok(Phases(rows))
            }
        }
        deserializer.deserialize_map(Rows)
    }
}

/// One function; a list is told why it is none.
fn exactly_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Function, D::Error> {
    struct One;
    impl<'de> Visitor<'de> for One {
        type Value = Function;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the name of one function")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Function, E> {
            Function::parse(text).ok_or_else(|| {
                let known: Vec<_> = Function::ALL.iter().map(|f| f.as_str()).collect();
                E::custom(format!(
                    "`{text}` is no function; use one of {}",
                    known.join(", ")
                ))
            })
        }

        fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Function, A::Error> {
            Err(de::Error::custom(
                "exactly one function is accountable; name one, not a list",
            ))
        }
    }
    deserializer.deserialize_any(One)
}

pub(super) fn book(files: &[(&str, &str)]) -> Result<RaciBook, Vec<Fault>> {
    let mut faults = Vec::new();
    if files.len() > MAX_FILES {
        return Err(vec![Fault::new("", 0, format!("more than {MAX_FILES} files"))]);
    }
    let mut default = None;
    let mut overrides = BTreeMap::new();
    for (name, text) in files {
        match read(name, text) {
            Err(mut found) => faults.append(&mut found),
            Ok((None, matrix)) => {
                if default.replace((*name, *text, matrix)).is_some() {
                    faults.push(Fault::new(
                        name,
                        line_of(text, &["kind"]),
                        "a second default; keep one",
                    ));
                }
            }
            Ok((Some(kind), matrix)) => {
                if overrides.insert(kind, matrix).is_some() {
                    let what = format!("a second matrix for `{}`; keep one", kind.as_str());
                    faults.push(Fault::new(name, line_of(text, &["kind"]), what));
                }
            }
        }
    }
    match &default {
        None if faults.is_empty() => faults.push(Fault::new(
            "default.yaml",
            1,
            "no file with `kind: default`; add one",
        )),
        Some((name, text, matrix)) => {
            for phase in Phase::ALL.iter().filter(|p| !matrix.rows.contains_key(p)) {
                let what = format!(
                    "phase `{}` is missing; the default names every phase",
                    phase.as_str()
                );
                faults.push(Fault::new(name, line_of(text, &["phases"]), what));
            }
        }
        None => {}
    }
    let (Some((_, _, default)), true) = (default, faults.is_empty()) else {
        return Err(faults);
    };
    for matrix in overrides.values_mut() {
        for (phase, row) in &default.rows {
            matrix.rows.entry(*phase).or_insert_with(|| row.clone());
        }
    }
    Ok(RaciBook {
        default,
        kinds: overrides,
    })
}

fn read(name: &str, text: &str) -> Result<(Option<CaseKind>, Matrix), Vec<Fault>> {
    if text.len() > MAX_BYTES {
        return Err(vec![Fault::new(
            name,
            1,
            format!("longer than {MAX_BYTES} bytes"),
        )]);
    }
    let raw: RawFile = serde_norway::from_str(text).map_err(|e| vec![Fault::yaml(name, &e)])?;
    let mut faults = Vec::new();
    if raw.raci != VERSION {
        let what = format!("version {} is not known; this program reads {VERSION}", raw.raci);
        faults.push(Fault::new(name, line_of(text, &["raci"]), what));
    }
    let kind = CaseKind::parse(&raw.kind);
    if kind.is_none() && raw.kind != "default" {
        let known: Vec<_> = CaseKind::ALL.iter().map(|k| k.as_str()).collect();
        let what = format!("`{}` is no kind; use default, {}", raw.kind, known.join(", "));
        faults.push(Fault::new(name, line_of(text, &["kind"]), what));
    }
    let mut rows = BTreeMap::new();
    for (phase, raw) in raw.phases.0 {
        rows.insert(phase, row(name, text, phase, &raw, &mut faults));
    }
    let matrix = Matrix {
        name: raw.kind,
        title: raw.title,
        rows,
    };
    if faults.is_empty() {
        Ok((kind, matrix))
    } else {
        Err(faults)
    }
}

fn row(name: &str, text: &str, phase: Phase, raw: &RawRow, faults: &mut Vec<Fault>) -> Row {
    let at = |key: &str| line_of(text, &["phases", phase.as_str(), key]);
    let mut letters = BTreeMap::from([(raw.accountable, Letter::Accountable)]);
    let lists = [
        (&raw.responsible, Letter::Responsible),
        (&raw.consulted, Letter::Consulted),
        (&raw.informed, Letter::Informed),
    ];
    for (functions, letter) in lists {
        for function in functions {
            if letters.insert(*function, letter).is_some() {
                let what = format!(
                    "`{}` has two letters in `{}`; keep one",
                    function.as_str(),
                    phase.as_str()
                );
                faults.push(Fault::new(name, at(letter.as_str()), what));
            }
        }
    }
    if raw.responsible.is_empty() {
        let what = format!(
            "nobody is responsible in `{}`; name at least one function",
            phase.as_str()
        );
        faults.push(Fault::new(name, at("responsible"), what));
    }
    let row = Row {
        within: raw.within,
        letters,
    };
    for department in Department::ALL {
        if JOINT_PHASES.contains(&phase) && !row.involves(*department) {
            let what = format!(
                "department `{}` is left out of `{}`; make one of its functions responsible, accountable or consulted",
                department.as_str(),
                phase.as_str()
            );
            faults.push(Fault::new(name, line_of(text, &["phases", phase.as_str()]), what));
        }
    }
    row
}

//! All sequences in use, and which events may be which steps.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tandem_baseline::{Action, Observed};
use tandem_domain::{ClassUid, EventRef, LocalTime, Timestamp};

use crate::key::{self, Keys};
use crate::marks::Occurrence;
use crate::model::{Alternative, Key, Sequence, SequenceError};
use crate::seen::{Marked, items};

/// One way to be a step.
#[derive(Debug, Clone)]
struct Way {
    sequence: Arc<Sequence>,
    /// `id#name`.
    name: Arc<str>,
    step: usize,
    alternative: usize,
    /// Kept by object: the sequence is joined by it, or the step counts objects.
    by_object: bool,
}

impl Way {
    fn alternative(&self) -> Option<&Alternative> {
        self.sequence.steps.get(self.step)?.any.get(self.alternative)
    }
}

/// The sequences in use.
#[derive(Debug, Clone, Default)]
pub struct Sequences {
    sequences: BTreeMap<String, Arc<Sequence>>,
    ways: Vec<Way>,
    by_act: HashMap<Action, Vec<usize>>,
    by_class: HashMap<ClassUid, Vec<usize>>,
}

impl Sequences {
    /// Reads files; of two sequences with one id the later file's counts, and one that is not enabled takes away an earlier one. What
    /// cannot be read is told and left out.
    pub fn load<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> (Self, Vec<SequenceError>) {
        let mut sequences = BTreeMap::new();
        let mut errors = Vec::new();
        for (file, text) in files {
            match Sequence::read(file, text) {
                Ok((read, true)) => {
                    sequences.insert(read.id.clone(), Arc::new(read));
                }
                Ok((read, false)) => {
                    sequences.remove(&read.id);
                }
                Err(error) => errors.push(error),
            }
        }
        (Self::of(sequences), errors)
    }

    fn of(sequences: BTreeMap<String, Arc<Sequence>>) -> Self {
        let mut book = Self {
            sequences,
            ..Self::default()
        };
        for sequence in book.sequences.values() {
            for (at, step) in sequence.steps.iter().enumerate() {
                let name: Arc<str> = Arc::from(format!("{}#{}", sequence.id, step.name));
                for (n, alternative) in step.any.iter().enumerate() {
                    let way = book.ways.len();
                    book.ways.push(Way {
                        sequence: Arc::clone(sequence),
                        name: Arc::clone(&name),
                        step: at,
                        alternative: n,
                        by_object: sequence.key == Key::Object || step.mass.is_some(),
                    });
                    for act in &alternative.acts {
                        book.by_act.entry(*act).or_default().push(way);
                    }
                    for class in alternative.classes.iter().filter(|_| alternative.acts.is_empty()) {
                        book.by_class.entry(*class).or_default().push(way);
                    }
                }
            }
        }
        book
    }

    /// Every sequence, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Sequence>> {
        self.sequences.values()
    }

    /// The sequence with that id.
    pub fn get(&self, id: &str) -> Option<&Arc<Sequence>> {
        self.sequences.get(id)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.sequences.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.sequences.is_empty()
    }

    /// The step of that name (`id#name`), with its sequence.
    pub(crate) fn step(&self, name: &str) -> Option<(&Arc<Sequence>, usize)> {
        let (id, step) = name.split_once('#')?;
        let sequence = self.sequences.get(id)?;
        let at = sequence.steps.iter().position(|known| known.name == step)?;
        Some((sequence, at))
    }

    /// Tells `found` of every step that the event may be, each step once for an account.
    ///
    /// `seen` is what baselines see in the event ([`tandem_baseline::observe`]); `local` gives the time at the place of work.
    pub fn mark<'s>(
        &'s self,
        event: &EventRef<'s>,
        seen: Option<&Observed<'s>>,
        local: impl Fn(Timestamp) -> LocalTime,
        found: &mut impl FnMut(Marked<'s>),
    ) {
        let by_act = seen.and_then(|seen| self.by_act.get(&seen.observation.action));
        let by_class = self.by_class.get(&event.head().class);
        let mut ways = by_act.into_iter().chain(by_class).flatten().peekable();
        if ways.peek().is_none() {
            return;
        }
        let at = match seen {
            Some(seen) => (seen.day, seen.observation.hour),
            None => {
                let local = local(event.head().time);
                (local.day, local.hour())
            }
        };
        let mut last: Option<(&str, &str)> = None;
        let mut named = Named::default();
        for way in ways.filter_map(|way| self.ways.get(*way)) {
            let Some(alternative) = way.alternative() else {
                continue;
            };
            if !alternative.fits(event, seen, at) {
                continue;
            }
            let Some(account) = alternative.account(event, seen) else {
                continue;
            };
            if last.replace((&way.name, account)) == Some((&way.name, account)) {
                continue;
            }
            if let Some((object, act)) =
                occurrence(way, named.keys(event, alternative.names_in_command), event)
            {
                found(Marked {
                    step: &way.name,
                    account,
                    object,
                    act,
                });
            }
        }
    }
}

/// The keys of one event's object, found once for all steps.
#[derive(Default)]
struct Named {
    plain: Option<Keys>,
    with_command: Option<Keys>,
}

impl Named {
    fn keys(&mut self, event: &EventRef<'_>, command: bool) -> Keys {
        let known = if command {
            &mut self.with_command
        } else {
            &mut self.plain
        };
        known.get_or_insert_with(|| key::keys(event, command)).clone()
    }
}

/// What is kept of an event, and under which object; nothing for an act on no object in a sequence that is joined by one.
fn occurrence(way: &Way, mut keys: Keys, event: &EventRef<'_>) -> Option<(u64, Occurrence)> {
    if keys.keys.is_empty() {
        if way.sequence.key == Key::Object {
            return None;
        }
        keys.keys.push(key::of_event(event));
    }
    let object = keys
        .keys
        .first()
        .copied()
        .filter(|_| way.by_object)
        .unwrap_or_default();
    if way.sequence.key == Key::Subject {
        keys.keys.truncate(1);
    }
    let head = event.head();
    let act = Occurrence {
        time: head.time,
        event: head.id.0,
        keys: keys.keys,
        object: keys.shown,
        class: head.class.uid(),
        device: key::device(event),
        items: items(event),
    };
    Some((object, act))
}

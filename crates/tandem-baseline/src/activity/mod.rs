//! What one account, later one subject, did on one local calendar day: a summary that can be merged in any order.

mod objects;
mod older;
mod timeline;

use objects::{Sample, rank};
use older::OlderDay;
use serde::{Deserialize, Serialize};

pub use objects::{DayObject, Distinct, Objects, object_hash};
pub(crate) use timeline::Timeline;

use crate::coarse::CoarseAction;
use crate::observe::Observation;
use crate::{Action, ObjectKind};

/// Most objects kept by name per kind and day.
pub const OBJECTS_PER_KIND: usize = 128;
/// Hashes kept of files, to count them, and of records.
pub const DISTINCT_HASHES: usize = 256;
/// First byte of an encoded activity; another layout gets another number.
const ENCODING: u8 = 4;
/// The layout before too many objects were cut by when they were used. It reads as a day of which that is not known.
const CUT_BY_HASH: u8 = 3;
/// The layout before the order of acts was kept. It reads as a day of which no order is known.
const WITHOUT_ORDER: u8 = 2;
/// The layout before [`DayActivity::looks`] was counted. It reads as a day without any.
const WITHOUT_LOOKS: u8 = 1;

/// One action on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionDay {
    /// Which.
    pub action: Action,
    /// Acts by local hour, 0 to 23.
    pub hours: [u32; 24],
    /// Bytes moved.
    pub bytes: u64,
    /// The largest single move, bytes.
    pub largest: u64,
    /// Things touched: rows, pages, attachments.
    pub items: u64,
}

impl ActionDay {
    /// Acts of the whole day.
    pub fn total(&self) -> u64 {
        self.hours.iter().map(|n| u64::from(*n)).sum()
    }
}

/// The objects of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindDay {
    /// Which.
    pub kind: ObjectKind,
    /// The objects.
    pub objects: Objects<OBJECTS_PER_KIND>,
}

/// Everything a baseline keeps of one account's, or after merging one subject's, local calendar day.
///
/// Adding and merging commute and associate, so late, repeated-in-parts and reordered input gives the same summary. Memory is
/// bounded whatever the input: see [`OBJECTS_PER_KIND`] and [`DISTINCT_HASHES`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DayActivity {
    actions: Vec<ActionDay>,
    kinds: Vec<KindDay>,
    files: Distinct<DISTINCT_HASHES>,
    records: Sample<DISTINCT_HASHES>,
    looks: u32,
    timeline: Timeline,
}

/// An encoded activity cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Written by another version.
    #[error("day activity has layout {0}, this program reads layout {ENCODING}")]
    Layout(u8),
    /// Damaged.
    #[error("day activity is damaged")]
    Damaged(#[from] postcard::Error),
    /// No bytes at all.
    #[error("day activity is empty")]
    Empty,
}

impl DayActivity {
    /// Adds one observation.
    pub fn add(&mut self, seen: &Observation<'_>) {
        self.count(seen.action, seen);
        let minute = 60 * u16::from(seen.hour) + u16::from(seen.minute);
        self.timeline.add(minute, CoarseAction::of(seen));
        if seen.confidential {
            self.count(Action::Confidential, seen);
        }
        if seen.denied {
            self.count(Action::Denied, seen);
        }
        let rank = rank(60_000_000 * u64::from(minute) + u64::from(seen.micros));
        for object in &seen.objects {
            self.kind(object.kind).add(object.hash(), object.shown(), 1, rank);
        }
        self.looks = self.looks.saturating_add(u32::from(seen.is_curious()));
        if let Some(file) = seen.file {
            self.files.add(file);
        }
        if let Some(record) = seen.record {
            self.records.add(record, rank);
        }
    }

    fn count(&mut self, action: Action, seen: &Observation<'_>) {
        let day = self.action_mut(action);
        if let Some(hour) = day.hours.get_mut(usize::from(seen.hour)) {
            *hour = hour.saturating_add(1);
        }
        day.bytes = day.bytes.saturating_add(seen.bytes);
        day.largest = day.largest.max(seen.bytes);
        day.items = day.items.saturating_add(u64::from(seen.items));
    }

    /// Adds all of another part of the same day.
    pub fn merge(&mut self, other: &Self) {
        for part in &other.actions {
            let day = self.action_mut(part.action);
            for (own, more) in day.hours.iter_mut().zip(part.hours) {
                *own = own.saturating_add(more);
            }
            day.bytes = day.bytes.saturating_add(part.bytes);
            day.largest = day.largest.max(part.largest);
            day.items = day.items.saturating_add(part.items);
        }
        for part in &other.kinds {
            self.kind(part.kind).merge(&part.objects);
        }
        self.files.merge(&other.files);
        self.records.merge(&other.records);
        self.looks = self.looks.saturating_add(other.looks);
        self.timeline.merge(&other.timeline);
    }

    /// True without any act.
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    /// The actions of the day, in order of [`Action::ALL`].
    pub fn actions(&self) -> &[ActionDay] {
        &self.actions
    }

    /// One action, if it occurred.
    pub fn action(&self, action: Action) -> Option<&ActionDay> {
        let at = self
            .actions
            .binary_search_by_key(&action, |day| day.action)
            .ok()?;
        self.actions.get(at)
    }

    /// The objects of the day by kind, in order of [`ObjectKind::ALL`].
    pub fn kinds(&self) -> &[KindDay] {
        &self.kinds
    }

    /// Distinct files touched; exact up to 256, then estimated within about 6 %, from their names: not for scores.
    pub fn files(&self) -> f64 {
        self.files.count()
    }

    /// Hashes of records touched: all of them up to 256, else up to 256 of those touched at some of the day's times, which are
    /// spread over the day and the same whatever records are called.
    pub fn record_hashes(&self) -> impl ExactSizeIterator<Item = u64> {
        self.records.iter()
    }

    /// Looks at what is labelled confidential, and accesses that were refused: [`Observation::is_curious`].
    pub fn looks(&self) -> u32 {
        self.looks
    }

    /// In which order acts followed one another.
    pub(crate) fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Acts by local hour, all actions together, except the two that count acts a second time.
    pub fn hours(&self) -> [u64; 24] {
        let mut hours = [0; 24];
        let once = |day: &&ActionDay| !matches!(day.action, Action::Confidential | Action::Denied);
        for day in self.actions.iter().filter(once) {
            for (sum, n) in hours.iter_mut().zip(day.hours) {
                *sum += u64::from(n);
            }
        }
        hours
    }

    /// Compact bytes for the store.
    ///
    /// # Errors
    /// Only if memory runs out.
    pub fn encode(&self) -> Result<Vec<u8>, DecodeError> {
        Ok(postcard::to_extend(self, vec![ENCODING])?)
    }

    /// Reads what [`Self::encode`] wrote.
    ///
    /// # Errors
    /// When the bytes are damaged or of another layout.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        match bytes.split_first() {
            Some((&ENCODING, rest)) => Ok(postcard::from_bytes(rest)?),
            Some((&CUT_BY_HASH, rest)) => older(rest),
            // The last fields, a timeline and before it a number, were not there yet: zeros stand for none.
            Some((&WITHOUT_ORDER, rest)) => older(&[rest, &[0; 2]].concat()),
            Some((&WITHOUT_LOOKS, rest)) => older(&[rest, &[0; 3]].concat()),
            Some((&layout, _)) => Err(DecodeError::Layout(layout)),
            None => Err(DecodeError::Empty),
        }
    }

    fn action_mut(&mut self, action: Action) -> &mut ActionDay {
        let at = match self.actions.binary_search_by_key(&action, |day| day.action) {
            Ok(at) => at,
            Err(at) => {
                let day = ActionDay {
                    action,
                    hours: [0; 24],
                    bytes: 0,
                    largest: 0,
                    items: 0,
                };
                self.actions.insert(at, day);
                at
            }
        };
        &mut self.actions[at]
    }

    fn kind(&mut self, kind: ObjectKind) -> &mut Objects<OBJECTS_PER_KIND> {
        let at = match self.kinds.binary_search_by_key(&kind, |day| day.kind) {
            Ok(at) => at,
            Err(at) => {
                let objects = Objects::default();
                self.kinds.insert(at, KindDay { kind, objects });
                at
            }
        };
        &mut self.kinds[at].objects
    }
}

fn older(bytes: &[u8]) -> Result<DayActivity, DecodeError> {
    Ok(postcard::from_bytes::<OlderDay>(bytes)?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_older_layouts_read_as_days_without_what_was_not_kept() {
        let mut day = DayActivity::default();
        day.add(&Observation::new(Action::Logon, 9));
        day.timeline = Timeline::default();
        let now = day.encode().unwrap();
        for (layout, absent) in [(CUT_BY_HASH, 0), (WITHOUT_ORDER, 2), (WITHOUT_LOOKS, 3)] {
            let mut then = now.clone();
            then[0] = layout;
            then.truncate(now.len() - absent);
            assert_eq!(DayActivity::decode(&then).unwrap(), day);
        }
    }
}

//! What one account did on one day that may be steps of sequences: bounded, and the same in whatever order it is added or merged.
//!
//! Of each step, the objects with the smallest hashes are kept (a bottom-k sample, Cohen and Kaplan 2007). Since an object has the
//! same hash in every step, the objects kept of one step are those kept of the others: a chain over many files is found on some of
//! them however many there are. Of each object the earliest and the latest acts are kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_domain::{EventId, Timestamp};

/// Objects kept of one step and day.
const OBJECTS: usize = 256;
/// Acts kept of one object: half of them the earliest, half the latest.
const ACTS: usize = 8;

/// One act that may be a step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Occurrence {
    /// When.
    pub time: Timestamp,
    /// The event's id.
    pub event: u128,
    /// Hashes of every name of its object.
    pub keys: Vec<u64>,
    /// The object as the source wrote it, cut.
    pub object: String,
    /// OCSF class.
    pub class: u16,
    /// Hash of the computer; 0 if not known.
    pub device: u32,
    /// Things touched at once, by the source's own count.
    pub items: u32,
}

impl Occurrence {
    /// The event's id.
    pub fn id(&self) -> EventId {
        EventId(self.event)
    }
}

/// The marks of one account and day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DayMarks {
    /// By sequence and step (`id#name`), then by the object's first key.
    steps: BTreeMap<String, BTreeMap<u64, Vec<Occurrence>>>,
}

/// Stored marks that cannot be read, or marks that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("marks of a day cannot be read or written; `tandem ingest --again` reads the logs anew")]
pub struct MarksError(#[from] postcard::Error);

impl DayMarks {
    /// Adds one act; true if that took further room.
    pub fn add(&mut self, step: &str, object: u64, act: Occurrence) -> bool {
        let objects = match self.steps.get_mut(step) {
            Some(objects) => objects,
            None => self.steps.entry(step.to_owned()).or_default(),
        };
        if let Some(acts) = objects.get_mut(&object) {
            let before = acts.len();
            keep(acts, act);
            return acts.len() > before;
        }
        if objects.len() >= OBJECTS {
            if objects
                .last_key_value()
                .is_some_and(|(largest, _)| object > *largest)
            {
                return false;
            }
            objects.pop_last();
            objects.insert(object, vec![act]);
            return false;
        }
        objects.insert(object, vec![act]);
        true
    }

    /// Adds another part of the same day.
    pub fn merge(&mut self, other: Self) {
        for (step, objects) in other.steps {
            for (object, acts) in objects {
                for act in acts {
                    self.add(&step, object, act);
                }
            }
        }
    }

    /// True if there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Every step's name with its acts.
    pub fn steps(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = &Occurrence>)> {
        self.steps
            .iter()
            .map(|(step, objects)| (step.as_str(), objects.values().flatten()))
    }

    /// As it is stored.
    ///
    /// # Errors
    /// Never for marks that were added here.
    pub fn encode(&self) -> Result<Vec<u8>, MarksError> {
        Ok(postcard::to_allocvec(self)?)
    }

    /// From what is stored.
    ///
    /// # Errors
    /// When the bytes are damaged.
    pub fn decode(bytes: &[u8]) -> Result<Self, MarksError> {
        Ok(postcard::from_bytes(bytes)?)
    }
}

/// Keeps the earliest and the latest acts, in order, each event once.
fn keep(acts: &mut Vec<Occurrence>, act: Occurrence) {
    match acts.binary_search_by(|known| (known.time, known.event).cmp(&(act.time, act.event))) {
        Ok(_) => {}
        Err(at) => {
            acts.insert(at, act);
            if acts.len() > ACTS {
                acts.remove(ACTS / 2);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(n: i64) -> Occurrence {
        Occurrence {
            time: Timestamp(n),
            event: n as u128,
            keys: vec![1],
            object: "a".to_owned(),
            class: 1001,
            device: 1,
            items: 0,
        }
    }

    #[test]
    fn the_earliest_and_the_latest_acts_stay_whatever_the_order() {
        let mut up = DayMarks::default();
        let mut down = DayMarks::default();
        for n in 0..100 {
            up.add("s#a", 1, act(n));
            down.add("s#a", 1, act(99 - n));
        }
        assert_eq!(up, down);
        let times: Vec<_> = up.steps().flat_map(|(_, acts)| acts.map(|a| a.time.0)).collect();
        assert_eq!(times, [0, 1, 2, 3, 96, 97, 98, 99]);
        assert!(!up.add("s#a", 1, act(99)), "an event counts once");
    }

    #[test]
    fn of_too_many_objects_the_same_ones_stay_in_every_step() {
        let mut marks = DayMarks::default();
        let hash = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for n in 0..1_000 {
            marks.add("s#a", hash(n), act(n as i64));
            marks.add("s#b", hash(999 - n), act(n as i64));
        }
        let kept = |step: &str| marks.steps[step].keys().copied().collect::<Vec<_>>();
        assert_eq!(kept("s#a").len(), OBJECTS);
        assert_eq!(kept("s#a"), kept("s#b"));
        assert_eq!(DayMarks::decode(&marks.encode().unwrap()).unwrap(), marks);
        assert!(DayMarks::decode(&[9, 9, 9]).is_err());
    }
}

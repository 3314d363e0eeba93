//! Everybody's state, packed: bytes without any structure.
//!
//! A subject is unpacked when its day is scored and packed again when the day is learned, which takes some millionths of a
//! second. Lists of their own would take a pointer, a length, a capacity and the allocator's rounding each.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::{Subject, SubjectBytes};
use crate::heap;

/// The state of each subject by hash of its name. Of 100,000 names two are alike with a probability of one in four billion.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Subjects {
    packed: BTreeMap<u64, Packed>,
    /// What the last one was packed in.
    #[serde(skip)]
    scratch: Scratch,
}

/// A subject's state as bytes, in two blocks: as much of it as a block of the allocator takes without rounding up, and the rest.
/// In one block a fifth of it can be unused, one part in ten mostly is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Packed {
    #[serde(with = "serde_bytes")]
    front: Box<[u8]>,
    #[serde(with = "serde_bytes")]
    rest: Box<[u8]>,
}

/// Kept for its capacity alone, so any two are alike.
#[derive(Debug, Clone, Default)]
struct Scratch(Vec<u8>);

impl PartialEq for Scratch {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Packed {
    fn unpack(&self) -> postcard::Result<Subject> {
        if self.rest.is_empty() {
            postcard::from_bytes(&self.front)
        } else {
            postcard::from_bytes(&[&*self.front, &*self.rest].concat())
        }
    }

    /// Takes these bytes, in the blocks there are if they fit.
    fn set(&mut self, bytes: &[u8]) {
        let (front, rest) = bytes.split_at(heap::whole(bytes.len()));
        for (block, bytes) in [(&mut self.front, front), (&mut self.rest, rest)] {
            if block.len() == bytes.len() {
                block.copy_from_slice(bytes);
            } else {
                *block = bytes.into();
            }
        }
    }

    fn len(&self) -> usize {
        self.front.len() + self.rest.len()
    }

    /// Bytes that the allocator adds.
    fn rounding(&self) -> usize {
        heap::block(self.front.len()) + heap::block(self.rest.len()) - self.len()
    }
}

impl<'de> Deserialize<'de> for Subjects {
    /// Refuses bytes of which no subject can be made, so that later none has to be refused.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Stored {
            packed: BTreeMap<u64, Packed>,
        }
        let Stored { packed } = Stored::deserialize(deserializer)?;
        for subject in packed.values() {
            subject.unpack().map_err(serde::de::Error::custom)?;
        }
        Ok(Self {
            packed,
            scratch: Scratch::default(),
        })
    }
}

impl Subjects {
    /// A subject's state as of now, if it was ever active.
    pub(crate) fn get(&self, name: &str) -> Option<Subject> {
        self.packed.get(&key(name))?.unpack().ok()
    }

    /// [`super::group_hash`] of a subject's closest peer group, if the subject was ever active.
    pub(crate) fn group(&self, name: &str) -> Option<u32> {
        let packed = self.packed.get(&key(name))?;
        // Days, days left to settle in, group.
        let (first, _) = postcard::take_from_bytes::<(u32, u8, u32)>(&packed.front).ok()?;
        Some(first.2)
    }

    /// Changes a subject's state, or that of a new one.
    pub(crate) fn change(&mut self, name: &str, change: impl FnOnce(&mut Subject)) {
        let mut subject = self.get(name).unwrap_or_default();
        change(&mut subject);
        self.put(name, &subject);
    }

    /// Keeps a subject's state.
    fn put(&mut self, name: &str, subject: &Subject) {
        let mut scratch = std::mem::take(&mut self.scratch.0);
        scratch.clear();
        // Numbers and bytes can always be packed.
        let Ok(bytes) = postcard::to_extend(subject, scratch) else {
            return;
        };
        self.packed.entry(key(name)).or_default().set(&bytes);
        self.scratch.0 = bytes;
    }

    /// Forgets a subject; true if there was one.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        self.packed.remove(&key(name)).is_some()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.packed.len()
    }

    /// True before the first.
    pub(crate) fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }

    /// Where the bytes of each subject are, and how many the allocator adds to them.
    pub(crate) fn bytes(&self) -> impl Iterator<Item = (SubjectBytes, usize)> {
        self.packed.values().filter_map(|packed| {
            let parts = packed.unpack().ok()?.parts();
            Some((parts, packed.rounding()))
        })
    }

    /// Bytes of each subject's place among the others.
    pub(crate) const fn place() -> usize {
        heap::place::<u64, Packed>()
    }
}

fn key(name: &str) -> u64 {
    xxh3_64(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use tandem_domain::Day;

    use super::*;
    use crate::profile::{Count, Increment};
    use crate::{Action, DayActivity, Observation, Settings};

    fn busy(days: i32) -> Subject {
        let mut subject = Subject::default();
        for day in 0..days {
            let mut done = DayActivity::default();
            for action in Action::ALL {
                let mut seen = Observation::new(*action, (day % 24) as u8);
                seen.record = Some((day as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
                done.add(&seen);
            }
            let increment = Increment {
                counts: (0..60)
                    .map(|channel| Count::plain(channel, f64::from(day)))
                    .collect(),
                surprise: (0..60).map(|channel| (channel, 1.5)).collect(),
                ..Increment::default()
            };
            subject.learn(Day(day), &done, &increment, 1.0, &Settings::default());
        }
        subject
    }

    #[test]
    fn a_subject_is_unpacked_as_it_was_packed_and_its_parts_are_the_whole() {
        let mut subjects = Subjects::default();
        for days in [0, 1, 3, 150] {
            let mut subject = busy(days);
            subject.join(0xfedc_ba98);
            subjects.put("p", &subject);
            assert_eq!(subjects.get("p").unwrap(), subject);
            assert_eq!(subjects.group("p"), Some(0xfedc_ba98));
            let packed = subjects.packed.values().next().unwrap();
            assert_eq!(subject.parts().all(), packed.len());
            assert!(packed.rounding() < 64, "{}", packed.rounding());
        }
        assert_eq!(subjects.get("q"), None);
        assert!(subjects.remove("p") && !subjects.remove("p") && subjects.is_empty());
    }

    #[test]
    fn damaged_subjects_are_refused_when_read() {
        let mut subjects = Subjects::default();
        subjects.put("p", &busy(5));
        let bytes = postcard::to_stdvec(&subjects).unwrap();
        assert_eq!(postcard::from_bytes::<Subjects>(&bytes).unwrap(), subjects);
        let packed = subjects.packed.values_mut().next().unwrap();
        let whole = [&*packed.front, &*packed.rest].concat();
        packed.set(&whole[..whole.len() - 3]);
        let bytes = postcard::to_stdvec(&subjects).unwrap();
        assert!(postcard::from_bytes::<Subjects>(&bytes).is_err());
    }
}

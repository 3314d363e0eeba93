//! What goes from day to day, and how little of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_domain::Day;

use super::track::Track;
use crate::book::Sequences;
use crate::key;
use crate::model::{Key, Sequence};

/// Objects of one subject and sequence that are followed from one day to the next.
const CARRIED: usize = 32;
/// An account that was quiet for so many days is forgotten.
const FORGOTTEN: i32 = 1_000;

/// What is under way at the end of a day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SequencerState {
    sequences: BTreeMap<String, Kept>,
    /// Last active day of each account, by its hash.
    active: BTreeMap<u64, i32>,
}

/// What is under way in one sequence.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Kept {
    /// Of the sequence as it was.
    fingerprint: u64,
    subjects: BTreeMap<String, Vec<Track>>,
}

impl SequencerState {
    /// Forgets what was under way in sequences that changed or are gone.
    pub(super) fn fit(&mut self, book: &Sequences) {
        self.sequences.retain(|id, kept| {
            book.get(id)
                .is_some_and(|known| known.fingerprint == kept.fingerprint)
        });
    }

    /// How many objects (or subjects) are followed.
    pub fn followed(&self) -> usize {
        let subjects = self.sequences.values().flat_map(|kept| kept.subjects.values());
        subjects.map(Vec::len).sum()
    }

    /// For how many days an account was quiet before `day`; nothing for one that was never seen.
    pub(super) fn quiet_days(&self, account: &str, day: Day) -> Option<i32> {
        let last = self.active.get(&key::account(account))?;
        Some(day.0 - last)
    }

    pub(super) fn was_active(&mut self, account: &str, day: Day) {
        self.active.insert(key::account(account), day.0);
    }

    /// What is under way of a subject in a sequence as `day` begins, whatever days were left out before it.
    pub(super) fn tracks(&mut self, sequence: &Sequence, subject: &str, day: Day) -> &mut Vec<Track> {
        let kept = self.sequences.entry(sequence.id.clone()).or_insert_with(|| Kept {
            fingerprint: sequence.fingerprint,
            subjects: BTreeMap::new(),
        });
        let tracks = kept.subjects.entry(subject.to_owned()).or_default();
        tracks.retain_mut(|track| track.expire(sequence, day.plus(-1).end()));
        tracks
    }

    /// Forgets what is too old to go on, and of too much what went least far.
    pub(super) fn close(&mut self, book: &Sequences, day: Day) {
        for (id, kept) in &mut self.sequences {
            let Some(sequence) = book.get(id) else { continue };
            let most = if sequence.key == Key::Object { CARRIED } else { 1 };
            kept.subjects.retain(|_, tracks| {
                tracks.retain_mut(|track| track.expire(sequence, day.end()));
                if tracks.len() > most {
                    tracks.sort_by_key(Track::worth);
                    let surplus = tracks.len() - most;
                    tracks.drain(..surplus);
                }
                tracks.sort_by(|a, b| a.keys().cmp(b.keys()));
                !tracks.is_empty()
            });
        }
        self.sequences.retain(|_, kept| !kept.subjects.is_empty());
        self.active.retain(|_, last| day.0 - *last < FORGOTTEN);
    }
}

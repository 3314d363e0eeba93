//! Where the memory is.

use super::Profiles;
use crate::profile::{SubjectBytes, Subjects};

/// Bytes of the whole state by part, as the allocator gives them out: with the unused room of lists and maps, and what it
/// rounds blocks up by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// Subjects.
    pub subjects: usize,
    /// All subjects' places in the map.
    pub places: usize,
    /// Their own state.
    pub(crate) states: SubjectBytes,
    /// Sketch: what each works with, and which community that makes it part of.
    pub links: usize,
    /// What the allocator rounds the subjects' blocks up by.
    pub rounding: usize,
    /// Once for all: peer groups.
    pub peers: usize,
    /// Once for all: how many use an object.
    pub popular: usize,
    /// Once for all: which group works on which records.
    pub records: usize,
    /// Once for all: the population's last days, means and covariances.
    pub population: usize,
}

impl Memory {
    /// The parts of the subjects' own state with their names.
    pub fn own_parts(&self) -> [(&'static str, usize); 11] {
        let [
            scalars,
            rates,
            volumes,
            usual,
            hours,
            transitions,
            counts,
            objects,
        ] = self.states.named();
        [
            ("places", self.places),
            scalars,
            rates,
            volumes,
            usual,
            hours,
            transitions,
            counts,
            objects,
            ("links", self.links),
            ("rounding", self.rounding),
        ]
    }

    /// The parts held once for all with their names.
    pub fn shared_parts(&self) -> [(&'static str, usize); 4] {
        [
            ("peers", self.peers),
            ("popular", self.popular),
            ("records", self.records),
            ("population", self.population),
        ]
    }

    /// All subjects' own state.
    pub fn own(&self) -> usize {
        self.own_parts().iter().map(|(_, bytes)| bytes).sum()
    }

    /// Of it what is no sketch and not rounding.
    pub fn before_sketches(&self) -> usize {
        self.places + self.states.before_sketches()
    }

    /// What is held once for all.
    pub fn shared(&self) -> usize {
        self.shared_parts().iter().map(|(_, bytes)| bytes).sum()
    }

    /// A number of bytes per subject.
    pub fn each(&self, bytes: usize) -> f64 {
        bytes as f64 / self.subjects.max(1) as f64
    }
}

impl Profiles {
    /// Where the memory is: unpacks every subject once.
    pub fn memory(&self) -> Memory {
        let mut memory = Memory {
            subjects: self.subjects.len(),
            places: self.subjects.len() * Subjects::place(),
            links: self.communities.bytes(),
            peers: self.peers.bytes(),
            popular: self.popular.bytes(),
            records: self.records.bytes(),
            population: self.window.bytes() + self.surprise.bytes() + self.own_surprise.bytes(),
            ..Memory::default()
        };
        for (parts, rounding) in self.subjects.bytes() {
            memory.states += parts;
            memory.rounding += rounding;
        }
        memory
    }

    /// Mean bytes of state held per subject, everything counted but what is held once for all.
    pub fn bytes_per_subject(&self) -> f64 {
        let memory = self.memory();
        memory.each(memory.own())
    }

    /// The same without the sketches (objects used, histograms of counts, things at work). At most 1,024 for any subject.
    pub fn bytes_before_sketches(&self) -> f64 {
        let memory = self.memory();
        memory.each(memory.before_sketches())
    }

    /// Bytes of state held once for all: peer groups, popular objects, the population's window.
    pub fn shared_bytes(&self) -> usize {
        self.memory().shared()
    }
}

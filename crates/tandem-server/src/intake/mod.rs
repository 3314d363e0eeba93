//! What keeps coming: sources as tasks, and the one place where their deliveries become durable.
//!
//! ```text
//! sources (tandem-sources) ─┐
//! forwarders over HTTP ─────┴→ inlet, bounded → readers: bytes → events → keeper: commit → answers
//! ```
//!
//! Deliveries of one stream keep their order. Many of them become one commit, which also keeps how far each stream was read
//! and which deliveries a sender may repeat. Who waits for an answer gets it after the commit. While the database cannot
//! keep anything, the inlet fills up and senders wait.

mod alarms;
mod figures;
mod keeper;
mod marks;
mod reader;
mod runner;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tandem_domain::Timestamp;
use tandem_sources::{Health, Inlet, Parcel, SourceSettings, inlet};
use tokio::sync::mpsc;

pub use alarms::{Alarm, AlarmKind};
pub use figures::Figures;
pub use keeper::Lost;
pub use marks::{Gap, Mark};
pub use runner::{Running, start};

/// Room for deliveries on their way, bytes.
const ROOM: usize = 64 << 20;

/// One source of the settings while Tandem serves.
#[derive(Debug)]
pub struct Live {
    /// As set.
    pub settings: Arc<SourceSettings>,
    /// How it is.
    pub health: Arc<Health>,
}

/// Everything about live sources that is shared.
#[derive(Debug)]
pub struct Intake {
    /// The way in.
    pub inlet: Inlet,
    parcels: Mutex<Option<mpsc::Receiver<Parcel>>>,
    live: RwLock<Vec<Arc<Live>>>,
    /// What was kept so far.
    pub figures: Figures,
    marks: Mutex<BTreeMap<String, Mark>>,
    /// Since when.
    begun: Timestamp,
    /// Starts of sources whose deliveries count.
    starts: Mutex<BTreeSet<u64>>,
}

impl Default for Intake {
    fn default() -> Self {
        let (inlet, parcels) = inlet(ROOM);
        Self {
            inlet,
            parcels: Mutex::new(Some(parcels)),
            live: RwLock::default(),
            figures: Figures::default(),
            marks: Mutex::default(),
            begun: crate::pipeline::now(),
            starts: Mutex::default(),
        }
    }
}

impl Intake {
    /// The sources of the settings, as they are.
    pub fn live(&self) -> Vec<Arc<Live>> {
        self.live.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// True if what that start of a source delivers counts.
    fn counts(&self, start: u64) -> bool {
        self.with_starts(|starts| starts.contains(&start))
    }

    /// From now on what `new` delivers counts, and nothing that `old` delivers.
    fn succeed(&self, old: u64, new: u64) {
        self.with_starts(|starts| {
            starts.remove(&old);
            starts.insert(new);
        });
    }

    /// Nothing that sources have delivered so far counts any more.
    fn none_counts(&self) {
        self.with_starts(BTreeSet::clear);
    }

    fn with_starts<T>(&self, then: impl FnOnce(&mut BTreeSet<u64>) -> T) -> T {
        then(&mut self.starts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// True if somebody takes what goes in.
    pub fn is_open(&self) -> bool {
        self.parcels
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_none()
    }
}

/// The key under which the position of a source's stream is kept.
fn stream_key(source: &str, stream: &str) -> String {
    format!("{}{stream}", key_of(source))
}

/// What the keys of a source's streams begin with.
fn key_of(source: &str) -> String {
    format!("live:{source}:")
}

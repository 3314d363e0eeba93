//! Memory of requests that were taken, so that none is taken twice.

use std::collections::{HashMap, VecDeque};

use sha2::{Digest, Sha256};
use tandem_domain::Timestamp;
use tandem_domain::time::MICROS_PER_SECOND;

use super::VerifyError;

/// How long a request is remembered, seconds: twice the window, so that one from the far end of the future is still known
/// when it turns stale.
pub const MEMORY_SECONDS: i64 = 600;

/// Remembers fingerprints of requests. A cluster keeps them in its database; one process in a [`ReplayCache`].
pub trait Replays {
    /// Remembers `print` until `until`; false if it is remembered already.
    ///
    /// # Errors
    /// [`VerifyError::Full`] if nothing more can be remembered: then the request must be refused.
    fn remember(&mut self, print: [u8; 32], now: Timestamp, until: Timestamp) -> Result<bool, VerifyError>;
}

/// Takes a request once: its parts' fingerprint is remembered for ten minutes.
///
/// # Errors
/// [`VerifyError::Replayed`] if it was taken before, [`VerifyError::Full`] if it cannot be remembered.
pub fn once(replays: &mut dyn Replays, parts: &[&[u8]], now: Timestamp) -> Result<(), VerifyError> {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let until = now.plus_micros(MEMORY_SECONDS * MICROS_PER_SECOND);
    if replays.remember(hash.finalize().into(), now, until)? {
        return Ok(());
    }
    Err(VerifyError::Replayed)
}

/// Fingerprints in memory, at most so many. Only requests that are signed get here, so strangers cannot fill it.
#[derive(Debug)]
pub struct ReplayCache {
    prints: HashMap<[u8; 32], Timestamp>,
    order: VecDeque<([u8; 32], Timestamp)>,
    most: usize,
}

impl ReplayCache {
    /// An empty memory for at most `most` requests.
    pub fn new(most: usize) -> Self {
        Self {
            prints: HashMap::new(),
            order: VecDeque::new(),
            most,
        }
    }

    fn forget(&mut self, now: Timestamp) {
        while let Some((print, until)) = self.order.front().copied() {
            if until >= now {
                break;
            }
            self.order.pop_front();
            self.prints.remove(&print);
        }
    }
}

impl Replays for ReplayCache {
    fn remember(&mut self, print: [u8; 32], now: Timestamp, until: Timestamp) -> Result<bool, VerifyError> {
        self.forget(now);
        if self.prints.contains_key(&print) {
            return Ok(false);
        }
        if self.prints.len() >= self.most {
            return Err(VerifyError::Full);
        }
        self.prints.insert(print, until);
        self.order.push_back((print, until));
        Ok(true)
    }
}

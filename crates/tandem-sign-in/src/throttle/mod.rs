//! Brakes on guessing that nobody can use to lock somebody else out.
//!
//! Three counters, none of which belongs to an account alone:
//! - **account and network**: failures from one client network against one account;
//! - **network**: failures from one client network against any account;
//! - **known device**: failures with a device cookie that this account was given after a successful sign-in
//!   ([`device`]; OWASP "Device cookies").
//!
//! A known device answers only to its own counter, and passkeys to none (nobody guesses a private key). So whatever strangers
//! do, the owner's browser and passkey are never delayed. What strangers can do at worst is to make sign-ins *by password from
//! devices never seen before* wait, by using up the ceiling over all of them; a passkey or a known device is the way round.
//!
//! An attempt counts as failed from the moment it is admitted, and [`Throttle::succeeded`] takes that back: a thousand
//! attempts at once are no way round the counters.
//!
//! # How fast can somebody guess?
//! With [`Limits::default`], against one account: from one network at most what [`Curve::first_day`] says of the pair's curve, 40 guesses
//! on the first day and 24 on each after; from however many networks at most the ceiling, 5,320 on the first day and 4,320 on
//! each after, over all accounts together. An accepted password takes 10^8 guesses or more: over 60 years.
//!
//! The state is in memory and bounded. After a restart it is empty; the ceiling starts full, so a restart gives strangers at
//! most another burst.

mod counter;
pub mod device;
mod limits;
mod network;

#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;

use lru::LruCache;
use tandem_domain::Timestamp;

use self::counter::{Bucket, Counter};
pub use self::device::{DeviceId, KnownDevice};
pub use self::limits::{Curve, Limits};
pub use self::network::ClientNetwork;
use crate::encoding::sha256;

/// Who tries to sign in, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt<'a> {
    /// Account name as typed; it need not exist.
    pub account: &'a str,
    /// The client's network.
    pub network: ClientNetwork,
    /// A device cookie that [`device::KnownDevice::read`] found good for this account.
    pub device: Option<DeviceId>,
}

/// Leave to check one password, code or recovery code. It counts as a failure until [`Throttle::succeeded`].
#[derive(Debug, PartialEq, Eq)]
#[must_use = "an admitted attempt counts as failed until `succeeded` is told otherwise"]
pub struct Admitted {
    keys: Keys,
}

/// Not now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many failed sign-ins; try again in {} seconds, or use a passkey or a device you signed in with before", self.seconds)]
pub struct Wait {
    /// Seconds until the next attempt is admitted (HTTP `Retry-After`), if nothing else happens.
    pub seconds: u64,
}

type Hash = [u8; 16];

#[derive(Debug, PartialEq, Eq)]
enum Keys {
    Known(Hash),
    Stranger { pair: Hash, network: Hash },
}

/// The counters.
#[derive(Debug)]
pub struct Throttle {
    limits: Limits,
    devices: LruCache<Hash, Counter>,
    pairs: LruCache<Hash, Counter>,
    networks: LruCache<Hash, Counter>,
    ceiling: Bucket,
}

impl Throttle {
    /// Empty counters.
    pub fn new(limits: Limits) -> Self {
        let capacity = NonZeroUsize::new(limits.capacity).unwrap_or(NonZeroUsize::MIN);
        Self {
            ceiling: Bucket::full(limits.ceiling_burst),
            limits,
            devices: LruCache::new(capacity),
            pairs: LruCache::new(capacity),
            networks: LruCache::new(capacity),
        }
    }

    /// Asks for leave to check a password, code or recovery code. Ask before the check, and once per check.
    ///
    /// # Errors
    /// [`Wait`]. Nothing is counted then: waiting does not get longer by asking.
    pub fn admit(&mut self, attempt: &Attempt<'_>, now: Timestamp) -> Result<Admitted, Wait> {
        let account = attempt.account.to_lowercase();
        if let Some(device) = attempt.device {
            let key = hash(&[account.as_bytes(), &device.0]);
            let free = free_at(&mut self.devices, &key, self.limits.device, now);
            waited(free, now)?;
            count(&mut self.devices, key, self.limits.device, now);
            return Ok(Admitted {
                keys: Keys::Known(key),
            });
        }
        let network = hash(&[&attempt.network.bytes()]);
        let pair = hash(&[account.as_bytes(), &attempt.network.bytes()]);
        let free = free_at(&mut self.pairs, &pair, self.limits.pair, now)
            .max(free_at(&mut self.networks, &network, self.limits.network, now))
            .max(self.ceiling.free_at(&self.limits, now));
        waited(free, now)?;
        count(&mut self.pairs, pair, self.limits.pair, now);
        count(&mut self.networks, network, self.limits.network, now);
        self.ceiling.take(&self.limits, now);
        Ok(Admitted {
            keys: Keys::Stranger { pair, network },
        })
    }

    /// The check succeeded: takes back what [`Self::admit`] counted. Failures of that device, or of that account from that
    /// network, are forgotten; those of the network against other accounts stay.
    pub fn succeeded(&mut self, admitted: Admitted) {
        match admitted.keys {
            Keys::Known(key) => {
                self.devices.pop(&key);
            }
            Keys::Stranger { pair, network } => {
                self.pairs.pop(&pair);
                if let Some(counter) = self.networks.get_mut(&network) {
                    counter.take_back();
                }
                self.ceiling.give_back(&self.limits);
            }
        }
    }

    /// How many counters are kept; never more than three times [`Limits::capacity`].
    pub fn len(&self) -> usize {
        self.devices.len() + self.pairs.len() + self.networks.len()
    }

    /// No counter is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn free_at(table: &mut LruCache<Hash, Counter>, key: &Hash, curve: Curve, now: Timestamp) -> Timestamp {
    table.get(key).map_or(now, |counter| counter.free_at(curve, now))
}

fn count(table: &mut LruCache<Hash, Counter>, key: Hash, curve: Curve, now: Timestamp) {
    table.get_or_insert_mut(key, Counter::default).count(curve, now);
}

fn waited(free: Timestamp, now: Timestamp) -> Result<(), Wait> {
    let micros = free.0.saturating_sub(now.0);
    if micros <= 0 {
        return Ok(());
    }
    let seconds = (micros as u64).div_ceil(1_000_000);
    Err(Wait { seconds })
}

/// Keys are hashes, so that a name of any length takes 16 bytes and no account name lies in memory.
fn hash(parts: &[&[u8]]) -> Hash {
    let mut text = Vec::new();
    for part in parts {
        text.extend((part.len() as u64).to_be_bytes());
        text.extend(*part);
    }
    let mut short = [0; 16];
    for (to, from) in short.iter_mut().zip(sha256(&text).as_ref()) {
        *to = *from;
    }
    short
}

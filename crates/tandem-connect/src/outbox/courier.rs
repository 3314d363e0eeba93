//! The courier: claims, sends, writes down.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tandem_domain::Timestamp;

use super::item::{Cause, Settled};
use super::policy::Policy;
use super::store::{Claim, OutboxStore};
use crate::far::{Context, Far};
use crate::gate::Gate;
use crate::net::SendError;

/// Items claimed at once.
const BATCH: u32 = 64;

/// A far side under the name that items use.
#[derive(Debug, Clone)]
pub struct Connector {
    /// Its name in the settings.
    pub name: String,
    /// How to speak to it.
    pub far: Arc<Far>,
}

/// What one round did. The numbers add up to the items claimed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Items claimed.
    pub claimed: usize,
    /// Arrived.
    pub sent: usize,
    /// To be tried again.
    pub retried: usize,
    /// Put back untried: the lease or the far side's patience ran out.
    pub released: usize,
    /// Given up.
    pub dead: usize,
    /// Sent or failed, but the lease had gone to somebody else meanwhile.
    pub lost: usize,
}

/// Sends what a store holds.
pub struct Courier<S> {
    store: S,
    connectors: HashMap<String, Arc<Far>>,
    gate: Arc<dyn Gate>,
    policy: Policy,
    lease: Duration,
}

impl<S: OutboxStore> Courier<S> {
    /// `lease` must be longer than the longest exchange of any connector, or nothing is ever tried; three times as long is
    /// good.
    pub fn new(
        store: S,
        connectors: Vec<Connector>,
        gate: Arc<dyn Gate>,
        policy: Policy,
        lease: Duration,
    ) -> Self {
        Self {
            store,
            connectors: connectors.into_iter().map(|c| (c.name, c.far)).collect(),
            gate,
            policy,
            lease,
        }
    }

    /// The store, to add items and look at dead ones.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Claims what is due and sends it. Connectors work side by side, so one that hangs holds up no other; items of one
    /// connector go one after the other. `clock` gives the time, `draw` a uniform number from 0 to 1.
    ///
    /// Call it in a loop; when nothing was claimed, wait a second.
    ///
    /// # Errors
    /// The store's, if claiming fails. What was sent but could not be written down comes back when its lease ends.
    pub async fn round(
        &self,
        clock: &(dyn Fn() -> Timestamp + Sync),
        draw: &(dyn Fn() -> f64 + Sync),
    ) -> Result<Round, S::Error> {
        let now = clock();
        let until = now.plus_micros(i64::try_from(self.lease.as_micros()).unwrap_or(i64::MAX));
        let claims = self.store.claim(now, until, BATCH).await?;
        let mut by_connector: BTreeMap<String, Vec<Claim>> = BTreeMap::new();
        let claimed = claims.len();
        for claim in claims {
            by_connector
                .entry(claim.item.connector.clone())
                .or_default()
                .push(claim);
        }
        let work = by_connector
            .into_iter()
            .map(|(name, claims)| self.one_connector(name, claims, clock, draw));
        let mut round = Round {
            claimed,
            ..Round::default()
        };
        for part in join_all(work).await {
            let part = part?;
            round.sent += part.sent;
            round.retried += part.retried;
            round.released += part.released;
            round.dead += part.dead;
            round.lost += part.lost;
        }
        Ok(round)
    }

    async fn one_connector(
        &self,
        name: String,
        claims: Vec<Claim>,
        clock: &(dyn Fn() -> Timestamp + Sync),
        draw: &(dyn Fn() -> f64 + Sync),
    ) -> Result<Round, S::Error> {
        let mut round = Round::default();
        let mut pause: Option<Timestamp> = None;
        for claim in claims {
            let now = clock();
            // Half of the lease is the least that an attempt may start with: what it cannot finish under its own lease could
            // be started by another courier meanwhile.
            let half = i64::try_from(self.lease.as_micros() / 2).unwrap_or(i64::MAX);
            let short = now.plus_micros(half) > claim.lease.until;
            let settled = if let Some(next_at) = pause {
                Settled::Released { next_at }
            } else if short {
                Settled::Released { next_at: now }
            } else if self.policy.exhausted(&claim.item) {
                Settled::Dead {
                    at: now,
                    cause: Cause::Exhausted,
                    error: format!("given up: {} attempts ended without a word", claim.item.attempts),
                }
            } else {
                let outcome = self.attempt(&name, &claim, now).await;
                let limited = matches!(outcome, Err(SendError::Limited { .. }));
                let settled = self.policy.settle(&claim.item, outcome, clock(), draw());
                if let (true, Settled::Retry { next_at, .. }) = (limited, &settled) {
                    pause = Some(*next_at);
                }
                settled
            };
            self.write_down(&claim, settled, &mut round).await?;
        }
        if round != Round::default() {
            tracing::debug!(connector = %name, sent = round.sent, retried = round.retried, dead = round.dead, "outbox round");
        }
        Ok(round)
    }

    async fn attempt(
        &self,
        name: &str,
        claim: &Claim,
        now: Timestamp,
    ) -> Result<crate::far::Receipt, SendError> {
        let Some(far) = self.connectors.get(name) else {
            return Err(SendError::Refused {
                far: "outbox",
                why: "its connector is not configured any more; configure it and replay".to_owned(),
            });
        };
        let context = Context {
            key: &claim.item.key,
            anchor: &claim.anchor,
            doubt: claim.item.doubt,
            since: claim.item.created,
            now,
            gate: self.gate.as_ref(),
        };
        far.deliver(&claim.item.job, &context).await
    }

    async fn write_down(&self, claim: &Claim, settled: Settled, round: &mut Round) -> Result<(), S::Error> {
        let counter = match &settled {
            Settled::Sent { .. } => &mut round.sent,
            Settled::Retry { .. } => &mut round.retried,
            Settled::Released { .. } => &mut round.released,
            Settled::Dead { error, .. } => {
                tracing::warn!(item = claim.item.id, connector = %claim.item.connector, error = %error, "outbox item given up");
                &mut round.dead
            }
        };
        *counter += 1;
        if !self.store.settle(claim.lease, settled).await? {
            *counter -= 1;
            round.lost += 1;
        }
        Ok(())
    }
}

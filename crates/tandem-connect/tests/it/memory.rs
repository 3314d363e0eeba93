//! An outbox in memory, for tests only: the same moves that a database makes.

use std::sync::Mutex;

use tandem_connect::Anchor;
use tandem_connect::outbox::{Claim, Lease, OutboxItem, OutboxStore, Settled, State};
use tandem_domain::Timestamp;

use crate::recorder::lock;

#[derive(Default)]
pub struct Memory {
    items: Mutex<Vec<OutboxItem>>,
    /// While set, nothing can be written down: the process dies between sending and that.
    pub dies_before_writing: Mutex<bool>,
}

#[derive(Debug, thiserror::Error)]
#[error("killed")]
pub struct Killed;

impl Memory {
    pub fn all(&self) -> Vec<OutboxItem> {
        lock(&self.items).clone()
    }

    pub fn states(&self) -> Vec<State> {
        lock(&self.items).iter().map(|i| i.state).collect()
    }
}

fn anchor(items: &[OutboxItem], of: &OutboxItem) -> Anchor {
    let same = |i: &&OutboxItem| i.connector == of.connector && i.state == State::Sent;
    let lane = items.iter().filter(same).filter(|i| i.lane == of.lane);
    let amended = items
        .iter()
        .filter(same)
        .find(|i| Some(&i.key) == of.amends.as_ref());
    Anchor::of(lane, amended)
}

impl OutboxStore for Memory {
    type Error = Killed;

    async fn add(&self, mut item: OutboxItem) -> Result<bool, Killed> {
        let mut items = lock(&self.items);
        if items
            .iter()
            .any(|i| i.connector == item.connector && i.key == item.key)
        {
            return Ok(false);
        }
        item.id = items.len() as i64 + 1;
        items.push(item);
        Ok(true)
    }

    async fn claim(&self, now: Timestamp, lease_until: Timestamp, limit: u32) -> Result<Vec<Claim>, Killed> {
        let mut items = lock(&self.items);
        let mut claims = Vec::new();
        for at in 0..items.len() {
            let item = &items[at];
            let waits = items[..at]
                .iter()
                .any(|i| i.connector == item.connector && i.lane == item.lane && i.holds_up());
            if waits || claims.len() >= limit as usize || !item.is_due(now) {
                continue;
            }
            let anchor = anchor(&items, item);
            let lease = items[at].claim(now, lease_until).map_err(|_| Killed)?;
            claims.push(Claim {
                item: items[at].clone(),
                anchor,
                lease,
            });
        }
        Ok(claims)
    }

    async fn settle(&self, lease: Lease, settled: Settled) -> Result<bool, Killed> {
        if *lock(&self.dies_before_writing) {
            return Err(Killed);
        }
        let mut items = lock(&self.items);
        let item = items.iter_mut().find(|i| i.id == lease.id);
        Ok(item.is_some_and(|item| item.settle(lease, settled).is_ok()))
    }

    async fn lane(
        &self,
        connector: &str,
        room: &str,
        thread: Option<&str>,
    ) -> Result<Option<String>, Killed> {
        let items = lock(&self.items);
        let here = |i: &&OutboxItem| {
            i.connector == connector && i.state == State::Sent && i.room.as_deref() == Some(room)
        };
        let opened = items.iter().filter(here).find(|i| i.opens_room());
        let said = items
            .iter()
            .filter(here)
            .find(|i| thread.is_some() && i.message.as_deref() == thread);
        Ok(opened.or(said).map(|i| i.lane.clone()))
    }

    async fn dead(&self, limit: u32) -> Result<Vec<OutboxItem>, Killed> {
        let items = lock(&self.items);
        let dead = items.iter().rev().filter(|i| i.state == State::Dead);
        Ok(dead.take(limit as usize).cloned().collect())
    }

    async fn replay(&self, id: i64, now: Timestamp) -> Result<bool, Killed> {
        let mut items = lock(&self.items);
        let item = items.iter_mut().find(|i| i.id == id);
        Ok(item.is_some_and(|item| item.replay(now).is_ok()))
    }
}

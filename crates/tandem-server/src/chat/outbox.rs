//! The outbox in the state database: the moves are the library's, the rows and their transactions the store's.

use tandem_connect::outbox::{Claim, Lease, OutboxItem, OutboxStore, Settled, State};
use tandem_connect::{Anchor, Job, JobError};
use tandem_domain::Timestamp;
use tandem_store::{OutboxCandidate, OutboxRow, Store, StoreError};

use super::health::Told;

/// The outbox of a state database.
#[derive(Debug, Clone)]
pub struct Outbox(Store);

/// The outbox cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// The state database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A message is too large.
    #[error(transparent)]
    Job(#[from] JobError),
    /// A stored message cannot be read, or a new one not be written.
    #[error("a message of the outbox cannot be read or written")]
    Item(#[from] serde_json::Error),
    /// A stored message may not be claimed after all.
    #[error("a message of the outbox is not as its row says")]
    State(#[from] tandem_connect::outbox::WrongState),
}

/// A message as the store keeps it.
///
/// # Errors
/// When it is too large.
pub fn row(item: &OutboxItem) -> Result<OutboxRow, OutboxError> {
    item.job.to_json()?;
    Ok(OutboxRow {
        id: item.id,
        connector: item.connector.clone(),
        lane: item.lane.clone(),
        key: item.key.0.clone(),
        amends: item.amends.as_ref().map(|key| key.0.clone()),
        state: item.state.as_str().to_owned(),
        next_at: item.next_at,
        lease_until: item.lease_until,
        room: item.room.clone(),
        message: item.message.clone(),
        created: item.created,
        body: serde_json::to_string(item)?,
    })
}

/// The message that a row holds.
///
/// # Errors
/// When it was written by another version or damaged.
pub fn item(row: &OutboxRow) -> Result<OutboxItem, OutboxError> {
    let mut item: OutboxItem = serde_json::from_str(&row.body)?;
    item.id = row.id;
    Ok(item)
}

/// True if it is tried again on the page of its run and nowhere else: whether it is still wanted is decided there.
pub fn is_act(item: &OutboxItem) -> bool {
    matches!(item.job, Job::Act { .. })
}

impl Outbox {
    /// The outbox of that database.
    pub const fn of(store: Store) -> Self {
        Self(store)
    }
}

fn take(
    candidate: &OutboxCandidate,
    now: Timestamp,
    until: Timestamp,
) -> Result<(OutboxRow, Claim), OutboxError> {
    let mut found = item(&candidate.row)?;
    let sent = candidate.sent.iter().map(item).collect::<Result<Vec<_>, _>>()?;
    let amended = candidate.amended.as_ref().map(item).transpose()?;
    let anchor = Anchor::of(sent.iter(), amended.as_ref());
    let lease = found.claim(now, until)?;
    let row = row(&found)?;
    let claim = Claim {
        item: found,
        anchor,
        lease,
    };
    Ok((row, claim))
}

impl OutboxStore for Outbox {
    type Error = OutboxError;

    async fn add(&self, item: OutboxItem) -> Result<bool, OutboxError> {
        Ok(self.0.add_outbox(row(&item)?).await?)
    }

    async fn claim(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Claim>, OutboxError> {
        let mut claims = Vec::new();
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let decide = |candidate: &OutboxCandidate| match take(candidate, now, lease_until) {
            Ok((row, claim)) => {
                claims.push(claim);
                Some(row)
            }
            Err(error) => {
                // What cannot be read must not hold up its lane for ever.
                tracing::error!(item = candidate.row.id, %error, "a message of the outbox cannot be sent; it is put aside");
                Some(OutboxRow {
                    state: State::Dead.as_str().to_owned(),
                    lease_until: None,
                    ..candidate.row.clone()
                })
            }
        };
        self.0.claim_outbox(now, most, decide).await?;
        Ok(claims)
    }

    async fn settle(&self, lease: Lease, settled: Settled) -> Result<bool, OutboxError> {
        let told = Told::by(&settled, crate::pipeline::now());
        let mut connector = None;
        let named = &mut connector;
        let change = move |stored: &OutboxRow| {
            let mut item = item(stored).ok()?;
            item.settle(lease, settled).ok()?;
            *named = Some(item.connector.clone());
            row(&item).ok()
        };
        let done = self.0.change_outbox(lease.id, change).await?;
        if let (true, Some(connector), Some(told)) = (done, connector, told) {
            told.keep(&self.0, &connector).await;
        }
        Ok(done)
    }

    async fn lane(
        &self,
        connector: &str,
        room: &str,
        thread: Option<&str>,
    ) -> Result<Option<String>, OutboxError> {
        let rows = self.0.outbox_in_room(connector, room, thread).await?;
        let opened = rows
            .iter()
            .find(|row| item(row).is_ok_and(|item| item.opens_room()));
        let said = rows
            .iter()
            .find(|row| thread.is_some() && row.message.as_deref() == thread);
        Ok(opened.or(said).map(|row| row.lane.clone()))
    }

    async fn dead(&self, limit: u32) -> Result<Vec<OutboxItem>, OutboxError> {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let rows = self.0.outbox(Some(State::Dead.as_str()), most).await?;
        // One that cannot be read can be neither shown nor sent; its row says that it is there.
        Ok(rows.iter().filter_map(|row| item(row).ok()).collect())
    }

    async fn replay(&self, id: i64, now: Timestamp) -> Result<bool, OutboxError> {
        let change = move |stored: &OutboxRow| {
            let mut item = item(stored).ok().filter(|item| !is_act(item))?;
            item.replay(now).ok()?;
            row(&item).ok()
        };
        Ok(self.0.change_outbox(id, change).await?)
    }
}

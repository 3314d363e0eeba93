//! Makes deliveries durable: many of them in one commit, then the answers.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tandem_domain::EventBatch;
use tandem_sources::{Parcel, Place, Taken};
use tandem_store::{BatchCommit, Committed, DeliveryRow, StoreError};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout_at};

use super::ROOM;
use super::reader::Read;
use crate::app::App;
use crate::background::failed;
use crate::pipeline::IngestError;
use crate::pipeline::maintain::{Merge, merge};
use crate::pipeline::pending::{Stage, days_of};

/// How long deliveries wait for others when nobody waits for them.
const LINGER: Duration = Duration::from_secs(2);
/// How long somebody who waits for the answer waits for others at most.
const PATIENCE: Duration = Duration::from_millis(500);
/// Somebody who waits does not wait longer for another delivery than this.
const PAUSE: Duration = Duration::from_millis(15);
/// Pauses between two tries to keep what cannot be kept.
const FIRST_RETRY: Duration = Duration::from_millis(250);
const LONGEST_RETRY: Duration = Duration::from_secs(30);
/// Commits after which small segments are merged without waiting for the hour.
const MERGE_AFTER: u64 = 300;

/// How often what was read was given up; sources begin again whenever it changes.
pub type Lost = u64;

/// Deliveries of one commit.
#[derive(Default)]
struct Group {
    /// With what their senders are answered after the commit.
    parcels: Vec<(Parcel, Taken)>,
    /// Deliveries of this commit that may be repeated, by their id.
    once: HashMap<String, Taken>,
    rows: Vec<DeliveryRow>,
    events: u64,
    awaited: bool,
    /// What its deliveries hold of the inlet's room, bytes.
    held: u64,
}

/// Keeps what was read until nothing comes any more.
pub(super) struct Keeper {
    pub app: Arc<App>,
    pub reads: mpsc::Receiver<Read>,
    /// Tells sources to start again behind what is durable.
    pub lost: watch::Sender<Lost>,
}

impl Keeper {
    /// Runs until every reader has ended.
    pub async fn run(mut self) {
        let mut merged = 0;
        while let Some(first) = self.reads.recv().await {
            let kept = self.commit(first).await;
            merged += u64::from(kept);
            if merged >= MERGE_AFTER {
                merged = 0;
                tokio::spawn(merge_small(Arc::clone(&self.app)));
            }
        }
    }

    /// One commit; true if something was kept.
    async fn commit(&mut self, first: Read) -> bool {
        let app = Arc::clone(&self.app);
        let mut known = app.writer.lock().await;
        let mut pause = FIRST_RETRY;
        let mut stage = loop {
            match Stage::new(&app, &mut known).await {
                Ok(stage) => break stage,
                Err(error) => wait(&mut pause, "beginning a commit", &error).await,
            }
        };
        let mut group = Group::default();
        let started = Instant::now();
        let mut next = Some(first);
        while let Some(read) = next.take() {
            self.take(read, &mut stage, &mut group).await;
            // What waits behind the group does not count: with many senders the room is always full, and a group that closed for
            // that would be one delivery.
            if stage.is_full() || group.held >= ROOM as u64 / 2 {
                break;
            }
            let until = if group.awaited {
                (started + PATIENCE).min(Instant::now() + PAUSE)
            } else {
                started + LINGER
            };
            next = timeout_at(until, self.reads.recv()).await.ok().flatten();
        }
        if group.parcels.is_empty() {
            return false;
        }
        self.keep(stage, group).await
    }

    /// Takes one read delivery into the commit.
    async fn take(&self, read: Read, stage: &mut Stage<'_>, group: &mut Group) {
        let Read {
            parcel,
            mut pieces,
            checkpoint,
            forgotten,
        } = read;
        if parcel.delivery.place != Place::Passing && !self.app.intake.counts(parcel.start) {
            // Its source has started again behind what is durable: this comes again.
            return;
        }
        group.awaited |= parcel.awaited();
        group.held += parcel.room();
        let once = parcel.delivery.once.clone();
        if let Some(id) = &once
            && let Some(taken) = self.known(id, group).await
        {
            group.parcels.push((parcel, taken));
            return;
        }
        let source = Arc::clone(&parcel.delivery.source);
        let batches: Vec<&EventBatch> = pieces.iter().map(|piece| &piece.batch).collect();
        self.app.intake.mark(&source, &batches, crate::pipeline::now());
        let before = stage.summary;
        for piece in &mut pieces {
            let mut pause = FIRST_RETRY;
            // What is asked of the database comes first, so that trying again finds the piece untouched.
            while let Err(error) = stage
                .take(
                    &parcel.delivery.from,
                    &mut piece.batch,
                    &mut piece.rejects,
                    piece.bytes,
                )
                .await
            {
                wait(&mut pause, "looking up what is stored", &error).await;
            }
        }
        if let Some(checkpoint) = checkpoint {
            stage.note(checkpoint);
        }
        if let Some(key) = forgotten {
            stage.forget(key);
        }
        let after = stage.summary;
        let taken = Taken {
            records: after.records - before.records,
            events: after.events - before.events,
            rejects: after.rejects - before.rejects,
            duplicates: after.duplicates - before.duplicates,
            repeated: false,
        };
        group.events += taken.events;
        if let Some(id) = once {
            group.rows.push(row(id.clone(), taken));
            group.once.insert(id, taken);
        }
        group.parcels.push((parcel, taken));
    }

    /// What came of a delivery that was taken before.
    async fn known(&self, id: &str, group: &Group) -> Option<Taken> {
        if let Some(taken) = group.once.get(id) {
            return Some(Taken {
                repeated: true,
                ..*taken
            });
        }
        let mut pause = FIRST_RETRY;
        loop {
            match self.app.store.batch(id).await {
                Ok(found) => return found.map(before),
                Err(error) => wait(&mut pause, "looking for a repeated delivery", &error).await,
            }
        }
    }

    /// Brings a group into the store, however long that takes, and answers.
    async fn keep(&self, mut stage: Stage<'_>, group: Group) -> bool {
        let batch = match stage.packed(group.rows) {
            Ok(batch) => batch,
            Err(error) => {
                self.lose(&error, &group.parcels);
                return false;
            }
        };
        let days = days_of(&batch);
        let committed = match self.store(batch).await {
            Ok(committed) => committed,
            Err(error) => {
                self.lose(&error, &group.parcels);
                return false;
            }
        };
        stage.published(&days, committed).await;
        let figures = &self.app.intake.figures;
        figures.committed(group.parcels.len() as u64, group.events, crate::pipeline::now());
        for (parcel, taken) in group.parcels {
            parcel.answer(taken);
        }
        true
    }

    /// Tries until the database keeps the batch.
    async fn store(&self, batch: BatchCommit) -> Result<Committed, IngestError> {
        let mut pause = FIRST_RETRY;
        loop {
            match self.app.store.commit_batch(batch.clone()).await {
                Ok(committed) => return Ok(committed),
                // Another process has one of the deliveries: whoever sent it learns that when it comes again.
                Err(error @ StoreError::Conflict { .. }) => return Err(error.into()),
                Err(error) => wait(&mut pause, "keeping what was delivered", &error).await,
            }
        }
    }

    /// Gives up what was read: sources start again behind what is durable, and whoever waits sends again.
    fn lose(&self, error: &IngestError, parcels: &[(Parcel, Taken)]) {
        failed("keeping what was delivered", error, FIRST_RETRY);
        let gone = parcels
            .iter()
            .filter(|(parcel, _)| parcel.delivery.place == Place::Passing && !parcel.awaited())
            .count() as u64;
        if gone > 0 {
            tracing::error!(deliveries = gone, "nobody can send these again");
        }
        self.app.intake.figures.lost(gone);
        // What sources have sent on top of this has no ground any more.
        self.app.intake.none_counts();
        self.lost.send_modify(|times| *times += 1);
    }
}

fn row(id: String, taken: Taken) -> DeliveryRow {
    DeliveryRow {
        id,
        records: taken.records,
        events: taken.events,
        rejects: taken.rejects,
        duplicates: taken.duplicates,
    }
}

fn before(committed: Committed) -> Taken {
    match committed {
        Committed::Now => Taken::default(),
        Committed::Before {
            records,
            events,
            rejects,
            duplicates,
        } => Taken {
            records,
            events,
            rejects,
            duplicates,
            repeated: true,
        },
    }
}

async fn wait(pause: &mut Duration, what: &str, error: &(dyn std::error::Error + Send + Sync)) {
    failed(what, error, *pause);
    sleep(*pause).await;
    *pause = (*pause * 2).min(LONGEST_RETRY);
}

async fn merge_small(app: Arc<App>) {
    if let Err(error) = merge(&app, Merge::Small).await {
        failed("merging segments", &error, Duration::from_secs(60));
    }
}

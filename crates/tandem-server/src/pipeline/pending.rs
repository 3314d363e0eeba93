//! What has been read but not committed yet.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tandem_detect::{Engine, RuleIdx};
use tandem_domain::{Attr, Day, EventBatch, EventRef};
use tandem_lake::{Segment, SegmentWriter};
use tandem_normalise::Reject;
use tandem_people::{Home, canonical_account};
use tandem_store::{
    BatchCommit, Checkpoint, Committed, DeliveryRow, MatchRow, RejectRow, SegmentRow, SourceDay,
};
use xxhash_rust::xxh3::Xxh3;

use super::IngestError;
use super::ingest::IngestSummary;
use super::known::{Known, MOST_LOOKED_UP};
use super::observer::Observer;
use crate::app::App;
use crate::http::metrics::SourceLabels;

/// Days of accounts that wait for a commit, at 1 to 2 KiB each: long histories of few events a day must not take more memory
/// than full days.
const MOST_ACCOUNT_DAYS: usize = 8_000;
/// Acts that may be steps of sequences and wait for a commit, at about 150 bytes each.
const MOST_MARKS: usize = 400_000;

/// Everything between two commits.
pub struct Stage<'a> {
    app: &'a App,
    engine: Engine,
    writer: SegmentWriter,
    known: &'a mut Known,
    /// Something was taken that is not stored yet.
    taken: bool,
    observer: Observer,
    streams: BTreeMap<String, Checkpoint>,
    forgotten: BTreeSet<String>,
    rejects: Vec<RejectRow>,
    matches: Vec<MatchRow>,
    days: BTreeMap<(String, Day), SourceDay>,
    /// Events that no mapping gave a log source, by source.
    unseen: BTreeMap<String, u64>,
    found: Vec<(usize, RuleIdx)>,
    failed: Option<IngestError>,
    events: usize,
    records: u64,
    duplicates: u64,
    /// So far.
    pub summary: IngestSummary,
}

impl<'a> Stage<'a> {
    /// Nothing read yet. `known` is what [`App::writer`] guards.
    ///
    /// # Errors
    /// When people facts cannot be read.
    pub async fn new(app: &'a App, known: &'a mut Known) -> Result<Self, IngestError> {
        known.again();
        let mut stage = Self {
            app,
            engine: Engine::timed(Arc::clone(&app.rules().rules), super::ticks),
            writer: app.lake.writer(),
            known,
            taken: false,
            observer: Observer::new(app),
            streams: BTreeMap::new(),
            forgotten: BTreeSet::new(),
            rejects: Vec::new(),
            matches: Vec::new(),
            days: BTreeMap::new(),
            unseen: BTreeMap::new(),
            found: Vec::new(),
            failed: None,
            events: 0,
            records: 0,
            duplicates: 0,
            summary: IngestSummary::default(),
        };
        stage.learn_people().await?;
        Ok(stage)
    }

    /// Takes over what people facts say about time zones and about the lists that rules name, and rules and sequences as they are now.
    ///
    /// # Errors
    /// When people facts or rules cannot be read.
    pub async fn learn_people(&mut self) -> Result<(), IngestError> {
        let app = self.app;
        app.refresh_rules().await?;
        self.tell_work();
        self.engine = Engine::timed(Arc::clone(&app.rules().rules), super::ticks);
        self.observer.learn(app).await?;
        Ok(())
    }

    /// Takes a batch and its rejects, leaving both empty.
    ///
    /// # Errors
    /// When it cannot be found out which of the events are stored already.
    pub async fn take(
        &mut self,
        stream: &str,
        batch: &mut EventBatch,
        rejects: &mut Vec<Reject>,
        bytes: u64,
    ) -> Result<(), IngestError> {
        for day in self.known.unchecked(batch) {
            self.look_up(batch.source(), day).await?;
        }
        let source = batch.source().to_owned();
        self.taken = true;
        let duplicates = self.known.sift(batch);
        let rejected = rejects.len() as u64;
        self.count(&source, batch, duplicates, rejected, bytes);
        for reject in rejects.drain(..) {
            self.keep_reject(&source, stream, reject);
        }
        self.observer.observe(batch);
        self.detect(batch);
        let home = self.observer.home();
        if let Err(error) = self.writer.append(batch, |event| account_of(event, home)) {
            self.failed.get_or_insert(error.into());
        }
        batch.clear();
        Ok(())
    }

    /// Learns which events of a day of a source are stored.
    async fn look_up(&mut self, source: &str, day: Day) -> Result<(), IngestError> {
        let stored = self.app.store.events_of(source, day).await?;
        if self.known.agrees(source, day, stored) {
            return Ok(());
        }
        let mut ids = match stored {
            0 => Vec::new(),
            1..=MOST_LOOKED_UP => {
                let segments = self.app.segments(Some(day), Some(day)).await?;
                self.app.lake.ids_of(source, &segments).await?
            }
            _ => Vec::new(),
        };
        // What was taken back stays away when its file is read again.
        ids.extend(self.app.store.withdrawn_of(source, day).await?);
        self.known.learn(source, day, stored, ids);
        Ok(())
    }

    fn count(&mut self, source: &str, batch: &EventBatch, duplicates: u64, rejected: u64, bytes: u64) {
        let events = batch.len() as u64;
        self.events += batch.len();
        self.records += events + duplicates + rejected;
        self.duplicates += duplicates;
        self.summary.records += events + duplicates + rejected;
        self.summary.events += events;
        self.summary.duplicates += duplicates;
        self.summary.rejects += rejected;
        self.summary.bytes += bytes;
        let labels = SourceLabels {
            source: source.to_owned(),
        };
        let metrics = &self.app.metrics;
        metrics
            .records
            .get_or_create(&labels)
            .inc_by(events + duplicates + rejected);
        metrics.events.get_or_create(&labels).inc_by(events);
        metrics.duplicates.get_or_create(&labels).inc_by(duplicates);
        metrics.rejects.get_or_create(&labels).inc_by(rejected);
        let without = |event: &EventRef<'_>| event.logsource_ids().is_empty();
        let unseen = batch.iter().filter(without).count() as u64;
        if unseen > 0 {
            *self.unseen.entry(source.to_owned()).or_default() += unseen;
        }
        for event in batch.iter() {
            let time = event.head().time;
            let day = self.day(source, time.day());
            day.events += 1;
            day.first = Some(day.first.map_or(time, |first| first.min(time)));
            day.last = Some(day.last.map_or(time, |last| last.max(time)));
        }
        // Bytes and rejects have no day of their own: they count for the batch's last day, or for today.
        let at = batch
            .iter()
            .last()
            .map_or_else(|| super::now().day(), |e| e.head().time.day());
        if rejected > 0 || bytes > 0 {
            let day = self.day(source, at);
            day.rejects += rejected;
            day.bytes += bytes;
        }
    }

    fn day(&mut self, source: &str, day: Day) -> &mut SourceDay {
        self.days
            .entry((source.to_owned(), day))
            .or_insert_with(|| SourceDay {
                source: source.to_owned(),
                day,
                ..SourceDay::default()
            })
    }

    fn keep_reject(&mut self, source: &str, stream: &str, reject: Reject) {
        self.rejects.push(RejectRow {
            source: source.to_owned(),
            stream: stream.to_owned(),
            offset: reject.offset,
            reason: reject.reason,
            hint: reject.hint,
            field: reject.field,
            bytes: reject.bytes,
            raw: reject.raw,
            received: super::now(),
        });
    }

    fn detect(&mut self, batch: &EventBatch) {
        let before = self.matches.len();
        let found = &mut self.found;
        found.clear();
        self.engine
            .scan(batch, &mut |event, rule| found.push((event, rule)));
        for (index, rule) in found.drain(..) {
            let Some(event) = batch.get(index) else { continue };
            let Some(mut matched) = self.engine.base_match(rule, event) else {
                continue;
            };
            matched.account = canonical_account(&matched.account, self.observer.home())
                .map(Cow::into_owned)
                .unwrap_or_default();
            match serde_json::to_string(&matched) {
                Ok(body) => self.matches.push(MatchRow {
                    rule: matched.rule,
                    event: matched.event,
                    time: matched.time,
                    account: matched.account,
                    body,
                }),
                Err(error) => {
                    self.failed.get_or_insert(error.into());
                }
            }
        }
        self.app
            .metrics
            .matches
            .inc_by((self.matches.len() - before) as u64);
    }

    /// Hands on what the rules of this engine did since the last time.
    fn tell_work(&mut self) {
        let done = self.engine.take_statistics();
        self.app.note_work(self.engine.rules(), &done);
    }

    /// Bytes that cannot be read become one reject.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub async fn reject_rest(
        &mut self,
        source: &str,
        stream: &str,
        offset: u64,
        rest: &[u8],
        reason: &str,
    ) -> Result<(), IngestError> {
        const KEPT: usize = 64 << 10;
        let mut one = vec![Reject {
            offset,
            raw: rest.get(..KEPT).unwrap_or(rest).to_vec(),
            bytes: rest.len() as u64,
            reason: reason.to_owned(),
            hint: "mend or complete the file and ingest it again".to_owned(),
            field: None,
        }];
        self.take(stream, &mut EventBatch::new(source), &mut one, 0).await
    }

    /// Notes how far a stream was read; becomes true with the next commit.
    pub fn note(&mut self, checkpoint: Checkpoint) {
        self.forgotten.remove(&checkpoint.stream_key);
        self.streams.insert(checkpoint.stream_key.clone(), checkpoint);
    }

    /// Forgets how far a stream was read; becomes true with the next commit.
    pub fn forget(&mut self, key: String) {
        self.streams.remove(&key);
        self.forgotten.insert(key);
    }

    /// True when it is time to commit.
    pub fn is_full(&self) -> bool {
        self.events >= self.app.config.lake.commit_events
            || self.observer.account_days >= MOST_ACCOUNT_DAYS
            || self.observer.marked >= MOST_MARKS
            || self.matches.len() >= 50_000
            || self.rejects.len() >= 5_000
    }

    /// Publishes everything read so far.
    ///
    /// # Errors
    /// When lake or database fail; then nothing of it is visible, and reading again starts where the last commit ended.
    pub async fn commit(&mut self) -> Result<(), IngestError> {
        let id = self.batch_id();
        self.commit_as(id).await.map(drop)
    }

    /// As [`Self::commit`], and marks the rejects from which the events were read.
    ///
    /// # Errors
    /// As there; then none is marked.
    pub async fn commit_replay(&mut self, replayed: &[i64]) -> Result<Committed, IngestError> {
        self.publish(self.batch_id(), replayed).await
    }

    /// As [`Self::commit`], under a batch id given by the sender.
    ///
    /// # Errors
    /// As there.
    pub async fn commit_as(&mut self, batch_id: String) -> Result<Committed, IngestError> {
        self.publish(batch_id, &[]).await
    }

    /// Everything read so far as one batch, with the deliveries in it that senders may repeat; its segments are on disk. Whoever
    /// takes it has to bring it into the store, and then to say so ([`Self::published`]).
    ///
    /// # Errors
    /// When the lake cannot write; then what was read is gone and has to be read again.
    pub fn packed(&mut self, deliveries: Vec<DeliveryRow>) -> Result<BatchCommit, IngestError> {
        let mut batch = self.batch(self.batch_id())?;
        batch.deliveries = deliveries;
        Ok(batch)
    }

    /// Takes note that a batch is in the store, now or since before.
    pub async fn published(&mut self, days: &[(String, Day, u64)], committed: Committed) {
        self.known.committed(
            days.iter()
                .map(|(source, day, events)| (source.as_str(), *day, *events)),
        );
        self.taken = false;
        self.tell_work();
        let unseen = std::mem::take(&mut self.unseen);
        if committed == Committed::Now
            && let Err(error) = self.app.note_unseen(&unseen).await
        {
            // The events are stored: what is only a remark about them must not make the sender send them again.
            tracing::warn!(%error, "events without a log source could not be noted");
        }
    }

    async fn publish(&mut self, batch_id: String, replayed: &[i64]) -> Result<Committed, IngestError> {
        let batch = self.batch(batch_id)?;
        let days = days_of(&batch);
        let committed = self.app.store.commit_replay(batch, replayed).await?;
        self.published(&days, committed).await;
        Ok(committed)
    }

    /// Everything read so far as one batch; its segments are on disk.
    fn batch(&mut self, batch_id: String) -> Result<BatchCommit, IngestError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let segments = self.writer.finish()?;
        let (activity, marks) = self.observer.take()?;
        self.events = 0;
        Ok(BatchCommit {
            batch_id,
            committed: super::now(),
            streams: std::mem::take(&mut self.streams).into_values().collect(),
            forgotten: std::mem::take(&mut self.forgotten).into_iter().collect(),
            segments: segments.iter().map(segment_row).collect::<Result<_, _>>()?,
            rejects: std::mem::take(&mut self.rejects),
            matches: std::mem::take(&mut self.matches),
            activity,
            marks,
            source_days: std::mem::take(&mut self.days).into_values().collect(),
            records: std::mem::take(&mut self.records),
            duplicates: std::mem::take(&mut self.duplicates),
            deliveries: Vec::new(),
        })
    }

    /// The same for the same streams read to the same places.
    fn batch_id(&self) -> String {
        let mut hasher = Xxh3::new();
        for (key, checkpoint) in &self.streams {
            hasher.update(key.as_bytes());
            hasher.update(checkpoint.fingerprint.as_bytes());
            hasher.update(&checkpoint.offset.to_le_bytes());
        }
        for key in &self.forgotten {
            hasher.update(key.as_bytes());
        }
        hasher.update(&super::now().0.to_le_bytes());
        format!("{:032x}", hasher.digest128())
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        if self.taken {
            // What was taken and never stored must not count as known when it comes again.
            *self.known = Known::default();
        }
    }
}

/// How many events a batch has of each source and day.
pub fn days_of(batch: &BatchCommit) -> Vec<(String, Day, u64)> {
    batch
        .source_days
        .iter()
        .map(|day| (day.source.clone(), day.day, day.events))
        .collect()
}

/// The canonical acting account of an event; empty if there is none.
fn account_of<'b>(event: &EventRef<'b>, home: &Home) -> Cow<'b, str> {
    event
        .attr(Attr::ActorUser)
        .and_then(|raw| canonical_account(raw, home))
        .unwrap_or(Cow::Borrowed(""))
}

/// A segment as the catalog keeps it.
///
/// # Errors
/// Never for segments that the lake made.
pub fn segment_row(segment: &Segment) -> Result<SegmentRow, serde_json::Error> {
    Ok(SegmentRow {
        path: segment.path.clone(),
        day: segment.day,
        min_time: segment.min_time,
        max_time: segment.max_time,
        rows: segment.rows,
        body: serde_json::to_string(segment)?,
    })
}

impl App {
    /// The live segments of days from `from` to `to`.
    ///
    /// # Errors
    /// When the database fails or an entry cannot be read.
    pub async fn segments(
        &self,
        from: Option<Day>,
        to: Option<Day>,
    ) -> Result<Vec<Segment>, tandem_store::StoreError> {
        let rows = self.store.segments(from, to).await?;
        rows.iter()
            .map(|r| {
                serde_json::from_str(&r.body).map_err(|source| tandem_store::StoreError::Stored {
                    what: "segment",
                    source,
                })
            })
            .collect()
    }
}

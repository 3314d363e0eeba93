//! From batches of events to segments.

use std::borrow::Cow;

use tandem_domain::{EventBatch, EventRef};

use crate::config::WriteConfig;
use crate::encode::SegmentEncoder;
use crate::error::{LakeError, Result};
use crate::logsource::push_logsource;
use crate::segment::Segment;
use crate::storage::Storage;
use crate::waiting::{Derived, Waiting};
use tandem_domain::event::FieldsWriter;

/// Rows handed to the encoder at once: few enough to stay in the processor's cache.
const CHUNK_ROWS: usize = 4_096;

/// Collects batches and writes one segment per UTC day, sorted by account and time. Nothing is part of the lake until the
/// segments that [`Self::finish`] returns are in the catalog.
///
/// Writing is plain computing and blocking file output: call it from a thread of its own.
#[derive(Debug)]
pub struct SegmentWriter {
    storage: Storage,
    config: WriteConfig,
    waiting: Waiting,
    done: Vec<Segment>,
    fields: FieldsWriter,
    logsources: LogsourceTexts,
}

impl SegmentWriter {
    pub(crate) fn new(storage: Storage, config: WriteConfig) -> Self {
        Self {
            storage,
            config,
            waiting: Waiting::default(),
            done: Vec::new(),
            fields: FieldsWriter::default(),
            logsources: LogsourceTexts::default(),
        }
    }

    /// Adds the events of a batch. `account` gives the canonical account that acted; empty text means none. Memory stays
    /// under the flush thresholds of [`WriteConfig`]: when they are passed, what waits is written out.
    ///
    /// # Errors
    /// When a segment cannot be encoded or stored. The writer is then of no further use: drop it, and let
    /// [`crate::Lake::sweep`] remove what it left.
    pub fn append<'b, F>(&mut self, batch: &'b EventBatch, account: F) -> Result<()>
    where
        F: Fn(&EventRef<'b>) -> Cow<'b, str>,
    {
        self.fields.start(batch);
        self.logsources.start();
        for event in batch.iter() {
            let derived = Derived {
                account: &account(&event),
                logsource: self.logsources.text(batch, event.logsource_ids()),
                fields: self.fields.object(&event),
            };
            self.waiting.push(&event, &derived);
            if self.waiting.len() >= self.config.flush_rows || self.waiting.text_bytes() >= self.flush_bytes()
            {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Events that wait in memory.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Writes what waits and gives back every segment since the last call, durable and complete, for the catalog. The
    /// writer can be used again.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn finish(&mut self) -> Result<Vec<Segment>> {
        self.flush()?;
        Ok(std::mem::take(&mut self.done))
    }

    /// Positions in a column's text are 32-bit.
    fn flush_bytes(&self) -> usize {
        self.config.flush_bytes.min(1 << 30)
    }

    /// Writes one segment per day of what waits.
    fn flush(&mut self) -> Result<()> {
        let order = self.waiting.order();
        let day = |number: &u32| self.waiting.row(*number).day();
        for rows in order.chunk_by(|a, b| day(a) == day(b)) {
            let Some(first) = rows.first() else { continue };
            let level = self.config.zstd_level;
            let columns = self.waiting.columns(rows);
            let properties = (&self.config, level, rows.len());
            let mut encoder = SegmentEncoder::new(&self.storage, day(first), columns, properties)?;
            for rows in rows.chunks(CHUNK_ROWS) {
                let chunk = self
                    .waiting
                    .gather(rows)
                    .map_err(|error| LakeError::Encode(error.to_string()))?;
                encoder.write(&chunk)?;
            }
            let segment = encoder.finish()?;
            tracing::debug!(
                path = segment.path,
                rows = segment.rows,
                bytes = segment.bytes,
                "segment written"
            );
            self.done.push(segment);
        }
        self.waiting.clear();
        Ok(())
    }
}

/// The text form of the log-source sets of one batch, made once per distinct set.
#[derive(Debug, Default)]
struct LogsourceTexts {
    known: Vec<(Vec<u16>, String)>,
    last: usize,
}

impl LogsourceTexts {
    /// Ids are a batch's own.
    fn start(&mut self) {
        self.known.clear();
        self.last = 0;
    }

    fn text(&mut self, batch: &EventBatch, ids: &[u16]) -> &str {
        if self.known.get(self.last).is_none_or(|(known, _)| known != ids) {
            self.last = match self.known.iter().position(|(known, _)| known == ids) {
                Some(at) => at,
                None => {
                    let mut text = String::new();
                    for logsource in ids.iter().filter_map(|id| batch.logsources().get(*id as usize)) {
                        push_logsource(&mut text, logsource);
                    }
                    self.known.push((ids.to_vec(), text));
                    self.known.len() - 1
                }
            };
        }
        self.known.get(self.last).map_or("", |(_, text)| text)
    }
}

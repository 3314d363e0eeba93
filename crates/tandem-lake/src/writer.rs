//! From batches of events to segments.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tandem_domain::{Day, EventBatch, EventRef};

use crate::columns::{DayColumns, Derived};
use crate::config::WriteConfig;
use crate::encode::SegmentEncoder;
use crate::error::{LakeError, Result};
use crate::json::FieldsWriter;
use crate::logsource::push_logsource;
use crate::schema::event_schema;
use crate::segment::Segment;
use crate::storage::Storage;

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
    days: BTreeMap<Day, DayColumns>,
    spare: Vec<DayColumns>,
    done: Vec<Segment>,
    fields: FieldsWriter,
    logsources: LogsourceTexts,
    waiting_rows: usize,
    waiting_bytes: usize,
}

impl SegmentWriter {
    pub(crate) fn new(storage: Storage, config: WriteConfig) -> Self {
        Self {
            storage,
            config,
            days: BTreeMap::new(),
            spare: Vec::new(),
            done: Vec::new(),
            fields: FieldsWriter::default(),
            logsources: LogsourceTexts::default(),
            waiting_rows: 0,
            waiting_bytes: 0,
        }
    }

    /// Adds the events of a batch. `account` gives the canonical account that acted; empty text means none. Memory stays
    /// under the flush thresholds of [`WriteConfig`]: when they are passed, the fullest day is written out.
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
            let day = event.head().time.day();
            let derived = Derived {
                account: &account(&event),
                logsource: self.logsources.text(batch, event.logsource_ids()),
                fields: self.fields.object(&event),
            };
            let columns = self
                .days
                .entry(day)
                .or_insert_with(|| self.spare.pop().unwrap_or_default());
            let before = columns.text_bytes();
            columns.push(&event, &derived);
            self.waiting_bytes += columns.text_bytes() - before;
            self.waiting_rows += 1;
            if self.waiting_rows >= self.config.flush_rows || self.waiting_bytes >= self.flush_bytes() {
                self.flush_fullest()?;
            }
        }
        Ok(())
    }

    /// Events that wait in memory.
    pub fn waiting(&self) -> usize {
        self.waiting_rows
    }

    /// Writes what waits and gives back every segment since the last call, durable and complete, for the catalog. The
    /// writer can be used again.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn finish(&mut self) -> Result<Vec<Segment>> {
        while let Some((_, columns)) = self.days.pop_first() {
            self.write_out(columns)?;
        }
        (self.waiting_rows, self.waiting_bytes) = (0, 0);
        Ok(std::mem::take(&mut self.done))
    }

    /// Positions in a column's text are 32-bit.
    fn flush_bytes(&self) -> usize {
        self.config.flush_bytes.min(1 << 30)
    }

    fn flush_fullest(&mut self) -> Result<()> {
        let fullest = self
            .days
            .iter()
            .max_by_key(|(_, columns)| (columns.text_bytes(), columns.len()));
        let Some(day) = fullest.map(|(day, _)| *day) else {
            return Ok(());
        };
        let Some(columns) = self.days.remove(&day) else {
            return Ok(());
        };
        self.waiting_rows -= columns.len();
        self.waiting_bytes -= columns.text_bytes();
        self.write_out(columns)
    }

    fn write_out(&mut self, mut columns: DayColumns) -> Result<()> {
        if let Some(day) = columns.day() {
            let level = self.config.zstd_level;
            let mut encoder = SegmentEncoder::new(day, event_schema(), &self.config, level, columns.len())?;
            for rows in columns.order().chunks(CHUNK_ROWS) {
                let chunk = columns
                    .gather(rows)
                    .map_err(|error| LakeError::Encode(error.to_string()))?;
                encoder.write(&chunk)?;
            }
            let (bytes, segment) = encoder.finish(&new_name())?;
            self.storage.put(&segment.path, bytes)?;
            tracing::debug!(
                path = segment.path,
                rows = segment.rows,
                bytes = segment.bytes,
                "segment written"
            );
            self.done.push(segment);
        }
        columns.clear();
        // One spare is enough: days mostly fill one after the other.
        if self.spare.is_empty() {
            self.spare.push(columns);
        }
        Ok(())
    }
}

/// A name that no other segment has, whatever machine made it, and that sorts by when it was made.
pub(crate) fn new_name() -> String {
    uuid::Uuid::now_v7().simple().to_string()
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

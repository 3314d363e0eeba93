//! One segment's file: sorted batches in, a durable Parquet file and its catalog entry out.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::{max, min};
use datafusion::arrow::datatypes::{DataType, TimestampMicrosecondType};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_writer::ArrowWriterOptions;
use tandem_domain::{Day, Timestamp};

use crate::config::WriteConfig;
use crate::error::{LakeError, Result};
use crate::schema::{event_schema, position, writer_properties};
use crate::segment::Segment;
use crate::storage::{NewFile, Storage};

/// Writes one segment; an unfinished one leaves nothing behind. Batches must arrive sorted by account (absent first), time and id.
pub(crate) struct SegmentEncoder {
    writer: ArrowWriter<NewFile>,
    columns: Vec<usize>,
    day: Day,
    rows: u64,
    times: Option<(i64, i64)>,
    accounts: Option<(String, String)>,
    sources: BTreeSet<String>,
}

impl SegmentEncoder {
    /// An encoder for `day` of the columns at the positions `columns`; `rows` is how many are expected at most, `level`
    /// the Zstandard level. A column that no row has a value in is left out: readers see it as null, and opening it is
    /// most of the cost of a query that wants few rows.
    pub(crate) fn new(
        storage: &Storage,
        day: Day,
        columns: Vec<usize>,
        (config, level, rows): (&WriteConfig, i32, usize),
    ) -> Result<Self> {
        // Without the embedded Arrow schema every reader, ours included, sees plain Parquet types.
        let options = ArrowWriterOptions::new()
            .with_properties(writer_properties(config, level, rows))
            .with_skip_arrow_metadata(true);
        let schema = event_schema().project(&columns).map_err(encode)?;
        let file = storage.create(format!("{}/{}.parquet", Segment::folder(day), new_name()))?;
        let writer = ArrowWriter::try_new_with_options(file, Arc::new(schema), options).map_err(encode)?;
        Ok(Self {
            writer,
            columns,
            day,
            rows: 0,
            times: None,
            accounts: None,
            sources: BTreeSet::new(),
        })
    }

    /// Adds sorted rows of the write schema.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        self.rows += batch.num_rows() as u64;
        self.note_times(batch);
        self.note_accounts(batch);
        for_each_text(batch, "source", &mut |source| {
            if !self.sources.contains(source) {
                self.sources.insert(source.to_owned());
            }
        });
        let chosen = batch.project(&self.columns).map_err(encode)?;
        self.writer.write(&chosen).map_err(encode)
    }

    /// Rows so far.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes of the row groups already closed.
    pub(crate) fn closed_bytes(&self) -> usize {
        self.writer.bytes_written()
    }

    /// True when no row waits in an open row group.
    pub(crate) fn at_row_group_end(&self) -> bool {
        self.writer.in_progress_rows() == 0
    }

    /// The catalog entry of the file, which is then durable.
    pub(crate) fn finish(self) -> Result<Segment> {
        let written = self.writer.into_inner().map_err(encode)?.finish()?;
        let (min_time, max_time) = self.times.unwrap_or_default();
        let (min_account, max_account) = self.accounts.unzip();
        Ok(Segment {
            path: written.path,
            day: self.day,
            rows: self.rows,
            bytes: written.bytes,
            min_time: Timestamp(min_time),
            max_time: Timestamp(max_time),
            min_account,
            max_account,
            sources: self.sources.into_iter().collect(),
            hash: written.hash.to_hex().to_string(),
        })
    }

    fn note_times(&mut self, batch: &RecordBatch) {
        let Some(times) = batch.columns().get(position("time")) else {
            return;
        };
        let Some(times) = times.as_primitive_opt::<TimestampMicrosecondType>() else {
            return;
        };
        let (Some(low), Some(high)) = (min(times), max(times)) else {
            return;
        };
        self.times = Some(match self.times {
            Some((first, last)) => (first.min(low), last.max(high)),
            None => (low, high),
        });
    }

    /// Rows are sorted with absent accounts first, so the first and last present values are the ends.
    fn note_accounts(&mut self, batch: &RecordBatch) {
        let Some(column) = batch.columns().get(position("account")) else {
            return;
        };
        let absent = column.null_count();
        let (Some(first), Some(last)) = (text_at(column, absent), text_at(column, column.len() - 1)) else {
            return;
        };
        match &mut self.accounts {
            Some((_, end)) => last.clone_into(end),
            None => self.accounts = Some((first.to_owned(), last.to_owned())),
        }
    }
}

/// A name that no other segment has, whatever machine made it, and that sorts by when it was made.
fn new_name() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

fn encode(error: impl std::fmt::Display) -> LakeError {
    LakeError::Encode(error.to_string())
}

/// The text of a row of a text column, in either of its layouts.
pub(crate) fn text_at(column: &dyn Array, row: usize) -> Option<&str> {
    if row >= column.len() || column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::Utf8 => Some(column.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Some(column.as_string::<i64>().value(row)),
        DataType::Utf8View => Some(column.as_string_view().value(row)),
        _ => None,
    }
}

fn for_each_text(batch: &RecordBatch, name: &str, each: &mut dyn FnMut(&str)) {
    let Some(column) = batch.columns().get(position(name)) else {
        return;
    };
    let mut last: Option<&str> = None;
    for row in 0..column.len() {
        let text = text_at(column, row);
        if text != last {
            text.into_iter().for_each(&mut *each);
            last = text;
        }
    }
}

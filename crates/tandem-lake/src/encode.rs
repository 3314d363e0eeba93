//! One segment's bytes: sorted batches in, a Parquet file and its catalog entry out.

use std::collections::BTreeSet;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::{max, min};
use datafusion::arrow::datatypes::{DataType, SchemaRef, TimestampMicrosecondType};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_writer::ArrowWriterOptions;
use tandem_domain::{Day, Timestamp};

use crate::config::WriteConfig;
use crate::error::{LakeError, Result};
use crate::schema::{position, writer_properties};
use crate::segment::Segment;

/// Encodes one segment in memory. Batches must arrive sorted by account (absent first), time and id.
pub(crate) struct SegmentEncoder {
    writer: ArrowWriter<Vec<u8>>,
    day: Day,
    rows: u64,
    times: Option<(i64, i64)>,
    accounts: Option<(String, String)>,
    sources: BTreeSet<String>,
}

impl SegmentEncoder {
    /// An encoder for `day`; `rows` is how many are expected at most, `level` the Zstandard level.
    pub(crate) fn new(
        day: Day,
        schema: SchemaRef,
        config: &WriteConfig,
        level: i32,
        rows: usize,
    ) -> Result<Self> {
        // Without the embedded Arrow schema every reader, ours included, sees plain Parquet types.
        let options = ArrowWriterOptions::new()
            .with_properties(writer_properties(config, level, rows))
            .with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(Vec::new(), schema, options).map_err(encode)?;
        Ok(Self {
            writer,
            day,
            rows: 0,
            times: None,
            accounts: None,
            sources: BTreeSet::new(),
        })
    }

    /// Adds sorted rows.
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
        self.writer.write(batch).map_err(encode)
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

    /// The file and its catalog entry, under the name `name`.
    pub(crate) fn finish(self, name: &str) -> Result<(Vec<u8>, Segment)> {
        let bytes = self.writer.into_inner().map_err(encode)?;
        let (min_time, max_time) = self.times.unwrap_or_default();
        let (min_account, max_account) = self.accounts.unzip();
        let segment = Segment {
            path: format!("{}/{name}.parquet", Segment::folder(self.day)),
            day: self.day,
            rows: self.rows,
            bytes: bytes.len() as u64,
            min_time: Timestamp(min_time),
            max_time: Timestamp(max_time),
            min_account,
            max_account,
            sources: self.sources.into_iter().collect(),
            hash: blake3::hash(&bytes).to_hex().to_string(),
        };
        Ok((bytes, segment))
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

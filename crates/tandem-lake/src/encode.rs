//! One segment's bytes: sorted batches in, a Parquet file and its catalog entry out.

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

/// Encodes one segment in memory. Batches must arrive sorted by account (absent first), time and id.
pub(crate) struct SegmentEncoder {
    writer: ArrowWriter<Vec<u8>>,
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
        day: Day,
        columns: Vec<usize>,
        config: &WriteConfig,
        level: i32,
        rows: usize,
    ) -> Result<Self> {
        // Without the embedded Arrow schema every reader, ours included, sees plain Parquet types.
        let options = ArrowWriterOptions::new()
            .with_properties(writer_properties(config, level, rows))
            .with_skip_arrow_metadata(true);
        let schema = event_schema().project(&columns).map_err(encode)?;
        let writer =
            ArrowWriter::try_new_with_options(Vec::new(), Arc::new(schema), options).map_err(encode)?;
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

//! Builds a batch of columns from rows.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Int32Builder, Int64Builder, RecordBatch, StringBuilder, TimestampMicrosecondBuilder,
    new_null_array,
};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::error::ArrowError;
use tandem_domain::{EventId, NumAttr};

use crate::schema::event_schema;
use crate::waiting::{RAW, Waiting};

/// Bytes reserved for a text at first.
const TEXT_GUESS: usize = 16;

/// The columns of a batch in the making.
pub(crate) struct Gatherer {
    rows: usize,
    ids: StringBuilder,
    times: TimestampMicrosecondBuilder,
    sources: StringBuilder,
    classes: StringBuilder,
    codes: [Int32Builder; 4],
    accounts: StringBuilder,
    logsources: StringBuilder,
    texts: Vec<StringBuilder>,
    nums: Vec<Int64Builder>,
    hex: String,
}

impl Gatherer {
    /// For a batch of `rows` rows.
    pub(crate) fn new(rows: usize) -> Self {
        let text = || StringBuilder::with_capacity(rows, rows * TEXT_GUESS);
        Self {
            rows,
            ids: StringBuilder::with_capacity(rows, rows * 32),
            times: TimestampMicrosecondBuilder::with_capacity(rows).with_timezone("UTC"),
            sources: text(),
            classes: text(),
            codes: std::array::from_fn(|_| Int32Builder::with_capacity(rows)),
            accounts: text(),
            logsources: text(),
            // Those that no row has stay without memory.
            texts: (0..=RAW).map(|_| StringBuilder::with_capacity(0, 0)).collect(),
            nums: NumAttr::ALL
                .iter()
                .map(|_| Int64Builder::with_capacity(0))
                .collect(),
            hex: String::with_capacity(32),
        }
    }

    /// Adds a row of `from`.
    pub(crate) fn add(&mut self, from: &Waiting, number: u32) {
        let at = self.times.values_slice().len();
        let row = from.row(number);
        let head = row.head;
        self.hex.clear();
        push_hex(&mut self.hex, head.id);
        self.ids.append_value(&self.hex);
        self.times.append_value(head.time.0);
        self.sources.append_value(from.sources.get(row.source));
        self.classes.append_value(head.class.as_str());
        let codes = [
            i32::from(head.class.uid()),
            i32::from(head.activity),
            head.severity as i32,
            head.status as i32,
        ];
        for (builder, code) in self.codes.iter_mut().zip(codes) {
            builder.append_value(code);
        }
        append(&mut self.accounts, from.accounts.get(row.account));
        append(&mut self.logsources, from.logsources.get(row.logsource));
        for (column, text) in from.texts(number) {
            if let Some(builder) = self.texts.get_mut(column as usize) {
                builder.append_nulls(at - builder.offsets_slice().len().saturating_sub(1));
                builder.append_value(text);
            }
        }
        for (column, value) in from.nums(number) {
            if let Some(builder) = self.nums.get_mut(*column as usize) {
                builder.append_nulls(at - builder.values_slice().len());
                builder.append_value(*value);
            }
        }
    }

    /// The batch, in the write schema.
    pub(crate) fn finish(mut self) -> Result<RecordBatch, ArrowError> {
        let rows = self.rows;
        let text = |builder: &mut StringBuilder| -> ArrayRef {
            let filled = builder.offsets_slice().len().saturating_sub(1);
            if filled == 0 {
                return new_null_array(&DataType::Utf8, rows);
            }
            builder.append_nulls(rows - filled);
            Arc::new(builder.finish())
        };
        let mut texts: Vec<ArrayRef> = self.texts.iter_mut().map(text).collect();
        let own = texts.split_off(RAW as usize - 1);
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(self.ids.finish()),
            Arc::new(self.times.finish()),
            Arc::new(self.sources.finish()),
            Arc::new(self.classes.finish()),
        ];
        columns.extend(
            self.codes
                .iter_mut()
                .map(|codes| Arc::new(codes.finish()) as ArrayRef),
        );
        columns.push(Arc::new(self.accounts.finish()));
        columns.extend(texts);
        columns.extend(self.nums.iter_mut().map(|builder| -> ArrayRef {
            if builder.values_slice().is_empty() {
                return new_null_array(&DataType::Int64, rows);
            }
            builder.append_nulls(rows - builder.values_slice().len());
            Arc::new(builder.finish())
        }));
        columns.push(Arc::new(self.logsources.finish()));
        columns.extend(own);
        RecordBatch::try_new(event_schema(), columns)
    }
}

fn append(builder: &mut StringBuilder, word: &str) {
    if word.is_empty() {
        builder.append_null()
    } else {
        builder.append_value(word)
    }
}

/// As `EventId`'s Display, without going through a formatter for each id.
fn push_hex(out: &mut String, id: EventId) {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    for byte in id.0.to_be_bytes() {
        for nibble in [byte >> 4, byte & 15] {
            out.push(DIGITS.get(nibble as usize).copied().unwrap_or('0'));
        }
    }
}

//! The columns of one day's events, filled straight from the batch's arena and sorted when they are written.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Int32Array, Int64Array, RecordBatch, StringArray, StringBuilder, TimestampMicrosecondArray,
    new_null_array,
};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::error::ArrowError;
use tandem_domain::event::EventHead;
use tandem_domain::{Attr, Day, EventId, EventRef, NumAttr};

use crate::schema::write_schema;

/// Texts of which few are distinct, kept once each and referred to by number.
#[derive(Debug, Default)]
struct Words {
    numbers: HashMap<Box<str>, u32>,
    words: Vec<Box<str>>,
    rows: Vec<u32>,
}

impl Words {
    fn put(&mut self, text: &str) {
        let last = self.rows.last().copied();
        if let Some(last) =
            last.filter(|last| self.words.get(*last as usize).is_some_and(|word| **word == *text))
        {
            self.rows.push(last);
            return;
        }
        let number = match self.numbers.get(text) {
            Some(number) => *number,
            None => {
                let number = self.words.len() as u32;
                self.words.push(text.into());
                self.numbers.insert(text.into(), number);
                number
            }
        };
        self.rows.push(number);
    }

    fn get(&self, row: u32) -> &str {
        let number = self.rows.get(row as usize).copied().unwrap_or_default();
        self.words.get(number as usize).map_or("", |word| word)
    }

    /// For each word, its place among all words in text order.
    fn ranks(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.words.len() as u32).collect();
        order.sort_unstable_by_key(|number| self.words.get(*number as usize));
        let mut ranks = vec![0; order.len()];
        for (rank, number) in order.iter().enumerate() {
            if let Some(slot) = ranks.get_mut(*number as usize) {
                *slot = rank as u32;
            }
        }
        ranks
    }

    fn gather(&self, order: &[u32]) -> ArrayRef {
        let mut builder = StringBuilder::with_capacity(order.len(), order.len() * 16);
        for row in order {
            let word = self.get(*row);
            if word.is_empty() {
                builder.append_null();
            } else {
                builder.append_value(word);
            }
        }
        Arc::new(builder.finish())
    }

    fn clear(&mut self) {
        self.numbers.clear();
        self.words.clear();
        self.rows.clear();
    }
}

/// A text column: all values in one arena. It is filled up with absent values only when a later row has a value, so an
/// attribute that a source never has costs nothing.
#[derive(Debug, Default)]
struct Texts {
    arena: String,
    ends: Vec<u32>,
}

impl Texts {
    fn put(&mut self, row: usize, text: &str) {
        let end = self.arena.len() as u32;
        self.ends.resize(row, end);
        self.arena.push_str(text);
        self.ends.push(self.arena.len() as u32);
    }

    /// An empty text is an absent one, as in the batch.
    fn get(&self, row: u32) -> Option<&str> {
        let row = row as usize;
        let end = *self.ends.get(row)? as usize;
        let start = row
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .map_or(0, |end| *end as usize);
        self.arena.get(start..end).filter(|text| !text.is_empty())
    }

    fn gather(&self, order: &[u32]) -> ArrayRef {
        if self.ends.is_empty() {
            return new_null_array(&DataType::Utf8, order.len());
        }
        let mean = self.arena.len() / self.ends.len() + 1;
        let mut builder = StringBuilder::with_capacity(order.len(), order.len() * mean);
        for row in order {
            builder.append_option(self.get(*row));
        }
        Arc::new(builder.finish())
    }

    fn clear(&mut self) {
        self.arena.clear();
        self.ends.clear();
    }
}

/// A number column, filled up as [`Texts`] is.
#[derive(Debug, Default)]
struct Numbers {
    rows: Vec<Option<i64>>,
}

impl Numbers {
    fn put(&mut self, row: usize, value: i64) {
        self.rows.resize(row, None);
        self.rows.push(Some(value));
    }

    fn gather(&self, order: &[u32]) -> ArrayRef {
        if self.rows.is_empty() {
            return new_null_array(&DataType::Int64, order.len());
        }
        let values = order
            .iter()
            .map(|row| self.rows.get(*row as usize).copied().flatten());
        Arc::new(Int64Array::from_iter(values))
    }
}

/// What one event adds besides what its [`EventRef`] says.
pub(crate) struct Derived<'a> {
    /// Canonical account, empty if none.
    pub(crate) account: &'a str,
    /// Text form of its log sources.
    pub(crate) logsource: &'a str,
    /// Its native view as JSON.
    pub(crate) fields: &'a str,
}

/// The events of one day that wait to be written.
#[derive(Debug, Default)]
pub(crate) struct DayColumns {
    heads: Vec<EventHead>,
    sources: Words,
    accounts: Words,
    logsources: Words,
    attrs: Vec<Texts>,
    nums: Vec<Numbers>,
    fields: Texts,
    raw: Texts,
    text_bytes: usize,
}

impl DayColumns {
    /// How many events wait.
    pub(crate) fn len(&self) -> usize {
        self.heads.len()
    }

    /// Bytes of text that wait.
    pub(crate) fn text_bytes(&self) -> usize {
        self.text_bytes
    }

    /// The day of the first event; every event added must be of the same one.
    pub(crate) fn day(&self) -> Option<Day> {
        self.heads.first().map(|head| head.time.day())
    }

    /// Adds an event.
    pub(crate) fn push(&mut self, event: &EventRef<'_>, derived: &Derived<'_>) {
        let row = self.heads.len();
        self.heads.push(event.head());
        self.sources.put(event.source());
        self.accounts.put(derived.account);
        self.logsources.put(derived.logsource);
        let mut bytes = derived.fields.len() + event.raw().len();
        self.attrs.resize_with(Attr::COUNT, Texts::default);
        for (attr, column) in Attr::ALL.iter().zip(&mut self.attrs) {
            if let Some(text) = event.attr(*attr) {
                column.put(row, text);
                bytes += text.len();
            }
        }
        self.nums.resize_with(NumAttr::COUNT, Numbers::default);
        for (attr, column) in NumAttr::ALL.iter().zip(&mut self.nums) {
            if let Some(value) = event.num(*attr) {
                column.put(row, value);
            }
        }
        if !derived.fields.is_empty() {
            self.fields.put(row, derived.fields);
        }
        if !event.raw().is_empty() {
            self.raw.put(row, event.raw());
        }
        self.text_bytes += bytes;
    }

    /// The rows by account (absent first), time and id.
    pub(crate) fn order(&self) -> Vec<u32> {
        let ranks = self.accounts.ranks();
        let rank = |row: u32| {
            let number = self.accounts.rows.get(row as usize).copied().unwrap_or_default();
            ranks.get(number as usize).copied().unwrap_or_default()
        };
        let mut keys: Vec<(u32, i64, u32)> = (0..self.heads.len() as u32)
            .map(|row| (rank(row), self.head(row).time.0, row))
            .collect();
        keys.sort_unstable_by(|a, b| {
            (a.0, a.1)
                .cmp(&(b.0, b.1))
                .then_with(|| self.head(a.2).id.cmp(&self.head(b.2).id))
        });
        keys.into_iter().map(|(_, _, row)| row).collect()
    }

    fn head(&self, row: u32) -> EventHead {
        self.heads.get(row as usize).copied().unwrap_or_default()
    }

    /// The rows `order`, in that order, as a batch of the write schema.
    pub(crate) fn gather(&self, order: &[u32]) -> Result<RecordBatch, ArrowError> {
        let code = |pick: fn(EventHead) -> i32| -> ArrayRef {
            Arc::new(Int32Array::from_iter_values(
                order.iter().map(|row| pick(self.head(*row))),
            ))
        };
        let times =
            TimestampMicrosecondArray::from_iter_values(order.iter().map(|row| self.head(*row).time.0));
        let classes = order.iter().map(|row| self.head(*row).class.as_str());
        let mut columns: Vec<ArrayRef> = vec![
            self.gather_ids(order),
            Arc::new(times.with_timezone("UTC")),
            self.sources.gather(order),
            Arc::new(StringArray::from_iter_values(classes)),
            code(|head| i32::from(head.class.uid())),
            code(|head| i32::from(head.activity)),
            code(|head| head.severity as i32),
            code(|head| head.status as i32),
            self.accounts.gather(order),
        ];
        columns.extend(self.attrs.iter().map(|column| column.gather(order)));
        columns.extend(self.nums.iter().map(|column| column.gather(order)));
        columns.extend([
            self.logsources.gather(order),
            self.fields.gather(order),
            self.raw.gather(order),
        ]);
        RecordBatch::try_new(write_schema(), columns)
    }

    fn gather_ids(&self, order: &[u32]) -> ArrayRef {
        let mut builder = StringBuilder::with_capacity(order.len(), order.len() * 32);
        let mut hex = String::with_capacity(32);
        for row in order {
            hex.clear();
            push_hex(&mut hex, self.head(*row).id);
            builder.append_value(&hex);
        }
        Arc::new(builder.finish())
    }

    /// Forgets the events but keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.heads.clear();
        self.sources.clear();
        self.accounts.clear();
        self.logsources.clear();
        self.attrs.iter_mut().for_each(Texts::clear);
        self.nums.iter_mut().for_each(|column| column.rows.clear());
        self.fields.clear();
        self.raw.clear();
        self.text_bytes = 0;
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

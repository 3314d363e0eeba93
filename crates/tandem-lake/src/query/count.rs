//! How often each value of several columns occurs, in one pass over the rows and with a bound on what is kept.

use std::collections::HashMap;
use std::time::Duration;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, SchemaRef};

use super::taking::Taking;
use crate::error::{LakeError, Result};

/// Different values of one column that are counted.
const MOST_VALUES: usize = 65_536;
/// Bytes of text that the different values of one column may have.
const MOST_BYTES: usize = 8 << 20;

/// How the values of an answer's columns are spread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCounts {
    /// Rows of the answer.
    pub rows: u64,
    /// One for each column, in order.
    pub columns: Vec<ColumnCounts>,
}

/// How the values of one column are spread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnCounts {
    /// Rows that have a value.
    pub present: u64,
    /// Its values; absent where there are more different ones than are kept (65,536, or 8 MiB of text). Everything that is there
    /// is exact.
    pub spread: Option<Spread>,
}

/// The values of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// Different values.
    pub distinct: u64,
    /// The most frequent ones and how often they occur; those that occur equally often in the order of their bytes.
    pub top: Vec<(String, u64)>,
}

/// Counts values as rows come.
pub(crate) struct Counting {
    /// Values shown of a column.
    top: usize,
    rows: u64,
    columns: Vec<Column>,
}

impl Counting {
    pub(crate) fn new(top: usize) -> Self {
        Self {
            top,
            rows: 0,
            columns: Vec::new(),
        }
    }
}

impl Taking for Counting {
    type Made = ValueCounts;

    fn take(&mut self, batch: RecordBatch) -> Result<bool> {
        self.rows += batch.num_rows() as u64;
        self.columns.resize_with(batch.num_columns(), Column::default);
        for (column, values) in self.columns.iter_mut().zip(batch.columns()) {
            column.take(values)?;
        }
        Ok(true)
    }

    fn made(mut self, schema: SchemaRef, _elapsed: Duration) -> ValueCounts {
        // An answer without rows may have no batch either.
        self.columns.resize_with(schema.fields().len(), Column::default);
        let top = self.top;
        ValueCounts {
            rows: self.rows,
            columns: self.columns.into_iter().map(|column| column.made(top)).collect(),
        }
    }
}

struct Column {
    present: u64,
    bytes: usize,
    /// How often each occurs; none once there are too many.
    values: Option<HashMap<Box<str>, u64>>,
}

impl Default for Column {
    fn default() -> Self {
        Self {
            present: 0,
            bytes: 0,
            values: Some(HashMap::new()),
        }
    }
}

impl Column {
    fn take(&mut self, values: &ArrayRef) -> Result<()> {
        match values.data_type() {
            DataType::Utf8 => self.all(values.as_string::<i32>().iter()),
            DataType::LargeUtf8 => self.all(values.as_string::<i64>().iter()),
            DataType::Utf8View => self.all(values.as_string_view().iter()),
            // A column that nothing has.
            DataType::Null => {}
            other => {
                return Err(LakeError::Query(format!(
                    "values of the type {other} are not counted; cast them to text"
                )));
            }
        }
        Ok(())
    }

    /// Segments are sorted by account, so that many columns have the same value in a row: it is looked up once.
    fn all<'a>(&mut self, values: impl Iterator<Item = Option<&'a str>>) {
        let mut run: Option<(&str, u64)> = None;
        for value in values.flatten() {
            if let Some((same, count)) = &mut run
                && *same == value
            {
                *count += 1;
            } else if let Some((before, count)) = run.replace((value, 1)) {
                self.add(before, count);
            }
        }
        if let Some((last, count)) = run {
            self.add(last, count);
        }
    }

    fn add(&mut self, value: &str, count: u64) {
        self.present += count;
        let Some(values) = &mut self.values else { return };
        if let Some(known) = values.get_mut(value) {
            *known += count;
            return;
        }
        self.bytes += value.len();
        if values.len() < MOST_VALUES && self.bytes <= MOST_BYTES {
            values.insert(value.into(), count);
        } else {
            // Counts of some of the values only would look like those of all.
            self.values = None;
        }
    }

    fn made(self, top: usize) -> ColumnCounts {
        let spread = self.values.map(|values| {
            let distinct = values.len() as u64;
            let mut values: Vec<(Box<str>, u64)> = values.into_iter().collect();
            values.sort_unstable_by(|(a, often), (b, other)| other.cmp(often).then_with(|| a.cmp(b)));
            let top = values.into_iter().take(top);
            Spread {
                distinct,
                top: top.map(|(value, count)| (value.into_string(), count)).collect(),
            }
        });
        ColumnCounts {
            present: self.present,
            spread,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows with a value; different values and the most frequent ones.
    type Told = (u64, Option<(u64, Vec<(String, u64)>)>);

    fn counted(column: Column, top: usize) -> Told {
        let ColumnCounts { present, spread } = column.made(top);
        (present, spread.map(|spread| (spread.distinct, spread.top)))
    }

    #[test]
    fn the_most_frequent_come_first_and_equals_by_their_bytes() {
        let mut column = Column::default();
        column.all(["b", "b", "a"].map(Some).into_iter());
        column.all([None, Some("c"), None, Some("c"), Some(""), Some("a"), Some("c")].into_iter());
        let top = [("c", 3), ("a", 2), ("b", 2)].map(|(value, count)| (value.to_owned(), count));
        assert_eq!(counted(column, 3), (8, Some((4, top.to_vec()))));
        assert_eq!(counted(Column::default(), 3), (0, Some((0, Vec::new()))));
    }

    #[test]
    fn more_values_than_are_kept_are_no_count_at_all() {
        let values: Vec<String> = (0..=MOST_VALUES).map(|n| n.to_string()).collect();
        let most = || values.iter().take(MOST_VALUES).map(|value| Some(value.as_str()));
        let mut column = Column::default();
        column.all(most());
        column.all(most());
        let (present, spread) = counted(column, 1);
        assert_eq!(present, 2 * MOST_VALUES as u64);
        assert_eq!(spread, Some((MOST_VALUES as u64, vec![("0".to_owned(), 2)])));

        let mut column = Column::default();
        column.all(most());
        column.all(values.iter().map(|value| Some(value.as_str())));
        assert_eq!(counted(column, 1), (2 * MOST_VALUES as u64 + 1, None));

        let long = "x".repeat(MOST_BYTES);
        let mut column = Column::default();
        column.all([Some(long.as_str()), Some("y")].into_iter());
        assert_eq!(counted(column, 1), (2, None));
    }
}

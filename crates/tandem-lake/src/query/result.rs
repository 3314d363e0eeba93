//! What a query gives back, and its forms as text.

use std::fmt::Write as _;
use std::time::Duration;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Float64Type, Int64Type, SchemaRef, TimeUnit, TimestampMicrosecondType, UInt64Type,
};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::arrow::util::pretty::pretty_format_batches;
use serde::Serialize;
use serde_json::Value;
use tandem_domain::{Day, Timestamp};

use crate::encode::text_at;
use crate::error::{LakeError, Result};

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResultColumn {
    /// Its name or expression.
    pub name: String,
    /// `text`, `integer`, `number`, `boolean`, `timestamp`, `date`, or the engine's own name for anything else.
    #[serde(rename = "type")]
    pub kind: String,
}

/// The answer to a query.
#[derive(Debug, Clone)]
pub struct QueryResult {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    truncated: bool,
    elapsed: Duration,
}

impl QueryResult {
    pub(crate) fn new(
        schema: SchemaRef,
        batches: Vec<RecordBatch>,
        truncated: bool,
        elapsed: Duration,
    ) -> Self {
        Self {
            schema,
            batches,
            truncated,
            elapsed,
        }
    }

    pub(crate) fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// The columns, in order.
    pub fn columns(&self) -> Vec<ResultColumn> {
        let columns = self.schema.fields().iter();
        columns
            .map(|field| ResultColumn {
                name: field.name().clone(),
                kind: kind(field.data_type()),
            })
            .collect()
    }

    /// How many rows.
    pub fn row_count(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// True if there were more rows than the limit allowed.
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    /// How long parsing, planning and running took.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Every row as a list of JSON values: times as RFC 3339, days as `YYYY-MM-DD`, numbers as numbers.
    ///
    /// # Errors
    /// When a value of an exotic type cannot be shown.
    pub fn to_json_rows(&self) -> Result<Vec<Vec<Value>>> {
        let mut rows: Vec<Vec<Value>> = Vec::with_capacity(self.row_count());
        for batch in &self.batches {
            let start = rows.len();
            rows.resize_with(start + batch.num_rows(), || {
                Vec::with_capacity(batch.num_columns())
            });
            for column in batch.columns() {
                let values = json_values(column)?;
                for (row, value) in rows.iter_mut().skip(start).zip(values) {
                    row.push(value);
                }
            }
        }
        Ok(rows)
    }

    /// A table in plain text, as a terminal shows it.
    ///
    /// # Errors
    /// When a value of an exotic type cannot be shown.
    pub fn to_table(&self) -> Result<String> {
        if self.batches.is_empty() {
            let empty = RecordBatch::new_empty(self.schema.clone());
            return shown(pretty_format_batches(&[empty])).map(|table| table.to_string());
        }
        shown(pretty_format_batches(&self.batches)).map(|table| table.to_string())
    }

    /// Comma-separated values (RFC 4180) with a header line. Text that a spreadsheet would take for a formula gets a
    /// leading apostrophe, because log lines are written by those who are watched.
    ///
    /// # Errors
    /// When a value of an exotic type cannot be shown.
    pub fn to_csv(&self) -> Result<String> {
        let mut out = String::new();
        let header: Vec<String> = self
            .schema
            .fields()
            .iter()
            .map(|field| csv_cell(field.name()))
            .collect();
        let _ = write!(out, "{}\r\n", header.join(","));
        for row in self.to_json_rows()? {
            let cells: Vec<String> = row.iter().map(csv_value).collect();
            let _ = write!(out, "{}\r\n", cells.join(","));
        }
        Ok(out)
    }
}

fn kind(kind: &DataType) -> String {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text".to_owned(),
        kind if kind.is_integer() => "integer".to_owned(),
        kind if kind.is_numeric() => "number".to_owned(),
        DataType::Boolean => "boolean".to_owned(),
        DataType::Timestamp(..) => "timestamp".to_owned(),
        DataType::Date32 | DataType::Date64 => "date".to_owned(),
        other => other.to_string().to_ascii_lowercase(),
    }
}

fn shown<T>(result: std::result::Result<T, datafusion::arrow::error::ArrowError>) -> Result<T> {
    result.map_err(|error| LakeError::Query(error.to_string()))
}

fn json_values(column: &ArrayRef) -> Result<Vec<Value>> {
    let to = |kind: DataType| shown(cast(column, &kind));
    Ok(match column.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            (0..column.len()).map(|row| text_at(column, row).into()).collect()
        }
        DataType::Boolean => column.as_boolean().iter().map(Value::from).collect(),
        DataType::UInt64 => column
            .as_primitive::<UInt64Type>()
            .iter()
            .map(Value::from)
            .collect(),
        kind if kind.is_integer() => to(DataType::Int64)?
            .as_primitive::<Int64Type>()
            .iter()
            .map(Value::from)
            .collect(),
        kind if kind.is_numeric() => to(DataType::Float64)?
            .as_primitive::<Float64Type>()
            .iter()
            .map(Value::from)
            .collect(),
        DataType::Timestamp(_, zone) => {
            let micros = to(DataType::Timestamp(TimeUnit::Microsecond, zone.clone()))?;
            let micros = micros.as_primitive::<TimestampMicrosecondType>();
            micros
                .iter()
                .map(|micros| micros.map(|micros| Timestamp(micros).to_string()).into())
                .collect()
        }
        DataType::Date32 => {
            let days = column.as_primitive::<Date32Type>();
            days.iter()
                .map(|day| day.map(|day| Day(day).to_string()).into())
                .collect()
        }
        DataType::Dictionary(_, value) => json_values(&to(value.as_ref().clone())?)?,
        _ => {
            let options = FormatOptions::new();
            let format = shown(ArrayFormatter::try_new(column, &options))?;
            let text = |row| (!column.is_null(row)).then(|| format.value(row).to_string());
            (0..column.len()).map(|row| text(row).into()).collect()
        }
    })
}

fn csv_value(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => csv_cell(text),
        other => other.to_string(),
    }
}

fn csv_cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

//! Functions the lake adds to SQL.

mod field;
mod hour_of_week;
mod ip_in;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarUDF};

use crate::encode::text_at;

/// All of them.
pub(crate) fn all() -> Vec<ScalarUDF> {
    vec![
        ScalarUDF::from(field::FieldUdf::new()),
        ScalarUDF::from(hour_of_week::HourOfWeekUdf::new()),
        ScalarUDF::from(ip_in::IpInUdf::new()),
    ]
}

/// A text argument: a constant or one value per row.
enum TextArgument {
    Constant(Option<String>),
    Rows(ArrayRef),
}

impl TextArgument {
    fn new(function: &str, argument: Option<&ColumnarValue>) -> Result<Self> {
        match argument {
            Some(ColumnarValue::Scalar(scalar)) => match scalar.try_as_str() {
                Some(text) => Ok(Self::Constant(text.map(str::to_owned))),
                None if scalar.is_null() => Ok(Self::Constant(None)),
                None => exec_err!("{function}: expected text, got {}", scalar.data_type()),
            },
            Some(ColumnarValue::Array(array)) => Ok(Self::Rows(ArrayRef::clone(array))),
            None => exec_err!("{function}: an argument is missing"),
        }
    }

    fn get(&self, row: usize) -> Option<&str> {
        match self {
            Self::Constant(text) => text.as_deref(),
            Self::Rows(array) => text_at(array, row),
        }
    }

    fn len(&self) -> Option<usize> {
        match self {
            Self::Constant(_) => None,
            Self::Rows(array) => Some(array.len()),
        }
    }
}

#[cfg(test)]
mod tests;

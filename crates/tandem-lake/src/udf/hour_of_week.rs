//! `hour_of_week(time)` and `hour_of_week(time, 'Europe/Berlin')`: 0 for Monday 00:00 to 167 for Sunday 23:00.

use std::sync::Arc;

use chrono::{DateTime, Offset, TimeZone};
use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::array::{AsArray, Int32Builder};
use datafusion::arrow::datatypes::{DataType, TimestampMicrosecondType};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use tandem_domain::Timestamp;

use super::TextArgument;
use crate::schema::time_type;

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct HourOfWeekUdf {
    signature: Signature,
}

impl HourOfWeekUdf {
    pub(super) fn new() -> Self {
        Self {
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for HourOfWeekUdf {
    fn name(&self) -> &str {
        "hour_of_week"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        match given {
            [_] => Ok(vec![time_type()]),
            [_, _] => Ok(vec![time_type(), DataType::Utf8]),
            _ => exec_err!("hour_of_week takes a time and, if not UTC, a time zone"),
        }
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int32)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let Some(time) = args.args.first() else {
            return exec_err!("hour_of_week: the time is missing");
        };
        let times = time.to_array(args.number_rows)?;
        let Some(times) = times.as_primitive_opt::<TimestampMicrosecondType>() else {
            return exec_err!("hour_of_week: expected a time");
        };
        let zones = match args.args.get(1) {
            Some(zone) => TextArgument::new(self.name(), Some(zone))?,
            None => TextArgument::Constant(Some("UTC".to_owned())),
        };
        // Most queries name one zone: it is parsed once.
        let mut parsed: Option<(String, Tz)> = None;
        let mut out = Int32Builder::with_capacity(times.len());
        for (row, time) in times.iter().enumerate() {
            let (Some(micros), Some(zone)) = (time, zones.get(row)) else {
                out.append_null();
                continue;
            };
            if parsed.as_ref().is_none_or(|(name, _)| name != zone) {
                parsed = Some((zone.to_owned(), zone.parse()?));
            }
            out.append_option(parsed.as_ref().and_then(|(_, zone)| hour_of_week(micros, zone)));
        }
        Ok(ColumnarValue::Array(Arc::new(out.finish())))
    }
}

fn hour_of_week(micros: i64, zone: &Tz) -> Option<i32> {
    let utc = DateTime::from_timestamp_micros(micros)?.naive_utc();
    let shift = i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()) * 1_000_000;
    let local = Timestamp(micros).plus_micros(shift);
    Some(i32::from(local.day().weekday()) * 24 + i32::from(local.hour()))
}

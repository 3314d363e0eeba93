//! What past queues rested on: kept day by day, and brought back to fill them again.

use std::io;

use tandem_domain::IndicatorGroup;
use tandem_score::{DayInput, Model, Verdicts, memory_days};
use tandem_store::{Store, StoreError};

use super::AnalyseError;

/// First byte of what is kept; to be raised with every change of [`DayInput`].
const VERSION: u8 = 1;
/// Zstandard level: written every day, read rarely.
const LEVEL: i32 = 3;
/// Concluded alerts that are read, newest first: far more than half a year brings.
const CONCLUDED: usize = 20_000;

/// A day's input compressed for the database.
///
/// # Errors
/// When it cannot be written.
pub fn pack(input: &DayInput) -> Result<Vec<u8>, AnalyseError> {
    let bytes = postcard::to_allocvec(input).map_err(|e| AnalyseError::Snapshot(io::Error::other(e)))?;
    let mut packed = vec![VERSION];
    zstd::stream::copy_encode(bytes.as_slice(), &mut packed, LEVEL).map_err(AnalyseError::Snapshot)?;
    Ok(packed)
}

/// A day's input as it was packed; `None` if another version of Tandem did.
///
/// # Errors
/// When the bytes are damaged.
pub fn unpack(bytes: &[u8]) -> Result<Option<DayInput>, AnalyseError> {
    let Some((&VERSION, packed)) = bytes.split_first() else {
        return Ok(None);
    };
    let bytes = zstd::decode_all(packed).map_err(AnalyseError::Snapshot)?;
    postcard::from_bytes(&bytes)
        .map(Some)
        .map_err(|e| AnalyseError::Snapshot(io::Error::other(e)))
}

/// Days that technical evidence is looked back for: until even the heaviest is forgotten.
pub fn memory(model: &Model) -> i32 {
    [IndicatorGroup::Behaviour, IndicatorGroup::Fact]
        .into_iter()
        .filter_map(|group| memory_days(model, group))
        .max()
        .unwrap_or(0)
}

/// What people concluded about alerts, each with when they did.
///
/// # Errors
/// When the database fails.
pub async fn verdicts(store: &Store) -> Result<Verdicts, StoreError> {
    let mut verdicts = Verdicts::default();
    for (alert, at) in store.concluded_alerts(CONCLUDED).await? {
        if let Some(verdict) = alert.verdict {
            verdicts.add(alert.subject, alert.day, at, verdict);
        }
    }
    Ok(verdicts)
}

#[cfg(test)]
mod tests {
    use tandem_domain::{Day, SubjectId};
    use tandem_score::PersonDay;

    use super::*;

    #[test]
    fn a_day_comes_back_as_it_was_and_another_version_is_not_read() {
        let input = DayInput {
            day: Day(7),
            population: 3,
            people: vec![PersonDay {
                subject: SubjectId("S-A".into()),
                exposure: 3.0,
                slow: -0.25,
                behaviour_rank: u32::MAX,
            }],
        };
        let packed = pack(&input).unwrap();
        assert_eq!(unpack(&packed).unwrap(), Some(input));
        let mut other = packed.clone();
        other[0] = VERSION + 1;
        assert_eq!(unpack(&other).unwrap(), None);
        assert!(unpack(&packed[..packed.len() - 4]).is_err());
        assert_eq!(unpack(&[]).unwrap(), None);
    }

    #[test]
    fn the_memory_outlasts_the_heaviest_rule() {
        assert!(memory(&Model::default()) > 300);
    }
}

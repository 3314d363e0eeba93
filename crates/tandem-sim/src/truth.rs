//! What was planted. The pipeline never reads this; tests and reports do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_domain::{Day, Motive, Stage, Threat, Timestamp};

/// The ground truth of a simulated company (`truth.json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truth {
    /// The seed it was made from.
    pub seed: u64,
    /// Planted stories of harm.
    pub stories: Vec<StoryTruth>,
    /// People who look odd and do nothing wrong.
    pub innocents: Vec<InnocentTruth>,
    /// Records that no reader should accept.
    pub broken_records: Vec<BrokenRecord>,
}

/// One planted story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryTruth {
    /// Short name, the same for every seed, for example `leaver_customer_list`.
    pub id: String,
    /// One plain line.
    pub title: String,
    /// Key of the person in the people files.
    pub person: String,
    /// Accounts the story's events appear under (others' too, where an account is shared).
    pub accounts: Vec<String>,
    /// What it threatens.
    pub threat: Threat,
    /// Why it happens.
    pub motive: Motive,
    /// The first act that a log shows.
    #[serde(with = "instant")]
    pub first_act: Timestamp,
    /// When the harm is complete: the last data out, the last money paid, the last backup gone.
    #[serde(with = "instant")]
    pub harm_complete: Timestamp,
    /// First day of each stage.
    pub stages: Vec<StageTruth>,
    /// Days with events of the story.
    pub days: Vec<DayTruth>,
    /// What happens and where it can be seen.
    pub note: String,
}

/// The first day of one stage of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageTruth {
    /// Which stage.
    pub stage: Stage,
    /// Its first day (UTC).
    #[serde(with = "calendar_day")]
    pub day: Day,
}

/// What one day holds of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTruth {
    /// The day (UTC).
    #[serde(with = "calendar_day")]
    pub day: Day,
    /// Log lines written for it; 0 where only the usual work changes (longer hours, another place).
    pub events: u32,
    /// The same by source.
    pub sources: BTreeMap<String, u32>,
}

/// Somebody who looks odd for a good reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InnocentTruth {
    /// Short name, unique, for example `quarter_end_crunch_2`.
    pub id: String,
    /// Key of the person in the people files.
    pub person: String,
    /// What kind of oddity, for example `quarter_end_crunch`.
    pub kind: String,
    /// The odd days.
    pub days: Vec<DayTruth>,
    /// Why it is harmless.
    pub note: String,
}

/// A record that was spoilt on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenRecord {
    /// File, relative to the company's folder.
    pub file: String,
    /// Line in the decompressed file, from 1.
    pub line: u64,
    /// `truncated`, `bad_date` or `garbage`.
    pub kind: String,
}

/// Instants as RFC 3339.
#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's `with` asks for references"
)]
mod instant {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use tandem_domain::Timestamp;

    pub(super) fn serialize<S: Serializer>(value: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(from)?;
        Timestamp::parse_rfc3339(&text)
            .ok_or_else(|| D::Error::custom(format!("not an RFC 3339 instant: {text}")))
    }
}

/// Days as `YYYY-MM-DD`.
#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's `with` asks for references"
)]
mod calendar_day {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use tandem_domain::Day;

    pub(super) fn serialize<S: Serializer>(value: &Day, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Day, D::Error> {
        let text = String::deserialize(from)?;
        Day::parse(&text).ok_or_else(|| D::Error::custom(format!("not a day: {text}")))
    }
}

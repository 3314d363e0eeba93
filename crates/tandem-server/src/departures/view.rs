//! Departures as the API shows them.

use serde::Serialize;
use tandem_baseline::Unit;
use utoipa::ToSchema;

/// A value on a day.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DayValue {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// The value.
    pub value: f64,
}

/// Where the own past mostly lay.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct PastBand {
    /// A tenth of the days lay below.
    pub low: f64,
    /// The middle day.
    pub usual: f64,
    /// A tenth of the days lay above.
    pub high: f64,
}

/// Where the peers' days of the last thirty days lay.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PeerValues {
    /// Peers with any activity, at least ten.
    pub people: u64,
    /// Values that 10, 25, 50, 75 and 90 % of their days lay below.
    pub quantiles: Vec<f64>,
}

/// What a picture is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PictureKind {
    /// Values by day.
    Days,
    /// On what share of days each hour of the day saw activity.
    Hours,
}

/// What a picture's values count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PictureUnit {
    /// How often something was done.
    Acts,
    /// Bytes.
    Bytes,
    /// Things touched.
    Items,
    /// An hour of the day, 0 to 23.
    Hour,
}

impl From<Unit> for PictureUnit {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::Acts => Self::Acts,
            Unit::Bytes => Self::Bytes,
            Unit::Items => Self::Items,
        }
    }
}

/// What stands behind the sentences.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Picture {
    /// What it is of.
    pub kind: PictureKind,
    /// What its values count.
    pub unit: PictureUnit,
    /// The day's value: the mark.
    pub value: f64,
    /// Up to 90 earlier active days of the subject, oldest first; empty of `hours`.
    pub history: Vec<DayValue>,
    /// Nothing before five earlier active days are kept.
    #[schema(required)]
    pub band: Option<PastBand>,
    /// Nothing with fewer than ten peers.
    #[schema(required)]
    pub peers: Option<PeerValues>,
    /// Of `hours`: 24 shares of the subject's earlier days of that kind (working day or day of rest); nothing before five.
    #[schema(required)]
    pub own_hours: Option<Vec<f64>>,
    /// Of `hours`: the same of the peers; nothing with fewer than ten.
    #[schema(required)]
    pub peer_hours: Option<Vec<f64>>,
    /// How it was counted, in plain words.
    pub note: String,
}

/// One channel of one unusual day.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DepartureView {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// The channel's name.
    pub channel: String,
    /// The channel in plain words.
    pub title: String,
    /// What was seen.
    pub what: String,
    /// Against the own past.
    pub own: String,
    /// Against the peers.
    pub peers: String,
    /// Share of what made that day unusual, 0 to 1.
    pub share: f64,
    /// Nothing for looks at others' work alone, which no kept day tells by itself, and where the activity is no longer kept.
    #[schema(required)]
    pub picture: Option<Picture>,
}

/// A subject's departures from what is usual.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DeparturesView {
    /// The moment, RFC 3339.
    pub at: String,
    /// First day looked at.
    pub from: String,
    /// The newest day first, at most ten days; within a day what mattered most first, at most four.
    pub departures: Vec<DepartureView>,
}

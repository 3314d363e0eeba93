//! Alerts: findings that someone must look at.

use serde::{Deserialize, Serialize};

use crate::{AlertId, Day, IndicatorId, SubjectId, Threat, Timestamp};

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertStatus {
    /// Nobody has looked yet.
    #[default]
    New,
    /// Somebody is looking.
    InProgress,
    /// Closed with a verdict.
    Closed,
}

/// What people concluded (OCSF `verdict_id`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was what it looked like.
    TruePositive,
    /// It happened, and it was allowed.
    Benign,
    /// It did not happen.
    FalsePositive,
    /// Cannot be said.
    InsufficientData,
}

/// Risk level shown beside a score (bands of `tandem-score`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskLevel {
    /// Nothing to do.
    #[default]
    Low,
    /// Keep in view; an offer of help may be right.
    Watch,
    /// A person should look.
    Review,
    /// A person should look today.
    Act,
}

/// One alert: one subject's indicators of one stretch of time, grouped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Content id: subject and day.
    pub id: AlertId,
    /// Who it is about.
    pub subject: SubjectId,
    /// The day whose queue it entered.
    pub day: Day,
    /// When it was raised.
    pub raised: Timestamp,
    /// Why, in one line.
    pub title: String,
    /// What / compared to what / compared to whom, in plain sentences.
    pub sentences: Vec<String>,
    /// Evidence at that time, decibans.
    pub score: f64,
    /// Band of the score.
    pub level: RiskLevel,
    /// The likeliest threat.
    pub threat: Option<Threat>,
    /// Impact of the objects touched, 0 to 3.
    pub impact: u8,
    /// `daily` for the day's budget or `slow_burn` for the accumulation queue.
    pub queue: String,
    /// Place in that day's queue, 1 is first.
    pub rank: u32,
    /// What it rests on, heaviest first.
    pub indicators: Vec<IndicatorId>,
    /// Where it stands.
    pub status: AlertStatus,
    /// What people concluded.
    pub verdict: Option<Verdict>,
}

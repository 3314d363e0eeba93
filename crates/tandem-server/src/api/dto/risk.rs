//! What stands beside the score: the harm that would be done, why it may have happened, and the way somebody went.

use serde::Serialize;
use utoipa::ToSchema;

use super::names::{CauseName, PhaseName, ReasonName};

/// How much harm would be done: the second number of the board, never multiplied with the first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImpactView {
    /// 0 (none) to 3 (crown jewel).
    pub level: u8,
    /// The most critical object touched, 0 to 3.
    pub touched: u8,
    /// How far the person's rights reach, 0 to 3.
    pub reach: u8,
    /// Why it is that much, in plain sentences.
    pub words: Vec<String>,
}

/// One thing that speaks for or against a cause.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SpokenView {
    /// In plain words.
    pub words: String,
    /// Decibans; negative speaks against.
    pub decibans: f64,
    /// Indicators it rests on, newest first.
    pub indicators: Vec<String>,
}

/// How one cause stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CauseView {
    /// Which.
    #[schema(value_type = CauseName)]
    pub cause: String,
    /// 0 to 1; with `unknown` they add up to 1.
    pub share: f64,
    /// What speaks for it, heaviest first.
    #[serde(rename = "for")]
    pub for_it: Vec<SpokenView>,
    /// What speaks against it, heaviest first.
    pub against: Vec<SpokenView>,
}

/// How one reason behind intent stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReasonView {
    /// Which.
    #[schema(value_type = ReasonName)]
    pub reason: String,
    /// 0 to 1; with `reason_unknown` they add up to 1.
    pub share: f64,
}

/// Why it may have happened, as far as what the reader may see tells.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MotiveView {
    /// The cause that may be named; null when it is not known.
    #[schema(required, value_type = Option<CauseName>)]
    pub named: Option<String>,
    /// Share of "not known".
    pub unknown: f64,
    /// The causes.
    pub causes: Vec<CauseView>,
    /// The reason that may be named.
    #[schema(required, value_type = Option<ReasonName>)]
    pub reason: Option<String>,
    /// Share of "reason not known".
    pub reason_unknown: f64,
    /// The reasons.
    pub reasons: Vec<ReasonView>,
    /// Fitting answers in words; people decide.
    pub suggests: Vec<String>,
    /// True if human-side facts are left out because the reader may not see them.
    pub partial: bool,
}

/// Days in a row on the same part of the way.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PhaseSpanView {
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Which part.
    #[schema(value_type = PhaseName)]
    pub phase: String,
    /// Its mean probability, 0 to 1.
    pub probability: f64,
    /// False if it is a guess only.
    pub clear: bool,
}

/// One day of the way.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PhaseDayView {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// The likeliest part of the way.
    #[schema(value_type = PhaseName)]
    pub phase: String,
    /// Probabilities of all parts, `baseline` first; they add up to 1.
    pub probabilities: Vec<f64>,
}

/// The way somebody most likely went: for the story, not for the number.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WayView {
    /// Oldest first; empty if nothing is known.
    pub spans: Vec<PhaseSpanView>,
    /// The last 120 days.
    pub days: Vec<PhaseDayView>,
}

/// Somebody of whom the human side knows a concern, while no technical evidence could open an alert. There is no number.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SupportEntry {
    /// Pseudonym.
    pub subject: String,
    /// Department as known.
    pub department: String,
    /// Role as known.
    pub role: String,
    /// When the latest concern became known, `YYYY-MM-DD`.
    pub since: String,
    /// The concerns, newest first, in words.
    pub concerns: Vec<String>,
    /// What help was given already.
    pub given: Vec<String>,
    /// What help would fit.
    pub suggests: Vec<String>,
    /// Last day of work, if known.
    #[schema(required)]
    pub leaving_on: Option<String>,
}

/// Whom to offer help first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SupportList {
    /// The day it stands for; null before the first analysis.
    #[schema(required)]
    pub day: Option<String>,
    /// Latest concern first.
    pub entries: Vec<SupportEntry>,
    /// True if there are more than are shown.
    pub truncated: bool,
}

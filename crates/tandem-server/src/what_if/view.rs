//! What-if as the API shows it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a setting's value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KnobUnit {
    /// Decibans.
    #[serde(rename = "dB")]
    Decibans,
    /// Days.
    Days,
    /// A factor.
    Times,
    /// A share, 0 to 1.
    Share,
    /// Alerts.
    Alerts,
}

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposalStatus {
    /// The other department has not answered.
    Waiting,
    /// It said yes.
    Approved,
    /// It said no.
    Refused,
}

impl ProposalStatus {
    /// Its transmitted name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Refused => "refused",
        }
    }
}

/// A setting that can be tried.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Knob {
    /// Its key in the settings file.
    pub key: String,
    /// Its value now.
    pub value: f64,
    /// What Tandem starts from.
    pub start: f64,
    /// Least value.
    pub least: f64,
    /// Largest value.
    pub most: f64,
    /// A sensible step.
    pub step: f64,
    /// What its value counts.
    pub unit: KnobUnit,
    /// What it means, in plain words.
    pub words: String,
}

/// The settings that can be tried.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KnobList {
    /// In the order of a page.
    pub knobs: Vec<Knob>,
    /// Days that can be filled again; 0 before the first analysis.
    pub days: u32,
    /// The last of them.
    #[schema(required)]
    pub to: Option<String>,
}

/// One setting to try.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingChange {
    /// Its key in the settings file; `model.detectors.` and a detector's name for a single detector.
    pub key: String,
    /// Its value.
    pub value: f64,
}

/// One setting as it was and would be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedSetting {
    /// Its key in the settings file.
    pub key: String,
    /// As it was.
    pub before: f64,
    /// As it would be.
    pub after: f64,
}

/// A question about the past.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatIfAsked {
    /// What to change.
    pub changes: Vec<SettingChange>,
    /// Days back from the last day analysed, at most 90.
    #[serde(default)]
    pub days: Option<u32>,
}

/// One day of both queues.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhatIfDay {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Alerts with the settings as they are.
    pub before: u32,
    /// Alerts with the changed ones.
    pub after: u32,
    /// Alerts that are in both.
    pub both: u32,
}

/// One alert that is in one queue only.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhatIfAlert {
    /// Pseudonym.
    pub subject: String,
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Decibans.
    pub score: f64,
    /// Band.
    pub level: String,
    /// `daily` or `slow_burn`.
    pub queue: String,
    /// Why, in one line.
    pub title: String,
    /// True if the subject is in the other queue on another of these days.
    pub moved: bool,
}

/// What would have been in the queue beside what was.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhatIfView {
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// What was changed.
    pub changes: Vec<ChangedSetting>,
    /// Alerts a day that the budget allows, as it is.
    pub budget_before: f64,
    /// The same as changed.
    pub budget_after: f64,
    /// Alerts in all with the settings as they are.
    pub alerts_before: u32,
    /// Alerts in all with the changed ones.
    pub alerts_after: u32,
    /// Alerts in both.
    pub both: u32,
    /// Every day.
    pub days: Vec<WhatIfDay>,
    /// Alerts of the changed queue only, latest first.
    pub entering: Vec<WhatIfAlert>,
    /// Alerts of the unchanged queue only, latest first.
    pub leaving: Vec<WhatIfAlert>,
    /// True if there are more than are shown.
    pub truncated: bool,
    /// Alerts by which the queue as it was kept differs from one filled again with the settings as they are: 0 unless settings
    /// or verdicts changed meanwhile.
    pub unlike_kept: u32,
    /// True if the first day began with the state that was kept; otherwise its first two weeks are an estimate.
    pub exact_start: bool,
}

/// A proposal to change settings.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeSettings {
    /// What to change.
    pub changes: Vec<SettingChange>,
    /// Why; names nobody.
    pub reason: String,
}

/// An answer to a proposal.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerProposal {
    /// Yes or no.
    pub approve: bool,
    /// Why; names nobody.
    pub reason: String,
}

/// What a proposal would have done to past queues, when it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalOutcome {
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Alerts as it was.
    pub before: u32,
    /// Alerts as it would have been.
    pub after: u32,
    /// Alerts in both.
    pub both: u32,
}

/// A proposal. It changes nothing by itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProposalView {
    /// Number.
    pub id: String,
    /// Where it stands.
    pub status: ProposalStatus,
    /// Who proposed it.
    pub by: String,
    /// Their department.
    pub department: String,
    /// RFC 3339.
    pub at: String,
    /// Why.
    pub reason: String,
    /// What it would change.
    pub changes: Vec<ChangedSetting>,
    /// What it would have done.
    pub outcome: ProposalOutcome,
    /// Who answered.
    #[schema(required)]
    pub answered_by: Option<String>,
    /// When.
    #[schema(required)]
    pub answered: Option<String>,
    /// Why.
    #[schema(required)]
    pub answer: Option<String>,
    /// The lines for the settings file; only of an approved one.
    #[schema(required)]
    pub lines: Option<String>,
    /// True if the settings in force are as proposed.
    pub in_force: bool,
    /// True if a setting has another value than when it was proposed, and not the proposed one.
    pub outdated: bool,
    /// True if the asker may answer it.
    pub may_answer: bool,
}

/// Proposals, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProposalList {
    /// The proposals.
    pub proposals: Vec<ProposalView>,
}

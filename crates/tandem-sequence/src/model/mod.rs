//! What a sequence is, after reading and checking.

mod raw;
mod read;
mod span;

use serde::{Deserialize, Serialize};
use tandem_baseline::Action;
use tandem_domain::event::Status;
use tandem_domain::{Attr, ClassUid, Motive, Stage, Threat};

pub(crate) use span::{span, words};

use crate::cases::Cases;
use crate::pattern::Patterns;

/// How much a found sequence weighs; the words are those of Sigma's levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Worth knowing.
    Low,
    /// Worth a look.
    Medium,
    /// Seldom innocent.
    High,
    /// Hardly ever innocent.
    Critical,
}

impl Level {
    /// The written name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// What joins the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// The same file (by hash or by name, which an act with two names hands on to the other name) or the same resource.
    Object,
    /// The same subject.
    Subject,
}

/// Employment facts that may be steps. Reports and red flags may not: a chain must not hint at who reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmploymentFact {
    /// Notice was given.
    NoticeGiven,
    /// The contract ends.
    ContractEnd,
    /// A promotion was denied.
    DeniedPromotion,
    /// A performance plan runs.
    PerformancePlan,
}

impl EmploymentFact {
    /// Every fact.
    pub const ALL: [Self; 4] = [
        Self::NoticeGiven,
        Self::ContractEnd,
        Self::DeniedPromotion,
        Self::PerformancePlan,
    ];

    /// The written name, the one that people files use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoticeGiven => "notice_given",
            Self::ContractEnd => "contract_end",
            Self::DeniedPromotion => "denied_promotion",
            Self::PerformancePlan => "performance_plan",
        }
    }

    /// The fact of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fact| fact.as_str() == text)
    }
}

/// To whom an act counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// To whoever did it.
    #[default]
    Actor,
    /// To the account it was done to: who was given a right.
    Target,
}

/// What can be told apart of two ways to the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// Another account of the same subject.
    Account,
    /// Another computer.
    Device,
    /// Another kind of event: the cloud and not the share.
    Class,
}

/// A step that must go another way than an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherThan {
    /// Position of the earlier step.
    pub step: usize,
    /// In at least one of these it must differ.
    pub routes: Vec<Route>,
}

/// A step that takes many acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mass {
    /// So many different objects, or acts where no object is named.
    pub objects: usize,
    /// Or so many things at once by the sources' own counts (rows, pages).
    pub items: Option<u64>,
    /// Within this time, microseconds.
    pub during: i64,
}

/// Conditions on one event; all of them must hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Alternative {
    /// The act as baselines count it, any of these.
    pub acts: Vec<Action>,
    /// OCSF class, any of these.
    pub classes: Vec<ClassUid>,
    /// OCSF `activity_id`, any of these.
    pub activities: Vec<u8>,
    /// OCSF status; without it anything but a failure.
    pub status: Option<Status>,
    /// Whether something labelled confidential is touched.
    pub confidential: Option<bool>,
    /// Outside 06:00 to 20:00 at the place of work, or at a weekend.
    pub out_of_hours: bool,
    /// The account acted upon is the acting one.
    pub own: bool,
    /// To whom it counts.
    pub whose: Whose,
    /// Attributes, each of which must fit one of its patterns.
    pub attrs: Vec<(Attr, Patterns)>,
    /// Attributes none of which may fit any of its patterns.
    pub unless: Vec<(Attr, Patterns)>,
    /// The command line names files that belong together.
    pub names_in_command: bool,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its name, in a word or a few.
    pub name: String,
    /// What is said when it is reached; `{object}` and `{count}` are filled in.
    pub says: String,
    /// Stage on the way to harm.
    pub stage: Stage,
    /// Events that may be it, any of these; empty for a fact.
    pub any: Vec<Alternative>,
    /// Employment facts that may be it, any of these.
    pub facts: Vec<EmploymentFact>,
    /// The account was quiet for so many days before.
    pub dormant_days: Option<i32>,
    /// It takes many acts.
    pub mass: Option<Mass>,
    /// It must go another way than an earlier step.
    pub other_than: Option<OtherThan>,
    /// A chain may do without it.
    pub optional: bool,
    /// A chain that came so far is an indicator already.
    pub enough: bool,
}

impl Step {
    /// True for a step that is an employment fact and no event.
    pub fn is_fact(&self) -> bool {
        self.any.is_empty()
    }
}

/// A sequence.
#[derive(Debug, Clone, PartialEq)]
pub struct Sequence {
    /// Its id, which is also the detector's: lower-case words joined with `-`.
    pub id: String,
    /// Where it was read.
    pub file: String,
    /// Short title.
    pub title: String,
    /// A title without what people facts say, for a sequence with such a step; else the title.
    pub shown_as: String,
    /// What it means, in plain words.
    pub description: String,
    /// Threats it points to.
    pub threats: Vec<Threat>,
    /// A motive it points to.
    pub motive: Option<Motive>,
    /// How much it weighs.
    pub level: Level,
    /// How impact-laden its object is, 0 to 3.
    pub impact: u8,
    /// What joins the steps.
    pub key: Key,
    /// From the first to the last step, microseconds.
    pub within: i64,
    /// Technique ids: MITRE ATT&CK and Insider Threat Matrix.
    pub techniques: Vec<String>,
    /// Public pages about it.
    pub references: Vec<String>,
    /// Innocent causes.
    pub false_positives: Vec<String>,
    /// The steps in order.
    pub steps: Vec<Step>,
    /// Its tests.
    pub cases: Cases,
    /// Changes when anything does that the automaton uses.
    pub fingerprint: u64,
}

impl Sequence {
    /// Reads and checks one file; false for a sequence that says it is not to be used.
    ///
    /// # Errors
    /// [`SequenceError`] with file, line, field, reason and what to do.
    pub fn read(file: &str, text: &str) -> Result<(Self, bool), SequenceError> {
        read::read(file, text)
    }

    /// True if one of the steps is an employment fact.
    pub fn has_facts(&self) -> bool {
        self.steps.iter().any(Step::is_fact)
    }

    /// Position of the step with which a chain is complete.
    pub fn last(&self) -> usize {
        self.steps.len().saturating_sub(1)
    }

    /// Position of the step from which on a chain is an indicator.
    pub fn enough(&self) -> usize {
        self.steps
            .iter()
            .position(|step| step.enough)
            .unwrap_or_else(|| self.last())
    }

    /// True if nothing but optional steps lies between `from` (or the beginning) and `to`.
    pub(crate) fn may_follow(&self, from: Option<usize>, to: usize) -> bool {
        let first = from.map_or(0, |from| from + 1);
        self.steps
            .get(first..to)
            .is_some_and(|between| between.iter().all(|step| step.optional))
    }
}

/// A sequence that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: `{field}`: {reason}; {hint}")]
pub struct SequenceError {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The field at fault, such as `steps[1].any[0].act`.
    pub field: String,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub hint: String,
}

#[cfg(test)]
mod tests;

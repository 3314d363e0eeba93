//! Where a run stands: the sum of its facts.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tandem_domain::{CaseId, Department, SubjectId, Timestamp};

use super::fact::{Flight, Outcome};
use crate::condition::Datum;
use crate::words::words;

words! {
    /// Where a run stands as a whole.
    RunStatus {
        /// Not begun.
        New => "new",
        /// Under way.
        Running => "running",
        /// Over.
        Over => "over",
    }
}

words! {
    /// Where a step stands.
    StepStatus {
        /// Its turn has not come.
        Pending => "pending",
        /// Its turn has come, its delay is not over.
        Delayed => "delayed",
        /// Somebody may take it.
        Offered => "offered",
        /// Somebody does it.
        Taken => "taken",
        /// A connector or another playbook does it.
        Running => "running",
        /// A person must decide which way to go.
        Asking => "asking",
        /// Its branches are under way.
        Open => "open",
        /// It is done.
        Done => "done",
        /// It was left out.
        Skipped => "skipped",
        /// It failed.
        Failed => "failed",
        /// A department did not agree.
        Refused => "refused",
        /// The run ended or took the exception branch before it was done.
        Dropped => "dropped",
    }
}

impl StepStatus {
    /// True while somebody or something has to do something about it.
    pub const fn is_active(self) -> bool {
        matches!(
            self,
            Self::Delayed
                | Self::Offered
                | Self::Taken
                | Self::Running
                | Self::Asking
                | Self::Open
                | Self::Refused
        )
    }
}

/// One department's approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Who gave it.
    pub who: String,
    /// For which department.
    pub department: Department,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// The values of the action it is for; none for a duty.
    pub parameters: BTreeMap<String, Datum>,
}

/// Something asked of a connector, and its answer once there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Idempotency key.
    pub key: String,
    /// What was asked; nothing for what a person or another playbook does.
    pub call: Option<Flight>,
    /// Whether it went well, and its words.
    pub answer: Option<(bool, String)>,
    /// Somebody does it by hand instead.
    #[serde(default)]
    pub by_hand: bool,
}

impl Asked {
    /// It was answered, and it went well.
    pub fn succeeded(&self) -> bool {
        self.answer.as_ref().is_some_and(|(ok, _)| *ok)
    }

    /// It waits for an answer.
    pub const fn is_open(&self) -> bool {
        self.answer.is_none()
    }
}

/// Where a step stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepState {
    /// Status.
    pub status: StepStatus,
    /// How often its turn has come.
    pub visit: u32,
    /// How often it is tried this time.
    pub attempt: u32,
    /// When its turn came.
    pub since: Timestamp,
    /// When its delay is over.
    pub not_before: Option<Timestamp>,
    /// When it should be done.
    pub due: Option<Timestamp>,
    /// When it fails by itself.
    pub timeout: Option<Timestamp>,
    /// How often it was escalated.
    pub escalated: u32,
    /// Who has it.
    pub taken_by: Option<String>,
    /// The form was answered.
    pub answered: bool,
    /// Approvals, at most one a department.
    pub approvals: Vec<Approval>,
    /// The last dry run.
    pub dry_run: Option<Asked>,
    /// The action, or the other playbook.
    pub action: Option<Asked>,
    /// Taking it back.
    pub undo: Option<Asked>,
    /// Branches of a parallel step that have ended.
    pub joined: BTreeSet<u32>,
    /// How often the steps of a loop were begun.
    pub loops: u32,
    /// Reason of a failure, a refusal or of leaving it out.
    pub reason: Option<String>,
    /// It failed because a connector did, and a person says what next.
    #[serde(default)]
    pub held: bool,
}

impl StepState {
    pub(crate) const fn offered(at: Timestamp, visit: u32, attempt: u32) -> Self {
        Self {
            status: StepStatus::Offered,
            visit,
            attempt,
            since: at,
            not_before: None,
            due: None,
            timeout: None,
            escalated: 0,
            taken_by: None,
            answered: false,
            approvals: Vec::new(),
            dry_run: None,
            action: None,
            undo: None,
            joined: BTreeSet::new(),
            loops: 0,
            reason: None,
            held: false,
        }
    }

    /// Both departments agree, by two different people.
    pub fn is_approved(&self) -> bool {
        let by = |department| {
            self.approvals
                .iter()
                .find(|approval| approval.department == department)
        };
        match (by(Department::It), by(Department::Corporate)) {
            (Some(it), Some(corporate)) => it.who != corporate.who,
            _ => false,
        }
    }

    /// A connector failed, and nobody has said yet what next.
    pub fn is_held(&self) -> bool {
        self.held && self.status == StepStatus::Failed
    }

    /// It was taken back.
    pub fn is_undone(&self) -> bool {
        self.undo.as_ref().is_some_and(Asked::succeeded)
    }
}

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunState {
    /// Id of the run; empty before it begins.
    pub run: String,
    /// The case.
    pub case: Option<CaseId>,
    /// The subject's pseudonym.
    pub subject: Option<SubjectId>,
    /// Who began it.
    pub started_by: String,
    /// Where it stands.
    pub status: RunStatus,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// It took the exception branch.
    pub exceptional: bool,
    /// Known values by name.
    pub values: BTreeMap<String, Datum>,
    /// Steps whose turn has come at least once.
    pub steps: BTreeMap<String, StepState>,
    /// When the last fact happened.
    pub last: Option<Timestamp>,
    /// How many facts there were.
    pub facts: u64,
}

// The macro that makes the list of words has no place for `#[default]`.
#[allow(clippy::derivable_impls)]
impl Default for RunStatus {
    fn default() -> Self {
        Self::New
    }
}

impl RunState {
    /// Where a step stands.
    pub fn status_of(&self, step: &str) -> StepStatus {
        self.steps
            .get(step)
            .map_or(StepStatus::Pending, |state| state.status)
    }
}

//! What can be asked of a run, and why it is refused.

use serde::{Deserialize, Serialize};
use tandem_domain::{CaseId, Department, SubjectId};

use super::apply::FactError;
use crate::model::{AnswerError, Answers};

/// What somebody asks of a run. That `who` is who they say, may do this, and speaks for `department`, was verified by the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs)] // The fields say what they are; each command is explained.
pub enum Command {
    /// Begin. `run` is the id of the run, given by the caller.
    Start {
        run: String,
        case: CaseId,
        subject: Option<SubjectId>,
        inputs: Answers,
        who: String,
    },
    /// Take a step on oneself.
    Take { step: String, who: String },
    /// Give it back.
    Release { step: String, who: String },
    /// Answer its form; may be repeated until it is done.
    Answer {
        step: String,
        who: String,
        answers: Answers,
    },
    /// Say that a duty is done.
    Done { step: String, who: String },
    /// Say that it could not be done.
    Fail {
        step: String,
        who: String,
        reason: String,
    },
    /// Leave it out.
    Skip {
        step: String,
        who: String,
        reason: String,
    },
    /// Try it once more after it failed or was refused.
    Retry {
        step: String,
        who: String,
        reason: String,
    },
    /// Choose a branch where what is known does not say.
    Decide {
        step: String,
        branch: String,
        who: String,
        reason: String,
    },
    /// Agree that a step touches a person.
    Approve {
        step: String,
        who: String,
        department: Department,
        reason: String,
    },
    /// Do not agree.
    Refuse {
        step: String,
        who: String,
        department: Department,
        reason: String,
    },
    /// Let a connector say what it would do.
    RequestDryRun { step: String, who: String },
    /// What it said.
    ReportDryRun {
        step: String,
        key: String,
        ok: bool,
        text: String,
    },
    /// Let a connector act.
    RequestAction { step: String, who: String },
    /// What came of it.
    ReportAction {
        step: String,
        key: String,
        ok: bool,
        text: String,
        outputs: Answers,
    },
    /// A connector could not do it, or nobody knows whether it did; `answered` is true if it said so itself.
    Stall {
        step: String,
        key: String,
        text: String,
        answered: bool,
    },
    /// Do by hand what a connector was asked for and has not done.
    ByHand {
        step: String,
        who: String,
        reason: String,
    },
    /// Take a step back.
    RequestUndo {
        step: String,
        who: String,
        reason: String,
    },
    /// What came of it.
    ReportUndo {
        step: String,
        key: String,
        ok: bool,
        text: String,
    },
    /// What came of another playbook.
    ReportPlaybook {
        step: String,
        key: String,
        ok: bool,
        text: String,
        outputs: Answers,
    },
    /// Do what clocks ask for, see [`Run::due`](crate::Run::due). With braces, so that unknown keys are refused here too.
    Tick {},
    /// Stop the run.
    Abort { who: String, reason: String },
}

/// Why a command was refused; nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The run has begun already.
    #[error("the run has already begun")]
    Begun,
    /// The run has not begun.
    #[error("the run has not begun; start it first")]
    NotBegun,
    /// The run is over.
    #[error("the run is over")]
    Over,
    /// There is no such step.
    #[error("the playbook has no step `{0}`")]
    NoStep(String),
    /// The step is not where the command makes sense.
    #[error("the step `{step}` is {status}; {help}")]
    State {
        /// The step.
        step: String,
        /// Where it is.
        status: &'static str,
        /// When the command would make sense.
        help: &'static str,
    },
    /// The step is of another kind.
    #[error("the step `{step}` is not {wanted}")]
    Kind {
        /// The step.
        step: String,
        /// What it would have to be.
        wanted: &'static str,
    },
    /// Somebody else has it.
    #[error("somebody else has taken the step `{0}`")]
    NotYours(String),
    /// It must not be left out.
    #[error("the step `{0}` must not be skipped: it is a checkpoint or an offer of help")]
    MustHappen(String),
    /// It must go on where it is.
    #[error("the step `{0}` touches a person and needs approval of both departments first")]
    NeedsApproval(String),
    /// It needs none.
    #[error("the step `{0}` needs no approval: it touches nobody")]
    NoApproval(String),
    /// That department has spoken.
    #[error("`{}` has already approved the step `{step}`", .department.as_str())]
    Approved {
        /// The step.
        step: String,
        /// The department.
        department: Department,
    },
    /// The same person for both departments.
    #[error("the step `{0}` needs approvals of two different people")]
    SamePerson(String),
    /// The connector has not yet said what it would do.
    #[error("the step `{0}` needs a dry run that went well first")]
    NeedsDryRun(String),
    /// The key is not the one waited for.
    #[error(
        "nothing with this key is waited for in the step `{0}`; it was answered before, or tried again under another key"
    )]
    UnknownKey(String),
    /// A value is not known yet.
    #[error("the step `{step}` needs a value for `{name}`, which nobody has given yet")]
    NoValue {
        /// The step.
        step: String,
        /// The value's name.
        name: String,
    },
    /// The form is open.
    #[error("the form of the step `{0}` must be answered first")]
    FormOpen(String),
    /// An answer is not what the field takes.
    #[error("the answers do not fit the form of `{step}`")]
    Answers {
        /// The step, or `start`.
        step: String,
        /// What does not fit.
        source: AnswerError,
    },
    /// There is no such branch.
    #[error("the step `{step}` has no branch `{branch}`; it has {known}")]
    NoBranch {
        /// The step.
        step: String,
        /// The branch asked for.
        branch: String,
        /// Its branches.
        known: String,
    },
    /// Nothing takes it back.
    #[error("the step `{0}` has nothing that takes it back")]
    NoUndo(String),
    /// A text is empty or too long.
    #[error("`{field}` must have 1 to {max} characters")]
    Text {
        /// Which text.
        field: &'static str,
        /// How long it may be.
        max: usize,
    },
    /// Nothing is due.
    #[error("no clock has run out")]
    NothingDue,
    /// The run does not come to rest.
    #[error("the run takes too many steps at once; its playbook loops without anybody doing anything")]
    Restless,
    /// Values changed after they were agreed to.
    #[error("values of the step `{0}` have changed since they were approved; approve it again")]
    Changed(String),
    /// The facts do not fit together.
    #[error("the facts of the run do not fit together")]
    Facts(#[from] FactError),
}

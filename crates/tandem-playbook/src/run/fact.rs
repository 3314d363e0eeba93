//! What is written down of a run. Facts are never changed; a run is what its facts add up to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_domain::{CaseId, Department, SubjectId, Timestamp};

use crate::condition::Datum;
use crate::model::{Answers, Function};
use crate::words::words;

/// Newest version of the facts this code writes; it reads this and earlier ones. A fact is written as the version that first had
/// it, so that an earlier program still reads runs without newer ones.
pub const FACT_VERSION: u16 = 2;

/// One thing that happened in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Version of the form, see [`FACT_VERSION`].
    pub v: u16,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

words! {
    /// How a run ended.
    Outcome {
        /// All the way to an end.
        Completed => "completed",
        /// By the exception branch.
        Failed => "failed",
        /// Somebody stopped it.
        Aborted => "aborted",
    }
}

/// An operation of a connector with its values put in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flight {
    /// Idempotency key: the same operation is never carried out twice under one key.
    pub key: String,
    /// Id of the connector.
    pub connector: String,
    /// What it shall do.
    pub operation: String,
    /// With what.
    pub parameters: BTreeMap<String, Datum>,
}

/// What happened. `who` is the account name of somebody who works with Tandem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs)] // The fields say what they are; each fact is explained.
pub enum What {
    /// The run began.
    RunStarted {
        run: String,
        playbook: String,
        version: u32,
        case: CaseId,
        subject: Option<SubjectId>,
        inputs: Answers,
        who: String,
    },
    /// A step's turn has come. `visit` counts how often, `attempt` how often it is tried this time.
    StepOffered {
        step: String,
        visit: u32,
        attempt: u32,
        not_before: Option<Timestamp>,
        due: Option<Timestamp>,
        timeout: Option<Timestamp>,
    },
    /// The step's delay is over.
    DelayOver { step: String },
    /// Somebody does it.
    StepTaken { step: String, who: String },
    /// And gives it back.
    StepReleased { step: String, who: String },
    /// The form was answered.
    FormAnswered {
        step: String,
        who: String,
        answers: Answers,
    },
    /// It is done.
    StepDone { step: String, who: Option<String> },
    /// It failed.
    StepFailed {
        step: String,
        who: Option<String>,
        reason: String,
        timed_out: bool,
    },
    /// It was left out.
    StepSkipped {
        step: String,
        who: String,
        reason: String,
    },
    /// It is tried once more; earlier approvals are void.
    StepRetried {
        step: String,
        who: String,
        reason: String,
    },
    /// One department agrees; for an action, to exactly these values.
    ApprovalGiven {
        step: String,
        who: String,
        department: Department,
        reason: String,
        parameters: BTreeMap<String, Datum>,
    },
    /// One department does not agree.
    ApprovalRefused {
        step: String,
        who: String,
        department: Department,
        reason: String,
    },
    /// A connector is asked what it would do; earlier approvals are void.
    DryRunRequested { step: String, who: String, call: Flight },
    /// It answered.
    DryRunReported {
        step: String,
        key: String,
        ok: bool,
        text: String,
    },
    /// A connector is asked to act. `who` is nobody for what runs by itself.
    ActionRequested {
        step: String,
        who: Option<String>,
        call: Flight,
    },
    /// It answered.
    ActionReported {
        step: String,
        key: String,
        ok: bool,
        text: String,
        outputs: Answers,
    },
    /// A connector could not do it, or nobody knows whether it did. A person says what next: once more, by hand, or as the
    /// playbook has it for failures. `answered` is true if the connector said so itself. Since version 2.
    ActionStalled {
        step: String,
        key: String,
        text: String,
        answered: bool,
    },
    /// Somebody does by hand what a connector was asked for under this key. Since version 2.
    ByHand {
        step: String,
        who: String,
        reason: String,
        key: String,
    },
    /// Somebody takes a step back. `call` is what a connector shall do for it.
    UndoRequested {
        step: String,
        who: String,
        reason: String,
        key: String,
        call: Option<Flight>,
    },
    /// It is taken back, or could not be.
    UndoReported {
        step: String,
        key: String,
        ok: bool,
        text: String,
    },
    /// Another playbook shall be run.
    PlaybookRequested {
        step: String,
        key: String,
        playbook: String,
        inputs: Answers,
    },
    /// That run ended.
    PlaybookReported {
        step: String,
        key: String,
        ok: bool,
        text: String,
        outputs: Answers,
    },
    /// What is known does not say which way to go; a person must decide.
    DecisionNeeded { step: String },
    /// The way was chosen: `true`, `false`, a case, or `otherwise`.
    BranchChosen {
        step: String,
        branch: String,
        who: Option<String>,
        reason: Option<String>,
    },
    /// A loop ran as often as it may.
    LoopExhausted { step: String },
    /// Branches began.
    ParallelOpened { step: String, branches: u32 },
    /// One of them ended.
    BranchJoined { step: String, branch: u32 },
    /// All branches or repetitions of a step are over.
    BlockClosed { step: String },
    /// A way came to its end.
    EndReached { step: String },
    /// The clock ran out and somebody was told; `level` counts from 1.
    Escalated { step: String, to: Function, level: u32 },
    /// Something failed that nobody handles; everything open is dropped and the exception branch begins.
    ExceptionEntered { step: String },
    /// The run is over.
    RunFinished { outcome: Outcome },
    /// Somebody stopped it.
    RunAborted { who: String, reason: String },
}

impl What {
    /// The version of the form that first had this kind of fact.
    pub(super) const fn since(&self) -> u16 {
        match self {
            Self::ActionStalled { .. } | Self::ByHand { .. } => 2,
            _ => 1,
        }
    }
}

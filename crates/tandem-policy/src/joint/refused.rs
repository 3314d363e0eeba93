//! Why something that needs both departments does not come about.

use tandem_domain::{Department, Purpose, Timestamp};
use thiserror::Error;

use crate::ColleagueError;
use crate::vocabulary::{department_plain, purpose_plain};

/// A refusal, in plain words.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refused {
    /// The requester answers.
    #[error("{0} made the request and cannot approve it; ask somebody else of that department")]
    SelfApproval(String),
    /// The requester is whom it is about.
    #[error("the request is about the requester; somebody else must make it")]
    RequesterIsSubject,
    /// Who answers is whom it is about.
    #[error("the request is about {0}, who cannot answer it; ask somebody else of that department")]
    ApproverIsSubject(String),
    /// Excluded as involved.
    #[error("{0} is involved in the matter and can neither request nor answer; ask somebody who is not")]
    Involved(String),
    /// Requests come from those who work cases.
    #[error("{0} works no cases; an IT analyst or a corporate investigator must make the request")]
    NotACaseWorker(String),
    /// Answers come from a department.
    #[error("{0} belongs to neither department and cannot answer; ask somebody of IT or corporate security")]
    NoDepartment(String),
    /// Only approvers answer requests for disclosure.
    #[error("{0} is no approver; ask an approver of that department")]
    NotAnApprover(String),
    /// Nothing touches a person for such a purpose.
    #[error("{} is no purpose for this; it must be an investigation, support or containment", purpose_plain(*.0))]
    Purpose(Purpose),
    /// Nothing is asked.
    #[error("the request names no field of the identity; name each that is needed")]
    NoFields,
    /// The act has no usable name or object.
    #[error(
        "the act must be named in 1 to 64 small letters, digits, `_`, `.` or `-`, its object in at most 256 characters"
    )]
    BadAct,
    /// An id that cannot be one.
    #[error("the id must have 1 to 64 letters, digits, `-` or `_`")]
    BadId,
    /// A case's or subject's number that cannot be one.
    #[error("{0} is no case or subject; take the number from the case")]
    BadReference(String),
    /// No reason, or one that is too long.
    #[error("a reason of 1 to {max} characters is needed; say why in plain words", max = super::limits::REASON_MAX)]
    BadReason,
    /// It would last longer than allowed.
    #[error("it would last {asked_hours} hours, at most {max_hours} are allowed; ask for less")]
    TooLong {
        /// Hours asked, rounded up.
        asked_hours: i64,
        /// Hours allowed.
        max_hours: i64,
    },
    /// It would be over before it begins.
    #[error("it would end at {0}, not after it was asked; give a later end")]
    NoDuration(Timestamp),
    /// A maximum that no site may set.
    #[error("the longest duration must be 1 hour to {longest} hours, the time to answer 1 hour to {answer} hours",
        longest = super::limits::LONGEST_HARD_HOURS, answer = super::limits::ANSWER_HARD_HOURS)]
    BadLimits,
    /// Nobody answered in time.
    #[error("the request lapsed at {0}; make a new one")]
    Lapsed(Timestamp),
    /// An answer from before the request, or a grant from before its approvals.
    #[error("the time {0} lies before what it rests on; correct the clock")]
    TooEarly(Timestamp),
    /// Somebody said no, or the requester took it back.
    #[error("{0} denied the request; make a new one with what was missing")]
    Denied(String),
    /// An approval of something else.
    #[error("{0} approved another request or other terms; ask them to approve this one")]
    OtherRequest(String),
    /// One department has not said yes.
    #[error("nobody of {} has approved; ask one of its approvers", department_plain(*.0))]
    Missing(Department),
    /// One person cannot speak for both.
    #[error("{0} cannot approve for both departments; a second person must")]
    SamePerson(String),
    /// More approvals than anybody needs.
    #[error("more approvals than can be looked at; give one of each department")]
    TooMany,
    /// A stored colleague that cannot be one.
    #[error("a stored colleague cannot be one")]
    Colleague(#[from] ColleagueError),
    /// A stored value does not agree with the rest.
    #[error("the stored record is damaged: {0}; compare it with the ledger")]
    Damaged(&'static str),
}

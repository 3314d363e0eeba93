//! Why a command is refused, and what would make it possible.

use serde::Serialize;
use tandem_domain::{CaseId, Department, Timestamp};
use thiserror::Error;

use crate::case::decision::Standing;
use crate::case::evidence::CustodyAct;
use crate::ids::{Digest, DutyId, ProposalId};
use crate::span::Span;
use crate::words::{Act, CaseRole, CaseState, DutyState, Function, Visibility};

/// A refusal. It says why, and after the semicolon what would make it possible; `code` names it for programs. Nothing has
/// changed.
///
/// That somebody may not take part is said without the reason: that a colleague is the subject of a case must not be learned
/// from a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refused {
    /// Clock behind the last fact.
    #[error("the clock stands before the last fact ({last}); set the clock right and try again")]
    TimeWentBack {
        /// Time of the last fact.
        last: Timestamp,
    },
    /// Not the first fact of a stream.
    #[error("a case begins with its opening; open it first")]
    NotAnOpening,
    /// Not a case number.
    #[error("this is no case number; write it like C-2026-0042")]
    NotACaseNumber,
    /// Needs a department.
    #[error(
        "this needs somebody of the right department; ask a colleague of IT security or corporate security"
    )]
    NoDepartment,
    /// Nobody knows the account.
    #[error("nobody by the account `{account}` works with Tandem; add them to the people first")]
    UnknownColleague {
        /// Account.
        account: String,
    },
    /// Has left.
    #[error("`{account}` no longer works here; choose somebody else")]
    HasLeft {
        /// Account.
        account: String,
    },
    /// Away now.
    #[error("`{account}` is away; choose somebody who is here, or wait")]
    IsAway {
        /// Account.
        account: String,
    },
    /// Conflict of interest, known or found.
    #[error("`{account}` may not take part here; choose somebody else")]
    MayNotTakePart {
        /// Account.
        account: String,
    },
    /// Not a member.
    #[error("`{account}` is not a member of the case; a lead can add them")]
    NotAMember {
        /// Account.
        account: String,
    },
    /// Needs a lead.
    #[error("only a lead, or whoever is accountable for the current phase, may do this; ask one of them")]
    NotALead,
    /// The role in the case is too small.
    #[error("as {role} you may not do this; a lead can give you another role")]
    RoleForbids {
        /// The role.
        role: CaseRole,
    },
    /// Tandem itself never does this.
    #[error("this needs a person; sign in and do it yourself")]
    NotBySystem,
    /// Nobody does this by hand.
    #[error("Tandem does this by itself when it is due; there is nothing to do")]
    OnlyBySystem,
    /// The case goes on elsewhere.
    #[error("the case was merged; go on in {into}")]
    Merged {
        /// Where.
        into: CaseId,
    },
    /// Not in this state.
    #[error("the case is {state}, this is possible only while it is {allowed}; bring it there first")]
    WrongState {
        /// Its state.
        state: CaseState,
        /// States in which it is possible.
        allowed: &'static str,
    },
    /// It is so already.
    #[error("it is so already, there is nothing to change; look at the present state")]
    NothingToChange,
    /// No joint decision yet.
    #[error(
        "closing as anything but benign needs a joint decision; propose it and let both departments vote"
    )]
    NotDecided,
    /// Something waits for votes or a ruling.
    #[error("proposal {proposal} is still to be decided; decide it or take it back first")]
    ProposalPending {
        /// Which.
        proposal: ProposalId,
    },
    /// Bound reached.
    #[error("there can be at most {most} {what}; split the case or take something away")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many.
        most: usize,
    },
    /// A name that cannot be kept.
    #[error("a name is empty, longer than {most} bytes or holds control characters; correct it")]
    BadName {
        /// Longest.
        most: usize,
    },
    /// Would leave nobody to lead.
    #[error("this is the last lead of the case; name another lead first")]
    LastLead,
    /// Not there.
    #[error("there is no such {what}; look at what there is and choose again")]
    Missing {
        /// What.
        what: &'static str,
    },
    /// The caller's random id is in use.
    #[error("the drawn id is in use; draw another one and try again")]
    IdTaken,
    /// A case and itself.
    #[error("a case cannot be linked or merged with itself; name another case")]
    OwnCase,
    /// An alert in the case is about the subject.
    #[error("an alert of the case is about this subject; move or unlink the alert as well")]
    AlertsHoldSubject,
    /// Held by somebody else.
    #[error("the duty {duty} is not yours; ask its holder or a lead")]
    NotYourDuty {
        /// Which.
        duty: DutyId,
    },
    /// Not in this state of the duty.
    #[error(
        "the duty {duty} is {state}; what you want is not possible now: accept an offered duty before you fulfil it, and leave a fulfilled one as it is"
    )]
    DutyStands {
        /// Which.
        duty: DutyId,
        /// Its state.
        state: DutyState,
    },
    /// Neither holds the function nor stands in for it.
    #[error(
        "`{account}` is neither {function} nor a deputy; choose somebody who is, or change the people's functions"
    )]
    CannotHold {
        /// Account.
        account: String,
        /// Function.
        function: Function,
    },
    /// Done already.
    #[error("the task is done; resume it first")]
    TaskDone,
    /// Not a time for a meeting.
    #[error(
        "a meeting begins from now on and within ten years, and lasts a minute to a day; choose other times"
    )]
    MeetingTimes,
    /// Without anybody.
    #[error("a meeting needs somebody who comes; name at least one member")]
    NobodyComes,
    /// Held or called off already.
    #[error("the meeting was held or called off; plan another one")]
    MeetingOver,
    /// Not yet.
    #[error("the meeting has not begun; wait for it, or call it off")]
    NotBegun,
    /// A due time that has passed.
    #[error("the due time has passed; choose a later one")]
    DueInThePast,
    /// A due time that nobody lives to see.
    #[error("the due time is more than ten years ahead; choose an earlier one")]
    DueTooFar,
    /// Only the author corrects.
    #[error("only an own note of this case can be corrected; write a note of your own instead")]
    NotYourNote,
    /// A correction is for the same readers.
    #[error("the note that you correct is for {visibility}; choose the same for its correction")]
    CorrectionVisibility {
        /// The corrected note's.
        visibility: Visibility,
    },
    /// Collected only once.
    #[error("evidence is collected once, when it is added; add it as a new item")]
    AlreadyCollected,
    /// The bytes are not those kept.
    #[error(
        "the bytes found ({found}) are not those collected ({kept}); look again or report the item as damaged"
    )]
    DigestDiffers {
        /// Digest kept.
        kept: Digest,
        /// Digest found.
        found: Digest,
    },
    /// Same bytes.
    #[error("the bytes are those collected, so nothing is damaged; give the digest that you found")]
    NotDamaged,
    /// Sealed.
    #[error("the item is sealed; it can be viewed and exported, and a moved copy is a new item")]
    Sealed,
    /// The chain of custody must say more.
    #[error("{act} needs a note; say where to, for whom and why")]
    CustodyNote {
        /// Which act.
        act: CustodyAct,
    },
    /// Not in this standing.
    #[error("the proposal is {standing}; make a new one if it is still wanted")]
    ProposalStands {
        /// Its standing.
        standing: Standing,
    },
    /// Somebody changed the wording.
    #[error("the wording is not the one you read, it is now {now}; read it again and vote on that")]
    WordingChanged {
        /// Hash of the present wording.
        now: Digest,
    },
    /// Too late.
    #[error("the time to vote ended at {expired}; amend the proposal or make a new one")]
    VotingOver {
        /// When.
        expired: Timestamp,
    },
    /// Stays out.
    #[error("you stay out of this decision; a colleague of your department has to vote")]
    HasRecused,
    /// One person, one vote.
    #[error("you have voted; take your vote back before both have voted if you think otherwise now")]
    HasVoted,
    /// One department, one vote.
    #[error("department {} has voted; the other one is to vote, or your colleague takes the vote back", department.as_str())]
    DepartmentHasVoted {
        /// Which.
        department: Department,
    },
    /// No vote to take back.
    #[error("you have no vote in this proposal; there is nothing to take back")]
    NotYourVote,
    /// Somebody else's.
    #[error("only its proposer may change or take back a proposal; ask them or make your own")]
    NotYourProposal,
    /// Somebody else rules.
    #[error("somebody else has to rule on this disagreement; ask whoever is named")]
    NotTheDecider,
    /// Merging is not decided by vote.
    #[error("`merged` is no outcome to vote on; a lead of both cases merges them")]
    MergeIsNoOutcome,
    /// Limits end by themselves.
    #[error("a limit of rights must end by itself; set an end in the future, at most {most} ahead")]
    LimitNeedsEnd {
        /// Longest.
        most: Span,
    },
    /// Nothing to end.
    #[error("{act} has no end; leave the end out")]
    NoEndFor {
        /// Which act.
        act: Act,
    },
    /// Help comes first.
    #[error("{act} comes after an offer of help; decide on coaching or support first, or state why not")]
    SupportFirst {
        /// Which act.
        act: Act,
    },
    /// The person is heard first.
    #[error(
        "{act} needs the person's own account; state when and how they were heard, or why they could not be"
    )]
    HearFirst {
        /// Which act.
        act: Act,
    },
    /// Somebody else looks at the alert.
    #[error("`{by}` is looking at this alert; ask them to release it or to share it")]
    AlertTaken {
        /// Who.
        by: String,
    },
    /// Nobody, or somebody else, looks at the alert.
    #[error("you have not taken this alert; take it first")]
    AlertNotTaken,
    /// The alert is closed.
    #[error("the alert is closed; open it again with a reason")]
    AlertClosed,
    /// The alert is part of a case.
    #[error("the alert belongs to {case}; go on there")]
    AlertInCase {
        /// Which.
        case: CaseId,
    },
    /// The alert is not in that state.
    #[error("the alert is not closed and in no case; there is nothing to open again or to settle")]
    AlertOpen,
    /// Harm is never closed away in triage.
    #[error("an alert that was what it looked like belongs into a case; open one or add it to one")]
    TruePositiveNeedsCase,
    /// The alert's case has not concluded anything.
    #[error("only what its case concluded closes this alert; close the case first")]
    NotFromItsCase,
    /// The contest is over or not so far.
    #[error("the contest is {standing}, so this is not possible; {remedy}")]
    ContestStands {
        /// Its state.
        standing: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// Once, and within the first month.
    #[error(
        "the time to answer can be extended once, within one month of receipt, with the reasons given to the person (GDPR article 12(3)); answer by {due}"
    )]
    NoExtension {
        /// When the answer is due.
        due: Timestamp,
    },
    /// A date beyond the calendar.
    #[error("the date is out of range; check the clock")]
    DateOutOfRange,
}

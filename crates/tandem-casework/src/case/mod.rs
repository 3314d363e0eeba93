//! The case: joint work of both departments on one matter.
//!
//! A case is the fold of its facts. [`open`] and [`decide`] turn a command into facts or a refusal and change nothing; [`apply`]
//! folds a fact into the state; the caller stores facts in one transaction with whatever else they entail.

mod decide;
pub mod decision;
pub mod duty;
pub mod evidence;
pub mod life;
pub mod link;
pub mod meeting;
pub mod merge;
pub mod note;
pub mod people;
pub mod task;
mod tick;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tandem_domain::{AlertId, CaseId, Department, SubjectId, Timestamp};

pub use decide::{Context, decide, open};
pub use merge::{merge, split};

use crate::ids::{DutyId, EvidenceId, MeetingId, NoteId, ProposalId, TaskId};
use crate::record::{Broken, Recorded, continues};
use crate::text::Title;
use crate::words::{CaseKind, CaseState, Letter, Outcome, Phase, Severity};

use decision::{DecisionCommand, DecisionFact, Proposal};
use duty::{Duty, DutyCommand, DutyFact};
use evidence::{EvidenceCommand, EvidenceFact, EvidenceItem};
use life::{LifeCommand, LifeFact, Marks};
use link::{AlertRef, LinkCommand, LinkFact};
use meeting::{Meeting, MeetingCommand, MeetingFact};
use note::{Note, NoteCommand, NoteFact};
use people::{Member, PeopleCommand, PeopleFact};
use task::{Task, TaskCommand, TaskFact};

/// A stored fact of a case.
pub type Fact = Recorded<CaseId, CaseFact>;

macro_rules! concerns {
    ($($(#[$doc:meta])* $name:ident($fact:ident, $command:ident),)*) => {
        /// What happened in a case.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum CaseFact { $($(#[$doc])* $name($fact),)* }

        /// What somebody wants to happen in a case.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Command { $($(#[$doc])* $name($command),)* }

        impl CaseFact {
            fn fold(&self, case: &mut Case, stamp: &Stamp<'_>) {
                match self { $(Self::$name(fact) => fact.fold(case, stamp),)* }
            }

            /// What happened, in one plain sentence without the name of who did it.
            pub fn sentence(&self) -> String {
                match self { $(Self::$name(fact) => fact.sentence(),)* }
            }
        }

        $(
            impl From<$fact> for CaseFact {
                fn from(fact: $fact) -> Self { Self::$name(fact) }
            }

            impl From<$command> for Command {
                fn from(command: $command) -> Self { Self::$name(command) }
            }
        )*
    };
}

concerns! {
    /// Opening, state, phase, closing.
    Life(LifeFact, LifeCommand),
    /// Members, conflicts, watchers.
    People(PeopleFact, PeopleCommand),
    /// Subjects, alerts, assets, other cases.
    Link(LinkFact, LinkCommand),
    /// The responsibility matrix at work.
    Duty(DutyFact, DutyCommand),
    /// Things to do.
    Task(TaskFact, TaskCommand),
    /// Times at which members sit together.
    Meeting(MeetingFact, MeetingCommand),
    /// What people write.
    Note(NoteFact, NoteCommand),
    /// Evidence and its custody.
    Evidence(EvidenceFact, EvidenceCommand),
    /// Joint decisions.
    Decision(DecisionFact, DecisionCommand),
}

/// When, by whom and as which fact something happened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stamp<'a> {
    pub(crate) at: Timestamp,
    pub(crate) who: &'a str,
    pub(crate) department: Option<Department>,
    pub(crate) seq: u32,
}

impl<'a> Stamp<'a> {
    fn of(fact: &'a Fact) -> Self {
        Self {
            at: fact.at,
            who: &fact.who,
            department: fact.department,
            seq: fact.seq,
        }
    }
}

/// A case as its facts make it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Case {
    /// Its number.
    pub id: CaseId,
    /// One line that names nobody.
    pub title: Title,
    /// Incident type.
    pub kind: CaseKind,
    /// Severity.
    pub severity: Severity,
    /// Where it stands.
    pub state: CaseState,
    /// How it ended, while it is closed.
    pub outcome: Option<Outcome>,
    /// The case in which a merged one goes on.
    pub merged_into: Option<CaseId>,
    /// The case from which it was split.
    pub split_from: Option<CaseId>,
    /// Phase of the work (NIST SP 800-61), apart from the state.
    pub phase: Phase,
    /// Number of the last fact.
    pub seq: u32,
    /// Time of the last fact.
    pub last: Timestamp,
    /// Instants and pauses that the clocks are read from.
    pub marks: Marks,
    /// Whom it is about now.
    pub subjects: BTreeSet<SubjectId>,
    /// Whom it was ever about; they stay barred from working on it.
    pub ever_subjects: BTreeSet<SubjectId>,
    /// Alerts it rests on.
    pub alerts: BTreeMap<AlertId, AlertRef>,
    /// Systems, files, shares concerned.
    pub assets: BTreeSet<Title>,
    /// Cases that have to do with it.
    pub cases: BTreeSet<CaseId>,
    /// Who works on it.
    pub members: BTreeMap<String, Member>,
    /// Accounts that may take no part.
    pub barred: BTreeSet<String>,
    /// Members who are told of everything.
    pub watchers: BTreeSet<String>,
    /// Duties drawn from the responsibility matrix.
    pub duties: BTreeMap<DutyId, Duty>,
    /// Things to do.
    pub tasks: BTreeMap<TaskId, Task>,
    /// Meetings.
    pub meetings: BTreeMap<MeetingId, Meeting>,
    /// Notes.
    pub notes: BTreeMap<NoteId, Note>,
    /// Evidence.
    pub evidence: BTreeMap<EvidenceId, EvidenceItem>,
    /// Proposals and their votes.
    pub proposals: BTreeMap<ProposalId, Proposal>,
    /// The proposal that decided how the case ends.
    pub decided: Option<ProposalId>,
}

impl Case {
    /// The case that its facts make.
    ///
    /// # Errors
    /// When the facts are not a whole stream of one case in order.
    pub fn replay<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Result<Self, Broken> {
        let mut facts = facts.into_iter();
        let first = facts.next().ok_or(Broken::Empty)?;
        let mut case = Self::begin(first)?;
        for fact in facts {
            apply(&mut case, fact)?;
        }
        Ok(case)
    }

    /// The case as its first fact makes it.
    ///
    /// # Errors
    /// When the fact is not an opening with number 1.
    pub fn begin(first: &Fact) -> Result<Self, Broken> {
        let CaseFact::Life(LifeFact::Opened {
            kind,
            severity,
            title,
            phase,
            split_from,
            ..
        }) = &first.what
        else {
            return Err(Broken::Opening(first.seq));
        };
        if first.seq != 1 {
            return Err(Broken::Sequence {
                expected: 1,
                found: first.seq,
            });
        }
        Ok(Self {
            id: first.of.clone(),
            title: title.clone(),
            kind: *kind,
            severity: *severity,
            state: CaseState::Open,
            outcome: None,
            merged_into: None,
            split_from: split_from.clone(),
            phase: *phase,
            seq: 1,
            last: first.at,
            marks: Marks::opened(first.at, first.department),
            subjects: BTreeSet::new(),
            ever_subjects: BTreeSet::new(),
            alerts: BTreeMap::new(),
            assets: BTreeSet::new(),
            cases: split_from.iter().cloned().collect(),
            members: BTreeMap::new(),
            barred: BTreeSet::new(),
            watchers: BTreeSet::new(),
            duties: BTreeMap::new(),
            tasks: BTreeMap::new(),
            meetings: BTreeMap::new(),
            notes: BTreeMap::new(),
            evidence: BTreeMap::new(),
            proposals: BTreeMap::new(),
            decided: None,
        })
    }

    /// Need to know: only members see a case, and whoever has to rule on a disagreement in it. Nobody who is barred does.
    pub fn may_see(&self, account: &str) -> bool {
        let rules = self
            .proposals
            .values()
            .any(|p| p.awaits_ruling() && p.decider.as_deref() == Some(account));
        !self.barred.contains(account) && (self.members.contains_key(account) || rules)
    }

    /// The one duty that answers for a phase.
    pub fn accountable(&self, phase: Phase) -> Option<&Duty> {
        self.duties
            .values()
            .find(|d| d.id.phase == phase && d.letter == Letter::Accountable)
    }

    /// True once it is over, merged ones included.
    pub fn is_closed(&self) -> bool {
        self.state == CaseState::Closed
    }
}

/// Folds the next fact into a case.
///
/// # Errors
/// When it is not the next fact of this case; the case is then unchanged.
pub fn apply(case: &mut Case, fact: &Fact) -> Result<(), Broken> {
    continues(fact, &case.id, case.seq, case.last)?;
    if matches!(fact.what, CaseFact::Life(LifeFact::Opened { .. })) {
        return Err(Broken::Opening(fact.seq));
    }
    fact.what.fold(case, &Stamp::of(fact));
    case.seq = fact.seq;
    case.last = fact.at;
    Ok(())
}

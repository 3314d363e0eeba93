//! Joint decisions: a proposal, one vote of each department by different people, and a ruling where they disagree.
//!
//! Closing a case as anything but benign, and any response that touches a person, needs one. A vote is on the exact wording,
//! named by its hash: whoever changes the wording voids the votes. Until both have voted, neither department sees what the
//! other said, so that nobody only nods.

mod command;
mod fact;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tandem_domain::{AlertId, CaseId, Department, SubjectId, Timestamp, Verdict};

pub use command::DecisionCommand;
pub(super) use command::{decide, expire, lapse_due, lapse_limits, settle};
pub use fact::DecisionFact;
pub(super) use fact::{undecide, unseat};

use crate::ids::{Digest, ProposalId};
use crate::span::Span;
use crate::text::Reason;
use crate::words::{Act, Answer, Outcome, words};

/// How long a proposal may be voted on.
pub const VOTING_TIME: Span = Span::days(14);
/// How long rights may be limited by one decision; to go on needs a new one.
pub const TIGHTENING_MOST: Span = Span::days(30);
/// Most proposals of a case.
pub(super) const PROPOSALS_MOST: usize = 500;

/// What both departments are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Question {
    /// How the case is to end.
    Close {
        /// How; not `merged`.
        outcome: Outcome,
        /// What is concluded about single alerts, where it differs from the outcome.
        #[serde(default)]
        verdicts: BTreeMap<AlertId, Verdict>,
    },
    /// A response that touches a person.
    Respond {
        /// What.
        act: Act,
        /// Whom it touches.
        subject: SubjectId,
        /// When a limit of rights ends, at most [`TIGHTENING_MOST`] ahead; none for other acts.
        #[serde(default)]
        until: Option<Timestamp>,
        /// Why help was not offered before, if it was not.
        #[serde(default)]
        without_support: Option<Reason>,
        /// For acts that judge the person: when and how they were heard, or why they could not be.
        #[serde(default)]
        heard: Option<Reason>,
    },
}

/// The exact wording that is voted on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// What is asked.
    pub question: Question,
    /// Why.
    pub reason: Reason,
}

impl Wording {
    /// SHA-256 over the case, the proposal and every part of the wording, each with its length before it, so that no two
    /// wordings share their bytes.
    pub fn hash(&self, case: &CaseId, proposal: ProposalId) -> Digest {
        let mut hasher = Sha256::new();
        let mut feed = |part: &str| {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        };
        feed("tandem-proposal-1");
        feed(case.as_str());
        feed(&proposal.to_string());
        feed(self.reason.as_str());
        let optional = |text: &Option<Reason>| text.as_ref().map_or(String::new(), |t| t.as_str().to_owned());
        match &self.question {
            Question::Close { outcome, verdicts } => {
                feed("close");
                feed(outcome.as_str());
                for (alert, verdict) in verdicts {
                    feed(&alert.to_string());
                    feed(super::life::verdict_words(*verdict));
                }
            }
            Question::Respond {
                act,
                subject,
                until,
                without_support,
                heard,
            } => {
                feed("respond");
                feed(act.as_str());
                feed(subject.as_str());
                feed(&until.map_or(String::new(), |t| t.0.to_string()));
                feed(&optional(without_support));
                feed(&optional(heard));
            }
        }
        Digest(hasher.finalize().into())
    }

    /// What is asked, in words.
    pub fn sentence(&self) -> String {
        match &self.question {
            Question::Close { outcome, .. } => format!("to close the case as {outcome}: {}", self.reason),
            Question::Respond {
                act, subject, until, ..
            } => {
                let end = until.map(|t| format!(" until {t}")).unwrap_or_default();
                format!(
                    "the response \u{201c}{act}\u{201d} for {subject}{end}: {}",
                    self.reason
                )
            }
        }
    }
}

words! {
    /// Where a proposal stands.
    Standing {
        /// Being voted on.
        Open => "open",
        /// Both departments said yes.
        Agreed => "agreed",
        /// Both departments said no.
        Rejected => "rejected",
        /// They disagree; whoever is accountable has to rule.
        Escalated => "escalated",
        /// The ruling was yes.
        RuledFor => "ruled_for",
        /// The ruling was no.
        RuledAgainst => "ruled_against",
        /// Taken back by its proposer.
        Withdrawn => "withdrawn",
        /// Not voted on in time.
        Expired => "expired",
        /// Somebody who took part in it turned out to be involved.
        Voided => "voided",
    }
}

/// One department's vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Vote {
    /// Who cast it.
    pub who: String,
    /// Yes or no.
    pub answer: Answer,
    /// Why.
    pub reason: Reason,
    /// When.
    pub at: Timestamp,
}

/// A proposal with its votes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// What is asked.
    pub wording: Wording,
    /// Names the wording; a vote is on this.
    pub hash: Digest,
    /// Who proposed it.
    pub by: String,
    /// When it, or its present wording, was proposed.
    pub at: Timestamp,
    /// Until when it may be voted on.
    pub expires: Timestamp,
    /// Where it stands.
    pub standing: Standing,
    /// At most one vote of each department.
    pub votes: BTreeMap<Department, Vote>,
    /// Who stays out of this decision.
    pub recused: BTreeSet<String>,
    /// Who has to rule on a disagreement; nobody could be found if it is escalated and empty.
    pub decider: Option<String>,
    /// The ruling.
    pub ruling: Option<Vote>,
    /// A limit of rights that has ended.
    pub lapsed: bool,
}

impl Proposal {
    /// True if it was decided with yes and still holds.
    pub fn is_carried(&self) -> bool {
        matches!(self.standing, Standing::Agreed | Standing::RuledFor)
    }

    /// True while it waits for votes or a ruling.
    pub fn is_pending(&self) -> bool {
        matches!(self.standing, Standing::Open | Standing::Escalated)
    }

    /// True while it waits for a ruling.
    pub fn awaits_ruling(&self) -> bool {
        self.standing == Standing::Escalated
    }

    /// True if the account proposed, voted, rules or ruled.
    pub(crate) fn names(&self, account: &str) -> bool {
        self.by == account
            || self.has_voted(account)
            || self.decider.as_deref() == Some(account)
            || self.ruling.as_ref().is_some_and(|r| r.who == account)
    }

    /// True if one of its votes is the account's.
    pub(crate) fn has_voted(&self, account: &str) -> bool {
        self.votes.values().any(|v| v.who == account)
    }

    /// The proposal as somebody of that department may see it: while it is being voted on, the other's vote is sealed.
    pub fn shown_to(&self, department: Option<Department>) -> Self {
        let mut shown = self.clone();
        if shown.standing == Standing::Open {
            shown.votes.retain(|of, _| Some(*of) == department);
        }
        shown
    }

    /// A limit of rights that holds now.
    pub fn is_active_limit(&self) -> bool {
        self.limit().is_some() && self.is_carried() && !self.lapsed
    }

    /// True if both have said yes to it, or a ruling did, even if it was voided later.
    pub(crate) fn was_carried(&self) -> bool {
        let yes = self.votes.values().filter(|v| v.answer == Answer::For).count();
        yes == Department::ALL.len() || self.ruling.as_ref().is_some_and(|r| r.answer == Answer::For)
    }

    /// When the limit of rights that it asks for ends.
    pub(crate) fn limit(&self) -> Option<Timestamp> {
        match &self.wording.question {
            Question::Respond { until, act, .. } if act.tightens() => *until,
            _ => None,
        }
    }
}

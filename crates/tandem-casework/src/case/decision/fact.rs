//! Facts of joint decisions and their fold.

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;

use super::{Proposal, Standing, Vote, Wording};
use crate::case::{Case, Stamp};
use crate::ids::{Digest, ProposalId};
use crate::text::Reason;
use crate::words::{Answer, CaseState};

/// What happens to proposals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
pub enum DecisionFact {
    /// Somebody asks both departments.
    Proposed {
        /// Its id.
        proposal: ProposalId,
        /// What is asked.
        wording: Wording,
        /// Names the wording.
        hash: Digest,
        /// Until when it may be voted on.
        expires: Timestamp,
    },
    /// The wording changed, so votes are void.
    Amended {
        /// Which.
        proposal: ProposalId,
        /// What is asked now.
        wording: Wording,
        /// Names the wording.
        hash: Digest,
        /// Until when it may be voted on.
        expires: Timestamp,
    },
    /// Somebody voted for their department.
    Voted {
        /// Which.
        proposal: ProposalId,
        /// The wording voted on.
        hash: Digest,
        /// Yes or no.
        answer: Answer,
        /// Why.
        reason: Reason,
    },
    /// Somebody took their vote back.
    VoteWithdrawn {
        /// Which.
        proposal: ProposalId,
        /// Why.
        reason: Reason,
    },
    /// Somebody stays out of this decision.
    Recused {
        /// Which.
        proposal: ProposalId,
        /// Why.
        reason: Reason,
    },
    /// Its proposer took it back.
    Withdrawn {
        /// Which.
        proposal: ProposalId,
        /// Why.
        reason: Reason,
    },
    /// Nobody voted in time.
    Expired {
        /// Which.
        proposal: ProposalId,
    },
    /// Both departments said yes.
    Agreed {
        /// Which.
        proposal: ProposalId,
    },
    /// Both departments said no.
    Rejected {
        /// Which.
        proposal: ProposalId,
    },
    /// They disagree: both texts go side by side to whoever has to rule.
    Escalated {
        /// Which.
        proposal: ProposalId,
        /// Who rules; nobody could be found if empty: an alarm.
        to: Option<String>,
        /// What IT security said.
        it: Reason,
        /// What corporate security said.
        corporate: Reason,
    },
    /// Somebody else has to rule.
    DeciderNamed {
        /// Which.
        proposal: ProposalId,
        /// Who rules; nobody could be found if empty: an alarm.
        to: Option<String>,
    },
    /// The disagreement was ruled on.
    Ruled {
        /// Which.
        proposal: ProposalId,
        /// The wording ruled on.
        hash: Digest,
        /// Yes or no.
        answer: Answer,
        /// Why, in the ruler's own words.
        reason: Reason,
    },
    /// A limit of rights has ended: they are to be given back.
    LimitLapsed {
        /// By which proposal it was decided.
        proposal: ProposalId,
    },
}

impl DecisionFact {
    pub(in crate::case) fn fold(&self, case: &mut Case, stamp: &Stamp<'_>) {
        match self {
            Self::Proposed {
                proposal,
                wording,
                hash,
                expires,
            } => {
                let made = Proposal {
                    id: *proposal,
                    wording: wording.clone(),
                    hash: *hash,
                    by: stamp.who.to_owned(),
                    at: stamp.at,
                    expires: *expires,
                    standing: Standing::Open,
                    votes: std::collections::BTreeMap::new(),
                    recused: std::collections::BTreeSet::new(),
                    decider: None,
                    ruling: None,
                    lapsed: false,
                };
                case.proposals.insert(*proposal, made);
            }
            Self::Amended {
                proposal,
                wording,
                hash,
                expires,
            } => with(case, *proposal, |p| {
                (p.wording, p.hash) = (wording.clone(), *hash);
                (p.at, p.expires) = (stamp.at, *expires);
                (p.standing, p.decider) = (Standing::Open, None);
                p.votes.clear();
            }),
            Self::Voted {
                proposal,
                answer,
                reason,
                ..
            } => with(case, *proposal, |p| {
                if let Some(department) = stamp.department {
                    p.votes.insert(department, vote(stamp, *answer, reason));
                }
            }),
            Self::VoteWithdrawn { proposal, .. } => with(case, *proposal, |p| {
                p.votes.retain(|_, v| v.who != stamp.who);
            }),
            Self::Recused { proposal, .. } => with(case, *proposal, |p| {
                p.recused.insert(stamp.who.to_owned());
                if p.standing == Standing::Open {
                    p.votes.retain(|_, v| v.who != stamp.who);
                }
            }),
            Self::Withdrawn { proposal, .. } => stand(case, *proposal, Standing::Withdrawn),
            Self::Expired { proposal } => stand(case, *proposal, Standing::Expired),
            Self::Agreed { proposal } => stand(case, *proposal, Standing::Agreed),
            Self::Rejected { proposal } => stand(case, *proposal, Standing::Rejected),
            Self::Escalated { proposal, to, .. } => with(case, *proposal, |p| {
                (p.standing, p.decider) = (Standing::Escalated, to.clone());
            }),
            Self::DeciderNamed { proposal, to } => with(case, *proposal, |p| p.decider.clone_from(to)),
            Self::Ruled {
                proposal,
                answer,
                reason,
                ..
            } => with(case, *proposal, |p| {
                p.ruling = Some(vote(stamp, *answer, reason));
                p.standing = match answer {
                    Answer::For => Standing::RuledFor,
                    Answer::Against => Standing::RuledAgainst,
                };
            }),
            Self::LimitLapsed { proposal } => with(case, *proposal, |p| p.lapsed = true),
        }
    }

    pub(in crate::case) fn sentence(&self) -> String {
        let nobody = |to: &Option<String>| {
            to.clone()
                .unwrap_or_else(|| "nobody, for nobody can be found".to_owned())
        };
        match self {
            Self::Proposed { wording, .. } => format!("proposed {}", wording.sentence()),
            Self::Amended { wording, .. } => {
                format!(
                    "changed a proposal, so its votes are void; now {}",
                    wording.sentence()
                )
            }
            Self::Voted { answer, reason, .. } => format!("voted {answer} a proposal: {reason}"),
            Self::VoteWithdrawn { reason, .. } => format!("took a vote back: {reason}"),
            Self::Recused { reason, .. } => format!("stays out of a decision: {reason}"),
            Self::Withdrawn { reason, .. } => format!("took a proposal back: {reason}"),
            Self::Expired { .. } => "a proposal was not voted on in time".to_owned(),
            Self::Agreed { .. } => "both departments agreed to a proposal".to_owned(),
            Self::Rejected { .. } => "both departments rejected a proposal".to_owned(),
            Self::Escalated {
                to, it, corporate, ..
            } => format!(
                "the departments disagree; {} has to rule. IT security: {it} Corporate security: {corporate}",
                nobody(to)
            ),
            Self::DeciderNamed { to, .. } => format!("{} has to rule on a disagreement", nobody(to)),
            Self::Ruled { answer, reason, .. } => format!("ruled {answer} a proposal: {reason}"),
            Self::LimitLapsed { .. } => "a limit of rights has ended; they are to be given back".to_owned(),
        }
    }
}

fn vote(stamp: &Stamp<'_>, answer: Answer, reason: &Reason) -> Vote {
    Vote {
        who: stamp.who.to_owned(),
        answer,
        reason: reason.clone(),
        at: stamp.at,
    }
}

fn with(case: &mut Case, id: ProposalId, change: impl FnOnce(&mut Proposal)) {
    if let Some(proposal) = case.proposals.get_mut(&id) {
        change(proposal);
    }
}

fn stand(case: &mut Case, id: ProposalId, standing: Standing) {
    with(case, id, |p| p.standing = standing);
}

/// Takes an involved account out of all decisions of a case that is not closed: open votes are gone, what it proposed or
/// helped to carry is void, and a case decided that way is undecided again. Who rules instead is named by a fact that follows.
pub(in crate::case) fn unseat(case: &mut Case, account: &str) {
    if case.is_closed() {
        return;
    }
    let mut undecided = false;
    for proposal in case.proposals.values_mut() {
        let took_part = proposal.names(account);
        let voted = proposal.has_voted(account);
        match proposal.standing {
            _ if !took_part => {}
            Standing::Open | Standing::Escalated if proposal.by == account => {
                proposal.standing = Standing::Voided;
                proposal.decider = None;
            }
            Standing::Open | Standing::Escalated if voted => {
                proposal.votes.retain(|_, v| v.who != account);
                (proposal.standing, proposal.decider) = (Standing::Open, None);
            }
            Standing::Agreed | Standing::RuledFor => {
                proposal.standing = Standing::Voided;
                undecided |= case.decided == Some(proposal.id);
            }
            _ => {}
        }
    }
    if undecided {
        undecide(case);
    }
}

/// A decided case is under investigation again, or contained if harm was stopped; what decided it is void.
pub(in crate::case) fn undecide(case: &mut Case) {
    if let Some(id) = case.decided.take() {
        stand(case, id, Standing::Voided);
    }
    case.marks.decided = None;
    case.state = match case.marks.contained {
        Some(_) => CaseState::Contained,
        None => CaseState::Investigating,
    };
}

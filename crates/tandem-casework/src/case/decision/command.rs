//! Commands of joint decisions and their rules.

use serde::{Deserialize, Serialize};
use tandem_domain::Department;

use super::{
    DecisionFact, PROPOSALS_MOST, Proposal, Question, Standing, TIGHTENING_MOST, VOTING_TIME, Wording,
};
use crate::case::Case;
use crate::case::decide::Draft;
use crate::case::life::{LifeFact, WHILE_OPEN};
use crate::ids::{Digest, ProposalId};
use crate::refused::Refused;
use crate::text::Reason;
use crate::words::{Act, Answer, CaseState, Outcome};

/// What somebody wants of a decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DecisionCommand {
    /// Ask both departments.
    Propose {
        /// What.
        wording: Wording,
    },
    /// Change the wording of an own proposal; its votes become void.
    Amend {
        /// Which.
        proposal: ProposalId,
        /// What is asked now.
        wording: Wording,
    },
    /// Vote for the own department.
    Vote {
        /// Which.
        proposal: ProposalId,
        /// The wording that was read.
        hash: Digest,
        /// Yes or no.
        answer: Answer,
        /// Why.
        reason: Reason,
    },
    /// Take the own vote back, before both have voted.
    WithdrawVote {
        /// Which.
        proposal: ProposalId,
        /// Why.
        reason: Reason,
    },
    /// Stay out of this decision.
    Recuse {
        /// Which.
        proposal: ProposalId,
        /// Why.
        reason: Reason,
    },
    /// Take an own proposal back.
    Withdraw {
        /// Which.
        proposal: ProposalId,
        /// Why.
        reason: Reason,
    },
    /// Rule on a disagreement.
    Rule {
        /// Which.
        proposal: ProposalId,
        /// The wording that was read.
        hash: Digest,
        /// Yes or no.
        answer: Answer,
        /// Why.
        reason: Reason,
    },
}

pub(in crate::case) fn decide(draft: &mut Draft<'_>, command: DecisionCommand) -> Result<(), Refused> {
    if draft.case.is_closed() {
        return Err(Refused::WrongState {
            state: draft.case.state,
            allowed: WHILE_OPEN,
        });
    }
    match command {
        DecisionCommand::Propose { wording } => propose(draft, wording),
        DecisionCommand::Amend { proposal, wording } => amend(draft, proposal, wording),
        DecisionCommand::Vote {
            proposal,
            hash,
            answer,
            reason,
        } => {
            may_vote(draft, proposal, hash)?;
            draft.push(DecisionFact::Voted {
                proposal,
                hash,
                answer,
                reason,
            });
            conclude(draft, proposal);
            Ok(())
        }
        DecisionCommand::WithdrawVote { proposal, reason } => {
            let found = standing(draft, proposal, Standing::Open)?;
            if !found.has_voted(draft.ctx.who) {
                return Err(Refused::NotYourVote);
            }
            draft.push(DecisionFact::VoteWithdrawn { proposal, reason });
            Ok(())
        }
        DecisionCommand::Recuse { proposal, reason } => recuse(draft, proposal, reason),
        DecisionCommand::Withdraw { proposal, reason } => {
            let found = pending(draft, proposal)?;
            if found.by != draft.ctx.who {
                return Err(Refused::NotYourProposal);
            }
            draft.push(DecisionFact::Withdrawn { proposal, reason });
            Ok(())
        }
        DecisionCommand::Rule {
            proposal,
            hash,
            answer,
            reason,
        } => {
            let found = standing(draft, proposal, Standing::Escalated)?;
            if found.decider.as_deref() != Some(draft.ctx.who) {
                return Err(Refused::NotTheDecider);
            }
            same_wording(found, hash)?;
            draft.push(DecisionFact::Ruled {
                proposal,
                hash,
                answer,
                reason,
            });
            carry(draft, proposal);
            Ok(())
        }
    }
}

fn existing<'d>(draft: &'d Draft<'_>, id: ProposalId) -> Result<&'d Proposal, Refused> {
    draft
        .case
        .proposals
        .get(&id)
        .ok_or(Refused::Missing { what: "proposal" })
}

fn pending<'d>(draft: &'d Draft<'_>, id: ProposalId) -> Result<&'d Proposal, Refused> {
    let found = existing(draft, id)?;
    if found.is_pending() {
        Ok(found)
    } else {
        Err(Refused::ProposalStands {
            standing: found.standing,
        })
    }
}

fn standing<'d>(draft: &'d Draft<'_>, id: ProposalId, wanted: Standing) -> Result<&'d Proposal, Refused> {
    let found = existing(draft, id)?;
    if found.standing == wanted {
        Ok(found)
    } else {
        Err(Refused::ProposalStands {
            standing: found.standing,
        })
    }
}

fn same_wording(proposal: &Proposal, hash: Digest) -> Result<(), Refused> {
    if proposal.hash == hash {
        Ok(())
    } else {
        Err(Refused::WordingChanged { now: proposal.hash })
    }
}

fn propose(draft: &mut Draft<'_>, wording: Wording) -> Result<(), Refused> {
    if draft.case.proposals.len() >= PROPOSALS_MOST {
        return Err(Refused::TooMany {
            what: "proposals",
            most: PROPOSALS_MOST,
        });
    }
    let proposal = ProposalId(draft.ctx.id);
    if draft.case.proposals.contains_key(&proposal) {
        return Err(Refused::IdTaken);
    }
    check(draft, &wording, None)?;
    let hash = wording.hash(&draft.case.id, proposal);
    draft.push(DecisionFact::Proposed {
        proposal,
        wording,
        hash,
        expires: VOTING_TIME.after(draft.ctx.now),
    });
    Ok(())
}

fn amend(draft: &mut Draft<'_>, proposal: ProposalId, wording: Wording) -> Result<(), Refused> {
    let found = pending(draft, proposal)?;
    if found.by != draft.ctx.who {
        return Err(Refused::NotYourProposal);
    }
    let hash = wording.hash(&draft.case.id, proposal);
    if hash == found.hash {
        return Err(Refused::NothingToChange);
    }
    check(draft, &wording, Some(proposal))?;
    draft.push(DecisionFact::Amended {
        proposal,
        wording,
        hash,
        expires: VOTING_TIME.after(draft.ctx.now),
    });
    Ok(())
}

/// What may be asked at all, whoever votes.
fn check(draft: &Draft<'_>, wording: &Wording, own: Option<ProposalId>) -> Result<(), Refused> {
    let case = &draft.case;
    match &wording.question {
        Question::Close { outcome, verdicts } => {
            if *outcome == Outcome::Merged {
                return Err(Refused::MergeIsNoOutcome);
            }
            if !matches!(case.state, CaseState::Investigating | CaseState::Contained) {
                return Err(Refused::WrongState {
                    state: case.state,
                    allowed: "investigating or contained",
                });
            }
            if verdicts.keys().any(|alert| !case.alerts.contains_key(alert)) {
                return Err(Refused::Missing {
                    what: "alert in this case",
                });
            }
            let other = case.proposals.values().find(|p| {
                p.is_pending() && Some(p.id) != own && matches!(p.wording.question, Question::Close { .. })
            });
            other.map_or(Ok(()), |p| Err(Refused::ProposalPending { proposal: p.id }))
        }
        Question::Respond {
            act,
            subject,
            until,
            without_support,
            heard,
        } => {
            if !case.subjects.contains(subject) {
                return Err(Refused::Missing {
                    what: "subject in this case",
                });
            }
            if !act.supports() && case.state == CaseState::Open {
                return Err(Refused::WrongState {
                    state: case.state,
                    allowed: "investigating, contained or decided",
                });
            }
            let now = draft.ctx.now;
            let ends = until.is_some_and(|end| now < end && end <= TIGHTENING_MOST.after(now));
            if act.tightens() && !ends {
                return Err(Refused::LimitNeedsEnd {
                    most: TIGHTENING_MOST,
                });
            }
            if !act.tightens() && until.is_some() {
                return Err(Refused::NoEndFor { act: *act });
            }
            if !act.supports() && without_support.is_none() && !was_supported(case, subject) {
                return Err(Refused::SupportFirst { act: *act });
            }
            if act.punishes() && heard.is_none() {
                return Err(Refused::HearFirst { act: *act });
            }
            Ok(())
        }
    }
}

/// True if help for the subject was decided on in this case before.
fn was_supported(case: &Case, whom: &tandem_domain::SubjectId) -> bool {
    let helps = |act: &Act| act.supports();
    case.proposals.values().any(|p| {
        p.is_carried()
            && matches!(&p.wording.question, Question::Respond { act, subject, .. } if helps(act) && subject == whom)
    })
}

fn may_vote(draft: &Draft<'_>, id: ProposalId, hash: Digest) -> Result<(), Refused> {
    let who = draft.ctx.who;
    let found = standing(draft, id, Standing::Open)?;
    if found.expires <= draft.ctx.now {
        return Err(Refused::VotingOver {
            expired: found.expires,
        });
    }
    same_wording(found, hash)?;
    let department = draft.own_department().ok_or(Refused::NoDepartment)?;
    if found.recused.contains(who) {
        return Err(Refused::HasRecused);
    }
    if found.has_voted(who) {
        return Err(Refused::HasVoted);
    }
    if found.votes.contains_key(&department) {
        return Err(Refused::DepartmentHasVoted { department });
    }
    Ok(())
}

/// Once both have voted: agreed, rejected, or on to whoever has to rule.
fn conclude(draft: &mut Draft<'_>, proposal: ProposalId) {
    let Some(found) = draft.case.proposals.get(&proposal) else {
        return;
    };
    let (Some(it), Some(corporate)) = (
        found.votes.get(&Department::It),
        found.votes.get(&Department::Corporate),
    ) else {
        return;
    };
    match (it.answer, corporate.answer) {
        (Answer::For, Answer::For) => {
            draft.push(DecisionFact::Agreed { proposal });
            carry(draft, proposal);
        }
        (Answer::Against, Answer::Against) => draft.push(DecisionFact::Rejected { proposal }),
        _ => {
            let (it, corporate) = (it.reason.clone(), corporate.reason.clone());
            let to = decider(draft, found);
            draft.push(DecisionFact::Escalated {
                proposal,
                to,
                it,
                corporate,
            });
        }
    }
}

/// What follows from a yes.
fn carry(draft: &mut Draft<'_>, proposal: ProposalId) {
    let found = draft.case.proposals.get(&proposal).filter(|p| p.is_carried());
    if let Some(Question::Close { outcome, .. }) = found.map(|p| &p.wording.question) {
        let outcome = *outcome;
        draft.push(LifeFact::Decided { proposal, outcome });
    }
}

/// Who rules: whoever is accountable for the current phase, or stands in for them; never somebody who proposed, voted, stays
/// out or is involved.
fn decider(draft: &Draft<'_>, proposal: &Proposal) -> Option<String> {
    let duty = draft.case.accountable(draft.case.phase)?;
    let fit = |account: &str| {
        !draft.is_barred(account)
            && proposal.by != account
            && !proposal.has_voted(account)
            && !proposal.recused.contains(account)
    };
    let (roster, now) = (draft.ctx.roster, draft.ctx.now);
    let holder = duty.holder.as_deref();
    holder
        .filter(|h| fit(h) && roster.is_available(h, now))
        .map(str::to_owned)
        .or_else(|| {
            roster
                .find(duty.id.function, holder, now, &fit)
                .map(|found| found.account)
        })
}

fn recuse(draft: &mut Draft<'_>, proposal: ProposalId, reason: Reason) -> Result<(), Refused> {
    let who = draft.ctx.who;
    let found = pending(draft, proposal)?;
    let rules = found.decider.as_deref() == Some(who);
    if !draft.case.members.contains_key(who) && !rules {
        return Err(Refused::NotAMember {
            account: who.to_owned(),
        });
    }
    if found.recused.contains(who) {
        return Err(Refused::NothingToChange);
    }
    if found.standing == Standing::Escalated && !rules {
        return Err(Refused::ProposalStands {
            standing: found.standing,
        });
    }
    draft.push(DecisionFact::Recused { proposal, reason });
    settle(draft);
    Ok(())
}

/// After people have come or gone: names who rules where nobody can any more, and ends limits whose decision is void.
pub(in crate::case) fn settle(draft: &mut Draft<'_>) {
    let (roster, now) = (draft.ctx.roster, draft.ctx.now);
    let waiting: Vec<Proposal> = draft
        .case
        .proposals
        .values()
        .filter(|p| p.awaits_ruling())
        .cloned()
        .collect();
    for proposal in waiting {
        let stays = proposal.decider.as_deref().is_some_and(|d| {
            roster.is_available(d, now) && !draft.is_barred(d) && !proposal.recused.contains(d)
        });
        let to = if stays {
            proposal.decider.clone()
        } else {
            decider(draft, &proposal)
        };
        if to != proposal.decider {
            draft.push(DecisionFact::DeciderNamed {
                proposal: proposal.id,
                to,
            });
        }
    }
    lapse(draft, |p| {
        p.standing == Standing::Voided && p.limit().is_some() && p.was_carried()
    });
}

/// Ends every limit of rights.
pub(in crate::case) fn lapse_limits(draft: &mut Draft<'_>) {
    lapse(draft, Proposal::is_active_limit);
}

/// Ends the limits of rights whose time is over.
pub(in crate::case) fn lapse_due(draft: &mut Draft<'_>) {
    let now = draft.ctx.now;
    lapse(draft, |p| {
        p.is_active_limit() && p.limit().is_some_and(|end| end <= now)
    });
}

fn lapse(draft: &mut Draft<'_>, which: impl Fn(&Proposal) -> bool) {
    let ended: Vec<ProposalId> = draft
        .case
        .proposals
        .values()
        .filter(|p| !p.lapsed && which(p))
        .map(|p| p.id)
        .collect();
    for proposal in ended {
        draft.push(DecisionFact::LimitLapsed { proposal });
    }
}

pub(in crate::case) fn expire(draft: &mut Draft<'_>) {
    let now = draft.ctx.now;
    let over: Vec<ProposalId> = draft
        .case
        .proposals
        .values()
        .filter(|p| p.standing == Standing::Open && p.expires <= now)
        .map(|p| p.id)
        .collect();
    for proposal in over {
        draft.push(DecisionFact::Expired { proposal });
    }
}

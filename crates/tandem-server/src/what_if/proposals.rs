//! Proposals to change settings: made by somebody of one department, answered by somebody of the other. An approved one shows
//! the lines for the settings file; whoever runs the machine puts them there. Nothing changes by itself.

use serde::{Deserialize, Serialize};
use tandem_domain::{Department, Timestamp};
use tandem_policy::{Action, DataClass};
use tandem_store::{Change, FactRow, Head, Step, WorkFilter, WorkKind};

use super::view::{
    AnswerProposal, ChangedSetting, ProposalList, ProposalOutcome, ProposalStatus, ProposalView,
    ProposeSettings,
};
use super::{MOST_DAYS, knobs};
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;
use crate::service::ServiceError;

/// Most proposals of one list.
const LISTED: usize = 200;
/// Longest reason, characters.
const REASON: usize = 2_000;

/// What happened to a proposal.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
enum ProposalFact {
    /// It was made.
    Proposed {
        by: String,
        department: Department,
        at: Timestamp,
        reason: String,
        changes: Vec<ChangedSetting>,
        outcome: ProposalOutcome,
    },
    /// It was answered.
    Answered {
        by: String,
        department: Department,
        at: Timestamp,
        approve: bool,
        reason: String,
    },
}

/// A proposal as its facts make it.
#[derive(Debug, Clone)]
struct Standing {
    proposed: Proposed,
    answered: Option<Answered>,
}

#[derive(Debug, Clone)]
struct Proposed {
    by: String,
    department: Department,
    at: Timestamp,
    reason: String,
    changes: Vec<ChangedSetting>,
    outcome: ProposalOutcome,
}

#[derive(Debug, Clone)]
struct Answered {
    by: String,
    at: Timestamp,
    approve: bool,
    reason: String,
}

/// The facts of a proposal in their order; `None` if they are none, or an answer is not one of somebody else of the other
/// department: an edited row approves nothing.
fn standing(facts: Vec<ProposalFact>) -> Option<Standing> {
    let mut facts = facts.into_iter();
    let proposed = match facts.next()? {
        ProposalFact::Proposed {
            by,
            department,
            at,
            reason,
            changes,
            outcome,
        } => Proposed {
            by,
            department,
            at,
            reason,
            changes,
            outcome,
        },
        ProposalFact::Answered { .. } => return None,
    };
    let answered = match facts.next() {
        None => None,
        Some(ProposalFact::Answered {
            by,
            department,
            at,
            approve,
            reason,
        }) if may_answer(&proposed, &by, Some(department)) => Some(Answered {
            by,
            at,
            approve,
            reason,
        }),
        Some(_) => return None,
    };
    facts.next().is_none().then_some(Standing { proposed, answered })
}

/// Somebody else, of the other department.
fn may_answer(proposed: &Proposed, account: &str, department: Option<Department>) -> bool {
    department == Some(proposed.department.other()) && !account.eq_ignore_ascii_case(&proposed.by)
}

fn reason(text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > REASON {
        return Err(ApiError::bad(
            "reason",
            "a reason of 1 to 2,000 characters is needed",
            "say why in plain words, without naming anybody",
        ));
    }
    Ok(text.to_owned())
}

fn department(asker: &Asker) -> Result<Department, ApiError> {
    asker.colleague.department().ok_or_else(|| {
        ApiError::bad(
            "department",
            "your account belongs to neither department",
            "ask somebody of IT security or corporate security",
        )
    })
}

impl App {
    /// Keeps a proposal. What it would have done is filled again first, so that it is there to be judged.
    ///
    /// # Errors
    /// As [`App::what_if`]; nothing changed, or no reason.
    pub async fn propose_settings(
        &self,
        asker: &Asker,
        asked: &ProposeSettings,
    ) -> Result<ProposalView, ApiError> {
        self.may_try(asker)?;
        let (department, reason) = (department(asker)?, reason(&asked.reason)?);
        let (changed, changes) = knobs::apply(&self.tuning(), &asked.changes)?;
        if changes.is_empty() {
            return Err(ApiError::bad(
                "changes",
                "the settings are like this already",
                "change a value first",
            ));
        }
        let found = self.filled_again(changed, changes.clone(), MOST_DAYS).await?;
        let now = crate::pipeline::now();
        let fact = ProposalFact::Proposed {
            by: asker.account().to_owned(),
            department,
            at: now,
            reason,
            changes,
            outcome: ProposalOutcome {
                from: found.from,
                to: found.to,
                before: found.alerts_before,
                after: found.alerts_after,
                both: found.both,
            },
        };
        let id = format!("P-{:06}", self.store.next_number("proposal").await?);
        self.keep_proposal(asker, &id, Vec::new(), fact, "proposal.make")
            .await
    }

    /// Answers a proposal, as somebody else of the other department.
    ///
    /// # Errors
    /// Forbidden, answered already, or no reason.
    pub async fn answer_proposal(
        &self,
        asker: &Asker,
        id: &str,
        answer: &AnswerProposal,
    ) -> Result<ProposalView, ApiError> {
        self.may_try(asker)?;
        let (department, reason) = (department(asker)?, reason(&answer.reason)?);
        let facts = self.proposal_facts(id).await?;
        let known = standing(facts.clone()).ok_or(ServiceError::Missing("proposal"))?;
        if known.answered.is_some() {
            return Err(ApiError::bad(
                "answered",
                "this proposal has been answered",
                "make a new one if it should be looked at again",
            ));
        }
        if !may_answer(&known.proposed, asker.account(), Some(department)) {
            return Err(ApiError::refused(
                "a proposal is answered by somebody else of the other department".into(),
                Some("ask a colleague of the other department".into()),
            ));
        }
        let fact = ProposalFact::Answered {
            by: asker.account().to_owned(),
            department,
            at: crate::pipeline::now(),
            approve: answer.approve,
            reason,
        };
        let act = if answer.approve {
            "proposal.approve"
        } else {
            "proposal.refuse"
        };
        self.keep_proposal(asker, id, facts, fact, act).await
    }

    /// Proposals, newest first: for those who may try settings, and those who see the settings.
    ///
    /// # Errors
    /// Forbidden, or the database fails.
    pub async fn proposals(&self, asker: &Asker) -> Result<ProposalList, ApiError> {
        if self.may_try(asker).is_err() {
            asker.may(self, Action::Look, DataClass::Settings, &asker.context())?;
        }
        let filter = WorkFilter {
            limit: LISTED,
            ..WorkFilter::default()
        };
        let mut proposals = Vec::new();
        for row in self.store.work(WorkKind::Proposal, &filter).await? {
            if let Some(known) = standing(self.proposal_facts(&row.id).await?) {
                proposals.push(self.proposal_view(asker, &row.id, &known)?);
            }
        }
        Ok(ProposalList { proposals })
    }

    async fn proposal_facts(&self, id: &str) -> Result<Vec<ProposalFact>, ApiError> {
        let rows = self.store.facts(WorkKind::Proposal, id).await?;
        let mut facts = Vec::with_capacity(rows.len());
        for row in rows {
            facts.push(serde_json::from_str(&row.body)?);
        }
        Ok(facts)
    }

    fn proposal_view(&self, asker: &Asker, id: &str, known: &Standing) -> Result<ProposalView, ApiError> {
        let Standing { proposed, answered } = known;
        let approved = answered.as_ref().is_some_and(|a| a.approve);
        let (in_force, outdated) = self.compared_with_now(&proposed.changes)?;
        Ok(ProposalView {
            id: id.to_owned(),
            status: match answered {
                None => ProposalStatus::Waiting,
                Some(_) if approved => ProposalStatus::Approved,
                Some(_) => ProposalStatus::Refused,
            },
            by: proposed.by.clone(),
            department: proposed.department.as_str().into(),
            at: proposed.at.to_string(),
            reason: proposed.reason.clone(),
            changes: proposed.changes.clone(),
            outcome: proposed.outcome.clone(),
            answered_by: answered.as_ref().map(|a| a.by.clone()),
            answered: answered.as_ref().map(|a| a.at.to_string()),
            answer: answered.as_ref().map(|a| a.reason.clone()),
            lines: approved.then(|| knobs::lines(&proposed.changes)),
            in_force,
            outdated,
            may_answer: answered.is_none()
                && self.may_try(asker).is_ok()
                && may_answer(proposed, asker.account(), asker.colleague.department()),
        })
    }

    /// Whether the settings in force are as proposed, and whether one is neither as it was nor as proposed.
    fn compared_with_now(&self, changes: &[ChangedSetting]) -> Result<(bool, bool), ApiError> {
        let mut in_force = true;
        let mut outdated = false;
        for change in changes {
            let now = knobs::value(&self.tuning(), &change.key)?;
            in_force &= now == Some(change.after);
            outdated |= now != Some(change.after) && now != Some(change.before);
        }
        Ok((in_force, outdated))
    }

    async fn keep_proposal(
        &self,
        asker: &Asker,
        id: &str,
        mut facts: Vec<ProposalFact>,
        fact: ProposalFact,
        act: &str,
    ) -> Result<ProposalView, ApiError> {
        let version = facts.len() as u64;
        let body = serde_json::to_string(&fact)?;
        facts.push(fact);
        let known = standing(facts).ok_or(ServiceError::Missing("proposal"))?;
        let view = self.proposal_view(asker, id, &known)?;
        let step = Step {
            changes: vec![Change {
                kind: WorkKind::Proposal,
                id: id.to_owned(),
                version,
                facts: vec![FactRow {
                    at: crate::pipeline::now(),
                    who: asker.account().to_owned(),
                    body,
                }],
                head: Head {
                    status: view.status.as_str().to_owned(),
                    summary: format!("{} settings", view.changes.len()),
                    ..Head::default()
                },
            }],
            ledger: vec![asker.entry(act, None, Some(id))?],
            ..Step::default()
        };
        self.store.take_step(step).await?;
        Ok(view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposed() -> ProposalFact {
        ProposalFact::Proposed {
            by: "ines".into(),
            department: Department::It,
            at: Timestamp(1),
            reason: "too many alerts".into(),
            changes: Vec::new(),
            outcome: ProposalOutcome {
                from: "2026-05-01".into(),
                to: "2026-05-02".into(),
                before: 3,
                after: 2,
                both: 2,
            },
        }
    }

    fn answered(by: &str, department: Department) -> ProposalFact {
        ProposalFact::Answered {
            by: by.into(),
            department,
            at: Timestamp(2),
            approve: true,
            reason: "seen".into(),
        }
    }

    #[test]
    fn only_somebody_else_of_the_other_department_approves() {
        let stands = |fact| standing(vec![proposed(), fact]).is_some();
        assert!(stands(answered("cora", Department::Corporate)));
        assert!(!stands(answered("ivan", Department::It)));
        assert!(!stands(answered("Ines", Department::Corporate)));
    }

    #[test]
    fn facts_out_of_order_make_no_proposal() {
        assert!(standing(Vec::new()).is_none());
        assert!(standing(vec![answered("cora", Department::Corporate)]).is_none());
        assert!(standing(vec![proposed(), proposed()]).is_none());
        let twice = answered("cora", Department::Corporate);
        assert!(standing(vec![proposed(), twice.clone(), twice]).is_none());
    }
}

//! Merging and splitting cases. Facts stay where they are; the other case is pointed to.

use tandem_domain::{AlertId, CaseId};

use super::decide::{Context, Draft, Right, open_draft};
use super::life::{LifeFact, Opening, WHILE_UNDECIDED, nothing_pending};
use super::link::{AlertRef, Link, link_all};
use super::people::bar;
use super::{Case, Fact};
use crate::refused::Refused;
use crate::text::Reason;
use crate::words::CaseState;

/// Facts for two cases, to be stored in one transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct TwoCases {
    /// For the case that is merged away or split.
    pub from: Vec<Fact>,
    /// For the case in which the work goes on.
    pub into: Vec<Fact>,
}

/// Merges `from` into `into`: subjects, alerts and assets are linked there, conflicts of interest hold there too, and `from`
/// is closed and redirects. Members are not carried over: who needs to know both is decided anew.
///
/// # Errors
/// When the actor does not lead both, either is closed or decided, or a proposal of `from` is pending.
pub fn merge(from: &Case, into: &Case, reason: Reason, ctx: &Context<'_>) -> Result<TwoCases, Refused> {
    if from.id == into.id {
        return Err(Refused::OwnCase);
    }
    let mut old = Draft::of(from, ctx)?;
    let mut new = Draft::of(into, ctx)?;
    for draft in [&old, &new] {
        goes_on(draft)?;
    }
    nothing_pending(&old)?;
    old.push(LifeFact::MergedInto {
        case: into.id.clone(),
        reason: reason.clone(),
    });
    new.push(LifeFact::TookIn {
        case: from.id.clone(),
        reason: reason.clone(),
    });
    carry_conflicts(from, &mut new);
    let subjects = from.subjects.iter().cloned().map(Link::Subject);
    let alerts = from.alerts.values().cloned().map(Link::Alert);
    let assets = from.assets.iter().cloned().map(Link::Asset);
    link_all(&mut new, subjects.chain(alerts).chain(assets).collect(), &reason)?;
    Ok(TwoCases {
        from: old.finish(),
        into: new.finish(),
    })
}

/// Splits `subjects` and `alerts` of `from` off into a new case, whose opening says the rest.
///
/// # Errors
/// When the actor does not lead `from`, it is closed or decided, a proposal is pending, or something to split off is not in it.
pub fn split(from: &Case, id: &CaseId, opening: Opening, ctx: &Context<'_>) -> Result<TwoCases, Refused> {
    if from.id == *id {
        return Err(Refused::OwnCase);
    }
    let mut old = Draft::of(from, ctx)?;
    goes_on(&old)?;
    nothing_pending(&old)?;
    let subjects = opening.subjects.clone();
    let alerts: Vec<AlertId> = opening.alerts.iter().map(|a| a.id).collect();
    let here = subjects.iter().all(|s| from.subjects.contains(s))
        && opening.alerts.iter().all(|a| from.alerts.get(&a.id) == Some(a));
    if !here || (subjects.is_empty() && alerts.is_empty()) {
        return Err(Refused::Missing {
            what: "subject or alert in this case",
        });
    }
    let stays_behind = |a: &AlertRef| subjects.contains(&a.subject) && !alerts.contains(&a.id);
    if from.alerts.values().any(stays_behind) {
        return Err(Refused::AlertsHoldSubject);
    }
    let reason = opening.reason.clone();
    let mut new = open_draft(id, opening, Some(from.id.clone()), ctx)?;
    carry_conflicts(from, &mut new);
    old.push(LifeFact::SplitOff {
        case: id.clone(),
        subjects,
        alerts,
        reason,
    });
    Ok(TwoCases {
        from: old.finish(),
        into: new.finish(),
    })
}

fn goes_on(draft: &Draft<'_>) -> Result<(), Refused> {
    let case = &draft.case;
    if let Some(into) = &case.merged_into {
        return Err(Refused::Merged { into: into.clone() });
    }
    draft.admit(Right::Manage)?;
    if matches!(case.state, CaseState::Decided | CaseState::Closed) {
        return Err(Refused::WrongState {
            state: case.state,
            allowed: WHILE_UNDECIDED,
        });
    }
    Ok(())
}

/// A conflict of interest in one case is one in the other.
fn carry_conflicts(from: &Case, new: &mut Draft<'_>) {
    let carried: Vec<String> = from.barred.difference(&new.case.barred).cloned().collect();
    for account in carried {
        bar(new, &account, None);
    }
}

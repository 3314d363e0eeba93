//! What is due by itself.

use super::decide::Draft;
use super::decision::{expire, lapse_due, settle};
use super::duty::{self, Because, DutyFact};
use super::link::bar_whom_it_is_about;
use super::people::take_off;
use crate::ids::DutyId;
use crate::text::Reason;
use crate::words::DutyState;

/// Follows the roster and the clock: who turned out to be concerned is off, who left or is away is stood in for, proposals
/// expire, limits end. It makes no facts if nothing is due.
pub(super) fn tick(draft: &mut Draft<'_>) {
    lapse_due(draft);
    if draft.case.merged_into.is_some() {
        return;
    }
    let subjects: Vec<_> = draft.case.ever_subjects.iter().cloned().collect();
    for subject in &subjects {
        bar_whom_it_is_about(draft, subject);
    }
    members_who_left(draft);
    holders_who_cannot(draft);
    fill_vacant(draft);
    expire(draft);
    settle(draft);
}

fn members_who_left(draft: &mut Draft<'_>) {
    let (roster, now) = (draft.ctx.roster, draft.ctx.now);
    let gone: Vec<String> = draft
        .case
        .members
        .keys()
        .filter(|account| !roster.works_here(account, now))
        .cloned()
        .collect();
    for account in gone {
        take_off(draft, &account, Reason::own("no longer works here"));
    }
}

fn holders_who_cannot(draft: &mut Draft<'_>) {
    let (roster, now) = (draft.ctx.roster, draft.ctx.now);
    let cannot: Vec<(DutyId, String)> = draft
        .case
        .duties
        .values()
        .filter(|d| d.is_open())
        .filter_map(|d| Some((d.id, d.holder.clone()?)))
        .filter(|(_, holder)| !roster.is_available(holder, now))
        .collect();
    for (duty, holder) in &cannot {
        let because = if roster.works_here(holder, now) {
            Because::Away
        } else {
            Because::LeftTheCompany
        };
        draft.push(DutyFact::Released { duty: *duty, because });
    }
    let duties = cannot.iter().map(|(duty, _)| *duty).collect();
    for duty in duty::accountable_first(&draft.case, duties) {
        let from = cannot.iter().find(|(id, _)| *id == duty).map(|(_, h)| h.as_str());
        duty::fill(draft, duty, from);
    }
}

/// Tries again where nobody was found before; the alarm is not repeated.
fn fill_vacant(draft: &mut Draft<'_>) {
    let vacant = draft
        .case
        .duties
        .values()
        .filter(|d| d.state == DutyState::Vacant)
        .map(|d| d.id)
        .collect();
    for duty in duty::accountable_first(&draft.case, vacant) {
        duty::offer(draft, duty, None);
    }
}

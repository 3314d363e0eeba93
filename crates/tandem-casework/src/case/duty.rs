//! Duties: the responsibility matrix of a case at work.
//!
//! A duty belongs to a function in a phase and has one letter. It is offered to somebody who holds the function, or to a
//! deputy; who cannot keep it is stood in for; if nobody is left, what is to be done goes to whoever is accountable, and the
//! rest stays vacant with an alarm. Exactly one duty of each phase is accountable, whatever happens.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;

use super::decide::Draft;
use super::people::PeopleFact;
use super::{Case, Stamp};
use crate::ids::DutyId;
use crate::refused::Refused;
use crate::span::Span;
use crate::text::{Prose, Reason};
use crate::words::{CaseRole, DutyState, Function, Letter, Phase, words};

words! {
    /// Why somebody cannot keep a duty.
    Because {
        /// Away for a time.
        Away => "away",
        /// No longer here.
        LeftTheCompany => "left_the_company",
        /// No longer a member of the case.
        LeftTheCase => "left_the_case",
        /// Takes no part in the case; why is not said.
        Unavailable => "unavailable",
    }
}

/// One duty of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Duty {
    /// Phase and function.
    pub id: DutyId,
    /// What kind of duty.
    pub letter: Letter,
    /// Who holds it.
    pub holder: Option<String>,
    /// For whom the holder stands in.
    pub deputy_of: Option<String>,
    /// It came to whoever is accountable because nobody else could be found.
    pub escalated: bool,
    /// How long after its phase begins it is due.
    pub within: Span,
    /// When it is due; `None` before its phase begins.
    pub due: Option<Timestamp>,
    /// Where it stands.
    pub state: DutyState,
    /// What came of it.
    pub result: Option<Prose>,
    /// Who held it before, oldest first.
    pub past: Vec<PastHolder>,
}

/// Somebody who held a duty before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PastHolder {
    /// Who.
    pub account: String,
    /// How it ended: declined, handed over or released.
    pub how: DutyState,
    /// When.
    pub until: Timestamp,
}

impl Duty {
    /// True while it is still to be fulfilled.
    pub fn is_open(&self) -> bool {
        self.state != DutyState::Done
    }

    /// True if the account holds it and has said yes.
    pub fn is_taken_by(&self, account: &str) -> bool {
        self.holder.as_deref() == Some(account) && matches!(self.state, DutyState::Accepted | DutyState::Done)
    }

    fn part(&mut self, how: DutyState, at: Timestamp) {
        if let Some(account) = self.holder.take() {
            self.past.push(PastHolder {
                account,
                how,
                until: at,
            });
        }
        self.deputy_of = None;
        self.escalated = false;
        // Somebody answers for a phase also after its work is done.
        if self.is_open() || self.letter == Letter::Accountable {
            self.state = DutyState::Vacant;
        }
    }
}

/// One row of a drawn matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawnDuty {
    /// Phase and function.
    pub duty: DutyId,
    /// Its letter.
    pub letter: Letter,
    /// How long after its phase begins it is due.
    pub within: Span,
    /// To whom it is offered; nobody if it is vacant.
    pub holder: Option<String>,
    /// For whom they stand in.
    pub deputy_of: Option<String>,
    /// It came to whoever is accountable.
    pub escalated: bool,
}

/// What happens to duties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
pub enum DutyFact {
    /// Duties were drawn from a matrix; those that it does not name end.
    Drawn {
        /// Which matrix.
        matrix: String,
        /// All its rows.
        duties: Vec<DrawnDuty>,
    },
    /// Offered to somebody.
    Offered {
        /// Which.
        duty: DutyId,
        /// To whom.
        holder: String,
        /// For whom they stand in.
        deputy_of: Option<String>,
        /// It came to whoever is accountable.
        escalated: bool,
    },
    /// Nobody could be found: an alarm.
    Vacant {
        /// Which.
        duty: DutyId,
    },
    /// Its holder said yes.
    Accepted {
        /// Which.
        duty: DutyId,
    },
    /// Its holder said no.
    Declined {
        /// Which.
        duty: DutyId,
        /// Why.
        reason: Reason,
    },
    /// Given to somebody else.
    HandedOver {
        /// Which.
        duty: DutyId,
        /// To whom.
        to: String,
        /// Why.
        reason: Reason,
    },
    /// Its holder cannot keep it.
    Released {
        /// Which.
        duty: DutyId,
        /// Why.
        because: Because,
    },
    /// Fulfilled.
    Done {
        /// Which.
        duty: DutyId,
        /// What came of it.
        result: Prose,
    },
}

/// What somebody wants of a duty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DutyCommand {
    /// Say yes to an own duty; who is to do, answer or advise becomes a member.
    Accept {
        /// Which.
        duty: DutyId,
    },
    /// Say no to an own duty.
    Decline {
        /// Which.
        duty: DutyId,
        /// Why.
        reason: Reason,
    },
    /// Give an own duty, or as a lead any duty, to somebody who may hold it.
    HandOver {
        /// Which.
        duty: DutyId,
        /// To whom.
        to: String,
        /// Why.
        reason: Reason,
    },
    /// State that an own duty is fulfilled.
    Done {
        /// Which.
        duty: DutyId,
        /// What came of it.
        result: Prose,
    },
}

impl DutyFact {
    pub(super) fn fold(&self, case: &mut Case, stamp: &Stamp<'_>) {
        match self {
            Self::Drawn { duties, .. } => fold_drawn(case, duties, stamp),
            Self::Offered {
                duty,
                holder,
                deputy_of,
                escalated,
            } => with(case, *duty, |d| {
                d.part(DutyState::Released, stamp.at);
                d.holder = Some(holder.clone());
                d.deputy_of.clone_from(deputy_of);
                (d.escalated, d.state) = (*escalated, DutyState::Offered);
            }),
            Self::Vacant { duty } => with(case, *duty, |d| d.part(DutyState::Released, stamp.at)),
            Self::Accepted { duty } => with(case, *duty, |d| d.state = DutyState::Accepted),
            Self::Declined { duty, .. } => with(case, *duty, |d| d.part(DutyState::Declined, stamp.at)),
            Self::Released { duty, .. } => with(case, *duty, |d| d.part(DutyState::Released, stamp.at)),
            Self::HandedOver { duty, to, .. } => with(case, *duty, |d| {
                d.part(DutyState::HandedOver, stamp.at);
                (d.holder, d.state) = (Some(to.clone()), DutyState::Offered);
            }),
            Self::Done { duty, result } => with(case, *duty, |d| {
                (d.state, d.result) = (DutyState::Done, Some(result.clone()));
            }),
        }
    }

    pub(super) fn sentence(&self) -> String {
        match self {
            Self::Drawn { matrix, duties } => {
                format!("{} duties were drawn from the matrix {matrix}", duties.len())
            }
            Self::Offered {
                duty,
                holder,
                deputy_of,
                escalated,
            } => match deputy_of {
                Some(away) => format!("the duty {duty} was offered to {holder}, who stands in for {away}"),
                None if *escalated => {
                    format!("nobody else could take the duty {duty}; it went to {holder}, who is accountable")
                }
                None => format!("the duty {duty} was offered to {holder}"),
            },
            Self::Vacant { duty } => format!("nobody can be found for the duty {duty}"),
            Self::Accepted { duty } => format!("accepted the duty {duty}"),
            Self::Declined { duty, reason } => format!("declined the duty {duty}: {reason}"),
            Self::HandedOver { duty, to, reason } => format!("gave the duty {duty} to {to}: {reason}"),
            Self::Released { duty, because } => {
                format!("the duty {duty} needs somebody else ({because})")
            }
            Self::Done { duty, result } => format!("fulfilled the duty {duty}: {result}"),
        }
    }
}

fn with(case: &mut Case, id: DutyId, change: impl FnOnce(&mut Duty)) {
    if let Some(duty) = case.duties.get_mut(&id) {
        change(duty);
    }
}

fn fold_drawn(case: &mut Case, rows: &[DrawnDuty], stamp: &Stamp<'_>) {
    let mut before = std::mem::take(&mut case.duties);
    for row in rows {
        let begun = (row.duty.phase == case.phase).then(|| row.within.after(stamp.at));
        let old = before.remove(&row.duty);
        let kept = old
            .as_ref()
            .is_some_and(|d| d.letter == row.letter && d.holder == row.holder && d.holder.is_some());
        let duty = match old {
            Some(duty) if kept => Duty {
                within: row.within,
                ..duty
            },
            old => Duty {
                id: row.duty,
                letter: row.letter,
                holder: row.holder.clone(),
                deputy_of: row.deputy_of.clone(),
                escalated: row.escalated,
                within: row.within,
                due: begun,
                state: if row.holder.is_some() {
                    DutyState::Offered
                } else {
                    DutyState::Vacant
                },
                result: None,
                past: old.map(|d| d.past).unwrap_or_default(),
            },
        };
        case.duties.insert(row.duty, duty);
    }
}

/// Takes every duty from an account, fulfilled ones included.
pub(super) fn release_all(case: &mut Case, account: &str, stamp: &Stamp<'_>) {
    for duty in case.duties.values_mut() {
        if duty.holder.as_deref() == Some(account) {
            duty.part(DutyState::Released, stamp.at);
        }
    }
}

/// Draws the duties of the case's kind: what somebody already holds with the same letter stays with them.
pub(super) fn draw(draft: &mut Draft<'_>) {
    let matrix = draft.ctx.raci.matrix(draft.case.kind);
    let mut rows = Vec::new();
    let mut accountable: BTreeMap<Phase, String> = BTreeMap::new();
    for (phase, row) in &matrix.rows {
        // The accountable one first: what nobody else can take goes there.
        let mut letters: Vec<(Function, Letter)> = row.letters.iter().map(|(f, l)| (*f, *l)).collect();
        letters.sort_by_key(|(function, letter)| (*letter != Letter::Accountable, *function));
        for (function, letter) in letters {
            let duty = DutyId {
                phase: *phase,
                function,
            };
            let answering = accountable.get(phase).map(String::as_str);
            let found = kept(draft, duty, letter).or_else(|| find(draft, duty, letter, None, answering));
            if let (Letter::Accountable, Some(found)) = (letter, &found) {
                accountable.insert(*phase, found.account.clone());
            }
            let (holder, deputy_of, escalated) = found.map_or((None, None, false), |f| {
                (Some(f.account), f.deputy_of, f.escalated)
            });
            rows.push(DrawnDuty {
                duty,
                letter,
                within: row.within,
                holder,
                deputy_of,
                escalated,
            });
        }
    }
    let vacant: Vec<DutyId> = rows
        .iter()
        .filter(|r| r.holder.is_none())
        .map(|r| r.duty)
        .collect();
    draft.push(DutyFact::Drawn {
        matrix: matrix.name.clone(),
        duties: rows,
    });
    for duty in vacant {
        draft.push(DutyFact::Vacant { duty });
    }
}

/// Whom a duty goes to.
struct Chosen {
    account: String,
    deputy_of: Option<String>,
    escalated: bool,
}

fn kept(draft: &Draft<'_>, id: DutyId, letter: Letter) -> Option<Chosen> {
    let duty = draft.case.duties.get(&id).filter(|d| d.letter == letter)?;
    Some(Chosen {
        account: duty.holder.clone().filter(|account| !draft.is_barred(account))?,
        deputy_of: duty.deputy_of.clone(),
        escalated: duty.escalated,
    })
}

fn find(
    draft: &Draft<'_>,
    id: DutyId,
    letter: Letter,
    from: Option<&str>,
    accountable: Option<&str>,
) -> Option<Chosen> {
    let roster = draft.ctx.roster;
    let declined: Vec<&str> = draft
        .case
        .duties
        .get(&id)
        .into_iter()
        .flat_map(|d| &d.past)
        .filter(|p| p.how == DutyState::Declined)
        .map(|p| p.account.as_str())
        .collect();
    let fit =
        |account: &str| !draft.is_barred(account) && !declined.contains(&account) && from != Some(account);
    if let Some(found) = roster.find(id.function, from, draft.ctx.now, &fit) {
        return Some(Chosen {
            account: found.account,
            deputy_of: found.deputy_of,
            escalated: false,
        });
    }
    // Asking or telling somebody cannot be done by another function; work can.
    accountable
        .filter(|account| letter == Letter::Responsible && fit(account))
        .filter(|account| roster.is_available(account, draft.ctx.now))
        .map(|account| Chosen {
            account: account.to_owned(),
            deputy_of: None,
            escalated: true,
        })
}

/// Finds somebody for a duty that `from` no longer holds, or raises the alarm.
pub(super) fn fill(draft: &mut Draft<'_>, id: DutyId, from: Option<&str>) {
    if !offer(draft, id, from) {
        draft.push(DutyFact::Vacant { duty: id });
    }
}

/// Offers a duty to whoever can be found; false if nobody can.
pub(super) fn offer(draft: &mut Draft<'_>, id: DutyId, from: Option<&str>) -> bool {
    let Some(duty) = draft.case.duties.get(&id) else {
        return true;
    };
    let accountable = draft.case.accountable(id.phase).and_then(|d| d.holder.as_deref());
    let Some(found) = find(draft, id, duty.letter, from, accountable) else {
        return false;
    };
    draft.push(DutyFact::Offered {
        duty: id,
        holder: found.account,
        deputy_of: found.deputy_of,
        escalated: found.escalated,
    });
    true
}

/// Releases the open duties that an account holds and finds others for them.
pub(super) fn release_held(draft: &mut Draft<'_>, account: &str, because: Because) {
    let held: Vec<DutyId> = draft
        .case
        .duties
        .values()
        .filter(|d| d.is_open() && d.holder.as_deref() == Some(account))
        .map(|d| d.id)
        .collect();
    // All are let go before any is given on: nothing escalates to somebody who is on the way out.
    for duty in &held {
        draft.push(DutyFact::Released { duty: *duty, because });
    }
    for duty in accountable_first(&draft.case, held) {
        fill(draft, duty, Some(account));
    }
}

/// The accountable ones first, so that what nobody else can take finds them.
pub(super) fn accountable_first(case: &Case, mut duties: Vec<DutyId>) -> Vec<DutyId> {
    let answers = |id: &DutyId| {
        case.duties
            .get(id)
            .is_some_and(|d| d.letter == Letter::Accountable)
    };
    duties.sort_by_key(|id| (!answers(id), *id));
    duties
}

pub(super) fn decide(draft: &mut Draft<'_>, command: DutyCommand) -> Result<(), Refused> {
    match command {
        DutyCommand::Accept { duty } => {
            let found = own(draft, duty, DutyState::Offered)?;
            let (letter, function) = (found.letter, duty.function);
            draft.push(DutyFact::Accepted { duty });
            if letter != Letter::Informed && !draft.case.members.contains_key(draft.ctx.who) {
                join(draft, duty, function);
            }
        }
        DutyCommand::Decline { duty, reason } => {
            let state = own_any(draft, duty)?.state;
            if !matches!(state, DutyState::Offered | DutyState::Accepted) {
                return Err(Refused::DutyStands { duty, state });
            }
            draft.push(DutyFact::Declined { duty, reason });
            fill(draft, duty, Some(draft.ctx.who));
        }
        DutyCommand::Done { duty, result } => {
            own(draft, duty, DutyState::Accepted)?;
            draft.push(DutyFact::Done { duty, result });
        }
        DutyCommand::HandOver { duty, to, reason } => hand_over(draft, duty, to, reason)?,
    }
    Ok(())
}

fn existing<'d>(draft: &'d Draft<'_>, id: DutyId) -> Result<&'d Duty, Refused> {
    draft
        .case
        .duties
        .get(&id)
        .ok_or(Refused::Missing { what: "duty" })
}

fn own_any<'d>(draft: &'d Draft<'_>, id: DutyId) -> Result<&'d Duty, Refused> {
    let duty = existing(draft, id)?;
    if duty.holder.as_deref() == Some(draft.ctx.who) {
        Ok(duty)
    } else {
        Err(Refused::NotYourDuty { duty: id })
    }
}

fn own<'d>(draft: &'d Draft<'_>, id: DutyId, state: DutyState) -> Result<&'d Duty, Refused> {
    let duty = own_any(draft, id)?;
    if duty.state == state {
        Ok(duty)
    } else {
        Err(Refused::DutyStands {
            duty: id,
            state: duty.state,
        })
    }
}

fn hand_over(draft: &mut Draft<'_>, id: DutyId, to: String, reason: Reason) -> Result<(), Refused> {
    let duty = existing(draft, id)?;
    let (state, letter) = (duty.state, duty.letter);
    if duty.holder.as_deref() != Some(draft.ctx.who) && !draft.manages() {
        return Err(Refused::NotYourDuty { duty: id });
    }
    if state == DutyState::Done {
        return Err(Refused::DutyStands { duty: id, state });
    }
    if duty.holder.as_deref() == Some(to.as_str()) {
        return Err(Refused::NothingToChange);
    }
    draft.check_fit(&to)?;
    if !draft.ctx.roster.is_available(&to, draft.ctx.now) {
        return Err(Refused::IsAway { account: to });
    }
    let answers = draft
        .case
        .accountable(id.phase)
        .is_some_and(|d| d.holder.as_deref() == Some(to.as_str()));
    let may = draft.ctx.roster.can_hold(&to, id.function) || (answers && letter == Letter::Responsible);
    if !may {
        return Err(Refused::CannotHold {
            account: to,
            function: id.function,
        });
    }
    draft.push(DutyFact::HandedOver { duty: id, to, reason });
    Ok(())
}

/// Who accepts work becomes a member; counsel only who may stand for counsel.
fn join(draft: &mut Draft<'_>, duty: DutyId, function: Function) {
    let (account, roster) = (draft.ctx.who.to_owned(), draft.ctx.roster);
    let department = roster.department(&account);
    let holds = roster.can_hold(&account, function);
    let role = match function {
        Function::LegalCounsel if holds => CaseRole::Counsel,
        Function::HrPartner if holds => CaseRole::HrPartner,
        _ if department.is_some() => CaseRole::Contributor,
        _ => CaseRole::Observer,
    };
    draft.push(PeopleFact::Joined {
        account,
        department,
        role,
        reason: Reason::own(&format!("accepted the duty {duty}")),
    });
}

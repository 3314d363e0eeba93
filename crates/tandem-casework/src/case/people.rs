//! Members, conflicts of interest, watchers.

use serde::{Deserialize, Serialize};
use tandem_domain::{Department, Timestamp};

use super::decide::Draft;
use super::duty::{self, Because};
use super::life::LifeFact;
use super::{Case, Stamp, decision};
use crate::refused::Refused;
use crate::text::Reason;
use crate::words::{CaseRole, Letter};

/// Most members of a case.
const MEMBERS_MOST: usize = 200;

/// Somebody who works on a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Their department when they joined; none for those who stand beside both.
    pub department: Option<Department>,
    /// What they are in the case.
    pub role: CaseRole,
    /// Since when.
    pub since: Timestamp,
}

/// What changes who works on a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
pub enum PeopleFact {
    /// Somebody joined.
    Joined {
        /// Who.
        account: String,
        /// Their department.
        department: Option<Department>,
        /// As what.
        role: CaseRole,
        /// Why.
        reason: Reason,
    },
    /// A member has another role.
    RoleChanged {
        /// Who.
        account: String,
        /// Which.
        role: CaseRole,
        /// Why.
        reason: Reason,
    },
    /// Somebody left.
    Left {
        /// Who.
        account: String,
        /// Why.
        reason: Reason,
    },
    /// Somebody takes no part any more, and holds nothing. A declared conflict carries its reason; without one it was found.
    Barred {
        /// Who.
        account: String,
        /// Why, if declared.
        reason: Option<Reason>,
    },
    /// A member wants to be told of everything.
    Watched {},
    /// No longer.
    Unwatched {},
}

/// What somebody wants to change about who works on a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PeopleCommand {
    /// Let somebody join.
    Add {
        /// Who.
        account: String,
        /// As what.
        role: CaseRole,
        /// Why.
        reason: Reason,
    },
    /// Give a member another role.
    ChangeRole {
        /// Who.
        account: String,
        /// Which.
        role: CaseRole,
        /// Why.
        reason: Reason,
    },
    /// Take a member off.
    Remove {
        /// Who.
        account: String,
        /// Why.
        reason: Reason,
    },
    /// Leave oneself.
    Leave {
        /// Why.
        reason: Reason,
    },
    /// State a conflict of interest: of oneself always, of others by a lead.
    DeclareInvolved {
        /// Who.
        account: String,
        /// Why.
        reason: Reason,
    },
    /// Be told of everything.
    Watch,
    /// No longer.
    Unwatch,
}

impl PeopleFact {
    pub(super) fn fold(&self, case: &mut Case, stamp: &Stamp<'_>) {
        match self {
            Self::Joined {
                account,
                department,
                role,
                ..
            } => {
                let other = case.marks.by.map(Department::other);
                if department.is_some() && *department == other && case.marks.shared.is_none() {
                    case.marks.shared = Some(stamp.at);
                }
                let member = Member {
                    department: *department,
                    role: *role,
                    since: stamp.at,
                };
                case.members.insert(account.clone(), member);
            }
            Self::RoleChanged { account, role, .. } => {
                if let Some(member) = case.members.get_mut(account) {
                    member.role = *role;
                }
            }
            Self::Left { account, .. } => drop_member(case, account),
            Self::Barred { account, .. } => {
                case.barred.insert(account.clone());
                drop_member(case, account);
                duty::release_all(case, account, stamp);
                decision::unseat(case, account);
            }
            Self::Watched {} => {
                case.watchers.insert(stamp.who.to_owned());
            }
            Self::Unwatched {} => {
                case.watchers.remove(stamp.who);
            }
        }
    }

    pub(super) fn sentence(&self) -> String {
        match self {
            Self::Joined {
                account,
                role,
                reason,
                ..
            } => format!("{account} joined as {role}: {reason}"),
            Self::RoleChanged {
                account,
                role,
                reason,
            } => format!("{account} is now {role}: {reason}"),
            Self::Left { account, reason } => format!("{account} left the case: {reason}"),
            // Never why: it could tell who stands behind a pseudonym.
            Self::Barred { account, .. } => format!("{account} takes no part in the case"),
            Self::Watched {} => "watches the case".to_owned(),
            Self::Unwatched {} => "no longer watches the case".to_owned(),
        }
    }
}

fn drop_member(case: &mut Case, account: &str) {
    case.members.remove(account);
    case.watchers.remove(account);
    super::meeting::drop_member(case, account);
    for task in case.tasks.values_mut() {
        if task.assignee.as_deref() == Some(account) && !task.is_done() {
            task.assignee = None;
        }
    }
}

pub(super) fn decide(draft: &mut Draft<'_>, command: PeopleCommand) -> Result<(), Refused> {
    match command {
        PeopleCommand::Add {
            account,
            role,
            reason,
        } => add(draft, account, role, reason),
        PeopleCommand::ChangeRole {
            account,
            role,
            reason,
        } => {
            let member = draft.member(&account)?;
            if member.role == role {
                return Err(Refused::NothingToChange);
            }
            check_role(role, member.department)?;
            if role != CaseRole::Lead {
                keeps_a_lead(draft, &account)?;
            }
            draft.push(PeopleFact::RoleChanged {
                account,
                role,
                reason,
            });
            Ok(())
        }
        PeopleCommand::Remove { account, reason } => leave(draft, account, reason),
        PeopleCommand::Leave { reason } => leave(draft, draft.ctx.who.to_owned(), reason),
        PeopleCommand::DeclareInvolved { account, reason } => {
            if account != draft.ctx.who && !draft.manages() {
                return Err(Refused::NotALead);
            }
            draft.check_fit(&account)?;
            bar(draft, &account, Some(reason));
            Ok(())
        }
        PeopleCommand::Watch => {
            if draft.case.watchers.contains(draft.ctx.who) {
                return Err(Refused::NothingToChange);
            }
            draft.push(PeopleFact::Watched {});
            Ok(())
        }
        PeopleCommand::Unwatch => {
            if !draft.case.watchers.contains(draft.ctx.who) {
                return Err(Refused::NothingToChange);
            }
            draft.push(PeopleFact::Unwatched {});
            Ok(())
        }
    }
}

/// Only somebody of a department leads or works for it; who stands beside both advises or reads along.
fn check_role(role: CaseRole, department: Option<Department>) -> Result<(), Refused> {
    match role {
        CaseRole::Lead | CaseRole::Contributor | CaseRole::HrPartner if department.is_none() => {
            Err(Refused::NoDepartment)
        }
        CaseRole::HrPartner if department != Some(Department::Corporate) => Err(Refused::NoDepartment),
        _ => Ok(()),
    }
}

fn add(draft: &mut Draft<'_>, account: String, role: CaseRole, reason: Reason) -> Result<(), Refused> {
    draft.check_fit(&account)?;
    if draft.case.members.contains_key(&account) {
        return Err(Refused::NothingToChange);
    }
    if draft.case.members.len() >= MEMBERS_MOST {
        return Err(Refused::TooMany {
            what: "members",
            most: MEMBERS_MOST,
        });
    }
    let department = draft.ctx.roster.department(&account);
    check_role(role, department)?;
    draft.push(PeopleFact::Joined {
        account,
        department,
        role,
        reason,
    });
    Ok(())
}

fn keeps_a_lead(draft: &Draft<'_>, without: &str) -> Result<(), Refused> {
    let leads = |account: &str| {
        draft
            .case
            .members
            .get(account)
            .is_some_and(|m| m.role == CaseRole::Lead)
    };
    let others = draft.case.members.keys().any(|a| a != without && leads(a));
    if leads(without) && !others {
        Err(Refused::LastLead)
    } else {
        Ok(())
    }
}

fn leave(draft: &mut Draft<'_>, account: String, reason: Reason) -> Result<(), Refused> {
    draft.member(&account)?;
    keeps_a_lead(draft, &account)?;
    take_off(draft, &account, reason);
    Ok(())
}

/// Ends a membership and gives the member's duties to others.
pub(super) fn take_off(draft: &mut Draft<'_>, account: &str, reason: Reason) {
    let led = is_led(&draft.case);
    draft.push(PeopleFact::Left {
        account: account.to_owned(),
        reason,
    });
    duty::release_held(draft, account, Because::LeftTheCase);
    decision::settle(draft);
    lead_alarm(draft, led);
}

/// Bars an account: it loses membership, duties, tasks and votes, and others are found for its duties.
pub(super) fn bar(draft: &mut Draft<'_>, account: &str, reason: Option<Reason>) {
    let led = is_led(&draft.case);
    let held: Vec<_> = draft
        .case
        .duties
        .values()
        .filter(|d| d.is_open() || d.letter == Letter::Accountable)
        .filter(|d| d.holder.as_deref() == Some(account))
        .map(|d| d.id)
        .collect();
    draft.push(PeopleFact::Barred {
        account: account.to_owned(),
        reason,
    });
    for id in duty::accountable_first(&draft.case, held) {
        duty::fill(draft, id, Some(account));
    }
    decision::settle(draft);
    lead_alarm(draft, led);
}

fn is_led(case: &Case) -> bool {
    case.members.values().any(|m| m.role == CaseRole::Lead)
}

fn lead_alarm(draft: &mut Draft<'_>, led: bool) {
    if led && !is_led(&draft.case) {
        draft.push(LifeFact::LeadVacant {});
    }
}

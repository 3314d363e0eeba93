//! Which policies could apply to a kind of request, told from their heads alone. Errs on the side of yes.

use cedar_policy::{ActionConstraint, EntityUid, Policy, PrincipalConstraint, ResourceConstraint};
use tandem_domain::Role;

use crate::cedar::{CASE_WORKERS, works_cases};
use crate::{Action, DataClass};

/// Whether a policy's head leaves room for such a request.
pub(crate) fn may_apply(policy: &Policy, role: Role, action: Action, data: DataClass) -> bool {
    asks(&policy.principal_constraint(), role)
        && does(&policy.action_constraint(), action)
        && concerns(&policy.resource_constraint(), data)
}

fn asks(constraint: &PrincipalConstraint, role: Role) -> bool {
    match constraint {
        PrincipalConstraint::In(group) | PrincipalConstraint::IsIn(_, group) => {
            match group.type_name().basename() {
                "Role" => group.id().unescaped() == role.as_str(),
                "Group" => group.id().unescaped() != CASE_WORKERS || works_cases(role),
                _ => true,
            }
        }
        PrincipalConstraint::Any | PrincipalConstraint::Is(_) | PrincipalConstraint::Eq(_) => true,
    }
}

fn does(constraint: &ActionConstraint, action: Action) -> bool {
    let same = |uid: &EntityUid| uid.id().unescaped() == action.as_str();
    match constraint {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(uid) => same(uid),
        // The schema knows no groups of actions, so membership is equality.
        ActionConstraint::In(uids) => uids.iter().any(same),
    }
}

fn concerns(constraint: &ResourceConstraint, data: DataClass) -> bool {
    match constraint {
        ResourceConstraint::Any | ResourceConstraint::Is(_) => true,
        // Classes of data have no parents, so membership is equality.
        ResourceConstraint::Eq(uid) | ResourceConstraint::In(uid) | ResourceConstraint::IsIn(_, uid) => {
            uid.id().unescaped() == data.as_str()
        }
    }
}

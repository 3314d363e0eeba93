//! Answers of single colleagues.

use tandem_domain::{Department, Role, Timestamp};

use super::limits::reason;
use super::matter::Matter;
use super::refused::Refused;
use super::request::Request;
use crate::Colleague;
use crate::colleague::same_account;

/// Most approvals looked at.
const APPROVALS_MAX: usize = 64;

/// The yes of one colleague to exactly one request. Only [`Request::approve`] and its replay make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    account: String,
    role: Role,
    department: Department,
    at: Timestamp,
    reason: String,
    digest: String,
}

impl Approval {
    pub(super) fn new(by: &Colleague, at: Timestamp, why: &str, digest: String) -> Result<Self, Refused> {
        reason(why)?;
        let department = by
            .department()
            .ok_or_else(|| Refused::NoDepartment(by.account().to_owned()))?;
        Ok(Self {
            account: by.account().to_owned(),
            role: by.role(),
            department,
            at,
            reason: why.to_owned(),
            digest,
        })
    }

    /// Who.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// In which role.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// For which department.
    pub const fn department(&self) -> Department {
        self.department
    }

    /// When.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// Why.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Digest of the request it answers.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

/// The no of one colleague, or the requester taking the request back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    by: Colleague,
    at: Timestamp,
    reason: String,
}

impl Denial {
    pub(super) fn new(by: &Colleague, at: Timestamp, why: &str) -> Self {
        Self {
            by: by.clone(),
            at,
            reason: why.to_owned(),
        }
    }

    /// Who.
    pub fn account(&self) -> &str {
        self.by.account()
    }

    /// Who, with role and department.
    pub const fn by(&self) -> &Colleague {
        &self.by
    }

    /// When.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// Why.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// The yes of both departments by two different people: IT security first.
///
/// Every approval that is handed in must count; one that does not is a mistake or an attempt, and refuses the whole.
pub(super) fn both<M: Matter>(
    request: &Request<M>,
    approvals: &[Approval],
    now: Timestamp,
) -> Result<[Approval; 2], Refused> {
    if let Some(denial) = &request.denied {
        return Err(Refused::Denied(denial.account().to_owned()));
    }
    if now < request.terms.at {
        return Err(Refused::TooEarly(now));
    }
    if now >= request.lapses {
        return Err(Refused::Lapsed(request.lapses));
    }
    // Somebody may have turned out to be involved since the request was made.
    request.uninvolved(&request.requested_by)?;
    if approvals.len() > APPROVALS_MAX {
        return Err(Refused::TooMany);
    }
    approvals
        .iter()
        .try_for_each(|approval| request.counts(approval, now))?;
    let of = |department: Department| {
        approvals
            .iter()
            .filter(move |approval| approval.department == department)
    };
    for it in of(Department::It) {
        let second = of(Department::Corporate).find(|other| !same_account(&it.account, &other.account));
        if let Some(corporate) = second {
            return Ok([it.clone(), corporate.clone()]);
        }
    }
    let missing = Department::ALL
        .iter()
        .find(|department| of(**department).next().is_none());
    Err(match (missing, approvals.first()) {
        (None, Some(first)) => Refused::SamePerson(first.account.clone()),
        (missing, _) => Refused::Missing(missing.copied().unwrap_or(Department::It)),
    })
}

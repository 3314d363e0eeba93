//! Who asks.

use tandem_domain::{Department, Role, SubjectId};
use thiserror::Error;

/// Longest account name, bytes.
pub const ACCOUNT_MAX: usize = 256;

/// Somebody who works with Tandem, as signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    account: String,
    role: Role,
    department: Option<Department>,
    own_subject: Option<SubjectId>,
}

/// Why there is no such colleague.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ColleagueError {
    /// Empty, too long, or with characters that do not show.
    #[error(
        "account name must have 1 to {ACCOUNT_MAX} bytes and no spaces or control characters; correct the account"
    )]
    Account,
    /// An approver answers for a department.
    #[error("approver {0} belongs to no department; give the account one")]
    NoDepartment(String),
    /// The role already says it, or belongs to none.
    #[error(
        "{0} cannot belong to that department with the role {1}; take it off the account or change the role"
    )]
    Department(String, &'static str),
}

impl Colleague {
    /// A colleague. The role of a case worker says the department; an approver needs the one of their account; all others
    /// have none. `own_subject` is the pseudonym under which the colleague is themselves observed, if they are.
    ///
    /// # Errors
    /// An account name that cannot be one; a department that does not go with the role.
    pub fn new(
        account: &str,
        role: Role,
        department: Option<Department>,
        own_subject: Option<SubjectId>,
    ) -> Result<Self, ColleagueError> {
        let odd = |c: char| c.is_whitespace() || c.is_control();
        if account.is_empty() || account.len() > ACCOUNT_MAX || account.chars().any(odd) {
            return Err(ColleagueError::Account);
        }
        let department = match (role, department) {
            (Role::Approver, None) => return Err(ColleagueError::NoDepartment(account.to_owned())),
            (Role::Approver, given) => given,
            (_, Some(given)) if role.department() != Some(given) => {
                return Err(ColleagueError::Department(account.to_owned(), role.as_str()));
            }
            _ => role.department(),
        };
        Ok(Self {
            account: account.to_owned(),
            role,
            department,
            own_subject,
        })
    }

    /// Account name.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Role.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Department, if the colleague has one.
    pub const fn department(&self) -> Option<Department> {
        self.department
    }

    /// The pseudonym of the colleague themselves.
    pub const fn own_subject(&self) -> Option<&SubjectId> {
        self.own_subject.as_ref()
    }

    /// True if `account` is the colleague's own, however it is written.
    pub fn is(&self, account: &str) -> bool {
        same_account(&self.account, account)
    }
}

/// Two spellings of one account. Directories ignore case, so a second spelling must not make a second person.
pub(crate) fn same_account(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

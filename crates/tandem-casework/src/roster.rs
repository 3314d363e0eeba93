//! Who works here in which function, who is away, and who stands in.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use tandem_domain::{Department, SubjectId, Timestamp};
use thiserror::Error;

use crate::record::SYSTEM;
use crate::text::ACCOUNT_MOST;
use crate::words::Function;

/// Most colleagues of a roster.
const COLLEAGUES_MOST: usize = 100_000;

/// A stretch of time in which somebody is away. No reason is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    /// First instant.
    pub from: Timestamp,
    /// First instant back at work.
    pub until: Timestamp,
}

/// Somebody who works with Tandem.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Colleague {
    /// Account name.
    pub account: String,
    /// Their department; none for those who stand beside both.
    #[serde(default)]
    pub department: Option<Department>,
    /// Functions they hold.
    #[serde(default)]
    pub functions: Vec<Function>,
    /// Their own pseudonym, so that they never work on a case about themselves. It ties a person to a pseudonym: it is
    /// never written into a fact and never shown.
    #[serde(default)]
    pub subject: Option<SubjectId>,
    /// When they are away.
    #[serde(default)]
    pub absences: Vec<Absence>,
    /// Who stands in, first choice first.
    #[serde(default)]
    pub deputies: Vec<String>,
    /// When they left for good.
    #[serde(default)]
    pub left: Option<Timestamp>,
}

impl fmt::Debug for Colleague {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Colleague")
            .field("account", &self.account)
            .field("department", &self.department)
            .field("functions", &self.functions)
            .field("subject", &self.subject.as_ref().map(|_| "…"))
            .field("absences", &self.absences)
            .field("deputies", &self.deputies)
            .field("left", &self.left)
            .finish()
    }
}

/// What is wrong with a roster.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RosterFault {
    /// Too many.
    #[error("more than {COLLEAGUES_MOST} colleagues; list only those who work with Tandem")]
    TooMany,
    /// Not an account name.
    #[error(
        "`{0}` is no account name; use 1 to {ACCOUNT_MOST} characters without blanks, and not `{SYSTEM}`"
    )]
    Account(String),
    /// Twice.
    #[error("`{0}` is listed twice; keep one entry")]
    Twice(String),
    /// A deputy nobody knows.
    #[error("`{deputy}`, deputy of `{account}`, is not in the roster; add them or name somebody else")]
    Unknown {
        /// Whose deputy.
        account: String,
        /// The unknown.
        deputy: String,
    },
    /// A deputy of the other department could decide for both.
    #[error("`{deputy}`, deputy of `{account}`, is of another department; a deputy must be of the same one")]
    Elsewhere {
        /// Whose deputy.
        account: String,
        /// The deputy.
        deputy: String,
    },
    /// A function of the other department.
    #[error("`{account}` cannot be {function}: that function belongs to the other department")]
    Function {
        /// Who.
        account: String,
        /// Which function.
        function: Function,
    },
    /// Deputies in a circle.
    #[error("the deputies of `{0}` lead back to them; break the circle")]
    Circle(String),
    /// An absence that ends before it begins.
    #[error("an absence of `{0}` ends before it begins; correct its dates")]
    Absence(String),
}

/// Everybody who works with Tandem, checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster {
    colleagues: BTreeMap<String, Colleague>,
    holders: BTreeMap<Function, Vec<String>>,
}

/// Whom the roster found for a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Account.
    pub account: String,
    /// For whom they stand in, if they do not hold the function themselves.
    pub deputy_of: Option<String>,
}

impl Roster {
    /// Checks and keeps the colleagues; the order of the list is the order in which holders of a function are asked.
    ///
    /// # Errors
    /// All faults found: unknown or circling deputies, deputies or functions of the other department, bad names.
    pub fn new(colleagues: Vec<Colleague>) -> Result<Self, Vec<RosterFault>> {
        if colleagues.len() > COLLEAGUES_MOST {
            return Err(vec![RosterFault::TooMany]);
        }
        let mut faults = Vec::new();
        let mut roster = Self::default();
        for colleague in colleagues {
            check_alone(&colleague, &mut faults);
            for function in &colleague.functions {
                let holders = roster.holders.entry(*function).or_default();
                if !holders.contains(&colleague.account) {
                    holders.push(colleague.account.clone());
                }
            }
            if let Some(before) = roster.colleagues.insert(colleague.account.clone(), colleague) {
                faults.push(RosterFault::Twice(before.account));
            }
        }
        for colleague in roster.colleagues.values() {
            roster.check_deputies(colleague, &mut faults);
        }
        faults.extend(roster.circle().map(RosterFault::Circle));
        if faults.is_empty() {
            Ok(roster)
        } else {
            Err(faults)
        }
    }

    fn check_deputies(&self, colleague: &Colleague, faults: &mut Vec<RosterFault>) {
        for deputy in &colleague.deputies {
            let (account, deputy) = (colleague.account.clone(), deputy.clone());
            match self.colleagues.get(&deputy) {
                None => faults.push(RosterFault::Unknown { account, deputy }),
                Some(found) if found.department != colleague.department => {
                    faults.push(RosterFault::Elsewhere { account, deputy });
                }
                Some(_) => {}
            }
        }
    }

    /// Somebody whose deputies lead back to them, if there is anybody: what is left when all without an unvisited deputy
    /// are taken away again and again (Kahn 1962).
    fn circle(&self) -> Option<String> {
        let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
        let mut asked_by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for colleague in self.colleagues.values() {
            waiting.insert(&colleague.account, colleague.deputies.len());
            for deputy in &colleague.deputies {
                asked_by.entry(deputy).or_default().push(&colleague.account);
            }
        }
        // A deputy nobody knows is a fault of its own and holds nobody up.
        for (account, askers) in &asked_by {
            if !self.colleagues.contains_key(*account) {
                for asker in askers {
                    waiting.entry(asker).and_modify(|n| *n = n.saturating_sub(1));
                }
            }
        }
        let mut free: Vec<&str> = waiting
            .iter()
            .filter(|(_, n)| **n == 0)
            .map(|(a, _)| *a)
            .collect();
        while let Some(account) = free.pop() {
            waiting.remove(account);
            for asker in asked_by.get(account).into_iter().flatten() {
                if let Some(left) = waiting.get_mut(asker) {
                    *left = left.saturating_sub(1);
                    if *left == 0 {
                        free.push(asker);
                    }
                }
            }
        }
        // Those that merely lead into a circle wait too; one that is reached from itself is the one to name.
        waiting
            .keys()
            .find(|account| self.chain(account).iter().skip(1).any(|a| self.asks(a, account)))
            .or_else(|| waiting.keys().next())
            .map(|account| (*account).to_owned())
    }

    fn asks(&self, account: &str, deputy: &str) -> bool {
        self.get(account)
            .is_some_and(|c| c.deputies.iter().any(|d| d == deputy))
    }

    /// The colleague with that account.
    pub fn get(&self, account: &str) -> Option<&Colleague> {
        self.colleagues.get(account)
    }

    /// The department of that account.
    pub fn department(&self, account: &str) -> Option<Department> {
        self.get(account).and_then(|c| c.department)
    }

    /// True if the account is known, has not left and is not away.
    pub fn is_available(&self, account: &str, at: Timestamp) -> bool {
        self.works_here(account, at)
            && self
                .get(account)
                .is_some_and(|c| !c.absences.iter().any(|a| a.from <= at && at < a.until))
    }

    /// True if the account is known and has not left.
    pub fn works_here(&self, account: &str, at: Timestamp) -> bool {
        self.get(account)
            .is_some_and(|c| c.left.is_none_or(|left| at < left))
    }

    /// Accounts whose own pseudonym is `subject`.
    pub(crate) fn accounts_of<'a>(&'a self, subject: &'a SubjectId) -> impl Iterator<Item = &'a str> {
        self.colleagues
            .values()
            .filter(move |c| c.subject.as_ref() == Some(subject))
            .map(|c| c.account.as_str())
    }

    /// The colleague, then deputies and deputies' deputies in the order in which they are asked, each once.
    pub fn chain(&self, account: &str) -> Vec<&str> {
        let mut seen = BTreeSet::new();
        let mut chain = Vec::new();
        let mut next = vec![account];
        while let Some(asked) = next.pop() {
            let Some(colleague) = self.get(asked).filter(|_| seen.insert(asked)) else {
                continue;
            };
            chain.push(colleague.account.as_str());
            next.extend(colleague.deputies.iter().rev().map(String::as_str));
        }
        chain
    }

    /// True if the account holds the function or stands in, directly or down the chain, for somebody who does.
    pub fn can_hold(&self, account: &str, function: Function) -> bool {
        self.holders
            .get(&function)
            .into_iter()
            .flatten()
            .any(|holder| self.chain(holder).contains(&account))
    }

    /// Who is to hold a function at `at`: the chain of `from` first, then each holder and their deputies; the first who is
    /// available and whom `fit` accepts.
    pub fn find(
        &self,
        function: Function,
        from: Option<&str>,
        at: Timestamp,
        fit: &dyn Fn(&str) -> bool,
    ) -> Option<Found> {
        let holders = self
            .holders
            .get(&function)
            .into_iter()
            .flatten()
            .map(String::as_str);
        from.into_iter().chain(holders).find_map(|holder| {
            let found = self
                .chain(holder)
                .into_iter()
                .find(|account| self.is_available(account, at) && fit(account))?;
            Some(Found {
                account: found.to_owned(),
                deputy_of: (found != holder).then(|| holder.to_owned()),
            })
        })
    }
}

fn check_alone(colleague: &Colleague, faults: &mut Vec<RosterFault>) {
    let account = &colleague.account;
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+');
    if account.is_empty()
        || account == SYSTEM
        || account.chars().count() > ACCOUNT_MOST
        || !account.chars().all(plain)
    {
        faults.push(RosterFault::Account(account.chars().take(ACCOUNT_MOST).collect()));
    }
    for function in &colleague.functions {
        if function.department().is_some() && function.department() != colleague.department {
            faults.push(RosterFault::Function {
                account: account.clone(),
                function: *function,
            });
        }
    }
    if colleague.absences.iter().any(|a| a.until < a.from) {
        faults.push(RosterFault::Absence(account.clone()));
    }
}

#[cfg(test)]
mod tests;

//! Who may read a finding: it goes round the colleague it is about and everybody beside, above and below them.

use std::collections::BTreeMap;

use tandem_domain::Role;
use tandem_people::{Person, View};
use tandem_store::ColleagueRow;

use super::finding::Found;
use crate::cases::ColleagueSettings;

/// Most levels of an organisation that are climbed: a circle in people facts must not go on for ever.
const LEVELS: usize = 64;

/// Everybody who works with Tandem, and where in the organisation they stand.
pub(super) struct Readers<'a> {
    pub rows: &'a [ColleagueRow],
    /// Keys of people facts, by account.
    pub persons: &'a BTreeMap<String, String>,
    pub view: &'a View,
}

impl Readers<'_> {
    /// True if an account with that role may read the finding: the role that is told, or, if no auditor is far enough away from
    /// the colleague, the works council.
    pub fn may(&self, found: &Found, account: &str, role: Role) -> bool {
        if !self.is_outside(found, account) {
            return false;
        }
        role == found.addressee.role()
            || (role == Role::WorksCouncil
                && !self.rows.iter().any(|row| {
                    row.role == Role::Auditor && !row.disabled && self.is_outside(found, &row.account)
                }))
    }

    /// Mail addresses of those who may read it.
    pub fn mails(&self, found: &Found) -> Vec<String> {
        let readers = self
            .rows
            .iter()
            .filter(|row| !row.disabled && self.may(found, &row.account, row.role));
        let mail = |row: &ColleagueRow| {
            let settings: ColleagueSettings = serde_json::from_str(&row.body).unwrap_or_default();
            settings.mail
        };
        readers.filter_map(mail).collect()
    }

    /// True if an account is neither the colleague's own, nor that of the subject looked at, nor in the colleague's chain.
    fn is_outside(&self, found: &Found, account: &str) -> bool {
        let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
        if same(account, &found.who) {
            return false;
        }
        let row = self.rows.iter().find(|row| same(&row.account, account));
        let own = row.and_then(|row| row.subject.as_ref());
        if own.is_some() && own == found.subject.as_ref() {
            return false;
        }
        let person = |account: &str| self.persons.get(account).and_then(|key| self.view.person(key));
        match (row.and_then(|row| person(&row.account)), person(&found.who)) {
            (Some(reader), Some(watched)) => !in_chain(self.view, reader, watched),
            // Who is tied to no person stands, as far as can be known, outside.
            _ => true,
        }
    }
}

/// True if one leads the other, at any distance, or both work near each other.
fn in_chain(view: &View, one: &Person, other: &Person) -> bool {
    one.key == other.key || leads(view, one, other) || leads(view, other, one) || near(view, one, other)
}

fn leads(view: &View, above: &Person, below: &Person) -> bool {
    let mut at = below;
    for _ in 0..LEVELS {
        let Some(next) = view.manager(at) else {
            return false;
        };
        if next.key == above.key {
            return true;
        }
        at = next;
    }
    false
}

/// True if two people work near each other: one leads the other, both have the same manager, or, where people facts do not say
/// who leads both, both are of the same department.
pub(super) fn near(view: &View, one: &Person, other: &Person) -> bool {
    let (over_one, over_other) = (view.manager(one), view.manager(other));
    let is = |manager: Option<&Person>, person: &Person| manager.is_some_and(|m| m.key == person.key);
    if is(over_one, other) || is(over_other, one) {
        return true;
    }
    match (over_one, over_other) {
        (Some(one), Some(other)) => one.key == other.key,
        _ => one.department.is_some() && one.department == other.department,
    }
}

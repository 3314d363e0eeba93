//! What placeholders of rules stand for: lists of the settings, and lists of accounts made from people facts.
//!
//! Lists of people hold everybody who is or ever was such a person as far as is known today, for whom an event will be about is not
//! known when it is read. Whether somebody was one on the day of an event is decided when that day is analysed, from what was known
//! then ([`holds_on`]).

use std::borrow::Cow;

use tandem_detect::{BaseMatch, Lists, Rule, RuleSet};
use tandem_domain::Day;
use tandem_people::{Directory, FactKind, Home, Person, PersonKind, View, canonical_account};

use crate::config::{self, Config, Content};

/// Accounts of people who have left.
const LEAVERS: &str = "leavers";
/// Accounts of people whose last day of work is near.
const LEAVERS_30D: &str = "leavers_30d";
/// Accounts of people who gave or were given notice and still work here.
const NOTICE_GIVEN: &str = "notice_given";
/// Accounts of people who are not staff.
const CONTRACTORS: &str = "contractors";
/// Accounts with rights over machines or the directory.
const PRIVILEGED: &str = "privileged";
/// The groups and roles that make an account a privileged one.
const PRIVILEGED_GROUPS: &str = "privileged_groups";
/// The company's own mail domains.
const HOME_DOMAINS: &str = "home_domains";
/// Days before and after the last day of work that count as near it.
const NEAR: i32 = 30;

/// What the placeholders of rules stand for.
///
/// What is shipped gives way to lists of the settings of the same name. A list of the settings without an entry stands for nothing:
/// a rule that names it is refused, and the reason says so. A list of people may be empty, for perhaps nobody has left.
pub fn lists(config: &Config, directory: &Directory) -> Lists {
    let mut lists = RuleSet::builtin_lists();
    lists.extend(config.content.lists.clone());
    lists.insert(
        PRIVILEGED_GROUPS.to_owned(),
        config.content.privileged_groups.clone(),
    );
    lists.retain(|_, entries| !entries.is_empty());
    lists
        .entry(HOME_DOMAINS.to_owned())
        .or_insert_with(|| config.home.mail_domains.clone());

    let view = directory.as_of(Day(i32::MAX / 2));
    let home = &config.home;
    let of_people = |is: &dyn Fn(&Person) -> bool| {
        let people = view.people().iter().filter(|person| is(person));
        spelled(
            people.flat_map(|person| &person.accounts).map(|name| &**name),
            home,
        )
    };
    lists.insert(LEAVERS.to_owned(), of_people(&|person| person.leave.is_some()));
    lists.insert(CONTRACTORS.to_owned(), of_people(&is_outside));
    let told = |kinds: &[FactKind]| view.people_with(kinds);
    let accounts = |people: &[&Person]| {
        let names = people.iter().flat_map(|person| &person.accounts);
        spelled(names.map(|name| &**name), home)
    };
    lists.insert(NOTICE_GIVEN.to_owned(), accounts(&told(&[FactKind::NoticeGiven])));
    let mut leaving = told(&[FactKind::NoticeGiven, FactKind::ContractEnd]);
    leaving.extend(view.people().iter().filter(|person| person.leave.is_some()));
    lists.insert(LEAVERS_30D.to_owned(), accounts(&leaving));
    let own = config.content.lists.get(PRIVILEGED).cloned().unwrap_or_default();
    let named: Vec<Cow<'_, str>> = own
        .iter()
        .filter_map(|name| canonical_account(name, view.home()))
        .collect();
    let mut privileged = of_people(&|person| person.has_role_or_group(&config.content.privileged_groups));
    privileged.extend(spelled(named.iter().map(|name| &**name), home));
    privileged.extend(own.iter().cloned());
    privileged.sort_unstable();
    privileged.dedup();
    lists.insert(PRIVILEGED.to_owned(), privileged);
    crate::hunt::add_placeholders(config, &mut lists);
    lists
}

/// As [`lists`], for trying rules out where no people facts are at hand: nobody has left, nobody is a contractor.
pub fn lists_without_people(config: &Config) -> Lists {
    lists(config, &Directory::default())
}

/// Accounts in every spelling that logs use, each once.
fn spelled<'a>(accounts: impl Iterator<Item = &'a str>, home: &config::Home) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for account in accounts {
        names.push(account.to_owned());
        names.extend(
            home.nt_domains
                .iter()
                .map(|domain| format!("{domain}\\{account}")),
        );
        names.extend(
            home.mail_domains
                .iter()
                .map(|domain| format!("{account}@{domain}")),
        );
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// False if a rule speaks of lists of people and whoever the match is about was, by what the view knows, on none of them on the day
/// of the event.
pub fn holds_on(rule: &Rule, matched: &BaseMatch, view: &View, content: &Content) -> bool {
    let day = matched.time.day();
    rule.may_match(&|list, field| {
        let account = account_of(rule, matched, field, view.home());
        is_listed(list, &account, view, content, day)
    })
}

/// The account that a field of the event names, canonical. Matches of earlier versions did not keep other fields than the acting
/// account.
fn account_of<'m>(rule: &Rule, matched: &'m BaseMatch, field: &str, home: &Home) -> Cow<'m, str> {
    let acting = rule.insider.account.as_deref().unwrap_or("attr:actor_user");
    let named = matched.keys.get(field).filter(|_| field != acting);
    named
        .and_then(|raw| canonical_account(raw, home))
        .unwrap_or(Cow::Borrowed(matched.account.as_str()))
}

fn is_listed(list: &str, account: &str, view: &View, content: &Content, day: Day) -> bool {
    let key = view.resolve(account).key;
    let person = view.person(&key);
    let last = || view.last_day(person?);
    match list {
        LEAVERS => person
            .and_then(|person| person.leave)
            .is_some_and(|last| last < day),
        LEAVERS_30D => last().is_some_and(|last| (last.0 - day.0).abs() <= NEAR),
        NOTICE_GIVEN => person.is_some_and(|person| view.has_notice(person, day)),
        CONTRACTORS => person.is_some_and(is_outside),
        PRIVILEGED => {
            let own = content.lists.get(PRIVILEGED).into_iter().flatten();
            let mut named = own.filter_map(|name| canonical_account(name, view.home()));
            named.any(|name| name == account)
                || person.is_some_and(|person| person.has_role_or_group(&content.privileged_groups))
        }
        _ => true,
    }
}

fn is_outside(person: &Person) -> bool {
    matches!(person.kind, PersonKind::Contractor | PersonKind::Partner)
}

#[cfg(test)]
mod tests;

//! Stories and innocents: who, when, and that the logs hold them.

use std::collections::{BTreeMap, BTreeSet};

use tandem_domain::{Day, Motive, Threat};

use crate::support::{account, lines, small, storied, table};

#[test]
fn ten_and_more_stories_cover_threats_and_motives() {
    let stories = &storied().truth.stories;
    assert!(stories.len() >= 10, "{}", stories.len());
    let threats: BTreeSet<Threat> = stories.iter().map(|s| s.threat).collect();
    assert_eq!(threats.len(), Threat::ALL.len());
    let motives: BTreeSet<Motive> = stories.iter().map(|s| s.motive).collect();
    assert!(motives.len() >= 6, "{motives:?}");
    let ids: BTreeSet<&str> = stories.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids.len(), stories.len());
    let innocents = &storied().truth.innocents;
    let kinds: BTreeSet<&str> = innocents.iter().map(|i| i.kind.as_str()).collect();
    assert!(kinds.len() >= 10, "{kinds:?}");
    let ids: BTreeSet<&str> = innocents.iter().map(|i| i.id.as_str()).collect();
    assert_eq!(ids.len(), innocents.len());
}

#[test]
fn a_short_plan_has_no_stories() {
    assert!(small().truth.stories.is_empty() && small().truth.innocents.is_empty());
}

#[test]
fn stories_start_after_the_quiet_weeks_and_leave_time_to_notice() {
    let company = storied();
    let (quiet, end) = (
        company.plan.quiet_until(),
        company.plan.start.plus(company.plan.days as i32 - 1),
    );
    for story in &company.truth.stories {
        let (first, harm) = (story.first_act.day(), story.harm_complete.day());
        assert!(first >= quiet && first <= harm, "{}", story.id);
        assert!(harm.plus(2) <= end, "{} ends on {harm}", story.id);
        assert!(
            !story.stages.is_empty() && story.stages.iter().all(|s| s.day >= first && s.day <= end),
            "{}",
            story.id
        );
        let window = harm.0 - first.0;
        if story.id == "careless_upload" {
            assert!(window <= 1);
        } else {
            assert!(window >= 5, "{} is over in {window} days", story.id);
        }
    }
}

#[test]
fn nobody_plays_two_parts() {
    let truth = &storied().truth;
    let mut parts: BTreeMap<&str, usize> = BTreeMap::new();
    for person in truth
        .stories
        .iter()
        .map(|s| &s.person)
        .chain(truth.innocents.iter().map(|i| &i.person))
    {
        *parts.entry(person).or_default() += 1;
    }
    assert!(parts.values().all(|n| *n == 1), "{parts:?}");
}

#[test]
fn truth_names_people_and_accounts_that_exist_and_days_with_records() {
    let company = storied();
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    for row in table(&company.dir.join("people/people.csv")) {
        for account in row["accounts"].split(';') {
            owners.insert(account.to_owned(), row["person"].clone());
        }
    }
    let people: BTreeSet<&String> = owners.values().collect();
    let mut records: BTreeMap<(Day, String, String), u32> = BTreeMap::new();
    for line in lines(company, |_| true).iter().filter(|l| !l.broken) {
        if let Some(account) = account(line) {
            *records
                .entry((line.day, line.source.clone(), account))
                .or_default() += 1;
        }
    }
    for story in &company.truth.stories {
        assert!(people.contains(&story.person), "{}", story.id);
        assert_eq!(
            owners.get(&story.accounts[0]),
            Some(&story.person),
            "{}",
            story.id
        );
        let made = |a: &String| records.keys().any(|(_, _, account)| account == a);
        // An account made in the story is in no people file, and a lent one may only be named in the records.
        assert!(
            story
                .accounts
                .iter()
                .all(|a| owners.contains_key(a) || made(a) || a.starts_with("svc-print")),
            "{}",
            story.id
        );
        assert!(
            story.days.len() > usize::from(story.id != "careless_upload"),
            "{}",
            story.id
        );
        for day in &story.days {
            assert_eq!(day.events, day.sources.values().sum::<u32>());
            for (source, count) in &day.sources {
                let of = |a: &String| {
                    records
                        .get(&(day.day, source.clone(), a.clone()))
                        .copied()
                        .unwrap_or(0)
                };
                let found: u32 = story.accounts.iter().map(of).sum();
                assert!(
                    found >= *count,
                    "{} {} {source}: {found} < {count}",
                    story.id,
                    day.day
                );
            }
        }
        let first = story.days.first().unwrap().day;
        assert_eq!(first, story.first_act.day(), "{}", story.id);
    }
    for innocent in &company.truth.innocents {
        assert!(
            people.contains(&innocent.person) && !innocent.days.is_empty() && !innocent.note.is_empty(),
            "{}",
            innocent.id
        );
    }
}

#[test]
fn the_acts_of_stories_also_happen_in_innocence() {
    // What rules look for must not occur in stories alone, or finding them would prove nothing.
    let company = storied();
    let insiders: BTreeSet<&str> = company
        .truth
        .stories
        .iter()
        .flat_map(|s| s.accounts.iter().map(String::as_str))
        .collect();
    let all = lines(company, |s| s != "badge" && s != "vpn");
    for trace in [
        "\"vendor.bank_change\"",
        "\"customer.export\"",
        "\"payroll.change\"",
        "\"invoice.approve\"",
        "\"credit.approve\"",
        "File copied to removable media",
        "File uploaded in the browser",
        "fail (Permission denied)",
        "renameat|ok",
        "unlinkat|ok",
        "7z.exe\\\" a -p",
        "git.exe clone",
        "vssadmin.exe list shadows",
        "\"4732\"",
        "\"1102\"",
        "Add-MailboxPermission",
        "New-InboxRule",
    ] {
        let innocent = all
            .iter()
            .filter(|l| !l.broken && l.text.contains(trace))
            .any(|l| account(l).is_some_and(|a| !insiders.contains(a.as_str())));
        assert!(innocent, "only insiders leave the trace {trace}");
    }
}

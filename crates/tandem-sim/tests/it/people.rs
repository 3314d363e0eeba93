//! The personnel files, and that logs and files are about the same people.

use std::collections::{BTreeMap, BTreeSet};

use tandem_domain::Day;

use crate::support::{Row, account, lines, storied, table};

fn people() -> Vec<Row> {
    table(&storied().dir.join("people/people.csv"))
}

/// Owner of every account.
fn owners() -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for row in people() {
        for account in row["accounts"].split(';') {
            let known = owners.insert(account.to_lowercase(), row["person"].clone());
            assert!(
                known.is_none_or(|other| other == row["person"]),
                "{account} belongs to two"
            );
        }
    }
    owners
}

#[test]
fn no_two_people_share_an_account() {
    assert!(
        owners().len()
            > people()
                .iter()
                .map(|r| r["person"].clone())
                .collect::<BTreeSet<_>>()
                .len()
    );
}

#[test]
fn every_kind_of_person_is_there_and_managers_exist() {
    let rows = people();
    let kinds: BTreeSet<&str> = rows.iter().map(|r| r["kind"].as_str()).collect();
    assert_eq!(
        kinds,
        BTreeSet::from(["contractor", "employee", "partner", "service_account"])
    );
    let keys: BTreeSet<&str> = rows.iter().map(|r| r["person"].as_str()).collect();
    for row in &rows {
        assert!(
            row["manager"].is_empty() || keys.contains(row["manager"].as_str()),
            "{row:?}"
        );
        assert_ne!(row["manager"], row["person"]);
    }
    let zones: BTreeSet<&str> = rows.iter().map(|r| r["time_zone"].as_str()).collect();
    assert_eq!(zones.len(), 3);
}

#[test]
fn nothing_is_known_before_it_can_be() {
    let company = storied();
    let eve = company.plan.start.plus(-1);
    let day = |text: &str| Day::parse(text);
    let mut first: BTreeMap<String, Day> = BTreeMap::new();
    for row in people() {
        let known = day(&row["known_on"]).unwrap();
        assert!(known >= eve && known <= company.plan.start.plus(company.plan.days as i32));
        let start = *first.entry(row["person"].clone()).or_insert(known);
        assert!(known >= start);
        if let Some(joined) = day(&row["join_date"]).filter(|j| *j > company.plan.start) {
            assert!(known <= joined, "a joiner is known before the first day: {row:?}");
        }
    }
    let facts = table(&company.dir.join("people/facts.csv"));
    for fact in &facts {
        let (known, from) = (day(&fact["known_on"]).unwrap(), day(&fact["from"]).unwrap());
        assert!(first.contains_key(&fact["person"]), "{fact:?}");
        let late = matches!(fact["fact"].as_str(), "absence" | "notice_given" | "contract_end");
        assert!(known <= from || late, "{fact:?}");
    }
}

#[test]
fn joiners_and_leavers_come_and_go_through_the_whole_time() {
    let company = storied();
    let (start, end) = (
        company.plan.start,
        company.plan.start.plus(company.plan.days as i32 - 1),
    );
    let inside = |text: &str| Day::parse(text).is_some_and(|d| d > start && d <= end);
    let joined: BTreeSet<String> = people()
        .iter()
        .filter(|r| inside(&r["join_date"]))
        .map(|r| r["person"].clone())
        .collect();
    let left: BTreeSet<String> = people()
        .iter()
        .filter(|r| inside(&r["leave_date"]))
        .map(|r| r["person"].clone())
        .collect();
    assert!(
        joined.len() >= 3 && left.len() >= 5,
        "{} joined, {} left",
        joined.len(),
        left.len()
    );
}

#[test]
fn hr_facts_do_not_give_the_answer() {
    let company = storied();
    let insiders: BTreeSet<&str> = company.truth.stories.iter().map(|s| s.person.as_str()).collect();
    let facts = table(&company.dir.join("people/facts.csv"));
    for kind in [
        "denied_promotion",
        "notice_given",
        "red_flag_confirmed",
        "performance_plan",
        "absence",
    ] {
        let about: BTreeSet<&str> = facts
            .iter()
            .filter(|f| f["fact"] == kind)
            .map(|f| f["person"].as_str())
            .collect();
        let guilty = about.iter().filter(|p| insiders.contains(*p)).count();
        assert!(
            about.len() >= 2 * guilty,
            "{kind}: {guilty} of {} are insiders",
            about.len()
        );
    }
    let without = insiders.iter().filter(|p| {
        !facts
            .iter()
            .any(|f| f["person"] == ***p && f["fact"] != "absence" && f["fact"] != "training")
    });
    assert!(
        without.count() >= insiders.len() / 3,
        "most insiders have no telling fact on file"
    );
}

/// First and last day of employment by person, as last known.
fn employment() -> BTreeMap<String, (Option<Day>, Option<Day>)> {
    let dates = |row: &Row| (Day::parse(&row["join_date"]), Day::parse(&row["leave_date"]));
    people()
        .iter()
        .map(|row| (row["person"].clone(), dates(row)))
        .collect()
}

#[test]
fn every_event_falls_into_the_employment_of_its_person() {
    let (owners, employment) = (owners(), employment());
    let company = storied();
    let planted: BTreeSet<String> = company
        .truth
        .stories
        .iter()
        .flat_map(|s| s.accounts.iter().cloned())
        .collect();
    let mut seen = BTreeSet::new();
    for line in lines(company, |_| true).iter().filter(|l| !l.broken) {
        let Some(account) = account(line) else { continue };
        let Some(owner) = owners.get(&account.to_lowercase()) else {
            assert!(
                planted.contains(&account) || line.source == "mail",
                "{account} is nobody's: {}",
                line.text
            );
            continue;
        };
        let (join, leave) = employment[owner];
        // Local days reach into the neighbouring UTC day.
        assert!(
            join.is_none_or(|j| line.day >= j.plus(-1)),
            "{owner} before the first day: {}",
            line.text
        );
        assert!(
            leave.is_none_or(|l| line.day <= l.plus(1)),
            "{owner} after the last day: {}",
            line.text
        );
        seen.insert(owner.clone());
    }
    let mut silent = employment.keys().filter(|p| !seen.contains(*p));
    assert!(
        silent.clone().count() <= 3,
        "people without any event: {:?}",
        silent.next()
    );
}

#[test]
fn accounts_of_leavers_are_closed_mostly_on_time() {
    let company = storied();
    let mut closed: BTreeMap<String, Day> = BTreeMap::new();
    for line in lines(company, |s| s == "windows-security")
        .iter()
        .filter(|l| l.text.contains("\"4725\"") && !l.broken)
    {
        let value: serde_json::Value = serde_json::from_str(&line.text).unwrap();
        closed.insert(
            value["winlog"]["event_data"]["TargetUserName"]
                .as_str()
                .unwrap()
                .to_owned(),
            line.day,
        );
    }
    let end = company.plan.start.plus(company.plan.days as i32 - 12);
    let owners = owners();
    let (mut on_time, mut all) = (0, 0);
    for (person, (_, leave)) in employment() {
        let Some(last) = leave.filter(|l| *l >= company.plan.start && *l < end) else {
            continue;
        };
        let account = owners
            .iter()
            .find(|(a, o)| **o == person && a.contains('.') && !a.starts_with("adm."))
            .unwrap()
            .0;
        all += 1;
        on_time += usize::from(closed.get(account).is_some_and(|d| *d <= last.plus(1)));
        assert!(closed.contains_key(account), "{account} was never closed");
    }
    assert!(all >= 3 && on_time * 2 >= all, "{on_time} of {all} on time");
}

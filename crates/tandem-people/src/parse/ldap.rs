//! From directory entries (`inetOrgPerson`, Active Directory users) to person records.

use std::collections::HashMap;

use tandem_domain::Day;

use super::ldif::{Entry, entries};
use super::{Flaw, MOST_GROUPS, Parsed, date_in_name};
use crate::record::{Origin, PersonKind, PersonRecord, Record};

/// Bit of `userAccountControl`: the account is switched off.
const ACCOUNT_DISABLED: u32 = 0x2;
/// 1601-01-01 in days since 1970-01-01; Active Directory counts from there.
const FILETIME_EPOCH_DAYS: i64 = -134_774;
const FILETIME_TICKS_PER_DAY: i64 = 864_000_000_000;

/// Reads an export. Its contents count as known on the date in the file's name, if that is not in the future of
/// `received_day`, else on `received_day`.
pub(super) fn parse(file_name: &str, bytes: &[u8], received_day: Day) -> Parsed {
    let known_on = date_in_name(file_name)
        .filter(|d| *d <= received_day)
        .unwrap_or(received_day);
    let entries = entries(bytes);
    let keys: HashMap<String, String> = entries
        .iter()
        .filter_map(|e| key(e).map(|key| (e.dn.to_lowercase(), key.to_owned())))
        .collect();
    let mut parsed = Parsed::default();
    for entry in &entries {
        match person(entry, known_on, &keys) {
            Ok(Some(person)) => parsed.records.push(Record::Person(person)),
            Ok(None) => parsed.skipped += 1,
            Err(flaw) => {
                let line = entry.broken.as_ref().map_or(entry.line, |(line, _)| *line);
                parsed
                    .rejects
                    .push(flaw.at(line, entry.broken.as_ref().map_or(&entry.dn, |(_, raw)| raw)));
            }
        }
    }
    parsed
}

/// The person's key: the personnel number if there is one, else the account.
fn key(entry: &Entry) -> Option<&str> {
    entry.first(&["employeenumber", "employeeid", "samaccountname", "uid"])
}

fn person(
    entry: &Entry,
    known_on: Day,
    keys: &HashMap<String, String>,
) -> Result<Option<PersonRecord>, Flaw> {
    readable(entry)?;
    let managed = is_any(
        entry,
        &["msds-managedserviceaccount", "msds-groupmanagedserviceaccount"],
    );
    if !managed && !is_person(entry) {
        return Ok(None);
    }
    let owned = |names: &[&str]| entry.first(names).map(str::to_owned);
    let kind = if managed {
        Some(PersonKind::ServiceAccount)
    } else {
        entry.first(&["employeetype"]).and_then(kind)
    };
    let (person, accounts) = accounts(entry)?;
    Ok(Some(PersonRecord {
        known_on,
        person,
        kind,
        display_name: owned(&["displayname", "cn", "name"]),
        accounts,
        email: owned(&["mail"]),
        manager: entry.first(&["manager"]).map(|dn| manager(dn, keys)),
        department: owned(&["department", "departmentnumber", "ou"]),
        role: owned(&["title"]),
        groups: entry
            .all("memberof")
            .map(common_name)
            .filter(|name| !name.is_empty())
            .take(MOST_GROUPS)
            .map(str::to_owned)
            .collect(),
        site: owned(&["physicaldeliveryofficename", "l"]),
        time_zone: None,
        join_date: join_date(entry)?,
        leave_date: leave_date(entry, known_on)?,
        origin: Origin::Ldif,
        snapshot: None,
    }))
}

fn readable(entry: &Entry) -> Result<(), Flaw> {
    if entry.broken.is_some() {
        let hint = "export the entry again; long lines must continue with a leading blank";
        return Err(Flaw::new(
            "",
            "a line is neither `name: value` nor a continuation",
            hint,
        ));
    }
    if entry
        .first(&["changetype"])
        .is_some_and(|change| !change.eq_ignore_ascii_case("add"))
    {
        let hint = "export contents (ldapsearch, ldifde), not changes";
        return Err(Flaw::new("changetype", "is a change, not an entry", hint));
    }
    Ok(())
}

fn is_any(entry: &Entry, classes: &[&str]) -> bool {
    classes.iter().any(|class| entry.is_a(class))
}

/// Computers are users too in Active Directory; an export without classes is taken at its word.
fn is_person(entry: &Entry) -> bool {
    let classes = [
        "person",
        "inetorgperson",
        "user",
        "posixaccount",
        "organizationalperson",
    ];
    let unclassed = entry.first(&["objectclass"]).is_none() && key(entry).is_some();
    (unclassed || is_any(entry, &classes)) && !entry.is_a("computer")
}

/// The person's key and all their accounts.
fn accounts(entry: &Entry) -> Result<(String, Vec<String>), Flaw> {
    let mut accounts: Vec<&str> = entry.all("samaccountname").chain(entry.all("uid")).collect();
    let (Some(person), false) = (key(entry), accounts.is_empty()) else {
        let hint = "export one of them with each entry";
        return Err(Flaw::new(
            "sAMAccountName",
            "neither sAMAccountName nor uid is there",
            hint,
        ));
    };
    accounts.extend(entry.all("userprincipalname"));
    accounts.extend(entry.all("proxyaddresses").filter_map(smtp_address));
    let sids = entry.bytes("objectsid").chain(entry.bytes("sidhistory"));
    Ok((
        person.to_owned(),
        accounts
            .into_iter()
            .map(str::to_owned)
            .chain(sids.filter_map(sid))
            .collect(),
    ))
}

/// A security identifier as events write it: `S-1-5-21-…`. Directories export its bytes ([MS-DTYP], section 2.4.2.2: revision, number
/// of parts, authority in six bytes, parts of four bytes each, least first), some tools its text.
fn sid(bytes: &[u8]) -> Option<String> {
    if let Some(text) = std::str::from_utf8(bytes)
        .ok()
        .filter(|text| text.starts_with("S-1-"))
    {
        return Some(text.trim().to_owned());
    }
    let (head, parts) = bytes.split_first_chunk::<8>()?;
    let [revision, count, authority @ ..] = *head;
    let authority = authority
        .iter()
        .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let (parts, rest) = parts.as_chunks::<4>();
    if revision != 1 || parts.len() != usize::from(count) || !rest.is_empty() {
        return None;
    }
    let mut text = format!("S-{revision}-{authority}");
    for part in parts {
        text.push_str(&format!("-{}", u32::from_le_bytes(*part)));
    }
    Some(text)
}

fn join_date(entry: &Entry) -> Result<Option<Day>, Flaw> {
    let Some(text) = entry.first(&["whencreated", "createtimestamp"]) else {
        return Ok(None);
    };
    let hint = "generalised time: 20260131080000.0Z";
    let flaw = || Flaw::new("whenCreated", format!("`{text}` is no time"), hint);
    generalised_day(text).map(Some).ok_or_else(flaw)
}

/// An account's end date, or the day before a switched-off account was seen: by then its owner had gone.
fn leave_date(entry: &Entry, known_on: Day) -> Result<Option<Day>, Flaw> {
    if let Some(text) = entry.first(&["accountexpires"]) {
        let flaw = || {
            Flaw::new(
                "accountExpires",
                format!("`{text}` is no number"),
                "100-nanosecond steps since 1601",
            )
        };
        let ticks: i64 = text.parse().map_err(|_| flaw())?;
        if ticks > 0 && ticks != i64::MAX {
            // The account works until that instant, so the day before its midnight is the last.
            let day = (ticks - 1).div_euclid(FILETIME_TICKS_PER_DAY) + FILETIME_EPOCH_DAYS;
            return i32::try_from(day).map(|d| Some(Day(d))).map_err(|_| flaw());
        }
    }
    let flags = entry.first(&["useraccountcontrol"]).map(|text| {
        let flaw = || {
            Flaw::new(
                "userAccountControl",
                format!("`{text}` is no number"),
                "a decimal number of flags",
            )
        };
        text.parse::<u32>().map_err(|_| flaw())
    });
    Ok(flags
        .transpose()?
        .filter(|flags| flags & ACCOUNT_DISABLED != 0)
        .map(|_| known_on.plus(-1)))
}

/// Directories write `employeeType` freely, so a word that is not understood says nothing rather than being an error.
fn kind(text: &str) -> Option<PersonKind> {
    match text.to_lowercase().as_str() {
        "employee" | "internal" | "staff" | "permanent" | "fte" => Some(PersonKind::Employee),
        "contractor" | "external" | "consultant" | "temp" | "freelancer" => Some(PersonKind::Contractor),
        "partner" | "vendor" | "supplier" | "guest" => Some(PersonKind::Partner),
        "service" | "service_account" | "service account" | "system" => Some(PersonKind::ServiceAccount),
        _ => None,
    }
}

/// The manager's key if the manager is in the same export, else the common name in the distinguished name.
fn manager(dn: &str, keys: &HashMap<String, String>) -> String {
    if let Some(key) = keys.get(&dn.to_lowercase()) {
        return key.clone();
    }
    common_name(dn).to_owned()
}

/// The first name in a distinguished name: `CN=Domain Admins,OU=Groups,DC=corp` is `Domain Admins`.
fn common_name(dn: &str) -> &str {
    let first = dn.split(',').next().unwrap_or(dn);
    first.split_once('=').map_or(first, |(_, value)| value).trim()
}

fn smtp_address(value: &str) -> Option<&str> {
    let (kind, address) = value.split_once(':')?;
    kind.eq_ignore_ascii_case("smtp").then_some(address)
}

/// `20260131080000.0Z` → its day.
fn generalised_day(text: &str) -> Option<Day> {
    let number = |from: usize, to: usize| text.get(from..to).and_then(|t| t.parse::<i16>().ok());
    Day::from_ymd(
        number(0, 4)?,
        i8::try_from(number(4, 6)?).ok()?,
        i8::try_from(number(6, 8)?).ok()?,
    )
}

//! Threat lists: values with an end, found in events and put in the place of placeholders of rules.

use std::collections::HashMap;
use std::net::IpAddr;

use tandem_detect::Lists;
use tandem_domain::Day;

use super::settings::{ListKind, ThreatListSettings};
use super::watched::{Outcome, Watched};
use crate::api::dto::{ListCondition, ThreatHit, ThreatListView};
use crate::config::Config;

/// Largest file, bytes.
const MOST_BYTES: u64 = 64 << 20;
/// Most values of one list.
const MOST_VALUES: usize = 1_000_000;
/// Most networks of one list: each is compared with every address.
const MOST_NETWORKS: usize = 10_000;
/// Longest note that is shown, characters.
const NOTE: usize = 300;

static FILES: Watched<ThreatFile> = Watched::new();

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    /// As the file writes it.
    value: String,
    /// Last day on which it counts.
    until: Option<Day>,
    note: Option<String>,
}

impl Entry {
    fn counts_on(&self, today: Day) -> bool {
        self.until.is_none_or(|until| today <= until)
    }
}

/// A file as it was read.
#[derive(Debug, Default)]
pub(super) struct ThreatFile {
    values: HashMap<String, Entry>,
    networks: Vec<((u128, u32), Entry)>,
    /// Lines that could not be read, and the first of them in words.
    bad: usize,
    first_bad: Option<String>,
}

/// A list of the settings with its file.
pub(super) struct ThreatList {
    name: String,
    kind: ListKind,
    last: Option<Day>,
    file: Outcome<ThreatFile>,
}

fn file(list: &ThreatListSettings) -> Outcome<ThreatFile> {
    FILES.get(&list.file, list.kind.as_str(), MOST_BYTES, |bytes| {
        ThreatFile::read(list.kind, &bytes)
    })
}

/// The lists of the settings, as their files are now.
pub(super) fn lists(settings: &[ThreatListSettings]) -> Vec<ThreatList> {
    let of = |list: &ThreatListSettings| ThreatList {
        name: list.name.clone(),
        kind: list.kind,
        last: list.last_day(),
        file: file(list),
    };
    settings.iter().map(of).collect()
}

/// Adds every list of the settings to what placeholders stand for: the values that count today. A file that cannot be read, or a
/// list that has ended, is an empty list: its rules are loaded and find nothing.
pub fn add_placeholders(config: &Config, lists: &mut Lists) {
    let today = crate::pipeline::now().day();
    for list in self::lists(&config.enrichment.threat_lists) {
        let mut values = list.live(today);
        values.sort_unstable();
        lists.insert(list.name, values);
    }
}

impl ThreatList {
    fn has_ended(&self, today: Day) -> bool {
        self.last.is_some_and(|last| last < today)
    }

    /// Its values that count, with what would be a wildcard in a rule taken literally.
    fn live(&self, today: Day) -> Vec<String> {
        let Ok(file) = &*self.file else {
            return Vec::new();
        };
        if self.has_ended(today) {
            return Vec::new();
        }
        let networks = file.networks.iter().map(|(_, entry)| entry);
        let live = file
            .values
            .values()
            .chain(networks)
            .filter(|entry| entry.counts_on(today));
        live.map(|entry| literal(&entry.value)).collect()
    }

    /// The entry that an event's value is, if there is one and it counts.
    fn find(&self, value: &str, today: Day) -> Option<&Entry> {
        let file = (*self.file).as_ref().ok()?;
        let value = normal(self.kind, value);
        let known = |key: &str| file.values.get(key).filter(|entry| entry.counts_on(today));
        match self.kind {
            ListKind::Domain => {
                let mut rest = value.as_str();
                loop {
                    if let Some(entry) = known(rest) {
                        return Some(entry);
                    }
                    (_, rest) = rest.split_once('.')?;
                }
            }
            ListKind::Ip => known(&value).or_else(|| {
                let bits = bits(value.parse().ok()?);
                let inside = file.networks.iter().filter(|(network, _)| holds(*network, bits));
                inside
                    .map(|(_, entry)| entry)
                    .find(|entry| entry.counts_on(today))
            }),
            ListKind::Hash | ListKind::Url | ListKind::Account => known(&value),
        }
    }

    /// What of an event's values is in it; `values` gives those of a kind.
    pub(super) fn found<'a>(
        &self,
        values: impl Fn(ListKind) -> Vec<&'a str>,
        today: Day,
    ) -> Option<ThreatHit> {
        if self.has_ended(today) {
            return None;
        }
        let values = values(self.kind);
        let (value, entry) = values
            .into_iter()
            .find_map(|value| Some((value, self.find(value, today)?)))?;
        let until = [self.last, entry.until].into_iter().flatten().min();
        Some(ThreatHit {
            list: self.name.clone(),
            value: value.to_owned(),
            note: entry.note.clone(),
            until: until.map(|day| day.to_string()),
        })
    }

    /// As the API shows it.
    pub(super) fn view(&self, today: Day) -> ThreatListView {
        let mut view = ThreatListView {
            name: self.name.clone(),
            kind: self.kind.as_str().into(),
            entries: 0,
            expired_entries: 0,
            expires: self.last.map(|day| day.to_string()),
            state: ListCondition::Loaded,
            problem: None,
        };
        match &*self.file {
            Ok(file) => {
                let networks = file.networks.iter().map(|(_, entry)| entry);
                let all: Vec<_> = file.values.values().chain(networks).collect();
                let live = all.iter().filter(|entry| entry.counts_on(today)).count();
                let live = if self.has_ended(today) { 0 } else { live };
                (view.entries, view.expired_entries) = (live as u64, (all.len() - live) as u64);
                if self.has_ended(today) {
                    view.state = ListCondition::Expired;
                    view.problem = Some("its last day has passed, so nothing in it counts; renew it, or take it out of the settings".into());
                } else if let Some(first) = &file.first_bad {
                    view.problem = Some(format!("{} lines cannot be read, the first: {first}", file.bad));
                }
            }
            Err(problem) => {
                view.state = ListCondition::Unreadable;
                view.problem = Some(problem.clone());
            }
        }
        view
    }
}

impl ThreatFile {
    fn read(kind: ListKind, bytes: &[u8]) -> Result<Self, String> {
        let mut file = Self::default();
        let text = String::from_utf8_lossy(bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') || (file.is_empty() && is_heading(line)) {
                continue;
            }
            match entry(kind, line) {
                Ok(entry) => file.add(kind, entry),
                Err(why) => {
                    file.bad += 1;
                    file.first_bad
                        .get_or_insert_with(|| format!("line {}: {why}", number + 1));
                }
            }
            if file.values.len() > MOST_VALUES || file.networks.len() > MOST_NETWORKS {
                return Err(format!(
                    "it holds more than {MOST_VALUES} values or {MOST_NETWORKS} networks; split it"
                ));
            }
        }
        Ok(file)
    }

    fn is_empty(&self) -> bool {
        self.values.is_empty() && self.networks.is_empty()
    }

    fn add(&mut self, kind: ListKind, entry: Entry) {
        let key = normal(kind, &entry.value);
        if kind == ListKind::Ip && key.contains('/') {
            // `entry` let only networks through.
            if let Some(network) = network(&key) {
                self.networks.push((network, entry));
            }
            return;
        }
        // Of two lines with the same value the one that counts longer counts.
        let longer = self.values.get(&key).is_none_or(|known| {
            known
                .until
                .is_some_and(|until| entry.until.is_none_or(|new| new > until))
        });
        if longer {
            self.values.insert(key, entry);
        }
    }
}

fn is_heading(line: &str) -> bool {
    let first = line.split(',').next().unwrap_or_default();
    first.trim().eq_ignore_ascii_case("value")
}

/// One line: a value, perhaps until when, perhaps a note.
fn entry(kind: ListKind, line: &str) -> Result<Entry, String> {
    let mut cells = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(line.as_bytes())
        .into_records();
    let cells = match cells.next() {
        Some(Ok(cells)) => cells,
        _ => return Err("it is no CSV".to_owned()),
    };
    let cell = |at: usize| cells.get(at).filter(|cell| !cell.is_empty());
    let until = cell(1).map(Day::parse);
    let whole = |value: &str| Entry {
        value: value.to_owned(),
        until: until.flatten(),
        note: cell(2).map(|note| note.chars().filter(|c| !c.is_control()).take(NOTE).collect()),
    };
    let entry = match (until, cell(0)) {
        // A web address may hold commas; then the line is the value.
        (Some(None), _) if kind == ListKind::Url => Entry {
            note: None,
            ..whole(line)
        },
        (Some(None), _) => {
            return Err(format!(
                "`{}` is no day; write value,YYYY-MM-DD,note",
                cell(1).unwrap_or_default()
            ));
        }
        (_, Some(value)) => whole(value),
        (_, None) => return Err("there is no value".to_owned()),
    };
    let fits = match kind {
        ListKind::Ip => entry.value.parse::<IpAddr>().is_ok() || network(&entry.value).is_some(),
        ListKind::Domain => {
            !normal(kind, &entry.value).is_empty() && !entry.value.contains(char::is_whitespace)
        }
        ListKind::Hash | ListKind::Url | ListKind::Account => !entry.value.contains(char::is_control),
    };
    if fits {
        Ok(entry)
    } else {
        Err(format!("it is no value of the kind {}", kind.as_str()))
    }
}

/// A value as it is compared.
fn normal(kind: ListKind, value: &str) -> String {
    let value = value.trim().to_lowercase();
    match kind {
        ListKind::Domain => value.trim_start_matches("*.").trim_matches('.').to_owned(),
        ListKind::Url => value.trim_end_matches('/').to_owned(),
        ListKind::Ip => match value.parse::<IpAddr>() {
            // One spelling per address.
            Ok(address) => address.to_canonical().to_string(),
            Err(_) => value,
        },
        ListKind::Hash | ListKind::Account => value,
    }
}

/// The bits of an address on the IPv6 scale.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// A network's bits and how many of them count, on the IPv6 scale.
fn network(text: &str) -> Option<(u128, u32)> {
    let (address, length) = text.split_once('/')?;
    let (address, length): (IpAddr, u32) = (address.parse().ok()?, length.parse().ok()?);
    let most = if address.is_ipv4() { 32 } else { 128 };
    (length <= most).then(|| (bits(address), 128 - most + length))
}

fn holds((network, length): (u128, u32), address: u128) -> bool {
    let shift = 128 - length;
    network.checked_shr(shift) == address.checked_shr(shift)
}

/// A value with everything escaped that Sigma would take for a wildcard.
fn literal(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '\\' | '*' | '?') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: ListKind, text: &str) -> ThreatList {
        ThreatList {
            name: "bad".into(),
            kind,
            last: None,
            file: std::sync::Arc::new(ThreatFile::read(kind, text.as_bytes())),
        }
    }

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn finds(list: &ThreatList, value: &str, today: Day) -> bool {
        list.found(|_| vec![value], today).is_some()
    }

    #[test]
    fn a_value_counts_until_its_day_and_a_list_until_its_own() {
        let text =
            "# from somewhere\nvalue,until,note\n203.0.113.9,2026-05-04,\"seen, once\"\n198.51.100.0/24\n";
        let mut list = read(ListKind::Ip, text);
        let (last, after) = (day("2026-05-04"), day("2026-05-05"));
        let found = list.found(|_| vec!["10.0.0.1", "203.0.113.9"], last).unwrap();
        assert_eq!(
            (found.value.as_str(), found.note.as_deref()),
            ("203.0.113.9", Some("seen, once"))
        );
        assert_eq!(found.until.as_deref(), Some("2026-05-04"));
        assert!(!finds(&list, "203.0.113.9", after));
        assert!(finds(&list, "198.51.100.77", after) && !finds(&list, "198.51.101.1", after));
        assert!(finds(&list, "::ffff:198.51.100.77", after));
        assert_eq!(
            (list.view(after).entries, list.view(after).expired_entries),
            (1, 1)
        );
        assert_eq!(list.live(last).len(), 2);
        list.last = Some(last);
        assert!(finds(&list, "198.51.100.77", last) && !finds(&list, "198.51.100.77", after));
        let view = list.view(after);
        assert_eq!(
            (view.state, view.entries, view.expired_entries),
            (ListCondition::Expired, 0, 2)
        );
        assert!(list.live(after).is_empty());
    }

    #[test]
    fn a_domain_stands_for_everything_below_it() {
        let list = read(ListKind::Domain, "*.Evil.example\nexact.example.\n");
        let today = day("2026-05-04");
        for (value, wanted) in [
            ("evil.example", true),
            ("a.b.EVIL.example.", true),
            ("notevil.example", false),
            ("example", false),
            ("exact.example", true),
        ] {
            assert_eq!(finds(&list, value, today), wanted, "{value}");
        }
    }

    #[test]
    fn a_web_address_may_hold_commas_and_wildcards_which_are_taken_literally() {
        let list = read(
            ListKind::Url,
            "https://evil.example/a?b=1,2*\nhttps://evil.example/c,2030-01-01\n",
        );
        let today = day("2026-05-04");
        assert!(finds(&list, "https://evil.example/A?b=1,2*", today));
        assert!(finds(&list, "https://evil.example/c/", today));
        assert!(
            list.live(today)
                .contains(&"https://evil.example/a\\?b=1,2\\*".to_owned())
        );
    }

    #[test]
    fn lines_that_cannot_be_read_are_counted_and_the_others_are_used() {
        let list = read(ListKind::Ip, "10.0.0.1\nnonsense\n10.0.0.2,soon\n10.0.0.3/40\n");
        let view = list.view(day("2026-05-04"));
        assert_eq!((view.entries, view.state), (1, ListCondition::Loaded));
        let problem = view.problem.unwrap();
        assert!(
            problem.contains("3 lines") && problem.contains("line 2"),
            "{problem}"
        );
    }
}

//! Where an address is, by a database that the house supplies.

use std::net::IpAddr;
use std::path::Path;

use maxminddb::{Reader, geoip2};
use tandem_domain::Timestamp;

use super::watched::{Outcome, Watched};
use crate::api::dto::{GeoView, ListCondition, ListFileState};

/// Largest file, bytes.
const MOST_BYTES: u64 = 512 << 20;

static FILES: Watched<Places> = Watched::new();

/// The database as it was read.
#[derive(Debug)]
pub(super) struct Places(Reader<Vec<u8>>);

/// The database of a file, as it is now.
pub(super) fn read(path: &Path) -> Outcome<Places> {
    FILES.get(path, "geoip", MOST_BYTES, |bytes| {
        Reader::from_source(bytes)
            .map(Places)
            .map_err(|error| format!("it is no database of addresses: {error}"))
    })
}

impl Places {
    /// The first of the addresses that the database knows the country of.
    pub(super) fn find<'v>(&self, addresses: impl Iterator<Item = &'v str>) -> Option<GeoView> {
        let mut each = addresses.filter_map(|text| Some((text, text.trim().parse::<IpAddr>().ok()?)));
        each.find_map(|(text, address)| {
            // What the database does not know, or cannot say, is not shown.
            let found = self.0.lookup(address).ok()?;
            let place = found.decode::<geoip2::City<'_>>().ok()??;
            let country = place.country.names.english.or(place.country.iso_code)?;
            Some(GeoView {
                ip: text.to_owned(),
                country: country.to_owned(),
                city: place.city.names.english.map(str::to_owned),
            })
        })
    }
}

/// The state of the file, as the API shows it.
pub(super) fn view(path: &Path) -> ListFileState {
    match &*read(path) {
        Ok(places) => {
            let metadata = places.0.metadata();
            let built = i64::try_from(metadata.build_epoch).unwrap_or_default();
            ListFileState {
                state: ListCondition::Loaded,
                entries: u64::from(metadata.node_count),
                built: Some(Timestamp::from_seconds(built).day().to_string()),
                problem: None,
            }
        }
        Err(problem) => ListFileState::unreadable(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value of MaxMind's format (MaxMind DB file format specification 2.0, "Output Data Section").
    enum Part<'a> {
        Text(&'a str),
        Small(u16),
        Whole(u32),
        Large(u64),
        Map(Vec<(&'a str, Part<'a>)>),
        List(Vec<Part<'a>>),
    }

    fn write(part: &Part<'_>, out: &mut Vec<u8>) {
        let short =
            |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().skip_while(|byte| *byte == 0).collect() };
        let size = |len: usize| u8::try_from(len).ok().filter(|len| *len < 29).unwrap();
        match part {
            Part::Text(text) => {
                out.push((2 << 5) | size(text.len()));
                out.extend(text.as_bytes());
            }
            Part::Small(number) => {
                let bytes = short(&number.to_be_bytes());
                out.push((5 << 5) | size(bytes.len()));
                out.extend(bytes);
            }
            Part::Whole(number) => {
                let bytes = short(&number.to_be_bytes());
                out.push((6 << 5) | size(bytes.len()));
                out.extend(bytes);
            }
            Part::Large(number) => {
                let bytes = short(&number.to_be_bytes());
                out.extend([size(bytes.len()), 9 - 7]);
                out.extend(bytes);
            }
            Part::Map(entries) => {
                out.push((7 << 5) | size(entries.len()));
                for (key, value) in entries {
                    write(&Part::Text(key), out);
                    write(value, out);
                }
            }
            Part::List(values) => {
                out.extend([size(values.len()), 11 - 7]);
                values.iter().for_each(|value| write(value, out));
            }
        }
    }

    /// A database that knows one place: every IPv4 address below 128.0.0.0.
    fn database() -> Vec<u8> {
        let named = |name| Part::Map(vec![("names", Part::Map(vec![("en", Part::Text(name))]))]);
        // One node: to the left the first record of the data, to the right nothing. Data begins 16 bytes behind the nodes.
        let mut out = vec![0, 0, 1 + 16, 0, 0, 1];
        out.extend([0; 16]);
        write(
            &Part::Map(vec![("city", named("Bonn")), ("country", named("Germany"))]),
            &mut out,
        );
        out.extend(b"\xab\xcd\xefMaxMind.com");
        let metadata = Part::Map(vec![
            ("binary_format_major_version", Part::Small(2)),
            ("binary_format_minor_version", Part::Small(0)),
            ("build_epoch", Part::Large(1_767_225_600)),
            ("database_type", Part::Text("GeoLite2-City")),
            ("description", Part::Map(vec![("en", Part::Text("a test"))])),
            ("ip_version", Part::Small(4)),
            ("languages", Part::List(vec![Part::Text("en")])),
            ("node_count", Part::Whole(1)),
            ("record_size", Part::Small(24)),
        ]);
        write(&metadata, &mut out);
        out
    }

    #[test]
    fn the_first_address_that_is_known_tells_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("places.mmdb");
        std::fs::write(&path, database()).unwrap();
        let file = read(&path);
        let places = (*file).as_ref().unwrap();
        let found = places
            .find(["no address", "203.0.113.9", "10.0.0.1"].into_iter())
            .unwrap();
        assert_eq!(
            (found.ip.as_str(), found.country.as_str()),
            ("10.0.0.1", "Germany")
        );
        assert_eq!(found.city.as_deref(), Some("Bonn"));
        assert!(places.find(["203.0.113.9", "2001:db8::1"].into_iter()).is_none());
        let state = view(&path);
        assert_eq!(
            (state.state, state.built.as_deref()),
            (ListCondition::Loaded, Some("2026-01-01"))
        );
    }

    #[test]
    fn what_is_no_database_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("places.mmdb");
        std::fs::write(&path, "nothing of the kind").unwrap();
        let state = view(&path);
        assert_eq!(state.state, ListCondition::Unreadable);
        assert!(state.problem.unwrap().contains("no database"));
    }
}

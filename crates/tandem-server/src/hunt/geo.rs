//! Where an address is, by a database that the house supplies.

use std::net::IpAddr;
use std::path::Path;

use maxminddb::{Reader, geoip2};
use tandem_domain::Timestamp;

use super::watched::{Outcome, Watched};
use crate::api::dto::{FileState, GeoView};

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
pub(super) fn view(path: &Path) -> FileState {
    match &*read(path) {
        Ok(places) => {
            let metadata = places.0.metadata();
            let built = i64::try_from(metadata.build_epoch).unwrap_or_default();
            FileState {
                state: "loaded".into(),
                entries: u64::from(metadata.node_count),
                built: Some(Timestamp::from_seconds(built).day().to_string()),
                problem: None,
            }
        }
        Err(problem) => FileState::unreadable(problem),
    }
}

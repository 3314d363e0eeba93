//! Machines and other assets, and how much depends on them.

use std::collections::HashMap;
use std::path::Path;

use super::watched::{Outcome, Watched};
use crate::api::dto::{AssetView, ListCondition, ListFileState};

/// Largest file, bytes.
const MOST_BYTES: u64 = 64 << 20;
/// How much depends on an asset, from little to everything.
const CRITICALITIES: [&str; 4] = ["low", "medium", "high", "crown_jewel"];
/// The columns, in any order; `owner` and `addresses` may be missing.
const COLUMNS: &str = "name,criticality,owner,addresses";

static FILES: Watched<Assets> = Watched::new();

/// The table as it was read.
#[derive(Debug, Default)]
pub(super) struct Assets {
    rows: Vec<Asset>,
    /// Names and addresses, small.
    by_name: HashMap<String, usize>,
    bad: usize,
    first_bad: Option<String>,
}

/// One asset.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asset {
    name: String,
    /// Position in [`CRITICALITIES`].
    criticality: usize,
    owner: Option<String>,
}

/// The table of a file, as it is now.
pub(super) fn read(path: &Path) -> Outcome<Assets> {
    FILES.get(path, "assets", MOST_BYTES, |bytes| Assets::read(&bytes))
}

impl Assets {
    fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut reader = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(bytes);
        let headings = reader.headers().map_err(|error| error.to_string())?.clone();
        let column = |name: &str| {
            headings
                .iter()
                .position(|heading| heading.trim_start_matches('\u{feff}') == name)
        };
        let (Some(name), Some(criticality)) = (column("name"), column("criticality")) else {
            return Err(format!("its first line must name the columns: {COLUMNS}"));
        };
        let (owner, addresses) = (column("owner"), column("addresses"));
        let mut table = Self::default();
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    table.refuse(error.to_string());
                    continue;
                }
            };
            let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).filter(|text| !text.is_empty());
            let line = record.position().map_or(0, csv::Position::line);
            let Some(named) = cell(Some(name)) else {
                table.refuse(format!("line {line} names nothing"));
                continue;
            };
            let given = cell(Some(criticality)).unwrap_or_default().to_lowercase();
            let Some(rank) = CRITICALITIES.iter().position(|known| *known == given) else {
                table.refuse(format!(
                    "line {line}: `{given}` is none of {}",
                    CRITICALITIES.join(", ")
                ));
                continue;
            };
            let asset = Asset {
                name: named.to_owned(),
                criticality: rank,
                owner: cell(owner).map(str::to_owned),
            };
            table.add(asset, cell(addresses).unwrap_or_default());
        }
        Ok(table)
    }

    fn refuse(&mut self, why: String) {
        self.bad += 1;
        self.first_bad.get_or_insert(why);
    }

    fn add(&mut self, asset: Asset, addresses: &str) {
        let at = self.rows.len();
        let names = std::iter::once(asset.name.as_str()).chain(addresses.split_whitespace());
        for name in names {
            self.by_name.insert(name.to_lowercase(), at);
        }
        self.rows.push(asset);
    }

    /// The most critical asset that one of the values names, by its name, its name without domain, or an address.
    pub(super) fn find<'v>(&self, values: impl Iterator<Item = &'v str>) -> Option<AssetView> {
        let known = |name: &str| self.by_name.get(name).and_then(|at| self.rows.get(*at));
        let asset = values
            .filter_map(|value| {
                let value = value.trim().to_lowercase();
                let is_address = value.parse::<std::net::IpAddr>().is_ok();
                let short = value.split('.').next().filter(|_| !is_address);
                known(&value).or_else(|| known(short?))
            })
            .max_by_key(|asset| asset.criticality)?;
        Some(AssetView {
            name: asset.name.clone(),
            criticality: CRITICALITIES
                .get(asset.criticality)
                .copied()
                .unwrap_or_default()
                .to_owned(),
            owner: asset.owner.clone(),
        })
    }
}

/// Parts of an object's path that are looked up, at most.
const PARTS: usize = 16;

/// The assets of the settings as they are now, for telling how critical an object is that was acted upon.
pub(crate) struct KnownAssets(Option<Outcome<Assets>>);

impl KnownAssets {
    /// The assets of a file; none without one, or if it cannot be read, which the settings page says.
    pub(crate) fn of(path: Option<&Path>) -> Self {
        Self(path.map(read))
    }

    /// The most critical asset that one of some objects names, whole or as a part of its path, and how critical it is: 0 (little
    /// depends on it) to 3 (crown jewel).
    pub(crate) fn touched<'o>(&self, objects: impl Iterator<Item = &'o str>) -> Option<(String, u8)> {
        let table = self.0.as_ref()?;
        let table = (**table).as_ref().ok()?;
        let parts = objects.flat_map(|object| {
            let inside = object
                .split(['\\', '/'])
                .filter(|part| !part.is_empty())
                .take(PARTS);
            std::iter::once(object).chain(inside)
        });
        let asset = table.find(parts)?;
        let step = CRITICALITIES
            .iter()
            .position(|known| *known == asset.criticality)?;
        Some((asset.name, u8::try_from(step).ok()?))
    }
}

/// The state of the file, as the API shows it.
pub(super) fn view(path: &Path) -> ListFileState {
    match &*read(path) {
        Ok(table) => ListFileState {
            state: ListCondition::Loaded,
            entries: table.rows.len() as u64,
            built: None,
            problem: table
                .first_bad
                .as_ref()
                .map(|first| format!("{} rows cannot be read, the first: {first}", table.bad)),
        },
        Err(problem) => ListFileState::unreadable(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_found_by_name_short_name_and_address_and_the_most_critical_counts() {
        let text = "name,criticality,owner,addresses\n\
            vault01,crown_jewel,Finance,10.0.0.5 fd00::5\n\
            pc1.home.example,low,,10.0.0.9\n\
            broken,enormous,,\n,low,,\n";
        let table = Assets::read(text.as_bytes()).unwrap();
        let found = |values: &[&str]| table.find(values.iter().copied()).map(|asset| asset.name);
        assert_eq!(found(&["VAULT01.home.example"]).as_deref(), Some("vault01"));
        assert_eq!(
            found(&["pc1.home.example", "10.0.0.5"]).as_deref(),
            Some("vault01")
        );
        assert_eq!(found(&["fd00::5"]).as_deref(), Some("vault01"));
        assert_eq!(found(&["pc1"]), None, "its whole name is listed");
        assert_eq!(found(&["10.0.0.99"]), None);
        assert_eq!(table.bad, 2);
        assert!(table.first_bad.unwrap().contains("enormous"));
    }

    #[test]
    fn an_object_is_found_by_a_part_of_its_path() {
        let text = "name,criticality\nvault01,crown_jewel\nHR,high\npc1,low\n";
        let known = KnownAssets(Some(std::sync::Arc::new(Assets::read(text.as_bytes()))));
        let touched = |object: &str| known.touched(std::iter::once(object));
        assert_eq!(
            touched("\\\\VAULT01.home.example\\c$\\plans.txt"),
            Some(("vault01".into(), 3))
        );
        assert_eq!(touched("/srv/HR/pay.xlsx"), Some(("HR".into(), 2)));
        assert_eq!(touched("pc1"), Some(("pc1".into(), 0)));
        assert_eq!(touched("/srv/other"), None);
        assert_eq!(KnownAssets::of(None).touched(std::iter::once("vault01")), None);
    }

    #[test]
    fn a_table_without_its_columns_is_refused() {
        let refused = Assets::read(b"host,level\na,low\n").unwrap_err();
        assert!(refused.contains("name,criticality"), "{refused}");
    }
}

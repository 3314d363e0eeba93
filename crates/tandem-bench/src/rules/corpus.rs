//! What rules are measured on: the Windows event logs of the data packs, and the raw logs of a simulated company, both read by
//! the product's own readers and written down flat.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use tandem_domain::EventBatch;
use tandem_normalise::Normaliser;
use tandem_normalise::mapping::Mappings;

use super::flat::{FlatFile, Writer};
use super::pack;
use crate::company::Company;
use crate::reading::{batches, options};

/// How often the packs' records stand in their file.
const ROUNDS: u64 = 8;
/// People of the simulated company.
const PEOPLE: u32 = 300;
/// Events that it writes on a day at least, weekends included.
const EVENTS_A_DAY: u64 = 5_500;
/// Fewer days have no room for planted stories, of which some records should match.
const DAYS: (u32, u32) = (tandem_sim::Plan::MIN_STORY_DAYS, tandem_sim::Plan::MAX_DAYS);

/// The mappings that the product is shipped with.
pub fn mappings() -> Result<Arc<Mappings>> {
    let mappings = Mappings::builtin().map_err(|errors| anyhow!("{errors:?}"))?;
    Ok(Arc::new(mappings))
}

/// Hands on the events of one Windows event log.
pub fn evtx(
    mappings: &Arc<Mappings>,
    bytes: &[u8],
    each: &mut dyn FnMut(&EventBatch) -> Result<()>,
) -> Result<()> {
    let mut normaliser = Normaliser::new(Arc::clone(mappings), options("windows", 1));
    let (mut batch, mut rejects, mut at) = (EventBatch::new("windows"), Vec::new(), 0);
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let used = normaliser.feed(rest, at as u64, true, &mut batch, &mut rejects);
        each(&batch)?;
        batch.clear();
        rejects.clear();
        at += used;
        if used == 0 {
            return Ok(());
        }
    }
}

/// The attack samples and SigmaHQ's regression records, eight times over; nothing without the attack samples.
pub fn packs(data: &Path, to: PathBuf) -> Result<Option<FlatFile>> {
    let wanted = |name: &str| name.ends_with(".evtx");
    let Some(samples) = pack::open(data, "siem_evtx_attack_samples", wanted)? else {
        return Ok(None);
    };
    let regression = pack::open(data, "siem_sigma_regression", wanted)?;
    let mappings = mappings()?;
    let mut writer = Writer::create(to)?;
    for pack in std::iter::once(&samples).chain(&regression) {
        for (name, bytes) in pack.files() {
            evtx(&mappings, bytes, &mut |batch| writer.add(batch, u64::MAX))
                .with_context(|| format!("reading {name}"))?;
        }
    }
    writer.finish(ROUNDS).map(Some)
}

/// The first `events` records of a simulated company, whose logs are made under `folder` if they are not there.
pub fn generated(folder: &Path, to: PathBuf, events: u64) -> Result<FlatFile> {
    let days = u32::try_from(events / EVENTS_A_DAY + 1).unwrap_or(u32::MAX);
    let company = Company::make(folder, PEOPLE, days.clamp(DAYS.0, DAYS.1))?;
    let mut files: Vec<(String, PathBuf)> = company
        .sources()?
        .into_values()
        .flatten()
        .map(|path| (day(&path), path))
        .collect();
    // Day by day, each with all sources.
    files.sort();
    let mappings = mappings()?;
    let mut writer = Writer::create(to)?;
    for (_, file) in files {
        if writer.events() >= events {
            break;
        }
        batches(&mappings, &file, &mut |batch, _| writer.add(batch, events))
            .with_context(|| format!("reading {}", file.display()))?;
    }
    writer.finish(1)
}

/// The day of a log file, which its name begins with.
fn day(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.chars().take("2026-07-06".len()).collect()
}

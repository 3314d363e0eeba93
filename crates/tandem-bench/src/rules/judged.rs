//! Whether rules mean what they should: the batteries, and SigmaHQ's regression records as the product's own reader reads them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use tandem_detect::conformance::{CaseError, Regression, Stated, Tally, correlations, single_events};
use tandem_detect::{Engine, RuleSet};

use super::corpus::{evtx, mappings};
use super::pack;
use super::rule_texts;

/// Name of the file with cases of single events.
pub const SINGLE: &str = "sigma_conformance.jsonl";
/// Name of the file with cases of correlations.
pub const SEVERAL: &str = "sigma_correlation_conformance.jsonl";
/// Name of the pack with the regression records.
pub const REGRESSION: &str = "siem_sigma_regression";

/// The battery of single events; nothing where its file is missing.
pub fn conformance(data: &Path) -> Result<Option<Tally>> {
    battery(&data.join(SINGLE), single_events)
}

/// The battery of correlations; nothing where its file is missing.
pub fn correlation(data: &Path) -> Result<Option<Tally>> {
    battery(&data.join(SEVERAL), correlations)
}

fn battery(file: &Path, play: fn(&str) -> Result<Tally, CaseError>) -> Result<Option<Tally>> {
    if !file.is_file() {
        return Ok(None);
    }
    let reading = || format!("reading {}", file.display());
    let text = fs::read_to_string(file).with_context(reading)?;
    play(&text).with_context(reading).map(Some)
}

/// Every regression record beside every rule; nothing without the pack.
pub fn regression(data: &Path, rules: &Path) -> Result<Option<Regression>> {
    let wanted = |name: &str| name.ends_with(".evtx") || name.ends_with("/info.yml");
    let Some(pack) = pack::open(data, REGRESSION, wanted)? else {
        return Ok(None);
    };
    let texts = rule_texts(rules)?;
    let (rules, _) = RuleSet::load(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let mut engine = Engine::new(Arc::new(rules));
    let mappings = mappings()?;
    let mut all = Regression::default();
    for (name, bytes) in pack.files().filter(|(name, _)| name.ends_with(".evtx")) {
        let info = Path::new(name).with_file_name("info.yml");
        let info = info.to_string_lossy();
        let stated = std::str::from_utf8(pack.file(&info)?)
            .map_err(anyhow::Error::from)
            .and_then(|text| Ok(Stated::of_info(text)?))
            .with_context(|| format!("reading {info}"))?;
        // A record is a handful of events, which one batch holds.
        let mut judged = false;
        evtx(&mappings, bytes, &mut |batch| {
            if batch.is_empty() {
                return Ok(());
            }
            if std::mem::replace(&mut judged, true) {
                bail!("it is too large for a regression record");
            }
            all.judge(&mut engine, &stated, batch);
            Ok(())
        })
        .with_context(|| format!("reading {name}"))?;
        if !judged {
            bail!("{name} holds no events");
        }
    }
    Ok(Some(all))
}

//! The strongest open engine on the same records.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use rsigma_eval::event::JsonEvent;
use serde_json::Value as Json;
use tandem_domain::LogSource;

use super::measure::{Measured, Pass, fastest};
use super::rule_texts;
use crate::size::peak_mib;

/// `rsigma-eval`, reading included. An event has one log source there: the first of ours, which is less work than all of them.
pub fn measure(file: &Path, rules: &Path) -> Result<Measured> {
    let texts = rule_texts(rules)?;
    let started = Instant::now();
    let mut engine = rsigma_eval::Engine::new();
    let mut parsed = Vec::new();
    let mut unread = 0;
    for (_, text) in &texts {
        match rsigma_parser::parse_sigma_yaml(text) {
            Ok(collection) => parsed.extend(collection.rules),
            Err(_) => unread += 1,
        }
    }
    let refused = unread + engine.add_rules(&parsed).len();
    let load_s = started.elapsed().as_secs_f64();
    drop((parsed, texts));
    // Made once for each source, as a collector would.
    let mut known: Vec<(LogSource, rsigma_parser::LogSource)> = Vec::new();
    let (whole, found) = fastest(file, &mut |reader| {
        let mut pass = Pass::default();
        while let Some((sources, record)) = reader.record()? {
            let at = place(&mut known, sources.first());
            let record: Json = serde_json::from_str(record)?;
            let found = known
                .get(at)
                .map(|(_, source)| engine.evaluate_with_logsource(&JsonEvent::borrow(&record), source));
            pass.events += 1;
            pass.matches += found.map_or(0, |found| found.len() as u64);
        }
        Ok(pass)
    })?;
    Ok(Measured {
        loaded: engine.rule_count(),
        refused,
        load_s,
        events: found.events,
        matches: found.matches,
        events_per_s: 1.0 / whole,
        scan_events_per_s: 0.0,
        peak_mib: peak_mib(),
    })
}

/// Where a log source stands among those that were met, added if it is new.
fn place(known: &mut Vec<(LogSource, rsigma_parser::LogSource)>, source: Option<&LogSource>) -> usize {
    let source = source.cloned().unwrap_or_default();
    if let Some(at) = known.iter().position(|(met, _)| *met == source) {
        return at;
    }
    let theirs = rsigma_parser::LogSource {
        category: source.category.clone(),
        product: source.product.clone(),
        service: source.service.clone(),
        definition: None,
        custom: std::collections::HashMap::default(),
    };
    known.push((source, theirs));
    known.len() - 1
}

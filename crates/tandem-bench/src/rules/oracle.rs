//! The strongest open engine on the same lines.

use anyhow::Result;
use rsigma_eval::event::JsonEvent;
use serde_json::Value as Json;

use super::corpus::Corpus;
use crate::pipeline::clock::Watch;

/// Events per processor second of `rsigma-eval`, reading included. An event has one log source there: the first of ours, which
/// is less work than all of them.
pub fn events_per_s(corpus: &Corpus, texts: &[(String, String)], rounds: usize) -> Result<f64> {
    let mut engine = rsigma_eval::Engine::new();
    let mut rules = Vec::new();
    for (_, text) in texts {
        rules.extend(
            rsigma_parser::parse_sigma_yaml(text)
                .map(|parsed| parsed.rules)
                .unwrap_or_default(),
        );
    }
    let refused = engine.add_rules(&rules).len();
    eprintln!("rsigma-eval: {} rules loaded, {refused} not", engine.rule_count());
    let sources: Vec<_> = corpus
        .lines
        .iter()
        .map(|line| {
            let first = line.sources.first().cloned().unwrap_or_default();
            rsigma_parser::LogSource {
                category: first.category,
                product: first.product,
                service: first.service,
                definition: None,
                custom: std::collections::HashMap::default(),
            }
        })
        .collect();
    let mut matches = 0;
    let watch = Watch::start();
    for _ in 0..rounds {
        for (line, source) in corpus.lines.iter().zip(&sources) {
            let record: Json = serde_json::from_str(&line.text)?;
            matches += engine
                .evaluate_with_logsource(&JsonEvent::borrow(&record), source)
                .len();
        }
    }
    let spent = watch.spent().processor;
    eprintln!("rsigma-eval: {matches} matches");
    Ok((rounds * corpus.lines.len()) as f64 / spent)
}

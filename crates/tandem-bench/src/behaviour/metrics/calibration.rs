//! How often benign days have small p-values, relative to how often they should, in all and channel by channel.

use std::collections::BTreeMap;

use tandem_baseline::Settings;

use super::Figures;
use super::stats::e_value;
use crate::behaviour::data::DataSet;
use crate::behaviour::data::labels::Labels;
use crate::behaviour::scoring::{self, Part};

/// Rates that are looked at, and their names.
const RATES: [(&str, f64); 3] = [("05", 0.05), ("01", 0.01), ("001", 0.001)];

/// How one p-value fared.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    below: [u64; RATES.len()],
    /// Sum of e-values, and how many.
    e: (f64, u64),
}

impl Tally {
    fn add(&mut self, p: f64) {
        for (below, (_, rate)) in self.below.iter_mut().zip(RATES) {
            *below += u64::from(p <= rate);
        }
        self.e.0 += e_value(p);
        self.e.1 += 1;
    }

    /// P(p ≤ rate) / rate. A day on which nothing of a channel happened has no p-value there and counts as an ordinary one.
    fn ratio(&self, rate: usize, days: u64) -> f64 {
        self.below[rate] as f64 / days as f64 / RATES[rate].1
    }
}

/// Scores everything once more with every channel told, and adds the figures. A channel's p-value stands beside every day on
/// which the channel has something to say.
pub fn add(set: &DataSet, settings: &Settings, labels: &Labels, figures: &mut Figures) {
    let told = Settings {
        explain_p: 1.0,
        ..settings.clone()
    };
    let first = set.first_judged();
    let mut whole = Tally::default();
    let mut channels: BTreeMap<String, Tally> = BTreeMap::new();
    scoring::run(set, &told, Part::default(), &mut |day, scores| {
        if day < first {
            return;
        }
        for score in scores {
            if labels.all.contains(&(score.subject.clone(), day)) {
                continue;
            }
            whole.add(score.p);
            for channel in score.channels.iter().chain(&score.running) {
                channels.entry(channel.channel.name()).or_default().add(channel.p);
            }
        }
    });
    let days = whole.e.1;
    for (at, (name, _)) in RATES.into_iter().enumerate() {
        figures.add(format!("calibration_{name}"), whole.ratio(at, days));
    }
    figures.add("calibration_ratio_1e2", whole.ratio(1, days));
    figures.add("calibration_ratio_1e3", whole.ratio(2, days));
    figures.add("mean_e_value", whole.e.0 / days as f64);
    for (channel, tally) in &channels {
        figures.add(format!("calibration_ratio_1e2:{channel}"), tally.ratio(1, days));
        figures.add(format!("calibration_ratio_1e3:{channel}"), tally.ratio(2, days));
        // Days without a p-value have that of 1, whose e-value is 1/2.
        let silent = (days - tally.e.1) as f64 * e_value(1.0);
        figures.add(
            format!("mean_e_value:{channel}"),
            (tally.e.0 + silent) / days as f64,
        );
    }
}

//! What people concluded about rules and detectors: counts and precision with its uncertainty.

use std::collections::BTreeMap;

use serde::Serialize;
use tandem_domain::{AlertId, Timestamp, Verdict};

use crate::case::life::LifeFact;
use crate::case::{CaseFact, Fact};
use crate::triage::{TriageFact, TriageWhat};

/// The 97.5 % point of the standard normal distribution, for a two-sided interval of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// One alert's conclusion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictRow {
    /// Which alert.
    pub alert: AlertId,
    /// When it was concluded.
    pub at: Timestamp,
    /// What.
    pub verdict: Verdict,
    /// The detectors whose indicators raised it.
    pub detectors: Vec<String>,
}

/// The conclusions among the facts of cases.
pub fn of_cases<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Vec<VerdictRow> {
    let rows = facts.into_iter().filter_map(|fact| match &fact.what {
        CaseFact::Life(LifeFact::VerdictGiven {
            alert,
            verdict,
            detectors,
        }) => Some(VerdictRow {
            alert: *alert,
            at: fact.at,
            verdict: *verdict,
            detectors: detectors.clone(),
        }),
        _ => None,
    });
    rows.collect()
}

/// The conclusions among the facts of triage.
pub fn of_triage<'a>(facts: impl IntoIterator<Item = &'a TriageFact>) -> Vec<VerdictRow> {
    let rows = facts.into_iter().filter_map(|fact| match &fact.what {
        TriageWhat::Closed {
            verdict, detectors, ..
        } => Some(VerdictRow {
            alert: fact.of,
            at: fact.at,
            verdict: *verdict,
            detectors: detectors.clone(),
        }),
        _ => None,
    });
    rows.collect()
}

/// A share and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// The share itself.
    pub share: f64,
    /// Upper end.
    pub high: f64,
}

/// The score interval of a share (Wilson 1927): unlike the textbook one it holds for few observations and never leaves 0 to 1.
/// `None` without observations.
pub fn wilson(successes: u64, of: u64) -> Option<Interval> {
    if of == 0 || successes > of {
        return None;
    }
    let (n, share) = (of as f64, successes as f64 / of as f64);
    let z2 = Z * Z;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt() / (1.0 + z2 / n);
    Some(Interval {
        low: if successes == 0 {
            0.0
        } else {
            (middle - half).max(0.0)
        },
        share,
        high: if successes == of {
            1.0
        } else {
            (middle + half).min(1.0)
        },
    })
}

/// What people concluded about one rule or detector.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DetectorRecord {
    /// Its name, as indicators carry it.
    pub detector: String,
    /// It was what it looked like.
    pub true_positive: u64,
    /// It happened and was allowed.
    pub benign: u64,
    /// It did not happen.
    pub false_positive: u64,
    /// It cannot be said; counts neither for nor against.
    pub insufficient_data: u64,
    /// Share of true positives among what could be said. Benign counts against: it cost people's time and a look at somebody.
    pub precision: Option<Interval>,
}

impl DetectorRecord {
    /// Alerts about which something could be said.
    pub const fn said(&self) -> u64 {
        self.true_positive + self.benign + self.false_positive
    }
}

/// What people concluded, by detector, in order of names. Of several conclusions about one alert the last counts; an alert
/// counts once for each detector that had a part in it.
pub fn by_detector(rows: impl IntoIterator<Item = VerdictRow>) -> Vec<DetectorRecord> {
    let mut last: BTreeMap<AlertId, VerdictRow> = BTreeMap::new();
    for row in rows {
        let newer = last.get(&row.alert).is_none_or(|kept| kept.at <= row.at);
        if newer {
            last.insert(row.alert, row);
        }
    }
    let mut records: BTreeMap<String, DetectorRecord> = BTreeMap::new();
    for row in last.into_values() {
        let mut detectors = row.detectors;
        detectors.sort();
        detectors.dedup();
        for detector in detectors {
            let record = records.entry(detector.clone()).or_insert(DetectorRecord {
                detector,
                true_positive: 0,
                benign: 0,
                false_positive: 0,
                insufficient_data: 0,
                precision: None,
            });
            match row.verdict {
                Verdict::TruePositive => record.true_positive += 1,
                Verdict::Benign => record.benign += 1,
                Verdict::FalsePositive => record.false_positive += 1,
                Verdict::InsufficientData => record.insufficient_data += 1,
            }
        }
    }
    let mut records: Vec<_> = records.into_values().collect();
    for record in &mut records {
        record.precision = wilson(record.true_positive, record.said());
    }
    records
}

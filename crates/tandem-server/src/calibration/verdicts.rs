//! What people concluded about the alerts of some time, by queue and by detector.

use std::collections::{BTreeMap, HashMap};

use tandem_casework::tuning::SAID_LEAST;
use tandem_casework::verdicts::{DetectorRecord, VerdictRow, by_detector};
use tandem_domain::{Alert, AlertId, Indicator, IndicatorId};

use super::RULE;
use super::chance::{Share, exact, expected};
use super::view::{Concluded, ShareView};
use crate::api::dto::RuleRef;
use crate::app::App;
use crate::http::error::ApiError;

/// The detector of behaviour.
const BEHAVIOUR: &str = "behaviour";

/// What was concluded.
#[derive(Debug, Default)]
pub struct Told {
    /// Alerts concluded.
    pub concluded: u64,
    /// By queue.
    pub queues: Vec<Concluded>,
    /// By detector.
    pub detectors: Vec<Concluded>,
}

impl App {
    /// What people concluded about these alerts. Detectors of human-side facts are told only if `human`.
    pub(super) async fn concluded(
        &self,
        alerts: &[Alert],
        indicators: &HashMap<IndicatorId, Indicator>,
        human: bool,
    ) -> Result<Told, ApiError> {
        let queues: HashMap<AlertId, &str> = alerts.iter().map(|a| (a.id, a.queue.as_str())).collect();
        let mut rows = self.verdict_rows().await?;
        rows.retain(|row| queues.contains_key(&row.alert));
        let by_queue = rows.iter().map(|row| VerdictRow {
            detectors: queues
                .get(&row.alert)
                .map(|q| (*q).to_owned())
                .into_iter()
                .collect(),
            ..row.clone()
        });
        let by_queue = by_detector(by_queue);
        let mut concluded: Vec<AlertId> = rows.iter().map(|row| row.alert).collect();
        concluded.sort_unstable();
        concluded.dedup();
        let all: (u64, u64) = by_queue.iter().fold((0, 0), |(found, said), r| {
            (found + r.true_positive, said + r.said())
        });
        let prior = if all.1 == 0 {
            0.5
        } else {
            all.0 as f64 / all.1 as f64
        };
        let raised = |record: DetectorRecord, alerts: u64| {
            let rule = record.detector.strip_prefix(RULE).map(|id| self.rule_ref(id));
            view(&record, rule, alerts, prior)
        };
        let shown = |name: &str| human || name == BEHAVIOUR || name.starts_with(RULE);
        let of_detector = by_name(alerts.iter().map(|alert| {
            let found = alert.indicators.iter().filter_map(|id| indicators.get(id));
            found.map(|i| i.detector.as_str()).collect()
        }));
        let of_queue = by_name(alerts.iter().map(|alert| vec![alert.queue.as_str()]));
        let mut detectors = with_silent(by_detector(rows), &of_detector);
        detectors.retain(|(record, _)| shown(&record.detector));
        let queues = with_silent(by_queue, &of_queue);
        Ok(Told {
            concluded: concluded.len() as u64,
            queues: queues.into_iter().map(|(record, n)| raised(record, n)).collect(),
            detectors: detectors
                .into_iter()
                .map(|(record, n)| raised(record, n))
                .collect(),
        })
    }
}

/// Alerts by name of what raised them, each once a name.
fn by_name<'a>(alerts: impl Iterator<Item = Vec<&'a str>>) -> BTreeMap<&'a str, u64> {
    let mut counts = BTreeMap::new();
    for mut names in alerts {
        names.sort_unstable();
        names.dedup();
        for name in names {
            *counts.entry(name).or_default() += 1;
        }
    }
    counts
}

/// Records with how many alerts there were, also of those about which nothing was concluded.
fn with_silent(records: Vec<DetectorRecord>, alerts: &BTreeMap<&str, u64>) -> Vec<(DetectorRecord, u64)> {
    let mut all: BTreeMap<String, (DetectorRecord, u64)> = records
        .into_iter()
        .map(|record| (record.detector.clone(), (record, 0)))
        .collect();
    for (name, count) in alerts {
        let entry = all.entry((*name).to_owned()).or_insert_with(|| {
            let record = DetectorRecord {
                detector: (*name).to_owned(),
                true_positive: 0,
                benign: 0,
                false_positive: 0,
                insufficient_data: 0,
                precision: None,
            };
            (record, 0)
        });
        entry.1 = *count;
    }
    all.into_values().collect()
}

fn view(record: &DetectorRecord, rule: Option<RuleRef>, alerts: u64, prior: f64) -> Concluded {
    let said = record.said();
    let enough = said >= SAID_LEAST;
    let exactly = |found| exact(found, said).filter(|_| enough).map(share);
    Concluded {
        id: record.detector.clone(),
        rule,
        alerts,
        true_positive: record.true_positive,
        benign: record.benign,
        false_positive: record.false_positive,
        insufficient_data: record.insufficient_data,
        said,
        false_alarms: exactly(record.benign + record.false_positive),
        precision: exactly(record.true_positive),
        next: enough.then(|| share(expected(record.true_positive, said, prior))),
    }
}

fn share(share: Share) -> ShareView {
    ShareView {
        low: share.low,
        share: share.share,
        high: share.high,
    }
}

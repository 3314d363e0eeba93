//! The simulated queue against the truth.

use std::collections::{BTreeMap, BTreeSet};

use super::stats::{clopper_pearson, gini, quantile};
use super::{BUDGETS, Figures, Method};
use crate::behaviour::data::labels::Labels;
use crate::behaviour::ranking::{Places, QueueAlert};

/// Days after the first observable malicious day at which the curve of those not yet found is read.
pub const SURVIVAL: [i32; 10] = [0, 1, 2, 3, 5, 7, 14, 21, 30, 60];

/// Adds the figures of all budgets, with places given away in both ways.
pub fn add(method: &Method, labels: &Labels, figures: &mut Figures) {
    for budget in BUDGETS {
        for (places, kind) in [(Places::Earned, ""), (Places::Filled, "filled_")] {
            let alerts = method.ranking.queue(f64::from(budget), places, labels);
            one(method, &alerts, (budget, kind), labels, figures);
        }
    }
    // The plain names are those of one person per 1,000 and working day.
    for (plain, at_one) in [
        ("queue_delay_median_days", "queue_delay_median_k1"),
        ("queue_delay_p90_days", "queue_delay_p90_k1"),
    ] {
        if let Some(value) = figures.get(&format!("{}{at_one}", method.prefix)) {
            figures.add(format!("{}{plain}", method.prefix), value);
        }
    }
}

fn one(
    method: &Method,
    alerts: &[QueueAlert],
    (budget, kind): (u32, &str),
    labels: &Labels,
    figures: &mut Figures,
) {
    let count = |wanted: &dyn Fn(&QueueAlert) -> bool| alerts.iter().filter(|alert| wanted(alert)).count();
    let prefix = method.prefix;
    let mut add =
        |name: &str, value: f64| figures.add(format!("{prefix}queue_{kind}{name}_k{budget}"), value);
    let insiders = labels.visible.len();
    let mut delays = first_delays(alerts, labels);
    delays.sort_unstable();
    let true_alerts = count(&|alert| alert.true_alert);
    add("alerts", alerts.len() as f64);
    add("precision", true_alerts as f64 / alerts.len() as f64);
    add("recall", delays.len() as f64 / insiders as f64);
    for (name, found, all) in [
        ("precision", true_alerts, alerts.len()),
        ("recall", delays.len(), insiders),
    ] {
        let (low, high) = clopper_pearson(found, all, 0.95);
        add(&format!("{name}_low95"), low);
        add(&format!("{name}_high95"), high);
    }
    let odd = count(&|alert| labels.confounders.contains(&alert.person));
    add("confounders", odd as f64 / alerts.len() as f64);
    add("alerts_per_insider", alerts.len() as f64 / delays.len() as f64);
    add("delay_median", quantile(&delays, 0.5));
    add("delay_p90", quantile(&delays, 0.9));
    for day in SURVIVAL {
        let found = delays.iter().filter(|delay| **delay <= day).count();
        add(
            &format!("unfound_after_{day}d"),
            1.0 - found as f64 / insiders as f64,
        );
    }
    let mut benign: BTreeMap<&str, u32> = BTreeMap::new();
    for person in method
        .ranking
        .days
        .values()
        .flatten()
        .map(|ranked| ranked.person.as_str())
    {
        if !labels.visible.contains_key(person) {
            benign.entry(person).or_default();
        }
    }
    for alert in alerts {
        if let Some(count) = benign.get_mut(alert.person.as_str()) {
            *count += 1;
        }
    }
    let mut counts: Vec<u32> = benign.into_values().collect();
    add(
        "most_on_one_benign",
        f64::from(counts.iter().max().copied().unwrap_or(0)),
    );
    add("gini_benign", gini(&mut counts));
}

/// Days from the first observable malicious day to the first true alert, per insider who got one.
fn first_delays(alerts: &[QueueAlert], labels: &Labels) -> Vec<i32> {
    let mut seen = BTreeSet::new();
    let firsts = alerts
        .iter()
        .filter(|alert| alert.true_alert && seen.insert(alert.person.as_str()));
    let delay = |alert: &QueueAlert| Some(alert.raised.0 - labels.visible.get(&alert.person)?.first()?.0);
    firsts.filter_map(delay).collect()
}

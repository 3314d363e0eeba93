//! Scores against the truth.

use std::collections::{BTreeMap, BTreeSet};

use statrs::function::beta::inv_beta_reg;

use super::labels::Labels;
use super::ranking::{Places, QueueAlert, Ranking};
use super::scoring::Scored;

/// Places of the day's list that are judged.
pub const PLACES: [usize; 4] = [1, 2, 5, 10];
/// Alerts per 1,000 people and working day.
pub const BUDGETS: [u32; 3] = [1, 2, 5];

/// One way to rank people.
pub struct Method {
    /// Before the names of its figures.
    pub prefix: &'static str,
    /// In the table.
    pub name: &'static str,
    /// Its rankings.
    pub ranking: Ranking,
}

impl Method {
    /// A method with its rankings.
    pub fn new(prefix: &'static str, name: &'static str, ranking: Ranking) -> Self {
        Self {
            prefix,
            name,
            ranking,
        }
    }
}

/// Figures by name, in the order they were made.
#[derive(Debug, Default)]
pub struct Figures(pub BTreeMap<String, f64>);

impl Figures {
    fn add(&mut self, name: impl Into<String>, value: f64) {
        if value.is_finite() {
            self.0.insert(name.into(), (value * 1e6).round() / 1e6);
        }
    }

    /// A figure, or nothing if it could not be made.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.get(name).copied()
    }
}

/// All figures of all methods.
pub fn figures(methods: &[Method], scored: &Scored, labels: &Labels) -> Figures {
    let mut figures = Figures::default();
    for method in methods {
        caught(method, labels, &mut figures);
        for budget in BUDGETS {
            queue(method, (budget, Places::Earned, ""), labels, &mut figures);
            queue(method, (budget, Places::Filled, "filled_"), labels, &mut figures);
        }
        figures.add(format!("{}auc", method.prefix), method.ranking.auc(labels));
    }
    calibration(scored, labels, &mut figures);
    figures.add("insiders", labels.visible.len() as f64);
    figures.add("person_days", scored.person_days as f64);
    figures.add("person_days_per_s", scored.person_days as f64 / scored.seconds);
    figures.add("events", scored.events.0 as f64);
    figures.add("events_per_s", scored.events.0 as f64 / scored.events.1);
    figures.add("profile_bytes_per_subject", scored.bytes_per_subject);
    figures.add("profile_bytes_shared", scored.shared_bytes as f64);
    figures
}

/// Share of insiders among the day's first k at least once, over all and as the mean over scenarios.
fn caught(method: &Method, labels: &Labels, figures: &mut Figures) {
    let prefix = method.prefix;
    let mut by_scenario: BTreeMap<u8, Vec<&String>> = BTreeMap::new();
    for (person, scenario) in &labels.scenario {
        by_scenario.entry(*scenario).or_default().push(person);
    }
    for k in PLACES {
        let caught = method.ranking.caught_within(k, labels);
        let (found, all) = (caught.len(), labels.visible.len());
        figures.add(format!("{prefix}r_at_{k}"), found as f64 / all as f64);
        if prefix.is_empty() {
            let (low, high) = clopper_pearson(found, all);
            figures.add(format!("r_at_{k}_low95"), low);
            figures.add(format!("r_at_{k}_high95"), high);
        }
        let shares = by_scenario.iter().map(|(scenario, people)| {
            let found = people.iter().filter(|person| caught.contains(**person)).count();
            (*scenario, found as f64 / people.len() as f64)
        });
        let shares: Vec<(u8, f64)> = shares.collect();
        let mean = shares.iter().map(|(_, share)| share).sum::<f64>() / shares.len() as f64;
        figures.add(format!("{prefix}macro_r_at_{k}"), mean);
        if prefix.is_empty() {
            for (scenario, share) in shares {
                figures.add(format!("scenario{scenario}_r_at_{k}"), share);
            }
        }
    }
}

/// The simulated queue; a budget, how its places are given away, and what stands before the figures' names.
fn queue(
    method: &Method,
    (budget, places, kind): (u32, Places, &str),
    labels: &Labels,
    figures: &mut Figures,
) {
    let alerts = method.ranking.queue(f64::from(budget), places, labels);
    let share = |wanted: &dyn Fn(&QueueAlert) -> bool| {
        alerts.iter().filter(|alert| wanted(alert)).count() as f64 / alerts.len() as f64
    };
    let prefix = method.prefix;
    let mut add =
        |name: &str, value: f64| figures.add(format!("{prefix}queue_{kind}{name}_k{budget}"), value);
    add("alerts", alerts.len() as f64);
    add("precision", share(&|alert| alert.true_alert));
    add(
        "confounders",
        share(&|alert| labels.confounders.contains(&alert.person)),
    );
    let mut delays = first_delays(&alerts, labels);
    add("recall", delays.len() as f64 / labels.visible.len() as f64);
    delays.sort_unstable();
    add("delay_median", quantile(&delays, 0.5));
    add("delay_p90", quantile(&delays, 0.9));
    let mut benign: BTreeMap<&str, u32> = BTreeMap::new();
    for alert in alerts
        .iter()
        .filter(|alert| !labels.visible.contains_key(&alert.person))
    {
        *benign.entry(&alert.person).or_default() += 1;
    }
    add(
        "most_on_one_benign",
        f64::from(benign.values().max().copied().unwrap_or(0)),
    );
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

/// The smallest value with at least `share` of all at or below it; `values` sorted.
fn quantile(values: &[i32], share: f64) -> f64 {
    let at = (values.len() as f64 * share).ceil() as usize;
    values
        .get(at.saturating_sub(1))
        .map_or(f64::NAN, |value| f64::from(*value))
}

/// How often benign person-days have small p-values, relative to how often they should.
fn calibration(scored: &Scored, labels: &Labels, figures: &mut Figures) {
    let mut p: Vec<f64> = Vec::new();
    for (day, scores) in &scored.days {
        let benign = scores
            .iter()
            .filter(|score| !labels.all.contains(&(score.subject.clone(), *day)));
        p.extend(benign.map(|score| score.p));
    }
    for (name, alpha) in [("05", 0.05), ("01", 0.01), ("001", 0.001)] {
        let below = p.iter().filter(|p| **p <= alpha).count() as f64;
        figures.add(format!("calibration_{name}"), below / p.len() as f64 / alpha);
    }
}

/// The 95 % interval of a share (Clopper and Pearson 1934).
fn clopper_pearson(found: usize, all: usize) -> (f64, f64) {
    let (x, n) = (found as f64, all as f64);
    let low = if found == 0 {
        0.0
    } else {
        inv_beta_reg(x, n - x + 1.0, 0.025)
    };
    let high = if found == all {
        1.0
    } else {
        inv_beta_reg(x + 1.0, n - x, 0.975)
    };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_agree_with_tables() {
        let (low, high) = clopper_pearson(8, 10);
        assert!(
            (low - 0.4439).abs() < 1e-3 && (high - 0.9748).abs() < 1e-3,
            "{low} {high}"
        );
        assert_eq!(clopper_pearson(0, 10).0, 0.0);
        assert_eq!(clopper_pearson(10, 10).1, 1.0);
    }

    #[test]
    fn quantiles_are_values_that_occurred() {
        assert_eq!(quantile(&[0, 0, 3, 9], 0.5), 0.0);
        assert_eq!(quantile(&[0, 0, 3, 9], 0.9), 9.0);
        assert!(quantile(&[], 0.5).is_nan());
    }
}

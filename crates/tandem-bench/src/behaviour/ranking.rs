//! People ranked day by day, and the metrics that need nothing else.

use std::collections::{BTreeMap, BTreeSet};

use tandem_domain::Day;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::labels::Labels;

/// Days a person is not alerted on again.
const COOL_DOWN: i32 = 14;
/// Seed that breaks ties.
const TIES: u64 = 42;

/// One method's scores: per day, each active person's score.
#[derive(Debug, Default)]
pub struct Ranking {
    days: BTreeMap<Day, Vec<(String, f64)>>,
}

/// One alert of the simulated queue.
#[derive(Debug, Clone)]
pub struct QueueAlert {
    /// Who.
    pub person: String,
    /// The working day on which it was raised.
    pub raised: Day,
    /// It stands for an observable malicious day.
    pub true_alert: bool,
}

impl Ranking {
    /// Adds a day; people may come in any order.
    pub fn add(&mut self, day: Day, mut people: Vec<(String, f64)>) {
        let tie = |person: &str| xxh3_64_with_seed(person.as_bytes(), TIES ^ day.0 as u64);
        people.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| tie(&a.0).cmp(&tie(&b.0))));
        self.days.insert(day, people);
    }

    /// Insiders with an observable malicious day among that day's first `k`.
    pub fn caught_within(&self, k: usize, labels: &Labels) -> BTreeSet<String> {
        let mut caught = BTreeSet::new();
        for (day, people) in &self.days {
            for (person, _) in people.iter().take(k) {
                if labels.visible.get(person).is_some_and(|days| days.contains(day)) {
                    caught.insert(person.clone());
                }
            }
        }
        caught
    }

    /// The daily queue: on each working day the `per_thousand` most unusual people per 1,000 are alerted on, weekends waiting
    /// for Monday, nobody twice within 14 days.
    pub fn queue(&self, per_thousand: f64, labels: &Labels) -> Vec<QueueAlert> {
        let mut alerts = Vec::new();
        let mut last: BTreeMap<&str, Day> = BTreeMap::new();
        let mut waiting: Vec<(&str, f64, Day)> = Vec::new();
        for (day, people) in &self.days {
            waiting.extend(
                people
                    .iter()
                    .map(|(person, score)| (person.as_str(), *score, *day)),
            );
            if day.is_weekend() {
                continue;
            }
            let budget = ((people.len() as f64 * per_thousand / 1_000.0).round() as usize).max(1);
            let truly: BTreeSet<&str> = waiting
                .iter()
                .filter(|(person, _, day)| labels.visible.get(*person).is_some_and(|days| days.contains(day)))
                .map(|(person, _, _)| *person)
                .collect();
            let tie = |person: &str| xxh3_64_with_seed(person.as_bytes(), TIES ^ day.0 as u64);
            waiting.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| tie(a.0).cmp(&tie(b.0))));
            let mut left = budget;
            for (person, _, _) in waiting.drain(..) {
                let cooling = last.get(person).is_some_and(|at| day.0 - at.0 < COOL_DOWN);
                if left == 0 || cooling {
                    continue;
                }
                left -= 1;
                last.insert(person, *day);
                alerts.push(QueueAlert {
                    person: person.to_owned(),
                    raised: *day,
                    true_alert: truly.contains(person),
                });
            }
        }
        alerts
    }

    /// Area under the ROC curve over person-days: the chance that a malicious day scores above a benign one.
    pub fn auc(&self, labels: &Labels) -> f64 {
        let mut all: Vec<(f64, bool)> = Vec::new();
        for (day, people) in &self.days {
            for (person, score) in people {
                let bad = labels.visible.get(person).is_some_and(|days| days.contains(day));
                all.push((*score, bad));
            }
        }
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let bad = all.iter().filter(|(_, bad)| *bad).count() as f64;
        let good = all.len() as f64 - bad;
        let mut ranks = 0.0;
        let mut at = 0;
        while at < all.len() {
            let end = at
                + all[at..]
                    .iter()
                    .take_while(|(score, _)| *score == all[at].0)
                    .count();
            let tied_bad = all[at..end].iter().filter(|(_, bad)| *bad).count() as f64;
            ranks += tied_bad * ((at + end) as f64 + 1.0) / 2.0;
            at = end;
        }
        (ranks - bad * (bad + 1.0) / 2.0) / (bad * good)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(insider: &str, days: &[i32]) -> Labels {
        let mut labels = Labels::default();
        labels
            .visible
            .insert(insider.to_owned(), days.iter().map(|d| Day(*d)).collect());
        labels.scenario.insert(insider.to_owned(), 1);
        labels
    }

    fn day(scores: &[(&str, f64)]) -> Vec<(String, f64)> {
        scores
            .iter()
            .map(|(person, score)| ((*person).to_owned(), *score))
            .collect()
    }

    #[test]
    fn an_insider_is_caught_only_on_a_malicious_day() {
        let mut ranking = Ranking::default();
        // 4 January 1970 was a Sunday, so day 4 is a Monday.
        ranking.add(Day(4), day(&[("x", 9.0), ("a", 1.0)]));
        ranking.add(Day(5), day(&[("a", 3.0), ("x", 2.0)]));
        assert_eq!(ranking.caught_within(1, &labels("x", &[5])).len(), 0);
        assert_eq!(ranking.caught_within(2, &labels("x", &[5])).len(), 1);
        assert_eq!(ranking.caught_within(1, &labels("x", &[4])).len(), 1);
    }

    #[test]
    fn the_queue_pools_weekends_and_lets_people_cool_down() {
        let mut ranking = Ranking::default();
        ranking.add(Day(2), day(&[("x", 9.0), ("a", 1.0)]));
        ranking.add(Day(4), day(&[("a", 2.0), ("b", 1.0)]));
        ranking.add(Day(5), day(&[("x", 9.0), ("a", 5.0), ("b", 1.0)]));
        let alerts = ranking.queue(1.0, &labels("x", &[2]));
        let told: Vec<_> = alerts
            .iter()
            .map(|a| (a.person.as_str(), a.raised.0, a.true_alert))
            .collect();
        assert_eq!(told, [("x", 4, true), ("a", 5, false)]);
    }

    #[test]
    fn auc_counts_ties_half() {
        let mut ranking = Ranking::default();
        ranking.add(Day(4), day(&[("x", 1.0), ("a", 1.0), ("b", 0.0)]));
        assert!((ranking.auc(&labels("x", &[4])) - 0.75).abs() < 1e-12);
    }
}

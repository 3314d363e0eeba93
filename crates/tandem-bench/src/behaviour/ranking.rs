//! People ranked day by day, and the metrics that need nothing else.

use std::collections::{BTreeMap, BTreeSet};

use statrs::distribution::{ContinuousCDF, Gamma};
use tandem_domain::Day;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::data::labels::Labels;

/// Days a person is not alerted on again.
const COOL_DOWN: i32 = 14;
/// Seed that breaks ties.
const TIES: u64 = 42;
/// Share of ordinary days that fill no place: see [`expected`].
const SPARE: f64 = 0.05;

/// One method's scores: per day, each active person's score.
#[derive(Debug, Default)]
pub struct Ranking {
    /// By day, the most unusual first.
    pub days: BTreeMap<Day, Vec<Ranked>>,
    people: usize,
}

/// One person on one day.
#[derive(Debug, Clone)]
pub struct Ranked {
    /// Who.
    pub person: String,
    /// How unusual, on the method's own scale.
    pub score: f64,
    /// How often a day is as unusual, by the days before it, if the method can tell.
    pub p: Option<f64>,
}

impl Ranked {
    /// Of a method without p-values.
    pub fn bare(person: &str, score: f64) -> Self {
        Self {
            person: person.to_owned(),
            score,
            p: None,
        }
    }
}

/// How the places of the queue are given away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Places {
    /// Every place every day, however ordinary the day.
    Filled,
    /// Only to person-days that ordinary days do not show.
    Earned,
}

/// One alert of the simulated queue.
#[derive(Debug, Clone)]
pub struct QueueAlert {
    /// Who.
    pub person: String,
    /// The working day on which it was raised.
    pub raised: Day,
    /// The day that earned it.
    pub day: Day,
    /// It stands for an observable malicious day.
    pub true_alert: bool,
}

impl Ranking {
    /// Of that many people in all.
    pub fn new(people: usize) -> Self {
        Self {
            days: BTreeMap::new(),
            people,
        }
    }

    /// The places that `k` per 1,000 people are, at least `k`: in a company of fewer than 1,000, `k` people a day.
    pub fn places(&self, k: usize) -> usize {
        ((k * self.people) as f64 / 1_000.0).round().max(k as f64) as usize
    }

    /// Adds a day; people may come in any order.
    pub fn add(&mut self, day: Day, mut people: Vec<Ranked>) {
        people.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| tie(&a.person, day).cmp(&tie(&b.person, day)))
        });
        self.days.insert(day, people);
    }

    /// Places of the malicious person-days in their day's order, from 1; days without any activity have none.
    pub fn positions(&self, labels: &Labels) -> Vec<(String, usize)> {
        let mut positions = Vec::new();
        for (day, people) in &self.days {
            for (at, ranked) in people.iter().enumerate() {
                if labels.shows(&ranked.person, *day) {
                    positions.push((ranked.person.clone(), at + 1));
                }
            }
        }
        positions
    }

    /// Insiders with an observable malicious day among that day's first `k` per 1,000 people.
    pub fn caught_within(&self, k: usize, labels: &Labels) -> BTreeSet<String> {
        let k = self.places(k);
        let mut caught = BTreeSet::new();
        for (day, people) in &self.days {
            for ranked in people.iter().take(k) {
                if labels.shows(&ranked.person, *day) {
                    caught.insert(ranked.person.clone());
                }
            }
        }
        caught
    }

    /// The daily queue: on each working day at most the `per_thousand` most unusual people per 1,000 are alerted on, weekends
    /// waiting for Monday, nobody twice within 14 days.
    pub fn queue(&self, per_thousand: f64, places: Places, labels: &Labels) -> Vec<QueueAlert> {
        let mut alerts = Vec::new();
        let mut last: BTreeMap<&str, Day> = BTreeMap::new();
        let mut waiting: Vec<(&Ranked, Day)> = Vec::new();
        let most = match places {
            Places::Filled => 1.0,
            Places::Earned => expected(per_thousand) / 1_000.0,
        };
        for (day, people) in &self.days {
            waiting.extend(people.iter().map(|ranked| (ranked, *day)));
            if day.is_weekend() {
                continue;
            }
            let budget = ((people.len() as f64 * per_thousand / 1_000.0).round() as usize).max(1);
            let truly: BTreeSet<&str> = waiting
                .iter()
                .filter(|(ranked, day)| labels.shows(&ranked.person, *day))
                .map(|(ranked, _)| ranked.person.as_str())
                .collect();
            waiting.sort_by(|(a, _), (b, _)| {
                b.score
                    .total_cmp(&a.score)
                    .then_with(|| tie(&a.person, *day).cmp(&tie(&b.person, *day)))
            });
            let mut left = budget;
            for (ranked, earned) in waiting.drain(..) {
                let person = ranked.person.as_str();
                let cooling = last.get(person).is_some_and(|at| day.0 - at.0 < COOL_DOWN);
                if left == 0 || cooling || ranked.p.is_some_and(|p| p > most) {
                    continue;
                }
                left -= 1;
                last.insert(person, *day);
                alerts.push(QueueAlert {
                    person: person.to_owned(),
                    raised: *day,
                    day: earned,
                    true_alert: truly.contains(person),
                });
            }
        }
        alerts
    }
}

/// How many people are expected to reach a p-value that at least `places` of many independent ones reach on 95 % of days: a
/// place of the queue stays empty if its candidate is no more unusual than what 19 of 20 ordinary days show for every place.
/// For one place it is −ln 0.05 = 3 (the Poisson law's rule of three, Hanley and Lippman-Hand 1983), for two 4.74, for five
/// 9.15: half the chi-squared quantile with twice as many degrees of freedom (Garwood 1936).
fn expected(places: f64) -> f64 {
    // P(N >= places) of the Poisson law is the gamma law's distribution function. Without places nobody is expected.
    Gamma::new(places, 1.0).map_or(0.0, |law| law.inverse_cdf(1.0 - SPARE))
}

/// A number that decides between equals, the same in every run.
fn tie(person: &str, day: Day) -> u64 {
    xxh3_64_with_seed(person.as_bytes(), TIES ^ day.0 as u64)
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

    fn day(scores: &[(&str, f64)]) -> Vec<Ranked> {
        let ranked = |(person, score): &(&str, f64)| Ranked {
            person: (*person).to_owned(),
            score: *score,
            p: Some(1.0 / (1.0 + score * score)),
        };
        scores.iter().map(ranked).collect()
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
        let alerts = ranking.queue(1.0, Places::Filled, &labels("x", &[2]));
        let told: Vec<_> = alerts
            .iter()
            .map(|a| (a.person.as_str(), a.raised.0, a.true_alert))
            .collect();
        assert_eq!(told, [("x", 4, true), ("a", 5, false)]);
    }

    #[test]
    fn an_ordinary_day_earns_no_place() {
        let mut ranking = Ranking::default();
        ranking.add(Day(4), day(&[("a", 17.0), ("x", 1.0)]));
        ranking.add(Day(5), day(&[("x", 19.0), ("a", 1.0)]));
        let alerts = ranking.queue(1.0, Places::Earned, &labels("x", &[5]));
        let told: Vec<_> = alerts.iter().map(|a| (a.person.as_str(), a.true_alert)).collect();
        assert_eq!(
            told,
            [("x", true)],
            "a's p of 1/290 is above 3/1,000, x's of 1/362 is not"
        );
    }

    #[test]
    fn what_ordinary_days_show_agrees_with_tables() {
        // Chi-squared quantiles at 0.95 with 2, 4 and 10 degrees of freedom, halved.
        for (places, wanted) in [(1.0, 2.995_73), (2.0, 4.743_86), (5.0, 9.153_52)] {
            assert!((expected(places) - wanted).abs() < 1e-4, "{places}");
        }
    }

    #[test]
    fn places_grow_with_the_company_but_never_shrink() {
        assert_eq!(Ranking::new(50).places(5), 5);
        assert_eq!(Ranking::new(1_000).places(5), 5);
        assert_eq!(Ranking::new(4_000).places(5), 20);
    }
}

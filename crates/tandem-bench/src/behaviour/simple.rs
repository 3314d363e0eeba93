//! What the baselines must beat: the largest own z-score, and chance.

use std::collections::BTreeMap;

use tandem_baseline::{Action, DayActivity, ObjectKind};
use tandem_domain::Day;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::data::activity::Activity;
use super::ranking::{Ranked, Ranking};

/// Office hours on working days.
const OFFICE: std::ops::Range<usize> = 7..19;
/// Added to each standard deviation, so that the first act of a kind does not divide by zero. Of nine ways to do that which
/// were tried on the hybrid set (adding or flooring, 0.02 to 1, counts or their logarithms) it is the one that finds most: a
/// baseline is there to be strong.
const SMOOTHING: f64 = 0.1;
/// Seed of chance.
const CHANCE: u64 = 17;

/// Sums of one feature of one person.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    sum: f64,
    squares: f64,
}

/// People by the largest z-score of any daily count, in and outside office hours, against mean and deviation of all their own
/// past active days. Nothing of the people of `since` is used before their day.
pub fn z_max(activity: &Activity, from: Day, since: &BTreeMap<String, Day>) -> Ranking {
    let mut past: BTreeMap<&str, (f64, BTreeMap<usize, Sums>)> = BTreeMap::new();
    let mut ranking = Ranking::new(activity.people().len());
    for (day, people) in &activity.days {
        let mut scores = Vec::with_capacity(people.len());
        let there = |person: &String| since.get(person).is_none_or(|since| day >= since);
        for (person, activity) in people.iter().filter(|(person, _)| there(person)) {
            let today = features(*day, activity);
            let (days, sums) = past.entry(person.as_str()).or_default();
            let z = |(feature, value): (&usize, &f64)| {
                let known = sums.get(feature).copied().unwrap_or_default();
                let mean = known.sum / days.max(1.0);
                let deviation = (known.squares / days.max(1.0) - mean * mean).max(0.0).sqrt();
                (value - mean) / (deviation + SMOOTHING)
            };
            let most = today.iter().map(z).fold(0.0, f64::max);
            scores.push(Ranked::bare(person, most));
            *days += 1.0;
            for (feature, value) in today {
                let sums = sums.entry(feature).or_default();
                sums.sum += value;
                sums.squares += value * value;
            }
        }
        if *day >= from {
            ranking.add(*day, scores);
        }
    }
    ranking
}

/// Daily counts in (even numbers) and outside (odd numbers) office hours by action, then distinct computers.
pub fn features(day: Day, activity: &DayActivity) -> BTreeMap<usize, f64> {
    let mut features = BTreeMap::new();
    for part in activity.actions() {
        for (hour, count) in part.hours.iter().enumerate().filter(|(_, count)| **count > 0) {
            let outside = day.is_weekend() || !OFFICE.contains(&hour);
            *features
                .entry(2 * part.action.index() + usize::from(outside))
                .or_default() += f64::from(*count);
        }
    }
    let hosts = activity.kinds().iter().find(|part| part.kind == ObjectKind::Host);
    features.insert(
        2 * Action::COUNT,
        hosts.map_or(0.0, |part| part.objects.distinct()),
    );
    features
}

/// People in an order of chance.
pub fn random(activity: &Activity, from: Day) -> Ranking {
    let mut ranking = Ranking::new(activity.people().len());
    for (day, people) in activity.days.range(from..) {
        let chance = |person: &str| xxh3_64_with_seed(person.as_bytes(), CHANCE ^ (day.0 as u64) << 8) as f64;
        ranking.add(
            *day,
            people
                .keys()
                .map(|person| Ranked::bare(person, chance(person)))
                .collect(),
        );
    }
    ranking
}

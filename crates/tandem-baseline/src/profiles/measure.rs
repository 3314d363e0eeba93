//! From channels to one score: three views of the same surprises, because no one view is best on every day.
//!
//! The distance from the population's usual combination, the same after holding each surprise against the subject's own usual
//! surprise, and the harmonic mean of the channels' p-values. Which of them will be right is not known beforehand; ordering by
//! the sum of their log ranks is never far from the best (Senator et al., KDD 2013, found the same for insider detection).
//!
//! In none of them does a channel count for more than its own model says. A channel on which hardly anybody is ever surprised
//! has a small spread, and little surprise there is rare among people: two logons where one is usual would stand beside a
//! hundred copies at night. The larger of two p-values is valid if either is. Where a view standardises a second time, the
//! bound holds for that too: dividing by the small spread of a rare channel would undo it.
//!
//! An excess that waits to be believed is seen again on every day until then. Among the days that others are ranked among it
//! would count ten times, and hide what is new. So a day that only repeats such an excess is ranked among all days, and every
//! other day among those that repeat nothing: a p-value of its own for each of two kinds of days (Vovk, Gammerman and Shafer
//! 2005, section 4.5).

use super::row::Row;
use super::{DISTANCE, FUSED, FUSED_NEW, HARMONIC, OWN_DISTANCE, Profiles};
use crate::channel::Channel;
use crate::population::{Metric, Moments, Ranks, quantise};
use crate::profile::Known;
use crate::score::Parts;
use crate::stats::harmonic_mean_p;

/// Largest standardised surprise.
const MOST_STANDARDISED: f64 = 30.0;
/// A channel takes part in the harmonic mean once one in this many person-days has shown it.
const LIVE_ONE_IN: f64 = 1_000.0;

impl Profiles {
    /// Fills in everything of the rows but their order within the day.
    pub(super) fn measure(&self, work: &mut [Row<'_>], ranks: &Ranks) {
        let metric = self.surprise.metric(self.settings.shrinkage);
        let own_metric = self.own_surprise.metric(self.settings.shrinkage);
        let usual = Usual::new(self);
        let live = (0..Channel::COUNT)
            .filter(|channel| !Channel::from_index(*channel).is_some_and(Channel::is_running))
            .filter(|channel| ranks.above_zero(*channel) * LIVE_ONE_IN > ranks.people())
            .count();
        for row in work {
            split(row);
            row.own = usual.standardise(&row.known, &row.left);
            let (distance, parts) = measure(metric.as_ref(), &usual.all.held(&row.left, &row.left));
            let (own_distance, own_parts) =
                measure(own_metric.as_ref(), &usual.own.held(&row.own, &row.left));
            let inverse = row
                .left
                .iter()
                .map(|(c, value)| (*c, 1.0 / ranks.p(usize::from(*c), *value).max(own_p(*value))));
            let inverse: Vec<(u8, f64)> = inverse.collect();
            // Channels without surprise sit in the middle of their ties, near p = 1.
            let quiet = live.saturating_sub(row.left.len()) as f64;
            let sum = inverse.iter().map(|(_, inverse)| inverse).sum::<f64>() + quiet;
            row.parts = Parts {
                distance,
                own_distance,
                harmonic_p: harmonic_mean_p(sum, row.left.len() as f64 + quiet),
            };
            row.shares = shares(&row.left, [&parts, &own_parts, &inverse]);
            row.fused = statistics(row)
                .iter()
                .zip(row.weights())
                .map(|((statistic, value), weight)| -weight * ranks.p(*statistic, *value).ln())
                .sum();
            row.repeats = repeats(row);
            row.p = ranks.p(if row.repeats { FUSED } else { FUSED_NEW }, row.fused);
        }
    }
}

/// True if more than half of a measured row's score comes from counts of which as much is waiting already.
fn repeats(row: &Row<'_>) -> bool {
    let channels = row.left.iter().zip(&row.shares);
    let share: f64 = channels
        .filter(|((channel, _), _)| row.awaited.contains(channel))
        .map(|(_, share)| share)
        .sum();
    share > 0.5
}

/// The three views of a measured row, as they enter the window.
pub(super) fn statistics(row: &Row<'_>) -> [(usize, f64); 3] {
    [
        (DISTANCE, row.parts.distance.max(0.0).ln_1p()),
        (OWN_DISTANCE, row.parts.own_distance.max(0.0).ln_1p()),
        (HARMONIC, -row.parts.harmonic_p.ln()),
    ]
}

/// Surprises on a scale on which very large ones do not drown the rest, running totals apart.
fn split(row: &mut Row<'_>) {
    for feature in row.features.list.iter().filter(|feature| feature.surprise > 0.0) {
        let value = (feature.channel.index() as u8, quantise(feature.surprise.ln_1p()));
        if feature.channel.is_running() {
            row.running.push(value);
        } else {
            row.left.push(value);
        }
    }
}

/// What is usual among the population per live channel: channel, mean, variance.
struct Spread {
    channels: Vec<(u8, f64, f64)>,
    /// The variance of a channel that nobody has shown yet.
    typical: f64,
}

impl Spread {
    fn of(moments: &Moments) -> Self {
        Self {
            channels: moments.each().collect(),
            typical: match moments.typical_variance() {
                none if none <= 0.0 => 1.0,
                some => some,
            },
        }
    }

    /// Values, none of them further from the population's mean than the channel itself calls its surprise in `left` rare.
    fn held(&self, values: &[(u8, f64)], left: &[(u8, f64)]) -> Vec<(u8, f64)> {
        let hold = |(channel, held): &(u8, f64)| {
            let at = self.channels.binary_search_by_key(channel, |usual| usual.0).ok();
            let (mean, variance) = at
                .and_then(|at| self.channels.get(at))
                .map_or((0.0, self.typical), |usual| (usual.1, usual.2));
            let most = mean + variance.sqrt() * deviations(value(left, *channel));
            (*channel, quantise(held.min(most)))
        };
        values.iter().map(hold).collect()
    }
}

/// The population's usual surprise, and its usual surprise against the own usual.
struct Usual {
    all: Spread,
    own: Spread,
    prior: f64,
    floor: f64,
}

impl Usual {
    fn new(profiles: &Profiles) -> Self {
        let settings = &profiles.settings;
        Self {
            all: Spread::of(&profiles.surprise),
            own: Spread::of(&profiles.own_surprise),
            prior: settings.prior_surprise_days,
            floor: settings.shrinkage * profiles.surprise.typical_variance(),
        }
    }

    /// Each live channel's surprise, and each that is surprised today, against the subject's own mean and spread; the population's stand in for few days.
    fn standardise(&self, known: &Known, left: &[(u8, f64)]) -> Vec<(u8, f64)> {
        let days = known.fast_days;
        let weight = self.prior + days;
        let standardise = |(channel, mean, variance): &(u8, f64, f64)| {
            let (sum, squares) = known.usual(*channel);
            let own_mean = (self.prior * mean + sum) / weight;
            let second = (self.prior * (variance + mean * mean) + squares) / weight;
            let spread = (second - own_mean * own_mean).max(0.0) + self.floor;
            let z = (value(left, *channel) - own_mean) / spread.sqrt();
            let most = deviations(value(left, *channel));
            (*channel, quantise(z.clamp(-MOST_STANDARDISED, most)))
        };
        let mut all: Vec<(u8, f64)> = self.all.channels.iter().map(standardise).collect();
        for (channel, _) in left {
            if let Err(at) = all.binary_search_by_key(channel, |(c, _)| *c) {
                // Nobody has shown it yet: as if it had the typical spread around nothing.
                all.insert(at, standardise(&(*channel, 0.0, self.all.typical)));
            }
        }
        all
    }
}

/// The p-value that a surprise, as `ln(1 + nats)`, has by its own model: [`crate::stats::surprise_of`] the other way round.
fn own_p(value: f64) -> f64 {
    0.5 * (-value.exp_m1()).exp()
}

/// How many standard deviations a surprise, as `ln(1 + nats)`, is worth by its own model: the tail of the normal law beyond z
/// falls as exp(-z^2 / 2).
fn deviations(value: f64) -> f64 {
    (2.0 * value.exp_m1()).sqrt().min(MOST_STANDARDISED)
}

fn value(values: &[(u8, f64)], channel: u8) -> f64 {
    let at = values.binary_search_by_key(&channel, |(c, _)| *c).ok();
    at.and_then(|at| values.get(at)).map_or(0.0, |(_, value)| *value)
}

fn measure(metric: Option<&Metric>, values: &[(u8, f64)]) -> (f64, Vec<(u8, f64)>) {
    let Some(metric) = metric else {
        // Nobody has shown anything yet.
        let parts: Vec<(u8, f64)> = values.iter().map(|(c, value)| (*c, value * value)).collect();
        return (parts.iter().map(|(_, part)| part).sum(), parts);
    };
    let (mut distance, parts) = metric.distance(|channel| value(values, channel as u8));
    let mut parts: Vec<(u8, f64)> = metric.channels().iter().copied().zip(parts).collect();
    for (channel, value) in values {
        if let Err(at) = parts.binary_search_by_key(channel, |(c, _)| *c) {
            let part = metric.unseen(*value);
            distance += part;
            parts.insert(at, (*channel, part));
        }
    }
    (distance, parts)
}

/// Mean of the views' shares over the channels that surprised; adds up to 1.
fn shares(left: &[(u8, f64)], views: [&[(u8, f64)]; 3]) -> Vec<f64> {
    let mut shares = vec![0.0; left.len()];
    let mut known = 0.0;
    for view in views {
        let parts: Vec<f64> = left
            .iter()
            .map(|(channel, _)| value(view, *channel).max(0.0))
            .collect();
        let total: f64 = parts.iter().sum();
        if total > 0.0 {
            known += 1.0;
            for (share, part) in shares.iter_mut().zip(parts) {
                *share += part / total;
            }
        }
    }
    let even = 1.0 / left.len().max(1) as f64;
    shares
        .iter()
        .map(|share| if known > 0.0 { share / known } else { even })
        .collect()
}

/// What the day's own ranks add to the order: they decide between equal p-values, and their sum (some dozens at most) is too
/// small to decide anything else.
const TIES: f64 = 1e-6;

/// Orders the day by p-value. Among equals, by minus the logarithm of the share of people at least as unusual that day, over the
/// views as [`Row::weights`] says.
pub(super) fn order(work: &mut [Row<'_>]) {
    let views: [fn(&Parts) -> f64; 3] = [
        |parts| parts.distance,
        |parts| parts.own_distance,
        |parts| -parts.harmonic_p,
    ];
    for (at, view) in views.into_iter().enumerate() {
        let mut sorted: Vec<f64> = work.iter().map(|row| view(&row.parts)).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let people = sorted.len() as f64;
        for row in work.iter_mut() {
            let own = view(&row.parts);
            let below = sorted.partition_point(|other| *other < own) as f64;
            let up_to = sorted.partition_point(|other| *other <= own) as f64;
            let tail = (people - up_to + 0.5 * (up_to - below + 1.0)) / people;
            row.order -= TIES * row.weights().get(at).copied().unwrap_or(0.0) * tail.ln();
        }
    }
    for row in work.iter_mut() {
        row.order -= row.p.ln();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_channel_is_further_off_than_it_calls_its_surprise_rare_however_small_its_spread() {
        // One that hardly ever surprises, and one that nobody has shown yet.
        let spread = Spread {
            channels: vec![(3, 0.1, 1e-4)],
            typical: 0.25,
        };
        let two_nats = 2.0_f64.ln_1p();
        let left = [(3, two_nats), (7, two_nats)];
        let held = spread.held(&[(3, 5.0), (7, 5.0)], &left);
        assert!((held[0].1 - (0.1 + 0.01 * 2.0)).abs() < 1e-3, "{held:?}");
        assert!((held[1].1 - 0.5 * 2.0).abs() < 1e-3, "{held:?}");
        let small = spread.held(&[(3, 0.05), (7, -1.0)], &left);
        assert!((small[0].1 - 0.05).abs() < 1e-3 && (small[1].1 + 1.0).abs() < 1e-3);
    }
}

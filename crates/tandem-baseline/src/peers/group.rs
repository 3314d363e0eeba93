//! One peer group's decayed sums.

use serde::{Deserialize, Serialize};

use super::{GroupTransitions, TransitionsDay};
use crate::channel::Flow;
use crate::profile::WEEK_HOURS;
use crate::settings::{Settings, decay};
use crate::stats::VolumePrior;

/// Units per 1 in a day's whole-number sums.
const UNIT: f64 = 1024.0;
/// Largest count of one person-day that enters the sums.
const MOST: f64 = 1e6;
/// Bins per unit of the natural logarithm of running totals.
const TOTAL_BINS: f64 = 8.0;
/// The same of shares of person-days.
const RARITY_BINS: f64 = 4.0;

/// Decayed sums of one channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct GroupRate {
    channel: u8,
    /// Acts.
    acts: f64,
    /// Over person-days of people with a past: acts, own past rates, and their products.
    known_acts: f64,
    known_rates: f64,
    known_products: f64,
    /// Squares of the acts.
    known_squares: f64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct GroupVolume {
    channel: u8,
    days: f64,
    sum: f64,
    squares: f64,
}

/// Decayed sums over the person-days of a group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Group {
    /// Decayed days with anybody active.
    spells: f64,
    /// Decayed person-days.
    days: f64,
    /// Of them, of people with a past.
    known_days: f64,
    rates: Vec<GroupRate>,
    volumes: Vec<GroupVolume>,
    hours: Vec<f32>,
    /// Decayed counts of running totals by bin of their logarithm.
    totals: [Vec<f64>; Flow::ALL.len()],
    /// Decayed counts of first uses by kind and bin of how rare the object was.
    rarities: Vec<(u8, Vec<f64>)>,
    transitions: GroupTransitions,
}

/// One day's sums of a group: whole numbers, so that order does not matter.
#[derive(Debug, Clone, Default)]
pub(crate) struct GroupDay {
    people: u32,
    known: u32,
    rates: Vec<DayRate>,
    volumes: Vec<(u8, i64, i128, i128)>,
    hours: Vec<(u8, u32)>,
    totals: Vec<(u8, u16, u32)>,
    rarities: Vec<(u8, u8, u32)>,
    pub(crate) transitions: TransitionsDay,
}

#[derive(Debug, Clone, Copy, Default)]
struct DayRate {
    channel: u8,
    acts: i128,
    known_acts: i128,
    known_rates: i128,
    known_products: i128,
    known_squares: i128,
}

fn unit(value: f64) -> i128 {
    (value.clamp(-MOST, MOST) * UNIT).round() as i128
}

impl GroupDay {
    /// Counts a person, with or without a past.
    pub(crate) fn person(&mut self, known: bool) {
        self.people += 1;
        self.known += u32::from(known);
    }

    /// Adds a person's acts on a channel; `rate` is its own past rate if it has a past.
    pub(crate) fn acts(&mut self, channel: u8, acts: f64, rate: Option<f64>) {
        let at = match self.rates.binary_search_by_key(&channel, |r| r.channel) {
            Ok(at) => at,
            Err(at) => {
                self.rates.insert(
                    at,
                    DayRate {
                        channel,
                        ..DayRate::default()
                    },
                );
                at
            }
        };
        let sums = &mut self.rates[at];
        let acts = unit(acts);
        sums.acts += acts;
        if let Some(rate) = rate.map(unit) {
            sums.known_acts += acts;
            sums.known_rates += rate;
            sums.known_products += acts * rate;
            sums.known_squares += acts * acts;
        }
    }

    /// Adds the logarithm of a volume.
    pub(crate) fn volume(&mut self, channel: u8, value: f64) {
        let at = match self.volumes.binary_search_by_key(&channel, |v| v.0) {
            Ok(at) => at,
            Err(at) => {
                self.volumes.insert(at, (channel, 0, 0, 0));
                at
            }
        };
        let sums = &mut self.volumes[at];
        let value = unit(value);
        sums.1 += 1;
        sums.2 += value;
        sums.3 += value * value;
    }

    /// Adds an active hour of the week.
    pub(crate) fn hour(&mut self, hour: usize) {
        let hour = hour as u8;
        match self.hours.binary_search_by_key(&hour, |h| h.0) {
            Ok(at) => self.hours[at].1 += 1,
            Err(at) => self.hours.insert(at, (hour, 1)),
        }
    }

    /// Adds a day's rarest new object: its kind and the share of person-days on which it is used.
    pub(crate) fn rarity(&mut self, kind: u8, share: f64) {
        let key = (kind, rarity_bin(share));
        match self.rarities.binary_search_by_key(&key, |r| (r.0, r.1)) {
            Ok(at) => self.rarities[at].2 += 1,
            Err(at) => self.rarities.insert(at, (key.0, key.1, 1)),
        }
    }

    /// Adds a running total of a flow.
    pub(crate) fn total(&mut self, flow: Flow, total: f64) {
        let key = (flow as u8, total_bin(total));
        match self.totals.binary_search_by_key(&key, |t| (t.0, t.1)) {
            Ok(at) => self.totals[at].2 += 1,
            Err(at) => self.totals.insert(at, (key.0, key.1, 1)),
        }
    }
}

fn rarity_bin(share: f64) -> u8 {
    (-share.clamp(1e-12, 1.0).ln() * RARITY_BINS) as u8
}

fn total_bin(total: f64) -> u16 {
    (total.max(0.0).ln_1p() * TOTAL_BINS) as u16
}

impl Group {
    /// Mean number of people active per day.
    pub(crate) fn people(&self) -> f64 {
        if self.spells > 0.0 {
            self.days / self.spells
        } else {
            0.0
        }
    }

    /// Decayed person-days.
    pub(crate) fn days(&self) -> f64 {
        self.days
    }

    /// Decayed days with anybody active.
    pub(crate) fn spells(&self) -> f64 {
        self.spells
    }

    /// Decayed active hours by hour of the week; empty before the first day.
    pub(crate) fn hours(&self) -> &[f32] {
        &self.hours
    }

    /// What followed what.
    pub(crate) fn transitions(&self) -> &GroupTransitions {
        &self.transitions
    }

    /// Mean of a channel per person-day, and the variance of the rate between people. The latter is the covariance of a day's
    /// acts with the same person's own past rate: day-to-day scatter within people falls out of it.
    pub(crate) fn rate(&self, channel: usize) -> (f64, f64) {
        let at = self
            .rates
            .binary_search_by_key(&channel, |r| usize::from(r.channel));
        let Some(sums) = at
            .ok()
            .and_then(|at| self.rates.get(at))
            .filter(|_| self.days > 0.0)
        else {
            return (0.0, 0.0);
        };
        let mean = sums.acts / self.days;
        if self.known_days < 1.0 {
            return (mean, mean * mean);
        }
        let known = |sum: f64| sum / self.known_days;
        let between = known(sums.known_products) - known(sums.known_acts) * known(sums.known_rates);
        (mean, between.max(0.0))
    }

    /// How much a person's daily counts scatter beyond chance, relative to the square of its rate: E[x (x - 1)] = (1 + c)
    /// E[rate^2], and E[rate^2] is the mean product of a day's acts with the own past rate.
    pub(crate) fn scatter(&self, channel: usize) -> Option<f64> {
        let at = self
            .rates
            .binary_search_by_key(&channel, |r| usize::from(r.channel))
            .ok()?;
        let sums = self.rates.get(at).filter(|s| s.known_products > 1.0)?;
        Some(((sums.known_squares - sums.known_acts) / sums.known_products - 1.0).max(0.0))
    }

    /// True if the group has shown volumes on a channel.
    pub(crate) fn has_volume(&self, channel: usize) -> bool {
        self.volumes
            .binary_search_by_key(&channel, |v| usize::from(v.channel))
            .is_ok()
    }

    /// Volumes of a channel; few of them leave the `prior` of the group around.
    pub(crate) fn volume(&self, channel: usize, prior: VolumePrior) -> VolumePrior {
        let at = self
            .volumes
            .binary_search_by_key(&channel, |v| usize::from(v.channel));
        let Some(sums) = at
            .ok()
            .and_then(|at| self.volumes.get(at))
            .filter(|v| v.days > 0.0)
        else {
            return prior;
        };
        let mean = sums.sum / sums.days;
        let spread = (sums.squares - sums.sum * mean).max(0.0);
        prior.after(sums.days, mean, spread)
    }

    /// Share of the group's person-days with a running total in the bin of `total` or above, ties half.
    pub(crate) fn total_tail(&self, flow: Flow, total: f64) -> f64 {
        let bins = &self.totals[flow as usize];
        let bin = usize::from(total_bin(total));
        let above: f64 = bins.iter().skip(bin + 1).sum();
        let equal = bins.get(bin).copied().unwrap_or(0.0);
        (above + 0.5 * (equal + 1.0)) / (self.days + 1.0)
    }

    /// Given that something of a kind is new to somebody: how often it is used as little as `share` of person-days, or less.
    /// Before anything new was seen, `share` itself.
    pub(crate) fn rarity_tail(&self, kind: u8, share: f64) -> f64 {
        let found = self.rarities.iter().find(|(known, _)| *known == kind);
        let bins = found.map_or(&[][..], |(_, bins)| bins);
        let bin = usize::from(rarity_bin(share));
        let rarer: f64 = bins.iter().skip(bin + 1).sum();
        let equal = bins.get(bin).copied().unwrap_or(0.0);
        (rarer + 0.5 * equal + share) / (bins.iter().sum::<f64>() + 1.0)
    }

    /// The middle running total of the group.
    pub(crate) fn total_median(&self, flow: Flow) -> f64 {
        let mut left = self.days / 2.0;
        for (bin, count) in self.totals[flow as usize].iter().enumerate() {
            left -= count;
            if left <= 0.0 {
                return if bin == 0 {
                    0.0
                } else {
                    ((bin as f64 + 0.5) / TOTAL_BINS).exp_m1()
                };
            }
        }
        0.0
    }

    /// Forgets a day's worth and adds a day.
    pub(crate) fn push(&mut self, day: &GroupDay, settings: &Settings) {
        let decay = decay(settings.population_half_life);
        self.forget(decay);
        self.transitions.push(&day.transitions, decay);
        self.spells += 1.0;
        self.days += f64::from(day.people);
        self.known_days += f64::from(day.known);
        for more in &day.rates {
            let empty = |channel| GroupRate {
                channel,
                ..GroupRate::default()
            };
            let sums = crate::profile::slot(&mut self.rates, more.channel, |r| r.channel, empty);
            sums.acts += more.acts as f64 / UNIT;
            sums.known_acts += more.known_acts as f64 / UNIT;
            sums.known_rates += more.known_rates as f64 / UNIT;
            sums.known_products += more.known_products as f64 / (UNIT * UNIT);
            sums.known_squares += more.known_squares as f64 / (UNIT * UNIT);
        }
        for (channel, days, sum, squares) in &day.volumes {
            let empty = |channel| GroupVolume {
                channel,
                ..GroupVolume::default()
            };
            let sums = crate::profile::slot(&mut self.volumes, *channel, |v| v.channel, empty);
            sums.days += *days as f64;
            sums.sum += *sum as f64 / UNIT;
            sums.squares += *squares as f64 / (UNIT * UNIT);
        }
        if self.hours.is_empty() {
            self.hours = vec![0.0; WEEK_HOURS];
        }
        for (hour, count) in &day.hours {
            if let Some(sum) = self.hours.get_mut(usize::from(*hour)) {
                *sum += *count as f32;
            }
        }
        for (flow, bin, count) in &day.totals {
            let (Some(bins), bin) = (self.totals.get_mut(usize::from(*flow)), usize::from(*bin)) else {
                continue;
            };
            if bins.len() <= bin {
                bins.resize(bin + 1, 0.0);
            }
            bins[bin] += f64::from(*count);
        }
        self.push_rarities(day);
    }

    fn push_rarities(&mut self, day: &GroupDay) {
        for (kind, bin, count) in &day.rarities {
            let (_, bins) =
                crate::profile::slot(&mut self.rarities, *kind, |r| r.0, |kind| (kind, Vec::new()));
            let bin = usize::from(*bin);
            if bins.len() <= bin {
                bins.resize(bin + 1, 0.0);
            }
            bins[bin] += f64::from(*count);
        }
    }

    fn forget(&mut self, decay: f64) {
        self.spells *= decay;
        self.days *= decay;
        self.known_days *= decay;
        for rate in &mut self.rates {
            rate.acts *= decay;
            rate.known_acts *= decay;
            rate.known_rates *= decay;
            rate.known_products *= decay;
            rate.known_squares *= decay;
        }
        for volume in &mut self.volumes {
            volume.days *= decay;
            volume.sum *= decay;
            volume.squares *= decay;
        }
        for hour in &mut self.hours {
            *hour *= decay as f32;
        }
        let rarities = self.rarities.iter_mut().flat_map(|(_, bins)| bins);
        for count in self.totals.iter_mut().flatten().chain(rarities) {
            *count *= decay;
        }
        self.rates
            .retain(|rate| rate.acts > 1e-6 || rate.known_rates > 1e-6);
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.rates.len() * size_of::<GroupRate>()
            + self.volumes.len() * size_of::<GroupVolume>()
            + self.hours.len() * size_of::<f32>()
            + self.transitions.bytes()
            + self
                .totals
                .iter()
                .chain(self.rarities.iter().map(|(_, bins)| bins))
                .map(|bins| bins.len() * size_of::<f64>())
                .sum::<usize>()
    }
}

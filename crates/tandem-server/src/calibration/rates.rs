//! Whether small p-values come as often as they promise, from the counts that each day's analysis left.

use std::collections::BTreeMap;

use tandem_baseline::TALLY_LEVELS;

use super::chance::exact;
use super::pooled::{Grouped, pooled};
use super::view::{RateAt, Rates, Reading};
use super::words::peer_group;
use crate::api::card::PEERS;
use crate::pipeline::departures::{KeptGroup, KeptTally, channel_named};

/// Fewest small p-values that chance alone would bring before anything is concluded from how many there were.
const EXPECTED_LEAST: f64 = 5.0;
/// A p-value is as promised while it comes between half and twice as often.
const TOLERATED: std::ops::RangeInclusive<f64> = 0.5..=2.0;

/// Counts of person-days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Counts {
    people: u64,
    surprised: u64,
    ranked: [u64; 2],
    reached: [u64; 2],
}

/// A peer group's counts over all days.
#[derive(Debug, Clone, Default)]
struct Group {
    name: String,
    /// Most people of it on one day.
    most: u64,
    counts: Counts,
}

/// What the counts of some days come to.
#[derive(Debug, Clone, Default)]
pub struct Calibrated {
    /// Person-days counted.
    pub person_days: u64,
    /// The day's p of everybody.
    pub overall: Option<Rates>,
    /// By channel, those that came most often first.
    pub channels: Vec<Rates>,
    /// The day's p by peer group.
    pub groups: Vec<Rates>,
}

/// Adds up the counts of days.
pub fn calibrated(days: &[KeptTally]) -> Calibrated {
    let mut groups: BTreeMap<&str, Group> = BTreeMap::new();
    let mut channels: BTreeMap<&str, Counts> = BTreeMap::new();
    let mut all = Counts::default();
    for counted in days.iter().flat_map(|day| &day.groups) {
        all.add_day(counted);
        let group = groups.entry(&counted.group).or_default();
        group.most = group.most.max(u64::from(counted.people));
        group.counts.add_day(counted);
        for (name, surprised, reached) in &counted.channels {
            let channel = channels.entry(name).or_default();
            channel.surprised += u64::from(*surprised);
            sum(&mut channel.reached, *reached);
        }
    }
    for channel in channels.values_mut() {
        (channel.people, channel.ranked) = (all.people, all.ranked);
    }
    let named = groups.into_iter().map(|(name, group)| Group {
        name: peer_group(name),
        ..group
    });
    let mut channels: Vec<_> = channels.into_iter().collect();
    channels.sort_by_key(|(name, counts)| (std::cmp::Reverse(counts.surprised), *name));
    Calibrated {
        person_days: all.people,
        overall: (all.people > 0).then(|| rates("day", "the day as a whole", &all, false)),
        channels: channels
            .iter()
            .map(|(name, counts)| {
                let words = channel_named(name).map_or_else(|| (*name).to_owned(), |c| c.words());
                rates(name, &words, counts, true)
            })
            .collect(),
        groups: pooled(named.collect(), PEERS as u64)
            .iter()
            .map(|group| rates(&group.name, &group.name, &group.counts, false))
            .collect(),
    }
}

impl Counts {
    fn add_day(&mut self, day: &KeptGroup) {
        self.people += u64::from(day.people);
        sum(&mut self.ranked, day.ranked);
        sum(&mut self.reached, day.days);
    }
}

impl Grouped for Group {
    fn people(&self) -> u64 {
        self.most
    }

    fn together(groups: Vec<Self>) -> Self {
        let mut whole = Self {
            name: "the rest, together".to_owned(),
            ..Self::default()
        };
        for group in groups {
            whole.most += group.most;
            whole.counts.people += group.counts.people;
            sum(&mut whole.counts.ranked, group.counts.ranked);
            sum(&mut whole.counts.reached, group.counts.reached);
        }
        whole
    }
}

fn sum(sums: &mut [u64; 2], more: [impl Into<u64>; 2]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum += more.into();
    }
}

fn rates(id: &str, words: &str, counts: &Counts, is_channel: bool) -> Rates {
    let surprised = is_channel.then_some(counts.surprised);
    let at = |(at, level): (usize, f64)| {
        let often = surprised.map_or(1.0, |n| n as f64 / counts.people.max(1) as f64);
        rate(level, counts.ranked[at], counts.reached[at], often)
    };
    Rates {
        id: id.to_owned(),
        words: words.to_owned(),
        person_days: counts.people,
        surprised,
        at: TALLY_LEVELS.into_iter().enumerate().map(at).collect(),
    }
}

/// How often p was up to `level`; `often` is the share of person-days that have any surprise at all.
pub(super) fn rate(level: f64, ranked: u64, seen: u64, often: f64) -> RateAt {
    let expected = level * ranked as f64;
    let mut rate = RateAt {
        level,
        ranked,
        seen,
        expected,
        ratio: None,
        low: None,
        high: None,
        reading: Reading::TooFew,
    };
    let Some(share) = exact(seen, ranked).filter(|_| expected >= EXPECTED_LEAST) else {
        return rate;
    };
    let (ratio, low, high) = (share.share / level, share.low / level, share.high / level);
    (rate.ratio, rate.low, rate.high) = (Some(ratio), Some(low), Some(high));
    rate.reading = match ratio {
        _ if TOLERATED.contains(&ratio) => Reading::AsPromised,
        // What hardly ever happens cannot be among the rarest hundredth of days that often; ties count half.
        _ if ratio < 1.0 && often <= 2.0 * level => Reading::Rare,
        _ if low <= 1.0 && 1.0 <= high => Reading::ByChance,
        _ if ratio > 1.0 => Reading::TooOften,
        _ => Reading::TooSeldom,
    };
    rate
}

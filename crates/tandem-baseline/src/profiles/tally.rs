//! How often p-values were small, day by day: what a calibration page adds up.
//!
//! A p-value promises that usual days have p ≤ a with probability a. Whether that is so cannot be seen on one day; counted over
//! weeks it can. Counts name nobody, and counts of different days add up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_domain::Day;

use super::{Profiles, Row};
use crate::channel::Channel;
use crate::own_hours::OwnHours;
use crate::population::Ranks;
use crate::score::DayScore;

/// The levels `a` at which p-values are counted.
pub const TALLY_LEVELS: [f64; 2] = [1e-2, 1e-3];

/// The counts of one day. Only warm subjects at work count: of the others nothing is concluded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTally {
    /// By name of the closest peer group with enough people; empty where there is none.
    pub groups: Vec<GroupTally>,
}

/// One peer group's counts of one day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupTally {
    /// Its name, as the caller gave it; empty for people without a group that is large enough.
    pub group: String,
    /// People of it who were active.
    pub people: u32,
    /// Of them those whose p-values can be as small as each of [`TALLY_LEVELS`]: enough person-days were there to rank among.
    pub ranked: [u32; 2],
    /// Of those ranked: days with p up to each level.
    pub days: [u32; 2],
    /// By channel, those on which anybody was surprised.
    pub channels: Vec<ChannelTally>,
}

/// One channel's counts of one peer group on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelTally {
    /// Which.
    pub channel: Channel,
    /// People with any surprise on it. Where fewer than a share `a` ever have one, p ≤ a cannot come as often as a.
    pub surprised: u32,
    /// Of those ranked: p-values of the channel up to each level.
    pub reached: [u32; 2],
}

/// One day, scored.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScoredDay {
    /// As [`Profiles::score_day`] gives them.
    pub scores: Vec<DayScore>,
    /// How often p-values were small.
    pub tally: DayTally,
    /// Which hours counted as their own, for subjects whose day is explained.
    pub own_hours: BTreeMap<String, OwnHours>,
    /// The learned group they were compared with, for subjects whose day is explained and whose peers are people who work with
    /// the same things.
    pub learned: BTreeMap<String, String>,
}

impl Profiles {
    /// Counts a measured day before it is learned from.
    pub(super) fn tally(&self, work: &[Row<'_>], ranks: &Ranks) -> DayTally {
        let (subject_days, population_days) = self.settings.warm_days;
        if self.days < population_days {
            return DayTally::default();
        }
        let told = TALLY_LEVELS.map(|level| ranks.people() + 1.0 >= 1.0 / level);
        let reaches =
            |p: f64| -> [u32; 2] { std::array::from_fn(|at| u32::from(told[at] && p <= TALLY_LEVELS[at])) };
        let mut groups: BTreeMap<&str, Counted> = BTreeMap::new();
        // Nothing is known of somebody new, whatever is asked for.
        let warm = |row: &&Row<'_>| !row.given.context.absent && row.known.days >= subject_days.max(1);
        for row in work.iter().filter(warm) {
            let group = groups.entry(row.circle.name).or_default();
            group.people += 1;
            add(&mut group.ranked, told.map(u32::from));
            add(&mut group.days, reaches(row.p));
            for (channel, value) in row.left.iter().chain(&row.running) {
                let (surprised, reached) = group.channels.entry(*channel).or_default();
                *surprised += 1;
                add(reached, reaches(ranks.p(usize::from(*channel), *value)));
            }
        }
        DayTally {
            groups: groups
                .into_iter()
                .map(|(name, group)| group.named(name))
                .collect(),
        }
    }

    /// The own hours of those whose day is unusual enough to be explained.
    pub(super) fn own_hours(&self, day: Day, work: &[Row<'_>]) -> BTreeMap<String, OwnHours> {
        let unusual = work.iter().filter(|row| row.p <= self.settings.explain_p);
        unusual
            .map(|row| {
                let groups = self.compared_with(row.given.peers);
                let peers = self.peers.view(&groups);
                let subject = self.subjects.get(row.given.subject).unwrap_or_default();
                let past = self.past(&subject, &peers, &groups, row.circle, day);
                let own = OwnHours::of(&past.hours(), self.settings.own_hours_share);
                (row.given.subject.to_owned(), own)
            })
            .collect()
    }
}

/// Counts of a group while they are added up; channels by index.
#[derive(Default)]
struct Counted {
    people: u32,
    ranked: [u32; 2],
    days: [u32; 2],
    channels: BTreeMap<u8, (u32, [u32; 2])>,
}

impl Counted {
    fn named(self, name: &str) -> GroupTally {
        let channels = self.channels.into_iter().filter_map(|(index, counts)| {
            Some(ChannelTally {
                channel: Channel::from_index(usize::from(index))?,
                surprised: counts.0,
                reached: counts.1,
            })
        });
        GroupTally {
            group: name.to_owned(),
            people: self.people,
            ranked: self.ranked,
            days: self.days,
            channels: channels.collect(),
        }
    }
}

fn add(sums: &mut [u32; 2], more: [u32; 2]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum += more;
    }
}

//! What is kept of an unusual day besides its indicator: the channels behind it, each in three sentences, and the numbers that
//! were usual then. A picture is drawn from these and from the days of activity around it.

use serde::{Deserialize, Serialize};
use tandem_baseline::{Channel, DayScore, DayTally, OwnHours, Transition};

/// Most channels kept of a day.
const CHANNELS: usize = 4;

/// An unusual day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnusualDay {
    /// Which hours counted as the subject's own.
    pub own_hours: Option<OwnHours>,
    /// The channels, the largest share first.
    pub channels: Vec<Departure>,
    /// Pseudonyms of the peers, where they are people who work with the same things; else the organisation says who they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same_things: Vec<String>,
}

/// One channel of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Departure {
    /// Its name; see [`Channel::name`].
    pub channel: String,
    /// The channel in plain words.
    pub title: String,
    /// What was seen.
    pub what: String,
    /// Against the own past.
    pub own: String,
    /// Against the peers.
    pub peers: String,
    /// Share of the day's score, 0 to 1.
    pub share: f64,
    /// Rank among the population's last days.
    pub p: f64,
    /// The value seen.
    pub observed: f64,
    /// What was usual for the subject.
    pub own_usual: f64,
    /// What was usual for its peers, if there were enough of them.
    pub peer_usual: Option<f64>,
    /// Of the order of acts: the step that is told of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followed: Option<Transition>,
}

impl UnusualDay {
    /// The channels that had a part in a day's score.
    pub fn of(score: &DayScore, own_hours: Option<OwnHours>) -> Self {
        let mut channels: Vec<_> = score.channels.iter().filter(|c| c.contribution > 0.0).collect();
        channels.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
        let kept = channels.into_iter().take(CHANNELS).map(|found| {
            let told = found.sentences();
            Departure {
                channel: found.channel.name(),
                title: found.channel.words(),
                what: told.what,
                own: told.own,
                peers: told.peers,
                share: found.contribution,
                p: found.p,
                observed: found.observed,
                own_usual: found.own_usual,
                peer_usual: found.peer_usual,
                followed: found.followed,
            }
        });
        Self {
            own_hours,
            channels: kept.collect(),
            same_things: Vec::new(),
        }
    }

    /// Every text that may quote a record.
    pub fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        self.channels
            .iter_mut()
            .flat_map(|c| [&mut c.what, &mut c.own, &mut c.peers])
    }
}

/// The channel of a name; `None` for one that this version of Tandem does not know.
pub fn channel_named(name: &str) -> Option<Channel> {
    let mut known = (0..Channel::COUNT).filter_map(Channel::from_index);
    known.find(|channel| channel.name() == name)
}

/// Counts of one day as they are kept: channels by name, so that another order of channels does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptTally {
    /// By peer group.
    pub groups: Vec<KeptGroup>,
}

/// One peer group's counts of one day; see [`tandem_baseline::GroupTally`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptGroup {
    /// Its name.
    pub group: String,
    /// People active.
    pub people: u32,
    /// Of them ranked finely enough for each level.
    pub ranked: [u32; 2],
    /// Days with p up to each level.
    pub days: [u32; 2],
    /// By name of the channel: people with any surprise, and p-values up to each level.
    pub channels: Vec<(String, u32, [u32; 2])>,
}

impl KeptTally {
    /// What is kept of a day's counts; nothing if nobody was counted.
    pub fn of(tally: &DayTally) -> Option<Self> {
        let groups = tally.groups.iter().map(|group| KeptGroup {
            group: group.group.clone(),
            people: group.people,
            ranked: group.ranked,
            days: group.days,
            channels: group
                .channels
                .iter()
                .map(|c| (c.channel.name(), c.surprised, c.reached))
                .collect(),
        });
        let groups: Vec<_> = groups.collect();
        (!groups.is_empty()).then_some(Self { groups })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_is_found_by_its_name() {
        for channel in (0..Channel::COUNT).filter_map(Channel::from_index) {
            assert_eq!(channel_named(&channel.name()), Some(channel));
        }
        assert_eq!(channel_named("out_of_hours:nothing"), None);
    }
}

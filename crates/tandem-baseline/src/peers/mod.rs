//! What is usual for a peer group: the prior of everybody in it.

mod firsts;
mod group;
mod popular;
mod records;
mod transitions;

use std::cell::OnceCell;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use firsts::Firsts;
pub(crate) use firsts::FirstsDay;
pub(crate) use group::{Group, GroupDay};
pub(crate) use popular::Popular;
pub(crate) use records::Records;
pub(crate) use transitions::{GroupTransitions, TransitionsDay};

use crate::channel::Channel;
use crate::communities::{READY_DAYS, is_learned_group};
use crate::profile::PeerHours;
use crate::settings::{Settings, decay};
use crate::stats::{GammaPrior, VolumePrior};
use crate::transitions::PeerOrder;

/// Person-days against which a small group gives way to the larger one around it, in people active per day.
const PEOPLE_FOR_HALF: f64 = 5.0;
/// Prior of a volume nobody has shown yet: a natural logarithm of about 60 kB, with a spread of e^2.
const FIRST_VOLUME: VolumePrior = VolumePrior {
    mean: 11.0,
    variance: 4.0,
    days: 1.0,
};
/// The same of the order of acts: mostly as usual, up to some nats.
const FIRST_ORDER: VolumePrior = VolumePrior {
    mean: 0.0,
    variance: 1.0,
    days: 1.0,
};
/// Pseudo-days of the peers' volumes.
const VOLUME_DAYS: f64 = 5.0;

/// The peer groups by name; the empty name is everybody.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Peers {
    groups: BTreeMap<String, Group>,
    firsts: Firsts,
}

/// The groups of one subject, everybody first, the closest last.
#[derive(Debug, Clone)]
pub(crate) struct PeerView<'a> {
    chain: Vec<&'a Group>,
    firsts: &'a Firsts,
    /// Made when first asked for.
    order: OnceCell<PeerOrder>,
    /// As well.
    hours: OnceCell<PeerHours>,
}

impl Peers {
    /// The groups in `names` (closest first) and everybody.
    pub(crate) fn view(&self, names: &[&str]) -> PeerView<'_> {
        let own = names.iter().rev().filter(|name| !name.is_empty());
        let chain = std::iter::once(&"").chain(own);
        PeerView {
            chain: chain.filter_map(|name| self.group(name)).collect(),
            firsts: &self.firsts,
            order: OnceCell::new(),
            hours: OnceCell::new(),
        }
    }

    /// One group; a learned one once it has enough days of its own.
    pub(crate) fn group(&self, name: &str) -> Option<&Group> {
        let group = self.groups.get(name)?;
        (!is_learned_group(name) || group.spells() >= READY_DAYS).then_some(group)
    }

    /// Forgets the groups of which `keeps` says no.
    pub(crate) fn retain(&mut self, keeps: impl Fn(&str) -> bool) {
        self.groups.retain(|name, _| keeps(name));
    }

    /// Takes in a day's sums of the groups that had anybody active.
    pub(crate) fn push(&mut self, days: BTreeMap<&str, GroupDay>, firsts: &FirstsDay, settings: &Settings) {
        self.firsts.push(firsts, decay(settings.population_half_life));
        for (name, day) in days {
            if let Some(group) = self.groups.get_mut(name) {
                group.push(&day, settings);
            } else {
                let mut group = Group::default();
                group.push(&day, settings);
                self.groups.insert(name.to_owned(), group);
            }
        }
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.groups
            .iter()
            .map(|(name, group)| name.len() + group.bytes())
            .sum()
    }
}

impl PeerView<'_> {
    /// How often, among everybody, what is new to somebody is as rare as that: see [`Group::rarity_tail`].
    pub(crate) fn rarity_tail(&self, kind: u8, share: f64) -> f64 {
        self.chain
            .first()
            .map_or(share, |group| group.rarity_tail(kind, share))
    }

    /// Decayed person-days of everybody.
    pub(crate) fn everybody_days(&self) -> f64 {
        self.chain.first().map_or(0.0, |group| group.days())
    }

    /// What follows what among the peers.
    pub(crate) fn order(&self) -> &PeerOrder {
        self.order.get_or_init(|| {
            let groups: Vec<&GroupTransitions> = self.chain.iter().map(|group| group.transitions()).collect();
            PeerOrder::new(&groups)
        })
    }

    /// The closest group.
    pub(crate) fn closest(&self) -> Option<&Group> {
        self.chain.last().copied()
    }

    /// The closest group with at least `least` people active per day.
    pub(crate) fn closest_with(&self, least: f64) -> Option<&Group> {
        self.chain
            .iter()
            .rev()
            .find(|group| group.people() >= least)
            .copied()
    }

    /// When the closest group with at least `least` people is active, or else the closest of all; `least` is the same for everybody.
    pub(crate) fn hours(&self, least: f64) -> &PeerHours {
        self.hours.get_or_init(|| {
            let group = self.closest_with(least).or(self.closest());
            PeerHours::new(group.map_or(&[][..], |group| group.hours()))
        })
    }

    /// The peers' daily rate of a channel, as a prior: mean and spread between people of each group, each giving way to the
    /// group around it the fewer people it has.
    pub(crate) fn rate(&self, channel: usize, settings: &Settings) -> GammaPrior {
        let (mut mean, mut variance) = (0.0, 0.0);
        for (at, group) in self.chain.iter().enumerate() {
            let (own_mean, own_variance) = group.rate(channel);
            let share = if at == 0 {
                1.0
            } else {
                group.people() / (group.people() + PEOPLE_FOR_HALF)
            };
            mean += share * (own_mean - mean);
            variance += share * (own_variance - variance);
        }
        // Half an act more than was ever seen: what nobody has done yet is rare, not impossible.
        let everybody = self.chain.first().map_or(0.0, |group| group.days());
        let floor = 0.5 / (everybody + 1.0);
        let (least, most) = settings.prior_days;
        GammaPrior::from_moments(mean.max(floor), variance, least, most)
    }

    /// The peers' daily rate of first uses for somebody of whom `known` active days are known, as a prior, and to how many
    /// days of today's rate the known ones amount, each counting `faded` on average.
    pub(crate) fn first_uses(
        &self,
        channel: usize,
        known: u32,
        faded: f64,
        settings: &Settings,
    ) -> (GammaPrior, f64) {
        let (usual, share) = self.firsts.of(channel as u8, known, decay(settings.half_life));
        let rate = self.rate(channel, settings);
        let prior = GammaPrior {
            days: rate.days / usual,
            ..rate
        };
        (prior, share * faded)
    }

    /// How much daily counts scatter beyond chance among everybody, relative to the squared rate.
    pub(crate) fn scatter(&self, channel: usize) -> f64 {
        self.chain
            .first()
            .and_then(|group| group.scatter(channel))
            .unwrap_or(1.0)
    }

    /// The peers' mean rate, for people to read; `None` with too few of them.
    pub(crate) fn usual_rate(&self, channel: usize, least: f64) -> Option<f64> {
        self.closest_with(least).map(|group| group.rate(channel).0)
    }

    /// The peers' middle volume, for people to read; `None` with too few of them or without any.
    pub(crate) fn usual_volume(&self, channel: usize, least: f64) -> Option<f64> {
        let group = self.closest_with(least)?;
        group
            .has_volume(channel)
            .then(|| self.volume(channel).mean.exp_m1())
    }

    /// The peers' volumes of a channel, as a prior.
    pub(crate) fn volume(&self, channel: usize) -> VolumePrior {
        let mut prior = if channel == Channel::Transitions.index() {
            FIRST_ORDER
        } else {
            FIRST_VOLUME
        };
        for group in &self.chain {
            prior = group.volume(channel, prior);
        }
        VolumePrior {
            days: VOLUME_DAYS,
            ..prior
        }
    }
}

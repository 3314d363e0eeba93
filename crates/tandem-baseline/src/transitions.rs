//! What follows what: kinds of acts in consecutive slots of a day ([`crate::activity::Timeline`]).
//!
//! Of two slots that follow one another, every kind of acts in the second follows every kind in the first. Within a slot the
//! order is not known. A day begins with a transition from nothing.
//!
//! The chance of what follows backs off from the own past to the closest peer group, from there to the groups around it, to
//! everybody, and at last to what is common whatever came before: each level gives away as much as it has met different
//! followers (Witten and Bell 1991, *The zero-frequency problem*, IEEE Transactions on Information Theory 37(4), method C;
//! interpolated as by Chen and Goodman 1999, *An empirical study of smoothing techniques for language modeling*, Computer
//! Speech & Language 13). A follower whose count has faded below one counts as that much of a follower.
//!
//! What is done at all is told by other channels, and evidence counts once. So a step surprises by its order only: by how much
//! less likely it is after what came before than it is whatever came before. The logarithms of these two chances' ratios add up
//! over the steps of any stretch of the day, and the largest sum of a stretch is what the day shows. Days that keep the usual
//! order have stretches above t with a chance of at most n exp(-t), n being the steps of the day: the ratio has mean 1 in each
//! step (Ville 1939), and a stretch may begin at each of n steps (Page 1954, *Continuous inspection schemes*, Biometrika 41).
//!
//! Somebody whose days never keep an order should not surprise by that, and the longer a past is the more a new way of working
//! contradicts it. So the logarithm of the subject's own usual sum and its spread are learned like those of a volume, with the
//! peers' as prior, and the larger of both p-values counts.

use serde::{Deserialize, Serialize};

use crate::DayActivity;
use crate::activity::Timeline;
use crate::channel::Channel;
use crate::coarse::CoarseAction;
use crate::features::{Detail, Feature, Features, Past};
use crate::peers::GroupTransitions;
use crate::profile::OwnTransitions;
use crate::stats::surprise_of;

/// Kinds of acts.
const KINDS: usize = CoarseAction::COUNT;
/// Row of what a day begins with.
const BEGIN: usize = KINDS;
/// Transitions there are.
pub(crate) const TRANSITIONS: usize = (KINDS + 1) * KINDS;
// A transition is stored in one byte.
const _: () = assert!(TRANSITIONS <= 256);
/// Chances of each kind.
type Chances = [f64; KINDS];

/// One kind of acts after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// What came first; nothing at the beginning of a day.
    pub from: Option<CoarseAction>,
    /// What followed.
    pub to: CoarseAction,
}

impl Transition {
    /// Its number, below [`TRANSITIONS`].
    pub(crate) fn number(self) -> u8 {
        number(self.from.map_or(BEGIN, CoarseAction::index), self.to.index()) as u8
    }

    /// How often a day took this step.
    pub fn times(self, activity: &DayActivity) -> u32 {
        let of_day = counts(activity.timeline());
        let this = of_day.iter().find(|(number, _)| *number == self.number());
        this.map_or(0, |(_, times)| *times)
    }

    fn of(number: usize) -> Option<Self> {
        Some(Self {
            from: CoarseAction::ALL.get(number / KINDS).copied(),
            to: CoarseAction::ALL.get(number % KINDS).copied()?,
        })
    }
}

const fn number(from: usize, to: usize) -> usize {
    from * KINDS + to
}

/// Counts by number of the transition.
pub(crate) trait Followers {
    /// How often each kind followed the kind `from`.
    fn after(&self, from: usize) -> Chances;
    /// How often each kind followed whatever it was.
    fn whatever(&self) -> Chances;
}

/// The numbers of a row of transitions.
pub(crate) fn row(from: usize) -> std::ops::Range<usize> {
    number(from, 0)..number(from + 1, 0)
}

/// How often each transition occurs in a day, by number; those that do.
pub(crate) fn counts(timeline: &Timeline) -> Vec<(u8, u32)> {
    let mut counts = [0_u32; TRANSITIONS];
    for (before, now) in pairs(timeline) {
        for from in rows(before) {
            for to in kinds(now) {
                counts[number(from, to)] += 1;
            }
        }
    }
    let numbered = counts.into_iter().enumerate().filter(|(_, count)| *count > 0);
    numbered.map(|(number, count)| (number as u8, count)).collect()
}

/// Consecutive slots; before the first is nothing.
fn pairs(timeline: &Timeline) -> impl Iterator<Item = (u16, u16)> {
    std::iter::once(0).chain(timeline.slots()).zip(timeline.slots())
}

fn kinds(set: u16) -> impl Iterator<Item = usize> {
    (0..KINDS).filter(move |kind| set >> kind & 1 == 1)
}

fn rows(set: u16) -> impl Iterator<Item = usize> {
    let begin = (set == 0).then_some(BEGIN);
    kinds(set).chain(begin)
}

/// What was counted, and as much of `next` as there are different followers.
fn back_off(counts: &Chances, next: &Chances) -> Chances {
    let total: f64 = counts.iter().sum();
    if total <= 0.0 {
        return *next;
    }
    let given: f64 = counts.iter().map(|count| count.min(1.0)).sum();
    std::array::from_fn(|kind| (counts[kind] + given * next[kind]) / (total + given))
}

/// What follows what among peers, from everybody to the closest group: the same for all who have the same groups.
#[derive(Debug, Clone)]
pub(crate) struct PeerOrder {
    /// After each kind, and at the beginning of a day.
    after: [Chances; KINDS + 1],
    /// Whatever came before.
    usual: Chances,
}

impl PeerOrder {
    /// Of groups, everybody first, the closest last.
    pub(crate) fn new(groups: &[&GroupTransitions]) -> Self {
        let even = [1.0 / KINDS as f64; KINDS];
        let whatever = |next: Chances, group: &&GroupTransitions| back_off(&group.whatever(), &next);
        let everybody = groups.iter().take(1);
        // Among everybody, whatever came before.
        let common = everybody.fold(even, whatever);
        let after = |from: usize| {
            let back_off = |next: Chances, group: &&GroupTransitions| back_off(&group.after(from), &next);
            groups.iter().fold(common, back_off)
        };
        Self {
            after: std::array::from_fn(after),
            usual: groups.iter().skip(1).fold(common, whatever),
        }
    }
}

/// The chances of what follows what, for one subject.
struct Model<'a> {
    own: &'a OwnTransitions,
    peers: &'a PeerOrder,
    /// What is usual for the subject whatever came before.
    usual: Chances,
}

impl<'a> Model<'a> {
    fn new(own: &'a OwnTransitions, peers: &'a PeerOrder) -> Self {
        Self {
            own,
            peers,
            usual: back_off(&own.whatever(), &peers.usual),
        }
    }

    /// After a slot: whichever of its kinds was the last, each as likely as the others.
    fn after(&self, before: u16) -> Chances {
        let (mut chances, mut last) = (Chances::default(), 0.0);
        for from in rows(before) {
            last += 1.0;
            let of_own = back_off(&self.own.after(from), &self.peers.after[from]);
            for (sum, chance) in chances.iter_mut().zip(of_own) {
                *sum += chance;
            }
        }
        chances.map(|sum| sum / last)
    }
}

/// One kind of acts in one slot.
#[derive(Debug, Clone, Copy)]
struct Step {
    before: u16,
    to: usize,
    /// Logarithm of how much likelier the kind is whatever came before than after what did; negative where it is less likely.
    nats: f64,
}

/// The steps of a day.
fn steps(timeline: &Timeline, model: &Model<'_>) -> Vec<Step> {
    let mut known: Vec<(u16, Chances)> = Vec::new();
    let mut steps: Vec<Step> = Vec::new();
    for (before, now) in pairs(timeline) {
        let at = known.iter().position(|(slot, _)| *slot == before);
        let at = at.unwrap_or_else(|| {
            known.push((before, model.after(before)));
            known.len() - 1
        });
        let after = &known[at].1;
        steps.extend(kinds(now).map(|to| Step {
            before,
            to,
            nats: (model.usual[to] / after[to]).ln(),
        }));
    }
    steps
}

/// The stretch with the largest sum, and that sum (Bentley 1984, *Algorithm design techniques*, CACM 27(9)); empty if no step
/// adds anything.
fn largest_stretch(steps: &[Step]) -> (std::ops::Range<usize>, f64) {
    let (mut sum, mut begin) = (0.0, 0);
    let (mut stretch, mut most) = (0..0, 0.0);
    for (at, step) in steps.iter().enumerate() {
        sum += step.nats;
        if sum <= 0.0 {
            (sum, begin) = (0.0, at + 1);
        } else if sum > most {
            (stretch, most) = (begin..at + 1, sum);
        }
    }
    (stretch, most)
}

/// The transition that added most to a stretch, and how often it occurred in the day.
fn main_transition(steps: &[Step], stretch: std::ops::Range<usize>) -> Option<(Transition, u32)> {
    let mut beyond = [0.0; TRANSITIONS];
    let numbers = |step: &Step| {
        let to = step.to;
        rows(step.before).map(move |from| number(from, to))
    };
    for step in steps.get(stretch)? {
        for number in numbers(step) {
            beyond[number] += step.nats;
        }
    }
    let most = (0..TRANSITIONS).max_by(|a, b| beyond[*a].total_cmp(&beyond[*b]))?;
    let times = steps.iter().flat_map(numbers).filter(|number| *number == most);
    Some((Transition::of(most)?, times.count() as u32))
}

impl Past<'_> {
    /// The order of the day's acts.
    pub(crate) fn transitions(&self, timeline: &Timeline, found: &mut Features) {
        let own = &self.subject.transitions;
        let steps = steps(timeline, &Model::new(own, self.peers.order()));
        if steps.is_empty() {
            return;
        }
        found.increment.transitions = counts(timeline);
        let channel = Channel::Transitions;
        let (stretch, most) = largest_stretch(&steps);
        let by_model = surprise_of(steps.len() as f64 * (-most).exp());
        let against_own = self.amount(channel, most.ln_1p(), found);
        let surprise = by_model.min(against_own);
        if surprise <= 0.0 {
            return;
        }
        let Some((transition, times)) = main_transition(&steps, stretch) else {
            return;
        };
        let (number, days) = (transition.number(), f64::from(self.subject.fast_days));
        let peers = self.peers.closest_with(self.settings.least_peers);
        found.push(Feature {
            channel,
            surprise,
            observed: times.into(),
            own: if days > 0.0 { own.count(number) / days } else { 0.0 },
            peers: peers.map(|group| group.transitions().count(number) / group.days()),
            detail: Detail::Followed(transition),
        });
    }
}

#[cfg(test)]
mod tests;

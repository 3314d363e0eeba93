//! One subject's state: what it usually does.

mod hours;
mod packed;
mod rate;
mod seen;
mod small;
mod store;
mod transitions;

use serde::{Deserialize, Serialize};
use tandem_domain::Day;
use xxhash_rust::xxh3::xxh3_64;

pub use hours::WEEK_HOURS;
pub(crate) use hours::{HourModel, PeerHours, week_hour};
pub(crate) use rate::{Histograms, Rate};
use seen::Seen;
pub(crate) use seen::SeenKind;
use small::Small;
pub(crate) use store::Subjects;
pub(crate) use transitions::OwnTransitions;

use crate::channel::{Channel, Flow};
use crate::settings::{Settings, decay};
use crate::{DayActivity, ObjectKind};

/// Active days a week's and a month's running total remember.
pub(crate) const WEEK_DAYS: f64 = 7.0;
/// See [`WEEK_DAYS`].
pub(crate) const MONTH_DAYS: f64 = 30.0;

/// Most bytes of one subject's packed state but for the sketches: with its place among the others' less than 1,024.
const MOST_BYTES: usize = 896;

/// Decayed mean and squared deviations of the logarithm of a volume, over days that had one.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Volume {
    pub(crate) channel: u8,
    weight: Small,
    mean: f32,
    spread: Small,
}

/// Decayed sum and sum of squares of one channel's surprise.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Usual {
    pub(crate) channel: u8,
    sum: Small,
    squares: Small,
}

/// Running totals of one flow, as if over seven and over thirty active days.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Totals {
    week: f32,
    month: f32,
}

impl Totals {
    /// The week's total with `today` on top.
    pub(crate) fn week(self, today: f64) -> f64 {
        f64::from(self.week) * (1.0 - 1.0 / WEEK_DAYS) + today
    }

    /// The month's total with `today` on top.
    pub(crate) fn month(self, today: f64) -> f64 {
        f64::from(self.month) * (1.0 - 1.0 / MONTH_DAYS) + today
    }
}

/// What is known of one subject, while it is worked on; [`Subjects`] keeps it packed, the first three fields in front. Nothing
/// here moves on days without activity, so leave does not look like change.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Subject {
    /// Active days so far.
    pub(crate) days: u32,
    /// Active days left to settle in after a change of role.
    pub(crate) settling: u8,
    /// [`group_hash`] of the closest peer group on the last active day; 0 before any is known.
    group: u32,
    /// Decayed active days.
    pub(crate) fast_days: f32,
    /// The same for the slow twin.
    pub(crate) slow_days: f32,
    pub(crate) rates: Vec<Rate>,
    pub(crate) histograms: Histograms,
    volumes: Vec<Volume>,
    usual: Vec<Usual>,
    /// Decayed active hours by hour of the week; empty before the first.
    #[serde(with = "packed::hours")]
    hours: Vec<Small>,
    /// What followed what.
    pub(crate) transitions: OwnTransitions,
    seen: Seen,
    pub(crate) totals: [Totals; Flow::ALL.len()],
}

/// What is known of a subject before a day, apart from what its features are held against.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// Active days.
    pub(crate) days: u32,
    /// Active days left to settle in.
    pub(crate) settling: u8,
    /// Decayed active days.
    pub(crate) fast_days: f64,
    /// The same for the slow twin.
    pub(crate) slow_days: f64,
    usual: Vec<Usual>,
}

impl Known {
    /// Decayed sum and sum of squares of a channel's surprise.
    pub(crate) fn usual(&self, channel: u8) -> (f64, f64) {
        let at = self
            .usual
            .binary_search_by_key(&channel, |usual| usual.channel)
            .ok();
        at.and_then(|at| self.usual.get(at)).map_or((0.0, 0.0), |usual| {
            (usual.sum.get().into(), usual.squares.get().into())
        })
    }
}

/// A day's count of one channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Count {
    pub(crate) channel: u8,
    /// As it was.
    pub(crate) seen: f64,
    /// At most what one day in a thousand shows: so much of it a group learns.
    pub(crate) capped: f64,
    /// What the subject's own rate learns.
    pub(crate) learned: f64,
}

impl Count {
    /// One that is learned as it is.
    pub(crate) fn plain(channel: usize, seen: f64) -> Self {
        Self {
            channel: channel as u8,
            seen,
            capped: seen,
            learned: seen,
        }
    }

    /// More than was to be expected.
    pub(crate) fn is_doubtful(&self) -> bool {
        self.learned < self.seen
    }
}

/// The logarithm of a day's volume of one channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Amount {
    pub(crate) channel: u8,
    /// At most what one day in a thousand shows.
    pub(crate) capped: f64,
    /// It was more.
    pub(crate) doubtful: bool,
}

/// What one day adds to a subject, by channel index.
#[derive(Debug, Clone, Default)]
pub(crate) struct Increment {
    pub(crate) counts: Vec<Count>,
    pub(crate) volumes: Vec<Amount>,
    /// Hours outside the own ones, a bit each.
    pub(crate) outside: u32,
    pub(crate) surprise: Vec<(u8, f64)>,
    pub(crate) flows: [f64; Flow::ALL.len()],
    /// Kind and popularity of the rarest new object.
    pub(crate) rarities: Vec<(u8, f64)>,
    /// What followed what, and how often, by number of the transition.
    pub(crate) transitions: Vec<(u8, u32)>,
}

impl Increment {
    /// First uses of the day, by channel.
    pub(crate) fn firsts(&self) -> impl Iterator<Item = (u8, f64)> {
        let first = |channel: u8| matches!(Channel::from_index(channel.into()), Some(Channel::Novel(_)));
        let firsts = self.counts.iter().filter(move |count| first(count.channel));
        firsts.map(|count| (count.channel, count.capped))
    }

    /// What followed what did so more unusually than was to be expected.
    pub(crate) fn doubts_transitions(&self) -> bool {
        let channel = Channel::Transitions.index();
        self.volumes
            .iter()
            .any(|amount| usize::from(amount.channel) == channel && amount.doubtful)
    }
}

/// What a subject remembers of its closest peer group's name.
pub(crate) fn group_hash(name: &str) -> u32 {
    (xxh3_64(name.as_bytes()) >> 32) as u32
}

impl Subject {
    /// Own counts of a channel, if there were any.
    pub(crate) fn rate(&self, channel: usize) -> Option<&Rate> {
        let at = self
            .rates
            .binary_search_by_key(&channel, |rate| usize::from(rate.channel))
            .ok()?;
        self.rates.get(at)
    }

    /// Own acts per active day.
    pub(crate) fn mean(&self, channel: usize) -> f64 {
        let acts = self.rate(channel).map_or(0.0, Rate::fast);
        if self.fast_days > 0.0 {
            acts / f64::from(self.fast_days)
        } else {
            0.0
        }
    }

    /// Own volumes of a channel: weight, mean and squared deviations of the logarithm.
    pub(crate) fn volume(&self, channel: usize) -> (f64, f64, f64) {
        let at = self
            .volumes
            .binary_search_by_key(&channel, |v| usize::from(v.channel))
            .ok();
        at.and_then(|at| self.volumes.get(at))
            .map_or((0.0, 0.0, 0.0), |v| {
                (v.weight.get().into(), v.mean.into(), v.spread.get().into())
            })
    }

    /// What scoring needs to know of the subject once its features are found.
    pub(crate) fn known(self) -> Known {
        Known {
            days: self.days,
            settling: self.settling,
            fast_days: self.fast_days.into(),
            slow_days: self.slow_days.into(),
            usual: self.usual,
        }
    }

    /// Objects of a kind used before.
    pub(crate) fn seen(&self, kind: ObjectKind) -> SeenKind<'_> {
        self.seen.of(kind)
    }

    /// Business records worked on.
    pub(crate) fn records(&self) -> SeenKind<'_> {
        self.seen.records()
    }

    /// Moves to the closest peer group, given as [`group_hash`]. True if it was another one before.
    pub(crate) fn join(&mut self, group: u32) -> bool {
        let before = std::mem::replace(&mut self.group, group);
        before != 0 && before != group
    }

    /// The role, manager or site changed: the own past counts little, the new peers' more.
    pub(crate) fn change_role(&mut self, settings: &Settings) {
        let keep = settings.role_change_keeps as f32;
        self.scale(keep, keep);
        self.settling = settings.settle_days;
    }

    fn scale(&mut self, fast: f32, slow: f32) {
        self.fast_days *= fast;
        self.slow_days *= slow;
        for rate in &mut self.rates {
            rate.scale(fast, slow);
        }
        self.histograms.scale(slow);
        for volume in &mut self.volumes {
            volume.weight.scale(fast);
            volume.spread.scale(fast);
        }
        for usual in &mut self.usual {
            usual.sum.scale(fast);
            usual.squares.scale(fast);
        }
        for hour in &mut self.hours {
            hour.scale(fast);
        }
        self.transitions.scale(fast);
    }

    /// Takes in one active day, with `weight` below 1 for a day too unusual to learn from in full.
    pub(crate) fn learn(
        &mut self,
        day: Day,
        activity: &DayActivity,
        increment: &Increment,
        weight: f64,
        settings: &Settings,
    ) {
        self.scale(
            decay(settings.half_life) as f32,
            decay(settings.slow_half_life) as f32,
        );
        let weight = weight as f32;
        let doubtful = weight.min(settings.winsor_weight as f32);
        let weighed = |in_doubt: bool| if in_doubt { doubtful } else { weight };
        let wait = settings.settle_days.max(1);
        self.histograms.pass_day();
        self.days = self.days.saturating_add(1);
        self.settling = self.settling.saturating_sub(1);
        self.fast_days += weight;
        self.slow_days += weight;
        for count in &increment.counts {
            slot(&mut self.rates, count.channel, |r| r.channel, Rate::new).add(count.learned, weight);
            if count.is_doubtful() {
                self.histograms.doubt(count.channel, count.seen, weight, wait);
            } else {
                self.histograms.add(count.channel, count.seen, weight);
            }
        }
        for amount in &increment.volumes {
            self.learn_volume(amount.channel, amount.capped as f32, weighed(amount.doubtful));
        }
        for (channel, value) in &increment.surprise {
            let empty = |channel| Usual {
                channel,
                ..Usual::default()
            };
            let usual = slot(&mut self.usual, *channel, |u| u.channel, empty);
            usual.sum.add(weight * *value as f32);
            usual.squares.add(weight * (*value * *value) as f32);
        }
        let outside = |hour: usize| weighed(increment.outside >> hour & 1 == 1);
        self.learn_hours(day, activity, outside);
        let followed = weighed(increment.doubts_transitions());
        self.transitions.learn(&increment.transitions, followed);
        self.learn_objects(activity);
        for (totals, flow) in self.totals.iter_mut().zip(increment.flows) {
            *totals = Totals {
                week: totals.week(flow) as f32,
                month: totals.month(flow) as f32,
            };
        }
        self.rates.retain(|rate| !rate.is_forgotten());
        self.usual.retain(|usual| usual.squares.get() > 1e-3);
        self.tidy();
    }

    /// West's weighted update of mean and squared deviations (D. H. D. West 1979, CACM 22(9)).
    fn learn_volume(&mut self, channel: u8, value: f32, weight: f32) {
        let empty = |channel| Volume {
            channel,
            ..Volume::default()
        };
        let volume = slot(&mut self.volumes, channel, |v| v.channel, empty);
        volume.weight.add(weight);
        let off = value - volume.mean;
        volume.mean += off * weight / volume.weight.get().max(weight);
        volume.spread.add(weight * off * (value - volume.mean));
    }

    fn learn_hours(&mut self, day: Day, activity: &DayActivity, weight: impl Fn(usize) -> f32) {
        if self.hours.is_empty() {
            self.hours = vec![Small::default(); WEEK_HOURS];
        }
        for (hour, count) in activity.hours().into_iter().enumerate() {
            if count > 0
                && let Some(sum) = self.hours.get_mut(week_hour(day, hour))
            {
                sum.add(weight(hour));
            }
        }
    }

    fn learn_objects(&mut self, activity: &DayActivity) {
        let mut scratch = seen::Scratch::default();
        self.seen.remember_records(activity.record_hashes(), &mut scratch);
        for part in activity.kinds() {
            self.seen
                .remember(part.kind, part.objects.weighed(), &mut scratch);
        }
    }

    /// Own weights by hour of the week; empty before the first day.
    pub(crate) fn hours(&self) -> Vec<f32> {
        self.hours.iter().map(|hour| hour.get()).collect()
    }

    /// Keeps the state within [`MOST_BYTES`]: what was surprising least gives way first (the population's usual stands in for
    /// it), then what was done least.
    fn tidy(&mut self) {
        let least = |numbers: &mut dyn Iterator<Item = f32>| {
            numbers
                .enumerate()
                .min_by(|a, b| a.1.total_cmp(&b.1))
                .map(|(at, _)| at)
        };
        while self.bytes() > MOST_BYTES {
            if let Some(at) = least(&mut self.usual.iter().map(|usual| usual.squares.get())) {
                self.usual.remove(at);
            } else if let Some(at) = least(&mut self.rates.iter().map(|rate| rate.slow() as f32)) {
                self.rates.remove(at);
            } else {
                break;
            }
        }
        self.histograms.tidy();
    }

    /// Bytes of the packed state but for the sketches.
    fn bytes(&self) -> usize {
        self.scalar_bytes()
            + packed_size(&self.rates)
            + packed_size(&self.volumes)
            + packed_size(&self.usual)
            + packed::hours::size(&self.hours)
            + packed_size(&self.transitions)
    }

    fn scalar_bytes(&self) -> usize {
        packed_size(&(
            self.days,
            self.settling,
            self.group,
            self.fast_days,
            self.slow_days,
        )) + packed_size(&self.totals)
    }

    /// Where the bytes of the packed state are.
    pub(crate) fn parts(&self) -> SubjectBytes {
        SubjectBytes {
            scalars: self.scalar_bytes(),
            rates: packed_size(&self.rates),
            volumes: packed_size(&self.volumes),
            usual: packed_size(&self.usual),
            hours: packed::hours::size(&self.hours),
            transitions: packed_size(&self.transitions),
            counts: packed_size(&self.histograms),
            objects: self.seen.bytes(),
        }
    }
}

/// Bytes of one subject's packed state by part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SubjectBytes {
    /// Numbers of days, the group, running totals.
    pub(crate) scalars: usize,
    /// How often things are done.
    pub(crate) rates: usize,
    /// How much is moved.
    pub(crate) volumes: usize,
    /// How surprising the subject usually is.
    pub(crate) usual: usize,
    /// When it is active.
    pub(crate) hours: usize,
    /// What follows what.
    pub(crate) transitions: usize,
    /// On how many days which count was how high (a sketch).
    pub(crate) counts: usize,
    /// Objects used (a sketch).
    pub(crate) objects: usize,
}

impl SubjectBytes {
    /// The parts with their names.
    pub(crate) const fn named(&self) -> [(&'static str, usize); 8] {
        [
            ("scalars", self.scalars),
            ("rates", self.rates),
            ("volumes", self.volumes),
            ("usual", self.usual),
            ("hours", self.hours),
            ("transitions", self.transitions),
            ("counts", self.counts),
            ("objects", self.objects),
        ]
    }

    /// All of them.
    pub(crate) fn all(&self) -> usize {
        self.named().iter().map(|(_, bytes)| bytes).sum()
    }

    /// Of them what is no sketch.
    pub(crate) fn before_sketches(&self) -> usize {
        self.all() - self.counts - self.objects
    }
}

impl std::ops::AddAssign for SubjectBytes {
    fn add_assign(&mut self, more: Self) {
        self.scalars += more.scalars;
        self.rates += more.rates;
        self.volumes += more.volumes;
        self.usual += more.usual;
        self.hours += more.hours;
        self.transitions += more.transitions;
        self.counts += more.counts;
        self.objects += more.objects;
    }
}

/// Bytes that something takes in a subject's state; 0 if it cannot be told, which does not happen with plain numbers.
fn packed_size(of: &impl Serialize) -> usize {
    postcard::experimental::serialized_size(of).unwrap_or_default()
}

/// The entry of a key (a channel, a kind, a bin) in a list kept sorted by it, made if absent.
pub(crate) fn slot<T, K: Ord + Copy>(
    list: &mut Vec<T>,
    wanted: K,
    key: impl Fn(&T) -> K,
    make: impl Fn(K) -> T,
) -> &mut T {
    let at = match list.binary_search_by_key(&wanted, key) {
        Ok(at) => at,
        Err(at) => {
            list.insert(at, make(wanted));
            at
        }
    };
    &mut list[at]
}

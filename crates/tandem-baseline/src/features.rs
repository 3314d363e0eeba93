//! From a day's activity to the surprise of each channel, given only what earlier days left behind.

use tandem_domain::Day;

use crate::channel::{Channel, Flow};
use crate::peers::{PeerView, Popular, Records};
use crate::profile::{Amount, Count, HourModel, Increment, Rate, Subject, WEEK_DAYS};
use crate::settings::Settings;
use crate::stats::{GammaPrior, count_cap, count_surprise, surprise_of, volume_cap, volume_surprise};
use crate::transitions::Transition;
use crate::{Action, DayActivity, ObjectKind};

/// What a sentence about a channel needs besides the numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Detail {
    /// Nothing.
    None,
    /// The amount is bytes.
    Bytes,
    /// The rarest new object's hash, and on what share of the circle's person-days it is used.
    Object(u64, f64),
    /// The p-value among peers.
    Peers(f64),
    /// Confidential or refused looks, and things that are others' work.
    Looks(f64, f64),
    /// Which count has changed.
    Changed(Channel),
    /// What followed what.
    Followed(Transition),
}

/// One channel of one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Feature {
    pub(crate) channel: Channel,
    /// Nats beyond a coin toss.
    pub(crate) surprise: f64,
    pub(crate) observed: f64,
    /// Own usual value.
    pub(crate) own: f64,
    /// Peers' usual value, with enough of them.
    pub(crate) peers: Option<f64>,
    pub(crate) detail: Detail,
}

/// All channels with any surprise, by channel, and what the day will add to the subject.
#[derive(Debug, Clone, Default)]
pub(crate) struct Features {
    pub(crate) list: Vec<Feature>,
    pub(crate) increment: Increment,
}

/// People around a subject: the closest group with enough of them, else everybody.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circle<'a> {
    /// Name; empty for everybody.
    pub(crate) name: &'a str,
    /// Decayed person-days.
    pub(crate) days: f64,
    /// Mean number of people active per day.
    pub(crate) people: f64,
}

/// What a day is held against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Past<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) subject: &'a Subject,
    pub(crate) peers: &'a PeerView<'a>,
    pub(crate) popular: &'a Popular,
    pub(crate) records: &'a Records,
    /// Names of all of the subject's groups.
    pub(crate) groups: &'a [&'a str],
    pub(crate) circle: Circle<'a>,
    pub(crate) day: Day,
    /// The subject has been known for a half-life, and everybody for long enough, to tell what is more than was to be expected.
    /// Before, whatever is done is learned as it is: the past is the peers' more than the own, and there is little to protect.
    pub(crate) known: bool,
}

impl Past<'_> {
    /// The surprises of a day.
    pub(crate) fn features(&self, activity: &DayActivity) -> Features {
        let mut found = Features::default();
        let hours = self.hours();
        self.hour(activity, &hours, &mut found);
        let is_outside = |hour: &usize| hours.at(self.day, *hour).1 < self.settings.own_hours_share;
        // A bit for each: asked again for every action of the day.
        let outside_hours = (0..24)
            .filter(is_outside)
            .fold(0_u32, |bits, hour| bits | 1 << hour);
        if self.known {
            found.increment.outside = outside_hours;
        }
        let mut flows = [0.0; Flow::ALL.len()];
        for part in activity.actions() {
            let action = part.action;
            let outside: u64 = (0..24)
                .filter(|hour| outside_hours >> hour & 1 == 1)
                .map(|hour| u64::from(part.hours[hour]))
                .sum();
            let total = part.total();
            if action.is_counted() {
                let inside = (total - outside) as f64;
                self.count(Channel::InHours(action), inside, Detail::None, &mut found);
                self.count(
                    Channel::OutOfHours(action),
                    outside as f64,
                    Detail::None,
                    &mut found,
                );
            }
            let (amount, detail) = match part.bytes {
                0 => (part.items, Detail::None),
                bytes => (bytes, Detail::Bytes),
            };
            if action.has_volume() && amount > 0 {
                self.volume(Channel::Volume(action), amount as f64, detail, &mut found);
            }
            if action.is_egress() {
                flows[Flow::Egress as usize] += total as f64;
            }
            if action.is_egress() || action == Action::MailExternal {
                flows[Flow::EgressBytes as usize] += part.bytes as f64;
            }
            if action.is_collection() {
                flows[Flow::Collection as usize] += total.max(part.items) as f64;
            }
        }
        for part in activity.kinds() {
            self.novel(part.kind, part.objects.iter().map(|o| o.hash), &mut found);
        }
        let (looks, others) = (f64::from(activity.looks()), self.others_work(activity));
        let curiosity = Channel::Curiosity;
        self.count(
            curiosity,
            looks + others,
            Detail::Looks(looks, others),
            &mut found,
        );
        self.transitions(activity.timeline(), &mut found);
        self.totals(flows, &mut found);
        if let Some(changed) = self.regime() {
            found.push(changed);
        }
        found.list.sort_unstable_by_key(|feature| feature.channel.index());
        found.increment.counts.sort_unstable_by_key(|count| count.channel);
        found
    }

    /// The subject's hours, with those of the closest large enough group as prior.
    pub(crate) fn hours(&self) -> HourModel {
        let peers = self.peers.hours(self.settings.least_peers);
        HourModel::new(&self.subject.hours(), peers, self.settings.prior_hours)
    }

    fn hour(&self, activity: &DayActivity, hours: &HourModel, found: &mut Features) {
        let Some((hour, p)) = hours.rarest(self.day, &activity.hours()) else {
            return;
        };
        let peers = self.peers.closest_with(self.settings.least_peers);
        found.push(Feature {
            channel: Channel::Hour,
            surprise: surprise_of(p),
            observed: hour as f64,
            own: hours.at(self.day, hour).0,
            peers: peers.map(|_| hours.peers_at(self.day, hour)),
            detail: Detail::None,
        });
    }

    /// A count under a mixture of two forecasts (Ferguson 1973: a Dirichlet process around the model). The model is Poisson
    /// with a gamma-distributed rate and day-to-day scatter; beside it stand the own days as they were. So a record is judged
    /// by the model, and what happens every month-end no longer surprises.
    fn count(&self, channel: Channel, count: f64, detail: Detail, found: &mut Features) {
        if count <= 0.0 {
            return;
        }
        let index = channel.index();
        let days = f64::from(self.subject.fast_days);
        let own = self.subject.rate(index);
        let acts = own.map_or(0.0, Rate::fast);
        let peers = self.peers.rate(index, self.settings);
        let rate = peers.after(acts, days);
        let expected = rate.scattered(self.scatter(index));
        let model = count_surprise(count, 1.0, expected);
        let new_way = count_surprise(count, 1.0, peers.scattered(self.peers.scatter(index)));
        let before = self.subject.histograms.days_with(index, count);
        let weight = self.settings.model_days;
        let tail = (weight * 0.5 * (-model).exp() + before) / (weight + f64::from(self.subject.slow_days));
        let own_way = if model > 0.0 { surprise_of(tail) } else { 0.0 };
        found
            .increment
            .counts
            .push(self.learned(index, count, own_way, expected));
        found.push(Feature {
            channel,
            surprise: if model > 0.0 {
                self.new_habit(own_way, new_way)
            } else {
                0.0
            },
            observed: count,
            own: self.subject.mean(index),
            peers: self.peers.usual_rate(index, self.settings.least_peers),
            detail,
        });
    }

    /// What is learned of a count: no day teaches more than what one in a thousand shows, and of what is beyond the usual only
    /// a part, or somebody could make anything look usual by doing it a few times. `surprise` is the own one.
    fn learned(&self, channel: usize, seen: f64, surprise: f64, expected: GammaPrior) -> Count {
        let most = surprise_of(self.settings.winsor_p);
        if !self.known || surprise <= most {
            return Count::plain(channel, seen);
        }
        let capped = count_cap(seen, expected, most);
        let usual = expected.mean().min(capped);
        Count {
            channel: channel as u8,
            seen,
            capped,
            learned: usual + self.settings.winsor_weight * (capped - usual),
        }
    }

    /// People now and then begin something that their past does not foretell and their peers do every day: with a small
    /// probability a day is the peers' and not the own. Without it, the surprise of a beginner would grow without bound with
    /// the length of the past, which is more than any past can tell.
    fn new_habit(&self, own: f64, peers: f64) -> f64 {
        let odds = self.settings.new_habit;
        surprise_of(0.5 * ((1.0 - odds) * (-own).exp() + odds * (-peers).exp()))
    }

    /// How much the subject's daily counts scatter beyond chance; everybody's scatter stands in for few acts.
    fn scatter(&self, channel: usize) -> f64 {
        let everybody = self.peers.scatter(channel);
        let days = f64::from(self.subject.fast_days);
        let Some(own) = self
            .subject
            .rate(channel)
            .filter(|rate| rate.fast() > 0.0 && days > 0.0)
        else {
            return everybody;
        };
        let (weight, prior) = (own.fast().min(days), self.settings.scatter_days);
        (prior * everybody + weight * own.scatter(days)) / (prior + weight)
    }

    fn volume(&self, channel: Channel, amount: f64, detail: Detail, found: &mut Features) {
        let index = channel.index();
        let (weight, mean, _) = self.subject.volume(index);
        let surprise = self.amount(channel, amount.ln_1p(), found);
        found.push(Feature {
            channel,
            surprise,
            observed: amount,
            own: if weight > 0.0 { mean.exp_m1() } else { 0.0 },
            peers: self.peers.usual_volume(index, self.settings.least_peers),
            detail,
        });
    }

    /// The surprise of a logarithm, and what is learned of it.
    pub(crate) fn amount(&self, channel: Channel, value: f64, found: &mut Features) -> f64 {
        let index = channel.index();
        let (weight, mean, spread) = self.subject.volume(index);
        let known = self.peers.volume(index).after(weight, mean, spread);
        let surprise = volume_surprise(value, known);
        let most = surprise_of(self.settings.winsor_p);
        let capped = if self.known && surprise > most {
            volume_cap(value, known, most)
        } else {
            value
        };
        found.increment.volumes.push(Amount {
            channel: index as u8,
            capped,
            doubtful: capped < value,
        });
        surprise
    }

    /// First uses. On a subject's very first day everything is new, which says nothing.
    fn novel(&self, kind: ObjectKind, hashes: impl Iterator<Item = u64>, found: &mut Features) {
        if self.subject.days == 0 {
            return;
        }
        let new = self.subject.seen(kind).new_among(hashes);
        if new.is_empty() {
            return;
        }
        let channel = Channel::Novel(kind);
        let index = channel.index();
        let seen = new.len() as f64;
        let faded = f64::from(self.subject.fast_days);
        let (peers, days) = self
            .peers
            .first_uses(index, self.subject.days, faded, self.settings);
        let acts = self.subject.rate(index).map_or(0.0, Rate::fast);
        let expected = peers.after(acts, days);
        let own_way = count_surprise(seen, 1.0, expected);
        let first = self.new_habit(own_way, count_surprise(seen, 1.0, peers));
        let uses = |object: u64| self.popular.uses(self.circle.name, object, self.day);
        let share = |object: u64| ((uses(object) + 0.5) / (self.circle.days + 1.0)).min(1.0);
        let rarest = new.iter().map(|object| (share(*object), *object));
        let rarest = rarest.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let (share, object) = rarest.unwrap_or((1.0, 0));
        // What is new to somebody is mostly rare, or it would not be new: an object adds to the surprise as far as it is rare
        // among what was new to others. And never more than its being new did: who meets new objects every day is not
        // surprising by meeting rare ones.
        let rare = surprise_of(self.peers.rarity_tail(index as u8, share)).min(first);
        found.increment.rarities.push((index as u8, share));
        found
            .increment
            .counts
            .push(self.learned(index, seen, own_way, expected));
        found.push(Feature {
            channel,
            surprise: first + rare,
            observed: new.len() as f64,
            own: self.subject.mean(index),
            peers: self.peers.usual_rate(index, self.settings.least_peers),
            detail: Detail::Object(object, share),
        });
    }

    fn totals(&self, flows: [f64; Flow::ALL.len()], found: &mut Features) {
        found.increment.flows = flows;
        for (flow, today) in Flow::ALL.into_iter().zip(flows) {
            if today <= 0.0 {
                continue;
            }
            let totals = self.subject.totals[flow as usize];
            if flow == Flow::EgressBytes {
                self.volume(Channel::Week(flow), totals.week(today), Detail::Bytes, found);
            } else {
                self.week(flow, today, totals.week(today), found);
            }
            if let Some(group) = self.peers.closest_with(self.settings.least_peers) {
                let month = totals.month(today);
                let p = group.total_tail(flow, month);
                found.push(Feature {
                    channel: Channel::Month(flow),
                    surprise: surprise_of(p),
                    observed: month,
                    own: totals.month(0.0),
                    peers: Some(group.total_median(flow)),
                    detail: Detail::Peers(p),
                });
            }
        }
    }

    fn week(&self, flow: Flow, today: f64, week: f64, found: &mut Features) {
        let channel = Channel::Week(flow);
        let index = channel.index();
        let days = f64::from(self.subject.slow_days);
        let acts = self.subject.rate(index).map_or(0.0, Rate::slow);
        let rate = self.peers.rate(index, self.settings).after(acts, days);
        let peers = self.peers.usual_rate(index, self.settings.least_peers);
        found.increment.counts.push(Count::plain(index, today));
        found.push(Feature {
            channel,
            surprise: count_surprise(
                week.round(),
                WEEK_DAYS,
                rate.scattered(self.scatter(index) / WEEK_DAYS),
            ),
            observed: week,
            own: if days > 0.0 { WEEK_DAYS * acts / days } else { 0.0 },
            peers: peers.map(|rate| WEEK_DAYS * rate),
            detail: Detail::None,
        });
    }
}

impl Features {
    pub(crate) fn push(&mut self, feature: Feature) {
        if feature.surprise > 0.0 {
            self.list.push(feature);
        }
    }
}

//! The value of a channel on each kept day.

use std::collections::HashSet;

use tandem_baseline::{Channel, CoarseAction, DayActivity, ObjectKind, OwnHours, Transition, Unit, observed};
use tandem_domain::Day;

use super::view::PictureUnit;
use crate::pipeline::departures::Departure;

/// Active days of which no first uses are told: too little was kept before them, so that much looks new.
const TOO_EARLY: usize = 10;

/// How a channel's values are told from kept days.
#[derive(Debug, Clone)]
pub(super) struct Values {
    /// What they count.
    pub(super) unit: PictureUnit,
    /// How they were counted, in plain words.
    pub(super) note: String,
    /// The value of the day in question.
    pub(super) today: f64,
    told: Told,
}

#[derive(Debug, Clone, Copy)]
enum Told {
    /// From each day alone, some by these hours.
    Observed(Channel, Unit, OwnHours),
    /// How often the day took a step.
    Step(Transition),
    /// Objects of a kind that no earlier kept day has.
    FirstUses(ObjectKind),
    /// Looks at what is confidential, and refused accesses.
    Looks,
}

impl Values {
    /// Of a departure; `None` where kept days do not tell its values. `hours`: which of that day counted as the subject's own;
    /// `today`: what was done on it.
    pub(super) fn of(
        departure: &Departure,
        channel: Channel,
        today: &DayActivity,
        hours: Option<OwnHours>,
    ) -> Option<Self> {
        let value = departure.observed;
        let (told, unit, note) = match channel {
            Channel::Transitions => {
                let step = departure.followed?;
                (Told::Step(step), PictureUnit::Acts, step_note(step))
            }
            Channel::Novel(kind) => (Told::FirstUses(kind), PictureUnit::Items, first_uses_note(kind)),
            Channel::Curiosity => return looks(value, today),
            _ => {
                let unit = Unit::of(channel, today)?;
                let split = matches!(channel, Channel::InHours(_) | Channel::OutOfHours(_));
                // Without the hours of that day in and outside of them cannot be told apart.
                let hours = if split { hours? } else { OwnHours::ALL };
                let told = Told::Observed(channel, unit, hours);
                (told, unit.into(), observed_note(channel).to_owned())
            }
        };
        Some(Self {
            unit,
            note,
            today: value,
            told,
        })
    }

    /// The value of each of some days, which are in order.
    pub(super) fn on<'a>(&self, days: impl Iterator<Item = (&'a Day, &'a DayActivity)>) -> Vec<(Day, f64)> {
        let mut known = HashSet::new();
        let values = days.enumerate().filter_map(|(at, (day, activity))| {
            let value = match self.told {
                Told::Observed(channel, unit, hours) => observed(channel, unit, activity, *day, hours)?,
                Told::Step(step) => f64::from(step.times(activity)),
                Told::Looks => f64::from(activity.looks()),
                Told::FirstUses(kind) => {
                    let new = first_uses(kind, activity, &mut known);
                    if at < TOO_EARLY {
                        return None;
                    }
                    new as f64
                }
            };
            Some((*day, value))
        });
        values.collect()
    }
}

/// Objects of a kind that were not known, and are from now on.
fn first_uses(kind: ObjectKind, activity: &DayActivity, known: &mut HashSet<u64>) -> usize {
    let of_kind = activity.kinds().iter().filter(|part| part.kind == kind);
    let objects = of_kind.flat_map(|part| part.objects.iter());
    objects.filter(|object| known.insert(object.hash)).count()
}

/// Of looks at what is none of the own work only those are told that a day counts by itself.
fn looks(all: f64, today: &DayActivity) -> Option<Values> {
    let looks = f64::from(today.looks());
    if looks <= 0.0 {
        return None;
    }
    let others = (all - looks).round();
    let besides = if others >= 1.0 {
        format!(
            " The day's {others} other looks, at things of others' work, are not among them: no kept day tells them."
        )
    } else {
        String::new()
    };
    Some(Values {
        unit: PictureUnit::Acts,
        note: format!("Looks at what is confidential, and accesses that were refused.{besides}"),
        today: looks,
        told: Told::Looks,
    })
}

fn observed_note(channel: Channel) -> &'static str {
    match channel {
        Channel::InHours(_) => {
            "Counted within the hours that were this subject's own on that day; peers in the same hours."
        }
        Channel::OutOfHours(_) => {
            "Counted outside the hours that were this subject's own on that day; peers in the same hours."
        }
        _ => "Counted over the whole day.",
    }
}

fn step_note(step: Transition) -> String {
    let to = step.to.words();
    match step.from.map(CoarseAction::words) {
        Some(from) => format!("How often a day had {to} after {from}."),
        None => format!("Whether a day began with {to}."),
    }
}

fn first_uses_note(kind: ObjectKind) -> String {
    format!(
        "First use of {}: not used on any earlier day that is kept. The first {TOO_EARLY} active days have too little before them \
         and are left out; of peers a month is looked at, so more looks new.",
        kind.words(2)
    )
}

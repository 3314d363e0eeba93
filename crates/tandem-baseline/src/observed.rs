//! A channel's value on a day, told from the day's activity alone: what a picture of the own past is drawn from.
//!
//! Counts inside and outside own hours need to know those hours. They are given, so that all days of a picture are counted by
//! the same clock. First uses depend on everything before a day and hours of the week are no amount: neither is told here.

use tandem_domain::Day;

use crate::own_hours::OwnHours;
use crate::{Channel, DayActivity};

/// What a channel's values count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// How often something was done.
    Acts,
    /// Bytes.
    Bytes,
    /// Things touched, where a source says no bytes.
    Items,
}

impl Unit {
    /// What a channel counted on a day; `None` for channels whose value no activity tells by itself.
    pub fn of(channel: Channel, activity: &DayActivity) -> Option<Self> {
        match channel {
            Channel::InHours(_) | Channel::OutOfHours(_) => Some(Self::Acts),
            Channel::Volume(action) => {
                let bytes = activity.action(action).map_or(0, |part| part.bytes);
                Some(if bytes > 0 { Self::Bytes } else { Self::Items })
            }
            _ => None,
        }
    }
}

/// The channel's value on an active day, 0 where nothing of the kind was done; `None` for channels whose value no activity
/// tells by itself.
pub fn observed(
    channel: Channel,
    unit: Unit,
    activity: &DayActivity,
    day: Day,
    hours: OwnHours,
) -> Option<f64> {
    let acts = |action, own: bool| {
        let part = activity.action(action)?;
        let of_kind = (0..24).filter(|hour| hours.contains(day, *hour) == own);
        let count = |hour: usize| part.hours.get(hour).copied().map_or(0, u64::from);
        Some(of_kind.map(count).sum::<u64>())
    };
    let value = match (channel, unit) {
        (Channel::InHours(action), _) => acts(action, true),
        (Channel::OutOfHours(action), _) => acts(action, false),
        (Channel::Volume(action), Unit::Bytes) => activity.action(action).map(|part| part.bytes),
        (Channel::Volume(action), _) => activity.action(action).map(|part| part.items),
        _ => return None,
    };
    Some(value.unwrap_or(0) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{HourModel, PeerHours};
    use crate::{Action, ObjectKind, Observation};

    #[test]
    fn acts_are_split_by_the_hours_given_and_bytes_are_bytes() {
        let mut day = DayActivity::default();
        for hour in [9, 9, 10, 23] {
            let mut seen = Observation::new(Action::RemovableCopy, hour);
            seen.bytes = 500;
            day.add(&seen);
        }
        let mut week = vec![0.0_f32; 168];
        week[8..18].fill(50.0);
        let own = OwnHours::of(&HourModel::new(&week, &PeerHours::new(&week), 20.0), 0.005);
        let monday = Day(4);
        let of = |channel| {
            let unit = Unit::of(channel, &day)?;
            observed(channel, unit, &day, monday, own)
        };
        let copies = Action::RemovableCopy;
        assert_eq!(of(Channel::InHours(copies)), Some(3.0));
        assert_eq!(of(Channel::OutOfHours(copies)), Some(1.0));
        assert_eq!(of(Channel::Volume(copies)), Some(2_000.0));
        assert_eq!(
            of(Channel::InHours(Action::Print)),
            Some(0.0),
            "an active day without"
        );
        assert_eq!(of(Channel::Hour), None);
        assert_eq!(of(Channel::Novel(ObjectKind::Host)), None);
    }
}

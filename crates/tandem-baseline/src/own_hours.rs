//! Which hours of a day are a subject's own, kept beside a day so that its counts can be told in the same way for other days.

use serde::{Deserialize, Serialize};
use tandem_domain::Day;

use crate::profile::HourModel;

/// A Thursday and a Saturday: one day of each kind that the hours tell apart.
const KINDS: [Day; 2] = [Day(0), Day(2)];

/// One bit per hour, 24 of a working day and then 24 of a day of rest; set where the hour is one of the subject's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OwnHours(u64);

impl OwnHours {
    /// Every hour.
    pub const ALL: Self = Self((1 << 48) - 1);

    /// The hours of a model; an hour is outside if hours no likelier than it make up less than `share`.
    pub(crate) fn of(model: &HourModel, share: f64) -> Self {
        let mut bits = 0;
        for (kind, day) in KINDS.into_iter().enumerate() {
            for hour in (0..24).filter(|hour| model.at(day, *hour).1 >= share) {
                bits |= 1 << (24 * kind + hour);
            }
        }
        Self(bits)
    }

    /// True if the hour, 0 to 23, of that day is one of the subject's own.
    pub fn contains(self, day: Day, hour: usize) -> bool {
        hour < 24 && (self.0 >> (24 * usize::from(day.is_weekend()) + hour)) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::PeerHours;

    #[test]
    fn days_of_rest_have_hours_of_their_own() {
        let mut week = vec![0.0_f32; 168];
        for day in 0..5 {
            for hour in 8..18 {
                week[day * 24 + hour] = 20.0;
            }
        }
        let own = OwnHours::of(&HourModel::new(&week, &PeerHours::new(&week), 20.0), 0.005);
        let (friday, saturday) = (Day(1), Day(2));
        assert!(own.contains(friday, 9) && own.contains(friday, 17));
        assert!(!own.contains(friday, 2) && !own.contains(saturday, 9));
        assert!(!own.contains(friday, 24), "there is no such hour");
        assert!(OwnHours::ALL.contains(saturday, 23) && OwnHours::ALL.contains(friday, 0));
    }
}

//! When a subject and its peers are active, for a heat map of the week.

use tandem_domain::Day;

use super::Profiles;
use crate::DayActivity;
use crate::communities::with_learned;
use crate::profile::{WEEK_HOURS, week_hour};

/// Shares of activity by hour of the week, 168 values from Monday 00h to Sunday 23h, each list adding up to 1 (or all 0).
#[derive(Debug, Clone, PartialEq)]
pub struct HourShares {
    /// The subject's own past, fading.
    pub past: Vec<f64>,
    /// The closest peer group's, if it has enough people.
    pub peers: Option<Vec<f64>>,
    /// People active per day in that group.
    pub peer_count: u32,
}

impl Profiles {
    /// The usual hours of a subject and of the closest of the peer groups `peers` (closest first) that has enough people;
    /// `None` for a subject never seen.
    pub fn hours(&self, subject: &str, peers: &[&str]) -> Option<HourShares> {
        let own = self.subjects.get(subject)?;
        let learned = self.learned_group(subject);
        let groups = self.compared_with(&with_learned(peers, learned.as_deref()));
        let view = self.peers.view(&groups);
        let group = view.closest_with(self.settings.least_peers);
        Some(HourShares {
            past: shares(own.hours().into_iter().map(f64::from)),
            peers: group.map(|group| shares(group.hours().iter().map(|h| f64::from(*h)))),
            peer_count: group.map_or(0, |group| group.people().round() as u32),
        })
    }
}

/// The same shares of given days, for example of the last fourteen: each hour with activity counts once per day.
pub fn week_shares<'a>(days: impl IntoIterator<Item = (Day, &'a DayActivity)>) -> Vec<f64> {
    let mut week = vec![0.0; WEEK_HOURS];
    for (day, activity) in days {
        for (hour, _) in activity.hours().iter().enumerate().filter(|(_, n)| **n > 0) {
            if let Some(sum) = week.get_mut(week_hour(day, hour)) {
                *sum += 1.0;
            }
        }
    }
    shares(week.into_iter())
}

fn shares(weights: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut week: Vec<f64> = weights.collect();
    week.resize(WEEK_HOURS, 0.0);
    let total: f64 = week.iter().sum();
    if total > 0.0 {
        for share in &mut week {
            *share /= total;
        }
    }
    week
}

//! All days through the profiles, in calendar order.

use std::time::Instant;

use tandem_baseline::{DayContext, DayScore, Profiles, Settings, SubjectDay};
use tandem_domain::Day;

use super::cert::Activity;
use super::organisation::Organisation;
use super::ranking::{Ranked, Ranking};

/// Days that are scored but not judged.
const WARM_UP: i32 = 90;

/// Scores of every judged day, and what making them cost.
pub struct Scored {
    /// Day by day, the most unusual person first.
    pub days: Vec<(Day, Vec<DayScore>)>,
    /// The first judged day.
    pub first_judged: Day,
    /// Person-days, warm-up included.
    pub person_days: u64,
    /// Seconds spent in scoring and learning.
    pub seconds: f64,
    /// Events read, and seconds spent on reading and adding them up.
    pub events: (u64, f64),
    /// State per subject, bytes.
    pub bytes_per_subject: f64,
    /// State held once for all, bytes.
    pub shared_bytes: usize,
}

impl Scored {
    /// Scores everything.
    pub fn new(activity: &Activity, organisation: &Organisation, settings: Settings) -> Self {
        let mut profiles = Profiles::new(settings);
        let first = activity.days.keys().next().copied().unwrap_or_default();
        let first_judged = first.plus(WARM_UP);
        let (mut days, mut person_days) = (Vec::new(), 0);
        let start = Instant::now();
        for (day, people) in &activity.days {
            let groups: Vec<Vec<&str>> = people
                .keys()
                .map(|person| {
                    organisation
                        .groups(*day, person)
                        .iter()
                        .map(String::as_str)
                        .collect()
                })
                .collect();
            let rows: Vec<SubjectDay<'_>> = people
                .iter()
                .zip(&groups)
                .map(|((subject, activity), peers)| SubjectDay {
                    subject,
                    peers,
                    activity,
                    context: DayContext::default(),
                })
                .collect();
            person_days += rows.len() as u64;
            let scores = profiles.score_day(*day, &rows);
            if *day >= first_judged {
                days.push((*day, scores));
            }
        }
        Self {
            days,
            first_judged,
            person_days,
            seconds: start.elapsed().as_secs_f64(),
            events: (activity.events, activity.seconds),
            bytes_per_subject: profiles.bytes_per_subject(),
            shared_bytes: profiles.shared_bytes(),
        }
    }

    /// People ranked by a number of their score, the largest first.
    pub fn ranking(&self, by: impl Fn(&DayScore) -> f64) -> Ranking {
        let mut ranking = Ranking::default();
        for (day, scores) in &self.days {
            let ranked = |score: &DayScore| Ranked {
                person: score.subject.clone(),
                score: by(score),
                p: Some(score.p),
            };
            ranking.add(*day, scores.iter().map(ranked).collect());
        }
        ranking
    }
}

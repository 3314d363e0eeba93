//! All days through the profiles, in calendar order.

use std::collections::BTreeMap;

use tandem_baseline::{DayContext, DayScore, Memory, Profiles, Settings, SubjectDay};
use tandem_domain::Day;

use super::data::DataSet;
use super::data::activity::Stopwatch;
use super::ranking::{Ranked, Ranking};

/// Scores of every judged day, and what making them cost.
pub struct Scored {
    /// Day by day, the most unusual person first.
    pub days: Vec<(Day, Vec<DayScore>)>,
    /// Everybody there ever was.
    pub people: usize,
    /// What it cost.
    pub cost: Cost,
}

/// What scoring cost.
#[derive(Debug, Default)]
pub struct Cost {
    /// Person-days, warm-up included.
    pub person_days: u64,
    /// Seconds of one core spent in scoring and learning.
    pub seconds: f64,
    /// Where the memory is at the end.
    pub memory: Memory,
}

/// Which part of a data set is scored.
#[derive(Debug, Clone, Copy, Default)]
pub struct Part<'a> {
    /// The last day.
    pub until: Option<Day>,
    /// Nothing of these people before these days.
    pub since: Option<&'a BTreeMap<String, Day>>,
}

impl Scored {
    /// Scores everything and keeps the judged days.
    pub fn new(set: &DataSet, settings: &Settings, part: Part<'_>) -> Self {
        let first_judged = set.first_judged();
        let mut days = Vec::new();
        let cost = run(set, settings, part, &mut |day, scores| {
            if day >= first_judged {
                days.push((day, scores));
            }
        });
        Self {
            days,
            people: set.activity.people().len(),
            cost,
        }
    }

    /// People ranked by a number of their score, the largest first.
    pub fn ranking(&self, by: impl Fn(&DayScore) -> f64) -> Ranking {
        let mut ranking = Ranking::new(self.people);
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

    /// The product's own order.
    pub fn own_ranking(&self) -> Ranking {
        self.ranking(|score| score.order)
    }
}

/// Scores day by day and hands every day on.
pub fn run(
    set: &DataSet,
    settings: &Settings,
    part: Part<'_>,
    each: &mut dyn FnMut(Day, Vec<DayScore>),
) -> Cost {
    let mut profiles = Profiles::new(settings.clone());
    let mut cost = Cost::default();
    for (day, people) in &set.activity.days {
        if part.until.is_some_and(|until| *day > until) {
            break;
        }
        let there = |person: &str| {
            let since = part.since.and_then(|since| since.get(person));
            since.is_none_or(|since| day >= since)
        };
        let people: Vec<_> = people.iter().filter(|(person, _)| there(person)).collect();
        let standings: Vec<_> = people
            .iter()
            .map(|(person, _)| set.organisation.standing(*day, person))
            .collect();
        let groups: Vec<Vec<&str>> = standings
            .iter()
            .map(|standing| standing.map_or(Vec::new(), |s| s.groups.iter().map(String::as_str).collect()))
            .collect();
        let rows: Vec<SubjectDay<'_>> = people
            .iter()
            .zip(&standings)
            .zip(&groups)
            .map(|(((subject, activity), standing), peers)| SubjectDay {
                subject,
                peers,
                activity,
                context: DayContext {
                    role_changed: standing.is_some_and(|s| s.changed == Some(*day)),
                    absent: standing.is_some_and(|s| s.absent),
                },
            })
            .collect();
        cost.person_days += rows.len() as u64;
        let clock = Stopwatch::start();
        let scores = profiles.score_day(*day, &rows);
        cost.seconds += clock.seconds();
        each(*day, scores);
    }
    cost.memory = profiles.memory();
    cost
}

//! What the queue made of a company's planted stories and of its innocents.
//!
//! Only this module reads the ground truth, and only after the last alert exists.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use tandem_domain::{Alert, Day, IndicatorId, SubjectId};
use tandem_people::Pseudonyms;
use tandem_server::App;
use tandem_sim::{StoryTruth, Truth};
use tandem_store::AlertFilter;

/// Working days after the harm within which an alert still counts.
const GRACE: u32 = 2;

/// A story and the alerts it led to.
#[derive(Debug)]
pub struct StoryOutcome {
    /// What was planted.
    pub story: StoryTruth,
    /// The last day whose queue still counts.
    pub until: Day,
    /// Alerts in time that rest on evidence of a day of the story, earliest first.
    pub alerts: Vec<Alert>,
    /// Highest score of its person from the first act to the last day that counts, decibans.
    pub best_score: f64,
}

impl StoryOutcome {
    /// True if it was in the queue in time.
    pub const fn found(&self) -> bool {
        !self.alerts.is_empty()
    }
}

/// An innocent who was in the queue.
#[derive(Debug)]
pub struct Flagged {
    /// What kind of oddity.
    pub kind: String,
    /// Why it is harmless.
    pub note: String,
    /// The alerts.
    pub alerts: Vec<Alert>,
}

/// The whole judgement.
#[derive(Debug)]
pub struct Judgement {
    /// Every story.
    pub stories: Vec<StoryOutcome>,
    /// Innocents in all.
    pub innocents: usize,
    /// Those that were flagged.
    pub flagged: Vec<Flagged>,
    /// Alerts in all.
    pub alerts: usize,
    /// Alerts about people of stories.
    pub about_stories: usize,
    /// People flagged who are in no story and no planted innocent.
    pub others: usize,
    /// Subjects known at the end.
    pub subjects: usize,
    /// Days from the first to the last alert.
    pub days: u32,
}

/// Judges an analysed company.
pub async fn judge(app: &App, company: &Path) -> Result<Judgement> {
    let filter = AlertFilter {
        limit: usize::MAX >> 1,
        ..AlertFilter::default()
    };
    let mut alerts: BTreeMap<SubjectId, Vec<Alert>> = BTreeMap::new();
    let (mut count, mut span) = (0, None);
    for row in app.store.alerts(&filter).await? {
        count += 1;
        let (first, last) = span.unwrap_or((row.alert.day, row.alert.day));
        span = Some((row.alert.day.min(first), row.alert.day.max(last)));
        alerts
            .entry(row.alert.subject.clone())
            .or_default()
            .push(row.alert);
    }
    alerts.values_mut().for_each(|list| list.sort_by_key(|a| a.day));

    let text = fs::read_to_string(company.join("truth.json")).context("reading the ground truth")?;
    let truth: Truth = serde_json::from_str(&text)?;
    let directory = app.directory().await?.as_of(Day(i32::MAX / 2));
    let mut pseudonyms = Pseudonyms::new(*app.secret.key());
    let mut subject_of = |person: &str| {
        let known = directory
            .find(person)
            .with_context(|| format!("{person} is not in the people files"))?;
        anyhow::Ok(pseudonyms.of(&known.key))
    };
    let none = Vec::new();
    let mut of_stories = BTreeSet::new();
    let mut stories = Vec::new();
    for story in truth.stories {
        let subject = subject_of(&story.person)?;
        stories.push(outcome(app, story, &subject, alerts.get(&subject).unwrap_or(&none)).await?);
        of_stories.insert(subject);
    }
    let innocents = truth.innocents.len();
    let mut flagged = Vec::new();
    let mut known = of_stories.clone();
    for innocent in truth.innocents {
        let subject = subject_of(&innocent.person)?;
        if let Some(alerts) = alerts.get(&subject).filter(|_| !of_stories.contains(&subject)) {
            flagged.push(Flagged {
                kind: innocent.kind,
                note: innocent.note,
                alerts: alerts.clone(),
            });
        }
        known.insert(subject);
    }
    Ok(Judgement {
        stories,
        innocents,
        flagged,
        alerts: count,
        about_stories: of_stories
            .iter()
            .filter_map(|s| alerts.get(s))
            .map(Vec::len)
            .sum(),
        others: alerts.keys().filter(|s| !known.contains(s)).count(),
        subjects: directory.people().len(),
        days: span.map_or(0, |(first, last)| (last.0 - first.0 + 1).unsigned_abs()),
    })
}

async fn outcome(
    app: &App,
    story: StoryTruth,
    subject: &SubjectId,
    alerts: &[Alert],
) -> Result<StoryOutcome> {
    let until = working_days_after(story.harm_complete.day(), GRACE);
    let days: BTreeSet<Day> = story.days.iter().map(|d| d.day).collect();
    let evidence: BTreeSet<IndicatorId> = app
        .store
        .indicators_of(subject, Day(0), until)
        .await?
        .into_iter()
        .filter(|indicator| days.contains(&indicator.time.day()))
        .map(|indicator| indicator.id)
        .collect();
    let first = story.first_act.day();
    let scores = app.store.scores_of(subject, first, until).await?;
    let best_score = scores.iter().map(|s| s.1).fold(f64::NEG_INFINITY, f64::max);
    let alerts = alerts
        .iter()
        .filter(|a| a.day >= first && a.day <= until && a.indicators.iter().any(|i| evidence.contains(i)))
        .cloned()
        .collect();
    Ok(StoryOutcome {
        story,
        until,
        alerts,
        best_score,
    })
}

/// The day that is `count` working days (Monday to Friday) after `day`.
fn working_days_after(day: Day, count: u32) -> Day {
    let mut at = day;
    let mut left = count;
    while left > 0 {
        at = at.plus(1);
        // Day 0 (1970-01-01) was a Thursday; Saturday and Sunday are the days 2 and 3 after it.
        if !matches!(at.0.rem_euclid(7), 2 | 3) {
            left -= 1;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekends_do_not_count() {
        let day = |text| Day::parse(text).unwrap();
        assert_eq!(working_days_after(day("2026-06-12"), 2), day("2026-06-16"));
        assert_eq!(working_days_after(day("2026-06-13"), 2), day("2026-06-16"));
        assert_eq!(working_days_after(day("2026-06-15"), 2), day("2026-06-17"));
    }
}

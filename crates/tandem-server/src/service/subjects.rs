//! Subjects: lists, and one subject's story at any moment.

use std::collections::{BTreeMap, BTreeSet};

use tandem_baseline::DayActivity;
use tandem_domain::{Day, Indicator, SubjectId, Timestamp};
use tandem_people::{Person, View};
use tandem_score::{Explanation, explain, is_live};
use tandem_store::{AlertFilter, SubjectFilter, SubjectRow, WithdrawnRow};

use super::ServiceError;
use super::alerts::summary;
use crate::api::card::{self, PEERS};
use crate::api::dto::{
    Hours, ScoreDay, Story, SubjectCard, SubjectList, SubjectRow as Listed, TakenBack, Timeline, TimelineDay,
    TimelineMark,
};
use crate::api::risk;
use crate::api::views::{self, Sight};
use crate::app::App;
use crate::pipeline::queue_days;
use crate::pipeline::withdraw::Reason;

/// Days of the small score line.
const SPARK: i32 = 30;
/// How far back a story looks, days.
const BACK: i32 = 400;
/// Days of the own past in the map of hours.
const PAST: i32 = 104;
/// Days that count as lately.
const LATELY: i32 = 14;
/// Indicators shown in a story.
const SHOWN: usize = 200;

/// Which subjects are asked for.
#[derive(Debug, Clone, Default, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct SubjectsAsked {
    /// Part of pseudonym, department or role.
    pub q: Option<String>,
    /// Exactly this level.
    pub level: Option<String>,
    /// This department.
    pub department: Option<String>,
    /// `score`, `id` or `department`.
    pub sort: Option<String>,
    /// How many, at most 500.
    pub limit: Option<usize>,
    /// After how many.
    pub offset: Option<usize>,
}

impl App {
    /// A page of subjects.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subject_list(&self, asked: &SubjectsAsked) -> Result<SubjectList, ServiceError> {
        let some = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
        let filter = SubjectFilter {
            text: some(&asked.q),
            levels: some(&asked.level).into_iter().collect(),
            department: some(&asked.department),
            sort: asked.sort.clone().unwrap_or_default(),
            limit: asked.limit.unwrap_or(50).clamp(1, 500),
            offset: asked.offset.unwrap_or(0),
        };
        let total = self.store.count_subjects(&filter).await?;
        let open = self.store.open_alerts_by_subject().await?;
        let to = self.store.analysed_to().await?.unwrap_or_default();
        let mut subjects = Vec::new();
        for row in self.store.subjects(&filter).await? {
            let scores = self.store.scores_of(&row.subject, to.plus(1 - SPARK), to).await?;
            subjects.push(Listed {
                card: serde_json::from_str(&row.body)?,
                spark: spark(&scores, to),
                open_alerts: open.get(&row.subject.0).copied().unwrap_or(0),
            });
        }
        Ok(SubjectList { total, subjects })
    }

    /// A subject's story as it stood at `at` (RFC 3339 or a day), or at the end of the last day analysed.
    ///
    /// # Errors
    /// When there is no such subject or a store fails.
    pub async fn story(&self, sight: Sight, id: &str, at: Option<&str>) -> Result<Story, ServiceError> {
        let row = self.subject_row(id).await?;
        let last = self.store.analysed_to().await?.unwrap_or_default();
        let at = super::instant(at, false)?.unwrap_or(last.end());
        let known = self.known(&row.subject, at).await?;
        let explanation = self.explanation(&row.subject, at).await?;
        let from = at.day().plus(-BACK);
        let history = self.store.scores_of(&row.subject, from, at.day()).await?;
        let alerts = self
            .store
            .alerts(&AlertFilter {
                subject: Some(row.subject.clone()),
                to: Some(at.day()),
                limit: 200,
                ..AlertFilter::default()
            })
            .await?;
        let gone = self
            .store
            .withdrawn_findings(&row.subject, from, at.day())
            .await?;
        let mut indicators = Vec::new();
        for indicator in known.iter().rev().take(SHOWN) {
            indicators.push(self.with_events(sight, indicator, false).await?);
        }
        let mut card = self.card(&row.subject, at.day()).await?;
        (card.score, card.level) = (explanation.score, views::level(explanation.level).into());
        card.impact = explanation.impact.level;
        let chains = self.chains(sight, &row.subject, at).await?;
        Ok(Story {
            subject: card,
            chains,
            at: at.to_string(),
            explanation: views::explanation(sight, &explanation),
            impact: risk::impact(&explanation.impact),
            motive: risk::motive(sight, &known, at),
            way: risk::way(sight, &known, at),
            history: history
                .into_iter()
                .map(|(day, score, level)| ScoreDay {
                    day: day.to_string(),
                    score,
                    level,
                })
                .collect(),
            indicators,
            alerts: alerts.iter().map(|row| summary(sight, row)).collect(),
            taken_back: gone.iter().map(told).collect(),
        })
    }

    /// What a subject did by day and source, with marks.
    ///
    /// # Errors
    /// When there is no such subject or a store fails.
    pub async fn timeline(
        &self,
        sight: Sight,
        id: &str,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<Timeline, ServiceError> {
        let row = self.subject_row(id).await?;
        let last = self.store.analysed_to().await?.unwrap_or_default();
        let to = super::instant(to, false)?.unwrap_or(last.end());
        let from = super::instant(from, true)?.unwrap_or_else(|| to.day().plus(-60).start());
        let accounts = self.accounts(&row.subject, to.day()).await?;
        let segments = self.segments(Some(from.day()), Some(to.day())).await?;
        let days = self.density(&accounts, (from, to), &segments).await?;
        let sources: BTreeSet<String> = days.values().flat_map(BTreeMap::keys).cloned().collect();
        let mut marks: Vec<TimelineMark> = self
            .store
            .indicators_of(&row.subject, from.day(), to.day())
            .await?
            .iter()
            .map(|i| TimelineMark {
                time: i.time.to_string(),
                kind: if views::is_human(i.group) {
                    "people"
                } else {
                    "indicator"
                }
                .into(),
                title: if views::withheld(sight, i.group) {
                    views::WITHHELD.into()
                } else {
                    i.title.clone()
                },
                indicator: Some(i.id.to_string()),
            })
            .collect();
        let gone = self
            .store
            .withdrawn_findings(&row.subject, from.day(), to.day())
            .await?;
        marks.extend(gone.iter().map(mark));
        let alerts = AlertFilter {
            subject: Some(row.subject),
            to: Some(to.day()),
            limit: 500,
            ..AlertFilter::default()
        };
        marks.extend(
            self.store
                .alerts(&alerts)
                .await?
                .into_iter()
                .filter(|a| a.alert.day >= from.day())
                .map(|a| TimelineMark {
                    time: a.alert.raised.to_string(),
                    kind: "alert".into(),
                    title: a.alert.title,
                    indicator: None,
                }),
        );
        marks.sort_by(|a, b| a.time.cmp(&b.time));
        Ok(Timeline {
            sources: sources.into_iter().collect(),
            days: days
                .into_iter()
                .map(|(day, counts)| TimelineDay { day, counts })
                .collect(),
            marks,
        })
    }

    /// Shares of activity by hour of the week: own past, lately, peers.
    ///
    /// # Errors
    /// When there is no such subject or a store fails.
    pub async fn hours(&self, id: &str, to: Option<&str>) -> Result<Hours, ServiceError> {
        let row = self.subject_row(id).await?;
        let last = self.store.analysed_to().await?.unwrap_or_default();
        let to = super::instant(to, false)?.map_or(last, Timestamp::day);
        let view = self.directory().await?.as_of(to);
        let person = view.person(&row.person);
        let peers: Vec<&Person> = person.map(|p| view.peers(p, PEERS).members).unwrap_or_default();
        let own = self.accounts(&row.subject, to).await?;
        let peer_accounts: Vec<String> = peers
            .iter()
            .flat_map(|p| p.accounts.iter().map(ToString::to_string))
            .collect();
        let past = self.week(&own, to.plus(-PAST), to.plus(-LATELY)).await?;
        let recent = self.week(&own, to.plus(1 - LATELY), to).await?;
        let peer_hours = if peers.len() >= PEERS {
            Some(self.week(&peer_accounts, to.plus(-2 * LATELY), to).await?)
        } else {
            None
        };
        Ok(Hours {
            past,
            recent,
            peers: peer_hours,
            peer_count: peers.len() as u32,
            time_zone: person
                .and_then(|p| p.time_zone.as_deref())
                .unwrap_or(&self.config.home.time_zone)
                .to_owned(),
        })
    }

    /// Shares by hour of the week of some accounts' days from `from` to `to`; all zero without activity.
    async fn week(&self, accounts: &[String], from: Day, to: Day) -> Result<Vec<f64>, ServiceError> {
        let mut counts = vec![0.0; 168];
        for account in accounts {
            for (day, body) in self.store.activity_of_account(account, from, to).await? {
                let Ok(activity) = DayActivity::decode(&body) else {
                    continue;
                };
                for (hour, count) in activity.hours().iter().enumerate() {
                    if let Some(cell) = counts.get_mut(usize::from(day.weekday()) * 24 + hour) {
                        *cell += *count as f64;
                    }
                }
            }
        }
        let sum: f64 = counts.iter().sum();
        if sum > 0.0 {
            counts.iter_mut().for_each(|c| *c /= sum);
        }
        Ok(counts)
    }

    /// The stored row of a subject.
    pub(crate) async fn subject_row(&self, id: &str) -> Result<SubjectRow, ServiceError> {
        self.store
            .subject(&SubjectId(id.to_owned()))
            .await?
            .ok_or(ServiceError::Missing("subject"))
    }

    /// The accounts of a subject as known on a day.
    pub(crate) async fn accounts(&self, subject: &SubjectId, day: Day) -> Result<Vec<String>, ServiceError> {
        let Some(row) = self.store.subject(subject).await? else {
            return Ok(Vec::new());
        };
        let view = self.directory().await?.as_of(day);
        Ok(match view.person(&row.person) {
            Some(person) => person.accounts.iter().map(ToString::to_string).collect(),
            // A provisional person is its account.
            None => vec![
                row.person
                    .strip_prefix("account:")
                    .unwrap_or(&row.person)
                    .to_owned(),
            ],
        })
    }

    /// Everything known of a subject at a moment, oldest first.
    pub(crate) async fn known(
        &self,
        subject: &SubjectId,
        at: Timestamp,
    ) -> Result<Vec<Indicator>, ServiceError> {
        let mut known = self
            .store
            .indicators_of(subject, at.day().plus(-BACK), at.day())
            .await?;
        known.retain(|i| i.known <= at && i.time <= at);
        Ok(known)
    }

    /// The score at a moment, computed anew.
    pub(crate) async fn explanation(
        &self,
        subject: &SubjectId,
        at: Timestamp,
    ) -> Result<Explanation, ServiceError> {
        // Exactly what the analysis of that day weighed, however old.
        let (model, day) = (&self.config.model, at.day());
        let from = day.plus(-queue_days::memory(model));
        let mut counting = self.store.indicators_counting(Some(subject), from, day).await?;
        counting.retain(|i| is_live(model, i, day));
        let view = self.directory().await?.as_of(at.day());
        let row = self.store.subject(subject).await?;
        let exposure = row
            .and_then(|r| view.person(&r.person).map(|p| view.exposure(p)))
            .unwrap_or(0.0);
        Ok(explain(model, &counting, exposure, at))
    }

    /// The card of a subject as known on a day.
    pub(crate) async fn card(&self, subject: &SubjectId, day: Day) -> Result<SubjectCard, ServiceError> {
        let row = self
            .store
            .subject(subject)
            .await?
            .ok_or(ServiceError::Missing("subject"))?;
        let view: View = self.directory().await?.as_of(day);
        let person: Option<&Person> = view.person(&row.person);
        let mut card = card::build(&view, person, day, subject, None);
        (card.score, card.level) = (row.score, row.level);
        Ok(card)
    }
}

/// One value per day; a day without evidence stands at the prior.
fn spark(scores: &[(Day, f64, String)], to: Day) -> Vec<f64> {
    (1 - SPARK..=0)
        .map(|back| {
            let day = to.plus(back);
            scores
                .iter()
                .find(|(d, _, _)| *d == day)
                .map_or(tandem_score::PRIOR, |(_, score, _)| *score)
        })
        .collect()
}

/// A finding that no longer stands, as the story tells it.
fn told(gone: &WithdrawnRow) -> TakenBack {
    let because = Reason::parse(&gone.reason).map_or("", Reason::words);
    TakenBack {
        kind: gone.finding.kind.clone(),
        title: gone.finding.title.clone(),
        day: gone.finding.day.to_string(),
        at: gone.at.to_string(),
        words: format!(
            "Taken back on {}: events that it rested on were erased, because {because}.",
            gone.at.day()
        ),
    }
}

/// The same as a mark on the timeline.
fn mark(gone: &WithdrawnRow) -> TimelineMark {
    TimelineMark {
        time: gone.finding.day.end().to_string(),
        kind: "taken_back".into(),
        title: gone.finding.title.clone(),
        indicator: None,
    }
}

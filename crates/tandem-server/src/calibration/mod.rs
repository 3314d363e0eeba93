//! Whether Tandem's numbers hold what they promise: p-values, alerts, detectors, and how evenly alerts fall on people.
//!
//! Figures name nobody and are of at least ten people. Nothing here changes a score, a queue or a rule.

mod chance;
mod groups;
mod pooled;
mod rates;
#[cfg(test)]
mod tests;
mod verdicts;
mod view;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use tandem_casework::tuning::SAID_LEAST;
use tandem_domain::{Alert, Day, Indicator, IndicatorId};
use tandem_people::{PersonKind, View};
use tandem_store::AlertFilter;
use utoipa::IntoParams;

use self::groups::{Member, compared};
pub use self::view::{
    Attribute, CalibrationView, Cause, CauseKind, Compared, Concluded, Evenness, GroupRate, RateAt, Rates,
    Reading, ShareView, Worst,
};
use crate::api::card::PEERS;
use crate::api::views;
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;
use crate::pipeline::departures::KeptTally;
use crate::pipeline::indicators::UNUSUAL_DAY;
use crate::service::{ServiceError, day};

/// Days looked at without another wish: a quarter of a year.
const DAYS: i32 = 91;
/// Most days looked at.
const MOST_DAYS: i32 = 800;
/// Most alerts looked at, the newest.
const ALERTS: usize = 50_000;
/// What the detectors of rules are called before the rule's id.
const RULE: &str = "rule:";

/// Of when.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct CalibrationAsked {
    /// First day; without it, 91 days up to the last.
    pub from: Option<String>,
    /// Last day; without it, the last one analysed.
    pub to: Option<String>,
}

impl App {
    /// Calibration over some days. Who may not see human-side facts does not see their detectors: a count of one would tell
    /// that there is a report.
    ///
    /// # Errors
    /// When the question makes no sense or a store fails.
    pub async fn calibration(
        &self,
        asker: &Asker,
        asked: &CalibrationAsked,
    ) -> Result<CalibrationView, ApiError> {
        let (from, to) = self.days_asked(asked).await?;
        let tallies = self.tallies(from, to).await?;
        let counted = rates::calibrated(&tallies);
        let filter = AlertFilter {
            from: Some(from),
            to: Some(to),
            limit: ALERTS,
            ..AlertFilter::default()
        };
        let alerts: Vec<Alert> = self
            .store
            .alerts(&filter)
            .await?
            .into_iter()
            .map(|row| row.alert)
            .collect();
        let indicators = self.indicators_behind(&alerts).await?;
        let human = asker.sight(self, &asker.context()).human_facts;
        let told = self.concluded(&alerts, &indicators, human).await?;
        let people = self.members(to, from, &alerts, &indicators).await?;
        let attributes = Compared::ALL.into_iter().filter_map(|by| compared(by, &people));
        Ok(CalibrationView {
            from: from.to_string(),
            to: to.to_string(),
            days: tallies.len() as u64,
            person_days: counted.person_days,
            overall: counted.overall,
            channels: counted.channels,
            groups: counted.groups,
            alerts: alerts.len() as u64,
            concluded: told.concluded,
            least: SAID_LEAST,
            prior_cases: chance::PRIOR_CASES as u64,
            queues: told.queues,
            detectors: told.detectors,
            least_people: PEERS as u64,
            attributes: attributes.collect(),
        })
    }

    async fn days_asked(&self, asked: &CalibrationAsked) -> Result<(Day, Day), ApiError> {
        let last = self.store.analysed_to().await?.unwrap_or_default();
        let to = day(asked.to.as_deref())?.unwrap_or(last);
        let from = day(asked.from.as_deref())?.unwrap_or(to.plus(1 - DAYS));
        let span = i64::from(to.0) - i64::from(from.0);
        if !(0..i64::from(MOST_DAYS)).contains(&span) {
            let hint = format!("name the earlier day first, and at most {MOST_DAYS} days");
            return Err(ServiceError::asked("there are no such days to look at", hint).into());
        }
        Ok((from, to))
    }

    async fn tallies(&self, from: Day, to: Day) -> Result<Vec<KeptTally>, ServiceError> {
        let kept = self.store.tallies(from, to).await?;
        let read = kept.iter().map(|(_, body)| serde_json::from_str(body));
        Ok(read.collect::<Result<_, _>>()?)
    }

    async fn indicators_behind(
        &self,
        alerts: &[Alert],
    ) -> Result<HashMap<IndicatorId, Indicator>, ServiceError> {
        let ids: BTreeSet<IndicatorId> = alerts.iter().flat_map(|a| a.indicators.iter().copied()).collect();
        let ids: Vec<IndicatorId> = ids.into_iter().collect();
        let found = self.store.indicators_with(&ids).await?;
        Ok(found.into_iter().map(|i| (i.id, i)).collect())
    }

    /// Everybody who was at work at some time from `from` to `to`, as known on `to`, with the alerts of that time.
    async fn members(
        &self,
        to: Day,
        from: Day,
        alerts: &[Alert],
        indicators: &HashMap<IndicatorId, Indicator>,
    ) -> Result<Vec<Member>, ServiceError> {
        let view = self.directory().await?.as_of(to);
        let people = self.store.pseudonyms().await?;
        let people: HashMap<&str, &str> = people.iter().map(|(p, s)| (s.as_str(), p.as_str())).collect();
        let mut alerted: HashMap<&str, Vec<&Alert>> = HashMap::new();
        for alert in alerts {
            if let Some(person) = people.get(alert.subject.as_str()) {
                alerted.entry(*person).or_default().push(alert);
            }
        }
        let mut members = at_work(&view, from, to);
        for (person, member) in &mut members {
            for alert in alerted.get(person.as_str()).into_iter().flatten() {
                member.alerts += 1;
                let behind = alert.indicators.iter().filter_map(|id| indicators.get(id));
                member.causes.extend(behind.map(|i| self.cause_of(i)));
            }
        }
        Ok(members.into_values().collect())
    }

    /// Kind and name of what an indicator stands for. Human-side facts have no name here.
    fn cause_of(&self, indicator: &Indicator) -> (CauseKind, String) {
        if views::is_human(indicator.group) {
            return (CauseKind::Human, "facts of the human side".to_owned());
        }
        match indicator.detector.strip_prefix(RULE) {
            Some(rule) => (CauseKind::Rule, self.rule_ref(rule).title),
            None => {
                let title = indicator.title.as_str();
                (
                    CauseKind::Behaviour,
                    title.strip_prefix(UNUSUAL_DAY).unwrap_or(title).to_owned(),
                )
            }
        }
    }
}

/// People, no service accounts, by key, with what the directory says about their work.
fn at_work(view: &View, from: Day, to: Day) -> BTreeMap<String, Member> {
    let there = view.people().iter().filter(|person| {
        let person_like = !matches!(person.kind, PersonKind::ServiceAccount | PersonKind::Unknown);
        person_like
            && person.join.is_none_or(|join| join <= to)
            && person.leave.is_none_or(|leave| from <= leave)
    });
    let described = there.map(|person| {
        let known = [
            (Compared::Department, person.department.as_deref()),
            (Compared::Role, person.role.as_deref()),
            (Compared::Site, person.site.as_deref()),
            (Compared::Employment, Some(person.kind.as_str())),
        ];
        let of = known
            .into_iter()
            .filter_map(|(by, value)| Some((by, value?.trim().to_owned())))
            .filter(|(_, value)| !value.is_empty());
        let member = Member {
            of: of.collect(),
            ..Member::default()
        };
        (person.key.to_string(), member)
    });
    described.collect()
}

//! Whom to offer help first: a concern of the human side without technical evidence that could open an alert.
//!
//! There is no number and no order of risk: human-side facts alone are no likelihood of anything. The latest concern stands
//! first, and what is suggested is help.

use std::collections::BTreeMap;

use tandem_domain::{Day, Indicator, IndicatorGroup, SubjectId};
use tandem_policy::{Action, DataClass};
use tandem_score::is_live;

use crate::api::dto::{SupportEntry, SupportList};
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;

/// How far back concerns are looked for, days: what is older has ended or faded.
const BACK: i32 = 400;
/// Most people of one list.
const LISTED: usize = 200;
/// Facts that are no concern by themselves: most people who leave leave well.
const NO_CONCERN: [&str; 3] = ["hr:notice_given", "hr:contract_end", "hr:training_overdue"];

/// What the human side knows of one subject.
#[derive(Debug, Default)]
struct Known {
    /// Newest first.
    concerns: Vec<Indicator>,
    given: Vec<Indicator>,
}

impl App {
    /// The people whom to offer help first.
    ///
    /// # Errors
    /// Forbidden to who may not see human-side facts, or the database fails.
    pub async fn support_list(&self, asker: &Asker) -> Result<SupportList, ApiError> {
        asker.may(self, Action::Look, DataClass::Queue, &asker.context())?;
        asker.may(self, Action::Look, DataClass::HumanFacts, &asker.context())?;
        let Some(day) = self.store.analysed_to().await? else {
            return Ok(SupportList {
                day: None,
                entries: Vec::new(),
                truncated: false,
            });
        };
        let mut found = by_subject(self.store.human_side(day.plus(-BACK), day).await?, |i| {
            is_live(&self.config.model, i, day)
        });
        // Nobody reads about themselves here.
        found.retain(|(subject, _)| {
            let context = asker.context().about(subject);
            asker.can(self, Action::Look, DataClass::HumanFacts, &context)
        });
        let view = self.directory().await?.as_of(day);
        let mut entries = Vec::new();
        let mut truncated = false;
        for (subject, known) in found {
            if entries.len() >= LISTED {
                truncated = true;
                break;
            }
            // With technical evidence it is the queue's matter, and both departments look at it.
            if self.explanation(&subject, day.end()).await?.alert_gate.open {
                continue;
            }
            let Some(row) = self.store.subject(&subject).await? else {
                continue;
            };
            let person = view.person(&row.person);
            entries.push(SupportEntry {
                subject: subject.to_string(),
                department: row.department,
                role: row.role,
                since: known
                    .concerns
                    .first()
                    .map(|i| i.known.day().to_string())
                    .unwrap_or_default(),
                suggests: suggests(&known).into_iter().map(str::to_owned).collect(),
                concerns: known.concerns.iter().map(said).collect(),
                given: known.given.iter().map(said).collect(),
                leaving_on: person.and_then(|p| view.leaving_on(p)).map(|d| d.to_string()),
            });
        }
        let object = format!("{} subjects", entries.len());
        let entry = asker.entry("support.list", None, Some(&object))?;
        self.store.add_to_ledger(vec![entry]).await?;
        Ok(SupportList {
            day: Some(day.to_string()),
            entries,
            truncated,
        })
    }
}

fn said(indicator: &Indicator) -> String {
    format!("{}: {}", indicator.time.day(), indicator.title)
}

/// Who has a concern that still holds, the latest first.
fn by_subject(all: Vec<Indicator>, holds: impl Fn(&Indicator) -> bool) -> Vec<(SubjectId, Known)> {
    let mut people: BTreeMap<SubjectId, Known> = BTreeMap::new();
    for indicator in all.into_iter().rev() {
        let known = people.entry(indicator.subject.clone()).or_default();
        match indicator.group {
            IndicatorGroup::Mitigation if helps(&indicator) => known.given.push(indicator),
            IndicatorGroup::Mitigation => {}
            _ if holds(&indicator) => known.concerns.push(indicator),
            _ => {}
        }
    }
    let concern = |i: &Indicator| !NO_CONCERN.contains(&i.detector.as_str());
    let mut found: Vec<_> = people
        .into_iter()
        .filter(|(_, known)| known.concerns.iter().any(concern))
        .collect();
    let latest = |known: &Known| known.concerns.first().map_or(Day(i32::MIN), |i| i.known.day());
    found.sort_by(|(a, of_a), (b, of_b)| latest(of_b).cmp(&latest(of_a)).then_with(|| a.cmp(b)));
    found
}

fn helps(indicator: &Indicator) -> bool {
    matches!(
        indicator.detector.as_str(),
        "mitigation:support" | "mitigation:training" | "mitigation:coaching"
    )
}

/// What help would fit.
fn suggests(known: &Known) -> Vec<&'static str> {
    let has = |detector: &str| known.concerns.iter().any(|i| i.detector == detector);
    let mut said = Vec::new();
    let latest = known.concerns.iter().map(|i| i.time).max();
    if known
        .given
        .iter()
        .any(|i| i.detector == "mitigation:support" && Some(i.time) >= latest)
    {
        said.push("Help was given since: ask whether it was enough.");
    } else {
        said.push("Offer a confidential talk with somebody the person trusts, and say what help there is.");
    }
    if has("hr:denied_promotion") {
        said.push("Let the manager explain the decision and what would lead to the next step.");
    }
    if has("hr:performance_plan") {
        said.push("Ask what would help to meet the plan: time, training, another task.");
    }
    if has("report:red_flag") || has("report:hotline") {
        said.push("Listen before judging; whoever told of it stays unnamed.");
    }
    if has("hr:notice_given") || has("hr:contract_end") {
        said.push("Make the leaving a good one: a hand-over that is agreed, and a last talk.");
    }
    said
}

#[cfg(test)]
mod tests {
    use tandem_domain::IndicatorId;

    use super::*;

    fn fact(subject: &str, group: IndicatorGroup, detector: &str, day: i32) -> Indicator {
        Indicator {
            id: IndicatorId(0),
            subject: SubjectId(subject.into()),
            time: Day(day).start(),
            known: Day(day).start(),
            group,
            detector: detector.into(),
            title: detector.into(),
            explanation: String::new(),
            weight: 3.0,
            half_life_days: None,
            until: None,
            threats: Vec::new(),
            motive: None,
            stage: None,
            object: None,
            techniques: Vec::new(),
            events: Vec::new(),
            event_count: 0,
            impact: 0,
        }
    }

    #[test]
    fn leaving_alone_is_no_concern_and_the_latest_concern_stands_first() {
        let all = vec![
            fact("S-LEAVES", IndicatorGroup::Employment, "hr:notice_given", 3),
            fact("S-OLD", IndicatorGroup::Employment, "hr:performance_plan", 5),
            fact("S-NEW", IndicatorGroup::RedFlag, "report:red_flag", 9),
            fact("S-GONE", IndicatorGroup::RedFlag, "report:red_flag", 1),
        ];
        let found = by_subject(all, |i| i.time > Day(2).start());
        let order: Vec<&str> = found.iter().map(|(subject, _)| subject.as_str()).collect();
        assert_eq!(order, ["S-NEW", "S-OLD"]);
    }

    #[test]
    fn help_that_was_given_since_is_asked_about() {
        let all = vec![
            fact("S-A", IndicatorGroup::Employment, "hr:denied_promotion", 5),
            fact("S-A", IndicatorGroup::Mitigation, "mitigation:support", 8),
        ];
        let found = by_subject(all, |_| true);
        let said = suggests(&found[0].1);
        assert!(said[0].starts_with("Help was given since"), "{said:?}");
        assert!(said.iter().any(|s| s.contains("next step")));
        let all = vec![fact("S-A", IndicatorGroup::Employment, "hr:denied_promotion", 9)];
        assert!(suggests(&by_subject(all, |_| true)[0].1)[0].starts_with("Offer a confidential talk"));
    }
}

//! Proposals to tune one rule: a milder level, or an exception found in what the rule saw.

use std::collections::{BTreeMap, BTreeSet};

use tandem_casework::exception::{Exception, Seen, exception};
use tandem_casework::tuning::{Narrowed, NoProposal, Suggestion, TuningProposal, filter_document, propose};
use tandem_casework::verdicts::{DetectorRecord, VerdictRow, by_detector};
use tandem_detect::{Lists, Rule, RuleSet};
use tandem_domain::{AlertId, EventId, Indicator, Verdict};
use tandem_people::{View, canonical_account};
use tandem_policy::{Action, DataClass};

use super::feedback::RULE;
use super::view;
use super::{Proposal, RuleFeedback};
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;
use crate::service::ServiceError;

/// Name of a proposed exception.
const NAME: &str = "reviewed";
/// Most alerts of a rule that are looked through; with more, an exception could remove one that was not seen.
const ALERTS: usize = 400;
/// Most events that are read for one rule.
const EVENTS: usize = 4_000;

impl App {
    /// What people concluded about a rule, with proposals to tune it if too much of it came to nothing.
    ///
    /// # Errors
    /// Forbidden, there is no such rule, or a store fails.
    pub async fn rule_feedback(&self, asker: &Asker, id: &str) -> Result<RuleFeedback, ApiError> {
        asker.may(self, Action::Look, DataClass::Rules, &asker.context())?;
        let loaded = self.rules();
        let rule = loaded.rules.get(id).ok_or(ServiceError::Missing("rule"))?;
        let detector = format!("{RULE}{}", rule.id);
        let mut rows = self.verdict_rows().await?;
        rows.retain(|row| row.detectors.contains(&detector));
        let record = by_detector(rows.iter().cloned())
            .into_iter()
            .find(|record| record.detector == detector)
            .unwrap_or_else(|| nothing(&detector));
        let mut shown = RuleFeedback {
            feedback: view::detector(&record, Some(self.rule_ref(&rule.id))),
            proposals: Vec::new(),
            no_proposal: None,
        };
        let milder = propose(&record, &rule.source, Suggestion::LowerLevel);
        if let Err(why @ (NoProposal::TooFew(_) | NoProposal::GoodEnough)) = milder {
            shown.no_proposal = Some(why.to_string());
            return Ok(shown);
        }
        if let Some(found) = self.rule_exception(&rows, &detector).await? {
            let suggestion = Suggestion::Except {
                name: NAME.to_owned(),
                field: found.field.clone(),
                values: found.values.clone(),
            };
            let filter = as_filter(rule, &suggestion, &loaded.lists);
            if let Ok(made) = propose(&record, &rule.source, suggestion)
                && loads(&[(rule.file.as_str(), made.proposed.as_str())], &loaded.lists)
            {
                shown.proposals.push(except(&made, &found, filter));
            }
        }
        match milder {
            Ok(made) => shown.proposals.push(lower(&made)),
            Err(why) if shown.proposals.is_empty() => shown.no_proposal = Some(why.to_string()),
            Err(_) => {}
        }
        Ok(shown)
    }

    /// The exception that would have spared people the most false alarms of a detector.
    async fn rule_exception(
        &self,
        rows: &[VerdictRow],
        detector: &str,
    ) -> Result<Option<Exception>, ApiError> {
        let verdicts = last(rows);
        if verdicts.len() > ALERTS {
            return Ok(None);
        }
        let mut seen = Vec::with_capacity(verdicts.len());
        let mut wanted = Vec::new();
        for (id, verdict) in verdicts {
            let Some(row) = self.store.alert(id).await? else {
                continue;
            };
            let mut made = self.store.indicators_with(&row.alert.indicators).await?;
            made.retain(|indicator| indicator.detector == detector);
            wanted.push(made);
            seen.push(Seen {
                subject: row.alert.subject,
                true_positive: verdict == Verdict::TruePositive,
                whole: false,
                events: Vec::new(),
            });
        }
        let fields = self.fields_seen(wanted.iter().flatten()).await?;
        for (one, made) in seen.iter_mut().zip(&wanted) {
            let ids = || made.iter().flat_map(|indicator| &indicator.events);
            one.events = ids().filter_map(|id| fields.get(id).cloned()).collect();
            let all_named = made
                .iter()
                .all(|indicator| indicator.events.len() as u64 == indicator.event_count);
            one.whole = all_named && !made.is_empty() && ids().count() == one.events.len();
        }
        let today = self.directory().await?.as_of(crate::pipeline::now().day());
        Ok(exception(&seen, |_, value| names_nobody(&today, value)))
    }

    /// The fields of the events that some indicators rest on, as far as they are kept.
    async fn fields_seen<'a>(
        &self,
        indicators: impl Iterator<Item = &'a Indicator>,
    ) -> Result<BTreeMap<EventId, BTreeMap<String, String>>, ApiError> {
        let (mut ids, mut days) = (BTreeSet::new(), BTreeSet::new());
        for indicator in indicators {
            ids.extend(indicator.events.iter().copied());
            let day = indicator.time.day();
            // A local day may reach into the neighbouring days of UTC.
            days.extend([day.plus(-1), day, day.plus(1)]);
        }
        if ids.len() > EVENTS {
            return Ok(BTreeMap::new());
        }
        let mut segments = BTreeMap::new();
        for day in days {
            for segment in self.segments(Some(day), Some(day)).await? {
                segments.insert(segment.path.clone(), segment);
            }
        }
        let ids: Vec<EventId> = ids.into_iter().collect();
        let segments: Vec<_> = segments.into_values().collect();
        Ok(self.event_fields(&ids, &segments).await?)
    }
}

/// The conclusion that stands of each alert about which something could be said.
fn last(rows: &[VerdictRow]) -> BTreeMap<AlertId, Verdict> {
    let mut newest: BTreeMap<AlertId, &VerdictRow> = BTreeMap::new();
    for row in rows {
        if newest.get(&row.alert).is_none_or(|kept| kept.at <= row.at) {
            newest.insert(row.alert, row);
        }
    }
    newest
        .into_iter()
        .map(|(id, row)| (id, row.verdict))
        .filter(|(_, verdict)| *verdict != Verdict::InsufficientData)
        .collect()
}

fn nothing(detector: &str) -> DetectorRecord {
    DetectorRecord {
        detector: detector.to_owned(),
        true_positive: 0,
        benign: 0,
        false_positive: 0,
        insufficient_data: 0,
        precision: None,
    }
}

/// True if a value names nobody whom people facts know: no mail address, no account in any spelling, no full name.
fn names_nobody(view: &View, value: &str) -> bool {
    let account = canonical_account(value, view.home());
    !value.contains('@')
        && view.find(value).is_none()
        && account.is_none_or(|account| view.owner(&account).is_none())
}

/// True if rules of these texts can be used.
fn loads(files: &[(&str, &str)], lists: &Lists) -> bool {
    let (_, errors) = RuleSet::load_with(files.iter().copied(), lists);
    errors.is_empty()
}

/// An exception as a document of its own; none for a correlation, which looks at no events.
fn as_filter(rule: &Rule, suggestion: &Suggestion, lists: &Lists) -> Option<String> {
    let logsource = rule.logsource.as_ref()?;
    let narrowed = Narrowed {
        rule: &rule.id,
        title: &rule.title,
        logsource: [
            logsource.category.as_deref(),
            logsource.product.as_deref(),
            logsource.service.as_deref(),
        ],
    };
    let text = filter_document(&narrowed, suggestion).ok()?;
    let files = [
        (rule.file.as_str(), rule.source.as_ref()),
        ("filter.yml", text.as_str()),
    ];
    loads(&files, lists).then_some(text)
}

fn except(made: &TuningProposal, found: &Exception, filter: Option<String>) -> Proposal {
    let Exception {
        field, removes, of, ..
    } = found;
    Proposal {
        kind: "except".into(),
        title: format!(
            "An exception for {} {} of {field} would have spared {removes} of {of} false alarms and none that was what it looked like",
            found.values.len(),
            if found.values.len() == 1 {
                "value"
            } else {
                "values"
            },
        ),
        filter,
        ..plain(made)
    }
}

fn lower(made: &TuningProposal) -> Proposal {
    Proposal {
        kind: "lower_level".into(),
        title: "One level milder: it weighs less, and comes to people only with other evidence".into(),
        ..plain(made)
    }
}

fn plain(made: &TuningProposal) -> Proposal {
    Proposal {
        kind: String::new(),
        title: String::new(),
        reason: made.reason.as_str().to_owned(),
        diff: made.diff.clone(),
        proposed: made.proposed.clone(),
        filter: None,
        reviewers: made.reviewers.iter().map(|f| f.as_str().to_owned()).collect(),
    }
}

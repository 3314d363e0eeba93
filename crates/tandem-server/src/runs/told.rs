//! What was done to people and systems in a case's runs, for the case's timeline: told from the facts of the runs, so that it is
//! kept once and cannot differ.

use std::collections::HashMap;

use tandem_casework::SYSTEM;
use tandem_casework::timeline::{Item, Origin, Reference};
use tandem_casework::words::Visibility;
use tandem_domain::CaseId;
use tandem_playbook::{Fact, Plan, What};
use tandem_store::{WorkFilter, WorkKind};

use super::LISTED;
use crate::app::App;
use crate::http::error::ApiError;

/// One run's facts, as they are told.
struct Telling<'a> {
    plan: Option<&'a Plan>,
    /// Which connector was asked, by key.
    asked: HashMap<String, String>,
}

impl App {
    /// What runs of a case asked of connectors and people did by hand, tried, and took back.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn acts_told(&self, case: &CaseId) -> Result<Vec<Item>, ApiError> {
        let filter = WorkFilter {
            case: Some(case.clone()),
            limit: LISTED,
            ..WorkFilter::default()
        };
        let mut items = Vec::new();
        for run in self.store.work(WorkKind::Run, &filter).await? {
            let mut telling = Telling {
                plan: None,
                asked: HashMap::new(),
            };
            for row in self.store.facts(WorkKind::Run, &run.id).await? {
                let fact: Fact = serde_json::from_str(&row.body)?;
                if let What::RunStarted { playbook, .. } = &fact.what {
                    telling.plan = self.shelf.plan(playbook).ok();
                }
                let Some(sentence) = telling.sentence(&fact.what) else {
                    continue;
                };
                items.push(Item {
                    at: fact.at,
                    origin: Origin::Case,
                    who: (row.who != SYSTEM).then_some(row.who),
                    sentence: format!("{sentence} ({})", run.id),
                    reference: Reference::Run(run.id.clone()),
                    visibility: Visibility::Both,
                });
            }
        }
        Ok(items)
    }
}

impl Telling<'_> {
    fn name(&self, step: &str) -> String {
        let known = self.plan.and_then(|plan| plan.step(step));
        let name = known
            .map(|step| step.name.as_str())
            .filter(|name| !name.is_empty());
        format!("\u{201c}{}\u{201d}", name.unwrap_or(step))
    }

    fn connector(&self, key: &str) -> &str {
        self.asked.get(key).map_or("somebody", String::as_str)
    }

    /// A fact in plain words, if it is about an action or about taking back.
    fn sentence(&mut self, what: &What) -> Option<String> {
        let name = self.name(what.step()?);
        let words = |text: &str| match text.trim() {
            "" => String::new(),
            text => format!(": {text}"),
        };
        if let What::DryRunRequested { call, .. }
        | What::ActionRequested { call, .. }
        | What::UndoRequested { call: Some(call), .. } = what
        {
            self.asked.insert(call.key.clone(), call.connector.clone());
        }
        Some(match what {
            What::DryRunReported { ok: true, text, .. } => format!("{name} was tried dry{}", words(text)),
            What::DryRunReported { text, .. } => format!("{name} could not be tried dry{}", words(text)),
            What::ActionRequested { call, .. } => {
                format!("{name} is begun ({}: {})", call.connector, call.operation)
            }
            What::ActionReported { ok: true, text, .. } => format!("{name} is carried out{}", words(text)),
            What::ActionReported { text, .. } => format!("{name} could not be carried out{}", words(text)),
            What::ActionStalled {
                key,
                text,
                answered: true,
                ..
            } => format!(
                "{} could not carry out {name}{}",
                self.connector(key),
                words(text)
            ),
            What::ActionStalled { key, text, .. } => format!(
                "nobody knows whether {} carried out {name}{}",
                self.connector(key),
                words(text)
            ),
            What::ByHand { reason, .. } => format!("takes {name} into their own hands{}", words(reason)),
            What::UndoRequested { reason, .. } => format!("takes {name} back{}", words(reason)),
            What::UndoReported { ok: true, text, .. } => format!("{name} is taken back{}", words(text)),
            What::UndoReported { text, .. } => format!("{name} could not be taken back{}", words(text)),
            _ => return None,
        })
    }
}

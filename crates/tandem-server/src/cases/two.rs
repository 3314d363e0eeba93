//! Merging and splitting cases: two change at once, or none.

use serde::Deserialize;
use tandem_casework::case::life::Opening;
use tandem_casework::case::{self as work, Case, Fact};
use tandem_casework::text::{Reason, Title};
use tandem_casework::words::{CaseKind, Severity};
use tandem_domain::{AlertId, CaseId, SubjectId};
use tandem_policy::{Action, DataClass};
use tandem_store::Step;
use utoipa::ToSchema;

use super::links::moved;
use super::{CaseView, Known, refused, view};
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;
use crate::service::ServiceError;

/// Merges a case into another.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeCase {
    /// Number of the case in which the work goes on.
    pub into: String,
    /// Why.
    pub reason: String,
}

/// Splits a part of a case off into a case of its own.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitCase {
    /// Incident type of the new case; without it, that of the old one.
    pub kind: Option<String>,
    /// Severity of the new case; without it, that of the old one.
    pub severity: Option<String>,
    /// One line that names nobody.
    pub title: String,
    /// Why.
    pub reason: String,
    /// Whom the new case is about instead of this one.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// Alerts that go with them.
    #[serde(default)]
    pub alerts: Vec<String>,
}

/// One of the two cases as it is after the change, and what it had before.
struct Changed<'a> {
    asker: &'a Asker,
    known: Known,
    before: u64,
}

impl<'a> Changed<'a> {
    fn grown(asker: &'a Asker, known: Known, added: Vec<Fact>) -> Result<Self, ServiceError> {
        let (known, before) = known.grown(added)?;
        Ok(Self { asker, known, before })
    }
}

impl App {
    /// Merges the asker's case into another and shows that one. The asker leads both.
    ///
    /// # Errors
    /// Missing, forbidden, refused by casework, or somebody was faster.
    pub async fn merge_case(&self, asker: &Asker, asked: &MergeCase) -> Result<CaseView, ApiError> {
        let into = CaseId::parse(&asked.into).ok_or(ServiceError::Missing("case"))?;
        let reason = view::text(Reason::new(&asked.reason), "reason")?;
        let from = self
            .permitted_case(asker, Action::Contribute, DataClass::Case)
            .await?;
        let there = asker.for_case(into);
        let into = self
            .permitted_case(&there, Action::Contribute, DataClass::Case)
            .await?;
        let roster = self.roster().await?;
        let given = self.given(asker, &roster)?;
        let two = work::merge(&from.case, &into.case, reason.clone(), &given).map_err(refused)?;
        let alerts = from.case.alerts.keys();
        let step = Step {
            alerts: alerts.map(|id| moved(&there, *id, "in", &reason)).collect(),
            ..Step::default()
        };
        let from = Changed::grown(asker, from, two.from)?;
        let into = Changed::grown(&there, into, two.into)?;
        self.keep_two([&from, &into], "case.merge", step).await?;
        self.case_view(&there, &into.known).await
    }

    /// Splits a part of the asker's case off and shows the new case, which the asker leads.
    ///
    /// # Errors
    /// Missing, forbidden, a word is unknown, refused by casework, or somebody was faster.
    pub async fn split_case(&self, asker: &Asker, asked: &SplitCase) -> Result<CaseView, ApiError> {
        let from = self
            .permitted_case(asker, Action::Contribute, DataClass::Case)
            .await?;
        let opening = split_opening(&from.case, asked)?;
        let reason = opening.reason.clone();
        let id = self.next_case_id().await?;
        let there = asker.for_case(id.clone());
        let alerts = opening.alerts.iter();
        let step = Step {
            alerts: alerts
                .map(|alert| moved(&there, alert.id, "in", &reason))
                .collect(),
            ..Step::default()
        };
        let roster = self.roster().await?;
        let given = self.given(asker, &roster)?;
        let two = work::split(&from.case, &id, opening, &given).map_err(refused)?;
        let from = Changed::grown(asker, from, two.from)?;
        let case = Case::replay(&two.into).map_err(ServiceError::from)?;
        let new = Changed {
            asker: &there,
            known: Known {
                case,
                facts: two.into,
            },
            before: 0,
        };
        self.keep_two([&from, &new], "case.split", step).await?;
        self.case_view(&there, &new.known).await
    }

    /// Keeps both cases with the ledger's rows about each and what is told of it.
    async fn keep_two(&self, both: [&Changed<'_>; 2], act: &str, mut step: Step) -> Result<(), ApiError> {
        for one in both {
            self.enter(&mut step, one.asker, &one.known, one.before, act)
                .await?;
        }
        self.take_and_tell(step).await?;
        Ok(())
    }
}

fn missing_here() -> ApiError {
    ApiError::bad(
        "missing",
        "there is no such subject or alert in this case",
        "choose among those of the case",
    )
}

fn split_opening(from: &Case, asked: &SplitCase) -> Result<Opening, ApiError> {
    let mut alerts = Vec::new();
    for id in &asked.alerts {
        let known = AlertId::parse(id).and_then(|id| from.alerts.get(&id));
        alerts.push(known.ok_or_else(missing_here)?.clone());
    }
    let unknown = |word: &str, what: &'static str| {
        ApiError::bad(
            what,
            format!("`{word}` is no {what} of a case"),
            "docs/casework.md lists them",
        )
    };
    let kind = match asked.kind.as_deref() {
        Some(word) => CaseKind::parse(word).ok_or_else(|| unknown(word, "kind"))?,
        None => from.kind,
    };
    let severity = match asked.severity.as_deref() {
        Some(word) => Severity::parse(word).ok_or_else(|| unknown(word, "severity"))?,
        None => from.severity,
    };
    Ok(Opening {
        kind,
        severity,
        title: view::text(Title::new(&asked.title), "title")?,
        phase: from.phase,
        reason: view::text(Reason::new(&asked.reason), "reason")?,
        subjects: asked.subjects.iter().cloned().map(SubjectId).collect(),
        alerts,
    })
}

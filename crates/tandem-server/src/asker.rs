//! Who asks, what for, and whether they may: one colleague, one purpose, one answer of the policies.

use tandem_domain::{CaseId, Purpose, Role, SubjectId};
use tandem_ledger::Entry;
use tandem_policy::{Action, Colleague, Context, DataClass};
use tandem_store::ColleagueRow;

use crate::api::views::Sight;
use crate::app::App;
use crate::http::error::ApiError;
use crate::ledger::{About, LedgerError, entry};

/// A colleague with the purpose of this request and the case it is for.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Who.
    pub colleague: Colleague,
    /// What for.
    pub purpose: Purpose,
    /// The case, if it is for one.
    pub case: Option<CaseId>,
}

/// What somebody of a role works for if they do not say otherwise.
pub const fn usual_purpose(role: Role) -> Purpose {
    match role {
        Role::ItAnalyst | Role::CorporateInvestigator => Purpose::Triage,
        Role::Approver => Purpose::Investigation,
        Role::Auditor | Role::WorksCouncil => Purpose::Audit,
        Role::Administrator => Purpose::Administration,
        Role::Staff => Purpose::OwnData,
    }
}

/// The colleague that a stored row makes. `None` if role and department do not go together.
pub fn colleague(row: &ColleagueRow) -> Option<Colleague> {
    Colleague::new(&row.account, row.role, row.department, row.subject.clone()).ok()
}

impl Asker {
    /// The colleague of a stored row, for what their role usually works for. `None` if role and department do not go together.
    pub fn usual(row: &ColleagueRow) -> Option<Self> {
        Some(Self {
            colleague: colleague(row)?,
            purpose: usual_purpose(row.role),
            case: None,
        })
    }

    /// The same colleague at work on a case; what they come for is an investigation unless they said otherwise.
    #[must_use]
    pub fn for_case(&self, case: CaseId) -> Self {
        let purpose = match self.purpose {
            Purpose::Triage => Purpose::Investigation,
            said => said,
        };
        Self {
            colleague: self.colleague.clone(),
            purpose,
            case: Some(case),
        }
    }

    /// The colleague's account.
    pub fn account(&self) -> &str {
        self.colleague.account()
    }

    /// The colleague's role.
    pub const fn role(&self) -> Role {
        self.colleague.role()
    }

    /// A situation with this request's purpose.
    pub fn context(&self) -> Context {
        Context::of(self.purpose)
    }

    /// Refuses what no policy allows, with the reason and the way out.
    ///
    /// # Errors
    /// Forbidden.
    pub fn may(&self, app: &App, action: Action, data: DataClass, context: &Context) -> Result<(), ApiError> {
        let decision = app.policies.authorise(&self.colleague, action, data, context);
        if decision.allowed {
            Ok(())
        } else {
            Err(ApiError::refused(decision.why, decision.hint))
        }
    }

    /// True if the policies allow it.
    pub fn can(&self, app: &App, action: Action, data: DataClass, context: &Context) -> bool {
        app.policies
            .authorise(&self.colleague, action, data, context)
            .allowed
    }

    /// What of indicators the asker may see in a situation.
    pub fn sight(&self, app: &App, context: &Context) -> Sight {
        Sight {
            human_facts: self.can(app, Action::Look, DataClass::HumanFacts, context),
            evidence: self.can(app, Action::Look, DataClass::TechnicalEvidence, context),
        }
    }

    /// The situation of a look at a subject's data, if the policies allow the look.
    ///
    /// # Errors
    /// Forbidden, or the case cannot be read.
    pub async fn permitted(
        &self,
        app: &App,
        data: DataClass,
        subject: &SubjectId,
    ) -> Result<Context, ApiError> {
        let context = app.situation(self, Some(subject)).await?.about(subject);
        self.may(app, Action::Look, data, &context)?;
        Ok(context)
    }

    /// Refuses a search of raw events that no policy allows, and records one that goes on.
    ///
    /// # Errors
    /// Forbidden, or it cannot be recorded.
    pub async fn hunts(&self, app: &App, subject: Option<&str>, act: &str) -> Result<(), ApiError> {
        let subject = subject
            .filter(|s| !s.trim().is_empty())
            .map(|s| SubjectId(s.trim().to_owned()));
        let mut context = app.situation(self, subject.as_ref()).await?;
        if let Some(subject) = &subject {
            context = context.about(subject);
        }
        self.may(app, Action::Search, DataClass::TechnicalEvidence, &context)?;
        let known = subject.filter(|s| s.as_str().len() <= tandem_ledger::MAX_ID);
        let entry = self.entry(act, known.as_ref(), None)?;
        app.store.add_to_ledger(vec![entry]).await?;
        Ok(())
    }

    /// An entry of the ledger about this request.
    ///
    /// # Errors
    /// When the operating system has no randomness.
    pub fn entry(
        &self,
        act: &str,
        subject: Option<&SubjectId>,
        object: Option<&str>,
    ) -> std::io::Result<Entry> {
        let about = About {
            subject,
            case: self.case.as_ref(),
            purpose: Some(self.purpose),
            object,
        };
        entry(self.account(), self.role().as_str(), act, &about)
    }

    /// Records a look at a subject. Nothing may be shown if this fails.
    ///
    /// # Errors
    /// When it cannot be recorded.
    pub async fn look(&self, app: &App, subject: &SubjectId, object: &str) -> Result<(), LedgerError> {
        let entry = self.entry("subject.look", Some(subject), Some(object))?;
        app.store.add_to_ledger(vec![entry]).await?;
        Ok(())
    }
}

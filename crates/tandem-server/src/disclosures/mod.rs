//! Disclosures: asking who a subject is, answering, and the one look into the vault that comes of it.
//!
//! What is stored is believed by nobody: every time, request, approvals and grant walk the policy's whole way again.

pub(crate) mod accounts;
mod fill;
mod keys;
mod view;
mod warrant;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tandem_domain::{Purpose, SubjectId, Timestamp};
use tandem_policy::joint::{AnswerRecord, RequestRecord};
use tandem_policy::{
    Action, Approval, Context, DataClass, Disclosure, DisclosureRequest, Field, Fields, Limits, Refused,
    Terms,
};
use tandem_store::{Change, FactRow, Head, Step, Store, StoreError, WorkFilter, WorkKind};
use tandem_vault::{Ask, Revealed, VaultError};

pub use self::fill::FillError;
pub use self::view::{AnswerDisclosure, AnswerView, AskDisclosure, DisclosureList, DisclosureView};
use self::warrant::{Leave, Scribe};

use crate::app::App;
use crate::asker::Asker;
use crate::cases::Known;
use crate::http::error::ApiError;
use crate::service::ServiceError;

/// Most disclosures of one list.
const LISTED: usize = 500;

/// What happened to a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
enum DisclosureFact {
    /// It was asked.
    Requested { request: Box<RequestRecord<Fields>> },
    /// Somebody said yes.
    Approved { answer: AnswerRecord },
    /// Somebody said no.
    Denied { answer: AnswerRecord },
    /// Both departments said yes.
    Granted { at: Timestamp },
    /// It was ended before its time.
    Ended { at: Timestamp },
}

/// A request as its facts make it.
struct Standing {
    request: DisclosureRequest,
    approvals: Vec<Approval>,
    granted: Option<Disclosure>,
    version: u64,
}

impl Standing {
    /// After one more fact.
    fn then(
        mut self,
        fact: DisclosureFact,
        own: &dyn Fn(&str) -> Option<SubjectId>,
    ) -> Result<Self, Refused> {
        match fact {
            DisclosureFact::Approved { answer } => {
                self.approvals.push(self.request.replay_approval(&answer, own)?);
            }
            DisclosureFact::Denied { answer } => {
                let mut record = self.request.record();
                record.denied = Some(answer);
                self.request = DisclosureRequest::replay(&record, own)?;
            }
            DisclosureFact::Granted { at } => {
                self.granted = Some(Disclosure::grant(&self.request, &self.approvals, at)?);
            }
            DisclosureFact::Ended { at } => self.granted.iter_mut().for_each(|granted| granted.end(at)),
            DisclosureFact::Requested { .. } => return Err(Refused::Damaged("the order of its facts")),
        }
        Ok(self)
    }

    fn status(&self, now: Timestamp) -> &'static str {
        match &self.granted {
            Some(granted) if granted.open(now) => "granted",
            Some(_) => "ended",
            None if self.request.denied().is_some() => "denied",
            None if self.request.waits(now) => "waiting",
            None => "lapsed",
        }
    }

    fn view(&self, now: Timestamp) -> DisclosureView {
        let terms = self.request.terms();
        let answer = |record: AnswerRecord| AnswerView {
            account: record.by.account,
            department: record.by.department.map(|d| d.as_str().into()),
            at: record.at.to_string(),
            reason: record.reason,
        };
        DisclosureView {
            id: terms.id.clone(),
            case: terms.case.0.clone(),
            subject: terms.subject.0.clone(),
            fields: self
                .request
                .matter()
                .0
                .iter()
                .map(|f| f.as_str().into())
                .collect(),
            purpose: terms.purpose.as_str().into(),
            reason: terms.reason.clone(),
            requested_by: self.request.requested_by().account().to_owned(),
            at: terms.at.to_string(),
            expires: terms.expires.to_string(),
            lapses: self.request.lapses().to_string(),
            status: self.status(now).into(),
            approvals: self.approvals.iter().map(|a| answer(a.record())).collect(),
            denied: self.request.record().denied.map(answer),
            may_answer: false,
        }
    }
}

impl From<Refused> for ApiError {
    fn from(error: Refused) -> Self {
        let words = error.to_string();
        let (why, way_out) = words
            .split_once("; ")
            .unwrap_or((&words, "ask a colleague of the other department"));
        Self::new(
            axum::http::StatusCode::UNPROCESSABLE_ENTITY,
            "refused",
            why,
            way_out,
        )
    }
}

impl From<VaultError> for ApiError {
    fn from(error: VaultError) -> Self {
        if error.is_refusal() {
            let way_out = "look at the disclosure again, or ask for a new one";
            return Self::new(
                axum::http::StatusCode::FORBIDDEN,
                "vault",
                error.to_string(),
                way_out,
            );
        }
        Self::internal(&error)
    }
}

/// The own pseudonyms of colleagues, asked anew each time.
async fn own_subjects(store: &Store) -> Result<impl Fn(&str) -> Option<SubjectId> + use<>, StoreError> {
    let rows = store.colleagues().await?;
    Ok(move |account: &str| {
        let row = rows.iter().find(|row| row.account.eq_ignore_ascii_case(account));
        row.and_then(|row| row.subject.clone())
    })
}

/// A request as its stored facts make it.
async fn standing(store: &Store, id: &str) -> Result<Standing, ApiError> {
    let rows = store.facts(WorkKind::Disclosure, id).await?;
    let own = own_subjects(store).await?;
    let mut standing: Option<Standing> = None;
    for row in &rows {
        let fact: DisclosureFact = serde_json::from_str(&row.body)?;
        standing = Some(match (standing, fact) {
            (None, DisclosureFact::Requested { request }) => Standing {
                request: DisclosureRequest::replay(&request, &own)?,
                approvals: Vec::new(),
                granted: None,
                version: rows.len() as u64,
            },
            (Some(known), fact) => known.then(fact, &own)?,
            (None, _) => return Err(Refused::Damaged("the order of its facts").into()),
        });
    }
    Ok(standing.ok_or(ServiceError::Missing("disclosure"))?)
}

impl App {
    async fn disclosure(&self, id: &str) -> Result<Standing, ApiError> {
        standing(&self.store, id).await
    }

    /// Asks for a disclosure in the asker's case.
    ///
    /// # Errors
    /// Forbidden, or refused by the policy.
    pub async fn ask_disclosure(
        &self,
        asker: &Asker,
        asked: &AskDisclosure,
    ) -> Result<DisclosureView, ApiError> {
        let known = self
            .permitted_case(asker, Action::RequestDisclosure, DataClass::Disclosure)
            .await?;
        let subject = SubjectId(asked.subject.clone());
        if !known.case.subjects.contains(&subject) {
            return Err(ApiError::bad(
                "subject",
                "the case is not about this subject",
                "link the subject to the case first",
            ));
        }
        let mut fields = BTreeSet::new();
        for text in &asked.fields {
            fields.insert(Field::parse(text).ok_or_else(|| {
                ApiError::bad(
                    "fields",
                    format!("`{text}` is no part of an identity"),
                    "use name, contact, accounts, position, manager or site",
                )
            })?);
        }
        let purpose = Purpose::parse(&asked.purpose).ok_or_else(|| {
            ApiError::bad(
                "purpose",
                format!("`{}` is no purpose", asked.purpose),
                "use investigation, support or containment",
            )
        })?;
        let now = crate::pipeline::now();
        let number = self.store.next_number("disclosure").await?;
        let terms = Terms {
            id: format!("D-{number:06}"),
            case: known.case.id.clone(),
            subject,
            purpose,
            reason: asked.reason.trim().to_owned(),
            at: now,
            expires: now.plus_micros(i64::from(asked.hours).saturating_mul(3_600_000_000)),
        };
        let request = DisclosureRequest::new(
            terms,
            Fields(fields),
            &asker.colleague,
            known.case.barred.clone(),
            &Limits::default(),
        )?;
        let fact = DisclosureFact::Requested {
            request: Box::new(request.record()),
        };
        let standing = Standing {
            request,
            approvals: Vec::new(),
            granted: None,
            version: 0,
        };
        self.keep_disclosure(asker, standing, vec![fact], "disclosure.request")
            .await
    }

    /// Answers a request. The yes of the second department grants it.
    ///
    /// # Errors
    /// Forbidden, or refused by the policy.
    pub async fn answer_disclosure(
        &self,
        asker: &Asker,
        id: &str,
        answer: &AnswerDisclosure,
    ) -> Result<DisclosureView, ApiError> {
        let mut standing = self.disclosure(id).await?;
        let (asker, context) = self.for_answer(asker, &standing).await?;
        asker.may(self, Action::ApproveDisclosure, DataClass::Disclosure, &context)?;
        let now = crate::pipeline::now();
        if !answer.approve {
            standing.request.deny(&asker.colleague, now, &answer.reason)?;
            let denied = standing.request.record().denied;
            let answer = denied.ok_or(ServiceError::Missing("answer"))?;
            return self
                .keep_disclosure(
                    &asker,
                    standing,
                    vec![DisclosureFact::Denied { answer }],
                    "disclosure.deny",
                )
                .await;
        }
        let approval = standing.request.approve(&asker.colleague, now, &answer.reason)?;
        let mut facts = vec![DisclosureFact::Approved {
            answer: approval.record(),
        }];
        let twice = standing
            .approvals
            .iter()
            .any(|known| known.department() == approval.department());
        if twice {
            return Err(ApiError::bad(
                "answered",
                "your department has approved this already",
                "the other department's approver must answer now",
            ));
        }
        standing.approvals.push(approval);
        if standing.approvals.len() == 2 {
            standing.granted = Some(Disclosure::grant(&standing.request, &standing.approvals, now)?);
            facts.push(DisclosureFact::Granted { at: now });
        }
        self.keep_disclosure(&asker, standing, facts, "disclosure.approve")
            .await
    }

    /// Ends a disclosure before its time.
    ///
    /// # Errors
    /// Forbidden, or it is not open.
    pub async fn end_disclosure(&self, asker: &Asker, id: &str) -> Result<DisclosureView, ApiError> {
        let mut standing = self.disclosure(id).await?;
        let asker = asker.for_case(standing.request.terms().case.clone());
        self.permitted_case(&asker, Action::RequestDisclosure, DataClass::Disclosure)
            .await?;
        let now = crate::pipeline::now();
        let granted = standing.granted.as_mut().filter(|granted| granted.open(now));
        granted.ok_or(ServiceError::Missing("open disclosure"))?.end(now);
        self.keep_disclosure(
            &asker,
            standing,
            vec![DisclosureFact::Ended { at: now }],
            "disclosure.end",
        )
        .await
    }

    /// Who the subject of a granted disclosure is. The vault writes the ledger's row itself, before it answers.
    ///
    /// # Errors
    /// Forbidden, not granted, over, or the vault refuses.
    pub async fn identity(&self, asker: &Asker, id: &str) -> Result<Revealed, ApiError> {
        let standing = self.disclosure(id).await?;
        let terms = standing.request.terms().clone();
        let mut asker = asker.for_case(terms.case.clone());
        asker.purpose = terms.purpose;
        let now = crate::pipeline::now();
        let granted = standing.granted.ok_or_else(|| {
            ApiError::new(
                axum::http::StatusCode::FORBIDDEN,
                "not_granted",
                "this disclosure is not granted",
                "an approver of each department must say yes first",
            )
        })?;
        let known = self.case(&terms.case).await?;
        let mut wanted = Vec::new();
        for field in granted.fields() {
            let context = self.case_context(&asker, &known.case).under(
                &granted,
                &terms.case,
                &terms.subject,
                *field,
                now,
            );
            asker.may(self, Action::Look, DataClass::Identity, &context)?;
            wanted.extend(
                tandem_vault::Field::ALL
                    .into_iter()
                    .find(|f| f.as_str() == field.as_str()),
            );
        }
        let ask = Ask {
            case: &terms.case,
            subject: &terms.subject,
            fields: &wanted,
        };
        let scribe = Scribe {
            store: &self.store,
            who: asker.account(),
            role: asker.role().as_str(),
            what: None,
        };
        let opened = self.safe.open().await?;
        Ok(opened.vault.open_for(&Leave(granted), ask, now, &scribe).await?)
    }

    /// The disclosures that the asker may see: of the case they are for, those that wait for their word, or all for an audit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn disclosures(&self, asker: &Asker) -> Result<DisclosureList, ApiError> {
        let filter = WorkFilter {
            case: asker.case.clone(),
            limit: LISTED,
            ..WorkFilter::default()
        };
        let now = crate::pipeline::now();
        let mut disclosures = Vec::new();
        for row in self.store.work(WorkKind::Disclosure, &filter).await? {
            let standing = self.disclosure(&row.id).await?;
            let audit = asker.can(self, Action::Look, DataClass::Disclosure, &asker.context());
            let (inside, context) = self.for_answer(asker, &standing).await?;
            let sees = audit || inside.can(self, Action::Look, DataClass::Disclosure, &context);
            if !sees {
                continue;
            }
            let department = inside.colleague.department();
            let open = standing.status(now) == "waiting"
                && !standing
                    .approvals
                    .iter()
                    .any(|a| Some(a.department()) == department);
            let mut view = standing.view(now);
            view.may_answer =
                open && inside.can(self, Action::ApproveDisclosure, DataClass::Disclosure, &context);
            disclosures.push(view);
        }
        Ok(DisclosureList { disclosures })
    }

    /// The asker in the request's case, for its purpose, and the situation: it waits for the word of every approver who is not
    /// kept away.
    async fn for_answer(&self, asker: &Asker, standing: &Standing) -> Result<(Asker, Context), ApiError> {
        let terms = standing.request.terms();
        let mut asker = asker.for_case(terms.case.clone());
        asker.purpose = terms.purpose;
        let Known { case, .. } = self.case(&terms.case).await?;
        let waits = standing.request.waits(crate::pipeline::now()) && standing.granted.is_none();
        let context = self
            .case_context(&asker, &case)
            .about(&terms.subject)
            .asked(waits)
            .requested_by(standing.request.requested_by().account());
        Ok((asker, context))
    }

    async fn keep_disclosure(
        &self,
        asker: &Asker,
        standing: Standing,
        facts: Vec<DisclosureFact>,
        act: &str,
    ) -> Result<DisclosureView, ApiError> {
        let now = crate::pipeline::now();
        let view = standing.view(now);
        let terms = standing.request.terms();
        let facts = facts
            .iter()
            .map(|fact| {
                Ok(FactRow {
                    at: now,
                    who: asker.account().to_owned(),
                    body: serde_json::to_string(fact)?,
                })
            })
            .collect::<Result<_, serde_json::Error>>()?;
        let outbox = match act {
            "disclosure.request" => self.disclosure_messages(terms, asker.account()).await?,
            _ => Vec::new(),
        };
        let step = Step {
            outbox,
            changes: vec![Change {
                kind: WorkKind::Disclosure,
                id: terms.id.clone(),
                version: standing.version,
                facts,
                head: Head {
                    status: view.status.clone(),
                    due: Some(standing.request.lapses()),
                    case: Some(terms.case.clone()),
                    summary: serde_json::to_string(&view)?,
                    links: vec![("subject".to_owned(), terms.subject.0.clone())],
                },
            }],
            ledger: vec![asker.entry(act, Some(&terms.subject), Some(&terms.id))?],
            ..Step::default()
        };
        self.take_and_tell(step).await?;
        Ok(view)
    }
}

//! What is stored, and the way back. A record is outside data: nothing in it is believed, all of it is walked again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tandem_domain::{CaseId, Department, Purpose, Role, SubjectId, Timestamp};

use super::approval::{Approval, Denial};
use super::limits::Limits;
use super::matter::Matter;
use super::refused::Refused;
use super::request::{Request, Terms};
use crate::Colleague;

/// A colleague as stored: no pseudonym beside the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColleagueRecord {
    /// Account.
    pub account: String,
    /// Role at the time.
    pub role: Role,
    /// Department at the time.
    pub department: Option<Department>,
}

/// An answer as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerRecord {
    /// Who.
    pub by: ColleagueRecord,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// Digest of the request it answers.
    pub digest: String,
}

/// A request as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestRecord<M> {
    /// Id.
    pub id: String,
    /// Case.
    pub case: CaseId,
    /// Whom it is about.
    pub subject: SubjectId,
    /// What it is for.
    pub purpose: Purpose,
    /// Why.
    pub reason: String,
    /// When it was asked.
    pub at: Timestamp,
    /// When what is granted ends.
    pub expires: Timestamp,
    /// When it lapses.
    pub lapses: Timestamp,
    /// What is asked for.
    pub matter: M,
    /// Who asked.
    pub requested_by: ColleagueRecord,
    /// Accounts of people involved.
    pub excluded: BTreeSet<String>,
    /// The no that ended it.
    pub denied: Option<AnswerRecord>,
}

/// A disclosure or an approved act as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantRecord<M> {
    /// What was asked.
    pub request: RequestRecord<M>,
    /// The approvals it rests on.
    pub approvals: Vec<AnswerRecord>,
    /// When it was granted.
    pub granted: Timestamp,
    /// When it was ended before its time.
    pub ended: Option<Timestamp>,
}

impl ColleagueRecord {
    fn of(colleague: &Colleague) -> Self {
        Self {
            account: colleague.account().to_owned(),
            role: colleague.role(),
            department: colleague.department(),
        }
    }

    fn colleague(&self, own_subject: &dyn Fn(&str) -> Option<SubjectId>) -> Result<Colleague, Refused> {
        let own = own_subject(&self.account);
        Ok(Colleague::new(&self.account, self.role, self.department, own)?)
    }
}

impl Approval {
    /// What to store of it.
    pub fn record(&self) -> AnswerRecord {
        AnswerRecord {
            by: ColleagueRecord {
                account: self.account().to_owned(),
                role: self.role(),
                department: Some(self.department()),
            },
            at: self.at(),
            reason: self.reason().to_owned(),
            digest: self.digest().to_owned(),
        }
    }
}

impl<M: Matter> Request<M> {
    /// What to store of it.
    pub fn record(&self) -> RequestRecord<M> {
        let terms = self.terms();
        RequestRecord {
            id: terms.id.clone(),
            case: terms.case.clone(),
            subject: terms.subject.clone(),
            purpose: terms.purpose,
            reason: terms.reason.clone(),
            at: terms.at,
            expires: terms.expires,
            lapses: self.lapses,
            matter: self.matter.clone(),
            requested_by: ColleagueRecord::of(&self.requested_by),
            excluded: self.excluded.clone(),
            denied: self.denied.as_ref().map(|denial| denial.record(&self.digest())),
        }
    }

    /// Brings a stored request back through the checks of a new one. The site's maxima may have changed since, so the
    /// program's own are used.
    ///
    /// # Errors
    /// As for a new request; a record that does not agree with itself.
    pub fn replay(
        record: &RequestRecord<M>,
        own_subject: &dyn Fn(&str) -> Option<SubjectId>,
    ) -> Result<Self, Refused> {
        let terms = Terms {
            id: record.id.clone(),
            case: record.case.clone(),
            subject: record.subject.clone(),
            purpose: record.purpose,
            reason: record.reason.clone(),
            at: record.at,
            expires: record.expires,
        };
        Limits::HARD.check(terms.at, terms.expires)?;
        if record.lapses <= terms.at || record.lapses > Limits::HARD.lapses(terms.at, terms.expires) {
            return Err(Refused::Damaged("the time at which the request lapses"));
        }
        let requested_by = record.requested_by.colleague(own_subject)?;
        let (matter, excluded) = (record.matter.clone(), record.excluded.clone());
        let mut request = Self::build(terms, matter, requested_by, excluded, record.lapses)?;
        if let Some(denied) = &record.denied {
            if denied.digest != request.digest() {
                return Err(Refused::OtherRequest(denied.by.account.clone()));
            }
            let by = denied.by.colleague(own_subject)?;
            request.deny(&by, denied.at, &denied.reason)?;
        }
        Ok(request)
    }

    /// Brings a stored approval of this request back through the checks of a new one.
    ///
    /// # Errors
    /// As for a new approval; an approval of something else.
    pub fn replay_approval(
        &self,
        record: &AnswerRecord,
        own_subject: &dyn Fn(&str) -> Option<SubjectId>,
    ) -> Result<Approval, Refused> {
        if record.digest != self.digest() {
            return Err(Refused::OtherRequest(record.by.account.clone()));
        }
        self.approve(&record.by.colleague(own_subject)?, record.at, &record.reason)
    }
}

impl<M: Matter> GrantRecord<M> {
    pub(super) fn of(
        request: &Request<M>,
        approvals: &[Approval],
        granted: Timestamp,
        ended: Option<Timestamp>,
    ) -> Self {
        Self {
            request: request.record(),
            approvals: approvals.iter().map(Approval::record).collect(),
            granted,
            ended,
        }
    }

    pub(super) fn parts(
        &self,
        own_subject: &dyn Fn(&str) -> Option<SubjectId>,
    ) -> Result<(Request<M>, Vec<Approval>), Refused> {
        let request = Request::replay(&self.request, own_subject)?;
        let approval = |record: &AnswerRecord| request.replay_approval(record, own_subject);
        let approvals = self
            .approvals
            .iter()
            .map(approval)
            .collect::<Result<Vec<_>, _>>()?;
        Ok((request, approvals))
    }
}

impl Denial {
    /// What to store of it beside its request.
    pub fn record(&self, digest: &str) -> AnswerRecord {
        AnswerRecord {
            by: ColleagueRecord::of(self.by()),
            at: self.at(),
            reason: self.reason().to_owned(),
            digest: digest.to_owned(),
        }
    }
}

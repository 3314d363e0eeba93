//! A disclosure: the one value for which the vault opens.

use std::collections::BTreeSet;

use tandem_domain::{CaseId, Purpose, SubjectId, Timestamp};

use super::approval::{Approval, both};
use super::matter::Fields;
use super::record::GrantRecord;
use super::refused::Refused;
use super::request::{Request, Terms};
use crate::Field;

/// Leave to see parts of one subject's identity, in one case, for one purpose, until it expires. It exists only with the yes
/// of both departments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    request: Request<Fields>,
    approvals: [Approval; 2],
    granted: Timestamp,
    ended: Option<Timestamp>,
}

impl Disclosure {
    /// Grants a request that one approver of each department, two different people and neither the requester, said yes to.
    ///
    /// # Errors
    /// A department has not approved; one person for both; an approval of another request or by somebody who cannot; the
    /// request lapsed or was denied.
    pub fn grant(request: &Request<Fields>, approvals: &[Approval], now: Timestamp) -> Result<Self, Refused> {
        Ok(Self {
            approvals: both(request, approvals, now)?,
            request: request.clone(),
            granted: now,
            ended: None,
        })
    }

    /// Ends it before its time, for example when the case closes. It cannot be prolonged.
    pub fn end(&mut self, at: Timestamp) {
        self.ended = Some(self.ended.map_or(at, |ended| ended.min(at)));
    }

    /// True if it covers this field of this subject in this case at this instant.
    pub fn covers(&self, case: &CaseId, subject: &SubjectId, field: Field, now: Timestamp) -> bool {
        let terms = self.terms();
        terms.case == *case && terms.subject == *subject && self.fields().contains(&field) && self.open(now)
    }

    /// True from the grant until it expires or is ended.
    pub fn open(&self, now: Timestamp) -> bool {
        self.granted <= now && now < self.ends()
    }

    /// When it is over.
    pub fn ends(&self) -> Timestamp {
        let expires = self.terms().expires;
        self.ended.map_or(expires, |ended| ended.min(expires))
    }

    /// Its id: the request's.
    pub fn id(&self) -> &str {
        &self.terms().id
    }

    /// For whom, for what and for how long.
    pub const fn terms(&self) -> &Terms {
        self.request.terms()
    }

    /// The case it belongs to.
    pub const fn case(&self) -> &CaseId {
        &self.terms().case
    }

    /// Whom it is about.
    pub const fn subject(&self) -> &SubjectId {
        &self.terms().subject
    }

    /// What it reveals.
    pub const fn fields(&self) -> &BTreeSet<Field> {
        &self.request.matter().0
    }

    /// What it is for.
    pub const fn purpose(&self) -> Purpose {
        self.terms().purpose
    }

    /// Account that asked.
    pub fn requested_by(&self) -> &str {
        self.request.requested_by().account()
    }

    /// The two approvals, IT security first.
    pub const fn approvals(&self) -> &[Approval; 2] {
        &self.approvals
    }

    /// When it was granted.
    pub const fn granted(&self) -> Timestamp {
        self.granted
    }

    /// What to store of it.
    pub fn record(&self) -> GrantRecord<Fields> {
        GrantRecord::of(&self.request, &self.approvals, self.granted, self.ended)
    }

    /// Brings a stored one back by walking the whole way again. `own_subject` says under which pseudonym an account's person
    /// is observed; it is asked anew, because no store keeps it beside the account.
    ///
    /// # Errors
    /// As for a request, its approvals and the grant; a record that does not agree with itself.
    pub fn replay(
        record: &GrantRecord<Fields>,
        own_subject: &dyn Fn(&str) -> Option<SubjectId>,
    ) -> Result<Self, Refused> {
        let (request, approvals) = record.parts(own_subject)?;
        let mut disclosure = Self::grant(&request, &approvals, record.granted)?;
        disclosure.ended = record.ended;
        Ok(disclosure)
    }
}

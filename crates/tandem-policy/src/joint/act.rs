//! An act on a person that both departments agreed to.

use tandem_domain::{CaseId, SubjectId, Timestamp};

use super::approval::{Approval, both};
use super::matter::Act;
use super::record::GrantRecord;
use super::refused::Refused;
use super::request::{Request, Terms};

/// Leave for one act on one subject, in one case, until it expires. It exists only with the yes of both departments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedAct {
    request: Request<Act>,
    approvals: [Approval; 2],
    granted: Timestamp,
    ended: Option<Timestamp>,
}

impl ApprovedAct {
    /// Grants a request that one colleague of each department, two different people and neither the requester, said yes to.
    ///
    /// # Errors
    /// As for [`super::Disclosure::grant`].
    pub fn grant(request: &Request<Act>, approvals: &[Approval], now: Timestamp) -> Result<Self, Refused> {
        Ok(Self {
            approvals: both(request, approvals, now)?,
            request: request.clone(),
            granted: now,
            ended: None,
        })
    }

    /// Ends it: the act was done, or is no longer wanted.
    pub fn end(&mut self, at: Timestamp) {
        self.ended = Some(self.ended.map_or(at, |ended| ended.min(at)));
    }

    /// True if it is leave for this act on this subject in this case at this instant.
    pub fn covers(&self, case: &CaseId, subject: &SubjectId, act: &Act, now: Timestamp) -> bool {
        let terms = self.terms();
        terms.case == *case && terms.subject == *subject && self.act() == act && self.open(now)
    }

    /// True from the grant until it expires or is ended.
    pub fn open(&self, now: Timestamp) -> bool {
        let expires = self.terms().expires;
        self.granted <= now && now < self.ended.map_or(expires, |ended| ended.min(expires))
    }

    /// For whom, for what and for how long.
    pub const fn terms(&self) -> &Terms {
        self.request.terms()
    }

    /// The act.
    pub const fn act(&self) -> &Act {
        self.request.matter()
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
    pub fn record(&self) -> GrantRecord<Act> {
        GrantRecord::of(&self.request, &self.approvals, self.granted, self.ended)
    }

    /// Brings a stored one back by walking the whole way again; see [`super::Disclosure::replay`].
    ///
    /// # Errors
    /// As for a request, its approvals and the grant; a record that does not agree with itself.
    pub fn replay(
        record: &GrantRecord<Act>,
        own_subject: &dyn Fn(&str) -> Option<SubjectId>,
    ) -> Result<Self, Refused> {
        let (request, approvals) = record.parts(own_subject)?;
        let mut act = Self::grant(&request, &approvals, record.granted)?;
        act.ended = record.ended;
        Ok(act)
    }
}

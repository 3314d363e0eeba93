//! A request and its answers.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use tandem_domain::{CaseId, Purpose, SubjectId, Timestamp};

use super::approval::{Approval, Denial};
use super::limits::{Limits, reason};
use super::matter::Matter;
use super::refused::Refused;
use crate::Colleague;
use crate::cedar::works_cases;
use crate::colleague::same_account;

/// Longest id, bytes.
const ID_MAX: usize = 64;
/// Longest pseudonym, bytes.
const SUBJECT_MAX: usize = 64;
/// Most people excluded as involved.
const EXCLUDED_MAX: usize = 1_000;

/// For whom, for what and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Id of the request, and of what comes of it.
    pub id: String,
    /// The case it belongs to. It counts for no other.
    pub case: CaseId,
    /// Whom it is about.
    pub subject: SubjectId,
    /// What it is for: investigation, support or containment.
    pub purpose: Purpose,
    /// Why, in plain words; no name of the person belongs here.
    pub reason: String,
    /// When it is asked.
    pub at: Timestamp,
    /// When what is granted ends.
    pub expires: Timestamp,
}

/// A request that may be answered: well formed, for a purpose that allows it, by somebody who may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request<M> {
    pub(super) terms: Terms,
    pub(super) matter: M,
    pub(super) requested_by: Colleague,
    pub(super) excluded: BTreeSet<String>,
    pub(super) lapses: Timestamp,
    pub(super) denied: Option<Denial>,
}

impl<M: Matter> Request<M> {
    /// Asks. `excluded` are accounts of people involved in the matter; they can neither ask nor answer.
    ///
    /// # Errors
    /// A purpose, duration, reason, id or matter that cannot be; a requester who works no cases, is involved or is whom it is
    /// about.
    pub fn new(
        terms: Terms,
        matter: M,
        requested_by: &Colleague,
        excluded: BTreeSet<String>,
        limits: &Limits,
    ) -> Result<Self, Refused> {
        limits.check(terms.at, terms.expires)?;
        let lapses = limits.lapses(terms.at, terms.expires);
        Self::build(terms, matter, requested_by.clone(), excluded, lapses)
    }

    /// The checks that hold for a new request and for one that comes back from a store.
    pub(super) fn build(
        terms: Terms,
        matter: M,
        requested_by: Colleague,
        excluded: BTreeSet<String>,
        lapses: Timestamp,
    ) -> Result<Self, Refused> {
        check(&terms)?;
        matter.check()?;
        let account = requested_by.account();
        if !works_cases(requested_by.role()) {
            return Err(Refused::NotACaseWorker(account.to_owned()));
        }
        if requested_by.own_subject() == Some(&terms.subject) {
            return Err(Refused::RequesterIsSubject);
        }
        if excluded.len() > EXCLUDED_MAX {
            return Err(Refused::TooMany);
        }
        let request = Self {
            terms,
            matter,
            requested_by,
            excluded,
            lapses,
            denied: None,
        };
        request.uninvolved(&request.requested_by)?;
        Ok(request)
    }

    /// Excludes somebody who turns out to be involved; approvals they have given no longer count.
    pub fn exclude(&mut self, account: &str) {
        self.excluded.insert(account.to_owned());
    }

    /// The yes of one colleague.
    ///
    /// # Errors
    /// The requester, the subject, somebody involved, of no department or, for a disclosure, no approver; after the request
    /// lapsed or was denied; without a reason.
    pub fn approve(&self, approver: &Colleague, at: Timestamp, why: &str) -> Result<Approval, Refused> {
        self.may_answer(approver, at, why)?;
        if self.requested_by.is(approver.account()) {
            return Err(Refused::SelfApproval(approver.account().to_owned()));
        }
        Approval::new(approver, at, why, self.digest())
    }

    /// The no of one colleague, which ends the request. The requester takes it back in the same way.
    ///
    /// # Errors
    /// As for [`Self::approve`], except that the requester may.
    pub fn deny(&mut self, by: &Colleague, at: Timestamp, why: &str) -> Result<&Denial, Refused> {
        if self.requested_by.is(by.account()) {
            self.in_time(at)?;
            reason(why)?;
        } else {
            self.may_answer(by, at, why)?;
        }
        Ok(self.denied.insert(Denial::new(by, at, why)))
    }

    fn may_answer(&self, who: &Colleague, at: Timestamp, why: &str) -> Result<(), Refused> {
        self.in_time(at)?;
        let account = || who.account().to_owned();
        if who.department().is_none() {
            return Err(Refused::NoDepartment(account()));
        }
        if !M::answered_by(who.role()) {
            return Err(Refused::NotAnApprover(account()));
        }
        if who.own_subject() == Some(&self.terms.subject) {
            return Err(Refused::ApproverIsSubject(account()));
        }
        self.uninvolved(who)?;
        reason(why)
    }

    /// Refuses an instant before the request, after it lapsed, or after it was denied.
    fn in_time(&self, at: Timestamp) -> Result<(), Refused> {
        if at < self.terms.at {
            return Err(Refused::TooEarly(at));
        }
        if let Some(denial) = self.denied.as_ref().filter(|denial| denial.at() <= at) {
            return Err(Refused::Denied(denial.account().to_owned()));
        }
        if at >= self.lapses {
            return Err(Refused::Lapsed(self.lapses));
        }
        Ok(())
    }

    pub(super) fn uninvolved(&self, who: &Colleague) -> Result<(), Refused> {
        if self.excluded.iter().any(|account| who.is(account)) {
            return Err(Refused::Involved(who.account().to_owned()));
        }
        Ok(())
    }

    /// Refuses an approval that does not count: of something else, from later, by the requester or somebody involved.
    pub(super) fn counts(&self, approval: &Approval, now: Timestamp) -> Result<(), Refused> {
        if approval.digest() != self.digest() {
            return Err(Refused::OtherRequest(approval.account().to_owned()));
        }
        if approval.at() > now {
            return Err(Refused::TooEarly(now));
        }
        if same_account(self.requested_by.account(), approval.account()) {
            return Err(Refused::SelfApproval(approval.account().to_owned()));
        }
        let involved = |account: &String| same_account(account, approval.account());
        if self.excluded.iter().any(involved) {
            return Err(Refused::Involved(approval.account().to_owned()));
        }
        Ok(())
    }

    /// What an approval is bound to: SHA-256 over everything that is asked, 64 hexadecimal digits.
    pub fn digest(&self) -> String {
        let mut digester = Digester(Sha256::new());
        let terms = &self.terms;
        for text in [
            "tandem-request-1",
            &terms.id,
            terms.case.as_str(),
            terms.subject.as_str(),
            terms.purpose.as_str(),
            &terms.reason,
            self.requested_by.account(),
            self.requested_by.role().as_str(),
        ] {
            digester.text(text);
        }
        for instant in [terms.at, terms.expires, self.lapses] {
            digester.text(&instant.0.to_string());
        }
        self.matter.digest(&mut digester);
        digester.finish()
    }

    /// For whom, for what and for how long.
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// What is asked for.
    pub const fn matter(&self) -> &M {
        &self.matter
    }

    /// Who asks.
    pub const fn requested_by(&self) -> &Colleague {
        &self.requested_by
    }

    /// When it lapses if it is not granted before.
    pub const fn lapses(&self) -> Timestamp {
        self.lapses
    }

    /// The no that ended it.
    pub const fn denied(&self) -> Option<&Denial> {
        self.denied.as_ref()
    }

    /// True while answers are possible.
    pub fn waits(&self, now: Timestamp) -> bool {
        self.in_time(now).is_ok()
    }
}

/// Adds texts to a digest, each with its length, so that no two lists of texts give the same bytes.
#[derive(Debug)]
pub struct Digester(Sha256);

impl Digester {
    pub(super) fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text.as_bytes());
    }

    fn finish(self) -> String {
        self.0
            .finalize()
            .iter()
            .fold(String::with_capacity(64), |mut hex, byte| {
                // Writing to a string cannot fail.
                let _ = write!(hex, "{byte:02x}");
                hex
            })
    }
}

fn check(terms: &Terms) -> Result<(), Refused> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !(1..=ID_MAX).contains(&terms.id.len()) || !terms.id.bytes().all(plain) {
        return Err(Refused::BadId);
    }
    if CaseId::parse(terms.case.as_str()).is_none() {
        return Err(Refused::BadReference(terms.case.to_string()));
    }
    let subject = terms.subject.as_str();
    if !(1..=SUBJECT_MAX).contains(&subject.len()) || !subject.bytes().all(plain) {
        return Err(Refused::BadReference("the pseudonym".to_owned()));
    }
    if !matches!(
        terms.purpose,
        Purpose::Investigation | Purpose::Support | Purpose::Containment
    ) {
        return Err(Refused::Purpose(terms.purpose));
    }
    reason(&terms.reason)
}

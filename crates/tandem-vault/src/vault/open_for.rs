//! The only way out: for a warrant, in its case, with the ledger entry written first.

use tandem_domain::{CaseId, SubjectId, Timestamp};

use super::Vault;
use crate::{Act, Field, Opening, Revealed, VaultError, Warrant, Witness};

/// What somebody wants to see, and in which case they are working. The warrant must agree with it.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The case that is open in front of the one who asks.
    pub case: &'a CaseId,
    /// Whose record.
    pub subject: &'a SubjectId,
    /// Which parts.
    pub fields: &'a [Field],
}

impl Vault {
    /// Gives out the fields asked for, if the warrant covers every one of them, after the witness has written the entry.
    ///
    /// Each call is a look and has an entry of its own, also under the same warrant.
    ///
    /// # Errors
    /// When the warrant is for another case, subject or field, is over, or has not the approvals it needs; when the subject
    /// is not held or erased; when the record is damaged; when the witness fails. Nothing is given out then.
    pub async fn open_for(
        &self,
        warrant: &(impl Warrant + Sync + ?Sized),
        ask: Ask<'_>,
        now: Timestamp,
        witness: &(impl Witness + Sync),
    ) -> Result<Revealed, VaultError> {
        let fields = allowed(warrant, ask, now)?;
        // A record that cannot be given out needs no entry that it was.
        drop(self.identity(&self.read(), ask.subject)?);
        let [one, other] = warrant.approved_by();
        let opening = Opening {
            warrant: warrant.id().to_owned(),
            case: ask.case.clone(),
            subject: ask.subject.clone(),
            purpose: warrant.purpose(),
            fields: fields.clone(),
            requested_by: warrant.requested_by().to_owned(),
            approved_by: [(one.0.to_owned(), one.1), (other.0.to_owned(), other.1)],
            expires: warrant.expires(),
            at: now,
        };
        witness
            .record(Act::Opened(opening))
            .await
            .map_err(|error| VaultError::Witness {
                doing: "the disclosure",
                source: Box::new(error),
            })?;
        // Read again: between the entry and now the person may have been erased.
        let identity = self.identity(&self.read(), ask.subject)?;
        Ok(Revealed::of(ask.subject, warrant.expires(), &identity, &fields))
    }
}

/// The fields in order and once each, if the warrant covers all of them here and now.
fn allowed(
    warrant: &(impl Warrant + ?Sized),
    ask: Ask<'_>,
    now: Timestamp,
) -> Result<Vec<Field>, VaultError> {
    let id = || warrant.id().to_owned();
    if warrant.case() != ask.case {
        return Err(VaultError::OtherCase {
            warrant: id(),
            given: warrant.case().clone(),
            asked: ask.case.clone(),
        });
    }
    if warrant.subject() != ask.subject {
        super::checked(ask.subject)?;
        return Err(VaultError::OtherSubject {
            warrant: id(),
            asked: ask.subject.clone(),
        });
    }
    if warrant.expires() <= now {
        return Err(VaultError::Expired {
            warrant: id(),
            at: warrant.expires(),
        });
    }
    if let Some(reason) = unapproved(warrant) {
        return Err(VaultError::Approvals {
            warrant: id(),
            reason,
        });
    }
    let mut fields = ask.fields.to_vec();
    fields.sort();
    fields.dedup();
    if fields.is_empty() {
        return Err(VaultError::NoField { warrant: id() });
    }
    for field in &fields {
        warrant
            .covers(*field, now)
            .map_err(|reason| VaultError::NotCovered {
                warrant: id(),
                field: *field,
                reason,
            })?;
    }
    Ok(fields)
}

/// What is wrong with the approvals. The policy sees to it too; the vault does not rest on that.
fn unapproved(warrant: &(impl Warrant + ?Sized)) -> Option<&'static str> {
    let [one, other] = warrant.approved_by();
    let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
    let requester = warrant.requested_by();
    if one.1 == other.1 {
        Some("both approvals come from one department")
    } else if same(one.0, other.0) {
        Some("both approvals come from one colleague")
    } else if same(one.0, requester) || same(other.0, requester) {
        Some("the requester approved it")
    } else if [one.0, other.0, requester]
        .iter()
        .any(|who| who.trim().is_empty())
    {
        Some("an approver or the requester has no account")
    } else {
        None
    }
}

//! The accounts that an action of a playbook needs: given out under an open disclosure of that case only, each time with the
//! vault's own row in the ledger, and to nobody but the connector that carries the action out.

use tandem_connect::Secret;
use tandem_domain::{CaseId, SubjectId, Timestamp};
use tandem_policy::{Disclosure, Field};
use tandem_store::{Store, WorkFilter, WorkKind};
use tandem_vault::Ask;

use super::warrant::{Leave, Scribe};
use super::{LISTED, standing};
use crate::http::error::ApiError;
use crate::safe::Safe;

/// The open disclosure of a subject's accounts in a case, if there is one.
///
/// # Errors
/// When a disclosure cannot be read.
pub(crate) async fn leave(
    store: &Store,
    case: &CaseId,
    subject: &SubjectId,
    now: Timestamp,
) -> Result<Option<Disclosure>, ApiError> {
    let filter = WorkFilter {
        case: Some(case.clone()),
        link: Some(("subject".to_owned(), subject.0.clone())),
        limit: LISTED,
        ..WorkFilter::default()
    };
    for row in store.work(WorkKind::Disclosure, &filter).await? {
        let granted = standing(store, &row.id).await?.granted;
        let covers = |one: &Disclosure| one.covers(case, subject, Field::Accounts, now);
        if let Some(granted) = granted.filter(covers) {
            return Ok(Some(granted));
        }
    }
    Ok(None)
}

/// A subject's accounts for something that an action of a run in this case needs them for; `None` without an open disclosure.
///
/// # Errors
/// When the disclosure cannot be read, or the vault refuses or fails.
pub(crate) async fn look_up(
    store: &Store,
    safe: &Safe,
    case: &CaseId,
    subject: &SubjectId,
    what: &str,
    now: Timestamp,
) -> Result<Option<Vec<Secret>>, ApiError> {
    let Some(granted) = leave(store, case, subject, now).await? else {
        return Ok(None);
    };
    let ask = Ask {
        case,
        subject,
        fields: &[tandem_vault::Field::Accounts],
    };
    let scribe = Scribe::system(store, Some(what));
    let opened = safe.open().await?;
    let revealed = opened.vault.open_for(&Leave(granted), ask, now, &scribe).await?;
    let accounts = revealed.accounts.iter().flatten();
    Ok(Some(accounts.map(|one| Secret::new(one.as_str())).collect()))
}

//! What the vault asks for: a warrant, and a witness who writes the ledger's row.

use tandem_domain::{CaseId, Department, Purpose, SubjectId, Timestamp};
use tandem_policy::{Disclosure, Field};
use tandem_store::Store;
use tandem_vault::{Act, Warrant, Witness};

use crate::ledger::{About, LedgerError, entry};

/// A granted disclosure, as the vault asks for it.
pub(super) struct Leave(pub(super) Disclosure);

impl Warrant for Leave {
    fn id(&self) -> &str {
        self.0.id()
    }
    fn case(&self) -> &CaseId {
        self.0.case()
    }
    fn subject(&self) -> &SubjectId {
        self.0.subject()
    }
    fn purpose(&self) -> Purpose {
        self.0.purpose()
    }
    fn covers(&self, field: tandem_vault::Field, now: Timestamp) -> Result<(), String> {
        let known = Field::parse(field.as_str());
        let covered = known.is_some_and(|field| self.0.covers(self.0.case(), self.0.subject(), field, now));
        covered
            .then_some(())
            .ok_or_else(|| format!("the disclosure does not name {field}, or is over"))
    }
    fn approved_by(&self) -> [(&str, Department); 2] {
        let [one, other] = self.0.approvals();
        [
            (one.account(), one.department()),
            (other.account(), other.department()),
        ]
    }
    fn requested_by(&self) -> &str {
        self.0.requested_by()
    }
    fn expires(&self) -> Timestamp {
        self.0.ends()
    }
}

/// Writes looks into the vault into the ledger.
pub(super) struct Scribe<'a> {
    pub(super) store: &'a Store,
    /// Account of whoever looks, or `system`.
    pub(super) who: &'a str,
    /// Their role.
    pub(super) role: &'a str,
    /// What the look is for beside its disclosure, if for something.
    pub(super) what: Option<&'a str>,
}

impl<'a> Scribe<'a> {
    /// Of what nobody in particular does.
    pub(super) const fn system(store: &'a Store, what: Option<&'a str>) -> Self {
        Self {
            store,
            who: "system",
            role: "system",
            what,
        }
    }
}

impl Witness for Scribe<'_> {
    type Error = LedgerError;

    async fn record(&self, act: Act) -> Result<(), LedgerError> {
        let (name, subject, case, purpose, object) = match &act {
            Act::Opened(o) => {
                let fields: Vec<&str> = o.fields.iter().map(|f| f.as_str()).collect();
                let what = self.what.map(|what| format!(" for {what}")).unwrap_or_default();
                let object = format!("{}: {}{what}", o.warrant, fields.join(", "));
                (
                    "vault.open",
                    Some(&o.subject),
                    Some(&o.case),
                    Some(o.purpose),
                    Some(object),
                )
            }
            Act::Erased { subject, .. } => ("vault.erase", Some(subject), None, None, None),
            Act::Readmitted { subject, .. } => ("vault.readmit", Some(subject), None, None, None),
            Act::KeyRotated { from, to, .. } => (
                "vault.rotate",
                None,
                None,
                None,
                Some(format!("from key {from} to {to}")),
            ),
        };
        let about = About {
            subject,
            case,
            purpose,
            object: object.as_deref(),
        };
        let row = entry(self.who, self.role, name, &about)?;
        self.store.add_to_ledger(vec![row]).await?;
        Ok(())
    }
}

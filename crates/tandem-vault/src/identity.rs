//! An identity as it is put into the vault, and the parts of it that come out.

use std::fmt;

use serde::{Deserialize, Serialize};
use tandem_domain::{SubjectId, Timestamp};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{Field, VaultError};

/// Longest single text, bytes.
const TEXT: usize = 512;
/// Most accounts, and most mail addresses.
const MANY: usize = 64;
/// Sealed records are filled up to a multiple of this, so that their length says little about a name's.
const PAGE: usize = 256;

/// Who a subject is. It is wiped from memory when dropped; `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The key under which people files know the person, for example a personnel number.
    pub person_key: String,
    /// Given and family name.
    #[serde(default)]
    pub name: Option<String>,
    /// Mail addresses.
    #[serde(default)]
    pub mail: Vec<String>,
    /// Telephone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// Accounts in their canonical form (`tandem_people::canonical_account`).
    #[serde(default)]
    pub accounts: Vec<String>,
    /// Position and unit.
    #[serde(default)]
    pub position: Option<String>,
    /// Who leads the person: a name or a key.
    #[serde(default)]
    pub manager: Option<String>,
    /// Place of work.
    #[serde(default)]
    pub site: Option<String>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(…)")
    }
}

impl Identity {
    /// Trims every text, drops empty ones, and sorts lists, so that the same facts are the same identity.
    pub(crate) fn tidied(mut self) -> Self {
        self.person_key = self.person_key.trim().to_owned();
        for one in [
            &mut self.name,
            &mut self.phone,
            &mut self.position,
            &mut self.manager,
            &mut self.site,
        ] {
            let tidy = one.take().map(|text| text.trim().to_owned());
            *one = tidy.filter(|text| !text.is_empty());
        }
        for list in [&mut self.mail, &mut self.accounts] {
            let mut tidy: Vec<_> = list.iter().map(|text| text.trim().to_owned()).collect();
            tidy.retain(|text| !text.is_empty());
            tidy.sort();
            tidy.dedup();
            list.zeroize();
            *list = tidy;
        }
        self
    }

    /// Why the vault does not take it.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let single = [
            Some(&self.person_key),
            self.name.as_ref(),
            self.phone.as_ref(),
            self.position.as_ref(),
            self.manager.as_ref(),
            self.site.as_ref(),
        ];
        let mut texts = single
            .into_iter()
            .flatten()
            .chain(&self.mail)
            .chain(&self.accounts);
        if self.person_key.is_empty() {
            Some("it has no person key")
        } else if texts.any(|text| text.len() > TEXT) {
            Some("one of its texts is longer than 512 bytes")
        } else if self.mail.len() > MANY || self.accounts.len() > MANY {
            Some("it has more than 64 accounts or mail addresses")
        } else {
            None
        }
    }

    /// The bytes to be sealed: JSON, filled up with spaces, which JSON ignores.
    pub(crate) fn bytes(&self) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        // Room from the start: a buffer that grows leaves its former self in memory.
        let mut bytes = Zeroizing::new(Vec::with_capacity(4 * PAGE));
        serde_json::to_writer(&mut *bytes, self)
            .map_err(|_| VaultError::Seal("it cannot be written as JSON"))?;
        let filled = bytes.len().next_multiple_of(PAGE);
        bytes.resize(filled, b' ');
        Ok(bytes)
    }

    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// What an event may call the person: accounts and mail addresses.
    pub(crate) fn handles(&self) -> impl Iterator<Item = &str> {
        self.accounts.iter().chain(&self.mail).map(String::as_str)
    }
}

/// Where somebody can be reached.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Zeroize, ZeroizeOnDrop)]
pub struct Contact {
    /// Mail addresses.
    pub mail: Vec<String>,
    /// Telephone number.
    pub phone: Option<String>,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(…)")
    }
}

/// The parts of an identity that a warrant covers; a part that it does not cover, or that is not known, is `None`.
///
/// It can be serialised, for it is what the page of a disclosure shows; nothing else may write it down. `Debug` is masked.
#[derive(Clone, PartialEq, Eq, Serialize, Zeroize, ZeroizeOnDrop)]
pub struct Revealed {
    /// The pseudonym.
    #[zeroize(skip)]
    pub subject: SubjectId,
    /// When it must no longer be shown.
    #[zeroize(skip)]
    pub until: Timestamp,
    /// Given and family name.
    pub name: Option<String>,
    /// Where the person can be reached.
    pub contact: Option<Contact>,
    /// Account names.
    pub accounts: Option<Vec<String>>,
    /// The key under which people files know the person; belongs to [`Field::Accounts`].
    pub person_key: Option<String>,
    /// Position and unit.
    pub position: Option<String>,
    /// Who leads the person.
    pub manager: Option<String>,
    /// Place of work.
    pub site: Option<String>,
}

impl fmt::Debug for Revealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Revealed({}, …)", self.subject)
    }
}

impl Revealed {
    pub(crate) fn of(subject: &SubjectId, until: Timestamp, identity: &Identity, fields: &[Field]) -> Self {
        let has = |field: Field| fields.contains(&field);
        let one = |field: Field, text: &Option<String>| text.clone().filter(|_| has(field));
        Self {
            subject: subject.clone(),
            until,
            name: one(Field::Name, &identity.name),
            contact: has(Field::Contact).then(|| Contact {
                mail: identity.mail.clone(),
                phone: identity.phone.clone(),
            }),
            accounts: has(Field::Accounts).then(|| identity.accounts.clone()),
            person_key: has(Field::Accounts).then(|| identity.person_key.clone()),
            position: one(Field::Position, &identity.position),
            manager: one(Field::Manager, &identity.manager),
            site: one(Field::Site, &identity.site),
        }
    }
}

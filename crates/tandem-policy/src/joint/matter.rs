//! What is asked for: parts of an identity, or an act.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tandem_domain::Role;

use super::Refused;
use super::request::Digester;
use crate::Field;

/// Longest name of an act, bytes.
const ACT_MAX: usize = 64;
/// Longest object of an act, characters.
const OBJECT_MAX: usize = 256;

/// Something that needs both departments. There are two: [`Fields`] and [`Act`].
pub trait Matter: sealed::Sealed + Clone + std::fmt::Debug + PartialEq + Eq {
    /// Refuses what cannot be asked.
    #[doc(hidden)]
    fn check(&self) -> Result<(), Refused>;
    /// Whether somebody of that role, who has a department, may answer.
    #[doc(hidden)]
    fn answered_by(role: Role) -> bool;
    /// Adds itself to the digest of a request.
    #[doc(hidden)]
    fn digest(&self, digester: &mut Digester);
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Fields {}
    impl Sealed for super::Act {}
}

/// Parts of an identity that are to be revealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(pub BTreeSet<Field>);

/// An act that touches a person, such as suspending an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// Its name, such as `suspend_account`.
    pub name: String,
    /// What it acts upon, by pseudonym or number; may be empty.
    pub object: String,
}

impl Matter for Fields {
    fn check(&self) -> Result<(), Refused> {
        if self.0.is_empty() {
            Err(Refused::NoFields)
        } else {
            Ok(())
        }
    }

    fn answered_by(role: Role) -> bool {
        role == Role::Approver
    }

    fn digest(&self, digester: &mut Digester) {
        digester.text("disclosure");
        self.0.iter().for_each(|field| digester.text(field.as_str()));
    }
}

impl Matter for Act {
    fn check(&self) -> Result<(), Refused> {
        let plain = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.')
        };
        let named = (1..=ACT_MAX).contains(&self.name.len()) && self.name.bytes().all(plain);
        let object = self.object.chars().count() <= OBJECT_MAX && !self.object.chars().any(char::is_control);
        if named && object {
            Ok(())
        } else {
            Err(Refused::BadAct)
        }
    }

    fn answered_by(role: Role) -> bool {
        matches!(
            role,
            Role::Approver | Role::ItAnalyst | Role::CorporateInvestigator
        )
    }

    fn digest(&self, digester: &mut Digester) {
        digester.text("act");
        digester.text(&self.name);
        digester.text(&self.object);
    }
}

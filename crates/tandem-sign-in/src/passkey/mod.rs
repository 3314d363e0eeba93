//! Passkeys: WebAuthn Level 3 registration (section 7.1) and authentication (section 7.2), server side.
//!
//! What is asked for: user verification always, a discoverable credential (so that nobody types an account name), no
//! attestation. Which make of authenticator somebody uses is not Tandem's business, so attestation statements are not looked
//! at; what counts is that the same key signs again.
//!
//! The way: [`RelyingParty::begin_registration`] gives options for the browser
//! (`PublicKeyCredential.parseCreationOptionsFromJSON`) and a state to keep; [`RelyingParty::finish_registration`] takes the
//! state by value and what the browser's `credential.toJSON()` sent back, and gives a [`Passkey`] to store. Signing in and
//! stepping up go the same way. A state works once and for [`CEREMONY_LIFE`]: keep it in [`crate::pending::Pending`].

mod authenticator_data;
mod client_data;
mod error;
mod login;
mod party;
mod register;
mod wire;

#[cfg(test)]
mod tests;

pub use error::PasskeyError;
pub use login::{Asserted, LoginState, Purpose};
pub use party::{Origin, RelyingParty};
pub use register::RegistrationState;
pub use wire::{
    Assertion, AssertionResponse, Attestation, CreationOptions, CredentialDescriptor, CredentialId,
    RegistrationResponse, RequestOptions,
};

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;
use tandem_domain::time::MICROS_PER_SECOND;

use crate::encoding::Bytes;
use crate::keys::PublicKey;

/// How long a ceremony may take, microseconds.
pub const CEREMONY_LIFE: i64 = 5 * 60 * MICROS_PER_SECOND;
/// Most passkeys of one account.
pub const MAX_PASSKEYS: usize = 20;
/// Longest name of a passkey, characters.
const MAX_NAME: usize = 60;

/// A registered passkey, as it is stored. It holds nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passkey {
    /// The credential's id; unique over all accounts (WebAuthn section 7.1 step 26): let the database hold that.
    pub id: CredentialId,
    /// Handle of the account it belongs to: random bytes that say nothing about the person.
    pub handle: Bytes,
    /// What its owner calls it.
    pub name: String,
    /// The public key.
    pub(crate) key: PublicKey,
    /// Signature counter at the last use; 0 for authenticators that do not count.
    pub counter: u32,
    /// May be copied to other devices of the owner.
    pub backup_eligible: bool,
    /// Is copied to other devices of the owner.
    pub backed_up: bool,
    /// How the browser reaches the authenticator (`internal`, `usb`, `hybrid` …), to be handed back to it.
    pub transports: Vec<String>,
    /// Model of the authenticator as it says itself; unproven, only for showing.
    pub model: Bytes,
    /// When it was registered.
    pub created: Timestamp,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
    /// When it was revoked, and why. A revoked passkey signs nobody in; it is kept so that its id is never registered again.
    pub revoked: Option<Revoked>,
}

/// Who took a passkey out of use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    /// When.
    pub at: Timestamp,
    /// Account of the person who did it: the owner or an administrator.
    pub who: String,
    /// Why, for example `lost`, or `counter went back`.
    pub why: String,
}

impl Passkey {
    /// The passkey after a sign-in, to be stored in its place.
    pub fn used(mut self, asserted: &Asserted, now: Timestamp) -> Self {
        self.counter = asserted.counter;
        self.backed_up = asserted.backed_up;
        self.last_used = Some(now);
        self
    }

    /// The passkey out of use.
    pub fn revoke(mut self, revoked: Revoked) -> Self {
        self.revoked = Some(revoked);
        self
    }

    /// The passkey under another name; an empty one becomes `Passkey`.
    pub fn rename(mut self, name: &str) -> Self {
        self.name = tidy_name(name);
        self
    }
}

fn tidy_name(name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
    let name = name.trim();
    if name.is_empty() {
        "Passkey".to_owned()
    } else {
        name.to_owned()
    }
}

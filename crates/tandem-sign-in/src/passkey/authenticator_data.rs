//! What the authenticator signs (WebAuthn section 6.1).

use ciborium::Value;

use super::wire::MAX_ID;
use super::{PasskeyError, RelyingParty};
use crate::keys::{PublicKey, take_cose};

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
const EXTENSIONS: u8 = 1 << 7;

/// The parsed data.
pub(super) struct AuthenticatorData<'a> {
    party_hash: &'a [u8],
    flags: u8,
    /// Signature counter.
    pub(super) counter: u32,
    /// The new credential, at a registration.
    pub(super) credential: Option<Credential<'a>>,
}

/// A new credential.
pub(super) struct Credential<'a> {
    /// Model of the authenticator.
    pub(super) model: &'a [u8],
    /// Its id.
    pub(super) id: &'a [u8],
    /// Its key.
    pub(super) key: PublicKey,
}

impl<'a> AuthenticatorData<'a> {
    /// Reads the data to its last byte.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, PasskeyError> {
        let short = PasskeyError::Malformed("authenticator data is cut off");
        let (party_hash, rest) = bytes.split_at_checked(32).ok_or(short.clone())?;
        let ([flags, c0, c1, c2, c3], mut rest) = rest.split_first_chunk::<5>().ok_or(short)?;
        let flags = *flags;
        let counter = u32::from_be_bytes([*c0, *c1, *c2, *c3]);
        let credential = if flags & ATTESTED == 0 {
            None
        } else {
            let (credential, behind) = attested(rest)?;
            rest = behind;
            Some(credential)
        };
        if flags & EXTENSIONS != 0 {
            let value: Value = ciborium::de::from_reader_with_recursion_limit(&mut rest, 16)
                .map_err(|_| PasskeyError::Malformed("extensions are not CBOR"))?;
            if !value.is_map() {
                return Err(PasskeyError::Malformed("extensions are not a map"));
            }
        }
        if !rest.is_empty() {
            return Err(PasskeyError::Malformed("authenticator data has a tail"));
        }
        Ok(Self {
            party_hash,
            flags,
            counter,
            credential,
        })
    }

    /// Checks relying party, presence, verification and that a backed-up credential may be backed up (section 7.1 steps 14 to
    /// 18, section 7.2 steps 15 to 19).
    pub(super) fn check(&self, party: &RelyingParty) -> Result<(), PasskeyError> {
        if !party.is_hash(self.party_hash) {
            return Err(PasskeyError::RelyingParty);
        }
        if self.flags & USER_PRESENT == 0 || self.flags & USER_VERIFIED == 0 {
            return Err(PasskeyError::UserVerification);
        }
        if self.backed_up() && !self.backup_eligible() {
            return Err(PasskeyError::Malformed("backed up without being eligible"));
        }
        Ok(())
    }

    pub(super) const fn backup_eligible(&self) -> bool {
        self.flags & BACKUP_ELIGIBLE != 0
    }

    pub(super) const fn backed_up(&self) -> bool {
        self.flags & BACKED_UP != 0
    }
}

fn attested(bytes: &[u8]) -> Result<(Credential<'_>, &[u8]), PasskeyError> {
    let short = PasskeyError::Malformed("credential data is cut off");
    let (model, rest) = bytes.split_at_checked(16).ok_or(short.clone())?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or(short.clone())?;
    let length = usize::from(u16::from_be_bytes(*length));
    if !(1..=MAX_ID).contains(&length) {
        return Err(PasskeyError::Malformed("credential id has a wrong length"));
    }
    let (id, rest) = rest.split_at_checked(length).ok_or(short)?;
    let (key, _, behind) = take_cose(rest).ok_or(PasskeyError::Algorithm)?;
    Ok((Credential { model, id, key }, behind))
}

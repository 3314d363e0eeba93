//! Registering a passkey (WebAuthn section 7.1).

use ciborium::Value;
use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;

use super::authenticator_data::AuthenticatorData;
use super::wire::{
    CreationOptions, CredentialDescriptor, MAX_ATTESTATION, MAX_TRANSPORTS, Owner, Parameter, Party,
    RegistrationResponse, Selection,
};
use super::{CEREMONY_LIFE, MAX_PASSKEYS, Passkey, PasskeyError, RelyingParty, client_data, tidy_name};
use crate::encoding::Bytes;
use crate::keys::{EDDSA, ES256, RS256};

/// What the server keeps of a begun registration. Bind it to the session that began it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationState {
    challenge: Bytes,
    handle: Bytes,
    taken: Vec<Bytes>,
    began: Timestamp,
}

impl RelyingParty {
    /// Begins a registration. `handle` are the account's random bytes (16 to 64, the same for all its passkeys, nothing that
    /// names the person); `account` and `shown` are what the authenticator shows its owner; `existing` are the account's
    /// passkeys, revoked ones too; `challenge` is fresh random.
    ///
    /// # Errors
    /// [`PasskeyError::TooMany`], [`PasskeyError::Settings`] for a handle of another length.
    pub fn begin_registration(
        &self,
        (handle, account, shown): (&[u8], &str, &str),
        existing: &[Passkey],
        challenge: [u8; 32],
        now: Timestamp,
    ) -> Result<(CreationOptions, RegistrationState), PasskeyError> {
        if !(16..=64).contains(&handle.len()) {
            return Err(PasskeyError::Settings(
                "an account's handle has 16 to 64 bytes".into(),
            ));
        }
        let live = existing
            .iter()
            .filter(|passkey| passkey.revoked.is_none())
            .count();
        if live >= MAX_PASSKEYS {
            return Err(PasskeyError::TooMany(live));
        }
        let challenge = Bytes(challenge.to_vec());
        let handle = Bytes(handle.to_vec());
        let options = CreationOptions {
            rp: Party {
                id: self.id.clone(),
                name: self.name.clone(),
            },
            user: Owner {
                id: handle.clone(),
                name: account.to_owned(),
                display_name: shown.to_owned(),
            },
            challenge: challenge.clone(),
            pub_key_cred_params: [ES256, EDDSA, RS256]
                .map(|alg| Parameter {
                    kind: "public-key",
                    alg,
                })
                .to_vec(),
            timeout: (CEREMONY_LIFE / 1_000) as u32,
            exclude_credentials: existing.iter().map(CredentialDescriptor::of).collect(),
            authenticator_selection: Selection {
                resident_key: "required",
                require_resident_key: true,
                user_verification: "required",
            },
            attestation: "none",
        };
        let state = RegistrationState {
            challenge,
            handle,
            taken: existing.iter().map(|passkey| passkey.id.clone()).collect(),
            began: now,
        };
        Ok((options, state))
    }

    /// Finishes a registration: the passkey to store, under a name its owner gives. The caller refuses it if its id exists
    /// already in any account.
    ///
    /// # Errors
    /// Every way in which section 7.1 refuses.
    pub fn finish_registration(
        &self,
        state: RegistrationState,
        answer: &RegistrationResponse,
        name: &str,
        now: Timestamp,
    ) -> Result<Passkey, PasskeyError> {
        in_time(state.began, now)?;
        if answer.kind != "public-key" {
            return Err(PasskeyError::Malformed("the credential is no public key"));
        }
        let response = &answer.response;
        client_data::check(
            &response.client_data.0,
            "webauthn.create",
            &state.challenge.0,
            self,
        )?;
        let signed = authenticator_data(&response.object.0)?;
        let data = AuthenticatorData::parse(&signed)?;
        data.check(self)?;
        let credential = data
            .credential
            .as_ref()
            .ok_or(PasskeyError::Malformed("no credential in it"))?;
        let id = Bytes(credential.id.to_vec());
        if id != answer.raw_id {
            return Err(PasskeyError::Malformed("two different credential ids"));
        }
        if state.taken.contains(&id) {
            return Err(PasskeyError::Malformed("the credential is registered already"));
        }
        Ok(Passkey {
            id,
            handle: state.handle,
            name: tidy_name(name),
            key: credential.key.clone(),
            counter: data.counter,
            backup_eligible: data.backup_eligible(),
            backed_up: data.backed_up(),
            transports: transports(&response.transports),
            model: Bytes(credential.model.to_vec()),
            created: now,
            last_used: None,
            revoked: None,
        })
    }
}

pub(super) fn in_time(began: Timestamp, now: Timestamp) -> Result<(), PasskeyError> {
    let age = now.0.saturating_sub(began.0);
    if (0..CEREMONY_LIFE).contains(&age) {
        Ok(())
    } else {
        Err(PasskeyError::Expired)
    }
}

impl CredentialDescriptor {
    pub(super) fn of(passkey: &Passkey) -> Self {
        Self {
            kind: "public-key",
            id: passkey.id.clone(),
            transports: passkey.transports.clone(),
        }
    }
}

/// The authenticator data of an attestation object. Its statement is not looked at: none was asked for, and one that came
/// anyway (self-attestation is allowed, section 5.4.7) proves nothing that the first sign-in does not.
fn authenticator_data(object: &[u8]) -> Result<Vec<u8>, PasskeyError> {
    let malformed = PasskeyError::Malformed("the attestation object is not its CBOR");
    if object.len() > MAX_ATTESTATION {
        return Err(malformed);
    }
    let mut rest = object;
    let value: Value =
        ciborium::de::from_reader_with_recursion_limit(&mut rest, 16).map_err(|_| malformed.clone())?;
    let map = value.into_map().map_err(|_| malformed.clone())?;
    let mut found = map
        .into_iter()
        .filter(|(key, _)| key.as_text() == Some("authData"))
        .filter_map(|(_, value)| value.into_bytes().ok());
    match (found.next(), found.next(), rest.is_empty()) {
        (Some(data), None, true) => Ok(data),
        _ => Err(malformed),
    }
}

/// The names of transports that can be handed back to a browser.
fn transports(given: &[String]) -> Vec<String> {
    let (most, longest) = MAX_TRANSPORTS;
    given
        .iter()
        .filter(|name| !name.is_empty() && name.len() <= longest)
        .filter(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
        .take(most)
        .cloned()
        .collect()
}

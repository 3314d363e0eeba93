//! Signing in and stepping up with a passkey (WebAuthn section 7.2).

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;

use super::authenticator_data::AuthenticatorData;
use super::register::in_time;
use super::wire::{
    AssertionResponse, CredentialDescriptor, MAX_AUTHENTICATOR_DATA, MAX_SIGNATURE, RequestOptions,
};
use super::{CEREMONY_LIFE, Passkey, PasskeyError, RelyingParty, client_data};
use crate::encoding::{Bytes, sha256};
use crate::keys::{Hash, PublicKey, Scheme};

/// What the proof is for. It comes back with the outcome, so that a proof made for one thing is not used for another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Purpose {
    /// Signing in.
    SignIn,
    /// Proving again that it is oneself, for a named act such as `approve D-2026-0007`.
    StepUp {
        /// The act.
        act: String,
    },
}

/// What the server keeps of a begun ceremony.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginState {
    challenge: Bytes,
    /// The account that is known to ask; nobody yet at a sign-in.
    handle: Option<Bytes>,
    /// Credentials that may answer; empty for any.
    allowed: Vec<Bytes>,
    purpose: Purpose,
    began: Timestamp,
}

/// A passkey proved its owner. Store [`Passkey::used`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asserted {
    /// Handle of the account.
    pub handle: Bytes,
    /// What the proof is for.
    pub purpose: Purpose,
    /// The new counter.
    pub counter: u32,
    /// Whether it is copied to other devices now.
    pub backed_up: bool,
}

impl RelyingParty {
    /// Begins a sign-in of whoever comes: no account is named and no list given out, so nobody learns which accounts exist.
    pub fn begin_sign_in(&self, challenge: [u8; 32], now: Timestamp) -> (RequestOptions, LoginState) {
        self.begin(challenge, None, &[], Purpose::SignIn, now)
    }

    /// Begins a step-up of an account that is signed in, for a named act.
    ///
    /// # Errors
    /// [`PasskeyError::Unknown`] if the account has no passkey in use.
    pub fn begin_step_up(
        &self,
        handle: &[u8],
        passkeys: &[Passkey],
        act: &str,
        challenge: [u8; 32],
        now: Timestamp,
    ) -> Result<(RequestOptions, LoginState), PasskeyError> {
        let live: Vec<&Passkey> = passkeys
            .iter()
            .filter(|passkey| passkey.revoked.is_none() && passkey.handle.0 == handle)
            .collect();
        if live.is_empty() {
            return Err(PasskeyError::Unknown);
        }
        let purpose = Purpose::StepUp { act: act.to_owned() };
        Ok(self.begin(challenge, Some(Bytes(handle.to_vec())), &live, purpose, now))
    }

    fn begin(
        &self,
        challenge: [u8; 32],
        handle: Option<Bytes>,
        passkeys: &[&Passkey],
        purpose: Purpose,
        now: Timestamp,
    ) -> (RequestOptions, LoginState) {
        let challenge = Bytes(challenge.to_vec());
        let options = RequestOptions {
            challenge: challenge.clone(),
            timeout: (CEREMONY_LIFE / 1_000) as u32,
            rp_id: self.id.clone(),
            allow_credentials: passkeys
                .iter()
                .map(|passkey| CredentialDescriptor::of(passkey))
                .collect(),
            user_verification: "required",
        };
        let state = LoginState {
            challenge,
            handle,
            allowed: passkeys.iter().map(|passkey| passkey.id.clone()).collect(),
            purpose,
            began: now,
        };
        (options, state)
    }

    /// Finishes either. `passkey` is the one stored under the answer's `raw_id`, if there is one.
    ///
    /// # Errors
    /// Every way in which section 7.2 refuses; [`PasskeyError::Counter`] is a sign of a copied key.
    pub fn finish_login(
        &self,
        state: LoginState,
        answer: &AssertionResponse,
        passkey: Option<&Passkey>,
        now: Timestamp,
    ) -> Result<Asserted, PasskeyError> {
        in_time(state.began, now)?;
        let passkey = self.expected(&state, answer, passkey)?;
        let response = &answer.response;
        if response.authenticator_data.0.len() > MAX_AUTHENTICATOR_DATA
            || response.signature.0.len() > MAX_SIGNATURE
        {
            return Err(PasskeyError::Malformed("it is too long"));
        }
        client_data::check(&response.client_data.0, "webauthn.get", &state.challenge.0, self)?;
        let data = AuthenticatorData::parse(&response.authenticator_data.0)?;
        data.check(self)?;
        let hash = sha256(&response.client_data.0);
        let message = [response.authenticator_data.0.as_slice(), hash.as_ref()].concat();
        passkey
            .key
            .verify(scheme(&passkey.key), &message, &response.signature.0)
            .map_err(|_| PasskeyError::Signature)?;
        // Only after the signature is known to be good, so that strangers cannot make a passkey look copied.
        if data.backup_eligible() != passkey.backup_eligible {
            return Err(PasskeyError::Changed);
        }
        if (data.counter != 0 || passkey.counter != 0) && data.counter <= passkey.counter {
            return Err(PasskeyError::Counter {
                stored: passkey.counter,
                given: data.counter,
            });
        }
        Ok(Asserted {
            handle: passkey.handle.clone(),
            purpose: state.purpose,
            counter: data.counter,
            backed_up: data.backed_up(),
        })
    }

    /// The passkey is the one that answered, may answer, is in use, and belongs to the account that asks (steps 5 and 6).
    fn expected<'a>(
        &self,
        state: &LoginState,
        answer: &AssertionResponse,
        passkey: Option<&'a Passkey>,
    ) -> Result<&'a Passkey, PasskeyError> {
        let passkey = passkey
            .filter(|passkey| {
                passkey.id == answer.raw_id && passkey.revoked.is_none() && answer.kind == "public-key"
            })
            .filter(|passkey| state.allowed.is_empty() || state.allowed.contains(&passkey.id))
            .ok_or(PasskeyError::Unknown)?;
        let given = answer.response.user_handle.as_ref();
        let known = state.handle.as_ref();
        let names_owner = given.or(known).is_some();
        let fits = |handle: Option<&Bytes>| handle.is_none_or(|handle| *handle == passkey.handle);
        if names_owner && fits(given) && fits(known) {
            Ok(passkey)
        } else {
            Err(PasskeyError::Account)
        }
    }
}

/// How passkeys of that kind sign.
const fn scheme(key: &PublicKey) -> Scheme {
    match key {
        PublicKey::P256 { .. } | PublicKey::P384 { .. } => Scheme::EcdsaAsn1,
        PublicKey::Ed25519 { .. } => Scheme::EdDsa,
        PublicKey::Rsa { .. } => Scheme::RsaPkcs1(Hash::Sha256),
    }
}

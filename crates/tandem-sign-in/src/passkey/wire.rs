//! What goes to the browser and comes back: the JSON forms of WebAuthn Level 3 section 5.1.8 to 5.1.10.

use serde::{Deserialize, Serialize};

use crate::encoding::Bytes;

/// A credential's id: 1 to 1,023 bytes chosen by the authenticator.
pub type CredentialId = Bytes;

/// Longest credential id, bytes (WebAuthn section 4).
pub(super) const MAX_ID: usize = 1_023;
/// Longest client data, bytes.
pub(super) const MAX_CLIENT_DATA: usize = 8_192;
/// Longest attestation object, bytes.
pub(super) const MAX_ATTESTATION: usize = 65_536;
/// Longest authenticator data of an assertion, bytes.
pub(super) const MAX_AUTHENTICATOR_DATA: usize = 8_192;
/// Longest signature, bytes.
pub(super) const MAX_SIGNATURE: usize = 2_048;
/// Most transports that are kept, and their longest name.
pub(super) const MAX_TRANSPORTS: (usize, usize) = (8, 32);

/// `PublicKeyCredentialCreationOptionsJSON`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreationOptions {
    pub(super) rp: Party,
    pub(super) user: Owner,
    pub(super) challenge: Bytes,
    pub(super) pub_key_cred_params: Vec<Parameter>,
    pub(super) timeout: u32,
    pub(super) exclude_credentials: Vec<CredentialDescriptor>,
    pub(super) authenticator_selection: Selection,
    pub(super) attestation: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Party {
    pub(super) id: String,
    pub(super) name: String,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Owner {
    pub(super) id: Bytes,
    pub(super) name: String,
    pub(super) display_name: String,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Parameter {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) alg: i64,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Selection {
    pub(super) resident_key: &'static str,
    pub(super) require_resident_key: bool,
    pub(super) user_verification: &'static str,
}

/// `PublicKeyCredentialRequestOptionsJSON`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestOptions {
    pub(super) challenge: Bytes,
    pub(super) timeout: u32,
    pub(super) rp_id: String,
    pub(super) allow_credentials: Vec<CredentialDescriptor>,
    pub(super) user_verification: &'static str,
}

/// A credential that the browser should use or leave out.
#[derive(Debug, Clone, Serialize)]
pub struct CredentialDescriptor {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) id: CredentialId,
    pub(super) transports: Vec<String>,
}

/// `RegistrationResponseJSON`. Members that the server does not need are passed over, as the standard asks.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationResponse {
    /// The credential's id.
    pub raw_id: CredentialId,
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The authenticator's part.
    pub response: Attestation,
}

/// `AuthenticatorAttestationResponseJSON`.
#[derive(Debug, Clone, Deserialize)]
pub struct Attestation {
    /// What the browser signed off on.
    #[serde(rename = "clientDataJSON")]
    pub client_data: Bytes,
    /// The new key.
    #[serde(rename = "attestationObject")]
    pub object: Bytes,
    /// How to reach the authenticator.
    #[serde(default)]
    pub transports: Vec<String>,
}

/// `AuthenticationResponseJSON`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssertionResponse {
    /// The credential's id: look up the passkey by it.
    pub raw_id: CredentialId,
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The authenticator's part.
    pub response: Assertion,
}

/// `AuthenticatorAssertionResponseJSON`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assertion {
    /// What the browser signed off on.
    #[serde(rename = "clientDataJSON")]
    pub client_data: Bytes,
    /// What the authenticator signed.
    pub authenticator_data: Bytes,
    /// The signature.
    pub signature: Bytes,
    /// Handle of the account.
    #[serde(default)]
    pub user_handle: Option<Bytes>,
}

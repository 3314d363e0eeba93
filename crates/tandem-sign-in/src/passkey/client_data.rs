//! What the browser vouches for (WebAuthn section 5.8.1).

use serde::Deserialize;

use super::wire::MAX_CLIENT_DATA;
use super::{PasskeyError, RelyingParty};
use crate::encoding::from_base64url;

/// The members that matter; the standard lets browsers add others.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    #[serde(default)]
    top_origin: Option<String>,
}

/// Checks kind, challenge and origin. Tandem is never framed by others, so a cross-origin ceremony is refused.
pub(super) fn check(
    json: &[u8],
    kind: &str,
    challenge: &[u8],
    party: &RelyingParty,
) -> Result<(), PasskeyError> {
    if json.len() > MAX_CLIENT_DATA {
        return Err(PasskeyError::Malformed("client data is too long"));
    }
    let data: ClientData =
        serde_json::from_slice(json).map_err(|_| PasskeyError::Malformed("client data is not its JSON"))?;
    if data.kind != kind {
        return Err(PasskeyError::Type);
    }
    let given = from_base64url(&data.challenge).ok_or(PasskeyError::Challenge)?;
    if !constant_time_eq::constant_time_eq(&given, challenge) {
        return Err(PasskeyError::Challenge);
    }
    if data.cross_origin || data.top_origin.is_some() || !party.has_origin(&data.origin) {
        return Err(PasskeyError::Origin);
    }
    Ok(())
}

//! Why a passkey was refused.

/// Why a ceremony failed. The texts are for logs and for people alike: they name no key material.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// The relying party's settings do not fit together.
    #[error("passkeys cannot be used: {0}")]
    Settings(String),
    /// Too many passkeys.
    #[error("the account already has {0} passkeys; remove one first")]
    TooMany(usize),
    /// The ceremony took too long or the clock went back.
    #[error("the sign-in took longer than five minutes; start again")]
    Expired,
    /// The browser sent something that is not what WebAuthn says.
    #[error("the browser's answer is malformed: {0}")]
    Malformed(&'static str),
    /// Another ceremony's answer.
    #[error("the answer is of another kind of request")]
    Type,
    /// The challenge is not the one that was given out.
    #[error("the answer belongs to another request; start again")]
    Challenge,
    /// The page that asked is not Tandem's.
    #[error("the answer was made for another site; check the address in the browser")]
    Origin,
    /// The authenticator answered for another relying party.
    #[error("the passkey was made for another site")]
    RelyingParty,
    /// The authenticator did not verify its owner.
    #[error("the device did not verify you; unlock it by fingerprint, face or PIN")]
    UserVerification,
    /// The key's algorithm was not asked for.
    #[error("the passkey's kind of key is not supported; use another device")]
    Algorithm,
    /// No such passkey for this request.
    #[error("the passkey is not known here or was removed")]
    Unknown,
    /// The passkey belongs to another account.
    #[error("the passkey belongs to another account")]
    Account,
    /// The signature does not verify.
    #[error("the passkey's signature is wrong")]
    Signature,
    /// The counter did not grow: the key may have been copied. Revoke the passkey and tell its owner.
    #[error(
        "the passkey's counter went back from {stored} to {given}: a copy may be in use; the passkey should be removed"
    )]
    Counter {
        /// The last one known.
        stored: u32,
        /// The one given.
        given: u32,
    },
    /// What cannot change did change.
    #[error("the passkey claims other properties than at its registration")]
    Changed,
}

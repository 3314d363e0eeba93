//! Why a sign-in through the provider failed.

/// Why it failed. The texts hold no token, code or secret; `Display` says what an administrator should look at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// The settings cannot work.
    #[error("the identity provider's settings cannot work: {0}")]
    Settings(String),
    /// The provider cannot be reached or answers with nonsense.
    #[error("{what} of the identity provider failed: {why}")]
    Provider {
        /// Which of its addresses.
        what: &'static str,
        /// What happened.
        why: String,
    },
    /// The provider describes itself in a way that cannot be trusted.
    #[error("the identity provider's description is refused: {0}")]
    Description(String),
    /// The provider refused the person, or the person turned back.
    #[error("the identity provider refused: {0}")]
    Refused(String),
    /// The answer is not to the question that this browser asked.
    #[error("the answer belongs to another sign-in; start again")]
    State,
    /// The answer names another issuer (RFC 9207).
    #[error("the answer comes from another identity provider")]
    Issuer,
    /// Ten minutes are over.
    #[error("the sign-in took longer than ten minutes; start again")]
    Expired,
    /// The identity token is refused.
    #[error("the identity token is refused: {0}")]
    Token(#[from] TokenError),
    /// The person who proved themselves is not the one who is signed in.
    #[error("the identity provider answered for another person than the one who is signed in")]
    OtherPerson,
    /// No group gives a role.
    #[error(
        "none of the person's groups gives a role in Tandem; the administrator adds them to one of the mapped groups ({claim} held {count} groups)"
    )]
    NoRole {
        /// The claim that was read.
        claim: String,
        /// How many groups it held.
        count: usize,
    },
    /// The token says no account name.
    #[error("the identity token has no {0}; choose another account claim in the settings")]
    NoAccount(String),
}

/// What is wrong with an identity token (OpenID Connect Core section 3.1.3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not three parts of base64url with JSON in them.
    #[error("it is not a signed token")]
    Malformed,
    /// An algorithm that is not allowed, `none` among them.
    #[error("its algorithm is not allowed")]
    Algorithm,
    /// A header that must be understood and is not.
    #[error("its header asks for an extension that is not supported")]
    Critical,
    /// No key of that name, also after asking the provider again.
    #[error("it is signed with a key that the provider does not publish")]
    UnknownKey,
    /// The signature is wrong.
    #[error("its signature is wrong")]
    Signature,
    /// Another issuer.
    #[error("it is from another issuer")]
    Issuer,
    /// For another client.
    #[error("it is made for another application")]
    Audience,
    /// Over.
    #[error("it has expired")]
    Expired,
    /// From the future, or too old.
    #[error("it was not issued just now; compare the clocks of both machines")]
    IssuedAt,
    /// Not the nonce of this sign-in.
    #[error("it belongs to another sign-in")]
    Nonce,
    /// It does not belong to the access token that came along.
    #[error("it does not belong to the access token")]
    AccessToken,
    /// The person did not prove themselves again.
    #[error("the person did not prove who they are again")]
    AuthTime,
}

//! Signing in through the company's own identity provider: OpenID Connect Core 1.0, authorization code flow with PKCE
//! (RFC 7636, S256), state, nonce, and the issuer in the answer (RFC 9207).
//!
//! The way: [`OidcClient::begin`] gives the address to send the browser to and an [`OidcFlow`]; keep it in
//! [`crate::pending::Pending`] under a random handle in the [`crate::session::FLOW_COOKIE`]. At the redirect address take it
//! out and call [`OidcClient::finish`], which exchanges the code, checks the identity token and turns groups into a role.
//!
//! Accounts are known by issuer and [`Verified::sub`]; names and mail addresses may be given to somebody else one day.
//!
//! Why not the crate `openidconnect`: it brings 68 crates that nothing else here needs, among them `rsa` with an unmended
//! advisory (RUSTSEC-2023-0071), as does `jsonwebtoken` without aws-lc. Signatures are checked by `ring`, which TLS brings.

mod claims;
mod client;
mod discovery;
mod error;
mod flow;
mod jws;
mod roles;
mod settings;

pub use crate::keys::JoseAlgorithm;
pub use client::{OidcClient, Verified, http_client};
pub use error::{OidcError, TokenError};
pub use flow::{Asking, Callback, FLOW_LIFE, OidcFlow};
pub use roles::GroupRule;
pub use settings::OidcSettings;

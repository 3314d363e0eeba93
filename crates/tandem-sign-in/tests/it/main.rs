//! What must be true of sign-in as a whole.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod issuer;
mod oidc_process;
mod oidc_provider;
mod oidc_tokens;
mod passkeys;
mod software_passkey;

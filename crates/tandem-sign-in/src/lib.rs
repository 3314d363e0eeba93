//! How the people who work with Tandem prove who they are.
//!
//! - [`password`]: Argon2id hashes, length over complexity, an offline filter for weak passwords (NIST SP 800-63B-4).
//! - [`totp`]: one-time codes (RFC 6238) that work once, and recovery codes.
//! - [`passkey`]: WebAuthn registration and sign-in with user verification.
//! - [`oidc`]: OpenID Connect, authorization code with PKCE, and groups that become roles by configured rules.
//! - [`throttle`]: brakes on guessing that nobody can use to lock somebody else out.
//! - [`session`]: when a session ends, when a proof is fresh enough, cookies, and the token against foreign pages.
//! - [`pending`]: ceremonies that have begun and may be finished once.
//!
//! The crate keeps nothing and serves nothing: the caller stores hashes, passkeys and sessions. Time and random bytes are
//! parameters everywhere. The only input and output is [`oidc::OidcClient`] asking the identity provider.
//!
//! Hashing a password takes tens of milliseconds of one core and 19 MiB: run [`password::Hasher::hash`] and
//! [`password::Hasher::verify`] on a blocking thread (`tokio::task::spawn_blocking`), behind a semaphore that bounds how many
//! run at once.

mod encoding;
mod keys;
pub mod oidc;
pub mod passkey;
pub mod password;
pub mod pending;
mod secret;
pub mod session;
pub mod throttle;
pub mod totp;

pub use encoding::Bytes;
pub use secret::{Key, SealError, SecretText};

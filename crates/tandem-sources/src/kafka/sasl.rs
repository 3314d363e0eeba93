//! Signing in: PLAIN (RFC 4616) and SCRAM (RFC 5802) from the client's side.

use std::num::NonZeroU32;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::{digest, hmac, pbkdf2};
use zeroize::Zeroizing;

use super::{Mechanism, SaslSettings};
use crate::run::SourceError;

/// Most rounds of the key derivation that a broker may ask for; each costs time here.
const MOST_ROUNDS: u32 = 1_000_000;
/// Fewest rounds (RFC 7677, section 4).
const FEWEST_ROUNDS: u32 = 4_096;

/// An account with its password.
pub(super) struct Account {
    pub(super) mechanism: Mechanism,
    user: String,
    password: Zeroizing<String>,
}

impl Account {
    pub(super) fn read(settings: &SaslSettings) -> Result<Self, SourceError> {
        Ok(Self {
            mechanism: settings.mechanism,
            user: settings.user.clone(),
            password: settings.password.read()?,
        })
    }

    pub(super) const fn name(&self) -> &'static str {
        match self.mechanism {
            Mechanism::Plain => "PLAIN",
            Mechanism::ScramSha256 => "SCRAM-SHA-256",
            Mechanism::ScramSha512 => "SCRAM-SHA-512",
        }
    }

    /// The only message of PLAIN.
    pub(super) fn plain(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(format!("\0{}\0{}", self.user, self.password.as_str()).into_bytes())
    }

    /// Begins SCRAM with a random text of the client.
    pub(super) fn scram(&self, nonce: &str) -> Scram<'_> {
        let user = self.user.replace('=', "=3D").replace(',', "=2C");
        Scram {
            account: self,
            bare: format!("n={user},r={nonce}"),
            nonce: nonce.to_owned(),
        }
    }
}

/// A sign-in under way.
pub(super) struct Scram<'a> {
    account: &'a Account,
    bare: String,
    nonce: String,
}

/// The client's last message, and what the broker must answer to show that it knows the password too.
pub(super) struct Proof {
    pub(super) message: String,
    signature: String,
}

impl Scram<'_> {
    /// The client's first message.
    pub(super) fn first(&self) -> String {
        format!("n,,{}", self.bare)
    }

    /// Answers the broker's first message.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn prove(&self, server: &str) -> Result<Proof, &'static str> {
        let field = |name: &str| server.split(',').find_map(|field| field.strip_prefix(name));
        let nonce = field("r=").ok_or("no nonce")?;
        if nonce.len() <= self.nonce.len() || !nonce.starts_with(&self.nonce) {
            return Err("a nonce that does not continue ours");
        }
        let salt = BASE64_STANDARD
            .decode(field("s=").ok_or("no salt")?)
            .map_err(|_| "a salt that is not Base64")?;
        let rounds: u32 = field("i=")
            .and_then(|rounds| rounds.parse().ok())
            .ok_or("no rounds")?;
        if !(FEWEST_ROUNDS..=MOST_ROUNDS).contains(&rounds) {
            return Err("too few or too many rounds");
        }
        let rounds = NonZeroU32::new(rounds).ok_or("no rounds")?;
        let (derivation, mac, hash) = match self.account.mechanism {
            Mechanism::ScramSha512 => (pbkdf2::PBKDF2_HMAC_SHA512, hmac::HMAC_SHA512, &digest::SHA512),
            _ => (pbkdf2::PBKDF2_HMAC_SHA256, hmac::HMAC_SHA256, &digest::SHA256),
        };
        let mut salted = Zeroizing::new(vec![0; hash.output_len()]);
        pbkdf2::derive(
            derivation,
            rounds,
            &salt,
            self.account.password.as_bytes(),
            &mut salted,
        );

        let salted = hmac::Key::new(mac, &salted);
        let client_key = hmac::sign(&salted, b"Client Key");
        let stored_key = digest::digest(hash, client_key.as_ref());
        let without_proof = format!("c=biws,r={nonce}");
        let signed = format!("{},{server},{without_proof}", self.bare);
        let signature = hmac::sign(&hmac::Key::new(mac, stored_key.as_ref()), signed.as_bytes());
        let proof: Vec<u8> = client_key
            .as_ref()
            .iter()
            .zip(signature.as_ref())
            .map(|(key, sign)| key ^ sign)
            .collect();
        let server_key = hmac::sign(&salted, b"Server Key");
        let server_signature = hmac::sign(&hmac::Key::new(mac, server_key.as_ref()), signed.as_bytes());
        Ok(Proof {
            message: format!("{without_proof},p={}", BASE64_STANDARD.encode(proof)),
            signature: BASE64_STANDARD.encode(server_signature.as_ref()),
        })
    }
}

impl Proof {
    /// What the broker must answer.
    #[cfg(test)]
    pub(super) fn signature(&self) -> &str {
        &self.signature
    }

    /// True if the broker's last message shows that it knows the password.
    pub(super) fn shown_by(&self, server: &str) -> bool {
        server
            .split(',')
            .find_map(|field| field.strip_prefix("v="))
            .is_some_and(|signature| signature == self.signature)
    }
}

#[cfg(test)]
mod tests;

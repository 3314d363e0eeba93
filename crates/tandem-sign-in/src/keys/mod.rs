//! Public keys and what they verify, for passkeys (COSE, RFC 9053) and for identity tokens (JOSE, RFC 7518).
//!
//! The arithmetic is `ring`'s, which TLS needs anyway. A key carries its algorithm, so that a token can never choose how it is
//! checked: an RSA key verifies RSA signatures of its kind and nothing else, and there is no symmetric algorithm at all.

mod cose;
mod jose;

#[cfg(test)]
mod tests;

pub use cose::{EDDSA, ES256, RS256, take_cose};
pub use jose::{JoseAlgorithm, Jwk};

use ring::signature::{self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use crate::encoding::Bytes;

/// Shortest RSA modulus, bytes (2,048 bits: NIST SP 800-131A).
const RSA_SHORTEST: usize = 256;
/// Longest RSA modulus, bytes (8,192 bits, ring's limit).
const RSA_LONGEST: usize = 1_024;
/// Longest RSA exponent, bytes.
const RSA_EXPONENT: usize = 5;

/// A public key that has the right shape; whether a point lies on its curve shows at the first verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PublicKey {
    /// ECDSA on P-256.
    P256 {
        /// Affine x, 32 bytes.
        x: Bytes,
        /// Affine y, 32 bytes.
        y: Bytes,
    },
    /// ECDSA on P-384.
    P384 {
        /// Affine x, 48 bytes.
        x: Bytes,
        /// Affine y, 48 bytes.
        y: Bytes,
    },
    /// Ed25519.
    Ed25519 {
        /// The encoded point, 32 bytes.
        x: Bytes,
    },
    /// RSA.
    Rsa {
        /// Modulus, big-endian.
        n: Bytes,
        /// Exponent, big-endian.
        e: Bytes,
    },
}

/// How a signature over a message was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// ECDSA with the curve's hash, ASN.1 form (WebAuthn).
    EcdsaAsn1,
    /// ECDSA with the curve's hash, both numbers side by side (JOSE).
    EcdsaFixed,
    /// Ed25519.
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256, SHA-384 or SHA-512.
    RsaPkcs1(Hash),
    /// RSASSA-PSS with SHA-256, SHA-384 or SHA-512.
    RsaPss(Hash),
}

/// Hash of an RSA scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// The signature is not this key's over this message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadSignature;

impl PublicKey {
    /// Lengths are those of the key's kind.
    pub fn well_formed(&self) -> bool {
        match self {
            Self::P256 { x, y } => x.0.len() == 32 && y.0.len() == 32,
            Self::P384 { x, y } => x.0.len() == 48 && y.0.len() == 48,
            Self::Ed25519 { x } => x.0.len() == 32,
            Self::Rsa { n, e } => {
                (RSA_SHORTEST..=RSA_LONGEST).contains(&significant(&n.0).len())
                    && (1..=RSA_EXPONENT).contains(&significant(&e.0).len())
            }
        }
    }

    /// Checks a signature.
    ///
    /// # Errors
    /// [`BadSignature`] also when key and scheme do not belong together.
    pub fn verify(&self, scheme: Scheme, message: &[u8], signed: &[u8]) -> Result<(), BadSignature> {
        let checked = match (self, scheme) {
            (Self::P256 { x, y }, Scheme::EcdsaAsn1) => {
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, point(x, y))
                    .verify(message, signed)
            }
            (Self::P256 { x, y }, Scheme::EcdsaFixed) => {
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point(x, y))
                    .verify(message, signed)
            }
            (Self::P384 { x, y }, Scheme::EcdsaFixed) => {
                UnparsedPublicKey::new(&signature::ECDSA_P384_SHA384_FIXED, point(x, y))
                    .verify(message, signed)
            }
            (Self::Ed25519 { x }, Scheme::EdDsa) => {
                UnparsedPublicKey::new(&signature::ED25519, &x.0).verify(message, signed)
            }
            (Self::Rsa { n, e }, Scheme::RsaPkcs1(hash)) => rsa(n, e, pkcs1(hash), message, signed),
            (Self::Rsa { n, e }, Scheme::RsaPss(hash)) => rsa(n, e, pss(hash), message, signed),
            _ => return Err(BadSignature),
        };
        checked.map_err(|_| BadSignature)
    }
}

fn rsa(
    n: &Bytes,
    e: &Bytes,
    parameters: &'static RsaParameters,
    message: &[u8],
    signed: &[u8],
) -> Result<(), ring::error::Unspecified> {
    let key = RsaPublicKeyComponents {
        n: significant(&n.0),
        e: significant(&e.0),
    };
    key.verify(parameters, message, signed)
}

fn pkcs1(hash: Hash) -> &'static RsaParameters {
    match hash {
        Hash::Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        Hash::Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        Hash::Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
    }
}

fn pss(hash: Hash) -> &'static RsaParameters {
    match hash {
        Hash::Sha256 => &signature::RSA_PSS_2048_8192_SHA256,
        Hash::Sha384 => &signature::RSA_PSS_2048_8192_SHA384,
        Hash::Sha512 => &signature::RSA_PSS_2048_8192_SHA512,
    }
}

/// SEC 1 uncompressed point.
fn point(x: &Bytes, y: &Bytes) -> Vec<u8> {
    [&[4], x.0.as_slice(), y.0.as_slice()].concat()
}

/// A number without leading zeros, as ring wants it.
fn significant(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|b| **b == 0).count();
    number.get(zeros..).unwrap_or_default()
}

//! JSON Web Keys (RFC 7517) and the signature algorithms of JOSE (RFC 7518 section 3.1, RFC 8037).

use serde::{Deserialize, Serialize};

use super::{Hash, PublicKey, Scheme};
use crate::encoding::{Bytes, from_base64url};

/// An algorithm that an identity token may be signed with. `none` and the symmetric ones do not exist here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum JoseAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RS384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RS512,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// RSASSA-PSS with SHA-384.
    PS384,
    /// RSASSA-PSS with SHA-512.
    PS512,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// ECDSA on P-384 with SHA-384.
    ES384,
    /// Ed25519.
    EdDSA,
}

impl JoseAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 9] = [
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::PS256,
        Self::PS384,
        Self::PS512,
        Self::ES256,
        Self::ES384,
        Self::EdDSA,
    ];

    /// The name in a token's header.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::EdDSA => "EdDSA",
        }
    }

    /// The algorithm of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// How its signatures are made.
    pub const fn scheme(self) -> Scheme {
        match self {
            Self::RS256 => Scheme::RsaPkcs1(Hash::Sha256),
            Self::RS384 => Scheme::RsaPkcs1(Hash::Sha384),
            Self::RS512 => Scheme::RsaPkcs1(Hash::Sha512),
            Self::PS256 => Scheme::RsaPss(Hash::Sha256),
            Self::PS384 => Scheme::RsaPss(Hash::Sha384),
            Self::PS512 => Scheme::RsaPss(Hash::Sha512),
            Self::ES256 | Self::ES384 => Scheme::EcdsaFixed,
            Self::EdDSA => Scheme::EdDsa,
        }
    }

    /// The key is of the kind that the algorithm needs; ES256 and ES384 name their curve.
    pub const fn fits(self, key: &PublicKey) -> bool {
        match self {
            Self::ES256 => matches!(key, PublicKey::P256 { .. }),
            Self::ES384 => matches!(key, PublicKey::P384 { .. }),
            Self::EdDSA => matches!(key, PublicKey::Ed25519 { .. }),
            _ => matches!(key, PublicKey::Rsa { .. }),
        }
    }
}

/// A key as a provider publishes it. Members that say nothing about signatures are passed over.
#[derive(Debug, Clone, Deserialize)]
pub struct Jwk {
    kty: String,
    /// Name of the key.
    pub kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

impl Jwk {
    /// The public key, if it is of a known kind and meant for signatures.
    pub fn key(&self) -> Option<PublicKey> {
        if self.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return None;
        }
        let part = |text: &Option<String>| text.as_deref().and_then(from_base64url).map(Bytes);
        let key = match (self.kty.as_str(), self.crv.as_deref()) {
            ("EC", Some("P-256")) => PublicKey::P256 {
                x: part(&self.x)?,
                y: part(&self.y)?,
            },
            ("EC", Some("P-384")) => PublicKey::P384 {
                x: part(&self.x)?,
                y: part(&self.y)?,
            },
            ("OKP", Some("Ed25519")) => PublicKey::Ed25519 { x: part(&self.x)? },
            ("RSA", _) => PublicKey::Rsa {
                n: part(&self.n)?,
                e: part(&self.e)?,
            },
            _ => return None,
        };
        key.well_formed().then_some(key)
    }

    /// The provider allows the key for that algorithm.
    pub fn allows(&self, algorithm: JoseAlgorithm) -> bool {
        self.alg.as_deref().is_none_or(|alg| alg == algorithm.name())
    }
}

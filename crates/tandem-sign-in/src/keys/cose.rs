//! COSE keys (RFC 9052 section 7, RFC 9053 section 7) of the three algorithms that passkeys use.

use ciborium::Value;

use super::{Hash, PublicKey, Scheme};
use crate::encoding::Bytes;

/// ECDSA with SHA-256 on P-256.
pub const ES256: i64 = -7;
/// EdDSA on Ed25519.
pub const EDDSA: i64 = -8;
/// RSASSA-PKCS1-v1_5 with SHA-256: Windows Hello on older security chips.
pub const RS256: i64 = -257;

/// The key at the beginning of `bytes`, how it signs, and what stands behind it.
pub fn take_cose(bytes: &[u8]) -> Option<(PublicKey, Scheme, &[u8])> {
    let mut rest = bytes;
    let value: Value = ciborium::de::from_reader_with_recursion_limit(&mut rest, 4).ok()?;
    let map = Map(value.as_map()?);
    let (key, scheme) = match (map.int(1)?, map.int(3)?) {
        (2, ES256) if map.int(-1)? == 1 => {
            let (x, y) = (map.bytes(-2)?, map.bytes(-3)?);
            (PublicKey::P256 { x, y }, Scheme::EcdsaAsn1)
        }
        (1, EDDSA) if map.int(-1)? == 6 => (PublicKey::Ed25519 { x: map.bytes(-2)? }, Scheme::EdDsa),
        (3, RS256) => {
            let (n, e) = (map.bytes(-1)?, map.bytes(-2)?);
            (PublicKey::Rsa { n, e }, Scheme::RsaPkcs1(Hash::Sha256))
        }
        _ => return None,
    };
    key.well_formed().then_some((key, scheme, rest))
}

struct Map<'a>(&'a [(Value, Value)]);

impl Map<'_> {
    /// The value of a label that occurs once.
    fn get(&self, label: i64) -> Option<&Value> {
        let mut found = self.0.iter().filter(|(key, _)| {
            key.as_integer()
                .is_some_and(|i| i128::from(i) == i128::from(label))
        });
        let (_, value) = found.next()?;
        found.next().is_none().then_some(value)
    }

    fn int(&self, label: i64) -> Option<i64> {
        self.get(label)?.as_integer()?.try_into().ok()
    }

    fn bytes(&self, label: i64) -> Option<Bytes> {
        self.get(label)?.as_bytes().cloned().map(Bytes)
    }
}

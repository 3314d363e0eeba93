use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
};

use super::*;

fn p256(asn1: bool) -> (EcdsaKeyPair, PublicKey) {
    let rng = SystemRandom::new();
    let algorithm = if asn1 {
        &ECDSA_P256_SHA256_ASN1_SIGNING
    } else {
        &ECDSA_P256_SHA256_FIXED_SIGNING
    };
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, &rng).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &rng).unwrap();
    let point = pair.public_key().as_ref();
    let key = PublicKey::P256 {
        x: Bytes(point[1..33].to_vec()),
        y: Bytes(point[33..].to_vec()),
    };
    (pair, key)
}

#[test]
fn a_key_verifies_its_own_scheme_and_no_other() {
    let (pair, key) = p256(false);
    let signed = pair.sign(&SystemRandom::new(), b"message").unwrap();
    assert_eq!(
        key.verify(Scheme::EcdsaFixed, b"message", signed.as_ref()),
        Ok(())
    );
    assert_eq!(
        key.verify(Scheme::EcdsaFixed, b"massage", signed.as_ref()),
        Err(BadSignature)
    );
    for scheme in [
        Scheme::EcdsaAsn1,
        Scheme::EdDsa,
        Scheme::RsaPkcs1(Hash::Sha256),
        Scheme::RsaPss(Hash::Sha256),
    ] {
        assert_eq!(
            key.verify(scheme, b"message", signed.as_ref()),
            Err(BadSignature),
            "{scheme:?}"
        );
    }
}

#[test]
fn a_point_off_the_curve_verifies_nothing() {
    let (pair, key) = p256(true);
    let signed = pair.sign(&SystemRandom::new(), b"message").unwrap();
    assert_eq!(key.verify(Scheme::EcdsaAsn1, b"message", signed.as_ref()), Ok(()));
    let off = PublicKey::P256 {
        x: Bytes(vec![1; 32]),
        y: Bytes(vec![2; 32]),
    };
    assert!(off.well_formed());
    assert_eq!(
        off.verify(Scheme::EcdsaAsn1, b"message", signed.as_ref()),
        Err(BadSignature)
    );
}

#[test]
fn short_rsa_keys_and_wrong_lengths_are_not_keys() {
    let rsa = |n: usize, e: &[u8]| PublicKey::Rsa {
        n: Bytes(vec![0xff; n]),
        e: Bytes(e.to_vec()),
    };
    assert!(rsa(256, &[1, 0, 1]).well_formed());
    assert!(!rsa(255, &[1, 0, 1]).well_formed());
    assert!(!rsa(1_025, &[1, 0, 1]).well_formed());
    assert!(!rsa(256, &[]).well_formed());
    let mut padded = vec![0; 128];
    padded.extend([0xff; 128]);
    assert!(
        !PublicKey::Rsa {
            n: Bytes(padded),
            e: Bytes(vec![3])
        }
        .well_formed()
    );
    assert!(
        !PublicKey::Ed25519 {
            x: Bytes(vec![0; 31])
        }
        .well_formed()
    );
}

#[test]
fn only_signing_keys_of_known_kinds_are_read_from_a_key_set() {
    let jwk = |json: &str| serde_json::from_str::<Jwk>(json).unwrap();
    let x = crate::encoding::base64url(&[1; 32]);
    let good = jwk(&format!(
        r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}","kid":"a","alg":"EdDSA","extra":1}}"#
    ));
    assert!(good.key().is_some());
    assert!(good.allows(JoseAlgorithm::EdDSA) && !good.allows(JoseAlgorithm::RS256));
    for json in [
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}","use":"enc"}}"#),
        format!(r#"{{"kty":"OKP","crv":"X25519","x":"{x}"}}"#),
        format!(r#"{{"kty":"oct","k":"{x}"}}"#),
        format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}"}}"#),
        r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#.to_owned(),
    ] {
        assert!(jwk(&json).key().is_none(), "{json}");
    }
    for name in ["none", "HS256", "rs256", "RS1", ""] {
        assert_eq!(JoseAlgorithm::parse(name), None, "{name}");
    }
}

//! Against the test vectors of the standard itself (WebAuthn Level 3 section 16), which others wrote.

use serde::Deserialize;

use super::*;
use crate::encoding::{from_base64url, sha256};
use crate::keys::Scheme;
use crate::passkey::authenticator_data::AuthenticatorData;

const VECTORS: &str = include_str!("../../tests/data/webauthn-l3.json");
const NOW: Timestamp = Timestamp(1_000_000);

#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    verified: bool,
    id: String,
    attestation: String,
    client_data: String,
    assertion: Option<SignedVector>,
}

#[derive(Deserialize)]
struct SignedVector {
    authenticator_data: String,
    client_data: String,
    signature: String,
}

fn hex(text: &str) -> Vec<u8> {
    let digit = |c: u8| (c as char).to_digit(16).unwrap() as u8;
    text.as_bytes()
        .chunks(2)
        .map(|pair| digit(pair[0]) * 16 + digit(pair[1]))
        .collect()
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str::<Vectors>(VECTORS).unwrap().vectors
}

fn party() -> RelyingParty {
    let origins = vec![Origin::parse("https://example.org").unwrap()];
    RelyingParty::new("example.org", "Tandem", origins).unwrap()
}

fn challenge(client_data: &[u8]) -> [u8; 32] {
    let json: serde_json::Value = serde_json::from_slice(client_data).unwrap();
    from_base64url(json["challenge"].as_str().unwrap())
        .unwrap()
        .try_into()
        .unwrap()
}

fn register(party: &RelyingParty, vector: &Vector) -> Result<Passkey, PasskeyError> {
    let client_data = hex(&vector.client_data);
    let account = (&[1; 16][..], "anna", "Anna");
    let (_, state) = party
        .begin_registration(account, &[], challenge(&client_data), NOW)
        .unwrap();
    let answer = RegistrationResponse {
        raw_id: Bytes(hex(&vector.id)),
        kind: "public-key".into(),
        response: Attestation {
            client_data: Bytes(client_data),
            object: Bytes(hex(&vector.attestation)),
            transports: vec!["usb".into(), "<script>".into(), String::new()],
        },
    };
    party.finish_registration(state, &answer, " key\u{7} ", NOW)
}

#[test]
fn registrations_of_the_standard_are_accepted_if_the_owner_was_verified() {
    for vector in vectors() {
        let outcome = register(&party(), &vector);
        if vector.verified {
            let passkey = outcome.unwrap();
            assert_eq!(passkey.id.0, hex(&vector.id), "{}", vector.name);
            assert_eq!((passkey.name.as_str(), passkey.transports.len()), ("key", 1));
            assert!(passkey.key.well_formed());
        } else {
            assert_eq!(
                outcome.unwrap_err(),
                PasskeyError::UserVerification,
                "{}",
                vector.name
            );
        }
    }
}

#[test]
fn registrations_of_the_standard_are_refused_for_another_site() {
    let origins = vec![Origin::parse("https://evil.example.org").unwrap()];
    let party = RelyingParty::new("example.org", "Tandem", origins).unwrap();
    for vector in vectors() {
        assert_eq!(
            register(&party, &vector).unwrap_err(),
            PasskeyError::Origin,
            "{}",
            vector.name
        );
    }
}

#[test]
fn the_standards_assertion_verifies_with_the_key_of_its_registration() {
    for vector in vectors() {
        let Some(signed) = &vector.assertion else { continue };
        let object: ciborium::Value = ciborium::from_reader(hex(&vector.attestation).as_slice()).unwrap();
        let map = object.into_map().unwrap();
        let (_, data) = map
            .into_iter()
            .find(|(key, _)| key.as_text() == Some("authData"))
            .unwrap();
        let data = data.into_bytes().unwrap();
        let key = AuthenticatorData::parse(&data).unwrap().credential.unwrap().key;
        let hash = sha256(&hex(&signed.client_data));
        let message = [hex(&signed.authenticator_data).as_slice(), hash.as_ref()].concat();
        let signature = hex(&signed.signature);
        assert!(key.verify(Scheme::EcdsaAsn1, &message, &signature).is_ok());
        assert!(key.verify(Scheme::EcdsaAsn1, &message[1..], &signature).is_err());
    }
}

#[test]
fn a_cut_or_lengthened_registration_is_refused_and_nothing_panics() {
    let vector = vectors().remove(1);
    let object = hex(&vector.attestation);
    for end in 0..object.len() {
        let cut = Vector {
            attestation: object[..end].iter().map(|b| format!("{b:02x}")).collect(),
            ..vectors().remove(1)
        };
        assert!(register(&party(), &cut).is_err(), "{end}");
    }
    let longer = Vector {
        attestation: format!("{}00", vector.attestation),
        ..vector
    };
    assert!(register(&party(), &longer).is_err());
}

#[test]
fn only_secure_origins_below_the_domain_make_a_relying_party() {
    for text in [
        "http://tandem.example",
        "https://192.0.2.1",
        "https://tandem.example/path",
        "tandem.example",
        "https://a@tandem.example",
        "http://127.0.0.1:8080",
        "file:///x",
    ] {
        assert!(Origin::parse(text).is_err(), "{text}");
    }
    let local = Origin::parse("http://localhost:8080").unwrap();
    assert!(RelyingParty::new("localhost", "Tandem", vec![local]).is_ok());
    assert_eq!(
        RelyingParty::at("https://tandem.example:8443", "Tandem")
            .unwrap()
            .id,
        "tandem.example"
    );
    assert!(RelyingParty::at("http://127.0.0.1:7878", "Tandem").is_err());
    let port = Origin::parse("https://tandem.example:8443/").unwrap();
    assert_eq!(port.as_str(), "https://tandem.example:8443");
    assert!(RelyingParty::new("tandem.example", "Tandem", vec![port.clone()]).is_ok());
    for id in ["other.example", "andem.example", "", "www.tandem.example"] {
        assert!(
            RelyingParty::new(id, "Tandem", vec![port.clone()]).is_err(),
            "{id}"
        );
    }
    assert!(RelyingParty::new("tandem.example", "Tandem", vec![]).is_err());
}

//! Passkeys from both ends.

use std::num::NonZeroUsize;

use passkey_authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey_client::{Client, DefaultClientData};
use passkey_crypto::AvailableBackend;
use passkey_types::ctap2::{Aaguid, Ctap2Error};
use passkey_types::webauthn::{CredentialCreationOptions, CredentialRequestOptions};
use serde_json::json;
use tandem_domain::Timestamp;
use tandem_sign_in::Bytes;
use tandem_sign_in::passkey::{
    AssertionResponse, CEREMONY_LIFE, LoginState, Origin, Passkey, PasskeyError, Purpose, RegistrationState,
    RelyingParty, Revoked,
};
use tandem_sign_in::pending::Pending;

use crate::software_passkey::{Algorithm, Device, read};

const NOW: Timestamp = Timestamp(1_790_000_000_000_000);
const HANDLE: [u8; 16] = [3; 16];

fn party() -> RelyingParty {
    let origins = vec![Origin::parse("https://tandem.example").unwrap()];
    RelyingParty::new("tandem.example", "Tandem", origins).unwrap()
}

fn registered(device: &mut Device) -> Passkey {
    let (options, state) = party()
        .begin_registration((&HANDLE, "anna", "Anna"), &[], [1; 32], NOW)
        .unwrap();
    let answer = device.register(&options);
    party()
        .finish_registration(state, &answer, "Laptop", NOW)
        .unwrap()
}

fn refused_registration(change: impl Fn(&mut Device)) -> PasskeyError {
    let mut device = Device::new(Algorithm::Es256);
    change(&mut device);
    let (options, state) = party()
        .begin_registration((&HANDLE, "anna", "Anna"), &[], [1; 32], NOW)
        .unwrap();
    let answer = device.register(&options);
    party()
        .finish_registration(state, &answer, "Laptop", NOW)
        .unwrap_err()
}

fn refused_sign_in(change: impl Fn(&mut Device)) -> PasskeyError {
    let mut device = Device::new(Algorithm::Es256);
    let passkey = registered(&mut device);
    change(&mut device);
    let (options, state) = party().begin_sign_in([2; 32], NOW);
    let answer = device.assert(&options);
    party()
        .finish_login(state, &answer, Some(&passkey), NOW)
        .unwrap_err()
}

struct Owner;

#[async_trait::async_trait]
impl UserValidationMethod for Owner {
    type PasskeyItem = passkey_types::Passkey;

    async fn check_user<'a>(
        &self,
        _hint: UiHint<'a, Self::PasskeyItem>,
        presence: bool,
        verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck {
            presence,
            verification,
        })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

#[tokio::test]
async fn an_authenticator_and_browser_written_by_others_register_and_sign_in() {
    let store: Option<passkey_types::Passkey> = None;
    let mut authenticator = Authenticator::new(Aaguid::new_empty(), store, Owner, AvailableBackend);
    authenticator.set_make_credentials_with_signature_counter(true);
    let mut browser = Client::new(authenticator);
    let origin = url::Url::parse("https://tandem.example").unwrap();

    let (options, state) = party()
        .begin_registration((&HANDLE, "anna", "Anna"), &[], [1; 32], NOW)
        .unwrap();
    let options: CredentialCreationOptions = read(json!({ "publicKey": options }));
    let made = browser
        .register(&origin, options, DefaultClientData)
        .await
        .unwrap();
    let answer = read(serde_json::to_value(&made).unwrap());
    let mut passkey = party().finish_registration(state, &answer, "Phone", NOW).unwrap();
    assert_eq!(passkey.name, "Phone");

    for round in 0..3 {
        let (options, state) = party().begin_sign_in([round; 32], NOW);
        let options: CredentialRequestOptions = read(json!({ "publicKey": options }));
        let signed = browser
            .authenticate(&origin, options, DefaultClientData)
            .await
            .unwrap();
        let answer = read(serde_json::to_value(&signed).unwrap());
        let asserted = party().finish_login(state, &answer, Some(&passkey), NOW).unwrap();
        assert_eq!(asserted.handle, Bytes(HANDLE.to_vec()));
        assert!(asserted.counter > passkey.counter);
        passkey = passkey.used(&asserted, NOW);
    }
    assert_eq!(passkey.last_used, Some(NOW));
}

#[test]
fn all_three_kinds_of_key_sign_in() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
        let mut device = Device::new(algorithm);
        let passkey = registered(&mut device);
        let (options, state) = party().begin_sign_in([2; 32], NOW);
        let answer = device.assert(&options);
        let asserted = party().finish_login(state, &answer, Some(&passkey), NOW).unwrap();
        assert_eq!(
            (asserted.purpose, asserted.counter),
            (Purpose::SignIn, 1),
            "{algorithm:?}"
        );
    }
}

#[test]
fn options_ask_for_verification_and_no_attestation_and_name_no_account_at_sign_in() {
    let mut device = Device::new(Algorithm::Es256);
    let passkey = registered(&mut device);
    let (creation, _) = party()
        .begin_registration((&HANDLE, "anna", "Anna Meier"), &[passkey], [1; 32], NOW)
        .unwrap();
    let (request, _) = party().begin_sign_in([2; 32], NOW);
    insta::assert_snapshot!(
        format!("{}\n{}", serde_json::to_string(&creation).unwrap(), serde_json::to_string(&request).unwrap()),
        @r#"
    {"rp":{"id":"tandem.example","name":"Tandem"},"user":{"id":"AwMDAwMDAwMDAwMDAwMDAw","name":"anna","displayName":"Anna Meier"},"challenge":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE","pubKeyCredParams":[{"type":"public-key","alg":-7},{"type":"public-key","alg":-8},{"type":"public-key","alg":-257}],"timeout":300000,"excludeCredentials":[{"type":"public-key","id":"CQkJCQkJCQkJCQkJCQkJCQkJCQk","transports":["internal"]}],"authenticatorSelection":{"residentKey":"required","requireResidentKey":true,"userVerification":"required"},"attestation":"none"}
    {"challenge":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI","timeout":300000,"rpId":"tandem.example","allowCredentials":[],"userVerification":"required"}
    "#
    );
}

#[test]
fn a_registration_is_refused_for_each_thing_that_is_wrong() {
    assert_eq!(
        refused_registration(|d| d.origin = "https://tandem.example.evil.example".into()),
        PasskeyError::Origin
    );
    assert_eq!(
        refused_registration(|d| d.origin = "http://tandem.example".into()),
        PasskeyError::Origin
    );
    assert_eq!(
        refused_registration(|d| d.origin = "https://tandem.example:8443".into()),
        PasskeyError::Origin
    );
    assert_eq!(
        refused_registration(|d| d.more = json!({ "crossOrigin": true })),
        PasskeyError::Origin
    );
    assert_eq!(
        refused_registration(|d| d.more = json!({ "topOrigin": "https://evil.example" })),
        PasskeyError::Origin
    );
    assert_eq!(
        refused_registration(|d| d.more = json!({ "challenge": "AAAA" })),
        PasskeyError::Challenge
    );
    assert_eq!(
        refused_registration(|d| d.kind = Some("webauthn.get")),
        PasskeyError::Type
    );
    assert_eq!(
        refused_registration(|d| d.flags = 0b001),
        PasskeyError::UserVerification
    );
    assert_eq!(
        refused_registration(|d| d.flags = 0b100),
        PasskeyError::UserVerification
    );
    assert!(matches!(
        refused_registration(|d| d.flags = 0b1_0101),
        PasskeyError::Malformed(_)
    ));
    assert!(matches!(
        refused_registration(|d| d.flags = 0b1000_0101),
        PasskeyError::Malformed(_)
    ));
    assert!(matches!(
        refused_registration(|d| d.id = vec![1; 1_024]),
        PasskeyError::Malformed(_)
    ));
    assert!(matches!(
        refused_registration(|d| d.id = vec![]),
        PasskeyError::Malformed(_)
    ));
}

#[test]
fn a_sign_in_is_refused_for_each_thing_that_is_wrong() {
    assert_eq!(
        refused_sign_in(|d| d.origin = "https://evil.example".into()),
        PasskeyError::Origin
    );
    assert_eq!(
        refused_sign_in(|d| d.more = json!({ "challenge": "AgIC" })),
        PasskeyError::Challenge
    );
    assert_eq!(
        refused_sign_in(|d| d.kind = Some("webauthn.create")),
        PasskeyError::Type
    );
    assert_eq!(
        refused_sign_in(|d| d.kind = Some("payment.get")),
        PasskeyError::Type
    );
    assert_eq!(
        refused_sign_in(|d| d.flags = 0b001),
        PasskeyError::UserVerification
    );
    assert_eq!(refused_sign_in(|d| d.flags = 0b1101), PasskeyError::Changed);
    assert_eq!(refused_sign_in(|d| d.id = vec![8; 20]), PasskeyError::Unknown);
}

#[test]
fn a_changed_bit_anywhere_breaks_the_signature() {
    let mut device = Device::new(Algorithm::Es256);
    let passkey = registered(&mut device);
    let (options, state) = party().begin_sign_in([2; 32], NOW);
    let answer = device.assert(&options);
    let check = |answer: &AssertionResponse| party().finish_login(state.clone(), answer, Some(&passkey), NOW);
    assert!(check(&answer).is_ok());
    // The counter's last byte: all else in the data is refused for other reasons first.
    let mut forged = answer.clone();
    *forged.response.authenticator_data.0.last_mut().unwrap() ^= 4;
    assert_eq!(check(&forged), Err(PasskeyError::Signature));
    let mut forged = answer.clone();
    let text = String::from_utf8(forged.response.client_data.0).unwrap();
    forged.response.client_data.0 = text
        .replace("\"crossOrigin\":false", "\"crossOrigin\": false")
        .into_bytes();
    assert_eq!(check(&forged), Err(PasskeyError::Signature));
    for place in 0..answer.response.signature.0.len() {
        let mut forged = answer.clone();
        forged.response.signature.0[place] ^= 1;
        assert_eq!(check(&forged), Err(PasskeyError::Signature), "{place}");
    }
    let mut forged = answer.clone();
    forged.response.signature.0 = vec![0; 3_000];
    assert!(matches!(check(&forged), Err(PasskeyError::Malformed(_))));
}

#[test]
fn an_answer_is_of_no_use_a_second_time() {
    let mut device = Device::new(Algorithm::Es256);
    let passkey = registered(&mut device);
    let mut pending = Pending::new(NonZeroUsize::new(10).unwrap(), CEREMONY_LIFE);
    let (options, state) = party().begin_sign_in([2; 32], NOW);
    pending.put("flow", state, NOW);
    let answer = device.assert(&options);
    let state: LoginState = pending.take("flow", NOW).unwrap();
    let again = state.clone();
    let asserted = party().finish_login(state, &answer, Some(&passkey), NOW).unwrap();
    assert_eq!(pending.take("flow", NOW), None, "a ceremony is finished once");
    // Had somebody kept the state, the counter would tell.
    let passkey = passkey.used(&asserted, NOW);
    let replayed = party().finish_login(again, &answer, Some(&passkey), NOW);
    assert_eq!(replayed, Err(PasskeyError::Counter { stored: 1, given: 1 }));
    // A new ceremony has another challenge.
    let (_, state) = party().begin_sign_in([5; 32], NOW);
    assert_eq!(
        party().finish_login(state, &answer, Some(&passkey), NOW),
        Err(PasskeyError::Challenge)
    );
}

#[test]
fn a_counter_that_goes_back_is_refused_and_named_and_one_that_is_always_zero_is_fine() {
    let mut device = Device::new(Algorithm::Es256);
    device.counter = 40;
    let passkey = registered(&mut device);
    device.counter = 10;
    let (options, state) = party().begin_sign_in([2; 32], NOW);
    let answer = device.assert(&options);
    let refused = party()
        .finish_login(state, &answer, Some(&passkey), NOW)
        .unwrap_err();
    assert_eq!(
        refused,
        PasskeyError::Counter {
            stored: 40,
            given: 11
        }
    );
    let revoked = passkey.revoke(Revoked {
        at: NOW,
        who: "admin".into(),
        why: refused.to_string(),
    });
    assert!(revoked.revoked.unwrap().why.contains("went back from 40 to 11"));

    let mut synced = Device::new(Algorithm::EdDsa);
    synced.counts = false;
    let mut passkey = registered(&mut synced);
    for _ in 0..2 {
        let (options, state) = party().begin_sign_in([2; 32], NOW);
        let answer = synced.assert(&options);
        let asserted = party().finish_login(state, &answer, Some(&passkey), NOW).unwrap();
        passkey = passkey.used(&asserted, NOW);
    }
}

#[test]
fn a_revoked_passkey_signs_nobody_in_and_is_not_registered_again() {
    let mut device = Device::new(Algorithm::Es256);
    let passkey = registered(&mut device).revoke(Revoked {
        at: NOW,
        who: "anna".into(),
        why: "lost".into(),
    });
    let (options, state) = party().begin_sign_in([2; 32], NOW);
    let answer = device.assert(&options);
    assert_eq!(
        party().finish_login(state, &answer, Some(&passkey), NOW),
        Err(PasskeyError::Unknown)
    );
    let account = (&HANDLE[..], "anna", "Anna");
    let (options, state) = party()
        .begin_registration(account, &[passkey], [4; 32], NOW)
        .unwrap();
    let answer = device.register(&options);
    assert!(party().finish_registration(state, &answer, "again", NOW).is_err());
}

#[test]
fn a_step_up_is_for_its_own_account_and_act() {
    let mut device = Device::new(Algorithm::Es256);
    let passkey = registered(&mut device);
    let begin = |handle: &[u8]| {
        party().begin_step_up(
            handle,
            std::slice::from_ref(&passkey),
            "approve D-2026-0007",
            [2; 32],
            NOW,
        )
    };
    let (options, state) = begin(&HANDLE).unwrap();
    let answer = device.assert(&options);
    let asserted = party().finish_login(state, &answer, Some(&passkey), NOW).unwrap();
    assert_eq!(
        asserted.purpose,
        Purpose::StepUp {
            act: "approve D-2026-0007".into()
        }
    );
    assert_eq!(begin(&[4; 16]).unwrap_err(), PasskeyError::Unknown);

    // Somebody else's passkey cannot confirm it.
    let (options, state) = begin(&HANDLE).unwrap();
    let mut other = Device::new(Algorithm::Es256);
    other.id = vec![7; 20];
    let (creation, theirs) = party()
        .begin_registration((&[5; 16], "bert", "Bert"), &[], [1; 32], NOW)
        .unwrap();
    let answer = other.register(&creation);
    let others = party().finish_registration(theirs, &answer, "", NOW).unwrap();
    assert_eq!(others.name, "Passkey");
    let answer = other.assert(&options);
    assert_eq!(
        party().finish_login(state, &answer, Some(&others), NOW),
        Err(PasskeyError::Unknown)
    );
}

#[test]
fn a_passkey_that_names_another_account_or_none_is_refused() {
    let mut device = Device::new(Algorithm::Es256);
    let passkey = registered(&mut device);
    let (options, state) = party().begin_sign_in([2; 32], NOW);
    let mut answer = device.assert(&options);
    answer.response.user_handle = Some(Bytes(vec![6; 16]));
    assert_eq!(
        party().finish_login(state.clone(), &answer, Some(&passkey), NOW),
        Err(PasskeyError::Account)
    );
    answer.response.user_handle = None;
    assert_eq!(
        party().finish_login(state.clone(), &answer, Some(&passkey), NOW),
        Err(PasskeyError::Account)
    );
    assert_eq!(
        party().finish_login(state, &answer, None, NOW),
        Err(PasskeyError::Unknown)
    );
}

#[test]
fn a_ceremony_ends_after_five_minutes_and_its_state_survives_storage() {
    let mut device = Device::new(Algorithm::Es256);
    let passkey = registered(&mut device);
    let (options, state) = party().begin_sign_in([2; 32], NOW);
    let answer = device.assert(&options);
    let stored: LoginState = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
    assert_eq!(stored, state);
    for late in [CEREMONY_LIFE, -1] {
        let at = NOW.plus_micros(late);
        assert_eq!(
            party().finish_login(state.clone(), &answer, Some(&passkey), at),
            Err(PasskeyError::Expired)
        );
    }
    let (_, state) = party()
        .begin_registration((&HANDLE, "anna", "Anna"), &[], [1; 32], NOW)
        .unwrap();
    let stored: RegistrationState = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
    assert_eq!(stored, state);
    let stored: Passkey = serde_json::from_str(&serde_json::to_string(&passkey).unwrap()).unwrap();
    assert_eq!(stored, passkey);
}

#[test]
fn an_account_has_several_passkeys_but_not_endlessly_many() {
    let mut device = Device::new(Algorithm::Es256);
    let passkey = registered(&mut device);
    let account = (&HANDLE[..], "anna", "Anna");
    let many = vec![passkey.clone(); 19];
    assert!(party().begin_registration(account, &many, [1; 32], NOW).is_ok());
    let more = vec![passkey; 20];
    assert_eq!(
        party()
            .begin_registration(account, &more, [1; 32], NOW)
            .unwrap_err(),
        PasskeyError::TooMany(20)
    );
    assert!(
        party()
            .begin_registration((&[1; 8], "a", "a"), &[], [1; 32], NOW)
            .is_err()
    );
}

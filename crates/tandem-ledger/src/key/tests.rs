use super::*;

/// The example of Go's `golang.org/x/mod/sumdb/note`, which signed-note (C2SP) describes.
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETERS_SECRET: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const PETERS_TEXT: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETERS_SIGNATURE: &str =
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";

fn peter() -> SigningKey {
    let bytes = STANDARD.decode(PETERS_SECRET).unwrap();
    let (kind, secret) = bytes.split_first().unwrap();
    assert_eq!(*kind, ED25519);
    SigningKey::new("PeterNeumann", secret.try_into().unwrap()).unwrap()
}

#[test]
fn keys_ids_and_signatures_are_those_of_other_tools_for_signed_notes() {
    let key = peter();
    assert_eq!(key.verifying_key().to_string(), PETER);
    let signature = key.sign(PETERS_TEXT);
    let signed: Vec<u8> = key
        .verifying_key()
        .id()
        .0
        .iter()
        .chain(&signature.0)
        .copied()
        .collect();
    assert_eq!(STANDARD.encode(signed), PETERS_SIGNATURE);
    let public = VerifyingKey::parse(PETER).unwrap();
    assert!(public.verifies(PETERS_TEXT, &signature));
    assert!(!public.verifies("another text\n", &signature));
}

#[test]
fn a_key_with_anything_changed_is_refused() {
    let public = VerifyingKey::parse(PETER).unwrap();
    assert_eq!(VerifyingKey::parse(&public.to_string()), Ok(public));
    for place in 0..PETER.len() {
        let mut bytes = PETER.as_bytes().to_vec();
        bytes[place] = if bytes[place] == b'x' { b'y' } else { b'x' };
        let text = String::from_utf8(bytes).unwrap();
        assert!(VerifyingKey::parse(&text).is_err(), "{text}");
        let cut: String = PETER.chars().take(place).collect();
        assert!(VerifyingKey::parse(&cut).is_err(), "{cut}");
    }
}

#[test]
fn a_weak_key_that_takes_anybodys_signature_is_refused() {
    // The neutral point: its encoding is 1 followed by zeroes.
    let mut point = [0; 32];
    point[0] = 1;
    let weak = VerifyingKey::of("weak", ed25519_dalek::VerifyingKey::from_bytes(&point).unwrap());
    assert!(
        VerifyingKey::parse(&weak.to_string())
            .unwrap_err()
            .to_string()
            .contains("weak")
    );
}

#[test]
fn a_secret_is_never_shown_and_is_wiped() {
    fn wiped<T: zeroize::ZeroizeOnDrop>(_: &T) {}
    let key = SigningKey::new("tandem.example.org", &[0xab; 32]).unwrap();
    wiped(&key.key);
    let shown = format!("{key:?} {key:#?}");
    assert!(shown.contains("***"), "{shown}");
    assert!(
        !shown.contains("171") && !shown.to_lowercase().contains("abab"),
        "{shown}"
    );
}

#[test]
fn the_name_of_an_installation_fits_into_a_note() {
    for good in ["a", "tandem.example.org/ledger", "münchen.example"] {
        assert_eq!(check_origin(good), Ok(()), "{good}");
    }
    for wrong in ["", "a b", "a+b", "a\nb", "a\u{a0}b", "a\u{7f}", &"x".repeat(129)] {
        assert!(check_origin(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_key_counts_from_its_first_to_its_last_instant() {
    let at = Timestamp::from_seconds;
    let trusted = TrustedKey {
        from: Some(at(10)),
        key: peter().verifying_key().clone(),
        until: Some(at(20)),
    };
    let covered: Vec<_> = [9, 10, 20, 21]
        .into_iter()
        .map(|s| trusted.covers(at(s)))
        .collect();
    assert_eq!(covered, [false, true, true, false]);
    assert!(TrustedKey::always(trusted.key).covers(at(0)));
}

#[test]
fn signatures_have_one_spelling() {
    let signature = peter().sign("x\n");
    let text = serde_json::to_string(&signature).unwrap();
    assert_eq!(serde_json::from_str::<Signature>(&text).unwrap(), signature);
    for wrong in [
        text.replace("==", ""),
        text.replacen('"', "\" ", 1),
        "\"AAAA\"".to_owned(),
    ] {
        assert!(serde_json::from_str::<Signature>(&wrong).is_err(), "{wrong}");
    }
}

use super::*;
use crate::key::TrustedKey;

const ORIGIN: &str = "tandem.example.org/ledger";

fn key(seed: u8) -> SigningKey {
    SigningKey::new(ORIGIN, &[seed; 32]).unwrap()
}

fn ring(keys: &[&SigningKey]) -> KeyRing {
    KeyRing(
        keys.iter()
            .map(|key| TrustedKey::always(key.verifying_key().clone()))
            .collect(),
    )
}

fn checkpoint() -> Checkpoint {
    let at = Timestamp::parse_rfc3339("2026-01-31T08:00:00.25Z").unwrap();
    Checkpoint::sign(&key(1), 2, Hash([0xf9; 32]), at)
}

fn kind(result: Result<(), Break>) -> BreakKind {
    result.unwrap_err().kind
}

#[test]
fn the_signed_text_and_the_note_never_change() {
    insta::assert_snapshot!(checkpoint().note(), @r"
    tandem.example.org/ledger
    2
    +fn5+fn5+fn5+fn5+fn5+fn5+fn5+fn5+fn5+fn5+fk=
    at 2026-01-31T08:00:00.25Z

    — tandem.example.org/ledger 8z0IYQudjg5Xfk9vWmJal6CawuaO/iTNsKucNr3dMOMbosf9yEo4OranltQb7b45ctTlplzm/6WW2CZ+L5IxroqXtg4=
    ");
}

#[test]
fn a_note_is_read_as_it_is_written_and_no_other_spelling_is() {
    let checkpoint = checkpoint();
    let note = checkpoint.note();
    assert_eq!(note.parse::<Checkpoint>(), Ok(checkpoint.clone()));
    let text = serde_json::to_string(&checkpoint).unwrap();
    assert_eq!(serde_json::from_str::<Checkpoint>(&text).unwrap(), checkpoint);
    for wrong in [
        String::new(),
        note.trim_end().to_owned(),
        note.replace('\n', "\r\n"),
        note.replace("\n2\n", "\n02\n"),
        note.replace("\n2\n", "\n+2\n"),
        note.replace("\n2\n", "\n99999999999999999\n"),
        note.replace("08:00:00.25Z", "08:00:00.250Z"),
        note.replace("\u{2014}", "-"),
        note.replace("\n\n", "\nmore\n\n"),
        format!("{note}{}", note.lines().last().unwrap()),
        note.replace(&format!("\u{2014} {ORIGIN}"), "\u{2014} other.example"),
    ] {
        assert!(wrong.parse::<Checkpoint>().is_err(), "{wrong}");
    }
}

#[test]
fn every_field_is_signed() {
    let keys = ring(&[&key(1)]);
    let good = checkpoint();
    assert_eq!(good.check(&keys), Ok(()));
    let changed: [fn(&mut Checkpoint); 4] = [
        |c| c.size += 1,
        |c| c.root.0[31] ^= 1,
        |c| c.at.0 += 1,
        |c| c.signature.0[63] ^= 1,
    ];
    for change in changed {
        let mut other = good.clone();
        change(&mut other);
        assert_eq!(kind(other.check(&keys)), BreakKind::BadSignature);
    }
    let mut elsewhere = good.clone();
    elsewhere.origin = "other.example.org".to_owned();
    assert_eq!(kind(elsewhere.check(&keys)), BreakKind::UntrustedKey);
}

#[test]
fn a_key_that_is_not_trusted_does_not_count_whatever_id_it_claims() {
    let forged = Checkpoint::sign(&key(2), 2, Hash([0; 32]), Timestamp::default());
    assert_eq!(kind(forged.check(&ring(&[&key(1)]))), BreakKind::UntrustedKey);
    let mut claiming = forged.clone();
    claiming.key_id = key(1).verifying_key().id();
    assert_eq!(kind(claiming.check(&ring(&[&key(1)]))), BreakKind::BadSignature);
    assert_eq!(kind(forged.check(&KeyRing::default())), BreakKind::UntrustedKey);
}

#[test]
fn after_a_rotation_each_key_counts_in_its_own_time_only() {
    let (old, new) = (key(1), key(2));
    let at = Timestamp::from_seconds;
    let keys = KeyRing(vec![
        TrustedKey {
            from: None,
            key: old.verifying_key().clone(),
            until: Some(at(100)),
        },
        TrustedKey {
            from: Some(at(100)),
            key: new.verifying_key().clone(),
            until: None,
        },
    ]);
    let signed = |key: &SigningKey, seconds| Checkpoint::sign(key, 5, Hash([5; 32]), at(seconds));
    assert_eq!(signed(&old, 99).check(&keys), Ok(()));
    assert_eq!(signed(&new, 101).check(&keys), Ok(()));
    assert_eq!(kind(signed(&old, 101).check(&keys)), BreakKind::UntrustedKey);
    assert_eq!(kind(signed(&new, 99).check(&keys)), BreakKind::UntrustedKey);
}

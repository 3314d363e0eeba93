//! Where the key comes from, and what is no key.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use base64::Engine as _;
use tandem_vault::{ENVIRONMENT, KeySource, MasterKey, VaultError};

use crate::support::*;

const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn plain() -> [u8; 32] {
    std::array::from_fn(|at| at as u8)
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn raw_hexadecimal_and_base64_are_the_same_key() {
    let expected = MasterKey::from_bytes(plain()).id();
    let standard = base64::engine::general_purpose::STANDARD.encode(plain());
    let url = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(plain());
    for given in [
        HEX.to_owned(),
        HEX.to_uppercase(),
        format!("{HEX}\n"),
        format!("{standard}\n"),
        standard.trim_end_matches('=').to_owned(),
        url,
    ] {
        let read = MasterKey::read(given.as_bytes(), "a test").unwrap();
        assert_eq!(read.id(), expected);
    }
    assert_eq!(MasterKey::read(&plain(), "a test").unwrap().id(), expected);
}

#[test]
fn what_is_no_key_is_refused_without_being_repeated() {
    let short = "deadbeefdeadbeef";
    for given in [short, "", "changeme", &HEX.replace('0', "g"), &format!("{HEX}00")] {
        let refused = MasterKey::read(given.as_bytes(), "a test").unwrap_err();
        assert!(matches!(refused, VaultError::KeyForm { .. }));
        assert!(given.is_empty() || !told(&refused).contains(given), "{refused}");
    }
    for same in [[0_u8; 32], [0x61; 32]] {
        assert!(MasterKey::read(&same, "a test").is_err());
    }
    assert!(MasterKey::read("0".repeat(64).as_bytes(), "a test").is_err());
}

#[test]
fn a_key_file_that_others_may_read_is_refused() {
    let house = House::new();
    let path = house.folder.path().join("vault.key");
    fs::write(&path, HEX).unwrap();
    for open in [0o640, 0o604, 0o660, 0o777] {
        mode(&path, open);
        let refused = KeySource::File(path.clone()).read().unwrap_err();
        assert!(matches!(refused, VaultError::Permissions { mode, .. } if mode == open));
        assert!(refused.to_string().contains("chmod 600"), "{refused}");
    }
    mode(&path, 0o600);
    assert_eq!(
        KeySource::File(path).read().unwrap().id(),
        MasterKey::from_bytes(plain()).id()
    );
}

#[test]
fn a_credential_may_have_a_mask_for_the_group_but_nothing_for_others() {
    let house = House::new();
    let path = house.folder.path().join("tandem-vault-key");
    fs::write(&path, HEX).unwrap();
    mode(&path, 0o440);
    assert!(KeySource::Credential(path.clone()).read().is_ok());
    mode(&path, 0o444);
    assert!(KeySource::Credential(path).read().is_err());
}

#[test]
fn the_environment_goes_before_the_credential_and_that_before_the_file() {
    let house = House::new();
    let file = house.folder.path().join("vault.key");
    let folder = house.folder.path().as_os_str().to_owned();
    let credential = house.folder.path().join("tandem-vault-key");
    let nothing = |_: &str| None;
    let systemd = |name: &str| (name == "CREDENTIALS_DIRECTORY").then(|| folder.clone());
    assert_eq!(KeySource::find(&file, nothing), KeySource::File(file.clone()));
    assert_eq!(KeySource::find(&file, systemd), KeySource::File(file.clone()));
    fs::write(&credential, HEX).unwrap();
    mode(&credential, 0o400);
    assert_eq!(KeySource::find(&file, systemd), KeySource::Credential(credential));
    let both = |name: &str| match name {
        ENVIRONMENT => Some(OsString::from(HEX)),
        other => systemd(other),
    };
    let found = KeySource::find(&file, both);
    assert_eq!(found.to_string(), "the environment variable TANDEM_VAULT_KEY");
    assert!(!format!("{found:?}").contains("0001"), "{found:?}");
    assert_eq!(found.read().unwrap().id(), MasterKey::from_bytes(plain()).id());
}

#[test]
fn a_first_start_makes_a_key_file_of_mode_600_and_says_where() {
    let house = House::new();
    let path = house.folder.path().join("vault.key");
    let made = KeySource::File(path.clone()).read_or_make(&house.path()).unwrap();
    assert!(made.made);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let said = made.to_string();
    assert!(
        said.contains(&path.display().to_string()) && said.contains("safe place"),
        "{said}"
    );
    let text = fs::read_to_string(&path).unwrap();
    assert!(!said.contains(text.trim()) && !format!("{made:?}").contains(text.trim()));
    let again = KeySource::File(path.clone()).read_or_make(&house.path()).unwrap();
    assert!(!again.made);
    assert_eq!(again.key.id(), made.key.id());
    assert!(KeySource::make(&path).is_err(), "a key is never overwritten");
}

#[test]
fn a_vault_whose_key_is_lost_gets_no_new_one() {
    let (house, vault) = House::with_people();
    drop(vault);
    let path = house.folder.path().join("vault.key");
    let refused = KeySource::File(path.clone())
        .read_or_make(&house.path())
        .unwrap_err();
    assert!(matches!(refused, VaultError::KeyAbsent { .. }), "{refused}");
    assert!(!path.exists());
}

#[test]
fn another_key_does_not_open_the_vault_and_both_are_named_by_id() {
    let (house, vault) = House::with_people();
    drop(vault);
    let refused = house.open(&[key(2)]).unwrap_err();
    assert!(matches!(refused, VaultError::WrongKey { .. }));
    let said = refused.to_string();
    assert!(
        said.contains(&key(1).id().to_string()) && said.contains(&key(2).id().to_string()),
        "{said}"
    );
    assert!(matches!(house.open(&[]), Err(VaultError::WrongKey { .. })));
    assert_eq!(
        name_of(&house.open(&[key(2), key(1)]).unwrap(), "S-ANNE0001").unwrap(),
        "Annegret Meyerhold"
    );
}

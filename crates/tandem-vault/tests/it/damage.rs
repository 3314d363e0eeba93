//! Files that are not what was written: flipped, cut, open to others, left by a process that died.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::OnceLock;

use proptest::prelude::*;
use tandem_vault::{Vault, VaultError};

use crate::support::*;

/// The bytes of a vault with two people, closed cleanly.
fn sound() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let (house, vault) = House::with_people();
        drop(vault);
        fs::read(house.path()).unwrap()
    })
}

fn put_file(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// Everything that can be read is right, or an error says so without a name.
fn right_or_refused(house: &House) -> Result<(), VaultError> {
    let vault = Vault::open(&house.path(), &[key(1)])?;
    for (who, name) in [
        ("S-ANNE0001", "Annegret Meyerhold"),
        ("S-BJAR0002", "Bjarne Öztürk"),
    ] {
        assert_eq!(name_of(&vault, who)?, name);
    }
    assert_eq!(vault.subjects_of("annegret.meyerhold")?, [subject("S-ANNE0001")]);
    assert!(vault.verify()?.is_sound());
    vault.name_index().map(drop)
}

fn names_nobody(error: &VaultError) {
    let said = told(error);
    for name in PLANTED {
        assert!(!said.contains(name), "{said}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_flipped_byte_anywhere_never_shows_a_wrong_name_and_never_panics(place in any::<prop::sample::Index>(), flip in 1_u8..) {
        let mut bytes = sound().to_vec();
        let at = place.index(bytes.len());
        bytes[at] ^= flip;
        let house = House::new();
        put_file(&house.path(), &bytes);
        if let Err(error) = right_or_refused(&house) {
            names_nobody(&error);
        }
    }

    #[test]
    fn a_cut_file_never_shows_a_wrong_name_and_never_panics(place in any::<prop::sample::Index>()) {
        let bytes = sound();
        let house = House::new();
        put_file(&house.path(), &bytes[..place.index(bytes.len())]);
        let error = right_or_refused(&house).unwrap_err();
        names_nobody(&error);
    }

    #[test]
    fn a_file_of_anything_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..9000)) {
        let house = House::new();
        put_file(&house.path(), &bytes);
        prop_assert!(right_or_refused(&house).is_err());
    }
}

#[test]
fn a_flip_in_the_pages_of_a_record_is_noticed_at_the_opening() {
    let bytes = sound();
    let at = bytes
        .windows(10)
        .position(|window| window == b"S-ANNE0001")
        .unwrap();
    let mut noticed = 0;
    for at in (at..at + 400).step_by(8) {
        let mut flipped = bytes.to_vec();
        flipped[at] ^= 4;
        let house = House::new();
        put_file(&house.path(), &flipped);
        match right_or_refused(&house) {
            Err(VaultError::Damaged { .. }) => noticed += 1,
            Err(other) => panic!("{other}"),
            Ok(()) => {}
        }
    }
    assert!(noticed > 0, "the pages in use are covered by checksums");
}

#[test]
fn a_vault_that_others_may_read_is_refused() {
    let (house, vault) = House::with_people();
    drop(vault);
    assert_eq!(
        fs::metadata(house.path()).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::set_permissions(house.path(), fs::Permissions::from_mode(0o640)).unwrap();
    let refused = house.open(&[key(1)]).unwrap_err();
    assert!(
        matches!(refused, VaultError::Permissions { mode: 0o640, .. }),
        "{refused}"
    );
}

#[test]
fn a_copy_that_was_being_written_is_overwritten_and_removed() {
    let (house, vault) = House::with_people();
    drop(vault);
    put_file(&house.beside(".new"), b"half a copy");
    let keep = house.folder.path().join("kept");
    fs::hard_link(house.beside(".new"), &keep).unwrap();
    right_or_refused(&house).unwrap();
    assert!(!house.beside(".new").exists());
    assert_eq!(fs::read(keep).unwrap(), [0; 11]);
}

#[test]
fn a_former_file_is_overwritten_and_removed() {
    let (house, vault) = House::with_people();
    drop(vault);
    fs::copy(house.path(), house.beside(".old")).unwrap();
    let keep = house.folder.path().join("kept");
    fs::hard_link(house.beside(".old"), &keep).unwrap();
    right_or_refused(&house).unwrap();
    assert!(!house.beside(".old").exists());
    let kept = fs::read(keep).unwrap();
    assert!(!kept.is_empty() && kept.iter().all(|byte| *byte == 0));
}

#[test]
fn a_second_name_of_the_vault_itself_is_removed_and_the_vault_stays() {
    let (house, vault) = House::with_people();
    drop(vault);
    fs::hard_link(house.path(), house.beside(".old")).unwrap();
    right_or_refused(&house).unwrap();
    assert!(!house.beside(".old").exists());
    right_or_refused(&house).unwrap();
}

#[test]
fn a_vault_that_is_gone_while_its_former_copy_lies_there_is_not_made_anew() {
    let (house, vault) = House::with_people();
    drop(vault);
    fs::rename(house.path(), house.beside(".old")).unwrap();
    assert!(matches!(house.open(&[key(1)]), Err(VaultError::Damaged { .. })));
    assert!(house.beside(".old").exists());
}

#[test]
fn a_vault_behind_a_link_stays_behind_it() {
    let (house, vault) = House::with_people();
    drop(vault);
    let link = house.folder.path().join("link.vault");
    std::os::unix::fs::symlink(house.path(), &link).unwrap();
    let vault = Vault::open(&link, &[key(1)]).unwrap();
    done(vault.erase(&[subject("S-ANNE0001")], &erasure(), &Book::default())).unwrap();
    drop(vault);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let vault = house.open(&[key(1)]).unwrap();
    assert!(name_of(&vault, "S-ANNE0001").is_err() && name_of(&vault, "S-BJAR0002").is_ok());
}

//! Processes that die on the way: the file is copied at each step and opened again.

use std::fs;
use std::path::{Path, PathBuf};

use tandem_domain::{SubjectId, Timestamp};

use super::Vault;
use crate::{Identity, MasterKey, VaultError};

fn key(seed: u8) -> MasterKey {
    MasterKey::from_bytes(std::array::from_fn(|at| seed.wrapping_add(at as u8)))
}

fn subject(number: usize) -> SubjectId {
    SubjectId(format!("S-{number:08}"))
}

fn person(number: usize) -> Identity {
    Identity {
        person_key: format!("E{number}"),
        name: Some(format!("Person Number{number}")),
        mail: Vec::new(),
        phone: None,
        accounts: vec![format!("person.{number}")],
        position: None,
        manager: None,
        site: None,
    }
}

const PEOPLE: usize = 7;

fn filled(path: &Path) -> Vault {
    let vault = Vault::open_or_create(path, &[key(1)]).unwrap();
    vault
        .put_many((0..PEOPLE).map(|number| (subject(number), person(number))))
        .unwrap();
    vault
}

/// Everybody is there and right.
fn is_whole(vault: &Vault) {
    assert_eq!(vault.count().unwrap(), PEOPLE as u64);
    for number in 0..PEOPLE {
        let found = vault.identity(&vault.read(), &subject(number)).unwrap();
        assert_eq!(found.name, person(number).name);
        assert_eq!(
            vault.subjects_of(&format!("PERSON.{number}")).unwrap(),
            [subject(number)]
        );
    }
    assert!(vault.verify().unwrap().is_sound());
}

#[test]
fn a_rotation_that_dies_at_any_step_is_finished_by_the_next_opening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("identities.vault");
    let vault = filled(&path);
    let mut copies: Vec<(String, PathBuf)> = Vec::new();
    vault
        .rotate_in(key(2), 2, &mut |step| {
            let copy = folder.path().join(format!("copy{}", copies.len()));
            fs::copy(&path, &copy).unwrap();
            copies.push((step.to_owned(), copy));
        })
        .unwrap();
    is_whole(&vault);
    let steps: Vec<_> = copies.iter().map(|(step, _)| step.as_str()).collect();
    assert_eq!(
        steps,
        [
            "announced",
            "batch",
            "batch",
            "batch",
            "batch",
            "concluded",
            "scrubbed"
        ]
    );
    for (step, copy) in &copies {
        let under_way = ["announced", "batch"].contains(&step.as_str());
        for one in [key(1), key(2)] {
            let new = one.id() == key(2).id();
            match Vault::open(copy, &[one]) {
                Err(VaultError::RotationUnfinished { .. }) => assert!(under_way, "{step}"),
                Err(VaultError::WrongKey { .. }) => assert!(!under_way && !new, "{step}"),
                Ok(_) => assert!(!under_way && new, "{step}"),
                Err(other) => panic!("{step}: {other}"),
            }
        }
        is_whole(&Vault::open(copy, &[key(2), key(1)]).unwrap());
        // Finished: the new key alone is enough from now on.
        is_whole(&Vault::open(copy, &[key(2)]).unwrap());
    }
}

#[test]
fn people_can_be_put_in_after_a_rotation_was_finished_by_an_opening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("identities.vault");
    let copy = folder.path().join("copy");
    let vault = filled(&path);
    let mut batches = 0;
    vault
        .rotate_in(key(2), 3, &mut |_| {
            batches += 1;
            if batches == 2 {
                fs::copy(&path, &copy).unwrap();
            }
        })
        .unwrap();
    let vault = Vault::open(&copy, &[key(1), key(2)]).unwrap();
    vault.put(subject(3), person(3)).unwrap();
    is_whole(&vault);
}

fn is_stale(vault: &Vault) -> bool {
    let stale = vault.read().meta(&vault.place, crate::engine::STALE).unwrap();
    stale.is_some()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn an_erasure_that_dies_before_the_file_is_written_anew_is_finished_by_the_next_opening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("identities.vault");
    let vault = filled(&path);
    let sealed = {
        use redb::ReadableDatabase;
        let inner = vault.read();
        let tx = inner.db.begin_read().unwrap();
        let keys = tx.open_table(crate::engine::KEYS).unwrap();
        keys.get(subject(4).as_str().as_bytes())
            .unwrap()
            .unwrap()
            .value()
            .to_vec()
    };
    assert!(holds(&fs::read(&path).unwrap(), &sealed));
    vault.remove(&subject(4), Timestamp(5)).unwrap();
    assert!(is_stale(&vault), "the file may still hold it");
    drop(vault);
    let vault = Vault::open(&path, &[key(1)]).unwrap();
    assert!(!is_stale(&vault) && !vault.scrub().unwrap());
    assert!(!holds(&fs::read(&path).unwrap(), &sealed));
    assert_eq!(vault.count().unwrap(), PEOPLE as u64 - 1);
}

#[test]
fn a_vault_copied_while_it_is_open_opens_as_of_its_last_commit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("identities.vault");
    let copy = folder.path().join("copy");
    let vault = filled(&path);
    fs::copy(&path, &copy).unwrap();
    drop(vault);
    is_whole(&Vault::open(&copy, &[key(1)]).unwrap());
}

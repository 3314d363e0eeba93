//! The master key changes; records, handles and names do not.

use redb::{ReadableDatabase, TableDefinition};
use tandem_vault::{Act, VaultError};

use crate::support::*;

fn records(house: &House) -> Vec<Vec<u8>> {
    let db = redb::Database::open(house.path()).unwrap();
    let read = db.begin_read().unwrap();
    let table = read
        .open_table(TableDefinition::<&[u8], &[u8]>::new("records"))
        .unwrap();
    table
        .range::<&[u8]>(..)
        .unwrap()
        .map(|row| row.unwrap().1.value().to_vec())
        .collect()
}

#[test]
fn after_a_rotation_only_the_new_key_opens_and_no_record_was_touched() {
    let (house, vault) = House::with_people();
    drop(vault);
    let before = records(&house);
    let vault = house.open(&[key(1)]).unwrap();
    let handle = vault.handle("annegret.meyerhold");
    let book = Book::default();
    done(vault.rotate(key(2), &order(), &book)).unwrap();
    assert_eq!(
        book.acts(),
        [Act::KeyRotated {
            from: key(1).id().to_string(),
            to: key(2).id().to_string(),
            by: "petra".to_owned(),
            at: NOW,
        }]
    );
    assert_eq!(vault.key_id(), key(2).id());
    vault
        .put(subject("S-NEW"), person("E-3", "Carla Third", "carla.third"))
        .unwrap();
    assert_eq!(name_of(&vault, "S-ANNE0001").unwrap(), "Annegret Meyerhold");
    assert!(vault.verify().unwrap().is_sound());
    drop(vault);
    assert!(before.iter().all(|record| records(&house).contains(record)));
    assert!(matches!(house.open(&[key(1)]), Err(VaultError::WrongKey { .. })));
    let vault = house.open(&[key(2)]).unwrap();
    assert_eq!(name_of(&vault, "S-BJAR0002").unwrap(), "Bjarne Öztürk");
    assert_eq!(name_of(&vault, "S-NEW").unwrap(), "Carla Third");
    assert_eq!(vault.handle("annegret.meyerhold"), handle);
    assert!(vault.verify().unwrap().is_sound());
}

#[test]
fn without_an_entry_or_to_the_same_key_nothing_is_rotated() {
    let (_house, vault) = House::with_people();
    let refused = done(vault.rotate(key(2), &order(), &Book::failing())).unwrap_err();
    assert!(matches!(refused, VaultError::Witness { .. }));
    let book = Book::default();
    let refused = done(vault.rotate(key(1), &order(), &book)).unwrap_err();
    assert!(matches!(refused, VaultError::KeyForm { .. }));
    assert_eq!(book.acts(), []);
    assert_eq!(vault.key_id(), key(1).id());
}

#[test]
fn what_was_sealed_under_the_old_key_is_no_longer_in_the_file() {
    let (house, vault) = House::with_people();
    drop(vault);
    let sealed = {
        let db = redb::Database::open(house.path()).unwrap();
        let read = db.begin_read().unwrap();
        let table = read
            .open_table(TableDefinition::<&[u8], &[u8]>::new("keys"))
            .unwrap();
        table.get(&b"S-ANNE0001"[..]).unwrap().unwrap().value().to_vec()
    };
    assert!(holds(&house.bytes(), &sealed));
    let vault = house.open(&[key(1)]).unwrap();
    done(vault.rotate(key(2), &order(), &Book::default())).unwrap();
    assert!(!holds(&house.bytes(), &sealed));
}

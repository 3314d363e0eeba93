//! Somebody who can write the file but has no key changes rows in a way that the engine accepts.

use redb::{ReadableDatabase, ReadableTable, TableDefinition};
use tandem_vault::VaultError;

use crate::support::*;

fn row(house: &House, table: &str, who: &str) -> Vec<u8> {
    let db = redb::Database::open(house.path()).unwrap();
    let read = db.begin_read().unwrap();
    let table = read
        .open_table(TableDefinition::<&[u8], &[u8]>::new(table))
        .unwrap();
    table.get(who.as_bytes()).unwrap().unwrap().value().to_vec()
}

/// Changes a row and leaves every checksum right.
pub fn change_row(house: &House, table: &str, who: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let db = redb::Database::open(house.path()).unwrap();
    let tx = db.begin_write().unwrap();
    {
        let mut table = tx
            .open_table(TableDefinition::<&[u8], &[u8]>::new(table))
            .unwrap();
        let mut row = table.get(who.as_bytes()).unwrap().unwrap().value().to_vec();
        change(&mut row);
        table.insert(who.as_bytes(), row.as_slice()).unwrap();
    }
    tx.commit().unwrap();
}

fn only_anne_is_damaged(house: &House) {
    let vault = house.open(&[key(1)]).unwrap();
    let report = vault.verify().unwrap();
    let named: Vec<_> = report.named.iter().map(|one| one.subject.as_str()).collect();
    assert_eq!(
        (report.records, report.damaged, named),
        (2, 1, vec!["S-ANNE0001"])
    );
    assert!(PLANTED.iter().all(|name| !format!("{report:?}").contains(name)));
    let book = Book::default();
    let refused = look(&vault, &Leave::new(), &book).unwrap_err();
    assert!(matches!(refused, VaultError::DamagedRecord { .. }), "{refused}");
    assert_eq!(book.acts(), [], "nothing was given out, so no look is recorded");
    assert_eq!(name_of(&vault, "S-BJAR0002").unwrap(), "Bjarne Öztürk");
}

#[test]
fn a_record_or_key_of_another_subject_does_not_open() {
    for tables in [&["records"][..], &["keys"], &["records", "keys"]] {
        let (house, vault) = House::with_people();
        drop(vault);
        for table in tables {
            let other = row(&house, table, "S-BJAR0002");
            change_row(&house, table, "S-ANNE0001", |row| *row = other);
        }
        only_anne_is_damaged(&house);
    }
}

#[test]
fn a_former_record_does_not_open_in_place_of_the_present_one() {
    let (house, vault) = House::with_people();
    drop(vault);
    let former = row(&house, "records", "S-ANNE0001");
    let vault = house.open(&[key(1)]).unwrap();
    let sommer = person("E-10023", "Annegret Sommer", "annegret.sommer");
    vault.put(subject("S-ANNE0001"), sommer).unwrap();
    drop(vault);
    change_row(&house, "records", "S-ANNE0001", |row| *row = former);
    only_anne_is_damaged(&house);
}

#[test]
fn every_changed_byte_of_a_sealed_row_is_noticed_and_the_next_import_mends_it() {
    let (house, vault) = House::with_people();
    drop(vault);
    let lengths = ["keys", "records"].map(|table| (table, row(&house, table, "S-ANNE0001").len()));
    for (table, length) in lengths {
        // Each byte of the key's row; of the record its nonce, its beginning and its tag.
        let places = (0..length).filter(|at| table == "keys" || *at < 40 || *at + 16 >= length);
        for at in places.step_by(5) {
            change_row(&house, table, "S-ANNE0001", |row| row[at] ^= 0x10);
            let vault = house.open(&[key(1)]).unwrap();
            assert!(name_of(&vault, "S-ANNE0001").is_err(), "{table} {at}");
            assert_eq!(vault.name_index().unwrap().unreadable(), 1);
            vault
                .put(
                    subject("S-ANNE0001"),
                    person("E-10023", "Annegret Meyerhold", "annegret.meyerhold"),
                )
                .unwrap();
        }
    }
    let vault = house.open(&[key(1)]).unwrap();
    assert_eq!(name_of(&vault, "S-ANNE0001").unwrap(), "Annegret Meyerhold");
    assert!(vault.verify().unwrap().is_sound());
}

#[test]
fn an_index_that_leads_to_the_wrong_person_is_noticed() {
    let (house, vault) = House::with_people();
    let handle = vault.handle("bjarne.oeztuerk").to_string();
    drop(vault);
    let bytes = unhex(&handle);
    {
        let db = redb::Database::open(house.path()).unwrap();
        let tx = db.begin_write().unwrap();
        tx.open_multimap_table(redb::MultimapTableDefinition::<&[u8], &[u8]>::new("handles"))
            .unwrap()
            .insert(bytes.as_slice(), &b"S-ANNE0001"[..])
            .unwrap();
        tx.commit().unwrap();
    }
    let vault = house.open(&[key(1)]).unwrap();
    assert!(matches!(
        vault.subjects_of("bjarne.oeztuerk"),
        Err(VaultError::Damaged { .. })
    ));
    assert_eq!(vault.verify().unwrap().index_faults, 1);
}

#[test]
fn a_vault_of_a_newer_format_is_left_alone() {
    let (house, vault) = House::with_people();
    drop(vault);
    change_row(&house, "meta", "vault", |row| row[0] = 2);
    assert!(matches!(
        house.open(&[key(1)]),
        Err(VaultError::Newer {
            found: 2,
            known: 1,
            ..
        })
    ));
}

#[test]
fn a_root_or_an_id_of_another_vault_does_not_open() {
    let (house, vault) = House::with_people();
    drop(vault);
    let (other, vault) = House::with_people();
    drop(vault);
    let id = row(&other, "meta", "vault");
    change_row(&house, "meta", "vault", |row| *row = id);
    assert!(matches!(house.open(&[key(1)]), Err(VaultError::Damaged { .. })));
}

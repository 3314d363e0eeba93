//! Erasure leaves nothing that the master key could open.

use redb::{ReadableDatabase, TableDefinition};
use tandem_vault::{Act, Ground, Held, VaultError};

use crate::support::*;

/// Sealed key, sealed record and account handle of a subject, as they lie in the file.
fn sealed(house: &House, who: &str, handle: &str) -> Vec<Vec<u8>> {
    let db = redb::Database::open(house.path()).unwrap();
    let read = db.begin_read().unwrap();
    let mut found = Vec::new();
    for table in ["keys", "records"] {
        let table = read
            .open_table(TableDefinition::<&[u8], &[u8]>::new(table))
            .unwrap();
        // The row's head is not secret and stands in every row: what is sealed comes after it.
        let row = table.get(who.as_bytes()).unwrap().unwrap().value().to_vec();
        found.push(row[row.len() - 48..].to_vec());
    }
    found.push(unhex(handle));
    found
}

#[test]
fn after_an_erasure_no_copy_of_key_record_or_handle_is_in_any_file() {
    let (house, vault) = House::with_people();
    let handle = vault.handle("annegret.meyerhold").to_string();
    drop(vault);
    let traces = sealed(&house, "S-ANNE0001", &handle);
    let before = house.bytes();
    assert!(
        traces.iter().all(|trace| holds(&before, trace)),
        "they were there"
    );
    let vault = house.open(&[key(1)]).unwrap();
    let report = done(vault.erase(&[subject("S-ANNE0001")], &erasure(), &Book::default())).unwrap();
    assert_eq!((report.erased, report.already), (1, 0));
    for _ in 0..2 {
        let after = house.bytes();
        for trace in &traces {
            assert!(!holds(&after, trace));
        }
        assert!(holds(&after, b"S-ANNE0001"), "that it was erased stays known");
    }
    assert!(matches!(
        name_of(&vault, "S-ANNE0001"),
        Err(VaultError::Erased { .. })
    ));
    assert_eq!(vault.subjects_of("annegret.meyerhold").unwrap(), []);
    assert_eq!(name_of(&vault, "S-BJAR0002").unwrap(), "Bjarne Öztürk");
    assert!(vault.verify().unwrap().is_sound());
    drop(vault);
    let vault = house.open(&[key(1)]).unwrap();
    assert!(matches!(
        name_of(&vault, "S-ANNE0001"),
        Err(VaultError::Erased { .. })
    ));
}

#[test]
fn a_former_record_goes_with_the_next_scrub() {
    let (house, vault) = House::with_people();
    drop(vault);
    let handle = "00".repeat(16);
    let traces = sealed(&house, "S-ANNE0001", &handle);
    let vault = house.open(&[key(1)]).unwrap();
    let married = person("E-10023", "Annegret Sommer", "annegret.sommer");
    vault.put(subject("S-ANNE0001"), married).unwrap();
    assert!(vault.scrub().unwrap());
    assert!(!vault.scrub().unwrap(), "there is nothing left to do");
    let after = house.bytes();
    assert!(traces.iter().take(2).all(|trace| !holds(&after, trace)));
    assert_eq!(name_of(&vault, "S-ANNE0001").unwrap(), "Annegret Sommer");
}

#[test]
fn each_erasure_has_its_entry_and_the_import_does_not_bring_the_person_back() {
    let (_house, vault) = House::with_people();
    let book = Book::default();
    let both = [subject("S-ANNE0001"), subject("S-NEVER"), subject("S-ANNE0001")];
    let report = done(vault.erase(&both, &erasure(), &book)).unwrap();
    assert_eq!((report.erased, report.already), (1, 1));
    assert_eq!(report.unknown, [subject("S-NEVER")]);
    assert_eq!(
        book.acts(),
        [Act::Erased {
            subject: subject("S-ANNE0001"),
            ground: Ground::RetentionOver,
            by: "petra".to_owned(),
            at: NOW,
        }]
    );
    let anne = || person("E-10023", "Annegret Meyerhold", "annegret.meyerhold");
    assert!(matches!(
        vault.put(subject("S-ANNE0001"), anne()),
        Err(VaultError::Erased { .. })
    ));
    let import = vault.put_many([(subject("S-ANNE0001"), anne())]).unwrap();
    assert_eq!((import.new, import.erased), (0, 1));
    assert_eq!(vault.holds(&subject("S-ANNE0001")).unwrap(), Held::Erased(NOW));
    assert!(done(vault.readmit(&subject("S-ANNE0001"), &order(), &book)).unwrap());
    assert!(!done(vault.readmit(&subject("S-ANNE0001"), &order(), &book)).unwrap());
    assert_eq!(vault.holds(&subject("S-ANNE0001")).unwrap(), Held::No);
    vault.put(subject("S-ANNE0001"), anne()).unwrap();
    assert_eq!(vault.holds(&subject("S-ANNE0001")).unwrap(), Held::Yes);
    assert_eq!(book.acts().len(), 2);
}

#[test]
fn without_an_entry_nobody_is_erased() {
    let (_house, vault) = House::with_people();
    let book = Book::failing();
    let refused = done(vault.erase(&[subject("S-ANNE0001")], &erasure(), &book)).unwrap_err();
    assert!(matches!(refused, VaultError::Witness { .. }));
    assert_eq!(name_of(&vault, "S-ANNE0001").unwrap(), "Annegret Meyerhold");
}

#[test]
fn a_damaged_record_is_erased_like_any_other() {
    let (house, vault) = House::with_people();
    drop(vault);
    crate::tamper::change_row(&house, "records", "S-ANNE0001", |row| row[30] ^= 1);
    let vault = house.open(&[key(1)]).unwrap();
    done(vault.erase(&[subject("S-ANNE0001")], &erasure(), &Book::default())).unwrap();
    assert!(matches!(
        name_of(&vault, "S-ANNE0001"),
        Err(VaultError::Erased { .. })
    ));
    assert!(
        vault.verify().unwrap().is_sound(),
        "its accounts left the index too"
    );
}

#[test]
fn no_second_file_stays_behind() {
    let (house, vault) = House::with_people();
    done(vault.erase(&[subject("S-ANNE0001")], &erasure(), &Book::default())).unwrap();
    let files: Vec<_> = std::fs::read_dir(house.folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(files, ["identities.vault"]);
}

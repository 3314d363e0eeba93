//! Identities come in once, change, and are found by account.

use tandem_vault::{Identity, VaultError};

use crate::support::*;

fn anne() -> Identity {
    person("E-10023", "Annegret Meyerhold", "annegret.meyerhold")
}

#[test]
fn the_same_again_changes_nothing_and_a_change_is_what_is_shown() {
    let (_house, vault) = House::with_people();
    let mut shuffled = anne();
    shuffled.name = Some("  Annegret Meyerhold ".to_owned());
    shuffled.accounts.push(String::new());
    let again = vault.put_many([(subject("S-ANNE0001"), shuffled)]).unwrap();
    assert_eq!((again.new, again.changed, again.unchanged), (0, 0, 1));
    let mut married = anne();
    married.name = Some("Annegret Sommer".to_owned());
    married.accounts = vec!["annegret.sommer".to_owned()];
    let changed = vault.put_many([(subject("S-ANNE0001"), married)]).unwrap();
    assert_eq!((changed.new, changed.changed, changed.unchanged), (0, 1, 0));
    assert_eq!(name_of(&vault, "S-ANNE0001").unwrap(), "Annegret Sommer");
    assert_eq!(
        vault.subjects_of("ANNEGRET.sommer").unwrap(),
        [subject("S-ANNE0001")]
    );
    assert_eq!(vault.subjects_of("annegret.meyerhold").unwrap(), []);
    assert_eq!(vault.count().unwrap(), 2);
    assert!(vault.verify().unwrap().is_sound());
}

#[test]
fn of_two_rows_of_one_subject_the_later_counts() {
    let house = House::new();
    let vault = house.open(&[key(1)]).unwrap();
    let rows = ["One Name", "Other Name"].map(|name| (subject("S-X"), person("E1", name, "x.y")));
    vault.put_many(rows).unwrap();
    assert_eq!(name_of(&vault, "S-X").unwrap(), "Other Name");
}

#[test]
fn what_was_put_is_there_after_a_restart() {
    let (house, vault) = House::with_people();
    drop(vault);
    let vault = house.open(&[key(1)]).unwrap();
    assert_eq!(vault.count().unwrap(), 2);
    assert_eq!(name_of(&vault, "S-BJAR0002").unwrap(), "Bjarne Öztürk");
}

#[test]
fn an_account_of_two_people_leads_to_both() {
    let (_house, vault) = House::with_people();
    let mut other = person("E-10025", "Carla Third", "carla.third");
    other.accounts.push("annegret.meyerhold".to_owned());
    vault.put(subject("S-CARL0003"), other).unwrap();
    assert_eq!(
        vault.subjects_of(" annegret.meyerhold ").unwrap(),
        [subject("S-ANNE0001"), subject("S-CARL0003")]
    );
    assert_eq!(vault.subjects_of("nobody").unwrap(), []);
}

#[test]
fn identities_that_are_too_large_are_refused_by_pseudonym_and_the_others_are_kept() {
    let house = House::new();
    let vault = house.open(&[key(1)]).unwrap();
    let mut long = anne();
    long.name = Some("Annegret ".repeat(80));
    let mut many = anne();
    many.accounts = (0..65).map(|n| format!("annegret{n}")).collect();
    let mut keyless = anne();
    keyless.person_key = " ".to_owned();
    let report = vault
        .put_many([
            (subject("S-1"), long.clone()),
            (subject("S-2"), many),
            (subject("S-3"), keyless),
            (subject("Annegret Meyerhold"), anne()),
            (subject("S-5"), anne()),
        ])
        .unwrap();
    assert_eq!((report.new, report.refused), (1, 4));
    let said = format!("{report:?}");
    assert!(!said.to_lowercase().contains("annegret"), "{said}");
    assert!(said.contains("S-1") && said.contains("512 bytes"), "{said}");
    assert!(matches!(
        vault.put(subject("S-1"), long),
        Err(VaultError::IdentityForm { .. })
    ));
    assert!(matches!(
        vault.put(subject(""), anne()),
        Err(VaultError::SubjectForm)
    ));
    assert_eq!(vault.count().unwrap(), 1);
}

#[test]
fn only_one_can_have_the_vault_open() {
    let (house, vault) = House::with_people();
    assert!(matches!(house.open(&[key(1)]), Err(VaultError::InUse { .. })));
    drop(vault);
    house.open(&[key(1)]).unwrap();
}

#[test]
fn a_missing_vault_is_not_made_by_opening_it() {
    let house = House::new();
    let missing = tandem_vault::Vault::open(&house.path(), &[key(1)]);
    assert!(matches!(missing, Err(VaultError::Missing { .. })));
    assert!(!house.path().exists());
}

//! The vault's master key is changed by a command; what is sealed stays, the ledger says so, and a wrong call changes nothing.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::support::Place;

fn filled() -> Place {
    let place = Place::new(1_000);
    place.file(
        "people/people.csv",
        b"known_on,person,kind,display_name,accounts\n2025-01-01,p1,employee,Anna Berg,anna.berg\n",
    );
    let summary = place.json(&["ingest", "people", "--no-analysis"]);
    assert_eq!(summary["people_rows"].as_u64(), Some(1), "{summary}");
    // The first opening makes vault and key.
    place.run(&["vault", "rotate"]);
    place
}

fn key(place: &Place) -> PathBuf {
    place.dir.path().join("data/vault.key")
}

fn private(path: &Path) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_new_key_takes_the_place_of_the_former_and_the_ledger_says_so() {
    let place = filled();
    let before = std::fs::read(key(&place)).unwrap();
    let done = place.json(&["vault", "rotate"]);
    let former = PathBuf::from(done["former"].as_str().unwrap());
    assert_eq!(std::fs::read(&former).unwrap(), before);
    let after = std::fs::read(key(&place)).unwrap();
    assert_ne!(after, before);
    assert!(!place.dir.path().join("data/vault.key.next").exists());
    let ledger = String::from_utf8(place.run(&["ledger", "export"]).stdout).unwrap();
    assert!(ledger.contains("vault.rotate"), "{ledger}");
    assert!(ledger.contains(done["to"].as_str().unwrap()));
    // Whoever puts the former key back is told that it is another's.
    std::fs::copy(&former, key(&place)).unwrap();
    let said = refused(&place.command(&["vault", "rotate"]).output().unwrap());
    assert!(said.contains(done["to"].as_str().unwrap()), "{said}");
    std::fs::write(key(&place), after).unwrap();
    let again = place.json(&["vault", "rotate"]);
    assert_eq!(again["from"], done["to"]);
}

#[test]
fn a_rotation_that_never_began_or_was_over_but_for_its_key_file_is_no_trouble() {
    let place = filled();
    let next = place.dir.path().join("data/vault.key.next");
    std::fs::write(&next, "0123456789abcdef".repeat(4)).unwrap();
    private(&next);
    let done = place.json(&["vault", "rotate"]);
    // As if the process had died before the new key came into its place.
    std::fs::rename(key(&place), &next).unwrap();
    std::fs::copy(done["former"].as_str().unwrap(), key(&place)).unwrap();
    assert_eq!(place.json(&["vault", "rotate"])["from"], done["to"]);
    assert!(!next.exists());
}

#[test]
fn a_key_of_the_environment_is_changed_to_one_that_is_given() {
    let place = filled();
    let old = String::from_utf8(std::fs::read(key(&place)).unwrap()).unwrap();
    std::fs::remove_file(key(&place)).unwrap();
    let with = |key: &str, args: &[&str]| place.command(args).env("TANDEM_VAULT_KEY", key).output().unwrap();
    let said = refused(&with(old.trim(), &["vault", "rotate"]));
    assert!(said.contains("must be given in a file"), "{said}");
    let new = "0f1e2d3c4b5a6978".repeat(4);
    let file = place.file("new.key", new.as_bytes());
    let said = refused(&with(old.trim(), &["vault", "rotate", "--new-key", "new.key"]));
    assert!(said.contains("chmod 600"), "{said}");
    private(&file);
    let done = with(old.trim(), &["vault", "rotate", "--new-key", "new.key"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let shown = [done.stdout, done.stderr].concat();
    assert!(!String::from_utf8_lossy(&shown).contains(&new));
    // The same call again finds it done; the former key alone opens nothing.
    let again = with(old.trim(), &["vault", "rotate", "--new-key", "new.key"]);
    assert!(
        again.status.success(),
        "{}",
        String::from_utf8_lossy(&again.stderr)
    );
    private(&place.file("other.key", "1f2e3d4c5b6a7988".repeat(4).as_bytes()));
    refused(&with(old.trim(), &["vault", "rotate", "--new-key", "other.key"]));
    let said = refused(&with(&new, &["vault", "rotate", "--new-key", "new.key"]));
    assert!(said.contains("it is the key in use"), "{said}");
}

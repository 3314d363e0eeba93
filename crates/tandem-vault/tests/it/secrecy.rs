//! No planted name and no byte of a key is in the file, in a `Debug`, or in a message.

use tandem_vault::{Ask, Contact, Field, Identity, KeySource, MasterKey, Revealed};

use crate::support::*;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_file_holds_no_planted_name_in_plain_bytes_at_any_time() {
    let (house, vault) = House::with_people();
    let check = |when: &str| {
        let bytes = house.bytes();
        let lower = bytes.to_ascii_lowercase();
        for name in PLANTED {
            assert!(!holds(&bytes, name.as_bytes()), "{name} {when}");
            assert!(!holds(&lower, name.to_lowercase().as_bytes()), "{name} {when}");
            let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert!(!holds(&bytes, &wide), "{name} {when}");
        }
        assert!(
            !holds(&bytes, &std::array::from_fn::<u8, 32, _>(|at| 1 + at as u8)),
            "the key {when}"
        );
        assert!(
            holds(&bytes, b"S-BJAR0002"),
            "what is looked through is the vault"
        );
    };
    check("after the import");
    look(&vault, &Leave::new(), &Book::default()).unwrap();
    check("after a look");
    done(vault.rotate(key(2), &order(), &Book::default())).unwrap();
    check("after the rotation");
    done(vault.erase(&[subject("S-ANNE0001")], &erasure(), &Book::default())).unwrap();
    check("after the erasure");
    drop(vault);
    check("after closing");
}

#[test]
fn the_length_of_a_sealed_record_does_not_tell_that_of_a_name() {
    use redb::{ReadableDatabase, TableDefinition};
    let house = House::new();
    let vault = house.open(&[key(1)]).unwrap();
    for (who, name) in [("S-1", "Li Wu"), ("S-2", "Lieselotte Wu-Wei")] {
        vault.put(subject(who), person("E1", name, "l.w")).unwrap();
    }
    drop(vault);
    let db = redb::Database::open(house.path()).unwrap();
    let read = db.begin_read().unwrap();
    let table = read
        .open_table(TableDefinition::<&[u8], &[u8]>::new("records"))
        .unwrap();
    let length = |who: &str| table.get(who.as_bytes()).unwrap().unwrap().value().len();
    assert_eq!(length("S-1"), length("S-2"));
    assert_eq!((length("S-1") - 40) % 256, 0, "nonce and tag, and whole steps");
}

#[test]
fn debug_shows_no_name_and_no_key() {
    let (_house, vault) = House::with_people();
    let identity: Identity = person("E-10023", "Annegret Meyerhold", "annegret.meyerhold");
    let leave = Leave {
        fields: Field::ALL.to_vec(),
        ..Leave::new()
    };
    let ask = Ask {
        case: &leave.case,
        subject: &leave.subject,
        fields: &Field::ALL,
    };
    let shown: Revealed = done(vault.open_for(&leave, ask, NOW, &Book::default())).unwrap();
    let contact: Contact = shown.contact.clone().unwrap();
    let master: MasterKey = key(1);
    let bytes: [u8; 32] = std::array::from_fn(|at| 1 + at as u8);
    let source = KeySource::find("x".as_ref(), |_| Some(hex(&bytes).into()));
    let index = vault.name_index().unwrap();
    let text = format!(
        "{identity:?} {shown:?} {contact:?} {vault:?} {master:?} {source:?} {index:?} {:?}",
        Some(&identity)
    );
    for name in PLANTED {
        assert!(!text.contains(name), "{text}");
    }
    assert!(
        !text.contains(&hex(&bytes[..4])) && !text.contains("1, 2, 3"),
        "{text}"
    );
    assert!(text.contains(&master.id().to_string()), "the id is shown");
}

#[test]
fn no_refusal_names_anybody() {
    let (house, vault) = House::with_people();
    let leave = Leave::new();
    let by_name = subject("Annegret Meyerhold");
    let ask = Ask {
        case: &leave.case,
        subject: &by_name,
        fields: &[Field::Name],
    };
    let mut errors = vec![
        done(vault.open_for(&leave, ask, NOW, &Book::default())).unwrap_err(),
        look(&vault, &leave, &Book::failing()).unwrap_err(),
        vault
            .put(by_name.clone(), person("E-10023", "Annegret Meyerhold", "x"))
            .unwrap_err(),
        vault.holds(&by_name).unwrap_err(),
        done(vault.erase(std::slice::from_ref(&by_name), &erasure(), &Book::default())).unwrap_err(),
    ];
    let mut large = person("E-10023", "Annegret Meyerhold", "annegret.meyerhold");
    large.phone = Some("5550123".repeat(99));
    errors.push(vault.put(subject("S-ANNE0001"), large).unwrap_err());
    drop(vault);
    errors.push(house.open(&[key(9)]).unwrap_err());
    crate::tamper::change_row(&house, "records", "S-ANNE0001", |row| row[50] ^= 1);
    errors.push(name_of(&house.open(&[key(1)]).unwrap(), "S-ANNE0001").unwrap_err());
    for error in errors {
        let said = told(&error);
        for name in PLANTED {
            assert!(!said.contains(name), "{said}");
        }
        assert!(said.len() > 40, "it says what to do: {said}");
    }
}

//! Names come out for a warrant that fits, after its entry stands, and never otherwise.

use proptest::prelude::*;
use tandem_domain::{CaseId, Department};
use tandem_vault::{Act, Ask, Field, VaultError};

use crate::support::*;

#[test]
fn a_fitting_warrant_opens_the_fields_it_covers_and_no_other() {
    let (_house, vault) = House::with_people();
    let book = Book::default();
    let shown = look(&vault, &Leave::new(), &book).unwrap();
    assert_eq!(shown.name.as_deref(), Some("Annegret Meyerhold"));
    let contact = shown.contact.clone().unwrap();
    assert_eq!(contact.mail, ["annegret.meyerhold@corp.example"]);
    assert_eq!(contact.phone.as_deref(), Some("+49 170 5550123"));
    assert_eq!(
        (&shown.accounts, &shown.person_key, &shown.position),
        (&None, &None, &None)
    );
    assert_eq!((&shown.manager, &shown.site), (&None, &None));
    assert_eq!(shown.until, Leave::new().expires);
}

#[test]
fn every_field_can_be_opened_on_its_own() {
    let (_house, vault) = House::with_people();
    for field in Field::ALL {
        let leave = Leave {
            fields: vec![field],
            ..Leave::new()
        };
        let ask = Ask {
            case: &leave.case,
            subject: &leave.subject,
            fields: &[field, field],
        };
        let shown = done(vault.open_for(&leave, ask, NOW, &Book::default())).unwrap();
        let json = serde_json::to_value(&shown).unwrap();
        let given: Vec<_> = json
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, _)| name.as_str())
            .collect();
        let expected = match field {
            Field::Accounts => vec!["subject", "until", "accounts", "person_key"],
            other => vec!["subject", "until", other.as_str()],
        };
        assert_eq!(given, expected);
    }
}

#[test]
fn each_look_has_its_own_entry_that_says_who_what_for_and_under_which_approvals() {
    let (_house, vault) = House::with_people();
    let book = Book::default();
    look(&vault, &Leave::new(), &book).unwrap();
    look(&vault, &Leave::new(), &book).unwrap();
    let acts = book.acts();
    assert_eq!(acts.len(), 2);
    let Act::Opened(opening) = &acts[0] else {
        panic!("{acts:?}");
    };
    assert_eq!(
        serde_json::to_value(opening).unwrap(),
        serde_json::json!({
            "warrant": "D-7", "case": "C-2026-0001", "subject": "S-ANNE0001", "purpose": "investigation",
            "fields": ["name", "contact"], "requested_by": "ines",
            "approved_by": [["ira", "it"], ["cora", "corporate"]],
            "expires": NOW.0 + 1, "at": NOW.0,
        })
    );
}

#[test]
fn entries_are_read_back_as_they_were_written() {
    let (_house, vault) = House::with_people();
    let book = Book::default();
    look(&vault, &Leave::new(), &book).unwrap();
    let who = [subject("S-ANNE0001")];
    done(vault.erase(&who, &erasure(), &book)).unwrap();
    done(vault.readmit(&who[0], &order(), &book)).unwrap();
    done(vault.rotate(key(2), &order(), &book)).unwrap();
    let words = ["opened", "erased", "readmitted", "key_rotated"];
    assert_eq!(book.acts().len(), words.len());
    for (act, word) in book.acts().into_iter().zip(words) {
        let written = serde_json::to_value(&act).unwrap();
        assert_eq!(written["act"], word);
        assert_eq!(serde_json::from_value::<Act>(written).unwrap(), act);
    }
}

#[test]
fn a_failing_witness_gives_no_name() {
    let (_house, vault) = House::with_people();
    let refused = look(&vault, &Leave::new(), &Book::failing()).unwrap_err();
    assert!(matches!(refused, VaultError::Witness { .. }));
    assert!(told(&refused).contains("the ledger's disk is full"));
}

#[test]
fn nothing_is_given_out_and_no_entry_written_when_the_warrant_does_not_fit() {
    let (_house, vault) = House::with_people();
    let fit = Leave::new();
    let it = Department::It;
    type Expected = fn(&VaultError) -> bool;
    let bent: [(Leave, Expected); 7] = [
        (
            Leave {
                expires: NOW,
                ..fit.clone()
            },
            |e| matches!(e, VaultError::Expired { .. }),
        ),
        (
            Leave {
                fields: vec![Field::Name],
                ..fit.clone()
            },
            |e| {
                matches!(
                    e,
                    VaultError::NotCovered {
                        field: Field::Contact,
                        ..
                    }
                )
            },
        ),
        (
            Leave {
                approved: [("ira", it), ("igor", it)],
                ..fit.clone()
            },
            |e| matches!(e, VaultError::Approvals { .. }),
        ),
        (
            Leave {
                approved: [("ira", it), ("IRA ", Department::Corporate)],
                ..fit.clone()
            },
            |e| matches!(e, VaultError::Approvals { .. }),
        ),
        (
            Leave {
                requested: "Cora",
                ..fit.clone()
            },
            |e| matches!(e, VaultError::Approvals { .. }),
        ),
        (
            Leave {
                approved: [("", it), ("cora", Department::Corporate)],
                ..fit.clone()
            },
            |e| matches!(e, VaultError::Approvals { .. }),
        ),
        (
            Leave {
                subject: subject("S-NOBODY00"),
                ..fit.clone()
            },
            |e| matches!(e, VaultError::NoSuchSubject { .. }),
        ),
    ];
    for (leave, expected) in bent {
        let book = Book::default();
        let refused = look(&vault, &leave, &book).unwrap_err();
        assert!(expected(&refused) && refused.is_refusal(), "{refused}");
        assert_eq!(book.acts(), []);
    }
}

#[test]
fn a_warrant_opens_nothing_in_another_case_or_about_another_subject() {
    let (_house, vault) = House::with_people();
    let (leave, book) = (Leave::new(), Book::default());
    let (other_case, other_subject) = (CaseId::of(2026, 2), subject("S-BJAR0002"));
    let ask = |case, subject| Ask {
        case,
        subject,
        fields: &[Field::Name],
    };
    let refused = done(vault.open_for(&leave, ask(&other_case, &leave.subject), NOW, &book)).unwrap_err();
    assert!(matches!(refused, VaultError::OtherCase { .. }), "{refused}");
    let refused = done(vault.open_for(&leave, ask(&leave.case, &other_subject), NOW, &book)).unwrap_err();
    assert!(matches!(refused, VaultError::OtherSubject { .. }), "{refused}");
    let none = Ask {
        fields: &[],
        ..ask(&leave.case, &leave.subject)
    };
    let refused = done(vault.open_for(&leave, none, NOW, &book)).unwrap_err();
    assert!(matches!(refused, VaultError::NoField { .. }), "{refused}");
    assert_eq!(book.acts(), []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is bent, a name comes out only if nothing is.
    #[test]
    fn a_name_comes_out_exactly_if_everything_fits(
        case in 1_u32..3, who in 0_usize..2, covered in 0_usize..64, asked in 0_usize..64,
        late in any::<bool>(), sides in 0_u8..4, requester in 0_usize..3, fails in any::<bool>(),
    ) {
        let (_house, vault) = House::with_people();
        let some = |bits: usize| -> Vec<Field> {
            Field::ALL.into_iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, field)| field).collect()
        };
        let side = |bit: u8| if bit == 1 { Department::It } else { Department::Corporate };
        let leave = Leave {
            fields: some(covered),
            approved: [("ira", side(sides & 1)), ("cora", side(sides >> 1))],
            requested: ["ines", "ira", "cora"][requester],
            expires: if late { NOW } else { NOW.plus_micros(9) },
            ..Leave::new()
        };
        let subjects = [subject("S-ANNE0001"), subject("S-BJAR0002")];
        let (case, fields) = (CaseId::of(2026, case), some(asked));
        let ask = Ask { case: &case, subject: &subjects[who], fields: &fields };
        let book = if fails { Book::failing() } else { Book::default() };
        let fits = case == leave.case && who == 0 && asked != 0 && asked & !covered == 0
            && !late && sides != 0 && sides != 3 && requester == 0 && !fails;
        let answer = done(vault.open_for(&leave, ask, NOW, &book));
        prop_assert_eq!(answer.is_ok(), fits);
        prop_assert_eq!(book.acts().len(), usize::from(fits));
    }
}

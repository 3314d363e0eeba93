use super::*;

fn password(text: &str) -> Password {
    Password::new(text).unwrap()
}

fn context() -> Context {
    Context::new([
        "anna.meier",
        "Anna Meier",
        "anna.meier@hansewerke.example",
        "Hansewerke AG",
    ])
}

#[test]
fn a_hash_is_owasp_argon2id_and_only_the_same_password_opens_it() {
    let hasher = Hasher::owasp().unwrap();
    let hash = hasher.hash(&password("correct horse battery"), &[1; 16]).unwrap();
    assert!(
        hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{}",
        hash.as_str()
    );
    let check = |text: &str| hasher.verify(&password(text), Some(&hash)).unwrap();
    assert_eq!(check("correct horse battery"), Checked::Right { rehash: false });
    assert_eq!(check("correct horse batterY"), Checked::Wrong);
    assert_eq!(check("correct horse battery "), Checked::Wrong);
    let other = hasher.hash(&password("correct horse battery"), &[2; 16]).unwrap();
    assert_ne!(hash, other);
    assert_eq!(
        format!("{hash:?} {:?}", password("x")),
        "StoredHash(…) Password(…)"
    );
}

#[test]
fn a_weaker_hash_opens_once_more_and_asks_to_be_made_anew() {
    let weak = Argon2Weak::hash("correct horse battery");
    let hasher = Hasher::owasp().unwrap();
    assert_eq!(
        hasher
            .verify(&password("correct horse battery"), Some(&weak))
            .unwrap(),
        Checked::Right { rehash: true }
    );
    let stronger = Hasher::new(24_576, 2, 1).unwrap();
    let hash = hasher.hash(&password("correct horse battery"), &[1; 16]).unwrap();
    assert_eq!(
        stronger
            .verify(&password("correct horse battery"), Some(&hash))
            .unwrap(),
        Checked::Right { rehash: true }
    );
}

struct Argon2Weak;

impl Argon2Weak {
    /// As an older installation might have stored it.
    fn hash(text: &str) -> StoredHash {
        use argon2::password_hash::PasswordHasher;
        let params = argon2::Params::new(8_192, 1, 1, None).unwrap();
        let argon2 = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        StoredHash::new(
            argon2
                .hash_password_with_salt(text.as_bytes(), &[3; 16])
                .unwrap()
                .to_string(),
        )
    }
}

#[test]
fn an_unknown_account_costs_as_much_and_is_never_right() {
    let hasher = Hasher::owasp().unwrap();
    for text in ["", "no such account.", "correct horse battery"] {
        assert_eq!(hasher.verify(&password(text), None).unwrap(), Checked::Wrong);
    }
}

#[test]
fn a_stored_string_that_is_foreign_or_greedy_is_refused() {
    let hasher = Hasher::owasp().unwrap();
    for text in [
        "",
        "plain text",
        "$argon2i$v=19$m=19456,t=2,p=1$AQEBAQEBAQEBAQEBAQEBAQ$AQEBAQEBAQEBAQEBAQEBAQ",
        "$argon2id$v=19$m=19456,t=2,p=1$AQEBAQEBAQEBAQEBAQEBAQ",
        "$argon2id$v=19$m=4194304,t=2,p=1$AQEBAQEBAQEBAQEBAQEBAQ$AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
    ] {
        let stored = StoredHash::new(text.into());
        let outcome = hasher.verify(&password("correct horse battery"), Some(&stored));
        assert!(
            matches!(outcome, Err(HashError::Stored(_))),
            "{text}: {outcome:?}"
        );
    }
}

#[test]
fn settings_below_owasp_are_refused() {
    for (memory, passes, lanes) in [(19_455, 2, 1), (19_456, 1, 1), (19_456, 2, 0), (2_000_000, 2, 1)] {
        assert!(Hasher::new(memory, passes, lanes).is_err());
    }
    assert!(Hasher::new(47_104, 2, 1).is_ok());
}

#[test]
fn the_same_letters_typed_on_another_machine_are_the_same_password() {
    let hasher = Hasher::owasp().unwrap();
    let hash = hasher.hash(&password("Brücke über die Spree"), &[1; 16]).unwrap();
    let decomposed = "Bru\u{308}cke u\u{308}ber die Spree";
    assert_eq!(
        hasher.verify(&password(decomposed), Some(&hash)).unwrap(),
        Checked::Right { rehash: false }
    );
}

#[test]
fn length_counts_in_characters_and_more_is_needed_without_a_second_factor() {
    let text = "zwölf Löwen äß";
    assert_eq!(text.chars().count(), 14);
    let judged = password(text).judge(Factors::PasswordAlone, &context());
    assert_eq!(
        judged,
        Err(Weakness::TooShort {
            length: 14,
            least: 15
        })
    );
    assert!(password(text).judge(Factors::WithSecond, &context()).is_ok());
    assert_eq!(
        password("short1!").judge(Factors::WithSecond, &context()),
        Err(Weakness::TooShort { length: 7, least: 8 })
    );
}

#[test]
fn no_composition_is_asked_for_and_spaces_are_welcome() {
    for text in [
        "kettle umbrella sandpaper violin",
        "онабаза кактус фонарь",
        "          lighthouse marmalade",
    ] {
        assert!(
            password(text).judge(Factors::PasswordAlone, &context()).is_ok(),
            "{text}"
        );
    }
}

#[test]
fn most_used_passwords_are_refused_also_with_swapped_letters() {
    for text in ["password", "iloveyou", "football", "trustno1"] {
        assert_eq!(
            password(text).judge(Factors::WithSecond, &context()),
            Err(Weakness::Common),
            "{text}"
        );
    }
    for text in [
        "p@ssw0rd",
        "P4ssw0rd",
        "passwordpassword",
        "qwertyuiopasdfgh",
        "aaaaaaaaaaaaaaaaaaaa",
        "12345678901234567890",
        "abcdefghijklmnopqrstu",
    ] {
        assert!(
            password(text).judge(Factors::WithSecond, &context()).is_err(),
            "{text}"
        );
    }
}

#[test]
fn what_belongs_to_the_account_is_refused() {
    for text in [
        "anna.meier.anna.meier",
        "Hansewerke2026!!!",
        "h4n5ewerke-2026-x",
        "AnnaMeierHansewerke",
        "tandemtandemtandem",
        "Meier, Anna 123456",
    ] {
        assert_eq!(
            password(text).judge(Factors::PasswordAlone, &context()),
            Err(Weakness::Context),
            "{text}"
        );
    }
    assert!(
        password("anna kettle umbrella sandpaper")
            .judge(Factors::PasswordAlone, &context())
            .is_ok()
    );
}

#[test]
fn advice_is_plain_and_names_the_reason() {
    let advice = |text: &str| {
        password(text)
            .judge(Factors::WithSecond, &context())
            .unwrap_err()
            .to_string()
    };
    assert!(advice("hi").starts_with("use at least 8 characters; this has 2"));
    assert!(advice("qwertyuiop").contains("most used passwords"));
    assert!(
        advice("zzzzzzzzzzzz").contains("it repeats itself"),
        "{}",
        advice("zzzzzzzzzzzz")
    );
}

#[test]
fn a_password_is_never_cut_but_refused_beyond_its_limit() {
    assert!(Password::new(&"ö".repeat(MAX_LENGTH)).is_ok());
    assert_eq!(Password::new(&"ö".repeat(MAX_LENGTH + 1)).unwrap_err(), TooLong);
    assert_eq!(Password::new(&"x".repeat(10_000_000)).unwrap_err(), TooLong);
    let hasher = Hasher::owasp().unwrap();
    let long = "k".repeat(MAX_LENGTH - 1);
    let hash = hasher.hash(&password(&format!("{long}a")), &[1; 16]).unwrap();
    assert_eq!(
        hasher
            .verify(&password(&format!("{long}b")), Some(&hash))
            .unwrap(),
        Checked::Wrong
    );
}

use super::*;

fn account(mechanism: Mechanism) -> Account {
    Account {
        mechanism,
        user: "user".into(),
        password: Zeroizing::new("pencil".into()),
    }
}

/// The exchange of RFC 7677, section 3.
#[test]
fn scram_sha_256_is_as_the_standard_shows() {
    let account = account(Mechanism::ScramSha256);
    let scram = account.scram("rOprNGfwEbeRWgbNEkqO");
    assert_eq!(scram.first(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    let server = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    let proof = scram.prove(server).unwrap();
    assert_eq!(
        proof.message,
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    );
    assert!(proof.shown_by("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
    assert!(!proof.shown_by("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
    assert!(!proof.shown_by("e=invalid-proof"));
}

#[test]
fn a_broker_that_does_not_play_by_the_rules_is_not_answered() {
    let account = account(Mechanism::ScramSha512);
    let scram = account.scram("abc");
    for wrong in [
        "",
        "r=abc,s=AA==,i=4096",
        "r=xyz1,s=AA==,i=4096",
        "r=abcd,s=?,i=4096",
        "r=abcd,s=AA==,i=1",
        "r=abcd,s=AA==,i=4000000000",
        "r=abcd,s=AA==",
    ] {
        assert!(scram.prove(wrong).is_err(), "{wrong}");
    }
    assert!(scram.prove("r=abcd,s=AA==,i=4096").is_ok());
}

#[test]
fn names_are_escaped_and_passwords_plain_only_where_asked() {
    let account = Account {
        user: "a=b,c".into(),
        ..account(Mechanism::Plain)
    };
    assert_eq!(account.scram("n").first(), "n,,n=a=3Db=2Cc,r=n");
    assert_eq!(&**account.plain(), b"\0a=b,c\0pencil");
}

use rcgen::{CertificateParams, DnType, KeyPair, SanType};

use super::names::{Allowed, check};
use super::*;

fn certificate() -> Vec<u8> {
    let mut params = CertificateParams::new(vec!["fw1.branch.example.org".to_owned()]).unwrap();
    params
        .subject_alt_names
        .push(SanType::IpAddress([192, 0, 2, 7].into()));
    params.distinguished_name.push(DnType::CommonName, "Firewall One");
    let key = KeyPair::generate().unwrap();
    params.self_signed(&key).unwrap().der().to_vec()
}

fn fits(der: &[u8], allowed: &str) -> bool {
    check(&[Allowed::read(allowed).unwrap()], der).is_ok()
}

#[test]
fn a_certificate_may_send_by_name_common_name_address_pattern_or_fingerprint() {
    let der = certificate();
    for right in [
        "fw1.branch.example.org",
        "FW1.Branch.Example.ORG",
        "firewall one",
        "192.0.2.7",
        "*.branch.example.org",
    ] {
        assert!(fits(&der, right), "{right}");
    }
    for wrong in [
        "fw2.branch.example.org",
        "branch.example.org",
        "*.example.org",
        "*.fw1.branch.example.org",
        "192.0.2.8",
        "2001:db8::1",
    ] {
        assert!(!fits(&der, wrong), "{wrong}");
    }
    let print = ring::digest::digest(&ring::digest::SHA256, &der);
    let plain: Vec<String> = print.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    assert!(fits(&der, &format!("sha256:{}", plain.concat())));
    assert!(fits(&der, &format!("SHA-256:{}", plain.join(":"))));
    assert!(!fits(&der, &format!("sha256:{}", "00".repeat(32))));
}

#[test]
fn who_is_turned_away_is_told_what_to_write_into_the_list() {
    let der = certificate();
    let why = check(&[Allowed::read("other").unwrap()], &der).unwrap_err();
    assert!(
        why.contains("firewall one, fw1.branch.example.org, 192.0.2.7"),
        "{why}"
    );
    let print = why.rsplit("fingerprint ").next().unwrap();
    assert!(fits(&der, print));
    assert!(check(&[Allowed::read("x").unwrap()], b"no certificate").is_err());
}

#[test]
fn what_cannot_be_a_name_is_refused_when_the_settings_are_read() {
    for wrong in [
        "",
        "*",
        "*example.org",
        "a.*.org",
        "sha256:12",
        "sha256:zz",
        "a,b",
    ] {
        assert!(Allowed::read(wrong).is_err(), "{wrong}");
    }
    let mut settings = TlsSettings {
        certificate: "c".into(),
        key: "k".into(),
        client_ca: None,
        allowed_names: vec!["fw1".into()],
    };
    assert!(settings.check().unwrap_err().contains("client_ca"));
    settings.client_ca = Some("ca".into());
    assert_eq!(settings.check(), Ok(()));
    settings.allowed_names.push("*".into());
    assert!(settings.check().unwrap_err().contains("first label"));
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let mut settings = TlsSettings {
        certificate: file("empty.pem", ""),
        key: folder.path().join("missing.key"),
        client_ca: None,
        allowed_names: Vec::new(),
    };
    let why = |settings: &TlsSettings| settings.load().unwrap_err().to_string();
    assert!(why(&settings).contains("missing.key"), "{}", why(&settings));
    settings.key = file("some.key", &KeyPair::generate().unwrap().serialize_pem());
    assert!(why(&settings).contains("empty.pem"), "{}", why(&settings));
    settings.client_ca = Some(file("ca.pem", "nothing"));
    assert!(why(&settings).contains("ca.pem"), "{}", why(&settings));
}

#[tokio::test(start_paused = true)]
async fn a_renewed_certificate_is_used_without_a_restart_and_a_broken_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let settings = TlsSettings {
        certificate: folder.path().join("c.pem"),
        key: folder.path().join("k.pem"),
        client_ca: None,
        allowed_names: Vec::new(),
    };
    let mut second = SystemTime::UNIX_EPOCH;
    let mut write = |broken: bool| {
        second += Duration::from_secs(10);
        let key = KeyPair::generate().unwrap();
        let made = CertificateParams::new(vec!["log".to_owned()])
            .unwrap()
            .self_signed(&key)
            .unwrap();
        for (file, text) in [
            (&settings.certificate, made.pem()),
            (&settings.key, key.serialize_pem()),
        ] {
            std::fs::write(file, if broken { String::new() } else { text }).unwrap();
            std::fs::File::options()
                .append(true)
                .open(file)
                .unwrap()
                .set_modified(second)
                .unwrap();
        }
    };
    write(false);
    let mut keeper = Doorkeeper::new(&settings).unwrap();
    let first = Arc::clone(&keeper.door().0.config);
    write(false);
    assert!(
        Arc::ptr_eq(&first, &keeper.door().0.config),
        "it does not look at every connection"
    );
    tokio::time::advance(LOOK).await;
    let (door, trouble) = keeper.door();
    assert!(trouble.is_none() && !Arc::ptr_eq(&first, &door.config));
    write(true);
    tokio::time::advance(LOOK).await;
    let (after, trouble) = keeper.door();
    assert!(trouble.is_some() && Arc::ptr_eq(&after.config, &door.config));
}

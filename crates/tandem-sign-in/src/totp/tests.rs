use super::*;

/// Secret of RFC 6238 appendix B.
const RFC: TotpSecret = TotpSecret::new(*b"12345678901234567890");

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

#[test]
fn codes_are_those_of_rfc_6238_appendix_b() {
    // The RFC prints eight digits; six-digit codes are their last six.
    for (seconds, code) in [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ] {
        let six = code.get(2..).unwrap();
        assert_eq!(
            RFC.verify(six, at(seconds), None),
            Some(Step(seconds / 30)),
            "{seconds}"
        );
    }
}

#[test]
fn a_clock_may_be_one_step_off_and_no_more() {
    let code = "005924"; // of second 1,234,567,890
    let step = 1_234_567_890 / 30;
    for off in [-1, 0, 1] {
        assert_eq!(RFC.verify(code, at((step + off) * 30), None), Some(Step(step)));
    }
    for off in [-3, -2, 2, 3] {
        assert_eq!(RFC.verify(code, at((step + off) * 30), None), None);
    }
}

#[test]
fn a_step_is_accepted_once_and_none_before_it_afterwards() {
    let now = at(1_234_567_890);
    let step = RFC.verify("005924", now, None).unwrap();
    assert_eq!(RFC.verify("005924", now, Some(step)), None);
    assert_eq!(RFC.verify("005924", now, Some(Step(step.0 + 1))), None);
    assert_eq!(RFC.verify("005924", now, Some(Step(step.0 - 1))), Some(step));
}

#[test]
fn what_is_no_code_is_refused() {
    let now = at(1_234_567_890);
    for code in [
        "",
        "00592",
        "0059245",
        "89005924",
        "００５９２４",
        "-05924",
        "abcdef",
        "+05924",
    ] {
        assert_eq!(RFC.verify(code, now, None), None, "{code}");
    }
    assert!(RFC.verify(" 005 924 ", now, None).is_some());
    assert_eq!(RFC.verify("005924", Timestamp(-1), None), None);
}

#[test]
fn the_address_is_what_apps_read_and_hostile_names_cannot_change_it() {
    let uri = RFC.uri("Tandem", "anna").unwrap();
    assert_eq!(
        uri.expose(),
        "otpauth://totp/Tandem:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Tandem"
    );
    let hostile = RFC.uri("Tan:dem", "a?secret=AAAA&x#\u{0}:b").unwrap();
    let url = url::Url::parse(hostile.expose()).unwrap();
    assert_eq!(url.query_pairs().filter(|(name, _)| name == "secret").count(), 1);
    assert!(RFC.uri("Tandem", ":").is_err());
}

#[test]
fn the_picture_is_a_bare_svg_element() {
    let svg = RFC.qr_svg("Tandem", "<script>alert(1)</script>").unwrap();
    let text = svg.expose();
    assert!(text.starts_with("<svg ") && text.ends_with("</svg>"), "{text}");
    for word in ["<script", "style", "href", "<?xml", "onload"] {
        assert!(!text.contains(word), "{word}");
    }
    assert!(text.len() < 40_000, "{}", text.len());
}

#[test]
fn a_secret_survives_its_storage_and_never_shows() {
    let stored = RFC.stored();
    assert_eq!(stored.expose(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    let back = TotpSecret::from_stored(&stored).unwrap();
    assert!(back.verify("005924", at(1_234_567_890), None).is_some());
    assert_eq!(format!("{back:?}"), "TotpSecret(…)");
    for text in ["", "GEZDGNBV", "not base 32!"] {
        assert_eq!(
            TotpSecret::from_stored(&SecretText::new(text.into())).unwrap_err(),
            TotpError::Stored
        );
    }
}

fn random() -> [[u8; 10]; RECOVERY_CODES] {
    std::array::from_fn(|i| std::array::from_fn(|j| (i * 31 + j * 7) as u8))
}

#[test]
fn a_recovery_code_works_once_however_it_is_typed() {
    let (set, codes) = RecoverySet::new(&random());
    assert_eq!((set.left(), codes.len()), (10, 10));
    let code = codes[3].expose().to_owned();
    assert_eq!(code.len(), 19);
    let typed = code
        .to_lowercase()
        .replace('-', " ")
        .replace('1', "l")
        .replace('0', "o");
    let fewer = set.redeem(&typed).unwrap();
    assert_eq!(fewer.left(), 9);
    assert_eq!(fewer.redeem(&code), None);
    assert!(fewer.redeem(codes[4].expose()).is_some());
    for wrong in [
        "",
        "0000-0000-0000-0000",
        "UUUU-UUUU-UUUU-UUUU",
        code.get(..18).unwrap(),
        &format!("{code}A"),
    ] {
        assert_eq!(set.redeem(wrong), None, "{wrong}");
    }
}

#[test]
fn recovery_codes_are_stored_as_hashes_only() {
    let (set, codes) = RecoverySet::new(&random());
    let stored = serde_json::to_string(&set).unwrap();
    for code in &codes {
        assert!(!stored.contains(code.expose()) && !stored.contains(&code.expose().replace('-', "")));
    }
    assert_eq!(serde_json::from_str::<RecoverySet>(&stored).unwrap(), set);
    assert_eq!(format!("{:?}", codes[0]), "SecretText(…)");
}

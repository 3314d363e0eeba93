use super::*;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::KeyPair;

fn key() -> ring::rsa::KeyPair {
    // Made for this test; it opens nothing.
    let text: String = include_str!("../../../tests/fixtures/bot-test-key.pkcs8.b64")
        .split_whitespace()
        .collect();
    ring::rsa::KeyPair::from_pkcs8(&STANDARD.decode(text).unwrap()).unwrap()
}

fn keys(channel: &str) -> bot::KeySet {
    let parts = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(key().public_key());
    let set = json!({"keys": [
        {"kty": "EC", "kid": "other"},
        {"kty": "RSA", "kid": "k1", "n": URL_SAFE_NO_PAD.encode(parts.n), "e": URL_SAFE_NO_PAD.encode(parts.e),
         "endorsements": [channel]},
    ]});
    bot::KeySet::parse(set.to_string().as_bytes()).unwrap()
}

fn token(head: Value, claims: Value) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(head), part(claims));
    let key = key();
    let mut signature = vec![0; key.public().modulus_len()];
    let random = ring::rand::SystemRandom::new();
    key.sign(
        &ring::signature::RSA_PKCS1_SHA256,
        &random,
        signed.as_bytes(),
        &mut signature,
    )
    .unwrap();
    format!("Bearer {signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn head() -> Value {
    json!({"alg": "RS256", "kid": "k1", "typ": "JWT"})
}

fn claims() -> Value {
    json!({"iss": bot::ISSUER, "aud": "app", "nbf": 1_531_420_000, "exp": 1_531_424_000,
        "serviceurl": "https://smba.trafficmanager.net/emea/"})
}

fn activity() -> Value {
    json!({"type": "message", "id": "a1", "channelId": "msteams", "serviceUrl": "https://smba.trafficmanager.net/emea/",
        "timestamp": "2018-07-12T18:36:58Z", "from": {"id": "29:x", "aadObjectId": "o-1"},
        "conversation": {"id": "19:c@thread.tacv2;messageid=1531"}, "channelData": {"tenant": {"id": "t-1"}},
        "text": "<at>Tandem</at> I agree"})
}

fn check(token: &str, activity: &Value, channel: &str, now: Timestamp) -> Result<(), VerifyError> {
    let door = bot::BotDoor {
        app: "app".to_owned(),
        issuer: bot::ISSUER.to_owned(),
    };
    bot::verify(&door, &keys(channel), token, activity.to_string().as_bytes(), now)
}

#[test]
fn a_token_of_the_connector_for_this_bot_is_believed() {
    check(&token(head(), claims()), &activity(), "msteams", NOW).unwrap();
}

#[test]
fn every_other_token_is_refused() {
    for (field, value) in [
        ("iss", json!("https://evil.example")),
        ("aud", json!("another app")),
        ("serviceurl", json!("https://evil.example/")),
        ("exp", json!(1_531_420_000)),
        ("nbf", json!(1_531_430_000)),
        ("exp", Value::Null),
    ] {
        let mut claims = claims();
        claims[field] = value;
        assert!(
            check(&token(head(), claims), &activity(), "msteams", NOW).is_err(),
            "{field}"
        );
    }
    for (field, value) in [("alg", "none"), ("alg", "HS256"), ("kid", "k2"), ("kid", "other")] {
        let mut head = head();
        head[field] = json!(value);
        assert!(
            check(&token(head, claims()), &activity(), "msteams", NOW).is_err(),
            "{field} {value}"
        );
    }
    // A key that is endorsed for another channel only.
    assert_eq!(
        check(&token(head(), claims()), &activity(), "webchat", NOW),
        Err(VerifyError::Forged)
    );
    let good = token(head(), claims());
    let unsigned = good.rsplit_once('.').unwrap().0;
    for bad in [
        "",
        "Bearer ",
        "Basic x",
        unsigned,
        &format!("{unsigned}."),
        &format!("{good}A"),
    ] {
        assert!(check(bad, &activity(), "msteams", NOW).is_err(), "{bad}");
    }
}

#[test]
fn activities_are_read() {
    let inbound = bot::activity(activity().to_string().as_bytes(), NOW)
        .unwrap()
        .unwrap();
    assert_eq!(inbound.said, Said::Text("I agree".to_owned()));
    assert_eq!(
        (inbound.room.as_str(), inbound.thread.as_deref()),
        ("19:c@thread.tacv2", Some("1531"))
    );
    assert_eq!(
        (inbound.user.as_str(), inbound.workspace.as_deref()),
        ("o-1", Some("t-1"))
    );
    let mut click = activity();
    click["type"] = json!("invoke");
    click["name"] = json!("adaptiveCard/action");
    let action = &crate::render::teams::activity(&notice())["attachments"][0]["content"]["actions"][0];
    click["value"] = json!({"action": action});
    let inbound = bot::activity(click.to_string().as_bytes(), NOW).unwrap().unwrap();
    assert_eq!(
        inbound.said,
        Said::Press {
            verb: Verb::Take,
            target: "C-2026-0042".to_owned()
        }
    );
    let mut command = activity();
    command["text"] = json!("<at>Tandem</at> tandem queue");
    let inbound = bot::activity(command.to_string().as_bytes(), NOW)
        .unwrap()
        .unwrap();
    assert_eq!(inbound.said, Said::Command(Command::Queue));
    let mut other = activity();
    other["type"] = json!("conversationUpdate");
    assert_eq!(bot::activity(other.to_string().as_bytes(), NOW).unwrap(), None);
}

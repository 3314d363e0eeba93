use super::*;

fn settings(text: &str) -> Result<NatsSettings, String> {
    let settings: NatsSettings = serde_json::from_str(text).map_err(|e| e.to_string())?;
    settings.check().map(|()| settings)
}

#[test]
fn settings_say_what_is_wrong() {
    for (text, why) in [
        (r#"{"servers":[],"stream":"S"}"#, "servers"),
        (r#"{"servers":["http://x"],"stream":"S"}"#, "no address"),
        (
            r#"{"servers":["nats://me:secret@x"],"stream":"S"}"#,
            "credentials",
        ),
        (r#"{"servers":["ws://x"],"stream":"S"}"#, "nats:// or tls://"),
        (r#"{"servers":["x"],"stream":"a.b"}"#, "stream"),
        (r#"{"servers":["x"],"stream":"S","durable":"a b"}"#, "consumer"),
        (r#"{"servers":["x"],"stream":"S","subjects":["a..b"]}"#, "subject"),
        (r#"{"servers":["x"],"stream":"S","user":"u"}"#, "password"),
        (r#"{"servers":["x"],"stream":"S","server":"y"}"#, "unknown field"),
    ] {
        let said = settings(text).unwrap_err();
        assert!(said.contains(why), "{text}: {said}");
        assert!(!said.contains("secret"), "{said}");
    }
}

#[test]
fn a_consumer_is_named_after_its_source() {
    let plain = settings(r#"{"servers":["x"],"stream":"S"}"#).unwrap();
    assert_eq!(plain.durable("fw.branch-1"), "tandem-fw_branch-1");
    let named = settings(r#"{"servers":["x"],"stream":"S","durable":"mine"}"#).unwrap();
    assert_eq!(named.durable("fw"), "mine");
}

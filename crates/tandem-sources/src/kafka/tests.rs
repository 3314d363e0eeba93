use super::*;

fn settings(text: &str) -> Result<KafkaSettings, String> {
    let settings: KafkaSettings = serde_json::from_str(text).map_err(|e| e.to_string())?;
    settings.check().map(|()| settings)
}

#[test]
fn settings_say_what_is_wrong() {
    for (text, why) in [
        (r#"{"brokers":[],"topics":["t"]}"#, "brokers"),
        (r#"{"brokers":["kafka"],"topics":["t"]}"#, "address"),
        (r#"{"brokers":["kafka:0"],"topics":["t"]}"#, "address"),
        (r#"{"brokers":["http://kafka:9092"],"topics":["t"]}"#, "address"),
        (r#"{"brokers":["k:1"],"topics":[]}"#, "topics"),
        (r#"{"brokers":["k:1"],"topics":["a b"]}"#, "topic"),
        (r#"{"brokers":["k:1"],"topics":["a","a"]}"#, "twice"),
        (r#"{"brokers":["k:1"],"topics":["a"],"start":"middle"}"#, "middle"),
        (
            r#"{"brokers":["k:1"],"topics":["a"],"tls_ca":"/x"}"#,
            "tls = true",
        ),
        (
            r#"{"brokers":["k:1"],"topics":["a"],"group":"g"}"#,
            "unknown field",
        ),
        (
            r#"{"brokers":["k:1"],"topics":["a"],"sasl":{"mechanism":"plain","user":"u","password":{"env":"X"}}}"#,
            "tls = true",
        ),
    ] {
        let said = settings(text).unwrap_err();
        assert!(said.contains(why), "{text}: {said}");
    }
    for sound in [
        r#"{"brokers":["k:1","[::1]:9092"],"topics":["a.b-c_d"],"start":"end"}"#,
        r#"{"brokers":["127.0.0.1:1"],"topics":["a"],"sasl":{"mechanism":"plain","user":"u","password":{"env":"X"}}}"#,
        r#"{"brokers":["k:1"],"topics":["a"],"tls":true,"sasl":{"mechanism":"scram-sha-512","user":"u","password":{"file":"/x"}}}"#,
    ] {
        settings(sound).unwrap();
    }
}

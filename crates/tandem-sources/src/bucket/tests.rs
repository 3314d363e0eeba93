use super::*;

fn settings(text: &str) -> Result<BucketSettings, String> {
    let text = format!(r#"{{"access_key":{{"env":"A"}},"secret_key":{{"env":"B"}},{text}}}"#);
    let settings: BucketSettings = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    settings.check().map(|()| settings)
}

#[test]
fn settings_say_what_is_wrong() {
    let long = format!(
        r#""endpoint":"https://x","bucket":"logs","prefix":"{}""#,
        "x".repeat(1_025)
    );
    for (text, why) in [
        (r#""endpoint":"x","bucket":"logs""#, "address"),
        (r#""endpoint":"ftp://x","bucket":"logs""#, "https://"),
        (
            r#""endpoint":"https://key:secret@x","bucket":"logs""#,
            "secret_key",
        ),
        (r#""endpoint":"https://x?y","bucket":"logs""#, "?"),
        (r#""endpoint":"https://x","bucket":"a/b""#, "bucket"),
        (r#""endpoint":"https://x","bucket":"logs","region":"?""#, "region"),
        (
            r#""endpoint":"https://x","bucket":"logs","every_seconds":0"#,
            "every_seconds",
        ),
        (
            r#""endpoint":"https://x","bucket":"logs","keys":1"#,
            "unknown field",
        ),
        (long.as_str(), "1024"),
    ] {
        let said = settings(text).unwrap_err();
        assert!(said.contains(why), "{text}: {said}");
        assert!(!said.contains("key:secret"), "{said}");
    }
    let sound = settings(r#""endpoint":"https://x","bucket":"logs""#).unwrap();
    assert_eq!((sound.every_seconds, sound.region.as_str()), (60, "us-east-1"));
}

use serde_json::{Value, json};

use super::super::settings::PullSettings;

fn checked(value: Value) -> Result<(), String> {
    serde_json::from_value::<PullSettings>(value)
        .map_err(|error| error.to_string())?
        .check()
}

#[test]
fn each_service_needs_little() {
    let secret = json!({"env": "TANDEM_SECRET"});
    for service in [
        json!({"m365": {"tenant": "t", "client_id": "c", "client_secret": secret}}),
        json!({"graph": {"tenant": "t", "client_id": "c", "client_secret": secret, "logs": ["sign_ins"]}}),
        json!({"okta": {"domain": "example.okta.com", "token": secret}}),
        json!({"okta": {"base": "https://example.okta.com", "application": {"client_id": "c", "key": secret, "key_id": "k"}}}),
        json!({"google_workspace": {"key": secret, "subject": "admin@example.com"}}),
        json!({"google_cloud": {"key": secret, "resources": ["organizations/1"]}}),
        json!({"cloudtrail": {"access_key_id": "A", "secret_access_key": secret, "regions": ["eu-central-1", "us-east-1"]}}),
        json!({"github": {"organisation": "o", "token": secret}}),
    ] {
        assert_eq!(checked(service.clone()), Ok(()), "{service}");
    }
}

#[test]
fn what_makes_no_sense_is_said_with_what_to_do() {
    let secret = json!({"env": "TANDEM_SECRET"});
    let github = json!({"organisation": "o", "token": secret});
    for (wrong, words) in [
        (json!({}), "exactly one of"),
        (
            json!({"github": github, "okta": {"domain": "d", "token": secret}}),
            "exactly one of",
        ),
        (json!({"github": github, "every_seconds": 0}), "every_seconds"),
        (json!({"github": github, "since_days": 4000}), "since_days"),
        (
            json!({"github": github, "overlap_minutes": 721}),
            "overlap_minutes",
        ),
        (json!({"github": github, "often": true}), "often"),
        (
            json!({"github": {"organisation": "o", "token": "ghp_secret"}}),
            "never the secret itself",
        ),
        (
            json!({"github": {"organisation": "", "token": secret}}),
            "organisation",
        ),
        (
            json!({"github": {"organisation": "o", "token": secret, "base": "http://api.example"}}),
            "not https",
        ),
        (
            json!({"okta": {"domain": "d"}}),
            "either `token` or `application`",
        ),
        (
            json!({"okta": {"domain": "d", "base": "https://d", "token": secret}}),
            "either `domain` or `base`",
        ),
        (
            json!({"m365": {"tenant": "t", "client_id": "c", "client_secret": secret, "content_types": []}}),
            "content_types",
        ),
        (
            json!({"m365": {"tenant": "t", "client_id": "c", "client_secret": secret, "content_types": ["A", "A"]}}),
            "twice",
        ),
        (
            json!({"cloudtrail": {"access_key_id": "A", "secret_access_key": secret, "regions": ["eu.evil/"]}}),
            "eu-central-1",
        ),
        (
            json!({"graph": {"tenant": "t", "client_id": "c", "client_secret": secret, "logs": ["sign_ins", "sign_ins"]}}),
            "logs",
        ),
    ] {
        let why = checked(wrong.clone()).unwrap_err();
        assert!(why.contains(words), "{wrong}: {why}");
    }
}

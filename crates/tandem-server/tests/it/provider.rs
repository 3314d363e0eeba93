//! Signing in through a real identity provider (`oidc-provider`, certified): the test plays the browser.

use std::collections::BTreeMap;

use axum::http::{StatusCode, header};
use serde_json::json;
use tandem_domain::{Department, Role};
use tandem_server::config::{self, Flags};
use tandem_sign_in::oidc::{OidcSettings, http_client};

use crate::oidc_process::{Provider, provider};
use crate::support::{Answer, Place};

async fn place(provider: &Provider) -> Place {
    let settings: OidcSettings = serde_json::from_value(json!({
        "issuer": provider.issuer,
        "client_id": "es",
        "client_secret": "a secret: 100% & more",
        "redirect_uri": "http://127.0.0.1:9/sign-in/oidc/callback",
        "rules": [
            { "group": "security-operations", "role": "it_analyst" },
            { "group": "corporate-security", "role": "corporate_investigator" },
        ],
    }))
    .unwrap();
    Place::with(|config| config.oidc = Some(settings)).await
}

/// A browser with cookies for the provider. It follows redirects and fills in forms until it is sent back to Tandem.
#[derive(Default)]
struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// The path and query of Tandem's address that the provider sends the browser to.
    async fn go(&mut self, start: &str, login: &str) -> String {
        let client = http_client(true).unwrap();
        let (mut address, mut form) = (start.to_owned(), None::<String>);
        for _ in 0..20 {
            let request = match form.take() {
                Some(body) => client
                    .post(&address)
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(body),
                None => client.get(&address),
            };
            let sent: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            let answer = request.header("cookie", sent.join("; ")).send().await.unwrap();
            for cookie in answer.headers().get_all("set-cookie") {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
                self.cookies.retain(|_, value| !value.is_empty());
            }
            let here = answer.url().clone();
            if let Some(location) = answer.headers().get("location") {
                let next = here.join(location.to_str().unwrap()).unwrap();
                if next.port() == Some(9) {
                    return format!("{}?{}", next.path(), next.query().unwrap_or_default());
                }
                address = next.to_string();
                continue;
            }
            let page = answer.text().await.unwrap();
            let action = page
                .split("action=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next());
            let action = action.unwrap_or_else(|| panic!("no form at {here}: {page}"));
            address = here.join(action).unwrap().to_string();
            let asks = |kind: &str| page.contains(&format!("name=\"prompt\" value=\"{kind}\""));
            form = Some(if asks("login") {
                format!("prompt=login&login={login}&password=any")
            } else {
                "prompt=consent".to_owned()
            });
        }
        panic!("the provider never came back");
    }
}

/// Goes from Tandem to the provider and back; `session` is the cookie of who is signed in.
async fn there_and_back(place: &Place, browser: &mut Browser, session: Option<&str>, login: &str) -> Answer {
    let away = place.get("/sign-in/oidc", session).await;
    assert_eq!(away.status, StatusCode::SEE_OTHER, "{}", away.text);
    let flow = away.cookie.unwrap();
    assert!(flow.starts_with("__Host-tandem-flow="), "{flow}");
    let address = away.headers[header::LOCATION].to_str().unwrap().to_owned();
    let back = browser.go(&address, login).await;
    // The browser comes from another site: it sends the flow's cookie and no other.
    place.get(&back, Some(&flow)).await
}

#[tokio::test]
async fn a_colleague_comes_in_through_the_provider_with_the_role_of_their_group() {
    let Some(provider) = provider("full") else { return };
    let place = place(&provider).await;
    assert_eq!(
        place.get("/api/v1/sign-in", None).await.json()["provider"],
        json!(true)
    );
    let mut browser = Browser::default();
    let answer = there_and_back(&place, &mut browser, None, "bert").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert!(
        answer.text.contains("http-equiv=\"refresh\""),
        "a redirect would lose the cookie"
    );
    let session = answer.cookie.unwrap();
    let desk = place.desk(session.clone()).await;
    let seen = desk.get("/session").await.json();
    assert_eq!(
        (&seen["user"], &seen["role"]),
        (&json!("bert"), &json!("corporate_investigator"))
    );
    // The provider may only have known them still: that is no fresh proof.
    let refused = desk.post("/account/password", json!({ "password": "x" })).await;
    assert_eq!(refused.json()["error"]["code"], "prove_again", "{}", refused.text);
    let again = there_and_back(&place, &mut browser, Some(&session), "bert").await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.text);
    let fresh = place.desk(again.cookie.unwrap()).await;
    let judged = fresh.post("/account/password", json!({ "password": "x" })).await;
    assert_eq!(judged.json()["error"]["code"], "weak_password", "{}", judged.text);
    assert_eq!(
        desk.get("/session").await.status,
        StatusCode::UNAUTHORIZED,
        "it was replaced"
    );
}

#[tokio::test]
async fn who_has_no_mapped_group_or_another_browsers_answer_stays_out() {
    let Some(provider) = provider("full") else { return };
    let place = place(&provider).await;
    let clara = there_and_back(&place, &mut Browser::default(), None, "clara").await;
    assert_eq!(clara.status, StatusCode::UNAUTHORIZED, "{}", clara.text);
    assert!(!clara.cookies.iter().any(|c| c.starts_with("__Host-tandem=")));
    let away = place.get("/sign-in/oidc", None).await;
    let address = away.headers[header::LOCATION].to_str().unwrap().to_owned();
    let back = Browser::default().go(&address, "anna").await;
    let without = place.get(&back, None).await;
    assert_eq!(without.status, StatusCode::UNAUTHORIZED, "{}", without.text);
    let other = place.get("/sign-in/oidc", None).await.cookie.unwrap();
    let mixed = place.get(&back, Some(&other)).await;
    assert_eq!(mixed.status, StatusCode::UNAUTHORIZED, "{}", mixed.text);
}

#[tokio::test]
async fn a_name_that_is_taken_is_joined_by_its_owner_only() {
    let Some(provider) = provider("full") else { return };
    let place = place(&provider).await;
    let owner = place
        .colleague("anna", Role::Approver, Some(Department::It))
        .await;
    let stranger = there_and_back(&place, &mut Browser::default(), None, "anna").await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    assert!(stranger.text.contains("already"), "{}", stranger.text);
    let joined = there_and_back(&place, &mut Browser::default(), Some(&owner.cookie), "anna").await;
    assert_eq!(joined.status, StatusCode::OK, "{}", joined.text);
    let later = there_and_back(&place, &mut Browser::default(), None, "anna").await;
    assert_eq!(later.status, StatusCode::OK, "{}", later.text);
    let seen = place
        .desk(later.cookie.unwrap())
        .await
        .get("/session")
        .await
        .json();
    assert_eq!(
        (&seen["user"], &seen["role"]),
        (&json!("anna"), &json!("it_analyst"))
    );
}

#[test]
fn settings_name_the_provider_and_do_not_show_its_secret() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("tandem.toml");
    let text = r#"
        [sign_in]
        origin = "https://tandem.example"
        [oidc]
        issuer = "https://id.example"
        client_id = "tandem"
        client_secret = "do not show this"
        redirect_uri = "https://tandem.example/sign-in/oidc/callback"
        [[oidc.rules]]
        group = "tandem-approvers"
        role = "approver"
        department = "corporate"
    "#;
    std::fs::write(&file, text).unwrap();
    let loaded = config::load(Some(&file), &Flags::default()).unwrap();
    let oidc = loaded.config.oidc.as_ref().unwrap();
    assert_eq!(oidc.rules[0].role, Role::Approver);
    assert!(oidc.client_secret.is_some());
    assert_eq!(loaded.config.sign_in.origin, "https://tandem.example");
    let shown = loaded.config.to_toml().unwrap();
    assert!(shown.contains("https://id.example"), "{shown}");
    let settings = serde_json::to_string(&loaded.settings()).unwrap();
    for text in [shown, settings, format!("{:?}", loaded.config)] {
        assert!(!text.contains("do not show"), "{text}");
    }
    std::fs::write(&file, text.replace("department = \"corporate\"", "sort = 1")).unwrap();
    assert!(config::load(Some(&file), &Flags::default()).is_err());
}

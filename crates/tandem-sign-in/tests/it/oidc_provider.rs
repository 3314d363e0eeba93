//! Against a real provider (`oidc-provider`, certified): the test plays the browser.

use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::header::LOCATION;
use tandem_domain::{Department, Role, Timestamp};
use tandem_sign_in::SecretText;
use tandem_sign_in::oidc::{Asking, Callback, OidcClient, OidcError, OidcSettings, Verified};
use url::Url;

use crate::issuer::settings;
use crate::oidc_process::provider;

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp(since.as_micros() as i64)
}

fn at(issuer: &str, client: &str) -> OidcSettings {
    let mut settings = settings(issuer);
    settings.client_id = client.into();
    if client == "public" {
        settings.client_secret = None;
    }
    settings
}

struct Browser(reqwest::Client);

impl Browser {
    fn new() -> Self {
        let _already = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .cookie_store(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self(client)
    }

    /// Follows redirects and fills in forms until the provider sends the browser back to Tandem.
    async fn go(&self, start: Url, login: &str) -> Url {
        let mut answer = self.0.get(start.clone()).send().await.unwrap();
        for _ in 0..20 {
            let here = answer.url().clone();
            if let Some(location) = answer.headers().get(LOCATION) {
                let next = here.join(location.to_str().unwrap()).unwrap();
                if next.port() == Some(9) {
                    return next;
                }
                answer = self.0.get(next).send().await.unwrap();
                continue;
            }
            let page = answer.text().await.unwrap();
            let form = |kind: &str| page.contains(&format!("name=\"prompt\" value=\"{kind}\""));
            let action = page
                .split("action=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next());
            let action = here
                .join(action.unwrap_or_else(|| panic!("no form at {here}: {page}")))
                .unwrap();
            let body = if form("login") {
                format!("prompt=login&login={login}&password=any")
            } else if form("consent") {
                "prompt=consent".to_owned()
            } else {
                let token = page
                    .split("name=\"xsrf\" value=\"")
                    .nth(1)
                    .and_then(|rest| rest.split('"').next());
                format!(
                    "logout=yes&xsrf={}",
                    token.unwrap_or_else(|| panic!("unknown form: {page}"))
                )
            };
            let request = self
                .0
                .post(action)
                .header("content-type", "application/x-www-form-urlencoded");
            answer = request.body(body).send().await.unwrap();
        }
        panic!("the provider never came back");
    }
}

fn callback(back: &Url) -> Callback {
    let get = |name: &str| {
        back.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    Callback {
        code: get("code").map(SecretText::new),
        state: get("state").map(SecretText::new),
        iss: get("iss"),
        error: get("error"),
    }
}

async fn sign_in(client: &OidcClient, browser: &Browser, login: &str) -> Result<Verified, OidcError> {
    let (url, flow) = client.begin(Asking::SignIn, &random(), now()).await?;
    let back = browser.go(url, login).await;
    client.finish(flow, &callback(&back), now()).await
}

fn random() -> [u8; 96] {
    let mut bytes = [0; 96];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes).unwrap();
    bytes
}

#[tokio::test]
async fn people_sign_in_with_every_algorithm_and_every_way_of_naming_the_client() {
    let Some(provider) = provider("full") else { return };
    for name in ["rs", "ps", "es", "ed", "public"] {
        let client = OidcClient::new(at(&provider.issuer, name)).unwrap();
        let verified = sign_in(&client, &Browser::new(), "anna")
            .await
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(
            (verified.sub.as_str(), verified.account.as_str()),
            ("anna", "anna"),
            "{name}"
        );
        assert_eq!(
            (verified.role, verified.department),
            (Role::ItAnalyst, Some(Department::It))
        );
    }
    let client = OidcClient::new(at(&provider.issuer, "es")).unwrap();
    let bert = sign_in(&client, &Browser::new(), "bert").await.unwrap();
    assert_eq!(
        (bert.role, bert.department),
        (Role::CorporateInvestigator, Some(Department::Corporate))
    );
    let clara = sign_in(&client, &Browser::new(), "clara").await.unwrap_err();
    assert_eq!(
        clara,
        OidcError::NoRole {
            claim: "groups".into(),
            count: 1
        }
    );
}

#[tokio::test]
async fn groups_come_from_the_user_information_where_the_token_is_thin() {
    let Some(provider) = provider("thin") else { return };
    let client = OidcClient::new(at(&provider.issuer, "rs")).unwrap();
    let verified = sign_in(&client, &Browser::new(), "bert").await.unwrap();
    assert_eq!(
        (verified.account.as_str(), verified.role),
        ("bert", Role::CorporateInvestigator)
    );
}

#[tokio::test]
async fn a_code_is_of_no_use_to_another_sign_in_nor_a_second_time() {
    let Some(provider) = provider("full") else { return };
    let client = OidcClient::new(at(&provider.issuer, "rs")).unwrap();
    let browser = Browser::new();
    let (url, flow) = client.begin(Asking::SignIn, &random(), now()).await.unwrap();
    let back = callback(&browser.go(url, "anna").await);
    // Another sign-in's verifier: the provider refuses it. Its state would be refused here before.
    let (_, other) = client.begin(Asking::SignIn, &random(), now()).await.unwrap();
    assert_eq!(
        client.finish(other, &back, now()).await.unwrap_err(),
        OidcError::State
    );
    assert!(client.finish(flow.clone(), &back, now()).await.is_ok());
    let again = client.finish(flow, &back, now()).await.unwrap_err();
    assert_eq!(again, OidcError::Refused("invalid_grant".into()));
}

#[tokio::test]
async fn a_wrong_client_secret_is_refused() {
    let Some(provider) = provider("full") else { return };
    let mut wrong = at(&provider.issuer, "rs");
    wrong.client_secret = Some(SecretText::new("guess".into()));
    let client = OidcClient::new(wrong).unwrap();
    let refused = sign_in(&client, &Browser::new(), "anna").await.unwrap_err();
    assert_eq!(refused, OidcError::Refused("invalid_client".into()));
}

#[tokio::test]
async fn a_step_up_asks_again_and_a_sign_out_ends_the_session_there() {
    let Some(provider) = provider("full") else { return };
    let client = OidcClient::new(at(&provider.issuer, "rs")).unwrap();
    let browser = Browser::new();
    let verified = sign_in(&client, &browser, "anna").await.unwrap();
    let step_up = |login: &'static str| {
        let (client, browser, sub) = (&client, &browser, verified.sub.clone());
        async move {
            let (url, flow) = client
                .begin(Asking::StepUp { sub }, &random(), now())
                .await
                .unwrap();
            let back = browser.go(url, login).await;
            client.finish(flow, &callback(&back), now()).await
        }
    };
    assert!(step_up("anna").await.is_ok());
    assert_eq!(step_up("bert").await.unwrap_err(), OidcError::OtherPerson);
    let out = client
        .sign_out_address(&verified.id_token, now())
        .await
        .unwrap()
        .unwrap();
    let back = browser.go(out, "anna").await;
    assert_eq!(back.as_str(), "http://127.0.0.1:9/signed-out");
}

//! A provider of our own that says whatever a test wants, also what no honest one would.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes as Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use tandem_domain::{Department, Role, Timestamp};
use tandem_sign_in::oidc::{
    Asking, Callback, GroupRule, JoseAlgorithm, OidcClient, OidcError, OidcFlow, OidcSettings, Verified,
};
use tandem_sign_in::{Bytes, SecretText};
use url::Url;

pub const NOW: Timestamp = Timestamp(1_790_000_000_000_000);
pub const SECONDS: i64 = 1_790_000_000;

/// What the issuer answers, by path, and what it was asked.
#[derive(Default)]
pub struct Script {
    pub answers: BTreeMap<String, (u16, String)>,
    pub asked: Vec<(String, String, String)>,
}

pub struct Issuer {
    pub address: String,
    pub script: Arc<Mutex<Script>>,
    pub key: TokenKey,
}

/// A signing key with a name.
pub struct TokenKey {
    pair: EcdsaKeyPair,
    pub kid: String,
}

fn part(value: &Value) -> String {
    text(&Bytes(value.to_string().into_bytes()))
}

/// Bytes as base64url.
pub fn text(bytes: &Bytes) -> String {
    serde_json::to_value(bytes).unwrap().as_str().unwrap().to_owned()
}

impl TokenKey {
    pub fn new(kid: &str) -> Self {
        let rng = SystemRandom::new();
        let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(kind, &rng).unwrap();
        Self {
            pair: EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &rng).unwrap(),
            kid: kid.into(),
        }
    }

    pub fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid,
            "x": Bytes(point[1..33].to_vec()), "y": Bytes(point[33..].to_vec()),
        })
    }

    /// A token under any header.
    pub fn token(&self, header: &Value, claims: &Value) -> String {
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", text(&Bytes(signature.as_ref().to_vec())))
    }

    pub fn header(&self) -> Value {
        json!({ "alg": "ES256", "kid": self.kid, "typ": "JWT" })
    }
}

async fn answer(
    State(script): State<Arc<Mutex<Script>>>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> (axum::http::StatusCode, String) {
    let mut script = script.lock().unwrap();
    let authorization = headers
        .get("authorization")
        .map(|v| v.to_str().unwrap().to_owned());
    let body = String::from_utf8(body.to_vec()).unwrap();
    script
        .asked
        .push((path.clone(), authorization.unwrap_or_default(), body));
    let (status, text) = script
        .answers
        .get(&path)
        .cloned()
        .unwrap_or((404, "nothing here".into()));
    (axum::http::StatusCode::from_u16(status).unwrap(), text)
}

impl Issuer {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::new(Mutex::new(Script::default()));
        let app = Router::new()
            .route("/{*path}", axum::routing::any(answer))
            .with_state(script.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let issuer = Self {
            address,
            script,
            key: TokenKey::new("first"),
        };
        issuer.describe(&json!({}));
        issuer.publish(&[&issuer.key]);
        issuer
    }

    pub fn set(&self, path: &str, status: u16, json: &Value) {
        let text = if let Value::String(text) = json {
            text.clone()
        } else {
            json.to_string()
        };
        self.script
            .lock()
            .unwrap()
            .answers
            .insert(path.into(), (status, text));
    }

    /// The usual description with some members changed; `null` leaves one out.
    pub fn describe(&self, changed: &Value) {
        let at = |path: &str| format!("{}/{path}", self.address);
        let mut said = json!({
            "issuer": self.address,
            "authorization_endpoint": at("authorize"),
            "token_endpoint": at("token"),
            "jwks_uri": at("keys"),
            "userinfo_endpoint": at("me"),
            "end_session_endpoint": at("end"),
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
        });
        for (name, value) in changed.as_object().unwrap() {
            said[name] = value.clone();
        }
        self.set(".well-known/openid-configuration", 200, &said);
    }

    pub fn publish(&self, keys: &[&TokenKey]) {
        let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
        self.set("keys", 200, &json!({ "keys": keys }));
    }

    pub fn asked(&self, path: &str) -> usize {
        self.script
            .lock()
            .unwrap()
            .asked
            .iter()
            .filter(|(p, ..)| p == path)
            .count()
    }

    pub fn client(&self) -> OidcClient {
        OidcClient::new(settings(&self.address)).unwrap()
    }

    /// Claims of a good token for a flow.
    pub fn claims(&self, nonce: &str) -> Value {
        json!({
            "iss": self.address, "aud": "tandem", "sub": "u-1", "nonce": nonce,
            "iat": SECONDS, "exp": SECONDS + 300,
            "preferred_username": "anna", "groups": ["staff", "security-operations"],
        })
    }

    /// Plays a whole sign-in in which the provider answers with the token that `make` builds from good claims.
    pub async fn sign_in(
        &self,
        client: &OidcClient,
        make: impl Fn(&Self, Value) -> String,
    ) -> Result<Verified, OidcError> {
        self.play(client, Asking::SignIn, make).await
    }

    pub async fn play(
        &self,
        client: &OidcClient,
        asking: Asking,
        make: impl Fn(&Self, Value) -> String,
    ) -> Result<Verified, OidcError> {
        let (url, flow) = client.begin(asking, &[7; 96], NOW).await?;
        let token = make(self, self.claims(&query(&url, "nonce")));
        self.set(
            "token",
            200,
            &json!({ "access_token": "at", "token_type": "Bearer", "id_token": token }),
        );
        self.finish(client, &url, flow).await
    }

    pub async fn finish(
        &self,
        client: &OidcClient,
        url: &Url,
        flow: OidcFlow,
    ) -> Result<Verified, OidcError> {
        client.finish(flow, &self.callback(url), NOW).await
    }

    pub fn callback(&self, url: &Url) -> Callback {
        Callback {
            code: Some(SecretText::new("the code".into())),
            state: Some(SecretText::new(query(url, "state"))),
            iss: Some(self.address.clone()),
            error: None,
        }
    }
}

/// A good token.
pub fn honest(issuer: &Issuer, claims: Value) -> String {
    issuer.key.token(&issuer.key.header(), &claims)
}

pub fn query(url: &Url, name: &str) -> String {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .unwrap()
        .1
        .into_owned()
}

pub fn rules() -> Vec<GroupRule> {
    let rule = |group: &str, role, department| GroupRule {
        group: group.into(),
        role,
        department,
    };
    vec![
        rule("approvers", Role::Approver, Some(Department::Corporate)),
        rule("security-operations", Role::ItAnalyst, None),
        rule("corporate-security", Role::CorporateInvestigator, None),
    ]
}

pub fn settings(issuer: &str) -> OidcSettings {
    OidcSettings {
        issuer: issuer.into(),
        client_id: "tandem".into(),
        client_secret: Some(SecretText::new("a secret: 100% & more".into())),
        redirect_uri: "http://127.0.0.1:9/sign-in/oidc/callback".into(),
        post_logout_redirect_uri: Some("http://127.0.0.1:9/signed-out".into()),
        scopes: vec!["profile".into(), "groups".into()],
        groups_claim: "groups".into(),
        account_claim: "preferred_username".into(),
        rules: rules(),
        algorithms: JoseAlgorithm::ALL.to_vec(),
    }
}

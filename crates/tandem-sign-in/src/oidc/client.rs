//! Talking with the provider.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use rustls_platform_verifier::BuilderVerifierExt;
use serde::Deserialize;
use serde_json::{Map, Value};
use tandem_domain::time::{MICROS_PER_HOUR, MICROS_PER_SECOND};
use tandem_domain::{Department, Role, Timestamp};
use tokio::sync::Mutex;
use url::{Url, form_urlencoded};

use super::claims::Expected;
use super::discovery::{KeySet, Metadata};
use super::error::TokenError;
use super::flow::word;
use super::jws::Jws;
use super::{Asking, Callback, OidcError, OidcFlow, OidcSettings, roles};
use crate::SecretText;

/// Description and keys are asked for again after this long, microseconds.
const CACHED: i64 = MICROS_PER_HOUR;
/// An unknown key makes Tandem ask for the keys again, but not more often than this, microseconds.
const COOL_DOWN: i64 = 30 * MICROS_PER_SECOND;
/// Longest answer that is read, bytes.
const MAX_ANSWER: usize = 1_024 * 1_024;
/// Longest account name, characters.
const MAX_ACCOUNT: usize = 255;

/// A person whom the provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The provider.
    pub issuer: String,
    /// The provider's own, never reused name of the account: with the issuer, the key to store.
    pub sub: String,
    /// Account name for people to read. It may change, and may be given to somebody else.
    pub account: String,
    /// Role from the first group rule that fits.
    pub role: Role,
    /// Department.
    pub department: Option<Department>,
    /// What was asked.
    pub asking: Asking,
    /// The identity token, for signing out at the provider.
    pub id_token: SecretText,
}

#[derive(Debug, Default)]
struct Cache {
    metadata: Option<(Metadata, Timestamp)>,
    keys: Option<(KeySet, Timestamp)>,
}

/// One provider.
#[derive(Debug)]
pub struct OidcClient {
    settings: OidcSettings,
    http: reqwest::Client,
    cache: Mutex<Cache>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: Option<SecretText>,
    access_token: Option<SecretText>,
    error: Option<String>,
}

/// An HTTP client as this module needs it: TLS by rustls with ring, the operating system's certificates (a company's own
/// authority is among them), ten seconds, no redirects (a token request must not be led elsewhere).
///
/// # Errors
/// [`OidcError::Settings`] if the system has no certificates.
pub fn http_client(local: bool) -> Result<reqwest::Client, OidcError> {
    let refuse = |why: String| OidcError::Settings(format!("no TLS: {why}"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|e| refuse(e.to_string()))?
        .with_no_client_auth();
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(10));
    if local {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|e| refuse(e.to_string()))
}

impl OidcClient {
    /// A client for checked settings. Nothing is asked of the provider yet.
    ///
    /// # Errors
    /// [`OidcError::Settings`].
    pub fn new(settings: OidcSettings) -> Result<Self, OidcError> {
        settings.check()?;
        let http = http_client(settings.is_local())?;
        Ok(Self {
            settings,
            http,
            cache: Mutex::default(),
        })
    }

    /// Begins: the address to send the browser to, and what to keep. `random` is fresh.
    ///
    /// # Errors
    /// If the provider's description cannot be had or trusted.
    pub async fn begin(
        &self,
        asking: Asking,
        random: &[u8; 96],
        now: Timestamp,
    ) -> Result<(Url, OidcFlow), OidcError> {
        let metadata = self.metadata(now).await?;
        let flow = OidcFlow::new(asking, random, now);
        Ok((flow.address(&metadata, &self.settings), flow))
    }

    /// Finishes: exchanges the code, checks the identity token, finds the role. The flow is used up, whatever comes out.
    ///
    /// # Errors
    /// Everything that can be wrong; nobody is signed in then.
    pub async fn finish(
        &self,
        flow: OidcFlow,
        callback: &Callback,
        now: Timestamp,
    ) -> Result<Verified, OidcError> {
        let metadata = self.metadata(now).await?;
        let code = flow.code(callback, (&metadata, &self.settings.issuer), now)?;
        let answer = self.exchange(&metadata, code, flow.verifier()).await?;
        let id_token = answer.id_token.ok_or(TokenError::Malformed)?;
        let access_token = answer.access_token;
        let claims = self
            .identity(&flow, id_token.expose(), access_token.as_ref(), now)
            .await?;
        let sub = text(&claims, "sub").ok_or(TokenError::Malformed)?;
        if let Asking::StepUp { sub: asked } = flow.asking()
            && *asked != sub
        {
            return Err(OidcError::OtherPerson);
        }
        let claims = self
            .with_user_info(&metadata, claims, access_token.as_ref())
            .await?;
        self.verified(&claims, sub, flow.asking().clone(), id_token)
    }

    /// Where the browser signs out at the provider (RP-Initiated Logout 1.0); `None` if the provider offers nothing.
    ///
    /// # Errors
    /// If the provider's description cannot be had or trusted.
    pub async fn sign_out_address(
        &self,
        id_token: &SecretText,
        now: Timestamp,
    ) -> Result<Option<Url>, OidcError> {
        let Some(mut url) = self.metadata(now).await?.end_session else {
            return Ok(None);
        };
        url.query_pairs_mut()
            .append_pair("id_token_hint", id_token.expose())
            .append_pair("client_id", &self.settings.client_id);
        if let Some(back) = &self.settings.post_logout_redirect_uri {
            url.query_pairs_mut()
                .append_pair("post_logout_redirect_uri", back);
        }
        Ok(Some(url))
    }

    /// The claims of an identity token that is right in every respect.
    async fn identity(
        &self,
        flow: &OidcFlow,
        token: &str,
        access_token: Option<&SecretText>,
        now: Timestamp,
    ) -> Result<Map<String, Value>, OidcError> {
        let jws = Jws::parse(token, &self.settings.algorithms)?;
        let keys = self.keys(&jws, now).await?;
        let claims = jws.claims(&keys)?;
        let expected = Expected {
            issuer: &self.settings.issuer,
            client: &self.settings.client_id,
            flow,
            access_token: access_token.map(SecretText::expose),
            algorithm: jws.algorithm,
            now,
        };
        expected.check(&claims)?;
        Ok(claims)
    }

    fn verified(
        &self,
        claims: &Map<String, Value>,
        sub: String,
        asking: Asking,
        id_token: SecretText,
    ) -> Result<Verified, OidcError> {
        let settings = &self.settings;
        let groups = roles::groups(claims, &settings.groups_claim).unwrap_or_default();
        let rule = roles::decide(&settings.rules, &groups).ok_or_else(|| OidcError::NoRole {
            claim: settings.groups_claim.clone(),
            count: groups.len(),
        })?;
        let account = text(claims, &settings.account_claim)
            .map(|name| {
                name.chars()
                    .filter(|c| !c.is_control())
                    .take(MAX_ACCOUNT)
                    .collect::<String>()
            })
            .filter(|name| !name.trim().is_empty())
            .ok_or_else(|| OidcError::NoAccount(settings.account_claim.clone()))?;
        Ok(Verified {
            issuer: settings.issuer.clone(),
            sub,
            account,
            role: rule.role,
            department: rule.department(),
            asking,
            id_token,
        })
    }

    async fn metadata(&self, now: Timestamp) -> Result<Metadata, OidcError> {
        let mut cache = self.cache.lock().await;
        if let Some((metadata, at)) = &cache.metadata
            && is_fresh(*at, now, CACHED)
        {
            return Ok(metadata.clone());
        }
        let address = format!(
            "{}/.well-known/openid-configuration",
            self.settings.issuer.trim_end_matches('/')
        );
        let bytes = self.fetch("the description", self.http.get(address)).await?;
        let metadata = Metadata::parse(&bytes, &self.settings)?;
        cache.metadata = Some((metadata.clone(), now));
        Ok(metadata)
    }

    /// Keys that know the token's, asking again once if a new one came up (rotation).
    async fn keys(&self, jws: &Jws<'_>, now: Timestamp) -> Result<KeySet, OidcError> {
        let address = self.metadata(now).await?.keys;
        let mut cache = self.cache.lock().await;
        if let Some((keys, at)) = &cache.keys {
            let known = jws.known_to(keys) && is_fresh(*at, now, CACHED);
            if known || is_fresh(*at, now, COOL_DOWN) {
                return Ok(keys.clone());
            }
        }
        let bytes = self.fetch("the key set", self.http.get(address)).await?;
        let keys = KeySet::parse(&bytes).ok_or_else(|| provider("the key set", "it is not its JSON"))?;
        cache.keys = Some((keys.clone(), now));
        Ok(keys)
    }

    async fn exchange(
        &self,
        metadata: &Metadata,
        code: &str,
        verifier: &str,
    ) -> Result<TokenAnswer, OidcError> {
        let what = "the token address";
        let request = self.token_request(metadata, code, verifier);
        let (status, bytes) = self.answer(what, request).await?;
        let answer: TokenAnswer = serde_json::from_slice(&bytes)
            .map_err(|_| provider(what, format!("status {status} and no JSON")))?;
        match &answer.error {
            Some(error) => Err(OidcError::Refused(word(error))),
            None if status == 200 => Ok(answer),
            None => Err(provider(what, format!("status {status}"))),
        }
    }

    /// Apart from its sending, for the form's writer cannot go along between threads.
    fn token_request(&self, metadata: &Metadata, code: &str, verifier: &str) -> reqwest::RequestBuilder {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &self.settings.redirect_uri)
            .append_pair("code_verifier", verifier);
        let mut request = self.http.post(metadata.token.clone());
        match &self.settings.client_secret {
            Some(secret) if !metadata.secret_in_form => {
                request = request.header(AUTHORIZATION, basic(&self.settings.client_id, secret));
            }
            secret => {
                form.append_pair("client_id", &self.settings.client_id);
                if let Some(secret) = secret {
                    form.append_pair("client_secret", secret.expose());
                }
            }
        }
        request
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.finish())
    }

    /// Adds the claims of the user-info address where the token is thin: groups or account name are missing.
    async fn with_user_info(
        &self,
        metadata: &Metadata,
        mut claims: Map<String, Value>,
        access_token: Option<&SecretText>,
    ) -> Result<Map<String, Value>, OidcError> {
        let complete = roles::groups(&claims, &self.settings.groups_claim).is_some()
            && claims.contains_key(&self.settings.account_claim);
        let (Some(address), Some(token), false) = (&metadata.user_info, access_token, complete) else {
            return Ok(claims);
        };
        let what = "the user information";
        let request = self
            .http
            .get(address.clone())
            .header(AUTHORIZATION, format!("Bearer {}", token.expose()));
        let bytes = self.fetch(what, request).await?;
        let more: Map<String, Value> =
            serde_json::from_slice(&bytes).map_err(|_| provider(what, "it is not JSON"))?;
        // Core section 5.3.4: another person's information must not be used.
        if more.get("sub") != claims.get("sub") {
            return Err(provider(what, "it is about another person"));
        }
        for (name, value) in more {
            claims.entry(name).or_insert(value);
        }
        Ok(claims)
    }

    async fn fetch(
        &self,
        what: &'static str,
        request: reqwest::RequestBuilder,
    ) -> Result<Vec<u8>, OidcError> {
        match self.answer(what, request).await? {
            (200, bytes) => Ok(bytes),
            (status, _) => Err(provider(what, format!("status {status}"))),
        }
    }

    async fn answer(
        &self,
        what: &'static str,
        request: reqwest::RequestBuilder,
    ) -> Result<(u16, Vec<u8>), OidcError> {
        // Without the address: it may hold what should not be in a log.
        let failed = |error: reqwest::Error| provider(what, chain(&error.without_url()));
        let mut answer = request
            .header(ACCEPT, "application/json")
            .send()
            .await
            .map_err(failed)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if bytes.len() + chunk.len() > MAX_ANSWER {
                return Err(provider(what, "the answer is too long"));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok((answer.status().as_u16(), bytes))
    }
}

fn is_fresh(at: Timestamp, now: Timestamp, life: i64) -> bool {
    (0..life).contains(&now.0.saturating_sub(at.0))
}

fn provider(what: &'static str, why: impl Into<String>) -> OidcError {
    OidcError::Provider {
        what,
        why: why.into(),
    }
}

/// An error and what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    claims.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// RFC 6749 section 2.3.1: both are form-encoded first.
fn basic(id: &str, secret: &SecretText) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(id), encode(secret.expose()));
    format!("Basic {}", STANDARD.encode(pair))
}

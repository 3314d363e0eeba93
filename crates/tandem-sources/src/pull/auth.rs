//! Proving who asks: tokens of the four ways that the services know, and AWS's signature.

use std::fmt;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use serde_json::json;
use tandem_domain::Timestamp;
use url::Url;
use zeroize::Zeroizing;

use super::api::{Answer, Fault};
use super::links;
use crate::run::SourceError;
use crate::secret::SecretPlace;

/// A token is renewed so long before it runs out.
const LEAVE: Duration = Duration::from_secs(300);
/// How long an assertion holds, seconds; Okta and Google allow an hour.
const ASSERTION: i64 = 600;

/// How a service wants to know who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Auth {
    /// Client credentials of Entra ID (OAuth 2.0, RFC 6749, 4.4).
    Secret {
        /// Where tokens are.
        url: Url,
        /// The application.
        client_id: String,
        /// Its secret.
        secret: SecretPlace,
        /// What for.
        scope: String,
    },
    /// A Google service account's signed grant (RFC 7523, 2.1).
    Google {
        /// The key file.
        key: SecretPlace,
        /// In whose name, if not its own.
        subject: Option<String>,
        /// What for.
        scope: &'static str,
        /// Where tokens are, other than the key file says.
        url: Option<Url>,
    },
    /// A signed assertion instead of a client secret (RFC 7523, 2.2), as Okta wants it.
    Assertion {
        /// Where tokens are.
        url: Url,
        /// The application.
        client_id: String,
        /// Its key, PEM.
        key: SecretPlace,
        /// The key's id.
        key_id: Option<String>,
        /// What for.
        scope: &'static str,
    },
    /// A token that is used as it is.
    Fixed {
        /// `SSWS` or `Bearer`.
        scheme: &'static str,
        /// The token.
        token: SecretPlace,
    },
    /// AWS keys.
    Aws {
        /// Access key id.
        id: String,
        /// Secret access key.
        secret: SecretPlace,
        /// Session token of temporary keys.
        session: Option<SecretPlace>,
    },
}

/// A token under use.
#[derive(Clone)]
pub(super) struct Token {
    /// The whole `authorization` header.
    pub header: Zeroizing<String>,
    /// When to get another one.
    pub until: Option<Instant>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A request for a token: where to, and the form. The form holds secrets.
pub(super) struct Grant {
    /// Where to.
    pub url: Url,
    /// `application/x-www-form-urlencoded`.
    pub form: Zeroizing<String>,
}

/// What a key file of a Google service account holds, as far as it is needed.
#[derive(Deserialize)]
struct KeyFile {
    client_email: String,
    #[serde(deserialize_with = "masked")]
    private_key: Zeroizing<String>,
    #[serde(default)]
    private_key_id: Option<String>,
    token_uri: String,
}

/// What a token endpoint answers.
#[derive(Deserialize)]
struct Granted {
    #[serde(deserialize_with = "masked")]
    access_token: Zeroizing<String>,
    #[serde(default)]
    expires_in: Option<serde_json::Value>,
}

/// Reads a text that is wiped when it is dropped.
fn masked<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Zeroizing<String>, D::Error> {
    String::deserialize(from).map(Zeroizing::new)
}

fn settings(what: impl Into<String>) -> SourceError {
    SourceError::Settings { what: what.into() }
}

fn form(fields: &[(&str, &str)]) -> Zeroizing<String> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    Zeroizing::new(form.finish())
}

/// A JSON Web Token signed with RS256 (RFC 7518, 3.3).
///
/// # Errors
/// [`SourceError::Settings`] when the key cannot be used; the text does not hold it.
pub(super) fn jwt(
    pem: &str,
    key_id: Option<&str>,
    claims: &serde_json::Value,
) -> Result<Zeroizing<String>, SourceError> {
    let wrong =
        || settings("the RSA key cannot be read; it is a PEM file that begins with BEGIN PRIVATE KEY");
    let key = match PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| wrong())? {
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        _ => return Err(wrong()),
    }
    .map_err(|_| wrong())?;
    let mut header = json!({"alg": "RS256", "typ": "JWT"});
    if let (Some(key_id), Some(header)) = (key_id, header.as_object_mut()) {
        header.insert("kid".to_owned(), key_id.into());
    }
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let mut text = Zeroizing::new(format!("{}.{}", part(&header), part(claims)));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    )
    .map_err(|_| settings("the RSA key does not sign"))?;
    text.push('.');
    text.push_str(&URL_SAFE_NO_PAD.encode(signature));
    Ok(text)
}

fn nonce() -> String {
    let mut bytes = [0; 16];
    // Without randomness the assertion is refused as a repetition, no worse.
    let _ = SystemRandom::new().fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Auth {
    /// The request for a token, or `None` where no token is asked for.
    ///
    /// # Errors
    /// [`SourceError::Settings`] when a secret cannot be read or used.
    pub fn grant(&self, now: Timestamp) -> Result<Option<Grant>, SourceError> {
        let seconds = now.0.div_euclid(1_000_000);
        Ok(match self {
            Self::Fixed { .. } | Self::Aws { .. } => None,
            Self::Secret {
                url,
                client_id,
                secret,
                scope,
            } => Some(Grant {
                url: url.clone(),
                form: form(&[
                    ("client_id", client_id),
                    ("client_secret", &secret.read()?),
                    ("scope", scope),
                    ("grant_type", "client_credentials"),
                ]),
            }),
            Self::Google {
                key,
                subject,
                scope,
                url,
            } => {
                let file: KeyFile = serde_json::from_str(&key.read()?).map_err(|_| {
                    settings("`key` is no key file of a Google service account; it is the JSON file that Google hands out")
                })?;
                let url = match url {
                    Some(url) => url.clone(),
                    None => links::base(&file.token_uri).map_err(settings)?,
                };
                let mut claims = json!({
                    "iss": file.client_email, "scope": scope, "aud": url.as_str(), "iat": seconds, "exp": seconds + ASSERTION,
                });
                if let (Some(subject), Some(claims)) = (subject, claims.as_object_mut()) {
                    claims.insert("sub".to_owned(), subject.as_str().into());
                }
                let assertion = jwt(&file.private_key, file.private_key_id.as_deref(), &claims)?;
                Some(Grant {
                    url,
                    form: form(&[
                        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                        ("assertion", &assertion),
                    ]),
                })
            }
            Self::Assertion {
                url,
                client_id,
                key,
                key_id,
                scope,
            } => {
                let claims = json!({
                    "iss": client_id, "sub": client_id, "aud": url.as_str(), "iat": seconds, "exp": seconds + ASSERTION,
                    "jti": nonce(),
                });
                let assertion = jwt(&key.read()?, key_id.as_deref(), &claims)?;
                Some(Grant {
                    url: url.clone(),
                    form: form(&[
                        ("grant_type", "client_credentials"),
                        ("scope", scope),
                        (
                            "client_assertion_type",
                            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                        ),
                        ("client_assertion", &assertion),
                    ]),
                })
            }
        })
    }

    /// The header of a token that is used as it is.
    ///
    /// # Errors
    /// [`SourceError::Settings`] when it cannot be read.
    pub fn fixed(&self) -> Result<Option<Token>, SourceError> {
        let Self::Fixed { scheme, token } = self else {
            return Ok(None);
        };
        Ok(Some(Token {
            header: Zeroizing::new(format!("{scheme} {}", token.read()?.as_str())),
            until: None,
        }))
    }
}

/// Reads the answer of a token endpoint.
///
/// # Errors
/// [`Fault`], without what was sent.
pub(super) fn granted(answer: &Answer, asked: Instant, now: Timestamp) -> Result<Token, Fault> {
    if answer.status == 400 || answer.status == 401 {
        let (code, _) = super::words::code_and_message(&answer.body);
        // Entra ID says in the first word of its message which of its errors it is.
        let words = serde_json::from_slice::<serde_json::Value>(&answer.body)
            .ok()
            .and_then(|value| Some(value.get("error_description")?.as_str()?.to_owned()))
            .unwrap_or_default();
        let number = words
            .split([':', ' '])
            .next()
            .filter(|word| word.starts_with("AADSTS"))
            .unwrap_or_default();
        return Err(Fault::Refused(format!(
            "its sign-in answered {} {code} {number}; look at the application's id, its secret or key (it may have run out) and the rights it was given",
            answer.status
        )));
    }
    if let Some(fault) = super::words::fault(answer, false, now) {
        return Err(match fault {
            Fault::Token(why) | Fault::Gone(why) => Fault::Refused(format!("its sign-in: {why}")),
            other => other,
        });
    }
    let Ok(granted) = serde_json::from_slice::<Granted>(&answer.body) else {
        // The body may hold a token: it is not shown.
        return Err(Fault::Again(
            "its sign-in answered with something that is no token".to_owned(),
        ));
    };
    // Entra's older endpoint writes the number as text.
    let seconds = match &granted.expires_in {
        Some(serde_json::Value::Number(number)) => number.as_u64(),
        Some(serde_json::Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    let lives = Duration::from_secs(seconds.unwrap_or(3_600).min(86_400));
    Ok(Token {
        header: Zeroizing::new(format!("Bearer {}", granted.access_token.as_str())),
        until: Some(asked + lives.saturating_sub(LEAVE.min(lives / 2))),
    })
}

//! The one HTTP client: TLS unless the far side is this machine, no redirects, bounded in time and size.

mod base;
mod error;

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use serde_json::Value;

pub use base::{Base, BaseError, is_loopback};
pub use error::{After, Answer, SendError};
/// The method of a [`Call`].
pub use reqwest::Method;

/// Bounds of every exchange.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Longest wait for a connection.
    pub connect: Duration,
    /// Longest exchange from the first byte to the last.
    pub total: Duration,
    /// Largest answer that is read, bytes.
    pub answer: usize,
}

impl Default for Limits {
    /// 5 seconds to connect, 20 in all, answers up to 1 MiB.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            total: Duration::from_secs(20),
            answer: 1024 * 1024,
        }
    }
}

/// How to reach the world outside.
#[derive(Debug, Clone, Default)]
pub struct Route {
    /// Bounds of every exchange.
    pub limits: Limits,
    /// Proxy for everything that is not this machine, such as `http://proxy.example:3128`. The environment is not asked: what
    /// leaves the house takes a way that somebody wrote down.
    pub proxy: Option<String>,
    /// Certificate authorities (DER) of the house, trusted besides the system's.
    pub authorities: Vec<CertificateDer<'static>>,
}

/// A client could not be built.
#[derive(Debug, thiserror::Error)]
pub enum RouteError {
    /// The TLS settings were refused.
    #[error("connector: TLS cannot be set up; look at the certificate authorities of the settings")]
    Tls(#[source] rustls::Error),
    /// The client or its proxy was refused.
    #[error("connector: the HTTP client cannot be set up; look at the proxy of the settings")]
    Client(#[source] reqwest::Error),
}

/// The client, shared by all connectors that go the same route.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    tls: Arc<rustls::ClientConfig>,
    limits: Limits,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// What a request carries.
#[derive(Debug, Clone, Copy)]
pub enum Body<'a> {
    /// Nothing.
    None,
    /// JSON.
    Json(&'a Value),
    /// `application/x-www-form-urlencoded`.
    Form(&'a [(&'a str, &'a str)]),
    /// Bytes as they are, with a content type.
    Raw(&'a [u8], &'a str),
}

/// One request. `path` holds segments that are each escaped.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: reqwest::Method,
    /// Where to.
    pub base: &'a Base,
    /// Path segments after the base's own path.
    pub path: &'a [&'a str],
    /// Query parameters.
    pub query: &'a [(&'a str, &'a str)],
    /// Bearer token, if any.
    pub bearer: Option<&'a crate::Secret>,
    /// Further headers.
    pub headers: &'a [(&'a str, &'a str)],
    /// What is sent.
    pub body: Body<'a>,
}

impl Http {
    /// Builds the client.
    ///
    /// # Errors
    /// [`RouteError`] if TLS or the proxy is refused.
    pub fn new(route: &Route) -> Result<Self, RouteError> {
        let tls = tls(&route.authorities)?;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.clone())
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(route.limits.connect)
            .timeout(route.limits.total)
            .user_agent(concat!("tandem/", env!("CARGO_PKG_VERSION")))
            .no_proxy();
        if let Some(proxy) = &route.proxy {
            let none = reqwest::NoProxy::from_string("localhost,127.0.0.0/8,::1");
            let proxy = reqwest::Proxy::all(proxy).map_err(RouteError::Client)?;
            builder = builder.proxy(proxy.no_proxy(none));
        }
        Ok(Self {
            client: builder.build().map_err(RouteError::Client)?,
            tls: Arc::new(tls),
            limits: route.limits.clone(),
        })
    }

    /// TLS settings for connections that are not HTTP.
    pub(crate) fn tls(&self) -> Arc<rustls::ClientConfig> {
        Arc::clone(&self.tls)
    }

    /// The bounds.
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The same client with longer patience, for a long poll.
    pub(crate) fn patient(&self, total: Duration, answer: usize) -> Self {
        let limits = Limits {
            total,
            answer,
            ..self.limits.clone()
        };
        Self {
            limits,
            ..self.clone()
        }
    }

    /// Sends one request and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`SendError::Busy`] if nothing can have arrived, [`SendError::Doubtful`] if it may have.
    pub async fn send(&self, far: &'static str, call: &Call<'_>) -> Result<Answer, SendError> {
        let mut request = self
            .client
            .request(call.method.clone(), call.base.join(call.path, call.query))
            .timeout(self.limits.total);
        if let Some(token) = call.bearer {
            request = request.bearer_auth(token.expose());
        }
        for (name, value) in call.headers {
            request = request.header(*name, *value);
        }
        request = match call.body {
            Body::None => request,
            Body::Json(value) => request
                .header("content-type", "application/json; charset=utf-8")
                .body(value.to_string()),
            Body::Form(fields) => {
                let mut form = url::form_urlencoded::Serializer::new(String::new());
                form.extend_pairs(fields);
                request
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(form.finish())
            }
            Body::Raw(bytes, kind) => request.header("content-type", kind).body(bytes.to_vec()),
        };
        let response = request.send().await.map_err(|e| SendError::transport(far, e))?;
        self.read(far, response).await
    }

    async fn read(&self, far: &'static str, mut response: reqwest::Response) -> Result<Answer, SendError> {
        let status = response.status().as_u16();
        let after = response
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok())
            .and_then(After::parse);
        let headers = response.headers().clone();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| SendError::transport(far, e))? {
            if body.len() + chunk.len() > self.limits.answer {
                return Err(SendError::Doubtful {
                    far,
                    why: format!("its answer is larger than {} bytes", self.limits.answer),
                    after: None,
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            far,
            status,
            after,
            body,
            headers,
        })
    }
}

fn tls(authorities: &[CertificateDer<'static>]) -> Result<rustls::ClientConfig, RouteError> {
    let mut roots = rustls::RootCertStore::empty();
    // Certificates of the system that cannot be read are passed over: the others still count.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    for authority in authorities {
        roots.add(authority.clone()).map_err(RouteError::Tls)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(RouteError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

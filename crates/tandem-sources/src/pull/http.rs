//! Asking: one client, one token for all streams of a source, everything bounded in time and size.

use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::sync::Mutex;

use super::api::{Answer, Fault, Request};
use super::auth::{Auth, Token, granted};
use super::settings::PullSettings;
use super::sigv4;
use crate::health::now;
use crate::run::SourceError;

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// Longest exchange.
const TOTAL: Duration = Duration::from_secs(180);
/// Largest answer, bytes.
const LARGEST: usize = 64 << 20;
/// Largest answer of a token endpoint, bytes.
const LARGEST_TOKEN: usize = 1 << 20;

/// Why nothing came of a request.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// This time.
    Fault(Fault),
    /// As long as the settings are what they are.
    Stop(SourceError),
}

impl From<Fault> for NoAnswer {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<SourceError> for NoAnswer {
    fn from(error: SourceError) -> Self {
        Self::Stop(error)
    }
}

/// The client.
pub(super) struct Http {
    client: reqwest::Client,
    auth: Auth,
    token: Mutex<Option<Token>>,
}

fn settings(what: String) -> SourceError {
    SourceError::Settings { what }
}

/// TLS with the system's authorities and the house's own.
fn tls(pull: &PullSettings) -> Result<rustls::ClientConfig, SourceError> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = &pull.ca {
        let wrong = || {
            settings(format!(
                "there is no certificate in {}; `ca` is a PEM file",
                file.display()
            ))
        };
        let read = CertificateDer::pem_file_iter(file).map_err(|_| wrong())?;
        let mut any = false;
        for certificate in read {
            roots
                .add(certificate.map_err(|_| wrong())?)
                .map_err(|_| wrong())?;
            any = true;
        }
        if !any {
            return Err(wrong());
        }
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| settings(format!("TLS cannot be set up: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

impl Http {
    /// Sets up the client.
    ///
    /// # Errors
    /// [`SourceError::Settings`] when a certificate or the proxy cannot be used.
    pub fn new(pull: &PullSettings, auth: Auth) -> Result<Self, SourceError> {
        let wrong = |_| settings("the HTTP client cannot be set up; look at `proxy`".to_owned());
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls(pull)?)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .user_agent(concat!("tandem/", env!("CARGO_PKG_VERSION")))
            .no_proxy();
        if let Some(proxy) = &pull.proxy {
            let here = reqwest::NoProxy::from_string("localhost,127.0.0.0/8,::1");
            let proxy = reqwest::Proxy::all(proxy).map_err(wrong)?;
            builder = builder.proxy(proxy.no_proxy(here));
        }
        Ok(Self {
            client: builder.build().map_err(wrong)?,
            auth,
            token: Mutex::new(None),
        })
    }

    /// Sends a request and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub async fn ask(&self, request: &Request) -> Result<Answer, NoAnswer> {
        let mut call = match &request.body {
            None => self.client.get(request.url.clone()),
            Some(body) => self.client.post(request.url.clone()).body(body.clone()),
        };
        for (name, value) in &request.headers {
            call = call.header(*name, value);
        }
        if !request.headers.iter().any(|(name, _)| *name == "accept") {
            call = call.header(ACCEPT, "application/json");
        }
        for (name, value) in self.proof(request).await? {
            let mut value = HeaderValue::from_str(&value)
                .map_err(|_| settings("a secret has characters that no header can carry".to_owned()))?;
            value.set_sensitive(true);
            call = call.header(name, value);
        }
        let answer = read(call, LARGEST).await?;
        if answer.status == 401 {
            *self.token.lock().await = None;
        }
        Ok(answer)
    }

    /// The headers that prove who asks.
    async fn proof(
        &self,
        request: &Request,
    ) -> Result<Vec<(HeaderName, zeroize::Zeroizing<String>)>, NoAnswer> {
        if let Auth::Aws { id, secret, session } = &self.auth {
            let secret = secret.read()?;
            let session = session
                .as_ref()
                .map(crate::secret::SecretPlace::read)
                .transpose()?;
            let keys = sigv4::Keys {
                id,
                secret: &secret,
                session: session.as_ref().map(|session| session.as_str()),
            };
            let signed = sigv4::Signed {
                method: if request.body.is_some() { "POST" } else { "GET" },
                url: &request.url,
                headers: &request.headers,
                body: request.body.as_deref().unwrap_or_default(),
                region: request.region.as_deref().unwrap_or_default(),
                service: "cloudtrail",
            };
            return Ok(sigv4::sign(signed, keys, now())
                .into_iter()
                .map(|(name, value)| (HeaderName::from_static(name), value.into()))
                .collect());
        }
        // Held while a token is got, so that many streams get one between them.
        let mut held = self.token.lock().await;
        if let Some(token) = held.as_ref()
            && token.until.is_none_or(|until| Instant::now() < until)
        {
            return Ok(vec![(AUTHORIZATION, token.header.clone())]);
        }
        let token = match self.auth.fixed()? {
            Some(token) => token,
            None => self.grant().await?,
        };
        let header = token.header.clone();
        *held = Some(token);
        Ok(vec![(AUTHORIZATION, header)])
    }

    async fn grant(&self) -> Result<Token, NoAnswer> {
        let Some(grant) = self.auth.grant(now())? else {
            return Err(settings("there is no way to sign in".to_owned()).into());
        };
        let asked = Instant::now();
        let call = self
            .client
            .post(grant.url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(grant.form.as_bytes().to_vec());
        let answer = read(call, LARGEST_TOKEN).await?;
        Ok(granted(&answer, asked, now())?)
    }
}

/// Sends, and reads a bounded answer.
async fn read(call: reqwest::RequestBuilder, largest: usize) -> Result<Answer, Fault> {
    let failed = |error: reqwest::Error| {
        let error = error.without_url();
        let mut why = format!("it was not reached, or its answer broke off: {error}");
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            why = format!("{why}: {cause}");
            source = cause.source();
        }
        Fault::Again(super::words::shown(&why))
    };
    let mut response = call.send().await.map_err(failed)?;
    let too_large = || Fault::Gone(format!("its answer has more than {} MiB", largest >> 20));
    if response
        .content_length()
        .is_some_and(|length| length > largest as u64)
    {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > largest {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        status: response.status().as_u16(),
        headers: std::mem::take(response.headers_mut()),
        body,
    })
}

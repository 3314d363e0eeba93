//! TLS of listeners (RFC 5425): the own certificate, and whose certificates senders must have.

mod names;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::run::SourceError;
use names::Allowed;

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(20);
/// How often the files are looked at for a newer certificate.
const LOOK: Duration = Duration::from_secs(30);
/// Names that may be allowed.
const MOST_NAMES: usize = 10_000;

/// The own certificate, and who may send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsSettings {
    /// PEM file with the certificate that senders see, the ones that signed it behind it.
    pub certificate: PathBuf,
    /// PEM file with its key, readable by Tandem alone.
    pub key: PathBuf,
    /// PEM file with the authorities whose certificates senders must have; anybody may send without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_ca: Option<PathBuf>,
    /// Which of those certificates may send: names in them (`fw1.example.org`, `*.branch.example.org`, `192.0.2.7`) or
    /// fingerprints (`sha256:` and 64 hexadecimal digits). All of them if it is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_names: Vec<String>,
}

impl TlsSettings {
    /// Checks what is set, without touching the files.
    pub(super) fn check(&self) -> Result<(), String> {
        if !self.allowed_names.is_empty() && self.client_ca.is_none() {
            return Err(
                "`allowed_names` needs `client_ca`: without it senders show no certificate to find a name in"
                    .into(),
            );
        }
        if self.allowed_names.len() > MOST_NAMES {
            return Err(format!(
                "`allowed_names` holds more than {MOST_NAMES}; let an authority of its own sign the senders' certificates"
            ));
        }
        self.allowed().map(|_| ())
    }

    fn allowed(&self) -> Result<Vec<Allowed>, String> {
        self.allowed_names
            .iter()
            .map(|name| Allowed::read(name))
            .collect()
    }

    fn files(&self) -> impl Iterator<Item = &Path> {
        [Some(&self.certificate), Some(&self.key), self.client_ca.as_ref()]
            .into_iter()
            .flatten()
            .map(PathBuf::as_path)
    }

    /// When the files were changed.
    fn changed(&self) -> Vec<Option<SystemTime>> {
        self.files()
            .map(|file| std::fs::metadata(file).and_then(|meta| meta.modified()).ok())
            .collect()
    }

    /// Reads the files.
    fn load(&self) -> Result<Arc<ServerConfig>, SourceError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable("TLS", &error))?;
        let builder = match &self.client_ca {
            None => builder.with_no_client_auth(),
            Some(file) => {
                let mut roots = RootCertStore::empty();
                for certificate in certificates(file)? {
                    roots
                        .add(certificate)
                        .map_err(|error| unusable_file(file, &error))?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                    .build()
                    .map_err(|error| unusable_file(file, &error))?;
                builder.with_client_cert_verifier(verifier)
            }
        };
        let key =
            PrivateKeyDer::from_pem_file(&self.key).map_err(|error| unusable_file(&self.key, &error))?;
        let config = builder
            .with_single_cert(certificates(&self.certificate)?, key)
            .map_err(|error| unusable_file(&self.certificate, &error))?;
        Ok(Arc::new(config))
    }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, SourceError> {
    let found = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable_file(file, &error))?;
    if found.is_empty() {
        return Err(unusable_file(file, &"it holds no certificate in PEM form"));
    }
    Ok(found)
}

fn unusable_file(file: &Path, why: &dyn std::fmt::Display) -> SourceError {
    unusable(&file.display().to_string(), why)
}

fn unusable(what: &str, why: &dyn std::fmt::Display) -> SourceError {
    SourceError::Settings {
        what: format!("{what} cannot be used: {why}"),
    }
}

/// The way in for senders that come with TLS.
#[derive(Clone)]
pub(super) struct Door {
    config: Arc<ServerConfig>,
    allowed: Arc<[Allowed]>,
}

/// A door, and the files it was made of.
pub(super) struct Doorkeeper {
    settings: TlsSettings,
    door: Door,
    changed: Vec<Option<SystemTime>>,
    looked: Instant,
}

impl Doorkeeper {
    /// The door as the files have it.
    ///
    /// # Errors
    /// When a file cannot be used.
    pub(super) fn new(settings: &TlsSettings) -> Result<Self, SourceError> {
        let changed = settings.changed();
        let allowed = settings
            .allowed()
            .map_err(|what| SourceError::Settings { what })?;
        Ok(Self {
            door: Door {
                config: settings.load()?,
                allowed: allowed.into(),
            },
            settings: settings.clone(),
            changed,
            looked: Instant::now(),
        })
    }

    /// The door for the next sender: that of new files once they were changed, so that a certificate can be renewed while
    /// Tandem runs. The second value says why new files cannot be used; the old certificate serves on then.
    pub(super) fn door(&mut self) -> (Door, Option<SourceError>) {
        let mut trouble = None;
        if self.looked.elapsed() >= LOOK {
            self.looked = Instant::now();
            let changed = self.settings.changed();
            if changed != self.changed {
                match self.settings.load() {
                    Ok(config) => {
                        self.door.config = config;
                        self.changed = changed;
                    }
                    Err(error) => trouble = Some(error),
                }
            }
        }
        (self.door.clone(), trouble)
    }
}

impl Door {
    /// Shakes hands with a sender.
    ///
    /// # Errors
    /// Why it does not come in.
    pub(super) async fn enter(&self, stream: TcpStream) -> Result<TlsStream<TcpStream>, String> {
        let shaking = TlsAcceptor::from(Arc::clone(&self.config)).accept(stream);
        let stream = match timeout(HANDSHAKE, shaking).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(format!("the TLS handshake failed: {error}")),
            Err(_) => {
                return Err(format!(
                    "the TLS handshake was not finished within {} seconds",
                    HANDSHAKE.as_secs()
                ));
            }
        };
        if !self.allowed.is_empty() {
            let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
            let shown = shown.ok_or("it showed no certificate")?;
            names::check(&self.allowed, shown)?;
        }
        Ok(stream)
    }
}

#[cfg(test)]
mod tests;

//! How sources that connect reach their far sides: TLS and patience.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rand::Rng;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::run::SourceError;

/// First pause before something is tried again.
const FIRST: Duration = Duration::from_millis(200);
/// Longest pause.
const LONGEST: Duration = Duration::from_secs(20);

/// TLS for a client: the system's certificate authorities, and the house's if its file is given.
///
/// # Errors
/// [`SourceError::Settings`] when the file holds no certificate.
pub(crate) fn tls(authority: Option<&Path>) -> Result<rustls::ClientConfig, SourceError> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = authority {
        let unusable = |why: String| SourceError::Settings {
            what: format!(
                "the certificate authority {} cannot be used: {why}; give a PEM file with its certificate",
                path.display()
            ),
        };
        let certificates = CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|e| unusable(e.to_string()))?;
        let (added, _) = roots.add_parsable_certificates(certificates);
        if added == 0 {
            return Err(unusable("it holds no certificate".to_owned()));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| SourceError::Settings {
            what: format!("TLS cannot be set up: {e}"),
        })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

/// How long to wait before the attempt after `failures` failed ones: doubling from 0.2 to 20 seconds, with full jitter, so
/// that many clients do not come back at the same moment (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog,
/// 2015); never less than a quarter of the step.
pub(crate) fn pause(failures: u32) -> Duration {
    let step = FIRST
        .saturating_mul(1 << failures.saturating_sub(1).min(10))
        .min(LONGEST);
    step.mul_f64(rand::rng().random_range(0.25..=1.0))
}

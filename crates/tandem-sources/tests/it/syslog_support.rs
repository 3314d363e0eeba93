//! What tests of syslog listeners share: settings, messages, certificates.

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use tandem_sources::From;
use tandem_sources::syslog::{Framing, SyslogSettings, TlsSettings, Transport};

use crate::support::Source;

/// Settings of a listener on a port of 127.0.0.1.
pub fn settings(port: u16, transport: Transport) -> SyslogSettings {
    SyslogSettings {
        listen: ([127, 0, 0, 1], port).into(),
        transport,
        tls: None,
        framing: Framing::Auto,
        max_connections: 100,
        idle_minutes: 5,
    }
}

/// A running listener.
pub async fn listen(port: u16, transport: Transport) -> Source {
    Source::start(From::Syslog(settings(port, transport))).await
}

/// Messages as senders have them: short, with letters of many scripts, and of 8 KB.
pub fn messages(count: usize) -> Vec<String> {
    (0..count)
        .map(|at| {
            let text = match at % 50 {
                7 => "Grüße aus Zürich, 東京 и Киев 🗝️".to_owned(),
                23 => "x".repeat(8_000),
                _ => format!("user=u{} action=read file=/srv/share/{at}.docx", at % 17),
            };
            format!("<13>1 2026-05-04T10:00:00.123456+02:00 host-1 app 4711 - - number {at}: {text}")
        })
        .collect()
}

/// Fails unless the same messages came as were sent, each as often.
pub fn same(mut got: Vec<String>, mut sent: Vec<String>) {
    assert_eq!(got.len(), sent.len(), "as many came as were sent");
    got.sort_unstable();
    sent.sort_unstable();
    if let Some((got, sent)) = got.iter().zip(&sent).find(|(got, sent)| got != sent) {
        panic!("{got:.200}\nis not\n{sent:.200}");
    }
}

/// Certificates of a test: an authority, the listener's and a sender's, as PEM files.
pub struct Certificates {
    folder: PathBuf,
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Certificates {
    /// New ones in a folder.
    pub fn new(folder: &Path) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params
            .distinguished_name
            .push(DnType::CommonName, "Test authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let made = Self {
            folder: folder.to_owned(),
            authority,
        };
        std::fs::write(made.file("ca.pem"), made.authority.pem()).unwrap();
        made.add("log.example.org");
        made.add("fw1.example.org");
        made
    }

    /// Adds a certificate for a name: `NAME.pem` and `NAME.key`.
    pub fn add(&self, name: &str) {
        let mut params = CertificateParams::new(vec![name.to_owned(), "127.0.0.1".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.authority).unwrap();
        std::fs::write(self.file(&format!("{name}.pem")), certificate.pem()).unwrap();
        std::fs::write(self.file(&format!("{name}.key")), key.serialize_pem()).unwrap();
    }

    /// Where a file of it is.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Settings of a listener: senders need a certificate of the authority for one of these names.
    pub fn tls(&self, allowed: &[&str]) -> TlsSettings {
        TlsSettings {
            certificate: self.file("log.example.org.pem"),
            key: self.file("log.example.org.key"),
            client_ca: Some(self.file("ca.pem")),
            allowed_names: allowed.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    /// A running listener that wants certificates.
    pub async fn listen(&self, port: u16, transport: Transport, allowed: &[&str]) -> Source {
        let mut settings = settings(port, transport);
        settings.tls = Some(self.tls(allowed));
        Source::start(From::Syslog(settings)).await
    }
}

//! Syslog listeners: UDP (RFC 5426), TCP (RFC 6587), TLS (RFC 5425) and RELP.
//!
//! What the messages say is none of their business; they only cut messages out of what comes and hand them on as lines.
//! UDP, TCP and TLS have no answers: what the sender's system took over counts as sent there, and whatever is lost on the
//! way, or with Tandem when it is killed, is lost. RELP answers each message once it is durable here, and the sender keeps
//! it until then.
//!
//! RELP, the protocol of rsyslog's `omrelp`, is written out here (`relp`): the crate that is called `relp` is a solver for
//! linear programs.

mod batch;
mod clocks;
mod drops;
mod framing;
mod listen;
mod peer;
mod relp;
mod session;
mod tls;
mod udp;

use std::net::SocketAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::run::{Context, SourceError};
pub use framing::Framing;
pub use tls::TlsSettings;

/// Most connections that a source may be set to.
const MOST_CONNECTIONS: usize = 65_536;

/// How it is set.
///
/// ```toml
/// [sources.from.syslog]
/// listen = "0.0.0.0:6514"
/// transport = "tls"
/// tls = { certificate = "/etc/tandem/log.pem", key = "/etc/tandem/log.key", client_ca = "/etc/tandem/senders.pem" }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyslogSettings {
    /// Address and port it listens on: `0.0.0.0:514`, `[::]:6514`.
    pub listen: SocketAddr,
    /// How messages travel.
    pub transport: Transport,
    /// Certificate and key, and who may send. Needed by `tls`, possible with `relp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsSettings>,
    /// How messages of a TCP or TLS stream are told apart.
    #[serde(default)]
    pub framing: Framing,
    /// Connections at the same time; further senders wait until one ends.
    #[serde(default = "a_thousand")]
    pub max_connections: usize,
    /// Minutes without a byte after which a connection is closed; 0 for never. Plain senders may lose the message they
    /// notice it by, so it is long; whoever is gone without a word is noticed earlier by TCP itself.
    #[serde(default = "one_day")]
    pub idle_minutes: u64,
}

const fn a_thousand() -> usize {
    1_024
}

const fn one_day() -> u64 {
    24 * 60
}

/// How syslog messages travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Datagrams (RFC 5426). They get lost when anybody on the way is busy.
    Udp,
    /// A stream (RFC 6587).
    Tcp,
    /// An encrypted stream (RFC 5425).
    Tls,
    /// rsyslog's reliable protocol, where each message is answered.
    Relp,
}

impl SyslogSettings {
    /// Checks what is set, without touching what it names.
    ///
    /// # Errors
    /// What is wrong and what to do.
    pub fn check(&self) -> Result<(), String> {
        if self.listen.port() == 0 {
            return Err("`listen` needs a port that senders can know, for example 0.0.0.0:6514".into());
        }
        if !(1..=MOST_CONNECTIONS).contains(&self.max_connections) {
            return Err(format!("`max_connections` must be 1 to {MOST_CONNECTIONS}"));
        }
        let streams = matches!(self.transport, Transport::Tcp | Transport::Tls);
        if !streams && self.framing != Framing::Auto {
            return Err("`framing` has a meaning for `tcp` and `tls` only; leave it out".into());
        }
        match (self.transport, &self.tls) {
            (Transport::Tls, None) => Err(
                "`tls` needs a certificate and its key: tls = { certificate = \"…\", key = \"…\" }".into(),
            ),
            (Transport::Udp | Transport::Tcp, Some(_)) => {
                Err("`tls` has no meaning here; set `transport` to \"tls\" or leave it out".into())
            }
            (_, Some(tls)) => tls.check(),
            (_, None) => Ok(()),
        }
    }
}

/// Runs the source.
///
/// # Errors
/// When it cannot listen, when a certificate cannot be used, or when nobody takes deliveries any more.
pub async fn run(context: Context, settings: &SyslogSettings) -> Result<(), SourceError> {
    match settings.transport {
        Transport::Udp => udp::run(&context, settings.listen).await,
        Transport::Tcp | Transport::Tls | Transport::Relp => {
            listen::run(Arc::new(context), settings.clone()).await
        }
    }
}

/// Why an address cannot be listened on.
fn cannot_listen(on: SocketAddr, transport: &str, error: std::io::Error) -> SourceError {
    let hint = match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            "another program listens there already; stop it or take another port"
        }
        std::io::ErrorKind::PermissionDenied => {
            "ports below 1024 need the capability CAP_NET_BIND_SERVICE; grant it or take a higher port"
        }
        std::io::ErrorKind::AddrNotAvailable => "this machine does not have the address; correct `listen`",
        _ => "correct `listen`",
    };
    SourceError::Io {
        what: format!("cannot listen on {on} ({transport}): {hint}"),
        source: error,
    }
}

#[cfg(test)]
mod tests;

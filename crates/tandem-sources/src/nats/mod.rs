//! A NATS JetStream stream.
//!
//! A durable pull consumer with explicit acknowledgement: messages are acknowledged once their delivery is durable. How far
//! the stream was read is kept with the records themselves, so that a message that comes again is known and not taken twice
//! ([`track`]).

mod connect;
mod consume;
mod track;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::run::{Context, SourceError};
use crate::secret::SecretPlace;

/// Most servers and most subjects that are named.
const MOST_NAMED: usize = 64;

/// How it is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NatsSettings {
    /// Servers of the cluster, such as `nats://nats.example:4222` or, with TLS, `tls://nats.example:4222`.
    pub servers: Vec<String>,
    /// The stream; it must be there.
    pub stream: String,
    /// Subjects of the stream that are read, wildcards allowed; all of them if none is named. More than one needs a server
    /// of version 2.10.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<String>,
    /// Name of the durable consumer; `tandem-` and the source's name if it is not set. It is made if it is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub durable: Option<String>,
    /// Account name, if the server wants one with a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The password of `user`; without it a token, or the contents of a `.creds` file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<SecretPlace>,
    /// Seconds after which the server sends a message again that was not acknowledged, when the consumer is made here.
    /// After a crash, what had been sent and was not stored comes again so much later.
    #[serde(default = "a_minute")]
    pub ack_wait_seconds: u64,
    /// Certificate authority of the house (PEM file), trusted besides the system's. TLS is insisted on when it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_ca: Option<PathBuf>,
}

const fn a_minute() -> u64 {
    60
}

impl NatsSettings {
    /// Checks what is set, without touching what it names.
    ///
    /// # Errors
    /// What is wrong and what to do.
    pub fn check(&self) -> Result<(), String> {
        if self.servers.is_empty() || self.servers.len() > MOST_NAMED {
            return Err(format!("name 1 to {MOST_NAMED} servers"));
        }
        for server in &self.servers {
            let address: async_nats::ServerAddr = server.parse().map_err(|_| {
                format!("`{server}` is no address of a NATS server, for example tls://nats.example:4222")
            })?;
            if address.username().is_some() || address.password().is_some() {
                return Err("put the account into `user` and its password's place into `credentials`, not into the address".into());
            }
            if !matches!(address.scheme(), "nats" | "tls") {
                return Err(format!("`{server}` must begin with nats:// or tls://"));
            }
        }
        if !is_name(&self.stream) {
            return Err(format!("`{}` is no name of a stream", self.stream));
        }
        if let Some(durable) = &self.durable
            && !is_name(durable)
        {
            return Err(format!(
                "`{durable}` is no name of a consumer; leave out white space and . * > / \\"
            ));
        }
        if self.subjects.len() > MOST_NAMED {
            return Err(format!("name at most {MOST_NAMED} subjects"));
        }
        if let Some(subject) = self.subjects.iter().find(|subject| !is_subject(subject)) {
            return Err(format!("`{subject}` is no subject, for example logs.firewall.>"));
        }
        if !(1..=3_600).contains(&self.ack_wait_seconds) {
            return Err("`ack_wait_seconds` is 1 to 3600".into());
        }
        if self.user.is_some() && self.credentials.is_none() {
            return Err("`user` needs `credentials`, the place of its password".into());
        }
        Ok(())
    }

    /// The consumer's name.
    fn durable(&self, source: &str) -> String {
        match &self.durable {
            Some(durable) => durable.clone(),
            // A source's name may hold dots, a consumer's must not.
            None => format!("tandem-{}", source.replace('.', "_")),
        }
    }
}

/// True for what NATS takes as a name of a stream or consumer.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && !name
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || ".*>/\\".contains(c))
}

/// True for a subject, wildcards allowed.
fn is_subject(subject: &str) -> bool {
    !subject.is_empty()
        && subject.len() <= 1_024
        && !subject.chars().any(|c| c.is_whitespace() || c.is_control())
        && subject.split('.').all(|token| !token.is_empty())
}

/// Runs the source.
///
/// # Errors
/// When it cannot go on by itself.
pub async fn run(context: Context, settings: &NatsSettings) -> Result<(), SourceError> {
    let far = connect::connect(&context, settings).await?;
    consume::run(&context, settings, far).await
}

#[cfg(test)]
mod tests;

//! Topics of a broker that speaks Kafka's protocol.
//!
//! No consumer group: how far each partition was read is Tandem's own, and is kept in the transaction that keeps the
//! records, so each record is taken once. The protocol is spoken here, in the few messages that reading takes and in versions
//! that Kafka from 0.11 to 4 and its kin understand: the clients on the registry cannot read topics with transactions
//! (influxdata/rskafka, pull request 297), allocate what a broker's length fields say, or need a C library.

mod brokers;
mod codec;
mod messages;
mod read;
mod records;
mod sasl;
mod unpack;
mod wire;

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::run::{Context, SourceError};
use crate::secret::SecretPlace;
use crate::settings::Start;

/// Most brokers and most topics that are named.
const MOST_NAMED: usize = 64;

/// How it is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KafkaSettings {
    /// Brokers that are asked for the rest of the cluster, such as `kafka.example:9093`.
    pub brokers: Vec<String>,
    /// Topics, all partitions of each.
    pub topics: Vec<String>,
    /// Where a topic begins of which nothing was read yet.
    #[serde(default)]
    pub start: Start,
    /// TLS to all brokers.
    #[serde(default)]
    pub tls: bool,
    /// Certificate authority of the house (PEM file), trusted besides the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_ca: Option<PathBuf>,
    /// Account at the brokers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sasl: Option<SaslSettings>,
}

/// Account at the brokers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaslSettings {
    /// How to sign in.
    pub mechanism: Mechanism,
    /// Account name.
    pub user: String,
    /// Its password.
    pub password: SecretPlace,
}

/// How to sign in at a broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mechanism {
    /// The password as it is (RFC 4616); only with TLS.
    Plain,
    /// Without showing the password (RFC 5802, RFC 7677).
    #[serde(rename = "scram-sha-256")]
    ScramSha256,
    /// The same with SHA-512.
    #[serde(rename = "scram-sha-512")]
    ScramSha512,
}

impl KafkaSettings {
    /// Checks what is set, without touching what it names.
    ///
    /// # Errors
    /// What is wrong and what to do.
    pub fn check(&self) -> Result<(), String> {
        if self.brokers.is_empty() || self.brokers.len() > MOST_NAMED {
            return Err(format!("name 1 to {MOST_NAMED} brokers"));
        }
        if let Some(broker) = self
            .brokers
            .iter()
            .find(|broker| wire::host_port(broker).is_none())
        {
            return Err(format!(
                "`{broker}` is no broker's address, for example kafka.example:9093"
            ));
        }
        if self.topics.is_empty() || self.topics.len() > MOST_NAMED {
            return Err(format!("name 1 to {MOST_NAMED} topics"));
        }
        if let Some(topic) = self.topics.iter().find(|topic| !is_topic(topic)) {
            return Err(format!(
                "`{topic}` is no name of a topic; it has letters, digits, . _ - only"
            ));
        }
        if self.topics.iter().collect::<BTreeSet<_>>().len() < self.topics.len() {
            return Err("a topic is named twice".into());
        }
        if self.tls_ca.is_some() && !self.tls {
            return Err("`tls_ca` is for `tls = true`".into());
        }
        if let Some(sasl) = &self.sasl {
            if sasl.user.is_empty() || sasl.user.contains('\0') {
                return Err("`sasl` needs a `user`".into());
            }
            let here = |broker: &String| {
                wire::host_port(broker)
                    .is_some_and(|(host, _)| host == "localhost" || host == "127.0.0.1" || host == "::1")
            };
            if sasl.mechanism == Mechanism::Plain && !self.tls && !self.brokers.iter().all(here) {
                return Err(
                    "`plain` shows the password to the network; set `tls = true`, or use scram-sha-256"
                        .into(),
                );
            }
        }
        Ok(())
    }
}

/// True for what Kafka takes as a topic's name.
fn is_topic(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 249
        && name != "."
        && name != ".."
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

/// Runs the source.
///
/// # Errors
/// When it cannot go on by itself.
pub async fn run(context: Context, settings: &KafkaSettings) -> Result<(), SourceError> {
    brokers::run(&context, settings).await
}

#[cfg(test)]
mod tests;

//! Objects of an S3-compatible bucket.
//!
//! The bucket is looked through every so often; which objects were read is told by their keys and tags ([`window`]), and
//! that is kept in the transaction that keeps their records.

mod body;
mod keys;
mod look;
mod store;
mod window;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::run::{Context, SourceError};
use crate::secret::SecretPlace;

/// Longest key of S3, bytes.
const LONGEST_KEY: usize = 1_024;

/// How it is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BucketSettings {
    /// Where the service is, such as `https://s3.eu-central-1.amazonaws.com` or `https://minio.example:9000`.
    pub endpoint: String,
    /// The bucket.
    pub bucket: String,
    /// Its region; services without regions take any.
    #[serde(default = "first_region")]
    pub region: String,
    /// Only keys that begin with it.
    #[serde(default)]
    pub prefix: String,
    /// The bucket's name stands in the path instead of the host's name; most services besides AWS want it.
    #[serde(default)]
    pub path_style: bool,
    /// Id of the access key.
    pub access_key: SecretPlace,
    /// The secret of the access key.
    pub secret_key: SecretPlace,
    /// Token of a temporary access key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_token: Option<SecretPlace>,
    /// Certificate authority of the house (PEM file), trusted besides the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_ca: Option<PathBuf>,
    /// Seconds between two looks through the bucket.
    #[serde(default = "a_minute")]
    pub every_seconds: u64,
    /// Only keys behind this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_after: Option<String>,
}

fn first_region() -> String {
    "us-east-1".to_owned()
}

const fn a_minute() -> u64 {
    60
}

impl BucketSettings {
    /// Checks what is set, without touching what it names.
    ///
    /// # Errors
    /// What is wrong and what to do.
    pub fn check(&self) -> Result<(), String> {
        let endpoint = url::Url::parse(&self.endpoint)
            .map_err(|e| format!("`{}` is no address of a service: {e}", self.endpoint))?;
        if !matches!(endpoint.scheme(), "https" | "http") || endpoint.host().is_none() {
            return Err(format!(
                "`{}` must be an https:// address of a service",
                self.endpoint
            ));
        }
        if !endpoint.username().is_empty() || endpoint.password().is_some() {
            return Err(
                "put the keys' places into `access_key` and `secret_key`, not into the address".into(),
            );
        }
        if endpoint.query().is_some() || endpoint.fragment().is_some() {
            return Err("leave ? and # out of the address of the service".into());
        }
        let sound = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
        if !(3..=63).contains(&self.bucket.len()) || !self.bucket.chars().all(sound) {
            return Err(format!("`{}` is no name of a bucket", self.bucket));
        }
        if self.region.is_empty() || !self.region.chars().all(sound) {
            return Err(format!(
                "`{}` is no region, for example eu-central-1",
                self.region
            ));
        }
        let keys = [Some(&self.prefix), self.start_after.as_ref()];
        if keys.into_iter().flatten().any(|key| key.len() > LONGEST_KEY) {
            return Err(format!("a key has at most {LONGEST_KEY} bytes"));
        }
        if !(1..=86_400).contains(&self.every_seconds) {
            return Err("`every_seconds` is 1 to 86400".into());
        }
        Ok(())
    }
}

/// Runs the source.
///
/// # Errors
/// When it cannot go on by itself.
pub async fn run(context: Context, settings: &BucketSettings) -> Result<(), SourceError> {
    look::run(&context, settings).await
}

#[cfg(test)]
mod tests;

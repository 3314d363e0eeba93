//! When each connector last reached its far side, and what went wrong last. One setting each, so that a restart forgets neither.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_connect::SendError;
use tandem_connect::outbox::{Cause, Settled};
use tandem_domain::Timestamp;
use tandem_store::{Store, StoreError};

/// Beginning of the settings that say when something arrived last; the connector's name follows.
const ARRIVED: &str = "connector.arrived.";
/// Beginning of the settings that say what went wrong last.
const FAILED: &str = "connector.failed.";

/// What an attempt told about a far side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// Something arrived.
    Arrived(Timestamp),
    /// It did not, or perhaps not.
    Failed(Failure),
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Failure {
    /// When.
    pub at: Timestamp,
    /// In the sender's words.
    pub said: String,
}

/// What is known of a connector.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Health {
    /// When something arrived last.
    pub arrived: Option<Timestamp>,
    /// What went wrong last.
    pub failed: Option<Failure>,
}

impl Told {
    /// What an outcome of the outbox tells; nothing where the far side was not asked. `now` is for what has no time of its own.
    pub fn by(settled: &Settled, now: Timestamp) -> Option<Self> {
        let failed = |at, said: &str| {
            let said = said.to_owned();
            Some(Self::Failed(Failure { at, said }))
        };
        match settled {
            Settled::Sent { at, .. } => Some(Self::Arrived(*at)),
            Settled::Retry { error, .. } => failed(now, error),
            Settled::Dead {
                at,
                cause: Cause::Refused | Cause::Exhausted,
                error,
            } => failed(*at, error),
            Settled::Dead { .. } | Settled::Released { .. } => None,
        }
    }

    /// What one exchange tells.
    pub fn after<T>(outcome: &Result<T, SendError>, now: Timestamp) -> Option<Self> {
        match outcome {
            Ok(_) => Some(Self::Arrived(now)),
            Err(SendError::Gate(_) | SendError::Notice(_)) => None,
            Err(error) => Some(Self::Failed(Failure {
                at: now,
                said: error.to_string(),
            })),
        }
    }

    /// Remembers it. What became of the message stands already, so a failure here is only logged.
    pub async fn keep(&self, store: &Store, connector: &str) {
        let (name, value) = match self {
            Self::Arrived(at) => (format!("{ARRIVED}{connector}"), at.0.to_string()),
            Self::Failed(failure) => (
                format!("{FAILED}{connector}"),
                serde_json::to_string(failure).unwrap_or_default(),
            ),
        };
        if let Err(error) = store.set_setting(&name, &value).await {
            tracing::warn!(connector, %error, "what a connector did last cannot be kept");
        }
    }
}

/// What is known of every connector, by name.
///
/// # Errors
/// When the database fails.
pub(super) async fn known(store: &Store) -> Result<BTreeMap<String, Health>, StoreError> {
    let mut found: BTreeMap<String, Health> = BTreeMap::new();
    for (name, value) in store.settings_under(ARRIVED).await? {
        found.entry(name).or_default().arrived = value.parse().ok().map(Timestamp);
    }
    for (name, value) in store.settings_under(FAILED).await? {
        found.entry(name).or_default().failed = serde_json::from_str(&value).ok();
    }
    Ok(found)
}

//! What people ask for, answered from the stores; used by the HTTP API and the command line alike.

mod alerts;
mod chains;
mod ledger;
mod overview;
mod rejects;
mod rules;
mod sources;
mod subjects;
mod support;

pub use alerts::QueueAsked;
pub use ledger::LedgerAsked;
pub use rejects::RejectsAsked;
pub use subjects::SubjectsAsked;

/// A question that cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// There is no such thing.
    #[error("there is no such {0}")]
    Missing(&'static str),
    /// The question makes no sense.
    #[error("{what}: {hint}")]
    Asked {
        /// What is wrong.
        what: String,
        /// What to do.
        hint: String,
    },
    /// The state database failed.
    #[error(transparent)]
    Store(#[from] tandem_store::StoreError),
    /// The event lake failed.
    #[error(transparent)]
    Lake(#[from] tandem_lake::LakeError),
    /// A kept state cannot be used.
    #[error(transparent)]
    Analyse(#[from] crate::pipeline::AnalyseError),
    /// A stored value cannot be read.
    #[error("a stored value cannot be read")]
    Stored(#[from] serde_json::Error),
    /// The facts of a case are not what casework wrote.
    #[error(transparent)]
    Casework(#[from] tandem_casework::Broken),
    /// Reading in failed.
    #[error(transparent)]
    Ingest(#[from] crate::pipeline::IngestError),
}

impl ServiceError {
    /// A question that makes no sense.
    pub fn asked(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Asked {
            what: what.into(),
            hint: hint.into(),
        }
    }
}

/// Reads an optional `YYYY-MM-DD`.
///
/// # Errors
/// When it is none.
pub fn day(text: Option<&str>) -> Result<Option<tandem_domain::Day>, ServiceError> {
    let Some(text) = text.filter(|t| !t.is_empty()) else {
        return Ok(None);
    };
    let day = tandem_domain::Day::parse(text);
    day.map(Some)
        .ok_or_else(|| ServiceError::asked(format!("`{text}` is no day"), "write it as YYYY-MM-DD"))
}

/// Reads an optional instant: RFC 3339, or a day, which means its end (or its start with `start`).
///
/// # Errors
/// When it is neither.
pub fn instant(text: Option<&str>, start: bool) -> Result<Option<tandem_domain::Timestamp>, ServiceError> {
    let Some(text) = text.filter(|t| !t.is_empty()) else {
        return Ok(None);
    };
    let by_day = || tandem_domain::Day::parse(text).map(|d| if start { d.start() } else { d.end() });
    tandem_domain::Timestamp::parse_rfc3339(text)
        .or_else(by_day)
        .map(Some)
        .ok_or_else(|| {
            ServiceError::asked(
                format!("`{text}` is no time"),
                "write it as 2026-05-04T08:00:00Z or 2026-05-04",
            )
        })
}

//! The pipeline: reading in, and analysing what was read.

pub mod analyse;
pub mod backtest;
mod chains;
pub(crate) mod clock;
pub(crate) mod compose;
mod day;
pub mod departures;
pub mod indicators;
pub mod ingest;
pub mod known;
pub mod maintain;
mod observer;
mod past;
pub(crate) mod pending;
mod people;
pub mod push;
pub(crate) mod queue_days;
pub mod replay;
mod slow;
pub mod withdraw;

pub use analyse::{AnalysisSummary, analyse};
pub use backtest::{Backtest, BacktestError, PastDay, PastRule, backtest};
pub use ingest::{IngestOptions, IngestSummary, Progress, ingest};
pub(crate) use people::PEOPLE;

use std::sync::OnceLock;
use std::time::Instant;

use tandem_domain::Timestamp;

/// The clock of the shell; everything below it gets time as a parameter.
pub fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_microsecond())
}

/// A monotonic clock for timing rules, nanoseconds since it was first read.
pub fn ticks() -> u64 {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    let since = BEGUN.get_or_init(Instant::now).elapsed();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// Reading in failed as a whole; single records never do.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// A name leads nowhere.
    #[error(transparent)]
    Input(#[from] tandem_collect::InputError),
    /// A stream cannot be opened.
    #[error(transparent)]
    Open(#[from] tandem_collect::OpenError),
    /// A file cannot be read.
    #[error("cannot read `{path}`")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The state database failed.
    #[error(transparent)]
    Store(#[from] tandem_store::StoreError),
    /// The event lake failed.
    #[error(transparent)]
    Lake(#[from] tandem_lake::LakeError),
    /// Rules could not be loaded again after people facts changed.
    #[error(transparent)]
    Rules(#[from] crate::app::OpenError),
    /// A reader's state or a match cannot be written or read.
    #[error("state kept between two reads cannot be used")]
    State(#[from] serde_json::Error),
    /// A format or mapping that does not exist was asked for.
    #[error("{0}")]
    Asked(String),
}

/// Analysis failed.
#[derive(Debug, thiserror::Error)]
pub enum AnalyseError {
    /// The state database failed.
    #[error(transparent)]
    Store(#[from] tandem_store::StoreError),
    /// A stored day of activity cannot be read.
    #[error(transparent)]
    Activity(#[from] tandem_baseline::DecodeError),
    /// A stored part of what may be steps of sequences cannot be read.
    #[error(transparent)]
    Marks(#[from] tandem_sequence::MarksError),
    /// A stored match cannot be read.
    #[error("a stored match cannot be read")]
    Match(#[from] serde_json::Error),
    /// A snapshot cannot be packed or unpacked.
    #[error("the state of a day cannot be kept or restored; `tandem analyse --from DAY` computes it again")]
    Snapshot(#[source] std::io::Error),
}

//! Running a source: what it is given, and how it ends.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::delivery::{Delivery, Inlet, NotTaken, Position};
use crate::health::Health;
use crate::settings::{From, SourceSettings};
use crate::{bucket, files, journal, kafka, nats, pull, syslog};

/// What a running source is given.
#[derive(Debug, Clone)]
pub struct Context {
    /// The source as set.
    pub settings: Arc<SourceSettings>,
    /// The source's name, shared by its deliveries.
    pub name: Arc<str>,
    /// Where deliveries go.
    pub inlet: Inlet,
    /// How far each of its streams was read durably, as of the start of this run.
    pub positions: Vec<Position>,
    /// Ends the run in good order: what was received is still handed on.
    pub stop: CancellationToken,
    /// Where it counts.
    pub health: Arc<Health>,
    /// Largest record, bytes.
    pub record_bytes: usize,
}

impl Context {
    /// An empty delivery with format, mapping and zone as set.
    pub fn delivery(&self, from: impl Into<Arc<str>>) -> Delivery {
        Delivery {
            format: self.settings.format,
            mapping: self.settings.mapping.clone(),
            time_zone: self.settings.time_zone.clone(),
            ..Delivery::new(&self.name, from)
        }
    }

    /// How far a stream was read durably.
    pub fn position(&self, stream: &str) -> Option<&Position> {
        self.positions.iter().find(|position| position.stream == stream)
    }
}

/// A source cannot go on; it is started again later.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The inlet takes nothing any more.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
    /// Something of this machine: a socket, a file, a program.
    #[error("{what}")]
    Io {
        /// What was tried, and what to do.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The far side refuses or answers what cannot be understood. The text holds no secret.
    #[error("{what}")]
    Far {
        /// What was tried, what was answered, and what to do.
        what: String,
    },
    /// The settings name something that is not there or cannot be used: a certificate, a secret's file.
    #[error("{what}")]
    Settings {
        /// What, and what to do.
        what: String,
    },
}

/// Runs a source until it is stopped.
///
/// # Errors
/// [`SourceError`] when it cannot go on by itself. Trouble with one peer, one record or one object is no error; it is
/// refused, or noted in [`Health`].
pub async fn run(context: Context) -> Result<(), SourceError> {
    let settings = Arc::clone(&context.settings);
    match &settings.from {
        From::Syslog(syslog) => syslog::run(context, syslog).await,
        From::Files(files) => files::run(context, files).await,
        From::Journal(journal) => journal::run(context, journal).await,
        From::Nats(nats) => nats::run(context, nats).await,
        From::Kafka(kafka) => kafka::run(context, kafka).await,
        From::Bucket(bucket) => bucket::run(context, bucket).await,
        From::Pull(pull) => pull::run(context, pull).await,
    }
}

//! From bytes to durable events: read, normalise, drop duplicates, match rules, sum up activity, write, commit.
//!
//! One commit is one transaction that publishes segments, moves every stream's checkpoint and records rejects, matches and
//! activity. A process killed before it leaves files that nobody lists; killed after it, it goes on behind it.

use std::path::Path;
use std::sync::Arc;

use tandem_collect::{Input, OpenError, Pieces, expand, open, stream_id};
use tandem_domain::EventBatch;
use tandem_normalise::{Normaliser, Options, Reject};
use tandem_store::Checkpoint;

use super::IngestError;
use super::pending::Stage;
use super::people;
use crate::app::App;

/// Bytes shown to the recognisers.
const HEAD: usize = 64 << 10;

/// What the caller wants.
#[derive(Debug, Clone, Default)]
pub struct IngestOptions {
    /// Name of the source, instead of the mapping's own.
    pub source: Option<String>,
    /// Format, instead of recognising it.
    pub format: Option<tandem_normalise::Format>,
    /// Mapping, instead of recognising it.
    pub mapping: Option<String>,
    /// Zone of times without one.
    pub time_zone: Option<String>,
    /// Year of times without one.
    pub year: Option<i16>,
    /// Read again what was read before.
    pub again: bool,
}

/// What came of it. `records = events + rejects + duplicates + people_rows + people_known`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct IngestSummary {
    /// Files and archive members read.
    pub streams: u64,
    /// Left out because nothing new was in them.
    pub unchanged: u64,
    /// Files of people facts.
    pub people_files: u64,
    /// People facts that were new.
    pub people_rows: u64,
    /// People facts that were known.
    pub people_known: u64,
    /// Records read.
    pub records: u64,
    /// Events stored.
    pub events: u64,
    /// Records in the dead-letter store.
    pub rejects: u64,
    /// Records already known.
    pub duplicates: u64,
    /// Decompressed bytes read.
    pub bytes: u64,
}

/// Told now and then while reading.
pub struct Progress<'a> {
    /// Streams finished, of how many.
    pub streams: (usize, usize),
    /// The stream being read.
    pub current: &'a str,
    /// So far.
    pub summary: &'a IngestSummary,
}

/// Reads everything that `names` lead to.
///
/// # Errors
/// When a name leads nowhere, a file cannot be opened, or a store fails. Records that cannot be read are no error: they are
/// in the dead-letter store. What was committed before an error stays.
pub async fn ingest(
    app: &App,
    names: &[String],
    options: &IngestOptions,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<IngestSummary, IngestError> {
    let mut known = app.writer.lock().await;
    let inputs = expand(names)?;
    let mut stage = Stage::new(app, &mut known).await?;
    let total = inputs.len();
    // People facts first: they decide nothing here, but an analysis right after wants them all.
    let (people_inputs, log_inputs) = people::split(inputs)?;
    for (input, format) in people_inputs {
        stage.summary.people_rows += people::import(app, &input, format, &mut stage).await?;
        stage.summary.people_files += 1;
    }
    if stage.summary.people_rows > 0 {
        stage.learn_people().await?;
    }
    for input in log_inputs {
        read_stream(app, &input, options, &mut stage).await?;
        progress(Progress {
            streams: (
                (stage.summary.streams + stage.summary.unchanged + stage.summary.people_files) as usize,
                total,
            ),
            current: &input.file_name(),
            summary: &stage.summary,
        });
    }
    stage.commit().await?;
    Ok(stage.summary)
}

async fn read_stream(
    app: &App,
    input: &Input,
    options: &IngestOptions,
    stage: &mut Stage<'_>,
) -> Result<(), IngestError> {
    let key = input.key();
    let known = if input.is_stdin() || options.again {
        None
    } else {
        app.store.checkpoint(&key).await?
    };
    let stamp = input.stamp().map(|(size, changed)| format!("{size}:{changed}"));
    if known
        .as_ref()
        .is_some_and(|c| c.done && stamp.is_some() && c.stamp == stamp)
    {
        stage.summary.unchanged += 1;
        return Ok(());
    }
    let mark = if input.is_stdin() {
        None
    } else {
        input.content_mark().ok()
    };
    if let Some(mark) = mark.as_deref().filter(|_| known.is_none() && !options.again)
        && let Some(copy_of) = app.store.stream_with_content(mark).await?
    {
        tracing::info!(stream = %input.path.display(), %copy_of, "the same content was read before; left out");
        stage.summary.unchanged += 1;
        return Ok(());
    }
    let mut pieces = Pieces::new(open(input)?);
    let cut = |source| OpenError {
        path: key.clone(),
        source,
    };
    pieces.fill().map_err(cut)?;
    let head = pieces.bytes().get(..HEAD).unwrap_or(pieces.bytes()).to_vec();
    let identity = stream_id(&head);
    let resumed = known.filter(|c| c.fingerprint == format!("{identity:032x}") && c.offset > 0);
    let mut reader = StreamReader::new(app, input, options, identity, resumed.as_ref())?;
    if let Some(checkpoint) = &resumed
        && !pieces.skip_to(checkpoint.offset).map_err(cut)?
    {
        // Shorter than before: another file under the same name. Read it whole.
        pieces = Pieces::new(open(input)?);
        reader = StreamReader::new(app, input, options, identity, None)?;
    }
    stage.summary.streams += 1;
    let template = Checkpoint {
        stream_key: key.clone(),
        fingerprint: format!("{identity:032x}"),
        stamp,
        content_mark: mark,
        ..Checkpoint::default()
    };
    loop {
        let broken = reader.step(&mut pieces, stage).await?;
        let done = broken || (pieces.eof() && pieces.bytes().is_empty());
        stage.note(Checkpoint {
            offset: pieces.offset(),
            state_json: reader.state()?,
            done,
            ..template.clone()
        });
        if stage.is_full() {
            stage.commit().await?;
        }
        if done {
            return Ok(());
        }
    }
}

/// One stream being read.
struct StreamReader {
    normaliser: Normaliser,
    batch: EventBatch,
    rejects: Vec<Reject>,
    fallback: String,
    stream: String,
}

impl StreamReader {
    fn new(
        app: &App,
        input: &Input,
        options: &IngestOptions,
        identity: u128,
        resumed: Option<&Checkpoint>,
    ) -> Result<Self, IngestError> {
        let asked = Options {
            source: options.source.clone().unwrap_or_default(),
            stream_id: identity,
            format: options.format,
            mapping: options.mapping.clone(),
            time_zone: options
                .time_zone
                .clone()
                .or_else(|| Some(app.config.home.time_zone.clone())),
            year_hint: options.year.or_else(|| year_of(&input.path)),
            received: super::now(),
            max_record_bytes: app.config.limits.record_bytes,
        };
        let normaliser = match resumed {
            Some(checkpoint) => Normaliser::resume(
                Arc::clone(&app.mappings),
                asked,
                serde_json::from_str(&checkpoint.state_json)?,
            ),
            None => Normaliser::new(Arc::clone(&app.mappings), asked),
        };
        let fallback = input.folder_name().unwrap_or_else(|| "stdin".to_owned());
        let batch = EventBatch::new(options.source.as_deref().unwrap_or_default());
        Ok(Self {
            normaliser,
            batch,
            rejects: Vec::new(),
            fallback,
            stream: input.key(),
        })
    }

    /// Reads one piece; true if the stream cannot be read any further.
    async fn step(&mut self, pieces: &mut Pieces, stage: &mut Stage<'_>) -> Result<bool, IngestError> {
        let eof = pieces.eof();
        let offset = pieces.offset();
        let used = self
            .normaliser
            .feed(pieces.bytes(), offset, eof, &mut self.batch, &mut self.rejects);
        pieces.consume(used);
        if self.batch.source().is_empty() && !(self.batch.is_empty() && self.rejects.is_empty()) {
            self.batch.set_source(&self.fallback);
        }
        stage
            .take(&self.stream, &mut self.batch, &mut self.rejects, used as u64)
            .await?;
        if used > 0 {
            return Ok(false);
        }
        if eof && !pieces.bytes().is_empty() {
            // The normaliser must account for every byte at the end; if it could not, nothing is lost silently.
            let rest = pieces.bytes().len();
            let source = self.source();
            stage
                .reject_rest(
                    &source,
                    &self.stream,
                    offset,
                    pieces.bytes(),
                    "the end of the stream could not be read",
                )
                .await?;
            pieces.consume(rest);
            return Ok(false);
        }
        match pieces.fill() {
            Ok(_) => Ok(false),
            Err(error) => {
                let reason = format!("the stream breaks off: {error}");
                let source = self.source();
                stage
                    .reject_rest(&source, &self.stream, pieces.offset(), pieces.bytes(), &reason)
                    .await?;
                Ok(true)
            }
        }
    }

    fn source(&self) -> String {
        if self.batch.source().is_empty() {
            self.fallback.clone()
        } else {
            self.batch.source().to_owned()
        }
    }

    fn state(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&self.normaliser.state())
    }
}

/// A year in the file's name, for logs that leave it out.
fn year_of(path: &Path) -> Option<i16> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let digits: Vec<&str> = name
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| part.len() >= 4)
        .collect();
    digits
        .iter()
        .filter_map(|part| part.get(..4)?.parse().ok())
        .find(|year| (1990..2100).contains(year))
}

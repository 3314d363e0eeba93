//! Records on disk as engines are measured with them: on each line the log sources as JSON, a tab, and the record as one flat
//! JSON object. They are read a line at a time, so that what a process takes in memory is the engine's.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tandem_domain::event::{EventBatch, EventHead, FieldsWriter};
use tandem_domain::{EventId, LogSource};

use super::fields;

/// A file of such records.
#[derive(Debug, Clone)]
pub struct FlatFile {
    /// Where it is.
    pub path: PathBuf,
    /// Records in it.
    pub events: u64,
    /// Mean length of a record, without its log sources.
    pub bytes_per_event: f64,
}

/// Writes one.
pub struct Writer {
    path: PathBuf,
    out: BufWriter<File>,
    fields: FieldsWriter,
    events: u64,
    bytes: u64,
}

impl Writer {
    /// Begins a file.
    pub fn create(path: PathBuf) -> Result<Self> {
        let file = File::create(&path).with_context(|| format!("writing {}", path.display()))?;
        Ok(Self {
            path,
            out: BufWriter::with_capacity(1 << 20, file),
            fields: FieldsWriter::default(),
            events: 0,
            bytes: 0,
        })
    }

    /// Events written so far.
    pub const fn events(&self) -> u64 {
        self.events
    }

    /// Writes the events of a batch that have fields, until there are `most` in the file.
    pub fn add(&mut self, batch: &EventBatch, most: u64) -> Result<()> {
        self.fields.start(batch);
        for event in batch.iter() {
            if self.events >= most {
                break;
            }
            let record = self.fields.object(&event);
            if record.is_empty() {
                continue;
            }
            let sources: Vec<&LogSource> = event.logsources().collect();
            serde_json::to_writer(&mut self.out, &sources)?;
            writeln!(self.out, "\t{record}")?;
            self.events += 1;
            self.bytes += record.len() as u64;
        }
        Ok(())
    }

    /// Ends the file, with what was written standing in it `rounds` times.
    pub fn finish(mut self, rounds: u64) -> Result<FlatFile> {
        self.out.flush()?;
        let once = self.out.get_ref().metadata()?.len();
        for _ in 1..rounds {
            let again = File::open(&self.path)?;
            std::io::copy(&mut std::io::Read::take(again, once), &mut self.out)?;
        }
        self.out.flush()?;
        Ok(FlatFile {
            path: self.path,
            events: self.events * rounds.max(1),
            bytes_per_event: self.bytes as f64 / self.events.max(1) as f64,
        })
    }
}

/// Reads one.
pub struct Reader {
    lines: BufReader<File>,
    text: String,
    /// Sets of log sources that were met before, as they are written: there are few.
    known: Vec<(String, Vec<LogSource>)>,
    /// Which of them came last: the next is often the same.
    last: usize,
}

impl Reader {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
        Ok(Self {
            lines: BufReader::with_capacity(1 << 18, file),
            text: String::new(),
            known: Vec::new(),
            last: 0,
        })
    }

    /// The next record and where it comes from; nothing at the end.
    pub fn record(&mut self) -> Result<Option<(&[LogSource], &str)>> {
        self.text.clear();
        if self.lines.read_line(&mut self.text)? == 0 {
            return Ok(None);
        }
        let line = self.text.trim_end_matches('\n');
        let (sources, record) = line.split_once('\t').context("a line without a record")?;
        if self
            .known
            .get(self.last)
            .is_none_or(|(known, _)| known != sources)
        {
            self.last = match self.known.iter().position(|(known, _)| known == sources) {
                Some(at) => at,
                None => {
                    self.known
                        .push((sources.to_owned(), serde_json::from_str(sources)?));
                    self.known.len() - 1
                }
            };
        }
        let sources = self.known.get(self.last).map(|(_, sources)| sources.as_slice());
        let sources = sources.unwrap_or_default();
        Ok(Some((sources, record)))
    }

    /// Clears the batch and fills it with the next records, at most `most`; false if there are none.
    pub fn fill(&mut self, batch: &mut EventBatch, most: usize) -> Result<bool> {
        batch.clear();
        while batch.len() < most {
            let Some((sources, record)) = self.record()? else {
                break;
            };
            let id = EventId(batch.len() as u128 + 1);
            let mut event = batch.start()?;
            fields::read(record, &mut event)?;
            for source in sources {
                event.logsource(source);
            }
            event.finish(EventHead {
                id,
                ..EventHead::default()
            });
        }
        Ok(!batch.is_empty())
    }
}

#[cfg(test)]
mod tests;

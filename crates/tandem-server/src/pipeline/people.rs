//! Files of people facts among the inputs.

use std::io::Read;
use std::sync::Arc;

use tandem_collect::{Input, open};
use tandem_people::{Directory, Home, PeopleFormat, Record, parse, recognise_people};
use tandem_store::{PeopleRow, RejectRow, StoreError};
use xxhash_rust::xxh3::xxh3_128;

use super::IngestError;
use super::pending::Stage;
use crate::app::App;

/// Largest people file, bytes: a row is about 200 bytes, so a million people fit.
const MAX_FILE: u64 = 512 << 20;
/// Source under which rejected rows of people files are kept.
pub const PEOPLE: &str = "people";
/// Bytes shown to the recogniser.
const HEAD: usize = 4 << 10;

/// An input that holds people facts.
type PeopleInput = (Input, PeopleFormat);

/// Tells people files from logs by their first bytes.
///
/// # Errors
/// When an input cannot be opened.
pub fn split(inputs: Vec<Input>) -> Result<(Vec<PeopleInput>, Vec<Input>), IngestError> {
    let (mut people, mut logs) = (Vec::new(), Vec::new());
    for input in inputs {
        // Standard input cannot be looked at twice; it is always logs.
        if input.is_stdin() {
            logs.push(input);
            continue;
        }
        let mut head = Vec::new();
        // A stream that breaks off within its first bytes is reported when it is read for its records.
        let _ = open(&input)?.take(HEAD as u64).read_to_end(&mut head);
        match recognise_people(&head, &input.file_name()) {
            Some(format) => people.push((input, format)),
            None => logs.push(input),
        }
    }
    Ok((people, logs))
}

/// Takes the facts of one file; rows that cannot be read go to the dead-letter store. Gives back how many facts were new.
///
/// # Errors
/// When the file cannot be read or the database fails.
pub async fn import(
    app: &App,
    input: &Input,
    format: PeopleFormat,
    stage: &mut Stage<'_>,
) -> Result<u64, IngestError> {
    let mut bytes = Vec::new();
    let read = |source| IngestError::Read {
        path: input.key(),
        source,
    };
    let size = open(input)?
        .take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(read)? as u64;
    if size > MAX_FILE {
        return Err(read(std::io::Error::other(
            "a people file may have 512 MiB; split it",
        )));
    }
    let now = super::now();
    let parsed = parse(format, &input.file_name(), &bytes, now.day());
    let rows = parsed.records.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    stage.summary.records += (parsed.records.len() + parsed.rejects.len()) as u64;
    stage.summary.rejects += parsed.rejects.len() as u64;
    let count = rows.len() as u64;
    let fresh = app.store.add_people(rows).await?;
    stage.summary.people_known += count - fresh;
    let lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
    let rejects = parsed.rejects.into_iter().map(|r| {
        let raw = lines
            .get(r.line.saturating_sub(1))
            .copied()
            .unwrap_or_default()
            .to_vec();
        let offset = lines
            .iter()
            .take(r.line.saturating_sub(1))
            .map(|l| l.len() as u64 + 1)
            .sum();
        RejectRow {
            source: PEOPLE.into(),
            stream: input.key(),
            offset,
            reason: format!("line {}: {}", r.line, r.reason),
            hint: r.hint,
            field: r.field,
            bytes: raw.len() as u64,
            raw,
            received: now,
        }
    });
    app.store.add_rejects(rejects.collect()).await?;
    app.forget_directory();
    Ok(fresh)
}

fn row(record: &Record) -> Result<PeopleRow, serde_json::Error> {
    let body = serde_json::to_string(record)?;
    Ok(PeopleRow {
        mark: format!("{:032x}", xxh3_128(body.as_bytes())),
        known_on: record.known_on(),
        body,
    })
}

impl App {
    /// The organisation's own domains.
    pub fn home(&self) -> Home {
        Home {
            nt_domains: self.config.home.nt_domains.clone(),
            mail_domains: self.config.home.mail_domains.clone(),
        }
    }

    /// Everything known of people, as of any day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn directory(&self) -> Result<Arc<Directory>, StoreError> {
        if let Some(known) = self.directory.read().ok().and_then(|known| known.clone()) {
            return Ok(known);
        }
        let rows = self.store.people().await?;
        let records = rows
            .iter()
            .map(|r| {
                serde_json::from_str(&r.body).map_err(|source| StoreError::Stored {
                    what: "people fact",
                    source,
                })
            })
            .collect::<Result<Vec<Record>, _>>()?;
        let directory = Arc::new(Directory::new(self.home(), records));
        if let Ok(mut slot) = self.directory.write() {
            *slot = Some(Arc::clone(&directory));
        }
        Ok(directory)
    }

    /// People facts changed.
    pub fn forget_directory(&self) {
        if let Ok(mut slot) = self.directory.write() {
            *slot = None;
        }
    }
}

//! Log files read as the product reads them.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use tandem_collect::{Pieces, expand, open, stream_id};
use tandem_domain::{EventBatch, Timestamp};
use tandem_normalise::mapping::Mappings;
use tandem_normalise::{Normaliser, Options};

/// What was read for one batch.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(feature = "whole"),
    expect(dead_code, reason = "asked for by the pipeline's programs")
)]
pub struct Read {
    /// Decompressed bytes.
    pub bytes: u64,
    /// Records in the dead-letter store.
    pub rejects: u64,
}

/// Reads a log file, packed or not, and hands on its events batch by batch.
pub fn batches(
    mappings: &Arc<Mappings>,
    file: &Path,
    each: &mut dyn FnMut(&EventBatch, Read) -> Result<()>,
) -> Result<()> {
    let input = expand(&[file.display().to_string()])?;
    let input = input.first().context("not there")?;
    let mut pieces = Pieces::new(open(input)?);
    pieces.fill()?;
    let head = pieces.bytes().get(..4_096).unwrap_or(pieces.bytes());
    let mut normaliser = Normaliser::new(Arc::clone(mappings), options("", stream_id(head)));
    let mut batch = EventBatch::new("");
    let mut rejects = Vec::new();
    loop {
        let (eof, offset) = (pieces.eof(), pieces.offset());
        let used = normaliser.feed(pieces.bytes(), offset, eof, &mut batch, &mut rejects);
        pieces.consume(used);
        each(
            &batch,
            Read {
                bytes: used as u64,
                rejects: rejects.len() as u64,
            },
        )?;
        batch.clear();
        rejects.clear();
        if used == 0 {
            if eof {
                return Ok(());
            }
            pieces.fill()?;
        }
    }
}

/// How a source is read in measurements.
pub fn options(source: &str, stream_id: u128) -> Options {
    Options {
        source: source.to_owned(),
        stream_id,
        format: None,
        mapping: None,
        time_zone: Some("UTC".into()),
        year_hint: Some(2026),
        received: Timestamp(0),
        max_record_bytes: 1 << 20,
    }
}

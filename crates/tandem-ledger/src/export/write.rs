//! Writing an export.

use std::io::{self, Write};

use super::{End, Header, Line, Record};
use crate::checkpoint::Checkpoint;
use crate::proof::Older;

/// Writes an export line by line. It writes what it is given, also a ledger that was tampered with: to say so is the reader's
/// part.
pub struct ExportWriter<W> {
    out: W,
    size: u64,
}

impl<W: Write> ExportWriter<W> {
    /// Begins with the header.
    pub fn new(out: W, header: Header) -> io::Result<Self> {
        let size = header.start.as_ref().map_or(0, crate::Chain::size);
        let mut writer = Self { out, size };
        writer.line(&Line::Header(Box::new(header)))?;
        Ok(writer)
    }

    /// Writes a row.
    pub fn record(&mut self, record: Record) -> io::Result<()> {
        self.size += 1;
        self.line(&match record {
            Record::Row(row) => Line::Row(row),
            Record::Sealed(sealed) => Line::Sealed(sealed),
        })
    }

    /// Writes a checkpoint; its place is right after the last row it covers.
    pub fn checkpoint(&mut self, checkpoint: Checkpoint) -> io::Result<()> {
        self.line(&Line::Checkpoint(Box::new(checkpoint)))
    }

    /// Writes an earlier checkpoint with the proof that leads from it to the rows so far.
    pub fn older(&mut self, older: Older) -> io::Result<()> {
        self.line(&Line::Older(Box::new(older)))
    }

    /// Writes the last line and gives the writer back, flushed.
    pub fn finish(mut self) -> io::Result<W> {
        let end = Line::End(End { size: self.size });
        self.line(&end)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn line(&mut self, line: &Line) -> io::Result<()> {
        // A row with a number that cannot be spelled was never appended; it is written all the same, for the reader to name.
        let mut bytes = match line.spelled() {
            Some(bytes) => bytes,
            None => serde_json::to_vec(line)?,
        };
        bytes.push(b'\n');
        self.out.write_all(&bytes)
    }
}

/// Writes a whole export: rows in order, each checkpoint after the last row it covers, those from before the start left out.
/// Both may come from a database as they are read; the first error of either ends the export without its last line, so that
/// nobody takes the piece for the whole.
pub fn export<W, E>(
    out: W,
    header: Header,
    records: impl IntoIterator<Item = Result<Record, E>>,
    checkpoints: impl IntoIterator<Item = Result<Checkpoint, E>>,
) -> Result<W, E>
where
    W: Write,
    E: From<io::Error>,
{
    let start = header.start.as_ref().map_or(0, crate::Chain::size);
    let mut writer = ExportWriter::new(out, header)?;
    let mut checkpoints = checkpoints.into_iter();
    let mut next = following(&mut checkpoints, start)?;
    for record in records {
        let record = record?;
        while let Some(due) = next.take_if(|checkpoint| checkpoint.size <= record.seq()) {
            writer.checkpoint(due)?;
            next = following(&mut checkpoints, start)?;
        }
        writer.record(record)?;
    }
    while let Some(due) = next {
        writer.checkpoint(due)?;
        next = following(&mut checkpoints, start)?;
    }
    Ok(writer.finish()?)
}

/// The next checkpoint that the export can hold.
fn following<E>(
    checkpoints: &mut impl Iterator<Item = Result<Checkpoint, E>>,
    start: u64,
) -> Result<Option<Checkpoint>, E> {
    for checkpoint in checkpoints {
        let checkpoint = checkpoint?;
        if checkpoint.size >= start {
            return Ok(Some(checkpoint));
        }
    }
    Ok(None)
}

//! Chunks of an event log, as far as their heads tell.

use std::fs::File;
use std::io;

use xxhash_rust::xxh3::xxh3_64;

use super::super::followed::read_at;

/// How a chunk begins.
const CHUNK_SIGNATURE: &[u8] = b"ElfChnk\0";
/// Size of the file's head.
pub(super) const HEAD: u64 = 4_096;
/// Size of a chunk.
pub(super) const CHUNK: u64 = 65_536;
/// Where a chunk's records begin.
pub(super) const RECORDS: usize = 512;
/// Length of a record's own head: mark, size, number and time.
const RECORD_HEAD: usize = 24;

/// What a chunk's head says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) index: u64,
    /// Number of its first record.
    pub(super) first: u64,
    /// Number of its last record.
    pub(super) last: u64,
    /// A hash of its first record's head, which stays as long as the chunk is not written over.
    pub(super) stamp: u64,
    /// Where its free space begins.
    pub(super) free: usize,
    /// Checksum over its records.
    pub(super) checksum: u32,
}

/// What lies where a chunk may be.
pub(super) enum Found {
    Chunk(Chunk),
    Unused,
    Damaged,
}

/// Where a chunk begins.
pub(super) const fn place(index: u64) -> u64 {
    HEAD + index * CHUNK
}

/// Reads the head of the chunk at a place.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn look_at(file: &File, index: u64) -> io::Result<Found> {
    let mut bytes = Vec::new();
    read_at(file, place(index), &mut bytes, RECORDS + RECORD_HEAD)?;
    Ok(head(index, &bytes))
}

/// Reads a chunk's head.
pub(super) fn head(index: u64, bytes: &[u8]) -> Found {
    let eight = |at: usize| bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes);
    let four = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
    if bytes.iter().take(RECORDS).all(|byte| *byte == 0) {
        return Found::Unused;
    }
    let fields = || {
        Some(Chunk {
            index,
            first: eight(24)?,
            last: eight(32)?,
            stamp: xxh3_64(bytes.get(RECORDS..RECORDS + RECORD_HEAD)?),
            free: four(48)? as usize,
            checksum: four(52)?,
        })
    };
    if !bytes.starts_with(CHUNK_SIGNATURE) {
        return Found::Damaged;
    }
    match fields() {
        // A chunk that was begun and holds no record yet says that its first one comes after its last.
        Some(chunk) if chunk.first > chunk.last || chunk.last == u64::MAX => Found::Unused,
        Some(chunk)
            if (RECORDS..=CHUNK as usize).contains(&chunk.free) && chunk.last - chunk.first < CHUNK =>
        {
            Found::Chunk(chunk)
        }
        _ => Found::Damaged,
    }
}

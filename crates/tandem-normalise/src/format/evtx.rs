//! Windows event log files, one chunk of 64 KiB at a time.

use std::sync::Arc;

use evtx::{EvtxChunkData, ParserSettings};

/// Size of the file's head.
pub(crate) const HEAD: usize = 4_096;
/// Size of one chunk.
pub(crate) const CHUNK: usize = 65_536;

/// What a chunk holds.
pub(crate) struct Chunk {
    /// Each record as JSON in the shape of evtx_dump, or why it cannot be read.
    pub(crate) records: Vec<Result<String, String>>,
}

/// Decodes one chunk.
///
/// # Errors
/// When the chunk as a whole cannot be read.
pub(crate) fn chunk(bytes: &[u8]) -> Result<Chunk, String> {
    let settings = Arc::new(
        ParserSettings::default()
            .num_threads(1)
            .separate_json_attributes(false)
            .indent(false),
    );
    let mut data =
        EvtxChunkData::new(bytes.to_vec(), false).map_err(|e| format!("the chunk's head is damaged: {e}"))?;
    let sound = data.validate_checksum();
    let mut chunk = data
        .parse(settings)
        .map_err(|e| format!("the chunk cannot be read: {e}"))?;
    let mut records: Vec<Result<String, String>> = Vec::new();
    for record in chunk.iter() {
        let decoded = record.and_then(evtx::EvtxRecord::into_json).map(|r| r.data);
        records.push(decoded.map_err(|e| format!("the record cannot be decoded: {e}")));
    }
    if records.is_empty() && !sound {
        return Err("the chunk's checksum is wrong and no record in it can be read".to_owned());
    }
    Ok(Chunk { records })
}

/// True for a chunk that was never used: all zero, or without a signature after the last used one.
pub(crate) fn is_unused(bytes: &[u8]) -> bool {
    bytes.iter().take(512).all(|b| *b == 0)
}

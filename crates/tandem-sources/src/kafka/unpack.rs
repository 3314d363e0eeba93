//! Compressed batches.

use std::borrow::Cow;
use std::io::Read;

/// Largest batch when unpacked, bytes. Brokers take 1 MiB packed unless told otherwise.
pub(super) const LARGEST: usize = 64 << 20;

/// What xerial's framing of Snappy begins with, before two version numbers.
const XERIAL: &[u8] = b"\x82SNAPPY\0";

/// The records of a batch, unpacked as its attributes say.
///
/// # Errors
/// What is wrong with it.
pub(super) fn unpack(attributes: i16, packed: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    match attributes & 0x7 {
        0 => Ok(Cow::Borrowed(packed)),
        1 => bounded(flate2::read::MultiGzDecoder::new(packed)).map(Cow::Owned),
        2 => snappy(packed).map(Cow::Owned),
        3 => bounded(lz4_flex::frame::FrameDecoder::new(packed)).map(Cow::Owned),
        4 => zstd::stream::read::Decoder::new(packed)
            .map_err(|e| e.to_string())
            .and_then(bounded)
            .map(Cow::Owned),
        other => Err(format!("compression {other} is not known")),
    }
}

fn bounded(reader: impl Read) -> Result<Vec<u8>, String> {
    let mut unpacked = Vec::new();
    reader
        .take(LARGEST as u64 + 1)
        .read_to_end(&mut unpacked)
        .map_err(|e| format!("it cannot be unpacked: {e}"))?;
    if unpacked.len() > LARGEST {
        return Err(too_large());
    }
    Ok(unpacked)
}

fn too_large() -> String {
    format!("it is larger than {} MiB unpacked", LARGEST >> 20)
}

/// Snappy as it is, or in the blocks of the Java library: length and block, again and again.
fn snappy(packed: &[u8]) -> Result<Vec<u8>, String> {
    let Some(rest) = packed.strip_prefix(XERIAL) else {
        return block(packed);
    };
    let mut rest = rest.get(8..).ok_or("it ends too early")?;
    let mut unpacked = Vec::new();
    while let Some((length, more)) = rest.split_first_chunk::<4>() {
        let (one, more) = more
            .split_at_checked(u32::from_be_bytes(*length) as usize)
            .ok_or("it ends too early")?;
        unpacked.extend(block(one)?);
        if unpacked.len() > LARGEST {
            return Err(too_large());
        }
        rest = more;
    }
    Ok(unpacked)
}

fn block(packed: &[u8]) -> Result<Vec<u8>, String> {
    let wrong = |e: snap::Error| format!("it cannot be unpacked: {e}");
    if snap::raw::decompress_len(packed).map_err(wrong)? > LARGEST {
        return Err(too_large());
    }
    snap::raw::Decoder::new().decompress_vec(packed).map_err(wrong)
}

//! Opening and decompressing.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};

use crate::inputs::Input;

/// Most bytes a ZIP member may decompress to; members are read into memory because the format is not a stream.
const MAX_ZIP_MEMBER: u64 = 1 << 30;

/// How a stream is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all.
    Plain,
    /// RFC 1952, one or more members.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// XZ container.
    Xz,
}

impl Encoding {
    /// Recognised from the first bytes.
    pub fn recognise(head: &[u8]) -> Self {
        if head.starts_with(&[0x1f, 0x8b]) {
            Self::Gzip
        } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Self::Zstd
        } else if head.starts_with(&[0xfd, b'7', b'z', b'X', b'Z', 0]) {
            Self::Xz
        } else {
            Self::Plain
        }
    }

    /// The encoding an HTTP `content-encoding` header names.
    pub fn from_header(value: &str) -> Option<Self> {
        match value.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Some(Self::Plain),
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }
}

/// A stream cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot open `{path}`")]
pub struct OpenError {
    /// What was being opened.
    pub path: String,
    /// Why.
    pub source: io::Error,
}

/// Opens an input and decompresses it according to its first bytes.
///
/// # Errors
/// [`OpenError`] when the file is missing, unreadable or its compression header is broken.
pub fn open(input: &Input) -> Result<Box<dyn Read + Send>, OpenError> {
    let fail = |source| OpenError {
        path: input.key(),
        source,
    };
    if input.is_stdin() {
        return open_reader(io::stdin()).map_err(fail);
    }
    let file = File::open(&input.path).map_err(fail)?;
    match &input.member {
        None => open_reader(file).map_err(fail),
        Some(member) => open_member(file, member).map_err(fail),
    }
}

/// Decompresses any reader according to its first bytes.
///
/// # Errors
/// When reading the first bytes or the compression header fails.
pub fn open_reader<R: Read + Send + 'static>(reader: R) -> io::Result<Box<dyn Read + Send>> {
    let mut reader = BufReader::with_capacity(256 << 10, reader);
    let encoding = Encoding::recognise(reader.fill_buf()?);
    decode(reader, encoding)
}

fn decode<R: BufRead + Send + 'static>(reader: R, encoding: Encoding) -> io::Result<Box<dyn Read + Send>> {
    Ok(match encoding {
        Encoding::Plain => Box::new(reader),
        Encoding::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(reader)),
        Encoding::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(reader)?),
        Encoding::Xz => Box::new(liblzma::bufread::XzDecoder::new_multi_decoder(reader)),
    })
}

fn open_member(file: File, member: &str) -> io::Result<Box<dyn Read + Send>> {
    let mut archive = zip::ZipArchive::new(file).map_err(io::Error::other)?;
    let member = archive.by_name(member).map_err(io::Error::other)?;
    let mut bytes = Vec::new();
    let read = member.take(MAX_ZIP_MEMBER + 1).read_to_end(&mut bytes)? as u64;
    if read > MAX_ZIP_MEMBER {
        return Err(io::Error::other(
            "the archive member is larger than 1 GiB; unpack it and ingest the file",
        ));
    }
    open_reader(Cursor::new(bytes))
}

/// Decompresses a request body of at most `limit` decompressed bytes.
///
/// # Errors
/// When the body is broken, or larger than the limit (kind [`io::ErrorKind::FileTooLarge`]).
pub fn decode_body(body: Vec<u8>, encoding: Encoding, limit: u64) -> io::Result<Vec<u8>> {
    if encoding == Encoding::Plain {
        return Ok(body);
    }
    let mut decoded = Vec::new();
    let read = decode(Cursor::new(body), encoding)?
        .take(limit + 1)
        .read_to_end(&mut decoded)? as u64;
    if read > limit {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("the body is larger than {limit} bytes when decompressed; send smaller batches"),
        ));
    }
    Ok(decoded)
}

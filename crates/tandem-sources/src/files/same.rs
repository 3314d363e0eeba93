//! Comparing files with what was read, to know copies.

use std::fs::File;
use std::io::{self, Read};

use super::followed::read_at;
use super::identity::Sum;
use super::stream::Stream;

/// Bytes read at a time.
const STEP: usize = 64 << 10;

/// How a file compares with what was read of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Same {
    /// It holds everything that was read; what follows is new.
    Whole,
    /// It ends earlier and holds nothing else, as far as the remembered places tell.
    Part {
        /// Its size, bytes.
        size: u64,
        /// Its sum.
        sum: Sum,
    },
    /// It is another file.
    Other,
}

/// Compares a file, of which the first `done.0` bytes have the sum `done.1`, and which `reader` gives from there on. If the
/// answer is [`Same::Whole`], the reader has arrived where the stream was read to.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn with_stream(reader: &mut dyn Read, done: (u64, Sum), stream: &Stream) -> io::Result<Same> {
    let Some(whole) = stream.mark.sum else {
        return Ok(Same::Other);
    };
    let (mut at, mut sum) = done;
    let mut agreed = at;
    let mut buffer = vec![0; STEP];
    let places = stream
        .mark
        .checks
        .iter()
        .copied()
        .filter(|(place, _)| *place < stream.mark.read);
    for (place, expected) in places.chain([(stream.mark.read, whole)]) {
        if place < at {
            continue;
        }
        while at < place {
            let want = (place - at).min(STEP as u64) as usize;
            let read = read_some(reader, buffer.get_mut(..want).unwrap_or_default())?;
            if read == 0 {
                let told = agreed > stream.mark.head.length();
                return Ok(if told {
                    Same::Part { size: at, sum }
                } else {
                    Same::Other
                });
            }
            sum = sum.with(buffer.get(..read).unwrap_or_default());
            at += read as u64;
        }
        if sum != expected {
            return Ok(Same::Other);
        }
        agreed = place;
    }
    Ok(Same::Whole)
}

/// How far two files are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Agreed {
    pub(super) at: u64,
    /// Sum up to there.
    pub(super) sum: Sum,
    /// The one compared ends there.
    pub(super) over: bool,
}

/// Compares what `reader` gives with a file from `from` on, as long as both last and no further than `most`. `None` if they
/// differ.
///
/// # Errors
/// When either cannot be read.
pub(super) fn with_file(
    reader: &mut dyn Read,
    file: &File,
    from: (u64, Sum),
    most: u64,
) -> io::Result<Option<Agreed>> {
    let (mut at, mut sum) = from;
    let mut ours = vec![0; STEP];
    let mut theirs = Vec::new();
    let mut over = false;
    while at < most {
        let want = (most - at).min(STEP as u64) as usize;
        let read = read_some(reader, ours.get_mut(..want).unwrap_or_default())?;
        let bytes = ours.get(..read).unwrap_or_default();
        read_at(file, at, &mut theirs, read)?;
        if read == 0 {
            over = true;
            break;
        }
        if theirs.len() < read {
            // The other one was cut meanwhile, which shows when it is looked at again.
            break;
        }
        if bytes != theirs {
            return Ok(None);
        }
        sum = sum.with(bytes);
        at += read as u64;
    }
    Ok(Some(Agreed { at, sum, over }))
}

fn read_some(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

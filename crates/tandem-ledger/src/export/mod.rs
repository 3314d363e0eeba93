//! The ledger as a text file that an outsider can check.
//!
//! One JSON object per line (NDJSON), each with one key that says what it is, all in the spelling of RFC 8785:
//!
//! ```text
//! {"header":{"format":"tandem-ledger/1","keys":[…],"origin":"…"}}       first; `start` too if it does not begin with row 0
//! {"row":{"act":"subject.look","at":…,"hash":"…","prev":"…",…}}         rows in order
//! {"sealed":{"hash":"…","leaf":"…","seq":…}}                            a row whose text was erased or kept back
//! {"checkpoint":{"at":…,"key_id":"…","origin":"…","root":"…",…}}        right after the last row it covers
//! {"older":{"checkpoint":{…},"consistency":{…}}}                        a checkpoint from before `start`, with its proof
//! {"end":{"size":…}}                                                    last
//! ```
//!
//! Checkpoints stand between the rows rather than after them, because the reader then compares each root when it passes and
//! needs no memory of where it will have to look. An export that begins later states the edge of the tree at its start; it need
//! not be believed, since a wrong one does not lead to the root of the next checkpoint.

mod read;
mod verify;
mod write;

pub use verify::{Report, Trust, verify};
pub use write::{ExportWriter, export};

use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::chain::Chain;
use crate::checkpoint::Checkpoint;
use crate::key::KeyRing;
use crate::proof::Older;
use crate::row::{Row, SealedRow};

/// The format and its version.
pub const FORMAT: &str = "tandem-ledger/1";
/// Longest line, bytes. The longest row takes less than 12 KiB; a header with 200 keys fits.
pub const MAX_LINE: usize = 64 * 1024;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`FORMAT`].
    pub format: String,
    /// The installation's public keys, old ones too. A reader who got the keys another way uses those instead.
    pub keys: KeyRing,
    /// The installation's name.
    pub origin: String,
    /// The state before the first row; absent if that is row 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Chain>,
}

impl Header {
    /// For an export from row 0.
    pub fn whole(origin: &str, keys: KeyRing) -> Self {
        Self {
            format: FORMAT.to_owned(),
            keys,
            origin: origin.to_owned(),
            start: None,
        }
    }

    /// For an export that continues after `start`.
    pub fn from(start: Chain, keys: KeyRing) -> Self {
        Self {
            format: FORMAT.to_owned(),
            keys,
            origin: start.origin().to_owned(),
            start: Some(start),
        }
    }
}

/// A row to export, with or without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// With its text.
    Row(Box<Row>),
    /// Without.
    Sealed(SealedRow),
}

impl Record {
    /// The row's number.
    pub fn seq(&self) -> u64 {
        match self {
            Self::Row(row) => row.seq,
            Self::Sealed(sealed) => sealed.seq,
        }
    }
}

/// The last line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// Rows of the ledger up to the export's end, those before its start included.
    pub size: u64,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The first one.
    Header(Box<Header>),
    /// A row.
    Row(Box<Row>),
    /// A row without its text.
    Sealed(SealedRow),
    /// A checkpoint over all rows before it.
    Checkpoint(Box<Checkpoint>),
    /// A checkpoint from before the start.
    Older(Box<Older>),
    /// The last one.
    End(End),
}

impl Line {
    /// The line's one spelling, without its end. `None` if it holds a number that cannot be spelled.
    fn spelled(&self) -> Option<Vec<u8>> {
        // Nearly all lines are rows; they know their spelling without the detour over a tree of values.
        let Self::Row(row) = self else {
            return canonical::bytes(self);
        };
        Some([b"{\"row\":", row.spelled(true)?.as_slice(), b"}"].concat())
    }
}

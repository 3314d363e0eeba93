//! The envelope of a stored fact: whose stream, which place in it, when, by whom.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use tandem_domain::{Department, Timestamp};
use thiserror::Error;

/// The version of the facts this code writes and reads.
const VERSION: u16 = 1;

/// Version of a fact's shape. Reading another one fails, so that an old program never misreads a new fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactVersion;

impl Serialize for FactVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(VERSION)
    }
}

impl<'de> Deserialize<'de> for FactVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u16::deserialize(deserializer)? {
            VERSION => Ok(Self),
            other => Err(de::Error::custom(format!(
                "facts of version {other} are not understood, this program reads version {VERSION}; use the program that wrote them or a newer one"
            ))),
        }
    }
}

/// One fact `W` in the stream of `K`. Facts are never changed or deleted; state is their fold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded<K, W> {
    /// Version of the shape.
    pub v: FactVersion,
    /// Whose stream: a case, an alert, a contest.
    pub of: K,
    /// Place in the stream, from 1, without gaps.
    pub seq: u32,
    /// When.
    pub at: Timestamp,
    /// Account of who did it; `tandem` for what follows by itself.
    pub who: String,
    /// Their department at that time.
    pub department: Option<Department>,
    /// What happened.
    pub what: W,
}

/// The account under which Tandem itself acts.
pub const SYSTEM: &str = "tandem";

/// Why stored facts cannot be folded: they are not what this crate wrote.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Broken {
    /// No facts at all.
    #[error("there are no facts; a stream begins with its opening")]
    Empty,
    /// The stream does not begin with its opening, or opens twice.
    #[error(
        "fact {0} is out of place: a stream opens once, with its first fact; read all facts from the first one on"
    )]
    Opening(u32),
    /// A gap, a repetition or another order.
    #[error("expected fact {expected}, found {found}; read the facts in order and without gaps")]
    Sequence {
        /// Number that must come.
        expected: u32,
        /// Number that came.
        found: u32,
    },
    /// A fact of another stream.
    #[error("fact {0} belongs to another stream; read each stream by itself")]
    Stranger(u32),
    /// Earlier than the fact before it.
    #[error("fact {0} is earlier than the one before it; the stored facts were changed")]
    Time(u32),
}

/// Checks that `fact` continues a stream.
pub(crate) fn continues<K: PartialEq, W>(
    fact: &Recorded<K, W>,
    of: &K,
    seq: u32,
    last: Timestamp,
) -> Result<(), Broken> {
    if fact.of != *of {
        return Err(Broken::Stranger(fact.seq));
    }
    let expected = seq.saturating_add(1);
    if fact.seq != expected {
        return Err(Broken::Sequence {
            expected,
            found: fact.seq,
        });
    }
    if fact.at < last {
        return Err(Broken::Time(fact.seq));
    }
    Ok(())
}

//! The state as bytes, with the number of its layout in front.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Profiles;

/// To be raised with every change of what [`Profiles`] holds or of how it is computed: scores must not go on from numbers that
/// meant something else.
const LAYOUT: u8 = 4;

/// Stands first in the state, so that another layout is told before anything is misread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Layout;

/// A stored state cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Written by another version.
    #[error(
        "the state of the profiles has layout {0}, this program reads layout {LAYOUT}; score the days anew from the first"
    )]
    Layout(u8),
    /// Damaged.
    #[error("the state of the profiles is damaged; go back to an earlier one or score the days anew")]
    Damaged(#[from] postcard::Error),
    /// No bytes at all.
    #[error("the state of the profiles is empty; score the days anew from the first")]
    Empty,
}

impl Serialize for Layout {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(LAYOUT)
    }
}

impl<'de> Deserialize<'de> for Layout {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u8::deserialize(deserializer)? {
            LAYOUT => Ok(Self),
            other => Err(serde::de::Error::custom(StateError::Layout(other))),
        }
    }
}

impl Profiles {
    /// The state as bytes, to go on from later.
    ///
    /// # Errors
    /// Only if memory runs out.
    pub fn encode(&self) -> Result<Vec<u8>, StateError> {
        Ok(postcard::to_stdvec(self)?)
    }

    /// Reads what [`Self::encode`] wrote.
    ///
    /// # Errors
    /// When the bytes are of another layout or damaged.
    pub fn decode(bytes: &[u8]) -> Result<Self, StateError> {
        match bytes.first() {
            Some(&LAYOUT) => Ok(postcard::from_bytes(bytes)?),
            Some(&layout) => Err(StateError::Layout(layout)),
            None => Err(StateError::Empty),
        }
    }
}

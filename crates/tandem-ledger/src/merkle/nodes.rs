//! Where a proof's hashes come from.

use std::convert::Infallible;

use serde::{Deserialize, Serialize};

use super::Frontier;
use crate::Hash;

/// The root of a perfect subtree: `index`-th of those with 2^`level` leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Its hash.
    pub hash: Hash,
    /// Its place among those of its level, from 0.
    pub index: u64,
    /// 0 for leaves.
    pub level: u8,
}

/// A store of nodes. One that keeps only leaves makes the others with [`FromLeaves`].
pub trait Nodes {
    /// Why a node could not be had.
    type Error;

    /// The root of the `index`-th perfect subtree with 2^`level` leaves. Asked only for subtrees that are complete.
    fn node(&mut self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

/// Nodes made from leaves, which a function reads in ascending order: O(n) leaves for a proof, O(log n) memory.
pub struct FromLeaves<F>(pub F);

impl<F, E> Nodes for FromLeaves<F>
where
    F: FnMut(u64) -> Result<Hash, E>,
{
    type Error = E;

    fn node(&mut self, level: u8, index: u64) -> Result<Hash, E> {
        let mut subtree = Frontier::default();
        for leaf in (index << level)..((index + 1) << level) {
            subtree.push((self.0)(leaf)?);
        }
        Ok(subtree.root())
    }
}

impl<'a> FromLeaves<Box<dyn FnMut(u64) -> Result<Hash, Infallible> + 'a>> {
    /// All leaves in memory. A leaf that is asked for beyond the end counts as all zeroes, so the proof does not hold.
    pub fn slice(leaves: &'a [Hash]) -> Self {
        Self(Box::new(move |place| {
            Ok(usize::try_from(place)
                .ok()
                .and_then(|place| leaves.get(place))
                .copied()
                .unwrap_or_default())
        }))
    }
}

//! Inclusion (RFC 9162 section 2.1.3) and consistency (section 2.1.4).

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Nodes, fold};
use crate::Hash;
use crate::canonical::MAX_INTEGER;

/// Most leaves of a tree; positions beyond could not be spelled.
const MAX_SIZE: u64 = MAX_INTEGER.unsigned_abs();

/// Why a proof could not be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProofError<E> {
    /// The position does not lie in the tree, or no ledger is that large.
    #[error("{wanted} is not in a tree of {size} leaves (at most 2^53 - 1)")]
    OutOfRange {
        /// What was asked for.
        wanted: u64,
        /// Leaves there are.
        size: u64,
    },
    /// A node could not be had.
    #[error("a node of the tree could not be read")]
    Source(#[source] E),
}

/// A proof that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WrongProof {
    /// Positions that cannot be, or too few or too many hashes for them.
    #[error("the proof's positions and its number of hashes do not go together")]
    Shape,
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// That a leaf is in a tree at a position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InclusionProof {
    /// The leaf's position, from 0.
    pub index: u64,
    /// Hashes of the neighbours, from the leaf upwards.
    pub path: Vec<Hash>,
    /// Leaves of the tree.
    pub size: u64,
}

/// That a tree grew out of a smaller one by appending only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsistencyProof {
    /// Leaves of the smaller tree.
    pub from: u64,
    /// Hashes, from below upwards.
    pub path: Vec<Hash>,
    /// Leaves of the larger tree.
    pub to: u64,
}

/// Makes the proof that leaf `index` is in the tree of the first `size` leaves (RFC 9162 section 2.1.3.1).
pub fn prove_inclusion<N: Nodes>(
    nodes: &mut N,
    index: u64,
    size: u64,
) -> Result<InclusionProof, ProofError<N::Error>> {
    if index >= size || size > MAX_SIZE {
        return Err(ProofError::OutOfRange { wanted: index, size });
    }
    let (mut begin, mut end) = (0, size);
    let mut path = Vec::new();
    while end - begin > 1 {
        let split = split(begin, end);
        if index < split {
            path.push(subtree(nodes, split, end)?);
            end = split;
        } else {
            path.push(subtree(nodes, begin, split)?);
            begin = split;
        }
    }
    path.reverse();
    Ok(InclusionProof { index, path, size })
}

/// Makes the proof that the tree of the first `to` leaves grew out of that of the first `from` (RFC 9162 section 2.1.4.1). Every
/// tree grows out of the empty one and out of itself, with no hashes to show.
pub fn prove_consistency<N: Nodes>(
    nodes: &mut N,
    from: u64,
    to: u64,
) -> Result<ConsistencyProof, ProofError<N::Error>> {
    if from > to || to > MAX_SIZE {
        return Err(ProofError::OutOfRange {
            wanted: from,
            size: to,
        });
    }
    let mut path = Vec::new();
    let (mut begin, mut end) = (0, to);
    // While the smaller tree is a subtree of the larger by itself, its root is known to the verifier and is left out.
    let mut known = true;
    while from != 0 && from != end {
        let split = split(begin, end);
        if from <= split {
            path.push(subtree(nodes, split, end)?);
            end = split;
        } else {
            path.push(subtree(nodes, begin, split)?);
            begin = split;
            known = false;
        }
    }
    if !known {
        path.push(subtree(nodes, begin, end)?);
    }
    path.reverse();
    Ok(ConsistencyProof { from, path, to })
}

/// Where RFC 9162 parts leaves `begin..end`: after the largest power of two that is smaller than their number (at least 2).
fn split(begin: u64, end: u64) -> u64 {
    begin + (1 << (63 - (end - begin - 1).leading_zeros()))
}

/// The hash over leaves `begin..end`, a subtree of RFC 9162's, from perfect subtrees.
fn subtree<N: Nodes>(nodes: &mut N, begin: u64, end: u64) -> Result<Hash, ProofError<N::Error>> {
    let mut parts = Vec::new();
    let mut at = begin;
    while at < end {
        let level = 63 - (end - at).leading_zeros();
        parts.push(nodes.node(level as u8, at >> level).map_err(ProofError::Source)?);
        at += 1 << level;
    }
    Ok(fold(&parts))
}

impl InclusionProof {
    /// Checks the proof against a root that is trusted (RFC 9162 section 2.1.3.2).
    pub fn verify(&self, leaf: Hash, root: Hash) -> Result<(), WrongProof> {
        if self.index >= self.size {
            return Err(WrongProof::Shape);
        }
        let mut place = Place {
            at: self.index,
            last: self.size - 1,
        };
        let mut hash = leaf;
        for sibling in &self.path {
            if place.last == 0 {
                return Err(WrongProof::Shape);
            }
            if place.is_right() {
                hash = Hash::node(*sibling, hash);
                place.skip();
            } else {
                hash = Hash::node(hash, *sibling);
            }
            place.up();
        }
        match (place.last, hash == root) {
            (0, true) => Ok(()),
            (0, false) => Err(WrongProof::Root),
            _ => Err(WrongProof::Shape),
        }
    }
}

impl ConsistencyProof {
    /// Checks the proof against both roots (RFC 9162 section 2.1.4.2).
    pub fn verify(&self, from_root: Hash, to_root: Hash) -> Result<(), WrongProof> {
        if self.from == 0 || self.from == self.to {
            let expected = if self.from == 0 { Hash::empty() } else { to_root };
            return match (self.path.is_empty(), from_root == expected) {
                (false, _) => Err(WrongProof::Shape),
                (true, false) => Err(WrongProof::Root),
                (true, true) => Ok(()),
            };
        }
        if self.from > self.to {
            return Err(WrongProof::Shape);
        }
        let mut path = self.path.iter().copied();
        let first = if self.from.is_power_of_two() {
            Some(from_root)
        } else {
            path.next()
        };
        let (Some(mut older), Some(mut newer)) = (first, first) else {
            return Err(WrongProof::Shape);
        };
        let mut place = Place {
            at: self.from - 1,
            last: self.to - 1,
        };
        while place.at & 1 == 1 {
            place.up();
        }
        for sibling in path {
            if place.last == 0 {
                return Err(WrongProof::Shape);
            }
            if place.is_right() {
                older = Hash::node(sibling, older);
                newer = Hash::node(sibling, newer);
                place.skip();
            } else {
                newer = Hash::node(newer, sibling);
            }
            place.up();
        }
        match (place.last, older == from_root && newer == to_root) {
            (0, true) => Ok(()),
            (0, false) => Err(WrongProof::Root),
            _ => Err(WrongProof::Shape),
        }
    }
}

/// RFC 9162's `fn` and `sn`: a node's place on its level, and that of the level's last node.
struct Place {
    at: u64,
    last: u64,
}

impl Place {
    /// True if the next sibling stands to the left.
    const fn is_right(&self) -> bool {
        self.at & 1 == 1 || self.at == self.last
    }

    /// Passes levels on which the last node has no sibling and goes up unchanged.
    const fn skip(&mut self) {
        while self.at & 1 == 0 && self.at != 0 {
            self.up();
        }
    }

    const fn up(&mut self) {
        self.at >>= 1;
        self.last >>= 1;
    }
}

//! The Merkle tree of RFC 9162 section 2.1 over the leaves of the rows.
//!
//! Own code rather than a crate: `ct-merkle` (which the tests use as an independent second opinion) keeps the whole tree in memory,
//! has no frontier, so an appender would have to read all leaves, and panics on positions out of range. What is needed here is
//! small: a frontier that grows by one leaf in O(log n), and proofs from whatever a database has stored.

mod nodes;
mod proofs;

pub use nodes::{FromLeaves, Node, Nodes};
pub use proofs::{
    ConsistencyProof, InclusionProof, ProofError, WrongProof, prove_consistency, prove_inclusion,
};

use serde::{Deserialize, Serialize};

use crate::Hash;

/// The right edge of a tree: the roots of its perfect subtrees, one for each bit of its size, largest first.
///
/// It is all that appending and the root need (a "compact range" from 0), at most 53 hashes for any ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Stored", deny_unknown_fields)]
pub struct Frontier {
    nodes: Vec<Hash>,
    size: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    nodes: Vec<Hash>,
    size: u64,
}

impl TryFrom<Stored> for Frontier {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, String> {
        let needed = stored.size.count_ones() as usize;
        if stored.nodes.len() != needed {
            let given = stored.nodes.len();
            return Err(format!(
                "a tree of {} leaves has {needed} nodes at its edge, not {given}",
                stored.size
            ));
        }
        Ok(Self {
            nodes: stored.nodes,
            size: stored.size,
        })
    }
}

impl Frontier {
    /// How many leaves there are.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.push_with(leaf, |_| {});
    }

    /// Appends a leaf and tells each node that becomes final with it, the leaf itself first. On average two per leaf; a database
    /// that stores them makes any proof with O(log² n) reads.
    pub fn push_with(&mut self, leaf: Hash, mut completed: impl FnMut(Node)) {
        let mut node = Node {
            hash: leaf,
            index: self.size,
            level: 0,
        };
        completed(node);
        // As in binary addition: each one-bit at the low end of the size is a finished left neighbour.
        while node.index & 1 == 1
            && let Some(left) = self.nodes.pop()
        {
            node = Node {
                hash: Hash::node(left, node.hash),
                index: node.index >> 1,
                level: node.level + 1,
            };
            completed(node);
        }
        self.nodes.push(node.hash);
        self.size += 1;
    }

    /// The root over all leaves so far (RFC 9162 section 2.1.1).
    pub fn root(&self) -> Hash {
        fold(&self.nodes)
    }
}

/// The hash over perfect subtrees of falling size, from left to right.
fn fold(nodes: &[Hash]) -> Hash {
    let mut from_right = nodes.iter().rev().copied();
    let Some(last) = from_right.next() else {
        return Hash::empty();
    };
    from_right.fold(last, |right, left| Hash::node(left, right))
}

#[cfg(test)]
mod tests;

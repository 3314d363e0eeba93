//! Proofs that can be handed to somebody on their own.

use serde::{Deserialize, Serialize};

use crate::Hash;
use crate::checkpoint::Checkpoint;
use crate::fault::{Break, BreakKind};
use crate::key::KeyRing;
use crate::merkle::{ConsistencyProof, InclusionProof};
use crate::row::Row;

/// One row with the proof that it is in the ledger: what a subject is given about a look at them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowProof {
    /// The signed state the row is in.
    pub checkpoint: Checkpoint,
    /// Where in it.
    pub inclusion: InclusionProof,
    /// The row.
    pub row: Row,
}

impl RowProof {
    /// Checks signature, row and place.
    pub fn verify(&self, keys: &KeyRing) -> Result<(), Break> {
        self.checkpoint.check(keys)?;
        let (row, proof) = (&self.row, &self.inclusion);
        let own = row.expected_hash();
        let (Some(leaf), true) = (row.leaf(), own == Some(row.hash)) else {
            return Err(Break::edited(row.seq, own, row.hash));
        };
        if proof.index != row.seq || proof.size != self.checkpoint.size {
            return Err(wrong(
                row.seq,
                format!("row {} of {}", row.seq, self.checkpoint.size),
                format!("row {} of {}", proof.index, proof.size),
            ));
        }
        proof.verify(leaf, self.checkpoint.root).map_err(|error| {
            wrong(
                row.seq,
                format!("root {}", self.checkpoint.root),
                error.to_string(),
            )
        })
    }
}

fn wrong(seq: u64, expected: String, found: String) -> Break {
    Break {
        kind: BreakKind::WrongProof,
        seq: Some(seq),
        line: None,
        expected,
        found,
        sentence: format!("the proof that row {seq} is in the ledger does not hold"),
    }
}

/// An earlier checkpoint with the proof that a later state grew out of it. An export that begins later than that checkpoint
/// carries it, so that whoever kept the earlier one need not have the rows between.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Older {
    /// The earlier checkpoint.
    pub checkpoint: Checkpoint,
    /// From it to the later state.
    pub consistency: ConsistencyProof,
}

impl Older {
    /// Checks the earlier signature and that the state of `size` rows with that root grew out of it.
    pub fn verify(&self, keys: &KeyRing, size: u64, root: Hash) -> Result<(), Break> {
        self.checkpoint.check(keys)?;
        let proof = &self.consistency;
        let found = if (proof.from, proof.to) == (self.checkpoint.size, size) {
            match proof.verify(self.checkpoint.root, root) {
                Ok(()) => return Ok(()),
                Err(error) => error.to_string(),
            }
        } else {
            format!("a proof from {} to {} rows", proof.from, proof.to)
        };
        Err(Break {
            kind: BreakKind::WrongProof,
            seq: self.checkpoint.size.checked_sub(1),
            line: None,
            expected: format!("a proof from {} to {size} rows", self.checkpoint.size),
            found,
            sentence: format!(
                "the state of {size} rows did not grow out of the one that was signed with {} rows",
                self.checkpoint.size
            ),
        })
    }
}

#[cfg(test)]
mod tests;

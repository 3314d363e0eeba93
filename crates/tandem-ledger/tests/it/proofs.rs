//! Proofs against a second implementation (`ct-merkle`), for all positions of small trees, and with bits flipped.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use sha2::Sha256;
use tandem_ledger::Hash;
use tandem_ledger::merkle::{
    ConsistencyProof, FromLeaves, Frontier, InclusionProof, prove_consistency, prove_inclusion,
};

use crate::ledger::leaf;

const MOST: u64 = 64;

/// The other implementation's tree over the same leaves, and ours.
struct Trees {
    others: Vec<MemoryBackedTree<Sha256, Vec<u8>>>,
    leaves: Vec<Hash>,
    roots: Vec<Hash>,
}

fn trees() -> Trees {
    let mut other = MemoryBackedTree::new();
    let mut tree = Frontier::default();
    let (mut others, mut leaves, mut roots) = (Vec::new(), Vec::new(), vec![tree.root()]);
    for number in 0..MOST {
        let bytes = format!("row {number}").into_bytes();
        leaves.push(Hash::leaf(&bytes));
        tree.push(Hash::leaf(&bytes));
        roots.push(tree.root());
        other.push(bytes);
        others.push(other.clone());
    }
    Trees {
        others,
        leaves,
        roots,
    }
}

fn concatenated(path: &[Hash]) -> Vec<u8> {
    path.iter().flat_map(|hash| hash.0).collect()
}

#[test]
fn roots_and_proofs_are_those_of_a_second_implementation() {
    let trees = trees();
    for size in 1..=MOST {
        let other = &trees.others[size as usize - 1];
        assert_eq!(other.root().as_bytes().as_slice(), trees.roots[size as usize].0);
        for index in 0..size {
            let ours = prove_inclusion(&mut FromLeaves(leaf(&trees.leaves)), index, size).unwrap();
            assert_eq!(
                concatenated(&ours.path),
                other.prove_inclusion(index as usize).as_bytes()
            );
        }
        for from in 1..size {
            let ours = prove_consistency(&mut FromLeaves(leaf(&trees.leaves)), from, size).unwrap();
            assert_eq!(
                concatenated(&ours.path),
                other.prove_consistency((size - from) as usize).as_bytes(),
                "{from} to {size}"
            );
        }
    }
}

#[test]
fn every_inclusion_proof_holds_and_none_with_a_flipped_bit_or_another_position() {
    let trees = trees();
    for size in 1..=MOST {
        let root = trees.roots[size as usize];
        for index in 0..size {
            let leaf_hash = trees.leaves[index as usize];
            let proof = prove_inclusion(&mut FromLeaves(leaf(&trees.leaves)), index, size).unwrap();
            assert_eq!(proof.verify(leaf_hash, root), Ok(()), "{index} in {size}");
            assert!(proof.path.len() <= 6);
            for place in 0..proof.path.len() {
                let mut other = proof.clone();
                other.path[place].0[(index % 32) as usize] ^= 1 << (size % 8);
                assert!(other.verify(leaf_hash, root).is_err());
                let mut shorter = proof.clone();
                shorter.path.remove(place);
                assert!(shorter.verify(leaf_hash, root).is_err());
            }
            let mut longer = proof.clone();
            longer.path.push(root);
            assert!(longer.verify(leaf_hash, root).is_err());
            for other in (0..size).filter(|other| *other != index) {
                let moved = InclusionProof {
                    index: other,
                    ..proof.clone()
                };
                assert!(
                    moved.verify(leaf_hash, root).is_err(),
                    "{index} as {other} in {size}"
                );
            }
            assert!(proof.verify(root, root).is_err() || size == 1);
        }
    }
}

#[test]
fn every_consistency_proof_holds_and_none_with_a_flipped_bit_or_another_size() {
    let trees = trees();
    for to in 1..=MOST {
        let to_root = trees.roots[to as usize];
        for from in 0..=to {
            let from_root = trees.roots[from as usize];
            let proof = prove_consistency(&mut FromLeaves(leaf(&trees.leaves)), from, to).unwrap();
            assert_eq!(proof.verify(from_root, to_root), Ok(()), "{from} to {to}");
            for place in 0..proof.path.len() {
                let mut other = proof.clone();
                other.path[place].0[(from % 32) as usize] ^= 1 << (to % 8);
                assert!(other.verify(from_root, to_root).is_err());
                let mut shorter = proof.clone();
                shorter.path.remove(place);
                assert!(shorter.verify(from_root, to_root).is_err());
            }
            let mut longer = proof.clone();
            longer.path.push(to_root);
            assert!(longer.verify(from_root, to_root).is_err());
            if from > 0 {
                for other in (1..to).filter(|other| *other != from) {
                    let moved = ConsistencyProof {
                        from: other,
                        ..proof.clone()
                    };
                    let other_root = trees.roots[other as usize];
                    assert!(
                        moved.verify(other_root, to_root).is_err(),
                        "{from} as {other} to {to}"
                    );
                }
            }
        }
    }
}

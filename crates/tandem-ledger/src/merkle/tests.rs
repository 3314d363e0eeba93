//! Known answers: the test tree of the certificate-transparency project (`transparency-dev/merkle`, `testonly/constants.go` and
//! the reference proofs that its implementations share).

use proptest::prelude::*;

use super::*;

const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const N01: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const N04: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
const N06: &str = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f";
const N11: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const N12: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
const N13: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
const N21: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";

fn known_leaves() -> Vec<Hash> {
    LEAVES
        .iter()
        .map(|text| Hash::leaf(&hex::decode(text).unwrap()))
        .collect()
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|place| Hash::leaf(&place.to_be_bytes())).collect()
}

/// RFC 9162 section 2.1.1, word for word.
fn mth(leaves: &[Hash]) -> Hash {
    match leaves.len() {
        0 => Hash::empty(),
        1 => leaves[0],
        n => {
            let k = n.next_power_of_two() / 2;
            Hash::node(mth(&leaves[..k]), mth(&leaves[k..]))
        }
    }
}

fn shown(path: &[Hash]) -> Vec<String> {
    path.iter().map(ToString::to_string).collect()
}

#[test]
fn roots_are_those_of_the_certificate_transparency_test_tree() {
    let mut tree = Frontier::default();
    assert_eq!(tree.root().to_string(), ROOTS[0]);
    for (leaf, root) in known_leaves().into_iter().zip(&ROOTS[1..]) {
        tree.push(leaf);
        assert_eq!(tree.root().to_string(), *root);
    }
}

#[test]
fn inclusion_proofs_are_those_of_the_certificate_transparency_test_tree() {
    let known: [(u64, u64, &[&str]); 5] = [
        (0, 1, &[]),
        (0, 8, &[N01, N11, N21]),
        (5, 8, &[N04, N13, ROOTS[4]]),
        (2, 3, &[ROOTS[2]]),
        (1, 5, &[ROOTS[1], N11, N04]),
    ];
    let leaves = known_leaves();
    for (index, size, path) in known {
        let proof = prove_inclusion(&mut FromLeaves::slice(&leaves), index, size).unwrap();
        assert_eq!(shown(&proof.path), path, "{index} in {size}");
        let root = Hash::parse(ROOTS[size as usize]).unwrap();
        assert_eq!(proof.verify(leaves[index as usize], root), Ok(()));
    }
}

#[test]
fn consistency_proofs_are_those_of_the_certificate_transparency_test_tree() {
    let known: [(u64, u64, &[&str]); 6] = [
        (1, 1, &[]),
        (1, 8, &[N01, N11, N21]),
        (6, 8, &[N12, N13, ROOTS[4]]),
        (2, 5, &[N11, N04]),
        (6, 7, &[N12, N06, ROOTS[4]]),
        (2, 8, &[N11, N21]),
    ];
    let leaves = known_leaves();
    let root = |size: u64| Hash::parse(ROOTS[size as usize]).unwrap();
    for (from, to, path) in known {
        let proof = prove_consistency(&mut FromLeaves::slice(&leaves), from, to).unwrap();
        assert_eq!(shown(&proof.path), path, "{from} to {to}");
        assert_eq!(proof.verify(root(from), root(to)), Ok(()));
    }
}

#[test]
fn the_frontier_gives_the_root_of_the_full_tree_also_after_json() {
    let leaves = leaves(257);
    let mut tree = Frontier::default();
    for (size, leaf) in leaves.iter().enumerate() {
        assert_eq!(tree.root(), mth(&leaves[..size]), "{size}");
        let text = serde_json::to_string(&tree).unwrap();
        assert_eq!(serde_json::from_str::<Frontier>(&text).unwrap(), tree);
        tree.push(*leaf);
        assert_eq!(tree.nodes.len(), (size + 1).count_ones() as usize);
    }
}

/// Nodes as a database stores them: exactly those that `push_with` told.
struct Kept(std::collections::HashMap<(u8, u64), Hash>);

impl Nodes for Kept {
    type Error = (u8, u64);

    fn node(&mut self, level: u8, index: u64) -> Result<Hash, (u8, u64)> {
        self.0.get(&(level, index)).copied().ok_or((level, index))
    }
}

#[test]
fn nodes_told_while_appending_suffice_for_every_proof() {
    let leaves = leaves(70);
    let mut tree = Frontier::default();
    let mut kept = Kept(std::collections::HashMap::new());
    for leaf in &leaves {
        tree.push_with(*leaf, |node| {
            assert_eq!(kept.0.insert((node.level, node.index), node.hash), None);
        });
    }
    for size in 1..=70 {
        for index in 0..size {
            let made = prove_inclusion(&mut FromLeaves::slice(&leaves), index, size).unwrap();
            assert_eq!(prove_inclusion(&mut kept, index, size), Ok(made));
        }
        for from in 0..=size {
            let made = prove_consistency(&mut FromLeaves::slice(&leaves), from, size).unwrap();
            assert_eq!(prove_consistency(&mut kept, from, size), Ok(made));
        }
    }
    kept.0.remove(&(5, 0));
    assert_eq!(
        prove_inclusion(&mut kept, 40, 70),
        Err(ProofError::Source((5, 0)))
    );
}

#[test]
fn what_is_not_in_the_tree_cannot_be_proved() {
    let leaves = leaves(5);
    let inclusion = |index, size| prove_inclusion(&mut FromLeaves::slice(&leaves), index, size).is_err();
    assert!(inclusion(5, 5) && inclusion(0, 0) && inclusion(u64::MAX, 5) && inclusion(1, u64::MAX));
    assert!(prove_consistency(&mut FromLeaves::slice(&leaves), 6, 5).is_err());
    assert!(prove_consistency(&mut FromLeaves::slice(&leaves), 6, u64::MAX).is_err());
}

#[test]
fn an_empty_tree_grows_into_any_and_any_into_itself_without_hashes() {
    let some = Hash::leaf(b"some");
    let proof = |from, to, path| ConsistencyProof { from, path, to };
    assert_eq!(proof(0, 9, vec![]).verify(Hash::empty(), some), Ok(()));
    assert_eq!(proof(0, 9, vec![]).verify(some, some), Err(WrongProof::Root));
    assert_eq!(
        proof(0, 9, vec![some]).verify(Hash::empty(), some),
        Err(WrongProof::Shape)
    );
    assert_eq!(proof(9, 9, vec![]).verify(some, some), Ok(()));
    assert_eq!(
        proof(9, 9, vec![]).verify(some, Hash::empty()),
        Err(WrongProof::Root)
    );
    assert_eq!(proof(9, 8, vec![some]).verify(some, some), Err(WrongProof::Shape));
}

proptest! {
    #[test]
    fn no_proof_from_outside_brings_the_check_down(
        index: u64, size: u64, from: u64, to: u64,
        path in proptest::collection::vec(any::<[u8; 32]>(), 0..70),
    ) {
        let path: Vec<Hash> = path.into_iter().map(Hash).collect();
        let some = Hash::leaf(b"some");
        let inclusion = InclusionProof { index, path: path.clone(), size };
        prop_assert!(inclusion.verify(some, Hash::empty()).is_err());
        let consistency = ConsistencyProof { from, path, to };
        prop_assert!(consistency.verify(some, Hash::empty()).is_err());
    }
}

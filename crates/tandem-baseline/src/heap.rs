//! What blocks and maps really take in memory.

/// Entries of a node of a [`std::collections::BTreeMap`] at most: twice its parameter B = 6, less one.
const NODE: usize = 11;
/// Entries of a node when keys came in ascending order, which fills nodes least: six stay and one goes up.
const FILLED: usize = 7;

/// Bytes that the allocator takes for a block. Its size classes are those of jemalloc, which Tandem runs with: multiples of 16
/// up to 128, then four for each doubling (jemalloc(3), "Implementation notes").
pub(crate) const fn block(bytes: usize) -> usize {
    match bytes {
        0 => 0,
        1..=8 => 8,
        9..=128 => bytes.next_multiple_of(16),
        _ => bytes.next_multiple_of(bytes.next_power_of_two() / 8),
    }
}

/// As many of these bytes as a block takes without unused room; all of them up to 128, where blocks fit anyway.
pub(crate) const fn whole(bytes: usize) -> usize {
    if bytes <= 128 {
        return bytes;
    }
    let class = block(bytes);
    if class == bytes {
        return bytes;
    }
    // The class below: half a power of two begins another spacing.
    let spacing = bytes.next_power_of_two() / 8;
    class - spacing
}

/// Bytes of a vector's block.
pub(crate) const fn list<T>(capacity: usize) -> usize {
    block(capacity * size_of::<T>())
}

/// Bytes that an entry takes in a [`std::collections::BTreeMap`], without what its key and value point to, at the least filling.
/// A node has a pointer to its parent, two lengths, and if it is no leaf the pointers to its children.
pub(crate) const fn place<K, V>() -> usize {
    let leaf = size_of::<usize>() + NODE * (size_of::<K>() + size_of::<V>()) + 4;
    let inner = leaf + (NODE + 1) * size_of::<usize>();
    (block(leaf) + block(inner).div_ceil(FILLED)).div_ceil(FILLED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_as_large_as_the_allocator_makes_them() {
        let classes = [
            (0, 0),
            (1, 8),
            (9, 16),
            (128, 128),
            (129, 160),
            (256, 256),
            (257, 320),
            (1_500, 1_536),
            (1_537, 1_792),
            (2_049, 2_560),
        ];
        for (bytes, class) in classes {
            assert_eq!(block(bytes), class, "{bytes}");
        }
    }

    #[test]
    fn what_fills_a_block_is_the_most_that_does() {
        for bytes in 0..5_000 {
            let whole = whole(bytes);
            assert!(
                whole <= bytes && (bytes <= 128 || block(whole) == whole),
                "{bytes}"
            );
            assert!(
                bytes <= 128 || (whole + 1..=bytes).all(|more| block(more) > more),
                "{bytes}: {whole}"
            );
        }
    }

    #[test]
    fn a_place_takes_more_than_key_and_value() {
        let place = place::<u64, Box<[u8]>>();
        assert!((40..=60).contains(&place), "{place}");
    }
}

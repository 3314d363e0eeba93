//! Literals that must begin or end a value.

use rustc_hash::FxHashMap;

/// Bytes at a value's edge by which literals are found.
const EDGE: usize = 8;

/// Literals by the bytes at their edge; for each length of these bytes a table.
#[derive(Default)]
pub(super) struct Edges {
    tables: Vec<Table>,
}

struct Table {
    /// At most [`EDGE`].
    length: usize,
    literals: FxHashMap<u64, Vec<u32>>,
}

impl Edges {
    /// Adds the literal numbered `at`; `edge` takes the bytes at the edge of a text.
    pub(super) fn add(&mut self, literal: &[u8], at: u32, edge: impl Fn(&[u8]) -> u64) {
        let length = literal.len().min(EDGE);
        let known = self.tables.iter().position(|table| table.length == length);
        let known = known.unwrap_or_else(|| {
            self.tables.push(Table {
                length,
                literals: FxHashMap::default(),
            });
            self.tables.len() - 1
        });
        if let Some(table) = self.tables.get_mut(known) {
            let edge = cut(edge(literal), length);
            table.literals.entry(edge).or_default().push(at);
        }
    }

    /// Calls `each` with every literal whose edge is that of a value, `edge`; the value has `length` bytes.
    #[inline]
    pub(super) fn look(&self, edge: u64, length: usize, mut each: impl FnMut(u32)) {
        for table in &self.tables {
            if table.length <= length
                && let Some(literals) = table.literals.get(&cut(edge, table.length))
            {
                literals.iter().for_each(|at| each(*at));
            }
        }
    }
}

/// The nearest `length` bytes of an edge, 1 to [`EDGE`].
const fn cut(edge: u64, length: usize) -> u64 {
    edge & u64::MAX.wrapping_shr((u8::BITS as usize * EDGE.saturating_sub(length)) as u32)
}

/// The first [`EDGE`] bytes as a number, the nearest to the edge lowest; zeros after a shorter text.
#[inline]
pub(super) fn first(text: &[u8]) -> u64 {
    let whole = text.first_chunk().map(|first| u64::from_le_bytes(*first));
    let add = |sum, byte: &u8| sum << 8 | u64::from(*byte);
    whole.unwrap_or_else(|| text.iter().rev().fold(0, add))
}

/// The last [`EDGE`] bytes as a number, the nearest to the edge lowest; zeros before a shorter text.
#[inline]
pub(super) fn last(text: &[u8]) -> u64 {
    let whole = text.last_chunk().map(|last| u64::from_be_bytes(*last));
    let add = |sum, byte: &u8| sum << 8 | u64::from(*byte);
    whole.unwrap_or_else(|| text.iter().fold(0, add))
}

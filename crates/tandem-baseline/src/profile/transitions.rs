//! Which kinds of acts followed which in the own past.

use serde::{Deserialize, Serialize};

use super::small::Small;
use crate::coarse::CoarseAction;
use crate::transitions::{Followers, row};

/// Most transitions kept; beyond it the rarest are forgotten.
const MOST: usize = 64;
/// What is no longer kept: once, six half-lives ago.
const FORGOTTEN: f32 = 0.02;

/// Number of the transition and its decayed count, in three bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Cell {
    number: u8,
    count: [u8; 2],
}

impl Cell {
    fn count(self) -> f32 {
        Small::from_bytes(self.count).get()
    }

    fn set(&mut self, count: f32) {
        self.count = Small::new(count).to_bytes();
    }
}

/// Decayed counts of transitions, by number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OwnTransitions {
    cells: Vec<Cell>,
}

impl OwnTransitions {
    /// How often, fading, that transition occurred.
    pub(crate) fn count(&self, number: u8) -> f64 {
        let at = self.cells.binary_search_by_key(&number, |cell| cell.number);
        at.ok()
            .and_then(|at| self.cells.get(at))
            .map_or(0.0, |cell| cell.count().into())
    }

    /// Forgets.
    pub(crate) fn scale(&mut self, fast: f32) {
        for cell in &mut self.cells {
            cell.set(cell.count() * fast);
        }
    }

    /// Adds a day's counts.
    pub(crate) fn learn(&mut self, counts: &[(u8, u32)], weight: f32) {
        for (number, count) in counts {
            let empty = |number| Cell {
                number,
                count: [0; 2],
            };
            let cell = super::slot(&mut self.cells, *number, |cell| cell.number, empty);
            cell.set(cell.count() + weight * *count as f32);
        }
        self.cells.retain(|cell| cell.count() > FORGOTTEN);
        if self.cells.len() > MOST {
            let mut counts: Vec<f32> = self.cells.iter().map(|cell| cell.count()).collect();
            counts.sort_unstable_by(f32::total_cmp);
            let least = counts.get(self.cells.len() - MOST).copied().unwrap_or(0.0);
            self.cells.retain(|cell| cell.count() >= least);
            self.cells.truncate(MOST);
        }
        self.cells.shrink_to_fit();
    }

    /// Bytes held besides the struct itself.
    pub(crate) fn bytes(&self) -> usize {
        self.cells.capacity() * size_of::<Cell>()
    }
}

impl Followers for OwnTransitions {
    fn after(&self, from: usize) -> [f64; CoarseAction::COUNT] {
        let numbers = row(from);
        let first = self
            .cells
            .partition_point(|cell| usize::from(cell.number) < numbers.start);
        let mut counts = [0.0; CoarseAction::COUNT];
        for cell in self.cells.iter().skip(first) {
            let Some(count) = counts.get_mut(usize::from(cell.number) - numbers.start) else {
                break;
            };
            *count = cell.count().into();
        }
        counts
    }

    fn whatever(&self) -> [f64; CoarseAction::COUNT] {
        let mut counts = [0.0; CoarseAction::COUNT];
        for cell in &self.cells {
            if let Some(sum) = counts.get_mut(usize::from(cell.number) % CoarseAction::COUNT) {
                *sum += f64::from(cell.count());
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_fade_and_the_rarest_give_way() {
        let mut own = OwnTransitions::default();
        assert_eq!(size_of::<Cell>(), 3);
        let flood: Vec<(u8, u32)> = (0..240).map(|number| (number, 1 + u32::from(number))).collect();
        own.learn(&flood, 1.0);
        assert!(own.bytes() <= 3 * MOST, "{}", own.bytes());
        assert_eq!(
            (own.count(175), own.count(176), own.count(239)),
            (0.0, 177.0, 240.0)
        );
        assert_eq!(own.after(15)[14], 240.0);
        assert_eq!(own.after(0), [0.0; CoarseAction::COUNT]);
        for _ in 0..10 {
            own.scale(0.5);
        }
        own.learn(&[(3, 2)], 0.2);
        assert!((own.count(3) - 0.4).abs() < 1e-3);
        assert!((own.count(239) - 240.0 / 1_024.0).abs() < 1e-3);
        for _ in 0..5 {
            own.scale(0.5);
        }
        own.learn(&[], 1.0);
        assert_eq!(own, OwnTransitions::default());
    }
}

//! Which entry of a table is asked for after which: records of one source repeat their names in the same order.

/// For each entry of a table, the one that was last asked for after it.
#[derive(Debug, Clone, Default)]
pub(super) struct Successors {
    after: Vec<u32>,
    /// Nothing before the first.
    last: Option<u32>,
}

impl Successors {
    /// The entry that is asked for next, if all goes as before. It need not exist.
    #[inline]
    pub(super) fn guess(&self) -> usize {
        let next = self.last.and_then(|last| self.after.get(last as usize));
        next.map_or(0, |next| *next as usize)
    }

    /// The guess was right.
    #[inline]
    pub(super) fn right(&mut self, guess: usize) {
        self.last = Some(guess as u32);
    }

    /// The guess was wrong; it is `entry` that was asked for.
    pub(super) fn wrong(&mut self, entry: u32) {
        // Until it is known better, tables are asked for in the order in which they were filled.
        let known = self.after.len() as u32;
        self.after.extend((known..=entry).map(|entry| entry + 1));
        if let Some(after) = self.last.and_then(|last| self.after.get_mut(last as usize)) {
            *after = entry;
        }
        self.last = Some(entry);
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks for entries one after the other; how many were guessed. There are `known` in the table before.
    fn guessed(successors: &mut Successors, known: &mut u32, entries: &[u32]) -> usize {
        let mut ask = |entry: &&u32| {
            let right = **entry < *known && successors.guess() == **entry as usize;
            if right {
                successors.right(**entry as usize);
            } else {
                successors.wrong(**entry);
            }
            *known = (*known).max(**entry + 1);
            right
        };
        entries.iter().filter(&mut ask).count()
    }

    #[test]
    fn what_came_once_in_an_order_is_guessed_in_that_order() {
        let (mut successors, mut known) = (Successors::default(), 0);
        let mut ask = |entries: &[u32]| guessed(&mut successors, &mut known, entries);
        assert_eq!(ask(&[0, 1, 2, 3, 4, 5, 6]), 0, "all new");
        assert_eq!(ask(&[0, 1, 2, 3, 4, 5, 6]), 6, "all but the first");
        assert_eq!(ask(&[0, 1, 2, 3, 4, 5, 6]), 7);
        assert_eq!(ask(&[0, 3, 6]), 1);
        assert_eq!(ask(&[0, 3, 6, 0, 3, 6]), 6);
        successors.clear();
        known = 0;
        let mut ask = |entries: &[u32]| guessed(&mut successors, &mut known, entries);
        assert_eq!(ask(&[0, 1, 0]), 0);
        assert_eq!(ask(&[1, 0, 1]), 3);
    }
}

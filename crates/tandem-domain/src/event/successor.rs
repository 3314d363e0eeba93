//! Which entry of a table is asked for after which: records of one source repeat their names in the same order.

/// For each entry of a table, the one that was last asked for after it.
#[derive(Debug, Clone, Default)]
pub(super) struct Successors {
    after: Vec<usize>,
    /// Nothing before the first.
    last: Option<usize>,
}

impl Successors {
    /// The entry that is asked for: the one that came next the last time, if `is_it` says so (of one that need not exist), else
    /// what `find` finds: a new entry's place is the end of the table.
    #[inline]
    pub(super) fn entry(&mut self, is_it: impl FnOnce(usize) -> bool, find: impl FnOnce() -> usize) -> usize {
        let next = self.last.and_then(|last| self.after.get(last));
        let guess = next.copied().unwrap_or_default();
        if is_it(guess) {
            self.last = Some(guess);
            return guess;
        }
        let entry = find();
        // Until it is known better, tables are asked for in the order in which they were filled.
        let known = self.after.len();
        self.after.extend((known..=entry).map(|entry| entry + 1));
        if let Some(after) = self.last.and_then(|last| self.after.get_mut(last)) {
            *after = entry;
        }
        self.last = Some(entry);
        entry
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
    fn guessed(successors: &mut Successors, known: &mut usize, entries: &[usize]) -> usize {
        let mut guessed = 0;
        for entry in entries {
            let mut right = true;
            let is_it = |guess| guess < *known && guess == *entry;
            let found = successors.entry(is_it, || {
                right = false;
                *entry
            });
            assert_eq!(found, *entry);
            *known = (*known).max(*entry + 1);
            guessed += usize::from(right);
        }
        guessed
    }

    #[test]
    fn what_came_once_in_an_order_is_guessed_in_that_order() {
        let (mut successors, mut known) = (Successors::default(), 0);
        let mut ask = |entries: &[usize]| guessed(&mut successors, &mut known, entries);
        assert_eq!(ask(&[0, 1, 2, 3, 4, 5, 6]), 0, "all new");
        assert_eq!(ask(&[0, 1, 2, 3, 4, 5, 6]), 6, "all but the first");
        assert_eq!(ask(&[0, 1, 2, 3, 4, 5, 6]), 7);
        assert_eq!(ask(&[0, 3, 6]), 1);
        assert_eq!(ask(&[0, 3, 6, 0, 3, 6]), 6);
        successors.clear();
        known = 0;
        let mut ask = |entries: &[usize]| guessed(&mut successors, &mut known, entries);
        assert_eq!(ask(&[0, 1, 0]), 0);
        assert_eq!(ask(&[1, 0, 1]), 3);
    }
}

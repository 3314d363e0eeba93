//! In which order a day's acts followed one another, as far as a bounded summary that merges in any order can tell.
//!
//! The day is cut into slots of a minute, and of each slot the kinds of acts are kept, without their order within the slot. A
//! day with too many slots is cut into slots twice as long, and so on. The width is the smallest at which the day's slots are
//! few enough: parts of a day have no more slots than the whole, so merging them never asks for a narrower one, and the result
//! depends on nothing but what was done when.

use serde::{Deserialize, Serialize};

use crate::coarse::CoarseAction;

/// Most slots kept.
const SLOTS: usize = 128;
/// Minutes in a day.
const MINUTES: u16 = 1_440;
/// Logarithm to base 2 of the longest slot ever needed: 1,440 minutes in slots of 16 are 90.
const WIDEST: u8 = 4;

/// Kinds of acts by time of the day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Packed", into = "Packed")]
pub struct Timeline {
    /// Logarithm to base 2 of a slot's minutes.
    width: u8,
    /// Number of the slot and its kinds of acts ([`CoarseAction::bit`]), by the former.
    slots: Vec<(u16, u16)>,
}

impl Timeline {
    /// Notes an act in a minute of the day.
    pub fn add(&mut self, minute: u16, action: CoarseAction) {
        self.insert(minute.min(MINUTES - 1) >> self.width, action.bit());
        self.widen();
    }

    /// Adds all of another part of the same day.
    pub fn merge(&mut self, other: &Self) {
        while self.width < other.width {
            self.double();
        }
        for (slot, kinds) in &other.slots {
            self.insert(slot >> (self.width - other.width), *kinds);
        }
        self.widen();
    }

    /// The kinds of acts of each slot that has any, in order of time: sets of [`CoarseAction::bit`].
    pub fn slots(&self) -> impl Iterator<Item = u16> {
        self.slots.iter().map(|(_, kinds)| *kinds)
    }

    fn insert(&mut self, slot: u16, kinds: u16) {
        // Events mostly come in order of time.
        let at = match self.slots.last() {
            Some((last, _)) if *last < slot => Err(self.slots.len()),
            _ => self.slots.binary_search_by_key(&slot, |(known, _)| *known),
        };
        match at {
            Ok(at) => self.slots[at].1 |= kinds,
            Err(at) => self.slots.insert(at, (slot, kinds)),
        }
    }

    fn widen(&mut self) {
        while self.slots.len() > SLOTS {
            self.double();
        }
    }

    fn double(&mut self) {
        self.width += 1;
        for (slot, _) in &mut self.slots {
            *slot >>= 1;
        }
        self.slots.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 |= later.1;
            }
            same
        });
    }
}

/// As stored: the width, then for each slot how many slots after the one before it comes, and its kinds. Small numbers.
#[derive(Serialize, Deserialize)]
struct Packed(u8, Vec<(u16, u16)>);

impl From<Timeline> for Packed {
    fn from(timeline: Timeline) -> Self {
        let mut next = 0;
        let slots = timeline.slots.iter().map(|(slot, kinds)| {
            let skipped = slot - next;
            next = slot + 1;
            (skipped, *kinds)
        });
        Self(timeline.width, slots.collect())
    }
}

/// Bytes that no timeline is stored as.
#[derive(Debug, thiserror::Error)]
#[error("the order of a day's acts is damaged")]
struct Damaged;

impl TryFrom<Packed> for Timeline {
    type Error = Damaged;

    fn try_from(Packed(width, packed): Packed) -> Result<Self, Damaged> {
        if width > WIDEST || packed.len() > SLOTS {
            return Err(Damaged);
        }
        let mut next = 0_u16;
        let mut slots = Vec::with_capacity(packed.len());
        for (skipped, kinds) in packed {
            let slot = next.checked_add(skipped).filter(|slot| *slot < MINUTES >> width);
            let known = kinds != 0 && kinds >> CoarseAction::COUNT == 0;
            let slot = slot.filter(|_| known).ok_or(Damaged)?;
            next = slot + 1;
            slots.push((slot, kinds));
        }
        Ok(Self { width, slots })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(acts: &[(u16, usize)]) -> Timeline {
        let mut timeline = Timeline::default();
        for (minute, action) in acts {
            timeline.add(*minute, CoarseAction::ALL[*action]);
        }
        timeline
    }

    proptest! {
        #[test]
        fn how_it_is_cut_and_merged_does_not_matter(
            mut acts in prop::collection::vec((0..MINUTES, 0..CoarseAction::COUNT), 0..700),
            cut in 0..700_usize,
        ) {
            let whole = of(&acts);
            prop_assert!(whole.slots.len() <= SLOTS && whole.width <= WIDEST);
            let (one, other) = acts.split_at(cut.min(acts.len()));
            let (mut first, mut second) = (of(one), of(other));
            first.merge(&of(other));
            second.merge(&of(one));
            prop_assert_eq!(&first, &whole);
            prop_assert_eq!(&second, &whole);
            acts.reverse();
            prop_assert_eq!(&of(&acts), &whole);
            acts.extend_from_within(..);
            prop_assert_eq!(&of(&acts), &whole, "what is told twice counts once");
            let bytes = postcard::to_stdvec(&whole).unwrap();
            prop_assert_eq!(postcard::from_bytes::<Timeline>(&bytes).unwrap(), whole);
        }

        #[test]
        fn damaged_bytes_are_no_timeline(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            if let Ok(timeline) = postcard::from_bytes::<Timeline>(&bytes) {
                prop_assert!(timeline.slots.is_sorted_by(|a, b| a.0 < b.0));
                prop_assert!(timeline.slots.iter().all(|(slot, kinds)| *slot < MINUTES && *kinds != 0));
            }
        }
    }

    #[test]
    fn minutes_are_kept_apart_until_there_are_too_many() {
        let few = of(&[(600, 1), (601, 2), (601, 3), (1_439, 0)]);
        let sets: Vec<u16> = few.slots().collect();
        assert_eq!(sets, [0b10, 0b1100, 0b1]);
        let every_minute: Vec<(u16, usize)> = (0..MINUTES).map(|minute| (minute, 0)).collect();
        let full = of(&every_minute);
        assert_eq!((full.width, full.slots.len()), (WIDEST, 90));
        assert!(postcard::to_stdvec(&full).unwrap().len() < 3 * SLOTS);
    }
}

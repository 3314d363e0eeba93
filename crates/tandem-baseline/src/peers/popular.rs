//! On how many person-days an object has been used lately, among everybody and among the peers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_domain::Day;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::heap;

/// Most objects held; beyond it the least used are forgotten.
const MOST: usize = 1 << 16;
/// Calendar days until a use counts half: memory of about 90 days.
const HALF_LIFE: f64 = 60.0;

/// Person-days per object, fading.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Popular {
    uses: BTreeMap<u64, (f32, i32)>,
}

/// The key of an object within a group; everybody is the empty name.
fn within(group: &str, object: u64) -> u64 {
    if group.is_empty() {
        object
    } else {
        xxh3_64_with_seed(group.as_bytes(), object)
    }
}

impl Popular {
    /// Person-days of use lately.
    pub(crate) fn uses(&self, group: &str, object: u64, day: Day) -> f64 {
        self.uses
            .get(&within(group, object))
            .map_or(0.0, |entry| faded(*entry, day))
    }

    /// One more person used the object on `day`.
    pub(crate) fn add(&mut self, group: &str, object: u64, day: Day) {
        let entry = self.uses.entry(within(group, object)).or_insert((0.0, day.0));
        *entry = (faded(*entry, day) as f32 + 1.0, day.0);
    }

    /// Forgets the least used while there are too many. Of objects used equally much either all stay or none: which of them went
    /// would depend on what they are called.
    pub(crate) fn trim(&mut self, day: Day) {
        if self.uses.len() <= MOST {
            return;
        }
        let mut uses: Vec<f64> = self.uses.values().map(|entry| faded(*entry, day)).collect();
        uses.sort_unstable_by(f64::total_cmp);
        let Some(last) = uses.get(uses.len() - MOST * 9 / 10).copied() else {
            return;
        };
        let fewer = uses.partition_point(|use_| *use_ < last);
        let stay = uses.len() - fewer <= MOST;
        self.uses.retain(|_, entry| {
            let use_ = faded(*entry, day);
            use_ > last || stay && use_ == last
        });
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.uses.len() * heap::place::<u64, (f32, i32)>()
    }
}

fn faded((uses, since): (f32, i32), day: Day) -> f64 {
    let days = f64::from(day.0.saturating_sub(since).max(0));
    f64::from(uses) * (-std::f64::consts::LN_2 * days / HALF_LIFE).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_used_are_forgotten_and_of_equals_all_or_none() {
        let most = MOST as u64;
        let day = |popular: &mut Popular, day: i32, objects: std::ops::Range<u64>| {
            objects.for_each(|object| popular.add("", object, Day(day)));
            popular.trim(Day(day));
        };
        let known = |popular: &Popular, objects: std::ops::Range<u64>| {
            objects
                .filter(|object| popular.uses("", *object, Day(3)) > 0.0)
                .count()
        };
        let mut popular = Popular::default();
        day(&mut popular, 1, 0..1_000);
        day(&mut popular, 2, 1_000..most);
        assert_eq!(known(&popular, 0..most), MOST, "there is room");
        // Those of the first day go; those of the second have room then.
        day(&mut popular, 3, most..most + 500);
        assert_eq!(known(&popular, 0..1_000), 0);
        assert_eq!(known(&popular, 1_000..most + 500), MOST - 500);
        // A day of more than there is room for leaves what is used more often.
        day(&mut popular, 3, most..most + 500);
        day(&mut popular, 3, 2 * most..4 * most);
        assert_eq!(known(&popular, most..most + 500), 500);
        assert_eq!(known(&popular, 2 * most..4 * most), 0);
    }
}

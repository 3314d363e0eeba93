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

    /// Forgets the least used while there are too many.
    pub(crate) fn trim(&mut self, day: Day) {
        if self.uses.len() <= MOST {
            return;
        }
        let mut order: Vec<(f64, u64)> = self.uses.iter().map(|(key, e)| (faded(*e, day), *key)).collect();
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (_, key) in order.iter().take(self.uses.len() - MOST * 9 / 10) {
            self.uses.remove(key);
        }
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

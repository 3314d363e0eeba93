//! Days as layouts before the fourth had them: what was kept of too many was chosen by the smallest hashes.

use serde::Deserialize;

use super::objects::{Distinct, Objects, Sample};
use super::{ActionDay, DISTINCT_HASHES, DayActivity, KindDay, OBJECTS_PER_KIND, Timeline};
use crate::ObjectKind;

/// A whole day.
#[derive(Debug, Deserialize)]
pub(super) struct OlderDay {
    actions: Vec<ActionDay>,
    kinds: Vec<OlderKind>,
    files: Distinct<DISTINCT_HASHES>,
    records: OlderHashes,
    looks: u32,
    timeline: Timeline,
}

#[derive(Debug, Deserialize)]
struct OlderKind {
    kind: ObjectKind,
    objects: OlderObjects,
}

#[derive(Debug, Deserialize)]
struct OlderObjects {
    kept: Vec<OlderObject>,
    overflowed: bool,
}

#[derive(Debug, Deserialize)]
struct OlderObject {
    hash: u64,
    count: u32,
    text: String,
}

#[derive(Debug, Deserialize)]
struct OlderHashes {
    kept: Vec<u64>,
    overflowed: bool,
}

/// When they were used is not known. Ranked by their hashes they merge as they did.
const fn rank(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// The place after that of the last thing kept.
fn after(last: Option<u64>) -> (u32, u64) {
    last.map_or((0, 0), |hash| (rank(hash), hash.saturating_add(1)))
}

impl From<OlderDay> for DayActivity {
    fn from(day: OlderDay) -> Self {
        let kinds = day.kinds.into_iter().map(|part| {
            let mut objects = Objects::<OBJECTS_PER_KIND>::default();
            for object in &part.objects.kept {
                objects.add(object.hash, &object.text, object.count, rank(object.hash));
            }
            if part.objects.overflowed {
                objects.keep_below(after(part.objects.kept.last().map(|last| last.hash)));
            }
            KindDay {
                kind: part.kind,
                objects,
            }
        });
        let mut records = Sample::default();
        day.records
            .kept
            .iter()
            .for_each(|hash| records.add(*hash, rank(*hash)));
        if day.records.overflowed {
            records.keep_below(after(day.records.kept.last().copied()));
        }
        Self {
            actions: day.actions,
            kinds: kinds.collect(),
            files: day.files,
            records,
            looks: day.looks,
            timeline: day.timeline,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::CUT_BY_HASH;

    #[test]
    fn objects_and_records_of_an_older_day_are_there_and_a_cut_stays_a_cut() {
        let hashes: Vec<u64> = (1..=OBJECTS_PER_KIND as u64).map(|n| n << 40).collect();
        for overflowed in [false, true] {
            let objects: Vec<(u64, u32, String)> =
                hashes.iter().map(|hash| (*hash, 3, "a".to_owned())).collect();
            let kinds = vec![(ObjectKind::Host, (objects, overflowed))];
            let none = (Vec::<u64>::new(), false);
            let older = (
                Vec::<ActionDay>::new(),
                kinds,
                none,
                (hashes.clone(), overflowed),
                5_u32,
                Timeline::default(),
            );
            let bytes = postcard::to_extend(&older, vec![CUT_BY_HASH]).unwrap();
            let day = DayActivity::decode(&bytes).unwrap();
            let kept = &day.kinds()[0].objects;
            assert!(kept.iter().map(|object| object.hash).eq(hashes.iter().copied()));
            assert_eq!(kept.overflowed(), overflowed);
            let count = if overflowed { 1 } else { 3 };
            assert!(kept.iter().all(|object| object.count == count));
            assert!(day.record_hashes().eq(hashes.iter().copied()));
            assert_eq!(day.looks(), 5);
            assert_eq!(DayActivity::decode(&day.encode().unwrap()).unwrap(), day);
        }
    }
}

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::activity::{DISTINCT_HASHES, OBJECTS_PER_KIND, object_hash};
use crate::{Action, DayActivity, Object, ObjectKind, Observation};

/// Use number `n` of a day, of thing number `thing` as it is called under `naming`.
fn usage(naming: &str, n: u32, thing: u32) -> Observation<'static> {
    let mut seen = Observation::new(Action::RecordRead, (n / 60 % 24) as u8);
    seen.minute = (n % 60) as u8;
    seen.micros = n;
    let text = format!("home of {naming}{thing}");
    seen.record = Some(object_hash(9, &text));
    let kind = ObjectKind::Share;
    seen.objects = vec![Object {
        kind,
        text: Cow::Owned(text),
    }];
    seen
}

/// Things used again and again, more of them than are kept.
fn uses(naming: &str) -> Vec<Observation<'static>> {
    (0..3_000).map(|n| usage(naming, n, n * 7 % 800)).collect()
}

fn day<'a>(uses: impl IntoIterator<Item = &'a Observation<'static>>) -> DayActivity {
    let mut day = DayActivity::default();
    uses.into_iter().for_each(|seen| day.add(seen));
    day
}

/// Numbers of the things of which objects, and records, are kept, with what the objects weigh.
fn kept(naming: &str, day: &DayActivity) -> (BTreeSet<(u32, u32)>, BTreeSet<u32>) {
    let objects = &day.kinds()[0].objects;
    let of = |hash: u64, seed: u64| {
        (0..800)
            .find(|thing| object_hash(seed, &format!("home of {naming}{thing}")) == hash)
            .unwrap()
    };
    let share = ObjectKind::Share.index() as u64;
    (
        objects
            .weighed()
            .map(|(hash, weight)| (of(hash, share), weight))
            .collect(),
        day.record_hashes().map(|hash| of(hash, 9)).collect(),
    )
}

#[test]
fn of_too_many_the_same_are_kept_whatever_they_are_called() {
    let first = kept("anna", &day(&uses("anna")));
    assert_eq!(first, kept("bert", &day(&uses("bert"))));
    let (objects, records) = first;
    assert!((OBJECTS_PER_KIND / 2..=OBJECTS_PER_KIND).contains(&objects.len()));
    assert!((DISTINCT_HASHES / 2..=DISTINCT_HASHES).contains(&records.len()));
}

#[test]
fn a_day_of_too_many_is_the_same_however_its_parts_arrive() {
    let uses = uses("anna");
    let whole = day(&uses);
    assert!(whole.kinds()[0].objects.overflowed());
    assert_eq!(day(uses.iter().rev()), whole);
    for parts in [2, 7, 40] {
        let mut merged = DayActivity::default();
        for part in (0..parts).rev() {
            merged.merge(&day(uses.iter().skip(part).step_by(parts)));
        }
        assert_eq!(merged, whole, "{parts} parts");
        assert_eq!(DayActivity::decode(&whole.encode().unwrap()).unwrap(), merged);
    }
}

#[test]
fn what_is_kept_is_spread_over_the_day() {
    let uses: Vec<_> = (0..1_200).map(|n| usage("anna", n, n % 800)).collect();
    let (_, records) = kept("anna", &day(uses.iter().take(800)));
    let late = records.iter().filter(|thing| **thing >= 400).count();
    assert!(
        3 * late > records.len() && 3 * late < 2 * records.len(),
        "{late} of {}",
        records.len()
    );
}

#[test]
fn of_things_used_at_one_moment_as_many_are_kept_as_fit() {
    let at_once = |things: u32| -> Vec<_> { (0..things).map(|thing| usage("anna", 61, thing)).collect() };
    for things in [OBJECTS_PER_KIND as u32, OBJECTS_PER_KIND as u32 + 1, 700] {
        let uses = at_once(things);
        let whole = day(&uses);
        assert_eq!(whole.kinds()[0].objects.iter().len(), OBJECTS_PER_KIND);
        assert_eq!(day(uses.iter().rev()), whole);
    }
}

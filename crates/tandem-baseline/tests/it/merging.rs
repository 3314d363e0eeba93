//! A day's activity is the same however its parts arrive, and bounded whatever arrives.

use std::borrow::Cow;

use proptest::prelude::*;
use tandem_baseline::{Action, DayActivity, Object, ObjectKind, Observation};

fn any_observation() -> impl Strategy<Value = (usize, u8, u64, u8)> {
    (0..Action::COUNT, 0..24_u8, 0..1_000_000_u64, any::<u8>())
}

fn of(list: &[(usize, u8, u64, u8)]) -> DayActivity {
    let mut day = DayActivity::default();
    for (action, hour, bytes, object) in list {
        let mut seen = Observation::new(Action::ALL[*action], *hour);
        seen.minute = object % 60;
        seen.bytes = *bytes;
        seen.objects = vec![Object {
            kind: ObjectKind::Host,
            text: Cow::Owned(format!("d{object}")),
        }];
        day.add(&seen);
    }
    day
}

fn merged(parts: &[&DayActivity]) -> DayActivity {
    let mut all = DayActivity::default();
    parts.iter().for_each(|part| all.merge(part));
    all
}

proptest! {
    #[test]
    fn merging_commutes_and_associates(
        a in prop::collection::vec(any_observation(), 0..40),
        b in prop::collection::vec(any_observation(), 0..40),
        c in prop::collection::vec(any_observation(), 0..40),
    ) {
        let (a, b, c) = (of(&a), of(&b), of(&c));
        prop_assert_eq!(merged(&[&a, &b, &c]), merged(&[&c, &a, &b]));
        prop_assert_eq!(merged(&[&merged(&[&a, &b]), &c]), merged(&[&a, &merged(&[&b, &c])]));
    }

    #[test]
    fn an_encoded_day_reads_back(list in prop::collection::vec(any_observation(), 0..80)) {
        let day = of(&list);
        prop_assert_eq!(DayActivity::decode(&day.encode().unwrap()).unwrap(), day);
    }

    #[test]
    fn damaged_bytes_are_an_error_and_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = DayActivity::decode(&bytes);
    }
}

#[test]
fn a_flood_of_new_objects_does_not_grow_the_day_without_bound() {
    let mut day = DayActivity::default();
    let mut sizes = Vec::new();
    for n in 0..40_000_u64 {
        let mut seen = Observation::new(Action::FileRead, (n % 24) as u8);
        seen.file = Some(n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        seen.objects = vec![Object {
            kind: ObjectKind::Host,
            text: Cow::Owned(format!("d{n}")),
        }];
        day.add(&seen);
        if n % 10_000 == 9_999 {
            sizes.push(day.encode().unwrap().len());
        }
    }
    assert!(sizes[3] < sizes[0] + sizes[0] / 2, "{sizes:?}");
    assert!(
        day.files() > 30_000.0,
        "the number of different files is still known: {}",
        day.files()
    );
}

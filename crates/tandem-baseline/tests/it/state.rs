//! What is kept of a subject is small whatever it does, and says which layout it has.

use std::borrow::Cow;

use tandem_baseline::{
    Action, DayActivity, DayContext, Object, ObjectKind, Observation, Profiles, StateError, SubjectDay,
};
use tandem_domain::Day;

/// Does everything there is at every hour, with new objects and records every time.
fn everything(day: i32) -> DayActivity {
    let mut done = DayActivity::default();
    for (at, action) in Action::ALL.iter().enumerate() {
        for hour in 0..24_u8 {
            let mut seen = Observation::new(*action, hour);
            let number = (day as u64 * 24 + u64::from(hour)) * 64 + at as u64;
            seen.bytes = 1_000 + number;
            seen.record = Some(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            seen.objects = vec![Object {
                kind: ObjectKind::ALL[at % ObjectKind::COUNT],
                text: Cow::Owned(format!("o{number}")),
            }];
            for _ in 0..1 + (day as usize + at) % 5 {
                done.add(&seen);
            }
        }
    }
    done
}

fn after(days: i32, activity: impl Fn(i32) -> DayActivity) -> Profiles {
    let mut profiles = Profiles::default();
    for day in 0..days {
        let done = activity(day);
        let row = SubjectDay {
            subject: "p",
            peers: &["role:r"],
            activity: &done,
            context: DayContext::default(),
        };
        profiles.score_day(Day(day), &[row]);
    }
    profiles
}

#[test]
fn a_subject_that_does_everything_takes_a_kibibyte_before_sketches() {
    let profiles = after(60, everything);
    let bytes = profiles.bytes_before_sketches();
    assert!((800.0..=1_024.0).contains(&bytes), "{bytes}");
    // And 128 objects of 4 bytes, as many counts as are kept, the things worked with, and the allocator's part.
    let all = profiles.bytes_per_subject();
    assert!(all < 3_000.0, "{all}");
}

#[test]
fn an_office_day_takes_three_quarters_of_a_kibibyte_with_sketches() {
    let office = |day: i32| {
        let mut done = DayActivity::default();
        let acts = [
            Action::Logon,
            Action::FileRead,
            Action::FileWrite,
            Action::MailInternal,
            Action::WebVisit,
            Action::Print,
        ];
        for (at, action) in acts.into_iter().enumerate() {
            for n in 0..1 + (day as usize + at) % 6 {
                done.add(&Observation::new(action, (8 + n) as u8));
            }
        }
        done
    };
    let profiles = after(200, office);
    // Of it 3 bytes for each of some 40 transitions from one kind of acts to another: all six kinds fall into the same minutes.
    assert!(
        profiles.bytes_per_subject() < 896.0,
        "{}",
        profiles.bytes_per_subject()
    );
}

#[test]
fn another_layout_is_told_and_not_misread() {
    let mut bytes = after(3, everything).encode().unwrap();
    assert!(Profiles::decode(&bytes).is_ok());
    bytes[0] += 1;
    let told = Profiles::decode(&bytes).unwrap_err();
    assert!(matches!(told, StateError::Layout(5)), "{told}");
    assert!(
        told.to_string().contains("layout 5, this program reads layout 4"),
        "{told}"
    );
    assert!(matches!(Profiles::decode(&[]), Err(StateError::Empty)));
    assert!(matches!(Profiles::decode(&[4, 7]), Err(StateError::Damaged(_))));
}

use std::time::Duration;

use proptest::prelude::*;

use super::super::api::{Fault, LONGEST_LINK, Ways};
use super::super::cursor::{Ahead, Cursor};
use super::super::seen::{IN_MARK, Seen};
use super::at;
use crate::delivery::Position;

const HOUR: Duration = Duration::from_secs(3_600);

const WAYS: Ways = Ways {
    window: Some(HOUR),
    overlap: Duration::from_secs(600),
    reach: Duration::from_secs(86_400),
    pace: Duration::from_millis(10),
    every: Duration::from_secs(60),
};

const FOLLOWED: Ways = Ways { window: None, ..WAYS };

#[test]
fn windows_follow_each_other_with_an_overlap_up_to_now() {
    let now = at("2026-03-02T10:00:30.5Z");
    let mut cursor = Cursor::new(at("2026-03-02T08:30:00.7Z"));
    assert_eq!(cursor.open(&WAYS, now), Ahead::Page { lost: 0 });
    assert_eq!(
        (cursor.from, cursor.to),
        (at("2026-03-02T08:30:00Z"), Some(at("2026-03-02T09:30:00Z")))
    );
    // Half an hour is left: at once.
    assert_eq!(cursor.turn(None, true, &WAYS, now), Ok(WAYS.pace));
    assert_eq!(cursor.open(&WAYS, now), Ahead::Page { lost: 0 });
    assert_eq!(
        (cursor.from, cursor.to),
        (at("2026-03-02T09:20:00Z"), Some(at("2026-03-02T10:00:30Z")))
    );
    assert_eq!(cursor.turn(None, true, &WAYS, now), Ok(WAYS.every));
    assert_eq!(cursor.done, at("2026-03-02T10:00:30Z"));
    // Nothing new can have happened in the same second.
    assert_eq!(cursor.open(&WAYS, now), Ahead::Nothing(WAYS.every));
}

#[test]
fn what_the_service_does_not_keep_any_more_is_said_to_be_lost() {
    let now = at("2026-03-05T08:00:00Z");
    let mut cursor = Cursor::new(at("2026-03-02T08:00:00Z"));
    assert_eq!(
        cursor.open(&WAYS, now),
        Ahead::Page {
            lost: 2 * 86_400 + 60
        }
    );
    assert_eq!(cursor.from, at("2026-03-04T08:01:00Z"));
    assert_eq!(cursor.to, Some(at("2026-03-04T09:01:00Z")));
}

#[test]
fn pages_that_lead_in_circles_begin_the_window_again() {
    let now = at("2026-03-02T10:00:00Z");
    let mut cursor = Cursor::new(at("2026-03-02T08:00:00Z"));
    let _ = cursor.open(&WAYS, now);
    for link in ["a", "b", "c"] {
        assert!(cursor.turn(Some(link.to_owned()), true, &WAYS, now).is_ok());
    }
    assert!(matches!(
        cursor.turn(Some("b".to_owned()), true, &WAYS, now),
        Err(Fault::Link(_))
    ));
    assert_eq!(
        (cursor.next.clone(), cursor.to),
        (None, Some(at("2026-03-02T09:00:00Z")))
    );
    let long = "x".repeat(LONGEST_LINK + 1);
    assert!(matches!(
        cursor.turn(Some(long), true, &WAYS, now),
        Err(Fault::Link(_))
    ));
}

#[test]
fn a_cursor_that_is_followed_for_ever_waits_when_nothing_new_came() {
    let now = at("2026-03-02T10:00:00Z");
    let mut cursor = Cursor::new(at("2026-03-02T08:00:00Z"));
    assert_eq!(cursor.open(&FOLLOWED, now), Ahead::Page { lost: 0 });
    assert_eq!(
        cursor.turn(Some("a".to_owned()), true, &FOLLOWED, now),
        Ok(FOLLOWED.pace)
    );
    assert_eq!(
        cursor.turn(Some("a".to_owned()), false, &FOLLOWED, now),
        Ok(FOLLOWED.every)
    );
    cursor.reached(at("2026-03-02T09:30:00.9Z"), &FOLLOWED);
    // Should the link run out, it begins again some minutes before.
    let _ = cursor.again("gone".to_owned());
    assert_eq!(
        (cursor.next.clone(), cursor.from),
        (None, at("2026-03-02T09:20:00Z"))
    );
}

#[test]
fn ids_are_known_until_their_time_is_not_asked_for_any_more() {
    let now = at("2026-03-02T10:00:00Z");
    let mut cursor = Cursor::new(at("2026-03-02T08:00:00Z"));
    let _ = cursor.open(&WAYS, now);
    for (id, time) in [("old", "2026-03-02T08:49:59Z"), ("new", "2026-03-02T08:50:00.2Z")] {
        assert!(cursor.seen.note(Seen::hash(id), at(time)));
        assert!(!cursor.seen.note(Seen::hash(id), at(time)));
    }
    let _ = cursor.turn(None, true, &WAYS, now);
    assert!(!cursor.seen.knows(Seen::hash("old")));
    assert!(cursor.seen.knows(Seen::hash("new")));
}

#[test]
fn a_mark_stays_below_64_kib_and_prefers_the_page_at_hand_then_the_newest() {
    let mut cursor = Cursor::new(at("2026-03-02T08:00:00Z"));
    let _ = cursor.open(&WAYS, at("2026-03-02T10:00:00Z"));
    for number in 0..2 * IN_MARK {
        let time = at("2026-03-02T08:00:00Z").plus_micros(number as i64 * 1_000_000);
        cursor.seen.note(Seen::hash(&format!("before {number}")), time);
    }
    cursor.seen.turn();
    cursor
        .seen
        .note(Seen::hash("at hand"), at("2026-03-02T08:00:00Z"));
    cursor.next = Some("\\".repeat(LONGEST_LINK));
    let position = cursor.write("s");
    assert!(position.mark.len() < 64 << 10, "{}", position.mark.len());
    let read = Cursor::read(&position).unwrap();
    assert_eq!(read.seen.len(), IN_MARK);
    assert!(read.seen.knows(Seen::hash("at hand")));
    assert!(
        read.seen
            .knows(Seen::hash(&format!("before {}", 2 * IN_MARK - 1)))
    );
    assert!(!read.seen.knows(Seen::hash("before 0")));
}

#[test]
fn a_mark_of_something_else_is_none() {
    for mark in [
        "",
        "{}",
        "{\"from\":1,\"seen\":\"!\"}",
        "{\"from\":1,\"seen\":\"AAAA\"}",
        "[1]",
    ] {
        let position = Position {
            stream: "s".to_owned(),
            at: 0,
            mark: mark.to_owned(),
        };
        assert_eq!(Cursor::read(&position), None, "{mark}");
    }
}

proptest! {
    /// Wherever it is stopped, it goes on in the same place.
    #[test]
    fn a_cursor_survives_its_mark(
        ids in proptest::collection::vec(("[a-z]{1,12}", 0_i64..7_200), 0..50),
        next in proptest::option::of("[ -~]{0,40}"),
        part in proptest::option::of((any::<u64>(), any::<u64>())),
    ) {
        let mut cursor = Cursor::new(at("2026-03-02T08:00:00Z"));
        let _ = cursor.open(&WAYS, at("2026-03-02T10:00:00Z"));
        for (id, seconds) in &ids {
            cursor.seen.note(Seen::hash(id), at("2026-03-02T08:00:00Z").plus_micros(seconds * 1_000_000));
        }
        cursor.next = next;
        cursor.part = part;
        let read = Cursor::read(&cursor.write("s")).unwrap();
        prop_assert_eq!(read.write("s"), cursor.write("s"));
        prop_assert_eq!((read.from, read.to, read.done, &read.next, read.part), (cursor.from, cursor.to, cursor.done, &cursor.next, cursor.part));
        for (id, _) in &ids {
            prop_assert!(read.seen.knows(Seen::hash(id)));
        }
    }
}

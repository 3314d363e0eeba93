use tandem_baseline::{
    Action, Channel, CoarseAction, DayActivity, Object, ObjectKind, Observation, OwnHours, Transition,
};
use tandem_domain::Day;

use super::own::own_sentence;
use super::picture::{Around, Days, picture};
use super::view::{PictureKind, PictureUnit};
use crate::pipeline::departures::Departure;

/// A Monday.
const MONDAY: Day = Day(20_003);

fn day(copies: u32, hour: u8) -> DayActivity {
    let mut done = DayActivity::default();
    done.add(&Observation::new(Action::Logon, 9));
    for _ in 0..copies {
        let mut seen = Observation::new(Action::RemovableCopy, hour);
        seen.bytes = 1_000;
        done.add(&seen);
    }
    done
}

/// So many days before Monday, with one copy more a day back, and Monday with fifty.
fn past(days: i32) -> Days {
    let before = (1..=days).map(|back| (MONDAY.plus(-back), day(back.unsigned_abs() % 10, 10)));
    before.chain([(MONDAY, day(50, 10))]).collect()
}

fn departure(channel: Channel, observed: f64) -> Departure {
    Departure {
        channel: channel.name(),
        title: channel.words(),
        what: "Seen.".into(),
        own: "Usual.".into(),
        peers: "Usual.".into(),
        share: 1.0,
        p: 1e-3,
        observed,
        own_usual: 1.0,
        peer_usual: None,
        followed: None,
    }
}

/// To millionths: what lies between two values is a fraction.
fn rounded<const N: usize>(values: [f64; N]) -> [f64; N] {
    values.map(|value| (value * 1e6).round() / 1e6)
}

fn around<'a>(own: &'a Days, peers: &'a [Days]) -> Around<'a> {
    assert_eq!(MONDAY.weekday(), 0);
    Around {
        day: MONDAY,
        hours: Some(OwnHours::ALL),
        own,
        peers,
    }
}

#[test]
fn the_own_past_is_a_band_of_up_to_ninety_days_and_the_day_is_its_mark() {
    let own = past(120);
    let copies = departure(Channel::InHours(Action::RemovableCopy), 50.0);
    let drawn = picture(&copies, &around(&own, &[])).unwrap();
    assert_eq!(
        (drawn.kind, drawn.unit, drawn.value),
        (PictureKind::Days, PictureUnit::Acts, 50.0)
    );
    assert_eq!(drawn.history.len(), 90);
    assert_eq!(drawn.history.last().unwrap().value, 1.0, "yesterday");
    assert!(
        drawn
            .history
            .iter()
            .all(|h| h.day < MONDAY.to_string() && h.value < 10.0)
    );
    let band = drawn.band.unwrap();
    // The values 0 to 9, nine times each.
    assert_eq!(rounded([band.low, band.usual, band.high]), [0.9, 4.5, 8.1]);
    assert_eq!(drawn.peers, None);
    let bytes = departure(Channel::Volume(Action::RemovableCopy), 50_000.0);
    let drawn = picture(&bytes, &around(&own, &[])).unwrap();
    assert_eq!(
        (drawn.unit, drawn.history[89].value),
        (PictureUnit::Bytes, 1_000.0)
    );
}

#[test]
fn peers_are_shown_once_ten_of_them_did_anything() {
    let own = past(6);
    let copies = departure(Channel::InHours(Action::RemovableCopy), 50.0);
    let mut peers: Vec<Days> = (0..9).map(|n| Days::from([(MONDAY, day(n, 11))])).collect();
    peers.push(Days::new());
    assert_eq!(picture(&copies, &around(&own, &peers)).unwrap().peers, None);
    peers.push(Days::from([(MONDAY, day(9, 11))]));
    let shown = picture(&copies, &around(&own, &peers)).unwrap().peers.unwrap();
    assert_eq!(shown.people, 10);
    let told: [f64; 5] = shown.quantiles.try_into().unwrap();
    assert_eq!(rounded(told), [0.9, 2.25, 4.5, 6.75, 8.1]);
}

#[test]
fn an_hour_is_held_against_days_of_the_same_kind() {
    let own: Days = (1..=14)
        .map(|back| {
            let at = MONDAY.plus(-back);
            (at, if at.is_weekend() { day(1, 23) } else { day(0, 10) })
        })
        .chain([(MONDAY, day(1, 23))])
        .collect();
    let night = departure(Channel::Hour, 23.0);
    let drawn = picture(&night, &around(&own, &[])).unwrap();
    assert_eq!((drawn.kind, drawn.value), (PictureKind::Hours, 23.0));
    let shares = drawn.own_hours.unwrap();
    assert_eq!(
        (shares.len(), shares[9], shares[23]),
        (24, 1.0, 0.0),
        "weekends do not count here"
    );
    assert_eq!(drawn.peer_hours, None);
}

#[test]
fn the_order_of_acts_is_drawn_as_how_often_each_day_took_the_step() {
    let copied_then_deleted = |times: u8| {
        let mut done = day(0, 9);
        for hour in 10..10 + times {
            let mut copied = Observation::new(Action::RemovableCopy, hour);
            copied.minute = 5;
            let mut deleted = Observation::new(Action::FileDelete, hour);
            deleted.minute = 20;
            done.add(&copied);
            done.add(&deleted);
        }
        done
    };
    let days = (1..=30).map(|back| (MONDAY.plus(-back), copied_then_deleted(u8::from(back % 3 == 0))));
    let own: Days = days.chain([(MONDAY, copied_then_deleted(6))]).collect();
    let step = Transition {
        from: Some(CoarseAction::Removable),
        to: CoarseAction::Cleaning,
    };
    let found = Departure {
        followed: Some(step),
        ..departure(Channel::Transitions, 6.0)
    };
    let drawn = picture(&found, &around(&own, &[])).unwrap();
    assert_eq!((drawn.unit, drawn.value), (PictureUnit::Acts, 6.0));
    assert_eq!(
        step.times(&own[&MONDAY]),
        6,
        "the mark is what the day itself tells"
    );
    let often: Vec<f64> = drawn.history.iter().map(|past| past.value).collect();
    assert_eq!(often.iter().sum::<f64>(), 10.0, "every third day");
    assert_eq!(often.len(), 30);
    assert_eq!(
        drawn.note,
        "How often a day had deleting, renaming or packing files after removable media."
    );
    // Kept by a version that did not note which step it was.
    let older = departure(Channel::Transitions, 6.0);
    assert_eq!(picture(&older, &around(&own, &[])), None);
}

#[test]
fn first_uses_are_drawn_as_what_no_earlier_kept_day_has() {
    let using = |shares: std::ops::Range<i32>| {
        let mut done = day(0, 9);
        let mut seen = Observation::new(Action::ShareAccess, 10);
        let object = |share| Object {
            kind: ObjectKind::Share,
            text: format!("share {share}").into(),
        };
        seen.objects = shares.map(object).collect();
        done.add(&seen);
        done
    };
    // Each day the share of the day before and one more.
    let days = (1..=40).map(|back| (MONDAY.plus(-back), using(-back - 1..-back + 1)));
    let own: Days = days.chain([(MONDAY, using(0..7))]).collect();
    let drawn = picture(
        &departure(Channel::Novel(ObjectKind::Share), 6.0),
        &around(&own, &[]),
    )
    .unwrap();
    assert_eq!((drawn.unit, drawn.value), (PictureUnit::Items, 6.0));
    assert_eq!(
        drawn.history.len(),
        30,
        "the first ten days have too little before them"
    );
    assert!(drawn.history.iter().all(|past| past.value == 1.0));
    let hosts = departure(Channel::Novel(ObjectKind::Host), 1.0);
    let drawn = picture(&hosts, &around(&own, &[])).unwrap();
    assert!(drawn.history.iter().all(|past| past.value == 0.0), "another kind");
    // Peers who were active on ten days only tell nothing.
    let few: Vec<Days> = (0..12)
        .map(|_| own.clone().into_iter().take(10).collect())
        .collect();
    assert_eq!(picture(&hosts, &around(&own, &few)).unwrap().peers, None);
}

#[test]
fn looks_are_drawn_as_far_as_each_day_counts_them() {
    let refused = |times: u8| {
        let mut done = day(0, 9);
        for _ in 0..times {
            let mut seen = Observation::new(Action::FileRead, 10);
            seen.denied = true;
            done.add(&seen);
        }
        done
    };
    let days = (1..=20).map(|back| (MONDAY.plus(-back), refused(u8::from(back % 2 == 0))));
    let own: Days = days.chain([(MONDAY, refused(4))]).collect();
    let drawn = picture(&departure(Channel::Curiosity, 9.0), &around(&own, &[])).unwrap();
    assert_eq!(drawn.value, 4.0);
    assert_eq!(drawn.history.iter().map(|past| past.value).sum::<f64>(), 10.0);
    assert!(drawn.note.contains("The day's 5 other looks"), "{}", drawn.note);
    let all = picture(&departure(Channel::Curiosity, 4.0), &around(&own, &[])).unwrap();
    assert!(!all.note.contains("other looks"), "{}", all.note);
}

#[test]
fn what_kept_days_do_not_tell_has_no_picture() {
    let own = past(20);
    let others_work = departure(Channel::Curiosity, 3.0);
    assert_eq!(picture(&others_work, &around(&own, &[])), None);
    let copies = departure(Channel::OutOfHours(Action::RemovableCopy), 3.0);
    let nobody = Vec::new();
    let without_hours = Around {
        hours: None,
        ..around(&own, &nobody)
    };
    assert_eq!(
        picture(&copies, &without_hours),
        None,
        "inside and outside cannot be told apart"
    );
    let gone: Days = own.range(..MONDAY).map(|(d, a)| (*d, a.clone())).collect();
    assert_eq!(
        picture(&copies, &around(&gone, &[])),
        None,
        "the day itself is no longer kept"
    );
    let few = past(4);
    let total = departure(Channel::InHours(Action::RemovableCopy), 50.0);
    let drawn = picture(&total, &around(&few, &[])).unwrap();
    assert_eq!((drawn.history.len(), drawn.band), (4, None));
}

#[test]
fn a_usual_that_the_picture_does_not_show_is_told_with_its_reason() {
    let nobody = Vec::new();
    let found = |own_usual| Departure {
        own: "Usual for this subject one in 6 days; so many come about once in 11 years.".into(),
        own_usual,
        ..departure(Channel::OutOfHours(Action::RemovableCopy), 50.0)
    };
    let sentence = |own: &Days, own_usual| {
        let found = found(own_usual);
        // Nothing of these days is outside of every hour.
        own_sentence(&found, &picture(&found, &around(own, &nobody)).unwrap())
    };
    let zeros = sentence(&past(30), 1.0 / 6.0);
    assert_eq!(
        zeros,
        "Never outside own hours on the 30 earlier days in the picture. Tandem still expects one in 6 days: it counted each day \
         by the own hours it knew then, and in the first days it knew none. Even so, so many come about once in 11 years."
    );
    let kept = found(1.0).own;
    assert_eq!(sentence(&past(4), 1.0 / 6.0), kept, "not one was to be expected");
    // With no hours of its own, everything is outside.
    let hours = OwnHours::default();
    let own = past(30);
    let outside = Around {
        hours: Some(hours),
        ..around(&own, &nobody)
    };
    let of = |own_usual| {
        let found = found(own_usual);
        own_sentence(&found, &picture(&found, &outside).unwrap())
    };
    assert_eq!(of(5.0), kept, "135 on 30 days is about that");
    assert!(
        of(50.0).starts_with("Only 135 outside own hours on the 30 earlier days in the picture. "),
        "{}",
        of(50.0)
    );
    let inside = Departure {
        channel: Channel::InHours(Action::RemovableCopy).name(),
        ..found(50.0)
    };
    let drawn = picture(&inside, &around(&own, &nobody)).unwrap();
    assert_eq!(
        own_sentence(&inside, &drawn),
        kept,
        "only what hours decide is told anew"
    );
}

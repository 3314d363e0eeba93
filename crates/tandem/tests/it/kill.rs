//! The process is really killed, at points nobody chose, and nothing is lost or doubled.

use std::time::Duration;

use crate::support::{Place, line};

const FILES: usize = 12;
const LINES: usize = 4_000;

/// A small generator of delays: the points differ from run to run of the loop, not from test to test.
fn delays() -> impl Iterator<Item = Duration> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    std::iter::from_fn(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        Some(Duration::from_millis(40 + state % 900))
    })
}

#[test]
fn killed_at_any_point_and_started_again_every_event_is_there_once() {
    let place = Place::new(2_500);
    for file in 0..FILES {
        let text: String = (file * LINES..(file + 1) * LINES).map(line).collect();
        place.file(&format!("logs/{file:02}.json"), text.as_bytes());
    }
    let mut killed = 0;
    for delay in delays().take(8) {
        let mut child = place
            .command(&["ingest", "logs", "--no-analysis"])
            .spawn()
            .unwrap();
        std::thread::sleep(delay);
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            killed += 1;
        }
        child.wait().unwrap();
    }
    place.run(&["ingest", "logs", "--no-analysis"]);
    assert!(
        killed > 0,
        "the reading ended before every kill: make the files larger"
    );
    let wanted = (FILES * LINES) as i64;
    assert_eq!(place.count("select count(*) n from events"), wanted);
    assert_eq!(
        place.count("select count(distinct event_id) n from events"),
        wanted
    );
    let sources = place.json(&["sources"]);
    assert_eq!(sources["sources"][0]["events"].as_i64(), Some(wanted));
}

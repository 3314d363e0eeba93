use std::cell::Cell;
use std::sync::Arc;

use tandem_domain::event::{EventBatch, EventHead};
use tandem_domain::{LogSource, Value};

use super::{Clock, RuleWork, TIMED};
use crate::{Engine, RuleSet};

thread_local! {
    static NOW: Cell<u64> = const { Cell::new(0) };
}

/// A clock that goes on by ten nanoseconds each time it is read.
fn ticking() -> u64 {
    NOW.with(|now| {
        now.set(now.get() + 10);
        now.get()
    })
}

fn engine(clock: Option<Clock>) -> Engine {
    let text = "title: a
id: a
logsource: {product: p}
detection: {s: {A: x}, t: {B: y}, condition: s and t}
---
title: b
id: b
logsource: {product: p}
detection: {s: {A: never}, condition: s}
";
    let (rules, errors) = RuleSet::load([("r.yml", text)]);
    assert!(errors.is_empty(), "{errors:?}");
    let rules = Arc::new(rules);
    match clock {
        Some(clock) => Engine::timed(rules, clock),
        None => Engine::new(rules),
    }
}

/// Events of which one in three matches `a`, and two in three have what it needs most.
fn batch(events: u64) -> EventBatch {
    let mut batch = EventBatch::new("t");
    for n in 0..events {
        let mut event = batch.start().unwrap();
        let (a, b) = match n % 3 {
            0 => ("x", "y"),
            1 => ("x", "z"),
            _ => ("q", "z"),
        };
        event.field("A", Value::Text(a));
        event.field("B", Value::Text(b));
        event.logsource(&LogSource {
            product: Some("p".into()),
            ..LogSource::default()
        });
        event.finish(EventHead::default());
    }
    batch
}

#[test]
fn evaluations_and_matches_are_counted_for_each_rule() {
    let mut engine = engine(None);
    engine.scan(&batch(9), &mut |_, _| {});
    let found = engine.statistics();
    // Rule `b` has no event with what it needs, so it is never evaluated.
    assert_eq!(found.len(), 1);
    let (index, work) = found[0];
    assert_eq!(engine.rules().rule(index).unwrap().id, "a");
    assert_eq!((work.matches, work.nanos), (3, 0));
    assert!((3..=6).contains(&work.evaluations), "{work:?}");
    assert_eq!(engine.coverage().evaluated, work.evaluations);

    assert_eq!(engine.take_statistics(), found);
    assert!(engine.statistics().is_empty());
    engine.scan(&batch(3), &mut |_, _| {});
    assert_eq!(engine.statistics()[0].1.matches, 1);
}

#[test]
fn time_is_estimated_from_a_sample_by_the_clock_that_was_lent() {
    let mut engine = engine(Some(ticking));
    let events = 6 * TIMED;
    engine.scan(&batch(events), &mut |_, _| {});
    let work = engine.statistics()[0].1;
    // Each timed evaluation takes one tick of ten nanoseconds.
    assert_eq!(work.nanos, 10 * work.evaluations, "{work:?}");
    let read = NOW.with(Cell::get) / 10;
    assert!(
        read <= 2 * (events / TIMED + 1),
        "the clock was read {read} times"
    );
}

#[test]
fn work_of_several_engines_is_added_up() {
    let mut all = RuleWork::default();
    let one = RuleWork {
        evaluations: 2,
        matches: 1,
        nanos: u64::MAX,
    };
    all.add(one);
    all.add(one);
    assert_eq!((all.evaluations, all.matches, all.nanos), (4, 2, u64::MAX));
}

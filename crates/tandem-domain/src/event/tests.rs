use super::*;
use crate::{EventId, Timestamp};

#[test]
fn a_finished_event_reads_back_both_views() {
    let mut batch = EventBatch::new("test");
    let logsource = LogSource {
        product: Some("windows".into()),
        ..LogSource::default()
    };
    let mut event = batch.start().unwrap();
    event.field("EventID", Value::Int(4624));
    event.field("TargetUserName", Value::Text("jdoe"));
    let id = event.intern_name("TargetUserName");
    assert!(event.attr_from_field(Attr::ActorUser, id));
    event.num(NumAttr::BytesOut, 7);
    event.logsource(&logsource);
    event.logsource(&logsource);
    event.finish(EventHead {
        id: EventId(9),
        time: Timestamp(5),
        ..EventHead::default()
    });

    let read = batch.get(0).unwrap();
    assert_eq!(read.field("EventID").next(), Some(Value::Int(4624)));
    assert_eq!(read.attr(Attr::ActorUser), Some("jdoe"));
    assert_eq!(read.attr(Attr::Url), None);
    assert_eq!(read.num(NumAttr::BytesOut), Some(7));
    assert_eq!(read.logsources().collect::<Vec<_>>(), [&logsource]);
}

#[test]
fn a_dropped_builder_leaves_nothing_behind() {
    let mut batch = EventBatch::new("test");
    let mut event = batch.start().unwrap();
    event.field("a", Value::Text("lost"));
    drop(event);
    assert!(batch.is_empty());
    assert_eq!(batch.text_bytes(), 0);
}

#[test]
fn a_list_is_the_same_name_repeated() {
    let mut batch = EventBatch::new("test");
    let mut event = batch.start().unwrap();
    event.field("to", Value::Text("a"));
    event.field("to", Value::Text("b"));
    event.finish(EventHead::default());
    let values: Vec<_> = batch.get(0).unwrap().field("to").collect();
    assert_eq!(values, [Value::Text("a"), Value::Text("b")]);
}

#[test]
fn names_are_shared_across_events_and_survive_clear() {
    let mut batch = EventBatch::new("test");
    for _ in 0..3 {
        let mut event = batch.start().unwrap();
        event.field("x", Value::Null);
        event.field("y", Value::Bool(true));
        event.finish(EventHead::default());
    }
    assert_eq!(batch.names().len(), 2);
    batch.clear();
    assert_eq!(batch.name_id("y"), Some(NameId(1)));
}

#[test]
fn a_rule_without_service_covers_an_event_with_one() {
    let event = LogSource {
        product: Some("windows".into()),
        service: Some("security".into()),
        category: None,
    };
    let rule = LogSource {
        product: Some("Windows".into()),
        ..LogSource::default()
    };
    assert!(rule.covers(&event));
    assert!(!event.covers(&rule));
}

#[test]
fn retain_drops_only_what_it_is_told_to() {
    let mut batch = EventBatch::new("");
    batch.set_source("renamed");
    for id in 0..4 {
        let mut event = batch.start().unwrap();
        event.field("n", Value::Int(id as i64));
        event.finish(EventHead {
            id: EventId(id),
            ..EventHead::default()
        });
    }
    batch.retain(|head| head.id.0 % 2 == 1);
    let left: Vec<_> = batch.iter().map(|e| e.field("n").next()).collect();
    assert_eq!(left, [Some(Value::Int(1)), Some(Value::Int(3))]);
    assert_eq!(batch.source(), "renamed");
}

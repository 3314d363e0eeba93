use tandem_domain::event::{EventBatch, EventHead};
use tandem_domain::{LogSource, Value};

use super::{Reader, Writer};

fn source(category: &str) -> LogSource {
    LogSource {
        category: Some(category.to_owned()),
        product: Some("windows".to_owned()),
        service: None,
    }
}

/// A batch of two events, one of two log sources and with what JSON must escape, and one without fields.
fn batch() -> EventBatch {
    let mut batch = EventBatch::new("test");
    let mut event = batch.start().unwrap();
    event.field("Path", Value::Text("C:\\tab\there\n\"x\""));
    event.field("Size", Value::Int(-7));
    event.field("To", Value::Text("a"));
    event.field("To", Value::Text("b"));
    event.logsource(&source("registry_set"));
    event.logsource(&source("registry_event"));
    event.finish(EventHead::default());
    batch.start().unwrap().finish(EventHead::default());
    let mut event = batch.start().unwrap();
    event.field("Signed", Value::Bool(true));
    event.field("Gone", Value::Null);
    event.finish(EventHead::default());
    batch
}

#[test]
fn what_is_written_is_read_back_in_every_round() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::create(folder.path().join("flat")).unwrap();
    writer.add(&batch(), 10).unwrap();
    let file = writer.finish(3).unwrap();
    assert_eq!(file.events, 6);
    let mut reader = Reader::open(&file.path).unwrap();
    let mut read = EventBatch::new("test");
    let mut all = Vec::new();
    while reader.fill(&mut read, 4).unwrap() {
        for event in read.iter() {
            let fields: Vec<String> = event
                .fields()
                .map(|field| format!("{}={:?}", field.name, field.value))
                .collect();
            let sources: Vec<_> = event.logsources().filter_map(|s| s.category.clone()).collect();
            all.push((fields.join(" "), sources.join(" ")));
        }
    }
    let first = (
        "Path=Text(\"C:\\\\tab\\there\\n\\\"x\\\"\") Size=Int(-7) To=Text(\"a\") To=Text(\"b\")".to_owned(),
        "registry_set registry_event".to_owned(),
    );
    let second = ("Signed=Bool(true) Gone=Null".to_owned(), String::new());
    assert_eq!(
        all,
        [&first, &second]
            .repeat(3)
            .into_iter()
            .cloned()
            .collect::<Vec<_>>()
    );
}

#[test]
fn no_more_is_written_than_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::create(folder.path().join("flat")).unwrap();
    writer.add(&batch(), 1).unwrap();
    writer.add(&batch(), 1).unwrap();
    assert_eq!(writer.finish(1).unwrap().events, 1);
}

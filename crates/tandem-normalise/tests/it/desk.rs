//! Reading a whole stream, in one piece or in several, and writing down what came of it.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use tandem_domain::event::EventRef;
use tandem_domain::{Attr, EventBatch, Timestamp, Value};
use tandem_normalise::mapping::Mappings;
use tandem_normalise::{Counts, Format, Normaliser, Options, Reject};

/// The shipped mappings, loaded once.
pub fn mappings() -> Arc<Mappings> {
    static SHIPPED: OnceLock<Arc<Mappings>> = OnceLock::new();
    Arc::clone(SHIPPED.get_or_init(|| Arc::new(Mappings::builtin().unwrap())))
}

/// Settings as for a file that was just found.
pub fn options() -> Options {
    Options {
        source: String::new(),
        stream_id: 7,
        format: None,
        mapping: None,
        time_zone: None,
        year_hint: None,
        received: Timestamp::parse_rfc3339("2026-11-10T12:00:00Z").unwrap(),
        max_record_bytes: 1 << 20,
    }
}

/// What came of a stream.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// One text an event: id, time, class, activity and every field.
    pub events: Vec<String>,
    pub rejects: Vec<Reject>,
    pub format: Option<Format>,
    pub source: String,
    pub records: u64,
    pub ids: HashSet<u128>,
}

impl Outcome {
    /// Takes what a step gave, and checks that it can be told apart from nothing.
    fn take(&mut self, batch: &mut EventBatch, rejects: &mut Vec<Reject>) {
        for event in batch.iter() {
            self.events.push(shown(event));
            self.ids.insert(event.head().id.0);
        }
        if !batch.source().is_empty() {
            batch.source().clone_into(&mut self.source);
        }
        batch.clear();
        self.rejects.append(rejects);
    }

    fn close(&mut self, counts: Counts, format: Option<Format>) {
        assert_eq!(
            counts.records,
            counts.events + counts.rejects,
            "the counts add up"
        );
        assert_eq!(counts.events, self.events.len() as u64);
        assert_eq!(counts.rejects, self.rejects.len() as u64);
        self.records = counts.records;
        self.format = format;
    }

    /// Place and reason of every reject.
    pub fn reasons(&self) -> Vec<(u64, &str)> {
        self.rejects
            .iter()
            .map(|reject| (reject.offset, reject.reason.as_str()))
            .collect()
    }
}

/// An event as text.
fn shown(event: EventRef<'_>) -> String {
    use std::fmt::Write as _;
    let head = event.head();
    let mut text = format!(
        "{:032x} {} {} {}",
        head.id.0,
        head.time,
        head.class.as_str(),
        head.activity
    );
    for field in event.fields() {
        match field.value {
            Value::Text(value) => write!(text, " {}={value}", field.name).unwrap(),
            other => write!(text, " {}={other:?}", field.name).unwrap(),
        }
    }
    for attr in Attr::ALL {
        if let Some(value) = event.attr(*attr) {
            write!(text, " @{}={value}", attr.as_str()).unwrap();
        }
    }
    text
}

/// Reads `bytes` whole.
pub fn read(bytes: &[u8], options: &Options) -> Outcome {
    read_in(bytes, &[], options, false)
}

/// Reads with the shipped settings.
pub fn plain(text: &str) -> Outcome {
    read(text.as_bytes(), &options())
}

/// The core view of every event: class, activity, status, time, log sources and attributes. Two records that mean the same have
/// the same.
pub fn meanings(text: &str, format: Format) -> Vec<String> {
    let mut options = options();
    options.format = Some(format);
    let mut reader = Normaliser::new(mappings(), options);
    let (mut batch, mut rejects) = (EventBatch::new(""), Vec::new());
    reader.feed(text.as_bytes(), 0, true, &mut batch, &mut rejects);
    assert_eq!(rejects, []);
    batch.iter().map(meaning).collect()
}

fn meaning(event: EventRef<'_>) -> String {
    use std::fmt::Write as _;
    let head = event.head();
    let mut text = format!(
        "{} {} {:?} {:?} {}",
        head.class.as_str(),
        head.activity,
        head.status,
        head.severity,
        head.time
    );
    let part = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut sources: Vec<String> = event
        .logsources()
        .map(|from| {
            format!(
                " {}/{}/{}",
                part(&from.category),
                part(&from.product),
                part(&from.service)
            )
        })
        .collect();
    sources.sort();
    text.extend(sources);
    for attr in Attr::ALL {
        if let Some(value) = event.attr(*attr) {
            write!(text, " @{}={value}", attr.as_str()).unwrap();
        }
    }
    text
}

/// Reads `bytes` as if they arrived in pieces that end at `ends`; with `resume` the reader is thrown away at each of them and
/// goes on from its state.
pub fn read_in(bytes: &[u8], ends: &[usize], options: &Options, resume: bool) -> Outcome {
    let mut reader = Normaliser::new(mappings(), options.clone());
    let (mut batch, mut rejects) = (EventBatch::new(&options.source), Vec::new());
    let (mut outcome, mut at) = (Outcome::default(), 0);
    for end in ends.iter().copied().chain([bytes.len()]) {
        let eof = end == bytes.len();
        loop {
            let used = reader.feed(
                bytes.get(at..end).unwrap_or_default(),
                at as u64,
                eof,
                &mut batch,
                &mut rejects,
            );
            at += used;
            assert!(at <= end);
            outcome.take(&mut batch, &mut rejects);
            if used == 0 {
                break;
            }
        }
        if resume {
            let state = serde_json::to_string(reader.state()).unwrap();
            reader = Normaliser::resume(mappings(), options.clone(), serde_json::from_str(&state).unwrap());
            batch = EventBatch::new(&options.source);
        }
    }
    assert_eq!(at, bytes.len(), "every byte is accounted for");
    outcome.close(reader.counts(), reader.format());
    outcome
}

/// The value of a field in an event's text.
pub fn has(event: &str, part: &str) -> bool {
    format!("{event} ").contains(&format!(" {part} "))
}

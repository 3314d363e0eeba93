//! Reads deliveries as the pipeline would.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use tandem_domain::event::{Attr, EventBatch};
use tandem_domain::{Timestamp, Value};
use tandem_normalise::mapping::Mappings;
use tandem_normalise::{Normaliser, Options};
use tandem_sources::Delivery;
use tandem_sources::forward::Sender;

/// 2024-05-01T08:00:00Z.
pub const RECEIVED: i64 = 1_714_550_400_000_000;

pub fn sender() -> Sender<'static> {
    Sender {
        token: "shipper",
        hash: "0123",
        peer: "10.0.0.7",
        path: "/here",
        key: None,
        received: Timestamp(RECEIVED),
    }
}

/// An event as a test looks at it.
#[derive(Debug)]
pub struct Seen {
    pub source: String,
    pub time: String,
    pub class: String,
    pub fields: BTreeMap<String, String>,
    pub attrs: BTreeMap<&'static str, String>,
}

impl Seen {
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    pub fn attr(&self, name: &str) -> &str {
        self.attrs.get(name).map_or("", String::as_str)
    }
}

fn mappings() -> Arc<Mappings> {
    static MAPPINGS: OnceLock<Arc<Mappings>> = OnceLock::new();
    Arc::clone(MAPPINGS.get_or_init(|| Arc::new(Mappings::builtin().unwrap())))
}

/// Events of all deliveries, and why records are none.
pub fn read(deliveries: &[Delivery]) -> (Vec<Seen>, Vec<String>) {
    let (mut seen, mut rejects) = (Vec::new(), Vec::new());
    for delivery in deliveries {
        rejects.extend(delivery.refused.iter().map(|refused| refused.reason.clone()));
        let options = Options {
            source: delivery.source.to_string(),
            stream_id: delivery.identity,
            format: delivery.format,
            mapping: None,
            time_zone: Some("UTC".into()),
            year_hint: Some(2024),
            received: Timestamp(RECEIVED),
            max_record_bytes: 1 << 20,
        };
        let mut reader = Normaliser::new(mappings(), options);
        let mut batch = EventBatch::new(&delivery.source);
        let (mut refused, mut at) = (Vec::new(), 0);
        while at < delivery.body.len() {
            let used = reader.feed(&delivery.body[at..], at as u64, true, &mut batch, &mut refused);
            for event in batch.iter() {
                let text = |value: Value<'_>| match value {
                    Value::Text(text) => text.to_owned(),
                    Value::Int(number) => number.to_string(),
                    Value::Bool(truth) => truth.to_string(),
                    Value::Float(number) => number.to_string(),
                    Value::Null => "null".to_owned(),
                };
                seen.push(Seen {
                    source: delivery.source.to_string(),
                    time: event.head().time.to_string(),
                    class: event.head().class.as_str().to_owned(),
                    fields: event
                        .fields()
                        .map(|field| (field.name.to_owned(), text(field.value)))
                        .collect(),
                    attrs: Attr::ALL
                        .iter()
                        .filter_map(|attr| Some((attr.as_str(), event.attr(*attr)?.to_owned())))
                        .collect(),
                });
            }
            batch.clear();
            if used == 0 {
                break;
            }
            at += used;
        }
        rejects.extend(refused.into_iter().map(|reject| reject.reason));
    }
    (seen, rejects)
}

/// Events of deliveries in which everything can be read.
pub fn events(deliveries: &[Delivery]) -> Vec<Seen> {
    let (seen, rejects) = read(deliveries);
    assert!(rejects.is_empty(), "{rejects:?}");
    seen
}

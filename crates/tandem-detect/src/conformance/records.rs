//! JSON records as events.

use serde_json::Value as Json;
use tandem_domain::event::{BatchFull, EventBatch, EventBuilder, EventHead};
use tandem_domain::{EventId, LogSource, Timestamp, Value};

/// A log source from its three parts; empty ones are absent.
pub fn logsource(category: &str, product: &str, service: &str) -> LogSource {
    let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    LogSource {
        category: part(category),
        product: part(product),
        service: part(service),
    }
}

/// Writes a JSON object's members as fields: objects nested with dots, lists as repeated fields.
pub fn write_fields(event: &mut EventBuilder<'_>, prefix: &str, value: &Json) {
    match value {
        Json::Object(map) => {
            for (key, inner) in map {
                let name = if prefix.is_empty() {
                    key.clone()
                } else {
                    format!("{prefix}.{key}")
                };
                write_fields(event, &name, inner);
            }
        }
        Json::Array(values) => values.iter().for_each(|inner| write_fields(event, prefix, inner)),
        scalar => event.field(prefix, value_of(scalar)),
    }
}

fn value_of(json: &Json) -> Value<'_> {
    match json {
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match number.as_i64() {
            Some(int) => Value::Int(int),
            None => Value::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::Text(text),
        _ => Value::Null,
    }
}

/// Appends a record to a batch.
///
/// # Errors
/// When the batch has no room for it.
pub fn push(
    batch: &mut EventBatch,
    record: &Json,
    sources: &[LogSource],
    seconds: i64,
) -> Result<(), BatchFull> {
    let id = EventId(batch.len() as u128 + 1);
    let mut event = batch.start()?;
    write_fields(&mut event, "", record);
    for source in sources {
        event.logsource(source);
    }
    event.finish(EventHead {
        id,
        time: Timestamp::from_seconds(seconds),
        ..EventHead::default()
    });
    Ok(())
}

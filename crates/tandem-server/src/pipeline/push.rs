//! One pushed body: read whole, committed as one batch, answered when durable.

use tandem_collect::stream_id;
use tandem_domain::EventBatch;
use tandem_normalise::{Normaliser, Options};
use tandem_store::Committed;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use super::IngestError;
use super::pending::Stage;
use crate::api::dto::PushAnswer;
use crate::app::App;

/// Takes one body of one source.
///
/// # Errors
/// When a store fails; then nothing of it was taken and the sender should send it again.
pub async fn take(
    app: &App,
    source: &str,
    key: Option<&str>,
    body: Vec<u8>,
) -> Result<PushAnswer, IngestError> {
    let batch_id = batch_id(source, key, &body);
    let mut known = app.writer.lock().await;
    if let Some(Committed::Before {
        records,
        events,
        rejects,
        duplicates,
    }) = app.store.batch(&batch_id).await?
    {
        return Ok(PushAnswer {
            batch: batch_id,
            records,
            events,
            rejects,
            duplicates,
            durable: true,
            repeated: true,
        });
    }
    let mut stage = Stage::new(app, &mut known).await?;
    let options = Options {
        source: source.to_owned(),
        // Pushed records have no file: the batch is their stream.
        stream_id: xxh3_128(batch_id.as_bytes()) ^ stream_id(&body),
        format: None,
        mapping: None,
        time_zone: Some(app.config.home.time_zone.clone()),
        year_hint: None,
        received: super::now(),
        max_record_bytes: app.config.limits.record_bytes,
    };
    let mut normaliser = Normaliser::new(app.mappings.clone(), options);
    let mut batch = EventBatch::new(source);
    let mut rejects = Vec::new();
    let mut at = 0;
    while let Some(rest) = body.get(at..).filter(|rest| !rest.is_empty()) {
        let used = normaliser.feed(rest, at as u64, true, &mut batch, &mut rejects);
        stage.take(source, &mut batch, &mut rejects, used as u64).await?;
        if used == 0 {
            stage
                .reject_rest(
                    source,
                    source,
                    at as u64,
                    rest,
                    "the end of the body could not be read",
                )
                .await?;
            break;
        }
        at += used;
    }
    let summary = stage.summary;
    stage.commit_as(batch_id.clone()).await?;
    Ok(PushAnswer {
        batch: batch_id,
        records: summary.records,
        events: summary.events,
        rejects: summary.rejects,
        duplicates: summary.duplicates,
        durable: true,
        repeated: false,
    })
}

/// The same for the same key of the same source, or without a key for the same body.
fn batch_id(source: &str, key: Option<&str>, body: &[u8]) -> String {
    let mut hasher = Xxh3::new();
    hasher.update(source.as_bytes());
    hasher.update(&[0]);
    match key {
        Some(key) => hasher.update(key.as_bytes()),
        None => hasher.update(body),
    }
    format!("push-{:032x}", hasher.digest128())
}

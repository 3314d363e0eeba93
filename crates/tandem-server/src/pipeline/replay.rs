//! Trying rejected records again, after a mapping or a setting was mended.

use tandem_domain::EventBatch;
use tandem_normalise::{Normaliser, Options};
use tandem_store::RejectFilter;
use xxhash_rust::xxh3::xxh3_128;

use super::IngestError;
use super::pending::Stage;
use crate::api::dto::ReplayAnswer;
use crate::app::App;

/// Rejects tried in one go.
const MOST: usize = 10_000;

/// Tries these rejects, or all open ones (of `source`). A record that can be read now becomes an event and its reject is
/// marked; the others stay as they are.
///
/// # Errors
/// When a store fails; then nothing was replayed: events and marks are one transaction.
pub async fn replay(app: &App, ids: Vec<i64>, source: Option<String>) -> Result<ReplayAnswer, IngestError> {
    let mut known = app.writer.lock().await;
    let filter = RejectFilter {
        source,
        status: Some("open".into()),
        ids,
        limit: MOST,
        offset: 0,
    };
    let mut answer = ReplayAnswer::default();
    let mut stage = Stage::new(app, &mut known).await?;
    let mut readable = Vec::new();
    for reject in app.store.rejects(&filter).await? {
        answer.tried += 1;
        let row = &reject.row;
        let whole = row.bytes == row.raw.len() as u64;
        let mut batch = EventBatch::new(&row.source);
        let mut rejects = Vec::new();
        if whole {
            let mut normaliser =
                Normaliser::new(app.mappings.clone(), options(app, &row.source, &row.stream));
            normaliser.feed(&row.raw, row.offset, true, &mut batch, &mut rejects);
        }
        if batch.is_empty() || !rejects.is_empty() {
            answer.still_rejected += 1;
            continue;
        }
        stage.take(&row.stream, &mut batch, &mut rejects, 0).await?;
        readable.push(reject.id);
        answer.replayed += 1;
    }
    stage.commit_replay(&readable).await?;
    Ok(answer)
}

fn options(app: &App, source: &str, stream: &str) -> Options {
    Options {
        source: source.to_owned(),
        stream_id: xxh3_128(stream.as_bytes()),
        format: None,
        mapping: None,
        time_zone: Some(app.config.home.time_zone.clone()),
        year_hint: None,
        received: super::now(),
        max_record_bytes: app.config.limits.record_bytes,
    }
}

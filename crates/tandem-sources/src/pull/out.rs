//! From records to deliveries: heaped up, and handed on with where reading goes on behind them.

use std::sync::Arc;

use tandem_normalise::Format;
use tokio::sync::oneshot;
use xxhash_rust::xxh3::Xxh3;

use super::cursor::Cursor;
use crate::delivery::{NotTaken, Place, Refused, Taken};
use crate::run::Context;

/// Bytes that are heaped up before they are handed on.
const HEAP: usize = 512 << 10;

/// What one stream hands on.
pub(super) struct Out<'a> {
    context: &'a Context,
    stream: &'a str,
    from: Arc<str>,
    body: Vec<u8>,
    records: u64,
    refused: Vec<Refused>,
    heap: usize,
    /// The delivery under way. A later position must not become durable before an earlier one, so there is one at a time;
    /// the next page is asked for meanwhile.
    pending: Option<oneshot::Receiver<Taken>>,
}

impl<'a> Out<'a> {
    /// Nothing yet.
    pub fn new(context: &'a Context, stream: &'a str, from: &str) -> Self {
        Self {
            context,
            stream,
            from: from.into(),
            body: Vec::new(),
            records: 0,
            refused: Vec::new(),
            heap: 0,
            pending: None,
        }
    }

    /// Takes a record: one line of JSON without its end.
    pub fn record(&mut self, json: &[u8]) {
        if json.len() > self.context.record_bytes {
            self.refuse(Refused::new(
                json,
                format!(
                    "a record of {} bytes is larger than {} bytes",
                    json.len(),
                    self.context.record_bytes
                ),
                "raise the largest record of the settings",
            ));
            return;
        }
        self.body.extend_from_slice(json);
        self.body.push(b'\n');
        self.records += 1;
        self.heap += json.len() + 1;
    }

    /// Takes something that is no record.
    pub fn refuse(&mut self, refused: Refused) {
        self.heap += refused.raw.len() + 1;
        self.refused.push(refused);
    }

    /// True if there is enough to hand on.
    pub const fn full(&self) -> bool {
        self.heap >= HEAP
    }

    /// Hands on what there is; reading goes on at the cursor. What was handed on before is durable then.
    ///
    /// # Errors
    /// [`NotTaken`]; then the stream must begin again at its durable position.
    pub async fn flush(&mut self, cursor: &Cursor) -> Result<(), NotTaken> {
        if self.body.is_empty() && self.refused.is_empty() {
            return Ok(());
        }
        self.settle().await?;
        let mut delivery = self.context.delivery(Arc::clone(&self.from));
        delivery.format.get_or_insert(Format::Ndjson);
        delivery.body = std::mem::take(&mut self.body);
        delivery.refused = std::mem::take(&mut self.refused);
        self.heap = 0;
        let mut identity = Xxh3::new();
        identity.update(self.stream.as_bytes());
        identity.update(&delivery.body);
        delivery.identity = identity.digest128();
        delivery.place = Place::Kept(cursor.write(self.stream));
        let health = &self.context.health;
        health.received(delivery.body.len() as u64, std::mem::take(&mut self.records));
        health.refused(delivery.refused.len() as u64);
        self.pending = Some(self.context.inlet.send_and_learn(delivery).await?);
        Ok(())
    }

    /// Waits until what was handed on is durable.
    ///
    /// # Errors
    /// [`NotTaken`] if it is not.
    pub async fn settle(&mut self) -> Result<(), NotTaken> {
        if let Some(pending) = self.pending.take() {
            pending.await.map_err(|_| NotTaken::Failed)?;
        }
        Ok(())
    }
}

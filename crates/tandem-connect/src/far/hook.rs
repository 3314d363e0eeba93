//! Webhooks out, signed as Standard Webhooks says.

use reqwest::Method;
use serde_json::json;

use super::{Context, Receipt, unfit};
use crate::gate::Screened;
use crate::job::Job;
use crate::net::{Base, Body, Call, Http, SendError};
use crate::standard::{SigningKey, Stamp, id_of};

const FAR: &str = "webhook";
/// Largest payload; the specification advises at most 20 KB.
pub const MAX_BODY: usize = 64 * 1024;

/// One receiver.
#[derive(Debug)]
pub struct Hook {
    http: Http,
    address: Base,
    key: SigningKey,
}

impl Hook {
    /// `key` is shared with the receiver.
    pub const fn new(http: Http, address: Base, key: SigningKey) -> Self {
        Self { http, address, key }
    }

    pub(crate) async fn deliver(&self, job: &Job, context: &Context<'_>) -> Result<Receipt, SendError> {
        let Job::Hook { event, data } = job else {
            return Err(unfit(FAR, job));
        };
        let text = json!({"type": event, "timestamp": context.since.to_string(), "data": data});
        let body = Screened::new(text, context.gate)?.get().to_string();
        if body.len() > MAX_BODY {
            return Err(SendError::refused(
                FAR,
                format!("{} bytes, at most {MAX_BODY} go out", body.len()),
            ));
        }
        // The same in every attempt: the receiver drops what it has.
        let id = id_of(context.key);
        let stamp = Stamp::new(&self.key, &id, context.now, body.as_bytes());
        let call = Call {
            method: Method::POST,
            base: &self.address,
            path: &[],
            query: &[],
            bearer: None,
            headers: &stamp.headers(),
            body: Body::Raw(body.as_bytes(), "application/json"),
        };
        let answer = self.http.send(FAR, &call).await?;
        if answer.status == 410 {
            return Err(SendError::refused(
                FAR,
                "status 410: the receiver is gone for good; remove it",
            ));
        }
        answer.success(|_| None)?;
        Ok(Receipt {
            message: Some(id),
            ..Receipt::default()
        })
    }
}

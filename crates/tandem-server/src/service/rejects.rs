//! The dead-letter store: list, show.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tandem_store::{RejectFilter, StoredReject};

use super::ServiceError;
use crate::api::dto::{RejectDetail, RejectList, RejectView};
use crate::app::App;

/// Which rejects are asked for.
#[derive(Debug, Clone, Default, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct RejectsAsked {
    /// Of this source.
    pub source: Option<String>,
    /// `open` or `replayed`.
    pub status: Option<String>,
    /// How many, at most 500.
    pub limit: Option<usize>,
    /// After how many.
    pub offset: Option<usize>,
}

impl App {
    /// A page of rejects, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reject_list(&self, asked: &RejectsAsked) -> Result<RejectList, ServiceError> {
        let some = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
        let filter = RejectFilter {
            source: some(&asked.source),
            status: some(&asked.status),
            limit: asked.limit.unwrap_or(50).clamp(1, 500),
            offset: asked.offset.unwrap_or(0),
            ..RejectFilter::default()
        };
        let total = self.store.count_rejects(&filter).await?;
        Ok(RejectList {
            total,
            rejects: self.store.rejects(&filter).await?.iter().map(view).collect(),
        })
    }

    /// One reject with its bytes.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn reject(&self, id: i64) -> Result<RejectDetail, ServiceError> {
        let filter = RejectFilter {
            ids: vec![id],
            limit: 1,
            ..RejectFilter::default()
        };
        let found = self.store.rejects(&filter).await?;
        let reject = found.first().ok_or(ServiceError::Missing("rejected record"))?;
        Ok(RejectDetail {
            summary: view(reject),
            raw_text: std::str::from_utf8(&reject.row.raw).ok().map(str::to_owned),
            raw_base64: STANDARD.encode(&reject.row.raw),
        })
    }
}

fn view(reject: &StoredReject) -> RejectView {
    let row = &reject.row;
    RejectView {
        id: reject.id,
        source: row.source.clone(),
        stream: row.stream.clone(),
        offset: row.offset,
        reason: match &row.field {
            Some(field) if !row.reason.contains(field.as_str()) => format!("{}: {}", field, row.reason),
            _ => row.reason.clone(),
        },
        hint: row.hint.clone(),
        bytes: row.bytes,
        received: row.received.to_string(),
        status: reject.status.clone(),
    }
}

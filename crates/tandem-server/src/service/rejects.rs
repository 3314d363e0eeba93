//! The dead-letter store: list, show.
//!
//! A rejected record is raw data. Who only looks after the system sees why it was rejected; the record itself is for who may
//! see raw events, and a row of a people file, which names somebody, only for whoever holds the machine.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tandem_store::{RejectFilter, StoredReject};

use super::ServiceError;
use crate::api::dto::{RejectDetail, RejectList, RejectView};
use crate::api::views::Sight;
use crate::app::App;
use crate::pipeline::PEOPLE;

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

    /// One reject, with its bytes for who may see them.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn reject(&self, sight: Sight, id: i64) -> Result<RejectDetail, ServiceError> {
        let filter = RejectFilter {
            ids: vec![id],
            limit: 1,
            ..RejectFilter::default()
        };
        let found = self.store.rejects(&filter).await?;
        let reject = found.first().ok_or(ServiceError::Missing("rejected record"))?;
        let withheld = if is_people(reject) && sight != Sight::ALL {
            Some(
                "a row of a people file names somebody; `tandem rejects show` on the machine itself shows it",
            )
        } else if sight.evidence {
            None
        } else {
            Some("a rejected record is raw data; an IT analyst who triages sees it")
        };
        let raw = reject.row.raw.as_slice();
        let shown: &[u8] = if withheld.is_some() { &[] } else { raw };
        Ok(RejectDetail {
            summary: view(reject),
            raw_text: std::str::from_utf8(shown)
                .ok()
                .filter(|_| withheld.is_none())
                .map(str::to_owned),
            raw_base64: STANDARD.encode(shown),
            withheld: withheld.map(str::to_owned),
        })
    }
}

/// True for a row of a people file.
fn is_people(reject: &StoredReject) -> bool {
    reject.row.source == PEOPLE
}

/// Why a row was rejected. Of a people file, only which line and field: what stands in the wrong column may be a name.
fn reason(reject: &StoredReject) -> String {
    let row = &reject.row;
    if is_people(reject) {
        let line = row.reason.split(':').next().unwrap_or_default();
        return match &row.field {
            Some(field) => format!("{line}: `{field}` cannot be read"),
            None => format!("{line}: it cannot be read"),
        };
    }
    match &row.field {
        Some(field) if !row.reason.contains(field.as_str()) => format!("{}: {}", field, row.reason),
        _ => row.reason.clone(),
    }
}

fn view(reject: &StoredReject) -> RejectView {
    let row = &reject.row;
    RejectView {
        id: reject.id,
        source: row.source.clone(),
        stream: row.stream.clone(),
        offset: row.offset,
        reason: reason(reject),
        hint: row.hint.clone(),
        bytes: row.bytes,
        received: row.received.to_string(),
        status: reject.status.clone(),
    }
}

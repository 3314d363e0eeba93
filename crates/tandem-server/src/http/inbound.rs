//! Alerts of other systems come in by webhook and go the way of every event.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::json;
use tandem_connect::inbound::alerts::{InboundAlert, Vendor, parse};
use utoipa::IntoParams;

use super::error::ApiError;
use super::push::{bearer, no_token};
use crate::api::dto::{ErrorBody, PushAnswer};
use crate::app::App;
use crate::pipeline::push::take;
use crate::secret;
use crate::service::ServiceError;

/// OCSF class Detection Finding.
const DETECTION_FINDING: u32 = 2004;

/// The token, for senders that cannot set a header.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct TokenAsked {
    /// A token of `tandem ingest-token`, if it does not come as `authorization: bearer`.
    token: Option<String>,
}

/// Takes alerts of Wazuh, Elastic or Splunk in; answers once they are on disk. The same alerts again are taken once.
///
/// # Errors
/// No token, not one of the three systems, a body that is none of its alerts, or the stores fail.
#[utoipa::path(post, path = "/api/v1/inbound/{source}", tag = "ingest",
    params(("source" = String, Path, description = "`wazuh`, `elastic` or `splunk`"), TokenAsked),
    request_body = serde_json::Value,
    responses((status = 200, body = PushAnswer), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn inbound_alerts(
    State(app): State<Arc<App>>,
    Path(source): Path<String>,
    Query(asked): Query<TokenAsked>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<PushAnswer>, ApiError> {
    let token = bearer(&headers).or(asked.token.as_deref()).ok_or_else(no_token)?;
    app.store
        .ingest_token(&secret::token_hash(token))
        .await?
        .ok_or_else(no_token)?;
    let vendor = Vendor::parse(&source)
        .ok_or_else(|| ApiError::not_found("source of alerts; wazuh, elastic and splunk are known"))?;
    let found = parse(vendor, &body, crate::pipeline::now()).map_err(|error| {
        ApiError::bad(
            "alert",
            error.to_string(),
            "docs/connectors.md says what each system must send",
        )
    })?;
    let mut lines = String::new();
    let mut ids = blake3::Hasher::new();
    for alert in &found {
        ids.update(alert.id.as_bytes()).update(&[0]);
        lines.push_str(&finding(alert).to_string());
        lines.push('\n');
    }
    let key = ids.finalize().to_hex().to_string();
    let answer = take(&app, vendor.as_str(), Some(&key), lines.into_bytes()).await;
    Ok(Json(answer.map_err(ServiceError::from)?))
}

/// An alert as an OCSF Detection Finding, which the shipped mappings read.
fn finding(alert: &InboundAlert) -> serde_json::Value {
    let mut record = json!({
        "class_uid": DETECTION_FINDING,
        "activity_id": 1,
        "severity_id": alert.severity.ocsf(),
        "time": alert.at.0.div_euclid(1_000),
        "time_dt": alert.at.to_string(),
        "metadata": { "uid": format!("{}:{}", alert.vendor.as_str(), alert.id), "product": { "name": alert.vendor.as_str() } },
        "finding_info": { "title": alert.title, "uid": alert.id },
        "message": alert.title,
    });
    let mut put = |name: &str, value: serde_json::Value| {
        if let Some(fields) = record.as_object_mut() {
            fields.insert(name.to_owned(), value);
        }
    };
    if let Some(account) = &alert.account {
        put("actor", json!({ "user": { "name": account } }));
    }
    if let Some(host) = &alert.host {
        put("device", json!({ "hostname": host }));
    }
    record
}

//! Events and queries as the API shows them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Enrichment, EventSummary};

/// Events.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventList {
    /// Newest first.
    pub events: Vec<EventSummary>,
    /// More match.
    pub truncated: bool,
    /// The SQL that was run.
    pub sql: String,
}

/// One native field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldView {
    /// Name as Sigma rules write it.
    pub name: String,
    /// Value.
    #[schema(value_type = Object)]
    pub value: Value,
}

/// A Sigma log source.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LogSourceView {
    /// Category.
    pub category: Option<String>,
    /// Product.
    pub product: Option<String>,
    /// Service.
    pub service: Option<String>,
}

/// A rule that matched.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleRef {
    /// Rule id.
    pub id: String,
    /// Title.
    pub title: String,
}

/// One event whole.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventDetail {
    /// In short.
    #[serde(flatten)]
    pub summary: EventSummary,
    /// Core view.
    pub attrs: BTreeMap<String, String>,
    /// Native view.
    pub fields: Vec<FieldView>,
    /// As received.
    pub raw: Option<String>,
    /// Sigma log sources.
    pub logsources: Vec<LogSourceView>,
    /// Rules that matched it.
    pub matched_rules: Vec<RuleRef>,
    /// What lists know about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrichment: Option<Enrichment>,
    /// How much depends on the most critical asset that it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset_criticality: Option<String>,
}

/// An SQL query over `events`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryRequest {
    /// One SELECT.
    pub sql: String,
    /// Rows wanted.
    pub limit: Option<usize>,
}

/// A column of an answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ColumnView {
    /// Name.
    pub name: String,
    /// Arrow type.
    #[serde(rename = "type")]
    pub kind: String,
}

/// A query's answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QueryAnswer {
    /// Columns.
    pub columns: Vec<ColumnView>,
    /// Rows.
    #[schema(value_type = Vec<Vec<Object>>)]
    pub rows: Vec<Vec<Value>>,
    /// How many rows.
    pub row_count: u64,
    /// More rows exist.
    pub truncated: bool,
    /// Milliseconds.
    pub elapsed_ms: u64,
}

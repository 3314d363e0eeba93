//! Shapes of chains of acts.

use serde::Serialize;
use utoipa::ToSchema;

/// A step of a sequence.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChainStep {
    /// Its name.
    pub name: String,
    /// Stage on the way to harm.
    pub stage: String,
    /// RFC 3339; null if it was not reached or is not shown.
    pub time: Option<String>,
    /// The object.
    pub object: Option<String>,
    /// An event it rests on, if raw events may be seen.
    pub event: Option<String>,
    /// How many objects or things it took; 0 if it was not reached.
    pub count: u64,
    /// What happened, in plain words; empty if it was not reached.
    pub sentence: String,
    /// True if it was reached.
    pub reached: bool,
    /// True if a chain may do without it.
    pub optional: bool,
}

/// Steps of one sequence that a subject went in order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChainView {
    /// The sequence's id.
    pub sequence: String,
    /// Its title.
    pub title: String,
    /// True if the last step was reached.
    pub complete: bool,
    /// True if it counts as evidence: complete, or far enough.
    pub evidence: bool,
    /// The object that joins the steps; null if the subject does.
    pub key: Option<String>,
    /// Every step in order, reached or not.
    pub steps: Vec<ChainStep>,
}

//! Events: normalised log records.
//!
//! One event has two views. The *native view* is the source's own fields under the names Sigma rules use. The *core view*
//! is a small set of typed OCSF attributes ([`Attr`], [`NumAttr`]) that identity resolution, baselines, timelines and the
//! lake use. Events travel in batches that share one text arena, so that reading a record allocates nothing of its own.

mod attr;
mod batch;
mod class;
mod json;
mod logsource;
mod successor;

pub use attr::{Attr, NumAttr};
pub use batch::{BatchFull, EventBatch, EventBuilder, EventHead, EventRef, FieldRef, NameId, Span, Value};
pub use class::{ClassUid, Severity, Status};
pub use json::FieldsWriter;
pub use logsource::LogSource;

#[cfg(test)]
mod tests;

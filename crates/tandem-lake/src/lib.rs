//! The event lake: events as Parquet segments in a folder or an object store, and SQL over them in-process.
//!
//! A [`SegmentWriter`] turns batches of events into [`Segment`]s: immutable Parquet files, one UTC day each, sorted by
//! account and time. Which segments make up the lake is said by a catalog elsewhere, in the same transaction that moves a
//! source's checkpoint; so every call of [`Lake`] takes the segments it is about, and a file that no catalog entry names
//! does not exist.
//!
//! This is the only crate that names DataFusion, Arrow or Parquet; nothing of them is in its public interface.

mod compact;
mod config;
mod dedup;
mod encode;
mod engine;
mod error;
mod filter;
mod gather;
mod lake;
mod logsource;
mod lookup;
mod query;
mod schema;
mod segment;
mod storage;
mod stored;
mod udf;
mod waiting;
mod withdraw;
mod writer;

pub use config::{LakeConfig, QueryLimits, WriteConfig};
pub use error::{LakeError, Result};
pub use filter::EventFilter;
pub use lake::Lake;
pub use logsource::parse_logsources;
pub use lookup::{DayCount, Found};
pub use query::{ColumnCounts, QueryResult, ResultColumn, Spread, ValueCounts};
pub use schema::{Column, columns};
pub use segment::{Segment, expired, mergeable};
pub use stored::StoredEvent;
pub use withdraw::Rewritten;
pub use writer::SegmentWriter;

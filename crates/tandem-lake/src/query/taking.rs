//! What is made of an answer's batches while they come.

use std::time::Duration;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;

use super::result::QueryResult;
use crate::config::QueryLimits;
use crate::error::{LakeError, Result};

/// Takes the batches of an answer one after the other.
pub(crate) trait Taking: Send + 'static {
    /// What comes of them.
    type Made: Send + 'static;

    /// Takes a batch; false if no more is wanted.
    fn take(&mut self, batch: RecordBatch) -> Result<bool>;

    /// What came of the batches; `elapsed` is how long parsing, planning and running took.
    fn made(self, schema: SchemaRef, elapsed: Duration) -> Self::Made;
}

/// Keeps rows, as many as the limits allow.
pub(crate) struct Rows {
    limits: QueryLimits,
    batches: Vec<RecordBatch>,
    rows: usize,
    bytes: usize,
    truncated: bool,
}

impl Rows {
    pub(crate) fn new(limits: QueryLimits) -> Self {
        Self {
            limits,
            batches: Vec::new(),
            rows: 0,
            bytes: 0,
            truncated: false,
        }
    }
}

impl Taking for Rows {
    type Made = QueryResult;

    fn take(&mut self, batch: RecordBatch) -> Result<bool> {
        let room = self.limits.max_rows - self.rows;
        self.truncated = batch.num_rows() > room;
        let batch = if self.truncated {
            batch.slice(0, room)
        } else {
            batch
        };
        self.rows += batch.num_rows();
        self.bytes += batch.get_array_memory_size();
        if self.bytes > self.limits.memory {
            return Err(LakeError::Memory {
                limit: self.limits.memory,
                reason: "the result itself is too large".to_owned(),
            });
        }
        self.batches.push(batch);
        Ok(!self.truncated)
    }

    fn made(self, schema: SchemaRef, elapsed: Duration) -> QueryResult {
        QueryResult::new(schema, self.batches, self.truncated, elapsed)
    }
}

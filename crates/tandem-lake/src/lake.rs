//! The lake: the one way in for the rest of Tandem.

use std::sync::Arc;
use std::time::Duration;

use crate::config::{LakeConfig, QueryLimits};
use crate::engine::Engine;
use crate::error::{LakeError, Result};
use crate::query::{self, Counting, QueryResult, Rows, StopOnDrop, ValueCounts};
use crate::segment::Segment;
use crate::writer::SegmentWriter;

/// The event lake. Cloning is cheap and gives another handle on the same lake.
///
/// The lake holds files; which of them count is the catalog's to say. So every call takes the segments it is about.
#[derive(Debug, Clone)]
pub struct Lake {
    pub(crate) engine: Arc<Engine>,
}

impl Lake {
    /// Opens the lake at the configured location; a folder is made if it is absent.
    ///
    /// # Errors
    /// [`LakeError::Location`] when the location cannot be used.
    pub fn open(config: LakeConfig) -> Result<Self> {
        Ok(Self {
            engine: Arc::new(Engine::open(config)?),
        })
    }

    /// A writer of new segments.
    pub fn writer(&self) -> SegmentWriter {
        SegmentWriter::new(self.engine.storage.clone(), self.engine.config.write.clone())
    }

    /// Answers one reading SQL statement about the table `events`, made of `segments` only. It runs on the lake's own
    /// threads; dropping the future stops it.
    ///
    /// # Errors
    /// [`LakeError::Refused`] for anything but reading, [`LakeError::Sql`] for invalid SQL, [`LakeError::Timeout`] and
    /// [`LakeError::Memory`] at the limits, [`LakeError::Damaged`] for a broken segment, [`LakeError::Query`] otherwise.
    pub async fn query(&self, sql: &str, segments: &[Segment], limits: QueryLimits) -> Result<QueryResult> {
        self.on_own_threads(query::run(
            Arc::clone(&self.engine),
            sql.to_owned(),
            segments.into(),
            limits,
            Rows::new(limits),
        ))
        .await
    }

    /// Counts the values of each column of a statement's answer in one pass over it; the columns are text. What is kept of a column is
    /// bounded, see [`crate::ColumnCounts::spread`], and comes beside the memory that `limits` give; their number of rows is of no effect.
    /// `top` is how many values of a column are given back.
    ///
    /// # Errors
    /// As [`Lake::query`]; [`LakeError::Query`] as well for a column that is no text.
    pub async fn count_values(
        &self,
        sql: &str,
        segments: &[Segment],
        limits: QueryLimits,
        top: usize,
    ) -> Result<ValueCounts> {
        self.on_own_threads(query::run(
            Arc::clone(&self.engine),
            sql.to_owned(),
            segments.into(),
            limits,
            Counting::new(top),
        ))
        .await
    }

    /// Compares a segment's file with what was written: presence, size and hash.
    ///
    /// # Errors
    /// [`LakeError::Damaged`] with what is wrong.
    pub async fn verify(&self, segment: &Segment) -> Result<()> {
        self.engine.verify(segment).await
    }

    /// Removes the files of segments that the catalog no longer lists. Files already gone are no error. Gives back how
    /// many were removed.
    ///
    /// # Errors
    /// [`LakeError::Storage`] when the storage refuses; call again, the rest is kept.
    pub async fn delete(&self, segments: &[Segment]) -> Result<usize> {
        let paths = segments.iter().map(|segment| segment.path.clone()).collect();
        self.engine.storage.delete(paths).await
    }

    /// Removes files that are not among `live` and were last changed at least `min_age` ago: what a crash left between
    /// writing a segment and listing it. `min_age` spares segments that are written but not yet listed; pass zero only
    /// while nothing is being collected or merged. Gives back the removed paths.
    ///
    /// # Errors
    /// [`LakeError::Storage`] when the storage refuses.
    pub async fn sweep(&self, live: &[Segment], min_age: Duration) -> Result<Vec<String>> {
        let live: std::collections::HashSet<&str> =
            live.iter().map(|segment| segment.path.as_str()).collect();
        let mut stale = self.engine.storage.files_older_than(min_age).await?;
        stale.retain(|path| !live.contains(path.as_str()));
        self.engine.storage.delete(stale.clone()).await?;
        if !stale.is_empty() {
            tracing::info!(files = stale.len(), "removed files that no catalog entry names");
        }
        Ok(stale)
    }

    /// Runs `work` on the engine's threads, and stops it when the caller loses interest.
    pub(crate) async fn on_own_threads<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let task = StopOnDrop(self.engine.handle().spawn(work));
        match task.await {
            Ok(result) => result,
            Err(error) => Err(LakeError::Query(error.to_string())),
        }
    }
}

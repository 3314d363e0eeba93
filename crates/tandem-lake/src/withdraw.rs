//! Takes single events out of segments: the segment is written anew without them.

use std::collections::HashSet;
use std::sync::Arc;

use tandem_domain::EventId;

use crate::compact::{Failure, MERGE_BATCH_ROWS, MERGE_MEMORY, merge};
use crate::dedup::{Keep, without};
use crate::engine::Engine;
use crate::error::Result;
use crate::lake::Lake;
use crate::query::session;
use crate::segment::Segment;

/// A segment that held some of the events, and what takes its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Rewritten {
    /// Path of the segment as it was.
    pub old: String,
    /// The same without the events; none if nothing else was in it.
    pub new: Vec<Segment>,
    /// Rows taken out.
    pub rows: u64,
}

impl Lake {
    /// Writes those of `segments` anew that hold any of `ids`, without them. As after [`Lake::compact`], the new files are
    /// durable but no part of the lake until the caller swaps them for the old ones in the catalog; the old ones go with the
    /// next sweep.
    ///
    /// # Errors
    /// [`crate::LakeError::Damaged`] for a broken segment, and when the new files cannot be written.
    pub async fn without(&self, segments: &[Segment], ids: &HashSet<EventId>) -> Result<Vec<Rewritten>> {
        let (engine, segments, ids) = (Arc::clone(&self.engine), segments.to_vec(), ids.clone());
        self.on_own_threads(async move {
            match rewrite(&engine, &segments, &ids).await {
                Ok(rewritten) => Ok(rewritten),
                Err(failure) => Err(failure.explained(&engine, &segments).await),
            }
        })
        .await
    }
}

async fn rewrite(
    engine: &Arc<Engine>,
    segments: &[Segment],
    ids: &HashSet<EventId>,
) -> std::result::Result<Vec<Rewritten>, Failure> {
    let context = session(engine, MERGE_MEMORY, Some(MERGE_BATCH_ROWS))?;
    let mut rewritten = Vec::new();
    for segment in segments {
        let keep = without(&context, segment, ids).await?;
        let new = match keep {
            Keep::All => continue,
            Keep::Nothing => Vec::new(),
            Keep::Rows(_) => merge(engine, &context, segment.day, &[vec![(segment.clone(), keep)]]).await?,
        };
        let left: u64 = new.iter().map(|segment| segment.rows).sum();
        rewritten.push(Rewritten {
            old: segment.path.clone(),
            rows: segment.rows.saturating_sub(left),
            new,
        });
    }
    Ok(rewritten)
}

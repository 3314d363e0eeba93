//! Housekeeping: merging small segments, and forgetting what is past its time.
//!
//! A query reads the files of the segments that were listed when it began. So a segment that is merged or has expired only
//! leaves the list here; its file goes with the next run, when no query can be reading it any more.

use std::time::Duration;

use serde::Serialize;
use tandem_lake::{expired, mergeable};
use tandem_store::StoreError;

use super::known::Known;
use super::pending::segment_row;
use crate::app::App;
use crate::service::ServiceError;

/// A segment of this size is not merged again, bytes.
const FULL: u64 = 96 << 20;
/// Files that nobody lists are removed when they are this old.
const GARBAGE_AGE: Duration = Duration::from_hours(1);

/// Days for which it is known which batches were committed: senders repeat within hours.
const BATCHES_KEPT: i32 = 30;

/// What housekeeping did, or would do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Maintained {
    /// Days merged.
    pub days_merged: u64,
    /// Segments before.
    pub segments_before: u64,
    /// Segments after.
    pub segments_after: u64,
    /// Duplicate events removed.
    pub duplicates: u64,
    /// Segments past their time.
    pub expired_segments: u64,
    /// Activity, matches and marks past their time.
    pub expired_activity: u64,
    /// Rejects past their time.
    pub expired_rejects: u64,
    /// Sign-in links and sessions past their time.
    pub expired_sessions: u64,
    /// Files that no list names, left by the last run or by a process that was killed.
    pub garbage: u64,
}

/// Merges, forgets, sweeps. With `dry_run` only counts.
///
/// # Errors
/// When a store fails; what was done before stays done and is consistent.
pub async fn maintain(app: &App, dry_run: bool) -> Result<Maintained, ServiceError> {
    let mut done = Maintained::default();
    let today = super::now().day();
    let retention = &app.config.retention;
    let live = app.segments(None, None).await?;
    if !dry_run {
        // Nobody may be writing a file that no list names yet.
        let _alone = app.writer.lock().await;
        let live = app.segments(None, None).await?;
        done.garbage = app.lake.sweep(&live, GARBAGE_AGE).await?.len() as u64;
    }
    let old = expired(&live, today, retention.events_days.unsigned_abs());
    done.expired_segments = old.len() as u64;
    if dry_run {
        let young: Vec<_> = live
            .iter()
            .filter(|s| !old.iter().any(|o| o.path == s.path))
            .cloned()
            .collect();
        let due = mergeable(&young, app.config.lake.compact_at, FULL);
        done.days_merged = due.len() as u64;
        done.segments_before = due.iter().map(|(_, s)| s.len() as u64).sum();
        return Ok(done);
    }
    if !old.is_empty() {
        let mut known = app.writer.lock().await;
        let paths: Vec<_> = old.iter().map(|s| s.path.clone()).collect();
        app.store.swap_segments(&paths, Vec::new()).await?;
        // What is forgotten may be read again.
        *known = Known::default();
    }
    let merged = merge(app, Merge::Days).await?;
    done.days_merged = merged.days_merged;
    done.segments_before = merged.segments_before;
    done.segments_after = merged.segments_after;
    done.duplicates = merged.duplicates;
    done.expired_activity = app
        .store
        .forget_activity(today.plus(-retention.activity_days))
        .await?;
    done.expired_rejects = app
        .store
        .forget_rejects(today.plus(-retention.rejects_days).start())
        .await?;
    app.store
        .forget_batches(today.plus(-BATCHES_KEPT).start())
        .await?;
    // Yesterday's sign-in links and sessions are of no use to anybody.
    done.expired_sessions = app.store.forget_expired(super::now()).await?;
    Ok(done)
}

/// What is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// The segments of a day that has enough small ones, the large ones too when that is worth it; in what is merged every
    /// event is there once.
    Days,
    /// Only the small segments: cheap enough to be done often.
    Small,
}

/// Merges the segments of each day that has enough small ones. Others may read and write meanwhile: a merged segment takes the place of those it
/// was made from only while all of them are still listed.
///
/// # Errors
/// When a store fails; what was done before stays done and is consistent.
pub async fn merge(app: &App, what: Merge) -> Result<Maintained, ServiceError> {
    let _one = app.merging.lock().await;
    let mut done = Maintained::default();
    let mut live = app.segments(None, None).await?;
    if what == Merge::Small {
        live.retain(|segment| segment.bytes < FULL);
    }
    let due = mergeable(&live, app.config.lake.compact_at, FULL);
    done.days_merged = due.len() as u64;
    for (_, segments) in due {
        let rows: u64 = segments.iter().map(|s| s.rows).sum();
        let merged = app.lake.compact(&segments).await?;
        let new = merged
            .iter()
            .map(|s| {
                segment_row(s).map_err(|source| StoreError::Stored {
                    what: "segment",
                    source,
                })
            })
            .collect::<Result<_, _>>()?;
        let paths: Vec<_> = segments.iter().map(|s| s.path.clone()).collect();
        if app.store.swap_segments(&paths, new).await? {
            done.segments_before += segments.len() as u64;
            done.segments_after += merged.len() as u64;
            done.duplicates += rows - merged.iter().map(|s| s.rows).sum::<u64>();
        } else {
            // Somebody else merged them meanwhile.
            app.lake.delete(&merged).await?;
        }
    }
    Ok(done)
}

//! Finds events that several segments hold, exactly and in bounded memory.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::Array;
use datafusion::common::DataFusionError;
use datafusion::datasource::physical_plan::FileGroup;
use datafusion::execution::TaskContext;
use datafusion::parquet::arrow::arrow_reader::RowSelection;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use tandem_domain::EventId;

use crate::encode::text_at;
use crate::query::table::{EventsTable, Scan, file, scan_plan};
use crate::schema::position;
use crate::segment::Segment;

/// Ids held in memory at once: 24 bytes each.
const IDS_PER_PASS: u64 = 4 << 20;

/// What of a segment is kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Keep {
    /// All of it.
    All,
    /// These rows.
    Rows(RowSelection),
    /// Nothing: later segments hold every event.
    Nothing,
}

/// An id and where it was seen. Halves, because a 128-bit number would be padded to 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    id: (u64, u64),
    segment: u32,
    row: u32,
}

/// For each segment what to keep so that every id remains exactly once. Of several copies the one in the last segment of
/// the list stays. The ids are looked at in as many passes as keep memory bounded, each pass with its own share of them.
pub(crate) async fn distinct(
    context: &SessionContext,
    segments: &[Segment],
) -> Result<Vec<Keep>, DataFusionError> {
    let total: u64 = segments.iter().map(|segment| segment.rows).sum();
    let passes = total.div_ceil(IDS_PER_PASS).max(1);
    let mut losers: Vec<Vec<u32>> = vec![Vec::new(); segments.len()];
    for pass in 0..passes {
        let mut seen = Vec::with_capacity(usize::try_from(total / passes).unwrap_or_default());
        for (number, segment) in segments.iter().enumerate() {
            collect(context, segment, number as u32, (pass, passes), &mut seen).await?;
        }
        seen.sort_unstable();
        for (one, next) in seen.iter().zip(seen.iter().skip(1)) {
            if one.id == next.id
                && let Some(losers) = losers.get_mut(one.segment as usize)
            {
                losers.push(one.row);
            }
        }
    }
    Ok(segments
        .iter()
        .zip(losers)
        .map(|(segment, losers)| keep(segment, losers))
        .collect())
}

/// What to keep of a segment so that none of `ids` is in it.
pub(crate) async fn without(
    context: &SessionContext,
    segment: &Segment,
    ids: &HashSet<EventId>,
) -> Result<Keep, DataFusionError> {
    let mut seen = Vec::new();
    collect(context, segment, 0, (0, 1), &mut seen).await?;
    let gone = |seen: &&Seen| {
        let (high, low) = seen.id;
        ids.contains(&EventId(u128::from(high) << 64 | u128::from(low)))
    };
    let losers = seen.iter().filter(gone).map(|seen| seen.row).collect();
    Ok(keep(segment, losers))
}

/// Adds the ids of a segment that belong to this pass.
async fn collect(
    context: &SessionContext,
    segment: &Segment,
    number: u32,
    (pass, passes): (u64, u64),
    seen: &mut Vec<Seen>,
) -> Result<(), DataFusionError> {
    let state = context.state();
    let schema = EventsTable::table_schema();
    let columns = vec![position("event_id")];
    let scan = Scan {
        projection: Some(&columns),
        ..Scan::default()
    };
    let plan = scan_plan(
        &state,
        &schema,
        vec![FileGroup::new(vec![file(segment, &schema)?])],
        &scan,
    )?;
    let mut batches = plan.execute(0, Arc::new(TaskContext::from(&state)))?;
    let mut row = 0;
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        let Some(ids) = batch.columns().first() else {
            continue;
        };
        for at in 0..ids.len() {
            let id = text_at(ids, at).and_then(EventId::parse).unwrap_or_default().0;
            let id = ((id >> 64) as u64, id as u64);
            if id.1 % passes == pass {
                seen.push(Seen {
                    id,
                    segment: number,
                    row,
                });
            }
            row += 1;
        }
    }
    Ok(())
}

fn keep(segment: &Segment, mut losers: Vec<u32>) -> Keep {
    if losers.is_empty() {
        return Keep::All;
    }
    if losers.len() as u64 == segment.rows {
        return Keep::Nothing;
    }
    losers.sort_unstable();
    let rows = usize::try_from(segment.rows).unwrap_or(usize::MAX);
    let starts = std::iter::once(0).chain(losers.iter().map(|loser| *loser as usize + 1));
    let ends = losers.iter().map(|loser| *loser as usize).chain([rows]);
    let ranges = starts
        .zip(ends)
        .filter(|(start, end)| start < end)
        .map(|(start, end)| start..end);
    Keep::Rows(RowSelection::from_consecutive_ranges(ranges, rows))
}

//! Merges the many small segments of a day into few large ones.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::SortOptions;
use datafusion::common::DataFusionError;
use datafusion::datasource::physical_plan::FileGroup;
use datafusion::datasource::physical_plan::parquet::ParquetRowSelection;
use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use datafusion::execution::{SessionState, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use tandem_domain::Day;

use crate::dedup::{Keep, distinct};
use crate::encode::SegmentEncoder;
use crate::engine::Engine;
use crate::error::{LakeError, Result};
use crate::lake::Lake;
use crate::query::table::{EventsTable, FOOTER_HINT, Scan, file, scan_plan};
use crate::query::{fault, session};
use crate::schema::{always, event_schema, position};
use crate::segment::Segment;

/// Sorted inputs merged at once. Each holds the compressed columns of one row group and a batch of rows.
const FAN_IN: usize = 12;
/// Rows decoded at once from each input.
pub(crate) const MERGE_BATCH_ROWS: usize = 2_048;
/// Memory that the merge may account for, bytes.
pub(crate) const MERGE_MEMORY: usize = 512 << 20;

/// A sorted sequence of rows: one segment, or several whose rows follow one another.
pub(crate) type Run = Vec<(Segment, Keep)>;

impl Lake {
    /// Merges segments of one day into new ones, sorted by account and time, in which every event id occurs once; of
    /// several copies the one in the last of `segments` stays. Memory is bounded whatever the size of the day. The new
    /// files are durable but no part of the lake until the caller swaps them for the old ones in the catalog, in one
    /// transaction; queries that run on the old list meanwhile are not disturbed. Delete the old files when no query
    /// uses them any more.
    ///
    /// # Errors
    /// [`LakeError::Query`] when the segments are of different days, [`LakeError::Damaged`] for a broken one.
    pub async fn compact(&self, segments: &[Segment]) -> Result<Vec<Segment>> {
        let Some(day) = segments.first().map(|segment| segment.day) else {
            return Ok(Vec::new());
        };
        if segments.iter().any(|segment| segment.day != day) {
            return Err(LakeError::Query(
                "only segments of one day can be merged".to_owned(),
            ));
        }
        let (engine, segments) = (Arc::clone(&self.engine), segments.to_vec());
        self.on_own_threads(async move {
            match merge_all(&engine, day, &segments).await {
                Ok(merged) => Ok(merged),
                Err(failure) => Err(failure.explained(&engine, &segments).await),
            }
        })
        .await
    }
}

/// Why a merge failed.
pub(crate) enum Failure {
    Engine(DataFusionError),
    Lake(LakeError),
}

impl From<DataFusionError> for Failure {
    fn from(error: DataFusionError) -> Self {
        Self::Engine(error)
    }
}

impl From<LakeError> for Failure {
    fn from(error: LakeError) -> Self {
        Self::Lake(error)
    }
}

impl Failure {
    /// As the lake's error; it names the damaged file, if one is what made the engine fail.
    pub(crate) async fn explained(self, engine: &Engine, segments: &[Segment]) -> LakeError {
        let error = match self {
            Self::Engine(error) => error,
            Self::Lake(error) => return error,
        };
        for segment in segments {
            if let Err(damage) = engine.verify(segment).await {
                return damage;
            }
        }
        fault::running(&error, MERGE_MEMORY)
    }
}

async fn merge_all(
    engine: &Arc<Engine>,
    day: Day,
    segments: &[Segment],
) -> std::result::Result<Vec<Segment>, Failure> {
    let context = session(engine, MERGE_MEMORY, Some(MERGE_BATCH_ROWS))?;
    let kept = distinct(&context, segments).await?;
    let mut runs: Vec<Run> = segments
        .iter()
        .zip(kept)
        .filter(|(_, keep)| *keep != Keep::Nothing)
        .map(|(segment, keep)| vec![(segment.clone(), keep)])
        .collect();
    let mut between: Vec<String> = Vec::new();
    loop {
        let last_round = runs.len() <= FAN_IN;
        let mut merged = Vec::new();
        for chunk in runs.chunks(FAN_IN) {
            merged.push(merge(engine, &context, day, chunk).await?);
        }
        engine.storage.delete(std::mem::take(&mut between)).await?;
        if last_round {
            return Ok(merged.into_iter().flatten().collect());
        }
        between.extend(merged.iter().flatten().map(|segment| segment.path.clone()));
        let whole = |segment| (segment, Keep::All);
        runs = merged
            .into_iter()
            .map(|run| run.into_iter().map(whole).collect())
            .collect();
    }
}

/// Merges sorted runs into one.
pub(crate) async fn merge(
    engine: &Arc<Engine>,
    context: &SessionContext,
    day: Day,
    runs: &[Run],
) -> std::result::Result<Vec<Segment>, Failure> {
    let state = context.state();
    let schema = EventsTable::table_schema();
    let group = |run: &Run| -> std::result::Result<FileGroup, DataFusionError> {
        let files = run.iter().map(|(segment, keep)| {
            let file = file(segment, &schema)?;
            Ok(match keep {
                Keep::Rows(rows) => file.with_extension(ParquetRowSelection::new(rows.clone())),
                _ => file,
            })
        });
        Ok(FileGroup::new(
            files.collect::<std::result::Result<Vec<_>, DataFusionError>>()?,
        ))
    };
    let groups = runs
        .iter()
        .map(group)
        .collect::<std::result::Result<Vec<_>, _>>()?;
    // Without the day, which is in the path.
    let columns: Vec<usize> = (0..event_schema().fields().len()).collect();
    let order = lake_order()?;
    let scan = Scan {
        projection: Some(&columns),
        sorted: Some(order.clone()),
        ..Scan::default()
    };
    let sorted = scan_plan(&state, &schema, groups, &scan)?;
    let merge = SortPreservingMergeExec::new(order, sorted);
    let mut rows = merge.execute(0, Arc::new(TaskContext::from(&state)))?;
    let mut output = Output::new(Arc::clone(engine), day, columns_of(engine, &state, runs).await?);
    while let Some(batch) = rows.next().await {
        output.write(&batch?).await?;
    }
    Ok(output.finish().await?)
}

/// The columns, by position, that one of the files has. Their footers stay in the cache for the scan that follows.
async fn columns_of(
    engine: &Engine,
    state: &SessionState,
    runs: &[Run],
) -> std::result::Result<Vec<usize>, DataFusionError> {
    let store = engine.storage.object_store();
    let cache = state.runtime_env().cache_manager.get_file_metadata_cache();
    let mut found: BTreeSet<usize> = always().collect();
    for (segment, _) in runs.iter().flatten() {
        let known = file(segment, &EventsTable::table_schema())?.object_meta;
        let footer = DFParquetMetadata::new(store.as_ref(), &known)
            .with_metadata_size_hint(Some(FOOTER_HINT))
            .with_file_metadata_cache(Some(Arc::clone(&cache)))
            .fetch_metadata()
            .await?;
        let columns = footer.file_metadata().schema_descr().columns();
        found.extend(columns.iter().map(|column| position(column.name())));
    }
    found.remove(&usize::MAX);
    Ok(found.into_iter().collect())
}

/// By account (absent first), time and id: the order in which every segment is written.
fn lake_order() -> std::result::Result<LexOrdering, DataFusionError> {
    let options = SortOptions {
        descending: false,
        nulls_first: true,
    };
    let keys = ["account", "time", "event_id"].map(|name| PhysicalSortExpr {
        expr: Arc::new(Column::new(name, position(name))),
        options,
    });
    LexOrdering::new(keys).ok_or_else(|| DataFusionError::Internal("the lake has no order".to_owned()))
}

/// Cuts a sorted stream into segments.
struct Output {
    engine: Arc<Engine>,
    day: Day,
    columns: Vec<usize>,
    open: Option<SegmentEncoder>,
    done: Vec<Segment>,
}

impl Output {
    fn new(engine: Arc<Engine>, day: Day, columns: Vec<usize>) -> Self {
        Self {
            engine,
            day,
            columns,
            open: None,
            done: Vec::new(),
        }
    }

    async fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let group_rows = self.engine.config.write.row_group_rows.max(1);
        let mut start = 0;
        while start < batch.num_rows() {
            let encoder = match &mut self.open {
                Some(encoder) => encoder,
                none => none.insert(self.engine.merged_encoder(self.day, self.columns.clone())?),
            };
            // Up to the end of the row group, so that the segment can be closed there.
            let in_group = usize::try_from(encoder.rows()).unwrap_or_default() % group_rows;
            let rows = (group_rows - in_group).min(batch.num_rows() - start);
            encoder.write(&batch.slice(start, rows))?;
            start += rows;
            if encoder.at_row_group_end() && encoder.closed_bytes() >= self.engine.config.write.segment_bytes
            {
                self.close().await?;
            }
        }
        Ok(())
    }

    async fn close(&mut self) -> Result<()> {
        let Some(encoder) = self.open.take() else {
            return Ok(());
        };
        let written = tokio::task::spawn_blocking(move || encoder.finish());
        let segment = written
            .await
            .map_err(|error| LakeError::Encode(error.to_string()))??;
        self.done.push(segment);
        Ok(())
    }

    async fn finish(mut self) -> Result<Vec<Segment>> {
        self.close().await?;
        Ok(self.done)
    }
}

//! The table `events`: an explicit list of segments, narrowed by what the catalog knows before any file is opened.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, StringViewArray, TimestampMicrosecondArray, UInt64Array,
};
use datafusion::arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::stats::Precision;
use datafusion::common::{Column, ColumnStatistics, DFSchema, Result, ScalarValue, Statistics};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_expr::LexOrdering;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::utils::collect_columns;
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;

use super::reader::Readers;
use crate::schema::{DAY, event_schema, position};
use crate::segment::Segment;

/// Bytes read from a file's end to get its footer in one request.
pub(crate) const FOOTER_HINT: usize = 128 << 10;

/// Longest `IN (…)` list that segments and row groups are pruned by. The engine writes it out as a chain of comparisons for
/// every file and simplifies that in quadratic time; a longer list is cheaper to look up row by row.
pub(crate) const MAX_LIST: usize = 128;

/// The URL under which the engine finds the lake's storage.
pub(crate) fn store_url() -> Result<ObjectStoreUrl> {
    ObjectStoreUrl::parse("lake://segments")
}

/// The lake's segments as a table.
#[derive(Debug)]
pub(crate) struct EventsTable {
    segments: Arc<[Segment]>,
    schema: TableSchema,
    scanned: Mutex<Vec<Segment>>,
}

impl EventsTable {
    pub(crate) fn new(segments: Arc<[Segment]>) -> Self {
        Self {
            segments,
            schema: Self::table_schema(),
            scanned: Mutex::new(Vec::new()),
        }
    }

    /// The files' columns and the day from the path.
    pub(crate) fn table_schema() -> TableSchema {
        let day = Arc::new(Field::new(DAY, DataType::Date32, false));
        TableSchema::builder(event_schema())
            .with_table_partition_cols(vec![day])
            .build()
    }

    /// The segments that scans so far have opened.
    pub(crate) fn scanned(&self) -> Vec<Segment> {
        self.scanned
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The segments in which `predicate` can be true.
    fn prune(&self, predicate: Option<&Arc<dyn PhysicalExpr>>) -> Vec<Segment> {
        let all = || self.segments.to_vec();
        let Some(predicate) = predicate else { return all() };
        let schema = Arc::clone(self.schema.table_schema());
        // A predicate that cannot be used to prune is no error: everything is read.
        let pruning = PruningPredicateBuilder::new()
            .with_file_schema(schema)
            .with_max_in_list_size(MAX_LIST)
            .build(Arc::clone(predicate));
        let Some(Ok(keep)) = pruning.map(|pruning| pruning.prune(&Known(&self.segments))) else {
            return all();
        };
        self.segments
            .iter()
            .zip(keep)
            .filter(|(_, keep)| *keep)
            .map(|(segment, _)| segment.clone())
            .collect()
    }

    fn predicate(&self, state: &dyn Session, filters: &[Expr]) -> Result<Option<Arc<dyn PhysicalExpr>>> {
        let Some(filter) = conjunction(filters.iter().cloned()) else {
            return Ok(None);
        };
        let schema = DFSchema::try_from(Arc::clone(self.schema.table_schema()))?;
        state.create_physical_expr(filter, &schema).map(Some)
    }
}

#[async_trait]
impl TableProvider for EventsTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.schema.table_schema())
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let predicate = self.predicate(state, filters)?;
        let kept = self.prune(predicate.as_ref());
        if kept.is_empty() {
            let schema = match projection {
                Some(projection) => Arc::new(self.schema().project(projection)?),
                None => self.schema(),
            };
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let files = kept
            .iter()
            .map(|segment| file(segment, &self.schema))
            .collect::<Result<Vec<_>>>()?;
        self.scanned
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(kept);
        let groups = FileGroup::new(files).split_files(state.config().target_partitions().max(1));
        scan_plan(
            state,
            &self.schema,
            groups,
            &Scan {
                projection,
                predicate,
                limit,
                sorted: None,
            },
        )
    }
}

/// What a scan of files is to do.
#[derive(Debug, Default)]
pub(crate) struct Scan<'a> {
    /// Columns by position; all if absent.
    pub(crate) projection: Option<&'a Vec<usize>>,
    /// What rows must satisfy, as far as whole row groups and pages can be skipped by it.
    pub(crate) predicate: Option<Arc<dyn PhysicalExpr>>,
    /// Rows that are enough.
    pub(crate) limit: Option<usize>,
    /// The order every group's rows are in.
    pub(crate) sorted: Option<LexOrdering>,
}

/// A plan that reads `groups`, each as one stream.
pub(crate) fn scan_plan(
    state: &dyn Session,
    schema: &TableSchema,
    groups: Vec<FileGroup>,
    scan: &Scan<'_>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let url = store_url()?;
    let runtime = state.runtime_env();
    let reader = Readers(CachedParquetFileReaderFactory::new(
        runtime.object_store(&url)?,
        runtime.cache_manager.get_file_metadata_cache(),
    ));
    let mut source = ParquetSource::new(schema.clone())
        .with_table_parquet_options(state.table_options().parquet.clone())
        .with_metadata_size_hint(FOOTER_HINT)
        .with_parquet_file_reader_factory(Arc::new(reader));
    if let Some(predicate) = &scan.predicate {
        // Rows are sorted by account, so what is left of the pages is nearly all wanted: choosing rows in a first pass and
        // reading the rest in a second costs more than it saves.
        let by_account = names(predicate, "account");
        source = source
            .with_predicate(Arc::clone(predicate))
            .with_pushdown_filters(
                !by_account && state.config().options().execution.parquet.pushdown_filters,
            );
    }
    let statistics = summed(&groups, schema.table_schema())?;
    let config = FileScanConfigBuilder::new(url, Arc::new(source))
        .with_file_groups(groups)
        .with_statistics(statistics)
        .with_projection_indices(scan.projection.cloned())?
        .with_limit(scan.limit)
        .with_output_ordering(scan.sorted.iter().cloned().collect())
        .build();
    Ok(DataSourceExec::from_data_source(config))
}

/// True if the predicate speaks of the column `name`.
fn names(predicate: &Arc<dyn PhysicalExpr>, name: &str) -> bool {
    collect_columns(predicate)
        .iter()
        .any(|column| column.name() == name)
}

fn summed(groups: &[FileGroup], schema: &SchemaRef) -> Result<Statistics> {
    let of_files = groups
        .iter()
        .flat_map(FileGroup::iter)
        .filter_map(|file| file.statistics.as_deref());
    Statistics::try_merge_iter(of_files, schema)
}

/// A segment as the engine's file, with what the catalog knows of it.
pub(crate) fn file(segment: &Segment, schema: &TableSchema) -> Result<PartitionedFile> {
    let known = ColumnStatistics::new_unknown;
    let mut columns = vec![known(); schema.file_schema().fields().len()];
    if let Some(time) = columns.get_mut(position("time")) {
        let value = |micros: i64| {
            Precision::Exact(ScalarValue::TimestampMicrosecond(
                Some(micros),
                Some("UTC".into()),
            ))
        };
        time.min_value = value(segment.min_time.0);
        time.max_value = value(segment.max_time.0);
        time.null_count = Precision::Exact(0);
    }
    // The day's own statistics are added from the partition value.
    columns.push(known());
    let statistics = Statistics {
        num_rows: Precision::Exact(usize::try_from(segment.rows).unwrap_or(usize::MAX)),
        total_byte_size: Precision::Absent,
        column_statistics: columns,
    };
    Ok(PartitionedFile::new(segment.path.clone(), segment.bytes)
        .with_partition_values(vec![ScalarValue::Date32(Some(segment.day.0))])
        .with_statistics(Arc::new(statistics)))
}

/// What the catalog knows of each segment, as the engine's pruning asks for it.
struct Known<'a>(&'a [Segment]);

impl Known<'_> {
    fn ends(&self, column: &Column, low: bool) -> Option<ArrayRef> {
        let segments = self.0.iter();
        let array: ArrayRef = match column.name.as_str() {
            DAY => Arc::new(segments.map(|s| Some(s.day.0)).collect::<Date32Array>()),
            "time" => {
                let times = segments.map(|s| if low { s.min_time.0 } else { s.max_time.0 });
                Arc::new(TimestampMicrosecondArray::from_iter_values(times).with_timezone("UTC"))
            }
            "account" => {
                let pick = |s: &Segment| {
                    if low {
                        s.min_account.clone()
                    } else {
                        s.max_account.clone()
                    }
                };
                Arc::new(segments.map(pick).collect::<StringViewArray>())
            }
            "source" => {
                let pick = |s: &Segment| {
                    if low {
                        s.sources.first().cloned()
                    } else {
                        s.sources.last().cloned()
                    }
                };
                Arc::new(segments.map(pick).collect::<StringViewArray>())
            }
            _ => return None,
        };
        Some(array)
    }
}

impl PruningStatistics for Known<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.ends(column, true)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.ends(column, false)
    }

    fn num_containers(&self) -> usize {
        self.0.len()
    }

    fn null_counts(&self, _column: &Column) -> Option<ArrayRef> {
        None
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        Some(Arc::new(
            self.0
                .iter()
                .map(|segment| Some(segment.rows))
                .collect::<UInt64Array>(),
        ))
    }

    /// A segment names its sources in full, so `source = 'x'` can be told exactly.
    fn contained(
        &self,
        column: &Column,
        values: &std::collections::HashSet<ScalarValue>,
    ) -> Option<BooleanArray> {
        if column.name != "source" {
            return None;
        }
        let wanted: Vec<&str> = values
            .iter()
            .filter_map(|value| value.try_as_str().flatten())
            .collect();
        let holds = |segment: &Segment| {
            let some = segment
                .sources
                .iter()
                .any(|source| wanted.contains(&source.as_str()));
            let all = segment
                .sources
                .iter()
                .all(|source| wanted.contains(&source.as_str()));
            // Null means that some rows satisfy it and some may not.
            if some && !all { None } else { Some(some) }
        };
        Some(self.0.iter().map(holds).collect())
    }
}

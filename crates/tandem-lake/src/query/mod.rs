//! SQL over an explicit list of segments.

mod count;
pub(crate) mod fault;
mod gate;
mod reader;
mod result;
pub(crate) mod table;
mod taking;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use datafusion::common::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::SessionContext;
use futures::StreamExt;

pub(crate) use self::count::Counting;
pub use self::count::{ColumnCounts, Spread, ValueCounts};
pub use self::result::{QueryResult, ResultColumn};
use self::table::EventsTable;
pub(crate) use self::taking::{Rows, Taking};
use crate::config::QueryLimits;
use crate::engine::Engine;
use crate::error::{LakeError, Result};
use crate::segment::Segment;

/// The table's name in SQL.
pub(crate) const TABLE: &str = "events";

/// Runs one reading statement on the engine's own threads; its batches are for `taking`.
pub(crate) async fn run<T: Taking>(
    engine: Arc<Engine>,
    sql: String,
    segments: Arc<[Segment]>,
    limits: QueryLimits,
    taking: T,
) -> Result<T::Made> {
    let table = Arc::new(EventsTable::new(segments));
    // In a task of its own: planning never pauses, so a clock in the same task would not be looked at.
    let work = {
        let (engine, table) = (Arc::clone(&engine), Arc::clone(&table));
        StopOnDrop(tokio::spawn(async move {
            answer(&engine, &sql, &table, limits, taking).await
        }))
    };
    let error = match tokio::time::timeout(limits.timeout, work).await {
        Err(_) => return Err(LakeError::Timeout(limits.timeout)),
        Ok(Err(stopped)) => return Err(LakeError::Query(stopped.to_string())),
        Ok(Ok(Ok(made))) => return Ok(made),
        Ok(Ok(Err(Failure::Refused(error)))) => return Err(error),
        Ok(Ok(Err(Failure::Running(error)))) => error,
    };
    let damage = match fault::may_be_damage(&error) {
        true => damage(&engine, &table.scanned(), limits).await,
        false => None,
    };
    Err(damage.unwrap_or_else(|| fault::running(&error, limits.memory)))
}

/// A task that ends when nobody waits for it any more.
pub(crate) struct StopOnDrop<T>(pub(crate) tokio::task::JoinHandle<T>);

impl<T> Future for StopOnDrop<T> {
    type Output = std::result::Result<T, tokio::task::JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}

impl<T> Drop for StopOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Why a query gave no answer.
enum Failure {
    /// Nothing was run.
    Refused(LakeError),
    /// It failed on the way.
    Running(DataFusionError),
}

impl From<DataFusionError> for Failure {
    fn from(error: DataFusionError) -> Self {
        Self::Running(error)
    }
}

async fn answer<T: Taking>(
    engine: &Engine,
    sql: &str,
    table: &Arc<EventsTable>,
    limits: QueryLimits,
    mut taking: T,
) -> std::result::Result<T::Made, Failure> {
    let started = Instant::now();
    let statement = gate::read_only(sql).map_err(Failure::Refused)?;
    let context = session(engine, limits.memory, None)?;
    context.register_table(TABLE, Arc::clone(table) as _)?;
    let planning = |error| Failure::Refused(fault::planning(&error));
    let plan = context
        .state()
        .statement_to_plan(statement)
        .await
        .map_err(planning)?;
    let only_reading = SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false);
    only_reading.verify_plan(&plan).map_err(|error| {
        Failure::Refused(LakeError::Refused {
            statement: error.message().into_owned(),
        })
    })?;
    let mut stream = context.execute_logical_plan(plan).await?.execute_stream().await?;
    let schema = stream.schema();
    while let Some(batch) = stream.next().await {
        if !taking.take(batch?).map_err(Failure::Refused)? {
            break;
        }
    }
    Ok(taking.made(schema, started.elapsed()))
}

/// A session of its own for one query: its own memory account and its own table, everything else shared. Batches have
/// the engine's usual size unless `batch_rows` says otherwise.
pub(crate) fn session(
    engine: &Engine,
    memory: usize,
    batch_rows: Option<usize>,
) -> std::result::Result<SessionContext, DataFusionError> {
    let runtime = engine.runtime_env(memory)?;
    let template = engine.session_template();
    let mut config = template.config().clone();
    if let Some(rows) = batch_rows {
        config = config.with_batch_size(rows);
    }
    let state = SessionStateBuilder::new_from_existing(template)
        .with_config(config)
        .with_runtime_env(runtime)
        .with_session_id(String::new())
        .with_catalog_list(Arc::new(datafusion::catalog::MemoryCatalogProviderList::new()))
        .build();
    Ok(SessionContext::new_with_state(state))
}

/// The first of the segments that is missing or not what was written. Looks no longer than a query may take.
async fn damage(engine: &Engine, segments: &[Segment], limits: QueryLimits) -> Option<LakeError> {
    let search = async {
        for segment in segments {
            if let Err(damage) = engine.verify(segment).await {
                return Some(damage);
            }
        }
        None
    };
    tokio::time::timeout(limits.timeout, search).await.ok().flatten()
}

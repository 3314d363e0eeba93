//! What all queries share: threads, storage, the cache of footers, the functions of the SQL dialect.

use std::sync::Arc;

use datafusion::common::DataFusionError;
use datafusion::execution::SessionState;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::object_store::DefaultObjectStoreRegistry;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::execution::{FunctionRegistry, cache::cache_manager::CacheManagerConfig};
use datafusion::prelude::SessionConfig;
use tandem_domain::Day;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::config::LakeConfig;
use crate::encode::SegmentEncoder;
use crate::error::{LakeError, Result};
use crate::query::table::{MAX_LIST, store_url};
use crate::segment::Segment;
use crate::storage::Storage;
use crate::udf;

/// Stack of each thread: the planner goes as deep as a statement's expressions.
const STACK_BYTES: usize = 16 << 20;

/// Consumers named when a query runs out of memory.
const NAMED_CONSUMERS: std::num::NonZeroUsize = std::num::NonZeroUsize::MIN;

/// The shared parts of a lake.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) config: LakeConfig,
    pub(crate) storage: Storage,
    template: SessionState,
    runtime_env: Arc<RuntimeEnv>,
    /// Queries run on threads of their own, so that a large one never delays the server's answers. Always present; only
    /// dropping takes it out.
    threads: Option<Runtime>,
    handle: Handle,
}

impl Engine {
    pub(crate) fn open(config: LakeConfig) -> Result<Self> {
        let failed = |reason: String| LakeError::Location {
            location: config.location.clone(),
            reason,
        };
        let count = match config.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            count => count,
        };
        let threads = Builder::new_multi_thread()
            // One more, so that limits of time are kept while planning keeps the others busy.
            .worker_threads(count + 1)
            .thread_stack_size(STACK_BYTES)
            .thread_name("tandem-lake")
            .enable_all()
            .build()
            .map_err(|error| failed(error.to_string()))?;
        let handle = threads.handle().clone();
        let storage = Storage::open(&config.location, handle.clone())?;
        let setup = || -> std::result::Result<_, DataFusionError> {
            let runtime_env = shared_runtime(&config, &storage)?;
            let mut template = SessionStateBuilder::new()
                .with_default_features()
                .with_config(session_config(count))
                .with_runtime_env(Arc::clone(&runtime_env))
                .build();
            for function in udf::all() {
                template.register_udf(Arc::new(function))?;
            }
            Ok((runtime_env, template))
        };
        let (runtime_env, template) = setup().map_err(|error| failed(error.to_string()))?;
        Ok(Self {
            config,
            storage,
            template,
            runtime_env,
            threads: Some(threads),
            handle,
        })
    }

    /// The threads that queries run on.
    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// A session state to start from.
    pub(crate) fn session_template(&self) -> SessionState {
        self.template.clone()
    }

    /// The shared environment with a memory account of its own.
    pub(crate) fn runtime_env(&self, memory: usize) -> std::result::Result<Arc<RuntimeEnv>, DataFusionError> {
        let pool = TrackConsumersPool::new(FairSpillPool::new(memory), NAMED_CONSUMERS);
        RuntimeEnvBuilder::from_runtime_env(&self.runtime_env)
            .with_memory_pool(Arc::new(pool))
            .build_arc()
    }

    /// An encoder of merged segments of `day` with the columns at the positions `columns`.
    pub(crate) fn merged_encoder(&self, day: Day, columns: Vec<usize>) -> Result<SegmentEncoder> {
        let write = &self.config.write;
        let properties = (write, write.merged_zstd_level, write.row_group_rows);
        SegmentEncoder::new(&self.storage, day, columns, properties)
    }

    /// Compares a segment's file with its catalog entry.
    pub(crate) async fn verify(&self, segment: &Segment) -> Result<()> {
        let damaged = |reason: String| LakeError::Damaged {
            path: segment.path.clone(),
            reason,
        };
        let bytes = self
            .storage
            .get(&segment.path)
            .await
            .map_err(|error| match error {
                object_store::Error::NotFound { .. } => damaged("the file is missing".to_owned()),
                other => damaged(other.to_string()),
            })?;
        if bytes.len() as u64 != segment.bytes {
            return Err(damaged(format!(
                "{} bytes instead of {}",
                bytes.len(),
                segment.bytes
            )));
        }
        if blake3::hash(&bytes).to_hex().as_str() != segment.hash {
            return Err(damaged("its content is not what was written".to_owned()));
        }
        Ok(())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // Waiting for the threads would block, which async code must not.
        if let Some(threads) = self.threads.take() {
            threads.shutdown_background();
        }
    }
}

fn shared_runtime(
    config: &LakeConfig,
    storage: &Storage,
) -> std::result::Result<Arc<RuntimeEnv>, DataFusionError> {
    let spill = match &config.spill_dir {
        Some(folder) => DiskManagerMode::Directories(vec![folder.clone()]),
        None => DiskManagerMode::OsTmpDirectory,
    };
    let disk = DiskManagerBuilder::default()
        .with_mode(spill)
        .with_max_temp_directory_size(config.spill_bytes);
    let registry = Arc::new(DefaultObjectStoreRegistry::new());
    let runtime = RuntimeEnvBuilder::new()
        .with_disk_manager_builder(disk)
        .with_cache_manager(CacheManagerConfig::default())
        .with_metadata_cache_limit(config.footer_cache_bytes)
        .with_object_store_registry(registry)
        .build_arc()?;
    runtime.register_object_store(store_url()?.as_ref(), storage.object_store());
    Ok(runtime)
}

fn session_config(threads: usize) -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_target_partitions(threads)
        .with_information_schema(true);
    let options = config.options_mut();
    options.execution.time_zone = Some("UTC".to_owned());
    options.execution.parquet.pushdown_filters = true;
    options.execution.parquet.reorder_filters = true;
    options.execution.parquet.max_in_list_size = MAX_LIST;
    // Positions in error messages.
    options.sql_parser.collect_spans = true;
    config
}

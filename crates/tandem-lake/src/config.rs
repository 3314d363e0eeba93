//! Settings of the lake.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Where the lake is and how segments are written. Every field has a default except the location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LakeConfig {
    /// A folder, or a URL that the `object_store` crate knows: `file:///var/lib/tandem/lake`. Stores other than folders
    /// need that crate's feature for them; credentials come from the environment, as their own tools read them.
    pub location: String,
    /// How segments are written.
    #[serde(default)]
    pub write: WriteConfig,
    /// Bytes of parsed footers and page indexes kept, so that a repeated query does not read them again.
    #[serde(default = "default_footer_cache")]
    pub footer_cache_bytes: usize,
    /// Threads that queries, merges and uploads run on; 0 for one per processor.
    #[serde(default)]
    pub threads: usize,
    /// Folder for what a large sort spills; the system's folder for temporary files if absent.
    #[serde(default)]
    pub spill_dir: Option<PathBuf>,
    /// Most bytes of disk that all running queries may spill.
    #[serde(default = "default_spill")]
    pub spill_bytes: u64,
}

fn default_footer_cache() -> usize {
    256 << 20
}

fn default_spill() -> u64 {
    16 << 30
}

impl LakeConfig {
    /// The defaults for a lake at `location`.
    pub fn new(location: impl Into<String>) -> Self {
        Self {
            location: location.into(),
            write: WriteConfig::default(),
            footer_cache_bytes: default_footer_cache(),
            threads: 0,
            spill_dir: None,
            spill_bytes: default_spill(),
        }
    }
}

/// How segments are written. The defaults were measured with the pipeline benchmark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WriteConfig {
    /// Zstandard level of segments written while collecting, 1 to 22.
    pub zstd_level: i32,
    /// Zstandard level of merged segments, which are written once and read often.
    pub merged_zstd_level: i32,
    /// Rows of one row group: the unit of pruning by statistics and Bloom filters.
    pub row_group_rows: usize,
    /// Most rows of one page: the smallest unit a query decodes.
    pub page_rows: usize,
    /// A writer flushes when it holds this many events.
    pub flush_rows: usize,
    /// A writer flushes when it holds this many bytes of text.
    pub flush_bytes: usize,
    /// A merged segment is closed at the first row group after this many bytes.
    pub segment_bytes: usize,
    /// Share of wrong answers of the Bloom filters, for example 0.01 as `10_000` parts per million.
    pub bloom_false_ppm: u32,
}

impl Default for WriteConfig {
    fn default() -> Self {
        Self {
            zstd_level: 1,
            merged_zstd_level: 3,
            row_group_rows: 65_536,
            page_rows: 1_024,
            flush_rows: 65_536,
            flush_bytes: 32 << 20,
            segment_bytes: 128 << 20,
            bloom_false_ppm: 10_000,
        }
    }
}

/// What one query may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryLimits {
    /// Most rows given back; more are cut off and the result says so.
    pub max_rows: usize,
    /// Longest run.
    pub timeout: Duration,
    /// Most bytes for sorting, grouping, joining and the result itself. Sorts and groupings spill to disk before it.
    pub memory: usize,
}

impl Default for QueryLimits {
    fn default() -> Self {
        Self {
            max_rows: 10_000,
            timeout: Duration::from_secs(30),
            memory: 512 << 20,
        }
    }
}

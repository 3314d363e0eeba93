//! The columns of the lake: one table says their names, types, and how each is encoded on disk.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::parquet::basic::{Compression, Encoding, ZstdLevel};
use datafusion::parquet::file::metadata::SortingColumn;
use datafusion::parquet::file::properties::{
    EnabledStatistics, WriterProperties, WriterPropertiesBuilder, WriterVersion,
};
use datafusion::parquet::schema::types::ColumnPath;
use tandem_domain::{Attr, NumAttr};

use crate::config::WriteConfig;

/// How a column is encoded, and which aids for skipping data it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Unique text: no dictionary, no statistics, a Bloom filter.
    Id,
    /// The time: small differences, statistics per page.
    Time,
    /// The account that segments are sorted by: dictionary, statistics per page.
    Account,
    /// Few or moderately many distinct texts: dictionary, statistics per row group.
    Word,
    /// As `Word`, and hunted for by exact value: a Bloom filter as well.
    Clue,
    /// Long or mostly distinct text: no dictionary, no statistics.
    Prose,
    /// A small number.
    Code,
    /// A large number.
    Amount,
}

/// A column of the lake's table `events`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in SQL.
    pub name: &'static str,
    /// What it holds.
    pub about: &'static str,
    shape: Shape,
    required: bool,
}

const fn column(name: &'static str, shape: Shape, required: bool, about: &'static str) -> Column {
    Column {
        name,
        about,
        shape,
        required,
    }
}

const LEADING: &[Column] = &[
    column("event_id", Shape::Id, true, "content id, 32 hexadecimal digits"),
    column("time", Shape::Time, true, "when it happened, UTC, microseconds"),
    column("source", Shape::Word, true, "the source it was collected from"),
    column(
        "class",
        Shape::Word,
        true,
        "OCSF class in snake case, such as authentication",
    ),
    column("class_uid", Shape::Code, true, "OCSF class_uid"),
    column("activity_id", Shape::Code, true, "OCSF activity_id of the class"),
    column("severity_id", Shape::Code, true, "OCSF severity_id"),
    column(
        "status_id",
        Shape::Code,
        true,
        "OCSF status_id: 1 success, 2 failure, 0 unknown",
    ),
    column(
        "account",
        Shape::Account,
        false,
        "canonical account that acted; segments are sorted by it",
    ),
];

const TRAILING: &[Column] = &[
    column(
        "logsource",
        Shape::Word,
        false,
        "Sigma log sources as product/category/service, joined with ;",
    ),
    column(
        "fields",
        Shape::Prose,
        false,
        "the source's own fields as a JSON object; see field()",
    ),
    column(
        "raw",
        Shape::Prose,
        false,
        "the record as received, where the fields do not say all",
    ),
];

/// The partition column: it is in the path, not in the file.
pub(crate) const DAY: &str = "day";

const fn attr_shape(attr: Attr) -> Shape {
    match attr {
        Attr::Device
        | Attr::SrcIp
        | Attr::SrcHost
        | Attr::DstIp
        | Attr::DstHost
        | Attr::FileName
        | Attr::FileHash
        | Attr::UrlHost => Shape::Clue,
        Attr::CommandLine
        | Attr::FilePath
        | Attr::FileResult
        | Attr::Url
        | Attr::EmailTo
        | Attr::EmailSubject
        | Attr::Message => Shape::Prose,
        _ => Shape::Word,
    }
}

/// Every column in the file's order; `day` comes after them in the table.
pub fn columns() -> &'static [Column] {
    static COLUMNS: LazyLock<Vec<Column>> = LazyLock::new(|| {
        let attrs = Attr::ALL.iter().map(|attr| {
            column(
                attr.as_str(),
                attr_shape(*attr),
                false,
                "text attribute of the core view",
            )
        });
        let nums = NumAttr::ALL.iter().map(|attr| {
            column(
                attr.as_str(),
                Shape::Amount,
                false,
                "whole-number attribute of the core view",
            )
        });
        LEADING
            .iter()
            .copied()
            .chain(attrs)
            .chain(nums)
            .chain(TRAILING.iter().copied())
            .collect()
    });
    &COLUMNS
}

impl Column {
    /// The type in SQL.
    pub const fn sql_type(&self) -> &'static str {
        match self.shape {
            Shape::Time => "TIMESTAMP WITH TIME ZONE",
            Shape::Code => "INTEGER",
            Shape::Amount => "BIGINT",
            _ => "TEXT",
        }
    }

    fn field(&self) -> Field {
        let kind = match self.shape {
            Shape::Time => time_type(),
            Shape::Code => DataType::Int32,
            Shape::Amount => DataType::Int64,
            _ => DataType::Utf8,
        };
        Field::new(self.name, kind, !self.required)
    }
}

/// The type of the `time` column.
pub(crate) fn time_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// The schema of segments, for writing and for reading. Text is contiguous, not views: views would keep every page alive of
/// which one row was chosen, and a few rows out of many segments would fill the memory.
pub(crate) fn event_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        Arc::new(Schema::new(
            columns().iter().map(Column::field).collect::<Vec<_>>(),
        ))
    });
    Arc::clone(&SCHEMA)
}

/// Position of a column in the file; the schema tests hold that every name asked for exists.
pub(crate) fn position(name: &str) -> usize {
    columns()
        .iter()
        .position(|column| column.name == name)
        .unwrap_or(usize::MAX)
}

/// The columns that every segment has, by position: the leading ones.
pub(crate) fn always() -> std::ops::Range<usize> {
    0..LEADING.len()
}

/// Position of the text column `number` of the waiting events: the attributes, then `fields` and `raw`.
pub(crate) fn text_position(number: usize) -> usize {
    match number.checked_sub(Attr::COUNT) {
        None => LEADING.len() + number,
        // After the numbers and the log sources.
        Some(own) => LEADING.len() + Attr::COUNT + NumAttr::COUNT + 1 + own,
    }
}

/// Position of a number column.
pub(crate) fn num_position(number: usize) -> usize {
    LEADING.len() + Attr::COUNT + number
}

/// Bytes of the words of a row group's column, after which its further values are written out: whoever wants a few rows
/// has to read all the words.
const DICTIONARY_BYTES: usize = 64 << 10;

/// How a segment of at most `rows` rows is written, at Zstandard level `zstd_level`.
pub(crate) fn writer_properties(config: &WriteConfig, zstd_level: i32, rows: usize) -> WriterProperties {
    let level = ZstdLevel::try_new(zstd_level).unwrap_or_default();
    let group_rows = config.row_group_rows.max(1);
    let mut builder = WriterProperties::builder()
        .set_created_by(concat!("tandem-lake ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(group_rows))
        .set_data_page_row_count_limit(config.page_rows.max(1))
        .set_dictionary_page_size_limit(DICTIONARY_BYTES)
        .set_bloom_filter_fpp(f64::from(config.bloom_false_ppm.clamp(1, 500_000)) / 1e6)
        .set_sorting_columns(Some(sorting()));
    for column in columns() {
        builder = apply(builder, *column, rows.min(group_rows).max(1) as u64);
    }
    builder.build()
}

fn sorting() -> Vec<SortingColumn> {
    ["account", "time", "event_id"]
        .iter()
        .map(|name| SortingColumn {
            column_idx: position(name) as i32,
            descending: false,
            nulls_first: true,
        })
        .collect()
}

fn apply(builder: WriterPropertiesBuilder, column: Column, rows: u64) -> WriterPropertiesBuilder {
    let path = || ColumnPath::from(column.name);
    let (dictionary, statistics, encoding) = match column.shape {
        Shape::Id | Shape::Prose => (false, EnabledStatistics::None, Encoding::DELTA_LENGTH_BYTE_ARRAY),
        Shape::Time => (false, EnabledStatistics::Page, Encoding::DELTA_BINARY_PACKED),
        Shape::Account => (true, EnabledStatistics::Page, Encoding::DELTA_LENGTH_BYTE_ARRAY),
        Shape::Word | Shape::Clue => (true, EnabledStatistics::Chunk, Encoding::DELTA_LENGTH_BYTE_ARRAY),
        Shape::Code => (true, EnabledStatistics::Chunk, Encoding::PLAIN),
        Shape::Amount => (false, EnabledStatistics::Chunk, Encoding::DELTA_BINARY_PACKED),
    };
    let builder = builder
        .set_column_dictionary_enabled(path(), dictionary)
        .set_column_statistics_enabled(path(), statistics)
        .set_column_encoding(path(), encoding);
    // Dictionary numbers and differences are packed to a few bits already: compressing them again saved nothing that could
    // be measured, and a decompressor for each column of each file is dear where few rows are wanted.
    let builder = match column.shape {
        Shape::Id | Shape::Clue | Shape::Prose => builder,
        _ => builder.set_column_compression(path(), Compression::UNCOMPRESSED),
    };
    match column.shape {
        // Filters start at this size and are folded to what the values need.
        Shape::Id => builder
            .set_column_bloom_filter_enabled(path(), true)
            .set_column_bloom_filter_max_ndv(path(), rows),
        // Small enough for the processor's nearest cache; the values repeat.
        Shape::Clue => builder
            .set_column_bloom_filter_enabled(path(), true)
            .set_column_bloom_filter_max_ndv(path(), rows.div_ceil(8)),
        _ => builder,
    }
}

//! What a search finds as a file.

use std::sync::Arc;

use tandem_connect::export::csv::cell;
use tandem_policy::{Action, DataClass};

use super::Hunt;
use super::search::{Hit, Running};
use crate::api::dto::HuntAsked;
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;

/// Columns of every table; further fields come after them.
const COLUMNS: [&str; 14] = [
    "id",
    "time",
    "source",
    "class",
    "activity",
    "account",
    "device",
    "what",
    "object",
    "subject",
    "asset",
    "asset_criticality",
    "country",
    "threats",
];

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Each event whole, a JSON object a line.
    Ndjson,
    /// Each event in short, as a table.
    Csv,
}

impl Format {
    /// The form of that name.
    ///
    /// # Errors
    /// When there is none.
    pub fn of(name: &str) -> Result<Self, ApiError> {
        match name {
            "ndjson" => Ok(Self::Ndjson),
            "csv" => Ok(Self::Csv),
            other => Err(ApiError::bad(
                "format",
                format!("`{other}` is no format of an export"),
                "use ndjson or csv",
            )),
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }

    /// The ending of its files.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }
    }
}

/// A file that leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HuntFile {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// SHA-256 over the ids of its events in order, each with a line end.
    pub result_hash: String,
    /// There are more events than it holds.
    pub truncated: bool,
}

impl App {
    /// What a search finds, as a file. Raw events leave under the policy for that: for an open case, by a member of it.
    ///
    /// # Errors
    /// Forbidden, not understood, too many at once, or a store fails.
    pub async fn export_hunt(
        self: &Arc<Self>,
        asker: &Asker,
        asked: &HuntAsked,
        format: Format,
    ) -> Result<HuntFile, ApiError> {
        let context = self.situation(asker, None).await?;
        asker.may(self, Action::Export, DataClass::TechnicalEvidence, &context)?;
        let mut hunt = Hunt::begin(self, asker, asked, "hunt.export").await?;
        hunt.whole = format == Format::Ndjson;
        let names: Vec<String> = hunt.fields.iter().map(|(name, _)| name.clone()).collect();
        let mut running = Running::start(hunt).await?;
        let hits = running.collect().await?;
        Ok(HuntFile {
            bytes: match format {
                Format::Ndjson => ndjson(&hits)?,
                Format::Csv => table(&hits, &names)?,
            },
            result_hash: running.hash(),
            truncated: running.total > running.shown,
        })
    }
}

/// Whole events, a JSON object a line.
pub(super) fn ndjson(hits: &[Hit]) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = Vec::new();
    for event in hits.iter().filter_map(|hit| hit.whole.as_ref()) {
        serde_json::to_writer(&mut bytes, event)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

fn table(hits: &[Hit], names: &[String]) -> Result<Vec<u8>, ApiError> {
    let failed = |error: csv::Error| ApiError::internal(&error);
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let headings = COLUMNS.iter().map(|name| (*name).to_owned());
    writer
        .write_record(headings.chain(names.iter().map(|name| cell(name))))
        .map_err(failed)?;
    for hit in hits {
        writer.write_record(row(hit, names)).map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|error| ApiError::internal(&std::io::Error::other(error.to_string())))
}

/// The cells of an event; none of them is taken for a formula.
fn row(hit: &Hit, names: &[String]) -> Vec<String> {
    let event = &hit.event.summary;
    let known = hit.event.enrichment.as_ref();
    let some = |text: Option<&String>| text.map(|text| cell(text)).unwrap_or_default();
    let asset = known.and_then(|known| known.asset.as_ref());
    let threats: Vec<String> = known
        .map(|known| known.threats.iter())
        .into_iter()
        .flatten()
        .map(|threat| format!("{}: {}", threat.list, threat.value))
        .collect();
    let mut cells = vec![
        cell(&event.id),
        event.time.clone(),
        cell(&event.source),
        cell(&event.class),
        event.activity.to_string(),
        some(event.account.as_ref()),
        some(event.device.as_ref()),
        cell(&event.what),
        some(event.object.as_ref()),
        some(known.and_then(|known| known.subject.as_ref())),
        some(asset.map(|asset| &asset.name)),
        some(asset.map(|asset| &asset.criticality)),
        some(known.and_then(|known| known.geo.as_ref()).map(|geo| &geo.country)),
        cell(&threats.join("; ")),
    ];
    cells.extend(names.iter().map(|name| some(hit.event.fields.get(name))));
    cells
}

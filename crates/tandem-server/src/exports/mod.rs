//! Findings and cases for other systems: STIX 2.1, OCSF 1.4 and CSV. What leaves names subjects by pseudonym, passes the gate,
//! and is in the ledger before it goes.

mod found;

use serde::Deserialize;
use serde_json::Value;
use tandem_connect::GateBreach;
use tandem_connect::export::csv::CsvError;
use tandem_connect::export::{CaseFile, Finding, csv, ocsf, stix};
use tandem_domain::{CaseId, Day, Timestamp};
use tandem_policy::{Action, DataClass};
use tandem_store::{AlertFilter, AlertRow, WorkFilter, WorkKind};
use utoipa::IntoParams;

use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;
use crate::service::{ServiceError, day};

/// Most alerts or cases of one export.
const MOST: usize = 2_000;

/// What is to be exported.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportAsked {
    /// `stix` (a bundle, STIX 2.1), `ocsf` (one JSON object a line, OCSF 1.4) or `csv`.
    format: String,
    /// First day, `YYYY-MM-DD`.
    from: Option<String>,
    /// Last day, `YYYY-MM-DD`.
    to: Option<String>,
}

/// A form that other systems read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Stix,
    Ocsf,
    Csv,
}

impl Format {
    fn parse(text: &str) -> Result<Self, ServiceError> {
        match text {
            "stix" => Ok(Self::Stix),
            "ocsf" => Ok(Self::Ocsf),
            "csv" => Ok(Self::Csv),
            other => Err(ServiceError::asked(
                format!("`{other}` is no format of an export"),
                "use stix, ocsf or csv",
            )),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Stix => "stix",
            Self::Ocsf => "ocsf",
            Self::Csv => "csv",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Stix => "application/stix+json;version=2.1",
            Self::Ocsf => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Stix => "stix.json",
            Self::Ocsf => "ocsf.ndjson",
            Self::Csv => "csv",
        }
    }
}

/// A file that leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Its media type.
    pub media_type: &'static str,
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What was asked for, understood.
struct Asked {
    format: Format,
    from: Option<Day>,
    to: Option<Day>,
}

impl Asked {
    fn of(asked: &ExportAsked) -> Result<Self, ServiceError> {
        let (from, to) = (day(asked.from.as_deref())?, day(asked.to.as_deref())?);
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            return Err(ServiceError::asked(
                "the last day lies before the first",
                "turn from and to round",
            ));
        }
        Ok(Self {
            format: Format::parse(&asked.format)?,
            from,
            to,
        })
    }

    /// From when to when, in words.
    fn stretch(&self) -> String {
        let word = |day: Option<Day>, none: &str| day.map_or(none.to_owned(), |day| day.to_string());
        format!(
            "{} to {}",
            word(self.from, "the first"),
            word(self.to, "the last")
        )
    }

    fn covers(&self, from: Timestamp, to: Timestamp) -> bool {
        self.from.is_none_or(|first| first <= to.day()) && self.to.is_none_or(|last| from.day() <= last)
    }

    fn file(&self, what: &str, bytes: Vec<u8>) -> Exported {
        let part = |day: Option<Day>| day.map(|day| format!("-{day}")).unwrap_or_default();
        let (from, to) = (part(self.from), part(self.to));
        Exported {
            media_type: self.format.media_type(),
            name: format!("tandem-{what}{from}{to}.{}", self.format.ending()),
            bytes,
        }
    }
}

fn few_enough(found: usize) -> Result<(), ServiceError> {
    if found > MOST {
        return Err(ServiceError::asked(
            format!("there are more than {MOST} of them"),
            "export a shorter time: give from and to",
        ));
    }
    Ok(())
}

/// A text of ours holds a name after all: nothing leaves.
fn stopped(breach: &GateBreach) -> ApiError {
    ApiError::new(
        axum::http::StatusCode::UNPROCESSABLE_ENTITY,
        "gate",
        breach.to_string(),
        "tell whoever runs Tandem; the text must be mended first",
    )
}

fn not_written(error: &CsvError) -> ApiError {
    match error {
        CsvError::Gate(breach) => stopped(breach),
        CsvError::Write(_) => ApiError::internal(error),
    }
}

/// One JSON object a line.
fn lines(values: impl IntoIterator<Item = Result<Value, GateBreach>>) -> Result<Vec<u8>, ApiError> {
    let mut text = String::new();
    for value in values {
        text.push_str(&value.map_err(|breach| stopped(&breach))?.to_string());
        text.push('\n');
    }
    Ok(text.into_bytes())
}

fn bundle(value: &Value) -> Result<Vec<u8>, ApiError> {
    Ok(serde_json::to_vec_pretty(value)?)
}

impl App {
    /// Refuses who may export no findings.
    fn may_export(&self, asker: &Asker) -> Result<(), ApiError> {
        asker.may(self, Action::Export, DataClass::Queue, &asker.context())
    }

    /// Alerts of a stretch of time that are not about the asker.
    async fn exportable(&self, asker: &Asker, asked: &Asked) -> Result<Vec<AlertRow>, ApiError> {
        let filter = AlertFilter {
            from: asked.from,
            to: asked.to,
            limit: MOST + 1,
            ..AlertFilter::default()
        };
        let mut rows = self.store.alerts(&filter).await?;
        few_enough(rows.len())?;
        let own = asker.colleague.own_subject();
        rows.retain(|row| own != Some(&row.alert.subject));
        Ok(rows)
    }

    /// Writes the export into the ledger; it leaves after that, or not at all.
    async fn note_export(
        &self,
        asker: &Asker,
        asked: &Asked,
        what: &str,
        many: usize,
    ) -> Result<(), ApiError> {
        let object = format!("{many} {what} as {}, {}", asked.format.as_str(), asked.stretch());
        let entry = asker.entry("export.make", None, Some(&object))?;
        self.store.add_to_ledger(vec![entry]).await?;
        Ok(())
    }

    async fn findings_file(
        &self,
        asker: &Asker,
        asked: &Asked,
        what: &str,
        findings: Vec<Finding>,
    ) -> Result<Exported, ApiError> {
        if !self.chat.gate().knows() {
            self.learn_names().await?;
        }
        let names = self.chat.gate();
        let gate = &*names;
        let findings: Vec<Finding> = findings
            .into_iter()
            .map(|finding| found::safe(finding, gate))
            .collect();
        let bytes = match asked.format {
            Format::Stix => bundle(
                stix::findings(&findings, gate)
                    .map_err(|breach| stopped(&breach))?
                    .get(),
            )?,
            Format::Ocsf => lines(
                findings
                    .iter()
                    .map(|one| ocsf::finding(one, gate).map(|event| event.into_inner())),
            )?,
            Format::Csv => csv::findings(&findings, gate).map_err(|error| not_written(&error))?,
        };
        self.note_export(asker, asked, what, findings.len()).await?;
        Ok(asked.file(what, bytes))
    }

    /// Alerts of a stretch of time, as a file for another system.
    ///
    /// # Errors
    /// Forbidden, too many, the question makes no sense, or a store fails.
    pub async fn export_alerts(&self, asker: &Asker, asked: &ExportAsked) -> Result<Exported, ApiError> {
        self.may_export(asker)?;
        let asked = Asked::of(asked)?;
        let sight = asker.sight(self, &asker.context());
        let cases = self.cases_of_alerts(asker).await?;
        let mut findings = Vec::new();
        for row in self.exportable(asker, &asked).await? {
            findings.push(self.alert_found(sight, &row, &cases).await?);
        }
        self.findings_file(asker, &asked, "alerts", findings).await
    }

    /// The indicators that alerts of a stretch of time rest on, as a file for another system.
    ///
    /// # Errors
    /// Forbidden, too many, the question makes no sense, or a store fails.
    pub async fn export_indicators(&self, asker: &Asker, asked: &ExportAsked) -> Result<Exported, ApiError> {
        self.may_export(asker)?;
        let asked = Asked::of(asked)?;
        let sight = asker.sight(self, &asker.context());
        let cases = self.cases_of_alerts(asker).await?;
        let mut findings: Vec<Finding> = Vec::new();
        let mut known = std::collections::HashSet::new();
        for row in self.exportable(asker, &asked).await? {
            let indicators = self.indicators_found(sight, &row, &cases).await?;
            // An indicator may have led to several alerts; it is told with the latest.
            findings.extend(indicators.into_iter().filter(|one| known.insert(one.id.clone())));
        }
        self.findings_file(asker, &asked, "indicators", findings).await
    }

    /// The asker's cases that were worked on in a stretch of time, as a file for another system. What people typed stays here.
    ///
    /// # Errors
    /// Forbidden, too many, the question makes no sense, or a store fails.
    pub async fn export_cases(&self, asker: &Asker, asked: &ExportAsked) -> Result<Exported, ApiError> {
        self.may_export(asker)?;
        let asked = Asked::of(asked)?;
        let filter = WorkFilter {
            link: Some(("member".to_owned(), asker.account().to_owned())),
            limit: MOST + 1,
            ..WorkFilter::default()
        };
        let rows = self.store.work(WorkKind::Case, &filter).await?;
        few_enough(rows.len())?;
        let mut files: Vec<CaseFile> = Vec::new();
        for row in rows
            .into_iter()
            .filter(|row| asked.covers(row.opened, row.changed))
        {
            let case = self.case(&CaseId(row.id)).await?.case;
            let inside = asker.for_case(case.id.clone());
            let context = self.case_context(&inside, &case);
            if inside.can(self, Action::Export, DataClass::Case, &context) {
                files.push(self.case_found(inside.sight(self, &context), &case).await?);
            }
        }
        if !self.chat.gate().knows() {
            self.learn_names().await?;
        }
        let names = self.chat.gate();
        let gate = &*names;
        let bytes = match asked.format {
            Format::Stix => bundle(
                stix::cases(&files, gate)
                    .map_err(|breach| stopped(&breach))?
                    .get(),
            )?,
            Format::Ocsf => lines(
                files
                    .iter()
                    .map(|one| ocsf::case(one, gate).map(|event| event.into_inner())),
            )?,
            Format::Csv => csv::cases(&files, gate).map_err(|error| not_written(&error))?,
        };
        self.note_export(asker, &asked, "cases", files.len()).await?;
        Ok(asked.file("cases", bytes))
    }
}

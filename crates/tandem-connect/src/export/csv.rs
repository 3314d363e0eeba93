//! Findings as CSV (RFC 4180), safe to open in a spreadsheet.

use super::{CaseFile, Finding};
use crate::gate::{Gate, GateBreach};
use crate::notice::level_words;
use crate::text;

/// Column names.
pub const COLUMNS: [&str; 14] = [
    "id",
    "subject",
    "raised",
    "first_seen",
    "last_seen",
    "count",
    "level",
    "score_decibans",
    "threat",
    "techniques",
    "rules",
    "title",
    "why",
    "case",
];

/// Column names of cases.
pub const CASE_COLUMNS: [&str; 9] = [
    "case", "title", "level", "opened", "changed", "closed", "verdict", "findings", "why",
];

/// An export failed.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// A text must not leave.
    #[error(transparent)]
    Gate(#[from] GateBreach),
    /// The writer failed.
    #[error("csv export: the table could not be written")]
    Write(#[source] csv::Error),
}

/// Findings as a table with a heading.
///
/// # Errors
/// [`CsvError`] if a text must not leave.
pub fn findings(findings: &[Finding], gate: &dyn Gate) -> Result<Vec<u8>, CsvError> {
    table(&COLUMNS, findings.iter().map(row), gate)
}

/// Cases as a table with a heading.
///
/// # Errors
/// [`CsvError`] if a text must not leave.
pub fn cases(cases: &[CaseFile], gate: &dyn Gate) -> Result<Vec<u8>, CsvError> {
    table(&CASE_COLUMNS, cases.iter().map(case_row), gate)
}

fn table<const N: usize>(
    columns: &[&str; N],
    rows: impl Iterator<Item = [String; N]>,
    gate: &dyn Gate,
) -> Result<Vec<u8>, CsvError> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(columns).map_err(CsvError::Write)?;
    for row in rows {
        for cell in &row {
            gate.check(cell)?;
        }
        writer.write_record(&row).map_err(CsvError::Write)?;
    }
    writer
        .into_inner()
        .map_err(|e| CsvError::Write(csv::Error::from(std::io::Error::other(e.to_string()))))
}

fn case_row(case: &CaseFile) -> [String; 9] {
    let ids: Vec<&str> = case.findings.iter().map(|finding| finding.id.as_str()).collect();
    [
        cell(case.id.as_str()),
        cell(&case.title),
        level_words(case.level).to_owned(),
        case.opened.to_string(),
        case.changed.to_string(),
        case.closed.map(|at| at.to_string()).unwrap_or_default(),
        case.verdict
            .map(|verdict| super::ocsf::verdict(Some(verdict)).1.to_owned())
            .unwrap_or_default(),
        cell(&ids.join(" ")),
        cell(&case.sentences.join(" ")),
    ]
}

fn row(finding: &Finding) -> [String; 14] {
    [
        cell(&finding.id),
        cell(finding.subject.as_str()),
        finding.raised.to_string(),
        finding.first_seen.to_string(),
        finding.last_seen.to_string(),
        finding.count.to_string(),
        level_words(finding.level).to_owned(),
        format!("{:.1}", finding.score),
        finding.threat.map(|t| t.as_str().to_owned()).unwrap_or_default(),
        cell(&finding.techniques.join(" ")),
        cell(&finding.rules.join(" ")),
        cell(&finding.title),
        cell(&finding.sentences.join(" ")),
        finding
            .case
            .as_ref()
            .map(|c| cell(c.as_str()))
            .unwrap_or_default(),
    ]
}

/// Text that no spreadsheet takes for a formula: one that begins like one gets an apostrophe before it (OWASP, "CSV
/// Injection"; full-width forms count too, some programs fold them).
pub fn cell(text: &str) -> String {
    let text = text::plain(text);
    let formula = text
        .trim_start_matches(['"', '\'', ' '])
        .starts_with(['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠']);
    if formula { format!("'{text}") } else { text }
}

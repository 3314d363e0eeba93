//! Findings and cases for other systems. What goes out names subjects by pseudonym and passes the gate like any message.
//!
//! Pure: the same findings give the same bytes, with the same ids, so a receiver that gets an export twice has it once.

pub mod csv;
pub mod ical;
pub mod ocsf;
pub mod stix;

use serde::{Deserialize, Serialize};
use tandem_domain::alert::RiskLevel;
use tandem_domain::{AlertStatus, CaseId, SubjectId, Threat, Timestamp, Verdict};

use crate::inbound::alerts::Severity;

/// One finding as it leaves: an alert, or one indicator of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Tandem's id.
    pub id: String,
    /// Who it is about, by pseudonym.
    pub subject: SubjectId,
    /// When it was raised.
    pub raised: Timestamp,
    /// First observation.
    pub first_seen: Timestamp,
    /// Last observation.
    pub last_seen: Timestamp,
    /// Number of observations, at least 1.
    pub count: u32,
    /// One line.
    pub title: String,
    /// Why, in plain sentences.
    pub sentences: Vec<String>,
    /// Band of the score.
    pub level: RiskLevel,
    /// Evidence, decibans.
    pub score: f64,
    /// The likeliest threat.
    pub threat: Option<Threat>,
    /// MITRE ATT&CK techniques, such as `T1567.002`.
    pub techniques: Vec<String>,
    /// Rules and detectors.
    pub rules: Vec<String>,
    /// Where it stands.
    pub status: AlertStatus,
    /// What people concluded.
    pub verdict: Option<Verdict>,
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// The page in Tandem.
    pub link: String,
}

/// One case as it leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseFile {
    /// Its number.
    pub id: CaseId,
    /// One line.
    pub title: String,
    /// What it is about and what came of it, in plain sentences.
    pub sentences: Vec<String>,
    /// How urgent.
    pub level: RiskLevel,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it last changed.
    pub changed: Timestamp,
    /// When it was closed.
    pub closed: Option<Timestamp>,
    /// What people concluded.
    pub verdict: Option<Verdict>,
    /// Its findings.
    pub findings: Vec<Finding>,
    /// The page in Tandem.
    pub link: String,
}

/// The severity that a level is sent as.
pub(crate) const fn severity(level: RiskLevel) -> Severity {
    match level {
        RiskLevel::Low => Severity::Informational,
        RiskLevel::Watch => Severity::Low,
        RiskLevel::Review => Severity::Medium,
        RiskLevel::Act => Severity::High,
    }
}

/// True for the name of an ATT&CK technique: `T`, four digits, perhaps `.` and three digits.
pub(crate) fn is_technique(text: &str) -> bool {
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    text.strip_prefix('T')
        .is_some_and(|rest| match rest.split_once('.') {
            Some((main, sub)) => digits(main, 4) && digits(sub, 3),
            None => digits(rest, 4),
        })
}

#[cfg(test)]
mod tests;

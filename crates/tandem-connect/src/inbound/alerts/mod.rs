//! Alerts of other systems, by webhook: Wazuh, Elastic Security, Splunk. None of them signs its requests: each presents a
//! token that Tandem made ([`super::same_token`]), in a header or, with Splunk, in the address.

mod elastic;
mod splunk;
mod wazuh;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_domain::Timestamp;

use super::{ParseError, json};
use crate::text;

/// Most alerts of one request.
pub const MAX_ALERTS: usize = 500;
/// Longest title, characters.
const MAX_TITLE: usize = 300;
/// Longest account, host or id, characters.
const MAX_NAME: usize = 256;
/// Most bytes of the original that are kept of one alert.
pub const MAX_RAW: usize = 64 * 1024;

/// Who sent an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vendor {
    /// Wazuh's manager, by its integrator.
    Wazuh,
    /// Elastic Security, by Kibana's webhook connector.
    Elastic,
    /// Splunk's webhook alert action.
    Splunk,
}

impl Vendor {
    /// Every vendor.
    pub const ALL: [Self; 3] = [Self::Wazuh, Self::Elastic, Self::Splunk];

    /// The name in addresses and settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wazuh => "wazuh",
            Self::Elastic => "elastic",
            Self::Splunk => "splunk",
        }
    }

    /// The vendor with that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|vendor| vendor.as_str() == text)
    }
}

/// How bad the sender says it is, on OCSF's scale (`severity_id`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It does not say.
    Unknown,
    /// For information.
    Informational,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl Severity {
    /// OCSF `severity_id`.
    pub const fn ocsf(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Informational => 1,
            Self::Low => 2,
            Self::Medium => 3,
            Self::High => 4,
            Self::Critical => 5,
        }
    }

    /// OCSF's caption.
    pub const fn caption(self) -> &'static str {
        match self {
            Self::Unknown => "Unknown",
            Self::Informational => "Informational",
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Critical => "Critical",
        }
    }

    /// A word as the vendors use it.
    fn word(text: &str) -> Self {
        match text.trim().to_ascii_lowercase().as_str() {
            "info" | "informational" | "information" | "1" => Self::Informational,
            "low" | "2" => Self::Low,
            "medium" | "moderate" | "3" => Self::Medium,
            "high" | "4" => Self::High,
            "critical" | "fatal" | "5" | "6" => Self::Critical,
            _ => Self::Unknown,
        }
    }
}

/// Another system's alert, in neutral words. It names accounts and hosts as that system does: it is an input, to be resolved
/// to a subject like any event, and shown to nobody before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboundAlert {
    /// Who sent it.
    pub vendor: Vendor,
    /// The sender's id: the same id again is the same alert again.
    pub id: String,
    /// When it happened, by the sender's clock.
    pub at: Timestamp,
    /// The rule or search.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// The account it is about, if the sender says.
    pub account: Option<String>,
    /// The host it is about, if the sender says.
    pub host: Option<String>,
    /// The original as JSON, for whoever looks closer; larger ones are left out.
    pub raw: Option<String>,
}

/// Reads a request. `now` dates alerts whose sender gives no time.
///
/// # Errors
/// [`ParseError`] names the part that is missing; then nothing of the request is taken.
pub fn parse(vendor: Vendor, body: &[u8], now: Timestamp) -> Result<Vec<InboundAlert>, ParseError> {
    match vendor {
        Vendor::Wazuh => wazuh::parse(&json("wazuh alert", body)?, now),
        Vendor::Elastic => elastic::parse(&json("elastic alert", body)?, now),
        Vendor::Splunk => splunk::parse(&json("splunk alert", body)?, now),
    }
}

/// A string or number as bounded text; `None` for nothing and for emptiness.
fn name(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text::plain(text),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => return name(items.first()),
        _ => return None,
    };
    (!text.is_empty()).then(|| text::clip(&text, MAX_NAME))
}

fn title(text: &str) -> String {
    text::clip(&text::plain(text), MAX_TITLE)
}

fn raw(value: &Value) -> Option<String> {
    let text = value.to_string();
    (text.len() <= MAX_RAW).then_some(text)
}

/// The first of the paths that holds something.
fn first<'a>(value: &'a Value, paths: &[&str]) -> Option<&'a Value> {
    paths
        .iter()
        .find_map(|path| dotted(value, path).filter(|v| !v.is_null()))
}

/// A field by its dotted name, whether the sender nests objects or writes the dots into the key, or both.
fn dotted<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let fields = value.as_object()?;
    if let Some(found) = fields.get(path) {
        return Some(found);
    }
    path.match_indices('.').find_map(|(at, _)| {
        let inner = fields.get(path.get(..at)?)?;
        dotted(inner, path.get(at + 1..)?)
    })
}

/// An instant: RFC 3339 (also `+0000` without a colon, as Wazuh writes it), or Unix seconds with a fraction as Splunk does.
fn instant(value: Option<&Value>) -> Option<Timestamp> {
    match value? {
        Value::String(text) => {
            let text = text.trim();
            Timestamp::parse_rfc3339(text)
                .or_else(|| Timestamp::parse_rfc3339(&colon_in_offset(text)?))
                .or_else(|| seconds(text.parse().ok()?))
        }
        Value::Number(number) => seconds(number.as_f64()?),
        _ => None,
    }
}

fn colon_in_offset(text: &str) -> Option<String> {
    let at = text.len().checked_sub(2)?;
    let (head, tail) = (text.get(..at)?, text.get(at..)?);
    tail.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| format!("{head}:{tail}"))
}

fn seconds(seconds: f64) -> Option<Timestamp> {
    // Milliseconds where seconds cannot be meant (after the year 5138).
    let seconds = if seconds > 1e11 { seconds / 1e3 } else { seconds };
    (0.0..1e11)
        .contains(&seconds)
        .then(|| Timestamp((seconds * 1e6).round() as i64))
}

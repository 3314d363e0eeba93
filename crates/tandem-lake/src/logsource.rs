//! The text form of an event's set of Sigma log sources.
//!
//! Each log source is `product/category/service`; a part that is absent before a present one is `-`, trailing absent parts
//! are left out. A set is joined with `;`: `windows/process_creation/sysmon;windows/-/sysmon`.

use tandem_domain::LogSource;

/// Appends the text form of one log source.
pub(crate) fn push_logsource(out: &mut String, logsource: &LogSource) {
    let parts = [&logsource.product, &logsource.category, &logsource.service];
    let given = parts
        .iter()
        .rposition(|part| part.is_some())
        .map_or(0, |last| last + 1);
    if !out.is_empty() {
        out.push(';');
    }
    for (index, part) in parts.iter().take(given).enumerate() {
        if index > 0 {
            out.push('/');
        }
        out.push_str(part.as_deref().unwrap_or("-"));
    }
}

/// Reads the `logsource` column back.
pub fn parse_logsources(text: &str) -> Vec<LogSource> {
    text.split(';')
        .filter(|one| !one.is_empty())
        .map(parse_one)
        .collect()
}

fn parse_one(text: &str) -> LogSource {
    let mut parts = text.split('/').map(|part| (part != "-").then(|| part.to_owned()));
    let product = parts.next().flatten();
    let category = parts.next().flatten();
    let service = parts.next().flatten();
    LogSource {
        category,
        product,
        service,
    }
}

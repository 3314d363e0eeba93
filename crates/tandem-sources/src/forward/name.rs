//! Names of sources, from what forwarders call things.

use crate::settings::LONGEST_NAME;

/// What data streams are of, in Elastic's naming scheme `type-dataset-namespace`.
const STREAM_TYPES: [&str; 5] = ["logs", "metrics", "traces", "synthetics", "profiling"];

/// A name of letters, digits, `.`, `_` and `-` only, at most [`LONGEST_NAME`] of them; `None` if nothing is left.
pub fn clean(name: &str) -> Option<String> {
    let mut out = String::with_capacity(name.len().min(LONGEST_NAME));
    for letter in name.trim().chars() {
        if out.len() >= LONGEST_NAME {
            break;
        }
        if letter.is_ascii_alphanumeric() || "._-".contains(letter) {
            out.push(letter);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    let kept = out.trim_matches('-');
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// The source that an index or data stream is of: without date, version, generation and the scheme's decoration.
///
/// `.ds-filebeat-8.13.0-2024.05.01-000001` is `filebeat`, `logs-nginx.access-default` is `nginx.access`.
pub fn of_index(index: &str) -> Option<String> {
    let plain = index.trim();
    let plain = plain
        .strip_prefix(".ds-")
        .unwrap_or(plain)
        .trim_start_matches('.');
    let mut parts: Vec<&str> = plain.split('-').collect();
    while parts.len() > 1 {
        if let [.., year, month, day] = parts.as_slice()
            && parts.len() > 3
            && is_digits(year, 4)
            && is_digits(month, 2)
            && is_digits(day, 2)
        {
            parts.truncate(parts.len() - 3);
        } else if parts.last().is_some_and(|last| is_decoration(last)) {
            parts.pop();
        } else {
            break;
        }
    }
    if let [kind, dataset, _] = parts.as_slice()
        && STREAM_TYPES.contains(kind)
    {
        return clean(dataset);
    }
    clean(&parts.join("-"))
}

fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A date, a version, a generation, or a word that goes with them.
fn is_decoration(part: &str) -> bool {
    if part.eq_ignore_ascii_case("snapshot") || is_digits(part, 6) || is_digits(part, 8) {
        return true;
    }
    let mut numbers = part.split('.');
    numbers.clone().count() >= 2
        && numbers.all(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

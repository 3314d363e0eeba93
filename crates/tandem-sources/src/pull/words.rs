//! What a service says went wrong, sorted by what to do next.

use serde_json::Value;
use tandem_domain::Timestamp;

use super::api::{Answer, Fault};
use super::pace;

/// Longest message of a service that is shown, characters.
const LONGEST: usize = 200;
/// A word longer than this may be a token, and is not shown.
const LONGEST_WORD: usize = 40;

/// Codes that say «too many requests» with a status that does not: Microsoft 365's `AF429`, Google's reasons, AWS's types.
const LIMITS: [&str; 12] = [
    "AF429",
    "rateLimitExceeded",
    "userRateLimitExceeded",
    "quotaExceeded",
    "RESOURCE_EXHAUSTED",
    "TooManyRequests",
    "ThrottlingException",
    "Throttling",
    "ThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "SlowDown",
];
/// Codes that say «the page token is none any more» whatever the status.
const LINKS: [&str; 3] = ["InvalidNextTokenException", "InvalidNextToken", "AF20031"];
/// Codes that say «it is not there any more»: Microsoft 365's content that does not exist, has expired, or has no such id.
const GONE: [&str; 3] = ["AF20050", "AF20051", "AF20052"];
/// Codes that say «come again» whatever the status.
const AGAIN: [&str; 4] = [
    "AF50000",
    "InternalFailure",
    "InternalError",
    "ServiceUnavailable",
];
/// Codes that say «the token has run out» whatever the status.
const TOKENS: [&str; 2] = ["InvalidAuthenticationToken", "ExpiredTokenException"];

/// Text of a far side, made fit to be shown: one line, clipped, without anything long enough to be a secret.
pub(super) fn shown(text: &str) -> String {
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(if word.len() > LONGEST_WORD { "…" } else { word });
        if line.len() > LONGEST {
            return line.chars().take(LONGEST).collect();
        }
    }
    line
}

/// Code and message of an error's body, in the shapes that the services use.
pub(super) fn code_and_message(body: &[u8]) -> (String, String) {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return Default::default();
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let error = value.get("error").unwrap_or(&Value::Null);
    // Google: the reason is finer than the status, the status finer than the number.
    let reason = error
        .pointer("/errors/0/reason")
        .or_else(|| error.get("status"))
        .or_else(|| error.get("code"));
    let code = reason
        .and_then(text)
        .or_else(|| text(error))
        .or_else(|| value.get("errorCode").and_then(text))
        .or_else(|| value.get("Code").and_then(text))
        .or_else(|| {
            // AWS JSON: `__type` may have a namespace before a `#`.
            let kind = value.get("__type").and_then(text)?;
            Some(kind.rsplit('#').next().unwrap_or_default().to_owned())
        })
        .unwrap_or_default();
    let message = ["message", "Message", "errorSummary", "error_description"]
        .iter()
        .find_map(|name| error.get(name).or_else(|| value.get(name)).and_then(text))
        .unwrap_or_default();
    (shown(&code), shown(&message))
}

/// What to do after an answer; `None` if it is a good one. `paged` says that the request carried a page token or link.
pub(super) fn fault(answer: &Answer, paged: bool, now: Timestamp) -> Option<Fault> {
    let status = answer.status;
    if (200..300).contains(&status) {
        return wrong_kind(answer);
    }
    let (code, message) = code_and_message(&answer.body);
    let is = |list: &[&str]| list.contains(&code.as_str());
    let mut why = format!("it answered {status}");
    for part in [&code, &message] {
        if !part.is_empty() {
            why.push_str(": ");
            why.push_str(part);
        }
    }
    let asked = answer.headers.contains_key("retry-after");
    let limited = status == 429
        || is(&LIMITS)
        || (status == 403 && (asked || pace::used_up(&answer.headers, now)))
        || (status == 503 && asked);
    Some(if limited {
        Fault::Pause {
            after: pace::pause(&answer.headers, now),
            why,
        }
    } else if is(&LINKS) {
        Fault::Link(why)
    } else if is(&TOKENS) || status == 401 {
        Fault::Token(why)
    } else if is(&AGAIN) || status == 408 || status >= 500 {
        Fault::Again(why)
    } else if is(&GONE) {
        Fault::Gone(why)
    } else if paged && matches!(status, 400 | 404 | 410) {
        Fault::Link(why)
    } else if matches!(status, 404 | 410) {
        Fault::Gone(why)
    } else if (300..400).contains(&status) {
        Fault::Refused(format!(
            "{why} and wants to be asked elsewhere; set `base` to its address"
        ))
    } else {
        Fault::Refused(format!(
            "{why}; look at the rights and the settings of this source"
        ))
    })
}

/// Says so if an answer is not JSON: a proxy's or a sign-in page, most often.
fn wrong_kind(answer: &Answer) -> Option<Fault> {
    let kind = answer.header("content-type").unwrap_or_default();
    if kind.to_ascii_lowercase().contains("json") || answer.body.is_empty() {
        return None;
    }
    Some(Fault::Again(format!(
        "it answered with `{}` rather than JSON; look for a proxy or a sign-in page in between",
        shown(kind)
    )))
}

//! Web logs without a header: Squid's native access log, and the common and combined log formats.

use tandem_domain::Value;
use tandem_domain::event::EventBuilder;

/// True for a line in Squid's native format: `time elapsed client code/status bytes method URL user hierarchy/peer type`.
pub(crate) fn is_squid(line: &str) -> bool {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    words.len() >= 10
        && words
            .first()
            .is_some_and(|w| w.parse::<f64>().is_ok_and(|t| t > 1e8))
        && words.get(1).is_some_and(|w| w.parse::<i64>().is_ok())
        && words.get(3).is_some_and(|w| w.contains('/'))
}

/// Parses a Squid line under the names that Sigma's proxy rules use.
///
/// # Errors
/// When a column is missing or is no number where one belongs.
pub(crate) fn parse_squid(line: &str, event: &mut EventBuilder<'_>) -> Result<(), String> {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let [
        time,
        elapsed,
        client,
        result,
        bytes,
        method,
        url,
        user,
        hierarchy,
        rest @ ..,
    ] = words.as_slice()
    else {
        return Err(format!("{} columns, a Squid access log line has 10", words.len()));
    };
    if time.parse::<f64>().is_err() {
        return Err(format!(
            "`{time}` is no time; a Squid line begins with seconds since 1970"
        ));
    }
    let (action, status) = result
        .split_once('/')
        .ok_or_else(|| format!("`{result}` is no result code with status"))?;
    event.field("time", Value::Text(time));
    number(event, "duration", elapsed);
    event.field("c-ip", Value::Text(client));
    event.field("s-action", Value::Text(action));
    number(event, "sc-status", status);
    number(event, "sc-bytes", bytes);
    event.field("cs-method", Value::Text(method));
    event.field("c-uri", Value::Text(url));
    let host = url.split_once("://").map_or(*url, |(_, rest)| rest);
    let host = host.split(['/', '?']).next().unwrap_or(host);
    event.field(
        "cs-host",
        Value::Text(host.rsplit_once(':').map_or(host, |(name, _)| name)),
    );
    if *user != "-" {
        event.field("cs-username", Value::Text(user));
    }
    let (code, peer) = hierarchy.split_once('/').unwrap_or((hierarchy, "-"));
    event.field("s-hierarchy", Value::Text(code));
    if peer != "-" {
        event.field("r-ip", Value::Text(peer));
    }
    if let Some(kind) = rest.first().filter(|kind| **kind != "-") {
        event.field("rs-content-type", Value::Text(kind));
    }
    // Sites add columns by `logformat`; request size and agent are the usual ones.
    if let Some(sent) = rest
        .get(1)
        .filter(|word| word.bytes().all(|b| b.is_ascii_digit()))
    {
        number(event, "cs-bytes", sent);
    }
    if let Some(at) = line.find('"') {
        event.field(
            "c-useragent",
            Value::Text(line.get(at..).unwrap_or_default().trim().trim_matches('"')),
        );
    }
    Ok(())
}

/// True for a line of the common log format: `host ident user [time] "request" status bytes`.
pub(crate) fn is_clf(line: &str) -> bool {
    line.contains(" [") && line.contains("] \"") && line.contains("\" ")
}

/// Parses a common or combined log line.
///
/// # Errors
/// When the shape is another.
pub(crate) fn parse_clf(line: &str, event: &mut EventBuilder<'_>) -> Result<(), String> {
    const SHAPE: &str = "the line is not `host ident user [time] \"request\" status bytes`";
    let (head, rest) = line.split_once(" [").ok_or(SHAPE)?;
    let (time, rest) = rest.split_once("] \"").ok_or(SHAPE)?;
    let (request, rest) = rest.split_once("\" ").ok_or(SHAPE)?;
    let mut head = head.split_ascii_whitespace();
    let (client, user) = (head.next().ok_or(SHAPE)?, head.nth(1).unwrap_or("-"));
    event.field("time", Value::Text(time));
    event.field("c-ip", Value::Text(client));
    if user != "-" {
        event.field("cs-username", Value::Text(user));
    }
    let mut request = request.split(' ');
    event.field("cs-method", Value::Text(request.next().unwrap_or_default()));
    event.field("c-uri", Value::Text(request.next().unwrap_or_default()));
    let mut tail = rest.splitn(3, ' ');
    number(event, "sc-status", tail.next().unwrap_or_default());
    number(event, "sc-bytes", tail.next().unwrap_or_default());
    let mut quoted = tail
        .next()
        .unwrap_or_default()
        .split('"')
        .filter(|part| !part.trim().is_empty());
    for name in ["cs-referer", "cs-user-agent"] {
        if let Some(text) = quoted.next().filter(|text| *text != "-") {
            event.field(name, Value::Text(text));
        }
    }
    Ok(())
}

fn number(event: &mut EventBuilder<'_>, name: &str, text: &str) {
    match text.parse() {
        Ok(value) => event.field(name, Value::Int(value)),
        Err(_) if text == "-" || text.is_empty() => {}
        Err(_) => event.field(name, Value::Text(text)),
    }
}

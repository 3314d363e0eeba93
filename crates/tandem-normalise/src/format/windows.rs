//! Windows events as JSON come in many shapes; all are brought to the field names that Sigma rules use.

use std::borrow::Cow;

use tandem_domain::Value;
use tandem_domain::event::EventBuilder;

/// Names of the event's head: Winlogbeat 7/8, evtx_dump, Wazuh.
const HEADS: &[(&str, &str)] = &[
    ("winlog.event_id", "EventID"),
    ("winlog.channel", "Channel"),
    ("winlog.provider_name", "Provider_Name"),
    ("winlog.computer_name", "Computer"),
    ("winlog.record_id", "EventRecordID"),
    ("winlog.keywords", "Keywords"),
    ("winlog.task", "Task"),
    ("winlog.opcode", "Opcode"),
    ("Event.System.EventID", "EventID"),
    ("Event.System.EventID.#text", "EventID"),
    ("Event.System.Channel", "Channel"),
    ("Event.System.Computer", "Computer"),
    ("Event.System.EventRecordID", "EventRecordID"),
    ("Event.System.Keywords", "Keywords"),
    ("Event.System.Level", "Level"),
    ("Event.System.Task", "Task"),
    ("Event.System.Opcode", "Opcode"),
    ("Event.System.Provider.#attributes.Name", "Provider_Name"),
    ("Event.System.TimeCreated.#attributes.SystemTime", "TimeCreated"),
    ("Event.System.Security.#attributes.UserID", "Security_UserID"),
    ("Event.System.Provider_attributes.Name", "Provider_Name"),
    ("Event.System.TimeCreated_attributes.SystemTime", "TimeCreated"),
    ("Event.RenderingInfo.Message", "Message"),
    ("data.win.system.eventID", "EventID"),
    ("data.win.system.channel", "Channel"),
    ("data.win.system.providerName", "Provider_Name"),
    ("data.win.system.computer", "Computer"),
    ("data.win.system.eventRecordID", "EventRecordID"),
    ("data.win.system.systemTime", "TimeCreated"),
    ("data.win.system.keywords", "Keywords"),
    ("data.win.system.level", "Level"),
    ("data.win.system.message", "Message"),
];

/// The Sigma name of a flattened JSON name; the name itself if it is in no known shape.
pub(crate) fn rename(path: &str) -> Cow<'_, str> {
    let known = path.starts_with("winlog.") || path.starts_with("Event.") || path.starts_with("data.win.");
    if !known {
        return Cow::Borrowed(path);
    }
    if let Some((_, name)) = HEADS.iter().find(|(shape, _)| *shape == path) {
        return Cow::Borrowed(name);
    }
    for prefix in [
        "winlog.event_data.",
        "winlog.user_data.",
        "Event.EventData.",
        "data.win.eventdata.",
    ] {
        if let Some(rest) = path.strip_prefix(prefix) {
            let rest = rest.strip_suffix(".#text").unwrap_or(rest);
            let rest = rest
                .strip_prefix("Data.")
                .filter(|inner| !inner.is_empty())
                .unwrap_or(rest);
            return sigma_name(rest, prefix.starts_with("data.win."));
        }
    }
    if let Some(rest) = path.strip_prefix("Event.UserData.") {
        // One wrapper element carries the provider's own name.
        let inner = rest.split_once('.').map_or(rest, |(_, inner)| inner);
        return sigma_name(inner, false);
    }
    if let Some(rest) = path.strip_prefix("Event.System.") {
        return Cow::Owned(rest.replace(".#attributes.", "_").replace('.', "_"));
    }
    Cow::Borrowed(path)
}

/// Spaces are left out; Wazuh's first letters are made capitals again.
fn sigma_name(name: &str, lower_camel: bool) -> Cow<'_, str> {
    let first = name.chars().next();
    let capital = lower_camel && first.is_some_and(|c| c.is_ascii_lowercase());
    if !capital && !name.contains(' ') {
        return Cow::Borrowed(name);
    }
    let mut out = String::with_capacity(name.len());
    for (at, letter) in name.chars().filter(|c| *c != ' ').enumerate() {
        out.push(if at == 0 && capital {
            letter.to_ascii_uppercase()
        } else {
            letter
        });
    }
    Cow::Owned(out)
}

/// Other names of the head that NXLog and friends use.
const ALIASES: [(&str, &str); 4] = [
    ("SourceName", "Provider_Name"),
    ("Hostname", "Computer"),
    ("RecordNumber", "EventRecordID"),
    ("event_id", "EventID"),
];

/// Adds the head's Sigma names to flat Windows records that use others; true if any was added.
pub(crate) fn complete(event: &mut EventBuilder<'_>) -> bool {
    let windows =
        event.get("Channel").is_some() && (event.get("EventID").is_some() || event.get("event_id").is_some());
    if !windows {
        return false;
    }
    let mut added = false;
    for (theirs, ours) in ALIASES {
        if event.get(ours).is_some() {
            continue;
        }
        let value = match event.get(theirs) {
            Some(Value::Text(text)) => Kept::Text(text.to_owned()),
            Some(Value::Int(number)) => Kept::Int(number),
            _ => continue,
        };
        added = true;
        match value {
            Kept::Text(text) => event.field(ours, Value::Text(&text)),
            Kept::Int(number) => event.field(ours, Value::Int(number)),
        }
    }
    added
}

/// A value that outlives the look into the event.
enum Kept {
    Text(String),
    Int(i64),
}

//! Windows event log records, as JSON twins of EVTX files, under Sigma's names and log sources.

use serde_json::Value as Json;
use tandem_detect::conformance::{logsource, write_fields};
use tandem_domain::LogSource;
use tandem_domain::event::{EventBatch, EventHead};
use tandem_domain::{EventId, Timestamp, Value};

/// Channels and the services that Sigma's taxonomy names them.
const SERVICES: &[(&str, &str)] = &[
    ("Security", "security"),
    ("System", "system"),
    ("Application", "application"),
    ("Microsoft-Windows-Sysmon/Operational", "sysmon"),
    ("Microsoft-Windows-PowerShell/Operational", "powershell"),
    ("PowerShellCore/Operational", "powershell"),
    ("Windows PowerShell", "powershell-classic"),
    ("Microsoft-Windows-Windows Defender/Operational", "windefend"),
    ("Microsoft-Windows-TaskScheduler/Operational", "taskscheduler"),
    ("Microsoft-Windows-WMI-Activity/Operational", "wmi"),
    ("Microsoft-Windows-Bits-Client/Operational", "bits-client"),
    (
        "Microsoft-Windows-DriverFrameworks-UserMode/Operational",
        "driver-framework",
    ),
    ("Microsoft-Windows-NTLM/Operational", "ntlm"),
    (
        "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
        "terminalservices-localsessionmanager",
    ),
    (
        "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall",
        "firewall-as",
    ),
    ("Microsoft-Windows-PrintService/Admin", "printservice-admin"),
    (
        "Microsoft-Windows-CodeIntegrity/Operational",
        "codeintegrity-operational",
    ),
    ("DNS Server", "dns-server"),
];

/// Categories of Sysmon's event ids.
fn sysmon(id: i64) -> &'static [&'static str] {
    match id {
        1 => &["process_creation"],
        2 => &["file_change"],
        3 => &["network_connection"],
        4 | 16 => &["sysmon_status"],
        5 => &["process_termination"],
        6 => &["driver_load"],
        7 => &["image_load"],
        8 => &["create_remote_thread"],
        9 => &["raw_access_thread"],
        10 => &["process_access"],
        11 => &["file_event"],
        12 => &["registry_add", "registry_delete", "registry_event"],
        13 => &["registry_set", "registry_event"],
        14 => &["registry_rename", "registry_event"],
        15 => &["create_stream_hash"],
        17 | 18 => &["pipe_created"],
        19..=21 => &["wmi_event"],
        22 => &["dns_query"],
        23 | 26 => &["file_delete"],
        25 => &["process_tampering"],
        27 => &["file_block_executable"],
        29 => &["file_executable_detected"],
        255 => &["sysmon_error"],
        _ => &[],
    }
}

fn categories(service: &str, id: i64) -> &'static [&'static str] {
    match (service, id) {
        ("sysmon", id) => sysmon(id),
        ("security", 4688) => &["process_creation"],
        ("powershell", 4103) => &["ps_module"],
        ("powershell", 4104) => &["ps_script"],
        ("powershell-classic", 400) => &["ps_classic_start"],
        ("powershell-classic", 600) => &["ps_classic_provider_start"],
        _ => &[],
    }
}

fn sources(channel: &str, id: i64) -> Vec<LogSource> {
    let service = SERVICES
        .iter()
        .find(|(name, _)| *name == channel)
        .map_or("", |(_, service)| service);
    let categories = categories(service, id);
    if categories.is_empty() {
        return vec![logsource("", "windows", service)];
    }
    categories
        .iter()
        .map(|category| logsource(category, "windows", service))
        .collect()
}

/// Appends one record (`{"Event": {"System": …, "EventData": …}}`) to a batch.
pub fn push(batch: &mut EventBatch, record: &Json) {
    let root = &record["Event"];
    let system = &root["System"];
    let id = system["EventID"]
        .as_i64()
        .or_else(|| system["EventID"]["#text"].as_i64())
        .unwrap_or_default();
    let channel = system["Channel"].as_str().unwrap_or_default();
    let number = EventId(batch.len() as u128 + 1);
    let mut event = batch.start().unwrap();
    event.field("EventID", Value::Int(id));
    event.field(
        "Provider_Name",
        Value::Text(
            system["Provider"]["#attributes"]["Name"]
                .as_str()
                .unwrap_or_default(),
        ),
    );
    for name in [
        "Channel",
        "Computer",
        "Level",
        "Task",
        "Opcode",
        "Keywords",
        "EventRecordID",
    ] {
        write_fields(&mut event, name, &system[name]);
    }
    write_data(&mut event, &root["EventData"]);
    write_data(&mut event, &root["UserData"]);
    for source in &sources(channel, id) {
        event.logsource(source);
    }
    let time = system["TimeCreated"]["#attributes"]["SystemTime"]
        .as_str()
        .and_then(Timestamp::parse_rfc3339);
    event.finish(EventHead {
        id: number,
        time: time.unwrap_or_default(),
        ..EventHead::default()
    });
}

/// Event data lie flat; user data lie one or more levels down.
fn write_data(event: &mut tandem_domain::event::EventBuilder<'_>, data: &Json) {
    let Json::Object(map) = data else { return };
    for (name, value) in map.iter().filter(|(name, _)| *name != "#attributes") {
        match value {
            Json::Object(inner) if inner.contains_key("#text") => {
                write_fields(event, &name.replace(' ', ""), &inner["#text"]);
            }
            Json::Object(_) => write_data(event, value),
            scalar => write_fields(event, &name.replace(' ', ""), scalar),
        }
    }
}

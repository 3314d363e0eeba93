use super::*;

fn cef(name: &str, more: &str) -> Seen {
    map(
        Format::Cef,
        &format!(
            r#"{{"DeviceVendor": "Vendor", "DeviceProduct": "Endpoint", "DeviceVersion": "1", "DeviceEventClassID": "100", "Name": "{name}", "Severity": "5",
            "rt": 1772438400000, "suser": "jdoe", "shost": "ws01" {more}}}"#
        ),
    )
}

#[test]
fn a_copy_to_removable_media_is_a_creation_with_a_peripheral() {
    let seen = cef(
        "File copied to removable media",
        r#", "act": "copy", "fname": "plan.xlsx", "filePath": "C:\\plan.xlsx", "fsize": 2048, "deviceExternalId": "SN123", "cs1Label": "dataLabel", "cs1": "confidential", "cs3Label": "destinationPath", "cs3": "E:\\plan.xlsx", "outcome": "success""#,
    );
    assert_eq!(
        seen.gist(),
        "cef file_activity 1 success jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(seen.attr(Attr::FileName), "plan.xlsx");
    assert_eq!(seen.attr(Attr::FileResult), r"E:\plan.xlsx");
    assert_eq!(seen.attr(Attr::Peripheral), "SN123");
    assert_eq!(seen.attr(Attr::Resource), "", "no share is involved");
    assert_eq!(seen.attr(Attr::DataLabel), "confidential");
    assert_eq!(seen.num(NumAttr::FileSize), Some(2048));
    assert_eq!(seen.attr(Attr::Device), "ws01");
    let blocked = cef(
        "File copied to removable media",
        r#", "act": "blocked", "fname": "plan.xlsx""#,
    );
    assert_eq!(
        blocked.event().head().status,
        tandem_domain::event::Status::Failure
    );
}

#[test]
fn plugging_a_device_in_and_out() {
    assert_eq!(
        cef("USB storage connected", r#", "cs1": "Stick""#).gist(),
        "cef peripheral_activity 1 unknown jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(
        cef("USB storage disconnected", "").gist(),
        "cef peripheral_activity 2 unknown jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(
        cef("Removable media removed", r#", "act": "disconnect""#)
            .event()
            .head()
            .activity,
        2
    );
}

#[test]
fn other_cef_records_are_told_by_name_and_keys() {
    assert_eq!(
        cef("User login", r#", "outcome": "failure""#).gist(),
        "cef authentication 1 failure jdoe 2026-03-02T08:00:00Z"
    );
    let web = cef(
        "Web request",
        r#", "requestMethod": "POST", "request": "https://up.example/x", "act": "allowed""#,
    );
    assert_eq!(
        web.gist(),
        "cef http_activity 6 success jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(web.attr(Attr::UrlHost), "up.example");
    let flow = cef(
        "Connection",
        r#", "src": "10.1.2.3", "dst": "198.51.100.7", "dpt": 22, "act": "deny""#,
    );
    assert_eq!(flow.event().head().class, ClassUid::NetworkActivity);
    assert_eq!(flow.num(NumAttr::DstPort), Some(22));
    assert_eq!(
        cef("Malware found", r#", "fname": "a.exe""#).event().head().class,
        ClassUid::DetectionFinding
    );
    assert_eq!(
        cef("DLP policy violation", r#", "fname": "a.docx""#)
            .event()
            .head()
            .class,
        ClassUid::DataSecurityFinding
    );
    let upload = cef(
        "File uploaded in the browser",
        r#", "act": "upload", "fname": "a.docx", "request": "https://share.example/up", "fsize": 9, "outcome": "allowed""#,
    );
    assert_eq!(
        upload.gist(),
        "cef file_hosting 1 success jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(
        (upload.attr(Attr::Resource), upload.num(NumAttr::BytesOut)),
        ("share.example", Some(9))
    );
    assert_eq!(
        cef("Something else", "").event().head().class,
        ClassUid::BaseEvent
    );
}

#[test]
fn leef_records() {
    let seen = map(
        Format::Leef,
        r#"{"Vendor": "V", "Product": "P", "EventID": "LoginFailed", "devTime": "2026-03-02T08:00:00Z", "usrName": "jdoe", "src": "10.1.2.3"}"#,
    );
    assert_eq!(
        seen.gist(),
        "leef authentication 1 failure jdoe 2026-03-02T08:00:00Z"
    );
}

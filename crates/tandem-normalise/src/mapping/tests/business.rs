use super::*;

#[test]
fn mail_is_sent_by_its_sender_and_received_by_the_mailbox() {
    let sent = map(
        Format::Ndjson,
        r#"{"time": "2026-03-02T08:00:00Z", "message_id": "<1@x>", "direction": "outbound", "from": "John Doe <jdoe@aldermoor.example>",
        "to": ["a@rival.example", "b@home.example"], "cc": ["c@x"], "subject": "plan", "size": 5000,
        "attachments": [{"name": "plan.xlsx", "size": 4000}, {"name": "b.pdf", "size": 10}]}"#,
    );
    assert_eq!(
        sent.gist(),
        "mail email_activity 1 unknown jdoe@aldermoor.example 2026-03-02T08:00:00Z"
    );
    assert_eq!(sent.attr(Attr::EmailTo), "a@rival.example;b@home.example;c@x");
    assert_eq!(sent.attr(Attr::FileName), "plan.xlsx;b.pdf");
    assert_eq!(
        (sent.num(NumAttr::Items), sent.num(NumAttr::FileSize)),
        (Some(2), Some(5000))
    );
    let received = map(
        Format::Ndjson,
        r#"{"time": "2026-03-02T08:00:00Z", "message_id": "<2@x>", "direction": "inbound", "from": "boss@rival.example", "to": ["jdoe@aldermoor.example"], "subject": "offer", "size": 1}"#,
    );
    assert_eq!(
        received.gist(),
        "mail email_activity 2 unknown jdoe@aldermoor.example 2026-03-02T08:00:00Z"
    );
    let exchange = map(
        Format::Csv,
        r#"{"date-time": "2026-03-02T08:00:00.000Z", "event-id": "SEND", "sender-address": "jdoe@x", "recipient-address": "a@y", "message-subject": "s", "total-bytes": "77"}"#,
    );
    assert_eq!(
        exchange.gist(),
        "exchange-tracking email_activity 1 success jdoe@x 2026-03-02T08:00:00Z"
    );
}

#[test]
fn badges_open_doors_or_not() {
    let badge = |direction: &str, result: &str| {
        map(
            Format::Csv,
            &format!(
                r#"{{"timestamp": "2026-03-02T08:00:00Z", "badge": "B7", "person": "jdoe", "door": "HQ-North", "direction": "{direction}", "result": "{result}", "site": "HQ"}}"#
            ),
        )
    };
    assert_eq!(
        badge("in", "granted").gist(),
        "badge physical_access 1 success jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(badge("out", "granted").event().head().activity, 2);
    let denied = badge("in", "denied");
    assert_eq!(
        denied.gist(),
        "badge physical_access 3 failure jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(
        (denied.attr(Attr::Resource), denied.attr(Attr::Location)),
        ("HQ-North", "HQ")
    );
}

#[test]
fn business_records_name_what_was_touched() {
    let erp = |action: &str, more: &str| {
        map(
            Format::Ndjson,
            &format!(
                r#"{{"time": "2026-03-02T08:00:00Z", "app": "erp", "user": "jdoe", "action": "{action}", "object_type": "vendor", "object_id": "V17", "client_ip": "10.1.2.3", "result": "ok" {more}}}"#
            ),
        )
    };
    let change = erp("change_bank_details", r#", "label": "confidential""#);
    assert_eq!(
        change.gist(),
        "business-app web_resources_activity 3 success jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(change.attr(Attr::Resource), "vendor:V17");
    assert_eq!(change.attr(Attr::Operation), "change_bank_details");
    assert_eq!(change.attr(Attr::DataLabel), "confidential");
    assert_eq!(erp("view", "").event().head().activity, 2);
    assert_eq!(erp("invoice.create", "").event().head().activity, 1);
    assert_eq!(erp("customer.search", "").event().head().activity, 5);
    let export = erp("export", r#", "rows": 4000"#);
    assert_eq!(
        export.gist(),
        "business-app web_resources_activity 7 success jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(export.num(NumAttr::Items), Some(4000));
    assert_eq!(erp("login", "").event().head().class, ClassUid::Authentication);
}

#[test]
fn the_cert_tables() {
    let row = |more: &str| {
        map(
            Format::Csv,
            &format!(
                r#"{{"id": "{{X1}}", "date": "01/02/2010 07:59:00", "user": "ABC0001", "pc": "PC-1" {more}}}"#
            ),
        )
    };
    let logon = row(r#", "activity": "Logon""#);
    assert_eq!(
        logon.gist(),
        "cert-logon authentication 1 success ABC0001 2010-01-02T07:59:00Z"
    );
    assert_eq!(logon.attr(Attr::Device), "PC-1");
    assert_eq!(row(r#", "activity": "Logoff""#).event().head().activity, 2);
    let device = row(r#", "activity": "Disconnect""#);
    assert_eq!(
        device.gist(),
        "cert-device peripheral_activity 2 success ABC0001 2010-01-02T07:59:00Z"
    );
    let file = row(r#", "filename": "EYPC9Y08.doc", "content": "x""#);
    assert_eq!(
        file.gist(),
        "cert-file file_activity 1 success ABC0001 2010-01-02T07:59:00Z"
    );
    assert_eq!(
        (file.attr(Attr::Peripheral), file.attr(Attr::FileResult)),
        ("removable", "EYPC9Y08.doc")
    );
    let mail = row(
        r#", "to": "a@x;b@y", "cc": "", "bcc": "c@z", "from": "d@x", "size": "25830", "attachments": "2", "content": "words""#,
    );
    assert_eq!(
        mail.gist(),
        "cert-email email_activity 1 success ABC0001 2010-01-02T07:59:00Z"
    );
    assert_eq!(mail.attr(Attr::EmailTo), "a@x;b@y;c@z");
    assert_eq!(
        (mail.num(NumAttr::Items), mail.num(NumAttr::FileSize)),
        (Some(2), Some(25830))
    );
    let later = row(
        r#", "to": "a@x", "from": "d@x", "size": "1", "activity": "View", "attachments": "C:\\a.doc(10);C:\\b.doc(20)""#,
    );
    assert_eq!(
        (later.event().head().activity, later.num(NumAttr::Items)),
        (2, Some(2))
    );
    let web = row(r#", "url": "http://wikileaks.org/a/b", "content": "x""#);
    assert_eq!(
        web.gist(),
        "cert-http http_activity 3 success ABC0001 2010-01-02T07:59:00Z"
    );
    assert_eq!(web.attr(Attr::UrlHost), "wikileaks.org");
}

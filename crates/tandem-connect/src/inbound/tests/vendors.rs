use super::alerts::{InboundAlert, Severity, Vendor, parse};
use super::*;

fn one(vendor: Vendor, body: &Value) -> InboundAlert {
    let mut alerts = parse(vendor, body.to_string().as_bytes(), NOW).unwrap();
    assert_eq!(alerts.len(), 1);
    alerts.remove(0)
}

#[test]
fn a_wazuh_alert_is_read() {
    let alert = one(
        Vendor::Wazuh,
        &json!({"timestamp": "2026-03-01T09:15:30.123+0100", "id": "1772352930.1234",
            "rule": {"level": 12, "description": "Multiple authentication failures", "id": "5551"},
            "agent": {"id": "003", "name": "fs01"}, "manager": {"name": "wazuh"},
            "data": {"srcip": "10.0.0.5", "dstuser": "a.meyer"}, "location": "/var/log/auth.log"}),
    );
    assert_eq!(
        alert.at,
        Timestamp::parse_rfc3339("2026-03-01T08:15:30.123Z").unwrap()
    );
    assert_eq!(
        (alert.severity, alert.title.as_str()),
        (Severity::High, "Multiple authentication failures")
    );
    assert_eq!(
        (alert.account.as_deref(), alert.host.as_deref()),
        (Some("a.meyer"), Some("fs01"))
    );
    assert_eq!(alert.id, "1772352930.1234");
}

#[test]
fn an_elastic_alert_is_read_nested_and_dotted() {
    let nested = json!({"@timestamp": "2026-03-01T08:15:30.123Z", "user": {"name": "a.meyer"}, "host": {"name": "fs01"},
        "kibana": {"alert": {"uuid": "u-1", "severity": "critical", "rule": {"name": "Exfil by cloud storage"}}}});
    let dotted = json!({"@timestamp": "2026-03-01T08:15:30.123Z", "user.name": "a.meyer", "host.name": "fs01",
        "kibana.alert.uuid": "u-1", "kibana.alert.severity": "critical", "kibana.alert.rule": {"name": "Exfil by cloud storage"}});
    let body = json!({"alerts": [nested, {"_source": dotted}]});
    let alerts = parse(Vendor::Elastic, body.to_string().as_bytes(), NOW).unwrap();
    for alert in &alerts {
        assert_eq!(alert.id, "u-1");
        assert_eq!(alert.severity, Severity::Critical);
        assert_eq!(
            (alert.account.as_deref(), alert.host.as_deref()),
            (Some("a.meyer"), Some("fs01"))
        );
        assert_eq!(alert.title, "Exfil by cloud storage");
    }
    assert_eq!(alerts.len(), 2);
}

#[test]
fn a_splunk_alert_is_read() {
    let alert = one(
        Vendor::Splunk,
        &json!({"sid": "scheduler_admin_search_1", "search_name": "Many deletes", "app": "search", "owner": "admin",
            "results_link": "http://splunk:8000/x",
            "result": {"_time": "1772352930.5", "user": ["a.meyer", "b"], "host": "fs01", "urgency": "high", "event_id": "E@@1"}}),
    );
    assert_eq!(alert.at, Timestamp(1_772_352_930_500_000));
    assert_eq!(alert.id, "scheduler_admin_search_1/E@@1");
    assert_eq!(
        (alert.severity, alert.account.as_deref()),
        (Severity::High, Some("a.meyer"))
    );
}

#[test]
fn what_is_missing_is_named() {
    let error = parse(Vendor::Wazuh, b"{\"rule\":{\"level\":3}}", NOW).unwrap_err();
    assert!(error.to_string().contains("rule.description"), "{error}");
    let error = parse(Vendor::Splunk, b"{}", NOW).unwrap_err();
    assert!(error.to_string().contains("search_name"), "{error}");
    let error = parse(Vendor::Elastic, b"{\"alerts\":[{}]}", NOW).unwrap_err();
    assert!(error.to_string().contains("kibana.alert.uuid"), "{error}");
    let large = vec![b' '; MAX_BODY + 1];
    for vendor in Vendor::ALL {
        let error = parse(vendor, &large, NOW).unwrap_err();
        assert!(matches!(error, ParseError::TooLarge { .. }));
        assert_eq!(Vendor::parse(vendor.as_str()), Some(vendor));
    }
    let many = json!({"alerts": vec![json!({}); 501]}).to_string();
    assert!(parse(Vendor::Elastic, many.as_bytes(), NOW).is_err());
}

#[test]
fn long_fields_are_cut_and_a_large_original_is_left_out() {
    let alert = one(
        Vendor::Wazuh,
        &json!({"id": "1", "rule": {"level": 3, "description": "d".repeat(1000)}, "agent": {"name": "h".repeat(1000)},
            "full_log": "x".repeat(100_000)}),
    );
    assert_eq!(alert.title.chars().count(), 300);
    assert_eq!(alert.host.unwrap().chars().count(), 256);
    assert_eq!(alert.raw, None);
    assert_eq!((alert.at, alert.account), (NOW, None));
}

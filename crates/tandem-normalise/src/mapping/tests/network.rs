use super::*;

#[test]
fn zeek_logs_are_told_by_their_path() {
    let zeek = |path: &str, more: &str| {
        map(
            Format::Ndjson,
            &format!(
                r#"{{"_path": "{path}", "ts": 1772438400.5, "uid": "C1", "id.orig_h": "10.1.2.3", "id.resp_h": "198.51.100.7", "id.resp_p": 443 {more}}}"#
            ),
        )
    };
    let conn = zeek(
        "conn",
        r#", "conn_state": "SF", "orig_bytes": 100, "resp_bytes": 200, "proto": "tcp""#,
    );
    assert_eq!(
        conn.gist(),
        "zeek network_activity 1 success nobody 2026-03-02T08:00:00.5Z"
    );
    assert_eq!(
        (conn.num(NumAttr::BytesOut), conn.num(NumAttr::BytesIn)),
        (Some(100), Some(200))
    );
    assert_eq!(conn.attr(Attr::SrcIp), "10.1.2.3");
    let dns = zeek(
        "dns",
        r#", "query": "a.example", "rcode_name": "NXDOMAIN", "answers": ["1.1.1.1", "2.2.2.2"]"#,
    );
    assert_eq!(
        dns.gist(),
        "zeek dns_activity 1 failure nobody 2026-03-02T08:00:00.5Z"
    );
    assert_eq!(dns.logsources(), ["/zeek/", "/zeek/dns", "dns//"]);
    assert_eq!(dns.field("answer"), "1.1.1.1;2.2.2.2");
    let http = zeek(
        "http",
        r#", "method": "POST", "host": "up.example", "uri": "/x", "status_code": 200, "request_body_len": 9"#,
    );
    assert_eq!(
        http.gist(),
        "zeek http_activity 6 success nobody 2026-03-02T08:00:00.5Z"
    );
    assert_eq!(http.attr(Attr::Url), "http://up.example/x");
    let smb = zeek(
        "smb_files",
        r#", "action": "SMB::FILE_OPEN", "path": "\\\\fs\\Finance", "name": "a\\plan.xlsx""#,
    );
    assert_eq!(smb.attr(Attr::Resource), r"\\fs\Finance");
    assert_eq!(smb.attr(Attr::FileName), "plan.xlsx");
    assert_eq!(
        zeek(
            "kerberos",
            r#", "request_type": "AS", "client": "jdoe/ALDERMOOR", "success": true"#
        )
        .gist(),
        "zeek authentication 3 success jdoe 2026-03-02T08:00:00.5Z"
    );
    assert_eq!(
        zeek("ssh", r#", "auth_success": false"#).event().head().class,
        ClassUid::SshActivity
    );
    assert_eq!(
        zeek("smtp", r#", "mailfrom": "jdoe@x", "rcptto": ["a@y", "b@y"]"#).attr(Attr::EmailTo),
        "a@y;b@y"
    );
}

#[test]
fn zeek_json_without_a_path_is_told_by_its_fields() {
    let dns = map(
        Format::Ndjson,
        r#"{"ts": 1772438400, "uid": "C1", "id.orig_h": "10.1.2.3", "id.resp_h": "10.0.0.53", "query": "a.example", "qtype_name": "A"}"#,
    );
    assert_eq!(dns.event().head().class, ClassUid::DnsActivity);
}

#[test]
fn suricata_events() {
    let eve = |kind: &str, more: &str| {
        map(
            Format::Ndjson,
            &format!(
                r#"{{"timestamp": "2026-03-02T09:00:00.000000+0100", "event_type": "{kind}", "flow_id": 1, "src_ip": "10.1.2.3", "dest_ip": "198.51.100.7", "dest_port": 80 {more}}}"#
            ),
        )
    };
    let alert = eve("alert", r#", "alert": {"signature": "ET POLICY", "severity": 1}"#);
    assert_eq!(
        alert.gist(),
        "suricata detection_finding 1 unknown nobody 2026-03-02T08:00:00Z"
    );
    assert_eq!(alert.attr(Attr::Resource), "ET POLICY");
    let http = eve(
        "http",
        r#", "http": {"hostname": "up.example", "url": "/x", "http_method": "PUT", "status": 201}"#,
    );
    assert_eq!(
        (http.event().head().class, http.event().head().activity),
        (ClassUid::HttpActivity, 7)
    );
    assert_eq!(http.field("c-uri"), "http://up.example/x");
    assert_eq!(
        eve("dns", r#", "dns": {"rrname": "a.example"}"#).attr(Attr::DstHost),
        "a.example"
    );
}

#[test]
fn squid_records_have_user_host_and_bytes() {
    let seen = map(
        Format::Squid,
        r#"{"time": 1772438400.123, "c-ip": "10.1.2.3", "cs-username": "jdoe", "cs-method": "POST", "c-uri": "https://share.example/up",
        "cs-host": "share.example", "sc-status": 200, "sc-bytes": 512, "cs-bytes": 1048576}"#,
    );
    assert_eq!(
        seen.gist(),
        "squid http_activity 6 success jdoe 2026-03-02T08:00:00.123Z"
    );
    assert_eq!(seen.attr(Attr::UrlHost), "share.example");
    assert_eq!(
        (seen.num(NumAttr::BytesIn), seen.num(NumAttr::BytesOut)),
        (Some(512), Some(1_048_576))
    );
    assert_eq!(seen.logsources(), ["/squid/", "proxy//"]);
}

#[test]
fn web_server_logs() {
    let iis = map(
        Format::W3c,
        r#"{"date": "2026-03-02", "time": "08:00:00", "c-ip": "10.1.2.3", "cs-username": "jdoe", "cs-method": "GET", "cs-uri-stem": "/a", "cs-uri-query": "b=1", "sc-status": 404, "cs(User-Agent)": "curl"}"#,
    );
    assert_eq!(
        iis.gist(),
        "w3c-web http_activity 3 failure jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(iis.attr(Attr::Url), "/a?b=1");
    assert_eq!(iis.field("cs-user-agent"), "curl");
    let apache = map(
        Format::Clf,
        r#"{"time": "02/Mar/2026:09:00:00 +0100", "c-ip": "10.1.2.3", "cs-username": "-", "cs-method": "GET", "cs-uri-stem": "/a", "sc-status": 200, "sc-bytes": 10}"#,
    );
    assert_eq!(
        apache.gist(),
        "web-access http_activity 3 success nobody 2026-03-02T08:00:00Z"
    );
    assert_eq!(apache.logsources(), ["//apache", "//nginx", "webserver//"]);
}

#[test]
fn vpn_sessions_open_and_close() {
    let vpn = |event: &str| {
        map(
            Format::Syslog,
            &format!(
                r#"{{"appname": "vpn-gateway", "hostname": "gw1", "timestamp": "2026-03-02T08:00:00Z", "event": "{event}", "user": "jdoe", "src_ip": "203.0.113.9", "country": "NL", "bytes_in": 10, "bytes_out": 20}}"#
            ),
        )
    };
    assert_eq!(
        vpn("connect").gist(),
        "vpn tunnel_activity 1 success jdoe 2026-03-02T08:00:00Z"
    );
    let closed = vpn("disconnect");
    assert_eq!(
        closed.gist(),
        "vpn tunnel_activity 2 success jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(closed.num(NumAttr::BytesOut), Some(20));
    assert_eq!(closed.attr(Attr::Location), "NL");
    let refused = map(
        Format::Syslog,
        r#"{"appname": "vpnd", "hostname": "gw1", "msgid": "AUTH_FAILED", "timestamp": "2026-03-02T08:00:00Z", "user": "jdoe", "src": "203.0.113.9", "reason": "wrong one-time password"}"#,
    );
    assert_eq!(
        refused.gist(),
        "vpn tunnel_activity 1 failure jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(refused.attr(Attr::StatusDetail), "wrong one-time password");
}

use std::time::Duration;

use url::Url;

use super::super::api::Fault;
use super::super::{json, links, pace, words};
use super::{answer, at};

const JSON: (&str, &str) = ("content-type", "application/json");

fn sorted(status: u16, headers: &[(&'static str, &str)], body: &str, paged: bool) -> &'static str {
    let fault = words::fault(&answer(status, headers, body), paged, at("2026-03-02T08:00:00Z"));
    match fault {
        None => "good",
        Some(Fault::Pause { .. }) => "pause",
        Some(Fault::Again(_)) => "again",
        Some(Fault::Broken { .. }) => "broken",
        Some(Fault::Token(_)) => "token",
        Some(Fault::Link(_)) => "link",
        Some(Fault::Gone(_)) => "gone",
        Some(Fault::Refused(_)) => "refused",
    }
}

#[test]
fn answers_are_sorted_by_what_to_do_next() {
    let table: [(u16, &str, bool, &str); 20] = [
        (200, "[]", false, "good"),
        // Microsoft 365, «Errors» of the Management Activity API's reference.
        (
            500,
            r#"{"error": {"code": "AF50000", "message": "An internal server error occurred. Retry the request."}}"#,
            false,
            "again",
        ),
        (
            403,
            r#"{"error": {"code": "AF429", "message": "Too many requests."}}"#,
            false,
            "pause",
        ),
        (
            400,
            r#"{"error": {"code": "AF20051", "message": "has already expired"}}"#,
            false,
            "gone",
        ),
        (
            400,
            r#"{"error": {"code": "AF20031", "message": "Invalid nextPage Input"}}"#,
            true,
            "link",
        ),
        (
            401,
            r#"{"Message": "Authorization has been denied for this request."}"#,
            false,
            "token",
        ),
        (
            403,
            r#"{"error": {"code": "AF10001", "message": "The permission set did not include the expected permission ActivityFeed.Read."}}"#,
            false,
            "refused",
        ),
        // Graph.
        (429, r#"{"error": {"code": "TooManyRequests"}}"#, false, "pause"),
        (
            400,
            r#"{"error": {"code": "BadRequest", "message": "Invalid $skiptoken"}}"#,
            true,
            "link",
        ),
        (
            403,
            r#"{"error": {"code": "Authentication_RequestFromNonPremiumTenantOrB2CTenant"}}"#,
            false,
            "refused",
        ),
        // Okta, «Errors» of its System Log query guide.
        (
            429,
            r#"{"errorCode": "E0000047", "errorSummary": "API call exceeded rate limit due to too many requests."}"#,
            false,
            "pause",
        ),
        (
            400,
            r#"{"errorCode": "E0000001", "errorSummary": "Api validation failed"}"#,
            false,
            "refused",
        ),
        (500, r#"{"errorCode": "E0000009"}"#, false, "again"),
        // Google.
        (
            403,
            r#"{"error": {"code": 403, "errors": [{"reason": "userRateLimitExceeded"}]}}"#,
            false,
            "pause",
        ),
        (
            429,
            r#"{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}"#,
            false,
            "pause",
        ),
        (
            403,
            r#"{"error": {"code": 403, "status": "PERMISSION_DENIED"}}"#,
            false,
            "refused",
        ),
        // AWS, JSON 1.1.
        (
            400,
            r#"{"__type": "ThrottlingException", "message": "Rate exceeded"}"#,
            false,
            "pause",
        ),
        (
            400,
            r#"{"__type": "com.amazonaws#InvalidNextTokenException"}"#,
            true,
            "link",
        ),
        (
            400,
            r#"{"__type": "UnrecognizedClientException", "message": "The security token included in the request is invalid."}"#,
            false,
            "refused",
        ),
        (302, "", false, "refused"),
    ];
    for (status, body, paged, expected) in table {
        assert_eq!(sorted(status, &[JSON], body, paged), expected, "{status} {body}");
    }
    // GitHub says its limits by headers.
    let limit = [
        JSON,
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "1772438460"),
    ];
    assert_eq!(
        sorted(403, &limit, r#"{"message": "API rate limit exceeded"}"#, false),
        "pause"
    );
    assert_eq!(sorted(403, &[JSON, ("retry-after", "60")], "{}", false), "pause");
    assert_eq!(
        sorted(200, &[("content-type", "text/html")], "<h1>", false),
        "again"
    );
}

#[test]
fn what_services_say_of_their_limits_is_kept() {
    let now = at("2026-03-02T08:00:00Z");
    let wait = |headers: &[(&'static str, &str)]| pace::pause(&answer(429, headers, "").headers, now);
    assert_eq!(wait(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
    assert_eq!(
        wait(&[("retry-after", "Mon, 02 Mar 2026 08:01:00 GMT")]),
        Some(Duration::from_secs(60))
    );
    assert_eq!(wait(&[("retry-after", "-5")]), Some(Duration::ZERO));
    assert_eq!(wait(&[("retry-after", "1e99")]), Some(Duration::from_secs(3_600)));
    assert_eq!(wait(&[("retry-after", "NaN")]), None);
    assert_eq!(wait(&[("retry-after", "soon")]), None);
    // 2026-03-02T08:00:30Z.
    let okta = [
        ("x-rate-limit-limit", "100"),
        ("x-rate-limit-remaining", "0"),
        ("x-rate-limit-reset", "1772438430"),
    ];
    assert_eq!(wait(&okta), Some(Duration::from_secs(30)));
    let left = |remaining: &str| {
        let headers = [
            ("x-ratelimit-limit", "1750"),
            ("x-ratelimit-remaining", remaining),
            ("x-ratelimit-reset", "1772438430"),
        ];
        pace::spare(&answer(200, &headers, "").headers, now)
    };
    assert_eq!(left("176"), None);
    assert_eq!(left("175"), Some(Duration::from_secs(30)));
}

#[test]
fn waits_after_trouble_double_up_to_five_minutes_and_differ_by_chance() {
    assert_eq!(pace::back_off(pace::FIRST, 1, 0), Duration::from_millis(125));
    assert!(pace::back_off(pace::FIRST, 1, 1_023) < Duration::from_millis(250));
    assert_eq!(pace::back_off(pace::FIRST, 5, 0), Duration::from_secs(2));
    assert_eq!(pace::back_off(pace::FIRST, 60, 0), Duration::from_secs(150));
    assert!(pace::back_off(pace::FIRST, u32::MAX, 1_023) <= Duration::from_secs(300));
}

#[test]
fn what_a_far_side_says_is_shown_without_secrets() {
    let token = format!("eyJ0eXAi{}", "x".repeat(900));
    let body = format!(
        r#"{{"error": {{"code": "Odd", "message": "Bearer {token}\nis no good\u0007 {}"}}}}"#,
        "word ".repeat(200)
    );
    let Some(fault) = words::fault(&answer(403, &[JSON], &body), false, at("2026-03-02T08:00:00Z")) else {
        panic!("a 403 is a fault");
    };
    assert!(
        fault
            .why()
            .starts_with("it answered 403: Odd: Bearer … is no good word"),
        "{}",
        fault.why()
    );
    assert!(fault.why().len() < 400);
    assert!(!fault.why().contains("eyJ0"));
}

#[test]
fn the_next_link_is_found_among_others() {
    let find = |values: &[&str]| {
        let headers: Vec<_> = values.iter().map(|value| ("link", *value)).collect();
        links::next(&answer(200, &headers, ""))
    };
    // «Next link response header» of Okta's guide, and GitHub's «Using pagination in the REST API».
    assert_eq!(
        find(&[
            "<https://x/api/v1/logs?since=a>; rel=\"self\"",
            "<https://x/api/v1/logs?after=b,c>; rel=\"next\""
        ]),
        Some("https://x/api/v1/logs?after=b,c".to_owned())
    );
    assert_eq!(
        find(&[
            "<https://x/?page=1>; rel=\"prev\", <https://x/?page=3>; rel=\"next\", <https://x/?page=9>; rel=\"last\""
        ]),
        Some("https://x/?page=3".to_owned())
    );
    for none in [
        "",
        "<https://x>",
        "next",
        "<https://x>; title=\"next\"",
        "<https://x; rel=\"next\"",
        "<<>>;;,,=\"",
    ] {
        assert_eq!(find(&[none]), None, "{none}");
    }
}

#[test]
fn links_are_followed_to_the_service_itself_only() {
    let base = Url::parse("https://manage.office.com").unwrap();
    assert!(
        links::own(&base, "https://manage.office.com/api?a=1&amp;b=2")
            .is_some_and(|url| url.query() == Some("a=1&b=2"))
    );
    for other in [
        "https://manage.office.com.evil.example/api",
        "http://manage.office.com/api",
        "https://manage.office.com:8443/api",
        "https://user@manage.office.com/api",
        "//evil.example",
        "file:///etc/passwd",
        "",
    ] {
        assert_eq!(links::own(&base, other), None, "{other}");
    }
}

#[test]
fn records_stay_byte_for_byte_but_for_white_space_between_their_parts() {
    let json =
        "{\n  \"a b\" : \"c \\\" d\\\\\",\r\n\t\"n\": 12345678901234567890.10e-3 , \"l\": [ 1, {} ]\n}";
    let line = json::line(json);
    assert_eq!(
        String::from_utf8(line).unwrap(),
        "{\"a b\":\"c \\\" d\\\\\",\"n\":12345678901234567890.10e-3,\"l\":[1,{}]}"
    );
}

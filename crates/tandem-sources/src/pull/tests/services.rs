//! Answers as the services' documentation shows them, read, and recognised by the shipped mappings.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tandem_domain::event::EventBatch;
use tandem_normalise::mapping::Mappings;
use tandem_normalise::{Format, Normaliser, Options};

use super::super::api::{Api, Fault, Item, Page, Ways};
use super::super::cursor::Cursor;
use super::super::{cloudtrail, github, google, microsoft, okta};
use super::{answer, at};
use crate::pull::{
    CloudtrailSettings, GithubSettings, GoogleCloudSettings, GoogleWorkspaceSettings, GraphSettings,
    M365Settings, OktaSettings,
};

fn of<S: serde::de::DeserializeOwned>(settings: Value) -> S {
    serde_json::from_value(settings).unwrap()
}

fn secret() -> Value {
    json!({"env": "X"})
}

fn m365() -> microsoft::M365 {
    let settings: M365Settings = of(
        json!({"tenant": "f28ab78a-d401-4060-8012-736e373933eb", "client_id": "c", "client_secret": secret()}),
    );
    microsoft::M365::new(&settings, |ways| ways).unwrap().0
}

fn window(from: &str, to: &str, ways: &Ways) -> Cursor {
    let mut cursor = Cursor::new(at(from));
    let _ = cursor.open(ways, at(to));
    cursor
}

/// What the shipped mappings make of each record: source, class, and whether the id is the record's own.
fn mapped(items: &[Item]) -> Vec<String> {
    let mappings = Arc::new(Mappings::builtin().unwrap());
    items
        .iter()
        .map(|item| {
            let Item::Record(record) = item else {
                panic!("a record: {item:?}");
            };
            assert!(!record.json.contains(&b'\n'));
            let read = |stream_id| {
                let options = Options {
                    source: String::new(),
                    stream_id,
                    format: Some(Format::Ndjson),
                    mapping: None,
                    time_zone: None,
                    year_hint: None,
                    received: at("2026-03-02T08:00:00Z"),
                    max_record_bytes: 1 << 20,
                };
                let (mut batch, mut rejects) = (EventBatch::new(""), Vec::new());
                let mut line = record.json.clone();
                line.push(b'\n');
                Normaliser::new(Arc::clone(&mappings), options).feed(
                    &line,
                    0,
                    true,
                    &mut batch,
                    &mut rejects,
                );
                assert_eq!(rejects, []);
                let event = batch.get(0).unwrap();
                (
                    event.head().id,
                    format!("{} {:?}", event.source(), event.head().class),
                )
            };
            let ((one, what), (other, _)) = (read(1), read(2));
            assert_eq!(one, other, "its id is its own, wherever it is read: {what}");
            what
        })
        .collect()
}

fn read(api: &dyn Api, headers: &[(&'static str, &str)], body: &str) -> Page {
    api.read("s", &answer(200, headers, body)).unwrap()
}

/// <https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-reference>: the samples
/// of «List available content», «Pagination», «Start a subscription» and «Retrieve content».
#[test]
fn microsoft_365_is_asked_and_read_as_documented() {
    let api = m365();
    let ways = api.ways();
    let cursor = window(
        "2015-10-01T00:00:00Z",
        "2015-10-02T12:00:00Z",
        &Ways {
            reach: Duration::from_secs(1 << 40),
            ..ways
        },
    );
    let url = api.page("Audit.SharePoint", &cursor).unwrap().url;
    assert_eq!(
        url.as_str(),
        "https://manage.office.com/api/v1.0/f28ab78a-d401-4060-8012-736e373933eb/activity/feed/subscriptions/content\
         ?contentType=Audit.SharePoint&startTime=2015-10-01T00%3A00%3A00&endTime=2015-10-02T00%3A00%3A00\
         &PublisherIdentifier=f28ab78a-d401-4060-8012-736e373933eb"
    );
    let list = r#"[{"contentType": "Audit.SharePoint",
        "contentId": "492638008028$492638008028$f28ab78ad40140608012736e373933ebspo2015043022$4a81a7c326fc4aed89c62e6039ab833b$04",
        "contentUri": "https://manage.office.com/api/v1.0/f28ab78a-d401-4060-8012-736e373933eb/activity/feed/audit/492638008028$492638008028$f28ab78ad40140608012736e373933ebspo2015043022$4a81a7c326fc4aed89c62e6039ab833b$04",
        "contentCreated": "2015-05-23T17:35:00.000Z", "contentExpiration": "2015-05-30T17:35:00.000Z"}]"#;
    let next = "https://manage.office.com/api/v1/t/activity/feed/subscriptions/content?contentType=Audit.SharePoint&amp;startTime=2015-10-01&amp;endTime=2015-10-02&amp;nextPage=2015101900R022885001761";
    let page = read(&api, &[("nextpageuri", next)], list);
    let [
        Item::Blob {
            at: created, link, ..
        },
    ] = page.items.as_slice()
    else {
        panic!("one blob: {page:?}");
    };
    assert_eq!(*created, Some(at("2015-05-23T17:35:00Z")));
    assert!(
        api.blob(link)
            .unwrap()
            .url
            .path()
            .ends_with("$4a81a7c326fc4aed89c62e6039ab833b$04")
    );
    assert!(matches!(api.blob("https://evil.example/x"), Err(Fault::Gone(_))));
    let cursor = Cursor {
        next: page.next,
        ..cursor
    };
    let url = api.page("Audit.SharePoint", &cursor).unwrap().url;
    assert!(
        url.query()
            .unwrap()
            .ends_with("endTime=2015-10-02&nextPage=2015101900R022885001761")
    );
    let enabled = r#"{"error": {"code": "AF20024", "message": "The subscription is already enabled. No property change."}}"#;
    assert!(api.ready(&answer(400, &[], enabled)));
    let content = r#"[{"CreationTime": "2015-06-29T20:03:19", "Id": "80c76bd2-9d81-4c57-a97a-accfc3443dca",
        "Operation": "PasswordLogonInitialAuthUsingPassword", "OrganizationId": "41463f53-8812-40f4-890f-865bf6e35190", "RecordType": 9,
        "ResultStatus": "failed", "UserKey": "1153977025279851686@contoso.onmicrosoft.com", "UserType": 0,
        "Workload": "AzureActiveDirectory", "ClientIP": "134.170.188.221", "ObjectId": "admin@contoso.onmicrosoft.com",
        "UserId": "admin@contoso.onmicrosoft.com", "AzureActiveDirectoryEventType": 0,
        "ExtendedProperties": [{"Name": "LoginError", "Value": "-2147217390;PP_E_BAD_PASSWORD;The entered and stored passwords do not match."}]},
        7, null, [], "text"]"#;
    let items = api.open(&answer(200, &[], content)).unwrap();
    assert_eq!(mapped(items.get(..1).unwrap()), ["m365 ApiActivity"]);
    assert_eq!(
        items
            .iter()
            .filter(|item| matches!(item, Item::Refused(_)))
            .count(),
        4
    );
}

/// <https://learn.microsoft.com/graph/api/signin-list> and <https://learn.microsoft.com/graph/api/directoryaudit-list>.
#[test]
fn microsoft_graph_is_asked_and_read_as_documented() {
    let settings: GraphSettings = of(json!({"tenant": "t", "client_id": "c", "client_secret": secret()}));
    let api = microsoft::Graph::new(&settings, |ways| ways).unwrap().0;
    let cursor = window("2026-03-02T06:00:00Z", "2026-03-02T08:00:00Z", &api.ways());
    for (stream, time) in [
        ("signIns", "createdDateTime"),
        ("directoryAudits", "activityDateTime"),
    ] {
        let url = api.page(stream, &cursor).unwrap().url;
        assert_eq!(url.path(), format!("/v1.0/auditLogs/{stream}"));
        let filter = url
            .query_pairs()
            .find(|(name, _)| name == "$filter")
            .unwrap()
            .1
            .into_owned();
        assert_eq!(
            filter,
            format!("{time} ge 2026-03-02T06:00:00Z and {time} le 2026-03-02T08:00:00Z")
        );
    }
    let page = read(
        &api,
        &[],
        r#"{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns",
        "@odata.nextLink": "https://graph.microsoft.com/v1.0/auditLogs/signIns?$top=1&$skiptoken=9177f2e3532fcd4c4d225f68f7b9bdf7_1",
        "value": [{"id": "66ea54eb-6301-4ee5-be62-ff5a759b0100", "createdDateTime": "2020-03-13T19:15:41.6195833Z",
          "userDisplayName": "Test Contoso", "userPrincipalName": "testaccount1@contoso.com", "userId": "26be570a-ae82-4189-b4e2-a37c6808512d",
          "appId": "de8bc8b5-d9f9-48b1-a8ad-b748da725064", "appDisplayName": "Graph explorer", "ipAddress": "131.107.159.37",
          "status": {"errorCode": 0, "failureReason": null, "additionalDetails": null}, "riskEventTypes": []},
         {"id": "id", "category": "UserManagement", "correlationId": "da159bfb-54fa-4092-8a38-6e1fa7870e30", "result": "success",
          "activityDisplayName": "Add member to group", "activityDateTime": "2018-01-09T21:20:02.7215374Z", "loggedByService": "Core Directory",
          "initiatedBy": {"user": {"id": "7", "userPrincipalName": "bob@wingtiptoysonline.com", "ipAddress": "127.0.0.1"}, "app": null},
          "targetResources": [{"id": "e", "displayName": "Example.com", "Type": "Group", "modifiedProperties": []}]}]}"#,
    );
    assert_eq!(
        mapped(&page.items),
        ["entra-signin Authentication", "entra-audit GroupManagement"]
    );
    let cursor = Cursor {
        next: page.next,
        ..cursor
    };
    assert!(
        api.page("signIns", &cursor)
            .unwrap()
            .url
            .as_str()
            .ends_with("$skiptoken=9177f2e3532fcd4c4d225f68f7b9bdf7_1")
    );
}

/// <https://developer.okta.com/docs/reference/system-log-query/> and the event of
/// <https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/>.
#[test]
fn okta_is_asked_and_read_as_documented() {
    let settings: OktaSettings = of(json!({"domain": "example.okta.com", "token": secret()}));
    let api = okta::Okta::new(&settings, |ways| ways).unwrap().0;
    let cursor = Cursor::new(at("2026-03-02T06:00:00Z"));
    assert_eq!(
        api.page("logs", &cursor).unwrap().url.as_str(),
        "https://example.okta.com/api/v1/logs?since=2026-03-02T06%3A00%3A00Z&sortOrder=ASCENDING&limit=1000"
    );
    let links = [
        (
            "link",
            "<https://example.okta.com/api/v1/logs?sortOrder=ASCENDING>; rel=\"self\"",
        ),
        (
            "link",
            "<https://example.okta.com/api/v1/logs?sortOrder=ASCENDING&after=349996bd-5091-45dc-a39f-d357867a30d7>; rel=\"next\"",
        ),
    ];
    let page = read(
        &api,
        &links,
        r#"[{"actor": {"id": "00uttidj01jqL21aM1d6", "type": "User", "alternateId": "john.doe@example.com",
        "displayName": "John Doe", "detailEntry": null}, "client": {"ipAddress": "10.0.0.1", "userAgent": {"rawUserAgent": "Mozilla/5.0"}},
        "uuid": "dc9fd3c0-598c-11ef-8478-2b7584bf8d5a", "published": "2024-08-13T15:58:20.353Z", "eventType": "user.session.start",
        "version": "0", "severity": "INFO", "displayMessage": "User login to Okta", "outcome": {"result": "SUCCESS", "reason": null}}]"#,
    );
    assert_eq!(mapped(&page.items), ["okta Authentication"]);
    let cursor = Cursor {
        next: page.next,
        ..cursor
    };
    assert!(
        api.page("logs", &cursor)
            .unwrap()
            .url
            .as_str()
            .ends_with("after=349996bd-5091-45dc-a39f-d357867a30d7")
    );
    assert!(matches!(
        api.read("logs", &answer(200, &[], "[]")),
        Err(Fault::Again(_))
    ));
}

/// <https://developers.google.com/workspace/admin/reports/v1/guides/manage-audit-drive> and, for the kinds of parameters,
/// <https://developers.google.com/workspace/admin/reports/reference/rest/v1/activities/list>.
#[test]
fn google_workspace_is_asked_and_read_as_documented() {
    let settings: GoogleWorkspaceSettings = of(json!({"key": secret(), "subject": "admin@example.com"}));
    let api = google::Workspace::new(&settings, |ways| ways).unwrap().0;
    let cursor = window("2026-03-02T06:00:00Z", "2026-03-02T08:00:00Z", &api.ways());
    let cursor = Cursor {
        next: Some("A:1".to_owned()),
        ..cursor
    };
    assert_eq!(
        api.page("drive", &cursor).unwrap().url.as_str(),
        "https://admin.googleapis.com/admin/reports/v1/activity/users/all/applications/drive\
         ?startTime=2026-03-02T06%3A00%3A00Z&endTime=2026-03-02T08%3A00%3A00Z&maxResults=1000&pageToken=A%3A1"
    );
    let page = read(
        &api,
        &[],
        r#"{"kind": "reports#activities", "nextPageToken": "A:1412201442:201", "items": [{"kind": "audit#activity",
        "id": {"time": "2021-03-27T05:49:53.778Z", "uniqueQualifier": "8345464995891889990", "applicationName": "drive", "customerId": "C45gio"},
        "actor": {"email": "liz@example.com", "profileId": "42"}, "ownerDomain": "example.com", "ipAddress": "203.0.113.9",
        "events": [{"type": "access", "name": "download", "parameters": [
            {"name": "doc_title", "value": "Q1 \"plan\""}, {"name": "primary_event", "boolValue": true}, {"name": "size", "intValue": "12345678901234567"},
            {"name": "old_value", "multiValue": ["private", "shared"]},
            {"name": "m", "messageValue": {"parameter": [{"name": "a", "value": "b"}]}},
            {"name": "mm", "multiMessageValue": [{"parameter": [{"name": "c", "intValue": "1"}]}]}]},
          {"type": "acl_change", "name": "change_user_access", "parameters": [{"name": "target_user", "value": "x@home.example"}]}]}]}"#,
    );
    assert_eq!(page.next.as_deref(), Some("A:1412201442:201"));
    let [Item::Record(first), Item::Record(second)] = page.items.as_slice() else {
        panic!("a record for each event: {page:?}");
    };
    let value: Value = serde_json::from_slice(&first.json).unwrap();
    assert_eq!(value["name"], "download");
    assert_eq!(
        value["parameters"],
        json!({"doc_title": "Q1 \"plan\"", "primary_event": true, "size": "12345678901234567", "old_value": ["private", "shared"],
            "m": {"a": "b"}, "mm": [{"c": "1"}]})
    );
    assert!(value.get("events").is_none());
    assert_ne!(first.id, second.id);
    assert_eq!(
        mapped(&page.items),
        ["google-workspace FileHosting", "google-workspace FileHosting"]
    );
    assert_eq!(
        read(&api, &[], r#"{"kind": "reports#activities", "etag": "e"}"#),
        Page::default()
    );
    let odd = read(
        &api,
        &[],
        r#"{"items": [{"events": []}, 7, {"id": {"time": "x"}, "events": [7]}]}"#,
    );
    assert!(odd.items.iter().all(|item| matches!(item, Item::Refused(_))));
    assert_eq!(odd.items.len(), 3);
}

/// <https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list> and the entry of
/// <https://cloud.google.com/logging/docs/audit/understanding-audit-logs>.
#[test]
fn google_cloud_is_asked_and_read_as_documented() {
    let settings: GoogleCloudSettings = of(json!({"key": secret(), "resources": ["organizations/42"]}));
    let api = google::Cloud::new(&settings, |ways| ways).unwrap().0;
    let cursor = window("2026-03-02T07:30:00Z", "2026-03-02T08:00:00Z", &api.ways());
    let request = api.page("entries", &cursor).unwrap();
    assert_eq!(
        request.url.as_str(),
        "https://logging.googleapis.com/v2/entries:list"
    );
    let body: Value = serde_json::from_slice(&request.body.unwrap()).unwrap();
    assert_eq!(
        (&body["orderBy"], &body["pageSize"], body.get("pageToken")),
        (&json!("timestamp asc"), &json!(1000), None)
    );
    let filter = body["filter"].as_str().unwrap();
    assert!(
        filter.starts_with("(log_id(\"cloudaudit.googleapis.com/activity\") OR "),
        "{filter}"
    );
    assert!(
        filter.ends_with(
            ") AND timestamp >= \"2026-03-02T07:30:00Z\" AND timestamp < \"2026-03-02T08:00:00Z\""
        ),
        "{filter}"
    );
    let page = read(
        &api,
        &[],
        r#"{"entries": [{"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "status": {},
        "authenticationInfo": {"principalEmail": "user@example.com"}, "serviceName": "appengine.googleapis.com", "methodName": "SetIamPolicy",
        "authorizationInfo": [], "resourceName": "projects/my-gcp-project-id"}, "insertId": "53179D9A9B559.AD6ACC7.B40604EF",
        "resource": {"type": "gae_app", "labels": {"project_id": "my-gcp-project-id"}}, "timestamp": "2019-05-27T16:24:56.135Z",
        "severity": "NOTICE", "logName": "projects/my-gcp-project-id/logs/cloudaudit.googleapis.com%2Factivity",
        "receiveTimestamp": "2019-05-27T16:24:56.135Z"}], "nextPageToken": "EAA4suKu3qnLwbtrSg8iDSIDCgEAKgYIgL7q8wVSBwibvMSMvhhglPDiiJzdjt_zAWocCgwI2buKhAYQlvTd2gESCAgLEMPV7ukCGAAgAQ"}"#,
    );
    assert_eq!(mapped(&page.items), ["gcp-audit UserAccessManagement"]);
    assert!(page.next.is_some());
}

/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html> and the AWS CLI's example of
/// `lookup-events`.
#[test]
fn cloudtrail_is_asked_and_read_as_documented() {
    let settings: CloudtrailSettings = of(
        json!({"access_key_id": "A", "secret_access_key": secret(), "regions": ["eu-central-1", "cn-north-1"]}),
    );
    let api = cloudtrail::Cloudtrail::new(&settings, |ways| ways).unwrap().0;
    let cursor = window("2026-03-02T07:30:00Z", "2026-03-02T08:00:00Z", &api.ways());
    let cursor = Cursor {
        next: Some("kbOt5LlZe++mOVJ".to_owned()),
        ..cursor
    };
    let request = api.page("eu-central-1", &cursor).unwrap();
    assert_eq!(
        request.url.as_str(),
        "https://cloudtrail.eu-central-1.amazonaws.com/"
    );
    assert_eq!(
        api.page("cn-north-1", &cursor).unwrap().url.as_str(),
        "https://cloudtrail.cn-north-1.amazonaws.com.cn/"
    );
    let body: Value = serde_json::from_slice(&request.body.unwrap()).unwrap();
    assert_eq!(
        body,
        json!({"StartTime": 1_772_436_600, "EndTime": 1_772_438_400, "MaxResults": 50, "NextToken": "kbOt5LlZe++mOVJ"})
    );
    let record = json!({"eventVersion": "1.02", "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::123456789012:assumed-role/my-role/my-session-name"},
        "eventTime": "2016-01-26T21:42:12Z", "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "awsRegion": "us-east-1",
        "sourceIPAddress": "72.21.198.70", "requestParameters": null, "responseElements": {"ConsoleLogin": "Success"},
        "eventID": "654ccbc0-ba0d-486a-9076-dbf7274677a7", "eventType": "AwsConsoleSignIn", "recipientAccountId": "123456789012"});
    let event = json!({"EventId": "654ccbc0-ba0d-486a-9076-dbf7274677a7", "Username": "my-session-name", "EventTime": 1_453_844_532.0,
        "CloudTrailEvent": record.to_string(), "EventName": "ConsoleLogin", "Resources": []});
    let mut text = event.clone();
    text["EventTime"] = "2021-11-18T09:41:02-08:00".into();
    let page = read(
        &api,
        &[],
        &json!({"Events": [event, text], "NextToken": "n"}).to_string(),
    );
    assert_eq!(
        mapped(&page.items),
        ["cloudtrail Authentication", "cloudtrail Authentication"]
    );
    assert_eq!(page.next.as_deref(), Some("n"));
    let odd = json!({"Events": [{"EventId": "1"}, {"EventId": "2", "CloudTrailEvent": "{not json"}, {"CloudTrailEvent": "[]"}, 7]});
    assert!(
        read(&api, &[], &odd.to_string())
            .items
            .iter()
            .all(|item| matches!(item, Item::Refused(_)))
    );
}

/// <https://docs.github.com/rest/orgs/orgs#get-the-audit-log-for-an-organization>, its example.
#[test]
fn github_is_asked_and_read_as_documented() {
    let settings: GithubSettings = of(json!({"organisation": "octo-corp", "token": secret()}));
    let api = github::Github::new(&settings, |ways| ways).unwrap().0;
    let cursor = window("2026-03-02T07:30:00Z", "2026-03-02T08:00:00Z", &api.ways());
    let request = api.page("octo-corp", &cursor).unwrap();
    assert_eq!(
        request.url.as_str(),
        "https://api.github.com/orgs/octo-corp/audit-log?phrase=created%3A2026-03-02T07%3A30%3A00%2B00%3A00..2026-03-02T08%3A00%3A00%2B00%3A00\
         &include=all&order=asc&per_page=100"
    );
    let link = [(
        "link",
        "<https://api.github.com/organizations/1/audit-log?after=MS42&per_page=100>; rel=\"next\"",
    )];
    let page = read(
        &api,
        &link,
        r#"[{"@timestamp": 1606929874512, "action": "team.add_member", "actor": "octocat", "created_at": 1606929874512,
        "_document_id": "xJJFlFOhQ6b-5vaAFy9Rjw", "org": "octo-corp", "team": "octo-corp/example-team", "user": "monalisa"}]"#,
    );
    assert_eq!(mapped(&page.items), ["github GroupManagement"]);
    assert!(page.next.unwrap().contains("after=MS42"));
}

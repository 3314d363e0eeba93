use super::*;

fn aws(name: &str, more: &str) -> Seen {
    map(
        Format::Json,
        &format!(
            r#"{{"eventVersion": "1.08", "eventTime": "2026-03-02T08:00:00Z", "eventSource": "s3.amazonaws.com",
            "eventName": "{name}", "eventID": "e-1", "sourceIPAddress": "203.0.113.9", "awsRegion": "eu-west-1",
            "userIdentity": {{"type": "IAMUser", "userName": "jdoe", "arn": "arn:aws:iam::1:user/jdoe"}} {more}}}"#
        ),
    )
}

#[test]
fn cloudtrail_calls_are_told_by_their_verb() {
    let seen = aws("ListBuckets", "");
    assert_eq!(
        seen.gist(),
        "cloudtrail api_activity 2 success jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(seen.logsources(), ["/aws/cloudtrail"]);
    assert_eq!(seen.attr(Attr::Service), "s3");
    assert_eq!(aws("CreateVpc", "").event().head().activity, 1);
    assert_eq!(aws("ModifyVpc", "").event().head().activity, 3);
    assert_eq!(aws("TerminateInstances", "").event().head().activity, 4);
    let denied = aws("ListBuckets", r#", "errorCode": "AccessDenied""#);
    assert_eq!(
        denied.gist(),
        "cloudtrail api_activity 2 failure jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(denied.attr(Attr::StatusDetail), "AccessDenied");
}

#[test]
fn cloudtrail_object_reads_are_downloads_with_their_bytes() {
    let seen = aws(
        "GetObject",
        r#", "requestParameters": {"bucketName": "plans", "key": "2026/q1.xlsx"}, "additionalEventData": {"bytesTransferredOut": 5120}"#,
    );
    assert_eq!(
        seen.gist(),
        "cloudtrail file_hosting 2 success jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(seen.attr(Attr::FilePath), "plans/2026/q1.xlsx");
    assert_eq!(seen.attr(Attr::FileName), "q1.xlsx");
    assert_eq!(seen.num(NumAttr::BytesIn), Some(5120));
    assert_eq!(seen.field("requestParameters"), "plans 2026/q1.xlsx");
}

#[test]
fn cloudtrail_roles_rights_and_logs() {
    let role = map(
        Format::Json,
        r#"{"eventVersion": "1", "eventTime": "2026-03-02T08:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "AttachUserPolicy",
        "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/Admin/ann@aldermoor.example"},
        "requestParameters": {"userName": "jdoe", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}}"#,
    );
    assert_eq!(
        role.gist(),
        "cloudtrail user_access_management 1 success ann@aldermoor.example 2026-03-02T08:00:00Z"
    );
    assert_eq!(role.attr(Attr::TargetUser), "jdoe");
    assert_eq!(
        role.attr(Attr::Group),
        "arn:aws:iam::aws:policy/AdministratorAccess"
    );
    assert_eq!(
        aws("StopLogging", "").event().head().class,
        ClassUid::EventLogActivity
    );
    let console = aws(
        "ConsoleLogin",
        r#", "responseElements": {"ConsoleLogin": "Failure"}"#,
    );
    assert_eq!(
        console.gist(),
        "cloudtrail authentication 1 failure jdoe 2026-03-02T08:00:00Z"
    );
}

fn ual(operation: &str, workload: &str, more: &str) -> Seen {
    map(
        Format::Ndjson,
        &format!(
            r#"{{"CreationTime": "2026-03-02T08:00:00", "Id": "i-1", "Operation": "{operation}", "Workload": "{workload}",
            "RecordType": 6, "OrganizationId": "o", "UserType": 0, "UserId": "jdoe@aldermoor.example",
            "ClientIP": "203.0.113.9:51234" {more}}}"#
        ),
    )
}

#[test]
fn unified_audit_log_files_are_file_hosting() {
    let seen = ual(
        "FileDownloaded",
        "OneDrive",
        r#", "ObjectId": "https://x/personal/jdoe/plan%20a.docx", "SourceFileName": "plan a.docx", "FileSizeBytes": 99"#,
    );
    assert_eq!(
        seen.gist(),
        "m365 file_hosting 2 success jdoe@aldermoor.example 2026-03-02T08:00:00Z"
    );
    assert_eq!(seen.attr(Attr::FileName), "plan a.docx");
    assert_eq!(seen.attr(Attr::SrcIp), "203.0.113.9");
    assert_eq!(seen.num(NumAttr::FileSize), Some(99));
    assert_eq!(seen.logsources(), ["/m365/audit"]);
    assert_eq!(ual("FileUploaded", "SharePoint", "").event().head().activity, 1);
    let share = ual(
        "AnonymousLinkCreated",
        "OneDrive",
        r#", "TargetUserOrGroupName": "anyone""#,
    );
    assert_eq!(
        (share.event().head().class, share.event().head().activity),
        (ClassUid::FileHosting, 12)
    );
    assert_eq!(share.attr(Attr::TargetUser), "anyone");
}

#[test]
fn unified_audit_log_sign_ins_mail_and_rights() {
    let failed = ual(
        "UserLoginFailed",
        "AzureActiveDirectory",
        r#", "LogonError": "InvalidUserNameOrPassword""#,
    );
    assert_eq!(
        failed.gist(),
        "m365 authentication 1 failure jdoe@aldermoor.example 2026-03-02T08:00:00Z"
    );
    assert!(failed.logsources().contains(&"/azure/signinlogs".to_owned()));
    let read = ual(
        "MailItemsAccessed",
        "Exchange",
        r#", "MailboxOwnerUPN": "boss@aldermoor.example", "ResultStatus": "Succeeded""#,
    );
    assert_eq!(
        read.gist(),
        "m365 email_activity 99 success jdoe@aldermoor.example 2026-03-02T08:00:00Z"
    );
    assert_eq!(read.attr(Attr::Resource), "boss@aldermoor.example");
    let foreign = ual(
        "MailItemsAccessed",
        "Exchange",
        r#", "MailboxOwnerUPN": "boss@x", "LogonType": 2, "OperationCount": 40"#,
    );
    assert_eq!(
        (foreign.event().head().class, foreign.event().head().activity),
        (ClassUid::DatastoreActivity, 1)
    );
    assert_eq!(
        (foreign.attr(Attr::Resource), foreign.num(NumAttr::Items)),
        ("boss@x", Some(40))
    );
    let rule = ual(
        "New-InboxRule",
        "Exchange",
        r#", "ResultStatus": "True", "Parameters": [{"Name": "ForwardTo", "Value": "me@home.example"}]"#,
    );
    assert_eq!(
        rule.gist(),
        "m365 entity_management 1 success jdoe@aldermoor.example 2026-03-02T08:00:00Z"
    );
    assert_eq!(rule.field("Parameters"), "ForwardTo me@home.example");
    assert!(rule.logsources().contains(&"/m365/exchange".to_owned()));
    let right = ual("Add-MailboxPermission", "Exchange", r#", "ObjectId": "boss""#);
    assert_eq!(
        (right.event().head().class, right.event().head().activity),
        (ClassUid::UserAccessManagement, 1)
    );
    let reset = ual(
        "Reset user password.",
        "AzureActiveDirectory",
        r#", "ObjectId": "ann@aldermoor.example""#,
    );
    assert_eq!(
        (reset.event().head().class, reset.event().head().activity),
        (ClassUid::AccountChange, 4)
    );
    assert_eq!(reset.attr(Attr::TargetUser), "ann@aldermoor.example");
}

#[test]
fn unified_audit_log_alerts_have_the_names_that_sigma_rules_use() {
    let alert = ual(
        "AlertTriggered",
        "SecurityComplianceCenter",
        r#", "Name": "Unusual volume of file deletion", "Severity": "Medium""#,
    );
    assert_eq!(alert.event().head().class, ClassUid::DetectionFinding);
    assert_eq!(alert.field("eventSource"), "SecurityComplianceCenter");
    assert_eq!(alert.field("eventName"), "Unusual volume of file deletion");
    assert_eq!(alert.field("status"), "success");
    assert!(alert.logsources().contains(&"/m365/threat_management".to_owned()));
}

#[test]
fn an_endpoint_copy_reported_by_purview_is_a_copy_to_a_removable_device() {
    let copy = ual(
        "FileCopiedToRemovableMedia",
        "Endpoint",
        r#", "ObjectId": "C:\\plan.docx", "DeviceName": "ws01", "TargetFilePath": "E:\\plan.docx", "FileSize": 7"#,
    );
    assert_eq!(
        (copy.event().head().class, copy.event().head().activity),
        (ClassUid::FileActivity, 1)
    );
    assert_eq!(copy.attr(Attr::Peripheral), "removable");
    assert_eq!(copy.attr(Attr::FileResult), r"E:\plan.docx");
}

#[test]
fn google_github_and_kubernetes() {
    let drive = map(
        Format::Json,
        r#"{"id": {"applicationName": "drive", "time": "2026-03-02T08:00:00.123Z", "uniqueQualifier": "1"},
        "actor": {"email": "jdoe@aldermoor.example"}, "ipAddress": "203.0.113.9", "name": "download", "parameters": {"doc_title": "plan"}}"#,
    );
    assert_eq!(
        drive.gist(),
        "google-workspace file_hosting 2 success jdoe@aldermoor.example 2026-03-02T08:00:00.123Z"
    );
    let cloud = map(
        Format::Json,
        r#"{"insertId": "1", "logName": "l", "timestamp": "2026-03-02T08:00:00Z", "protoPayload": {"methodName": "storage.objects.get",
        "serviceName": "storage.googleapis.com", "authenticationInfo": {"principalEmail": "jdoe@aldermoor.example"}, "resourceName": "b/o/plan.txt"}}"#,
    );
    assert_eq!(
        cloud.gist(),
        "gcp-audit file_hosting 2 success jdoe@aldermoor.example 2026-03-02T08:00:00Z"
    );
    let clone = map(
        Format::Json,
        r#"{"@timestamp": 1772438400000, "action": "git.clone", "actor": "jdoe", "repo": "aldermoor/core", "_document_id": "x"}"#,
    );
    assert_eq!(
        clone.gist(),
        "github file_hosting 2 success jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(clone.attr(Attr::Resource), "aldermoor/core");
    let secret = map(
        Format::Json,
        r#"{"auditID": "1", "verb": "get", "user": {"username": "jdoe"}, "objectRef": {"resource": "secrets", "namespace": "prod", "name": "db"},
        "requestReceivedTimestamp": "2026-03-02T08:00:00Z", "responseStatus": {"code": 403}}"#,
    );
    assert_eq!(
        secret.gist(),
        "kubernetes datastore_activity 1 failure jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(secret.attr(Attr::Resource), "secrets/prod/db");
}

#[test]
fn other_services_are_mapped() {
    let table = [
        (
            r#"{"action": "file_downloaded", "actor": {"type": "user", "user": {"email": "jdoe@x"}}, "entity": {"type": "file"}, "context": {"location": {"type": "workspace"}}, "date_create": 1772438400}"#,
            "slack file_hosting 2 success jdoe@x 2026-03-02T08:00:00Z",
        ),
        (
            r#"{"event_type": "DOWNLOAD", "created_by": {"login": "jdoe@x"}, "created_at": "2026-03-02T08:00:00Z"}"#,
            "box file_hosting 2 success jdoe@x 2026-03-02T08:00:00Z",
        ),
        (
            r#"{"event_type": {"_tag": "file_download"}, "actor": {"user": {"email": "jdoe@x"}}, "timestamp": "2026-03-02T08:00:00Z"}"#,
            "dropbox file_hosting 2 success jdoe@x 2026-03-02T08:00:00Z",
        ),
        (
            r#"{"event_type_id": 6, "user_name": "jdoe", "ipaddr": "10.0.0.1", "created_at": "2026-03-02T08:00:00Z"}"#,
            "onelogin authentication 1 failure jdoe 2026-03-02T08:00:00Z",
        ),
        (
            r#"{"uuid": "u", "session_uuid": "s", "category": "credentials_failed", "target_user": {"email": "jdoe@x"}, "timestamp": "2026-03-02T08:00:00Z"}"#,
            "onepassword authentication 1 failure jdoe@x 2026-03-02T08:00:00Z",
        ),
        (
            r#"{"serviceName": "accounts", "actionName": "login", "userIdentity": {"email": "jdoe@x"}, "timestamp": 1772438400000, "response": {"statusCode": 200}}"#,
            "databricks authentication 1 success jdoe@x 2026-03-02T08:00:00Z",
        ),
        (
            r#"{"USER_NAME": "JDOE", "EVENT_TYPE": "LOGIN", "IS_SUCCESS": "NO", "EVENT_TIMESTAMP": "2026-03-02 08:00:00.0"}"#,
            "snowflake-login authentication 1 failure JDOE 2026-03-02T08:00:00Z",
        ),
        (
            r#"{"USER_NAME": "JDOE", "QUERY_TEXT": "COPY INTO", "QUERY_TYPE": "UNLOAD", "EXECUTION_STATUS": "SUCCESS", "START_TIME": "2026-03-02T08:00:00Z"}"#,
            "snowflake-query web_resources_activity 7 success JDOE 2026-03-02T08:00:00Z",
        ),
        (
            r#"{"EVENT_TYPE": "ReportExport", "USER_ID": "1", "USER_NAME": "jdoe@x", "ORGANIZATION_ID": "o", "TIMESTAMP": "2026-03-02T08:00:00Z"}"#,
            "salesforce web_resources_activity 7 unknown jdoe@x 2026-03-02T08:00:00Z",
        ),
        (
            r#"{"event_simpleName": "ProcessRollup2", "aid": "a", "UserName": "jdoe", "timestamp": 1772438400000, "event_platform": "Win"}"#,
            "crowdstrike process_activity 1 unknown jdoe 2026-03-02T08:00:00Z",
        ),
        (
            r#"{"hostIdentifier": "h", "name": "pack_usb_devices", "action": "added", "unixTime": 1772438400, "columns": {"model": "Stick"}}"#,
            "osquery peripheral_activity 1 unknown nobody 2026-03-02T08:00:00Z",
        ),
        (
            r#"{"bucket": "b", "requester": "arn:aws:iam::1:user/jdoe", "operation": "REST.GET.OBJECT", "httpstatus": 200, "time": "2026-03-02T08:00:00Z"}"#,
            "aws-s3-access file_hosting 2 success jdoe 2026-03-02T08:00:00Z",
        ),
        (
            r#"{"srcAddr": "10.0.0.1", "dstAddr": "10.0.0.2", "dstPort": 22, "action": "REJECT", "start": 1772438400}"#,
            "aws-vpc-flow network_activity 5 failure nobody 2026-03-02T08:00:00Z",
        ),
        (
            r#"{"query_name": "a.example.", "query_type": "A", "srcaddr": "10.0.0.1", "rcode": "NOERROR", "query_timestamp": "2026-03-02 08:00:00"}"#,
            "vpc-dns dns_activity 1 success nobody 2026-03-02T08:00:00Z",
        ),
        (
            r#"{"auditType": {"action": "Repository deleted", "category": "Repositories"}, "author": {"name": "jdoe"}, "timestamp": "2026-03-02T08:00:00Z"}"#,
            "bitbucket web_resources_activity 4 success jdoe 2026-03-02T08:00:00Z",
        ),
        (
            r#"{"schemaVersion": "2.0", "type": "T", "service": {"detectorId": "d"}, "severity": 8, "id": "i", "updatedAt": "2026-03-02T08:00:00Z"}"#,
            "aws-findings detection_finding 1 unknown nobody 2026-03-02T08:00:00Z",
        ),
    ];
    for (json, wanted) in table {
        assert_eq!(map(Format::Json, json).gist(), wanted, "{json}");
    }
}

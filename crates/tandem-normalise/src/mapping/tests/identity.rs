use super::*;

#[test]
fn okta_sessions_accounts_and_rights() {
    let okta = |event: &str, result: &str| {
        map(
            Format::Json,
            &format!(
                r#"{{"uuid": "u", "eventType": "{event}", "published": "2026-03-02T08:00:00.1Z", "displayMessage": "m",
                "actor": {{"alternateId": "jdoe@x", "type": "User", "id": "1"}}, "outcome": {{"result": "{result}"}},
                "client": {{"ipAddress": "203.0.113.9"}}, "target": [{{"alternateId": "ann@x", "displayName": "Ann"}}]}}"#
            ),
        )
    };
    let logon = okta("user.session.start", "FAILURE");
    assert_eq!(
        logon.gist(),
        "okta authentication 1 failure jdoe@x 2026-03-02T08:00:00.1Z"
    );
    assert_eq!(logon.logsources(), ["/okta/okta"]);
    let grant = okta("user.account.privilege.grant", "SUCCESS");
    assert_eq!(
        grant.gist(),
        "okta user_access_management 1 success jdoe@x 2026-03-02T08:00:00.1Z"
    );
    assert_eq!(grant.attr(Attr::TargetUser), "ann@x");
    assert_eq!(okta("user.account.lock", "SUCCESS").event().head().activity, 9);
    assert_eq!(
        okta("policy.rule.update", "SUCCESS").gist(),
        "okta entity_management 3 success jdoe@x 2026-03-02T08:00:00.1Z"
    );
    assert_eq!(
        okta("application.lifecycle.delete", "SUCCESS")
            .event()
            .head()
            .activity,
        4
    );
}

#[test]
fn entra_sign_ins_from_graph_and_from_diagnostic_settings() {
    let graph = map(
        Format::Json,
        r#"{"id": "1", "createdDateTime": "2026-03-02T08:00:00Z", "userPrincipalName": "jdoe@x", "appDisplayName": "Portal",
        "ipAddress": "203.0.113.9", "status": {"errorCode": 50126, "failureReason": "bad password"}, "correlationId": "c"}"#,
    );
    assert_eq!(
        graph.gist(),
        "entra-signin authentication 1 failure jdoe@x 2026-03-02T08:00:00Z"
    );
    assert_eq!(graph.field("ResultType"), "50126");
    assert_eq!(graph.logsources(), ["/azure/signinlogs"]);
    let diagnostic = map(
        Format::Json,
        r#"{"time": "2026-03-02T08:00:00Z", "category": "SignInLogs", "resultType": "0", "operationName": "Sign-in activity",
        "correlationId": "c", "properties": {"id": "1", "userPrincipalName": "jdoe@x", "ipAddress": "203.0.113.9"}}"#,
    );
    assert_eq!(
        diagnostic.gist(),
        "entra-signin authentication 1 success jdoe@x 2026-03-02T08:00:00Z"
    );
    assert_eq!(diagnostic.field("Status"), "Success");
}

#[test]
fn entra_audit_risk_and_azure_activity() {
    let role = map(
        Format::Json,
        r#"{"id": "1", "activityDisplayName": "Add member to role", "activityDateTime": "2026-03-02T08:00:00Z", "loggedByService": "PIM",
        "result": "success", "initiatedBy": {"user": {"userPrincipalName": "jdoe@x"}},
        "targetResources": [{"userPrincipalName": "ann@x", "modifiedProperties": [{"newValue": "Global Administrator"}]}]}"#,
    );
    assert_eq!(
        role.gist(),
        "entra-audit user_access_management 1 success jdoe@x 2026-03-02T08:00:00Z"
    );
    assert_eq!(role.attr(Attr::Group), "Global Administrator");
    assert!(role.logsources().contains(&"/azure/pim".to_owned()));
    let risk = map(
        Format::Json,
        r#"{"id": "1", "riskEventType": "unlikelyTravel", "riskLevel": "medium", "userPrincipalName": "jdoe@x", "detectedDateTime": "2026-03-02T08:00:00Z"}"#,
    );
    assert_eq!(
        risk.gist(),
        "entra-risk detection_finding 1 unknown jdoe@x 2026-03-02T08:00:00Z"
    );
    let activity = map(
        Format::Json,
        r#"{"time": "2026-03-02T08:00:00Z", "resourceId": "/subscriptions/1", "operationName": "Microsoft.Compute/virtualMachines/delete",
        "category": "Administrative", "resultType": "Success", "caller": "jdoe@x"}"#,
    );
    assert_eq!(
        activity.gist(),
        "azure-activity api_activity 4 success jdoe@x 2026-03-02T08:00:00Z"
    );
    assert_eq!(activity.logsources(), ["/azure/activitylogs"]);
}

use super::*;

fn security(event_id: u32, data: &str) -> Seen {
    map(
        Format::Evtx,
        &format!(
            r#"{{"EventID": {event_id}, "Channel": "Security", "Provider_Name": "Microsoft-Windows-Security-Auditing",
            "Computer": "ws01.aldermoor.example", "EventRecordID": 4711, "TimeCreated": "2026-03-02T08:00:00.5Z",
            "Keywords": "0x8020000000000000", {data}}}"#
        ),
    )
}

fn sysmon(event_id: u32, data: &str) -> Seen {
    map(
        Format::Evtx,
        &format!(
            r#"{{"EventID": {event_id}, "Channel": "Microsoft-Windows-Sysmon/Operational",
            "Provider_Name": "Microsoft-Windows-Sysmon", "Computer": "ws01", "EventRecordID": 1,
            "UtcTime": "2026-03-02 08:00:00.123", {data}}}"#
        ),
    )
}

const SUBJECT: &str =
    r#""SubjectUserName": "jdoe", "SubjectDomainName": "ALDERMOOR", "SubjectUserSid": "S-1-5-21-9""#;

#[test]
fn a_logon_is_the_target_accounts_doing() {
    let seen = security(
        4624,
        r#""SubjectUserName": "WS01$", "SubjectDomainName": "ALDERMOOR", "TargetUserName": "jdoe",
        "TargetDomainName": "ALDERMOOR", "LogonType": "10", "IpAddress": "10.1.2.3", "WorkstationName": "WS01""#,
    );
    assert_eq!(
        seen.gist(),
        r"windows authentication 1 success ALDERMOOR\jdoe 2026-03-02T08:00:00.5Z"
    );
    assert_eq!(seen.attr(Attr::Device), "ws01.aldermoor.example");
    assert_eq!(seen.attr(Attr::SrcIp), "10.1.2.3");
    assert_eq!(seen.attr(Attr::Operation), "remote_interactive");
    assert_eq!(seen.logsources(), ["/windows/", "/windows/security"]);
}

#[test]
fn a_failed_logon_says_why() {
    let seen = security(
        4625,
        r#""TargetUserName": "jdoe", "TargetDomainName": "ALDERMOOR", "SubStatus": "0xc000006a", "LogonType": 3"#,
    );
    assert_eq!(
        seen.gist(),
        r"windows authentication 1 failure ALDERMOOR\jdoe 2026-03-02T08:00:00.5Z"
    );
    assert_eq!(seen.attr(Attr::StatusDetail), "wrong password");
    assert_eq!(seen.attr(Attr::Operation), "network");
}

#[test]
fn a_logoff_is_one() {
    let seen = security(4634, r#""TargetUserName": "jdoe", "TargetDomainName": "-""#);
    assert_eq!(
        seen.gist(),
        "windows authentication 2 success jdoe 2026-03-02T08:00:00.5Z"
    );
}

#[test]
fn a_process_start_is_both_security_and_process_creation() {
    let seen = security(
        4688,
        &format!(
            r#"{SUBJECT}, "NewProcessName": "C:\\Windows\\System32\\cmd.exe", "CommandLine": "cmd /c dir",
        "ParentProcessName": "C:\\Windows\\explorer.exe", "MandatoryLabel": "S-1-16-12288""#
        ),
    );
    assert_eq!(
        seen.gist(),
        r"windows process_activity 1 success ALDERMOOR\jdoe 2026-03-02T08:00:00.5Z"
    );
    assert_eq!(
        seen.logsources(),
        ["/windows/", "/windows/security", "process_creation/windows/"]
    );
    assert_eq!(seen.attr(Attr::Process), r"C:\Windows\System32\cmd.exe");
    assert_eq!(seen.attr(Attr::CommandLine), "cmd /c dir");
    assert_eq!(seen.field("Image"), r"C:\Windows\System32\cmd.exe");
    assert_eq!(seen.field("ParentImage"), r"C:\Windows\explorer.exe");
    assert_eq!(seen.field("IntegrityLevel"), "High");
    assert_eq!(seen.field("User"), r"ALDERMOOR\jdoe");
}

#[test]
fn object_access_tells_reading_from_deleting_and_files_from_keys() {
    let access = |kind: &str, mask: &str| {
        let data = format!(
            r#"{SUBJECT}, "ObjectType": "{kind}", "ObjectName": "D:\\Shares\\plan.docx", "AccessMask": "{mask}""#
        );
        let seen = security(4663, &data);
        format!(
            "{} {}",
            seen.event().head().class.as_str(),
            seen.event().head().activity
        )
    };
    assert_eq!(access("File", "0x1"), "file_activity 2");
    assert_eq!(access("File", "0x2"), "file_activity 3");
    assert_eq!(access("File", "0x10000"), "file_activity 4");
    assert_eq!(access("Key", "0x2"), "registry_key_activity 3");
    assert_eq!(access("SAM_USER", "0x1"), "entity_management 2");
}

#[test]
fn share_access_names_the_share_and_the_file() {
    let seen = security(
        5145,
        &format!(
            r#"{SUBJECT}, "ShareName": "\\\\*\\Finance", "RelativeTargetName": "2026\\plan.xlsx", "IpAddress": "10.1.2.3""#
        ),
    );
    assert_eq!(
        seen.gist(),
        r"windows smb_activity 2 success ALDERMOOR\jdoe 2026-03-02T08:00:00.5Z"
    );
    assert_eq!(seen.attr(Attr::Resource), r"\\*\Finance");
    assert_eq!(seen.attr(Attr::FileName), "plan.xlsx");
}

#[test]
fn accounts_groups_and_rights_name_their_target() {
    let created = security(
        4720,
        &format!(r#"{SUBJECT}, "TargetUserName": "new", "TargetDomainName": "ALDERMOOR""#),
    );
    assert_eq!(
        created.gist(),
        r"windows account_change 1 success ALDERMOOR\jdoe 2026-03-02T08:00:00.5Z"
    );
    assert_eq!(created.attr(Attr::TargetUser), r"ALDERMOOR\new");
    let member = security(
        4732,
        &format!(
            r#"{SUBJECT}, "TargetUserName": "Administrators", "MemberName": "CN=Ann Other,OU=Staff,DC=x", "MemberSid": "S-1-5-21-1""#
        ),
    );
    assert_eq!(
        member.gist(),
        r"windows group_management 3 success ALDERMOOR\jdoe 2026-03-02T08:00:00.5Z"
    );
    assert_eq!(member.attr(Attr::Group), "Administrators");
    assert_eq!(member.attr(Attr::TargetUser), "Ann Other");
    let locked = security(4740, r#""TargetUserName": "jdoe", "TargetDomainName": "WS09""#);
    assert_eq!(locked.event().head().activity, 9);
    let special = security(
        4672,
        &format!(r#"{SUBJECT}, "PrivilegeList": "SeDebugPrivilege\n\t\tSeTcbPrivilege""#),
    );
    assert_eq!(special.event().head().class, ClassUid::AuthorizeSession);
    assert!(special.attr(Attr::Group).starts_with("SeDebugPrivilege"));
}

#[test]
fn clearing_the_log_and_plugging_in_a_stick_are_recognised() {
    let cleared = map(
        Format::Ndjson,
        r#"{"EventID": 1102, "Channel": "Security", "Provider_Name": "Microsoft-Windows-Eventlog", "Computer": "ws01",
        "@timestamp": "2026-03-02T08:00:00Z", "SubjectUserName": "jdoe", "SubjectDomainName": "ALDERMOOR"}"#,
    );
    assert_eq!(
        cleared.gist(),
        r"windows event_log_activity 1 success ALDERMOOR\jdoe 2026-03-02T08:00:00Z"
    );
    let stick = security(
        6416,
        &format!(
            r#"{SUBJECT}, "DeviceDescription": "Kingston DataTraveler", "ClassName": "DiskDrive",
        "DeviceId": "USBSTOR\\Disk&Ven_Kingston&Rev_1.00\\SN123456&0""#
        ),
    );
    assert_eq!(
        stick.gist(),
        r"windows peripheral_activity 1 success ALDERMOOR\jdoe 2026-03-02T08:00:00.5Z"
    );
    assert_eq!(stick.attr(Attr::Peripheral), "SN123456");
    assert_eq!(stick.attr(Attr::Resource), "Kingston DataTraveler");
}

#[test]
fn a_registry_value_change_has_the_names_that_sysmon_rules_use() {
    let seen = security(
        4657,
        &format!(
            r#"{SUBJECT}, "ObjectName": "\\REGISTRY\\MACHINE\\SOFTWARE\\Run", "ObjectValueName": "x",
        "OperationType": "%%1905", "NewValue": "calc.exe", "ProcessName": "C:\\reg.exe""#
        ),
    );
    assert_eq!(seen.event().head().class, ClassUid::RegistryKeyActivity);
    assert_eq!(seen.field("TargetObject"), r"\REGISTRY\MACHINE\SOFTWARE\Run\x");
    assert_eq!(seen.field("Details"), "calc.exe");
    assert!(seen.logsources().contains(&"registry_set/windows/".to_owned()));
}

#[test]
fn sysmon_events_carry_their_set_of_categories() {
    let category = |event_id: u32| {
        let seen = sysmon(event_id, r#""User": "ALDERMOOR\\jdoe", "Image": "C:\\a.exe""#);
        let all = seen.logsources();
        all.into_iter()
            .filter_map(|line| line.strip_suffix("/windows/").map(str::to_owned))
            .filter(|c| !c.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let table = [
        (1, "process_creation"),
        (2, "file_change"),
        (3, "network_connection"),
        (4, "sysmon_status"),
        (5, "process_termination"),
        (6, "driver_load"),
        (7, "image_load"),
        (8, "create_remote_thread"),
        (9, "raw_access_read raw_access_thread"),
        (10, "process_access"),
        (11, "file_event"),
        (12, "registry_add registry_delete registry_event"),
        (13, "registry_event registry_set"),
        (14, "registry_event registry_rename"),
        (15, "create_stream_hash"),
        (16, "sysmon_status"),
        (17, "pipe_created"),
        (18, "pipe_created"),
        (19, "wmi_event"),
        (22, "dns_query"),
        (23, "file_delete"),
        (24, "clipboard_capture clipboard_change"),
        (25, "process_tampering"),
        (26, "file_delete file_delete_detected"),
        (27, "file_block file_block_executable"),
        (28, "file_block file_block_shredding"),
        (29, "file_executable_detected"),
        (255, "sysmon_error"),
    ];
    for (event_id, wanted) in table {
        assert_eq!(category(event_id), wanted, "Sysmon {event_id}");
    }
}

#[test]
fn sysmon_values_land_in_the_core_view() {
    let seen = sysmon(
        11,
        r#""User": "ALDERMOOR\\jdoe", "Image": "C:\\7z.exe", "TargetFilename": "E:\\out\\all.7z",
        "Hashes": "MD5=aa,SHA256=bb""#,
    );
    assert_eq!(
        seen.gist(),
        r"windows file_activity 1 success ALDERMOOR\jdoe 2026-03-02T08:00:00.123Z"
    );
    assert_eq!(seen.attr(Attr::FilePath), r"E:\out\all.7z");
    assert_eq!(seen.attr(Attr::FileName), "all.7z");
    assert_eq!(seen.attr(Attr::FileHash), "bb");
    let connection = sysmon(
        3,
        r#""User": "x\\y", "DestinationIp": "198.51.100.7", "DestinationPort": 443"#,
    );
    assert_eq!(connection.attr(Attr::DstIp), "198.51.100.7");
    assert_eq!(connection.num(NumAttr::DstPort), Some(443));
}

#[test]
fn other_channels_have_their_service() {
    let seen = |channel: &str, event_id: u32| {
        map(
            Format::Evtx,
            &format!(
                r#"{{"EventID": {event_id}, "Channel": "{channel}", "Provider_Name": "P", "Computer": "ws01",
                "TimeCreated": "2026-03-02T08:00:00Z", "ScriptBlockText": "Get-Item"}}"#
            ),
        )
    };
    let script = seen("Microsoft-Windows-PowerShell/Operational", 4104);
    assert_eq!(script.event().head().class, ClassUid::ScriptActivity);
    assert_eq!(
        script.logsources(),
        ["/windows/", "/windows/powershell", "ps_script/windows/"]
    );
    let task = seen("Microsoft-Windows-TaskScheduler/Operational", 106);
    assert_eq!(
        (task.event().head().class, task.event().head().activity),
        (ClassUid::ScheduledJobActivity, 1)
    );
    assert!(
        seen("Microsoft-Windows-Windows Defender/Operational", 1116)
            .logsources()
            .contains(&"antivirus//".to_owned())
    );
    assert!(
        seen("Windows PowerShell", 400)
            .logsources()
            .contains(&"ps_classic_start/windows/".to_owned())
    );
    assert_eq!(
        seen("Microsoft-Windows-PrintService/Operational", 307)
            .event()
            .head()
            .class,
        ClassUid::PrintActivity
    );
    assert_eq!(
        seen("Some-Vendor/Operational", 1).event().head().class,
        ClassUid::BaseEvent
    );
}

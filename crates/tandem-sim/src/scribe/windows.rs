//! Windows Security log, one JSON object per line as Winlogbeat 8 writes it: `winlog.event_id` as text, every value of
//! `winlog.event_data` as text, keywords as a list.

use super::json::Json;
use super::stamp::{Ip, Stamp};
use super::{Pen, Source};
use crate::act::{Failure, LogonKind, Seat};
use crate::company::{Company, server};

/// What the event's number says about the rest of the record.
pub(super) struct Meta {
    pub(super) id: u16,
    task: &'static str,
    message: &'static str,
    success: bool,
}

pub(super) const fn meta(id: u16, task: &'static str, message: &'static str) -> Meta {
    Meta {
        id,
        task,
        message,
        success: true,
    }
}

const LOGON: Meta = meta(4624, "Logon", "An account was successfully logged on.");
const LOGON_FAILED: Meta = Meta {
    id: 4625,
    task: "Logon",
    message: "An account failed to log on.",
    success: false,
};
const LOGOFF: Meta = meta(4634, "Logoff", "An account was logged off.");
const SPECIAL: Meta = meta(4672, "Special Logon", "Special privileges assigned to new logon.");
const PROCESS: Meta = meta(4688, "Process Creation", "A new process has been created.");
const OBJECT: Meta = meta(4663, "File System", "An attempt was made to access an object.");
const TASK: Meta = meta(
    4698,
    "Other Object Access Events",
    "A scheduled task was created.",
);
const SHARE: Meta = meta(5140, "File Share", "A network share object was accessed.");
const DEVICE: Meta = meta(
    6416,
    "Plug and Play Events",
    "A new external device was recognized by the System.",
);
const CLEARED: Meta = meta(1102, "Log clear", "The audit log was cleared.");

const AUDITING: (&str, &str) = (
    "Microsoft-Windows-Security-Auditing",
    "{54849625-5478-4994-A5BA-3E3B0328C30D}",
);
const EVENTLOG: (&str, &str) = (
    "Microsoft-Windows-Eventlog",
    "{FC65DDD8-D6EF-4962-83D5-6E5CFE9CE148}",
);

pub(super) fn record(
    pen: &mut Pen<'_>,
    host: &str,
    meta: &Meta,
    data: &str,
    fill: impl FnOnce(&mut Json<'_>, &Pen<'_>),
) {
    let at = pen.at;
    let mut text = String::with_capacity(1_400);
    let fqdn = pen.company.fqdn(host);
    let (provider, guid) = if meta.id == 1102 { EVENTLOG } else { AUDITING };
    let outcome = if meta.success { "success" } else { "failure" };
    let keyword = if meta.success {
        "Audit Success"
    } else {
        "Audit Failure"
    };
    let number = at.rem_euclid(40_000_000_000_000) / 10_000;
    let mut json = Json::open(&mut text);
    json.plain("@timestamp", Stamp::Millis(at));
    json.object("event", |j| {
        j.text("action", meta.task)
            .plain("code", meta.id)
            .text("kind", "event")
            .text("outcome", outcome);
        j.text("provider", provider);
    });
    json.object("host", |j| {
        j.plain("name", &fqdn);
    });
    json.object("log", |j| {
        j.text("level", "information");
    });
    json.text("message", meta.message);
    json.object("winlog", |j| {
        j.text("channel", "Security").plain("computer_name", &fqdn);
        j.object(data, |d| fill(d, pen));
        j.plain("event_id", meta.id)
            .texts("keywords", &[keyword])
            .text("opcode", "Info");
        j.object("process", |p| {
            p.raw("pid", 700 + pen.session(host) % 300).object("thread", |t| {
                t.raw("id", 900 + pen.bits("thread") % 4_000);
            });
        });
        j.text("provider_guid", guid)
            .text("provider_name", provider)
            .raw("record_id", number)
            .text("task", meta.task);
    });
    json.end();
    pen.log
        .line(Source::WindowsSecurity, at, |out| out.push_str(&text));
}

pub(super) fn sid(company: &Company, rid: u32) -> String {
    format!("{}-{rid}", company.domain_sid)
}

/// `Subject…` fields: who did it.
pub(super) fn subject(j: &mut Json<'_>, pen: &Pen<'_>, host: &str) {
    j.plain("SubjectUserSid", sid(pen.company, pen.seat.rid))
        .text("SubjectUserName", pen.seat.account);
    j.text("SubjectDomainName", &pen.company.plan.nt_domain)
        .plain("SubjectLogonId", logon_id(pen, host));
}

fn logon_id(pen: &Pen<'_>, host: &str) -> String {
    format!("0x{:x}", pen.session(host) & 0x0fff_ffff)
}

/// 4624 on the own machine (or, for services, on their server).
pub(super) fn log_on(pen: &mut Pen<'_>, kind: LogonKind) {
    let (number, process) = match kind {
        LogonKind::Interactive => (2, "User32 "),
        LogonKind::Batch => (4, "Advapi  "),
        LogonKind::Service => (5, "Advapi  "),
        LogonKind::Unlock => (7, "User32 "),
        LogonKind::Cached => (11, "User32 "),
    };
    let host = pen.seat.host;
    logon_record(pen, host, number, process, "127.0.0.1");
}

fn logon_record(pen: &mut Pen<'_>, host: &str, number: u8, process: &str, from: &str) {
    let workstation = if number == 10 { host } else { pen.seat.host };
    record(pen, host, &LOGON, "event_data", |j, pen| {
        j.plain(
            "AuthenticationPackageName",
            if number == 3 { "Kerberos" } else { "Negotiate" },
        );
        j.plain("ElevatedToken", "%%1843")
            .plain("ImpersonationLevel", "%%1833");
        j.plain("IpAddress", from).plain(
            "IpPort",
            if from == "127.0.0.1" {
                0
            } else {
                49_152 + pen.bits("port") % 16_000
            },
        );
        j.plain("KeyLength", 0)
            .plain("LmPackageName", "-")
            .text("LogonProcessName", process)
            .plain("LogonType", number);
        j.plain("ProcessId", "0x3a4")
            .text("ProcessName", "C:\\Windows\\System32\\svchost.exe");
        j.plain("SubjectDomainName", &pen.company.plan.nt_domain)
            .plain("SubjectLogonId", "0x3e7");
        j.plain("SubjectUserName", format_args!("{}$", host.to_uppercase()))
            .plain("SubjectUserSid", "S-1-5-18");
        j.text("TargetDomainName", &pen.company.plan.nt_domain)
            .plain("TargetLogonId", logon_id(pen, host));
        j.text("TargetUserName", pen.seat.account)
            .plain("TargetUserSid", sid(pen.company, pen.seat.rid));
        j.plain("WorkstationName", workstation);
    });
}

/// 4625 on the own machine.
pub(super) fn log_on_failed(pen: &mut Pen<'_>, why: Failure) {
    let (status, sub, reason) = match why {
        Failure::Password => ("0xc000006d", "0xc000006a", "%%2313"),
        Failure::Locked => ("0xc0000234", "0x0", "%%2307"),
    };
    let host = pen.seat.host;
    record(pen, host, &LOGON_FAILED, "event_data", |j, pen| {
        j.plain("AuthenticationPackageName", "Negotiate")
            .plain("FailureReason", reason);
        j.plain("IpAddress", "127.0.0.1")
            .plain("IpPort", 0)
            .plain("KeyLength", 0);
        j.text("LogonProcessName", "User32 ")
            .plain("LogonType", 2)
            .plain("ProcessId", "0x3a4");
        j.text("ProcessName", "C:\\Windows\\System32\\svchost.exe")
            .plain("Status", status)
            .plain("SubStatus", sub);
        j.plain("SubjectUserName", format_args!("{host}$"))
            .plain("SubjectUserSid", "S-1-5-18");
        j.text("TargetDomainName", &pen.company.plan.nt_domain)
            .text("TargetUserName", pen.seat.account);
        j.plain("TargetUserSid", "S-1-0-0").plain("WorkstationName", host);
    });
}

/// 4634 on the own machine.
pub(super) fn log_off(pen: &mut Pen<'_>) {
    let host = pen.seat.host;
    record(pen, host, &LOGOFF, "event_data", |j, pen| {
        j.plain("LogonType", 2)
            .text("TargetDomainName", &pen.company.plan.nt_domain);
        j.plain("TargetLogonId", logon_id(pen, host))
            .text("TargetUserName", pen.seat.account);
        j.plain("TargetUserSid", sid(pen.company, pen.seat.rid));
    });
}

/// 4624 type 10 and 4672 on a server.
pub(super) fn remote(pen: &mut Pen<'_>, host: &str) {
    let from = Ip(pen.seat.ip).to_string();
    logon_record(pen, host, 10, "User32 ", &from);
    record(pen, host, &SPECIAL, "event_data", |j, pen| {
        subject(j, pen, host);
        j.text(
            "PrivilegeList",
            "SeSecurityPrivilege\n\t\t\tSeBackupPrivilege\n\t\t\tSeRestorePrivilege\n\t\t\tSeDebugPrivilege",
        );
    });
}

/// 1102: the Security log of a server is cleared.
pub(super) fn log_cleared(pen: &mut Pen<'_>, host: &str) {
    record(pen, host, &CLEARED, "user_data", |j, pen| {
        subject(j, pen, host);
        j.text("xml_name", "LogFileCleared");
    });
}

/// 4698: a scheduled task is made on a server.
pub(super) fn task(pen: &mut Pen<'_>, host: &str, name: &str, command: &str) {
    record(pen, host, &TASK, "event_data", |j, pen| {
        subject(j, pen, host);
        let xml = format!(
            "<Task version=\"1.2\"><Actions><Exec><Command>{command}</Command></Exec></Actions></Task>"
        );
        j.text("TaskName", &format!("\\{name}")).text("TaskContent", &xml);
    });
}

/// 4688 with command line on a server.
pub(super) fn process(pen: &mut Pen<'_>, host: &str, image: &str, command: &str) {
    record(pen, host, &PROCESS, "event_data", |j, pen| {
        subject(j, pen, host);
        j.text("CommandLine", command)
            .text("NewProcessName", image)
            .text("ParentProcessName", "C:\\Windows\\System32\\cmd.exe");
        j.plain(
            "NewProcessId",
            format_args!("0x{:x}", 0x400 + pen.bits("pid") % 0xa000),
        )
        .plain("ProcessId", "0x1f4c");
        j.plain("MandatoryLabel", "S-1-16-12288")
            .plain("TokenElevationType", "%%1937");
        j.plain("TargetUserName", "-")
            .plain("TargetUserSid", "S-1-0-0")
            .plain("TargetLogonId", "0x0");
    });
}

/// 4663 with the right to delete, on a server's own disk.
pub(super) fn delete(pen: &mut Pen<'_>, host: &str, path: &str) {
    record(pen, host, &OBJECT, "event_data", |j, pen| {
        subject(j, pen, host);
        j.plain("AccessList", "%%1537")
            .plain("AccessMask", "0x10000")
            .plain("HandleId", "0x8a4");
        j.text("ObjectName", path)
            .plain("ObjectServer", "Security")
            .plain("ObjectType", "File");
        j.plain("ProcessId", "0x1f4c")
            .text("ProcessName", "C:\\Windows\\System32\\cmd.exe");
    });
}

/// 5140 on a server.
pub(super) fn share(pen: &mut Pen<'_>, host: &str, share: &str) {
    let from = Ip(pen.seat.ip);
    debug_assert!(server(host).windows, "only Windows servers write 5140");
    record(pen, host, &SHARE, "event_data", |j, pen| {
        subject(j, pen, host);
        j.plain("AccessList", "%%4416")
            .plain("AccessMask", "0x1")
            .plain("IpAddress", from)
            .plain("IpPort", 50_112);
        j.plain("ObjectType", "File")
            .text("ShareLocalPath", &format!("\\??\\D:\\{share}"));
        j.text("ShareName", &format!("\\\\*\\{share}"));
    });
}

/// 6416 on the own machine: removable media plugged in.
pub(super) fn device(pen: &mut Pen<'_>, model: &str, serial: &str) {
    let host = pen.seat.host;
    record(pen, host, &DEVICE, "event_data", |j, pen| {
        subject(j, pen, host);
        j.text("ClassId", "{4d36e967-e325-11ce-bfc1-08002be10318}")
            .text("ClassName", "DiskDrive");
        j.text("DeviceDescription", &format!("{model} USB Device"));
        j.text(
            "DeviceId",
            &format!(
                "USBSTOR\\Disk&Ven_{}&Prod_Flash&Rev_1.00\\{serial}&0",
                model.replace(' ', "_")
            ),
        );
        j.text("LocationInformation", "-")
            .text("VendorIds", "USBSTOR\\DiskFlash");
    });
}

/// The account of the seat, for messages of other modules.
pub(super) fn down_level(pen: &Pen<'_>, seat: &Seat<'_>) -> String {
    format!("{}\\{}", pen.company.plan.nt_domain, seat.account)
}

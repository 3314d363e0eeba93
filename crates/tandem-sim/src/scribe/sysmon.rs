//! Sysmon, one JSON object per line as `evtx_dump -o jsonl` writes it.

use super::json::Json;
use super::stamp::Stamp;
use super::windows::down_level;
use super::{Pen, Source};
use crate::act::LocalOp;

fn record(pen: &mut Pen<'_>, id: u8, version: u8, fill: impl FnOnce(&mut Json<'_>, &Pen<'_>)) {
    let at = pen.at;
    let mut text = String::with_capacity(1_500);
    let mut json = Json::open(&mut text);
    json.object("Event", |j| {
        j.object("#attributes", |a| {
            a.text("xmlns", "http://schemas.microsoft.com/win/2004/08/events/event");
        });
        j.object("System", |s| {
            s.object("Provider", |p| {
                p.object("#attributes", |a| {
                    a.text("Name", "Microsoft-Windows-Sysmon")
                        .text("Guid", "5770385F-C22A-43E0-BF4C-06F5698FFBD9");
                });
            });
            s.raw("EventID", id)
                .raw("Version", version)
                .raw("Level", 4)
                .raw("Task", id)
                .raw("Opcode", 0);
            s.text("Keywords", "0x8000000000000000");
            s.object("TimeCreated", |t| {
                t.object("#attributes", |a| {
                    a.plain("SystemTime", Stamp::Micros(at));
                });
            });
            s.raw("EventRecordID", at.rem_euclid(40_000_000_000_000) / 10_000)
                .raw("Correlation", "null");
            s.object("Execution", |e| {
                e.object("#attributes", |a| {
                    a.raw("ProcessID", 3_000 + pen.session("sysmon") % 2_000)
                        .raw("ThreadID", 4_000 + pen.bits("thread") % 3_000);
                });
            });
            s.text("Channel", "Microsoft-Windows-Sysmon/Operational")
                .plain("Computer", pen.company.fqdn(pen.seat.host));
            s.object("Security", |x| {
                x.object("#attributes", |a| {
                    a.text("UserID", "S-1-5-18");
                });
            });
        });
        j.object("EventData", |d| fill(d, pen));
    });
    json.end();
    pen.log.line(Source::Sysmon, at, |out| out.push_str(&text));
}

fn guid(pen: &Pen<'_>, what: &str) -> String {
    pen.uuid(what).to_uppercase()
}

fn start<'j, 'b>(j: &'j mut Json<'b>, pen: &Pen<'_>, image: &str) -> &'j mut Json<'b> {
    j.text("RuleName", "-")
        .plain("UtcTime", Stamp::Sysmon(pen.at))
        .plain("ProcessGuid", guid(pen, image));
    j.raw("ProcessId", 2_000 + pen.bits(image) % 20_000)
        .text("Image", image)
}

/// Event 1: a programme starts.
pub(super) fn process(pen: &mut Pen<'_>, image: &str, command: &str, parent: &str) {
    let file = image.rsplit('\\').next().unwrap_or(image).to_owned();
    record(pen, 1, 5, |j, pen| {
        let hash = pen.session(image);
        start(j, pen, image)
            .plain("FileVersion", "-")
            .text("Description", &file)
            .plain("Product", "-")
            .plain("Company", "-");
        j.text("OriginalFileName", &file).text("CommandLine", command);
        j.text("CurrentDirectory", &format!("C:\\Users\\{}\\", pen.seat.account))
            .text("User", &down_level(pen, pen.seat));
        j.plain("LogonGuid", guid(pen, "logon")).plain(
            "LogonId",
            format_args!("0x{:x}", pen.session(pen.seat.host) & 0x0fff_ffff),
        );
        j.raw("TerminalSessionId", 1).text("IntegrityLevel", "Medium");
        j.plain(
            "Hashes",
            format_args!(
                "SHA256={:016X}{:016X}{:016X}{:016X}",
                hash,
                hash.rotate_left(9),
                !hash,
                hash.rotate_left(31)
            ),
        );
        j.plain("ParentProcessGuid", guid(pen, parent))
            .raw("ParentProcessId", 1_200 + pen.session(parent) % 9_000);
        j.text("ParentImage", parent)
            .text("ParentCommandLine", parent)
            .text("ParentUser", &down_level(pen, pen.seat));
    });
}

/// Events 11 (file made), 15 (file from the internet), 23 (file deleted), 13 (registry value set).
pub(super) fn file(pen: &mut Pen<'_>, op: LocalOp, path: &str, image: &str) {
    match op {
        LocalOp::Create => record(pen, 11, 2, |j, pen| {
            start(j, pen, image)
                .text("TargetFilename", path)
                .plain("CreationUtcTime", Stamp::Sysmon(pen.at));
            j.text("User", &down_level(pen, pen.seat));
        }),
        LocalOp::Download => record(pen, 15, 2, |j, pen| {
            let hash = pen.bits(path);
            start(j, pen, image)
                .text("TargetFilename", path)
                .plain("CreationUtcTime", Stamp::Sysmon(pen.at));
            j.plain(
                "Hash",
                format_args!(
                    "SHA256={hash:016X}{:016X}{:016X}{:016X}",
                    !hash,
                    hash.rotate_left(7),
                    hash.rotate_left(23)
                ),
            );
            j.text("Contents", "[ZoneTransfer]  ZoneId=3")
                .text("User", &down_level(pen, pen.seat));
        }),
        LocalOp::Delete => record(pen, 23, 5, |j, pen| {
            start(j, pen, image)
                .text("User", &down_level(pen, pen.seat))
                .text("TargetFilename", path);
            j.plain("Hashes", "-")
                .plain("IsExecutable", false)
                .plain("Archived", false);
        }),
        LocalOp::Registry => record(pen, 13, 2, |j, pen| {
            start(j, pen, image)
                .text("EventType", "SetValue")
                .text("TargetObject", path)
                .text("Details", "DWORD (0x00000001)");
            j.text("User", &down_level(pen, pen.seat));
        }),
    }
}

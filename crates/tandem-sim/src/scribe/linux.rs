//! Linux servers: auditd in its enriched form, and what `sshd` and `sudo` say to syslog (RFC 3164).

use std::fmt::Write;

use super::stamp::{Ip, Stamp};
use super::{Pen, Source};

/// Between an audit record and the names added to it.
const ENRICHED: char = '\u{1d}';

/// A command as root.
pub(super) fn shell(pen: &mut Pen<'_>, host: &str, command: &str) {
    let at = pen.at;
    let (user, rid, terminal) = (pen.seat.account, pen.seat.rid, pen.session(host) % 6);
    let number = pen.bits("audit") % 900_000;
    pen.log.line(Source::LinuxSyslog, at, |out| {
        let _ = write!(
            out,
            "<85>{} {host} sudo[{}]:   {user} : TTY=pts/{terminal} ; PWD=/home/{user} ; USER=root ; COMMAND={command}",
            Stamp::Syslog(at),
            4_000 + number % 20_000,
        );
    });
    let hex = command.bytes().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02X}");
        hex
    });
    pen.log.line(Source::LinuxAuditd, at, |out| {
        let _ = write!(
            out,
            "node={host} type=USER_CMD msg=audit({}:{number}): pid={} uid={rid} auid={rid} ses=3 subj=unconfined msg='cwd=\"/home/{user}\" \
             cmd={hex} exe=\"/usr/bin/sudo\" terminal=pts/{terminal} res=success'{ENRICHED}UID=\"{user}\" AUID=\"{user}\"",
            Stamp::Epoch(at),
            4_000 + number % 20_000,
        );
    });
}

/// A session opens or closes.
pub(super) fn ssh(pen: &mut Pen<'_>, host: &str, opened: bool) {
    let at = pen.at;
    let (user, rid, from) = (pen.seat.account, pen.seat.rid, Ip(pen.seat.ip));
    let process = 9_000 + pen.session(host) % 20_000;
    let port = 49_152 + pen.session(host) % 16_000;
    pen.log.line(Source::LinuxSyslog, at, |out| {
        let _ = if opened {
            write!(
                out,
                "<86>{} {host} sshd[{process}]: Accepted publickey for {user} from {from} port {port} ssh2",
                Stamp::Syslog(at)
            )
        } else {
            write!(
                out,
                "<86>{} {host} sshd[{process}]: Disconnected from user {user} {from} port {port}",
                Stamp::Syslog(at)
            )
        };
    });
    let kind = if opened { "USER_LOGIN" } else { "USER_END" };
    let number = pen.bits("audit") % 900_000;
    pen.log.line(Source::LinuxAuditd, at, |out| {
        let _ = write!(
            out,
            "node={host} type={kind} msg=audit({}:{number}): pid={process} uid=0 auid={rid} ses=3 subj=unconfined msg='op=login acct=\"{user}\" \
             exe=\"/usr/sbin/sshd\" hostname={from} addr={from} terminal=ssh res=success'{ENRICHED}UID=\"root\" AUID=\"{user}\"",
            Stamp::Epoch(at),
        );
    });
}

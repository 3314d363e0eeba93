//! The file server: Samba's `full_audit` over RFC 3164 syslog, prefix `%U|%I|%m|%S`, fields `operation|result|arguments`.

use std::fmt::Write;

use super::stamp::{Ip, Stamp};
use super::{Pen, Source};
use crate::act::FileOp;

/// One act on a share.
pub(super) fn file(pen: &mut Pen<'_>, share: &str, path: &str, op: &FileOp) {
    let (at, user, host) = (pen.at, pen.seat.account, pen.seat.host.to_lowercase());
    let (from, process) = (Ip(pen.seat.ip), 2_000 + pen.session("smbd") % 28_000);
    pen.log.line(Source::FileServer, at, |out| {
        let _ = write!(
            out,
            "<174>{} ald-fs01 smbd_audit[{process}]: {user}|{from}|{host}|{share}|",
            Stamp::Syslog(at)
        );
        let _ = match op {
            FileOp::Read => write!(out, "openat|ok|r|{path}"),
            FileOp::Write => write!(out, "openat|ok|w|{path}"),
            FileOp::Delete => write!(out, "unlinkat|ok|{path}"),
            FileOp::Rename(to) => write!(out, "renameat|ok|{path}|{to}"),
            FileOp::Denied => write!(out, "openat|fail (Permission denied)|r|{path}"),
        };
    });
}

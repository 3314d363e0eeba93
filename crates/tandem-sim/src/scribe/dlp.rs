//! The endpoint agent that watches removable media and uploads: CEF over syslog.

use std::fmt::Write;

use super::stamp::{Ip, Stamp};
use super::{Pen, Source, proxy, windows};
use crate::act::{StickStep, Visit};

/// Starts a line; the caller adds the rest of the extension.
fn open(out: &mut String, pen: (&str, &str, Ip, i64), class: &str, name: &str, severity: u8) {
    let (user, host, ip, at) = pen;
    let _ = write!(
        out,
        "<134>{} {} CEF:0|Northgate|Endpoint DLP|7.2|{class}|{name}|{severity}|rt={} externalId={:x} suser={user} shost={host} src={ip}",
        Stamp::Syslog(at),
        host.to_lowercase(),
        Stamp::Cef(at),
        at ^ i64::from(ip.0[3]),
    );
}

/// Backslashes and equal signs are escaped in CEF extensions.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('=', "\\=")
}

fn severity(label: &str) -> u8 {
    match label {
        "Strictly confidential" => 7,
        "Confidential" => 5,
        _ => 2,
    }
}

/// A stick is plugged in (also event 6416), written to, taken out.
pub(super) fn stick(pen: &mut Pen<'_>, step: &StickStep) {
    if let StickStep::Plug { serial, model } = step {
        windows::device(pen, model, serial);
    }
    let who = (pen.seat.account, pen.seat.host, Ip(pen.seat.ip), pen.at);
    let user = pen.seat.account;
    pen.log.line(Source::DlpUsb, pen.at, |out| match step {
        StickStep::Plug { serial, model } => {
            open(out, who, "DEV-100", "Removable media connected", 1);
            let _ = write!(out, " act=connect deviceExternalId={serial} cs2Label=deviceModel cs2={model} outcome=allowed");
        }
        StickStep::Copy { serial, file, size, label } => {
            open(out, who, "DEV-210", "File copied to removable media", severity(label));
            let name = file.rsplit(['\\', '/']).next().unwrap_or(file);
            let from = if file.contains('\\') { file.clone() } else { format!("C:\\Users\\{user}\\Documents\\{file}") };
            let _ = write!(
                out,
                " act=copy fname={} filePath={} fsize={size} deviceExternalId={serial} cs1Label=dataLabel cs1={label} cs3Label=destinationPath cs3=E:\\\\{} outcome=allowed",
                escaped(name),
                escaped(&from),
                escaped(name),
            );
        }
        StickStep::Unplug { serial } => {
            open(out, who, "DEV-110", "Removable media removed", 1);
            let _ = write!(out, " act=disconnect deviceExternalId={serial} outcome=allowed");
        }
    });
}

/// A file goes out through the browser: the proxy sees the request, the agent the file.
pub(super) fn upload(pen: &mut Pen<'_>, host: &str, file: &str, size: u64, label: &str) {
    let who = (pen.seat.account, pen.seat.host, Ip(pen.seat.ip), pen.at);
    let visit = Visit {
        method: "POST",
        host: host.to_owned(),
        path: "/upload".into(),
        status: 200,
        bytes: 900,
    };
    proxy::visit(pen, &visit);
    let user = pen.seat.account;
    pen.log.line(Source::DlpUsb, pen.at, |out| {
        open(out, who, "WEB-310", "File uploaded in the browser", severity(label));
        let _ = write!(
            out,
            " act=upload fname={} filePath=C:\\\\Users\\\\{user}\\\\Documents\\\\{} fsize={size} dhost={host} request=https://{host}/upload \
             out={size} cs1Label=dataLabel cs1={label} outcome=allowed",
            escaped(file),
            escaped(file),
        );
    });
}

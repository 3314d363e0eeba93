//! The VPN gateway: RFC 5424 syslog with structured data.

use std::fmt::Write;

use super::stamp::{Ip, Stamp};
use super::{Pen, Source};
use crate::act::VpnStep;

/// A session opens, closes or is refused.
pub(super) fn step(pen: &mut Pen<'_>, step: &VpnStep) {
    let at = pen.at;
    let (user, from, given) = (pen.seat.account, Ip(pen.seat.public_ip), Ip(pen.seat.ip));
    let session = pen.session("vpn") & 0xffff_ffff;
    let host = pen.company.fqdn("ald-vpn01");
    pen.log.line(Source::Vpn, at, |out| {
        let stamp = Stamp::Micros(at);
        let _ = match step {
            VpnStep::Open { country } => write!(
                out,
                "<134>1 {stamp} {host} vpnd 812 SESSION_OPEN [vpn@32473 user=\"{user}\" src=\"{from}\" country=\"{country}\" \
                 assigned=\"{given}\" session=\"{session:08x}\" auth=\"certificate+otp\"] session opened for {user} from {from}"
            ),
            VpnStep::Close { minutes, bytes } => write!(
                out,
                "<134>1 {stamp} {host} vpnd 812 SESSION_CLOSE [vpn@32473 user=\"{user}\" src=\"{from}\" session=\"{session:08x}\" \
                 duration=\"{}\" bytes_in=\"{}\" bytes_out=\"{bytes}\" reason=\"user\"] session closed for {user}",
                minutes * 60,
                bytes / 6,
            ),
            VpnStep::Refused { country } => write!(
                out,
                "<132>1 {stamp} {host} vpnd 812 AUTH_FAILED [vpn@32473 user=\"{user}\" src=\"{from}\" country=\"{country}\" \
                 reason=\"wrong one-time password\"] authentication failed for {user} from {from}"
            ),
        };
    });
}

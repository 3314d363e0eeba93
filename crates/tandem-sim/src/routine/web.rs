//! Visits on the web: what everybody reads, own favourites, and the odd thing.

use super::{Shift, seconds};
use crate::act::{Act, Visit};
use crate::company::profile::Department;
use crate::dice::Dice;
use crate::names::{AI_HOSTS, CLOUD_HOSTS, COMMON_HOSTS, JOB_HOSTS, TECH_HOSTS, WEBMAIL_HOSTS, WORDS};
use crate::scribe::DayLog;

/// The visits of a shift.
pub(crate) fn surf(log: &mut DayLog, shift: &mut Shift<'_>, share: f64) {
    let mean = shift.person.profile(shift.day).web * share;
    for _ in 0..shift.times(mean) {
        let at = shift.moment();
        let host = host(shift);
        let visit = visit(&mut shift.dice, host);
        shift.act(log, at, &Act::Web(visit));
    }
    let habits = shift.person.habits;
    for (chance, hosts) in [
        (habits.webmail, &WEBMAIL_HOSTS[..]),
        (habits.jobs, &JOB_HOSTS[..]),
        (0.012, &CLOUD_HOSTS[..]),
    ] {
        if shift.dice.chance(chance * share) {
            let own = shift.person.id() as usize;
            let host = hosts.get(own % hosts.len().max(1)).copied().unwrap_or_default();
            let mut at = shift.moment();
            for _ in 0..=shift.dice.below(3) {
                shift.act(log, at, &Act::Web(closed(&mut shift.dice.clone(), host)));
                at += seconds(shift.dice.between(20, 200));
            }
        }
    }
    if shift.dice.chance(habits.assistant * share) {
        let host = AI_HOSTS
            .get(shift.person.id() as usize % AI_HOSTS.len())
            .copied()
            .unwrap_or_default();
        for _ in 0..=shift.dice.below(3) {
            let at = shift.moment();
            let bytes = shift.dice.spread(14_000.0, 0.8) as u64;
            let visit = Visit {
                method: "POST",
                host: host.into(),
                path: "/backend/conversation".into(),
                status: 200,
                bytes,
            };
            shift.act(log, at, &Act::Web(visit));
        }
    }
}

/// A site: common ones, a few of one's own, those of the trade, seldom a new one.
fn host(shift: &mut Shift<'_>) -> String {
    let technical = matches!(
        shift.person.role_on(shift.day).department,
        Department::Engineering | Department::It
    );
    let trade = if technical { 0.34 } else { 0.02 };
    let draw = shift.dice.unit();
    if draw < trade {
        let at = shift.dice.rank(TECH_HOSTS.len());
        TECH_HOSTS.get(at).copied().unwrap_or_default().into()
    } else if draw < 0.72 {
        let at = shift.dice.rank(COMMON_HOSTS.len());
        COMMON_HOSTS.get(at).copied().unwrap_or_default().into()
    } else if draw < 0.965 {
        let n = shift.dice.rank(10) as u64;
        niche(&mut shift.company.dice("favourite site", shift.person.id(), n))
    } else {
        niche(&mut shift.dice)
    }
}

fn niche(dice: &mut Dice) -> String {
    let (a, b) = (dice.word(&WORDS), dice.word(&WORDS));
    format!("www.{a}-{b}.example")
}

/// A usual visit: half of them stay closed to the proxy.
pub(crate) fn visit(dice: &mut Dice, host: String) -> Visit {
    if dice.chance(0.5) {
        return closed(dice, &host);
    }
    let path = format!("/{}/{}", dice.word(&WORDS), dice.below(400));
    let status = if dice.chance(0.012) { 403 } else { 200 };
    let bytes = if status == 403 {
        3_900
    } else {
        dice.spread(38_000.0, 1.2) as u64
    };
    Visit {
        method: "GET",
        host,
        path,
        status,
        bytes,
    }
}

/// A tunnel through the proxy.
pub(crate) fn closed(dice: &mut Dice, host: &str) -> Visit {
    let bytes = dice.spread(60_000.0, 1.3) as u64;
    Visit {
        method: "CONNECT",
        host: host.into(),
        path: String::new(),
        status: 200,
        bytes,
    }
}

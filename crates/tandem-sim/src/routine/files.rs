//! Files on shares.

use super::{Shift, seconds};
use crate::act::{Act, FileOp};
use crate::company::profile::Department as D;
use crate::paths::{department_doc, usual_doc};
use crate::scribe::DayLog;

/// Reads, writes, and the rare rename, delete or locked door of a shift.
pub(crate) fn files(log: &mut DayLog, shift: &mut Shift<'_>, share: f64) {
    let profile = shift.person.profile(shift.day);
    let acts = [(profile.read, false), (profile.write, true)];
    for (mean, writes) in acts {
        for _ in 0..shift.times(mean * share) {
            let at = shift.moment();
            let doc = usual_doc(shift.company, shift.person, shift.day, &mut shift.dice);
            let op = if writes { FileOp::Write } else { FileOp::Read };
            shift.act(
                log,
                at,
                &Act::File {
                    share: doc.share.clone(),
                    path: doc.path.clone(),
                    op,
                },
            );
            if writes && shift.dice.chance(0.08) {
                let op = if shift.dice.chance(0.5) {
                    FileOp::Delete
                } else {
                    FileOp::Rename(format!("{}.old", doc.path))
                };
                shift.act(
                    log,
                    at + seconds(45),
                    &Act::File {
                        share: doc.share,
                        path: doc.path,
                        op,
                    },
                );
            }
        }
    }
    if shift.dice.chance(0.02 * share) {
        wrong_door(log, shift);
    }
}

/// Somebody tries a share that is not theirs.
fn wrong_door(log: &mut DayLog, shift: &mut Shift<'_>) {
    let others = [
        D::Sales,
        D::Finance,
        D::Hr,
        D::Engineering,
        D::It,
        D::Legal,
        D::Procurement,
        D::Executive,
    ];
    let own = shift.person.role_on(shift.day).department;
    let other = shift
        .dice
        .pick(&others)
        .copied()
        .filter(|d| *d != own)
        .unwrap_or(D::Legal);
    let at = shift.moment();
    for n in 0..=shift.dice.below(2) {
        let which = shift.dice.rank(300);
        let doc = department_doc(shift.company, other, which);
        shift.act(
            log,
            at + seconds(n as i64 * 9),
            &Act::File {
                share: doc.share,
                path: doc.path,
                op: FileOp::Denied,
            },
        );
    }
}

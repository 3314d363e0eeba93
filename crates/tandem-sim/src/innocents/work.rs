//! Odd amounts and odd objects: hand-overs, new posts, audits, campaigns.

use tandem_domain::Day;

use super::{begin, some_day, workdays};
use crate::act::{Act, CloudItem, ErpEntry, FileOp};
use crate::company::profile::{Department as D, Work};
use crate::company::roles::Level;
use crate::company::{Company, Leaving, is_employee, role};
use crate::paths::{Doc, department_doc, public_doc, usual_doc};
use crate::plot::Plot;
use crate::routine::erp::work;
use crate::stories::craft::{at_a_desk, erp, read, refused};

/// Leaves, and copies the own work for the successor, as agreed.
pub(super) fn approved_handover(company: &mut Company, plot: &mut Plot) {
    let fits = |title: &str| {
        matches!(
            title,
            "Logistics Planner" | "Sales Representative" | "Buyer" | "Product Designer" | "Test Engineer"
        )
    };
    let Some(who) = company.choose("innocent: handover", |p| at_a_desk(p) && fits(p.role.title)) else {
        return;
    };
    let known = some_day(company, "innocent: handover", 24);
    let last = known.plus(25);
    company.edit(who, |p| p.leave = Some(Leaving { last, known, late: 0 }));
    let mut s = begin(company, plot, who, "approved_handover", (known, last));
    let agreed = known.plus(8);
    s.fact(
        agreed,
        "approved_handover",
        (agreed, Some(last)),
        "copies of the own work for the successor",
    );
    s.fact(agreed, "ticket", (agreed, Some(last)), "hand-over folder");
    let account = s.person().account.clone();
    for n in 0..3 {
        let day = s.workday(agreed.plus(1), n);
        s.during(day, 0.3);
        for _ in 0..s.dice.between(30, 60) {
            let person = s.company.person(s.who);
            let doc = usual_doc(s.company, person, day, &mut s.dice);
            let name = format!("Hand-over/{account}/{}", doc.name());
            s.act(Act::File {
                share: doc.share.clone(),
                path: doc.path.clone(),
                op: FileOp::Read,
            });
            s.act(Act::File {
                share: doc.share,
                path: name,
                op: FileOp::Write,
            });
        }
    }
    s.note("Notice, then an agreed hand-over on file with a ticket: three days of copying the own documents to a hand-over folder.");
}

/// Changes post and learns the new department's shares.
pub(super) fn new_role(company: &mut Company, plot: &mut Plot) {
    let Some(who) = company.choose("innocent: new role", |p| {
        at_a_desk(p) && p.role.title == "Service Agent"
    }) else {
        return;
    };
    let day = some_day(company, "innocent: new role", 16);
    company.edit(who, |p| p.moved = Some((day, role("Buyer"))));
    let mut s = begin(company, plot, who, "new_role", (day, day.plus(14)));
    for n in 0..6 {
        let day = s.workday(day, n);
        s.during(day, 0.35);
        let docs: Vec<Doc> = (0..s.dice.between(10, 24))
            .map(|_| department_doc(s.company, D::Procurement, s.dice.rank(400)))
            .collect();
        read(&mut s, &docs, (20, 200));
    }
    s.note("From customer service to procurement (a role change on file): new group, new share, new parts of the ERP, much reading.");
}

/// Gives notice and simply goes on working until the last day.
pub(super) fn honest_leaver(company: &mut Company, plot: &mut Plot) {
    let fits = |p: &crate::company::Person| at_a_desk(p) && is_employee(p) && p.role.level == Level::Staff;
    let Some(who) = company.choose("innocent: leaver", fits) else {
        return;
    };
    let known = some_day(company, "innocent: leaver", 36);
    let last = known.plus(32);
    company.edit(who, |p| p.leave = Some(Leaving { last, known, late: 0 }));
    let odd = workdays(company, who, known, known.plus(10));
    let mut s = begin(company, plot, who, "honest_leaver", (known, last));
    s.odd(odd).note("Notice given, nothing else.");
}

/// Joins and looks around.
pub(super) fn new_joiner(company: &mut Company, plot: &mut Plot) {
    let (quiet, end) = (company.plan.quiet_until(), company.calendar.end());
    let new = |p: &&crate::company::Person| {
        !p.cast && at_a_desk(p) && p.join >= quiet.plus(-14) && p.join < end.plus(-12)
    };
    let Some(who) = company.people.iter().find(new).map(|p| p.ix) else {
        return;
    };
    let join = company.person(who).join;
    let mut s = begin(company, plot, who, "new_joiner", (join, join.plus(14)));
    let department = s.person().role.department;
    for n in 0..8 {
        let day = s.workday(join, n);
        s.during(day, 0.5);
        let docs: Vec<Doc> = (0..s.dice.between(8, 20))
            .map(|_| {
                if s.dice.chance(0.4) {
                    public_doc(s.company, s.dice.below(120))
                } else {
                    department_doc(s.company, department, s.dice.rank(500))
                }
            })
            .collect();
        read(&mut s, &docs, (15, 120));
        let other = if department == D::Finance {
            D::Sales
        } else {
            D::Finance
        };
        let docs: Vec<Doc> = (0..s.dice.below(5))
            .map(|_| department_doc(s.company, other, s.dice.below(200)))
            .collect();
        refused(&mut s, &docs);
    }
    s.note("A new joiner explores: many documents for the first time, a few closed doors.");
}

/// Audits what is confidential, with a project to show for it.
pub(super) fn auditor(company: &mut Company, plot: &mut Plot) {
    let Some(who) = company.choose("innocent: auditor", |p| {
        at_a_desk(p) && p.role.title == "Internal Auditor"
    }) else {
        return;
    };
    let from = some_day(company, "innocent: auditor", 20);
    let mut s = begin(company, plot, who, "auditor", (from, from.plus(18)));
    s.fact(
        from.plus(-5),
        "approved_project",
        (from, Some(from.plus(20))),
        "audit of payroll and payments",
    );
    for n in [0, 1, 2, 3, 5, 6, 8, 9] {
        let day = s.workday(from, n);
        let share = 0.1 + s.dice.unit() * 0.3;
        s.during(day, share);
        let places = [D::Finance, D::Hr, D::Legal];
        let docs: Vec<Doc> = (0..s.dice.between(20, 45))
            .map(|_| department_doc(s.company, places[s.dice.below(3)], s.dice.below(900)))
            .collect();
        read(&mut s, &docs, (10, 90));
        for _ in 0..s.dice.between(15, 30) {
            let kind = [
                Work::PayrollView,
                Work::EmployeeView,
                Work::LedgerView,
                Work::InvoiceView,
            ][s.dice.below(4)];
            let person = s.company.person(s.who);
            let entry = work(s.company, person, day, kind, &mut s.dice);
            erp(
                &mut s,
                ErpEntry {
                    reason: Some("AUD-2026-04".into()),
                    ..entry
                },
            );
            s.wait(20, 120);
        }
    }
    s.note("An approved audit on file: hundreds of confidential records and documents in two weeks, each look-up with the audit's number.");
}

/// Sends big files of a campaign to the printer's portal.
pub(super) fn portal_uploads(company: &mut Company, plot: &mut Plot) {
    let fits = |title: &str| matches!(title, "Campaign Manager" | "Graphic Designer");
    let Some(who) = company.choose("innocent: portal", |p| at_a_desk(p) && fits(p.role.title)) else {
        return;
    };
    let from = some_day(company, "innocent: portal", 10);
    let mut s = begin(company, plot, who, "portal_uploads", (from, from.plus(8)));
    s.fact(
        from.plus(-12),
        "approved_project",
        (from.plus(-12), Some(from.plus(14))),
        "autumn campaign with Brightpress",
    );
    for n in [0, 1, 3, 4] {
        let day = s.workday(from, n);
        s.during(day, 0.6);
        for k in 0..s.dice.between(5, 11) {
            let size = s.dice.between(120, 900) as u64 * 1_000_000;
            let label = if s.dice.chance(0.5) { "Public" } else { "Internal" };
            s.act(Act::Upload {
                host: "portal.brightpress.example".into(),
                file: format!("campaign-{n}-{k}.tif"),
                size,
                label,
            });
            s.wait(60, 500);
        }
        let item = CloudItem::Share {
            operation: "SharingInvitationCreated",
            site: "Marketing".into(),
            name: format!("campaign-{n}.pdf"),
            with: "studio@brightpress.example".into(),
        };
        s.act(Act::Saas(item));
    }
    s.note("Gigabytes to a partner's portal for an approved campaign; public and internal labels only.");
}

/// Lives on sticks, always has.
pub(super) fn sticks_all_day(company: &mut Company, plot: &mut Plot) {
    for kind in ["Photographer", "Field Engineer"] {
        let Some(who) = company.choose(&format!("innocent: sticks {kind}"), |p| {
            at_a_desk(p) && p.role.title == kind
        }) else {
            continue;
        };
        let (quiet, end) = (company.plan.quiet_until(), company.calendar.end());
        let odd = workdays(company, who, quiet, end);
        let mut s = begin(company, plot, who, "sticks_all_day", (quiet, quiet));
        s.odd(odd)
            .note("Copies to sticks every other day, from the first day on, like everybody in this role.");
    }
}

/// Was passed over for promotion, and takes it calmly.
pub(super) fn calm_after_refusal(company: &mut Company, plot: &mut Plot) {
    for n in 0..2 {
        let fits =
            |p: &crate::company::Person| at_a_desk(p) && is_employee(p) && p.role.level == Level::Staff;
        let Some(who) = company.choose(&format!("innocent: refusal {n}"), fits) else {
            return;
        };
        let day: Day = some_day(company, &format!("innocent: refusal {n}"), 20);
        let odd = workdays(company, who, day, day.plus(12));
        for later in &odd {
            company.change(who, *later).pace = Some(0.85);
        }
        let mut s = begin(company, plot, who, "calm_after_refusal", (day, day.plus(12)));
        s.fact(day, "denied_promotion", (day, Some(day.plus(90))), "");
        s.odd(odd)
            .note("A promotion was denied; works a little less for two weeks and does nothing unusual.");
    }
}

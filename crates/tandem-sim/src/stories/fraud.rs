//! Money: invoices to a changed account, a payroll that pays its own keeper.

use tandem_domain::{Day, Motive, Stage, Threat};

use super::craft::{at_a_desk, begin, erp};
use crate::act::{Act, ErpEntry};
use crate::company::Company;
use crate::plot::{Plot, Script, clock};
use crate::routine::erp::LIMIT;
use crate::routine::services::{payment, service};
use crate::seat::Post;

fn simple(action: &'static str, object: String, label: &'static str) -> ErpEntry {
    ErpEntry {
        action,
        object,
        label,
        rows: 1,
        ..ErpEntry::default()
    }
}

/// A clerk turns sleeping vendors into own accounts and approves invoices that nobody else looks at.
pub(super) fn invoice_fraud(company: &mut Company, plot: &mut Plot, start: Day) {
    let Some(who) = company.choose("story: invoices", |p| {
        at_a_desk(p) && p.role.title == "Accounts Payable Clerk"
    }) else {
        return;
    };
    let first = company.nth_workday(company.person(who), start, 0);
    let title = "A clerk pays own accounts through sleeping vendors";
    let mut s = begin(
        company,
        plot,
        who,
        ("invoice_fraud", title),
        (Threat::Fraud, Motive::Money),
        (first, first.plus(33)),
    );
    s.uses("svc-erp-batch");
    let mut sleeping: Vec<String> = s
        .company
        .vendors
        .iter()
        .filter(|v| v.dormant)
        .map(|v| v.id.clone())
        .collect();
    s.dice.shuffle(&mut sleeping);
    for n in 0..2 {
        let day = s.workday(first, n);
        s.stay(day, clock(19, 30))
            .at(day, clock(18, 40))
            .from(Post::Office)
            .stage(Stage::Preparation);
        for vendor in sleeping.iter().skip(n).take(7) {
            erp(&mut s, simple("vendor.view", vendor.clone(), "Internal"));
            s.wait(30, 160);
        }
    }
    let used: Vec<String> = sleeping.into_iter().take(2).collect();
    for (n, vendor) in [3, 5].into_iter().zip(&used) {
        let day = s.workday(first, n);
        s.stay(day, clock(20, 20)).at(day, clock(19, 45));
        bank_change(&mut s, vendor);
    }
    let count = s.dice.between(6, 9) as usize;
    for n in 0..count {
        let vendor = used.get(n % used.len().max(1)).cloned().unwrap_or_default();
        invoice(&mut s, first, 6 + n * 12 / count, vendor);
    }
    s.harm_done();
    let day = s.workday(first, 20);
    s.by(who)
        .stay(day, clock(20, 0))
        .at(day, clock(19, 20))
        .from(Post::Office)
        .stage(Stage::AntiForensics);
    for vendor in &used {
        bank_change(&mut s, vendor);
    }
    s.note(
        "ERP audit only, like most fraud: late looks at sleeping vendors, bank details changed after hours without request or second person, \
         then invoices a little below the limit of 10,000 made and approved by the same account and paid by the nightly run; details changed \
         back at the end. The badge shows the late evenings.",
    );
}

fn bank_change(s: &mut Script<'_>, vendor: &str) {
    let iban = format!("XX{:02}****{:04}", s.dice.below(90), s.dice.below(10_000));
    let contact = vec![("field", "contact".to_owned())];
    erp(
        s,
        ErpEntry {
            more: contact,
            ..simple("vendor.update", vendor.to_owned(), "Internal")
        },
    );
    let more = vec![
        ("field", "iban".to_owned()),
        ("new_value", iban),
        ("confirmed_by", String::new()),
    ];
    s.wait(20, 90);
    erp(
        s,
        ErpEntry {
            more,
            ..simple("vendor.bank_change", vendor.to_owned(), "Internal")
        },
    );
}

/// One false invoice: made, approved by its maker, paid in the night after.
fn invoice(s: &mut Script<'_>, first: Day, n: usize, vendor: String) {
    let who = s.who;
    let day = s.workday(first, n);
    let share = 0.3 + s.dice.unit() * 0.3;
    let object = format!("INV-{}", 590_000 + s.dice.below(9_000));
    let amount = LIMIT - s.dice.between(1_500, 38_000);
    let account = s.person().account.clone();
    s.by(who)
        .from(Post::Usual)
        .during(day, share)
        .stage(Stage::Infringement);
    let made = ErpEntry {
        amount: Some(amount),
        more: vec![("vendor", vendor.clone())],
        ..simple("invoice.create", object.clone(), "Confidential")
    };
    erp(s, made);
    s.stay(day, clock(19, 20))
        .at(day, clock(18, 35))
        .from(Post::Office);
    let more = vec![("vendor", vendor.clone()), ("created_by", account)];
    erp(
        s,
        ErpEntry {
            amount: Some(amount),
            more,
            ..simple("invoice.approve", object.clone(), "Confidential")
        },
    );
    let mut night = day.plus(1);
    while night.is_weekend() {
        night = night.plus(1);
    }
    s.from(Post::Service(service("svc-erp-batch")))
        .at(night, clock(4, 20));
    erp(s, payment(object, vendor, amount));
}

/// A payroll officer in need pays overtime nobody worked and wakes the record of somebody who has left.
pub(super) fn payroll_manipulation(company: &mut Company, plot: &mut Plot, start: Day) {
    let Some(who) = company.choose("story: payroll", |p| {
        at_a_desk(p) && p.role.title == "Payroll Officer"
    }) else {
        return;
    };
    let first = company.nth_workday(company.person(who), start, 0);
    let title = "A payroll officer pays overtime that nobody worked";
    let mut s = begin(
        company,
        plot,
        who,
        ("payroll_manipulation", title),
        (Threat::Fraud, Motive::Money),
        (first, first.plus(33)),
    );
    s.uses("svc-erp-batch");
    let own = s.person().key.clone();
    // A record from before the simulated time: somebody who left last year.
    let ghost = format!("E{}", 9_100 + s.dice.below(900));
    let strict = "Strictly confidential";
    for n in [0, 1, 3] {
        let day = s.workday(first, n);
        s.stay(day, clock(19, 30))
            .at(day, clock(18, 30))
            .from(Post::Office)
            .stage(Stage::Preparation);
        for object in [own.clone(), ghost.clone(), own.clone()] {
            erp(&mut s, simple("payroll.view", object, strict));
            s.wait(60, 300);
        }
        erp(&mut s, simple("employee.view", ghost.clone(), "Confidential"));
    }
    let day = s.workday(first, 4);
    s.stay(day, clock(20, 10))
        .at(day, clock(19, 25))
        .stage(Stage::Infringement);
    change(&mut s, &ghost, "bank_account", None);
    for n in [6, 8, 11, 13, 15] {
        let day = s.workday(first, n);
        s.by(who)
            .stay(day, clock(20, 10))
            .at(day, clock(18, 55))
            .from(Post::Office);
        let (mine, ghosts) = (s.dice.between(28_000, 82_000), s.dice.between(110_000, 190_000));
        change(&mut s, &own, "overtime", Some(mine));
        if n % 2 == 1 {
            change(&mut s, &ghost, "bonus", Some(ghosts));
        }
    }
    let run = s.workday(first, 17);
    s.from(Post::Service(service("svc-erp-batch")))
        .at(run, clock(4, 40));
    for object in [own.clone(), ghost.clone()] {
        let amount = Some(s.dice.between(200_000, 460_000));
        s.act(Act::Erp(ErpEntry {
            amount,
            ..simple("payroll.pay", object, strict)
        }));
    }
    s.harm_done();
    s.note(
        "ERP audit: after-hours looks at the own record and at that of a former colleague, whose bank account is then changed; five evenings \
         of overtime and bonus entries on both without request or second person; the payroll run pays them.",
    );
}

fn change(s: &mut Script<'_>, object: &str, field: &str, amount: Option<i64>) {
    let more = vec![("field", field.to_owned()), ("confirmed_by", String::new())];
    erp(
        s,
        ErpEntry {
            amount,
            more,
            ..simple("payroll.change", object.to_owned(), "Strictly confidential")
        },
    );
    s.wait(30, 200);
}

//! Work in the ERP application.

use tandem_domain::Day;

use super::Shift;
use crate::act::{Act, ErpEntry};
use crate::company::profile::Work;
use crate::company::{Company, Person};
use crate::dice::Dice;
use crate::scribe::DayLog;

/// Invoices above this (cents) need a controller.
pub(crate) const LIMIT: i64 = 1_000_000;

/// The entries of a shift.
pub(crate) fn entries(log: &mut DayLog, shift: &mut Shift<'_>, share: f64) {
    for (kind, mean) in shift.person.profile(shift.day).erp {
        for _ in 0..shift.times(mean * share) {
            let at = shift.moment();
            let entry = work(shift.company, shift.person, shift.day, *kind, &mut shift.dice);
            shift.act(log, at, &Act::Erp(entry));
        }
    }
}

/// An ordinary entry of that kind.
pub(crate) fn work(company: &Company, person: &Person, day: Day, kind: Work, dice: &mut Dice) -> ErpEntry {
    match kind {
        Work::CustomerView => customer_view(company, person, dice),
        Work::CustomerSearch => simple(
            "customer.search",
            "customers",
            "Internal",
            1 + dice.rank(60) as u32,
        ),
        Work::CustomerExport => simple(
            "customer.export",
            "customers",
            "Internal",
            10 + dice.rank(120) as u32,
        ),
        Work::CaseOpen => simple(
            "case.create",
            &format!("CASE-{}", case_number(day, dice)),
            "Internal",
            1,
        ),
        Work::CreditCreate | Work::CreditApprove => credit(company, person, kind, dice),
        Work::OrderCreate => order("order.create", dice),
        Work::OrderView => order("order.view", dice),
        Work::ShipmentUpdate => order("shipment.update", dice),
        Work::StockView => simple(
            "stock.view",
            &format!("ITEM-{}", 100 + dice.rank(800)),
            "Internal",
            1,
        ),
        Work::InvoiceCreate | Work::InvoiceApprove | Work::InvoiceView => {
            invoice(company, person, kind, dice)
        }
        Work::VendorView | Work::VendorUpdate | Work::VendorBank => vendor(company, person, kind, dice),
        Work::LedgerPost => simple(
            "ledger.post",
            &format!("ACC-{}", 1_000 + dice.rank(400)),
            "Confidential",
            1,
        ),
        Work::LedgerView => simple(
            "ledger.view",
            &format!("ACC-{}", 1_000 + dice.rank(400)),
            "Confidential",
            1,
        ),
        Work::EmployeeView | Work::EmployeeUpdate => employee(company, kind, dice),
        Work::PayrollView | Work::PayrollChange => payroll(company, person, kind, day, dice),
        Work::ContractView => simple(
            "contract.view",
            &format!("CON-{}", 300 + dice.rank(500)),
            "Confidential",
            1,
        ),
    }
}

fn simple(action: &'static str, object: &str, label: &'static str, rows: u32) -> ErpEntry {
    ErpEntry {
        action,
        object: object.to_owned(),
        label,
        rows,
        ..ErpEntry::default()
    }
}

fn case_number(day: Day, dice: &mut Dice) -> i64 {
    i64::from(day.0) * 10 + dice.between(0, 400)
}

fn order(action: &'static str, dice: &mut Dice) -> ErpEntry {
    let amount = (action == "order.create").then(|| dice.spread(240_000.0, 1.0) as i64);
    ErpEntry {
        amount,
        ..simple(
            action,
            &format!("ORD-{}", 60_000 + dice.below(9_000)),
            "Internal",
            1,
        )
    }
}

/// A look at a customer: sellers look at their own, service at whoever calls. Records of the well known are labelled, and
/// like all others they are looked at for a case or an order.
fn customer_view(company: &Company, person: &Person, dice: &mut Dice) -> ErpEntry {
    let count = company.customers.len();
    let own = |n: usize| (person.ix * 11 + n * 37) % count.max(1);
    let n = if person.role.department == crate::company::profile::Department::Sales && dice.chance(0.92) {
        own(dice.rank(24))
    } else {
        dice.below(count)
    };
    let Some(customer) = company.customers.get(n) else {
        return ErpEntry::default();
    };
    let label = if customer.vip { "Confidential" } else { "Internal" };
    // The caller's case; now and then nobody writes it down.
    let reason = dice
        .chance(0.93)
        .then(|| format!("CASE-{}", 200_000 + dice.below(60_000)));
    ErpEntry {
        reason,
        name: customer.name.clone(),
        ..simple("customer.view", &customer.id, label, 1)
    }
}

fn invoice(company: &Company, person: &Person, kind: Work, dice: &mut Dice) -> ErpEntry {
    let amount = dice.spread(190_000.0, 1.05).clamp(2_000.0, 40_000_000.0) as i64;
    let active: Vec<_> = company.vendors.iter().filter(|v| !v.dormant).collect();
    let vendor = dice.pick(&active).map_or_else(String::new, |v| v.id.clone());
    let object = format!("INV-{}", 500_000 + dice.below(90_000));
    let action = match kind {
        Work::InvoiceCreate => "invoice.create",
        Work::InvoiceApprove => "invoice.approve",
        _ => "invoice.view",
    };
    let mut more = vec![("vendor", vendor)];
    let mut amount = amount;
    if kind == Work::InvoiceApprove {
        let controller = person.role.title == "Controller";
        amount = if controller {
            amount.max(LIMIT)
        } else {
            amount.min(LIMIT - 100 - dice.between(0, 400_000))
        };
        let others: Vec<&Person> = company
            .people
            .iter()
            .filter(|p| p.role.title == "Accounts Payable Clerk" && p.ix != person.ix)
            .collect();
        let by = dice
            .pick(&others)
            .map_or_else(|| "svc-erp-batch".to_owned(), |p| p.account.clone());
        more.push(("created_by", by));
    }
    ErpEntry {
        amount: Some(amount),
        more,
        ..simple(action, &object, "Confidential", 1)
    }
}

fn credit(company: &Company, person: &Person, kind: Work, dice: &mut Dice) -> ErpEntry {
    let amount = Some(dice.spread(6_500.0, 0.8) as i64);
    let object = format!("CRED-{}", 8_000 + dice.below(1_900));
    if kind == Work::CreditCreate {
        return ErpEntry {
            amount,
            ..simple("credit.create", &object, "Internal", 1)
        };
    }
    let agents: Vec<&Person> = company
        .people
        .iter()
        .filter(|p| p.role.title == "Service Agent" && p.ix != person.ix)
        .collect();
    let by = dice.pick(&agents).map_or_else(String::new, |p| p.account.clone());
    ErpEntry {
        amount,
        more: vec![("created_by", by)],
        ..simple("credit.approve", &object, "Internal", 1)
    }
}

fn vendor(company: &Company, person: &Person, kind: Work, dice: &mut Dice) -> ErpEntry {
    let Some(vendor) = company.vendors.get(dice.rank(company.vendors.len())) else {
        return ErpEntry::default();
    };
    let action = match kind {
        Work::VendorUpdate => "vendor.update",
        Work::VendorBank => "vendor.bank_change",
        _ => "vendor.view",
    };
    let mut more = Vec::new();
    let mut reason = None;
    if kind == Work::VendorBank {
        let others: Vec<&Person> = company
            .people
            .iter()
            .filter(|p| p.role.department == person.role.department && p.ix != person.ix && !p.cast)
            .collect();
        more.push(("field", "iban".to_owned()));
        more.push((
            "new_value",
            format!("XX{:02}****{:04}", dice.below(90), dice.below(10_000)),
        ));
        more.push((
            "confirmed_by",
            dice.pick(&others).map_or_else(String::new, |p| p.account.clone()),
        ));
        reason = Some(format!("REQ-{}", 7_000 + dice.below(2_000)));
    } else if kind == Work::VendorUpdate {
        more.push((
            "field",
            dice.word(&["contact", "address", "payment_terms", "phone"])
                .to_owned(),
        ));
    }
    ErpEntry {
        reason,
        more,
        name: vendor.name.clone(),
        ..simple(action, &vendor.id, "Internal", 1)
    }
}

fn employee(company: &Company, kind: Work, dice: &mut Dice) -> ErpEntry {
    let who = dice
        .pick(&company.people)
        .map_or_else(String::new, |p| p.key.clone());
    let (action, label) = match kind {
        Work::EmployeeUpdate => ("employee.update", "Confidential"),
        _ => ("employee.view", "Confidential"),
    };
    let reason = dice
        .chance(0.85)
        .then(|| format!("HR-{}", 3_000 + dice.below(4_000)));
    ErpEntry {
        reason,
        ..simple(action, &who, label, 1)
    }
}

/// Payroll is busiest between the 18th and the 25th.
fn payroll(company: &Company, person: &Person, kind: Work, day: Day, dice: &mut Dice) -> ErpEntry {
    let others: Vec<&Person> = company.people.iter().filter(|p| p.ix != person.ix).collect();
    let who = dice.pick(&others).map_or_else(String::new, |p| p.key.clone());
    let month_end = (18..=25).contains(&crate::calendar::date(day).day());
    if kind == Work::PayrollView || (!month_end && dice.chance(0.5)) {
        return simple("payroll.view", &who, "Strictly confidential", 1);
    }
    let more = vec![
        (
            "field",
            dice.word(&["overtime", "bonus", "tax_class", "address", "bank_account"])
                .to_owned(),
        ),
        (
            "confirmed_by",
            dice.pick(&others).map_or_else(String::new, |p| p.account.clone()),
        ),
    ];
    let amount = Some(dice.spread(18_000.0, 0.7) as i64);
    let reason = Some(format!("HR-{}", 3_000 + dice.below(4_000)));
    ErpEntry {
        reason,
        amount,
        more,
        ..simple("payroll.change", &who, "Strictly confidential", 1)
    }
}

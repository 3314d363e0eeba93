//! What programmes do by themselves, every night alike.

use tandem_domain::Day;

use super::{minutes, seconds};
use crate::act::{Act, CloudItem, ErpEntry, FileOp, Letter, LogonKind, Seat};
use crate::company::{Company, SERVICES};
use crate::dice::Dice;
use crate::scribe::{DayLog, perform};

/// Position of a service account.
pub(crate) fn service(account: &str) -> usize {
    SERVICES.iter().position(|s| s.account == account).unwrap_or(0)
}

struct Night<'a> {
    company: &'a Company,
    day: Day,
    dice: Dice,
    service: usize,
    at: i64,
}

impl Night<'_> {
    /// Starts a job of a service at that minute of the UTC day.
    fn start(&mut self, account: &str, minute: i64) {
        self.service = service(account);
        self.at = self.day.start().0 + minutes(minute) + seconds(self.dice.between(1, 40));
    }

    fn act(&mut self, log: &mut DayLog, act: &Act) {
        let seat = Seat::service(self.service);
        perform(self.company, log, &seat, self.at, act);
        self.at += seconds(self.dice.between(2, 20)) + self.dice.between(0, 999_999);
    }
}

/// The jobs of a UTC day.
pub(crate) fn day(company: &Company, log: &mut DayLog, day: Day) {
    let dice = company.dice("services", 0, day.0 as u64);
    let mut night = Night {
        company,
        day,
        dice,
        service: 0,
        at: 0,
    };
    backup(log, &mut night);
    payments(log, &mut night);
    salaries(log, &mut night);
    monitoring(log, &mut night);
    reports(log, &mut night);
    if !day.is_weekend() {
        builds(log, &mut night);
    }
    if day.weekday() == 1 {
        patches(log, &mut night);
    }
    archive(log, &mut night);
}

/// Shares that are saved.
pub(crate) const SAVED: [&str; 12] = [
    "Sales",
    "Finance",
    "HR",
    "Engineering",
    "IT",
    "Legal",
    "Service",
    "Logistics",
    "Procurement",
    "Marketing",
    "Executive",
    "Projects",
];

fn backup(log: &mut DayLog, night: &mut Night<'_>) {
    night.start("svc-backup", 70);
    night.act(log, &Act::LogOn(LogonKind::Service));
    let command = format!(
        "wbadmin.exe start backup -backupTarget:D:\\Backups\\{}",
        night.day
    );
    night.act(
        log,
        &Act::ServerProcess {
            host: "ALD-BKP01",
            image: "C:\\Windows\\System32\\wbadmin.exe",
            command,
        },
    );
    let old = night.day.plus(-30);
    for share in SAVED {
        night.act(
            log,
            &Act::File {
                share: share.into(),
                path: format!(".snapshot/{}.list", night.day),
                op: FileOp::Read,
            },
        );
        night.act(
            log,
            &Act::File {
                share: "Backups".into(),
                path: format!("{}/{share}.vbk", night.day),
                op: FileOp::Write,
            },
        );
        night.at += seconds(night.dice.between(60, 400));
        night.act(
            log,
            &Act::File {
                share: "Backups".into(),
                path: format!("{old}/{share}.vbk"),
                op: FileOp::Delete,
            },
        );
    }
}

fn payments(log: &mut DayLog, night: &mut Night<'_>) {
    if night.day.is_weekend() {
        return;
    }
    night.start("svc-erp-batch", 125);
    night.act(log, &Act::LogOn(LogonKind::Batch));
    let active: Vec<&str> = night
        .company
        .vendors
        .iter()
        .filter(|v| !v.dormant)
        .map(|v| v.id.as_str())
        .collect();
    let count = night.company.plan.people as usize / 20 + night.dice.below(6);
    for _ in 0..count {
        let vendor = night
            .dice
            .pick(&active)
            .map_or_else(String::new, |v| (*v).to_owned());
        let object = format!("INV-{}", 500_000 + night.dice.below(90_000));
        let amount = night.dice.spread(190_000.0, 1.05) as i64;
        night.act(log, &Act::Erp(payment(object, vendor, amount)));
    }
}

/// A payment made by the nightly run.
pub(crate) fn payment(object: String, vendor: String, amount: i64) -> ErpEntry {
    ErpEntry {
        action: "invoice.pay",
        object,
        label: "Confidential",
        amount: Some(amount),
        more: vec![("vendor", vendor)],
        ..ErpEntry::default()
    }
}

/// Salaries, on the last working day of the month.
fn salaries(log: &mut DayLog, night: &mut Night<'_>) {
    let month = |day: Day| crate::calendar::date(day).month();
    let next = (1..5)
        .map(|n| night.day.plus(n))
        .find(|day| !day.is_weekend())
        .unwrap_or(night.day);
    if night.day.is_weekend() || month(next) == month(night.day) {
        return;
    }
    night.start("svc-erp-batch", 180);
    let (company, today) = (night.company, night.day);
    for person in company
        .people
        .iter()
        .filter(|p| p.employed(today) && crate::company::is_employee(p))
    {
        let amount = Some(night.dice.spread(310_000.0, 0.3) as i64);
        let object = person.key.clone();
        let entry = ErpEntry {
            action: "payroll.pay",
            object,
            label: "Strictly confidential",
            rows: 1,
            amount,
            ..ErpEntry::default()
        };
        night.act(log, &Act::Erp(entry));
    }
}

fn monitoring(log: &mut DayLog, night: &mut Night<'_>) {
    for hour in [0, 6, 12, 18] {
        for (n, host) in ["ald-jump01", "ald-git01", "ald-db01", "ald-web01"]
            .into_iter()
            .enumerate()
        {
            night.start("svc-monitor", hour * 60 + 5 + n as i64);
            night.act(log, &Act::Ssh { host, opened: true });
            night.act(
                log,
                &Act::Shell {
                    host,
                    command: "/usr/lib/monitor/check_disk -w 10 -c 5".into(),
                },
            );
            night.act(log, &Act::Ssh { host, opened: false });
        }
    }
}

fn reports(log: &mut DayLog, night: &mut Night<'_>) {
    night.start("svc-reports", 300);
    let leads = night
        .company
        .people
        .iter()
        .filter(|p| p.role.level > crate::company::roles::Level::Staff && p.employed(night.day));
    let to: Vec<String> = leads.map(|p| night.company.mail(&p.account)).collect();
    for chunk in to.chunks(6) {
        let attachments = vec![(format!("figures-{}.pdf", night.day), 212_000)];
        let letter = Letter {
            from: String::new(),
            to: chunk.to_vec(),
            subject: "Daily figures".into(),
            size: 231_000,
            attachments,
        };
        night.act(log, &Act::Mail(letter));
    }
}

fn builds(log: &mut DayLog, night: &mut Night<'_>) {
    let count = 6 + night.company.projects.len() / 2 + night.dice.below(5);
    for _ in 0..count {
        let minute = night.dice.between(420, 1_080);
        night.start("svc-ci", minute);
        let at = night.dice.below(night.company.projects.len());
        let repo = night
            .company
            .projects
            .get(at)
            .map_or("tools", |p| p.repo.as_str());
        let command = format!("/usr/bin/docker run --rm builder {repo}");
        night.act(
            log,
            &Act::Shell {
                host: "ald-git01",
                command,
            },
        );
    }
}

fn patches(log: &mut DayLog, night: &mut Night<'_>) {
    for (n, host) in ["ALD-DC01", "ALD-BKP01", "ALD-ERP01", "ALD-MX01", "ALD-TS01"]
        .into_iter()
        .enumerate()
    {
        night.start("svc-patch", 1_290 + n as i64 * 7);
        night.act(log, &Act::Remote(host));
        let (name, command) = (
            format!("Patch\\{}", night.day),
            "C:\\Windows\\System32\\usoclient.exe StartInstall".to_owned(),
        );
        night.act(log, &Act::Task { host, name, command });
    }
}

fn archive(log: &mut DayLog, night: &mut Night<'_>) {
    night.start("svc-archive", 215);
    for _ in 0..8 {
        let at = night.dice.below(night.company.people.len());
        let owner = Some(night.company.person(at).account.clone());
        let count = night.dice.between(40, 400) as u32;
        night.act(log, &Act::Saas(CloudItem::MailRead { owner, count }));
    }
}

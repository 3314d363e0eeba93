//! Powerful acts with a ticket.

use super::{begin, some_day};
use crate::act::{Act, CloudItem, Directory, ErpEntry};
use crate::company::profile::Duty;
use crate::company::{Company, Person};
use crate::paths::project_doc;
use crate::plot::{Plot, clock};
use crate::seat::Post;
use crate::stories::craft::{at_a_desk, erp, from_home, hang_up};

/// A weekend of maintenance: rights taken and given back, servers at night, a log cleared on the way.
pub(super) fn maintenance_weekend(company: &mut Company, plot: &mut Plot) {
    let fits = |p: &Person| at_a_desk(p) && p.admin.is_some() && p.role.profile.duty == Duty::Systems;
    let Some(who) = company.choose("innocent: maintenance", fits) else {
        return;
    };
    let monday = some_day(company, "innocent: maintenance", 14);
    let saturday = monday.plus(5);
    let mut s = begin(
        company,
        plot,
        who,
        "maintenance_weekend",
        (monday.plus(3), saturday.plus(2)),
    );
    s.fact(
        monday,
        "ticket",
        (saturday, Some(saturday.plus(1))),
        "maintenance weekend: restore test and server updates",
    );
    let admin = s.person().admin.clone().unwrap_or_default();
    s.at(saturday, clock(21, 30));
    from_home(&mut s);
    s.from(Post::AdminTunnel).act(Act::Remote("ALD-DC01"));
    let group = || "Backup Operators".to_owned();
    s.act(Act::Directory(Directory::AddMember {
        account: admin.clone(),
        group: group(),
    }));
    for host in ["ALD-BKP01", "ALD-ERP01", "ALD-MX01", "ALD-TS01"] {
        s.wait(600, 1_800).act(Act::Remote(host));
        let tools = [
            ("C:\\Windows\\System32\\wbadmin.exe", "wbadmin.exe get versions"),
            ("C:\\Windows\\System32\\vssadmin.exe", "vssadmin.exe list shadows"),
            ("C:\\Windows\\System32\\shutdown.exe", "shutdown.exe /r /t 0"),
        ];
        for (image, command) in tools {
            s.wait(60, 300).act(Act::ServerProcess {
                host,
                image,
                command: command.into(),
            });
        }
    }
    s.act(Act::AdminShare {
        host: "ALD-BKP01",
        share: "Backups$",
    })
    .act(Act::LogCleared("ALD-TS01"));
    for host in ["ald-jump01", "ald-web01"] {
        s.act(Act::Ssh { host, opened: true });
        for command in ["/usr/bin/apt-get dist-upgrade -y", "/usr/sbin/reboot"] {
            s.wait(120, 600).act(Act::Shell {
                host,
                command: command.into(),
            });
        }
        s.act(Act::Ssh { host, opened: false });
    }
    s.act(Act::Directory(Directory::RemoveMember {
        account: admin,
        group: group(),
    }));
    hang_up(&mut s, 240, 30_000_000);
    s.note("A change ticket on file covers a Saturday night: rights added and removed, backups listed, servers restarted, one log cleared.");
}

/// A morning of password resets.
pub(super) fn password_campaign(company: &mut Company, plot: &mut Plot) {
    let fits = |p: &Person| at_a_desk(p) && p.admin.is_some() && p.role.profile.duty == Duty::HelpDesk;
    let Some(who) = company.choose("innocent: passwords", fits) else {
        return;
    };
    let monday = some_day(company, "innocent: passwords", 6);
    let day = company.nth_workday(company.person(who), monday, 1);
    let accounts: Vec<String> = company
        .people
        .iter()
        .filter(|p| p.employed(day) && p.ix % 4 == 1)
        .map(|p| p.account.clone())
        .collect();
    let mut s = begin(company, plot, who, "password_campaign", (day, day));
    s.fact(
        day.plus(-4),
        "ticket",
        (day, Some(day)),
        "reset of weak passwords",
    );
    s.come_in(day).from(Post::Admin).during(day, 0.1);
    for account in accounts {
        s.act(Act::Directory(Directory::ResetPassword { account }));
        s.wait(30, 150);
    }
    s.note("A ticket on file: passwords found weak are reset in one day.");
}

/// Pulls whole tables for an approved analysis.
pub(super) fn data_pull(company: &mut Company, plot: &mut Plot) {
    let fits = |p: &Person| at_a_desk(p) && matches!(p.role.title, "Data Scientist" | "Sales Analyst");
    let Some(who) = company.choose("innocent: data", fits) else {
        return;
    };
    let from = some_day(company, "innocent: data", 12);
    let mut s = begin(company, plot, who, "data_pull", (from, from.plus(10)));
    s.fact(
        from.plus(-7),
        "approved_project",
        (from, Some(from.plus(21))),
        "customer churn analysis",
    );
    for n in 0..4 {
        let day = s.workday(from, n);
        s.during(day, 0.4);
        for _ in 0..s.dice.between(2, 4) {
            let rows = s.dice.between(800, 6_000) as u32;
            let reason = Some("PRJ-CHURN".to_owned());
            erp(
                &mut s,
                ErpEntry {
                    action: "customer.export",
                    object: "customers".into(),
                    label: "Internal",
                    rows,
                    reason,
                    ..ErpEntry::default()
                },
            );
            s.wait(100, 900);
        }
        for k in 0..12 {
            let doc = project_doc(s.company, 0, k);
            let item = CloudItem::File {
                operation: "FileDownloaded",
                site: "Sales".into(),
                name: doc.name().to_owned(),
                size: doc.size,
            };
            s.act(Act::Saas(item));
        }
    }
    s.note("Big exports for a project on file, each with the project's number.");
}

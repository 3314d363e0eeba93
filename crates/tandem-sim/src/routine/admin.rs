//! Administration: servers, accounts, other people's machines; and the life of accounts as people come and go.

use tandem_domain::Day;

use super::{Shift, minutes, seconds};
use crate::act::{Act, CloudItem, Directory, Seat};
use crate::calendar::HOUR;
use crate::company::Company;
use crate::company::profile::{Department, Duty};
use crate::rhythm::Place;
use crate::scribe::{DayLog, perform};

/// Group that a department's people belong to.
pub(crate) fn group(department: Department) -> String {
    format!("GRP-{}", department.share())
}

/// The administrative part of a shift.
pub(crate) fn duty(log: &mut DayLog, shift: &mut Shift<'_>) {
    let duty = shift.person.profile(shift.day).duty;
    if shift.person.admin.is_none() || duty == Duty::None {
        return;
    }
    let own = shift.seat;
    if let Some(seat) = Seat::admin(shift.person, shift.presence.place) {
        shift.seat = seat;
        match duty {
            Duty::Systems => systems(log, shift),
            Duty::Network => linux(log, shift, &["ald-jump01"], &NETWORK, 3.0),
            Duty::Databases => linux(log, shift, &["ald-db01", "ald-jump01"], &DATABASE, 3.5),
            Duty::HelpDesk => help_desk(log, shift),
            Duty::None => {}
        }
        shift.seat = own;
    }
}

const SYSTEM: [&str; 8] = [
    "/usr/bin/systemctl restart nginx",
    "/usr/bin/apt-get upgrade -y",
    "/usr/bin/journalctl -u sshd --since today",
    "/usr/bin/systemctl status prometheus-node-exporter",
    "/usr/sbin/lvs",
    "/usr/bin/docker ps",
    "/usr/bin/tail -n 200 /var/log/syslog",
    "/usr/bin/certbot renew",
];

const NETWORK: [&str; 5] = [
    "/usr/sbin/nft list ruleset",
    "/usr/bin/systemctl reload squid",
    "/usr/sbin/tcpdump -c 200 -i eth0",
    "/usr/bin/ansible-playbook switches.yml",
    "/usr/bin/vi /etc/squid/squid.conf",
];

const DATABASE: [&str; 5] = [
    "/usr/bin/psql -c \"select pg_size_pretty(pg_database_size('erp'))\"",
    "/usr/bin/pg_dump -Fc erp_test -f /srv/scratch/erp_test.dump",
    "/usr/bin/systemctl status postgresql",
    "/usr/bin/psql -f /srv/changes/migration.sql erp",
    "/usr/bin/vacuumdb --analyze erp",
];

fn linux(
    log: &mut DayLog,
    shift: &mut Shift<'_>,
    hosts: &[&'static str],
    commands: &[&'static str],
    mean: f64,
) {
    for _ in 0..shift.times(mean / 2.5) {
        let host = shift.dice.word(hosts);
        let mut at = shift.moment();
        shift.act(log, at, &Act::Ssh { host, opened: true });
        for _ in 0..=shift.dice.count(1.5) {
            at += seconds(shift.dice.between(10, 300));
            let command = shift.dice.word(commands).to_owned();
            shift.act(log, at, &Act::Shell { host, command });
        }
        at += seconds(shift.dice.between(20, 600));
        shift.act(log, at, &Act::Ssh { host, opened: false });
    }
}

/// Programmes that administrators run on Windows servers.
const SERVER_TOOLS: [(&str, &str); 6] = [
    ("C:\\Windows\\System32\\mmc.exe", "mmc.exe eventvwr.msc"),
    ("C:\\Windows\\System32\\net.exe", "net.exe statistics server"),
    ("C:\\Windows\\System32\\wbadmin.exe", "wbadmin.exe get status"),
    ("C:\\Windows\\System32\\ipconfig.exe", "ipconfig.exe /all"),
    (
        "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
        "powershell.exe Get-Service",
    ),
    ("C:\\Windows\\System32\\vssadmin.exe", "vssadmin.exe list shadows"),
];

fn systems(log: &mut DayLog, shift: &mut Shift<'_>) {
    linux(
        log,
        shift,
        &["ald-jump01", "ald-git01", "ald-web01", "ald-db01"],
        &SYSTEM,
        3.0,
    );
    for _ in 0..shift.times(1.2) {
        let host = shift
            .dice
            .word(&["ALD-DC01", "ALD-BKP01", "ALD-ERP01", "ALD-MX01", "ALD-TS01"]);
        let at = shift.moment();
        shift.act(log, at, &Act::Remote(host));
        if shift.dice.chance(0.6)
            && let Some((image, command)) = shift.dice.pick(&SERVER_TOOLS).copied()
        {
            shift.act(
                log,
                at + seconds(70),
                &Act::ServerProcess {
                    host,
                    image,
                    command: command.into(),
                },
            );
        }
    }
    if shift.dice.chance(0.06) {
        let at = shift.moment();
        let (_, account) = somebody(shift);
        let group = shift
            .dice
            .word(&[
                "GRP-Projects",
                "Remote Desktop Users",
                "GRP-Engineering",
                "GRP-Finance",
            ])
            .to_owned();
        shift.act(log, at, &Act::Directory(Directory::AddMember { account, group }));
    }
    if shift.dice.chance(0.12) {
        let at = shift.moment();
        shift.act(
            log,
            at,
            &Act::AdminShare {
                host: "ALD-BKP01",
                share: "Backups$",
            },
        );
    }
    if shift.dice.chance(0.02) {
        let (at, (_, account)) = (shift.moment(), somebody(shift));
        let (owner, to) = (
            format!("team-{}", shift.dice.below(9)),
            shift.company.mail(&account),
        );
        shift.act(
            log,
            at,
            &Act::Saas(CloudItem::MailboxPermission {
                owner: shift.company.mail(&owner),
                to,
            }),
        );
    }
    if shift.dice.chance(0.02) {
        let (host, at) = (shift.dice.word(&["ALD-TS01", "ALD-ERP01"]), shift.moment());
        let (name, command) = (
            "Maintenance\\Cleanup".to_owned(),
            "C:\\Scripts\\cleanup.cmd".to_owned(),
        );
        shift.act(log, at, &Act::Task { host, name, command });
    }
}

/// A colleague who works on that day: index and account.
fn somebody(shift: &mut Shift<'_>) -> (usize, String) {
    for _ in 0..8 {
        let at = shift.dice.below(shift.company.people.len());
        let other = shift.company.person(at);
        if other.ix != shift.person.ix
            && other.employed(shift.day)
            && shift.company.presence(other, shift.day).is_some()
        {
            return (at, other.account.clone());
        }
    }
    (shift.person.ix, shift.person.account.clone())
}

fn help_desk(log: &mut DayLog, shift: &mut Shift<'_>) {
    for _ in 0..shift.times(1.2) {
        let at = shift.moment();
        let (_, account) = somebody(shift);
        shift.act(log, at, &Act::Directory(Directory::ResetPassword { account }));
    }
    for _ in 0..shift.times(0.7) {
        let (other, _) = somebody(shift);
        let machine = shift.company.person(other);
        let (at, own) = (shift.moment(), shift.seat);
        shift.seat.host = &machine.host;
        shift.seat.ip = machine.ip;
        shift.act(log, at, &Act::LogOn(crate::act::LogonKind::Interactive));
        shift.act(log, at + minutes(9), &Act::LogOff);
        shift.seat = own;
    }
    if shift.dice.chance(0.3) {
        let at = shift.moment();
        shift.act(log, at, &Act::Remote("ALD-TS01"));
    }
}

/// Accounts made, moved and closed as people come, change posts and go.
pub(crate) fn lifecycle(company: &Company, log: &mut DayLog, day: Day) {
    for person in &company.people {
        let mut steps: Vec<(i32, Directory)> = Vec::new();
        let account = person.account.clone();
        if person.join > company.calendar.start && day == person.join.plus(-3) {
            steps.push((
                10 * HOUR,
                Directory::Create {
                    account: account.clone(),
                },
            ));
            steps.push((
                10 * HOUR + 40,
                Directory::Enable {
                    account: account.clone(),
                },
            ));
            let group = group(person.role.department);
            steps.push((
                10 * HOUR + 95,
                Directory::AddMember {
                    account: account.clone(),
                    group,
                },
            ));
        }
        if let Some((from, role)) = person.moved
            && day == from
            && role.department != person.role.department
        {
            let (old, new) = (group(person.role.department), group(role.department));
            steps.push((
                9 * HOUR,
                Directory::RemoveMember {
                    account: account.clone(),
                    group: old,
                },
            ));
            steps.push((
                9 * HOUR + 50,
                Directory::AddMember {
                    account: account.clone(),
                    group: new,
                },
            ));
        }
        if let Some(leave) = person.leave
            && day == leave.last.plus(i32::from(leave.late))
        {
            let evening = 18 * HOUR + 900;
            steps.extend(
                person
                    .admin
                    .clone()
                    .map(|account| (evening - 30, Directory::Disable { account })),
            );
            steps.push((
                evening,
                Directory::Disable {
                    account: account.clone(),
                },
            ));
        }
        if let Some(leave) = person.leave
            && day == leave.last.plus(30)
        {
            steps.push((
                11 * HOUR,
                Directory::Delete {
                    account: account.clone(),
                },
            ));
        }
        by_help_desk(company, log, (person.site, day), steps);
    }
}

fn by_help_desk(
    company: &Company,
    log: &mut DayLog,
    (site, day): (usize, Day),
    steps: Vec<(i32, Directory)>,
) {
    if steps.is_empty() {
        return;
    }
    let Some(technician) = company.help_desk(site, day) else {
        return;
    };
    let Some(seat) = Seat::admin(technician, Place::Office) else {
        return;
    };
    for (second, change) in steps {
        let at = company.calendar.instant(site, day, second);
        perform(company, log, &seat, at, &Act::Directory(change));
    }
}

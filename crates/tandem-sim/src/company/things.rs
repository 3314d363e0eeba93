//! What people work on and with: projects, customers, vendors, servers, service accounts.

use super::Person;
use super::profile::Department;
use crate::dice::Dice;
use crate::names::{TRADES, WORDS, title_case};
use crate::plan::Plan;

/// A piece of work with its own share and repository.
#[derive(Debug)]
pub(crate) struct Project {
    /// Name: folder under the `Projects` share, cloud site.
    pub(crate) name: String,
    /// Repository.
    pub(crate) repo: String,
    /// Members, indices of people.
    pub(crate) members: Vec<usize>,
}

/// A customer record.
#[derive(Debug)]
pub(crate) struct Customer {
    /// Key in the ERP application.
    pub(crate) id: String,
    /// Name.
    pub(crate) name: String,
    /// Mail domain.
    pub(crate) domain: String,
    /// A record of somebody well known, labelled so.
    pub(crate) vip: bool,
}

/// A vendor record.
#[derive(Debug)]
pub(crate) struct Vendor {
    /// Key in the ERP application.
    pub(crate) id: String,
    /// Name.
    pub(crate) name: String,
    /// Mail domain.
    pub(crate) domain: String,
    /// Has not delivered for a year.
    pub(crate) dormant: bool,
}

/// A server.
#[derive(Debug)]
pub(crate) struct Server {
    /// Host name.
    pub(crate) host: &'static str,
    /// Address.
    pub(crate) ip: [u8; 4],
    /// Runs Windows.
    pub(crate) windows: bool,
}

/// A programme's account.
#[derive(Debug)]
pub(crate) struct Service {
    /// Key in the people files.
    pub(crate) key: &'static str,
    /// Account.
    pub(crate) account: &'static str,
    /// What it does.
    pub(crate) title: &'static str,
    /// Where it runs.
    pub(crate) host: &'static str,
}

const fn srv(host: &'static str, last: u8, windows: bool) -> Server {
    Server {
        host,
        ip: [10, 10, 0, last],
        windows,
    }
}

/// Every server.
pub(crate) static SERVERS: [Server; 10] = [
    srv("ALD-DC01", 10, true),
    srv("ALD-FS01", 20, false),
    srv("ALD-BKP01", 30, true),
    srv("ALD-ERP01", 40, true),
    srv("ALD-MX01", 50, true),
    srv("ald-jump01", 60, false),
    srv("ald-git01", 61, false),
    srv("ald-db01", 62, false),
    srv("ald-web01", 63, false),
    srv("ALD-TS01", 64, true),
];

/// The server with that name.
pub(crate) fn server(host: &str) -> &'static Server {
    SERVERS.iter().find(|s| s.host == host).unwrap_or(&SERVERS[0])
}

const fn svc(key: &'static str, account: &'static str, title: &'static str, host: &'static str) -> Service {
    Service {
        key,
        account,
        title,
        host,
    }
}

/// Every service account.
pub(crate) static SERVICES: [Service; 9] = [
    svc("S0001", "svc-backup", "Backup job", "ALD-BKP01"),
    svc("S0002", "svc-erp-batch", "ERP batch and payment run", "ALD-ERP01"),
    svc("S0003", "svc-monitor", "Monitoring probe", "ald-jump01"),
    svc("S0004", "svc-ci", "Build server", "ald-git01"),
    svc("S0005", "svc-patch", "Patch distribution", "ALD-DC01"),
    svc("S0006", "svc-hrsync", "Directory feed from HR", "ALD-DC01"),
    svc("S0007", "svc-scan", "Vulnerability scanner", "ald-jump01"),
    svc("S0008", "svc-reports", "Report mailer", "ALD-ERP01"),
    svc("S0009", "svc-archive", "Mail and document archive", "ALD-MX01"),
];

fn pair(dice: &mut Dice, second: &[&'static str]) -> (String, String) {
    let (a, b) = (dice.word(&WORDS), dice.word(second));
    (
        format!("{} {b}", title_case(a)),
        format!("{a}-{}.example", b.to_lowercase()),
    )
}

/// Customers: about two for each of the staff.
pub(super) fn customers(plan: &Plan) -> Vec<Customer> {
    let mut dice = Dice::new(plan.seed, "customers", 0, 0);
    let count = (plan.people as usize * 2).max(120);
    let one = |n: usize| {
        let (name, domain) = pair(&mut dice, &TRADES);
        Customer {
            id: format!("C-{}", 10_000 + n),
            name,
            domain,
            vip: n % 41 == 7,
        }
    };
    (0..count).map(one).collect()
}

/// Vendors: about one for every two of the staff.
pub(super) fn vendors(plan: &Plan) -> Vec<Vendor> {
    let mut dice = Dice::new(plan.seed, "vendors", 0, 0);
    let count = (plan.people as usize / 2).max(60);
    let one = |n: usize| {
        let (name, domain) = pair(&mut dice, &TRADES);
        Vendor {
            id: format!("V-{}", 2_000 + n),
            name,
            domain,
            dormant: n % 9 == 4,
        }
    };
    (0..count).map(one).collect()
}

/// Projects with members from the departments that do projects; most makers have one or two.
pub(super) fn projects(plan: &Plan, people: &mut [Person]) -> Vec<Project> {
    let mut dice = Dice::new(plan.seed, "projects", 0, 0);
    let count = (plan.people as usize / 14).clamp(3, 40);
    let mut words = WORDS;
    dice.shuffle(&mut words);
    let mut projects: Vec<Project> = words
        .iter()
        .take(count)
        .map(|w| Project {
            name: title_case(w),
            repo: format!("{w}-core"),
            members: Vec::new(),
        })
        .collect();
    for person in people {
        let share = match person.role.department {
            Department::Engineering => 0.97,
            Department::Marketing | Department::Logistics => 0.2,
            Department::Sales | Department::Service | Department::Legal | Department::Procurement => 0.3,
            _ => 0.05,
        };
        let own = usize::from(dice.chance(share)) + usize::from(dice.chance(share * 0.35));
        for _ in 0..own {
            let at = dice.below(projects.len());
            if let Some(project) = projects.get_mut(at)
                && !person.projects.contains(&at)
            {
                project.members.push(person.ix);
                person.projects.push(at);
            }
        }
    }
    projects
}

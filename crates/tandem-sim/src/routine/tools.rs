//! Programmes on the own machine, repositories, sticks and uploads.

use super::{Shift, seconds};
use crate::act::{Act, LocalOp, StickStep};
use crate::company::profile::Department;
use crate::names::{AI_HOSTS, CLOUD_HOSTS, ENDINGS, PAPERS, WORDS};
use crate::paths::usual_doc;
use crate::scribe::DayLog;

/// The shell that starts programmes.
pub(crate) const EXPLORER: &str = "C:\\Windows\\explorer.exe";
/// The command line.
pub(crate) const CMD: &str = "C:\\Windows\\System32\\cmd.exe";
/// The browser.
pub(crate) const BROWSER: &str = "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe";
/// The archiver.
pub(crate) const SEVEN_ZIP: &str = "C:\\Program Files\\7-Zip\\7z.exe";
/// The version control client.
pub(crate) const GIT: &str = "C:\\Program Files\\Git\\cmd\\git.exe";

const EXCEL: &str = "C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE";
/// Where Excel notes that macros of a file are trusted.
const TRUST_RECORDS: &str =
    "SOFTWARE\\Microsoft\\Office\\16.0\\Excel\\Security\\Trusted Documents\\TrustRecords";

const OFFICE: &str = "C:\\Program Files\\Microsoft Office\\root\\Office16";

/// Models of sticks.
pub(crate) const STICKS: [&str; 4] = [
    "SanDisk Ultra",
    "Kingston DataTraveler",
    "Samsung Bar Plus",
    "Intenso Basic",
];

/// Programmes started and repositories used in a shift.
pub(crate) fn programmes(log: &mut DayLog, shift: &mut Shift<'_>, share: f64) {
    let profile = shift.person.profile(shift.day);
    for _ in 0..shift.times(profile.run * share) {
        let at = shift.moment();
        let act = programme(shift);
        shift.act(log, at, &act);
    }
    for _ in 0..shift.times(profile.git * share) {
        let at = shift.moment();
        let act = repository(shift);
        shift.act(log, at, &act);
    }
    downloads(log, shift, share);
    archives(log, shift, share);
}

/// A path in somebody's own folders.
fn own_path(shift: &mut Shift<'_>, folder: &str, ending: &str) -> String {
    let user = &shift.person.account;
    let (paper, word) = (shift.dice.word(&PAPERS), shift.dice.word(&WORDS));
    format!("C:\\Users\\{user}\\{folder}\\{paper}-{word}.{ending}")
}

fn local(log: &mut DayLog, shift: &Shift<'_>, at: i64, (op, path, image): (LocalOp, String, &'static str)) {
    shift.act(log, at, &Act::LocalFile { op, path, image });
}

/// Files from the web, macros allowed in one of them, files thrown away.
fn downloads(log: &mut DayLog, shift: &mut Shift<'_>, share: f64) {
    for (chance, op, image) in [
        (0.12, LocalOp::Download, BROWSER),
        (0.05, LocalOp::Delete, EXPLORER),
    ] {
        if shift.dice.chance(chance * share) {
            let at = shift.moment();
            let ending = shift.dice.word(&ENDINGS);
            let path = own_path(shift, "Downloads", ending);
            local(log, shift, at, (op, path, image));
        }
    }
    if shift.dice.chance(0.02 * share) {
        let at = shift.moment();
        let user = format!("{}-{}", shift.company.domain_sid, shift.person.rid);
        let path = format!("HKU\\{user}\\{TRUST_RECORDS}");
        local(log, shift, at, (LocalOp::Registry, path, EXCEL));
    }
}

fn archives(log: &mut DayLog, shift: &mut Shift<'_>, share: f64) {
    let chance = match shift.person.role_on(shift.day).department {
        Department::Engineering | Department::It | Department::Marketing => 0.04,
        _ => 0.007,
    };
    if shift.dice.chance(chance * share) {
        let at = shift.moment();
        let name = own_path(shift, "Documents", "zip");
        let secret = if shift.dice.chance(0.12) { " -p" } else { "" };
        let folder = own_path(shift, "Documents", "d");
        let command = format!("\"{SEVEN_ZIP}\" a{secret} {name} {folder}\\*");
        let (image, parent) = (SEVEN_ZIP.to_owned(), EXPLORER);
        shift.act(
            log,
            at,
            &Act::Process {
                image,
                command,
                parent,
            },
        );
        local(log, shift, at + seconds(6), (LocalOp::Create, name, SEVEN_ZIP));
    }
}

fn programme(shift: &mut Shift<'_>) -> Act {
    let doc = usual_doc(shift.company, shift.person, shift.day, &mut shift.dice);
    let technical = matches!(
        shift.person.role_on(shift.day).department,
        Department::Engineering | Department::It
    );
    let file = format!("\\\\ALD-FS01\\{}\\{}", doc.share, doc.path.replace('/', "\\"));
    let (image, argument) = match shift.dice.below(if technical { 12 } else { 7 }) {
        0 => (format!("{OFFICE}\\OUTLOOK.EXE"), String::new()),
        1 | 2 => (format!("{OFFICE}\\EXCEL.EXE"), format!(" \"{file}\"")),
        3 => (format!("{OFFICE}\\WINWORD.EXE"), format!(" \"{file}\"")),
        4 => (BROWSER.to_owned(), " --single-argument".to_owned()),
        5 => (
            "C:\\Program Files\\Adobe\\Acrobat DC\\Acrobat\\Acrobat.exe".to_owned(),
            format!(" \"{file}\""),
        ),
        6 => (
            format!(
                "C:\\Users\\{}\\AppData\\Local\\Microsoft\\Teams\\ms-teams.exe",
                shift.person.account
            ),
            String::new(),
        ),
        7 | 8 => (
            "C:\\Program Files\\Microsoft VS Code\\Code.exe".to_owned(),
            " .".to_owned(),
        ),
        9 => (
            "C:\\Program Files\\Python312\\python.exe".to_owned(),
            format!(" tools\\{}.py", shift.dice.word(&WORDS)),
        ),
        10 => (
            "C:\\Windows\\System32\\OpenSSH\\ssh.exe".to_owned(),
            " ald-jump01".to_owned(),
        ),
        _ => (
            "C:\\Program Files\\PowerShell\\7\\pwsh.exe".to_owned(),
            " -NoLogo".to_owned(),
        ),
    };
    let command = format!("\"{image}\"{argument}");
    Act::Process {
        image,
        command,
        parent: EXPLORER,
    }
}

/// A pull, push or clone of a repository of the own projects; seldom of another, to look something up.
fn repository(shift: &mut Shift<'_>) -> Act {
    let own = shift.dice.pick(&shift.person.projects).copied();
    let any = shift.dice.below(shift.company.projects.len());
    let project = if shift.dice.chance(0.03) {
        any
    } else {
        own.unwrap_or(any)
    };
    let repo = shift
        .company
        .projects
        .get(project)
        .map_or("tools", |p| p.repo.as_str());
    let verb = match shift.dice.below(20) {
        0 => return clone(repo),
        1 if shift.dice.chance(0.2) => "push --force-with-lease origin HEAD",
        2 if shift.dice.chance(0.15) => "push https://github.com/aldermoor-oss/tools.git main",
        1..9 => "pull --rebase",
        9..15 => "push origin HEAD",
        _ => "fetch --all",
    };
    let command = format!("git.exe -C C:\\src\\{repo} {verb}");
    Act::Process {
        image: GIT.into(),
        command,
        parent: CMD,
    }
}

/// A fresh copy of a repository.
pub(crate) fn clone(repo: &str) -> Act {
    let command = format!("git.exe clone ssh://git@ald-git01/{repo}.git C:\\src\\{repo}");
    Act::Process {
        image: GIT.into(),
        command,
        parent: CMD,
    }
}

/// The serial number of somebody's n-th stick.
pub(crate) fn serial(shift_seed: u64, id: u64, n: u64) -> String {
    crate::dice::Dice::new(shift_seed, "stick", id, n)
        .hex(16)
        .to_uppercase()
}

/// Copies to a stick, for those who use one.
pub(crate) fn sticks(log: &mut DayLog, shift: &mut Shift<'_>) {
    let chance = shift.person.profile(shift.day).usb;
    if !shift.dice.chance(chance) {
        return;
    }
    let heavy = chance > 0.2;
    let which = u64::from(shift.dice.chance(0.2))
        + if shift.dice.chance(0.05) {
            shift.day.0 as u64
        } else {
            0
        };
    let serial = serial(shift.company.plan.seed, shift.person.id(), which);
    let model = STICKS
        .get((shift.person.id() + which) as usize % STICKS.len())
        .copied()
        .unwrap_or_default();
    let mut at = shift.moment();
    shift.act(
        log,
        at,
        &Act::Stick(StickStep::Plug {
            serial: serial.clone(),
            model,
        }),
    );
    let count = if heavy {
        2 + shift.dice.count(7.0)
    } else {
        1 + shift.dice.count(1.5)
    };
    for _ in 0..count {
        at += seconds(shift.dice.between(5, 60));
        let doc = usual_doc(shift.company, shift.person, shift.day, &mut shift.dice);
        // Labelled papers seldom go onto sticks.
        let label = match doc.label {
            "Public" => "Public",
            "Internal" => "Internal",
            _ if shift.dice.chance(0.08) => "Confidential",
            _ => "Internal",
        };
        let step = StickStep::Copy {
            serial: serial.clone(),
            file: doc.name().to_owned(),
            size: doc.size,
            label,
        };
        shift.act(log, at, &Act::Stick(step));
    }
    at += seconds(shift.dice.between(60, 1_200));
    shift.act(log, at, &Act::Stick(StickStep::Unplug { serial }));
}

/// A file sent through the browser to a transfer site or an assistant: usually nothing that matters.
pub(crate) fn uploads(log: &mut DayLog, shift: &mut Shift<'_>) {
    let chance = shift.person.profile(shift.day).upload;
    if !shift.dice.chance(chance) {
        return;
    }
    let hosts = if shift.dice.chance(0.5) {
        &CLOUD_HOSTS[..]
    } else {
        &AI_HOSTS[..]
    };
    let host = hosts
        .get(shift.person.id() as usize % hosts.len())
        .copied()
        .unwrap_or_default()
        .to_owned();
    let doc = usual_doc(shift.company, shift.person, shift.day, &mut shift.dice);
    let label = match shift.dice.unit() {
        u if u < 0.55 => "Public",
        u if u < 0.97 => "Internal",
        _ => "Confidential",
    };
    let at = shift.moment();
    shift.act(
        log,
        at,
        &Act::Upload {
            host,
            file: doc.name().to_owned(),
            size: doc.size,
            label,
        },
    );
}

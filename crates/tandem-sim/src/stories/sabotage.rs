//! Destruction: backups gone, a project wiped.

use tandem_domain::{Day, Motive, Stage, Threat};

use super::craft::{at_a_desk, begin, from_home, hang_up, read, run};
use crate::act::{Act, Directory, FileOp};
use crate::company::profile::{Department as D, Duty};
use crate::company::{Company, Person, is_employee};
use crate::paths::{Doc, department_doc, project_doc};
use crate::plot::{Plot, Script, clock};
use crate::routine::services::SAVED;
use crate::routine::tools::GIT;
use crate::seat::Post;

/// An administrator passed over for promotion takes rights, maps the backups, hides an account and destroys.
pub(super) fn admin_grudge(company: &mut Company, plot: &mut Plot, start: Day) {
    let fits = |p: &Person| at_a_desk(p) && p.admin.is_some() && p.role.profile.duty == Duty::Systems;
    let Some(who) = company.choose("story: grudge", fits) else {
        return;
    };
    let first = company.nth_workday(company.person(who), start, 0);
    let title = "An administrator destroys the backups after a denied promotion";
    let mut s = begin(
        company,
        plot,
        who,
        ("admin_grudge", title),
        (Threat::Sabotage, Motive::Grievance),
        (first, first.plus(26)),
    );
    let denied = first.plus(-(s.dice.between(4, 12) as i32));
    s.fact(denied, "denied_promotion", (denied, Some(denied.plus(90))), "");
    let (own, admin) = (
        s.person().account.clone(),
        s.person().admin.clone().unwrap_or_default(),
    );
    s.stay(first, clock(20, 30))
        .at(first, clock(19, 10))
        .from(Post::Admin)
        .stage(Stage::Means);
    s.act(Act::Remote("ALD-DC01"));
    s.act(Act::Directory(Directory::AddMember {
        account: own.clone(),
        group: "Backup Operators".into(),
    }));
    let day = s.workday(first, 2);
    s.stay(day, clock(20, 40)).at(day, clock(19, 30));
    s.act(Act::Directory(Directory::AddMember {
        account: admin,
        group: "Domain Admins".into(),
    }));
    s.act(Act::Directory(Directory::AddMember {
        account: own,
        group: "Administrators".into(),
    }));
    for n in 3..7 {
        map_backups(&mut s, first, n);
    }
    let hidden = format!("svc-print{:02}", s.dice.between(2, 19));
    s.uses(&hidden);
    let day = s.workday(first, 8);
    s.stay(day, clock(21, 50))
        .at(day, clock(21, 5))
        .from(Post::Admin)
        .stage(Stage::Preparation);
    s.act(Act::Directory(Directory::Create {
        account: hidden.clone(),
    }));
    s.act(Act::Directory(Directory::Enable {
        account: hidden.clone(),
    }));
    s.act(Act::Directory(Directory::AddMember {
        account: hidden,
        group: "Domain Admins".into(),
    }));
    let (name, command) = (
        "Maintenance\\Rotate".to_owned(),
        "cmd.exe /c del /s /q D:\\Backups".to_owned(),
    );
    s.wait(200, 900).act(Act::Task {
        host: "ALD-BKP01",
        name,
        command,
    });
    destroy(&mut s, first);
    s.note(
        "Fact of the denied promotion some days before. Own accounts put into Backup Operators, Administrators and Domain Admins after hours \
         without a ticket; days of looking at backups (5140, 4688); a hidden account and a task; at a weekend night from home shadow copies, \
         catalogue and backup files deleted (4688, 4663, file server), logs cleared (1102).",
    );
}

fn map_backups(s: &mut Script<'_>, first: Day, n: usize) {
    let day = s.workday(first, n);
    let share = 0.3 + s.dice.unit() * 0.55;
    s.from(Post::Admin)
        .come_in(day)
        .during(day, share)
        .stage(Stage::Preparation);
    s.act(Act::Remote("ALD-BKP01"));
    for _ in 0..s.dice.between(4, 8) {
        s.act(Act::AdminShare {
            host: "ALD-BKP01",
            share: "Backups$",
        });
        s.wait(20, 200);
    }
    let looks = [
        ("C:\\Windows\\System32\\vssadmin.exe", "vssadmin.exe list shadows"),
        ("C:\\Windows\\System32\\wbadmin.exe", "wbadmin.exe get versions"),
        ("C:\\Windows\\System32\\net.exe", "net.exe share"),
        ("C:\\Windows\\System32\\schtasks.exe", "schtasks.exe /query /v"),
    ];
    for (image, command) in looks.into_iter().take(2 + n % 3) {
        s.act(Act::ServerProcess {
            host: "ALD-BKP01",
            image,
            command: command.into(),
        });
        s.wait(10, 120);
    }
    let docs: Vec<Doc> = (0..s.dice.between(5, 12))
        .map(|_| department_doc(s.company, D::It, s.dice.below(900)))
        .collect();
    s.from(Post::Usual);
    read(s, &docs, (5, 60));
}

/// The Saturday night after the twelfth working day.
fn destroy(s: &mut Script<'_>, first: Day) {
    let mut night = s.workday(first, 11);
    while night.weekday() != 5 {
        night = night.plus(1);
    }
    s.at(night, clock(22, 40)).stage(Stage::Infringement);
    from_home(s);
    s.from(Post::AdminTunnel).act(Act::Remote("ALD-BKP01"));
    let destroy = [
        (
            "C:\\Windows\\System32\\vssadmin.exe",
            "vssadmin.exe delete shadows /all /quiet",
        ),
        (
            "C:\\Windows\\System32\\wbadmin.exe",
            "wbadmin.exe delete catalog -quiet",
        ),
        (
            "C:\\Windows\\System32\\cmd.exe",
            "cmd.exe /c del /s /q D:\\Backups",
        ),
    ];
    for (image, command) in destroy {
        s.act(Act::ServerProcess {
            host: "ALD-BKP01",
            image,
            command: command.into(),
        });
    }
    let days = s.dice.between(3, 6) as i32;
    for back in 1..=days {
        for share in SAVED {
            let path = format!("{}/{share}.vbk", night.plus(-back));
            s.act(Act::ServerDelete {
                host: "ALD-BKP01",
                path: format!("D:\\Backups\\{}", path.replace('/', "\\")),
            });
            if back <= 2 {
                s.act(Act::File {
                    share: "Backups".into(),
                    path,
                    op: FileOp::Delete,
                });
            }
        }
    }
    s.harm_done().stage(Stage::AntiForensics);
    s.act(Act::LogCleared("ALD-BKP01"));
    s.act(Act::Remote("ALD-DC01")).act(Act::LogCleared("ALD-DC01"));
    hang_up(s, 95, 9_000_000);
}

/// An engineer who objects to a project renames, overwrites and deletes its work.
pub(super) fn project_wiped(company: &mut Company, plot: &mut Plot, start: Day) {
    let fits = |p: &Person| {
        at_a_desk(p) && is_employee(p) && p.role.department == D::Engineering && !p.projects.is_empty()
    };
    let Some(who) = company.choose("story: wiper", fits) else {
        return;
    };
    let first = company.nth_workday(company.person(who), start, 0);
    let title = "An engineer who objects to a project destroys its work";
    let mut s = begin(
        company,
        plot,
        who,
        ("project_wiped", title),
        (Threat::Sabotage, Motive::Ideology),
        (first, first.plus(19)),
    );
    let project = s.person().projects.first().copied().unwrap_or(0);
    let repo = s
        .company
        .projects
        .get(project)
        .map_or_else(String::new, |p| p.repo.clone());
    for n in [0, 2, 3] {
        let day = s.workday(first, n);
        s.during(day, 0.75).stage(Stage::Preparation);
        let docs: Vec<Doc> = (0..s.dice.between(12, 28))
            .map(|_| project_doc(s.company, project, s.dice.below(500)))
            .collect();
        read(&mut s, &docs, (3, 30));
    }
    for n in [5, 6] {
        let day = s.workday(first, n);
        s.stay(day, clock(19, 40))
            .at(day, clock(18, 40))
            .from(Post::Office)
            .stage(Stage::Infringement);
        for _ in 0..s.dice.between(10, 22) {
            let doc = project_doc(s.company, project, s.dice.below(500));
            let to = format!("{}.{}", doc.path, s.dice.hex(4));
            s.act(Act::File {
                share: doc.share,
                path: doc.path,
                op: FileOp::Rename(to),
            });
        }
    }
    let day = s.workday(first, 8);
    s.stay(day, clock(22, 10)).at(day, clock(20, 20));
    let count = s.dice.between(90, 180);
    for n in 0..count {
        let doc = project_doc(s.company, project, n as usize * 3);
        s.act(Act::File {
            share: doc.share,
            path: doc.path,
            op: FileOp::Delete,
        });
    }
    run(
        &mut s,
        GIT,
        format!("git.exe -C C:\\src\\{repo} push --force origin HEAD~200:main"),
    );
    run(
        &mut s,
        GIT,
        format!("git.exe -C C:\\src\\{repo} push origin --delete release"),
    );
    s.harm_done();
    s.note(
        "Reads widely in the own project, then on two evenings renames files, then deletes a hundred or more and overwrites the repository. \
         File server (renameat, unlinkat) and Sysmon (git push --force) see it; the badge shows the late evenings.",
    );
}

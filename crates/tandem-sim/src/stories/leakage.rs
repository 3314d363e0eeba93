//! Data that leaves: with a leaver, by carelessness, with a contractor.

use tandem_domain::{Day, Motive, Stage, Threat};

use super::craft::{
    at_a_desk, begin, download, erp, fresh_stick, look_up_customer, mail, own_path, pack, post, read,
    refused, rename, run, search, shred,
};
use crate::act::{Act, ErpEntry, FileOp};
use crate::company::profile::Department as D;
use crate::company::roles::Kind;
use crate::company::{Company, Leaving, is_employee};
use crate::names::AI_HOSTS;
use crate::paths::{Doc, department_doc, project_doc};
use crate::plot::{Plot, Script, clock};
use crate::routine::post::private_address;
use crate::routine::tools::{CMD, clone};
use crate::seat::Post;

/// A seller gives notice, looks for the customer list, collects it, carries it out, wipes the traces.
pub(super) fn leaver_customer_list(company: &mut Company, plot: &mut Plot, start: Day) {
    let seller = |title: &str| matches!(title, "Account Manager" | "Sales Representative");
    let Some(who) = company.choose("story: leaver", |p| at_a_desk(p) && seller(p.role.title)) else {
        return;
    };
    let first = company.nth_workday(company.person(who), start, 0);
    let known = company.nth_workday(company.person(who), first, 1);
    let last = known.plus(company.dice("story: leaver: notice", 0, 0).between(30, 48) as i32);
    company.edit(who, |p| p.leave = Some(Leaving { last, known, late: 0 }));
    let title = "A seller who has given notice takes the customer list along";
    let mut s = begin(
        company,
        plot,
        who,
        ("leaver_customer_list", title),
        (Threat::Leakage, Motive::Money),
        (first, first.plus(20)),
    );
    s.during(first, 0.55).stage(Stage::Preparation);
    search(
        &mut s,
        &[
            "customer list 2026",
            "price list all regions",
            "discount agreements",
            "customer contacts export",
        ],
    );
    let day = s.workday(first, 1);
    s.during(day, 0.7);
    search(&mut s, &["key accounts contract dates", "margin by customer"]);
    let rows = s.dice.between(150, 400) as u32;
    list(&mut s, "customer.search", rows);
    for n in 2..6 {
        collect_customers(&mut s, first, n);
    }
    carry_out(&mut s, first);
    s.note(
        "Notice known on the second day. Searches in the cloud suite and ERP, three days of reading other sellers' customer folders and \
         ERP exports, a password-protected archive under a holiday name, a new USB stick, then mail to a private address. The stick shows \
         in 6416 and the endpoint agent, the archive in Sysmon, the deletions afterwards in Sysmon 23 and on the share.",
    );
}

fn list(s: &mut Script<'_>, action: &'static str, rows: u32) {
    erp(
        s,
        ErpEntry {
            action,
            object: "customers".into(),
            label: "Internal",
            rows,
            ..ErpEntry::default()
        },
    );
}

/// One day of collecting: folders of other sellers, ERP exports, foreign customers' records.
fn collect_customers(s: &mut Script<'_>, first: Day, n: usize) {
    let day = s.workday(first, n);
    let share = 0.25 + s.dice.unit() * 0.5;
    s.during(day, share);
    let count = s.dice.between(16, 38);
    let docs: Vec<Doc> = (0..count)
        .map(|_| department_doc(s.company, D::Sales, 250 + s.dice.below(650)))
        .collect();
    read(s, &docs, (2, 25));
    for _ in 0..s.dice.between(8, 18) {
        let other = s.dice.below(s.company.customers.len());
        look_up_customer(s, other);
    }
    if n > 2 {
        let rows = s.dice.between(250, 1_100) as u32;
        list(s, "customer.export", rows);
        let cloud: Vec<Doc> = docs.iter().take(9).cloned().collect();
        download(s, &cloud);
    }
}

fn carry_out(s: &mut Script<'_>, first: Day) {
    let evening = s.workday(first, 7);
    s.stay(evening, clock(20, 10))
        .at(evening, clock(18, 50))
        .from(Post::Office);
    pack(s, "cl-2026.7z", "offers", true);
    rename(s, "cl-2026.7z", "lake-holiday.zip");
    s.wait(60, 400).stage(Stage::Infringement);
    let mut files = vec![(
        own_path(s, "lake-holiday.zip"),
        s.dice.between(280, 900) as u64 * 1_000_000,
        "Internal",
    )];
    for _ in 0..s.dice.between(14, 34) {
        let doc = department_doc(s.company, D::Sales, 250 + s.dice.below(650));
        let label = if s.dice.chance(0.4) {
            "Confidential"
        } else {
            "Internal"
        };
        files.push((doc.name().to_owned(), doc.size, label));
    }
    fresh_stick(s, &files);
    let later = s.workday(first, 9);
    s.from(Post::Usual).during(later, 0.8);
    let to = private_address(&s.person().account.clone(), s.person().id());
    let size = s.dice.between(6, 14) as u64 * 1_000_000;
    mail(
        s,
        &to,
        "photos",
        vec![
            ("contacts-a.xlsx".into(), size),
            ("contacts-b.xlsx".into(), size / 2),
        ],
    );
    s.wait(90, 600);
    mail(s, &to, "more photos", vec![("price-book.xlsx".into(), size)]);
    post(s, "mail.google.com", "/mail/u/0/?ui=2&act=att", 900);
    s.harm_done();
    let after = s.workday(first, 10);
    s.during(after, 0.85).stage(Stage::AntiForensics);
    let names: Vec<String> = [
        "lake-holiday.zip",
        "offers\\contacts-a.xlsx",
        "offers\\contacts-b.xlsx",
        "offers\\price-book.xlsx",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    shred(s, &names);
    let folder = own_path(s, "offers");
    run(s, CMD, format!("cmd.exe /c rd /s /q {folder}"));
    run(
        s,
        "C:\\Windows\\System32\\cipher.exe",
        "cipher.exe /w:C:\\Users".into(),
    );
    let path = format!("Exports/{}/customers.csv", s.person().account);
    s.act(Act::File {
        share: "Sales".into(),
        path,
        op: FileOp::Delete,
    });
}

/// Somebody in a hurry has an assistant on the web summarise confidential papers.
pub(super) fn careless_upload(company: &mut Company, plot: &mut Plot, start: Day) {
    let fits = |title: &str| {
        matches!(
            title,
            "HR Partner"
                | "Legal Counsel"
                | "Accountant"
                | "Controller"
                | "Paralegal"
                | "Executive Assistant"
        )
    };
    let Some(who) = company.choose("story: careless", |p| {
        at_a_desk(p) && is_employee(p) && fits(p.role.title)
    }) else {
        return;
    };
    let title = "Confidential papers are uploaded to an assistant on the web";
    let day = company.nth_workday(company.person(who), start, 0);
    let mut s = begin(
        company,
        plot,
        who,
        ("careless_upload", title),
        (Threat::Leakage, Motive::Negligence),
        (day, day.plus(3)),
    );
    let department = s.person().role.department;
    let docs: Vec<Doc> = (0..4)
        .map(|_| department_doc(s.company, department, s.dice.below(900)))
        .collect();
    let share = 0.4 + s.dice.unit() * 0.4;
    s.during(day, share).stage(Stage::Infringement);
    read(&mut s, &docs, (20, 120));
    let host = AI_HOSTS[s.dice.below(AI_HOSTS.len())];
    post(&mut s, host, "/backend/conversation", 11_000);
    let count = s.dice.between(2, 4) as usize;
    for doc in docs.iter().take(count) {
        let (file, size) = (doc.name().to_owned(), doc.size.clamp(90_000, 9_000_000));
        s.act(Act::Upload {
            host: host.to_owned(),
            file,
            size,
            label: "Strictly confidential",
        });
        s.wait(120, 900);
    }
    s.harm_done();
    s.note("Harm is immediate: files labelled strictly confidential go to an assistant on the web. Proxy (POST) and endpoint agent see it.");
}

/// A contractor walks through the shares and repositories of projects that are not theirs and takes them to the own firm.
pub(super) fn contractor_scope(company: &mut Company, plot: &mut Plot, start: Day) {
    let fits = |p: &crate::company::Person| {
        at_a_desk(p) && p.role.kind == Kind::Contractor && !p.projects.is_empty()
    };
    let Some(who) = company.choose("story: contractor", fits) else {
        return;
    };
    let first = company.nth_workday(company.person(who), start, 0);
    let title = "A contractor reads and takes other projects' work";
    let mut s = begin(
        company,
        plot,
        who,
        ("contractor_scope", title),
        (Threat::Leakage, Motive::Money),
        (first, first.plus(21)),
    );
    s.during(first, 0.4).stage(Stage::Preparation);
    for n in 0..2 {
        let day = s.workday(first, n);
        let share = 0.2 + s.dice.unit() * 0.6;
        s.during(day, share);
        let doors = [D::Hr, D::Finance, D::Legal, D::Executive, D::Procurement];
        let count = s.dice.between(9, 20);
        let docs: Vec<Doc> = (0..count)
            .map(|_| department_doc(s.company, doors[s.dice.below(doors.len())], s.dice.below(300)))
            .collect();
        refused(&mut s, &docs);
    }
    let mine = s.person().projects.clone();
    let mut others: Vec<usize> = (0..s.company.projects.len())
        .filter(|p| !mine.contains(p))
        .collect();
    s.dice.shuffle(&mut others);
    for n in 2..8 {
        let day = s.workday(first, n);
        let share = 0.2 + s.dice.unit() * 0.6;
        s.during(day, share);
        let project = others.get(n % others.len().clamp(1, 4)).copied().unwrap_or(0);
        let count = s.dice.between(18, 45);
        let docs: Vec<Doc> = (0..count)
            .map(|_| project_doc(s.company, project, s.dice.below(400)))
            .collect();
        read(&mut s, &docs, (2, 20));
        if n % 2 == 0 {
            let repo = s
                .company
                .projects
                .get(project)
                .map_or_else(String::new, |p| p.repo.clone());
            s.act(clone(&repo));
            let cloud: Vec<Doc> = docs.iter().take(12).cloned().collect();
            download(&mut s, &cloud);
        }
    }
    let day = s.workday(first, 9);
    s.during(day, 0.85).stage(Stage::Infringement);
    pack(&mut s, "notes-archive.zip", "src", false);
    let host = "files.nordhaus-consulting.example";
    for n in 0..s.dice.between(4, 8) {
        let size = s.dice.between(20, 160) as u64 * 1_000_000;
        s.act(Act::Upload {
            host: host.into(),
            file: format!("notes-archive.z{:02}", n + 1),
            size,
            label: "Confidential",
        });
        s.wait(60, 400);
    }
    s.harm_done();
    s.note(
        "Two days of refused reads on closed shares, six days of mass reads and clones of foreign projects, cloud downloads, then uploads \
         of archives to the contractor's own firm. File server, Sysmon (git), cloud audit, proxy and endpoint agent see it.",
    );
}

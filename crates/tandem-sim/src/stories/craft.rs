//! Moves that several stories make.

use tandem_domain::{Day, Motive, Threat};

use crate::act::{Act, CloudItem, ErpEntry, FileOp, Letter, LocalOp, LogonKind, StickStep, Visit, VpnStep};
use crate::calendar::SITES;
use crate::company::profile::Hours;
use crate::company::{Company, Person};
use crate::paths::Doc;
use crate::plot::{Opening, Plot, Script};
use crate::routine::tools::{BROWSER, CMD, EXPLORER, STICKS, serial};
use crate::seat::Post;

/// Starts a story about somebody, from `start` for `length` days.
pub(super) fn begin<'a>(
    company: &'a mut Company,
    plot: &'a mut Plot,
    who: usize,
    (id, title): (&'static str, &'static str),
    (threat, motive): (Threat, Motive),
    window: (Day, Day),
) -> Script<'a> {
    plot.plant(
        company,
        who,
        Opening {
            id: id.into(),
            title,
            harm: Some((threat, motive)),
            window,
        },
    )
}

/// Somebody with office hours and a machine of their own.
pub(crate) fn at_a_desk(person: &Person) -> bool {
    person.rhythm.hours == Hours::Office && person.rhythm.week.iter().filter(|d| **d).count() == 5
}

/// Reads documents on a share, quickly one after the other.
pub(crate) fn read(script: &mut Script<'_>, docs: &[Doc], pause: (i64, i64)) {
    for doc in docs {
        script.act(Act::File {
            share: doc.share.clone(),
            path: doc.path.clone(),
            op: FileOp::Read,
        });
        script.wait(pause.0, pause.1);
    }
}

/// Tries documents that the share refuses.
pub(crate) fn refused(script: &mut Script<'_>, docs: &[Doc]) {
    for doc in docs {
        script.act(Act::File {
            share: doc.share.clone(),
            path: doc.path.clone(),
            op: FileOp::Denied,
        });
    }
}

/// Downloads documents from the cloud suite.
pub(crate) fn download(script: &mut Script<'_>, docs: &[Doc]) {
    for doc in docs {
        let site = if doc.share == "Projects" {
            doc.path.split('/').next().unwrap_or("Projects")
        } else {
            &doc.share
        }
        .to_owned();
        let item = CloudItem::File {
            operation: "FileDownloaded",
            site,
            name: doc.name().to_owned(),
            size: doc.size,
        };
        script.act(Act::Saas(item));
    }
}

/// Searches the cloud suite.
pub(crate) fn search(script: &mut Script<'_>, words: &[&str]) {
    for text in words {
        script.act(Act::Saas(CloudItem::Search {
            text: (*text).to_owned(),
        }));
        script.wait(20, 150);
    }
}

/// A path in the actor's own documents.
pub(crate) fn own_path(script: &Script<'_>, name: &str) -> String {
    format!("C:\\Users\\{}\\Documents\\{name}", script.person().account)
}

/// Starts a programme.
pub(crate) fn run(script: &mut Script<'_>, image: &str, command: String) {
    script.act(Act::Process {
        image: image.to_owned(),
        command,
        parent: CMD,
    });
}

/// Packs a folder into an archive.
pub(crate) fn pack(script: &mut Script<'_>, archive: &str, folder: &str, password: bool) {
    let path = own_path(script, archive);
    let folder = own_path(script, folder);
    let image = crate::routine::tools::SEVEN_ZIP;
    let secret = if password { " -p -mhe=on" } else { "" };
    script.act(Act::Process {
        image: image.into(),
        command: format!("\"{image}\" a{secret} {path} {folder}\\*"),
        parent: EXPLORER,
    });
    script.act(Act::LocalFile {
        op: LocalOp::Create,
        path,
        image,
    });
}

/// Gives a file on the own machine a harmless name.
pub(crate) fn rename(script: &mut Script<'_>, from: &str, to: &str) {
    let command = format!("cmd.exe /c ren {} {to}", own_path(script, from));
    run(script, CMD, command);
    let path = own_path(script, to);
    script.act(Act::LocalFile {
        op: LocalOp::Create,
        path,
        image: CMD,
    });
}

/// Deletes files on the own machine.
pub(crate) fn shred(script: &mut Script<'_>, names: &[String]) {
    for name in names {
        let path = own_path(script, name);
        script.act(Act::LocalFile {
            op: LocalOp::Delete,
            path,
            image: CMD,
        });
    }
}

/// Copies files to a stick that this person has not used before.
pub(crate) fn fresh_stick(script: &mut Script<'_>, files: &[(String, u64, &'static str)]) {
    let (seed, id) = (script.company.plan.seed, script.person().id());
    let serial = serial(seed, id, 7_700);
    let model = script.dice.word(&STICKS);
    script.act(Act::Stick(StickStep::Plug {
        serial: serial.clone(),
        model,
    }));
    script.wait(20, 90);
    for (file, size, label) in files {
        script.act(Act::Stick(StickStep::Copy {
            serial: serial.clone(),
            file: file.clone(),
            size: *size,
            label,
        }));
    }
    script.wait(30, 300);
    script.act(Act::Stick(StickStep::Unplug { serial }));
}

/// A mail with attachments.
pub(crate) fn mail(script: &mut Script<'_>, to: &str, subject: &str, attachments: Vec<(String, u64)>) {
    let size = 5_000 + attachments.iter().map(|a| a.1 * 4 / 3).sum::<u64>();
    let letter = Letter {
        from: String::new(),
        to: vec![to.to_owned()],
        subject: subject.to_owned(),
        size,
        attachments,
    };
    script.act(Act::Mail(letter));
}

/// An entry in the ERP application.
pub(crate) fn erp(script: &mut Script<'_>, entry: ErpEntry) {
    script.act(Act::Erp(entry));
}

/// A look at the record of the n-th customer, with no case to it.
pub(crate) fn look_up_customer(script: &mut Script<'_>, n: usize) {
    let count = script.company.customers.len().max(1);
    if let Some(customer) = script.company.customers.get(n % count) {
        let label = if customer.vip { "Confidential" } else { "Internal" };
        let (object, name) = (customer.id.clone(), customer.name.clone());
        erp(
            script,
            ErpEntry {
                action: "customer.view",
                object,
                name,
                label,
                rows: 1,
                ..ErpEntry::default()
            },
        );
    }
}

/// Opens the VPN from home and the own machine.
pub(crate) fn from_home(script: &mut Script<'_>) {
    let country = SITES.get(script.person().site).map_or("DE", |s| s.country);
    script.from(Post::Tunnel).act(Act::Vpn(VpnStep::Open { country }));
    script.wait(30, 80).act(Act::LogOn(LogonKind::Unlock));
    script.wait(30, 120);
}

/// Closes the VPN after that many minutes.
pub(crate) fn hang_up(script: &mut Script<'_>, minutes: u32, bytes: u64) {
    script
        .wait(60, 300)
        .act(Act::Vpn(VpnStep::Close { minutes, bytes }));
}

/// A visit that sends data.
pub(crate) fn post(script: &mut Script<'_>, host: &str, path: &str, bytes: u64) {
    script.act(Act::Web(Visit {
        method: "POST",
        host: host.into(),
        path: path.into(),
        status: 200,
        bytes,
    }));
}

/// A closed visit.
pub(crate) fn visit(script: &mut Script<'_>, host: &str) {
    let bytes = script.dice.spread(50_000.0, 1.0) as u64;
    script.act(Act::Web(Visit {
        method: "CONNECT",
        host: host.into(),
        path: String::new(),
        status: 200,
        bytes,
    }));
}

/// Opens the browser.
pub(crate) fn browser(script: &mut Script<'_>) {
    script.act(Act::Process {
        image: BROWSER.into(),
        command: format!("\"{BROWSER}\" --incognito"),
        parent: EXPLORER,
    });
}

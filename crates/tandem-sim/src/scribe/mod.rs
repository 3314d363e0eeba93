//! Writing acts down as raw log lines, one module per format, and the pages the lines wait on until their day is over.

mod badge;
mod directory;
mod dlp;
mod erp;
pub(crate) mod json;
mod linux;
mod mail;
mod proxy;
mod saas;
mod samba;
pub(crate) mod stamp;
mod sysmon;
mod vpn;
mod windows;

use std::collections::BTreeMap;

use tandem_domain::{Day, Timestamp};

use crate::act::{Act, Seat};
use crate::company::Company;

/// A source of logs; each has a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    WindowsSecurity,
    Sysmon,
    Proxy,
    Mail,
    FileServer,
    Badge,
    Vpn,
    Saas,
    DlpUsb,
    Erp,
    LinuxAuditd,
    LinuxSyslog,
}

impl Source {
    /// Every source.
    pub(crate) const ALL: [Self; 12] = [
        Self::WindowsSecurity,
        Self::Sysmon,
        Self::Proxy,
        Self::Mail,
        Self::FileServer,
        Self::Badge,
        Self::Vpn,
        Self::Saas,
        Self::DlpUsb,
        Self::Erp,
        Self::LinuxAuditd,
        Self::LinuxSyslog,
    ];

    /// Folder under `logs/`.
    pub(crate) const fn folder(self) -> &'static str {
        match self {
            Self::WindowsSecurity => "windows-security",
            Self::Sysmon => "sysmon",
            Self::Proxy => "proxy",
            Self::Mail => "mail",
            Self::FileServer => "file-server",
            Self::Badge => "badge",
            Self::Vpn => "vpn",
            Self::Saas => "saas",
            Self::DlpUsb => "dlp-usb",
            Self::Erp => "erp",
            Self::LinuxAuditd => "linux-auditd",
            Self::LinuxSyslog => "linux-syslog",
        }
    }

    /// Ending of its files.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::WindowsSecurity | Self::Mail | Self::Saas | Self::Erp => "ndjson",
            Self::Sysmon => "jsonl",
            Self::Badge => "csv",
            Self::DlpUsb => "cef",
            _ => "log",
        }
    }

    /// First line of its files, if they have one.
    pub(crate) const fn header(self) -> Option<&'static str> {
        match self {
            Self::Badge => Some(badge::HEADER),
            _ => None,
        }
    }
}

/// Marks lines as part of a planted story or of an innocent's oddity: the position in the list of plants.
pub(crate) type Tag = usize;

/// Lines of one source on one UTC day, in the order they were written down.
#[derive(Debug, Default)]
pub(crate) struct Page {
    text: String,
    lines: Vec<(i64, u32, u32)>,
}

impl Page {
    /// The lines in order of time.
    pub(crate) fn sorted(&self) -> Vec<&str> {
        let mut order: Vec<&(i64, u32, u32)> = self.lines.iter().collect();
        order.sort_by_key(|(at, start, _)| (*at, *start));
        order
            .iter()
            .filter_map(|(_, start, end)| self.text.get(*start as usize..*end as usize))
            .collect()
    }
}

/// What was planted on a day, by source.
pub(crate) type DayCounts = BTreeMap<Day, BTreeMap<&'static str, u32>>;

/// First and last instant and counts of the lines of one plant.
#[derive(Debug, Default, Clone)]
pub(crate) struct Trace {
    /// Instants, µs UTC.
    pub(crate) span: Option<(i64, i64)>,
    /// Lines by day and source.
    pub(crate) counts: DayCounts,
}

/// Lines of the days that are not over yet.
#[derive(Debug)]
pub(crate) struct DayLog {
    span: (Day, Day),
    pages: BTreeMap<(Day, Source), Page>,
    tag: Option<Tag>,
    traces: Vec<Trace>,
}

impl DayLog {
    /// A log that takes lines of the days `span`, and counts those of `plants` plants.
    pub(crate) fn new(span: (Day, Day), plants: usize) -> Self {
        Self {
            span,
            pages: BTreeMap::new(),
            tag: None,
            traces: vec![Trace::default(); plants],
        }
    }

    /// Everything written from now on belongs to that plant, or to none.
    pub(crate) fn mark(&mut self, tag: Option<Tag>) {
        self.tag = tag;
    }

    /// Writes one line at an instant; lines outside the simulated days are dropped, as no collector ran then.
    pub(crate) fn line(&mut self, source: Source, at: i64, write: impl FnOnce(&mut String)) {
        let day = Timestamp(at).day();
        if day < self.span.0 || day > self.span.1 {
            return;
        }
        let page = self.pages.entry((day, source)).or_default();
        let start = page.text.len() as u32;
        write(&mut page.text);
        page.lines.push((at, start, page.text.len() as u32));
        if let Some(trace) = self.tag.and_then(|tag| self.traces.get_mut(tag)) {
            let (first, last) = trace.span.unwrap_or((at, at));
            trace.span = Some((first.min(at), last.max(at)));
            *trace
                .counts
                .entry(day)
                .or_default()
                .entry(source.folder())
                .or_default() += 1;
        }
    }

    /// Takes the pages of a day that is over.
    pub(crate) fn take(&mut self, day: Day) -> Vec<(Source, Page)> {
        let found = Source::ALL
            .iter()
            .filter_map(|s| Some((*s, self.pages.remove(&(day, *s))?)));
        found.collect()
    }

    /// What was written for each plant.
    pub(crate) fn traces(&self) -> &[Trace] {
        &self.traces
    }
}

/// Writes an act into every log that would see it.
pub(crate) fn perform(company: &Company, log: &mut DayLog, seat: &Seat<'_>, at: i64, act: &Act) {
    let mut pen = Pen {
        company,
        log,
        seat,
        at,
    };
    if at % 1_000_000 == 0 {
        pen.at += (pen.bits("fraction") % 999_983) as i64;
    }
    match act {
        Act::LogOn(kind) => windows::log_on(&mut pen, *kind),
        Act::LogOnFailed(why) => windows::log_on_failed(&mut pen, *why),
        Act::LogOff => windows::log_off(&mut pen),
        Act::Remote(host) => windows::remote(&mut pen, host),
        Act::Directory(change) => directory::change(&mut pen, change),
        Act::LogCleared(host) => windows::log_cleared(&mut pen, host),
        Act::Task { host, name, command } => windows::task(&mut pen, host, name, command),
        Act::ServerProcess { host, image, command } => windows::process(&mut pen, host, image, command),
        Act::ServerDelete { host, path } => windows::delete(&mut pen, host, path),
        Act::AdminShare { host, share } => windows::share(&mut pen, host, share),
        Act::Process {
            image,
            command,
            parent,
        } => sysmon::process(&mut pen, image, command, parent),
        Act::LocalFile { op, path, image } => sysmon::file(&mut pen, *op, path, image),
        Act::Badge { door, way, granted } => badge::pass(&mut pen, door, *way, *granted),
        Act::Vpn(step) => vpn::step(&mut pen, step),
        Act::Web(visit) => proxy::visit(&mut pen, visit),
        Act::Mail(mail) => mail::send(&mut pen, mail),
        Act::MailReceived(mail) => mail::receive(&mut pen, mail),
        Act::File { share, path, op } => samba::file(&mut pen, share, path, op),
        Act::Stick(step) => dlp::stick(&mut pen, step),
        Act::Upload {
            host,
            file,
            size,
            label,
        } => dlp::upload(&mut pen, host, file, *size, label),
        Act::Saas(item) => saas::item(&mut pen, item),
        Act::Erp(entry) => erp::entry(&mut pen, entry),
        Act::Shell { host, command } => linux::shell(&mut pen, host, command),
        Act::Ssh { host, opened } => linux::ssh(&mut pen, host, *opened),
    }
}

/// What a format module needs to write one act down.
pub(crate) struct Pen<'a> {
    pub(crate) company: &'a Company,
    pub(crate) log: &'a mut DayLog,
    pub(crate) seat: &'a Seat<'a>,
    pub(crate) at: i64,
}

impl Pen<'_> {
    /// Even bits that depend on the act's time, account and `what`, for identifiers inside a record.
    pub(crate) fn bits(&self, what: &str) -> u64 {
        let seed = self.company.plan.seed ^ (self.at as u64).rotate_left(17);
        xxhash_rust::xxh3::xxh3_64_with_seed(what.as_bytes(), seed ^ u64::from(self.seat.rid) << 40)
    }

    /// A number that stays the same for the session of this account on a host on a day.
    pub(crate) fn session(&self, host: &str) -> u64 {
        let day = Timestamp(self.at).day();
        let seed = self.company.plan.seed ^ (u64::from(self.seat.rid) << 32) ^ day.0 as u64;
        xxhash_rust::xxh3::xxh3_64_with_seed(host.as_bytes(), seed)
    }

    /// A lower-case UUID made of [`Pen::bits`].
    pub(crate) fn uuid(&self, what: &str) -> String {
        let (a, b) = (
            self.bits(what),
            self.bits(what).rotate_left(29) ^ self.session(what),
        );
        let (low, mid) = (a & 0xffff_ffff, (a >> 32) & 0xffff);
        format!(
            "{low:08x}-{mid:04x}-4{:03x}-{:04x}-{:012x}",
            (a >> 48) & 0xfff,
            0x8000 | (b >> 48) & 0x3fff,
            b & 0xffff_ffff_ffff
        )
    }
}

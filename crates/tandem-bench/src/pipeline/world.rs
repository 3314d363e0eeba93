//! Synthetic events for the lake: sign-ins, web requests and file accesses of many accounts, seeded.

use anyhow::{Context, Result};
use tandem_domain::event::{EventHead, Severity, Status};
use tandem_domain::{Attr, ClassUid, Day, EventBatch, EventId, LogSource, NumAttr, Value};

/// First day of the events.
pub const FIRST_DAY: Day = Day(20_454);

/// How large the world is.
#[derive(Debug, Clone, Copy)]
pub struct World {
    /// Accounts that act.
    pub accounts: u64,
    /// Days they act on.
    pub days: u64,
}

/// A small, fast, seeded stream of numbers (SplitMix64).
#[derive(Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// A number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

/// Adds the event of this number, at this many microseconds after the first day began.
pub fn add_event(
    batch: &mut EventBatch,
    dice: &mut Dice,
    world: &World,
    (number, micros): (u64, u64),
) -> Result<()> {
    let account = dice.roll(world.accounts);
    let time = FIRST_DAY.start().plus_micros(micros as i64);
    let id = id_of(number);
    let head = EventHead {
        id,
        time,
        severity: Severity::Informational,
        status: Status::Success,
        ..EventHead::default()
    };
    let user = format!("user{account:05}");
    let host = format!("WS{:05}", account * 7 % world.accounts);
    match dice.roll(10) {
        0..4 => proxy(batch, dice, (&user, &host), head),
        4..8 => logon(batch, dice, (&user, &host), head),
        _ => file(batch, dice, (&user, &host), head),
    }
}

/// The id of the event of this number.
pub fn id_of(number: u64) -> EventId {
    let mut hash = Dice(number);
    EventId(u128::from(hash.roll(u64::MAX)) << 64 | u128::from(hash.roll(u64::MAX)))
}

fn proxy(batch: &mut EventBatch, dice: &mut Dice, (user, host): (&str, &str), head: EventHead) -> Result<()> {
    // One site in a million requests is rare; the rest follow a long tail.
    let site = if dice.roll(1_000_000) == 0 {
        format!("paste{}.example", dice.roll(1_000))
    } else {
        let tail = dice.roll(1_000) + 1;
        format!("www{}.example", 5_000 / tail)
    };
    let url = format!(
        "https://{site}/{:x}/{:x}?q={}",
        dice.roll(4_096),
        dice.roll(1 << 32),
        dice.roll(1 << 20)
    );
    let mut event = batch.start().context("the batch is full")?;
    event.field(
        "c-ip",
        Value::Text(&format!("10.1.{}.{}", dice.roll(4), dice.roll(250))),
    );
    event.field("cs-username", Value::Text(user));
    event.field(
        "cs-method",
        Value::Text(if dice.roll(9) == 0 { "POST" } else { "GET" }),
    );
    event.field("c-uri", Value::Text(&url));
    event.field("cs-host", Value::Text(&site));
    event.field("sc-status", Value::Int(200));
    event.field("cs-bytes", Value::Int(dice.roll(4_000) as i64));
    event.field("sc-bytes", Value::Int(dice.roll(90_000) as i64));
    event.field(
        "c-useragent",
        Value::Text("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/143.0"),
    );
    for (name, attr) in [
        ("cs-username", Attr::ActorUser),
        ("c-ip", Attr::SrcIp),
        ("cs-method", Attr::HttpMethod),
        ("c-uri", Attr::Url),
        ("cs-host", Attr::UrlHost),
        ("c-useragent", Attr::UserAgent),
    ] {
        let id = event.intern_name(name);
        event.attr_from_field(attr, id);
    }
    event.attr(Attr::Device, host);
    event.num(NumAttr::BytesOut, dice.roll(4_000) as i64);
    event.num(NumAttr::BytesIn, dice.roll(90_000) as i64);
    event.num(NumAttr::HttpStatus, 200);
    event.logsource(&LogSource {
        category: Some("proxy".into()),
        ..LogSource::default()
    });
    event.finish(EventHead {
        class: ClassUid::HttpActivity,
        activity: 3,
        ..head
    });
    Ok(())
}

fn logon(batch: &mut EventBatch, dice: &mut Dice, (user, host): (&str, &str), head: EventHead) -> Result<()> {
    let mut event = batch.start().context("the batch is full")?;
    event.field("EventID", Value::Int(4624));
    event.field("Channel", Value::Text("Security"));
    event.field("Computer", Value::Text(host));
    event.field("TargetUserName", Value::Text(user));
    event.field("TargetDomainName", Value::Text("ALDERMOOR"));
    event.field(
        "TargetUserSid",
        Value::Text("S-1-5-21-1004336348-1177238915-682003330-1104"),
    );
    event.field("LogonType", Value::Int(if dice.roll(4) == 0 { 10 } else { 3 }));
    event.field("LogonProcessName", Value::Text("Kerberos"));
    event.field(
        "IpAddress",
        Value::Text(&format!("10.1.{}.{}", dice.roll(4), dice.roll(250))),
    );
    event.field("IpPort", Value::Int(49_152 + dice.roll(16_000) as i64));
    event.field(
        "TargetLogonId",
        Value::Text(&format!("0x{:x}", dice.roll(1 << 32))),
    );
    event.field("ProcessName", Value::Text("C:\\Windows\\System32\\svchost.exe"));
    for (name, attr) in [
        ("TargetUserName", Attr::ActorUser),
        ("Computer", Attr::Device),
        ("IpAddress", Attr::SrcIp),
        ("TargetUserSid", Attr::ActorUid),
        ("ProcessName", Attr::Process),
    ] {
        let id = event.intern_name(name);
        event.attr_from_field(attr, id);
    }
    let part = |text: &str| Some(text.to_owned());
    event.logsource(&LogSource {
        product: part("windows"),
        service: part("security"),
        category: None,
    });
    event.finish(EventHead {
        class: ClassUid::Authentication,
        activity: 1,
        ..head
    });
    Ok(())
}

fn file(batch: &mut EventBatch, dice: &mut Dice, (user, host): (&str, &str), head: EventHead) -> Result<()> {
    let name = format!("report-{}.docx", dice.roll(40_000));
    let path = format!("\\\\fs01\\projects\\p{}\\{name}", dice.roll(300));
    let mut event = batch.start().context("the batch is full")?;
    event.field("EventID", Value::Int(5145));
    event.field("Computer", Value::Text("FS01.aldermoor.example"));
    event.field("SubjectUserName", Value::Text(user));
    event.field("ShareName", Value::Text("\\\\*\\projects"));
    event.field("RelativeTargetName", Value::Text(&path));
    event.field("AccessMask", Value::Text("0x120089"));
    event.field("ObjectType", Value::Text("File"));
    for (name, attr) in [
        ("SubjectUserName", Attr::ActorUser),
        ("RelativeTargetName", Attr::FilePath),
    ] {
        let id = event.intern_name(name);
        event.attr_from_field(attr, id);
    }
    event.attr(Attr::FileName, &name);
    event.attr(Attr::Device, "FS01.aldermoor.example");
    event.attr(Attr::SrcHost, host);
    event.num(NumAttr::FileSize, dice.roll(9_000_000) as i64);
    let part = |text: &str| Some(text.to_owned());
    event.logsource(&LogSource {
        product: part("windows"),
        service: part("security"),
        category: None,
    });
    event.finish(EventHead {
        class: ClassUid::FileActivity,
        activity: 2,
        ..head
    });
    Ok(())
}

//! The CERT CSV files on the product's own road: rows become events, `observe` makes observations of them, and those add up to
//! days of activity.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Context, Result};
use tandem_baseline::{DayActivity, HomeContext, observe};
use tandem_domain::event::{EventHead, Status};
use tandem_domain::time::MICROS_PER_SECOND;
use tandem_domain::{Attr, ClassUid, Day, EventBatch, EventId, Timestamp};

use super::pack::Pack;

/// Events per batch.
const BATCH: usize = 20_000;

/// Activity per day and account, and how many events it came from.
#[derive(Debug, Default)]
pub struct Activity {
    /// Per day, per account.
    pub days: BTreeMap<Day, BTreeMap<String, DayActivity>>,
    /// Events read.
    pub events: u64,
    /// Seconds it took.
    pub seconds: f64,
}

/// Reads the three logs of a pack.
pub fn read(pack: &Pack) -> Result<Activity> {
    let start = Instant::now();
    let mut activity = Activity::default();
    for name in ["logon.csv", "device.csv", "file.csv"] {
        read_log(name, pack.file(name)?, &mut activity).with_context(|| format!("reading {name}"))?;
    }
    activity.seconds = start.elapsed().as_secs_f64();
    Ok(activity)
}

/// Whether the benchmark needs this file of a pack.
pub fn is_log(name: &str) -> bool {
    matches!(name, "logon.csv" | "device.csv" | "file.csv")
}

fn read_log(name: &str, bytes: &[u8], activity: &mut Activity) -> Result<()> {
    let mut reader = csv::Reader::from_reader(bytes);
    let mut record = csv::StringRecord::new();
    let mut batch = EventBatch::new(name);
    while reader.read_record(&mut record)? {
        event(name, &record, &mut batch)?;
        activity.events += 1;
        if batch.len() == BATCH {
            drain(&mut batch, activity);
        }
    }
    drain(&mut batch, activity);
    Ok(())
}

/// One row as the mappings would make it: columns are id, date, user, pc, and activity or file name.
fn event(log: &str, record: &csv::StringRecord, batch: &mut EventBatch) -> Result<()> {
    let column = |at: usize| record.get(at).unwrap_or_default().trim();
    let time = parse_time(column(1)).with_context(|| format!("no time: {:?}", column(1)))?;
    let mut event = batch.start()?;
    event.attr(Attr::ActorUser, column(2));
    event.attr(Attr::Device, column(3));
    let (class, activity) = match (log, column(4)) {
        ("logon.csv", "Logon") => (ClassUid::Authentication, 1),
        ("logon.csv", _) => (ClassUid::Authentication, 2),
        ("device.csv", "Connect") => (ClassUid::PeripheralActivity, 1),
        ("device.csv", _) => (ClassUid::PeripheralActivity, 2),
        // Every row of the file log is a copy to removable media.
        (_, file) => {
            event.attr(Attr::FileName, file);
            event.attr(Attr::Peripheral, "removable");
            (ClassUid::FileActivity, 1)
        }
    };
    let id = EventId(xxhash_rust::xxh3::xxh3_128(column(0).as_bytes()));
    event.finish(EventHead {
        id,
        time,
        class,
        activity,
        status: Status::Success,
        ..EventHead::default()
    });
    Ok(())
}

/// `MM/DD/YYYY HH:MM:SS`, local time without a zone.
fn parse_time(text: &str) -> Option<Timestamp> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let day = Day::from_ymd(number(6, 10)?, number(0, 2)? as i8, number(3, 5)? as i8)?;
    let seconds =
        i64::from(number(11, 13)?) * 3_600 + i64::from(number(14, 16)?) * 60 + i64::from(number(17, 19)?);
    Some(day.start().plus_micros(seconds * MICROS_PER_SECOND))
}

fn drain(batch: &mut EventBatch, activity: &mut Activity) {
    let home = HomeContext::default();
    for event in batch.iter() {
        let Some(seen) = observe(&event, &home, |time| (time.day(), time.hour())) else {
            continue;
        };
        let day = activity.days.entry(seen.day).or_default();
        if let Some(own) = day.get_mut(seen.account) {
            own.add(&seen.observation);
        } else {
            let mut own = DayActivity::default();
            own.add(&seen.observation);
            day.insert(seen.account.to_owned(), own);
        }
    }
    batch.clear();
}

#[cfg(test)]
mod tests {
    use super::*;
    use tandem_domain::time::MICROS_PER_DAY;

    #[test]
    fn times_are_read_as_american_dates() {
        let time = parse_time("01/02/2010 07:54:30").unwrap();
        assert_eq!(time.to_string(), "2010-01-02T07:54:30Z");
        assert_eq!(
            time.0.rem_euclid(MICROS_PER_DAY) / MICROS_PER_SECOND,
            7 * 3_600 + 54 * 60 + 30
        );
        assert_eq!(parse_time("garbage"), None);
    }

    #[test]
    fn rows_become_the_acts_they_stand_for() {
        use tandem_baseline::Action;
        let mut activity = Activity::default();
        let logon = "id,date,user,pc,activity\n{A},01/04/2010 08:00:00,ABC0001,PC-1,Logon\n{B},01/04/2010 17:00:00,ABC0001,PC-1,Logoff\n";
        let device = "id,date,user,pc,activity\n{C},01/04/2010 09:00:00,ABC0001,PC-1,Connect\n{D},01/04/2010 09:05:00,ABC0001,PC-1,Disconnect\n";
        let file = "id,date,user,pc,filename\n{E},01/04/2010 09:01:00,ABC0001,PC-1,X.doc\n";
        for (name, text) in [("logon.csv", logon), ("device.csv", device), ("file.csv", file)] {
            read_log(name, text.as_bytes(), &mut activity).unwrap();
        }
        assert_eq!(activity.events, 5);
        let day = &activity.days[&Day::parse("2010-01-04").unwrap()]["ABC0001"];
        let count = |action| day.action(action).map_or(0, tandem_baseline::ActionDay::total);
        assert_eq!(count(Action::Logon), 1);
        assert_eq!(count(Action::Logoff), 1);
        assert_eq!(count(Action::DeviceConnect), 1);
        assert_eq!(count(Action::RemovableCopy), 1);
        assert_eq!(day.files(), 1.0);
    }
}

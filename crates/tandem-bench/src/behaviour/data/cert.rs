//! The CSV files of CERT's releases 4 to 6 and of hybrids of their layout, on the product's own road: rows become the events
//! that the shipped mappings make of them.
//!
//! Tables are read by the names of their columns. Release 4 has copies to removable media alone in `file.csv`; later ones add
//! an activity and whether the file went to or came from removable media, and lists of attachments in place of their number.

use std::borrow::Cow;
use std::io::BufRead;

use anyhow::{Context, Result};
use tandem_domain::event::{EventBuilder, EventHead, Status};
use tandem_domain::time::MICROS_PER_SECOND;
use tandem_domain::{Attr, ClassUid, Day, EventBatch, EventId, LocalTime, NumAttr, Timestamp};

use super::activity::Gatherer;
use super::rows::{self, BadRows, Row};

/// Events per batch.
const BATCH: usize = 20_000;
/// The tables that are read.
pub const LOGS: [&str; 5] = ["logon.csv", "device.csv", "file.csv", "email.csv", "http.csv"];

/// Whether a file is one of them.
pub fn is_log(name: &str) -> bool {
    LOGS.contains(&name)
}

/// Reads one log.
pub fn read(log: &str, reader: &mut dyn BufRead, gatherer: &mut Gatherer, bad: &mut BadRows) -> Result<()> {
    let mut batch = EventBatch::new(log);
    let mut days = Days::default();
    let outcome = rows::table(log, reader, None, bad, &mut |row| {
        event(log, row, &mut days, &mut batch)?;
        if batch.len() == BATCH {
            drain(&mut batch, gatherer);
        }
        Ok(())
    });
    drain(&mut batch, gatherer);
    outcome.with_context(|| format!("{log} breaks off"))
}

fn drain(batch: &mut EventBatch, gatherer: &mut Gatherer) {
    gatherer.take(
        batch,
        |_, time| LocalTime::utc(time),
        |account| Some(Cow::Borrowed(account)),
    );
}

/// One row as the mappings make it. Nothing is added to the batch if it cannot be used.
fn event(log: &str, row: &Row<'_>, days: &mut Days, batch: &mut EventBatch) -> Result<(), String> {
    let date = row.must("date")?;
    let time = days.time(date).ok_or_else(|| format!("no date: {date:?}"))?;
    let (user, id) = (row.must("user")?, row.must("id")?);
    let (class, activity) = kind(log, row)?;
    let mut event = batch.start().map_err(|error| error.to_string())?;
    event.attr(Attr::ActorUser, user);
    event.attr(Attr::Device, row.get("pc").unwrap_or_default());
    match class {
        ClassUid::FileActivity => file(row, &mut event),
        ClassUid::EmailActivity => email(row, &mut event),
        ClassUid::HttpActivity => http(row, &mut event),
        ClassUid::PeripheralActivity => event.attr(Attr::Peripheral, "removable"),
        _ => {}
    }
    event.finish(EventHead {
        id: EventId(xxhash_rust::xxh3::xxh3_128(id.as_bytes())),
        time,
        class,
        activity,
        status: Status::Success,
        ..EventHead::default()
    });
    Ok(())
}

/// Class and activity.
fn kind(log: &str, row: &Row<'_>) -> Result<(ClassUid, u8), String> {
    let said = row.get("activity").unwrap_or_default();
    let unknown = || format!("no activity of {log}: {said:?}");
    Ok(match log {
        "logon.csv" => match said {
            "Logon" => (ClassUid::Authentication, 1),
            "Logoff" => (ClassUid::Authentication, 2),
            _ => return Err(unknown()),
        },
        "device.csv" => match said {
            "Connect" => (ClassUid::PeripheralActivity, 1),
            "Disconnect" => (ClassUid::PeripheralActivity, 2),
            _ => return Err(unknown()),
        },
        "file.csv" => {
            row.must("filename")?;
            let from_media = row.get("from_removable_media") == Some("True");
            let activity = match said {
                _ if from_media && row.get("to_removable_media") == Some("False") => 2,
                "File Open" => 14,
                "File Write" => 3,
                "File Delete" => 4,
                _ => 1,
            };
            (ClassUid::FileActivity, activity)
        }
        "email.csv" => (ClassUid::EmailActivity, if said == "View" { 2 } else { 1 }),
        _ => {
            row.must("url")?;
            (ClassUid::HttpActivity, if said == "WWW Upload" { 6 } else { 3 })
        }
    })
}

fn file(row: &Row<'_>, event: &mut EventBuilder<'_>) {
    let path = row.get("filename").unwrap_or_default();
    event.attr(Attr::FilePath, path);
    event.attr(Attr::FileName, path.rsplit(['\\', '/']).next().unwrap_or(path));
    let said = |column: &str, value: &str| row.get(column) == Some(value);
    let neither = said("to_removable_media", "False") && said("from_removable_media", "False");
    if !neither {
        event.attr(Attr::Peripheral, "removable");
    }
}

fn email(row: &Row<'_>, event: &mut EventBuilder<'_>) {
    event.attr(Attr::EmailFrom, row.get("from").unwrap_or_default());
    let to: Vec<&str> = ["to", "cc", "bcc"]
        .into_iter()
        .filter_map(|column| row.get(column))
        .collect();
    event.attr(Attr::EmailTo, &to.join(";"));
    if let Some(size) = row.get("size").and_then(|size| size.parse().ok()) {
        event.num(NumAttr::FileSize, size);
        event.num(NumAttr::BytesOut, size);
    }
    let attachments = row
        .get("attachments")
        .or_else(|| row.get("attachment_count"))
        .unwrap_or_default();
    if let Ok(count) = attachments.parse() {
        event.num(NumAttr::Items, count);
    } else if !attachments.is_empty() {
        event.num(NumAttr::Items, attachments.split(';').count() as i64);
        let first = attachments.split([';', '(']).next().unwrap_or_default();
        event.attr(Attr::FileName, first);
    }
}

fn http(row: &Row<'_>, event: &mut EventBuilder<'_>) {
    let url = row.get("url").unwrap_or_default();
    event.attr(Attr::Url, url);
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = after_scheme
        .split(['/', '?', '#', ':'])
        .next()
        .unwrap_or_default();
    event.attr(Attr::UrlHost, host);
    event.attr(Attr::DstHost, host);
}

/// Times of neighbouring rows fall on one day: its number is worked out once.
#[derive(Debug, Default)]
pub struct Days {
    text: String,
    day: Day,
}

impl Days {
    /// `MM/DD/YYYY HH:MM:SS`, local time without a zone; leading zeros may be missing.
    pub fn time(&mut self, text: &str) -> Option<Timestamp> {
        let (date, clock) = text.split_once(' ')?;
        if date != self.text {
            let mut parts = date.split('/').map(str::parse::<i16>);
            let mut next = || parts.next()?.ok();
            let (month, day, year) = (next()?, next()?, next()?);
            self.day = Day::from_ymd(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)?;
            date.clone_into(&mut self.text);
        }
        let mut parts = clock.trim().split(':').map(str::parse::<u8>);
        let mut next = |most: u8| parts.next()?.ok().filter(|value| *value <= most).map(i64::from);
        let seconds = next(23)? * 3_600 + next(59)? * 60 + next(59)?;
        Some(self.day.start().plus_micros(seconds * MICROS_PER_SECOND))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tandem_baseline::HomeContext;
    use tandem_domain::time::MICROS_PER_DAY;
    use tandem_normalise::mapping::Mappings;
    use tandem_normalise::{Format, Normaliser, Options};

    use super::*;
    use crate::behaviour::data::activity::Activity;
    use crate::behaviour::data::lens::Lens;

    fn home() -> HomeContext {
        HomeContext {
            mail_domains: vec!["dtaa.example".into()],
            ..HomeContext::default()
        }
    }

    fn own(log: &str, text: &str) -> (Activity, BadRows) {
        let mut gatherer = Gatherer::new(Lens::Clear, home());
        let mut bad = BadRows::default();
        read(log, &mut text.as_bytes(), &mut gatherer, &mut bad).unwrap();
        (gatherer.done(), bad)
    }

    fn mapped(text: &str) -> Activity {
        let options = Options {
            source: String::new(),
            stream_id: 1,
            format: Some(Format::Csv),
            mapping: None,
            time_zone: Some("UTC".into()),
            year_hint: None,
            received: Timestamp(0),
            max_record_bytes: 1 << 20,
        };
        let mut normaliser = Normaliser::new(Arc::new(Mappings::builtin().unwrap()), options);
        let mut batch = EventBatch::new("");
        let mut rejects = Vec::new();
        let used = normaliser.feed(text.as_bytes(), 0, true, &mut batch, &mut rejects);
        assert_eq!((used, rejects.len()), (text.len(), 0), "{rejects:?}");
        let mut gatherer = Gatherer::new(Lens::Clear, home());
        drain(&mut batch, &mut gatherer);
        gatherer.done()
    }

    #[test]
    fn times_are_read_as_american_dates() {
        let mut days = Days::default();
        let time = days.time("01/02/2010 07:54:30").unwrap();
        assert_eq!(time.to_string(), "2010-01-02T07:54:30Z");
        assert_eq!(
            time.0.rem_euclid(MICROS_PER_DAY) / MICROS_PER_SECOND,
            7 * 3_600 + 54 * 60 + 30
        );
        assert_eq!(
            days.time("3/6/2010 1:41:56").unwrap().to_string(),
            "2010-03-06T01:41:56Z"
        );
        assert_eq!(days.time("13/02/2010 07:54:30"), None);
        assert_eq!(days.time("garbage"), None);
    }

    #[test]
    fn rows_of_every_release_become_what_the_shipped_mappings_make_of_them() {
        let tables = [
            (
                "logon.csv",
                "id,date,user,pc,activity\n{A},01/04/2010 08:00:00,ABC0001,PC-1,Logon\n{B},01/04/2010 17:00:00,ABC0001,PC-1,Logoff\n",
            ),
            (
                "device.csv",
                "id,date,user,pc,activity\n{C},01/04/2010 09:00:00,ABC0001,PC-1,Connect\n{D},01/04/2010 09:05:00,ABC0001,PC-1,Disconnect\n",
            ),
            (
                "device.csv",
                "id,date,user,pc,file_tree,activity\n{C},01/04/2010 09:00:00,ABC0001,PC-1,R:\\;R:\\x,Connect\n",
            ),
            (
                "file.csv",
                "id,date,user,pc,filename,content\n{E},01/04/2010 09:01:00,ABC0001,PC-1,X.doc,\"D0-CF one, two\"\n",
            ),
            (
                "file.csv",
                "id,date,user,pc,filename,activity,to_removable_media,from_removable_media,content\n\
              {F},01/04/2010 09:01:00,ABC0001,PC-1,R:\\a\\X.doc,File Copy,True,False,25-50\n\
              {G},01/04/2010 09:02:00,ABC0001,PC-1,R:\\a\\Y.doc,File Copy,False,True,25-50\n\
              {H},01/04/2010 09:03:00,ABC0001,PC-1,C:\\a\\Z.doc,File Open,False,False,25-50\n\
              {I},01/04/2010 09:04:00,ABC0001,PC-1,C:\\a\\Z.doc,File Write,False,False,25-50\n\
              {J},01/04/2010 09:05:00,ABC0001,PC-1,C:\\a\\Z.doc,File Delete,False,False,25-50\n",
            ),
            (
                "email.csv",
                "id,date,user,pc,to,cc,bcc,from,size,attachments,content\n\
              {K},01/04/2010 10:00:00,ABC0001,PC-1,a@dtaa.example;b@else.example,,,abc@dtaa.example,2500,2,words\n\
              {L},01/04/2010 10:01:00,ABC0001,PC-1,a@dtaa.example,c@dtaa.example,,abc@dtaa.example,100,0,words\n",
            ),
            (
                "email.csv",
                "id,date,user,pc,to,cc,bcc,from,activity,size,attachments,content\n\
              {M},01/04/2010 10:00:00,ABC0001,PC-1,b@else.example,,,abc@dtaa.example,Send,2500,C:\\a\\x.doc(100);C:\\y.pdf(7),words\n\
              {N},01/04/2010 10:00:00,ABC0001,PC-1,abc@dtaa.example,,,a@dtaa.example,View,2500,,words\n",
            ),
            (
                "http.csv",
                "id,date,user,pc,url,content\n{O},01/04/2010 11:00:00,ABC0001,PC-1,http://News.example/a/b.htm,words\n",
            ),
            (
                "http.csv",
                "id,date,user,pc,url,activity,content\n{P},01/04/2010 11:00:00,ABC0001,PC-1,http://drop.example/a?x=1,WWW Upload,words\n",
            ),
        ];
        for (log, text) in tables {
            let (own, bad) = own(log, text);
            let mapped = mapped(text);
            assert_eq!(bad, BadRows::default(), "{log}");
            assert_eq!(
                (own.events, &own.days),
                (mapped.events, &mapped.days),
                "{log}: {text}"
            );
            assert!(!own.days.is_empty(), "{log}: {text}");
        }
    }

    #[test]
    fn bad_rows_are_left_out_and_told() {
        let (activity, bad) = own(
            "logon.csv",
            "id,date,user,pc,activity\n{A},01/04/2010 08:00:00,ABC0001,PC-1,Logon\n{B},yesterday,ABC0001,PC-1,Logon\n\
             {C},01/04/2010 08:00:00,ABC0001,PC-1,Nap\n{D},01/04/2010 08:0",
        );
        assert_eq!((activity.events, bad.count), (1, 3));
        let told: Vec<_> = bad.sentences().collect();
        assert_eq!(told.len(), 1);
        assert!(
            told[0].contains("line 3: no date") && told[0].contains("line 4: no activity"),
            "{told:?}"
        );
    }
}

//! Duties and meetings as iCalendar (RFC 5545). Calendars travel: they say that something is due and where to look, by case
//! number, and no more.

use icalendar::{Calendar, Component, Event, EventLike, Property, Todo};
use tandem_domain::Timestamp;

use crate::gate::{Gate, GateBreach, Screened, Texts};
use crate::text;

/// A duty with its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// Tandem's id.
    pub id: String,
    /// What is to be done.
    pub title: String,
    /// When it is due.
    pub due: Timestamp,
    /// It is done since.
    pub done: Option<Timestamp>,
    /// The page in Tandem.
    pub link: String,
    /// Counts the changes, from 0: calendars take the highest.
    pub sequence: u32,
}

/// A meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// Tandem's id.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// Where.
    pub place: Option<String>,
    /// It was called off.
    pub cancelled: bool,
    /// The page in Tandem.
    pub link: String,
    /// Counts the changes, from 0: calendars take the highest.
    pub sequence: u32,
}

/// A calendar file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File(String);

impl File {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Texts for File {
    fn texts(&self, each: &mut dyn FnMut(&str)) {
        each(&self.0);
        each(&self.0.replace("\r\n ", "").replace("\r\n\t", ""));
    }
}

/// Duties and meetings as one file. `stamp` is when it is written (`DTSTAMP`); `host` is Tandem's, for ids that stay.
///
/// # Errors
/// [`GateBreach`] if a text must not leave.
pub fn file(
    duties: &[Duty],
    meetings: &[Meeting],
    host: &str,
    stamp: Timestamp,
    gate: &dyn Gate,
) -> Result<Screened<File>, GateBreach> {
    let mut calendar = Calendar::empty();
    for (name, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//Tandem//Casework//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
    ] {
        calendar.append_property(Property::new(name, value));
    }
    for duty in duties {
        calendar.push(todo(duty, host, stamp));
    }
    for meeting in meetings {
        calendar.push(event(meeting, host, stamp));
    }
    Screened::new(File(calendar.to_string()), gate)
}

fn todo(duty: &Duty, host: &str, stamp: Timestamp) -> Todo {
    let mut todo = Todo::with_uid(&uid("duty", &duty.id, host));
    todo.summary(&text::plain(&duty.title))
        .add_property("DTSTAMP", instant(stamp))
        .add_property("DUE", instant(duty.due))
        .add_property("SEQUENCE", duty.sequence.to_string())
        .add_property("CLASS", "CONFIDENTIAL")
        .url(&text::plain(&duty.link));
    match duty.done {
        Some(done) => todo
            .add_property("STATUS", "COMPLETED")
            .add_property("COMPLETED", instant(done)),
        None => todo.add_property("STATUS", "NEEDS-ACTION"),
    };
    todo.done()
}

fn event(meeting: &Meeting, host: &str, stamp: Timestamp) -> Event {
    let mut event = Event::with_uid(&uid("meeting", &meeting.id, host));
    event
        .summary(&text::plain(&meeting.title))
        .add_property("DTSTAMP", instant(stamp))
        .add_property("DTSTART", instant(meeting.from))
        .add_property("DTEND", instant(meeting.until.max(meeting.from)))
        .add_property("SEQUENCE", meeting.sequence.to_string())
        .add_property("CLASS", "CONFIDENTIAL")
        .add_property(
            "STATUS",
            if meeting.cancelled {
                "CANCELLED"
            } else {
                "CONFIRMED"
            },
        )
        .url(&text::plain(&meeting.link));
    if let Some(place) = &meeting.place {
        event.location(&text::plain(place));
    }
    event.done()
}

fn uid(kind: &str, id: &str, host: &str) -> String {
    format!("{kind}-{}@{}", text::plain(id), text::plain(host))
}

/// `20260131T080000Z`.
fn instant(at: Timestamp) -> String {
    let whole = Timestamp::from_seconds(at.0.div_euclid(1_000_000)).to_string();
    whole.chars().filter(|c| !matches!(c, '-' | ':')).collect()
}

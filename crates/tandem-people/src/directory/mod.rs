//! All people records, and what they say as of a day.

mod apply;
mod change;
mod person;
#[cfg(test)]
mod tests;
mod view;

use std::sync::Arc;

use tandem_domain::Day;

pub use change::{Change, ChangeKind};
pub use person::Person;
pub use view::{PeerLevel, Peers, Resolved, View};

use crate::account::Home;
use crate::record::Record;

/// Every record known so far. It answers nothing itself: a [`View`] of a day does.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    home: Home,
    /// By `known_on`; records of one day in the order in which they were added.
    records: Arc<Vec<Record>>,
}

impl Directory {
    /// A directory of `records`, in the order in which they arrived.
    pub fn new(home: Home, records: Vec<Record>) -> Self {
        let mut directory = Self {
            home,
            records: Arc::default(),
        };
        directory.add(records);
        directory
    }

    /// Adds records that arrived later. Cursors made before do not see them.
    pub fn add(&mut self, records: Vec<Record>) {
        let all = Arc::make_mut(&mut self.records);
        all.extend(records);
        all.sort_by_key(Record::known_on);
    }

    /// The company's own domains.
    pub const fn home(&self) -> &Home {
        &self.home
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// True if there is no record.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The day from which on something is known.
    pub fn first_day(&self) -> Option<Day> {
        self.records.first().map(Record::known_on)
    }

    /// What was known at the end of `day`. It reads all earlier records; use a [`Cursor`] to go from day to day.
    pub fn as_of(&self, day: Day) -> View {
        let mut cursor = self.cursor();
        cursor.go(day);
        cursor.view
    }

    /// A cursor before the first day. Several may walk at once.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            view: View::empty(self.home.clone()),
            records: Arc::clone(&self.records),
            next: 0,
            started: false,
        }
    }
}

/// Walks the days forward and holds the view of the day it stands on.
#[derive(Debug, Clone)]
pub struct Cursor {
    records: Arc<Vec<Record>>,
    next: usize,
    view: View,
    started: bool,
}

impl Cursor {
    /// The view of the day the cursor stands on.
    pub const fn view(&self) -> &View {
        &self.view
    }

    /// What was known at the end of `day`. Going forward costs what became known in between; going back starts anew.
    pub fn at(&mut self, day: Day) -> &View {
        self.go(day);
        &self.view
    }

    /// Goes to `day` and tells what changed since the day the cursor stood on: joined, left, new role, back from absence. The
    /// first step, and any step back, tells nothing: everything is new then.
    pub fn advance(&mut self, day: Day) -> Vec<Change> {
        let before = (self.started && self.view.day() <= day).then(|| change::Before::of(&self.view));
        self.go(day);
        before.map_or_else(Vec::new, |before| before.changes(&self.view))
    }

    fn go(&mut self, day: Day) {
        if self.started && day < self.view.day() {
            self.view = View::empty(self.view.home().clone());
            self.next = 0;
        }
        while let Some(known_on) = self
            .records
            .get(self.next)
            .map(Record::known_on)
            .filter(|known| *known <= day)
        {
            let rest = self.records.get(self.next..).unwrap_or_default();
            let count = rest.iter().take_while(|r| r.known_on() == known_on).count();
            self.view.apply(known_on, rest.get(..count).unwrap_or_default());
            self.next += count;
        }
        self.view.set_day(day);
        self.started = true;
    }
}

//! The events that wait to be written, filled straight from the batch's arena.
//!
//! They are kept in one arena whatever their day: memory that is used again and again instead of many pieces that grow and
//! go, which an allocator would keep apart. They are kept row by row, all text of an event side by side: writing visits them
//! sorted by account, and one event then costs one walk to memory instead of one for each of its columns.

use std::collections::HashMap;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::error::ArrowError;
use tandem_domain::event::EventHead;
use tandem_domain::{Attr, Day, EventRef, NumAttr};

use crate::gather::Gatherer;
use crate::schema::{always, num_position, position, text_position};

/// Number of the column `fields` among the text columns; the attributes come before it.
pub(crate) const FIELDS: u8 = Attr::COUNT as u8;
/// Number of the column `raw` among the text columns.
pub(crate) const RAW: u8 = FIELDS + 1;

/// Texts of which few are distinct, kept once each and referred to by number.
#[derive(Debug, Default)]
pub(crate) struct Words {
    numbers: HashMap<Box<str>, u32>,
    words: Vec<Box<str>>,
    last: u32,
}

impl Words {
    fn number(&mut self, text: &str) -> u32 {
        // Neighbours are often alike.
        if self
            .words
            .get(self.last as usize)
            .is_some_and(|word| **word == *text)
        {
            return self.last;
        }
        self.last = match self.numbers.get(text) {
            Some(number) => *number,
            None => {
                let number = self.words.len() as u32;
                self.words.push(text.into());
                self.numbers.insert(text.into(), number);
                number
            }
        };
        self.last
    }

    /// The word with that number.
    pub(crate) fn get(&self, number: u32) -> &str {
        self.words.get(number as usize).map_or("", |word| word)
    }

    /// For each word, its place among all words in text order.
    fn ranks(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.words.len() as u32).collect();
        order.sort_unstable_by_key(|number| self.words.get(*number as usize));
        let mut ranks = vec![0; order.len()];
        for (rank, number) in order.iter().enumerate() {
            if let Some(slot) = ranks.get_mut(*number as usize) {
                *slot = rank as u32;
            }
        }
        ranks
    }

    fn clear(&mut self) {
        self.numbers.clear();
        self.words.clear();
        self.last = 0;
    }
}

/// A text of an event: which column it belongs to and where it ends in the arena. It begins where the one before ends.
#[derive(Debug, Clone, Copy)]
struct Text {
    column: u8,
    end: u32,
}

/// An event but for its text.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Row {
    pub(crate) head: EventHead,
    pub(crate) account: u32,
    pub(crate) source: u32,
    pub(crate) logsource: u32,
    arena_start: u32,
    first_text: u32,
    first_num: u32,
}

impl Row {
    /// The day (UTC) it belongs to.
    pub(crate) fn day(&self) -> Day {
        self.head.time.day()
    }
}

/// What one event adds besides what its [`EventRef`] says.
pub(crate) struct Derived<'a> {
    /// Canonical account, empty if none.
    pub(crate) account: &'a str,
    /// Text form of its log sources.
    pub(crate) logsource: &'a str,
    /// Its native view as JSON.
    pub(crate) fields: &'a str,
}

/// The events that wait to be written.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    rows: Vec<Row>,
    arena: String,
    texts: Vec<Text>,
    nums: Vec<(u8, i64)>,
    pub(crate) accounts: Words,
    pub(crate) sources: Words,
    pub(crate) logsources: Words,
}

impl Waiting {
    /// How many events wait.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Bytes of text that wait.
    pub(crate) fn text_bytes(&self) -> usize {
        self.arena.len()
    }

    /// Adds an event.
    pub(crate) fn push(&mut self, event: &EventRef<'_>, derived: &Derived<'_>) {
        self.rows.push(Row {
            head: event.head(),
            account: self.accounts.number(derived.account),
            source: self.sources.number(event.source()),
            logsource: self.logsources.number(derived.logsource),
            arena_start: self.arena.len() as u32,
            first_text: self.texts.len() as u32,
            first_num: self.nums.len() as u32,
        });
        for attr in Attr::ALL {
            if let Some(text) = event.attr(*attr) {
                self.push_text(attr.index() as u8, text);
            }
        }
        self.push_text(FIELDS, derived.fields);
        self.push_text(RAW, event.raw());
        for attr in NumAttr::ALL {
            if let Some(value) = event.num(*attr) {
                self.nums.push((attr.index() as u8, value));
            }
        }
    }

    /// An empty text is an absent one, as in the batch.
    fn push_text(&mut self, column: u8, text: &str) {
        if !text.is_empty() {
            self.arena.push_str(text);
            self.texts.push(Text {
                column,
                end: self.arena.len() as u32,
            });
        }
    }

    /// The rows by day, account (absent first), time and id.
    pub(crate) fn order(&self) -> Vec<u32> {
        let ranks = self.accounts.ranks();
        let key = |(number, row): (usize, &Row)| {
            let rank = ranks.get(row.account as usize).copied().unwrap_or_default();
            (row.day(), rank, row.head.time.0, number as u32)
        };
        let mut keys: Vec<(Day, u32, i64, u32)> = self.rows.iter().enumerate().map(key).collect();
        let id = |number: u32| self.row(number).head.id;
        keys.sort_unstable_by(|a, b| {
            (a.0, a.1, a.2)
                .cmp(&(b.0, b.1, b.2))
                .then_with(|| id(a.3).cmp(&id(b.3)))
        });
        keys.into_iter().map(|(_, _, _, number)| number).collect()
    }

    /// A row by its number.
    pub(crate) fn row(&self, number: u32) -> Row {
        self.rows.get(number as usize).copied().unwrap_or_default()
    }

    /// The texts of a row with their columns.
    pub(crate) fn texts(&self, number: u32) -> impl Iterator<Item = (u8, &str)> {
        let row = self.row(number);
        let next = self
            .rows
            .get(number as usize + 1)
            .map_or(self.texts.len(), |next| next.first_text as usize);
        let texts = self.texts.get(row.first_text as usize..next).unwrap_or_default();
        texts.iter().scan(row.arena_start as usize, |start, text| {
            let range = *start..text.end as usize;
            *start = text.end as usize;
            Some((text.column, self.arena.get(range).unwrap_or_default()))
        })
    }

    /// The numbers of a row with their columns.
    pub(crate) fn nums(&self, number: u32) -> &[(u8, i64)] {
        let row = self.row(number);
        let next = self
            .rows
            .get(number as usize + 1)
            .map_or(self.nums.len(), |next| next.first_num as usize);
        self.nums.get(row.first_num as usize..next).unwrap_or_default()
    }

    /// The columns, by position, that one of these rows has a value in, and those every segment has.
    pub(crate) fn columns(&self, rows: &[u32]) -> Vec<usize> {
        let mut texts = [false; RAW as usize + 1];
        let mut nums = [false; NumAttr::COUNT];
        let mut logsource = false;
        let mark = |seen: &mut [bool], column: u8| {
            if let Some(seen) = seen.get_mut(column as usize) {
                *seen = true;
            }
        };
        for number in rows {
            self.texts(*number)
                .for_each(|(column, _)| mark(&mut texts, column));
            self.nums(*number)
                .iter()
                .for_each(|(column, _)| mark(&mut nums, *column));
            logsource |= !self.logsources.get(self.row(*number).logsource).is_empty();
        }
        let seen = |seen: &[bool]| -> Vec<usize> {
            let numbered = seen.iter().enumerate();
            numbered
                .filter_map(|(number, seen)| seen.then_some(number))
                .collect()
        };
        let mut columns: Vec<usize> = always().collect();
        columns.extend(seen(&texts).into_iter().map(text_position));
        columns.extend(seen(&nums).into_iter().map(num_position));
        columns.extend(logsource.then(|| position("logsource")));
        columns.sort_unstable();
        columns
    }

    /// The rows `order`, in that order, as a batch of the write schema.
    pub(crate) fn gather(&self, order: &[u32]) -> Result<RecordBatch, ArrowError> {
        let mut gatherer = Gatherer::new(order.len());
        for number in order {
            gatherer.add(self, *number);
        }
        gatherer.finish()
    }

    /// Forgets the events but keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.rows.clear();
        self.arena.clear();
        self.texts.clear();
        self.nums.clear();
        self.accounts.clear();
        self.sources.clear();
        self.logsources.clear();
    }
}

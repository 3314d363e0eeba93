//! Records of one body, put together by source and kind.

use std::collections::HashMap;
use std::sync::Arc;

use tandem_normalise::Format;
use xxhash_rust::xxh3::xxh3_128;

use super::line::Line;
use super::object::{Frame, Object};
use super::{MOST_RECORDS, MOST_SOURCES, Sender, Unreadable, name};
use crate::delivery::{Delivery, Refused};

/// A delivery is closed beyond this many bytes.
const PIECE: usize = 1 << 20;

/// What reads the records of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Of(Format),
    /// A table that begins with its head: recognised.
    Table,
}

/// A source of the body.
#[derive(Debug)]
struct Known {
    name: Arc<str>,
    /// The head of a table came, so what no format claims is a row of it.
    headed: bool,
    /// Deliveries that still take records.
    open: Vec<(Kind, usize)>,
}

/// Records so far.
#[derive(Debug)]
pub(super) struct Gather<'s> {
    sender: &'s Sender<'s>,
    identity: u128,
    from: Arc<str>,
    sources: Vec<Known>,
    by_name: HashMap<String, usize>,
    deliveries: Vec<Delivery>,
    records: usize,
}

impl<'s> Gather<'s> {
    pub(super) fn new(sender: &'s Sender<'s>, identity: u128) -> Self {
        Self {
            sender,
            identity,
            from: Arc::from(sender.peer),
            sources: Vec::new(),
            by_name: HashMap::new(),
            deliveries: Vec::new(),
            records: 0,
        }
    }

    /// When the body came, in a form that is always as long.
    pub(super) fn received(&self) -> String {
        let micros = self.sender.received.0;
        format!(
            "{}.{:06}",
            micros.div_euclid(1_000_000),
            micros.rem_euclid(1_000_000)
        )
    }

    /// Takes an object.
    pub(super) fn object(
        &mut self,
        source: &str,
        object: &Object<'_>,
        frame: &Frame<'_>,
    ) -> Result<(), Unreadable> {
        self.count()?;
        object.write(frame, self.body(source, Kind::Of(Format::Json)));
        Ok(())
    }

    /// Takes a text: as it is if it is a record, else as the message of an object.
    pub(super) fn text(&mut self, source: &str, text: &str, frame: &Frame<'_>) -> Result<(), Unreadable> {
        match Line::of(text) {
            Line::Object(object) => self.object(source, &object, frame),
            Line::Unclaimed if !self.headed(source) => {
                self.count()?;
                frame.around(text.trim(), self.body(source, Kind::Of(Format::Json)));
                Ok(())
            }
            line => self.line(source, &line, text),
        }
    }

    /// Takes a text that is a record by itself.
    pub(super) fn line(&mut self, source: &str, line: &Line<'_>, text: &str) -> Result<(), Unreadable> {
        self.count()?;
        let kind = match line {
            Line::Of(format) => Kind::Of(*format),
            Line::Head => {
                let at = self.known(source);
                if let Some(known) = self.sources.get_mut(at) {
                    known.headed = true;
                }
                Kind::Table
            }
            _ if self.headed(source) => Kind::Table,
            _ => Kind::Of(Format::Text),
        };
        // A record of these may have several lines; of the others each line would be one.
        let whole = matches!(kind, Kind::Of(Format::Xml | Format::Auditd));
        let body = self.body(source, kind);
        for (number, part) in text.trim().lines().enumerate() {
            match number {
                0 => {}
                _ if whole => body.push(b'\n'),
                _ => body.extend_from_slice(b"\\n"),
            }
            body.extend_from_slice(part.trim_end_matches('\r').as_bytes());
        }
        body.push(b'\n');
        Ok(())
    }

    /// Keeps what cannot be a record.
    pub(super) fn refuse(&mut self, source: &str, refused: Refused) -> Result<(), Unreadable> {
        self.count()?;
        let at = self.delivery(source, Kind::Of(Format::Json));
        if let Some(delivery) = self.deliveries.get_mut(at) {
            delivery.refused.push(refused);
        }
        Ok(())
    }

    /// True if what no format claims is a row of a table whose head came before.
    pub(super) fn headed(&self, source: &str) -> bool {
        self.by_name
            .get(source)
            .and_then(|at| self.sources.get(*at))
            .is_some_and(|known| known.headed)
    }

    /// The deliveries, each with its own identity.
    pub(super) fn finish(self) -> Vec<Delivery> {
        let identity = self.identity;
        let number = |(number, mut delivery): (usize, Delivery)| {
            delivery.identity = identity ^ xxh3_128(&(number as u64).to_le_bytes());
            delivery.once = Some(format!("{identity:032x}-{number}"));
            delivery
        };
        self.deliveries.into_iter().enumerate().map(number).collect()
    }

    fn count(&mut self) -> Result<(), Unreadable> {
        self.records += 1;
        if self.records > MOST_RECORDS {
            return Err(Unreadable::TooMany);
        }
        Ok(())
    }

    fn body(&mut self, source: &str, kind: Kind) -> &mut Vec<u8> {
        let at = self.delivery(source, kind);
        &mut self.deliveries[at].body
    }

    /// The delivery that takes records of that kind.
    fn delivery(&mut self, source: &str, kind: Kind) -> usize {
        let known = self.known(source);
        let known = &mut self.sources[known];
        let open = known.open.iter_mut().find(|(open, _)| *open == kind);
        let full = |at: usize| kind != Kind::Table && self.deliveries[at].body.len() >= PIECE;
        match open {
            Some((_, at)) if !full(*at) => *at,
            open => {
                let mut delivery = Delivery::new(&known.name, Arc::clone(&self.from));
                delivery.format = match kind {
                    Kind::Of(format) => Some(format),
                    Kind::Table => None,
                };
                let at = self.deliveries.len();
                self.deliveries.push(delivery);
                match open {
                    Some((_, old)) => *old = at,
                    None => known.open.push((kind, at)),
                }
                at
            }
        }
    }

    /// The source of that name; the token's beyond so many.
    fn known(&mut self, source: &str) -> usize {
        if let Some(at) = self.by_name.get(source) {
            return *at;
        }
        let fallback = || name::clean(self.sender.token).unwrap_or_else(|| "forwarder".to_owned());
        let called = match name::clean(source) {
            Some(called) if self.sources.len() < MOST_SOURCES => called,
            _ => fallback(),
        };
        let same = self.sources.iter().position(|known| *known.name == *called);
        let at = same.unwrap_or_else(|| {
            self.sources.push(Known {
                name: Arc::from(called),
                headed: false,
                open: Vec::new(),
            });
            self.sources.len() - 1
        });
        // Names beyond the bound are looked up each time rather than kept.
        if self.by_name.len() < MOST_SOURCES {
            self.by_name.insert(source.to_owned(), at);
        }
        at
    }
}

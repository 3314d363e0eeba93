//! Records of batches (Kafka documentation, "Message Format", version 2).

use std::collections::BTreeSet;

use super::codec::{Garbled, Reader};
use super::unpack::unpack;
use crate::delivery::Refused;

/// Where in a batch its version is, whatever the version.
const MAGIC: usize = 4;
/// Bits of a batch's attributes.
const TRANSACTIONAL: i16 = 1 << 4;
const CONTROL: i16 = 1 << 5;

/// What a fetched partition turned out to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    /// The offset behind all of it, whether there were records for us or not.
    pub(super) next: i64,
    /// Not even the first batch is whole: more must be asked for.
    pub(super) short: bool,
}

/// What is found.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// A record's value, and the offset behind it.
    Value(&'a [u8], i64),
    /// A batch that cannot be read, and the offset behind it.
    Refused(Refused, i64),
}

/// Cuts the fetched batches into records from offset `from` on. Records of transactions that were given up, control records
/// and records without a value are passed over.
pub(super) fn cut(set: &[u8], from: i64, aborted: &[(i64, i64)], mut each: impl FnMut(Found<'_>)) -> Cut {
    let mut cut = Cut {
        next: from,
        short: !set.is_empty(),
    };
    let mut given_up = GivenUp::new(aborted);
    let mut rest = Reader::new(set);
    while let Some((base, batch)) = whole(&mut rest) {
        cut.short = false;
        let last = match Batch::parse(base, batch) {
            Ok(parsed) => {
                if !given_up.skips(&parsed) {
                    parsed.each(from, batch, &mut each);
                }
                parsed.last
            }
            Err((reason, last)) => {
                each(refused(batch, &reason, last));
                last
            }
        };
        cut.next = cut.next.max(last.saturating_add(1));
    }
    cut
}

fn refused(batch: &[u8], reason: &str, last: i64) -> Found<'static> {
    Found::Refused(
        Refused::new(
            batch,
            format!("a batch of records cannot be read: {reason}"),
            "look at what wrote it; reading goes on behind it",
        ),
        last.saturating_add(1),
    )
}

/// The next batch that is there as a whole; brokers cut the last one anywhere.
fn whole<'a>(rest: &mut Reader<'a>) -> Option<(i64, &'a [u8])> {
    let mut ahead = *rest;
    let base = ahead.i64().ok()?;
    let length = usize::try_from(ahead.i32().ok()?).ok()?;
    let batch = ahead.take(length).ok()?;
    *rest = ahead;
    Some((base, batch))
}

struct Batch<'a> {
    base: i64,
    last: i64,
    attributes: i16,
    producer: i64,
    count: i32,
    packed: &'a [u8],
}

impl<'a> Batch<'a> {
    /// Parses a batch's head.
    ///
    /// # Errors
    /// What is wrong, and the last offset of what cannot be read.
    fn parse(base: i64, batch: &'a [u8]) -> Result<Self, (String, i64)> {
        let garbled = |e: Garbled| (e.to_string(), base);
        match batch.get(MAGIC) {
            Some(2) => {}
            // A wrapper of compressed messages carries the offset of its last one.
            Some(old @ (0 | 1)) => {
                return Err((
                    format!("its format, version {old}, was given up with Kafka 4"),
                    base,
                ));
            }
            _ => return Err(("its format is not known".into(), base)),
        }
        let mut head = Reader::new(batch);
        head.take(MAGIC + 1).map_err(garbled)?;
        let sum = head.u32().map_err(garbled)?;
        let summed = batch.get(batch.len() - head.left()..).unwrap_or_default();
        let mut fields = || -> Result<Self, Garbled> {
            let attributes = head.i16()?;
            let delta = head.i32()?;
            head.take(16)?;
            let producer = head.i64()?;
            head.take(6)?;
            let count = head.i32()?;
            Ok(Batch {
                base,
                last: base.saturating_add(delta.max(0).into()),
                attributes,
                producer,
                count,
                packed: head.take(head.left())?,
            })
        };
        let parsed = fields().map_err(garbled)?;
        if crc32c::crc32c(summed) != sum {
            return Err(("its checksum is wrong".into(), parsed.last));
        }
        Ok(parsed)
    }

    fn each(&self, from: i64, raw: &[u8], each: &mut impl FnMut(Found<'_>)) {
        let records = match unpack(self.attributes, self.packed) {
            Ok(records) => records,
            Err(reason) => return each(refused(raw, &reason, self.last)),
        };
        let mut reader = Reader::new(&records);
        for _ in 0..self.count.max(0) {
            match record(&mut reader) {
                Ok((delta, value)) => {
                    let offset = self.base.saturating_add(delta);
                    if offset >= from
                        && let Some(value) = value
                    {
                        each(Found::Value(value, offset.saturating_add(1)));
                    }
                }
                // Where the next one begins is lost with it.
                Err(e) => return each(refused(raw, &format!("a record in it is broken, {e}"), self.last)),
            }
        }
    }

    /// The kind of a control batch: 0 gives a transaction up, 1 commits it.
    fn control(&self) -> Option<i16> {
        let records = unpack(self.attributes, self.packed).ok()?;
        let mut reader = Reader::new(&records);
        reader.varint().ok()?;
        reader.i8().ok()?;
        reader.varint().ok()?;
        reader.varint().ok()?;
        let mut key = Reader::new(reader.varint_bytes().ok()??);
        key.i16().ok()?;
        key.i16().ok()
    }
}

/// Offset within the batch and value of a record. Its key and headers are passed over.
fn record<'a>(reader: &mut Reader<'a>) -> Result<(i64, Option<&'a [u8]>), Garbled> {
    let length = usize::try_from(reader.varint()?).map_err(|_| Garbled("its length is negative"))?;
    let mut fields = Reader::new(reader.take(length)?);
    fields.i8()?;
    fields.varint()?;
    let delta = fields.varint()?;
    fields.varint_bytes()?;
    Ok((delta, fields.varint_bytes()?))
}

/// Which producers' records belong to transactions that were given up, at the current place.
struct GivenUp {
    /// First offset and producer, the last first.
    coming: Vec<(i64, i64)>,
    open: BTreeSet<i64>,
}

impl GivenUp {
    fn new(aborted: &[(i64, i64)]) -> Self {
        let mut coming: Vec<_> = aborted
            .iter()
            .map(|(producer, first)| (*first, *producer))
            .collect();
        coming.sort_unstable_by(|a, b| b.cmp(a));
        Self {
            coming,
            open: BTreeSet::new(),
        }
    }

    /// True if the batch is not for us: given up, or control.
    fn skips(&mut self, batch: &Batch<'_>) -> bool {
        while let Some((_, producer)) = self.coming.pop_if(|(first, _)| *first <= batch.last) {
            self.open.insert(producer);
        }
        if batch.attributes & CONTROL != 0 {
            if batch.control() == Some(0) {
                self.open.remove(&batch.producer);
            }
            return true;
        }
        batch.attributes & TRANSACTIONAL != 0 && self.open.contains(&batch.producer)
    }
}

#[cfg(test)]
mod tests;

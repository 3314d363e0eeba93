//! Checking an export in one pass with constant memory.

use std::collections::BTreeMap;
use std::io::BufRead;

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;

use super::read::Lines;
use super::{FORMAT, Header, Line};
use crate::Hash;
use crate::chain::Chain;
use crate::checkpoint::Checkpoint;
use crate::fault::{Break, BreakKind};
use crate::key::KeyRing;

/// What an outsider brings along. The more of it, the more is found.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Keys that were handed over in person. Without them the file's own keys are taken, which show that the file is whole, not
    /// that it is the installation's.
    pub keys: Option<KeyRing>,
    /// Checkpoints kept from earlier. They find what no signature can: a database put back to an older state, or a past written
    /// anew by somebody who has the signing key.
    pub held: Vec<Checkpoint>,
}

/// What was found in a file in which everything holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The installation's name.
    pub origin: String,
    /// Number of the first row in the file.
    pub start: u64,
    /// Rows of the ledger up to the file's end.
    pub size: u64,
    /// Rows in the file, sealed ones included.
    pub rows: u64,
    /// Rows in the file of which only the hashes are left.
    pub sealed: u64,
    /// Checkpoints that fit.
    pub checkpoints: u64,
    /// The last one that fits.
    pub last_checkpoint: Option<Checkpoint>,
    /// Rows of the file that no checkpoint covers yet.
    pub unsigned: u64,
    /// Time of the earliest row that can be read.
    pub earliest: Option<Timestamp>,
    /// Time of the latest row that can be read.
    pub latest: Option<Timestamp>,
    /// The last row's hash.
    pub head: Hash,
    /// The root over all rows.
    pub root: Hash,
    /// True if the keys were brought along, false if they are the file's own.
    pub keys_trusted: bool,
    /// Checkpoints brought along that were found to hold.
    pub held: u64,
    /// Checkpoints brought along about which the file says nothing: they are from before its start and no proof is there.
    pub held_unproven: u64,
}

/// Checks an export. The first thing that does not hold is named; see [`BreakKind`].
pub fn verify<R: BufRead>(reader: R, trust: &Trust) -> Result<Report, Break> {
    let mut lines = Lines::new(reader);
    let Some(Line::Header(header)) = lines.next(None)? else {
        return Err(Break::unreadable(None, "a header", "something else".to_owned()).at_line(lines.number()));
    };
    let mut pass = Pass::new(*header, trust)?;
    loop {
        let due = pass.chain.size();
        let Some(line) = lines.next(Some(due))? else {
            return Err(pass.no_end().at_line(lines.number()));
        };
        let number = lines.number();
        if let Line::End(end) = line {
            if let Some(extra) = lines.next(None)? {
                let found = format!("{} line", name(&extra));
                return Err(Break::unreadable(None, "nothing after the last line", found).at_line(number + 1));
            }
            return pass.end(end.size).map_err(|fault| keep(fault, number));
        }
        if let Err(fault) = pass.line(line, number) {
            // Rows that seem to be missing may only stand elsewhere.
            let fault = match (fault.kind, fault.seq) {
                (BreakKind::Deleted, Some(first)) if lines.holds_row(first) => {
                    Break::reordered(first, pass.ahead.unwrap_or(first))
                }
                _ => fault,
            };
            return Err(keep(fault, number));
        }
    }
}

/// Names the line unless the fault names another one already.
fn keep(fault: Break, line: u64) -> Break {
    let line = fault.line.unwrap_or(line);
    fault.at_line(line)
}

fn name(line: &Line) -> &'static str {
    match line {
        Line::Header(_) => "a header",
        Line::Row(_) | Line::Sealed(_) => "a row",
        Line::Checkpoint(_) | Line::Older(_) => "a checkpoint",
        Line::End(_) => "a last",
    }
}

/// The state of one pass.
struct Pass {
    chain: Chain,
    keys: KeyRing,
    keys_trusted: bool,
    /// Checkpoints brought along: by size, the roots they state.
    held: BTreeMap<u64, Vec<Hash>>,
    held_good: u64,
    /// Rows covered by the last of those that holds; unlike the file's own checkpoints nobody can have signed them anew.
    held_covered: u64,
    start: u64,
    sealed: u64,
    checkpoints: u64,
    last: Option<Checkpoint>,
    earliest: Option<Timestamp>,
    latest: Option<Timestamp>,
    /// A checkpoint that covers more rows than there were before it, and its line.
    pending: Option<(Checkpoint, u64)>,
    /// The number of a row that came too early.
    ahead: Option<u64>,
}

impl Pass {
    fn new(header: Header, trust: &Trust) -> Result<Self, Break> {
        let unreadable = |expected: &str, found: String| Break::unreadable(None, expected, found).at_line(1);
        if header.format != FORMAT {
            let found: String = header.format.chars().take(64).collect();
            return Err(unreadable(FORMAT, found));
        }
        let chain = match header.start {
            Some(start) if start.origin() == header.origin => start,
            Some(start) => {
                let found = format!("a start of `{}`", start.origin());
                return Err(unreadable(&header.origin, found));
            }
            None => Chain::new(&header.origin)
                .map_err(|error| unreadable("a name of an installation", error.to_string()))?,
        };
        let keys_trusted = trust.keys.is_some();
        let keys = trust.keys.clone().unwrap_or(header.keys);
        let mut held: BTreeMap<u64, Vec<Hash>> = BTreeMap::new();
        for checkpoint in &trust.held {
            checkpoint.check(&keys)?;
            if checkpoint.origin != chain.origin() {
                return Err(foreign(checkpoint, chain.origin()));
            }
            held.entry(checkpoint.size).or_default().push(checkpoint.root);
        }
        let start = chain.size();
        let mut pass = Self {
            chain,
            keys,
            keys_trusted,
            held,
            held_good: 0,
            held_covered: start,
            start,
            sealed: 0,
            checkpoints: 0,
            last: None,
            earliest: None,
            latest: None,
            pending: None,
            ahead: None,
        };
        pass.compare_held()?;
        Ok(pass)
    }

    fn line(&mut self, line: Line, number: u64) -> Result<(), Break> {
        match line {
            Line::Row(row) => {
                self.ahead = Some(row.seq);
                self.chain.accept(&row)?;
                self.earliest = Some(self.earliest.map_or(row.entry.at, |at| at.min(row.entry.at)));
                self.latest = Some(self.latest.map_or(row.entry.at, |at| at.max(row.entry.at)));
                self.after_row()
            }
            Line::Sealed(row) => {
                self.ahead = Some(row.seq);
                self.chain.accept_sealed(&row)?;
                self.sealed += 1;
                self.after_row()
            }
            Line::Checkpoint(checkpoint) => self.checkpoint(*checkpoint, number),
            Line::Older(older) => {
                older.verify(&self.keys, self.chain.size(), self.chain.root())?;
                if older.checkpoint.origin != self.chain.origin() {
                    return Err(foreign(&older.checkpoint, self.chain.origin()));
                }
                self.settle_held(older.checkpoint.size, older.checkpoint.root)
            }
            Line::Header(_) | Line::End(_) => Err(Break::unreadable(
                Some(self.chain.size()),
                "a row or a checkpoint",
                "a header".to_owned(),
            )),
        }
    }

    fn after_row(&mut self) -> Result<(), Break> {
        if let Some((early, line)) = self.pending.take() {
            let sentence = format!(
                "the checkpoint over {} rows stands before the last of them",
                early.size
            );
            return Err(misplaced(&early, self.chain.size() - 1, sentence).at_line(line));
        }
        self.compare_held()
    }

    fn checkpoint(&mut self, checkpoint: Checkpoint, number: u64) -> Result<(), Break> {
        checkpoint.check(&self.keys)?;
        if checkpoint.origin != self.chain.origin() {
            return Err(foreign(&checkpoint, self.chain.origin()));
        }
        let size = self.chain.size();
        if checkpoint.size > size {
            // Either the end is missing, or the checkpoint stands too early: the next line tells.
            self.pending.get_or_insert((checkpoint, number));
            return Ok(());
        }
        if checkpoint.size < size {
            let sentence = format!(
                "the checkpoint over {} rows stands after row {}",
                checkpoint.size,
                size - 1
            );
            return Err(misplaced(&checkpoint, size, sentence));
        }
        let root = self.chain.root();
        if checkpoint.root != root {
            return Err(Break::root(self.covered(), size, checkpoint.root, root));
        }
        if checkpoint.at < self.chain.newest() {
            return Err(checkpoint.wrong(
                BreakKind::BackDated,
                &format!("a time from {} on", self.chain.newest()),
            ));
        }
        self.checkpoints += 1;
        self.last = Some(checkpoint);
        Ok(())
    }

    /// Rows covered by the last checkpoint that fits.
    fn covered(&self) -> u64 {
        self.last.as_ref().map_or(self.start, |last| last.size)
    }

    fn compare_held(&mut self) -> Result<(), Break> {
        let size = self.chain.size();
        if self.held.contains_key(&size) {
            let root = self.chain.root();
            self.settle_held(size, root)?;
        }
        Ok(())
    }

    /// Compares what was brought along for this size with the root that the file proves for it.
    fn settle_held(&mut self, size: u64, root: Hash) -> Result<(), Break> {
        let stated = self.held.remove(&size).unwrap_or_default();
        if let Some(other) = stated.iter().find(|stated| **stated != root) {
            return Err(Break::root(self.held_covered.min(size), size, *other, root));
        }
        if !stated.is_empty() {
            self.held_covered = self.held_covered.max(size);
        }
        self.held_good += stated.len() as u64;
        Ok(())
    }

    fn no_end(&self) -> Break {
        self.cut().unwrap_or_else(|| {
            let sentence = "the file has no last line: it was cut".to_owned();
            Break::truncated(self.chain.size(), "a last line".to_owned(), sentence)
        })
    }

    /// What says that there were more rows.
    fn cut(&self) -> Option<Break> {
        let size = self.chain.size();
        let (signed, line) = match &self.pending {
            Some((pending, line)) => (pending.size, Some(*line)),
            None => (*self.held.range(size + 1..).next()?.0, None),
        };
        let sentence = format!(
            "a checkpoint was signed over {signed} rows, but only {size} are there: rows {size} to {} were cut off",
            signed - 1
        );
        let fault = Break::truncated(size, format!("{signed} rows"), sentence);
        Some(match line {
            Some(line) => fault.at_line(line),
            None => fault,
        })
    }

    fn end(self, stated: u64) -> Result<Report, Break> {
        if let Some(cut) = self.cut() {
            return Err(cut);
        }
        let size = self.chain.size();
        if stated > size {
            let sentence = format!("the last line says {stated} rows, but only {size} are there");
            return Err(Break::truncated(size, format!("{stated} rows"), sentence));
        }
        if stated < size {
            return Err(Break::unreadable(
                None,
                &format!("{size} rows"),
                format!("a last line that says {stated}"),
            ));
        }
        Ok(Report {
            origin: self.chain.origin().to_owned(),
            start: self.start,
            size,
            rows: size - self.start,
            sealed: self.sealed,
            checkpoints: self.checkpoints,
            unsigned: size - self.covered(),
            last_checkpoint: self.last,
            earliest: self.earliest,
            latest: self.latest,
            head: self.chain.head(),
            root: self.chain.root(),
            keys_trusted: self.keys_trusted,
            held: self.held_good,
            held_unproven: self.held.values().map(|roots| roots.len() as u64).sum(),
        })
    }
}

fn foreign(checkpoint: &Checkpoint, origin: &str) -> Break {
    Break {
        kind: BreakKind::UntrustedKey,
        seq: None,
        line: None,
        expected: format!("a checkpoint of `{origin}`"),
        found: format!("one of `{}`", checkpoint.origin),
        sentence: "a checkpoint belongs to another installation".to_owned(),
    }
}

fn misplaced(checkpoint: &Checkpoint, size: u64, sentence: String) -> Break {
    Break {
        kind: BreakKind::Reordered,
        seq: Some(checkpoint.size.min(size)),
        line: None,
        expected: format!("a checkpoint over {size} rows"),
        found: format!("one over {} rows", checkpoint.size),
        sentence,
    }
}

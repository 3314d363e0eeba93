//! Random sequences of what writers and rotators do, against what must come of them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Act {
    /// The writer writes lines, the last one perhaps only in part.
    Write { lines: usize, part: bool },
    /// The writer still has the file that was rotated away last.
    WriteOld,
    /// Looks and reads all.
    Look,
    /// Looks and reads a little.
    Glance,
    /// `app.log` becomes `app.log.1` and so on; the fourth is deleted.
    Rename,
    /// The same by copying and cutting.
    CopyCut,
    /// The newest rotated file is compressed.
    Compress,
    /// Cut without a copy.
    Cut,
    /// Deleted.
    Delete,
    /// Another run of the source.
    Restart,
    /// Killed after something was read and before it was kept.
    Kill,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (1..6_usize, any::<bool>()).prop_map(|(lines, part)| Act::Write { lines, part }),
        1 => Just(Act::WriteOld),
        5 => Just(Act::Look),
        2 => Just(Act::Glance),
        2 => Just(Act::Rename),
        2 => Just(Act::CopyCut),
        2 => Just(Act::Compress),
        1 => Just(Act::Cut),
        1 => Just(Act::Delete),
        2 => Just(Act::Restart),
        1 => Just(Act::Kill),
    ]
}

/// The newest name of the writer's file.
const NOW: &str = "app.log";

/// What must come of it.
struct Model {
    desk: Desk,
    /// Lines of each file, by name, as far as they are whole.
    files: BTreeMap<String, Vec<String>>,
    /// An unfinished line at the end of a file.
    parts: BTreeMap<String, String>,
    /// Lines that were in no file any more before they could be read.
    lost: BTreeSet<String>,
    written: usize,
}

impl Model {
    fn new() -> Self {
        Self {
            desk: Desk::new(),
            files: BTreeMap::new(),
            parts: BTreeMap::new(),
            lost: BTreeSet::new(),
            written: 0,
        }
    }

    fn line(&mut self) -> String {
        self.written += 1;
        format!("line {} {}", self.written, "x".repeat(self.written * 37 % 101))
    }

    fn write(&mut self, name: &str, lines: usize, part: bool) {
        let mut text = String::new();
        for _ in 0..lines {
            let line = self.line();
            let begun = self.parts.remove(name).unwrap_or_default();
            text.push_str(&line);
            text.push('\n');
            self.files.entry(name.to_owned()).or_default().push(begun + &line);
        }
        if part {
            let line = self.line();
            text.push_str(&line);
            self.parts.entry(name.to_owned()).or_default().push_str(&line);
        }
        self.files.entry(name.to_owned()).or_default();
        self.desk.append(name, text);
    }

    /// What is in the file and was not handed on can no longer be read.
    fn lose(&mut self, name: &str) {
        let known: BTreeSet<&str> = self.desk.kept.texts().into_iter().collect();
        let lines = self.files.get(name).into_iter().flatten();
        let gone: Vec<String> = lines
            .filter(|line| !known.contains(line.as_str()))
            .cloned()
            .collect();
        self.lost.extend(gone);
    }

    fn rotated(&self) -> Vec<String> {
        let mut found: Vec<String> = self.files.keys().filter(|name| *name != NOW).cloned().collect();
        found.sort();
        found
    }

    /// Makes room for a new `app.log.1`.
    fn shift(&mut self) {
        for number in (1..4).rev() {
            for ending in ["", ".gz"] {
                let name = format!("{NOW}.{number}{ending}");
                if !self.files.contains_key(&name) {
                    continue;
                }
                if number == 3 {
                    // It may be read when it is deleted while it is open.
                    self.lose(&name);
                    self.desk.remove(&name);
                    self.files.remove(&name);
                    self.parts.remove(&name);
                } else {
                    self.moved(&name, &format!("{NOW}.{}{ending}", number + 1));
                }
            }
        }
    }

    fn moved(&mut self, from: &str, to: &str) {
        self.desk.rename(from, to);
        self.carry(from, to);
    }

    fn carry(&mut self, from: &str, to: &str) {
        if let Some(lines) = self.files.remove(from) {
            self.files.insert(to.to_owned(), lines);
        }
        if let Some(part) = self.parts.remove(from) {
            self.parts.insert(to.to_owned(), part);
        }
    }

    fn act(&mut self, act: &Act) {
        let there = self.files.contains_key(NOW);
        match act {
            Act::Write { lines, part } => self.write(NOW, *lines, *part),
            Act::WriteOld => {
                if let Some(name) = self.rotated().into_iter().find(|name| !name.ends_with(".gz")) {
                    let begun = self.parts.contains_key(&name);
                    self.write(&name, 1, false);
                    // By then the file may have counted as read to its end, and with it the line that was begun.
                    let line = self.files[&name].last().filter(|_| begun).cloned();
                    self.lost.extend(line);
                }
            }
            Act::Look => self.desk.look(),
            Act::Glance => {
                self.desk.follower.look(self.desk.now);
                for piece in self.desk.follower.round(1, self.desk.now) {
                    self.desk.kept.take(piece);
                }
            }
            Act::Rename if there => {
                self.shift();
                self.moved(NOW, &format!("{NOW}.1"));
            }
            Act::CopyCut if there => {
                self.shift();
                let copy = format!("{NOW}.1");
                fs::copy(self.desk.path(NOW), self.desk.path(&copy)).unwrap();
                self.desk.cut(NOW);
                self.carry(NOW, &copy);
                self.files.insert(NOW.to_owned(), Vec::new());
            }
            Act::Compress => {
                let name = self.rotated().into_iter().find(|name| !name.ends_with(".gz"));
                if let Some(name) = name {
                    let packed = format!("{name}.gz");
                    if !self.files.contains_key(&packed) {
                        self.desk.gzip(&name, &packed);
                        self.carry(&name, &packed);
                    }
                }
            }
            Act::Cut if there => {
                self.lose(NOW);
                self.desk.cut(NOW);
                self.files.insert(NOW.to_owned(), Vec::new());
                self.parts.remove(NOW);
            }
            Act::Delete if there => {
                self.lose(NOW);
                self.desk.remove(NOW);
                self.files.remove(NOW);
                self.parts.remove(NOW);
            }
            Act::Restart => self.desk.restart(),
            Act::Kill => {
                self.desk.follower.look(self.desk.now);
                let _ = self.desk.follower.round(1 << 20, self.desk.now);
                self.desk.restart();
            }
            Act::Rename | Act::CopyCut | Act::Cut | Act::Delete => {}
        }
        self.desk.later(1);
    }

    /// Every whole line exactly once, but for what could never be read, which comes at most once.
    fn check(&mut self) {
        self.desk.rest();
        let mut came: BTreeMap<&str, usize> = BTreeMap::new();
        for line in self.desk.kept.texts() {
            *came.entry(line).or_default() += 1;
        }
        let left = self.files.values().flatten();
        let missing: Vec<&String> = left.filter(|line| !came.contains_key(line.as_str())).collect();
        let twice: Vec<_> = came.iter().filter(|(_, count)| **count > 1).collect();
        assert!(twice.is_empty(), "twice: {twice:?}");
        let missing: Vec<_> = missing
            .into_iter()
            .filter(|line| !self.lost.contains(*line))
            .collect();
        assert!(missing.is_empty(), "missing: {missing:?} of {came:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_whole_line_is_handed_on_exactly_once(acts in prop::collection::vec(act(), 1..40)) {
        let mut model = Model::new();
        for act in &acts {
            model.act(act);
        }
        model.check();
    }
}

//! Throughput of the pipeline's parts, by source of the simulated company.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use tandem_detect::{Engine, RuleSet};
use tandem_domain::Attr;
use tandem_lake::{Lake, LakeConfig, SegmentWriter};
use tandem_normalise::mapping::Mappings;
use tandem_people::{Home, canonical_account};

use crate::clock::{Spent, Watch};
use crate::reading::batches;

/// Runs of each measurement; the fastest counts, as whatever else the machine does only ever adds.
const RUNS: usize = 3;

/// What one part did with one source.
#[derive(Debug, Clone, Copy, Default)]
pub struct Measured {
    /// Events made.
    pub events: u64,
    /// Records in the dead-letter store.
    pub rejects: u64,
    /// Decompressed bytes read.
    pub bytes: u64,
    /// Matches of rules.
    pub matches: u64,
    /// Bytes of the segments written.
    pub stored: u64,
    /// Time.
    pub spent: Spent,
}

impl Measured {
    /// Events per processor second.
    pub fn events_per_s(&self) -> f64 {
        self.events as f64 / self.spent.processor.max(0.01)
    }

    /// MB (10⁶ bytes) of decompressed log per processor second.
    pub fn mb_per_s(&self) -> f64 {
        self.bytes as f64 / 1e6 / self.spent.processor.max(0.01)
    }

    /// Adds another measurement.
    pub fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.rejects += other.rejects;
        self.bytes += other.bytes;
        self.matches += other.matches;
        self.stored += other.stored;
        self.spent.processor += other.spent.processor;
        self.spent.elapsed += other.spent.elapsed;
    }
}

/// Where normalised batches go.
enum Sink<'a> {
    Nowhere,
    Lake(Box<SegmentWriter>, &'a Home),
    Rules(Box<Engine>),
}

/// The parts of the pipeline, ready to be measured.
pub struct Parts {
    mappings: Arc<Mappings>,
    rules: Arc<RuleSet>,
    lake: Lake,
    home: Home,
    _scratch: tempfile::TempDir,
}

impl Parts {
    /// Parts with these rules and the company's own domains.
    pub fn new(rules: Arc<RuleSet>, home: Home) -> Result<Self> {
        let scratch = tempfile::tempdir()?;
        let mut config = LakeConfig::new(scratch.path().display().to_string());
        config.threads = 1;
        let mappings = Mappings::builtin().map_err(|errors| anyhow::anyhow!("{errors:?}"))?;
        Ok(Self {
            mappings: Arc::new(mappings),
            rules,
            lake: Lake::open(config)?,
            home,
            _scratch: scratch,
        })
    }

    /// Reading, decompressing and normalising alone.
    pub fn normalise(&self, files: &[PathBuf]) -> Result<Measured> {
        best(|| self.run(files, Sink::Nowhere))
    }

    /// The same and into Parquet segments.
    pub fn to_lake(&self, files: &[PathBuf]) -> Result<Measured> {
        best(|| self.run(files, Sink::Lake(Box::new(self.lake.writer()), &self.home)))
    }

    /// The same past the rules.
    pub fn to_rules(&self, files: &[PathBuf]) -> Result<Measured> {
        best(|| self.run(files, Sink::Rules(Box::new(Engine::new(Arc::clone(&self.rules))))))
    }

    fn run(&self, files: &[PathBuf], mut sink: Sink<'_>) -> Result<Measured> {
        let mut done = Measured::default();
        let watch = Watch::start();
        for file in files {
            self.file(file, &mut sink, &mut done)
                .with_context(|| format!("reading {}", file.display()))?;
        }
        let mut written = Vec::new();
        if let Sink::Lake(writer, _) = &mut sink {
            written = writer.finish()?;
        }
        done.spent = watch.spent();
        done.stored = written.iter().map(|segment| segment.bytes).sum();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(self.lake.delete(&written))?;
        Ok(done)
    }

    fn file(&self, file: &Path, sink: &mut Sink<'_>, done: &mut Measured) -> Result<()> {
        batches(&self.mappings, file, &mut |batch, read| {
            done.bytes += read.bytes;
            done.events += batch.len() as u64;
            done.rejects += read.rejects;
            match sink {
                Sink::Nowhere => {}
                Sink::Lake(writer, home) => writer.append(batch, |event| {
                    let account = event.attr(Attr::ActorUser);
                    account
                        .and_then(|raw| canonical_account(raw, home))
                        .unwrap_or(Cow::Borrowed(""))
                })?,
                Sink::Rules(engine) => engine.scan(batch, &mut |_, _| done.matches += 1),
            }
            Ok(())
        })
    }
}

fn best(mut run: impl FnMut() -> Result<Measured>) -> Result<Measured> {
    let mut best = run()?;
    for _ in 1..RUNS {
        let next = run()?;
        if next.spent.processor < best.spent.processor {
            best = next;
        }
    }
    Ok(best)
}

/// Sums of all sources.
pub fn total(of: &BTreeMap<String, Measured>) -> Measured {
    let mut sum = Measured::default();
    of.values().for_each(|one| sum.add(one));
    sum
}

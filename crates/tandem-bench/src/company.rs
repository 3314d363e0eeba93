//! Simulated companies on disk; those that only throughput is measured on are made once and kept under `target/bench`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tandem_sim::Plan;

/// The seed of the companies: any would do, it only must stay the same.
const SEED: u64 = 20_261_123;

/// A company on disk.
#[derive(Debug, Clone)]
pub struct Company {
    /// Its folder.
    pub dir: PathBuf,
}

impl Company {
    /// The company of this size under `folder`, made if it is not there.
    pub fn make(folder: &Path, people: u32, days: u32) -> Result<Self> {
        let dir = folder.join(format!("company-{people}x{days}"));
        if !dir.join("truth.json").is_file() {
            eprintln!("simulating {people} people over {days} days");
            tandem_sim::simulate(&Plan::new(people, days, SEED), &dir, &mut |_| {})?;
        }
        Ok(Self { dir })
    }

    /// Log files by source.
    pub fn sources(&self) -> Result<BTreeMap<String, Vec<PathBuf>>> {
        let mut sources = BTreeMap::new();
        for source in list(&self.dir.join("logs"))? {
            let name = source
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            sources.insert(name, list(&source)?);
        }
        Ok(sources)
    }

    /// The folders to ingest: people facts and logs.
    #[cfg(feature = "whole")]
    pub fn inputs(&self) -> Vec<String> {
        ["people", "logs"]
            .map(|part| self.dir.join(part).display().to_string())
            .to_vec()
    }

    /// The company's settings for a Tandem that keeps its data in `data`, with rules of `rules` besides the shipped ones.
    #[cfg(feature = "whole")]
    pub fn settings(&self, data: &Path, rules: Option<&Path>) -> Result<tandem_server::Config> {
        let loaded = tandem_server::config::load(
            Some(&self.dir.join("tandem.toml")),
            &tandem_server::config::Flags::default(),
        )?;
        let mut config = loaded.config;
        data.clone_into(&mut config.data_dir);
        config.content.rules.extend(rules.map(Path::to_owned));
        Ok(config)
    }
}

fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut paths = entries
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

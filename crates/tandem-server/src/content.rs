//! Rules, sequences, mappings and policies: those that are shipped, those of the folders that the settings name, and what placeholders stand for.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tandem_detect::{Lists, RuleSet};
use tandem_normalise::mapping::Mappings;
use tandem_policy::{Policies, PolicyFile};
use tandem_sequence::Sequences;
use walkdir::WalkDir;

use crate::app::{LoadedRules, LoadedSequences, OpenError};
use crate::config::Config;

mod lists;

pub use lists::{holds_on, lists, lists_without_people};

/// Largest rule or mapping file that is read, bytes.
const MAX_CONTENT_FILE: u64 = 4 << 20;

/// Shipped mappings and those of the folders that the settings name.
///
/// # Errors
/// [`OpenError`] with file and line of every mistake.
pub fn load_mappings(config: &Config) -> Result<Mappings, OpenError> {
    let mut mappings = Mappings::builtin().map_err(OpenError::Mappings)?;
    for dir in &config.content.mappings {
        let files = read_yaml(dir)?;
        mappings = mappings
            .with_overrides(pairs(&files))
            .map_err(OpenError::Mappings)?;
    }
    Ok(mappings)
}

/// Shipped rules and those of the folders that the settings name.
///
/// # Errors
/// When a folder cannot be read; single rules that cannot be loaded are listed in the result.
pub fn load_rules(config: &Config, lists: Lists) -> Result<LoadedRules, OpenError> {
    let seen = fingerprint(config);
    let today = crate::pipeline::now().day();
    let files = builtin_and_own(config)?;
    let (rules, errors) = RuleSet::load_on(pairs(&files), &lists, today);
    Ok(LoadedRules {
        rules: Arc::new(rules),
        errors,
        lists,
        seen,
        today,
    })
}

/// Shipped sequences and those of the folders that the settings name; one with a shipped id takes its place.
///
/// # Errors
/// When a folder cannot be read; single sequences that cannot be loaded are listed in the result.
pub fn load_sequences(config: &Config) -> Result<LoadedSequences, OpenError> {
    let seen = looks_of(config.content.sequences.iter().cloned());
    let mut files = Vec::new();
    for dir in &config.content.sequences {
        files.extend(read_yaml(dir)?);
    }
    let shipped = Sequences::builtin_files().iter().copied();
    let (book, errors) = Sequences::load(shipped.chain(pairs(&files)));
    for error in &errors {
        tracing::warn!(%error, "a sequence cannot be used");
    }
    Ok(LoadedSequences {
        book: Arc::new(book),
        errors,
        seen,
    })
}

/// Changes when a file of the sequences' folders does, as [`fingerprint`].
pub fn sequences_fingerprint(config: &Config) -> u64 {
    looks_of(config.content.sequences.iter().cloned())
}

/// Changes when a file of the rule folders does: its name, size or time of change. Of use within one process only.
pub fn fingerprint(config: &Config) -> u64 {
    looks_of(rule_folders(config))
}

fn looks_of(folders: impl Iterator<Item = PathBuf>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for dir in folders {
        for entry in WalkDir::new(dir).sort_by_file_name().into_iter().flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_file() {
                entry.path().hash(&mut hasher);
                metadata.len().hash(&mut hasher);
                metadata.modified().ok().hash(&mut hasher);
            }
        }
    }
    hasher.finish()
}

/// Files by path and text, as rules and mappings are loaded from.
pub fn pairs(files: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
}

/// Path and text of the shipped rules, those of the folders that the settings name, and those made of saved searches.
///
/// # Errors
/// When a folder cannot be read.
pub fn builtin_and_own(config: &Config) -> Result<Vec<(String, String)>, OpenError> {
    let mut files = Vec::new();
    if !config.content.without_shipped_rules {
        files.extend(
            RuleSet::builtin_files()
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned())),
        );
    }
    for dir in rule_folders(config) {
        files.extend(read_yaml(&dir)?);
    }
    Ok(files)
}

/// The folders that the settings name, and that of rules made of saved searches once there is one.
fn rule_folders(config: &Config) -> impl Iterator<Item = PathBuf> {
    let made = config.made_rules_dir();
    let made = made.is_dir().then_some(made);
    config.content.rules.iter().cloned().chain(made)
}

/// The policies of the folder that the settings name, or else the shipped ones.
///
/// # Errors
/// [`OpenError`] with file, line and reason; policies that break what always holds are refused.
pub fn load_policies(config: &Config) -> Result<Policies, OpenError> {
    let Some(dir) = &config.content.policies else {
        // They are tried in every situation when they are loaded, and they are the same for every installation.
        static SHIPPED: OnceLock<Policies> = OnceLock::new();
        if let Some(shipped) = SHIPPED.get() {
            return Ok(shipped.clone());
        }
        let shipped = Policies::shipped()?;
        return Ok(SHIPPED.get_or_init(|| shipped).clone());
    };
    let files = read_files(dir, &["cedar"])?;
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| PolicyFile { name, text })
        .collect();
    Ok(Policies::load(&files, Policies::shipped_schema())?)
}

/// Path and text of every YAML file under a folder, or of that file, by path.
///
/// # Errors
/// When something cannot be read, or a file is larger than 4 MiB.
pub fn read_yaml(dir: &Path) -> Result<Vec<(String, String)>, OpenError> {
    read_files(dir, &["yml", "yaml"])
}

/// Every file under a folder with one of these extensions, by path.
fn read_files(dir: &Path, extensions: &[&str]) -> Result<Vec<(String, String)>, OpenError> {
    let fail = |source| OpenError::Content {
        path: dir.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in WalkDir::new(dir).sort_by_file_name() {
        let entry = entry.map_err(|e| fail(e.into()))?;
        let wanted = entry
            .path()
            .extension()
            .is_some_and(|e| extensions.iter().any(|wanted| e == *wanted));
        if !entry.file_type().is_file() || !wanted {
            continue;
        }
        if entry.metadata().is_ok_and(|m| m.len() > MAX_CONTENT_FILE) {
            return Err(fail(io::Error::other(format!(
                "{} is larger than 4 MiB",
                entry.path().display()
            ))));
        }
        let bytes = std::fs::read(entry.path()).map_err(fail)?;
        files.push((
            entry.path().display().to_string(),
            String::from_utf8_lossy(&bytes).into_owned(),
        ));
    }
    Ok(files)
}

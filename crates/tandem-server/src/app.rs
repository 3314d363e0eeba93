//! The running system: settings, stores, rules and mappings, opened once and shared by the command line and the server.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use tandem_detect::{RuleError, RuleSet};
use tandem_lake::{Lake, LakeConfig};
use tandem_normalise::mapping::{MappingError, Mappings};
use tandem_store::Store;
use walkdir::WalkDir;

use crate::config::Config;
use crate::http::metrics::Metrics;
use crate::secret::Secret;

/// Largest rule or mapping file that is read, bytes.
const MAX_CONTENT_FILE: u64 = 4 << 20;

/// The system cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder cannot be used.
    #[error("cannot use the data folder `{path}`")]
    Data {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The state database cannot be opened.
    #[error("cannot open the state database")]
    Store(#[from] tandem_store::StoreError),
    /// The event lake cannot be opened.
    #[error("cannot open the event lake")]
    Lake(#[from] tandem_lake::LakeError),
    /// Mappings are wrong; each line names file, line and reason.
    #[error("{} mapping(s) cannot be used:\n{}", .0.len(), lines(.0))]
    Mappings(Vec<MappingError>),
    /// A content folder cannot be read.
    #[error("cannot read `{path}`, which the settings name")]
    Content {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

fn lines(errors: &[MappingError]) -> String {
    errors
        .iter()
        .map(|e| format!("  {e}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Rules as they were loaded last, and what could not be loaded.
#[derive(Debug)]
pub struct LoadedRules {
    /// The rules.
    pub rules: Arc<RuleSet>,
    /// Rules that could not be loaded.
    pub errors: Vec<RuleError>,
}

/// The running system.
pub struct App {
    /// Settings.
    pub config: Config,
    /// State database.
    pub store: Store,
    /// Event lake.
    pub lake: Lake,
    /// Mappings.
    pub mappings: Arc<Mappings>,
    /// Rules.
    pub rules: Arc<LoadedRules>,
    /// Key of pseudonyms and tokens.
    pub secret: Secret,
    /// Counters.
    pub metrics: Metrics,
    /// One ingest or analysis at a time changes state.
    pub writer: tokio::sync::Mutex<()>,
    /// What is known of people, cached until people facts change.
    pub(crate) directory: RwLock<Option<Arc<tandem_people::Directory>>>,
}

impl App {
    /// Opens everything that `config` names, making the data folder if it is missing.
    ///
    /// # Errors
    /// [`OpenError`] naming what cannot be used and why. A rule that cannot be loaded is no error here; it is listed.
    pub async fn open(config: Config) -> Result<Self, OpenError> {
        let data = |path: &Path| {
            let path = path.to_owned();
            move |source| OpenError::Data { path, source }
        };
        std::fs::create_dir_all(&config.data_dir).map_err(data(&config.data_dir))?;
        let secret = Secret::open(&config.data_dir.join("pseudonym.key")).map_err(data(&config.data_dir))?;
        let mappings = Arc::new(load_mappings(&config)?);
        let rules = Arc::new(load_rules(&config)?);
        let store = Store::open(&config.store_url()).await?;
        let lake = Lake::open(LakeConfig::new(config.lake_dir().display().to_string()))?;
        let metrics = Metrics::default();
        metrics.rules.set(rules.rules.rules().len() as u64);
        Ok(Self {
            config,
            store,
            lake,
            mappings,
            rules,
            secret,
            metrics,
            writer: tokio::sync::Mutex::new(()),
            directory: RwLock::new(None),
        })
    }
}

/// Shipped mappings and those of the folders that the settings name.
///
/// # Errors
/// [`OpenError`] with file and line of every mistake.
pub fn load_mappings(config: &Config) -> Result<Mappings, OpenError> {
    let mut mappings = Mappings::builtin().map_err(OpenError::Mappings)?;
    for dir in &config.content.mappings {
        let files = read_yaml(dir)?;
        let own = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        mappings = mappings.with_overrides(own).map_err(OpenError::Mappings)?;
    }
    Ok(mappings)
}

/// Shipped rules and those of the folders that the settings name.
///
/// # Errors
/// When a folder cannot be read; single rules that cannot be loaded are listed in the result.
pub fn load_rules(config: &Config) -> Result<LoadedRules, OpenError> {
    let mut files = Vec::new();
    if !config.content.without_shipped_rules {
        files.extend(
            RuleSet::builtin_files()
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned())),
        );
    }
    for dir in &config.content.rules {
        files.extend(read_yaml(dir)?);
    }
    let (rules, errors) = RuleSet::load(files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    Ok(LoadedRules {
        rules: Arc::new(rules),
        errors,
    })
}

/// Every YAML file under a folder, by path.
fn read_yaml(dir: &Path) -> Result<Vec<(String, String)>, OpenError> {
    let fail = |source| OpenError::Content {
        path: dir.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in WalkDir::new(dir).sort_by_file_name() {
        let entry = entry.map_err(|e| fail(e.into()))?;
        let yaml = entry
            .path()
            .extension()
            .is_some_and(|e| e == "yml" || e == "yaml");
        if !entry.file_type().is_file() || !yaml {
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

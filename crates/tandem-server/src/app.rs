//! The running system: settings, stores, rules and mappings, opened once and shared by the command line and the server.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};

use tandem_connect::far::action::Clerk;
use tandem_detect::{Lists, RuleError, RuleSet};
use tandem_domain::Day;
use tandem_domain::time::MICROS_PER_SECOND;
use tandem_lake::{Lake, LakeConfig};
use tandem_normalise::mapping::{MappingError, Mappings};
use tandem_sequence::{SequenceError, Sequences};
use tandem_store::{Step, Store, StoreError};

use crate::chat::{Chat, ConnectorError};
use crate::config::Config;
use crate::content::{
    fingerprint, lists, load_mappings, load_policies, load_rules, load_sequences, sequences_fingerprint,
};
use crate::http::forward::Forwarding;
use crate::http::metrics::Metrics;
use crate::intake::Intake;
use crate::ledger::{LedgerError, Signer};
use crate::pipeline::known::Known;
use crate::rule_health::RuleHealth;
use crate::runs::{RunClerk, Shelf};
use crate::safe::Safe;
use crate::secret::Secret;
use crate::sign_in::{SignIn, SignInError};

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
    /// The ledger cannot be used.
    #[error("the ledger cannot be opened")]
    Ledger(#[from] LedgerError),
    /// The responsibility matrices or the targets of clocks cannot be used.
    #[error("the responsibility matrices or the targets of clocks cannot be used:\n{}", .0.iter().map(|f| format!("  {}:{}: {}", f.file, f.line, f.what)).collect::<Vec<_>>().join("\n"))]
    Raci(Vec<tandem_casework::Fault>),
    /// The policies cannot be used.
    #[error("the policies cannot be used")]
    Policies(#[from] tandem_policy::PolicyError),
    /// Signing in cannot work as it is set.
    #[error("people cannot sign in")]
    SignIn(#[from] SignInError),
    /// A connector cannot be used.
    #[error("the connectors of the settings cannot be used")]
    Connectors(#[from] ConnectorError),
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

/// How long until rule folders are looked at again.
const LOOK_AGAIN: i64 = 2 * MICROS_PER_SECOND;

/// Rules as they were loaded last, and what could not be loaded.
#[derive(Debug, Default)]
pub struct LoadedRules {
    /// The rules.
    pub rules: Arc<RuleSet>,
    /// Rules that could not be loaded.
    pub errors: Vec<RuleError>,
    /// What the placeholders stood for.
    pub lists: Lists,
    /// How the files looked.
    pub seen: u64,
    /// The day on which they were loaded: exceptions end.
    pub today: Day,
}

/// Sequences as they were loaded last, and what could not be loaded.
#[derive(Debug, Default)]
pub struct LoadedSequences {
    /// The sequences.
    pub book: Arc<Sequences>,
    /// Sequences that could not be loaded.
    pub errors: Vec<SequenceError>,
    /// How the files looked.
    pub seen: u64,
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
    /// Rules; loaded again when people facts change what their placeholders stand for.
    rules: RwLock<Arc<LoadedRules>>,
    /// Sequences; loaded again when a file of their folders changes.
    sequences: RwLock<Arc<LoadedSequences>>,
    /// When the rule folders were last looked at.
    rules_looked: AtomicI64,
    /// The people facts that their lists were made from.
    rules_people: RwLock<Weak<tandem_people::Directory>>,
    /// Key of pseudonyms and tokens.
    pub secret: Secret,
    /// Signs the ledger's checkpoints.
    pub signer: Signer,
    /// Who is who; opens only for a disclosure.
    pub safe: Arc<Safe>,
    /// Who is responsible for what.
    pub raci: tandem_casework::RaciBook,
    /// How long things may take.
    pub targets: tandem_casework::ClockTargets,
    /// Playbooks ready to run.
    pub shelf: Shelf,
    /// Who may do what.
    pub policies: tandem_policy::Policies,
    /// What of them is shown, once it was asked for.
    pub(crate) policies_shown: crate::policies::Shown,
    /// How people sign in.
    pub sign_in: SignIn,
    /// The way out to chat, mail and webhooks, and back in.
    pub chat: Chat,
    /// Counters.
    pub metrics: Metrics,
    /// What rules did.
    pub rule_health: RuleHealth,
    /// One ingest at a time changes state. Who ingests knows what was ingested before.
    pub writer: tokio::sync::Mutex<Known>,
    /// One analysis at a time. Data that comes meanwhile marks its day, and is analysed with the next one.
    pub analyst: tokio::sync::Mutex<()>,
    /// One merge of segments at a time.
    pub merging: tokio::sync::Mutex<()>,
    /// What keeps coming.
    pub intake: Intake,
    /// What is remembered between requests of forwarders.
    pub(crate) forwarding: Forwarding,
    /// How many may search at the same time.
    pub(crate) hunting: crate::hunt::Seats,
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
        let ledger_key = Secret::open(&config.data_dir.join("ledger.key")).map_err(data(&config.data_dir))?;
        let signer = Signer::new(&config.ledger.origin, &ledger_key).map_err(LedgerError::from)?;
        let policies = load_policies(&config)?;
        let sign_in = SignIn::open(&config)?;
        let safe = Arc::new(Safe::of(&config.data_dir));
        let shelf = Shelf::shipped();
        let raci = crate::cases::raci().map_err(OpenError::Raci)?;
        let targets = crate::cases::targets().map_err(OpenError::Raci)?;
        let mappings = Arc::new(load_mappings(&config)?);
        let store = Store::open(&config.store_url()).await?;
        let clerk: Arc<dyn Clerk> = Arc::new(RunClerk::new(store.clone(), shelf.clone(), Arc::clone(&safe)));
        let chat = Chat::open(&config.chat, &config.connectors, store.clone(), &clerk)?;
        let lake = Lake::open(LakeConfig::new(config.lake_dir().display().to_string()))?;
        let metrics = Metrics::default();
        let mut app = Self {
            config,
            store,
            lake,
            mappings,
            rules: RwLock::new(Arc::new(LoadedRules::default())),
            sequences: RwLock::default(),
            rules_looked: AtomicI64::new(0),
            rules_people: RwLock::default(),
            secret,
            signer,
            safe,
            raci,
            targets,
            shelf,
            policies,
            policies_shown: crate::policies::Shown::default(),
            sign_in,
            chat,
            metrics,
            rule_health: RuleHealth::default(),
            writer: tokio::sync::Mutex::new(Known::default()),
            analyst: tokio::sync::Mutex::default(),
            merging: tokio::sync::Mutex::default(),
            intake: Intake::default(),
            forwarding: Forwarding::default(),
            hunting: crate::hunt::Seats::default(),
            directory: RwLock::new(None),
        };
        app.begin_ledger().await?;
        let lists = lists(&app.config, &*app.directory().await?);
        let loaded = load_rules(&app.config, lists)?;
        app.metrics.rules.set(loaded.rules.len() as u64);
        app.rules = RwLock::new(Arc::new(loaded));
        app.sequences = RwLock::new(Arc::new(load_sequences(&app.config)?));
        Ok(app)
    }

    /// The rules.
    pub fn rules(&self) -> Arc<LoadedRules> {
        // Nobody panics while holding the lock; if somebody did, what was loaded is still whole.
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&rules)
    }

    /// The sequences.
    pub fn sequences(&self) -> Arc<LoadedSequences> {
        let sequences = self.sequences.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&sequences)
    }

    /// Loads the sequences again if a file of their folders changed. What cannot be loaded leaves them as they are.
    fn refresh_sequences(&self) {
        if sequences_fingerprint(&self.config) == self.sequences().seen {
            return;
        }
        match load_sequences(&self.config) {
            Ok(loaded) => {
                *self.sequences.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(loaded);
            }
            Err(error) => {
                tracing::warn!(%error, "the sequences could not be loaded again; the ones before stay in use")
            }
        }
    }

    /// Loads the rules again if people facts changed what their placeholders stand for, if a file of a rule folder changed
    /// (looked at every few seconds), or if a day has passed; sequences likewise. What cannot be loaded leaves them as they are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh_rules(&self) -> Result<(), OpenError> {
        let people = self.directory().await?;
        let (now, current) = (crate::pipeline::now(), self.rules());
        let looked = self.rules_looked.load(Ordering::Relaxed);
        let look = now.0.saturating_sub(looked) >= LOOK_AGAIN;
        // Every commit asks; making the lists of a large company takes longer than a small commit.
        if !look && self.rules_know(&people) {
            return Ok(());
        }
        if look {
            self.rules_looked.store(now.0, Ordering::Relaxed);
            self.refresh_sequences();
        }
        let lists = lists(&self.config, &people);
        *self.rules_people.write().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(&people);
        let changed = look && (fingerprint(&self.config) != current.seen || now.day() != current.today);
        if lists == current.lists && !changed {
            return Ok(());
        }
        match load_rules(&self.config, lists) {
            Ok(loaded) => {
                self.metrics.rules.set(loaded.rules.len() as u64);
                *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(loaded);
            }
            Err(error) => {
                tracing::warn!(%error, "the rules could not be loaded again; the ones before stay in use")
            }
        }
        Ok(())
    }

    /// Loads the rules again after a rule file was written or removed.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn rules_changed(&self) -> Result<(), OpenError> {
        self.rules_looked.store(0, Ordering::Relaxed);
        self.refresh_rules().await
    }

    /// True if the lists of the rules were made from these people facts.
    fn rules_know(&self, people: &Arc<tandem_people::Directory>) -> bool {
        let known = self.rules_people.read().unwrap_or_else(PoisonError::into_inner);
        known.upgrade().is_some_and(|known| Arc::ptr_eq(&known, people))
    }

    /// Takes a step, and wakes the sender if something in it is to be sent.
    pub(crate) async fn take_and_tell(&self, step: Step) -> Result<(), StoreError> {
        let told = !step.outbox.is_empty() || !step.shifted.is_empty();
        self.store.take_step(step).await?;
        if told {
            self.chat.wake();
        }
        Ok(())
    }

    /// This year (UTC), and the next number of a series that begins anew each year.
    pub(crate) async fn next_of_year(&self, series: &str) -> Result<(i16, u32), StoreError> {
        let today = crate::pipeline::now().day().to_string();
        let year = today.get(..4).and_then(|y| y.parse().ok()).unwrap_or_default();
        let number = self.store.next_number(&format!("{series}-{year}")).await?;
        Ok((year, number))
    }
}

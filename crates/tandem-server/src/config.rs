//! Settings: built-in defaults, then one TOML file, then the environment, then flags; unknown keys are refused.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};
use tandem_detect::RuleSet;
use tandem_score::{Model, QueueConfig};
use tandem_sign_in::oidc::OidcSettings;
use tandem_sources::{SettingsError, SourceSettings};

use crate::chat::{ChatSettings, ConnectorSettings};
use crate::hunt::EnrichmentSettings;

/// Prefix of environment variables; `__` separates tables: `TANDEM_STORE__URL`.
pub const ENV_PREFIX: &str = "TANDEM_";

/// All settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Folder for everything Tandem writes; made if missing.
    pub data_dir: PathBuf,
    /// Address to serve on.
    pub listen: String,
    /// Live sources; see `docs/sources.md`.
    pub sources: Vec<SourceSettings>,
    /// Further addresses where only forwarders are let in, and where Elasticsearch's paths are at the root: for senders that know
    /// an address and no path, such as `0.0.0.0:9200`.
    pub forwarders: Vec<String>,
    /// Far sides that Tandem speaks to.
    pub connectors: Vec<ConnectorSettings>,
    /// The organisation.
    pub home: Home,
    /// State database.
    pub store: StoreConfig,
    /// Event lake.
    pub lake: LakeSettings,
    /// Own rules and mappings beside the shipped ones.
    pub content: Content,
    /// How indicators are weighed.
    pub model: Model,
    /// How many alerts a day.
    pub queue: QueueConfig,
    /// Behaviour analytics.
    pub behaviour: Behaviour,
    /// What the server does by itself.
    pub schedule: Schedule,
    /// How long things are kept.
    pub retention: Retention,
    /// Limits of what is taken in.
    pub limits: Limits,
    /// The record of looks and acts.
    pub ledger: LedgerSettings,
    /// How people sign in.
    pub sign_in: SignInSettings,
    /// The company's identity provider; without it, nobody signs in that way. See `docs/sign-in.md`.
    pub oidc: Option<OidcSettings>,
    /// What goes out to far sides.
    pub chat: ChatSettings,
    /// What events are shown with beside their own; see `docs/hunting.md`.
    pub enrichment: EnrichmentSettings,
}

/// How people sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInSettings {
    /// Address under which people open Tandem, such as `https://tandem.example`. Passkeys are bound to its host for ever; empty
    /// means no passkeys.
    pub origin: String,
    /// Proxies in front of Tandem, each of which adds the address it sees to `X-Forwarded-For`; 0 for none.
    pub proxies: u8,
}

/// The record of looks and acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerSettings {
    /// Name under which checkpoints are signed, such as `tandem.example.org/ledger`; it cannot be changed once there are rows.
    pub origin: String,
    /// Minutes after which new rows are signed; 0 for only on export and check.
    pub checkpoint_minutes: u64,
}

/// What is known of the organisation itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Home {
    /// Name shown in the console.
    pub company: String,
    /// Own Windows domains; `DOMAIN\user` of these is `user`.
    pub nt_domains: Vec<String>,
    /// Own mail domains; `user@domain` of these is `user`, and mail to them is internal.
    pub mail_domains: Vec<String>,
    /// Zone of times without one and of sites without one (IANA name).
    pub time_zone: String,
}

/// Where state is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// `sqlite:PATH` or `postgres://…`; empty means a SQLite file in the data folder.
    pub url: String,
}

/// Where events are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LakeSettings {
    /// Folder of the event lake; empty means `lake` in the data folder.
    pub dir: String,
    /// Events collected before a commit.
    pub commit_events: usize,
    /// Segments of one day before they are compacted.
    pub compact_at: usize,
}

/// Content beside what is shipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// Folders of Sigma rules (for example a SigmaHQ checkout), read recursively.
    pub rules: Vec<PathBuf>,
    /// Folders of sequences, read recursively; one with a shipped id replaces it.
    pub sequences: Vec<PathBuf>,
    /// Folders of mappings; one with a shipped name replaces it.
    pub mappings: Vec<PathBuf>,
    /// Folder of policies (Cedar) in the place of the shipped ones.
    pub policies: Option<PathBuf>,
    /// Leave out the rules that are shipped.
    pub without_shipped_rules: bool,
    /// Groups of the directory and roles whose members' accounts are privileged; the list `privileged_groups` of rules.
    pub privileged_groups: Vec<String>,
    /// What placeholders of Sigma's `expand` modifier stand for, by name. `leavers`, `leavers_30d`, `notice_given` and `contractors`
    /// come from people facts, `home_domains` from `home`; what stands under `privileged` is added to what people facts know.
    pub lists: BTreeMap<String, Vec<String>>,
}

/// Behaviour analytics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// Days from the first day of data during which behaviour is learnt but adds no evidence.
    pub warm_up_days: i32,
    /// Whether people are also compared with those who work with the same things.
    pub learned_peers: bool,
}

/// What `tandem serve` does by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Seconds between two looks for data that is not analysed yet; 0 for never.
    pub analyse_seconds: u64,
    /// Minutes between two runs of maintenance; 0 for never.
    pub maintain_minutes: u64,
}

/// How long things are kept, days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Raw events in the lake.
    pub events_days: i32,
    /// Daily activity summaries.
    pub activity_days: i32,
    /// Rejected records.
    pub rejects_days: i32,
}

/// Limits of what is taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Largest record, bytes.
    pub record_bytes: usize,
    /// Largest decompressed request body of the push endpoint, bytes.
    pub push_bytes: u64,
    /// Rows a query may return.
    pub query_rows: usize,
    /// Seconds a query may take.
    pub query_seconds: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("var/tandem"),
            listen: "127.0.0.1:7878".into(),
            sources: Vec::new(),
            forwarders: Vec::new(),
            connectors: Vec::new(),
            home: Home {
                company: "Your organisation".into(),
                nt_domains: Vec::new(),
                mail_domains: Vec::new(),
                time_zone: "UTC".into(),
            },
            store: StoreConfig { url: String::new() },
            lake: LakeSettings {
                dir: String::new(),
                commit_events: 200_000,
                compact_at: 8,
            },
            content: Content {
                rules: Vec::new(),
                sequences: Vec::new(),
                mappings: Vec::new(),
                policies: None,
                without_shipped_rules: false,
                privileged_groups: RuleSet::builtin_lists()
                    .remove("privileged_groups")
                    .unwrap_or_default(),
                lists: BTreeMap::from([(
                    "restricted_shares".to_owned(),
                    ["HR", "Finance", "Legal", "Executive"]
                        .map(str::to_owned)
                        .to_vec(),
                )]),
            },
            model: Model::default(),
            queue: QueueConfig::default(),
            behaviour: Behaviour {
                warm_up_days: 28,
                learned_peers: true,
            },
            schedule: Schedule {
                analyse_seconds: 60,
                maintain_minutes: 60,
            },
            retention: Retention {
                events_days: 400,
                activity_days: 400,
                rejects_days: 90,
            },
            limits: Limits {
                record_bytes: 1 << 20,
                push_bytes: 64 << 20,
                query_rows: 10_000,
                query_seconds: 60,
            },
            ledger: LedgerSettings {
                origin: "tandem.localhost/ledger".into(),
                checkpoint_minutes: 10,
            },
            sign_in: SignInSettings {
                origin: String::new(),
                proxies: 0,
            },
            oidc: None,
            chat: ChatSettings::default(),
            enrichment: EnrichmentSettings::default(),
        }
    }
}

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The named file does not exist.
    #[error("there is no settings file at `{0}`; `tandem config show` prints one to start from")]
    Missing(PathBuf),
    /// A value or key is wrong; the text names the key and who set it.
    #[error("the settings are not usable: {0}")]
    Invalid(Box<figment::Error>),
    /// A value is well-formed but makes no sense.
    #[error("`{key}` is {value}: {why}")]
    Senseless {
        /// The key.
        key: &'static str,
        /// Its value.
        value: String,
        /// What is wrong and what to do.
        why: &'static str,
    },
    /// A live source cannot be used as it is set.
    #[error("`sources`: {0}")]
    Source(#[from] SettingsError),
}

/// Settings together with who set each of them.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    figment: Figment,
}

/// Who set one key, and to what.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Setting {
    /// Dotted key.
    pub key: String,
    /// Its value as JSON.
    pub value: serde_json::Value,
    /// `default`, a file or the environment.
    pub set_by: String,
}

/// Flags that stand above everything else.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--data`.
    pub data_dir: Option<PathBuf>,
    /// `--listen`.
    pub listen: Option<String>,
}

/// Reads the settings. Without `file`, `tandem.toml` in the working folder is read if it is there.
///
/// # Errors
/// [`ConfigError`] naming key, place and reason.
pub fn load(file: Option<&Path>, flags: &Flags) -> Result<Loaded, ConfigError> {
    let mut figment = Figment::from(Serialized::defaults(Config::default()));
    match file {
        Some(path) if !path.exists() => return Err(ConfigError::Missing(path.to_owned())),
        Some(path) => figment = figment.merge(Toml::file_exact(path)),
        None => figment = figment.merge(Toml::file("tandem.toml")),
    }
    // Settings are in tables, so their variables hold `__`; others of this prefix steer tests and tools.
    let is_setting = |key: &figment::value::UncasedStr| {
        let key = key.as_str();
        key.contains("__") || key.eq_ignore_ascii_case("data_dir") || key.eq_ignore_ascii_case("listen")
    };
    figment = figment.merge(Env::prefixed(ENV_PREFIX).filter(is_setting).split("__"));
    if let Some(data_dir) = &flags.data_dir {
        figment = figment.merge(Serialized::default("data_dir", data_dir));
    }
    if let Some(listen) = &flags.listen {
        figment = figment.merge(Serialized::default("listen", listen));
    }
    let config: Config = figment.extract().map_err(|e| ConfigError::Invalid(Box::new(e)))?;
    check(&config)?;
    Ok(Loaded { config, figment })
}

fn check(config: &Config) -> Result<(), ConfigError> {
    let senseless = |key, value: String, why| Err(ConfigError::Senseless { key, value, why });
    if jiff::tz::TimeZone::get(&config.home.time_zone).is_err() {
        return senseless(
            "home.time_zone",
            config.home.time_zone.clone(),
            "no such IANA time zone, for example Europe/Berlin",
        );
    }
    if config.lake.commit_events == 0 {
        return senseless(
            "lake.commit_events",
            "0".into(),
            "give at least 1; 200000 is the default",
        );
    }
    if let Some((key, value, why)) = config.queue.fault().or_else(|| config.model.fault()) {
        return senseless(key, value, why);
    }
    let lists = config.content.lists.keys().map(String::as_str);
    if let Some((key, value, why)) = config.enrichment.fault(lists) {
        return senseless(key, value, why);
    }
    if config.listen.parse::<std::net::SocketAddr>().is_err() {
        return senseless(
            "listen",
            config.listen.clone(),
            "give ADDRESS:PORT, for example 127.0.0.1:7878",
        );
    }
    if let Some(wrong) = config
        .forwarders
        .iter()
        .find(|address| address.parse::<std::net::SocketAddr>().is_err())
    {
        return senseless(
            "forwarders",
            wrong.clone(),
            "give ADDRESS:PORT, for example 0.0.0.0:9200",
        );
    }
    tandem_sources::settings::check(&config.sources)?;
    Ok(())
}

impl Loaded {
    /// Every key with its value and who set it.
    pub fn settings(&self) -> Vec<Setting> {
        let mut out = Vec::new();
        if let Ok(value) = serde_json::to_value(&self.config) {
            self.walk(String::new(), value, &mut out);
        }
        out
    }

    fn walk(&self, key: String, value: serde_json::Value, out: &mut Vec<Setting>) {
        if let serde_json::Value::Object(map) = value {
            for (name, inner) in map {
                let key = if key.is_empty() {
                    name
                } else {
                    format!("{key}.{name}")
                };
                self.walk(key, inner, out);
            }
            return;
        }
        let metadata = self.figment.find_metadata(&key);
        let set_by = metadata.map_or_else(
            || "default".to_owned(),
            |m| match &m.source {
                Some(figment::Source::File(path)) => path.display().to_string(),
                _ if m.name.contains("environment") => format!(
                    "environment ({}{})",
                    ENV_PREFIX,
                    key.to_uppercase().replace('.', "__")
                ),
                _ if matches!(key.as_str(), "data_dir" | "listen") && !m.name.contains("Config") => {
                    "flag".to_owned()
                }
                _ => "default".to_owned(),
            },
        );
        out.push(Setting { key, value, set_by });
    }
}

impl Config {
    /// The state database's address.
    pub fn store_url(&self) -> String {
        if self.store.url.is_empty() {
            format!("sqlite:{}", self.data_dir.join("state.db").display())
        } else {
            self.store.url.clone()
        }
    }

    /// The event lake's folder.
    pub fn lake_dir(&self) -> PathBuf {
        if self.lake.dir.is_empty() {
            self.data_dir.join("lake")
        } else {
            PathBuf::from(&self.lake.dir)
        }
    }

    /// The folder of rules made of saved searches; in use beside the folders that the settings name.
    pub fn made_rules_dir(&self) -> PathBuf {
        self.data_dir.join("rules")
    }

    /// The settings as a commented-free TOML file to start from.
    ///
    /// # Errors
    /// Never for settings that were loaded; the serialiser's error otherwise.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }
}

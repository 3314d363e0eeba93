//! Rules, mappings and policies: those that are shipped, those of the folders that the settings name, and what placeholders stand for.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tandem_detect::{Lists, Rule, RuleSet};
use tandem_domain::Day;
use tandem_normalise::mapping::Mappings;
use tandem_people::{Directory, Person, PersonKind};
use tandem_policy::{Policies, PolicyFile};
use walkdir::WalkDir;

use crate::app::{LoadedRules, OpenError};
use crate::config::Config;

/// Largest rule or mapping file that is read, bytes.
const MAX_CONTENT_FILE: u64 = 4 << 20;
/// Placeholder for the accounts of people who have left.
const LEAVERS: &str = "leavers";
/// Placeholder for the accounts of people who are not staff.
const CONTRACTORS: &str = "contractors";

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

/// Changes when a file of the rule folders does: its name, size or time of change. Of use within one process only.
pub fn fingerprint(config: &Config) -> u64 {
    let mut hasher = DefaultHasher::new();
    for dir in rule_folders(config) {
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

/// What the placeholders of rules stand for: the settings' own lists, and from people facts `leavers` and `contractors`
/// (accounts, in every spelling that logs use) and `home_domains`.
///
/// The people lists hold everybody who is or was such a person as far as is known today. Whether somebody was one on the day
/// of an event is decided when that day is analysed, from what was known then ([`holds_on`]).
pub fn lists(config: &Config, directory: &Directory) -> Lists {
    let mut lists = config.content.lists.clone();
    let home = &config.home;
    let view = directory.as_of(Day(i32::MAX / 2));
    let accounts = |is: fn(&Person) -> bool| -> Vec<String> {
        let mut names: Vec<String> = view
            .people()
            .iter()
            .filter(|person| is(person))
            .flat_map(|person| &person.accounts)
            .flat_map(|account| {
                let plain = std::iter::once(account.to_string());
                let windows = home
                    .nt_domains
                    .iter()
                    .map(move |domain| format!("{domain}\\{account}"));
                let mail = home
                    .mail_domains
                    .iter()
                    .map(move |domain| format!("{account}@{domain}"));
                plain.chain(windows).chain(mail)
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    lists.insert(LEAVERS.into(), accounts(|person| person.leave.is_some()));
    lists.insert(CONTRACTORS.into(), accounts(is_outside));
    lists
        .entry("home_domains".into())
        .or_insert_with(|| home.mail_domains.clone());
    crate::hunt::add_placeholders(config, &mut lists);
    lists
}

/// As [`lists`], for trying rules out where no people facts are at hand: nobody has left, nobody is a contractor.
pub fn lists_without_people(config: &Config) -> Lists {
    lists(config, &Directory::default())
}

/// False if a rule speaks of leavers or contractors and the person was, by what the view knows, none on `day`.
pub fn holds_on<'a>(rule: &Rule, person: impl Fn() -> Option<&'a Person>, day: Day) -> bool {
    let names = |list: &str| rule.source.contains(list);
    let left = |person: &Person| person.leave.is_some_and(|last| last < day);
    (!names("%leavers%") || person().is_some_and(left))
        && (!names("%contractors%") || person().is_some_and(is_outside))
}

const fn is_outside(person: &Person) -> bool {
    matches!(person.kind, PersonKind::Contractor | PersonKind::Partner)
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

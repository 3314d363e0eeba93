//! What the settings' patterns lead to.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};

use super::identity::FileId;
use super::settings::FilesSettings;

/// As a shell reads patterns: `*` stops at a slash, and hidden files must be meant.
const AS_A_SHELL: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// A file as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) path: PathBuf,
    pub(super) size: u64,
    /// When it changed, nanoseconds since the epoch.
    pub(super) modified: i128,
    /// Names that lead to it; 0 for a deleted file that is held open.
    pub(super) names: u64,
}

impl Seen {
    pub(super) fn of(path: PathBuf, meta: &fs::Metadata) -> Self {
        Self {
            path,
            size: meta.len(),
            modified: i128::from(meta.mtime()) * 1_000_000_000 + i128::from(meta.mtime_nsec()),
            names: meta.nlink(),
        }
    }
}

/// Looks for files.
#[derive(Debug)]
pub(super) struct Finder {
    paths: Vec<String>,
    exclude: Vec<Pattern>,
}

impl Finder {
    pub(super) fn new(settings: &FilesSettings) -> Self {
        let pattern = |text: &String| Pattern::new(text).ok();
        Self {
            paths: settings.paths.clone(),
            exclude: settings.exclude.iter().filter_map(pattern).collect(),
        }
    }

    /// Every file, once, under the name that comes first; a name in `known` is preferred. What cannot be looked at is told.
    pub(super) fn find(
        &self,
        known: impl Fn(FileId, &Path) -> bool,
        trouble: &mut Vec<String>,
    ) -> BTreeMap<FileId, Seen> {
        let mut found = BTreeMap::new();
        for path in &self.paths {
            let folder = Path::new(path).is_dir();
            let pattern = if folder {
                format!("{}/*", Pattern::escape(path.trim_end_matches('/')))
            } else {
                path.clone()
            };
            // The settings were checked; a pattern that is none finds nothing.
            for entry in glob::glob_with(&pattern, AS_A_SHELL).into_iter().flatten() {
                match entry {
                    Ok(path) if self.excludes(&path) => {}
                    Ok(path) => add(path, &mut found, &known, trouble),
                    Err(error) if error.error().kind() == io::ErrorKind::NotFound => {}
                    Err(error) => trouble.push(format!(
                        "cannot look into {}: {}; let Tandem read it",
                        error.path().display(),
                        error.error()
                    )),
                }
            }
        }
        found
    }

    fn excludes(&self, path: &Path) -> bool {
        let name = Path::new(path.file_name().unwrap_or_default());
        self.exclude.iter().any(|pattern| {
            let what = if pattern.as_str().contains('/') {
                path
            } else {
                name
            };
            pattern.matches_path_with(what, AS_A_SHELL)
        })
    }
}

fn add(
    path: PathBuf,
    found: &mut BTreeMap<FileId, Seen>,
    known: &impl Fn(FileId, &Path) -> bool,
    trouble: &mut Vec<String>,
) {
    // Links are followed: a link to a file is that file.
    let meta = match fs::metadata(&path) {
        Ok(meta) => meta,
        Err(error) => {
            // Gone since it was listed, or a link that leads nowhere yet.
            if error.kind() != io::ErrorKind::NotFound {
                trouble.push(format!(
                    "cannot look at {}: {error}; let Tandem read it",
                    path.display()
                ));
            }
            return;
        }
    };
    if !meta.is_file() {
        return;
    }
    let id = FileId::of(&meta);
    match found.entry(id) {
        Entry::Vacant(entry) => {
            entry.insert(Seen::of(path, &meta));
        }
        Entry::Occupied(mut entry) if known(id, &path) => {
            entry.insert(Seen::of(path, &meta));
        }
        Entry::Occupied(_) => {}
    }
}

/// The file of that identity in a folder, where it may lie under another name.
pub(super) fn within(folder: &Path, id: FileId) -> Option<Seen> {
    for entry in fs::read_dir(folder).ok()?.flatten() {
        // Without following links: the file itself is looked for.
        if let Ok(meta) = entry.metadata()
            && meta.is_file()
            && FileId::of(&meta) == id
        {
            return Some(Seen::of(entry.path(), &meta));
        }
    }
    None
}

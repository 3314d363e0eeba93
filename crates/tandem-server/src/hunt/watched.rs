//! Files that are read again when they change, once for the whole process.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// How a file looked: its size and when it was changed.
type Stamp = Option<(u64, Option<SystemTime>)>;

/// What came of a file: its content, or why it cannot be used.
pub(super) type Outcome<T> = Arc<Result<T, String>>;

/// What came of files, by path and kind of reading.
type Files<T> = BTreeMap<(PathBuf, &'static str), (Stamp, Outcome<T>)>;

/// Files of one kind.
pub(super) struct Watched<T> {
    files: Mutex<Files<T>>,
}

impl<T> Watched<T> {
    pub(super) const fn new() -> Self {
        Self {
            files: Mutex::new(BTreeMap::new()),
        }
    }

    /// The content of a file, as it is now. `kind` tells readings of the same file apart.
    pub(super) fn get(
        &self,
        path: &Path,
        kind: &'static str,
        most: u64,
        read: impl FnOnce(Vec<u8>) -> Result<T, String>,
    ) -> Outcome<T> {
        let stamp = std::fs::metadata(path)
            .ok()
            .map(|file| (file.len(), file.modified().ok()));
        let key = (path.to_owned(), kind);
        // Nobody panics while holding the lock; if somebody did, what was read is still whole.
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((seen, outcome)) = files.get(&key)
            && *seen == stamp
            && stamp.is_some()
        {
            return Arc::clone(outcome);
        }
        let outcome = Arc::new(content(path, stamp, most).and_then(read));
        files.insert(key, (stamp, Arc::clone(&outcome)));
        outcome
    }
}

fn content(path: &Path, stamp: Stamp, most: u64) -> Result<Vec<u8>, String> {
    if stamp.is_some_and(|(size, _)| size > most) {
        return Err(format!("`{}` has more than {} MiB", path.display(), most >> 20));
    }
    std::fs::read(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))
}

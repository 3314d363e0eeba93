//! Skipping what is already done: a stamp is a hash of names, sizes and contents of inputs.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::sh::{Outcome, root};

/// A hash over files and folders (recursively, by content), relative to the root.
pub fn of(paths: &[&str]) -> String {
    let mut files = Vec::new();
    for path in paths {
        list(&root().join(path), &mut files);
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(&file).unwrap_or_default().hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

fn list(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let skip = |name: &str| {
            matches!(
                name,
                "node_modules" | "dist" | "target" | "test-results" | "playwright-report"
            )
        };
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            if !skip(&entry.file_name().to_string_lossy()) {
                list(&entry.path(), files);
            }
        }
    } else if path.is_file() {
        files.push(path.to_owned());
    }
}

fn file(name: &str) -> PathBuf {
    root().join("var/stamps").join(name)
}

/// True if the stamp of that name has this value.
pub fn is(name: &str, value: &str) -> bool {
    fs::read_to_string(file(name)).is_ok_and(|known| known == value)
}

/// Remembers a stamp.
pub fn set(name: &str, value: &str) -> Outcome {
    let path = file(name);
    let dir = path.parent().map(Path::to_owned).unwrap_or_default();
    fs::create_dir_all(&dir)
        .and_then(|()| fs::write(&path, value))
        .map_err(|e| format!("cannot write {}: {e}", path.display()))
}

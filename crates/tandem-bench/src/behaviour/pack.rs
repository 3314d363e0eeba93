//! Finding and reading a data pack: a folder, or a `.tar.xz` beside it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Files of a pack by name (the last part of the path), in memory: for packs that are no data sets of behaviour.
#[derive(Debug, Default)]
pub struct Pack {
    files: BTreeMap<String, Vec<u8>>,
}

impl Pack {
    /// All files with their names.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }
}

/// Reads the pack `name` under `data`, keeping the files `wanted` says yes to; `None` if it is not there.
///
/// Looked for are the folders `data/name`, `data/cert/name`, `data/cert_name`, and the archive `data/cert_name.tar.xz`; for a
/// pack kept under another archive name, `archive` names it.
pub fn open(data: &Path, name: &str, archive: &str, wanted: impl Fn(&str) -> bool) -> Result<Option<Pack>> {
    let folders = [data.join(name), data.join("cert").join(name), data.join(archive)];
    if let Some(folder) = folders.iter().find(|folder| folder.is_dir()) {
        return read_folder(folder, &wanted).map(Some);
    }
    let archive = data.join(format!("{archive}.tar.xz"));
    if archive.is_file() {
        return read_archive(&archive, &wanted).map(Some);
    }
    Ok(None)
}

fn read_folder(folder: &Path, wanted: &impl Fn(&str) -> bool) -> Result<Pack> {
    let mut pack = Pack::default();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let path = entry?.path();
            let name = file_name(&path);
            if path.is_dir() {
                folders.push(path);
            } else if wanted(&name) {
                let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
                pack.files.insert(name, bytes);
            }
        }
    }
    Ok(pack)
}

fn read_archive(archive: &Path, wanted: &impl Fn(&str) -> bool) -> Result<Pack> {
    let mut pack = Pack::default();
    let file = File::open(archive).with_context(|| format!("opening {}", archive.display()))?;
    let mut tar = tar::Archive::new(liblzma::read::XzDecoder::new(BufReader::new(file)));
    for entry in tar.entries()? {
        let mut entry = entry.with_context(|| format!("reading {}", archive.display()))?;
        let name = file_name(&entry.path()?);
        if entry.header().entry_type().is_file() && wanted(&name) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            pack.files.insert(name, bytes);
        }
    }
    Ok(pack)
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

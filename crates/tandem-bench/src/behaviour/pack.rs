//! Finding and reading a data pack: a folder, or a `.tar.xz` beside it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Files of a pack by name (the last part of the path, or the whole of it), in memory.
#[derive(Debug, Default)]
pub struct Pack {
    files: BTreeMap<String, Vec<u8>>,
}

impl Pack {
    /// One file.
    pub fn file(&self, name: &str) -> Result<&[u8]> {
        let file = self.files.get(name);
        file.map(Vec::as_slice)
            .with_context(|| format!("the data pack has no file {name}"))
    }

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
    open_named(
        data,
        name,
        archive,
        &Reading {
            wanted: &wanted,
            named: file_name,
        },
    )
}

/// As [`open`], for a pack whose files are told apart by the folders they are in: they are kept by their whole path.
#[cfg(feature = "whole")]
pub fn open_by_path(data: &Path, name: &str, wanted: impl Fn(&str) -> bool) -> Result<Option<Pack>> {
    let whole = |path: &Path| path.to_string_lossy().into_owned();
    open_named(
        data,
        name,
        name,
        &Reading {
            wanted: &wanted,
            named: whole,
        },
    )
}

/// Which files are read, and how they are named.
struct Reading<'a> {
    wanted: &'a dyn Fn(&str) -> bool,
    named: fn(&Path) -> String,
}

fn open_named(data: &Path, name: &str, archive: &str, reading: &Reading<'_>) -> Result<Option<Pack>> {
    let folders = [data.join(name), data.join("cert").join(name), data.join(archive)];
    if let Some(folder) = folders.iter().find(|folder| folder.is_dir()) {
        return read_folder(folder, reading).map(Some);
    }
    let archive = data.join(format!("{archive}.tar.xz"));
    if archive.is_file() {
        return read_archive(&archive, reading).map(Some);
    }
    Ok(None)
}

fn read_folder(folder: &Path, reading: &Reading<'_>) -> Result<Pack> {
    let mut pack = Pack::default();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let path = entry?.path();
            let name = (reading.named)(&path);
            if path.is_dir() {
                folders.push(path);
            } else if (reading.wanted)(&name) {
                let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
                pack.files.insert(name, bytes);
            }
        }
    }
    Ok(pack)
}

fn read_archive(archive: &Path, reading: &Reading<'_>) -> Result<Pack> {
    let mut pack = Pack::default();
    let file = File::open(archive).with_context(|| format!("opening {}", archive.display()))?;
    let mut tar = tar::Archive::new(liblzma::read::XzDecoder::new(BufReader::new(file)));
    for entry in tar.entries()? {
        let mut entry = entry.with_context(|| format!("reading {}", archive.display()))?;
        let name = (reading.named)(&entry.path()?);
        if entry.header().entry_type().is_file() && (reading.wanted)(&name) {
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

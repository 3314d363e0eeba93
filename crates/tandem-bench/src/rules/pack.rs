//! Finding and reading a data pack: a folder, or a `.tar.xz` beside it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Files of a pack by their whole path, in memory: folders tell files of one name apart.
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

    /// All files with their paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }
}

/// Reads the pack `name` under `data`, the folder or else the archive, keeping the files that `wanted` says yes to; `None` if it
/// is not there.
pub fn open(data: &Path, name: &str, wanted: impl Fn(&str) -> bool) -> Result<Option<Pack>> {
    let folder = data.join(name);
    if folder.is_dir() {
        return read_folder(&folder, &wanted).map(Some);
    }
    let archive = data.join(format!("{name}.tar.xz"));
    if archive.is_file() {
        return read_archive(&archive, &wanted).map(Some);
    }
    Ok(None)
}

fn read_folder(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<Pack> {
    let mut pack = Pack::default();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let path = entry?.path();
            let name = path.to_string_lossy().into_owned();
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

fn read_archive(archive: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<Pack> {
    let mut pack = Pack::default();
    let file = File::open(archive).with_context(|| format!("opening {}", archive.display()))?;
    let mut tar = tar::Archive::new(liblzma::read::XzDecoder::new(BufReader::new(file)));
    for entry in tar.entries()? {
        let mut entry = entry.with_context(|| format!("reading {}", archive.display()))?;
        let name = entry.path()?.to_string_lossy().into_owned();
        if entry.header().entry_type().is_file() && wanted(&name) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            pack.files.insert(name, bytes);
        }
    }
    Ok(pack)
}

//! What there is to read.

use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use walkdir::WalkDir;
use xxhash_rust::xxh3::Xxh3;

/// One stream of bytes to read: a file, a member of a ZIP archive, or standard input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// The file; `-` for standard input.
    pub path: PathBuf,
    /// The member of a ZIP archive.
    pub member: Option<String>,
}

impl Input {
    /// True for standard input.
    pub fn is_stdin(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    /// The key under which progress is remembered: the absolute path, with `!member` for archives.
    pub fn key(&self) -> String {
        let path = std::fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        match &self.member {
            Some(member) => format!("{}!{member}", path.display()),
            None => path.display().to_string(),
        }
    }

    /// The last part of the name without compression endings, for example `2010-05.csv`.
    pub fn file_name(&self) -> String {
        let name = match &self.member {
            Some(member) => member.rsplit('/').next().unwrap_or(member).to_owned(),
            None => self
                .path
                .file_name()
                .map(|n| n.to_string_lossy().into_owned())
                .unwrap_or_default(),
        };
        let lower = name.to_ascii_lowercase();
        for ending in [".gz", ".zst", ".xz"] {
            if lower.ends_with(ending) {
                return name.get(..name.len() - ending.len()).unwrap_or(&name).to_owned();
            }
        }
        name
    }

    /// The name of the folder the file lies in, which often names its source.
    pub fn folder_name(&self) -> Option<String> {
        self.path
            .parent()?
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
    }

    /// Size in bytes and time of change (seconds since the epoch) as stored; `None` for standard input.
    pub fn stamp(&self) -> Option<(u64, u64)> {
        let meta = std::fs::metadata(&self.path).ok()?;
        let changed = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_secs();
        Some((meta.len(), changed))
    }

    /// A hash of the stored file's size, first and last 64 KiB. Two copies of one file under different names share it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn content_mark(&self) -> io::Result<String> {
        use std::io::{Read, Seek, SeekFrom};
        const PART: u64 = 64 << 10;
        let mut file = std::fs::File::open(&self.path)?;
        let size = file.metadata()?.len();
        let mut hasher = Xxh3::new();
        hasher.update(&size.to_le_bytes());
        if let Some(member) = &self.member {
            hasher.update(member.as_bytes());
        }
        let mut part = Vec::new();
        file.by_ref().take(PART).read_to_end(&mut part)?;
        hasher.update(&part);
        if size > 2 * PART {
            file.seek(SeekFrom::End(-(PART as i64)))?;
            part.clear();
            file.take(PART).read_to_end(&mut part)?;
            hasher.update(&part);
        }
        Ok(format!("{:032x}", hasher.digest128()))
    }
}

/// A name that leads to nothing that can be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The path does not exist.
    #[error("nothing found at `{0}`; check the spelling, or quote a pattern such as 'logs/*.json'")]
    Nothing(String),
    /// The pattern is malformed.
    #[error("`{pattern}` is not a valid pattern")]
    Pattern {
        /// What was given.
        pattern: String,
        /// Why.
        source: glob::PatternError,
    },
    /// A folder or archive cannot be listed.
    #[error("cannot list `{path}`")]
    List {
        /// What was being listed.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// Expands files, folders (recursively), glob patterns and `-` into inputs without repetition.
///
/// Inputs come sorted by file name and then by path, so that daily files of many sources (`proxy/2026-05-04.log`,
/// `mail/2026-05-04.json`) are read day by day. Hidden files are left out of folders. ZIP archives become their members.
///
/// # Errors
/// [`InputError`] for a name that leads to nothing; nothing is skipped silently.
pub fn expand(names: &[String]) -> Result<Vec<Input>, InputError> {
    let mut found = Vec::new();
    for name in names {
        if name == "-" {
            found.push(Input {
                path: PathBuf::from("-"),
                member: None,
            });
            continue;
        }
        let path = Path::new(name);
        if path.exists() {
            add_path(path, &mut found)?;
            continue;
        }
        let before = found.len();
        let matches = glob::glob(name).map_err(|source| InputError::Pattern {
            pattern: name.clone(),
            source,
        })?;
        for entry in matches {
            let path = entry.map_err(|e| InputError::List {
                path: name.clone(),
                source: e.into(),
            })?;
            add_path(&path, &mut found)?;
        }
        if found.len() == before {
            return Err(InputError::Nothing(name.clone()));
        }
    }
    found.sort_by(|a, b| a.file_name().cmp(&b.file_name()).then_with(|| a.cmp(b)));
    found.dedup();
    Ok(found)
}

fn add_path(path: &Path, found: &mut Vec<Input>) -> Result<(), InputError> {
    if !path.is_dir() {
        return add_file(path, found);
    }
    let visible = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    };
    for entry in WalkDir::new(path)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(visible)
    {
        let entry = entry.map_err(|e| InputError::List {
            path: path.display().to_string(),
            source: e.into(),
        })?;
        if entry.file_type().is_file() {
            add_file(entry.path(), found)?;
        }
    }
    Ok(())
}

fn add_file(path: &Path, found: &mut Vec<Input>) -> Result<(), InputError> {
    let list = |source| InputError::List {
        path: path.display().to_string(),
        source,
    };
    let mut magic = [0_u8; 4];
    let file = std::fs::File::open(path).map_err(list)?;
    let read = io::Read::read(&mut &file, &mut magic).map_err(list)?;
    if read < 4 || magic != *b"PK\x03\x04" {
        found.push(Input {
            path: path.to_owned(),
            member: None,
        });
        return Ok(());
    }
    let mut archive = zip::ZipArchive::new(file).map_err(|e| list(io::Error::other(e)))?;
    for index in 0..archive.len() {
        let member = archive
            .by_index_raw(index)
            .map_err(|e| list(io::Error::other(e)))?;
        if member.is_file() {
            let name = member.name().map_err(|e| list(io::Error::other(e)))?.into_owned();
            found.push(Input {
                path: path.to_owned(),
                member: Some(name),
            });
        }
    }
    Ok(())
}

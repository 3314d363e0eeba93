//! The vault's files: the vault itself, the copy being written, and the former one that waits to be overwritten.
//!
//! A new copy takes the vault's place by one rename, and the former file keeps a second name (`.old`) until its bytes are
//! overwritten. So whenever a process is killed there is one whole vault, and whatever else lies there is found and destroyed
//! at the next opening.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};

use crate::VaultError;
use crate::error::DoingFile;

/// Bytes overwritten at once.
const BLOCK: usize = 1 << 20;

/// Where the vault is.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub path: PathBuf,
}

impl Place {
    /// The place behind a path, links resolved: a rename must replace the file, not the link to it.
    pub fn of(path: &Path) -> Self {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        Self { path }
    }

    /// The copy that is being written.
    pub fn next(&self) -> PathBuf {
        self.beside(".new")
    }

    /// The former file.
    pub fn former(&self) -> PathBuf {
        self.beside(".old")
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = OsString::from(self.path.as_os_str());
        name.push(ending);
        PathBuf::from(name)
    }

    /// Which file lies at the path: device and number.
    pub fn identity(&self) -> Option<(u64, u64)> {
        identity(&self.path)
    }

    /// Refuses a file that group or others may touch.
    pub fn check_mode(&self) -> Result<(), VaultError> {
        let mode = fs::metadata(&self.path)
            .doing_file("looking at the vault", &self.path)?
            .mode();
        if mode & 0o077 == 0 {
            return Ok(());
        }
        Err(VaultError::Permissions {
            path: self.path.clone(),
            mode: mode & 0o7777,
        })
    }

    /// An empty file for a new copy: mode 0600, and the owner of the present vault, also if an administrator runs this.
    pub fn start_new(&self) -> Result<File, VaultError> {
        const DOING: &str = "making the vault's file";
        let new = self.next();
        shred(&new)?;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&new)
            .doing_file(DOING, &new)?;
        if let Ok(present) = fs::metadata(&self.path) {
            let made = file.metadata().doing_file(DOING, &new)?;
            let (owner, group) = (present.uid(), present.gid());
            if (made.uid(), made.gid()) != (owner, group) {
                fchown(&file, Some(owner), Some(group)).doing_file(DOING, &new)?;
            }
        }
        Ok(file)
    }

    /// Puts the new copy in the vault's place. The former file, if there is one, stays as `.old`. If it fails, nothing changed.
    pub fn swap(&self) -> Result<(), VaultError> {
        let old = self.former();
        self.clear_old()?;
        if self.path.exists() {
            fs::hard_link(&self.path, &old).doing_file("keeping hold of the former vault", &old)?;
        }
        fs::rename(self.next(), &self.path).doing_file("putting the new vault in place", &self.path)
    }

    /// Makes the swap last, and only then overwrites and removes the former file.
    pub fn settle(&self) -> Result<(), VaultError> {
        sync_folder(&self.path)?;
        self.clear_old()
    }

    /// Overwrites and removes whatever an interrupted run left behind. Only the one who holds the vault may call it.
    pub fn clear(&self) -> Result<(), VaultError> {
        shred(&self.next())?;
        self.clear_old()
    }

    /// Overwrites and removes the former file; if it is the vault itself under a second name, only that name goes.
    pub fn clear_old(&self) -> Result<(), VaultError> {
        let old = self.former();
        if identity(&old).is_some() && identity(&old) == self.identity() {
            fs::remove_file(&old).doing_file("removing the vault's second name", &old)?;
            return sync_folder(&old);
        }
        shred(&old)
    }
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    let meta = fs::symlink_metadata(path).ok()?;
    Some((meta.dev(), meta.ino()))
}

/// Overwrites a file with zeros, writes that through to the disk, and removes the file. One that is not there is fine.
fn shred(path: &Path) -> Result<(), VaultError> {
    const DOING: &str = "overwriting a stale copy of the vault";
    let mut file = match OpenOptions::new().write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).doing_file(DOING, path),
    };
    let mut left = file.metadata().doing_file(DOING, path)?.len() as usize;
    let zeros = vec![0_u8; BLOCK.min(left)];
    while left > 0 {
        let some = zeros.get(..left.min(BLOCK)).unwrap_or(&zeros);
        file.write_all(some).doing_file(DOING, path)?;
        left -= some.len();
    }
    file.sync_all().doing_file(DOING, path)?;
    fs::remove_file(path).doing_file(DOING, path)?;
    sync_folder(path)
}

/// Writes the folder of a file through to the disk, so that names made, changed or removed in it last.
pub(crate) fn sync_folder(path: &Path) -> Result<(), VaultError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .doing_file("writing the folder of the vault through to the disk", folder)
}

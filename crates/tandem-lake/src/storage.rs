//! Where the files are: a folder, written with the care a database takes, or an object store.

use std::future::Future;
use std::path::{Path as FsPath, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::runtime::Handle;
use url::Url;

use crate::error::{LakeError, Result};

/// Requests to the store that run at once when many files are removed.
const CONCURRENT_REQUESTS: usize = 16;
/// Ends the name of a file that is still being written.
const PARTIAL: &str = ".partial";

/// The lake's files.
#[derive(Debug, Clone)]
pub(crate) struct Storage {
    store: Arc<dyn ObjectStore>,
    /// Set for a folder, whose files are written directly so that they can be made durable.
    folder: Option<PathBuf>,
    runtime: Handle,
}

impl Storage {
    /// Opens `location`, a folder (made if absent) or a URL. `runtime` carries the requests of synchronous callers.
    pub(crate) fn open(location: &str, runtime: Handle) -> Result<Self> {
        let refuse = |reason: String| LakeError::Location {
            location: location.to_owned(),
            reason,
        };
        match Url::parse(location) {
            Ok(url) if url.scheme() == "file" => {
                let folder = url
                    .to_file_path()
                    .map_err(|()| refuse("not a path of this system".to_owned()))?;
                Self::folder(&folder, runtime).map_err(refuse)
            }
            // A one-letter scheme is a Windows drive.
            Ok(url) if url.scheme().len() > 1 => {
                let options = std::env::vars().map(|(key, value)| (key.to_ascii_lowercase(), value));
                let (store, prefix) =
                    object_store::parse_url_opts(&url, options).map_err(|error| refuse(error.to_string()))?;
                let store: Arc<dyn ObjectStore> = Arc::new(PrefixStore::new(store, prefix));
                Ok(Self {
                    store,
                    folder: None,
                    runtime,
                })
            }
            _ => Self::folder(FsPath::new(location), runtime).map_err(refuse),
        }
    }

    fn folder(folder: &FsPath, runtime: Handle) -> std::result::Result<Self, String> {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        let folder = folder.canonicalize().map_err(|error| error.to_string())?;
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(|error| error.to_string())?;
        Ok(Self {
            store: Arc::new(store),
            folder: Some(folder),
            runtime,
        })
    }

    /// For the query engine.
    pub(crate) fn object_store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.store)
    }

    /// Begins a new file. No reader sees any of it before [`NewFile::finish`].
    pub(crate) fn create(&self, path: String) -> Result<NewFile> {
        let place = match &self.folder {
            Some(folder) => {
                Place::Folder(Partial::create(folder, &path).map_err(|error| failed(&path, &error))?)
            }
            None => Place::Store(self.clone(), Vec::new()),
        };
        Ok(NewFile {
            path,
            place,
            bytes: 0,
            hasher: blake3::Hasher::new(),
        })
    }

    /// Reads a whole file.
    pub(crate) async fn get(&self, path: &str) -> object_store::Result<Vec<u8>> {
        let found = self.store.get(&Path::from(path)).await?;
        Ok(found.bytes().await?.to_vec())
    }

    /// Removes files; one that is already gone is no error. Gives back how many there were.
    pub(crate) async fn delete(&self, paths: Vec<String>) -> Result<usize> {
        let results = futures::stream::iter(paths).map(|path| async move {
            match self.store.delete(&Path::from(path.as_str())).await {
                Ok(()) => Ok(1),
                Err(object_store::Error::NotFound { .. }) => Ok(0),
                Err(error) => Err(LakeError::Storage {
                    path,
                    reason: error.to_string(),
                }),
            }
        });
        results
            .buffer_unordered(CONCURRENT_REQUESTS)
            .try_fold(0, async |sum, one| Ok(sum + one))
            .await
    }

    /// The lake's files, whole or partly written, that were last changed at least `min_age` ago.
    pub(crate) async fn files_older_than(&self, min_age: Duration) -> Result<Vec<String>> {
        let failed = |error: object_store::Error| LakeError::Storage {
            path: String::from("/"),
            reason: error.to_string(),
        };
        let now = std::time::SystemTime::now();
        let mut found = Vec::new();
        let mut listed = self.store.list(None);
        while let Some(file) = listed.try_next().await.map_err(failed)? {
            let name = file.location.filename().unwrap_or_default();
            let of_day = file.location.as_ref().starts_with("day=");
            if !of_day || !(name.ends_with(".parquet") || name.ends_with(PARTIAL)) {
                continue;
            }
            let changed = std::time::SystemTime::from(file.last_modified);
            if now.duration_since(changed).is_ok_and(|age| age >= min_age) {
                found.push(file.location.to_string());
            }
        }
        Ok(found)
    }

    /// Runs a request from synchronous code, whether or not that code itself runs inside an async runtime.
    fn wait<T: Send + 'static>(&self, request: impl Future<Output = T> + Send + 'static) -> Result<T> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        self.runtime.spawn(async move {
            // A receiver that is gone needs no answer.
            let _ = sender.send(request.await);
        });
        receiver.recv().map_err(|_| LakeError::Storage {
            path: String::from("/"),
            reason: "the lake was closed while a file was written".to_owned(),
        })
    }
}

fn failed(path: &str, error: &dyn std::fmt::Display) -> LakeError {
    LakeError::Storage {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}

/// A file that is being written, by a writer that puts small pieces together. One that is not finished leaves nothing behind.
pub(crate) struct NewFile {
    path: String,
    place: Place,
    bytes: u64,
    hasher: blake3::Hasher,
}

enum Place {
    /// Written as it comes: a large file needs no memory.
    Folder(Partial),
    /// Handed over at the end.
    Store(Storage, Vec<u8>),
}

/// What a finished file is known by.
pub(crate) struct Written {
    pub(crate) path: String,
    pub(crate) bytes: u64,
    pub(crate) hash: blake3::Hash,
}

impl NewFile {
    /// Ends the file. When this returns, it survives a crash of the machine.
    pub(crate) fn finish(self) -> Result<Written> {
        match self.place {
            Place::Folder(partial) => partial.finish().map_err(|error| failed(&self.path, &error))?,
            Place::Store(storage, bytes) => {
                let (store, target) = (Arc::clone(&storage.store), Path::from(self.path.as_str()));
                storage
                    .wait(async move { store.put(&target, bytes.into()).await })?
                    .map_err(|error| failed(&self.path, &error))?;
            }
        }
        Ok(Written {
            path: self.path,
            bytes: self.bytes,
            hash: self.hasher.finalize(),
        })
    }
}

impl std::io::Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = match &mut self.place {
            Place::Folder(partial) => partial.file.write(bytes)?,
            Place::Store(_, all) => all.write(bytes)?,
        };
        self.bytes += written as u64;
        self.hasher.update(bytes.get(..written).unwrap_or(bytes));
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match &mut self.place {
            Place::Folder(partial) => partial.file.flush(),
            Place::Store(..) => Ok(()),
        }
    }
}

/// A file under another name until it is whole.
struct Partial {
    file: std::fs::File,
    folder: PathBuf,
    partial: PathBuf,
    target: PathBuf,
    finished: bool,
}

impl Partial {
    fn create(root: &FsPath, path: &str) -> std::io::Result<Self> {
        let target = root.join(path);
        let folder = target.parent().unwrap_or(root).to_owned();
        if !folder.is_dir() {
            std::fs::create_dir_all(&folder)?;
            sync_folder(root)?;
        }
        let partial = root.join(format!("{path}{PARTIAL}"));
        let file = std::fs::File::create_new(&partial)?;
        Ok(Self {
            file,
            folder,
            partial,
            target,
            finished: false,
        })
    }

    fn finish(mut self) -> std::io::Result<()> {
        self.file.sync_all()?;
        std::fs::rename(&self.partial, &self.target)?;
        self.finished = true;
        sync_folder(&self.folder)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.finished {
            // What cannot be removed now goes with the next sweep.
            let _ = std::fs::remove_file(&self.partial);
        }
    }
}

/// Makes a new name in a folder durable.
#[cfg(unix)]
fn sync_folder(folder: &FsPath) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// Windows has no such call; its file system journals names itself.
#[cfg(not(unix))]
fn sync_folder(_folder: &FsPath) -> std::io::Result<()> {
    Ok(())
}

//! Where data sets lie: folders or archives (`.zip`, `.tar`, `.tar.gz`, `.tar.xz`, `.tar.zst`), one set or many, recognised by
//! the files in them. Files are handed on as streams: a log may be larger than the memory.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{cert, labels, organisation};

/// How deep folders are searched for sets.
const DEPTH: usize = 4;
/// Bytes read at a time.
const BUFFER: usize = 256 << 10;

/// A folder, in the file system or in an archive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The outermost folder, or the archive.
    pub at: PathBuf,
    /// The folder below it, with a slash at its end; empty for itself.
    pub inside: String,
}

impl Place {
    /// The last part of its name, without the endings of archives and without `cert_` before it.
    pub fn name(&self) -> String {
        let last = self.inside.trim_end_matches('/').rsplit('/').next();
        let name = match last.filter(|name| !name.is_empty()) {
            Some(name) => name.to_owned(),
            None => stem(&self.at),
        };
        name.strip_prefix("cert_").map_or(name.clone(), str::to_owned)
    }

    /// Hands on every wanted file in and below it, by its path below it.
    pub fn each(
        &self,
        wanted: &dyn Fn(&str) -> bool,
        each: &mut dyn FnMut(&str, &mut dyn BufRead) -> Result<()>,
    ) -> Result<()> {
        let below = |path: &str| path.strip_prefix(self.inside.as_str()).map(str::to_owned);
        let told = |path: &str| below(path).is_some_and(|name| wanted(&name));
        files(&self.at, &told, &mut |path, reader| match below(path) {
            Some(name) => each(&name, reader),
            None => Ok(()),
        })
    }
}

/// What a folder or archive holds.
#[derive(Debug, Default)]
pub struct Shelf {
    /// Folders with logs.
    pub sets: Vec<Place>,
    /// Folders with the organisation's monthly files.
    pub organisations: Vec<Place>,
    /// Folders with the official answers.
    pub answers: Vec<Place>,
}

impl Shelf {
    /// Looks through `data`: an archive, a set's own folder, or a folder with any number of both.
    pub fn open(data: &Path) -> Result<Self> {
        let mut shelf = Self::default();
        if data.is_dir() {
            shelf.learn(data, &paths(data)?);
            for archive in archives(data)? {
                shelf.archive(&archive);
            }
        } else if data.is_file() {
            let list = paths(data)?;
            shelf.learn(data, &list);
        }
        let mut names = BTreeSet::new();
        // The same set unpacked and packed is one set.
        shelf.sets.retain(|place| names.insert(place.name()));
        Ok(shelf)
    }

    /// An archive that cannot be read is told and left out: others may be whole.
    fn archive(&mut self, archive: &Path) {
        match paths(archive) {
            Ok(list) => self.learn(archive, &list),
            Err(error) => eprintln!("left out: {error:#}"),
        }
    }

    fn learn(&mut self, at: &Path, list: &[String]) {
        let (mut sets, mut months, mut answers) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for path in list {
            let (folder, name) = path.rsplit_once('/').map_or(("", path.as_str()), |parts| parts);
            let folder = if folder.is_empty() {
                String::new()
            } else {
                format!("{folder}/")
            };
            if cert::is_log(name) {
                sets.insert(folder);
            } else if organisation::is_month(name) {
                months.insert(folder);
            } else if labels::is_answers(name) {
                answers.insert(folder);
            }
        }
        let place = |inside: String| Place {
            at: at.to_owned(),
            inside,
        };
        self.sets.extend(sets.into_iter().map(place));
        self.organisations.extend(months.into_iter().map(place));
        self.answers.extend(answers.into_iter().map(place));
    }
}

/// The last part of a path without the endings of archives.
pub fn stem(path: &Path) -> String {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut name = name.as_str();
    for ending in [".gz", ".xz", ".zst", ".tgz", ".txz", ".tar", ".zip"] {
        name = name.strip_suffix(ending).unwrap_or(name);
    }
    name.to_owned()
}

fn is_archive(name: &str) -> bool {
    let endings = [".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.zst"];
    endings.iter().any(|ending| name.ends_with(ending))
}

/// Archives of a folder whose names say that they may hold a set: unpacking all others to look would take long.
fn archives(folder: &Path) -> Result<Vec<PathBuf>> {
    let telling = |name: &str| {
        let name = name.to_ascii_lowercase();
        let release = name
            .strip_prefix('r')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        release
            || ["cert", "hybrid", "smoke", "answers"]
                .iter()
                .any(|word| name.contains(word))
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".tar.bz2") && telling(&name) {
            eprintln!(
                "left out: {} (unpack it first: bzip2 is not read)",
                path.display()
            );
        }
        if path.is_file() && is_archive(&name) && telling(&name) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn paths(at: &Path) -> Result<Vec<String>> {
    if at.is_dir() {
        let mut list = Vec::new();
        walk(at, "", 0, &mut list)?;
        return Ok(list);
    }
    let list = RefCell::new(Vec::new());
    let note = |name: &str| {
        list.borrow_mut().push(name.to_owned());
        false
    };
    files(at, &note, &mut |_, _| Ok(()))?;
    Ok(list.into_inner())
}

fn walk(folder: &Path, below: &str, depth: usize, list: &mut Vec<String>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut paths = entries
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    for path in paths {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && depth < DEPTH {
            walk(&path, &format!("{below}{name}/"), depth + 1, list)?;
        } else if path.is_file() {
            list.push(format!("{below}{name}"));
        }
    }
    Ok(())
}

/// Hands on the wanted files of a folder or an archive, in a fixed order.
fn files(
    at: &Path,
    wanted: &dyn Fn(&str) -> bool,
    each: &mut dyn FnMut(&str, &mut dyn BufRead) -> Result<()>,
) -> Result<()> {
    let name = at.display().to_string();
    if at.is_dir() {
        for path in paths(at)?.iter().filter(|path| wanted(path)) {
            let file = File::open(at.join(path)).with_context(|| format!("opening {path} in {name}"))?;
            each(path, &mut BufReader::with_capacity(BUFFER, file))?;
        }
        return Ok(());
    }
    let file = File::open(at).with_context(|| format!("opening {name}"))?;
    if name.ends_with(".zip") {
        let mut archive = zip::ZipArchive::new(file).with_context(|| format!("reading {name}"))?;
        for index in 0..archive.len() {
            let member = archive
                .by_index(index)
                .with_context(|| format!("reading {name}"))?;
            let path = plain(&member.name()?);
            if member.is_file() && wanted(&path) {
                each(&path, &mut BufReader::with_capacity(BUFFER, member))?;
            }
        }
        return Ok(());
    }
    if !is_archive(&name) {
        bail!("{name} is neither a folder nor a zip or tar archive");
    }
    let reader = tandem_collect::open_reader(file).with_context(|| format!("reading {name}"))?;
    let mut archive = tar::Archive::new(reader);
    for entry in archive.entries().with_context(|| format!("reading {name}"))? {
        let entry = entry.with_context(|| format!("reading {name}"))?;
        let path = plain(&entry.path()?.to_string_lossy());
        if entry.header().entry_type().is_file() && wanted(&path) {
            each(&path, &mut BufReader::with_capacity(BUFFER, entry))?;
        }
    }
    Ok(())
}

fn plain(path: &str) -> String {
    path.trim_start_matches("./").replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn shelf(data: &Path) -> Vec<String> {
        Shelf::open(data).unwrap().sets.iter().map(Place::name).collect()
    }

    #[test]
    fn a_set_is_found_as_a_folder_beside_others_packed_and_alone() {
        let scratch = tempfile::tempdir().unwrap();
        let own = scratch.path().join("cert/first");
        fs::create_dir_all(own.join("LDAP")).unwrap();
        fs::write(own.join("logon.csv"), "id,date,user,pc,activity\n").unwrap();
        fs::write(own.join("LDAP/2010-01.csv"), "user_id,role\n").unwrap();
        assert_eq!(shelf(scratch.path()), ["first"]);
        assert_eq!(shelf(&own), ["first"]);

        let mut tar = tar::Builder::new(File::create(scratch.path().join("cert_second.tar")).unwrap());
        tar.append_path_with_name(own.join("logon.csv"), "cert/second/logon.csv")
            .unwrap();
        tar.append_path_with_name(own.join("logon.csv"), "cert/first/logon.csv")
            .unwrap();
        tar.finish().unwrap();
        assert_eq!(
            shelf(scratch.path()),
            ["first", "second"],
            "one unpacked and packed is one"
        );

        let zip = scratch.path().join("cert_third.zip");
        let mut writer = zip::ZipWriter::new(File::create(&zip).unwrap());
        writer
            .start_file("device.csv", zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(b"id,date,user,pc,activity\n").unwrap();
        writer.finish().unwrap();
        assert_eq!(shelf(&zip), ["third"]);
        let mut seen = Vec::new();
        let places = Shelf::open(&zip).unwrap();
        places.sets[0]
            .each(&|_| true, &mut |name, reader| {
                let mut text = String::new();
                reader.read_line(&mut text)?;
                seen.push((name.to_owned(), text));
                Ok(())
            })
            .unwrap();
        assert_eq!(
            seen,
            [("device.csv".to_owned(), "id,date,user,pc,activity\n".to_owned())]
        );
        let organisations = Shelf::open(scratch.path()).unwrap().organisations;
        assert_eq!(organisations.len(), 1);
        assert_eq!(organisations[0].inside, "cert/first/LDAP/");
    }
}

//! The community's Sigma rules, unpacked from the data pack that carries them.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folder with SigmaHQ's rules, unpacked below `folder`; `None` without the data pack.
pub fn unpacked(data: &Path, folder: &Path) -> Result<Option<PathBuf>> {
    let archive = data.join("siem_sigma_regression.tar.xz");
    if !archive.is_file() {
        return Ok(None);
    }
    let target = folder.join("sigmahq");
    if target.join(".complete").is_file() {
        return Ok(Some(target.join("rules")));
    }
    let file = File::open(&archive).with_context(|| format!("opening {}", archive.display()))?;
    let mut outer = tar::Archive::new(liblzma::read::XzDecoder::new(BufReader::new(file)));
    for entry in outer.entries()? {
        let entry = entry?;
        if entry.path()?.to_string_lossy().ends_with(".tar.gz") {
            rules_of(entry, &target.join("rules"))?;
        }
    }
    fs::write(target.join(".complete"), "")?;
    Ok(Some(target.join("rules")))
}

/// Writes the rules of the folders `rules*` of a SigmaHQ checkout, without its tests, templates and deprecated rules.
fn rules_of(packed: impl Read, target: &Path) -> Result<()> {
    fs::create_dir_all(target)?;
    let mut inner = tar::Archive::new(flate2::read::GzDecoder::new(packed));
    let mut number = 0;
    for entry in inner.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        let is_rule = path.ends_with(".yml")
            && path
                .split('/')
                .any(|part| part == "rules" || part.starts_with("rules-"));
        if entry.header().entry_type().is_file() && is_rule {
            number += 1;
            let mut text = Vec::new();
            entry.read_to_end(&mut text)?;
            fs::write(target.join(format!("{number:05}.yml")), text)?;
        }
    }
    Ok(())
}

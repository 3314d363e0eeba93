//! The ledger: checking an export offline, and writing one.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use serde_json::json;
use tandem_ledger::{Checkpoint, KeyRing, Trust, TrustedKey, VerifyingKey};
use tandem_server::App;

use crate::output;

/// Largest checkpoint file, bytes.
const NOTE: u64 = 64 << 10;

/// `tandem ledger verify`.
pub fn verify(file: &str, keys: &[String], held: &[PathBuf], json: bool) -> anyhow::Result<()> {
    let trusted = keys
        .iter()
        .map(|text| Ok(TrustedKey::always(VerifyingKey::parse(text)?)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let trust = Trust {
        keys: (!trusted.is_empty()).then_some(KeyRing(trusted)),
        held: held
            .iter()
            .map(|path| note(path))
            .collect::<anyhow::Result<_>>()?,
    };
    let input: Box<dyn Read> = if file == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(file).with_context(|| format!("cannot open {file}"))?)
    };
    match tandem_ledger::verify(BufReader::new(input), &trust) {
        Ok(report) => {
            if json {
                return output::json(&report);
            }
            println!(
                "holds: {} rows of {}, {} signed checkpoints",
                report.rows, report.origin, report.checkpoints
            );
            if report.unsigned > 0 {
                println!("the last {} rows are not signed yet", report.unsigned);
            }
            if !report.keys_trusted {
                eprintln!(
                    "the keys are those that the file names itself; give --key to check against one you got another way"
                );
            }
            Ok(())
        }
        Err(broken) => {
            if json {
                output::json(&json!({
                    "holds": false, "kind": broken.kind, "row": broken.seq, "line": broken.line,
                    "expected": broken.expected, "found": broken.found, "sentence": broken.sentence,
                }))?;
            }
            let place = |word: &str, at: Option<u64>| at.map(|n| format!(" {word} {n}")).unwrap_or_default();
            bail!(
                "does not hold:{}{}: {} (expected {}, found {})",
                place("row", broken.seq),
                place("line", broken.line),
                broken.sentence,
                broken.expected,
                broken.found
            );
        }
    }
}

fn note(path: &Path) -> anyhow::Result<Checkpoint> {
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(NOTE).read_to_string(&mut text))
        .with_context(|| format!("cannot read {}", path.display()))?;
    text.parse()
        .map_err(|error| anyhow!("{}: {error}", path.display()))
}

/// `tandem ledger export`.
pub async fn export(app: &App, out: Option<&Path>) -> anyhow::Result<()> {
    match out {
        None => drop(app.export_ledger(io::stdout().lock()).await?),
        Some(path) => {
            let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            let file = app.export_ledger(BufWriter::new(file)).await?;
            file.into_inner().map_err(io::Error::from)?.sync_all()?;
            eprintln!("written; check it with: tandem ledger verify {}", path.display());
        }
    }
    Ok(())
}

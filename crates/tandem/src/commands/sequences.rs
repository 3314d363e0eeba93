//! `tandem sequences`: sequences of acts in use, and sequences that are to be.

use std::path::PathBuf;

use anyhow::ensure;
use serde_json::{Value as Json, json};
use tandem_sequence::{Sequence, Sequences};
use tandem_server::content::{load_sequences, read_yaml};

use crate::args::{Cli, SequencesAction};
use crate::output;

/// `tandem sequences`.
///
/// # Errors
/// When a folder cannot be read, or a check finds something wrong.
pub fn sequences(cli: &Cli, action: Option<&SequencesAction>) -> anyhow::Result<()> {
    match action {
        None | Some(SequencesAction::List) => list(cli),
        Some(SequencesAction::Check { paths }) => check(cli, paths),
    }
}

fn list(cli: &Cli) -> anyhow::Result<()> {
    let loaded = load_sequences(&super::load(cli, None)?)?;
    if cli.json {
        let sequences: Vec<Json> = loaded
            .book
            .iter()
            .map(|one| {
                json!({
                    "id": one.id,
                    "title": one.title,
                    "level": one.level.as_str(),
                    "steps": one.steps.iter().map(|step| &step.name).collect::<Vec<_>>(),
                    "file": one.file,
                })
            })
            .collect();
        let errors: Vec<String> = loaded.errors.iter().map(ToString::to_string).collect();
        return output::json(&json!({ "sequences": sequences, "errors": errors }));
    }
    let rows = loaded.book.iter().map(|one| {
        let steps: Vec<&str> = one.steps.iter().map(|step| step.name.as_str()).collect();
        vec![
            one.level.as_str().to_owned(),
            one.id.clone(),
            one.title.clone(),
            steps.join(" → "),
        ]
    });
    output::table(
        &["level", "id", "title", "steps"],
        rows,
        "no sequences are loaded",
    );
    for error in &loaded.errors {
        eprintln!("not loaded: {error}");
    }
    eprintln!(
        "{} sequences loaded, {} not",
        loaded.book.len(),
        loaded.errors.len()
    );
    Ok(())
}

/// One thing that a check found.
struct Finding {
    place: String,
    wrong: bool,
    what: String,
}

fn check(cli: &Cli, paths: &[PathBuf]) -> anyhow::Result<()> {
    let mut files = Vec::new();
    if paths.is_empty() {
        let config = super::load(cli, None)?;
        let shipped = Sequences::builtin_files().iter();
        files.extend(shipped.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        for dir in &config.content.sequences {
            files.extend(read_yaml(dir)?);
        }
    }
    for path in paths {
        ensure!(path.exists(), "{} is not there", path.display());
        files.extend(read_yaml(path)?);
    }
    ensure!(!files.is_empty(), "no YAML file is there (*.yml, *.yaml)");
    let mut found = Vec::new();
    let (mut usable, mut played) = (0, 0);
    for (file, text) in &files {
        let finding = |wrong, what| Finding {
            place: file.clone(),
            wrong,
            what,
        };
        let sequence = match Sequence::read(file, text) {
            Ok((sequence, true)) => sequence,
            Ok((_, false)) => {
                found.push(finding(false, "it says that it is not to be used".to_owned()));
                continue;
            }
            Err(error) => {
                found.push(Finding {
                    place: format!("{file}:{}", error.line),
                    wrong: true,
                    what: format!("`{}`: {}; {}", error.field, error.reason, error.hint),
                });
                continue;
            }
        };
        usable += 1;
        played += sequence.cases.len();
        if !sequence.cases.is_whole() {
            let what = "nothing tests it: write under `tests` what must be found and what never";
            found.push(finding(false, what.to_owned()));
        }
        let faults = Sequences::play(&sequence, text);
        found.extend(faults.iter().map(|fault| finding(true, fault.to_string())));
    }
    told(cli.json, &found, (usable, played))
}

fn told(json: bool, found: &[Finding], (usable, played): (usize, usize)) -> anyhow::Result<()> {
    let wrong = found.iter().filter(|one| one.wrong).count();
    if json {
        let findings: Vec<Json> = found
            .iter()
            .map(|one| json!({ "where": one.place, "wrong": one.wrong, "what": one.what }))
            .collect();
        output::json(&json!({
            "sequences": usable,
            "tests": played,
            "wrong": wrong,
            "findings": findings,
        }))?;
    } else {
        let rows = found.iter().map(|one| {
            let kind = if one.wrong { "wrong" } else { "better" };
            vec![kind.to_owned(), one.place.clone(), one.what.clone()]
        });
        output::table(
            &["", "where", "what"],
            rows,
            "nothing is wrong and nothing could be better",
        );
        eprintln!(
            "{usable} sequences can be used, {played} tests played, {wrong} things are wrong, {} could be better",
            found.len() - wrong
        );
    }
    ensure!(wrong == 0, "{wrong} things are wrong");
    Ok(())
}

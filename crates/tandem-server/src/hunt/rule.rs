//! A rule made of a saved search: a file of its own in the data folder, in use like any other rule.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use tandem_detect::hunt::{Field, Query, RuleAbout, Test, Threshold, rule_yaml};
use tandem_detect::{Level, RuleSet};
use tandem_domain::{Purpose, Stage, Threat};
use tandem_policy::{Action, Context, DataClass};
use tandem_store::SavedSearchRow;

use super::question;
use super::saved::{Body, NAME, line, uuid};
use crate::api::dto::{RuleAsked, RuleMade, SearchLanguage};
use crate::app::App;
use crate::asker::Asker;
use crate::config::Config;
use crate::content::{builtin_and_own, pairs};
use crate::http::error::ApiError;

/// Minutes within which a threshold is reached, if nobody says otherwise.
const WINDOW: u32 = 60;
/// Most minutes: thirty days.
const MOST_MINUTES: u32 = 43_200;
/// Most matches that are counted.
const MOST_MATCHES: u32 = 100_000;
/// Most fields of a group.
const MOST_GROUPS: usize = 5;

/// The file of a search's rule.
pub(super) fn file(config: &Config, id: &str) -> PathBuf {
    config.made_rules_dir().join(format!("{id}.yml"))
}

fn word<T>(what: &'static str, text: &str, parse: fn(&str) -> Option<T>, known: &str) -> Result<T, ApiError> {
    parse(text).ok_or_else(|| {
        ApiError::bad(
            what,
            format!("`{text}` is no {what}"),
            format!("use one of {known}"),
        )
    })
}

/// What a rule made of a search says about itself: title, level, threat and stage as somebody wrote them.
pub(super) fn plain(
    row: &SavedSearchRow,
    body: &Body,
    [title, level, threat, stage]: [&str; 4],
) -> Result<RuleAbout, ApiError> {
    let stages: Vec<&str> = Stage::ALL.iter().map(|stage| stage.as_str()).collect();
    let threats: Vec<&str> = Threat::ALL.iter().map(|threat| threat.as_str()).collect();
    let levels: Vec<&str> = Level::ALL.iter().map(|level| level.as_str()).collect();
    let note = body
        .note
        .as_deref()
        .map(|note| format!(" {note}"))
        .unwrap_or_default();
    Ok(RuleAbout {
        id: row.id.clone(),
        title: line("title", title, NAME)?,
        description: format!("Made of the saved search \"{}\".{note}", row.name),
        author: row.owner.clone(),
        level: word("level", level, Level::parse, &levels.join(", "))?,
        threat: word("threat", threat, Threat::parse, &threats.join(", "))?,
        stage: word("stage", stage, Stage::parse, &stages.join(", "))?,
        threshold: None,
    })
}

/// What the rule says about itself.
fn about(row: &SavedSearchRow, body: &Body, asked: &RuleAsked) -> Result<RuleAbout, ApiError> {
    let said = [&asked.title, &asked.level, &asked.threat, &asked.stage].map(String::as_str);
    Ok(RuleAbout {
        threshold: threshold(row, asked)?,
        ..plain(row, body, said)?
    })
}

fn threshold(row: &SavedSearchRow, asked: &RuleAsked) -> Result<Option<Threshold>, ApiError> {
    let Some(count) = asked.threshold.filter(|count| *count > 1) else {
        return Ok(None);
    };
    let minutes = asked.window_minutes.unwrap_or(WINDOW);
    let groups = asked.group_by.as_deref().unwrap_or_default();
    if count > MOST_MATCHES || !(1..=MOST_MINUTES).contains(&minutes) || groups.len() > MOST_GROUPS {
        return Err(ApiError::bad(
            "threshold",
            "a threshold is 2 to 100,000 matches within 1 to 43,200 minutes, by at most 5 fields",
            "give numbers in between",
        ));
    }
    let field =
        |name: &String| Field::of(name.trim()).map_err(|(what, hint)| ApiError::bad("group_by", what, hint));
    let group_by = groups.iter().map(field).collect::<Result<_, _>>()?;
    let base = blake3::hash(format!("each match of {}", row.id).as_bytes());
    Ok(Some(Threshold {
        base_id: uuid(base.as_bytes()),
        count,
        minutes,
        group_by,
    }))
}

/// In what a rule differs from the search that it was made of.
fn notes(query: &Query) -> Vec<String> {
    let mut notes = Vec::new();
    if query.terms().iter().any(|term| term.field.is_none()) {
        notes.push(
            "A rule looks for words in the values of a record's own fields and in the record as received; the search also looks in \
             the names of fields and in what was made of them. Say in which field a word is where you can."
                .to_owned(),
        );
    }
    let as_text = |test: Test| matches!(test, Test::Text { .. } | Test::Regexp { .. } | Test::Exists(_));
    let own = |field: &Option<Field>| matches!(field, Some(Field::Own(_)));
    if query
        .terms()
        .iter()
        .any(|term| own(&term.field) && !as_text(term.test))
    {
        notes.push(
            "Where a field occurs several times in a record, a rule compares each of its values; the search compares numbers and \
             addresses only where there is one."
                .to_owned(),
        );
    }
    notes
}

impl App {
    /// Who hunts and may tune rules makes and removes them; nobody has to say that this is administration.
    pub(super) async fn may_make_rules(&self, asker: &Asker) -> Result<Asker, ApiError> {
        super::may_search(self, asker, None, &[]).await?;
        let said = asker.can(self, Action::Configure, DataClass::Rules, &asker.context());
        if said {
            return Ok(asker.clone());
        }
        let administration = Context::of(Purpose::Administration);
        asker.may(self, Action::Configure, DataClass::Rules, &administration)?;
        Ok(Asker {
            purpose: Purpose::Administration,
            ..asker.clone()
        })
    }

    /// Makes a rule of a saved search, in the place of the one made before.
    ///
    /// # Errors
    /// Forbidden, somebody else's search, not sayable as a rule, refused by the loader, or a store fails.
    pub async fn make_rule(&self, asker: &Asker, id: &str, asked: &RuleAsked) -> Result<RuleMade, ApiError> {
        self.may_make_rules(asker).await?;
        let row = self.own_search(asker, id).await?;
        self.write_rule(asker, row, asked).await
    }

    /// Removes the rule made of a saved search; the search stays.
    ///
    /// # Errors
    /// Forbidden, somebody else's search, without a rule, or a store fails.
    pub async fn drop_rule(&self, asker: &Asker, id: &str) -> Result<(), ApiError> {
        let row = self.own_search(asker, id).await?;
        if row.rule.is_none() {
            return Err(ApiError::not_found("rule of this search"));
        }
        self.remove_rule(asker, &row).await
    }

    /// Checks and writes the rule of a search, and keeps the search with it.
    pub(super) async fn write_rule(
        &self,
        asker: &Asker,
        mut row: SavedSearchRow,
        asked: &RuleAsked,
    ) -> Result<RuleMade, ApiError> {
        let asker = self.may_make_rules(asker).await?;
        let before = self.store.saved_search(&row.id).await?;
        let mut body = Body::of(&row).map_err(ApiError::from)?;
        if body.language == SearchLanguage::Sql {
            return Err(ApiError::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "unsayable",
                "a statement of SQL cannot be said in Sigma",
                "make it a scheduled query",
            ));
        }
        let Some(query) = question(Some(&body.query))? else {
            return Err(ApiError::bad(
                "question",
                "the question is empty",
                "write what is searched for",
            ));
        };
        let about = about(&row, &body, asked)?;
        let yaml = rule_yaml(&query, &about).map_err(|fault| {
            ApiError::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "unsayable",
                fault.to_string(),
                "change the search; what only SQL can say does not become a rule",
            )
        })?;
        let path = file(&self.config, &row.id);
        self.check_rule(&path, &yaml)?;
        // The ledger first: a rule that nobody can see the making of must not be there.
        let entry = asker.entry("rule.make", None, Some(&row.id))?;
        self.store.add_to_ledger(vec![entry]).await?;
        row.rule = Some(row.id.clone());
        body.rule = Some(asked.clone());
        row.body = serde_json::to_string(&body)?;
        self.store.put_saved_search(&row).await?;
        if let Err(error) = put(&path, &yaml) {
            if let Some(before) = before {
                self.store.put_saved_search(&before).await?;
            }
            return Err(error.into());
        }
        self.rules_changed()
            .await
            .map_err(|error| ApiError::internal(&error))?;
        Ok(RuleMade {
            yaml,
            path: path.display().to_string(),
            notes: notes(&query),
        })
    }

    /// Takes the rule of a search out of use.
    pub(super) async fn remove_rule(&self, asker: &Asker, row: &SavedSearchRow) -> Result<(), ApiError> {
        let asker = self.may_make_rules(asker).await?;
        let entry = asker.entry("rule.remove", None, Some(&row.id))?;
        self.store.add_to_ledger(vec![entry]).await?;
        match fs::remove_file(file(&self.config, &row.id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let mut body = Body::of(row).map_err(ApiError::from)?;
        body.rule = None;
        let row = SavedSearchRow {
            rule: None,
            changed: crate::pipeline::now(),
            body: serde_json::to_string(&body)?,
            ..row.clone()
        };
        self.store.put_saved_search(&row).await?;
        self.rules_changed()
            .await
            .map_err(|error| ApiError::internal(&error))
    }

    /// Loads the rule beside those in use, as it will be loaded.
    pub(super) fn check_rule(&self, path: &Path, yaml: &str) -> Result<(), ApiError> {
        let ours = path.display().to_string();
        let mut files = builtin_and_own(&self.config).map_err(|error| ApiError::internal(&error))?;
        files.retain(|(name, _)| *name != ours);
        files.push((ours.clone(), yaml.to_owned()));
        let today = crate::pipeline::now().day();
        let (_, errors) = RuleSet::load_on(pairs(&files), &self.rules().lists, today);
        match errors.into_iter().find(|error| error.file == ours) {
            None => Ok(()),
            Some(error) => Err(ApiError::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "rule",
                error.reason,
                error
                    .hint
                    .unwrap_or_else(|| "change the search and try again".to_owned()),
            )),
        }
    }
}

/// Writes a file whole or not at all.
pub(super) fn put(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

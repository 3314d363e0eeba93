//! Searches that colleagues keep.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tandem_store::{SavedSearchRow, ScheduledQueryRow};

use super::schedule::{asked_of, schedule_view};
use super::{may_search, question};
use crate::api::dto::{RuleAsked, SaveSearch, SavedSearchList, SavedSearchView, SearchLanguage};
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;
use crate::service::ServiceError;

/// Most searches that one colleague keeps.
const MOST: usize = 200;
/// Longest name or title, characters.
pub(super) const NAME: usize = 120;
/// Longest note, characters.
const NOTE: usize = 2_000;
/// Longest statement of SQL that is kept, bytes.
const SQL: usize = 20_000;
/// Most days that a search looks back.
const DAYS: u32 = 3_650;

/// What is kept of a search beside its row.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    pub(super) query: String,
    #[serde(default)]
    pub(super) language: SearchLanguage,
    pub(super) from_days: Option<u32>,
    pub(super) note: Option<String>,
    /// What its rule was made with.
    pub(super) rule: Option<RuleAsked>,
}

impl Body {
    pub(super) fn of(row: &SavedSearchRow) -> Result<Self, ServiceError> {
        Ok(serde_json::from_str(&row.body)?)
    }
}

fn view(row: SavedSearchRow, schedule: Option<ScheduledQueryRow>) -> Result<SavedSearchView, ServiceError> {
    let body = Body::of(&row)?;
    Ok(SavedSearchView {
        id: row.id,
        name: row.name,
        query: body.query,
        language: body.language,
        from_days: body.from_days,
        note: body.note,
        owner: row.owner,
        shared: row.shared,
        created: row.created.to_string(),
        rule: row.rule,
        schedule: schedule.map(schedule_view).transpose()?,
    })
}

/// One line that somebody typed, without blanks around it.
pub(super) fn line(what: &'static str, text: &str, most: usize) -> Result<String, ApiError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > most || text.contains(char::is_control) {
        return Err(ApiError::bad(
            what,
            format!("{what} is empty, too long or more than a line"),
            format!("write one line of at most {most} characters"),
        ));
    }
    Ok(text.to_owned())
}

/// What somebody wants to keep, checked as far as it can be without the lake; `rule` stays as it is.
fn wanted(
    asked: &SaveSearch,
    language: SearchLanguage,
    rule: Option<RuleAsked>,
) -> Result<(String, Body), ApiError> {
    let name = line("name", &asked.name, NAME)?;
    let empty = match language {
        SearchLanguage::Fields => question(Some(&asked.query))?.is_none(),
        SearchLanguage::Sql => asked.query.trim().is_empty(),
    };
    if empty {
        return Err(ApiError::bad(
            "question",
            "the question is empty",
            "write what is searched for",
        ));
    }
    if asked.query.len() > SQL {
        return Err(ApiError::bad(
            "question",
            "the statement is too long to be kept",
            format!("at most {SQL} bytes"),
        ));
    }
    if asked.from_days.is_some_and(|days| !(1..=DAYS).contains(&days)) {
        return Err(ApiError::bad(
            "from_days",
            "a search looks back 1 to 3,650 days",
            "give a number in between, or leave it out",
        ));
    }
    let note = asked
        .note
        .as_deref()
        .map(str::trim)
        .filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > NOTE) {
        return Err(ApiError::bad(
            "note",
            "the note is too long",
            "2,000 characters at most",
        ));
    }
    let body = Body {
        query: asked.query.trim().to_owned(),
        language,
        from_days: asked.from_days,
        note: note.map(str::to_owned),
        rule,
    };
    Ok((name, body))
}

impl App {
    /// The searches of a colleague, and those that colleagues of the same role share.
    ///
    /// # Errors
    /// Forbidden, or the database fails.
    pub async fn saved_searches(&self, asker: &Asker) -> Result<SavedSearchList, ApiError> {
        may_search(self, asker, None, &[]).await?;
        let rows = self.store.saved_searches(asker.account(), asker.role()).await?;
        let mut schedules: BTreeMap<String, ScheduledQueryRow> = BTreeMap::new();
        for row in self.store.scheduled_queries().await? {
            schedules.insert(row.search.clone(), row);
        }
        let shown = |row: SavedSearchRow| {
            let schedule = schedules.remove(&row.id);
            view(row, schedule)
        };
        let saved = rows.into_iter().map(shown).collect::<Result<_, _>>()?;
        Ok(SavedSearchList { saved })
    }

    /// A saved search as it is shown.
    pub(super) async fn shown_search(&self, row: SavedSearchRow) -> Result<SavedSearchView, ApiError> {
        let schedule = self.store.scheduled_query(&row.id).await?;
        Ok(view(row, schedule)?)
    }

    /// Keeps a search.
    ///
    /// # Errors
    /// Forbidden, not understood, too many, or the database fails.
    pub async fn save_search(&self, asker: &Asker, asked: &SaveSearch) -> Result<SavedSearchView, ApiError> {
        may_search(self, asker, None, &[]).await?;
        let (name, body) = wanted(asked, asked.language.unwrap_or_default(), None)?;
        if body.language == SearchLanguage::Sql {
            self.check_sql(&body.query).await?;
        }
        let rows = self.store.saved_searches(asker.account(), asker.role()).await?;
        if rows.iter().filter(|row| row.owner == asker.account()).count() >= MOST {
            return Err(ApiError::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "too_many",
                format!("you keep {MOST} searches already"),
                "delete one that you do not need any more",
            ));
        }
        let now = crate::pipeline::now();
        let row = SavedSearchRow {
            id: new_id()?,
            owner: asker.account().to_owned(),
            role: asker.role(),
            name,
            shared: asked.shared.unwrap_or(false),
            created: now,
            changed: now,
            rule: None,
            body: serde_json::to_string(&body)?,
        };
        self.store.put_saved_search(&row).await?;
        Ok(view(row, None)?)
    }

    /// Changes a search; its rule is written anew, and so is what it is asked for again and again.
    ///
    /// # Errors
    /// Forbidden, somebody else's, not understood, its rule cannot be made any more, or a store fails.
    pub async fn change_saved_search(
        &self,
        asker: &Asker,
        id: &str,
        asked: &SaveSearch,
    ) -> Result<SavedSearchView, ApiError> {
        may_search(self, asker, None, &[]).await?;
        let row = self.own_search(asker, id).await?;
        let before = Body::of(&row)?;
        if asked.language.is_some_and(|language| language != before.language) {
            return Err(ApiError::bad(
                "language",
                "a saved search stays in the language it was written in",
                "save it as another one",
            ));
        }
        let rule = before.rule;
        let (name, body) = wanted(asked, before.language, rule.clone())?;
        if body.language == SearchLanguage::Sql {
            self.check_sql(&body.query).await?;
        }
        let changed = SavedSearchRow {
            name,
            shared: asked.shared.unwrap_or(row.shared),
            changed: crate::pipeline::now(),
            body: serde_json::to_string(&body)?,
            ..row
        };
        let schedule = self.store.scheduled_query(&changed.id).await?;
        if let Some(rule) = rule.filter(|_| changed.rule.is_some()) {
            self.write_rule(asker, changed.clone(), &rule).await?;
        } else if let Some(schedule) = schedule {
            self.write_schedule(asker, &changed, &asked_of(&schedule)?)
                .await?;
        } else {
            self.store.put_saved_search(&changed).await?;
        }
        self.shown_search(changed).await
    }

    /// Forgets a search, and its rule with it; it is asked no more.
    ///
    /// # Errors
    /// Forbidden, somebody else's, or a store fails.
    pub async fn forget_saved_search(&self, asker: &Asker, id: &str) -> Result<(), ApiError> {
        may_search(self, asker, None, &[]).await?;
        let row = self.own_search(asker, id).await?;
        if row.rule.is_some() {
            self.remove_rule(asker, &row).await?;
        }
        if self.store.scheduled_query(&row.id).await?.is_some() {
            self.remove_schedule(asker, &row.id).await?;
        }
        self.store.remove_saved_search(asker.account(), &row.id).await?;
        Ok(())
    }

    /// A search of the asker's own.
    pub(super) async fn own_search(&self, asker: &Asker, id: &str) -> Result<SavedSearchRow, ApiError> {
        let row = self.store.saved_search(id).await?;
        let shown =
            |row: &SavedSearchRow| row.owner == asker.account() || (row.shared && row.role == asker.role());
        // Whose searches there are is nobody else's business.
        let row = row
            .filter(shown)
            .ok_or_else(|| ApiError::not_found("saved search"))?;
        if row.owner == asker.account() {
            return Ok(row);
        }
        Err(ApiError::refused(
            format!("this search is {}'s", row.owner),
            Some("save it under a name of your own, and change that one".to_owned()),
        ))
    }
}

/// A new id, in the form that Sigma wants of rules (RFC 9562, version 4).
fn new_id() -> std::io::Result<String> {
    let bytes: Vec<u8> = crate::secret::random()?.into_iter().take(16).collect();
    Ok(uuid(&bytes))
}

/// Sixteen bytes as a UUID of version 4.
pub(super) fn uuid(bytes: &[u8]) -> String {
    let digits: Vec<char> = super::hex(bytes).chars().take(32).collect();
    let mut out = String::with_capacity(36);
    for (at, digit) in digits.into_iter().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        out.push(match (at, digit.to_digit(16)) {
            (12, _) => '4',
            (16, Some(number)) => char::from_digit(8 | (number & 3), 16).unwrap_or('8'),
            _ => digit,
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_of_version_four() {
        assert_eq!(uuid(&[0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid(&[0; 16]), "00000000-0000-4000-8000-000000000000");
        assert_ne!(new_id().unwrap(), new_id().unwrap());
    }
}

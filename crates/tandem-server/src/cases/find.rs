//! Finding text in the cases that somebody works on: number, title, notes they may read, tasks, names of evidence.

use serde::Serialize;
use tandem_casework::case::Case;
use tandem_casework::text::Prose;
use tandem_domain::CaseId;
use tandem_policy::{Action, DataClass};
use tandem_store::{WorkFilter, WorkKind};
use utoipa::ToSchema;

use super::view::summary;
use super::{CaseSummary, LISTED, entries};
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;

/// Fewest and most characters to look for.
const TEXT: std::ops::RangeInclusive<usize> = 2..=200;
/// Most places of one case.
const PLACES: usize = 20;
/// Characters of an excerpt before the first word that was found, and altogether.
const EXCERPT: (usize, usize) = (60, 200);

/// A place in a case where the text stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Found {
    /// `title`, `note`, `task`, `evidence` or `asset`.
    pub place: String,
    /// Id within the case, where it has one.
    pub id: Option<String>,
    /// The text around it.
    pub excerpt: String,
}

/// A case in which the text stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CaseHit {
    /// In short.
    pub case: CaseSummary,
    /// Where, at most 20 places.
    pub found: Vec<Found>,
}

/// The cases in which a text stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CaseHits {
    /// What changed last first.
    pub hits: Vec<CaseHit>,
}

/// The words to look for, in small letters.
struct Sought(Vec<String>);

impl Sought {
    /// The text around the first word if all of them stand in it, without regard to case.
    fn excerpt(&self, text: &str) -> Option<String> {
        let small = text.to_lowercase();
        if !self.0.iter().all(|word| small.contains(word.as_str())) {
            return None;
        }
        let first = self.0.iter().filter_map(|word| small.find(word.as_str())).min()?;
        // Small letters may take more or fewer bytes than large ones, hardly ever more characters.
        let at = small.get(..first)?.chars().count();
        let from = at.saturating_sub(EXCERPT.0);
        let cut: String = text.chars().skip(from).take(EXCERPT.1).collect();
        let before = if from > 0 { "…" } else { "" };
        let after = if text.chars().count() > from + EXCERPT.1 {
            "…"
        } else {
            ""
        };
        Some(format!("{before}{}{after}", cut.replace(['\n', '\r', '\t'], " ")))
    }

    fn place(&self, place: &str, id: Option<String>, text: &str) -> Option<Found> {
        Some(Found {
            place: place.to_owned(),
            id,
            excerpt: self.excerpt(text)?,
        })
    }

    /// Where it stands in a case, as far as the account may read it.
    fn places(&self, case: &Case, account: &str, evidence: bool) -> Vec<Found> {
        let title = format!("{} {}", case.id, case.title);
        let mut found: Vec<Found> = self.place("title", None, &title).into_iter().collect();
        let notes = case.notes_for(account);
        found.extend(
            notes
                .iter()
                .rev()
                .filter_map(|note| self.place("note", Some(note.id.to_string()), note.text.as_str())),
        );
        let tasks = case.tasks.values();
        found.extend(
            tasks.filter_map(|task| self.place("task", Some(task.id.to_string()), task.title.as_str())),
        );
        let meetings = case.meetings.values();
        found.extend(meetings.filter_map(|meeting| {
            let text = [
                meeting.agenda.as_ref().map(Prose::as_str),
                meeting.text.as_deref(),
            ];
            let text = text
                .into_iter()
                .flatten()
                .fold(meeting.title.as_str().to_owned(), |all, one| all + "\n" + one);
            self.place("meeting", Some(meeting.id.to_string()), &text)
        }));
        let items = case.evidence.values().filter(|_| evidence);
        found.extend(
            items.filter_map(|item| self.place("evidence", Some(item.id.to_string()), item.name.as_str())),
        );
        let assets = case.assets.iter();
        found.extend(assets.filter_map(|asset| self.place("asset", None, asset.as_str())));
        found.truncate(PLACES);
        found
    }
}

impl App {
    /// The asker's cases in which all words of a text stand in one place. What was found beyond a title is a look at the case's
    /// subjects, which is in the ledger before it is shown.
    ///
    /// # Errors
    /// The text is too short or too long, or the look cannot be recorded.
    pub async fn find_in_cases(&self, asker: &Asker, text: &str) -> Result<CaseHits, ApiError> {
        let text = text.trim();
        if !TEXT.contains(&text.chars().count()) {
            return Err(ApiError::bad(
                "text",
                "the text to look for has 2 to 200 characters",
                "write a word or two",
            ));
        }
        let sought = Sought(
            text.to_lowercase()
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
        );
        let filter = WorkFilter {
            link: Some(("member".to_owned(), asker.account().to_owned())),
            limit: LISTED,
            ..WorkFilter::default()
        };
        let (mut hits, mut looks) = (Vec::new(), Vec::new());
        for row in self.store.work(WorkKind::Case, &filter).await? {
            let case = self.case(&CaseId(row.id)).await?.case;
            let inside = asker.for_case(case.id.clone());
            let context = self.case_context(&inside, &case);
            if !case.may_see(inside.account()) || !inside.can(self, Action::Search, DataClass::Case, &context)
            {
                continue;
            }
            let evidence = inside.can(self, Action::Search, DataClass::CaseEvidence, &context);
            let found = sought.places(&case, inside.account(), evidence);
            if found.is_empty() {
                continue;
            }
            if found.iter().any(|one| one.place != "title") {
                looks.extend(entries(&inside, &case, "case.search")?);
            }
            hits.push(CaseHit {
                case: summary(&case),
                found,
            });
        }
        if !looks.is_empty() {
            self.store.add_to_ledger(looks).await?;
        }
        Ok(CaseHits { hits })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(words: &[&str], text: &str) -> Option<String> {
        Sought(words.iter().map(|word| (*word).to_owned()).collect()).excerpt(text)
    }

    #[test]
    fn every_word_must_stand_there_in_whatever_letters() {
        assert_eq!(
            excerpt(&["stick", "list"], "Lists on a Stick").as_deref(),
            Some("Lists on a Stick")
        );
        assert_eq!(excerpt(&["stick", "disk"], "Lists on a Stick"), None);
    }

    #[test]
    fn an_excerpt_is_cut_between_characters() {
        let text = format!("{}needle{}", "é".repeat(300), "ß".repeat(300));
        let cut = excerpt(&["needle"], &text).unwrap();
        assert_eq!(cut.chars().count(), EXCERPT.1 + 2);
        assert!(cut.starts_with("…é") && cut.ends_with("ß…") && cut.contains("needle"));
    }
}

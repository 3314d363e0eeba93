//! Notes: what people write. A note is never changed; a following one corrects it.

use serde::{Deserialize, Serialize};
use tandem_domain::{Department, Timestamp};

use super::decide::Draft;
use super::{Case, Stamp};
use crate::ids::NoteId;
use crate::refused::Refused;
use crate::text::{Prose, mentions};
use crate::words::{CaseRole, Visibility};

/// Most notes of a case.
const NOTES_MOST: usize = 10_000;

/// One note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// Who wrote it.
    pub author: String,
    /// The author's department in the case.
    pub department: Option<Department>,
    /// When.
    pub at: Timestamp,
    /// Who may read it.
    pub visibility: Visibility,
    /// What it says.
    pub text: Prose,
    /// The note that it corrects.
    pub corrects: Option<NoteId>,
    /// Members it mentions and who may read it.
    pub mentions: Vec<String>,
}

/// What happens to notes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
pub enum NoteFact {
    /// Somebody wrote one.
    Written {
        /// Its id.
        note: NoteId,
        /// Who may read it.
        visibility: Visibility,
        /// What it says.
        text: Prose,
        /// The note that it corrects.
        corrects: Option<NoteId>,
        /// Members it mentions and who may read it.
        mentions: Vec<String>,
    },
}

/// What somebody wants to write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum NoteCommand {
    /// Write a note.
    Write {
        /// Who may read it.
        visibility: Visibility,
        /// What it says; `@account` mentions a member.
        text: Prose,
        /// An own note that it corrects; both stay, with the same visibility.
        #[serde(default)]
        corrects: Option<NoteId>,
    },
}

impl NoteFact {
    pub(super) fn fold(&self, case: &mut Case, stamp: &Stamp<'_>) {
        let Self::Written {
            note,
            visibility,
            text,
            corrects,
            mentions,
        } = self;
        let written = Note {
            id: *note,
            author: stamp.who.to_owned(),
            department: stamp.department,
            at: stamp.at,
            visibility: *visibility,
            text: text.clone(),
            corrects: *corrects,
            mentions: mentions.clone(),
        };
        case.notes.insert(*note, written);
    }

    pub(super) fn sentence(&self) -> String {
        let Self::Written { text, corrects, .. } = self;
        match corrects {
            Some(_) => format!("corrected a note: {text}"),
            None => format!("noted: {text}"),
        }
    }
}

impl Case {
    /// True if the account may read what `author` of `department` writes with that visibility. Nobody who may not see the
    /// case reads anything; the author always reads their own.
    pub fn may_read(
        &self,
        account: &str,
        visibility: Visibility,
        author: &str,
        department: Option<Department>,
    ) -> bool {
        if !self.may_see(account) {
            return false;
        }
        let member = self.members.get(account);
        account == author
            || match visibility {
                Visibility::Both => true,
                Visibility::OwnDepartment => {
                    department.is_some() && member.is_some_and(|m| m.department == department)
                }
                Visibility::Counsel => member.is_some_and(|m| m.role == CaseRole::Counsel),
            }
    }

    /// The notes that the account may read, oldest first.
    pub fn notes_for<'a>(&'a self, account: &'a str) -> Vec<&'a Note> {
        let readable = |n: &&Note| self.may_read(account, n.visibility, &n.author, n.department);
        let mut notes: Vec<&Note> = self.notes.values().filter(readable).collect();
        notes.sort_by_key(|n| (n.at, n.id));
        notes
    }
}

pub(super) fn decide(draft: &mut Draft<'_>, command: NoteCommand) -> Result<(), Refused> {
    let NoteCommand::Write {
        visibility,
        text,
        corrects,
    } = command;
    if draft.case.notes.len() >= NOTES_MOST {
        return Err(Refused::TooMany {
            what: "notes",
            most: NOTES_MOST,
        });
    }
    let note = NoteId(draft.ctx.id);
    if draft.case.notes.contains_key(&note) {
        return Err(Refused::IdTaken);
    }
    let department = draft.own_department();
    if visibility == Visibility::OwnDepartment && department.is_none() {
        return Err(Refused::NoDepartment);
    }
    if let Some(wrong) = corrects {
        let found = draft.case.notes.get(&wrong);
        let found = found.filter(|n| n.author == draft.ctx.who);
        let found = found.ok_or(Refused::NotYourNote)?;
        if found.visibility != visibility {
            return Err(Refused::CorrectionVisibility {
                visibility: found.visibility,
            });
        }
    }
    // Whoever may not read the note is not told of it.
    let case = &draft.case;
    let author = draft.ctx.who;
    let mentions = mentions(text.as_str())
        .into_iter()
        .filter(|account| account != author && case.may_read(account, visibility, author, department))
        .collect();
    draft.push(NoteFact::Written {
        note,
        visibility,
        text,
        corrects,
        mentions,
    });
    Ok(())
}

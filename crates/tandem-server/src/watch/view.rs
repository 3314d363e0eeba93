//! Findings about colleagues as the API shows them.

use serde::{Deserialize, Serialize};
use tandem_domain::Role;
use tandem_ledger::watch::WatchKind;
use utoipa::ToSchema;

use super::finding::{Answer, Watched, kind};

/// What came of looking into a finding.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerFinding {
    /// `in_order` or `not_in_order`.
    pub conclusion: String,
    /// What was found, in plain words.
    pub reason: String,
}

/// An answer to a finding.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WatchAnswer {
    /// When.
    pub at: String,
    /// Whose.
    pub who: String,
    /// `in_order` or `not_in_order`.
    pub conclusion: String,
    /// What was found.
    pub reason: String,
}

/// Something about a colleague's use of Tandem that somebody should ask about. It accuses nobody.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WatchFindingView {
    /// Its id.
    pub id: String,
    /// What it is about, such as `many_subjects_without_case`.
    pub kind: String,
    /// The day, on the colleague's own clock.
    pub day: String,
    /// When the last of the rows was written.
    pub at: String,
    /// Account of the colleague.
    pub who: String,
    /// What was seen, compared to what, in one sentence.
    pub sentence: String,
    /// Whom they looked at, for findings about one; not for the works council, and not if it was themselves.
    pub subject: Option<String>,
    /// Numbers of the rows of the ledger it rests on, the first 200.
    pub rows: Vec<u64>,
    /// How many rows there are.
    pub row_count: u64,
    /// `open` or `answered`.
    pub status: String,
    /// Answers, oldest first; the last one counts.
    pub answers: Vec<WatchAnswer>,
}

/// Findings about how colleagues used Tandem, as far as the asker may read them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WatchView {
    /// The last day that was judged; none before the first.
    pub judged_to: Option<String>,
    /// Those that wait first, the latest first.
    pub findings: Vec<WatchFindingView>,
}

fn answer(answer: &Answer) -> WatchAnswer {
    WatchAnswer {
        at: answer.at.to_string(),
        who: answer.who.clone(),
        conclusion: answer.conclusion.as_str().into(),
        reason: answer.reason.as_str().to_owned(),
    }
}

/// A finding for somebody of a role. The works council sees no subject. Of a look at oneself neither subject nor rows are shown
/// to anybody: they would say which pseudonym the colleague is.
pub(super) fn finding(id: &str, one: &Watched, role: Role) -> WatchFindingView {
    let found = &one.found;
    let oneself = found.kind == WatchKind::LookAtSelf;
    let subject = found.subject.as_ref().filter(|_| role != Role::WorksCouncil);
    let sentence = match &found.subject {
        Some(hidden) if role == Role::WorksCouncil => found.sentence.replace(hidden.as_str(), "somebody"),
        _ => found.sentence.clone(),
    };
    let status = if one.answers.is_empty() {
        "open"
    } else {
        "answered"
    };
    WatchFindingView {
        id: id.to_owned(),
        kind: kind(found.kind).into(),
        day: found.day.to_string(),
        at: found.at.to_string(),
        who: found.who.clone(),
        sentence,
        subject: subject.filter(|_| !oneself).map(ToString::to_string),
        rows: if oneself { Vec::new() } else { found.rows.clone() },
        row_count: found.row_count,
        status: status.into(),
        answers: one.answers.iter().map(answer).collect(),
    }
}

//! A finding as it is kept: what was seen, and the answers to it, as facts.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tandem_casework::text::Reason;
use tandem_domain::{Day, SubjectId, Timestamp};
use tandem_ledger::watch::{Addressee, WatchFinding, WatchKind};
use tandem_store::{Change, FactRow, Head, WorkKind};

use crate::secret::Secret;

/// Most row numbers that are kept with a finding; how many there are is kept as well.
const ROWS: usize = 200;
/// Digits of an id that are shown: enough that no two findings share one.
const DIGITS: usize = 16;

/// What was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Found {
    /// Which role is told.
    pub addressee: Addressee,
    /// When the last of the rows was written.
    pub at: Timestamp,
    /// The chance of as many or more by habit, for counts.
    pub chance: Option<f64>,
    /// The day, on the colleague's clock.
    pub day: Day,
    /// What it is about.
    pub kind: WatchKind,
    /// How many rows it rests on.
    pub row_count: u64,
    /// The first of them.
    pub rows: Vec<u64>,
    /// What was seen, compared to what, in one sentence.
    pub sentence: String,
    /// Whom they looked at, for findings about one.
    pub subject: Option<SubjectId>,
    /// The colleague's account.
    pub who: String,
}

impl Found {
    /// What is kept of a finding.
    pub fn of(finding: &WatchFinding, day: Day) -> Self {
        Self {
            addressee: finding.addressee,
            at: finding.at,
            chance: finding.chance,
            day,
            kind: finding.kind,
            row_count: finding.rows.len() as u64,
            rows: finding.rows.iter().copied().take(ROWS).collect(),
            sentence: finding.sentence.clone(),
            subject: finding.subject.clone(),
            who: finding.who.clone(),
        }
    }
}

/// What came of looking into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Conclusion {
    /// There was a reason, and it was allowed.
    InOrder,
    /// There was none, or it was not allowed; what follows is for the organisation to say.
    NotInOrder,
}

impl Conclusion {
    /// The transmitted name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InOrder => "in_order",
            Self::NotInOrder => "not_in_order",
        }
    }

    /// The conclusion of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::InOrder, Self::NotInOrder]
            .into_iter()
            .find(|one| one.as_str() == text)
    }
}

/// An answer to a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    /// When.
    pub at: Timestamp,
    /// What was concluded.
    pub conclusion: Conclusion,
    /// Why.
    pub reason: Reason,
    /// Whose answer it is.
    pub who: String,
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub(super) enum WatchFact {
    /// It was found.
    Found(Found),
    /// Somebody looked into it.
    Answered(Answer),
}

/// A finding and its answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Watched {
    pub found: Found,
    /// Oldest first.
    pub answers: Vec<Answer>,
}

impl Watched {
    /// What the facts come to; none if they do not begin with a finding.
    pub fn of(facts: Vec<WatchFact>) -> Option<Self> {
        let mut facts = facts.into_iter();
        let Some(WatchFact::Found(found)) = facts.next() else {
            return None;
        };
        let answer = |fact| match fact {
            WatchFact::Answered(answer) => Some(answer),
            WatchFact::Found(_) => None,
        };
        Some(Self {
            found,
            answers: facts.filter_map(answer).collect(),
        })
    }
}

/// The stored and transmitted name of a kind.
pub(super) const fn kind(kind: WatchKind) -> &'static str {
    match kind {
        WatchKind::ManySubjectsWithoutCase => "many_subjects_without_case",
        WatchKind::LookAtColleague => "look_at_colleague",
        WatchKind::LookAtSelf => "look_at_self",
        WatchKind::LookInConflictingDepartment => "look_in_conflicting_department",
        WatchKind::AtNight => "at_night",
        WatchKind::ExportBurst => "export_burst",
    }
}

/// The id of a finding: the same finding has the same one, and nobody can tell from it whom it is about.
pub(super) fn id(secret: &Secret, finding: &WatchFinding, day: Day) -> String {
    let subject = finding.subject.as_ref().map_or("", SubjectId::as_str);
    let what = format!("{}|{}|{}|{subject}", finding.who, kind(finding.kind), day.0);
    let digits: String = secret.sign("watch", &what).chars().take(DIGITS).collect();
    format!("W-{digits}")
}

/// The step that keeps a fact.
pub(super) fn change(
    id: &str,
    version: u64,
    fact: &WatchFact,
    now: Timestamp,
) -> Result<Change, serde_json::Error> {
    let (status, who) = match fact {
        WatchFact::Found(_) => ("open", "system"),
        WatchFact::Answered(answer) => ("answered", answer.who.as_str()),
    };
    Ok(Change {
        kind: WorkKind::Watch,
        id: id.to_owned(),
        version,
        facts: vec![FactRow {
            at: now,
            who: who.to_owned(),
            body: serde_json::to_string(fact)?,
        }],
        head: Head {
            status: status.to_owned(),
            due: None,
            case: None,
            summary: "{}".to_owned(),
            links: Vec::new(),
        },
    })
}

/// SHA-256 of a text, in hexadecimal digits.
pub(super) fn sha256(text: &str) -> String {
    tandem_casework::ids::Digest(Sha256::digest(text.as_bytes()).into()).to_string()
}

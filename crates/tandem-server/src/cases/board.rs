//! What waits for somebody over all cases: duties, tasks, votes and rulings, what is late where they lead, who mentioned them.
//!
//! The board names no subject and repeats no note, so that reading it is no look at anybody; the rooms that it leads to are.

use std::collections::BTreeSet;

use serde::Serialize;
use tandem_casework::case::decision::{Proposal, Question, Standing};
use tandem_casework::case::duty::{Duty, DutyCommand};
use tandem_casework::case::{Case, Command};
use tandem_casework::clock::{Late, Overdue, overdue};
use tandem_casework::ids::DutyId;
use tandem_casework::words::{CaseRole, DutyState, Letter};
use tandem_domain::{CaseId, Timestamp};
use tandem_policy::{Action, DataClass};
use tandem_store::{WorkFilter, WorkKind};
use utoipa::ToSchema;

use super::view::summary;
use super::{CaseSummary, LISTED, going_on};
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;

/// The link of a case to those whose word it waits for, members or not.
pub(super) const AWAITED: &str = "awaited";
/// Most mentions of one answer.
const MENTIONS: usize = 200;

/// As what something waits for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitsAs {
    /// A disagreement to rule on.
    Ruling,
    /// A vote for the own department.
    Vote,
    /// A duty of the responsibility matrix.
    Duty,
    /// A task.
    Task,
    /// A meeting to come to, or to say what came of it.
    Meeting,
}

/// One thing that waits for the asker. It names no subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WorkItem {
    /// As what it waits.
    pub kind: WaitsAs,
    /// Id within the case: of a duty `analyse/it_lead`.
    pub id: String,
    /// Number of the case.
    pub case: String,
    /// Title of the case.
    pub case_title: String,
    /// Severity of the case.
    pub severity: String,
    /// What it is, in words.
    pub what: String,
    /// Of a duty: `responsible`, `accountable`, `consulted` or `informed`.
    pub letter: Option<String>,
    /// Where it stands: of a duty `offered` or `accepted`, of a task `open` or `blocked`, of a meeting `planned`, of a proposal `open` or `escalated`.
    pub state: String,
    /// When it must be done; nothing for a duty whose phase has not begun, and for a task without a time.
    pub due: Option<String>,
    /// True if that has passed.
    pub late: bool,
    /// For whom the asker stands in.
    pub deputy_of: Option<String>,
    /// True if it came to the asker because nobody else could be found.
    pub escalated: bool,
    /// True if the asker is a member of the case and can go to its room.
    pub member: bool,
}

/// Somebody mentioned the asker in a note that the asker may read. The text stands in the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Mention {
    /// Number of the case.
    pub case: String,
    /// Title of the case.
    pub case_title: String,
    /// Id of the note.
    pub note: String,
    /// Who wrote it.
    pub author: String,
    /// When.
    pub at: String,
    /// `own_department`, `both` or `counsel`.
    pub visibility: String,
    /// True if the asker has written in the case since.
    pub answered: bool,
}

/// Something late in a case that the asker leads or answers for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LateItem {
    /// Number of the case.
    pub case: String,
    /// `clock`, `duty`, `task`, `nobody_rules` or `nobody_holds`.
    pub kind: String,
    /// What, in words.
    pub what: String,
    /// Since when.
    pub due: String,
    /// Whose turn it is, if it is somebody's.
    pub who: Option<String>,
}

/// What waits for the asker over all cases.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Board {
    /// The time of the answer.
    pub now: String,
    /// Late things first, then what is due first; what has no time comes last.
    pub items: Vec<WorkItem>,
    /// What is late where the asker leads or answers, longest first.
    pub late: Vec<LateItem>,
    /// Newest first.
    pub mentions: Vec<Mention>,
    /// Cases that the asker watches, what changed last first.
    pub watched: Vec<CaseSummary>,
}

fn is_open(duty: &Duty) -> bool {
    matches!(duty.state, DutyState::Offered | DutyState::Accepted)
}

fn held<'a>(case: &'a Case, account: &'a str) -> impl Iterator<Item = &'a Duty> {
    let barred = case.barred.contains(account);
    let own = move |duty: &&Duty| !barred && duty.holder.as_deref() == Some(account);
    case.duties.values().filter(own)
}

/// True if the account holds a duty that is not done.
pub(super) fn holds(case: &Case, account: &str) -> bool {
    held(case, account).any(is_open)
}

/// True if the account takes part and its word is awaited: it works on a duty, or has to rule.
pub(super) fn works_for(case: &Case, account: &str) -> bool {
    let works = |duty: &Duty| duty.letter != Letter::Informed && duty.is_taken_by(account);
    case.may_see(account)
        && (held(case, account).any(works) || case.proposals.values().any(|p| rules(p, account)))
}

/// True if the departments disagree and it is the account that rules.
pub(crate) fn rules(proposal: &Proposal, account: &str) -> bool {
    proposal.awaits_ruling() && proposal.decider.as_deref() == Some(account)
}

/// True if the account can vote for its department now. Who reads along or advises has no vote.
pub(crate) fn votes(case: &Case, proposal: &Proposal, account: &str, now: Timestamp) -> bool {
    let Some(member) = case.members.get(account) else {
        return false;
    };
    proposal.standing == Standing::Open
        && proposal.expires > now
        && !matches!(member.role, CaseRole::Observer | CaseRole::Counsel)
        && !proposal.recused.contains(account)
        && member
            .department
            .is_some_and(|department| !proposal.votes.contains_key(&department))
}

/// True if the command is about a duty that the account holds.
pub(super) fn is_own_duty(case: &Case, command: &Command, account: &str) -> bool {
    let Command::Duty(
        DutyCommand::Accept { duty }
        | DutyCommand::Decline { duty, .. }
        | DutyCommand::HandOver { duty, .. }
        | DutyCommand::Done { duty, .. },
    ) = command
    else {
        return false;
    };
    held(case, account).any(|own| own.id == *duty)
}

/// Everybody whose word the case waits for, each once.
pub(super) fn awaited(case: &Case) -> impl Iterator<Item = String> {
    let holders = case.duties.values().filter(|d| is_open(d));
    let holders = holders.filter_map(|duty| duty.holder.clone());
    let deciders = case.proposals.values().filter(|p| p.awaits_ruling());
    let deciders = deciders.filter_map(|proposal| proposal.decider.clone());
    let all: BTreeSet<String> = holders.chain(deciders).collect();
    all.into_iter()
}

/// Fills in what every item of a case shares.
struct Place<'a> {
    case: &'a Case,
    account: &'a str,
    now: Timestamp,
}

impl Place<'_> {
    fn item(&self, kind: WaitsAs, id: String, what: String, state: &str, due: Option<Timestamp>) -> WorkItem {
        WorkItem {
            kind,
            id,
            case: self.case.id.0.clone(),
            case_title: self.case.title.as_str().to_owned(),
            severity: self.case.severity.as_str().to_owned(),
            what,
            letter: None,
            state: state.to_owned(),
            due: due.map(|due| due.to_string()),
            late: due.is_some_and(|due| due < self.now),
            deputy_of: None,
            escalated: false,
            member: self.case.may_see(self.account),
        }
    }

    fn duty(&self, duty: &Duty) -> WorkItem {
        let (id, what) = (duty.id.to_string(), duty_words(duty.id));
        let mut item = self.item(WaitsAs::Duty, id, what, duty.state.as_str(), duty.due);
        item.letter = Some(duty.letter.as_str().to_owned());
        item.deputy_of.clone_from(&duty.deputy_of);
        item.escalated = duty.escalated;
        item
    }

    fn proposal(&self, kind: WaitsAs, proposal: &Proposal) -> WorkItem {
        let due = (kind == WaitsAs::Vote).then_some(proposal.expires);
        let state = proposal.standing.as_str();
        self.item(kind, proposal.id.to_string(), asked(proposal), state, due)
    }

    fn items(&self) -> Vec<WorkItem> {
        let duties = held(self.case, self.account).filter(|duty| is_open(duty));
        let mut found: Vec<WorkItem> = duties.map(|duty| self.duty(duty)).collect();
        let own = |who: &Option<String>| who.as_deref() == Some(self.account);
        let tasks = self
            .case
            .tasks
            .values()
            .filter(|t| own(&t.assignee) && !t.is_done());
        found.extend(tasks.map(|task| {
            let what = task.title.as_str().to_owned();
            self.item(
                WaitsAs::Task,
                task.id.to_string(),
                what,
                task.state.as_str(),
                task.due,
            )
        }));
        found.extend(self.case.meetings.values().filter_map(|meeting| {
            let due = meeting.asks(self.account, self.now)?;
            let (id, what) = (meeting.id.to_string(), meeting.title.as_str().to_owned());
            Some(self.item(WaitsAs::Meeting, id, what, meeting.state.as_str(), Some(due)))
        }));
        for proposal in self.case.proposals.values() {
            if rules(proposal, self.account) {
                found.push(self.proposal(WaitsAs::Ruling, proposal));
            } else if votes(self.case, proposal, self.account, self.now) {
                found.push(self.proposal(WaitsAs::Vote, proposal));
            }
        }
        found
    }

    fn mentions(&self) -> impl Iterator<Item = (Timestamp, Mention)> {
        let notes = self.case.notes_for(self.account);
        let own = notes.iter().filter(|note| note.author == self.account);
        let wrote = own.map(|note| note.at).max();
        notes
            .into_iter()
            .filter(move |note| note.mentions.iter().any(|name| name == self.account))
            .map(move |note| {
                let mention = Mention {
                    case: self.case.id.0.clone(),
                    case_title: self.case.title.as_str().to_owned(),
                    note: note.id.to_string(),
                    author: note.author.clone(),
                    at: note.at.to_string(),
                    visibility: note.visibility.as_str().to_owned(),
                    answered: wrote.is_some_and(|at| at > note.at),
                };
                (note.at, mention)
            })
    }

    /// True if the account leads the case or has accepted to answer for its present phase.
    fn manages(&self) -> bool {
        let member = self.case.members.get(self.account);
        let answers = self.case.accountable(self.case.phase);
        member.is_some_and(|member| member.role == CaseRole::Lead)
            || answers.is_some_and(|duty| duty.is_taken_by(self.account))
    }
}

fn duty_words(id: DutyId) -> String {
    format!("{}: {}", id.phase, id.function)
}

/// What a proposal asks, without whom it is about.
fn asked(proposal: &Proposal) -> String {
    match &proposal.wording.question {
        Question::Close { outcome, .. } => format!("to close the case as {outcome}"),
        Question::Respond { act, .. } => format!("the response \u{201c}{act}\u{201d}"),
    }
}

fn late_item(case: &Case, row: &Overdue) -> LateItem {
    let (kind, what) = match &row.what {
        Late::Clock(clock) => ("clock", format!("the clock \u{201c}{clock}\u{201d} has run out")),
        Late::Duty(duty) => ("duty", duty_words(*duty)),
        Late::Task(id) => {
            let task = case.tasks.get(id).map(|task| task.title.as_str().to_owned());
            ("task", task.unwrap_or_default())
        }
        Late::NobodyRules(id) => {
            let proposal = case.proposals.get(id).map(asked).unwrap_or_default();
            (
                "nobody_rules",
                format!("nobody can be found who rules on {proposal}"),
            )
        }
        Late::NobodyHolds(duty) => (
            "nobody_holds",
            format!("nobody can be found for {}", duty_words(*duty)),
        ),
    };
    LateItem {
        case: row.case.0.clone(),
        kind: kind.to_owned(),
        what,
        due: row.due.to_string(),
        who: row.who.clone(),
    }
}

impl App {
    /// The cases that go on and wait for the asker or that the asker works on, as far as the policies let them see them.
    async fn own_cases(&self, asker: &Asker) -> Result<Vec<Case>, ApiError> {
        let mut ids: BTreeSet<String> = BTreeSet::new();
        for link in ["member", AWAITED] {
            let filter = WorkFilter {
                link: Some((link.to_owned(), asker.account().to_owned())),
                limit: LISTED,
                ..going_on()
            };
            ids.extend(
                self.store
                    .work(WorkKind::Case, &filter)
                    .await?
                    .into_iter()
                    .map(|row| row.id),
            );
        }
        let mut cases = Vec::new();
        for id in ids {
            let case = self.case(&CaseId(id)).await?.case;
            let inside = asker.for_case(case.id.clone());
            let mut context = self.case_context(&inside, &case);
            if holds(&case, inside.account()) {
                context = context.asked(true);
            }
            if inside.can(self, Action::Look, DataClass::Case, &context) {
                cases.push(case);
            }
        }
        Ok(cases)
    }

    /// What waits for the asker over all cases that are not closed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn board(&self, asker: &Asker) -> Result<Board, ApiError> {
        let now = crate::pipeline::now();
        let account = asker.account();
        let (mut items, mut late, mut mentions, mut watched) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for case in self.own_cases(asker).await? {
            let place = Place {
                case: &case,
                account,
                now,
            };
            items.extend(place.items());
            mentions.extend(place.mentions());
            if place.manages() {
                let rows = overdue([&case], &self.targets, now);
                late.extend(rows.iter().map(|row| (row.due, late_item(&case, row))));
            }
            if case.watchers.contains(account) {
                watched.push((case.last, summary(&case)));
            }
        }
        items.sort_by(|a: &WorkItem, b: &WorkItem| in_order(a).cmp(&in_order(b)));
        late.sort_by_key(|(due, _)| *due);
        mentions.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        mentions.truncate(MENTIONS);
        watched.sort_by_key(|(changed, _)| std::cmp::Reverse(*changed));
        Ok(Board {
            now: now.to_string(),
            items,
            late: late.into_iter().map(|(_, row)| row).collect(),
            mentions: mentions.into_iter().map(|(_, mention)| mention).collect(),
            watched: watched.into_iter().map(|(_, summary)| summary).collect(),
        })
    }
}

/// Late things first, then by time, what has none last; the same item always in the same place.
fn in_order(item: &WorkItem) -> (bool, bool, Option<&str>, WaitsAs, &str, &str) {
    (
        !item.late,
        item.due.is_none(),
        item.due.as_deref(),
        item.kind,
        item.case.as_str(),
        item.id.as_str(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, due: Option<&str>, late: bool) -> WorkItem {
        WorkItem {
            kind: WaitsAs::Task,
            id: id.to_owned(),
            case: "C-2026-0001".to_owned(),
            case_title: String::new(),
            severity: String::new(),
            what: String::new(),
            letter: None,
            state: String::new(),
            due: due.map(str::to_owned),
            late,
            deputy_of: None,
            escalated: false,
            member: true,
        }
    }

    #[test]
    fn late_things_come_first_and_what_has_no_time_last() {
        let mut items = [
            item("never", None, false),
            item("soon", Some("2026-05-05T08:00:00Z"), false),
            item("late", Some("2026-05-04T08:00:00Z"), true),
            item("longest", Some("2026-05-01T08:00:00Z"), true),
        ];
        items.sort_by(|a, b| in_order(a).cmp(&in_order(b)));
        assert_eq!(items.map(|item| item.id), ["longest", "late", "soon", "never"]);
    }

    #[test]
    fn the_shipped_targets_can_be_read() {
        assert!(crate::cases::targets().is_ok());
    }
}

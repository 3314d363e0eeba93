//! What waits for a colleague: duties, tasks, meetings, votes and rulings of open cases, and requests that an approver answers.
//!
//! The sentences are Tandem's own: what somebody typed, such as a task's title, stays in Tandem.

use tandem_casework::Case;
use tandem_casework::case::decision::Proposal;
use tandem_casework::case::duty::Duty;
use tandem_casework::case::meeting::Meeting;
use tandem_casework::case::task::{Task, TaskState};
use tandem_casework::words::{DutyState, Letter};
use tandem_domain::{CaseId, Role, Timestamp};
use tandem_store::{ColleagueRow, WorkFilter, WorkKind};

use crate::app::App;
use crate::asker::Asker;
use crate::cases::{going_on, rules, votes};
use crate::http::error::ApiError;

/// What kind of thing waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waits {
    /// A duty of the responsibility matrix.
    Duty,
    /// A task.
    Task,
    /// A meeting.
    Meeting,
    /// A vote or a ruling.
    Decision,
    /// A request to disclose who a subject is.
    Approval,
}

/// One thing that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// The same as long as it waits; letters, digits, `-` and `.`.
    pub(crate) id: String,
    /// What kind.
    pub(crate) kind: Waits,
    /// The case, where it may be named.
    pub(crate) case: Option<CaseId>,
    /// What it is, in one sentence without a full stop.
    pub(crate) what: String,
    /// By when.
    pub(crate) due: Option<Timestamp>,
    /// Its page in Tandem.
    pub(crate) path: String,
    /// Rises with every change.
    pub(crate) sequence: u32,
}

/// An account, as the rules of casework look at it.
struct Who<'a> {
    account: &'a str,
    now: Timestamp,
}

impl Who<'_> {
    fn one(&self, case: &Case, kind: Waits, part: &str, what: String, due: Option<Timestamp>) -> Waiting {
        Waiting {
            id: format!("{}.{part}", case.id),
            kind,
            case: Some(case.id.clone()),
            what,
            due,
            path: format!("/cases/{}", case.id),
            sequence: case.seq,
        }
    }

    fn duty(&self, case: &Case, duty: &Duty) -> Option<Waiting> {
        let what = match duty.state {
            _ if duty.holder.as_deref() != Some(self.account) => return None,
            DutyState::Offered => "A duty waits for your yes",
            // One that is told after has nothing to do; one whose phase has not begun, not yet.
            DutyState::Accepted if duty.letter != Letter::Informed && duty.due.is_some() => {
                "A duty of yours is open"
            }
            _ => return None,
        };
        let what = format!(
            "{what}: {}, {} ({})",
            duty.id.phase, duty.id.function, duty.letter
        );
        let part = format!("{}.{}", duty.id.phase.as_str(), duty.id.function.as_str());
        Some(self.one(case, Waits::Duty, &part, what, duty.due))
    }

    fn task(&self, case: &Case, task: &Task) -> Option<Waiting> {
        if task.assignee.as_deref() != Some(self.account) {
            return None;
        }
        let what = match task.state {
            TaskState::Open => "A task of yours is open",
            TaskState::Blocked => "A task of yours cannot go on",
            TaskState::Done => return None,
        };
        Some(self.one(case, Waits::Task, &task.id.to_string(), what.to_owned(), task.due))
    }

    fn meeting(&self, case: &Case, meeting: &Meeting) -> Option<Waiting> {
        let due = meeting.asks(self.account, self.now)?;
        let what = if meeting.at.until < self.now {
            "A meeting is over and waits for what came of it"
        } else {
            "You are asked to a meeting"
        };
        Some(self.one(
            case,
            Waits::Meeting,
            &meeting.id.to_string(),
            what.to_owned(),
            Some(due),
        ))
    }

    fn proposal(&self, case: &Case, proposal: &Proposal) -> Option<Waiting> {
        let (what, due) = if votes(case, proposal, self.account, self.now) {
            let what = "A proposal waits for a vote of your department";
            (what, Some(proposal.expires))
        } else if rules(proposal, self.account) {
            ("The departments disagree and wait for your ruling", None)
        } else {
            return None;
        };
        let part = proposal.id.to_string();
        Some(self.one(case, Waits::Decision, &part, what.to_owned(), due))
    }

    fn of(&self, case: &Case) -> Vec<Waiting> {
        if case.barred.contains(self.account) {
            return Vec::new();
        }
        let mut found: Vec<Waiting> = Vec::new();
        found.extend(case.duties.values().filter_map(|duty| self.duty(case, duty)));
        found.extend(case.tasks.values().filter_map(|task| self.task(case, task)));
        found.extend(
            case.meetings
                .values()
                .filter_map(|meeting| self.meeting(case, meeting)),
        );
        let proposals = case.proposals.values();
        found.extend(proposals.filter_map(|proposal| self.proposal(case, proposal)));
        found
    }
}

impl App {
    /// Every case that goes on.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn open_cases(&self) -> Result<Vec<Case>, ApiError> {
        let filter = WorkFilter {
            limit: usize::MAX,
            ..going_on()
        };
        let mut cases = Vec::new();
        for row in self.store.work(WorkKind::Case, &filter).await? {
            cases.push(self.case(&CaseId(row.id)).await?.case);
        }
        Ok(cases)
    }

    /// What waits for a colleague in those cases and beside them, what is due first first.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn waiting_for(
        &self,
        row: &ColleagueRow,
        cases: &[Case],
    ) -> Result<Vec<Waiting>, ApiError> {
        let who = Who {
            account: &row.account,
            now: crate::pipeline::now(),
        };
        let mut found: Vec<Waiting> = cases.iter().flat_map(|case| who.of(case)).collect();
        if row.role == Role::Approver
            && let Some(asker) = Asker::usual(row)
        {
            let asked = self.disclosures(&asker).await?.disclosures;
            found.extend(
                asked
                    .into_iter()
                    .filter(|asked| asked.may_answer)
                    .map(|asked| Waiting {
                        id: asked.id,
                        kind: Waits::Approval,
                        // The approver may be in no case, so the case is not named.
                        case: None,
                        what: "A request to disclose who a subject is waits for your department".to_owned(),
                        due: Timestamp::parse_rfc3339(&asked.lapses),
                        path: "/approvals".to_owned(),
                        sequence: 0,
                    }),
            );
        }
        found.sort_by_cached_key(|waiting| (waiting.due.is_none(), waiting.due, waiting.id.clone()));
        Ok(found)
    }
}

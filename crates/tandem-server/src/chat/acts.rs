//! What can be pressed or typed in a chat besides a yes: taking, acknowledging, asking the other department, and asking what
//! waits. Everything is decided as in the console; a chat is only another way to it.

use tandem_casework::case::duty::DutyCommand;
use tandem_casework::ids::DutyId;
use tandem_casework::text::Prose;
use tandem_casework::words::DutyState;
use tandem_domain::{AlertId, AlertStatus, CaseId, Department};
use tandem_policy::{Action, DataClass};
use tandem_store::{AlertChange, ColleagueRow, HistoryRow};

use super::said::{Came, Heard, Words, in_console, note, words};
use crate::api::views;
use crate::app::App;
use crate::asker::Asker;
use crate::cases::Known;
use crate::http::error::ApiError;

/// What an alert's history says about where it came from.
const IN_CHAT: &str = "said in the chat";

fn refused(sentence: impl Into<String>) -> Words {
    words("Nothing was done", sentence)
}

/// What a department is called.
pub(super) const fn department_words(department: Option<Department>) -> &'static str {
    match department {
        Some(Department::It) => "IT security",
        Some(Department::Corporate) => "corporate security",
        None => "both departments",
    }
}

impl App {
    /// Takes an alert on, or says yes to the duties of a case that were offered.
    pub(super) async fn take_on(
        &self,
        heard: &Heard<'_>,
        row: &ColleagueRow,
        target: &str,
    ) -> Result<Came, ApiError> {
        if let Some(id) = AlertId::parse(target) {
            return self.triage_as_said(heard, row, id, true).await;
        }
        let (asker, Known { case: known, .. }) = match self.at_work(row, CaseId::parse(target)).await? {
            Ok(found) => found,
            Err(no) => return self.refuse(heard, &no).await,
        };
        let offered: Vec<DutyId> = known
            .duties
            .values()
            .filter(|duty| {
                duty.state == DutyState::Offered && duty.holder.as_deref() == Some(row.account.as_str())
            })
            .map(|duty| duty.id)
            .collect();
        let Some((last, others)) = offered.split_last() else {
            let none = refused("No duty of that case waits for your yes.");
            return self.refuse(heard, &none).await;
        };
        for duty in others {
            let accept = DutyCommand::Accept { duty: *duty };
            match self.change_as_said(&asker, accept.into(), heard.step()).await {
                Ok(()) => {}
                Err(error) if error.is_ours() => return Err(error),
                Err(error) => return self.refuse(heard, &refused(error.to_string())).await,
            }
        }
        let names: Vec<String> = offered
            .iter()
            .map(|duty| format!("{}, {}", duty.phase, duty.function))
            .collect();
        let taken = words(
            "You took on your duties",
            format!("Duties: {}.", names.join("; ")),
        );
        let accept = DutyCommand::Accept { duty: *last };
        self.do_as_said(heard, &asker, accept.into(), heard.effect(), taken)
            .await
    }

    /// Says that somebody has seen an alert or a case.
    pub(super) async fn acknowledge(
        &self,
        heard: &Heard<'_>,
        row: &ColleagueRow,
        target: &str,
    ) -> Result<Came, ApiError> {
        if let Some(id) = AlertId::parse(target) {
            return self.triage_as_said(heard, row, id, false).await;
        }
        let (asker, _) = match self.at_work(row, CaseId::parse(target)).await? {
            Ok(found) => found,
            Err(no) => return self.refuse(heard, &no).await,
        };
        let Ok(text) = Prose::new("Seen, said in the chat.") else {
            return self.refuse(heard, &in_console()).await;
        };
        let seen = words("Noted that you have seen it", "It stands on the case's timeline.");
        self.do_as_said(heard, &asker, note(text), heard.effect(), seen)
            .await
    }

    /// Takes an alert into work, or notes that it was seen.
    async fn triage_as_said(
        &self,
        heard: &Heard<'_>,
        row: &ColleagueRow,
        id: AlertId,
        take: bool,
    ) -> Result<Came, ApiError> {
        let (Some(asker), Some(found)) = (Asker::usual(row), self.store.alert(id).await?) else {
            let none = refused("There is no alert with that id.");
            return self.refuse(heard, &none).await;
        };
        let subject = &found.alert.subject;
        let context = asker.context().about(subject);
        if let Err(error) = asker.may(self, Action::Triage, DataClass::Queue, &context) {
            return self.refuse(heard, &refused(error.to_string())).await;
        }
        let before = found.alert.status;
        if before == AlertStatus::Closed || (take && before == AlertStatus::InProgress) {
            let so = match before {
                AlertStatus::Closed => "The alert is closed.",
                _ => "Somebody has taken that alert already; its history in Tandem says who.",
            };
            return self.refuse(heard, &refused(so)).await;
        }
        let (status, action) = if take {
            let taken = AlertStatus::InProgress;
            (taken, views::status(taken))
        } else {
            (before, "acknowledged")
        };
        let mut step = heard.effect();
        step.alerts.push(AlertChange {
            id,
            status,
            verdict: None,
            history: HistoryRow {
                at: crate::pipeline::now(),
                who: asker.account().to_owned(),
                action: action.to_owned(),
                note: IN_CHAT.to_owned(),
            },
        });
        step.ledger
            .push(asker.entry("alert.triage", Some(subject), Some(&id.to_string()))?);
        let done = if take {
            words("You took the alert", "It is in progress under your account.")
        } else {
            words("Noted that you have seen it", "It stands in the alert's history.")
        };
        self.tell(heard, step, done).await
    }

    /// Where no form can be shown, how to ask.
    pub(super) async fn how_to_ask(&self, heard: &Heard<'_>, target: &str) -> Result<Came, ApiError> {
        let Some(case) = CaseId::parse(target) else {
            return self.refuse(heard, &in_console()).await;
        };
        let how = words(
            "Type your question",
            format!("Send: {} ask {case} YOUR QUESTION", heard.one.prefix()),
        );
        self.tell(heard, heard.step(), how).await
    }

    /// Asks the other department: the question stands on the timeline, and its members are told that there is one.
    pub(super) async fn question(
        &self,
        heard: &Heard<'_>,
        row: &ColleagueRow,
        case: CaseId,
        text: &str,
    ) -> Result<Came, ApiError> {
        let (asker, known) = match self.at_work(row, Some(case)).await? {
            Ok(found) => found,
            Err(no) => return self.refuse(heard, &no).await,
        };
        let own = known.case.members.get(&row.account).and_then(|m| m.department);
        let other = own.map(Department::other);
        let text = match Prose::new(text) {
            Ok(text) => format!("Question to {}: {text}", department_words(other)),
            Err(error) => return self.refuse(heard, &refused(error.to_string())).await,
        };
        let Ok(text) = Prose::new(&text) else {
            return self.refuse(heard, &refused("The question is too long.")).await;
        };
        let asked = words(
            "Your question is asked",
            format!(
                "It stands on the case's timeline for {}.",
                department_words(other)
            ),
        );
        let mut step = heard.effect();
        let told = self.question_messages(&known, own, &heard.what.id).await?;
        step.outbox.extend(told);
        self.do_as_said(heard, &asker, note(text), step, asked).await
    }

    /// How much waits for whoever asks. Others may read it, so it names no case.
    pub(super) async fn own_queue(&self, heard: &Heard<'_>, row: &ColleagueRow) -> Result<Came, ApiError> {
        let cases = self.open_cases().await?;
        let waiting = self.waiting_for(row, &cases).await?.len();
        let answer = match waiting {
            0 => words("Nothing waits for you", "No duty, task or vote of yours is open."),
            1 => words("One thing waits for you", "What it is stands in Tandem."),
            many => words(
                &format!("{many} things wait for you"),
                "What they are stands in Tandem.",
            ),
        };
        self.tell(heard, heard.effect(), answer).await
    }

    /// Where a case stands: to its members, in its own room or to nobody else.
    pub(super) async fn where_it_stands(
        &self,
        heard: &Heard<'_>,
        row: &ColleagueRow,
        case: &CaseId,
    ) -> Result<Came, ApiError> {
        let (asker, Known { case: known, .. }) = match self.at_work(row, Some(case.clone())).await? {
            Ok(found) => found,
            Err(no) => return self.refuse(heard, &no).await,
        };
        let context = self.case_context(&asker, &known);
        if let Err(error) = asker.may(self, Action::Look, DataClass::Case, &context) {
            return self.refuse(heard, &refused(error.to_string())).await;
        }
        if heard.aloud && heard.case().as_ref() != Some(case) {
            return self.refuse(heard, &in_console()).await;
        }
        let waits = known.proposals.values().filter(|p| p.is_pending()).count();
        let stands = words(
            &format!("The case is {}", known.state),
            format!(
                "Phase: {}. Severity: {}. Proposals that wait: {waits}.",
                known.phase, known.severity
            ),
        );
        let mut step = heard.effect();
        step.ledger
            .push(asker.entry("case.look", None, Some(case.as_str()))?);
        self.tell(heard, step, stands).await
    }
}

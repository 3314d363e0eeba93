//! What a case is linked to is what Tandem knows of it, not what a command says.

use tandem_casework::case::Command;
use tandem_casework::case::link::{Link, LinkCommand};
use tandem_casework::text::Reason;
use tandem_domain::{AlertId, AlertStatus, CaseId};
use tandem_store::{AlertChange, Step};

use super::{history, view};
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;
use crate::service::ServiceError;

impl App {
    /// The command with what Tandem knows about the thing it links: an alert comes with its own subject, time and detectors, and
    /// its history says in which case it is. What there is not cannot be linked.
    ///
    /// # Errors
    /// There is no such alert, subject or case, or the database fails.
    pub(super) async fn with_what_is_known(
        &self,
        asker: &Asker,
        command: Command,
        step: &mut Step,
    ) -> Result<Command, ApiError> {
        let Command::Link(command) = command else {
            return Ok(command);
        };
        let command = match command {
            LinkCommand::Link {
                link: Link::Alert(said),
                reason,
            } => {
                let known = self.store.alert(said.id).await?;
                let alert = known.ok_or(ServiceError::Missing("alert"))?.alert;
                let link = Link::Alert(view::alert_ref(self, &alert).await?);
                step.alerts.push(moved(asker, said.id, "in", &reason));
                LinkCommand::Link { link, reason }
            }
            LinkCommand::Unlink {
                link: Link::Alert(said),
                reason,
            } => {
                step.alerts.push(moved(asker, said.id, "taken out of", &reason));
                LinkCommand::Unlink {
                    link: Link::Alert(said),
                    reason,
                }
            }
            LinkCommand::Link { link, reason } => {
                self.is_there(&link).await?;
                LinkCommand::Link { link, reason }
            }
            other @ LinkCommand::Unlink { .. } => other,
        };
        Ok(command.into())
    }

    async fn is_there(&self, link: &Link) -> Result<(), ApiError> {
        match link {
            Link::Subject(subject) => {
                let known = self.store.subject(subject).await?;
                known.ok_or(ServiceError::Missing("subject"))?;
            }
            Link::Case(other) => {
                if CaseId::parse(other.as_str()).is_some() {
                    self.case(other).await?;
                }
            }
            Link::Alert(_) | Link::Asset(_) => {}
        }
        Ok(())
    }
}

/// An alert that goes into the asker's case or out of it.
pub(super) fn moved(asker: &Asker, id: AlertId, how: &str, why: &Reason) -> AlertChange {
    let case = asker.case.as_ref().map(CaseId::as_str).unwrap_or_default();
    AlertChange {
        id,
        status: AlertStatus::InProgress,
        verdict: None,
        history: history(asker, format!("{how} case {case}"), why.as_str()),
    }
}

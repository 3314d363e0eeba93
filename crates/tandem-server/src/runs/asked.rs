//! What people may ask of a run. Who asks and for which department is never taken from the request.

use std::error::Error;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use tandem_domain::Department;
use tandem_playbook::{Answers, Command, Owner, Refused, Step, StepState};
use tandem_policy::{Action, Colleague};
use utoipa::ToSchema;

use crate::http::error::ApiError;

/// Begins a run.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartRun {
    /// Id of the playbook.
    pub playbook: String,
    /// Pseudonym; the case must be about it.
    pub subject: Option<String>,
    /// What the playbook is given at its start, by field.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub inputs: Answers,
}

/// Who a command names beside what it says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// Nobody.
    Nobody,
    /// The asker.
    Who,
    /// The asker and their department.
    WhoAndDepartment,
}

/// Commands that people may give: word, whom it names, what the policies must allow, what the ledger calls it.
const ASKABLE: &[(&str, Names, Action, &str)] = &[
    ("take", Names::Who, Action::RunPlaybook, "run.take"),
    ("release", Names::Who, Action::RunPlaybook, "run.release"),
    ("answer", Names::Who, Action::RunPlaybook, "run.answer"),
    ("done", Names::Who, Action::RunPlaybook, "run.done"),
    ("fail", Names::Who, Action::RunPlaybook, "run.fail"),
    ("skip", Names::Who, Action::RunPlaybook, "run.skip"),
    ("retry", Names::Who, Action::RunPlaybook, "run.retry"),
    ("decide", Names::Who, Action::RunPlaybook, "run.decide"),
    (
        "approve",
        Names::WhoAndDepartment,
        Action::ApproveAct,
        "run.approve",
    ),
    (
        "refuse",
        Names::WhoAndDepartment,
        Action::ApproveAct,
        "run.refuse",
    ),
    ("request_dry_run", Names::Who, Action::RunPlaybook, "run.dry_run"),
    (
        "report_dry_run",
        Names::Nobody,
        Action::RunPlaybook,
        "run.dry_run_report",
    ),
    ("request_action", Names::Who, Action::RunPlaybook, "run.action"),
    (
        "report_action",
        Names::Nobody,
        Action::RunPlaybook,
        "run.action_report",
    ),
    ("by_hand", Names::Who, Action::RunPlaybook, "run.by_hand"),
    ("request_undo", Names::Who, Action::RunPlaybook, "run.undo"),
    (
        "report_undo",
        Names::Nobody,
        Action::RunPlaybook,
        "run.undo_report",
    ),
    (
        "report_playbook",
        Names::Nobody,
        Action::RunPlaybook,
        "run.playbook_report",
    ),
    ("abort", Names::Who, Action::RunPlaybook, "run.abort"),
];

/// A command with what it needs.
pub(super) struct Asked {
    pub(super) command: Command,
    pub(super) action: Action,
    pub(super) act: &'static str,
}

impl Asked {
    /// Reads `{"command": "take", "step": "…"}`.
    pub(super) fn read(colleague: &Colleague, body: Value) -> Result<Self, ApiError> {
        let Value::Object(mut map) = body else {
            return Err(unreadable("it is no JSON object"));
        };
        let word = map.get("command").and_then(Value::as_str).unwrap_or_default();
        let Some((_, names, action, act)) = ASKABLE.iter().find(|(known, ..)| *known == word) else {
            return Err(unreadable("`command` is none that somebody may give"));
        };
        if map.contains_key("who") || map.contains_key("department") {
            return Err(unreadable(
                "who asks, and for which department, comes from the sign-in",
            ));
        }
        if *names != Names::Nobody {
            map.insert("who".to_owned(), colleague.account().into());
        }
        if *names == Names::WhoAndDepartment {
            let Some(department) = colleague.department() else {
                return Err(ApiError::refused(
                    "an approval is given for a department, and your account has none".to_owned(),
                    Some("ask a colleague of IT security or corporate security".to_owned()),
                ));
            };
            map.insert("department".to_owned(), department.as_str().into());
        }
        let command =
            serde_json::from_value(Value::Object(map)).map_err(|error| unreadable(&error.to_string()))?;
        Ok(Self {
            command,
            action: *action,
            act,
        })
    }

    /// The step that it is about.
    pub(super) fn step(&self) -> Option<&str> {
        use Command as C;
        match &self.command {
            C::Take { step, .. }
            | C::Done { step, .. }
            | C::RequestAction { step, .. }
            | C::ByHand { step, .. }
            | C::Approve { step, .. }
            | C::Refuse { step, .. } => Some(step),
            _ => None,
        }
    }

    /// Refuses to let one department do the other's step. Approving is for both.
    pub(super) fn suits(&self, step: &Step, colleague: &Colleague) -> Result<(), ApiError> {
        let owner = match step.department {
            Some(Owner::It) => Department::It,
            Some(Owner::Corporate) => Department::Corporate,
            Some(Owner::Both) | None => return Ok(()),
        };
        let approving = matches!(self.command, Command::Approve { .. } | Command::Refuse { .. });
        if approving || colleague.department() == Some(owner) {
            return Ok(());
        }
        let theirs = match owner {
            Department::It => "IT security",
            Department::Corporate => "corporate security",
        };
        Err(ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "refused",
            format!("this step is {theirs}'s"),
            format!("ask a colleague of {theirs} who is in the case"),
        ))
    }

    /// Refuses to let one person both approve a step and do it.
    pub(super) fn apart(&self, step: &StepState, account: &str) -> Result<(), ApiError> {
        let approved = step.approvals.iter().any(|approval| approval.who == account);
        let does = step.taken_by.as_deref() == Some(account);
        let refused = match &self.command {
            Command::Approve { .. } | Command::Refuse { .. } => does,
            _ => approved,
        };
        if !refused {
            return Ok(());
        }
        Err(ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "refused",
            "nobody approves a step and does it, too",
            "let a colleague do the one or the other",
        ))
    }
}

fn unreadable(why: &str) -> ApiError {
    ApiError::bad(
        "command",
        format!("this is no command: {why}"),
        "docs/playbooks.md lists the commands and their fields",
    )
}

/// A refusal of the playbook, in its own words.
pub(super) fn refused(refusal: &Refused) -> ApiError {
    let mut why = refusal.to_string();
    let mut inner = refusal.source();
    while let Some(cause) = inner {
        why = format!("{why}: {cause}");
        inner = cause.source();
    }
    let (why, way_out) = why
        .split_once("; ")
        .unwrap_or((&why, "load the run again to see where it stands"));
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", why, way_out)
}

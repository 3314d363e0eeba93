//! Who works with Tandem, as casework needs to know them.

use serde::{Deserialize, Serialize};
use tandem_casework::roster::{Absence, Colleague, Roster, RosterFault};
use tandem_casework::words::Function;
use tandem_domain::{Department, Role, Timestamp};
use tandem_store::ColleagueRow;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::error::ApiError;

/// What is kept of a colleague beside role and department.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ColleagueSettings {
    /// Functions in the responsibility matrix, such as `it_lead`; empty for the usual ones of the role.
    pub functions: Vec<String>,
    /// Accounts of who stands in, first choice first.
    pub deputies: Vec<String>,
    /// When they are away: from and until, RFC 3339.
    pub absences: Vec<(String, String)>,
    /// Departments of the organisation that they keep away from, as people facts write them; no reason is kept. A look at
    /// somebody there is a finding for the auditor.
    pub conflicts: Vec<String>,
    /// Their accounts in chat: system and id.
    pub chat: Vec<(String, String)>,
    /// Where mail for them goes.
    pub mail: Option<String>,
}

/// The functions that a role usually holds, for organisations that have not named any.
pub const fn usual_functions(role: Role, department: Option<Department>) -> &'static [Function] {
    match (role, department) {
        (Role::ItAnalyst, _) => &[Function::ItAnalyst, Function::ItLead, Function::SystemOwner],
        (Role::CorporateInvestigator, _) => &[
            Function::CorporateInvestigator,
            Function::CorporateLead,
            Function::HrPartner,
        ],
        (Role::Approver, Some(Department::It)) => &[Function::ItLead],
        (Role::Approver, Some(Department::Corporate)) => &[Function::CorporateLead],
        (Role::WorksCouncil, _) => &[Function::WorksCouncil],
        _ => &[],
    }
}

fn colleague(row: &ColleagueRow) -> Colleague {
    let settings: ColleagueSettings = serde_json::from_str(&row.body).unwrap_or_default();
    let named: Vec<Function> = settings
        .functions
        .iter()
        .filter_map(|text| Function::parse(text))
        .collect();
    let absence = |(from, until): &(String, String)| {
        Some(Absence {
            from: Timestamp::parse_rfc3339(from)?,
            until: Timestamp::parse_rfc3339(until)?,
        })
    };
    let department = row.department.or_else(|| row.role.department());
    Colleague {
        account: row.account.clone(),
        department,
        functions: if named.is_empty() {
            usual_functions(row.role, row.department).to_vec()
        } else {
            named
        },
        subject: row.subject.clone(),
        absences: settings.absences.iter().filter_map(absence).collect(),
        deputies: settings.deputies,
        left: row.disabled.then_some(row.created),
    }
}

fn of(rows: &[ColleagueRow]) -> Result<Roster, Vec<RosterFault>> {
    let working = rows
        .iter()
        .filter(|row| !matches!(row.role, Role::Staff | Role::Administrator));
    Roster::new(working.map(colleague).collect())
}

/// In words, what is wrong with the roster that these rows make; empty if nothing is.
pub(crate) fn roster_faults(rows: &[ColleagueRow]) -> Vec<String> {
    let faults = of(rows).err().unwrap_or_default();
    faults.iter().map(ToString::to_string).collect()
}

impl App {
    /// Everybody who works with Tandem. Members of staff who only see their own data are not among them.
    ///
    /// # Errors
    /// When the database fails, or the accounts contradict one another.
    pub async fn roster(&self) -> Result<Roster, ApiError> {
        let rows = self.store.colleagues().await?;
        of(&rows).map_err(|faults| {
            let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
            ApiError::new(
                axum::http::StatusCode::CONFLICT,
                "roster",
                lines.join("; "),
                "an administrator can mend this under Colleagues",
            )
        })
    }
}

//! Colleagues as the API shows them.

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;
use tandem_store::ColleagueRow;
use utoipa::ToSchema;

use crate::cases::ColleagueSettings;

/// Changes a colleague, or adds one. What is left out of the settings is emptied.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeColleague {
    /// Role, such as `it_analyst`.
    pub role: String,
    /// `it` or `corporate`; only approvers need one, the role of a case worker says theirs.
    #[serde(default)]
    pub department: Option<String>,
    /// May not sign in any more; counts as having left.
    #[serde(default)]
    pub disabled: bool,
    /// Functions, deputies, absences, chat, mail.
    #[serde(default)]
    pub settings: ColleagueSettings,
}

/// Somebody who works with Tandem.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ColleagueView {
    /// Account.
    pub account: String,
    /// Role.
    pub role: String,
    /// `it` or `corporate`; nothing for those who stand beside both.
    pub department: Option<String>,
    /// True if they are away now.
    pub away: bool,
    /// The rest, for who manages colleagues.
    pub managed: Option<Managed>,
}

/// What only those see who manage colleagues.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Managed {
    /// May not sign in.
    pub disabled: bool,
    /// When the account was made.
    pub created: String,
    /// Functions, deputies, absences, chat, mail.
    pub settings: ColleagueSettings,
}

/// Colleagues.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ColleagueList {
    /// By account.
    pub colleagues: Vec<ColleagueView>,
    /// Functions that can be given, for who manages colleagues.
    pub functions: Vec<String>,
}

/// A one-time sign-in link. Whoever has it is signed in as that colleague: it is shown once and kept nowhere.
#[derive(Clone, Serialize, ToSchema)]
pub struct LinkView {
    /// Path on this server, with the secret.
    pub path: String,
    /// When it stops working.
    pub expires: String,
}

impl std::fmt::Debug for LinkView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LinkView(until {})", self.expires)
    }
}

/// A colleague as those see them who manage colleagues, or as all others do.
pub(super) fn colleague(row: &ColleagueRow, manages: bool, now: Timestamp) -> ColleagueView {
    let settings: ColleagueSettings = serde_json::from_str(&row.body).unwrap_or_default();
    let away = settings.absences.iter().any(|(from, until)| {
        let times = (Timestamp::parse_rfc3339(from), Timestamp::parse_rfc3339(until));
        matches!(times, (Some(from), Some(until)) if from <= now && now < until)
    });
    ColleagueView {
        account: row.account.clone(),
        role: row.role.as_str().into(),
        department: row
            .department
            .or_else(|| row.role.department())
            .map(|department| department.as_str().into()),
        away,
        managed: manages.then(|| Managed {
            disabled: row.disabled,
            created: row.created.to_string(),
            settings,
        }),
    }
}

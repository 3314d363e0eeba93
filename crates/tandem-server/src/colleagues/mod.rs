//! Who works with Tandem: the list that people are picked from, what administrators change in it, and one-time links.

mod view;

use tandem_casework::words::Function;
use tandem_domain::{Department, Role, Timestamp};
use tandem_policy::{Action, Colleague, DataClass};
use tandem_store::ColleagueRow;

pub use self::view::{ChangeColleague, ColleagueList, ColleagueView, LinkView, Managed};

use crate::app::App;
use crate::asker::Asker;
use crate::cases::{ColleagueSettings, roster_faults};
use crate::http::error::ApiError;
use crate::http::session::LINK_LIFE;
use crate::service::ServiceError;

/// Most entries of each list that is kept of a colleague.
const ENTRIES: usize = 50;
/// Longest text of such an entry, bytes.
const TEXT: usize = 256;

impl App {
    /// Everybody who works with Tandem: whole for who manages colleagues; for everybody else who may look, whom they can pick
    /// and nothing more than they need to pick them.
    ///
    /// # Errors
    /// Forbidden, or the database fails.
    pub async fn colleague_list(&self, asker: &Asker) -> Result<ColleagueList, ApiError> {
        let context = asker.context();
        asker.may(self, Action::Look, DataClass::Colleagues, &context)?;
        let manages = asker.can(self, Action::Manage, DataClass::Colleagues, &context);
        let now = crate::pipeline::now();
        let rows = self.store.colleagues().await?;
        let shown = rows.iter().filter(|row| manages || can_be_picked(row));
        let functions = Function::ALL.iter().filter(|_| manages);
        Ok(ColleagueList {
            colleagues: shown.map(|row| view::colleague(row, manages, now)).collect(),
            functions: functions.map(|f| f.as_str().to_owned()).collect(),
        })
    }

    /// Changes a colleague, or adds one. Open cases look at their clocks afterwards: duties of who is gone or away go to others.
    ///
    /// # Errors
    /// Forbidden, also for the asker's own account; refused, where role, department, functions or deputies do not go together;
    /// or a store fails.
    pub async fn change_colleague(
        &self,
        asker: &Asker,
        account: &str,
        asked: &ChangeColleague,
    ) -> Result<ColleagueView, ApiError> {
        self.may_manage(asker, account)?;
        let rows = self.store.colleagues().await?;
        // A second spelling must not make a second person.
        let known = rows
            .iter()
            .find(|row| row.account.to_lowercase() == account.to_lowercase());
        let now = crate::pipeline::now();
        let row = row_of(account, asked, known, now)?;
        if known == Some(&row) {
            return Ok(view::colleague(&row, true, now));
        }
        check_settings(&asked.settings)?;
        check_roster(&rows, &row)?;
        // The ledger first: a change that nobody can see must not be there.
        let entry = asker.entry("colleague.change", None, Some(&row.account))?;
        self.store.add_to_ledger(vec![entry]).await?;
        self.store.put_colleague(&row).await?;
        if row.disabled {
            self.store.revoke_sessions_of(&row.account).await?;
        }
        if let Err(error) = self.tick_cases().await {
            // The change stands; the clock's next look finds what is left.
            tracing::warn!(%error, "cases did not look at their clocks after a change of colleagues");
        }
        Ok(view::colleague(&row, true, now))
    }

    /// Makes a one-time sign-in link for a colleague.
    ///
    /// # Errors
    /// Forbidden, also for the asker's own account; unknown or disabled; or a store fails.
    pub async fn colleague_link(&self, asker: &Asker, account: &str) -> Result<LinkView, ApiError> {
        self.may_manage(asker, account)?;
        let row = self.store.colleague(account).await?;
        let row = row.ok_or(ServiceError::Missing("colleague"))?;
        if row.disabled {
            return Err(ApiError::new(
                axum::http::StatusCode::CONFLICT,
                "disabled",
                format!("the account {} is disabled", row.account),
                "allow it to sign in again first",
            ));
        }
        let entry = asker.entry("colleague.link", None, Some(&row.account))?;
        self.store.add_to_ledger(vec![entry]).await?;
        let token = self.sign_in_token(&row).await?;
        Ok(LinkView {
            path: format!("/sign-in?token={token}"),
            expires: crate::pipeline::now().plus_micros(LINK_LIFE).to_string(),
        })
    }

    /// Refuses who may not change that account. That nobody changes their own is for the policies to say.
    fn may_manage(&self, asker: &Asker, account: &str) -> Result<(), ApiError> {
        let context = asker.context().about_colleague(account);
        asker.may(self, Action::Manage, DataClass::Colleagues, &context)
    }
}

/// True for those who can be a member, a deputy or an assignee.
fn can_be_picked(row: &ColleagueRow) -> bool {
    !row.disabled && !matches!(row.role, Role::Staff | Role::Administrator)
}

/// The row that a change makes of what is known.
fn row_of(
    account: &str,
    asked: &ChangeColleague,
    known: Option<&ColleagueRow>,
    now: Timestamp,
) -> Result<ColleagueRow, ApiError> {
    if let Some(known) = known.filter(|known| known.account != account) {
        return Err(ApiError::bad(
            "account",
            format!("the account is written {}", known.account),
            "write it as it stands in the list",
        ));
    }
    let role = Role::parse(&asked.role).ok_or_else(|| {
        let roles: Vec<_> = Role::ALL.iter().map(|role| role.as_str()).collect();
        ApiError::bad(
            "role",
            format!("`{}` is no role", asked.role),
            format!("use one of {}", roles.join(", ")),
        )
    })?;
    let department = match asked.department.as_deref().filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => Some(Department::parse(text).ok_or_else(|| {
            ApiError::bad(
                "department",
                format!("`{text}` is no department"),
                "use it or corporate, or leave it out",
            )
        })?),
    };
    // The role of a case worker says the department; only an approver's account keeps one.
    let department = department.filter(|given| role.department() != Some(*given));
    let subject = known.and_then(|known| known.subject.clone());
    Colleague::new(account, role, department, subject.clone()).map_err(|error| {
        let words = error.to_string();
        let (why, way_out) = words.split_once("; ").unwrap_or((&words, "correct it"));
        ApiError::bad("account", why, way_out)
    })?;
    Ok(ColleagueRow {
        account: account.to_owned(),
        role,
        department,
        subject,
        disabled: asked.disabled,
        created: known.map_or(now, |known| known.created),
        body: serde_json::to_string(&asked.settings)?,
    })
}

/// Refuses settings that nothing can be done with.
fn check_settings(settings: &ColleagueSettings) -> Result<(), ApiError> {
    let bad = |field: &'static str, why: String, way_out: &str| Err(ApiError::bad(field, why, way_out));
    let sizes = [
        settings.functions.len(),
        settings.deputies.len(),
        settings.absences.len(),
        settings.conflicts.len(),
        settings.chat.len(),
    ];
    if sizes.iter().any(|size| *size > ENTRIES) {
        return bad(
            "settings",
            format!("a list has more than {ENTRIES} entries"),
            "remove what is no longer needed",
        );
    }
    let pairs = settings.absences.iter().chain(&settings.chat);
    let texts = pairs.flat_map(|(one, other)| [one, other]);
    let odd = |text: &String| text.len() > TEXT || text.chars().any(char::is_control);
    let mut texts = texts
        .chain(&settings.functions)
        .chain(&settings.deputies)
        .chain(&settings.conflicts)
        .chain(&settings.mail);
    if texts.any(odd) {
        return bad(
            "settings",
            format!("a text is longer than {TEXT} bytes or has characters that do not show"),
            "shorten or correct it",
        );
    }
    if let Some(text) = settings.functions.iter().find(|f| Function::parse(f).is_none()) {
        let known: Vec<_> = Function::ALL.iter().map(|f| f.as_str()).collect();
        return bad(
            "functions",
            format!("`{text}` is no function"),
            &format!("use one of {}", known.join(", ")),
        );
    }
    for (from, until) in &settings.absences {
        let times = (Timestamp::parse_rfc3339(from), Timestamp::parse_rfc3339(until));
        if !matches!(times, (Some(from), Some(until)) if from < until) {
            return bad(
                "absences",
                format!("`{from}` to `{until}` is no time away"),
                "write both as 2026-05-04T00:00:00Z, the later one second",
            );
        }
    }
    let blank = |text: &String| text.trim().is_empty();
    if settings
        .chat
        .iter()
        .any(|(system, id)| blank(system) || blank(id))
    {
        return bad(
            "chat",
            "a chat account lacks its system or its id".to_owned(),
            "fill in both",
        );
    }
    if settings.conflicts.iter().any(blank) {
        return bad(
            "conflicts",
            "a department to keep away from has no name".to_owned(),
            "fill it in or remove it",
        );
    }
    let mail = settings.mail.as_deref();
    if mail.is_some_and(|mail| !mail.contains('@') || mail.contains(char::is_whitespace)) {
        return bad(
            "mail",
            "this is no mail address".to_owned(),
            "write it as name@home.example",
        );
    }
    Ok(())
}

/// Refuses a change that would bring a new contradiction into the roster; one that was there before does not stand in the way
/// of mending another.
fn check_roster(rows: &[ColleagueRow], row: &ColleagueRow) -> Result<(), ApiError> {
    let mut changed: Vec<ColleagueRow> = rows
        .iter()
        .filter(|known| known.account != row.account)
        .cloned()
        .collect();
    changed.push(row.clone());
    let before = roster_faults(rows);
    let new = roster_faults(&changed)
        .into_iter()
        .find(|fault| !before.contains(fault));
    let Some(fault) = new else { return Ok(()) };
    let (why, way_out) = fault.split_once("; ").unwrap_or((&fault, "correct it"));
    Err(ApiError::new(
        axum::http::StatusCode::UNPROCESSABLE_ENTITY,
        "roster",
        why,
        way_out,
    ))
}

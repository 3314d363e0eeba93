//! A calendar of one's own duties, tasks and meetings, for programs that cannot sign in. Its address holds a token of 256 bits; the store
//! keeps the hash. It says that something is due, by case number, and nothing else.

use axum::http::StatusCode;
use tandem_casework::Case;
use tandem_casework::case::meeting::{Meeting as CaseMeeting, MeetingState};
use tandem_connect::export::ical::{self, Duty, Meeting};
use tandem_connect::{Base, GateBreach};
use tandem_domain::Timestamp;
use tandem_domain::time::{MICROS_PER_HOUR, MICROS_PER_SECOND};
use tandem_store::CredentialRow;

use super::CalendarAddress;
use super::waiting::{Waiting, Waits};
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;
use crate::secret;

/// Kind of the credential.
const CALENDAR: &str = "calendar";
/// How long an entry of a calendar lasts; it ends when the thing is due.
const LASTS: i64 = 1_800 * MICROS_PER_SECOND;
/// Longest token that is looked up, bytes.
const LONGEST: usize = 128;

fn unknown() -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "calendar",
        "this calendar's address does not work, or no longer",
        "make a new one in Tandem, on your account's page",
    )
}

impl App {
    /// A meeting as a calendar shows it: what it is about, and where, stays in Tandem.
    pub(crate) fn calendar_entry(&self, case: &Case, meeting: &CaseMeeting) -> Meeting {
        Meeting {
            id: format!("{}.{}", case.id, meeting.id),
            title: format!("{}: a meeting", case.id),
            from: meeting.at.from,
            until: meeting.at.until,
            place: None,
            cancelled: meeting.state == MeetingState::Cancelled,
            link: self.chat.link(&format!("/cases/{}?tab=meetings", case.id)),
            sequence: case.seq,
        }
    }

    /// A calendar file, as Tandem's own address makes its ids.
    ///
    /// # Errors
    /// When a text in it must not leave.
    pub(crate) fn calendar_file(&self, duties: &[Duty], meetings: &[Meeting]) -> Result<String, GateBreach> {
        let base = Base::parse(&self.config.chat.address).ok();
        let host = base.as_ref().map_or("tandem.invalid", Base::host);
        let file = ical::file(duties, meetings, host, crate::pipeline::now(), &*self.chat.gate())?;
        Ok(file.get().as_str().to_owned())
    }
}

/// The line that a calendar shows.
fn line(waiting: &Waiting) -> String {
    match &waiting.case {
        Some(case) => format!("{case}: {}", waiting.what),
        None => waiting.what.clone(),
    }
}

impl App {
    /// The calendars of an account; there is one at most.
    pub(super) async fn own_calendars(&self, account: &str) -> Result<Vec<CredentialRow>, ApiError> {
        let mut rows = self.store.credentials(account).await?;
        rows.retain(|row| row.kind == CALENDAR);
        Ok(rows)
    }

    /// Makes a new address for the asker's calendar; the one of before works no longer. Like every credential, it needs a fresh
    /// proof of who asks.
    ///
    /// # Errors
    /// No fresh proof, or a store fails.
    pub async fn make_calendar(&self, asker: &Asker, proved: Timestamp) -> Result<CalendarAddress, ApiError> {
        self.fresh(proved)?;
        let entry = asker.entry("credential.add", None, Some(CALENDAR))?;
        self.store.add_to_ledger(vec![entry]).await?;
        for old in self.own_calendars(asker.account()).await? {
            self.store.remove_credential(asker.account(), &old.id).await?;
        }
        let (token, hash) = secret::new_token()?;
        self.store
            .put_credential(&CredentialRow {
                id: hash,
                account: asker.account().to_owned(),
                kind: CALENDAR.to_owned(),
                created: crate::pipeline::now(),
                last_used: None,
                body: "{}".to_owned(),
            })
            .await?;
        Ok(CalendarAddress {
            path: format!("/api/v1/calendar/{token}.ics"),
        })
    }

    /// Ends the asker's calendar.
    ///
    /// # Errors
    /// There is none, or a store fails.
    pub async fn end_calendar(&self, asker: &Asker) -> Result<(), ApiError> {
        let rows = self.own_calendars(asker.account()).await?;
        if rows.is_empty() {
            return Err(ApiError::not_found("calendar"));
        }
        let entry = asker.entry("credential.remove", None, Some(CALENDAR))?;
        self.store.add_to_ledger(vec![entry]).await?;
        for row in rows {
            self.store.remove_credential(asker.account(), &row.id).await?;
        }
        Ok(())
    }

    /// The calendar at an address: what is due for whoever made it. As entries of a calendar, or as to-dos for programs that
    /// show those.
    ///
    /// # Errors
    /// The address is none, or whoever made it works here no longer; or a store fails.
    pub async fn calendar_feed(&self, token: &str, todos: bool) -> Result<String, ApiError> {
        let token = token.strip_suffix(".ics").unwrap_or(token);
        if token.is_empty() || token.len() > LONGEST {
            return Err(unknown());
        }
        let found = self.store.credential(&secret::token_hash(token)).await?;
        let credential = found.filter(|row| row.kind == CALENDAR).ok_or_else(unknown)?;
        let owner = self.store.colleague(&credential.account).await?;
        let owner = owner.filter(|row| !row.disabled).ok_or_else(unknown)?;
        let now = crate::pipeline::now();
        if credential
            .last_used
            .is_none_or(|at| now.0 - at.0 > MICROS_PER_HOUR)
        {
            self.store
                .use_credential(&credential, &credential.body, now)
                .await?;
        }
        let cases = self.open_cases().await?;
        let waiting = self.waiting_for(&owner, &cases).await?;
        let (mut duties, mut meetings) = (Vec::new(), Vec::new());
        for case in cases.iter().filter(|_| !todos) {
            let asked = case
                .meetings
                .values()
                .filter(|meeting| meeting.awaits(&owner.account));
            meetings.extend(asked.map(|meeting| self.calendar_entry(case, meeting)));
        }
        for one in waiting.iter().filter(|one| one.kind != Waits::Meeting) {
            let Some(due) = one.due else { continue };
            let link = self.chat.link(&one.path);
            if todos {
                duties.push(Duty {
                    id: one.id.clone(),
                    title: line(one),
                    due,
                    done: None,
                    link,
                    sequence: one.sequence,
                });
            } else {
                meetings.push(Meeting {
                    id: one.id.clone(),
                    title: line(one),
                    from: due.plus_micros(-LASTS),
                    until: due,
                    place: None,
                    cancelled: false,
                    link,
                    sequence: one.sequence,
                });
            }
        }
        if !self.chat.gate().knows() {
            self.learn_names().await?;
        }
        self.calendar_file(&duties, &meetings)
            .map_err(|breach| ApiError::internal(&breach))
    }
}

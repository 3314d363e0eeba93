//! What reminds colleagues of their work outside of Tandem: a calendar to subscribe to, and a mail a day. Both are asked for by
//! whoever wants them, and say no more than that something waits and where.

mod calendar;
mod digest;
mod waiting;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;
use utoipa::ToSchema;

use crate::app::App;
use crate::asker::Asker;
use crate::cases::ColleagueSettings;
use crate::chat::Kind;
use crate::http::error::ApiError;

/// The calendar's address, of which only a hash is kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CalendarView {
    /// When it was made, RFC 3339.
    pub made: String,
    /// When a calendar last asked for it, to the hour, RFC 3339.
    pub last_used: Option<String>,
}

/// What reminds the asker.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RemindersView {
    /// The calendar that can be subscribed to; null if there is none.
    pub calendar: Option<CalendarView>,
    /// Hour of the day from which on the mail is sent, 0 to 23; null for no mail.
    pub digest_hour: Option<u8>,
    /// Zone of that hour.
    pub time_zone: String,
    /// Why there can be no mail; null if there can.
    pub digest_off: Option<String>,
}

/// A new calendar's address. It is shown once.
#[derive(Clone, Serialize, ToSchema)]
pub struct CalendarAddress {
    /// Path below Tandem's address; whoever knows it reads the calendar.
    pub path: String,
}

impl std::fmt::Debug for CalendarAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CalendarAddress(…)")
    }
}

/// When the daily mail is wanted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetDigest {
    /// Hour of the day, 0 to 23; null for no mail.
    pub hour: Option<u8>,
}

/// A time where the organisation is: `2026-05-04 at 10:00 (CEST)`; nothing for a time that no calendar holds.
pub(crate) fn when(at: Timestamp, zone: &str) -> Option<String> {
    let at = jiff::Timestamp::from_microsecond(at.0).ok()?;
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    Some(at.to_zoned(zone).strftime("%Y-%m-%d at %H:%M (%Z)").to_string())
}

impl App {
    /// What reminds the asker.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reminders(&self, asker: &Asker) -> Result<RemindersView, ApiError> {
        let calendar = self.own_calendars(asker.account()).await?.pop();
        Ok(RemindersView {
            calendar: calendar.map(|row| CalendarView {
                made: row.created.to_string(),
                last_used: row.last_used.map(|at| at.to_string()),
            }),
            digest_hour: self.digest_hour(asker.account()).await?,
            time_zone: self.config.home.time_zone.clone(),
            digest_off: self.digest_off(asker.account()).await?,
        })
    }

    /// Why there can be no daily mail for an account.
    async fn digest_off(&self, account: &str) -> Result<Option<String>, ApiError> {
        let mail = |one: &crate::chat::Connected| one.settings.kind == Kind::Mail;
        if !self.chat.connected().iter().any(mail) {
            return Ok(Some("no mail connector is set up".to_owned()));
        }
        let row = self.store.colleague(account).await?;
        let settings: ColleagueSettings = row
            .and_then(|row| serde_json::from_str(&row.body).ok())
            .unwrap_or_default();
        Ok(settings
            .mail
            .is_none()
            .then(|| "your account has no mail address; an administrator can enter it".to_owned()))
    }
}

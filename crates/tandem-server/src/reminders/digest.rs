//! One mail a day with what waits, for who asked for it. It goes through the outbox; the day's mark is kept in the same
//! transaction, and the message's key holds the day, so that there is one mail a day whatever is restarted.

use std::collections::BTreeMap;

use tandem_casework::Case;
use tandem_connect::{Job, Key, Notice, NoticeKind};
use tandem_domain::Timestamp;
use tandem_store::{ColleagueRow, OutboxRow, Step};

use super::waiting::{Waiting, Waits};
use super::{RemindersView, SetDigest, when};
use crate::app::App;
use crate::asker::Asker;
use crate::cases::ColleagueSettings;
use crate::chat::{Connected, Kind, message};
use crate::http::error::ApiError;
use crate::pipeline::clock::LocalClock;
use crate::secret;

/// Settings with the hour that somebody asked for; their account follows.
const HOUR: &str = "digest.hour.";
/// Settings with the day of somebody's last mail; their account follows.
const LAST: &str = "digest.last.";
/// Most things of one mail.
const MOST: usize = 200;

/// The mail's subject.
fn title(many: usize) -> String {
    match many {
        1 => "Tandem: one thing waits for you".to_owned(),
        many => format!("Tandem: {many} things wait for you"),
    }
}

/// When something is due or takes place, where the organisation is.
fn due_words(one: &Waiting, zone: &str) -> Option<String> {
    let when = when(one.due?, zone)?;
    Some(match one.kind {
        Waits::Meeting => format!("On {when}."),
        _ => format!("Due on {when}."),
    })
}

const fn kind(waits: Waits) -> NoticeKind {
    match waits {
        Waits::Duty | Waits::Task => NoticeKind::DutyDue,
        Waits::Meeting => NoticeKind::Meeting,
        Waits::Decision => NoticeKind::Decision,
        Waits::Approval => NoticeKind::ApprovalAsked,
    }
}

impl App {
    /// The hour that an account asked for.
    pub(super) async fn digest_hour(&self, account: &str) -> Result<Option<u8>, ApiError> {
        let hour = self.store.setting(&format!("{HOUR}{account}")).await?;
        Ok(hour.and_then(|text| text.parse().ok()))
    }

    /// The day and hour where the organisation is.
    fn local(&self, now: Timestamp) -> (String, u8) {
        let there = LocalClock::new(&self.config.home.time_zone).local("", now);
        (there.day.to_string(), there.hour())
    }

    /// Sets when the asker's daily mail comes, or that none comes. An hour that has passed today counts from tomorrow on.
    ///
    /// # Errors
    /// There can be no mail, that is no hour, or a store fails.
    pub async fn set_digest(&self, asker: &Asker, asked: &SetDigest) -> Result<RemindersView, ApiError> {
        let account = asker.account();
        let mut step = Step::default();
        if let Some(hour) = asked.hour {
            if hour > 23 {
                return Err(ApiError::bad(
                    "hour",
                    format!("{hour} is no hour"),
                    "give 0 to 23",
                ));
            }
            if let Some(why) = self.digest_off(account).await? {
                return Err(ApiError::bad(
                    "digest",
                    why,
                    "the mail can be asked for after that",
                ));
            }
            let (today, now) = self.local(crate::pipeline::now());
            if now >= hour {
                step.settings.push((format!("{LAST}{account}"), today));
            }
        }
        let hour = asked.hour.map(|hour| hour.to_string()).unwrap_or_default();
        step.settings.push((format!("{HOUR}{account}"), hour));
        step.ledger
            .push(asker.entry("account.digest", None, Some("daily mail"))?);
        self.store.take_step(step).await?;
        self.reminders(asker).await
    }

    /// Puts the mails that are due at `now` into the outbox; gives back how many. Who has nothing waiting gets none that day.
    ///
    /// # Errors
    /// When a store fails; what was put in stays, and the rest comes at the next try.
    pub async fn post_digests(&self, now: Timestamp) -> Result<usize, ApiError> {
        let mut connected = self.chat.connected().iter();
        let Some(one) = connected.find(|one| one.settings.kind == Kind::Mail) else {
            return Ok(0);
        };
        let (today, hour) = self.local(now);
        let last: BTreeMap<String, String> = self.store.settings_under(LAST).await?.into_iter().collect();
        let mut cases: Option<Vec<Case>> = None;
        let mut posted = 0;
        for (account, wanted) in self.store.settings_under(HOUR).await? {
            let due = wanted.parse::<u8>().is_ok_and(|wanted| wanted <= hour);
            if !due || last.get(&account) == Some(&today) {
                continue;
            }
            let row = self.store.colleague(&account).await?;
            let Some(row) = row.filter(|row| !row.disabled) else {
                continue;
            };
            let settings: ColleagueSettings = serde_json::from_str(&row.body).unwrap_or_default();
            let Some(mail) = settings.mail else { continue };
            let open = match cases.take() {
                Some(open) => open,
                None => self.open_cases().await?,
            };
            let waiting = self.waiting_for(&row, &open).await?;
            cases = Some(open);
            let mut step = Step {
                settings: vec![(format!("{LAST}{account}"), today.clone())],
                ..Step::default()
            };
            if !waiting.is_empty() {
                step.outbox
                    .push(self.digest_row(one, (&row, mail), &waiting, &today)?);
                posted += 1;
            }
            self.store.take_step(step).await?;
        }
        if posted > 0 {
            self.chat.wake();
        }
        Ok(posted)
    }

    /// A mail with what waits.
    fn digest_row(
        &self,
        one: &Connected,
        (row, mail): (&ColleagueRow, String),
        waiting: &[Waiting],
        today: &str,
    ) -> Result<OutboxRow, ApiError> {
        let now = crate::pipeline::now();
        let account: String = secret::token_hash(&row.account).chars().take(32).collect();
        let key = format!("digest.{account}.{today}");
        let notice = |(place, one): (usize, &Waiting)| Notice {
            kind: kind(one.kind),
            case: one.case.clone(),
            subjects: Vec::new(),
            level: None,
            title: one.what.clone(),
            sentences: due_words(one, &self.config.home.time_zone).into_iter().collect(),
            buttons: Vec::new(),
            link: self.chat.link(&one.path),
            thread: one.id.clone(),
            key: Key(format!("{key}.{place}")),
            at: now,
        };
        let job = Job::Digest {
            to: vec![mail],
            title: title(waiting.len()),
            notices: waiting.iter().take(MOST).enumerate().map(notice).collect(),
        };
        message(one, &key, key.clone(), job, now)
    }
}

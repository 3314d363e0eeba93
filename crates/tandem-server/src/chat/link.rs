//! Which chat account is whose: a colleague who is signed in gets a code, and sends it from the account that is theirs.

use serde::{Deserialize, Serialize};
use tandem_connect::inbound::Inbound;
use tandem_domain::Timestamp;
use tandem_store::{ColleagueRow, WorkFilter, WorkKind};
use utoipa::ToSchema;

use super::Connected;
use super::notices::{lane, waiting};
use crate::app::App;
use crate::asker::Asker;
use crate::cases::ColleagueSettings;
use crate::http::error::ApiError;
use crate::ledger::{About, entry};
use crate::secret;

/// How long a code works, microseconds.
const LIFE: i64 = 10 * 60 * 1_000_000;
/// Crockford's base 32: no letter is taken for a digit.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code: 60 bits, which nobody guesses in ten minutes.
const LENGTH: usize = 12;
/// Most open cases into whose rooms a newly linked account is let at once.
const ROOMS: usize = 200;

/// A code that links a chat account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChatCode {
    /// The code; it works once.
    pub code: String,
    /// What to send in the chat.
    pub command: String,
    /// Until when it works.
    pub expires: String,
}

/// What is kept under a code's hash.
#[derive(Debug, Serialize, Deserialize)]
struct Linking {
    account: String,
}

fn ceremony(code: &str) -> String {
    secret::token_hash(&format!("chat-code:{}", code.to_ascii_uppercase()))
}

fn settings(row: &ColleagueRow) -> ColleagueSettings {
    serde_json::from_str(&row.body).unwrap_or_default()
}

impl App {
    /// A code for the asker: whoever sends it from a chat account within ten minutes makes that account the asker's.
    ///
    /// # Errors
    /// When the database or randomness fails.
    pub async fn chat_code(&self, asker: &Asker) -> Result<ChatCode, ApiError> {
        let letter = |byte: &u8| LETTERS.get(usize::from(byte % 32)).copied().map(char::from);
        let code: String = secret::random()?.iter().filter_map(letter).take(LENGTH).collect();
        let expires = crate::pipeline::now().plus_micros(LIFE);
        let body = serde_json::to_string(&Linking {
            account: asker.account().to_owned(),
        })?;
        self.store.put_ceremony(&ceremony(&code), expires, &body).await?;
        Ok(ChatCode {
            command: format!("{} link {code}", self.chat.command()),
            code,
            expires: expires.to_string(),
        })
    }

    /// The colleague who linked the chat account that said something, and may still work.
    pub(super) async fn linked(
        &self,
        one: &Connected,
        what: &Inbound,
    ) -> Result<Option<ColleagueRow>, ApiError> {
        if one.is_foreign(what) {
            return Ok(None);
        }
        let mut rows = self.store.colleagues().await?.into_iter();
        Ok(rows.find(|row| {
            let linked = |(known, id): &(String, String)| *known == one.settings.name && *id == what.user;
            !row.disabled && settings(row).chat.iter().any(linked)
        }))
    }

    /// Makes a chat account the one of whoever got the code. False if the code is none, used or over.
    pub(super) async fn link_account(
        &self,
        one: &Connected,
        user: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<bool, ApiError> {
        let Some(body) = self.store.take_ceremony(&ceremony(code), now).await? else {
            return Ok(false);
        };
        let Linking { account } = serde_json::from_str(&body)?;
        let name = &one.settings.name;
        let pair = (name.clone(), user.to_owned());
        for mut row in self.store.colleagues().await? {
            let mut changed = settings(&row);
            let before = changed.chat.clone();
            // A chat account belongs to one colleague: the newest code counts.
            changed.chat.retain(|known| *known != pair);
            if row.account == account && !row.disabled {
                changed.chat.push(pair.clone());
            }
            if changed.chat != before {
                row.body = serde_json::to_string(&changed)?;
                self.store.put_colleague(&row).await?;
            }
        }
        let about = About {
            object: Some(name),
            ..About::default()
        };
        let row = entry(&account, "system", "account.link_chat", &about)?;
        self.store.add_to_ledger(vec![row]).await?;
        self.let_into_rooms(one, &account, user).await?;
        Ok(true)
    }

    /// Lets a newly linked account into the rooms of the open cases that its owner works on.
    async fn let_into_rooms(&self, one: &Connected, account: &str, user: &str) -> Result<(), ApiError> {
        if !one.settings.makes_rooms() {
            return Ok(());
        }
        let filter = WorkFilter {
            link: Some(("member".to_owned(), account.to_owned())),
            limit: ROOMS,
            ..crate::cases::going_on()
        };
        let now = crate::pipeline::now();
        for found in self.store.work(WorkKind::Case, &filter).await? {
            let known = self.case(&tandem_domain::CaseId(found.id)).await?;
            let lane = lane(&known.case, &known.facts);
            if lane != known.case.id.as_str() {
                continue;
            }
            let key = format!("{lane}.link.{}", short(user));
            let job = tandem_connect::Job::Invite {
                members: vec![user.to_owned()],
            };
            self.store.add_outbox(waiting(one, &lane, key, job, now)?).await?;
        }
        Ok(())
    }
}

/// A far side's id as keys can hold it.
pub(super) fn short(id: &str) -> String {
    secret::token_hash(id).chars().take(32).collect()
}

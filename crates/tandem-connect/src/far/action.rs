//! Actions: what a playbook asks another system to do. Tandem sends a request signed as Standard Webhooks says, under a key that
//! stays the same in every attempt, and believes an answer only with the same signature.
//!
//! What waits in the outbox holds a pseudonym. The accounts that an action needs are looked up at the moment it leaves, by a
//! [`Clerk`] who also says whether it is still wanted.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tandem_domain::{CaseId, SubjectId, Timestamp};

use super::{Context, Receipt, unfit};
use crate::gate::{Gate, Screened};
use crate::inbound::ReplayCache;
use crate::job::Job;
use crate::net::{Answer, Base, Body, Call, Http, SendError};
use crate::notice::Key;
use crate::secret::Secret;
use crate::standard::{self, Headers, SigningKey, Stamp, id_of};
use crate::text;

const FAR: &str = "action";
/// Header with what makes it one action (IETF draft "The Idempotency-Key HTTP Header Field"); the same as `webhook-id`.
pub const IDEMPOTENCY: &str = "idempotency-key";
/// Largest request, bytes.
pub const MAX_BODY: usize = 64 * 1024;
/// Largest answer that is read, bytes.
pub const MAX_ANSWER: usize = 64 * 1024;
/// Longest words of a far side that are kept, characters.
const MAX_WORDS: usize = 1_000;
/// Most values that an action gives back.
const MAX_OUTPUTS: usize = 32;
/// Longest name of one, bytes.
const MAX_NAME: usize = 64;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// To say what would be done, and do nothing.
    DryRun,
    /// To do it.
    Do,
    /// To take back what was done.
    Undo,
    /// To say that it is there; nothing else.
    Test,
}

impl Phase {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DryRun => "dry_run",
            Self::Do => "do",
            Self::Undo => "undo",
            Self::Test => "test",
        }
    }
}

/// What an undo takes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Undoes {
    /// The action that was done.
    pub action: String,
    /// The key it was done under.
    pub key: Key,
}

/// One action, as it waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// What is asked for.
    pub phase: Phase,
    /// Name of the action.
    pub action: String,
    /// With what.
    pub parameters: BTreeMap<String, Value>,
    /// The case.
    pub case: Option<CaseId>,
    /// The run of the playbook.
    pub run: String,
    /// Its step.
    pub step: String,
    /// Whom it is about, by pseudonym.
    pub subject: Option<SubjectId>,
    /// What it takes back.
    pub undoes: Option<Undoes>,
    /// It needs the subject's accounts.
    pub accounts: bool,
}

/// What a far side said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// It went well.
    pub ok: bool,
    /// Its words: one line, bounded, without names.
    #[serde(default)]
    pub text: String,
    /// What it gave back, by name: truths, whole numbers and texts.
    #[serde(default)]
    pub outputs: BTreeMap<String, Value>,
}

/// An action may leave, with these accounts.
#[derive(Debug, Default)]
pub struct Released {
    /// Accounts of the subject; none if the action needs none.
    pub accounts: Vec<Secret>,
}

/// An action may not leave: why, in words that name nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withheld {
    /// Nor will it by itself.
    Refused(String),
    /// It could not be found out; later it may.
    Later(String),
}

/// The answer of a clerk.
pub type Releasing<'a> = Pin<Box<dyn Future<Output = Result<Released, Withheld>> + Send + 'a>>;

/// Says at the moment an action leaves whether it is still wanted and agreed to, and whose accounts it may name.
pub trait Clerk: fmt::Debug + Send + Sync {
    /// Lets `act` go or says why not.
    fn release<'a>(&'a self, act: &'a Act, key: &'a Key, now: Timestamp) -> Releasing<'a>;
}

/// One system that carries out actions.
#[derive(Debug)]
pub struct ActionFar {
    http: Http,
    address: Base,
    key: SigningKey,
    clerk: Arc<dyn Clerk>,
}

impl ActionFar {
    /// `key` is shared with the far side.
    pub fn new(http: &Http, address: Base, key: SigningKey, clerk: Arc<dyn Clerk>) -> Self {
        let total = http.limits().total;
        Self {
            http: http.patient(total, MAX_ANSWER),
            address,
            key,
            clerk,
        }
    }

    pub(crate) async fn deliver(&self, job: &Job, context: &Context<'_>) -> Result<Receipt, SendError> {
        let Job::Act { act } = job else {
            return Err(unfit(FAR, job));
        };
        let id = id_of(context.key);
        let body = Screened::new(body(act, &id, context), context.gate)?;
        let released = self.clerk.release(act, context.key, context.now).await;
        let released = released.map_err(|withheld| match withheld {
            Withheld::Refused(why) => SendError::refused(FAR, why),
            Withheld::Later(why) => SendError::Busy {
                far: FAR,
                why,
                after: None,
            },
        })?;
        let bytes = named(body.into_inner(), &released.accounts);
        if bytes.len() > MAX_BODY {
            return Err(SendError::refused(
                FAR,
                format!("{} bytes, at most {MAX_BODY} go out", bytes.len()),
            ));
        }
        let answer = self.send(&id, &bytes, context.now).await?;
        let told = self.read(&answer, &id, context)?;
        Ok(Receipt {
            message: Some(id),
            answer: Some(kept(told, &released.accounts, context.gate)),
            ..Receipt::default()
        })
    }

    async fn send(&self, id: &str, body: &[u8], now: Timestamp) -> Result<Answer, SendError> {
        let stamp = Stamp::new(&self.key, id, now, body);
        let [name, time, signature] = stamp.headers();
        let call = Call {
            method: Method::POST,
            base: &self.address,
            path: &[],
            query: &[],
            bearer: None,
            headers: &[name, time, signature, (IDEMPOTENCY, id)],
            body: Body::Raw(body, "application/json"),
        };
        let answer = self.http.send(FAR, &call).await?;
        if answer.status == 202 {
            return Err(SendError::Busy {
                far: FAR,
                why: "it took the action and is not done yet; it is asked again".to_owned(),
                after: answer.after,
            });
        }
        answer.success(|_| None)
    }

    /// The answer, if the far side signed it for this very request.
    fn read(&self, answer: &Answer, id: &str, context: &Context<'_>) -> Result<Told, SendError> {
        let headers = Headers {
            id: answer.header(standard::ID),
            timestamp: answer.header(standard::TIMESTAMP),
            signature: answer.header(standard::SIGNATURE),
        };
        // The id is in the signature, so an answer to another request does not fit; the same answer again is the same answer.
        let mut fresh = ReplayCache::new(1);
        let proven = standard::verify(&self.key, headers, &answer.body, context.now, &mut fresh);
        if headers.id != id || proven.is_err() {
            return Err(SendError::garbled(
                FAR,
                "its answer is not signed for this request with the key that both share",
            ));
        }
        serde_json::from_slice(&answer.body)
            .map_err(|_| SendError::garbled(FAR, "its answer is not what docs/connectors.md says"))
    }
}

/// What is sent, without accounts. The same in every attempt.
fn body(act: &Act, id: &str, context: &Context<'_>) -> Value {
    let undoes = act.undoes.as_ref();
    json!({
        "type": format!("action.{}", act.phase.as_str()),
        "timestamp": context.since.to_string(),
        "data": {
            "id": id, "phase": act.phase, "action": act.action, "parameters": act.parameters,
            "case": act.case, "run": act.run, "step": act.step, "subject": act.subject,
            "undoes": undoes.map(|undoes| json!({ "action": undoes.action, "id": id_of(&undoes.key) })),
        },
    })
}

/// The bytes of a body, with the accounts in it.
fn named(mut body: Value, accounts: &[Secret]) -> Vec<u8> {
    if let Some(data) = body.get_mut("data").and_then(Value::as_object_mut)
        && !accounts.is_empty()
    {
        let accounts = accounts.iter().map(|one| Value::from(one.expose())).collect();
        data.insert("accounts".to_owned(), Value::Array(accounts));
    }
    body.to_string().into_bytes()
}

/// What a far side said as it is kept: bounded, inert, and without the names it was given or knows itself.
fn kept(told: Told, accounts: &[Secret], gate: &dyn Gate) -> Told {
    let clean = |text: &str| {
        let mut text = text::clip(&text::plain(text), MAX_WORDS);
        for account in accounts {
            text = text.replace(account.expose(), "(account)");
        }
        let low = text.to_lowercase();
        let named = |one: &Secret| one.expose().len() > 2 && low.contains(&one.expose().to_lowercase());
        if accounts.iter().any(named) {
            return "(words withheld: they name the account)".to_owned();
        }
        gate.redacted(&text)
    };
    let outputs = told.outputs.into_iter().filter_map(|(name, value)| {
        let value = match value {
            Value::String(text) => Value::String(clean(&text)),
            Value::Bool(_) => value,
            Value::Number(number) if number.is_i64() => Value::Number(number),
            _ => return None,
        };
        (name.len() <= MAX_NAME && clean(&name) == name).then_some((name, value))
    });
    Told {
        ok: told.ok,
        text: clean(&told.text),
        outputs: outputs.take(MAX_OUTPUTS).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::GateBreach;

    struct NoAnna;
    impl Gate for NoAnna {
        fn check(&self, text: &str) -> Result<(), GateBreach> {
            let rule = "a name from the directory".to_owned();
            if text.contains("Anna") {
                Err(GateBreach { rule })
            } else {
                Ok(())
            }
        }
    }

    fn words(text: &str) -> String {
        let told = Told {
            ok: true,
            text: text.to_owned(),
            outputs: BTreeMap::new(),
        };
        kept(told, &[Secret::new("anna.berg")], &NoAnna).text
    }

    #[test]
    fn what_a_far_side_says_is_kept_without_the_account_it_was_given() {
        assert_eq!(words("limited anna.berg\n\u{202e}now"), "limited (account) now");
        assert!(words("limited ANNA.BERG").contains("withheld"));
        assert!(words("limited Anna").contains("withheld"));
        assert_eq!(words(&"x".repeat(5_000)).chars().count(), MAX_WORDS);
    }

    #[test]
    fn outputs_are_plain_values_under_plain_names() {
        let outputs =
            json!({"n": 3, "t": "by anna.berg", "b": true, "deep": {"x": 1}, "f": 1.5, "anna.berg": 1});
        let told = Told {
            outputs: serde_json::from_value(outputs).unwrap(),
            ..Told::default()
        };
        let found = kept(told, &[Secret::new("anna.berg")], &NoAnna).outputs;
        assert_eq!(
            serde_json::to_value(found).unwrap(),
            json!({"b": true, "n": 3, "t": "by (account)"})
        );
    }
}

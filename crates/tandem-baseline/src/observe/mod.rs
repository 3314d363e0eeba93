//! From an event's core view to at most one observation. Nothing here looks at who the account belongs to.

mod classify;
mod names;
mod objects;
mod observation;

use serde::{Deserialize, Serialize};
use tandem_domain::{Attr, ClassUid, EventRef, LocalTime, Timestamp};

pub use observation::{Object, Observation, Observed};

/// What counts as inside the company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HomeContext {
    /// Domains of the company's mail addresses, subdomains included.
    pub mail_domains: Vec<String>,
    /// Host names and domains that are inside, subdomains included. Names without a dot and private addresses always are.
    pub internal_hosts: Vec<String>,
    /// Words in a data label that make it confidential, lower case.
    pub confidential_words: Vec<String>,
    /// From how many bytes on a request body is an upload.
    pub web_upload_bytes: u64,
}

impl Default for HomeContext {
    fn default() -> Self {
        let words = [
            "confidential",
            "secret",
            "restricted",
            "sensitive",
            "vertraulich",
            "geheim",
        ];
        Self {
            mail_domains: Vec::new(),
            internal_hosts: Vec::new(),
            confidential_words: words.map(str::to_owned).to_vec(),
            web_upload_bytes: 64 << 10,
        }
    }
}

/// The act an event tells of, if it tells of one that baselines count and names an account.
///
/// `local` gives the time at the account's place of work.
pub fn observe<'a>(
    event: &EventRef<'a>,
    home: &HomeContext,
    local: impl Fn(Timestamp) -> LocalTime,
) -> Option<Observed<'a>> {
    let action = classify::action(event, home)?;
    let account = account(event)?;
    let local = local(event.head().time);
    let label = event.attr(Attr::DataLabel);
    let observation = Observation {
        action,
        hour: local.hour().min(23),
        minute: (local.minute % 60) as u8,
        // Clocks of all zones are whole minutes apart.
        micros: event.head().time.0.rem_euclid(60_000_000) as u32,
        bytes: classify::bytes(event, action),
        items: classify::items(event),
        confidential: label.is_some_and(|label| names::is_confidential(label, home)),
        denied: classify::denied(event, action),
        objects: objects::objects(event, action, home),
        file: objects::file(event),
        record: objects::record(event, action),
    };
    Some(Observed {
        account,
        day: local.day,
        observation,
    })
}

/// Whose act it is: of a logon the account that logged on, of anything else the actor.
fn account<'a>(event: &EventRef<'a>) -> Option<&'a str> {
    let actor = event.attr(Attr::ActorUser);
    match event.head().class {
        ClassUid::Authentication | ClassUid::AuthorizeSession => event.attr(Attr::TargetUser).or(actor),
        ClassUid::EmailActivity => actor.or_else(|| event.attr(Attr::EmailFrom)),
        _ => actor,
    }
}

#[cfg(test)]
mod tests;

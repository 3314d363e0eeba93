//! What a case has to do with: subjects (several, for collusion), alerts, assets, other cases.

use serde::{Deserialize, Serialize};
use tandem_domain::{AlertId, CaseId, SubjectId, Timestamp};

use super::decide::Draft;
use super::life::WHILE_UNDECIDED;
use super::people::bar;
use super::{Case, Stamp};
use crate::refused::Refused;
use crate::text::{Reason, Title};
use crate::words::CaseState;

/// Most things of one kind linked to a case.
const LINKS_MOST: usize = 1_000;
/// Most detectors of one alert.
const DETECTORS_MOST: usize = 200;
/// Longest name of a detector or pseudonym, bytes.
const NAME_MOST: usize = 200;

/// What a case keeps of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertRef {
    /// Which alert.
    pub id: AlertId,
    /// Whom it is about.
    pub subject: SubjectId,
    /// When it was raised.
    pub raised: Timestamp,
    /// The detectors (`rule:…`, `behaviour`) whose indicators raised it; verdicts go back to them.
    pub detectors: Vec<String>,
}

impl AlertRef {
    pub(crate) fn check(&self) -> Result<(), Refused> {
        if self.detectors.len() > DETECTORS_MOST {
            return Err(Refused::TooMany {
                what: "detectors of an alert",
                most: DETECTORS_MOST,
            });
        }
        self.detectors.iter().try_for_each(|name| check_name(name))?;
        check_name(self.subject.as_str())
    }
}

fn check_name(name: &str) -> Result<(), Refused> {
    if name.is_empty() || name.len() > NAME_MOST || name.chars().any(char::is_control) {
        Err(Refused::BadName { most: NAME_MOST })
    } else {
        Ok(())
    }
}

/// One thing a case has to do with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// Whom it is about.
    Subject(SubjectId),
    /// What it rests on.
    Alert(AlertRef),
    /// A system, file or share.
    Asset(Title),
    /// Another case.
    Case(CaseId),
}

/// What changes the links of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
pub enum LinkFact {
    /// Something has to do with the case.
    Linked {
        /// What.
        link: Link,
        /// Why.
        reason: Reason,
    },
    /// It has not, after all.
    Unlinked {
        /// What.
        link: Link,
        /// Why.
        reason: Reason,
    },
}

/// What somebody wants to link or unlink.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum LinkCommand {
    /// Link it.
    Link {
        /// What.
        link: Link,
        /// Why.
        reason: Reason,
    },
    /// Take the link away; who was a subject stays barred from working on the case.
    Unlink {
        /// What.
        link: Link,
        /// Why.
        reason: Reason,
    },
}

impl LinkFact {
    pub(super) fn fold(&self, case: &mut Case, _: &Stamp<'_>) {
        match self {
            Self::Linked { link, .. } => match link {
                Link::Subject(subject) => {
                    case.subjects.insert(subject.clone());
                    case.ever_subjects.insert(subject.clone());
                }
                Link::Alert(alert) => {
                    case.alerts.insert(alert.id, alert.clone());
                }
                Link::Asset(asset) => {
                    case.assets.insert(asset.clone());
                }
                Link::Case(other) => {
                    case.cases.insert(other.clone());
                }
            },
            Self::Unlinked { link, .. } => match link {
                Link::Subject(subject) => {
                    case.subjects.remove(subject);
                }
                Link::Alert(alert) => {
                    case.alerts.remove(&alert.id);
                }
                Link::Asset(asset) => {
                    case.assets.remove(asset);
                }
                Link::Case(other) => {
                    case.cases.remove(other);
                }
            },
        }
    }

    pub(super) fn sentence(&self) -> String {
        match self {
            Self::Linked { link, reason } => format!("linked {}: {reason}", words(link)),
            Self::Unlinked { link, reason } => format!("took away the link to {}: {reason}", words(link)),
        }
    }
}

fn words(link: &Link) -> String {
    match link {
        Link::Subject(subject) => format!("subject {subject}"),
        Link::Alert(alert) => format!("alert {} about {}", alert.id, alert.subject),
        Link::Asset(asset) => format!("asset {asset}"),
        Link::Case(case) => format!("case {case}"),
    }
}

pub(super) fn decide(draft: &mut Draft<'_>, command: LinkCommand) -> Result<(), Refused> {
    let (LinkCommand::Link { link, .. } | LinkCommand::Unlink { link, .. }) = &command;
    // What was voted on is about these subjects and alerts.
    let settled = matches!(draft.case.state, CaseState::Decided | CaseState::Closed);
    if settled && matches!(link, Link::Subject(_) | Link::Alert(_)) {
        return Err(Refused::WrongState {
            state: draft.case.state,
            allowed: WHILE_UNDECIDED,
        });
    }
    match command {
        LinkCommand::Link { link, reason } => {
            if is_linked(&draft.case, &link) {
                return Err(Refused::NothingToChange);
            }
            link_one(draft, link, &reason)
        }
        LinkCommand::Unlink { link, reason } => {
            if !is_linked(&draft.case, &link) {
                return Err(Refused::Missing { what: "link" });
            }
            let held = matches!(&link, Link::Subject(s) if has_alert_of(&draft.case, s));
            if held {
                return Err(Refused::AlertsHoldSubject);
            }
            // The fact names the alert as it was linked, whatever the command says about it.
            let link = match link {
                Link::Alert(alert) => Link::Alert(draft.case.alerts.get(&alert.id).cloned().unwrap_or(alert)),
                other => other,
            };
            draft.push(LinkFact::Unlinked { link, reason });
            Ok(())
        }
    }
}

fn has_alert_of(case: &Case, subject: &SubjectId) -> bool {
    case.alerts.values().any(|a| a.subject == *subject)
}

fn is_linked(case: &Case, link: &Link) -> bool {
    match link {
        Link::Subject(subject) => case.subjects.contains(subject),
        Link::Alert(alert) => case.alerts.contains_key(&alert.id),
        Link::Asset(asset) => case.assets.contains(asset),
        Link::Case(other) => case.cases.contains(other),
    }
}

fn link_one(draft: &mut Draft<'_>, link: Link, reason: &Reason) -> Result<(), Refused> {
    let case = &draft.case;
    let (held, what) = match &link {
        Link::Subject(_) => (case.subjects.len(), "subjects"),
        Link::Alert(_) => (case.alerts.len(), "alerts"),
        Link::Asset(_) => (case.assets.len(), "assets"),
        Link::Case(_) => (case.cases.len(), "linked cases"),
    };
    if held >= LINKS_MOST {
        return Err(Refused::TooMany {
            what,
            most: LINKS_MOST,
        });
    }
    let mut subject = None;
    match &link {
        Link::Subject(found) => {
            check_name(found.as_str())?;
            subject = Some(found.clone());
        }
        Link::Alert(alert) => {
            alert.check()?;
            subject = Some(alert.subject.clone());
        }
        Link::Asset(_) => {}
        Link::Case(other) => {
            if *other == case.id {
                return Err(Refused::OwnCase);
            }
            if CaseId::parse(other.as_str()).is_none() {
                return Err(Refused::NotACaseNumber);
            }
        }
    }
    let is_alert = matches!(link, Link::Alert(_));
    let new_subject = subject.filter(|s| !case.subjects.contains(s));
    draft.push(LinkFact::Linked {
        link,
        reason: reason.clone(),
    });
    if let Some(subject) = new_subject {
        if is_alert {
            draft.push(LinkFact::Linked {
                link: Link::Subject(subject.clone()),
                reason: reason.clone(),
            });
        }
        bar_whom_it_is_about(draft, &subject);
    }
    Ok(())
}

/// Links what is not linked yet.
pub(super) fn link_all(draft: &mut Draft<'_>, links: Vec<Link>, reason: &Reason) -> Result<(), Refused> {
    for link in links {
        if !is_linked(&draft.case, &link) {
            link_one(draft, link, reason)?;
        }
    }
    Ok(())
}

/// Takes colleagues off a case that turns out to be about them. Only those who take part are named in a fact.
pub(super) fn bar_whom_it_is_about(draft: &mut Draft<'_>, subject: &SubjectId) {
    let roster = draft.ctx.roster;
    let concerned: Vec<String> = roster
        .accounts_of(subject)
        .filter(|account| takes_part(&draft.case, account))
        .map(str::to_owned)
        .collect();
    for account in concerned {
        bar(draft, &account, None);
    }
}

fn takes_part(case: &Case, account: &str) -> bool {
    let named = |name: &Option<String>| name.as_deref() == Some(account);
    !case.barred.contains(account)
        && (case.members.contains_key(account)
            || case.duties.values().any(|d| named(&d.holder))
            || case.proposals.values().any(|p| p.names(account)))
}

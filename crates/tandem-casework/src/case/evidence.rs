//! Evidence items and their chain of custody (ISO/IEC 27037, 6.1: who had it, when, and what they did).
//!
//! The bytes lie elsewhere; a case keeps what identifies them. Every act on an item names the digest that was found, so that a
//! change shows at once.

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;

use super::decide::Draft;
use super::{Case, Stamp};
use crate::ids::{Digest, EvidenceId};
use crate::name::{FileName, MediaType};
use crate::refused::Refused;
use crate::text::{Reason, Title};
use crate::words::words;

/// Most items of a case.
const ITEMS_MOST: usize = 2_000;
/// Most acts on one item.
const ACTS_MOST: usize = 10_000;

words! {
    /// What somebody did with an item.
    CustodyAct {
        /// Took it in.
        Collected => "collected",
        /// Looked at it.
        Viewed => "viewed",
        /// Brought it to another place.
        Moved => "moved",
        /// Gave a copy out.
        Exported => "exported",
        /// Closed it: it is not moved any more.
        Sealed => "sealed",
        /// Found it changed.
        Damaged => "damaged",
    }
}

impl CustodyAct {
    /// Does nothing to the item.
    pub const fn only_looks(self) -> bool {
        matches!(self, Self::Viewed)
    }
}

/// One item of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvidenceItem {
    /// Its id.
    pub id: EvidenceId,
    /// Its file name, made harmless.
    pub name: FileName,
    /// What kind of file it is said to be.
    pub media_type: MediaType,
    /// Size, bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// Where it comes from.
    pub source: Title,
    /// Nothing moves it any more.
    pub sealed: bool,
    /// It was found changed.
    pub damaged: bool,
    /// Its chain of custody, oldest first.
    pub custody: Vec<Custody>,
}

/// One link of a chain of custody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Custody {
    /// Who.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// What they did.
    pub act: CustodyAct,
    /// The digest they found.
    pub sha256: Digest,
    /// Where to, for whom, why.
    pub note: Option<Reason>,
    /// Number of the fact.
    pub seq: u32,
}

/// What happens to evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
pub enum EvidenceFact {
    /// An item was taken in.
    Collected {
        /// Its id.
        evidence: EvidenceId,
        /// Its file name, made harmless.
        name: FileName,
        /// What kind of file it is said to be.
        media_type: MediaType,
        /// Size, bytes.
        size: u64,
        /// SHA-256 of its bytes.
        sha256: Digest,
        /// Where it comes from.
        source: Title,
    },
    /// Somebody did something with it.
    Handled {
        /// Which.
        evidence: EvidenceId,
        /// What.
        act: CustodyAct,
        /// The digest they found.
        sha256: Digest,
        /// Where to, for whom, why.
        note: Option<Reason>,
    },
}

/// What somebody wants to do with evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum EvidenceCommand {
    /// Take an item in.
    Add {
        /// Its file name as delivered.
        name: String,
        /// What kind of file it is said to be.
        media_type: MediaType,
        /// Size, bytes.
        size: u64,
        /// SHA-256 of its bytes.
        sha256: Digest,
        /// Where it comes from.
        source: Title,
    },
    /// View, move, export or seal an item, or report it changed.
    Handle {
        /// Which.
        evidence: EvidenceId,
        /// What; an item is collected only by `add`.
        act: CustodyAct,
        /// The digest of its bytes now.
        sha256: Digest,
        /// Where to, for whom, why; needed to move, to export and to report a change.
        #[serde(default)]
        note: Option<Reason>,
    },
}

impl EvidenceFact {
    pub(super) fn fold(&self, case: &mut Case, stamp: &Stamp<'_>) {
        let link = |act, sha256, note: &Option<Reason>| Custody {
            who: stamp.who.to_owned(),
            at: stamp.at,
            act,
            sha256,
            note: note.clone(),
            seq: stamp.seq,
        };
        match self {
            Self::Collected {
                evidence,
                name,
                media_type,
                size,
                sha256,
                source,
            } => {
                let item = EvidenceItem {
                    id: *evidence,
                    name: name.clone(),
                    media_type: media_type.clone(),
                    size: *size,
                    sha256: *sha256,
                    source: source.clone(),
                    sealed: false,
                    damaged: false,
                    custody: vec![link(CustodyAct::Collected, *sha256, &None)],
                };
                case.evidence.insert(*evidence, item);
            }
            Self::Handled {
                evidence,
                act,
                sha256,
                note,
            } => {
                if let Some(item) = case.evidence.get_mut(evidence) {
                    item.custody.push(link(*act, *sha256, note));
                    item.sealed |= *act == CustodyAct::Sealed;
                    item.damaged |= *act == CustodyAct::Damaged;
                }
            }
        }
    }

    pub(super) fn sentence(&self) -> String {
        match self {
            Self::Collected {
                name,
                size,
                sha256,
                source,
                ..
            } => format!("collected {name} ({size} bytes, SHA-256 {sha256}) from {source}"),
            Self::Handled {
                evidence, act, note, ..
            } => {
                let why = note.as_ref().map(|n| format!(": {n}")).unwrap_or_default();
                match act {
                    CustodyAct::Damaged => format!("found evidence {evidence} changed{why}"),
                    act => format!("{act} evidence {evidence}{why}"),
                }
            }
        }
    }
}

pub(super) fn decide(draft: &mut Draft<'_>, command: EvidenceCommand) -> Result<(), Refused> {
    match command {
        EvidenceCommand::Add {
            name,
            media_type,
            size,
            sha256,
            source,
        } => {
            if draft.case.evidence.len() >= ITEMS_MOST {
                return Err(Refused::TooMany {
                    what: "items of evidence",
                    most: ITEMS_MOST,
                });
            }
            let evidence = EvidenceId(draft.ctx.id);
            if draft.case.evidence.contains_key(&evidence) {
                return Err(Refused::IdTaken);
            }
            draft.push(EvidenceFact::Collected {
                evidence,
                name: FileName::harmless(&name),
                media_type,
                size,
                sha256,
                source,
            });
        }
        EvidenceCommand::Handle {
            evidence,
            act,
            sha256,
            note,
        } => {
            check_handling(draft, evidence, act, sha256, note.as_ref())?;
            draft.push(EvidenceFact::Handled {
                evidence,
                act,
                sha256,
                note,
            });
        }
    }
    Ok(())
}

fn check_handling(
    draft: &Draft<'_>,
    id: EvidenceId,
    act: CustodyAct,
    sha256: Digest,
    note: Option<&Reason>,
) -> Result<(), Refused> {
    let item = draft.case.evidence.get(&id);
    let item = item.ok_or(Refused::Missing {
        what: "item of evidence",
    })?;
    if item.custody.len() >= ACTS_MOST {
        return Err(Refused::TooMany {
            what: "acts on an item of evidence",
            most: ACTS_MOST,
        });
    }
    let tells = matches!(
        act,
        CustodyAct::Moved | CustodyAct::Exported | CustodyAct::Damaged
    );
    if tells && note.is_none() {
        return Err(Refused::CustodyNote { act });
    }
    match act {
        CustodyAct::Collected => Err(Refused::AlreadyCollected),
        CustodyAct::Damaged if sha256 == item.sha256 => Err(Refused::NotDamaged),
        CustodyAct::Damaged => Ok(()),
        _ if sha256 != item.sha256 => Err(Refused::DigestDiffers {
            kept: item.sha256,
            found: sha256,
        }),
        CustodyAct::Moved | CustodyAct::Sealed if item.sealed => Err(Refused::Sealed),
        _ => Ok(()),
    }
}

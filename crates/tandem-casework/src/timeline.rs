//! The timeline of a case: technical and human evidence and what was done, side by side, as one viewer may see it.

use serde::{Deserialize, Serialize};
use tandem_domain::{EventId, IndicatorId, Side, Timestamp};

use crate::case::decision::DecisionFact;
use crate::case::note::NoteFact;
use crate::case::people::PeopleFact;
use crate::case::{Case, CaseFact, Fact};
use crate::ids::NoteId;
use crate::record::SYSTEM;
use crate::refused::Refused;
use crate::words::{Visibility, words};

words! {
    /// Where an item of the timeline comes from.
    Origin {
        /// Logs, content, behaviour, access rights.
        Technical => "technical",
        /// Employment facts, reports, talks.
        Human => "human",
        /// What was done in the case.
        Case => "case",
    }
}

/// What an item of the timeline points to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// An indicator.
    Indicator(IndicatorId),
    /// An event.
    Event(EventId),
    /// A note of the case.
    Note(NoteId),
    /// A fact of the case, by its number.
    Fact(u32),
    /// A run of a playbook, by its number.
    Run(String),
}

/// Evidence from outside the case, given by the caller. The sentence names nobody but pseudonyms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outside {
    /// When it happened.
    pub at: Timestamp,
    /// Whose knowledge it is.
    pub side: Side,
    /// Who may read it: its own department, both, or counsel.
    pub visibility: Visibility,
    /// What happened, in plain words.
    pub sentence: String,
    /// What it points to.
    pub reference: Reference,
}

/// One item of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// When.
    pub at: Timestamp,
    /// Where it comes from.
    pub origin: Origin,
    /// Who did it; nobody for evidence and for what follows by itself.
    pub who: Option<String>,
    /// What happened.
    pub sentence: String,
    /// What it points to.
    pub reference: Reference,
    /// Who may read it.
    pub visibility: Visibility,
}

/// The timeline of a case as `viewer` may see it, oldest first.
///
/// Evidence that belongs to one department is shown to its members only, notes as they say, and what is for counsel to counsel
/// and its author only. Votes are sealed until both departments have voted. That somebody takes no part is left out: its time
/// could tell who stands behind a pseudonym; the auditor reads it in the facts.
///
/// # Errors
/// When the viewer may not see the case.
pub fn timeline(
    case: &Case,
    facts: &[Fact],
    outside: &[Outside],
    viewer: &str,
) -> Result<Vec<Item>, Refused> {
    if !case.may_see(viewer) {
        return Err(Refused::NotAMember {
            account: viewer.to_owned(),
        });
    }
    let evidence = outside
        .iter()
        .filter(|o| reads_outside(case, viewer, o))
        .map(|o| Item {
            at: o.at,
            origin: match o.side {
                Side::Technical => Origin::Technical,
                Side::Human => Origin::Human,
            },
            who: None,
            sentence: o.sentence.clone(),
            reference: o.reference.clone(),
            visibility: o.visibility,
        });
    let own = facts
        .iter()
        .filter(|f| f.of == case.id)
        .filter_map(|f| item(case, f, viewer));
    let mut items: Vec<Item> = evidence.chain(own).collect();
    // Facts of one instant stay in their order; evidence comes before what was done about it.
    items.sort_by_key(|item| (item.at, item.origin));
    Ok(items)
}

fn reads_outside(case: &Case, viewer: &str, outside: &Outside) -> bool {
    let member = case.members.get(viewer);
    match outside.visibility {
        Visibility::Both => true,
        Visibility::OwnDepartment => member
            .and_then(|m| m.department)
            .is_some_and(|d| d.side() == outside.side),
        // Nobody of the case is its author.
        Visibility::Counsel => case.may_read(viewer, Visibility::Counsel, "", None),
    }
}

fn item(case: &Case, fact: &Fact, viewer: &str) -> Option<Item> {
    let mut visibility = Visibility::Both;
    let mut reference = Reference::Fact(fact.seq);
    let mut sentence = fact.what.sentence();
    match &fact.what {
        CaseFact::People(PeopleFact::Barred { .. }) => return None,
        // Who joins or leaves by themselves is named once.
        CaseFact::People(_) => {
            if let Some(rest) = sentence.strip_prefix(&format!("{} ", fact.who)) {
                sentence = rest.to_owned();
            }
        }
        CaseFact::Note(NoteFact::Written {
            note,
            visibility: own,
            ..
        }) => {
            if !case.may_read(viewer, *own, &fact.who, fact.department) {
                return None;
            }
            visibility = *own;
            reference = Reference::Note(*note);
        }
        CaseFact::Decision(DecisionFact::Voted { proposal, .. })
            if is_sealed(case, *proposal, fact, viewer) =>
        {
            "voted on a proposal; the vote is sealed until both departments have voted"
                .clone_into(&mut sentence);
        }
        CaseFact::Decision(DecisionFact::VoteWithdrawn { proposal, .. })
            if is_sealed(case, *proposal, fact, viewer) =>
        {
            "took a vote back".clone_into(&mut sentence);
        }
        _ => {}
    }
    Some(Item {
        at: fact.at,
        origin: Origin::Case,
        who: (fact.who != SYSTEM).then(|| fact.who.clone()),
        sentence,
        reference,
        visibility,
    })
}

/// A vote is sealed from the other department, and from those beside both, while the proposal is open.
fn is_sealed(case: &Case, proposal: crate::ids::ProposalId, fact: &Fact, viewer: &str) -> bool {
    let open = case
        .proposals
        .get(&proposal)
        .is_some_and(|p| p.standing == crate::case::decision::Standing::Open);
    let department = case.members.get(viewer).and_then(|m| m.department);
    open && fact.who != viewer && (department.is_none() || department != fact.department)
}

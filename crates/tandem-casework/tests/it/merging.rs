//! Merging and splitting.

use tandem_casework::case::evidence::{CustodyAct, EvidenceCommand};
use tandem_casework::case::life::LifeCommand;
use tandem_casework::case::link::{Link, LinkCommand};
use tandem_casework::case::{merge, split};
use tandem_casework::ids::{Digest, EvidenceId};
use tandem_casework::words::{CaseRole, CaseState, Outcome, Visibility};
use tandem_casework::{Case, Refused, apply, open};
use tandem_domain::CaseId;

use crate::make::{Play, add, alert, closing, involved, note, opening, r, s, t};

fn second(play: &Play, who: &str) -> Case {
    let mut opening = opening();
    opening.alerts = vec![alert(2, "S-CARL")];
    let facts = open(&CaseId::of(2026, 43), opening, &play.ctx(who)).unwrap();
    Case::replay(&facts).unwrap()
}

fn fold(case: &Case, facts: &[tandem_casework::Fact]) -> Case {
    let mut case = case.clone();
    facts.iter().for_each(|fact| apply(&mut case, fact).unwrap());
    case
}

#[test]
fn a_merged_case_redirects_and_what_it_was_about_goes_on_with_its_conflicts() {
    let mut play = Play::joint();
    play.must("ida", involved("ines"));
    let into = second(&play, "ida");
    let both = merge(&play.case, &into, r("the same upload"), &play.ctx("ida")).unwrap();
    let from = fold(&play.case, &both.from);
    let into = fold(&into, &both.into);
    assert_eq!(
        (from.state, from.outcome),
        (CaseState::Closed, Some(Outcome::Merged))
    );
    assert_eq!(from.merged_into, Some(CaseId::of(2026, 43)));
    assert!(from.alerts.len() == 1 && from.members.len() == play.case.members.len());
    assert_eq!(into.alerts.len(), 2);
    assert!(into.subjects.contains(&s("S-7K3M2Q9D")));
    assert!(into.barred.contains("ines"));
    assert!(into.duties.values().all(|d| d.holder.as_deref() != Some("ines")));
    assert!(!into.may_see("cora"), "members are not carried over");
    play.case = from;
    assert_eq!(
        play.refused("ida", note(Visibility::Both, "still here?")),
        Refused::Merged {
            into: CaseId::of(2026, 43)
        }
    );
}

#[test]
fn a_member_of_the_other_case_who_is_a_subject_of_this_one_is_off() {
    let mut play = Play::begin();
    play.must("ida", add("carl", CaseRole::Contributor));
    let from = second(&play, "ida");
    let both = merge(&from, &play.case, r("the same people"), &play.ctx("ida")).unwrap();
    let into = fold(&play.case, &both.into);
    assert!(!into.may_see("carl") && into.barred.contains("carl"));
}

#[test]
fn evidence_of_a_merged_case_keeps_its_chain() {
    let mut play = Play::joint();
    play.must(
        "ines",
        EvidenceCommand::Add {
            name: "a.txt".to_owned(),
            media_type: "text/plain".to_owned().try_into().unwrap(),
            size: 1,
            sha256: Digest([1; 32]),
            source: t("laptop"),
        },
    );
    let evidence = EvidenceId(play.next);
    let into = second(&play, "ida");
    let both = merge(&play.case, &into, r("the same upload"), &play.ctx("ida")).unwrap();
    play.case = fold(&play.case, &both.from);
    play.must(
        "ines",
        EvidenceCommand::Handle {
            evidence,
            act: CustodyAct::Viewed,
            sha256: Digest([1; 32]),
            note: None,
        },
    );
    assert_eq!(play.case.evidence[&evidence].custody.len(), 2);
}

#[test]
fn merging_needs_a_lead_of_both_open_cases_without_a_pending_proposal() {
    let mut play = Play::joint();
    let into = second(&play, "ida");
    let why = || r("the same upload");
    assert_eq!(
        merge(&play.case, &play.case, why(), &play.ctx("ida")),
        Err(Refused::OwnCase)
    );
    assert!(matches!(
        merge(&play.case, &into, why(), &play.ctx("cora")),
        Err(Refused::NotAMember { .. })
    ));
    let id = play.propose("carl", closing(Outcome::Confirmed));
    assert_eq!(
        merge(&play.case, &into, why(), &play.ctx("ida")),
        Err(Refused::ProposalPending { proposal: id })
    );
    let mut closed = Play::joint();
    closed.must(
        "ida",
        LifeCommand::CloseBenign {
            reason: r("approved"),
        },
    );
    assert!(matches!(
        merge(&closed.case, &into, why(), &closed.ctx("ida")),
        Err(Refused::WrongState { .. })
    ));
}

#[test]
fn a_split_moves_subjects_and_alerts_and_both_cases_point_to_each_other() {
    let mut play = Play::joint();
    let moved = alert(3, "S-B");
    play.must(
        "ida",
        LinkCommand::Link {
            link: Link::Alert(moved.clone()),
            reason: r("the same site"),
        },
    );
    play.must("ida", involved("ines"));
    let mut opening = opening();
    opening.subjects = vec![s("S-B")];
    opening.alerts = Vec::new();
    let id = CaseId::of(2026, 44);
    assert_eq!(
        split(&play.case, &id, opening.clone(), &play.ctx("ida")),
        Err(Refused::AlertsHoldSubject)
    );
    opening.alerts = vec![alert(9, "S-B")];
    assert!(matches!(
        split(&play.case, &id, opening.clone(), &play.ctx("ida")),
        Err(Refused::Missing { .. })
    ));
    opening.alerts = vec![moved];
    let both = split(&play.case, &id, opening, &play.ctx("ida")).unwrap();
    let new = Case::replay(&both.into).unwrap();
    let old = fold(&play.case, &both.from);
    assert_eq!(new.split_from, Some(old.id.clone()));
    assert!(new.cases.contains(&old.id) && old.cases.contains(&new.id));
    assert!(new.barred.contains("ines"));
    assert!(!old.subjects.contains(&s("S-B")) && old.ever_subjects.contains(&s("S-B")));
    assert_eq!((new.alerts.len(), old.alerts.len()), (1, 1));
}

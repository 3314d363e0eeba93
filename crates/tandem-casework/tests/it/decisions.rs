//! Joint decisions.

use std::collections::BTreeMap;

use tandem_casework::case::decision::{
    DecisionCommand, Question, Standing, TIGHTENING_MOST, VOTING_TIME, Wording,
};
use tandem_casework::case::duty::DutyCommand;
use tandem_casework::case::life::{LifeCommand, LifeFact};
use tandem_casework::case::link::{Link, LinkCommand};
use tandem_casework::ids::{Digest, DutyId, ProposalId};
use tandem_casework::words::{Act, Answer, CaseRole, CaseState, Function, Outcome, Phase};
use tandem_casework::{CaseFact, Refused, Roster};
use tandem_domain::{AlertId, Department, Verdict};

use crate::make::{DAY, HOUR, Play, add, alert, away, closing, involved, propose, r, respond, s, with};

const SUBJECT: &str = "S-7K3M2Q9D";

fn standing(play: &Play, id: ProposalId) -> Standing {
    play.case.proposals[&id].standing
}

fn close() -> LifeCommand {
    LifeCommand::Close {
        reason: r("as decided"),
    }
}

#[test]
fn closing_as_anything_but_benign_needs_both_departments() {
    let mut play = Play::joint();
    assert_eq!(play.refused("ida", close()), Refused::NotDecided);
    let id = play.propose("ines", closing(Outcome::Confirmed));
    play.must_vote("ines", id, Answer::For);
    assert_eq!(play.refused("ida", close()), Refused::NotDecided);
    let again = play.vote(id, Answer::For, "me too");
    assert_eq!(
        play.refused("ida", again.clone()),
        Refused::DepartmentHasVoted {
            department: Department::It
        }
    );
    assert_eq!(play.refused("ines", again), Refused::HasVoted);
    play.must_vote("carl", id, Answer::For);
    assert_eq!(play.case.state, CaseState::Decided);
    let facts = play.must("ida", close());
    assert!(facts.iter().any(|f| matches!(
        f.what,
        CaseFact::Life(LifeFact::VerdictGiven {
            verdict: Verdict::TruePositive,
            ..
        })
    )));
}

#[test]
fn a_single_alert_may_be_concluded_otherwise_than_the_case() {
    let mut play = Play::joint();
    let verdicts = BTreeMap::from([(AlertId(1), Verdict::FalsePositive)]);
    let question = Question::Close {
        outcome: Outcome::Confirmed,
        verdicts,
    };
    let strange = Question::Close {
        outcome: Outcome::Confirmed,
        verdicts: BTreeMap::from([(AlertId(9), Verdict::Benign)]),
    };
    assert!(matches!(
        play.refused("ines", propose(strange)),
        Refused::Missing { .. }
    ));
    let id = play.propose("ines", question);
    play.must_vote("ines", id, Answer::For);
    play.must_vote("carl", id, Answer::For);
    let facts = play.must("ida", close());
    let given = facts.iter().find_map(|f| match &f.what {
        CaseFact::Life(LifeFact::VerdictGiven {
            verdict, detectors, ..
        }) => Some((*verdict, detectors.len())),
        _ => None,
    });
    assert_eq!(given, Some((Verdict::FalsePositive, 2)));
}

#[test]
fn one_department_may_close_as_benign_unless_something_else_is_asked() {
    let mut play = Play::joint();
    let benign = LifeCommand::CloseBenign {
        reason: r("an approved transfer"),
    };
    let id = play.propose("carl", closing(Outcome::Confirmed));
    assert_eq!(
        play.refused("ida", benign.clone()),
        Refused::ProposalPending { proposal: id }
    );
    play.must(
        "carl",
        DecisionCommand::Withdraw {
            proposal: id,
            reason: r("the ticket was found"),
        },
    );
    play.must("ida", benign);
    assert_eq!(play.case.outcome, Some(Outcome::Benign));
    play.must(
        "ida",
        LifeCommand::Reopen {
            reason: r("the ticket was for another file"),
        },
    );
    assert_eq!(
        (play.case.state, play.case.outcome),
        (CaseState::Investigating, None)
    );
}

#[test]
fn a_changed_wording_voids_the_votes_and_a_vote_is_on_what_was_read() {
    let mut play = Play::joint();
    let id = play.propose("ines", closing(Outcome::Confirmed));
    let on_the_old = play.vote(id, Answer::For, "yes");
    play.must_vote("ines", id, Answer::For);
    let amend = DecisionCommand::Amend {
        proposal: id,
        wording: Wording {
            question: closing(Outcome::Unfounded),
            reason: r("that is what we found"),
        },
    };
    assert_eq!(play.refused("carl", amend.clone()), Refused::NotYourProposal);
    play.must("ines", amend.clone());
    assert!(play.case.proposals[&id].votes.is_empty());
    assert_eq!(play.refused("ines", amend), Refused::NothingToChange);
    assert!(matches!(
        play.refused("carl", on_the_old),
        Refused::WordingChanged { .. }
    ));
    let forged = DecisionCommand::Vote {
        proposal: id,
        hash: Digest([0; 32]),
        answer: Answer::For,
        reason: r("yes"),
    };
    assert!(matches!(
        play.refused("carl", forged),
        Refused::WordingChanged { .. }
    ));
}

#[test]
fn disagreement_goes_with_both_texts_to_the_accountable_person_who_rules() {
    let mut play = Play::joint();
    // Accountable in this phase is `ida`, who neither proposes nor votes.
    let id = play.propose("carl", closing(Outcome::Confirmed));
    play.must_vote("carl", id, Answer::For);
    play.must_vote("ines", id, Answer::Against);
    assert_eq!(standing(&play, id), Standing::Escalated);
    assert_eq!(play.case.proposals[&id].decider.as_deref(), Some("ida"));
    let told = play.sentences("cora");
    assert!(
        told.iter()
            .any(|s| s.contains("ines thinks so") && s.contains("carl thinks so"))
    );
    let rule = DecisionCommand::Rule {
        proposal: id,
        hash: play.case.proposals[&id].hash,
        answer: Answer::For,
        reason: r("the log is clear"),
    };
    assert_eq!(play.refused("cora", rule.clone()), Refused::NotTheDecider);
    play.must("ida", rule);
    assert_eq!(
        (standing(&play, id), play.case.state),
        (Standing::RuledFor, CaseState::Decided)
    );
    play.must("cora", close());
}

#[test]
fn nobody_rules_on_their_own_vote_or_proposal() {
    let mut play = Play::joint();
    let id = play.propose("carl", closing(Outcome::Confirmed));
    play.must_vote("ida", id, Answer::Against);
    play.must_vote("carl", id, Answer::For);
    // `ida` is accountable but has voted, so her deputy rules, who sees the case for that.
    assert_eq!(play.case.proposals[&id].decider.as_deref(), Some("ines"));
    play.must("ines", involved("ines"));
    assert_eq!(play.case.proposals[&id].decider.as_deref(), Some("ivan"));
    assert!(play.case.may_see("ivan"));
    play.must(
        "ivan",
        DecisionCommand::Recuse {
            proposal: id,
            reason: r("I know them well"),
        },
    );
    assert_eq!(play.case.proposals[&id].decider, None);
    assert!(!play.case.may_see("ivan"));
}

#[test]
fn agreement_on_no_leaves_the_case_where_it_is() {
    let mut play = Play::joint();
    let id = play.propose("carl", closing(Outcome::Confirmed));
    play.must_vote("carl", id, Answer::Against);
    play.must_vote("ines", id, Answer::Against);
    assert_eq!(
        (standing(&play, id), play.case.state),
        (Standing::Rejected, CaseState::Investigating)
    );
}

#[test]
fn a_vote_may_be_taken_back_until_both_have_voted() {
    let mut play = Play::joint();
    let id = play.propose("carl", closing(Outcome::Confirmed));
    play.must_vote("carl", id, Answer::For);
    let back = DecisionCommand::WithdrawVote {
        proposal: id,
        reason: r("on second thoughts"),
    };
    assert_eq!(play.refused("cora", back.clone()), Refused::NotYourVote);
    play.must("carl", back.clone());
    play.must_vote("cora", id, Answer::For);
    play.must_vote("ines", id, Answer::For);
    assert!(matches!(
        play.refused("cora", back),
        Refused::ProposalStands { .. }
    ));
}

#[test]
fn who_stays_out_has_no_vote() {
    let mut play = Play::joint();
    let id = play.propose("carl", closing(Outcome::Confirmed));
    play.must(
        "ines",
        DecisionCommand::Recuse {
            proposal: id,
            reason: r("my team"),
        },
    );
    let vote = play.vote(id, Answer::For, "yes");
    assert_eq!(play.refused("ines", vote.clone()), Refused::HasRecused);
    assert_eq!(
        play.refused("lena", vote),
        Refused::RoleForbids {
            role: CaseRole::Counsel
        }
    );
    play.must_vote("ida", id, Answer::For);
}

#[test]
fn a_proposal_expires() {
    let mut play = Play::joint();
    let id = play.propose("carl", closing(Outcome::Confirmed));
    play.must_vote("carl", id, Answer::For);
    play.wait(VOTING_TIME.0);
    let vote = play.vote(id, Answer::For, "yes");
    assert!(matches!(play.refused("ines", vote), Refused::VotingOver { .. }));
    play.tick();
    assert_eq!(standing(&play, id), Standing::Expired);
}

#[test]
fn whoever_is_found_involved_undoes_what_they_decided() {
    let mut play = Play::joint();
    let id = play.propose("ida", closing(Outcome::Confirmed));
    play.must_vote("carl", id, Answer::For);
    play.must_vote("ines", id, Answer::For);
    assert_eq!(play.case.state, CaseState::Decided);
    play.must("carl", involved("carl"));
    assert_eq!(
        (standing(&play, id), play.case.state),
        (Standing::Voided, CaseState::Investigating)
    );
    assert_eq!(play.refused("ida", close()), Refused::NotDecided);
}

#[test]
fn help_comes_before_harsher_acts_or_a_reason_is_stated() {
    let mut play = Play::joint();
    assert!(matches!(
        play.refused("carl", propose(respond(Act::Interview, SUBJECT))),
        Refused::SupportFirst { .. }
    ));
    let reasoned = Question::Respond {
        act: Act::Interview,
        subject: s(SUBJECT),
        until: None,
        without_support: Some(r("they asked for the talk themselves")),
        heard: None,
    };
    play.must("carl", propose(reasoned));
    let id = play.propose("carl", respond(Act::OfferSupport, SUBJECT));
    play.must_vote("carl", id, Answer::For);
    play.must_vote("ines", id, Answer::For);
    play.must("carl", propose(respond(Act::Interview, SUBJECT)));
    assert!(matches!(
        play.refused("carl", propose(respond(Act::Dismissal, SUBJECT))),
        Refused::HearFirst { .. }
    ));
    assert!(matches!(
        play.refused("carl", propose(respond(Act::Coach, "S-OTHER"))),
        Refused::Missing { .. }
    ));
}

fn limit(until: Option<tandem_domain::Timestamp>) -> Question {
    Question::Respond {
        act: Act::LimitRights,
        subject: s(SUBJECT),
        until,
        without_support: Some(r("data is leaving now")),
        heard: None,
    }
}

#[test]
fn a_limit_of_rights_ends_by_itself_and_earlier_with_a_case_that_comes_to_nothing() {
    let mut play = Play::joint();
    let too_long = play.now.plus_micros(TIGHTENING_MOST.0 + HOUR);
    for wrong in [None, Some(play.now), Some(too_long)] {
        assert!(matches!(
            play.refused("ines", propose(limit(wrong))),
            Refused::LimitNeedsEnd { .. }
        ));
    }
    let until = play.now.plus_micros(7 * DAY);
    let agree = |play: &mut Play| {
        let id = play.propose("ines", limit(Some(until)));
        play.must_vote("ines", id, Answer::For);
        play.must_vote("carl", id, Answer::For);
        assert!(play.case.proposals[&id].is_active_limit());
        id
    };
    let by_time = agree(&mut play);
    let mut other = play.clone();
    play.wait(6 * DAY);
    assert!(play.tick().is_empty());
    play.wait(DAY);
    play.tick();
    assert!(!play.case.proposals[&by_time].is_active_limit());
    other.must(
        "ida",
        LifeCommand::CloseBenign {
            reason: r("an approved transfer"),
        },
    );
    assert!(!other.case.proposals[&by_time].is_active_limit());
}

#[test]
fn a_void_decision_gives_rights_back_at_once() {
    let mut play = Play::joint();
    let id = play.propose("ines", limit(Some(play.now.plus_micros(DAY))));
    play.must_vote("ida", id, Answer::For);
    play.must_vote("carl", id, Answer::For);
    play.must("carl", involved("carl"));
    assert!(play.case.proposals[&id].lapsed);
}

#[test]
fn accountability_that_was_handed_on_goes_with_the_last_word() {
    let mut play = Play::joint();
    let duty = DutyId {
        phase: Phase::Detect,
        function: Function::ItLead,
    };
    play.must(
        "ida",
        DutyCommand::HandOver {
            duty,
            to: "ivan".to_owned(),
            reason: r("I shall be away"),
        },
    );
    play.roster = Roster::new(with("ida", |c| c.absences = away(HOUR, DAY))).unwrap();
    play.wait(2 * HOUR);
    let id = play.propose("carl", closing(Outcome::Confirmed));
    play.must_vote("carl", id, Answer::For);
    play.must_vote("ines", id, Answer::Against);
    assert_eq!(play.case.proposals[&id].decider.as_deref(), Some("ivan"));
    play.roster = Roster::new(with("ivan", |c| c.left = Some(play.now))).unwrap();
    play.tick();
    assert_eq!(play.case.proposals[&id].decider.as_deref(), Some("ida"));
}

#[test]
fn only_one_end_is_asked_for_at_a_time_and_merging_is_none() {
    let mut play = Play::joint();
    assert_eq!(
        play.refused("carl", propose(closing(Outcome::Merged))),
        Refused::MergeIsNoOutcome
    );
    let id = play.propose("carl", closing(Outcome::Confirmed));
    assert_eq!(
        play.refused("ines", propose(closing(Outcome::Unfounded))),
        Refused::ProposalPending { proposal: id }
    );
    let mut fresh = Play::begin();
    fresh.must("ida", add("cora", CaseRole::Lead));
    assert!(matches!(
        fresh.refused("ida", propose(closing(Outcome::Confirmed))),
        Refused::WrongState { .. }
    ));
}

#[test]
fn a_decided_case_takes_no_new_alert_until_it_is_reconsidered() {
    let mut play = Play::joint();
    let id = play.propose("ines", closing(Outcome::Unfounded));
    play.must_vote("ines", id, Answer::For);
    play.must_vote("carl", id, Answer::For);
    let link = LinkCommand::Link {
        link: Link::Alert(alert(2, "S-B")),
        reason: r("the same site"),
    };
    assert!(matches!(
        play.refused("ines", link.clone()),
        Refused::WrongState { .. }
    ));
    let again = LifeCommand::Reconsider {
        reason: r("a new alert"),
    };
    play.must("cora", again.clone());
    assert_eq!(
        (standing(&play, id), play.case.state),
        (Standing::Voided, CaseState::Investigating)
    );
    play.must("ines", link);
    assert!(matches!(play.refused("cora", again), Refused::WrongState { .. }));
    assert_eq!(play.refused("cora", close()), Refused::NotDecided);
}

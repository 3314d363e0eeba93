//! The responsibility matrix at work.

use tandem_casework::case::duty::{Because, Duty, DutyCommand, DutyFact};
use tandem_casework::case::life::{LifeCommand, Opening};
use tandem_casework::case::people::PeopleCommand;
use tandem_casework::ids::DutyId;
use tandem_casework::words::{CaseKind, CaseRole, DutyState, Function, Letter, Phase, Severity};
use tandem_casework::{CaseFact, Refused, Roster};

use crate::make::{DAY, HOUR, Play, away, colleagues, involved, opening, p, r, with};

const LEAD: DutyId = DutyId {
    phase: Phase::Contain,
    function: Function::ItLead,
};
const ANALYST: DutyId = DutyId {
    phase: Phase::Contain,
    function: Function::ItAnalyst,
};

fn leakage() -> Opening {
    Opening {
        kind: CaseKind::DataLeakage,
        severity: Severity::High,
        ..opening()
    }
}

fn duty(play: &Play, id: DutyId) -> &Duty {
    &play.case.duties[&id]
}

fn holder(play: &Play, id: DutyId) -> Option<&str> {
    duty(play, id).holder.as_deref()
}

#[test]
fn a_case_draws_the_duties_of_its_kind_and_only_the_current_phase_is_due() {
    let play = Play::begin_with(colleagues(), leakage());
    let expected: usize = play
        .raci
        .matrix(CaseKind::DataLeakage)
        .rows
        .values()
        .map(|r| r.letters.len())
        .sum();
    assert_eq!(play.case.duties.len(), expected);
    assert_eq!(holder(&play, LEAD), Some("ida"));
    assert_eq!(duty(&play, LEAD).due, None);
    let detect = DutyId {
        phase: Phase::Detect,
        ..LEAD
    };
    assert_eq!(
        duty(&play, detect).due,
        Some(play.case.marks.opened.plus_micros(4 * HOUR))
    );
}

#[test]
fn entering_a_phase_makes_its_duties_due() {
    let mut play = Play::begin_with(colleagues(), leakage());
    play.must(
        "ida",
        LifeCommand::EnterPhase {
            phase: Phase::Contain,
            reason: r("it is known what left"),
        },
    );
    assert_eq!(duty(&play, LEAD).due, Some(play.now.plus_micros(8 * HOUR)));
}

#[test]
fn another_kind_draws_anew_and_leaves_what_is_accepted_with_its_holder() {
    let mut play = Play::begin();
    play.must("ida", DutyCommand::Accept { duty: LEAD });
    play.must(
        "ida",
        LifeCommand::Reclassify {
            kind: CaseKind::Sabotage,
            severity: Severity::Critical,
            reason: r("files were destroyed as well"),
        },
    );
    assert_eq!(duty(&play, LEAD).state, DutyState::Accepted);
    let drawn = play.raci.matrix(CaseKind::Sabotage);
    for (phase, row) in &drawn.rows {
        for (function, letter) in &row.letters {
            let id = DutyId {
                phase: *phase,
                function: *function,
            };
            assert_eq!(duty(&play, id).letter, *letter);
        }
    }
}

#[test]
fn whoever_is_away_when_the_case_opens_is_stood_in_for() {
    let play = Play::begin_with(with("cora", |c| c.absences = away(-DAY, DAY)), leakage());
    let id = DutyId {
        phase: Phase::Analyse,
        function: Function::CorporateLead,
    };
    assert_eq!(holder(&play, id), Some("carl"));
    assert_eq!(duty(&play, id).deputy_of.as_deref(), Some("cora"));
}

#[test]
fn whoever_goes_on_leave_later_is_stood_in_for_at_the_next_tick() {
    let mut play = Play::begin_with(with("ines", |c| c.absences = away(HOUR, DAY)), leakage());
    assert_eq!(holder(&play, ANALYST), Some("ines"));
    assert!(play.tick().is_empty(), "nothing is due yet");
    play.wait(2 * HOUR);
    let facts = play.tick();
    assert_eq!(holder(&play, ANALYST), Some("ivan"));
    assert!(facts.iter().any(|f| f.what
        == CaseFact::Duty(DutyFact::Released {
            duty: ANALYST,
            because: Because::Away
        })));
    assert!(play.tick().is_empty(), "a second tick has nothing to do");
}

#[test]
fn work_that_nobody_can_take_goes_to_whoever_is_accountable_and_advice_stays_vacant() {
    let gone = |c: &mut tandem_casework::Colleague| {
        c.functions
            .retain(|f| !matches!(f, Function::ItAnalyst | Function::HrPartner));
    };
    let mut all = colleagues();
    all.iter_mut().for_each(gone);
    let play = Play::begin_with(all, leakage());
    let work = duty(&play, ANALYST);
    assert_eq!(
        (work.holder.as_deref(), work.escalated, work.letter),
        (Some("ida"), true, Letter::Responsible)
    );
    let advice = DutyId {
        phase: Phase::Analyse,
        function: Function::HrPartner,
    };
    assert_eq!(duty(&play, advice).state, DutyState::Vacant);
    assert!(
        play.facts
            .iter()
            .any(|f| f.what == CaseFact::Duty(DutyFact::Vacant { duty: advice }))
    );
}

#[test]
fn a_vacant_duty_is_filled_once_somebody_is_there_and_the_alarm_is_not_repeated() {
    let mut all = colleagues();
    for one in all
        .iter_mut()
        .filter(|c| c.functions.contains(&Function::LegalCounsel))
    {
        one.absences = away(-DAY, DAY);
    }
    let mut play = Play::begin_with(all, leakage());
    let counsel = DutyId {
        phase: Phase::Contain,
        function: Function::LegalCounsel,
    };
    assert_eq!(holder(&play, counsel), None);
    assert!(play.tick().is_empty());
    play.wait(2 * DAY);
    play.tick();
    assert_eq!(holder(&play, counsel), Some("lena"));
}

#[test]
fn accepting_makes_a_member_and_being_informed_does_not() {
    let mut play = Play::begin_with(colleagues(), leakage());
    assert!(!play.case.may_see("lena"));
    play.must(
        "wim",
        DutyCommand::Accept {
            duty: DutyId {
                phase: Phase::Contain,
                function: Function::WorksCouncil,
            },
        },
    );
    assert!(!play.case.may_see("wim"));
    let counsel = DutyId {
        phase: Phase::Contain,
        function: Function::LegalCounsel,
    };
    play.must("lena", DutyCommand::Accept { duty: counsel });
    assert_eq!(play.case.members["lena"].role, CaseRole::Counsel);
    assert_eq!(
        play.refused("ida", DutyCommand::Accept { duty: counsel }),
        Refused::NotYourDuty { duty: counsel }
    );
}

#[test]
fn a_declined_duty_goes_on_and_never_comes_back() {
    let mut play = Play::begin_with(colleagues(), leakage());
    for who in ["ines", "ivan"] {
        assert_eq!(holder(&play, ANALYST), Some(who));
        play.must(
            who,
            DutyCommand::Decline {
                duty: ANALYST,
                reason: r("no time"),
            },
        );
    }
    assert_eq!(holder(&play, ANALYST), Some("ida"));
    assert!(duty(&play, ANALYST).escalated);
    play.must(
        "ida",
        DutyCommand::Decline {
            duty: ANALYST,
            reason: r("I answer for it already"),
        },
    );
    assert_eq!(duty(&play, ANALYST).state, DutyState::Vacant);
    play.tick();
    assert_eq!(holder(&play, ANALYST), None);
}

#[test]
fn a_duty_is_handed_only_to_somebody_who_may_hold_it_and_is_here() {
    let mut play = Play::begin_with(with("ivan", |c| c.absences = away(0, DAY)), leakage());
    let hand = |to: &str| DutyCommand::HandOver {
        duty: LEAD,
        to: to.to_owned(),
        reason: r("I am on another case"),
    };
    assert!(matches!(
        play.refused("ida", hand("cora")),
        Refused::CannotHold { .. }
    ));
    assert!(matches!(
        play.refused("ida", hand("ivan")),
        Refused::IsAway { .. }
    ));
    assert!(matches!(
        play.refused("ida", hand("nobody")),
        Refused::UnknownColleague { .. }
    ));
    assert!(matches!(
        play.refused("cora", hand("ines")),
        Refused::NotYourDuty { .. }
    ));
    play.must("ida", hand("ines"));
    assert_eq!(holder(&play, LEAD), Some("ines"));
    assert_eq!(duty(&play, LEAD).past[0].how, DutyState::HandedOver);
}

#[test]
fn a_duty_is_accepted_before_it_is_fulfilled() {
    let mut play = Play::begin();
    let done = DutyCommand::Done {
        duty: LEAD,
        result: p("done"),
    };
    assert!(matches!(
        play.refused("ida", done.clone()),
        Refused::DutyStands { .. }
    ));
    play.must("ida", DutyCommand::Accept { duty: LEAD });
    play.must("ida", done.clone());
    assert!(matches!(play.refused("ida", done), Refused::DutyStands { .. }));
}

#[test]
fn whoever_is_involved_loses_every_duty_and_none_comes_back() {
    let mut play = Play::begin_with(colleagues(), leakage());
    play.must("ines", involved("ines"));
    assert!(
        play.case
            .duties
            .values()
            .all(|d| d.holder.as_deref() != Some("ines"))
    );
    assert_eq!(holder(&play, ANALYST), Some("ivan"));
    assert!(matches!(
        play.refused("ines", DutyCommand::Accept { duty: ANALYST }),
        Refused::MayNotTakePart { .. }
    ));
}

#[test]
fn a_member_who_leaves_hands_on_and_whoever_left_the_company_is_off() {
    let mut play = Play::joint();
    let id = DutyId {
        phase: Phase::Detect,
        function: Function::ItAnalyst,
    };
    play.must("ines", DutyCommand::Accept { duty: id });
    play.must(
        "ines",
        PeopleCommand::Leave {
            reason: r("another case"),
        },
    );
    assert_eq!(holder(&play, id), Some("ivan"));
    play.roster = Roster::new(with("cora", |c| c.left = Some(play.now))).unwrap();
    play.tick();
    assert!(!play.case.may_see("cora"));
    assert!(
        play.case
            .duties
            .values()
            .all(|d| d.holder.as_deref() != Some("cora"))
    );
}

#[test]
fn somebody_answers_for_a_phase_also_after_its_work_is_done() {
    let mut play = Play::joint();
    play.must("ida", DutyCommand::Accept { duty: LEAD });
    play.must(
        "ida",
        DutyCommand::Done {
            duty: LEAD,
            result: p("contained"),
        },
    );
    play.must("ida", involved("ida"));
    let lead = duty(&play, LEAD);
    assert_eq!(
        (lead.holder.as_deref(), lead.state),
        (Some("ines"), DutyState::Offered)
    );
    assert_eq!(lead.result, Some(p("contained")));
}

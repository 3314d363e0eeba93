//! Corrections and contests by staff, and their clock.

use tandem_casework::contest::{
    About, Answered, Contest, ContestCommand, ContestFact, ContestState, Want, receive,
};
use tandem_casework::ids::ContestId;
use tandem_casework::{Context, RaciBook, Refused, Roster};
use tandem_domain::{IndicatorId, Timestamp};

use crate::make::{DAY, colleagues, p, r, raci, s};

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

fn received(on: &str) -> ContestFact {
    receive(
        ContestId(1),
        s("S-CARL"),
        Want::Contest,
        About::Indicator(IndicatorId(7)),
        p("I was asked to copy this"),
        at(on),
    )
    .unwrap()
}

struct Desk {
    contest: Contest,
    facts: Vec<ContestFact>,
    roster: Roster,
    raci: RaciBook,
}

impl Desk {
    fn new(on: &str) -> Self {
        let facts = vec![received(on)];
        Self {
            contest: Contest::replay(&facts).unwrap(),
            facts,
            roster: Roster::new(colleagues()).unwrap(),
            raci: raci(),
        }
    }

    fn give(&mut self, who: &str, on: &str, command: ContestCommand) -> Result<(), Refused> {
        let ctx = Context {
            now: at(on),
            who,
            roster: &self.roster,
            raci: &self.raci,
            id: 0,
        };
        let fact = self.contest.decide(command, &ctx)?;
        self.contest.apply(&fact).unwrap();
        self.facts.push(fact);
        Ok(())
    }
}

fn answer() -> ContestCommand {
    ContestCommand::Answer {
        answer: Answered::Partly,
        reason: r("the copy was asked for, the upload was not"),
    }
}

fn extend() -> ContestCommand {
    ContestCommand::Extend {
        reason: r("three systems must be searched"),
    }
}

#[test]
fn a_month_ends_on_the_same_day_or_the_last_of_a_shorter_month() {
    for (on, due) in [
        ("2026-03-02T08:00:00Z", "2026-04-02T23:59:59.999999Z"),
        ("2026-01-31T23:00:00Z", "2026-02-28T23:59:59.999999Z"),
        ("2028-01-31T00:00:00Z", "2028-02-29T23:59:59.999999Z"),
        ("2026-12-15T10:00:00Z", "2027-01-15T23:59:59.999999Z"),
    ] {
        assert_eq!(
            Contest::replay(&[received(on)]).unwrap().due.to_string(),
            due,
            "{on}"
        );
    }
}

#[test]
fn a_contest_is_acknowledged_answered_and_then_over() {
    let mut desk = Desk::new("2026-03-02T08:00:00Z");
    let refused = desk.give("cora", "2026-03-03T08:00:00Z", answer()).unwrap_err();
    assert!(matches!(refused, Refused::ContestStands { .. }));
    desk.give("cora", "2026-03-03T08:00:00Z", ContestCommand::Acknowledge)
        .unwrap();
    desk.give("cora", "2026-03-20T08:00:00Z", answer()).unwrap();
    assert_eq!(desk.contest.state, ContestState::Answered);
    assert!(!desk.contest.is_overdue(at("2027-01-01T00:00:00Z")));
    assert!(desk.give("cora", "2026-03-21T08:00:00Z", extend()).is_err());
    assert_eq!(Contest::replay(&desk.facts).unwrap(), desk.contest);
    for fact in &desk.facts {
        let text = serde_json::to_string(fact).unwrap();
        assert_eq!(&serde_json::from_str::<ContestFact>(&text).unwrap(), fact);
    }
}

#[test]
fn the_time_is_extended_once_by_two_months_and_only_within_the_first() {
    let mut desk = Desk::new("2026-01-31T08:00:00Z");
    assert!(desk.contest.is_overdue(at("2026-03-01T00:00:00Z")));
    let late = desk.give("cora", "2026-03-01T00:00:00Z", extend());
    assert!(matches!(late, Err(Refused::NoExtension { .. })));
    desk.give("cora", "2026-02-28T20:00:00Z", extend()).unwrap();
    assert_eq!(desk.contest.due.to_string(), "2026-04-30T23:59:59.999999Z");
    assert!(matches!(
        desk.give("cora", "2026-02-28T21:00:00Z", extend()),
        Err(Refused::NoExtension { .. })
    ));
    assert!(!desk.contest.is_overdue(desk.contest.due));
    assert!(desk.contest.is_overdue(desk.contest.due.plus_micros(DAY)));
}

#[test]
fn nobody_answers_their_own_contest() {
    let mut desk = Desk::new("2026-03-02T08:00:00Z");
    let own = desk.give("carl", "2026-03-03T08:00:00Z", ContestCommand::Acknowledge);
    assert!(matches!(own, Err(Refused::MayNotTakePart { .. })));
    assert!(matches!(
        desk.give("nobody", "2026-03-03T08:00:00Z", ContestCommand::Acknowledge),
        Err(Refused::UnknownColleague { .. })
    ));
    assert!(matches!(
        desk.give("cora", "2026-03-01T08:00:00Z", ContestCommand::Acknowledge),
        Err(Refused::TimeWentBack { .. })
    ));
}

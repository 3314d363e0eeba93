//! How long things took.

use tandem_casework::case::life::LifeCommand;
use tandem_casework::case::task::TaskCommand;
use tandem_casework::clock::{Clock, Late, Overdue, overdue_alerts};
use tandem_casework::triage::{Triage, TriageCommand};
use tandem_casework::words::{Answer, CaseRole, Outcome, PauseWhy, Severity};
use tandem_casework::{ClockTargets, Context, Reading, overdue};

use crate::make::{DAY, HOUR, MINUTE, Play, START, add, alert, closing, r, t, targets, text};

fn reading(play: &Play, clock: Clock) -> Reading {
    let readings = play.case.clocks(&targets(), play.now);
    *readings.iter().find(|r| r.clock == clock).unwrap()
}

#[test]
fn sharing_counts_until_the_other_department_joins() {
    let mut play = Play::begin();
    play.wait(3 * DAY);
    assert!(reading(&play, Clock::Share).overdue);
    let late = overdue([&play.case], &targets(), play.now);
    let share = |row: &&Overdue| row.what == Late::Clock(Clock::Share);
    let row = late.iter().find(share).unwrap();
    assert_eq!(
        (row.due, row.who.as_deref()),
        (START.plus_micros(2 * DAY), Some("ida"))
    );
    play.must("ida", add("ivan", CaseRole::Contributor));
    assert_eq!(reading(&play, Clock::Share).stopped, None);
    play.must("ida", add("cora", CaseRole::Lead));
    assert_eq!(reading(&play, Clock::Share).stopped, Some(play.now));
    let late = overdue([&play.case], &targets(), play.now);
    assert!(!late.iter().any(|row| row.what == Late::Clock(Clock::Share)));
}

#[test]
fn pauses_hold_deciding_and_closing_but_never_containing() {
    let mut play = Play::joint();
    let before = reading(&play, Clock::Decide).elapsed;
    play.must(
        "ida",
        LifeCommand::PauseClock {
            why: PauseWhy::SubjectAway,
            reason: r("ill until Monday"),
        },
    );
    play.wait(10 * DAY);
    assert!(reading(&play, Clock::Decide).paused);
    assert_eq!(reading(&play, Clock::Decide).elapsed, before + MINUTE);
    assert!(reading(&play, Clock::Contain).overdue);
    play.must("ida", LifeCommand::ResumeClock { reason: r("back") });
    play.wait(DAY);
    assert_eq!(reading(&play, Clock::Decide).elapsed, before + MINUTE + DAY);
}

#[test]
fn time_in_which_a_case_was_closed_does_not_count() {
    let mut play = Play::joint();
    let id = play.propose("ines", closing(Outcome::Unfounded));
    play.must_vote("ines", id, Answer::For);
    play.must_vote("carl", id, Answer::For);
    assert_eq!(reading(&play, Clock::Decide).stopped, Some(play.now));
    play.must(
        "ida",
        LifeCommand::Close {
            reason: r("as decided"),
        },
    );
    let closed = reading(&play, Clock::Close);
    assert_eq!(closed.stopped, Some(play.now));
    play.wait(100 * DAY);
    assert!(
        overdue([&play.case], &targets(), play.now)
            .iter()
            .all(|row| !matches!(row.what, Late::Clock(_)))
    );
    play.must(
        "ida",
        LifeCommand::Reopen {
            reason: r("a new log"),
        },
    );
    assert_eq!(reading(&play, Clock::Close).elapsed, closed.elapsed);
    assert_eq!(reading(&play, Clock::Decide).stopped, None);
}

#[test]
fn late_duties_and_tasks_are_listed_longest_first() {
    let mut play = Play::joint();
    let due = Some(play.now.plus_micros(HOUR));
    play.must(
        "ida",
        TaskCommand::Add {
            title: t("Ask the team"),
            assignee: Some("carl".to_owned()),
            due,
        },
    );
    play.wait(DAY);
    let late = overdue([&play.case], &targets(), play.now);
    assert!(late.windows(2).all(|pair| pair[0].due <= pair[1].due));
    assert!(
        late.iter()
            .any(|row| matches!(row.what, Late::Task(_)) && row.who.as_deref() == Some("carl"))
    );
    assert!(
        late.iter()
            .any(|row| matches!(row.what, Late::Duty(_)) && row.who.as_deref() == Some("ines"))
    );
}

#[test]
fn an_alert_counts_until_somebody_looks_and_then_until_it_is_shared() {
    let play = Play::begin();
    let mut triage = Triage::new(alert(5, "S-B")).unwrap();
    let severity = Severity::of_level(tandem_domain::alert::RiskLevel::Act);
    assert_eq!(severity, Severity::Critical);
    let late = |triage: &Triage, now| overdue_alerts([(triage, severity)], &targets(), now);
    assert!(late(&triage, START).is_empty());
    let rows = late(&triage, START.plus_micros(MINUTE));
    assert_eq!((rows[0].clock, rows[0].due), (Clock::Triage, START));
    let ctx = Context {
        now: START.plus_micros(HOUR),
        ..play.ctx("ida")
    };
    let take = TriageCommand::Take {
        reason: r("my shift"),
    };
    triage.apply(&triage.decide(take, &ctx).unwrap()[0]).unwrap();
    assert!(late(&triage, START.plus_micros(2 * HOUR)).is_empty());
    assert_eq!(late(&triage, START.plus_micros(4 * HOUR))[0].clock, Clock::Share);
}

#[test]
fn targets_name_what_is_wrong_and_where() {
    let good = text("clocks/targets.yaml");
    let faults = |text: &str| -> Vec<String> {
        ClockTargets::load("targets.yaml", text)
            .unwrap_err()
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    let line = good
        .lines()
        .position(|l| l.trim_start().starts_with("triage:"))
        .unwrap()
        + 1;
    let slow = faults(&good.replace("critical: 1h, fatal: 30m", "critical: 1h, fatal: 2h"));
    assert_eq!(slow.len(), 1);
    assert!(
        slow[0].starts_with(&format!("targets.yaml:{line}: `triage` gives `fatal` more time")),
        "{slow:?}"
    );
    assert!(faults(&good.replace("fatal: 30m", "fatal: soon"))[0].contains("`soon` is no length of time"));
    assert!(faults(&good.replace("clocks: 1", "clocks: 9"))[0].contains("version 9"));
    assert!(faults("clocks: 1\ntargets: {}\n").len() > 20);
    assert!(faults("clocks: 1\ntargets: {}\nmore: 1\n")[0].contains("more"));
}

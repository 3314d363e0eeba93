//! Absence is no change, a change of role hands weight to the new peers, and what is unusual is learned more slowly than the rest.

use tandem_baseline::{
    Action, Channel, DayActivity, DayContext, DayScore, Observation, Profiles, Settings, SubjectDay,
};
use tandem_domain::Day;

use super::dice::roll;

pub(super) const PEOPLE: usize = 40;

pub(super) fn add(done: &mut DayActivity, action: Action, count: u64) {
    (0..count).for_each(|n| done.add(&Observation::new(action, (9 + n % 8) as u8)));
}

/// Clerks (0 to 19) read files; printers (20 to 39) print ten to twenty pages a day as well.
pub(super) fn usual(who: usize, day: i32) -> DayActivity {
    let mut done = DayActivity::default();
    let dice = |n: u64| roll((who as u64) << 32 ^ (day as u64) << 8 ^ n);
    add(&mut done, Action::FileRead, 3 + dice(0) % 8);
    if who >= PEOPLE / 2 {
        add(&mut done, Action::Print, 10 + dice(1) % 11);
    }
    done
}

pub(super) const CLERK: &[&str] = &["role:clerk"];
pub(super) const PRINTER: &[&str] = &["role:printer"];

/// Where person 0 works on a day, what else is known, and what it does besides the usual; `None` for a day off.
pub(super) type Plan<'a> = &'a dyn Fn(i32) -> Option<(&'static [&'static str], DayContext, u64)>;

/// Person 0's scores by day.
pub(super) fn run(days: i32, settings: Settings, plan: Plan<'_>) -> Vec<(i32, DayScore)> {
    let mut profiles = Profiles::new(settings);
    let names: Vec<String> = (0..PEOPLE).map(|who| format!("p{who:02}")).collect();
    let mut found = Vec::new();
    for day in 0..days {
        let mut done: Vec<DayActivity> = (0..PEOPLE).map(|who| usual(who, day)).collect();
        let (peers, context, prints) = plan(day).unwrap_or((CLERK, DayContext::default(), 0));
        add(&mut done[0], Action::Print, prints);
        let rows: Vec<SubjectDay<'_>> = (0..PEOPLE)
            .filter(|who| *who > 0 || plan(day).is_some())
            .map(|who| SubjectDay {
                subject: &names[who],
                peers: match who {
                    0 => peers,
                    who if who < PEOPLE / 2 => CLERK,
                    _ => PRINTER,
                },
                activity: &done[who],
                context: if who == 0 { context } else { DayContext::default() },
            })
            .collect();
        let scores = profiles.score_day(Day(day), &rows);
        found.extend(
            scores
                .into_iter()
                .filter(|s| s.subject == "p00")
                .map(|s| (day, s)),
        );
    }
    found
}

fn at_work() -> Option<(&'static [&'static str], DayContext, u64)> {
    Some((CLERK, DayContext::default(), 0))
}

fn last(scores: &[(i32, DayScore)]) -> &DayScore {
    &scores.last().unwrap().1
}

pub(super) fn print_surprise(score: &DayScore) -> f64 {
    let prints = score
        .channels
        .iter()
        .find(|c| c.channel == Channel::InHours(Action::Print));
    prints.map_or(0.0, |c| c.surprise)
}

/// Explains every day, so that channels can be compared.
pub(super) fn explaining() -> Settings {
    Settings {
        explain_p: 1.0,
        ..Settings::default()
    }
}

#[test]
fn days_off_move_no_clock() {
    let away = |day: i32| if (40..100).contains(&day) { None } else { at_work() };
    let scores = run(101, Settings::default(), &away);
    assert_eq!(last(&scores).known_days, 40);
    assert!(last(&scores).warm);
    assert!(
        last(&scores).p > 0.01,
        "coming back is no departure: p = {}",
        last(&scores).p
    );
}

#[test]
fn a_lasting_change_is_told_and_a_steady_life_is_not() {
    let plan = |from: i32| {
        move |day: i32| match day {
            day if day >= from => Some((CLERK, DayContext::default(), 12)),
            day => Some((CLERK, DayContext::default(), 1 + roll(day as u64) % 3)),
        }
    };
    let told = |scores: &[(i32, DayScore)]| {
        let running = &last(scores).running;
        running.iter().find(|c| c.channel == Channel::Regime).cloned()
    };
    let changed = told(&run(160, Settings::default(), &plan(125))).unwrap();
    assert!(changed.p < 0.01, "{changed:?}");
    let sentence = &changed.sentence;
    assert!(
        sentence.starts_with("Lasting change of print jobs: "),
        "{sentence}"
    );
    assert!(
        sentence.contains(" in the half-year until now; for peers "),
        "{sentence}"
    );
    assert!(changed.observed > 1.5 * changed.own_usual);
    let steady = told(&run(160, Settings::default(), &plan(999)));
    assert!(steady.as_ref().is_none_or(|c| c.surprise < 3.0), "{steady:?}");
}

#[test]
fn nothing_is_learned_from_a_day_on_leave() {
    let leave = DayContext {
        absent: true,
        ..DayContext::default()
    };
    // Prints on leave do not become usual: the first at work surprises as much as without them.
    let on_leave = |day: i32| match day {
        40..60 => Some((CLERK, leave, 15)),
        60 => Some((CLERK, DayContext::default(), 15)),
        _ => at_work(),
    };
    let off = |day: i32| match day {
        40..60 => None,
        60 => Some((CLERK, DayContext::default(), 15)),
        _ => at_work(),
    };
    let (leave, off) = (run(61, explaining(), &on_leave), run(61, explaining(), &off));
    assert_eq!(last(&leave).known_days, last(&off).known_days);
    assert_eq!(
        print_surprise(last(&leave)).to_bits(),
        print_surprise(last(&off)).to_bits()
    );
    assert!(print_surprise(last(&off)) > 3.0);
}

#[test]
fn another_role_manager_or_site_hands_weight_to_the_new_peers() {
    let stays = |day: i32| {
        if day < 60 {
            at_work()
        } else {
            Some((CLERK, DayContext::default(), 15))
        }
    };
    // The closest group is another one: role, manager or site, whatever the groups are made of.
    let moves = |day: i32| {
        if day < 60 {
            at_work()
        } else {
            Some((PRINTER, DayContext::default(), 15))
        }
    };
    let (stays, moves) = (run(61, explaining(), &stays), run(61, explaining(), &moves));
    let (before, after) = (print_surprise(last(&stays)), print_surprise(last(&moves)));
    assert!(after < before - 1.5, "{after} against {before}");
    assert!(last(&moves).settling_in && !last(&stays).settling_in);

    // The same told by the caller, when the groups do not show it: the own past counts less.
    let told = DayContext {
        role_changed: true,
        ..DayContext::default()
    };
    let told = move |day: i32| match day {
        60 => Some((CLERK, told, 15)),
        _ => at_work(),
    };
    let told = run(61, explaining(), &told);
    assert!(last(&told).settling_in);
    assert!(
        print_surprise(last(&told)) < before,
        "{} against {before}",
        print_surprise(last(&told))
    );
}

#[test]
fn what_is_unusual_teaches_little_whatever_the_weight_of_its_day() {
    let poison = |day: i32| {
        if day < 60 {
            at_work()
        } else {
            Some((CLERK, DayContext::default(), 60))
        }
    };
    let as_shipped = run(64, explaining(), &poison);
    let full = Settings {
        winsor_weight: 1.0,
        ..explaining()
    };
    let trusting = run(64, full, &poison);
    let first = &as_shipped[60].1;
    assert!(first.p < 2e-3, "{}", first.p);
    for day in 61..64 {
        let (slow, quick) = (
            print_surprise(&as_shipped[day].1),
            print_surprise(&trusting[day].1),
        );
        // What a channel learns is bounded also where the day as a whole has full weight.
        let least = 0.8 * print_surprise(first);
        assert!(
            slow > least && quick > least,
            "day {day}: {slow} and {quick}, at least {least}"
        );
    }
}

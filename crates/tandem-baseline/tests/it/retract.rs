//! What is taken back leaves no trace on the days that are scored again, and fades from what is older.

use tandem_baseline::{Action, DayActivity, DayContext, DayScore, Observation, Profiles, SubjectDay};
use tandem_domain::Day;

use super::dice::roll;

const PEOPLE: usize = 25;
/// The day that something is taken back from.
const DAY: i32 = 40;

/// An ordinary day; with `mistake` person 0 has a night of copies on [`DAY`] that was never theirs.
fn activity(who: usize, day: i32, mistake: bool) -> DayActivity {
    let mut done = DayActivity::default();
    let dice = |n: u64| roll((who as u64) << 32 ^ (day as u64) << 8 ^ n);
    for n in 0..4 + dice(0) % 6 {
        let mut seen = Observation::new(Action::FileRead, (9 + dice(n + 1) % 8) as u8);
        seen.bytes = 1_000 + dice(n + 30) % 9_000;
        seen.record = Some(dice(n + 60) % 50);
        done.add(&seen);
    }
    if mistake && who == 0 && day == DAY {
        for n in 0..80 {
            let mut seen = Observation::new(Action::RemovableCopy, 2);
            seen.bytes = 1 << 20;
            seen.record = Some(1_000 + n);
            done.add(&seen);
        }
    }
    done
}

fn score(profiles: &mut Profiles, day: i32, mistake: bool) -> Vec<DayScore> {
    let names: Vec<String> = (0..PEOPLE).map(|who| format!("p{who:02}")).collect();
    let done: Vec<DayActivity> = (0..PEOPLE).map(|who| activity(who, day, mistake)).collect();
    let rows: Vec<SubjectDay<'_>> = names
        .iter()
        .zip(&done)
        .map(|(subject, activity)| SubjectDay {
            subject,
            peers: &["clerks"],
            activity,
            context: DayContext::default(),
        })
        .collect();
    profiles.score_day(Day(day), &rows)
}

#[test]
fn learning_and_taking_back_is_never_having_learnt() {
    let (mut with, mut never) = (Profiles::default(), Profiles::default());
    let mut kept = Vec::new();
    for day in 0..60 {
        kept.push(with.encode().unwrap());
        score(&mut with, day, true);
        score(&mut never, day, false);
    }
    assert_ne!(
        with, never,
        "the night must have been learnt for this to mean anything"
    );
    // Taken back on day 60: the state before the day, and every day since without it.
    let mut back = Profiles::decode(&kept[DAY as usize]).unwrap();
    let mut straight = Profiles::decode(&kept[DAY as usize]).unwrap();
    for day in DAY..60 {
        assert_eq!(score(&mut back, day, false), score(&mut straight, day, false));
    }
    assert_eq!(back, never);
    assert_eq!(back.encode().unwrap(), never.encode().unwrap());
    for day in 60..70 {
        assert_eq!(score(&mut back, day, false), score(&mut never, day, false));
    }
}

#[test]
fn what_can_no_longer_be_taken_back_fades() {
    let (mut with, mut never) = (Profiles::default(), Profiles::default());
    // How differently the two see the hours of the one who was wronged.
    let apart = |with: &Profiles, never: &Profiles| {
        let past = |profiles: &Profiles| profiles.hours("p00", &["clerks"]).unwrap().past;
        let pairs = past(with).into_iter().zip(past(never));
        pairs.map(|(a, b)| (a - b).abs()).sum::<f64>()
    };
    let mut first = 0.0;
    for day in 0..400 {
        score(&mut with, day, true);
        score(&mut never, day, false);
        if day == DAY {
            first = apart(&with, &never);
        }
    }
    assert!(first > 1e-3, "{first}");
    let last = apart(&with, &never);
    assert!(last < first / 100.0, "{first} became {last}");
}

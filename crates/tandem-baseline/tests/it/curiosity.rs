//! Looks at what is none of the own work are a departure of their own; new business and the circle's own work are not.

use std::borrow::Cow;

use tandem_baseline::{
    Action, Channel, ChannelSurprise, DayActivity, DayContext, DayScore, Object, ObjectKind, Observation,
    Profiles, SubjectDay,
};
use tandem_domain::Day;

use super::dice::roll;

const PEOPLE: usize = 40;
const LAST: i32 = 60;

fn use_of(action: Action, kind: ObjectKind, name: &str) -> Observation<'_> {
    let mut seen = Observation::new(action, 10);
    seen.objects = vec![Object {
        kind,
        text: Cow::Borrowed(name),
    }];
    seen
}

fn record(number: u64) -> Observation<'static> {
    let mut seen = Observation::new(Action::RecordRead, 11);
    seen.record = Some(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    seen
}

/// People 0 to 19 are in sales and work on records below 100, the others in law with the records from 1,000 on.
fn usual(who: usize, day: i32) -> DayActivity {
    let mut done = DayActivity::default();
    let (share, first) = if who < PEOPLE / 2 {
        ("\\\\fs\\sales", 0)
    } else {
        ("\\\\fs\\law", 1_000)
    };
    let dice = |n: u64| roll((who as u64) << 32 ^ (day as u64) << 8 ^ n);
    for n in 0..2 + dice(0) % 6 {
        done.add(&use_of(Action::FileRead, ObjectKind::Share, share));
        done.add(&record(first + dice(n + 1) % 100));
    }
    for n in 0..dice(50) % 4 {
        done.add(&Observation::new(
            Action::MailInternal,
            (8 + dice(n + 60) % 10) as u8,
        ));
    }
    done
}

/// Scores person 0's last day with `more` on top.
fn last_day(more: &[Observation<'_>]) -> DayScore {
    let mut profiles = Profiles::default();
    let names: Vec<String> = (0..PEOPLE).map(|who| format!("p{who:02}")).collect();
    let mut found = None;
    for day in 0..=LAST {
        let mut done: Vec<DayActivity> = (0..PEOPLE).map(|who| usual(who, day)).collect();
        if day == LAST {
            more.iter().for_each(|seen| done[0].add(seen));
        }
        let group = |who: usize| {
            if who < PEOPLE / 2 {
                &["role:sales"]
            } else {
                &["role:law"]
            }
        };
        let rows: Vec<SubjectDay<'_>> = (0..PEOPLE)
            .map(|who| SubjectDay {
                subject: &names[who],
                peers: group(who),
                activity: &done[who],
                context: DayContext::default(),
            })
            .collect();
        let scores = profiles.score_day(Day(day), &rows);
        found = scores.into_iter().find(|score| score.subject == "p00");
    }
    found.unwrap()
}

fn curiosity(score: &DayScore) -> Option<&ChannelSurprise> {
    score.channels.iter().find(|c| c.channel == Channel::Curiosity)
}

#[test]
fn others_records_and_shares_are_curious() {
    let mut more: Vec<Observation<'_>> = (0..8).map(|n| record(1_000 + n)).collect();
    more.push(use_of(Action::FileRead, ObjectKind::Share, "\\\\fs\\law"));
    let score = last_day(&more);
    let found = curiosity(&score).unwrap();
    assert_eq!(found.observed, 9.0);
    assert!(found.surprise > 3.0, "{found:?}");
    assert!(
        found.sentence.starts_with(
            "9 looks at what is none of the own work (9 in use elsewhere but not among the peers); never before for this subject"
        ),
        "{}",
        found.sentence
    );
}

#[test]
fn new_business_and_the_circles_own_work_are_not() {
    // Records nobody has touched yet, a share nobody has used yet, and a colleague's record.
    let mut more: Vec<Observation<'_>> = (0..8).map(|n| record(5_000 + n)).collect();
    more.push(use_of(Action::FileRead, ObjectKind::Share, "\\\\fs\\project"));
    more.push(record(50));
    assert_eq!(curiosity(&last_day(&more)), None);
}

#[test]
fn confidential_looks_and_refusals_count_once_each() {
    let mut secret = Observation::new(Action::FileRead, 9);
    (secret.confidential, secret.denied) = (true, true);
    let mut refused = Observation::new(Action::ShareAccess, 9);
    refused.denied = true;
    // Writing what is confidential is work, and a refused web page no access to anything of the company.
    let mut own = Observation::new(Action::FileWrite, 9);
    own.confidential = true;
    let mut page = Observation::new(Action::WebVisit, 9);
    page.denied = true;
    let score = last_day(&[secret, refused, own, page]);
    let found = curiosity(&score).unwrap();
    assert_eq!(found.observed, 2.0);
    assert!(
        found.sentence.contains("(2 confidential or refused)"),
        "{}",
        found.sentence
    );
}

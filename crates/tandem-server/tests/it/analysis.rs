//! A day's outcome rests on that day and those before, whenever it is computed.

use tandem_domain::{Alert, Day, Indicator};
use tandem_server::pipeline::analyse;
use tandem_store::AlertFilter;

use crate::support::{Place, line};

const PEOPLE: &str = "known_on,person,kind,display_name,accounts,email,manager,department,role,site,time_zone,join_date,leave_date
2026-05-01,P1,employee,Mona Lind,mona,,,Sales,Clerk,,,2020-01-01,
2026-05-01,P2,employee,Ulf Berg,ulf,,,Sales,Clerk,,,2020-01-01,
";

/// Days of quiet work, and one on which a log is cleared and backups go.
fn work(days: std::ops::RangeInclusive<u32>, bad: Option<u32>) -> String {
    let mut text = String::new();
    for day in days {
        for n in 0..12 {
            text.push_str(&line(day, n, "mona"));
            text.push_str(&line(day, n + 20, "ulf"));
        }
        if bad == Some(day) {
            text.push_str(&cover(day));
        }
    }
    text
}

/// A log is cleared and backups go; records with an identity of their own.
fn cover(day: u32) -> String {
    let vssadmin = ",\"NewProcessName\":\"C:\\\\Windows\\\\System32\\\\vssadmin.exe\",\"CommandLine\":\"vssadmin delete shadows /all\"";
    let events = [(1102, ""), (4688, vssadmin)].map(|(event, extra)| {
        format!(
            "{{\"EventTime\":\"2026-05-{day:02}T23:10:00Z\",\"EventID\":{event},\"EventRecordID\":{event}{day},\"Channel\":\"Security\",\"SourceName\":\"Microsoft-Windows-Security-Auditing\",\"Hostname\":\"PC1\",\"SubjectUserName\":\"mona\"{extra}}}\n"
        )
    });
    events.concat()
}

/// All that stands about the days up to `day`: indicators, alerts, and each subject's scores to the last bit.
async fn known(place: &Place, day: u32) -> (Vec<Indicator>, Vec<Alert>, Vec<(String, u64)>) {
    let store = &place.app.store;
    let (first, last) = (may(1), may(day));
    let indicators = store.indicators_between(first, last).await.unwrap();
    let all = AlertFilter {
        limit: 1_000,
        ..AlertFilter::default()
    };
    let alerts = store.alerts(&all).await.unwrap().into_iter().map(|row| row.alert);
    let mut scores = Vec::new();
    for (person, subject) in store.pseudonyms().await.unwrap() {
        for (at, score, state) in store.scores_of(&subject, first, last).await.unwrap() {
            scores.push((format!("{person} {} {state}", at.0), score.to_bits()));
        }
    }
    scores.sort();
    (indicators, alerts.filter(|a| a.day <= last).collect(), scores)
}

fn may(day: u32) -> Day {
    Day::parse(&format!("2026-05-{day:02}")).unwrap()
}

#[tokio::test]
async fn later_data_changes_no_earlier_day_and_computing_again_gives_the_same() {
    let place = Place::new().await;
    place.read("people.csv", PEOPLE).await;
    place.read("one.ndjson", &work(4..=12, Some(11))).await;
    place.analyse().await;
    let before = known(&place, 12).await;
    assert_eq!(before.0.len(), 2, "{before:?}");

    place.read("two.ndjson", &work(13..=20, Some(15))).await;
    assert_eq!(place.analyse().await, 8, "only the new days");
    assert_eq!(known(&place, 12).await, before);

    let all = known(&place, 20).await;
    assert!(all.0.len() > before.0.len());
    let again = analyse(&place.app, Some(may(4)), &mut |_, _, _| {})
        .await
        .unwrap();
    assert_eq!(again.days, 17);
    assert_eq!(known(&place, 20).await, all);
}

#[tokio::test]
async fn late_data_of_a_day_counts_as_if_it_had_been_in_time() {
    let (late, early) = (Place::new().await, Place::new().await);
    late.read("people.csv", PEOPLE).await;
    late.read("most.ndjson", &work(4..=18, None)).await;
    late.analyse().await;
    assert_eq!(late.analyse().await, 0, "nothing is new");
    late.read("late.ndjson", &cover(11)).await;
    assert!(late.analyse().await >= 8, "from that day on");

    early.read("people.csv", PEOPLE).await;
    early.read("all.ndjson", &work(4..=18, Some(11))).await;
    early.analyse().await;
    let told = |known: (Vec<Indicator>, Vec<Alert>, Vec<(String, u64)>)| {
        let titles = |i: &Indicator| (i.time, i.title.clone(), i.weight.to_bits());
        let mut indicators: Vec<_> = known.0.iter().map(titles).collect();
        // Ids of indicators come from pseudonyms, which differ from place to place.
        indicators.sort();
        (indicators, known.2)
    };
    assert_eq!(told(known(&late, 18).await), told(known(&early, 18).await));
}

/// Two exports of one log overlap, the second read by another process, or pushed.
#[tokio::test]
async fn what_comes_twice_counts_once_wherever_it_comes_from() {
    let (twice, once) = (Place::new().await, Place::new().await);
    for place in [&twice, &once] {
        place.read("people.csv", PEOPLE).await;
        place.read("most.ndjson", &work(4..=18, None)).await;
    }
    once.read("export.ndjson", &[cover(11), cover(12)].concat()).await;
    once.analyse().await;

    assert_eq!(twice.read("export-1.ndjson", &cover(11)).await.events, 2);
    let twice = twice.reopened().await;
    let overlap = twice
        .read("export-2.ndjson", &[cover(11), cover(12)].concat())
        .await;
    assert_eq!((overlap.events, overlap.duplicates, overlap.records), (2, 2, 4));
    // Merged by now or not: what is stored is known.
    tandem_server::pipeline::maintain::maintain(&twice.app, false)
        .await
        .unwrap();
    let more = twice
        .read(
            "export-3.ndjson",
            &[cover(12), cover(11), work(4..=4, None)].concat(),
        )
        .await;
    assert_eq!((more.events, more.duplicates), (24, 4));
    twice.analyse().await;
    let (left, right) = (known(&twice, 18).await, known(&once, 18).await);
    assert_eq!(left.0.len(), right.0.len());
    let counts = |known: &[Indicator]| known.iter().map(|i| i.event_count).sum::<u64>();
    assert_eq!(counts(&left.0), counts(&right.0));
}

#[tokio::test]
async fn human_facts_alone_raise_nothing() {
    let place = Place::new().await;
    place.read("people.csv", PEOPLE).await;
    let facts = "known_on,person,fact,from,until,detail,reference
2026-05-10,P1,notice_given,2026-05-10,,,
2026-05-10,P1,red_flag_confirmed,2026-05-10,,a concern,
2026-05-11,P1,hotline_corroborated,2026-05-11,,a report,
";
    assert_eq!(place.read("facts.csv", facts).await.people_rows, 3);
    place.read("quiet.ndjson", &work(4..=18, None)).await;
    place.analyse().await;
    let (indicators, alerts, _) = known(&place, 18).await;
    assert!(indicators.len() >= 3, "{indicators:?}");
    assert!(alerts.is_empty(), "{alerts:?}");
}

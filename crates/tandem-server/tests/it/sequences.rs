//! Chains of acts, from raw logs of several sources to the story.

use serde_json::Value;
use tandem_domain::{Day, Indicator, Role, Stage, SubjectId};
use tandem_server::api::dto::Story;
use tandem_server::api::views::Sight;
use tandem_server::pipeline::analyse;

use crate::support::{Place, line};

const PEOPLE: &str = "known_on,person,kind,display_name,accounts,email,manager,department,role,site,time_zone,join_date,leave_date
2026-05-01,P1,employee,Mona Lind,mona.lind,,,Sales,Clerk,,,2020-01-01,
2026-05-01,P2,employee,Ulf Berg,ulf.berg,,,Sales,Clerk,,,2020-01-01,
";
const WIPED: &str = "sequence:collected-hidden-taken-wiped";
const COPIED: &str = "sequence:bulk-copy-after-turning-point";

fn may(day: u32) -> Day {
    Day::parse(&format!("2026-05-{day:02}")).unwrap()
}

/// A file is opened on the file server (Samba's audit log).
fn opened(day: u32, time: &str, who: &str, file: &str) -> String {
    format!(
        "<174>May {day:>2} {time} ald-fs01 smbd_audit[2100]: {who}|192.0.2.10|ws-1|plans|openat|ok|r|q3/{file}\n"
    )
}

/// A file goes to a stick (an endpoint agent's CEF).
fn copied(day: u32, time: &str, who: &str, file: &str) -> String {
    format!(
        "<134>May {day:>2} {time} ws-1 CEF:0|Northgate|Endpoint DLP|7.2|DEV-210|File copied to removable media|5|rt=May {day:02} 2026 {time} UTC \
         externalId={day}{file} suser={who} shost=WS-1 src=192.0.2.10 act=copy fname={file} filePath=C:\\\\Users\\\\{who}\\\\{file} \
         fsize=900 deviceExternalId=S1 outcome=allowed\n"
    )
}

/// Sysmon, as NXLog writes it.
fn sysmon(day: u32, time: &str, who: &str, event: u32, extra: &str) -> String {
    format!(
        "{{\"EventTime\":\"2026-05-{day:02}T{time}Z\",\"EventID\":{event},\"EventRecordID\":\"{event}{day}{time}\",\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\
         \"SourceName\":\"Microsoft-Windows-Sysmon\",\"Hostname\":\"WS-1\",\"User\":\"HOME\\\\{who}\",{extra}}}\n"
    )
}

fn packed(day: u32, time: &str, who: &str, file: &str) -> String {
    let extra = format!(
        "\"Image\":\"C:\\\\Program Files\\\\7-Zip\\\\7z.exe\",\"CommandLine\":\"7z.exe a C:\\\\Users\\\\{who}\\\\{file}.7z C:\\\\Users\\\\{who}\\\\{file}.docx\""
    );
    sysmon(day, time, who, 1, &extra)
}

fn deleted(day: u32, time: &str, who: &str, file: &str) -> String {
    let extra = format!(
        "\"Image\":\"C:\\\\Windows\\\\explorer.exe\",\"TargetFilename\":\"C:\\\\Users\\\\{who}\\\\{file}\""
    );
    sysmon(day, time, who, 23, &extra)
}

/// Quiet days of both, so that there is a story to look at.
fn quiet() -> String {
    (4..=8)
        .flat_map(|day| [line(day, 1, "mona.lind"), line(day, 2, "ulf.berg")])
        .collect()
}

/// What each source has to tell: Mona collects, packs, copies and deletes; Ulf does the same with other files, or in another order.
fn logs() -> [(&'static str, String); 4] {
    let (mona, ulf) = ("mona.lind", "ulf.berg");
    [
        (
            "fileserver-2026.log",
            [
                opened(4, "09:00:00", mona, "alpha.docx"),
                opened(4, "09:05:00", mona, "menu.docx"),
                opened(7, "09:00:00", ulf, "beta.docx"),
            ]
            .concat(),
        ),
        (
            "sysmon-process.ndjson",
            [
                packed(4, "10:00:00", mona, "alpha"),
                packed(5, "10:00:00", ulf, "beta"),
            ]
            .concat(),
        ),
        (
            "endpoint-2026.log",
            [
                copied(5, "11:00:00", mona, "alpha.7z"),
                copied(6, "11:00:00", ulf, "beta.7z"),
            ]
            .concat(),
        ),
        (
            "sysmon-file.ndjson",
            [
                deleted(6, "12:00:00", mona, "alpha.7z"),
                deleted(6, "12:30:00", mona, "menu.docx"),
                deleted(8, "12:00:00", ulf, "beta.7z"),
            ]
            .concat(),
        ),
    ]
}

async fn place() -> Place {
    let place = Place::with(|config| config.home.nt_domains = vec!["HOME".into()]).await;
    place.read("people.csv", PEOPLE).await;
    place
}

async fn found(place: &Place) -> Vec<Indicator> {
    let all = place.app.store.indicators_between(may(1), may(31)).await.unwrap();
    all.into_iter()
        .filter(|indicator| indicator.detector.starts_with("sequence:"))
        .collect()
}

async fn subject(place: &Place, person: &str) -> SubjectId {
    let all = place.app.store.pseudonyms().await.unwrap();
    all.into_iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(person))
        .unwrap()
        .1
}

async fn story(place: &Place, sight: Sight, subject: &SubjectId, at: &str) -> Story {
    place.app.story(sight, subject.as_str(), Some(at)).await.unwrap()
}

#[tokio::test]
async fn a_file_that_is_collected_packed_copied_and_deleted_is_one_chain_across_four_logs() {
    let place = place().await;
    place.read("quiet.ndjson", &quiet()).await;
    for (name, text) in logs() {
        let read = place.read(name, &text).await;
        assert_eq!(read.rejects, 0, "{name}: {read:?}");
        assert_eq!(read.events, text.lines().count() as u64, "{name}");
    }
    place.analyse().await;

    let all = found(&place).await;
    let mona = subject(&place, "P1").await;
    assert_eq!(all.len(), 1, "another order is no chain: {all:#?}");
    let one = &all[0];
    assert_eq!((one.detector.as_str(), &one.subject), (WIPED, &mona));
    assert_eq!((one.weight, one.stage), (12.0, Some(Stage::AntiForensics)));
    assert_eq!(one.time.to_string(), "2026-05-06T12:00:00Z");
    assert_eq!(one.events.len(), 4);
    for said in [
        "alpha.docx",
        "2026-05-04 09:00",
        "alpha.7z",
        "2026-05-06 12:00",
        "4 of 4",
    ] {
        assert!(one.explanation.contains(said), "{said}: {}", one.explanation);
    }
    assert!(
        !one.explanation.to_lowercase().contains("mona"),
        "{}",
        one.explanation
    );

    // In the story over HTTP, with events to open; and at an earlier moment only as far as it had come.
    let cookie = place.signed_in(Role::ItAnalyst).await;
    let path = format!("/api/v1/subjects/{}", mona.as_str());
    let told = place.get(&path, Some(&cookie)).await.json();
    let chains = told["chains"].as_array().unwrap();
    assert_eq!(chains.len(), 1, "{told}");
    assert_eq!(
        (&chains[0]["complete"], &chains[0]["key"]),
        (&Value::Bool(true), &Value::from("alpha.7z"))
    );
    let steps = chains[0]["steps"].as_array().unwrap();
    let names: Vec<_> = steps.iter().map(|step| step["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["collected", "renamed or packed", "taken out", "wiped"]);
    let event = steps[3]["event"].as_str().unwrap();
    let event = place
        .get(&format!("/api/v1/events/{event}"), Some(&cookie))
        .await
        .json();
    assert_eq!(event["class"], "file_activity", "{event}");

    let then = story(&place, Sight::ALL, &mona, "2026-05-05T18:00:00Z").await;
    assert_eq!(then.chains.len(), 1);
    assert!(!then.chains[0].evidence && !then.chains[0].complete);
    let reached: Vec<_> = then.chains[0].steps.iter().map(|step| step.reached).collect();
    assert_eq!(reached, [true, true, true, false]);
    let before = story(&place, Sight::ALL, &mona, "2026-05-04T09:30:00Z").await;
    assert!(before.chains.is_empty(), "one step is no chain");
    let ulf = subject(&place, "P2").await;
    let his = story(&place, Sight::ALL, &ulf, "2026-05-08").await;
    assert!(his.chains.iter().all(|chain| !chain.evidence), "{:?}", his.chains);
}

#[tokio::test]
async fn analysed_again_after_a_restart_or_read_late_it_is_the_same_chain_once() {
    let in_time = place().await;
    in_time.read("quiet.ndjson", &quiet()).await;
    for (name, text) in logs() {
        in_time.read(name, &text).await;
    }
    in_time.analyse().await;
    let first = found(&in_time).await;
    assert_eq!(first.len(), 1);

    analyse(&in_time.app, Some(may(5)), &mut |_, _, _| {})
        .await
        .unwrap();
    assert_eq!(found(&in_time).await, first);
    let again = in_time.reopened().await;
    for (name, text) in logs() {
        let read = again.read(&format!("again-{name}"), &text).await;
        assert_eq!(read.events, 0, "{name}");
    }
    again.read("later.ndjson", &line(9, 1, "mona.lind")).await;
    again.analyse().await;
    assert_eq!(found(&again).await, first);
    analyse(&again.app, Some(may(4)), &mut |_, _, _| {})
        .await
        .unwrap();
    assert_eq!(found(&again).await, first);
    let mona = subject(&again, "P1").await;
    assert_eq!(
        story(&again, Sight::ALL, &mona, "2026-05-09").await.chains.len(),
        1
    );

    // The other way round, each log analysed before the next one comes.
    let late = place().await;
    late.read("quiet.ndjson", &quiet()).await;
    late.analyse().await;
    for (name, text) in logs().into_iter().rev() {
        late.read(name, &text).await;
        late.analyse().await;
    }
    let told = |all: &[Indicator]| -> Vec<_> {
        let one = |i: &Indicator| (i.time, i.explanation.clone(), i.events.clone());
        all.iter().map(one).collect()
    };
    assert_eq!(told(&found(&late).await), told(&first));
}

#[tokio::test]
async fn an_employment_fact_is_a_step_that_only_those_who_may_read_it_see() {
    let place = place().await;
    place.read("quiet.ndjson", &quiet()).await;
    let facts =
        "known_on,person,fact,from,until,detail,reference\n2026-05-05,P1,notice_given,2026-05-05,,,\n";
    assert_eq!(place.read("facts.csv", facts).await.people_rows, 1);
    let copies = |who: &str| -> String {
        (0..24)
            .map(|n| copied(7, &format!("17:{n:02}:00"), who, &format!("f{n}.docx")))
            .collect()
    };
    place.read("mona-2026.log", &copies("mona.lind")).await;
    place.read("ulf-2026.log", &copies("ulf.berg")).await;
    place.analyse().await;

    let all = found(&place).await;
    let mona = subject(&place, "P1").await;
    assert_eq!(all.len(), 1, "without notice copying is no such chain: {all:#?}");
    assert_eq!((all[0].detector.as_str(), &all[0].subject), (COPIED, &mona));
    let said = format!("{} {}", all[0].title, all[0].explanation).to_lowercase();
    assert!(said.contains("20 different files"), "{said}");
    for word in ["notice", "2026-05-05", "mona"] {
        assert!(!said.contains(word), "{said}");
    }

    let whole = story(&place, Sight::ALL, &mona, "2026-05-08").await;
    assert!(whole.chains[0].title.contains("notice"));
    assert!(whole.chains[0].steps[0].sentence.contains("Notice was given"));
    let sight = Sight {
        human_facts: false,
        evidence: true,
    };
    let part = story(&place, sight, &mona, "2026-05-08").await;
    let text = serde_json::to_string(&part.chains).unwrap().to_lowercase();
    assert!(text.contains("human-side context present"), "{text}");
    for word in ["notice", "turning point", "2026-05-05"] {
        assert!(!text.contains(word), "{text}");
    }
    let blind = Sight {
        human_facts: false,
        evidence: false,
    };
    let blind = story(&place, blind, &mona, "2026-05-08").await;
    assert!(blind.chains[0].steps.iter().all(|step| step.event.is_none()));
}

#[tokio::test]
async fn own_sequences_take_the_place_of_shipped_ones_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sequences");
    std::fs::create_dir_all(&path).unwrap();
    let place = Place::with(|config| config.content.sequences.push(path.clone())).await;
    let shipped = place.app.sequences().book.len();
    let off = "id: label-lowered-then-out
title: off
description: not used here
enabled: false
threats: [leakage]
level: low
key: object
within: 1d
steps:
  - {name: a, says: a, stage: means, any: [{act: file_read}]}
  - {name: b, says: b, stage: means, any: [{act: file_delete}]}
";
    std::fs::write(path.join("off.yml"), off).unwrap();
    std::fs::write(path.join("broken.yml"), "id: [").unwrap();
    // The folders are looked at every few seconds, not at each request.
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    place.app.refresh_rules().await.unwrap();
    let loaded = place.app.sequences();
    assert_eq!((loaded.book.len(), loaded.errors.len()), (shipped - 1, 1));
    assert!(loaded.book.get("label-lowered-then-out").is_none());
    std::fs::remove_dir_all(&path).unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    place.app.refresh_rules().await.unwrap();
    assert_eq!(
        place.app.sequences().book.len(),
        shipped - 1,
        "what cannot be read leaves them in use"
    );
}

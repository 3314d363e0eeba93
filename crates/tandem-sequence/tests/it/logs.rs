//! Raw logs of several sources lead to one chain: what mappings make of records is what steps ask for.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use tandem_baseline::{HomeContext, observe};
use tandem_domain::{Day, EventBatch, LocalTime, Timestamp};
use tandem_normalise::mapping::Mappings;
use tandem_normalise::{Normaliser, Options};
use tandem_sequence::{AccountDay, DayMarks, Found, Sequencer, Sequences, tell};

const READ: &str =
    "<174>May  4 09:00:00 ald-fs01 smbd_audit[2100]: mona|192.0.2.10|ws-1|plans|openat|ok|r|q3/alpha.docx\n";
const PACKED: &str = concat!(
    r#"{"EventTime":"2026-05-04T10:00:00Z","EventID":1,"EventRecordID":"1","Channel":"Microsoft-Windows-Sysmon/Operational","SourceName":"Microsoft-Windows-Sysmon","Hostname":"WS-1","User":"HOME\\mona","Image":"C:\\Program Files\\7-Zip\\7z.exe","CommandLine":"7z.exe a C:\\Users\\mona\\alpha.7z C:\\Users\\mona\\alpha.docx"}"#,
    "\n"
);
const COPIED: &str = "<134>May  5 11:00:00 ws-1 CEF:0|Northgate|Endpoint DLP|7.2|DEV-210|File copied to removable media|5|rt=May 05 2026 11:00:00 UTC externalId=5 suser=mona shost=WS-1 src=192.0.2.10 act=copy fname=alpha.7z filePath=C:\\\\Users\\\\mona\\\\alpha.7z fsize=900 deviceExternalId=S1 outcome=allowed\n";
const DELETED: &str = concat!(
    r#"{"EventTime":"2026-05-06T12:00:00Z","EventID":23,"EventRecordID":"2","Channel":"Microsoft-Windows-Sysmon/Operational","SourceName":"Microsoft-Windows-Sysmon","Hostname":"WS-1","User":"HOME\\mona","Image":"C:\\Windows\\explorer.exe","TargetFilename":"C:\\Users\\mona\\alpha.7z"}"#,
    "\n"
);

fn mappings() -> Arc<Mappings> {
    static SHIPPED: OnceLock<Arc<Mappings>> = OnceLock::new();
    Arc::clone(SHIPPED.get_or_init(|| Arc::new(Mappings::builtin().unwrap())))
}

/// What these logs come to, each a stream of its own.
fn found(logs: &[&str]) -> Vec<Found> {
    let book = Arc::new(Sequences::builtin());
    let mut days: BTreeMap<Day, DayMarks> = BTreeMap::new();
    for log in logs {
        let options = Options {
            source: String::new(),
            stream_id: log.len() as u128,
            format: None,
            mapping: None,
            time_zone: None,
            year_hint: Some(2026),
            received: Timestamp::parse_rfc3339("2026-06-01T00:00:00Z").unwrap(),
            max_record_bytes: 1 << 20,
        };
        let mut batch = EventBatch::new("");
        let mut rejects = Vec::new();
        let mut normaliser = Normaliser::new(mappings(), options);
        let mut at = 0;
        while at < log.len() {
            let used = normaliser.feed(&log.as_bytes()[at..], at as u64, true, &mut batch, &mut rejects);
            assert!(used > 0, "{log}");
            at += used;
        }
        assert!(rejects.is_empty(), "{rejects:?}");
        for event in batch.iter() {
            let seen = observe(&event, &HomeContext::default(), LocalTime::utc);
            book.mark(&event, seen.as_ref(), LocalTime::utc, &mut |marked| {
                assert!(marked.account.ends_with("mona"), "{}", marked.account);
                let day = days.entry(marked.act.time.day()).or_default();
                day.add(marked.step, marked.object, marked.act);
            });
        }
    }
    let mut sequencer = Sequencer::new(book);
    let one = |(day, marks)| {
        let account = AccountDay {
            subject: "S".into(),
            account: "mona".into(),
            active: true,
            marks,
        };
        sequencer.run_day(day, &[account], &[]).found
    };
    days.into_iter().flat_map(one).collect()
}

#[test]
fn a_file_server_two_sysmon_events_and_an_endpoint_agent_make_one_chain() {
    let all = found(&[READ, PACKED, COPIED, DELETED]);
    assert_eq!(all.len(), 1, "{all:#?}");
    let sequence = Sequences::builtin();
    let story = tell(sequence.get(&all[0].chain.sequence).unwrap(), &all[0].chain);
    let objects: Vec<_> = story
        .steps
        .iter()
        .filter_map(|step| step.object.as_deref())
        .collect();
    assert_eq!(objects, ["alpha.docx", "alpha.7z", "alpha.7z", "alpha.7z"]);
    assert!(story.complete && story.sequence == "collected-hidden-taken-wiped");
    assert_eq!(
        found(&[DELETED, COPIED, READ, PACKED]),
        all,
        "whatever comes in first"
    );
    assert!(found(&[READ, PACKED, COPIED]).is_empty());
    assert!(found(&[PACKED, COPIED, DELETED]).is_empty());
}

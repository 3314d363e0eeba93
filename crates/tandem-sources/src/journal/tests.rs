use super::*;
use crate::delivery::Refused;

fn line(cursor: &str, message: &str) -> String {
    format!("{{\"MESSAGE\":\"{message}\",\"__CURSOR\":\"{cursor}\"}}\n")
}

#[test]
fn records_are_whole_lines_and_the_cursor_is_the_last_ones() {
    let mut batch = Batch::new(1_000);
    let text = line("s=1;i=1", "one") + &line("s=1;i=2", "two") + "{\"MESSAGE\":\"unfin";
    for byte in text.as_bytes() {
        assert_eq!(batch.add(&[*byte]), 1);
    }
    let records = batch.take();
    assert_eq!(records.count, 2);
    assert_eq!(records.cursor, "s=1;i=2");
    assert!(records.refused.is_empty());
    assert!(batch.is_empty());
    batch.add(b"ished\",\"__CURSOR\":\"s=1;i=3\"}\n");
    let records = batch.take();
    assert_eq!(records.body, line("s=1;i=3", "unfinished").into_bytes());
    assert_eq!(records.cursor, "s=1;i=3");
}

#[test]
fn a_record_that_is_too_long_is_refused_and_reading_goes_on_behind_it() {
    let mut batch = Batch::new(200);
    let long = "x".repeat(100_000);
    for text in [
        line("s=1;i=1", "one"),
        line("s=1;i=2", &long),
        format!("{{\"__CURSOR\":\"s=1;i=3\",\"MESSAGE\":\"{long}\"}}\n"),
    ] {
        assert_eq!(batch.add(text.as_bytes()), text.len());
    }
    let records = batch.take();
    assert_eq!(records.count, 1);
    assert_eq!(records.refused.len(), 2);
    let first = &records.refused[0];
    assert_eq!(first.bytes as usize, line("s=1;i=2", &long).len() - 1);
    assert_eq!(first.raw.len(), 200);
    assert!(first.reason.contains("longer than 200 bytes"));
    assert_eq!(records.cursor, "s=1;i=3");
    batch.add(line("s=1;i=4", "four").as_bytes());
    assert_eq!(batch.take().cursor, "s=1;i=4");
}

#[test]
fn what_is_no_record_is_refused_and_blank_lines_are_passed_over() {
    let mut batch = Batch::new(200);
    for hostile in [
        "-- No entries --\n",
        "\n",
        "\0\0\0\n",
        "[1]\n",
        "\u{feff}{}\n",
        "{\"a\":1}\n",
    ] {
        batch.add(hostile.as_bytes());
    }
    let records = batch.take();
    assert_eq!(records.refused.len(), 4);
    assert!(
        records
            .refused
            .iter()
            .all(|refused: &Refused| !refused.hint.is_empty())
    );
    assert_eq!(records.count, 1);
    assert_eq!(records.cursor, "", "a record without a cursor moves nothing");
}

#[test]
fn a_batch_stops_at_the_line_that_fills_it() {
    let mut batch = Batch::new(1 << 20);
    let text = line("s=1;i=1", &"y".repeat(batch::FULL)) + &line("s=1;i=2", "two");
    let used = batch.add(text.as_bytes());
    assert!(batch.is_full());
    assert_eq!(batch.take().count, 1);
    assert_eq!(batch.add(&text.as_bytes()[used..]), text.len() - used);
    assert_eq!(batch.take().cursor, "s=1;i=2");
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let good = JournalSettings::default();
    assert_eq!(good.check(), Ok(()));
    let wrong = [
        JournalSettings {
            directory: Some("/a".into()),
            file: Some("/b".into()),
            ..good.clone()
        },
        JournalSettings {
            directory: Some("a".into()),
            ..good.clone()
        },
        JournalSettings {
            priority: Some("urgent".into()),
            ..good.clone()
        },
        JournalSettings {
            units: vec![" ".into()],
            ..good.clone()
        },
        JournalSettings {
            every_ms: 1,
            ..good.clone()
        },
        JournalSettings {
            program: String::new(),
            ..good
        },
    ];
    for settings in wrong {
        assert!(settings.check().is_err(), "{settings:?}");
    }
    assert!(serde_json::from_str::<JournalSettings>("{\"unit\":[]}").is_err());
}

#[test]
fn the_program_goes_on_behind_the_cursor_over_all_boots() {
    let settings = JournalSettings {
        directory: Some("/var/log/journal/remote".into()),
        units: vec!["ssh.service".into()],
        priority: Some("info".into()),
        ..JournalSettings::default()
    };
    assert_eq!(
        settings.read_on("s=1;i=2"),
        [
            "--output=json",
            "--all",
            "--no-pager",
            "--quiet",
            "--directory=/var/log/journal/remote",
            "--unit=ssh.service",
            "--priority=info",
            "--follow",
            "--no-tail",
            "--merge",
            "--after-cursor=s=1;i=2"
        ]
    );
}

//! Values for tests.

use tandem_domain::alert::RiskLevel;
use tandem_domain::{
    Alert, AlertId, AlertStatus, Day, EventId, Indicator, IndicatorGroup, IndicatorId, SubjectId, Timestamp,
};
use tandem_store::{
    ActivityRow, BatchCommit, ChainRow, Checkpoint, DayResult, DepartureRow, MatchRow, RejectRow, ScoreRow,
    SegmentRow, SourceDay, SubjectRow,
};

pub fn matched(number: u64, day: i32) -> MatchRow {
    MatchRow {
        rule: format!("rule-{}", number % 7),
        // Spread like hashes, so that indexes are filled in no order, as with real events.
        event: EventId(u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)),
        time: Timestamp(Day(day).start().0 + i64::try_from(number).unwrap()),
        account: format!("account-{}", number % 50),
        body: format!("{{\"object\":\"/share/file-{number}\"}}"),
    }
}

/// One account each: a batch holds one part per account and day.
pub fn activity(number: u64, day: i32) -> ActivityRow {
    let byte = u8::try_from(number % 251).unwrap();
    ActivityRow {
        account: format!("account-{number}"),
        day: Day(day),
        body: vec![byte; 40],
    }
}

pub fn segment(path: &str, day: i32) -> SegmentRow {
    SegmentRow {
        path: path.into(),
        day: Day(day),
        rows: 10,
        min_time: Day(day).start(),
        max_time: Day(day).end(),
        body: "{}".into(),
    }
}

pub fn checkpoint(offset: u64) -> Checkpoint {
    Checkpoint {
        stream_key: "/logs/a.log".into(),
        fingerprint: "abc".into(),
        stamp: Some("9 bytes".into()),
        content_mark: Some("mark".into()),
        offset,
        state_json: format!("{{\"line\":{offset}}}"),
        done: false,
    }
}

pub fn source_day(day: i32) -> SourceDay {
    SourceDay {
        source: "files".into(),
        day: Day(day),
        events: 10,
        rejects: 1,
        bytes: 100,
        first: Some(Day(day).start()),
        last: Some(Day(day).end()),
    }
}

pub fn reject(number: u64, bytes: usize) -> RejectRow {
    RejectRow {
        source: if number.is_multiple_of(2) { "even" } else { "odd" }.into(),
        stream: "/logs/a.log".into(),
        offset: number,
        reason: "no time".into(),
        hint: "name the field that holds it".into(),
        field: Some("time".into()),
        raw: vec![0; bytes],
        bytes: bytes as u64,
        received: Timestamp(5),
    }
}

/// A batch that touches everything once.
pub fn batch(number: u64, day: i32) -> BatchCommit {
    BatchCommit {
        batch_id: format!("batch-{number}"),
        committed: Timestamp(1_000 + i64::try_from(number).unwrap()),
        streams: vec![checkpoint(number)],
        forgotten: Vec::new(),
        segments: vec![segment(&format!("day={day}/{number}.parquet"), day)],
        rejects: vec![reject(number, 10)],
        matches: (0..20).map(|i| matched(number * 1_000 + i, day)).collect(),
        activity: (0..10).map(|i| activity(i, day)).collect(),
        marks: (0..3).map(|i| activity(i, day)).collect(),
        source_days: vec![source_day(day)],
        records: 13,
        duplicates: 2,
        deliveries: Vec::new(),
    }
}

pub fn subject_id(number: u32) -> SubjectId {
    SubjectId(format!("S-{number:08}"))
}

pub fn indicator(number: u32, day: i32) -> Indicator {
    Indicator {
        id: IndicatorId(u128::from(number) + 1),
        subject: subject_id(number % 10),
        time: Timestamp(Day(day).start().0 + i64::from(number)),
        known: Day(day).end(),
        group: IndicatorGroup::Behaviour,
        detector: "behaviour".into(),
        title: format!("odd thing {number}"),
        explanation: "it is odd".into(),
        weight: 4.25,
        half_life_days: Some(14.0),
        until: None,
        threats: Vec::new(),
        motive: None,
        stage: None,
        object: None,
        techniques: Vec::new(),
        events: vec![EventId(7)],
        event_count: 1,
        impact: 0,
    }
}

pub fn alert(number: u32, day: i32) -> Alert {
    Alert {
        id: AlertId(u128::from(number) + 1_000),
        subject: subject_id(number % 10),
        day: Day(day),
        raised: Day(day).end(),
        title: format!("alert {number}"),
        sentences: vec!["first".into(), "second".into()],
        score: -4.5,
        level: RiskLevel::Review,
        threat: None,
        impact: 2,
        queue: if number.is_multiple_of(2) {
            "daily"
        } else {
            "slow_burn"
        }
        .into(),
        rank: number,
        indicators: vec![IndicatorId(1)],
        status: AlertStatus::New,
        verdict: None,
    }
}

pub fn subject(number: u32) -> SubjectRow {
    SubjectRow {
        subject: subject_id(number),
        person: format!("p{number}"),
        score: f64::from(number) - 30.0,
        level: ["low", "watch", "review", "act"][number as usize % 4].into(),
        department: if number.is_multiple_of(2) {
            "Finance"
        } else {
            "Sales"
        }
        .into(),
        role: "Clerk_1".into(),
        kind: "employee".into(),
        body: "{}".into(),
    }
}

pub fn departure(number: u32, day: i32) -> DepartureRow {
    DepartureRow {
        subject: subject_id(number),
        day: Day(day),
        body: format!("[{number},{day}]"),
    }
}

pub fn chain(number: u32) -> ChainRow {
    ChainRow {
        id: format!("chain-{number}"),
        subject: subject_id(number),
        body: format!("{{\"n\":{number}}}"),
    }
}

/// A day's results with ten subjects, five indicators, two alerts, two departures and chains.
pub fn result(day: i32) -> DayResult {
    let base = u32::try_from(day).unwrap() * 100;
    let score = |i| {
        let SubjectRow {
            subject,
            score,
            level,
            ..
        } = subject(i);
        ScoreRow {
            subject,
            score: score + f64::from(day) / 100.0,
            level,
        }
    };
    DayResult {
        day: Day(day),
        indicators: (0..5).map(|i| indicator(base + i, day)).collect(),
        alerts: (1..3)
            .map(|i| (alert(base + i, day), vec!["behaviour".into(), "fact".into()]))
            .collect(),
        scores: (0..10).map(score).collect(),
        subjects: (0..10).map(subject).collect(),
        chains: (0..3).map(chain).collect(),
        snapshot: vec![u8::try_from(day % 250).unwrap(); 10],
        departures: (0..2).map(|i| departure(i, day)).collect(),
        tally: Some(format!("{{\"of\":{day}}}")),
        queue: vec![u8::try_from(day % 250).unwrap(); 3],
    }
}

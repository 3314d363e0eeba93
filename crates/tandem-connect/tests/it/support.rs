//! What the tests of far sides share.

use std::time::Duration;

use tandem_connect::far::Context;
use tandem_connect::{
    Anchor, Base, Button, Gate, GateBreach, Http, Key, Limits, Notice, NoticeKind, Route, Verb,
};
use tandem_domain::alert::RiskLevel;
use tandem_domain::{CaseId, SubjectId, Timestamp};

pub const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

pub fn case() -> CaseId {
    CaseId::of(2026, 42)
}

pub fn notice(key: &str) -> Notice {
    Notice {
        kind: NoticeKind::CaseOpened,
        case: Some(case()),
        subjects: vec![SubjectId("S-7K3M2Q9D".to_owned())],
        level: Some(RiskLevel::Review),
        title: "A copy of the customer list before the last day".to_owned(),
        sentences: vec!["3,204 files were read in one hour; usual is 40 a day.".to_owned()],
        buttons: vec![Button {
            verb: Verb::Take,
            target: "C-2026-0042".to_owned(),
        }],
        link: "https://tandem.example/cases/C-2026-0042".to_owned(),
        thread: "C-2026-0042".to_owned(),
        key: Key(key.to_owned()),
        at: NOW,
    }
}

/// Knows two names that must never leave.
pub struct Directory;

impl Gate for Directory {
    fn check(&self, text: &str) -> Result<(), GateBreach> {
        let low = text.to_lowercase();
        if ["anna schmidt", "o'hara"].iter().any(|name| low.contains(name)) {
            return Err(GateBreach {
                rule: "a name from the directory".to_owned(),
            });
        }
        Ok(())
    }
}

pub fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(5),
        total: Duration::from_secs(10),
        answer: 64 * 1024,
    }
}

pub fn http() -> Http {
    Http::new(&Route {
        limits: limits(),
        ..Route::default()
    })
    .expect("a client")
}

pub fn base(address: &str) -> Base {
    Base::parse(address).expect("an address")
}

pub fn context<'a>(key: &'a Key, anchor: &'a Anchor) -> Context<'a> {
    Context {
        key,
        anchor,
        doubt: false,
        since: NOW,
        now: NOW,
        gate: &Directory,
    }
}

pub fn anchor(room: &str, root: Option<&str>) -> Anchor {
    Anchor {
        room: Some(room.to_owned()),
        root: root.map(str::to_owned),
        amended: None,
    }
}

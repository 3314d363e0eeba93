//! What unit tests of this crate share.

use tandem_domain::alert::RiskLevel;
use tandem_domain::{CaseId, SubjectId, Timestamp};

use crate::gate::{Gate, GateBreach};
use crate::notice::{Button, Key, Notice, NoticeKind, Verb};

/// A notice with every part.
pub fn notice() -> Notice {
    Notice {
        kind: NoticeKind::CaseOpened,
        case: Some(CaseId::of(2026, 42)),
        subjects: vec![SubjectId("S-7K3M2Q9D".to_owned())],
        level: Some(RiskLevel::Review),
        title: "A copy of the customer list before the last day".to_owned(),
        sentences: vec![
            "3,204 files were read in one hour; usual is 40 a day.".to_owned(),
            "The last day of work is in 6 days.".to_owned(),
        ],
        buttons: vec![
            Button {
                verb: Verb::Take,
                target: "C-2026-0042".to_owned(),
            },
            Button {
                verb: Verb::Ask,
                target: "C-2026-0042".to_owned(),
            },
        ],
        link: "https://tandem.example/cases/C-2026-0042".to_owned(),
        thread: "C-2026-0042".to_owned(),
        key: Key("case-opened:C-2026-0042".to_owned()),
        at: Timestamp::from_seconds(1_790_000_000),
    }
}

/// A gate that knows one name.
pub struct NoAnna;

impl Gate for NoAnna {
    fn check(&self, text: &str) -> Result<(), GateBreach> {
        if text.contains("Anna") {
            return Err(GateBreach {
                rule: "a name from the directory".to_owned(),
            });
        }
        Ok(())
    }
}

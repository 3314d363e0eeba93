//! What a command of casework is to the policies and in the ledger.

use tandem_casework::Command;
use tandem_policy::{Action, DataClass};

/// What the policies must allow for a command.
pub(super) const fn right(command: &Command) -> (Action, DataClass) {
    match command {
        Command::Note(_) => (Action::Contribute, DataClass::CaseNote),
        Command::Evidence(_) => (Action::Contribute, DataClass::CaseEvidence),
        Command::Decision(_) => (Action::Decide, DataClass::Case),
        _ => (Action::Contribute, DataClass::Case),
    }
}

/// What the ledger calls a command.
pub(super) const fn act(command: &Command) -> &'static str {
    match command {
        Command::Life(_) => "case.life",
        Command::People(_) => "case.people",
        Command::Link(_) => "case.link",
        Command::Duty(_) => "case.duty",
        Command::Task(_) => "case.task",
        Command::Meeting(_) => "case.meeting",
        Command::Note(_) => "case.note",
        Command::Evidence(_) => "case.evidence",
        Command::Decision(_) => "case.decision",
    }
}

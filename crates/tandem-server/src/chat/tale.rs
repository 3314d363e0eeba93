//! What is worth telling of a case, before it is anybody's message: kind and words, which name nobody and quote nobody.

use tandem_casework::case::decision::{DecisionFact, Question, Wording};
use tandem_casework::case::life::LifeFact;
use tandem_casework::case::meeting::MeetingFact;
use tandem_casework::case::people::PeopleFact;
use tandem_casework::case::{Case, CaseFact, Fact};
use tandem_casework::ids::{Digest, ProposalId};
use tandem_casework::words::Outcome;
use tandem_connect::{Button, NoticeKind, Verb};
use tandem_domain::{CaseId, Department, Timestamp, Verdict};
use tandem_playbook::What;
use tandem_store::FactRow;

/// One thing to say, before it is anybody's message.
pub(super) struct Tale {
    pub(super) kind: NoticeKind,
    /// Name of the event for webhooks.
    pub(super) event: &'static str,
    pub(super) title: String,
    pub(super) sentences: Vec<String>,
    pub(super) buttons: Vec<Button>,
    /// A file for calendars, where it is mailed.
    pub(super) calendar: Option<String>,
}

impl Tale {
    pub(super) fn new(kind: NoticeKind, event: &'static str, title: impl Into<String>) -> Self {
        Self {
            kind,
            event,
            title: title.into(),
            sentences: Vec::new(),
            buttons: Vec::new(),
            calendar: None,
        }
    }

    pub(super) fn with(mut self, sentence: impl Into<String>) -> Self {
        self.sentences.push(sentence.into());
        self
    }
}

/// True if a proposal may be answered in a chat: it ends the case and finds nothing against anybody. What touches a person
/// needs the console.
pub(super) fn light(wording: &Wording) -> bool {
    match &wording.question {
        Question::Close { outcome, verdicts } => {
            *outcome != Outcome::Confirmed && !verdicts.values().any(|v| *v == Verdict::TruePositive)
        }
        Question::Respond { .. } => false,
    }
}

/// What an approval in a chat names: case, proposal and the wording's hash, so that nobody approves what has changed since.
pub(super) fn target(case: &CaseId, proposal: ProposalId, hash: Digest) -> String {
    let hash: String = hash.to_string().chars().take(16).collect();
    format!("{case}:{proposal}:{hash}")
}

fn proposed(case: &Case, proposal: ProposalId, wording: &Wording, hash: Digest) -> Tale {
    let title = "A proposal waits for a vote of each department";
    let tale = Tale::new(NoticeKind::Decision, "case.proposal", title);
    if !light(wording) {
        return tale.with("It touches a person, so it is read and voted on in Tandem.");
    }
    let Question::Close { outcome, .. } = &wording.question else {
        return tale;
    };
    let mut tale = tale
        .with(format!("Asked: to close the case as {outcome}."))
        .with("The reasons are in Tandem.");
    tale.buttons.push(Button {
        verb: Verb::Approve,
        target: target(&case.id, proposal, hash),
    });
    tale
}

fn opened(case: &Case) -> Tale {
    let mut tale = Tale::new(
        NoticeKind::CaseOpened,
        "case.opened",
        format!("A case of {} was opened", case.kind),
    )
    .with(format!("Severity: {}.", case.severity));
    let button = |verb| Button {
        verb,
        target: case.id.0.clone(),
    };
    tale.buttons
        .extend([Verb::Acknowledge, Verb::Take, Verb::Ask].map(button));
    tale
}

/// What a fact makes to be told; most facts are nobody's business outside.
pub(super) fn tale(case: &Case, fact: &Fact, opening: bool) -> Option<Tale> {
    Some(match &fact.what {
        CaseFact::Life(LifeFact::Opened { .. }) => opened(case),
        CaseFact::Life(LifeFact::Closed { outcome, .. }) => Tale::new(
            NoticeKind::CaseClosed,
            "case.closed",
            format!("The case is closed: {outcome}"),
        ),
        CaseFact::Life(LifeFact::MergedInto { case: into, .. }) => Tale::new(
            NoticeKind::CaseClosed,
            "case.merged",
            format!("The case goes on in {into}"),
        ),
        CaseFact::Life(LifeFact::Reopened { .. }) => {
            Tale::new(NoticeKind::CaseOpened, "case.reopened", "The case is open again")
        }
        CaseFact::People(PeopleFact::Joined { department, role, .. }) if !opening => {
            let of = match department {
                Some(Department::It) => " of IT security",
                Some(Department::Corporate) => " of corporate security",
                None => "",
            };
            let title = format!("A colleague{of} joined the case");
            Tale::new(NoticeKind::CaseShared, "case.joined", title).with(format!("Role in the case: {role}."))
        }
        CaseFact::People(PeopleFact::Left { .. }) => {
            Tale::new(NoticeKind::CaseShared, "case.left", "A colleague left the case")
        }
        CaseFact::Meeting(MeetingFact::Planned { .. }) => {
            Tale::new(NoticeKind::Meeting, "case.meeting", "A meeting is planned")
        }
        CaseFact::Meeting(MeetingFact::Moved { .. }) => {
            Tale::new(NoticeKind::Meeting, "case.meeting", "A meeting is planned anew")
        }
        CaseFact::Meeting(MeetingFact::Cancelled { .. }) => {
            Tale::new(NoticeKind::Meeting, "case.meeting", "A meeting was called off")
        }
        CaseFact::Decision(
            DecisionFact::Proposed {
                proposal,
                wording,
                hash,
                ..
            }
            | DecisionFact::Amended {
                proposal,
                wording,
                hash,
                ..
            },
        ) => proposed(case, *proposal, wording, *hash),
        _ => return None,
    })
}

/// What a fact of a run makes to be told, which one it is, and when: a step's clock ran out, or its connector failed.
pub(super) fn run_tale((number, row): (usize, &FactRow)) -> Option<(u64, Tale, Timestamp)> {
    let fact: tandem_playbook::Fact = serde_json::from_str(&row.body).ok()?;
    let tale = |event, title| Tale::new(NoticeKind::DutyDue, event, title);
    let tale = match fact.what {
        What::Escalated { to, .. } => tale("run.escalated", "A step of a playbook waits for too long")
            .with(format!("It goes to: {}.", to.as_str().replace('_', " "))),
        What::ActionStalled { .. } => tale("run.stalled", "An action of a playbook was not carried out")
            .with("Somebody must ask once more or do it by hand, in Tandem."),
        _ => return None,
    };
    Some((number as u64, tale, fact.at))
}

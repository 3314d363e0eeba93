//! A small company, and a case that is played by commands.

use std::sync::OnceLock;

use tandem_casework::case::decision::{DecisionCommand, Question, Wording};
use tandem_casework::case::life::{LifeCommand, Opening};
use tandem_casework::case::link::AlertRef;
use tandem_casework::case::note::NoteCommand;
use tandem_casework::case::people::PeopleCommand;
use tandem_casework::ids::ProposalId;
use tandem_casework::text::{Prose, Reason, Title};
use tandem_casework::words::{
    Act, Answer, CaseKind, CaseRole, Function, Outcome, Phase, Severity, Visibility,
};
use tandem_casework::{
    Absence, Case, ClockTargets, Colleague, Command, Context, Fact, RaciBook, Refused, Roster, apply, decide,
    open,
};
use tandem_domain::{AlertId, CaseId, Department, SubjectId, Timestamp};

pub const MINUTE: i64 = 60_000_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
/// 2026-03-02T08:00:00Z, a Monday.
pub const START: Timestamp = Timestamp(1_772_438_400_000_000);

pub fn r(text: &str) -> Reason {
    Reason::new(text).unwrap()
}

pub fn p(text: &str) -> Prose {
    Prose::new(text).unwrap()
}

pub fn t(text: &str) -> Title {
    Title::new(text).unwrap()
}

pub fn s(text: &str) -> SubjectId {
    SubjectId(text.to_owned())
}

pub fn text(path: &str) -> String {
    let path = format!("{}/../../content/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// The matrices that are shipped, read once.
pub fn raci() -> RaciBook {
    static BOOK: OnceLock<RaciBook> = OnceLock::new();
    BOOK.get_or_init(read_raci).clone()
}

fn read_raci() -> RaciBook {
    let folder = format!("{}/../../content/raci", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    RaciBook::load(&files).unwrap()
}

pub fn targets() -> ClockTargets {
    ClockTargets::load("targets.yaml", &text("clocks/targets.yaml")).unwrap()
}

pub fn colleague(
    account: &str,
    department: Option<Department>,
    functions: &[Function],
    deputies: &[&str],
) -> Colleague {
    Colleague {
        account: account.to_owned(),
        department,
        functions: functions.to_vec(),
        subject: Some(s(&format!("S-{}", account.to_uppercase()))),
        absences: Vec::new(),
        deputies: deputies.iter().map(|d| (*d).to_owned()).collect(),
        left: None,
    }
}

/// Everybody of the small company; each one's own pseudonym is `S-` and the account in capitals.
pub fn colleagues() -> Vec<Colleague> {
    use Function as F;
    let (it, corporate) = (Some(Department::It), Some(Department::Corporate));
    vec![
        colleague("ida", it, &[F::ItLead], &["ines"]),
        colleague("ines", it, &[F::ItAnalyst], &["ivan"]),
        colleague("ivan", it, &[F::ItAnalyst, F::SystemOwner], &[]),
        colleague("cora", corporate, &[F::CorporateLead], &["carl"]),
        colleague("carl", corporate, &[F::CorporateInvestigator], &["hana"]),
        colleague("hana", corporate, &[F::HrPartner], &[]),
        colleague("lena", None, &[F::LegalCounsel], &[]),
        colleague("dora", None, &[F::DataProtectionOfficer], &[]),
        colleague("wim", None, &[F::WorksCouncil], &[]),
        colleague("mark", None, &[F::LineManager], &[]),
        colleague("kim", None, &[F::Communications], &[]),
        colleague("sven", None, &[F::SupportService], &[]),
    ]
}

pub fn with(account: &str, change: impl FnOnce(&mut Colleague)) -> Vec<Colleague> {
    let mut all = colleagues();
    change(all.iter_mut().find(|c| c.account == account).unwrap());
    all
}

pub fn away(from: i64, until: i64) -> Vec<Absence> {
    vec![Absence {
        from: START.plus_micros(from),
        until: START.plus_micros(until),
    }]
}

pub fn alert(id: u128, subject: &str) -> AlertRef {
    AlertRef {
        id: AlertId(id),
        subject: s(subject),
        raised: START.plus_micros(-HOUR),
        detectors: vec!["rule:upload".to_owned(), "behaviour".to_owned()],
    }
}

pub fn opening() -> Opening {
    Opening {
        kind: CaseKind::CarelessUpload,
        severity: Severity::Medium,
        title: t("Customer list on a sharing site"),
        phase: Phase::Detect,
        reason: r("the upload is confirmed"),
        subjects: Vec::new(),
        alerts: vec![alert(1, "S-7K3M2Q9D")],
    }
}

/// A case, its facts, and a clock that moves a minute with each command.
#[derive(Clone)]
pub struct Play {
    pub case: Case,
    pub facts: Vec<Fact>,
    pub now: Timestamp,
    pub roster: Roster,
    pub raci: RaciBook,
    pub next: u128,
}

impl Play {
    pub fn begin() -> Self {
        Self::begin_with(colleagues(), opening())
    }

    pub fn begin_with(colleagues: Vec<Colleague>, opening: Opening) -> Self {
        let roster = Roster::new(colleagues).unwrap();
        let raci = raci();
        let ctx = Context {
            now: START,
            who: "ida",
            roster: &roster,
            raci: &raci,
            id: 0,
        };
        let facts = open(&CaseId::of(2026, 42), opening, &ctx).unwrap();
        let case = Case::replay(&facts).unwrap();
        Self {
            case,
            facts,
            now: START,
            roster,
            raci,
            next: 0x100,
        }
    }

    /// Members of both departments and counsel, and the case under investigation.
    pub fn joint() -> Self {
        let mut play = Self::begin();
        play.must("ida", add("ines", CaseRole::Contributor));
        play.must("ida", add("cora", CaseRole::Lead));
        play.must("cora", add("carl", CaseRole::Contributor));
        play.must("cora", add("lena", CaseRole::Counsel));
        play.must(
            "ida",
            LifeCommand::Investigate {
                reason: r("to understand it"),
            },
        );
        play
    }

    pub fn ctx<'a>(&'a self, who: &'a str) -> Context<'a> {
        Context {
            now: self.now,
            who,
            roster: &self.roster,
            raci: &self.raci,
            id: self.next,
        }
    }

    pub fn wait(&mut self, micros: i64) {
        self.now = self.now.plus_micros(micros);
    }

    /// Gives a command; its facts are folded in.
    pub fn give(&mut self, who: &str, command: impl Into<Command>) -> Result<Vec<Fact>, Refused> {
        self.wait(MINUTE);
        self.next += 1;
        let facts = decide(&self.case, command.into(), &self.ctx(who))?;
        for fact in &facts {
            apply(&mut self.case, fact).unwrap();
        }
        self.facts.extend(facts.iter().cloned());
        Ok(facts)
    }

    #[track_caller]
    pub fn must(&mut self, who: &str, command: impl Into<Command>) -> Vec<Fact> {
        match self.give(who, command) {
            Ok(facts) => facts,
            Err(refused) => panic!("{who} was refused: {refused}"),
        }
    }

    #[track_caller]
    pub fn refused(&mut self, who: &str, command: impl Into<Command>) -> Refused {
        let before = self.case.clone();
        let refused = self.give(who, command).expect_err("was not refused");
        assert_eq!(before, self.case, "a refusal changed something");
        let text = refused.to_string();
        assert!(
            text.contains(';'),
            "says why but not what would make it possible: {text}"
        );
        refused
    }

    pub fn tick(&mut self) -> Vec<Fact> {
        self.must(tandem_casework::SYSTEM, LifeCommand::Tick)
    }

    /// Proposes and gives the proposal's id.
    #[track_caller]
    pub fn propose(&mut self, who: &str, question: Question) -> ProposalId {
        self.must(who, propose(question));
        ProposalId(self.next)
    }

    pub fn vote(&self, proposal: ProposalId, answer: Answer, why: &str) -> DecisionCommand {
        DecisionCommand::Vote {
            proposal,
            hash: self.case.proposals[&proposal].hash,
            answer,
            reason: r(why),
        }
    }

    #[track_caller]
    pub fn must_vote(&mut self, who: &str, proposal: ProposalId, answer: Answer) {
        let vote = self.vote(proposal, answer, &format!("{who} thinks so"));
        self.must(who, vote);
    }

    pub fn sentences(&self, viewer: &str) -> Vec<String> {
        tandem_casework::timeline(&self.case, &self.facts, &[], viewer)
            .unwrap()
            .into_iter()
            .map(|item| item.sentence)
            .collect()
    }
}

pub fn add(account: &str, role: CaseRole) -> PeopleCommand {
    PeopleCommand::Add {
        account: account.to_owned(),
        role,
        reason: r("is needed"),
    }
}

pub fn involved(account: &str) -> PeopleCommand {
    PeopleCommand::DeclareInvolved {
        account: account.to_owned(),
        reason: r("a friend of the person"),
    }
}

pub fn propose(question: Question) -> DecisionCommand {
    DecisionCommand::Propose {
        wording: Wording {
            question,
            reason: r("that is what we found"),
        },
    }
}

pub fn closing(outcome: Outcome) -> Question {
    Question::Close {
        outcome,
        verdicts: std::collections::BTreeMap::new(),
    }
}

pub fn respond(act: Act, subject: &str) -> Question {
    Question::Respond {
        act,
        subject: s(subject),
        until: None,
        without_support: None,
        heard: None,
    }
}

pub fn note(visibility: Visibility, text: &str) -> NoteCommand {
    NoteCommand::Write {
        visibility,
        text: p(text),
        corrects: None,
    }
}

//! What somebody said or pressed in a chat, and what comes of it: the same for every far side.
//!
//! What was taken is written down in the same transaction as what came of it, so that a process that dies between the two
//! takes it again when it is sent again, and one that dies after does not take it twice.

use tandem_casework::case::decision::{DecisionCommand, Proposal};
use tandem_casework::case::note::NoteCommand;
use tandem_casework::text::{Prose, Reason};
use tandem_casework::words::{Answer, Visibility};
use tandem_connect::Verb;
use tandem_connect::inbound::{Channel, Command, Inbound, Links, Said, admit};
use tandem_connect::outbox::OutboxStore;
use tandem_domain::CaseId;
use tandem_domain::time::MICROS_PER_DAY;
use tandem_store::{ColleagueRow, Step};

use super::Connected;
use super::link::short;
use super::notices::case_of;
use super::tale::{light, target};
use crate::app::App;
use crate::asker::Asker;
use crate::cases::Known;
use crate::http::error::ApiError;
use crate::secret;
use crate::service::ServiceError;

/// How often something is tried again when somebody was faster.
const TRIES: u32 = 5;
/// How long what was taken is remembered: far longer than any far side sends again.
const REMEMBERED: i64 = 7 * MICROS_PER_DAY;

/// Knows whose the one account is that said something.
struct Speaker(Option<String>);

impl Links for Speaker {
    fn account(&self, _: Channel, _: Option<&str>, _: &str) -> Option<String> {
        self.0.clone()
    }
}

/// What is to be answered: words, the first of which are the title.
pub(crate) type Words = Vec<String>;

pub(super) fn words(title: &str, sentence: impl Into<String>) -> Words {
    vec![title.to_owned(), sentence.into()]
}

pub(super) fn in_console() -> Words {
    words("This needs Tandem", "Open it there; a chat may not do this.")
}

pub(super) fn no_such_case() -> Words {
    words("Nothing was done", "You work on no case with that number.")
}

/// A note that both departments read.
pub(super) fn note(text: Prose) -> tandem_casework::Command {
    let write = NoteCommand::Write {
        visibility: Visibility::Both,
        text,
        corrects: None,
    };
    write.into()
}

/// What came of something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Came {
    /// It was taken, or was nobody's business; what there was to answer goes to the room.
    Quietly,
    /// It was taken; these words are for whoever said it.
    Done(Words),
    /// Nothing was done; these words are for whoever said it.
    Refused(Words),
    /// It was taken before, so nothing was done.
    Before,
}

/// Something that was said, with what belongs to it.
pub(super) struct Heard<'a> {
    pub(super) one: &'a Connected,
    pub(super) what: &'a Inbound,
    /// The lane of the room or thread.
    pub(super) lane: Option<String>,
    /// How far was listened once this is taken.
    pub(super) place: Option<(String, String)>,
    /// Whether the answer goes to the room; otherwise only whoever said it reads it.
    pub(super) aloud: bool,
}

impl Heard<'_> {
    pub(super) fn case(&self) -> Option<CaseId> {
        self.lane.as_deref().and_then(case_of)
    }

    /// What is remembered of it.
    fn mark(&self) -> String {
        secret::token_hash(&format!("said:{}:{}", self.one.settings.name, self.what.id))
    }

    /// A step in which nothing is done: what was refused may be said again.
    pub(super) fn step(&self) -> Step {
        Step {
            settings: self.place.iter().cloned().collect(),
            ..Step::default()
        }
    }

    /// A step in which something is done, once.
    pub(super) fn effect(&self) -> Step {
        let until = crate::pipeline::now().plus_micros(REMEMBERED);
        Step {
            once: vec![(self.mark(), until)],
            ..self.step()
        }
    }

    fn unlinked(&self) -> Words {
        let how = "Sign in to Tandem, open your profile, choose “link chat account” and send the code that is shown:";
        words(
            "Nothing was done: this chat account is not linked to a Tandem account",
            format!("{how} {} link CODE", self.one.prefix()),
        )
    }
}

impl App {
    /// Takes in what a far side's request says. The request was believed.
    ///
    /// # Errors
    /// When something of ours fails; the far side must send it again.
    pub(crate) async fn said(&self, one: &Connected, what: &Inbound, aloud: bool) -> Result<Came, ApiError> {
        let store = self.chat.courier.store();
        let lane = store
            .lane(&one.settings.name, &what.room, what.thread.as_deref())
            .await?;
        let heard = Heard {
            one,
            what,
            lane,
            place: None,
            aloud,
        };
        self.take_in(&heard).await
    }

    pub(super) async fn take_in(&self, heard: &Heard<'_>) -> Result<Came, ApiError> {
        let what = heard.what;
        if self.store.is_marked(&heard.mark()).await? {
            return Ok(Came::Before);
        }
        let known = self.linked(heard.one, what).await?;
        let speaker = Speaker(known.as_ref().map(|row| row.account.clone()));
        let admitted = admit(what.clone(), &speaker);
        let row = match (&what.said, known) {
            (Said::Command(Command::Link { .. }), _) if heard.one.is_foreign(what) => {
                return self.refuse(heard, &heard.unlinked()).await;
            }
            (Said::Command(Command::Link { code }), _) => return self.links(heard, code).await,
            (Said::Command(Command::Help), _) => {
                let help = words("What can be typed", Command::HELP);
                return self.tell(heard, heard.effect(), help).await;
            }
            // Words that belong to no case are nobody's business.
            (Said::Text(_), _) if heard.case().is_none() => return self.pass(heard).await,
            (Said::Text(text), _) if text.starts_with(tandem_connect::render::matrix::COMMAND) => {
                let help = words("That is not a command", Command::HELP);
                return self.refuse(heard, &help).await;
            }
            (_, None) => return self.refuse(heard, &heard.unlinked()).await,
            (_, Some(_)) if admitted.is_err() => return self.refuse(heard, &heard.unlinked()).await,
            (_, Some(row)) => row,
        };
        match &what.said {
            Said::Text(text) => self.keep_reply(heard, &row, text).await,
            Said::Press { verb, target } => match verb {
                Verb::Approve => self.approve(heard, &row, target).await,
                Verb::Take => self.take_on(heard, &row, target).await,
                Verb::Acknowledge => self.acknowledge(heard, &row, target).await,
                Verb::Ask => self.how_to_ask(heard, target).await,
            },
            Said::Answer { target, text } => match CaseId::parse(target) {
                Some(case) => self.question(heard, &row, case, text).await,
                None => self.refuse(heard, &no_such_case()).await,
            },
            Said::Command(Command::Question { case, text }) => {
                self.question(heard, &row, case.clone(), text).await
            }
            Said::Command(Command::Queue) => self.own_queue(heard, &row).await,
            Said::Command(Command::Case { case }) => self.where_it_stands(heard, &row, case).await,
            Said::Command(Command::Help | Command::Link { .. }) => self.pass(heard).await,
        }
    }

    /// Writes down only that it was heard.
    async fn pass(&self, heard: &Heard<'_>) -> Result<Came, ApiError> {
        let step = heard.step();
        if step != Step::default() {
            self.store.take_step(step).await?;
        }
        Ok(Came::Quietly)
    }

    /// Says that nothing was done.
    pub(super) async fn refuse(&self, heard: &Heard<'_>, words: &[String]) -> Result<Came, ApiError> {
        match self.tell(heard, heard.step(), words.to_vec()).await? {
            Came::Done(words) => Ok(Came::Refused(words)),
            other => Ok(other),
        }
    }

    /// Keeps a step and answers.
    pub(super) async fn tell(&self, heard: &Heard<'_>, step: Step, words: Words) -> Result<Came, ApiError> {
        let step = self.with_answer(heard, step, &words)?;
        if step != Step::default() {
            self.store.take_step(step).await?;
            self.chat.wake();
        }
        Ok(came(heard, words))
    }

    /// The step with the answer in it, if that goes to the room.
    pub(super) fn with_answer(
        &self,
        heard: &Heard<'_>,
        mut step: Step,
        words: &[String],
    ) -> Result<Step, ApiError> {
        let somewhere = heard.lane.is_some() || heard.one.settings.room.is_some();
        if heard.aloud && somewhere {
            let lane = heard.lane.as_deref();
            // First in the step: whoever asked is answered before others are told.
            let answer = self.answer(heard.one, lane, &short(&heard.what.id), words)?;
            step.outbox.insert(0, answer);
        }
        Ok(step)
    }

    async fn links(&self, heard: &Heard<'_>, code: &str) -> Result<Came, ApiError> {
        let now = crate::pipeline::now();
        let done = self.link_account(heard.one, &heard.what.user, code, now).await?;
        if done {
            let linked = words(
                "This chat account is linked",
                "What you write in a case's room stands on the case's timeline under your account.",
            );
            return self.tell(heard, heard.effect(), linked).await;
        }
        let no = words(
            "Nothing was done: that code does not work",
            "A code works once and for ten minutes. Get a new one in Tandem.",
        );
        self.refuse(heard, &no).await
    }

    /// A plain reply becomes a note that both departments read. Words are answered only if they could not be taken.
    async fn keep_reply(&self, heard: &Heard<'_>, row: &ColleagueRow, text: &str) -> Result<Came, ApiError> {
        let (Some(case), Some(asker)) = (heard.case(), Asker::usual(row)) else {
            return self.refuse(heard, &in_console()).await;
        };
        let prose = match Prose::new(text) {
            Ok(prose) => prose,
            Err(error) => {
                let no = words("Your words were not kept", error.to_string());
                return self.refuse(heard, &no).await;
            }
        };
        let done = self
            .change_as_said(&asker.for_case(case), note(prose), heard.effect())
            .await;
        match done {
            Ok(()) => Ok(Came::Quietly),
            Err(error) if error.is_ours() => Err(error),
            Err(error) => {
                let no = words("Your words were not kept", error.to_string());
                self.refuse(heard, &no).await
            }
        }
    }

    /// A case that the asker may see; `None` for every other, whether it exists or not.
    pub(super) async fn own_case(&self, asker: &Asker, case: &CaseId) -> Result<Option<Known>, ApiError> {
        match self.case(case).await {
            Ok(known) if known.case.may_see(asker.account()) => Ok(Some(known)),
            Ok(_) | Err(ServiceError::Missing(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whoever said something, at work on a case that they may see; or the words that say why not.
    pub(super) async fn at_work(
        &self,
        row: &ColleagueRow,
        case: Option<CaseId>,
    ) -> Result<Result<(Asker, Known), Words>, ApiError> {
        let (Some(case), Some(asker)) = (case, Asker::usual(row)) else {
            return Ok(Err(in_console()));
        };
        let known = self.own_case(&asker, &case).await?;
        Ok(known
            .map(|known| (asker.for_case(case), known))
            .ok_or_else(no_such_case))
    }

    /// A yes to a proposal that finds nothing against anybody. The answer is in the same step as the vote.
    async fn approve(&self, heard: &Heard<'_>, row: &ColleagueRow, wanted: &str) -> Result<Came, ApiError> {
        let case = wanted.split(':').next().and_then(CaseId::parse);
        let (asker, Known { case: known, .. }) = match self.at_work(row, case).await? {
            Ok(found) => found,
            Err(no) => return self.refuse(heard, &no).await,
        };
        let same = |p: &&Proposal| target(&known.id, p.id, p.hash) == wanted;
        let Some(proposal) = known.proposals.values().find(same).filter(|p| light(&p.wording)) else {
            return self.refuse(heard, &in_console()).await;
        };
        let Ok(reason) = Reason::new("said yes in the chat, to the wording that was asked there") else {
            return self.refuse(heard, &in_console()).await;
        };
        let vote = DecisionCommand::Vote {
            proposal: proposal.id,
            hash: proposal.hash,
            answer: Answer::For,
            reason,
        };
        let counted = words(
            "Your yes is counted",
            "It stands on the case's timeline under your account.",
        );
        self.do_as_said(heard, &asker, vote.into(), heard.effect(), counted)
            .await
    }

    /// Does something in a case and answers in the same step, or says why not.
    pub(super) async fn do_as_said(
        &self,
        heard: &Heard<'_>,
        asker: &Asker,
        command: tandem_casework::Command,
        step: Step,
        words: Words,
    ) -> Result<Came, ApiError> {
        let step = self.with_answer(heard, step, &words)?;
        match self.change_as_said(asker, command, step).await {
            Ok(()) => Ok(came(heard, words)),
            Err(error) if error.is_ours() => Err(error),
            Err(error) => {
                let no = self::words("Nothing was done", error.to_string());
                self.refuse(heard, &no).await
            }
        }
    }

    /// Does in a case what was said in a chat, under the same rules as in the console.
    pub(super) async fn change_as_said(
        &self,
        asker: &Asker,
        command: tandem_casework::Command,
        step: Step,
    ) -> Result<(), ApiError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.change_case_with(asker, command.clone(), step.clone()).await {
                Err(error) if error.is_conflict() && tries < TRIES => {}
                other => return other.map(drop),
            }
        }
    }
}

/// What became of something that was answered.
fn came(heard: &Heard<'_>, words: Words) -> Came {
    if heard.aloud {
        Came::Quietly
    } else {
        Came::Done(words)
    }
}

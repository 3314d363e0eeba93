//! What colleagues say in a case's room, and what comes of it.
//!
//! What was heard is written down in the same transaction as what came of it, so that a process that dies between the two
//! hears it again, and one that dies after does not take it twice.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tandem_casework::case::decision::{DecisionCommand, Proposal};
use tandem_casework::case::note::NoteCommand;
use tandem_casework::text::{Prose, Reason};
use tandem_casework::words::{Answer, Visibility};
use tandem_connect::inbound::{Channel, Command, Inbound, Links, Said, admit};
use tandem_connect::outbox::OutboxStore;
use tandem_connect::{Far, SendError, Verb};
use tandem_domain::CaseId;
use tandem_store::{ColleagueRow, Step, StoreError};

use super::Connected;
use super::link::short;
use super::notices::{case_of, light, target};
use crate::app::App;
use crate::asker::{Asker, colleague, usual_purpose};
use crate::http::error::ApiError;

/// How often something is tried again when somebody was faster.
const TRIES: u32 = 5;

/// Listening failed; it goes on from the same place.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// No such connector, or it is none that is listened to.
    #[error("`{0}` is no connector that is listened to")]
    Unknown(String),
    /// The homeserver cannot be asked.
    #[error(transparent)]
    Far(#[from] SendError),
    /// The state database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was heard cannot be written down.
    #[error("what was heard cannot be written down: {0}")]
    Taking(String),
    /// How far it was listened cannot be read or written.
    #[error("how far was listened cannot be read or written")]
    Place(#[from] serde_json::Error),
}

/// How far a connector was listened to: the place in the homeserver's stream, and what was taken after it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    since: Option<String>,
    done: Vec<String>,
}

/// Knows whose the one account is that said something.
struct Speaker(Option<String>);

impl Links for Speaker {
    fn account(&self, _: Channel, _: Option<&str>, _: &str) -> Option<String> {
        self.0.clone()
    }
}

/// What is to be answered: words, the first of which are the title.
type Words = Vec<String>;

fn words(title: &str, sentence: impl Into<String>) -> Words {
    vec![title.to_owned(), sentence.into()]
}

fn unlinked() -> Words {
    words(
        "Nothing was done: this chat account is not linked to a Tandem account",
        "Sign in to Tandem, open your profile, choose “link chat account” and send the code that is shown: !tandem link CODE",
    )
}

fn in_console() -> Words {
    words("This needs Tandem", "Open it there; a chat may not do this.")
}

/// Something that was said, with what belongs to it.
struct Heard<'a> {
    one: &'a Connected,
    what: &'a Inbound,
    /// The lane of the room or thread.
    lane: Option<String>,
    /// How far was listened once this is taken.
    place: (String, String),
}

impl Heard<'_> {
    fn case(&self) -> Option<CaseId> {
        self.lane.as_deref().and_then(case_of)
    }

    /// A step that writes down that this was heard.
    fn step(&self) -> Step {
        Step {
            settings: vec![self.place.clone()],
            ..Step::default()
        }
    }
}

fn setting(connector: &str) -> String {
    format!("chat.heard.{connector}")
}

impl App {
    /// Waits up to `wait` for what is said on a Matrix connector and takes it in. Gives back how much was heard. Asked for the
    /// first time, it only finds the place to go on from.
    ///
    /// # Errors
    /// When the homeserver or the database fails; what was not taken is heard again.
    pub async fn hear(&self, connector: &str, wait: Duration) -> Result<usize, ListenError> {
        let unknown = || ListenError::Unknown(connector.to_owned());
        let one = self.chat.connector(connector).ok_or_else(unknown)?;
        let Far::Matrix(matrix) = one.far.as_ref() else {
            return Err(unknown());
        };
        let own = matrix.whoami().await?;
        let name = setting(connector);
        let mut place: Place = match self.store.setting(&name).await? {
            Some(text) => serde_json::from_str(&text)?,
            None => Place::default(),
        };
        let heard = matrix.listen(&own, place.since.as_deref(), wait).await?;
        for what in &heard.messages {
            if place.done.contains(&what.id) {
                continue;
            }
            place.done.push(what.id.clone());
            let store = self.chat.courier.store();
            let lane = store
                .lane(connector, &what.room, what.thread.as_deref())
                .await
                .map_err(|error| ListenError::Taking(error.to_string()))?;
            let heard = Heard {
                one,
                what,
                lane,
                place: (name.clone(), serde_json::to_string(&place)?),
            };
            self.take_in(&heard)
                .await
                .map_err(|error| ListenError::Taking(error.to_string()))?;
        }
        let next = Place {
            since: Some(heard.since),
            done: Vec::new(),
        };
        self.store
            .set_setting(&name, &serde_json::to_string(&next)?)
            .await?;
        Ok(heard.messages.len())
    }

    async fn take_in(&self, heard: &Heard<'_>) -> Result<(), ApiError> {
        let what = heard.what;
        let known = self.linked(&heard.one.settings.name, &what.user).await?;
        let speaker = Speaker(known.as_ref().map(|row| row.account.clone()));
        let admitted = admit(what.clone(), &speaker);
        let answer = match (&what.said, known) {
            (Said::Command(Command::Link { code }), _) => Some(self.links(heard, code).await?),
            (Said::Command(Command::Help), _) => Some(words("What can be typed", Command::HELP)),
            // Words that belong to no case are nobody's business.
            (Said::Text(_), _) if heard.case().is_none() => None,
            (Said::Text(text), _) if text.starts_with(tandem_connect::render::matrix::COMMAND) => {
                Some(words("That is not a command", Command::HELP))
            }
            (_, None) => Some(unlinked()),
            (_, Some(_)) if admitted.is_err() => Some(unlinked()),
            (Said::Text(text), Some(row)) => self.keep_reply(heard, &row, text).await?,
            (
                Said::Press {
                    verb: Verb::Approve,
                    target,
                },
                Some(row),
            ) => return self.approve(heard, &row, target).await,
            (_, Some(_)) => Some(in_console()),
        };
        match answer {
            Some(words) => self.reply(heard, heard.step(), &words).await,
            None => Ok(()),
        }
    }

    /// Keeps a step with an answer in it.
    async fn reply(&self, heard: &Heard<'_>, mut step: Step, words: &[String]) -> Result<(), ApiError> {
        if heard.lane.is_some() || heard.one.settings.room.is_some() {
            step.outbox.push(self.reply_row(heard, words)?);
        }
        self.store.take_step(step).await?;
        self.chat.wake();
        Ok(())
    }

    fn reply_row(&self, heard: &Heard<'_>, words: &[String]) -> Result<tandem_store::OutboxRow, ApiError> {
        self.answer(heard.one, heard.lane.as_deref(), &short(&heard.what.id), words)
    }

    async fn links(&self, heard: &Heard<'_>, code: &str) -> Result<Words, ApiError> {
        let now = crate::pipeline::now();
        let done = self.link_account(heard.one, &heard.what.user, code, now).await?;
        Ok(if done {
            words(
                "This chat account is linked",
                "What you write in a case's room stands on the case's timeline under your account.",
            )
        } else {
            words(
                "Nothing was done: that code does not work",
                "A code works once and for ten minutes. Get a new one in Tandem.",
            )
        })
    }

    /// A plain reply becomes a note that both departments read. Words are answered only if they could not be taken.
    async fn keep_reply(
        &self,
        heard: &Heard<'_>,
        row: &ColleagueRow,
        text: &str,
    ) -> Result<Option<Words>, ApiError> {
        let (Some(case), Some(asker)) = (heard.case(), asker(row)) else {
            return Ok(Some(in_console()));
        };
        let prose = match Prose::new(text) {
            Ok(prose) => prose,
            Err(error) => return Ok(Some(words("Your words were not kept", error.to_string()))),
        };
        let command = NoteCommand::Write {
            visibility: Visibility::Both,
            text: prose,
            corrects: None,
        };
        let done = self
            .change_as_said(&asker.for_case(case), command.into(), heard.step())
            .await;
        match done {
            Ok(()) => Ok(None),
            Err(error) if error.is_ours() => Err(error),
            Err(error) => Ok(Some(words("Your words were not kept", error.to_string()))),
        }
    }

    /// A yes to a proposal that finds nothing against anybody. The answer is in the same step as the vote.
    async fn approve(&self, heard: &Heard<'_>, row: &ColleagueRow, wanted: &str) -> Result<(), ApiError> {
        let case = wanted.split(':').next().and_then(CaseId::parse);
        let (Some(case), Some(asker)) = (case, asker(row)) else {
            return self.reply(heard, heard.step(), &in_console()).await;
        };
        let known = match self.case(&case).await {
            Ok(known) if known.case.may_see(asker.account()) => known.case,
            Ok(_) | Err(crate::service::ServiceError::Missing(_)) => {
                let no = words("Nothing was done", "You work on no case with that number.");
                return self.reply(heard, heard.step(), &no).await;
            }
            Err(error) => return Err(error.into()),
        };
        let same = |p: &&Proposal| target(&known.id, p.id, p.hash) == wanted;
        let Some(proposal) = known.proposals.values().find(same).filter(|p| light(&p.wording)) else {
            return self.reply(heard, heard.step(), &in_console()).await;
        };
        let Ok(reason) = Reason::new("said yes in the chat, to the wording that was asked there") else {
            return self.reply(heard, heard.step(), &in_console()).await;
        };
        let vote = DecisionCommand::Vote {
            proposal: proposal.id,
            hash: proposal.hash,
            answer: Answer::For,
            reason,
        };
        let mut step = heard.step();
        let counted = words(
            "Your yes is counted",
            "It stands on the case's timeline under your account.",
        );
        step.outbox.push(self.reply_row(heard, &counted)?);
        match self
            .change_as_said(&asker.for_case(case), vote.into(), step)
            .await
        {
            Ok(()) => Ok(()),
            Err(error) if error.is_ours() => Err(error),
            Err(error) => {
                let no = words("Nothing was done", error.to_string());
                self.reply(heard, heard.step(), &no).await
            }
        }
    }

    /// Does in a case what was said in a chat, under the same rules as in the console.
    async fn change_as_said(
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

/// The colleague as somebody who asks for something.
fn asker(row: &ColleagueRow) -> Option<Asker> {
    Some(Asker {
        colleague: colleague(row)?,
        purpose: usual_purpose(row.role),
        case: None,
    })
}

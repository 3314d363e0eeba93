//! Commands that people type: `/tandem …` in Slack and Mattermost, `!tandem …` in Matrix, words to the bot in Teams.

use serde::{Deserialize, Serialize};
use tandem_domain::CaseId;

use super::Said;
use crate::notice::{Verb, is_id};

/// What can be asked for besides a button's verbs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// What can be typed.
    Help,
    /// What waits for me.
    Queue,
    /// Where a case stands.
    Case {
        /// Its number.
        case: CaseId,
    },
    /// Asks the other side about a case.
    Question {
        /// Its number.
        case: CaseId,
        /// The question.
        text: String,
    },
    /// Links this chat account to the Tandem account that made the code.
    Link {
        /// The code shown in Tandem.
        code: String,
    },
}

/// A command cannot be understood. The words are for the person who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Not a command.
    #[error("That is not a command. {}", Command::HELP)]
    Unknown,
    /// A case's number is missing or malformed.
    #[error("A case's number is missing; it looks like C-2026-0042.")]
    NoCase,
    /// The id is missing or malformed.
    #[error("Say what it is about: an id as it stands in the message, such as C-2026-0042.")]
    NoTarget,
    /// The code is missing or malformed.
    #[error("The code is missing; it stands in Tandem under your profile, “link chat account”.")]
    NoCode,
}

impl Command {
    /// What can be typed, in one line.
    pub const HELP: &'static str = "Commands: help, queue, case NUMBER, acknowledge ID, take ID, approve ID, \
        ask NUMBER QUESTION, link CODE.";
    /// Longest code of a link.
    const MAX_CODE: usize = 64;

    /// Reads what follows the command's name. Verbs become presses, as if their button had been clicked.
    ///
    /// # Errors
    /// [`CommandError`] with words for the person.
    pub fn parse(text: &str) -> Result<Said, CommandError> {
        let text = crate::text::plain(text);
        let (word, rest) = text.split_once(' ').unwrap_or((&text, ""));
        let rest = rest.trim();
        Ok(Said::Command(match word.to_ascii_lowercase().as_str() {
            "" | "help" => Self::Help,
            "queue" => Self::Queue,
            "case" => Self::Case {
                case: CaseId::parse(rest).ok_or(CommandError::NoCase)?,
            },
            "link" => {
                let fits = !rest.is_empty() && rest.len() <= Self::MAX_CODE && is_id(rest);
                Self::Link {
                    code: fits.then(|| rest.to_owned()).ok_or(CommandError::NoCode)?,
                }
            }
            "ask" => return ask(rest),
            other => {
                let verb = Verb::parse(other).ok_or(CommandError::Unknown)?;
                let target = is_id(rest)
                    .then(|| rest.to_owned())
                    .ok_or(CommandError::NoTarget)?;
                return Ok(Said::Press { verb, target });
            }
        }))
    }
}

/// `ask ID` is the button; `ask NUMBER words` asks at once.
fn ask(rest: &str) -> Result<Said, CommandError> {
    match rest.split_once(' ') {
        Some((number, question)) => Ok(Said::Command(Command::Question {
            case: CaseId::parse(number).ok_or(CommandError::NoCase)?,
            text: super::words(question),
        })),
        None if is_id(rest) => Ok(Said::Press {
            verb: Verb::Ask,
            target: rest.to_owned(),
        }),
        None => Err(CommandError::NoTarget),
    }
}

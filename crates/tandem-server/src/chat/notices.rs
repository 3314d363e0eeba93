//! What is said about cases and disclosures. Texts are Tandem's own: numbers, pseudonyms, plain sentences and a link back;
//! nothing that somebody typed goes out.

use std::collections::BTreeMap;

use serde_json::json;
use tandem_casework::case::life::LifeFact;
use tandem_casework::case::meeting::{Meeting, MeetingFact};
use tandem_casework::case::people::PeopleFact;
use tandem_casework::case::{Case, CaseFact, Fact};
use tandem_connect::outbox::OutboxItem;
use tandem_connect::{Job, Key, Notice, NoticeKind};
use tandem_domain::{CaseId, Day, Department, Role, Timestamp};
use tandem_playbook::Run;
use tandem_policy::Terms;
use tandem_store::{Change, OutboxRow};

use super::acts::department_words;
use super::config::Kind;
use super::link::short;
use super::tale::{Tale, run_tale, tale};
use super::{Connected, outbox};
use crate::app::App;
use crate::cases::ColleagueSettings;
use crate::http::error::ApiError;
use crate::reminders::when;

/// Most subjects that a message names.
const SUBJECTS: usize = 20;

impl From<super::OutboxError> for ApiError {
    fn from(error: super::OutboxError) -> Self {
        match error {
            super::OutboxError::Store(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

/// Whom and where messages of one case or disclosure reach.
struct Place<'a> {
    case: Option<&'a CaseId>,
    lane: String,
    path: String,
    subjects: Vec<tandem_domain::SubjectId>,
    mails: Vec<String>,
    at: Timestamp,
}

impl<'a> Place<'a> {
    /// Where news of a case goes, to the mail of `mails` too.
    fn of(case: &'a Case, facts: &[Fact], mails: impl Iterator<Item = String>) -> Self {
        Self {
            case: Some(&case.id),
            lane: lane(case, facts),
            path: format!("/cases/{}", case.id),
            subjects: Vec::new(),
            mails: mails.collect(),
            at: case.last,
        }
    }

    /// True in a case's first life: only that has rooms of its own.
    fn has_rooms(&self) -> bool {
        self.case.is_some_and(|case| self.lane == case.as_str())
    }
}

/// The lane of a case: a case that was opened again begins a new one, as its room was archived.
pub(super) fn lane(case: &Case, facts: &[Fact]) -> String {
    let reopened = |fact: &&Fact| matches!(&fact.what, CaseFact::Life(LifeFact::Reopened { .. }));
    match facts.iter().filter(reopened).count() {
        0 => case.id.0.clone(),
        times => format!("{}.{times}", case.id),
    }
}

/// The case whose lane it is.
pub(super) fn case_of(lane: &str) -> Option<CaseId> {
    CaseId::parse(lane.split('.').next().unwrap_or_default())
}

impl App {
    fn notice(&self, tale: &Tale, place: &Place<'_>, key: &str) -> Notice {
        Notice {
            kind: tale.kind,
            case: place.case.cloned(),
            subjects: place.subjects.clone(),
            level: None,
            title: tale.title.clone(),
            sentences: tale.sentences.clone(),
            buttons: tale.buttons.clone(),
            link: self.chat.link(&place.path),
            thread: place.lane.clone(),
            key: Key(key.to_owned()),
            at: place.at,
        }
    }

    /// The tale as one connector tells it; `None` if it has nobody to tell it to.
    fn told(&self, one: &Connected, tale: &Tale, place: &Place<'_>, key: &str) -> Option<Job> {
        let mut notice = self.notice(tale, place, key);
        if !one.hears() {
            // A button would lead nowhere.
            notice.buttons.clear();
        }
        Some(match one.settings.kind {
            // It takes actions only.
            Kind::Action => return None,
            Kind::Mail if place.mails.is_empty() => return None,
            Kind::Mail => Job::Mail {
                to: place.mails.clone(),
                notice,
                calendar: tale.calendar.clone(),
            },
            Kind::Hook => Job::Hook {
                event: tale.event.to_owned(),
                data: json!({
                    "case": place.case, "subjects": place.subjects, "title": tale.title,
                    "sentences": tale.sentences, "link": self.chat.link(&place.path), "at": place.at.to_string(),
                }),
            },
            _ => Job::Post { notice },
        })
    }

    /// A tale of a case as every connector tells it that reaches the case's people.
    fn news(&self, tale: &Tale, place: &Place<'_>, key: &str) -> Result<Vec<OutboxRow>, ApiError> {
        let mut rows = Vec::new();
        for one in self.chat.connected() {
            let own_room = one.settings.makes_rooms() && place.has_rooms();
            if !own_room && !one.settings.has_usual_place() {
                continue;
            }
            if let Some(job) = self.told(one, tale, place, key) {
                rows.push(waiting(one, &place.lane, key.to_owned(), job, place.at)?);
            }
        }
        Ok(rows)
    }

    /// Settings of every colleague who may work, by account.
    async fn contacts(&self) -> Result<BTreeMap<String, ColleagueSettings>, ApiError> {
        let rows = self.store.colleagues().await?;
        Ok(rows
            .into_iter()
            .filter(|row| !row.disabled)
            .map(|row| (row.account, serde_json::from_str(&row.body).unwrap_or_default()))
            .collect())
    }

    /// The messages that the facts of a case after the first `known` make, for the step that keeps them.
    ///
    /// # Errors
    /// When the database fails, or a message is too large.
    pub(crate) async fn case_messages(
        &self,
        case: &Case,
        facts: &[Fact],
        known: u64,
    ) -> Result<Vec<OutboxRow>, ApiError> {
        let mut rows = Vec::new();
        if self.chat.is_silent() {
            return Ok(rows);
        }
        let opening = known == 0;
        let new = facts.iter().skip(usize::try_from(known).unwrap_or(usize::MAX));
        let told: Vec<_> = new
            .filter_map(|fact| Some((fact, tale(case, fact, opening)?)))
            .collect();
        if told.is_empty() {
            return Ok(rows);
        }
        let contacts = self.contacts().await?;
        let mut place = Place::of(case, facts, std::iter::empty());
        place.subjects = case.subjects.iter().take(SUBJECTS).cloned().collect();
        for (fact, mut tale) in told {
            place.at = fact.at;
            let meeting = match &fact.what {
                CaseFact::Meeting(what) => case.meetings.get(&what.meeting()),
                _ => None,
            };
            if let Some(meeting) = meeting {
                tale = self.invitation(case, meeting, tale).await?;
            }
            // A new meeting is for those who are asked to come; who was asked before hears that it is another one now.
            let invited = matches!(&fact.what, CaseFact::Meeting(MeetingFact::Planned { .. }));
            let asked = |account: &&String| {
                !invited || meeting.is_some_and(|meeting| meeting.at.invited.contains(*account))
            };
            let members = case.members.keys().filter(asked);
            place.mails = members
                .filter_map(|account| contacts.get(account)?.mail.clone())
                .collect();
            for one in self.chat.connected() {
                let own_room = one.settings.makes_rooms() && place.has_rooms();
                let key = format!("{}.{}", case.id, fact.seq);
                let room = own_room.then(|| room_job(one, case, fact, &contacts)).flatten();
                let post = (own_room || one.settings.has_usual_place())
                    .then(|| self.told(one, &tale, &place, &key))
                    .flatten();
                let closes = matches!(room, Some(Job::CloseRoom {}));
                let room = room.map(|job| (format!("{key}.room"), job));
                let post = post.map(|job| (key, job));
                // The room is made before something is said in it, and closed after.
                let jobs = if closes { [post, room] } else { [room, post] };
                for (key, job) in jobs.into_iter().flatten() {
                    rows.push(waiting(one, &place.lane, key, job, fact.at)?);
                }
            }
        }
        Ok(rows)
    }

    /// A tale of a meeting with its time, and with a file for calendars.
    async fn invitation(&self, case: &Case, meeting: &Meeting, tale: Tale) -> Result<Tale, ApiError> {
        if !self.chat.gate().knows() {
            self.learn_names().await?;
        }
        let zone = &self.config.home.time_zone;
        let ends = when(meeting.at.until, zone).map(|until| format!("It ends on {until}."));
        let begins = when(meeting.at.from, zone).map(|from| format!("It begins on {from}."));
        let entry = self.calendar_entry(case, meeting);
        let file = self.calendar_file(&[], &[entry]);
        let mut tale = begins.into_iter().chain(ends).fold(tale, Tale::with);
        tale.calendar = Some(file.map_err(|breach| ApiError::internal(&breach))?);
        Ok(tale.with("What it is about, and where, is in Tandem."))
    }

    /// The messages about steps of a playbook run whose clock ran out or whose connector failed, for the step that keeps them.
    ///
    /// # Errors
    /// When the database fails, or a message is too large.
    pub(crate) async fn run_messages(&self, run: &Run, change: &Change) -> Result<Vec<OutboxRow>, ApiError> {
        let mut rows = Vec::new();
        let told: Vec<_> = change.facts.iter().enumerate().filter_map(run_tale).collect();
        let Some(case) = run.state().case.as_ref() else {
            return Ok(rows);
        };
        if self.chat.is_silent() || told.is_empty() {
            return Ok(rows);
        }
        let crate::cases::Known { case, facts } = self.case(case).await?;
        let contacts = self.contacts().await?;
        let mails = case
            .members
            .keys()
            .filter_map(|account| contacts.get(account)?.mail.clone());
        let mut place = Place::of(&case, &facts, mails);
        for (number, tale, at) in told {
            place.at = at;
            let key = format!("{}.{}", change.id, change.version + number);
            rows.extend(self.news(&tale, &place, &key)?);
        }
        Ok(rows)
    }

    /// The messages about a request to disclose who a subject is: to the approvers, where they are reached.
    ///
    /// # Errors
    /// When the database fails, or a message is too large.
    pub(crate) async fn disclosure_messages(
        &self,
        terms: &Terms,
        asked_by: &str,
    ) -> Result<Vec<OutboxRow>, ApiError> {
        let mut rows = Vec::new();
        if self.chat.is_silent() {
            return Ok(rows);
        }
        let colleagues = self.store.colleagues().await?;
        let approvers = colleagues
            .iter()
            .filter(|row| row.role == Role::Approver && !row.disabled && row.account != asked_by);
        let mail = |row: &tandem_store::ColleagueRow| {
            let settings: ColleagueSettings = serde_json::from_str(&row.body).unwrap_or_default();
            settings.mail
        };
        let place = Place {
            // The usual room may hold people who are not in the case, so the case is not named.
            case: None,
            lane: terms.id.clone(),
            path: "/approvals".to_owned(),
            subjects: Vec::new(),
            mails: approvers.filter_map(mail).collect(),
            at: terms.at,
        };
        let tale = Tale::new(
            NoticeKind::ApprovalAsked,
            "disclosure.requested",
            format!("{} waits for an approver of each department", terms.id),
        )
        .with("Somebody asks who a subject is. Read the reasons and answer in Tandem.");
        for one in self.chat.connected() {
            if !one.settings.has_usual_place() {
                continue;
            }
            if let Some(job) = self.told(one, &tale, &place, &terms.id) {
                rows.push(waiting(one, &place.lane, terms.id.clone(), job, terms.at)?);
            }
        }
        Ok(rows)
    }

    /// The mail that findings about colleagues wait, for the step that keeps them. It goes to those who may read one and to
    /// nobody else: rooms hold colleagues of both departments, and those whom it is about are among them. It says neither who
    /// nor what.
    ///
    /// # Errors
    /// When a message is too large.
    pub(crate) fn watch_messages(
        &self,
        day: Day,
        mails: Vec<String>,
        findings: u64,
    ) -> Result<Vec<OutboxRow>, ApiError> {
        let key = format!("watch.{day}");
        let at = crate::pipeline::now();
        let waits = match findings {
            1 => "A finding about the use of Tandem waits".to_owned(),
            many => format!("{many} findings about the use of Tandem wait"),
        };
        let tale = Tale::new(NoticeKind::DutyDue, "watch.found", waits)
            .with("Whom it is about is not told. Read and answer it in Tandem.");
        let place = Place {
            case: None,
            lane: key.clone(),
            path: "/ledger".to_owned(),
            subjects: Vec::new(),
            mails,
            at,
        };
        let mut rows = Vec::new();
        let post = self.chat.connected().iter();
        for one in post.filter(|one| one.settings.kind == Kind::Mail) {
            if let Some(job) = self.told(one, &tale, &place, &key) {
                rows.push(waiting(one, &place.lane, key.clone(), job, at)?);
            }
        }
        Ok(rows)
    }

    /// The messages that a question to the other department makes: that there is one, not what it asks.
    ///
    /// # Errors
    /// When the database fails, or a message is too large.
    pub(super) async fn question_messages(
        &self,
        known: &crate::cases::Known,
        from: Option<Department>,
        about: &str,
    ) -> Result<Vec<OutboxRow>, ApiError> {
        let crate::cases::Known { case, facts } = known;
        let contacts = self.contacts().await?;
        let mails = case
            .members
            .iter()
            .filter(|(_, member)| from.is_none() || member.department != from)
            .filter_map(|(account, _)| contacts.get(account)?.mail.clone());
        let mut place = Place::of(case, facts, mails);
        place.at = crate::pipeline::now();
        let title = format!("A question of {}", department_words(from));
        let tale = Tale::new(NoticeKind::Question, "case.question", title)
            .with("It stands on the case's timeline. An answer in this room stands there too.");
        self.news(&tale, &place, &format!("ask.{}", short(about)))
    }

    /// An answer to something that was said, in its thread, or in the usual room.
    ///
    /// # Errors
    /// When it is too large.
    pub(super) fn answer(
        &self,
        one: &Connected,
        lane: Option<&str>,
        about: &str,
        words: &[String],
    ) -> Result<OutboxRow, ApiError> {
        let key = format!("re.{about}");
        let case = lane.and_then(case_of);
        let (title, sentences) = words
            .split_first()
            .map(|(title, rest)| (title.clone(), rest.to_vec()))
            .unwrap_or_default();
        let tale = Tale {
            sentences,
            ..Tale::new(NoticeKind::Reply, "answer", title)
        };
        let now = crate::pipeline::now();
        let place = Place {
            path: case
                .as_ref()
                .map_or_else(|| "/".to_owned(), |case| format!("/cases/{case}")),
            case: case.as_ref(),
            lane: lane.unwrap_or(&key).to_owned(),
            subjects: Vec::new(),
            mails: Vec::new(),
            at: now,
        };
        let job = Job::Post {
            notice: self.notice(&tale, &place, &key),
        };
        waiting(one, &place.lane, key, job, now)
    }

    /// A test message, as the connector's kind takes it.
    pub(super) fn test_job(&self, one: &Connected, key: &str, mail: Option<String>) -> Option<Job> {
        let tale = Tale::new(NoticeKind::Test, "test", "Tandem reaches this place");
        let place = Place {
            case: None,
            lane: key.to_owned(),
            path: "/".to_owned(),
            subjects: Vec::new(),
            mails: mail.into_iter().collect(),
            at: crate::pipeline::now(),
        };
        self.told(one, &tale, &place, key)
    }
}

/// A message that waits to be sent.
pub(crate) fn waiting(
    one: &Connected,
    lane: &str,
    key: String,
    job: Job,
    at: Timestamp,
) -> Result<OutboxRow, ApiError> {
    let item = OutboxItem::new(&one.settings.name, lane, Key(key), job, at);
    Ok(outbox::row(&item)?)
}

/// The accounts that colleagues linked on a connector.
fn linked<'a>(
    one: &Connected,
    accounts: impl Iterator<Item = &'a String>,
    contacts: &BTreeMap<String, ColleagueSettings>,
) -> Vec<String> {
    accounts
        .filter_map(|account| contacts.get(account))
        .flat_map(|settings| &settings.chat)
        .filter(|(connector, _)| *connector == one.settings.name)
        .map(|(_, user)| user.clone())
        .collect()
}

/// What a fact does to the case's own room.
fn room_job(
    one: &Connected,
    case: &Case,
    fact: &Fact,
    contacts: &BTreeMap<String, ColleagueSettings>,
) -> Option<Job> {
    let only = |account: &String| {
        let members = linked(one, std::iter::once(account), contacts);
        (!members.is_empty()).then_some(members)
    };
    match &fact.what {
        CaseFact::Life(LifeFact::Opened { .. }) => Some(Job::OpenRoom {
            case: case.id.clone(),
            topic: format!("A case of {}. What is decided stands in Tandem.", case.kind),
            members: linked(one, case.members.keys(), contacts),
        }),
        CaseFact::Life(LifeFact::Closed { .. } | LifeFact::MergedInto { .. }) => Some(Job::CloseRoom {}),
        CaseFact::People(PeopleFact::Joined { account, .. }) => {
            only(account).map(|members| Job::Invite { members })
        }
        CaseFact::People(PeopleFact::Left { account, .. }) => {
            only(account).map(|members| Job::Remove { members })
        }
        _ => None,
    }
}

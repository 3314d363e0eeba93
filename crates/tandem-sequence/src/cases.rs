//! Tests of a sequence that stand in its file: what must become complete, and what must not.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde_norway::Value as Yaml;
use tandem_baseline::{HomeContext, observe};
use tandem_domain::event::{BatchFull, EventHead, Status};
use tandem_domain::{Attr, ClassUid, Day, EventBatch, EventId, LocalTime, NumAttr, Timestamp};

use crate::book::Sequences;
use crate::engine::{AccountDay, FactStep, Sequencer};
use crate::marks::DayMarks;
use crate::model::{EmploymentFact, Sequence, span};
use crate::told::tell;

/// Monday, 5 January 2026: the day that tests begin at.
const BEGIN: Day = Day(20_458);
/// Most repetitions of one act.
const REPEATS: u32 = 10_000;
/// The domain that is the company's own in tests.
const HOME: &str = "company.example";

/// The tests of a sequence.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cases {
    /// What must be found.
    pub found: Vec<Case>,
    /// What must not.
    pub never: Vec<Case>,
}

/// One test.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it is, in words.
    pub name: String,
    /// What happens, in any order.
    pub acts: Vec<CaseAct>,
}

/// One event or fact, or the same one again and again; `{n}` in its texts counts from 0.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CaseAct {
    /// When, after Monday 5 January 2026, midnight: `2d 9h`.
    pub at: String,
    /// An employment fact that becomes known, in place of an event.
    pub fact: Option<EmploymentFact>,
    /// OCSF class.
    pub class: Option<String>,
    /// OCSF `activity_id`.
    pub activity: u8,
    /// `success` or `failure`.
    pub status: Option<String>,
    /// Account; the usual one without it.
    pub account: Option<String>,
    /// Whose account it is; the usual person's without it.
    pub subject: Option<String>,
    /// How often.
    pub repeat: Option<u32>,
    /// Between repetitions: `30s`.
    pub every: Option<String>,
    /// Attributes of the core view, texts and numbers.
    pub attrs: BTreeMap<String, Yaml>,
}

/// What is wrong with a test, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFault {
    /// `found` or `never`, with the test's name.
    pub place: String,
    /// What happened instead.
    pub reason: String,
}

impl fmt::Display for CaseFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

impl Cases {
    /// True if there is something that must be found and something that must not.
    pub fn is_whole(&self) -> bool {
        !self.found.is_empty() && !self.never.is_empty()
    }

    /// How many tests.
    pub fn len(&self) -> usize {
        self.found.len() + self.never.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Sequences {
    /// Plays the tests of one sequence, with this sequence alone; what did not go as they say.
    pub fn play(sequence: &Sequence, text: &str) -> Vec<CaseFault> {
        let (book, errors) = Self::load([(sequence.file.as_str(), text)]);
        if let Some(error) = errors.first() {
            return vec![CaseFault {
                place: "the file".to_owned(),
                reason: error.to_string(),
            }];
        }
        let book = Arc::new(book);
        let mut faults = Vec::new();
        let cases = [
            ("found", true, &sequence.cases.found),
            ("never", false, &sequence.cases.never),
        ];
        for (kind, wanted, cases) in cases {
            for case in cases {
                let reason = match played(&book, sequence, case) {
                    Err(reason) => reason,
                    Ok(Some(_)) if wanted => continue,
                    Ok(None) if !wanted => continue,
                    Ok(Some(said)) => format!("it is found: {said}"),
                    Ok(None) => "it is not found".to_owned(),
                };
                faults.push(CaseFault {
                    place: format!("{kind}: {}", case.name),
                    reason,
                });
            }
        }
        faults
    }
}

/// By day, what each account did and which facts became known.
#[derive(Default)]
struct Played {
    accounts: BTreeMap<(String, String), (DayMarks, bool)>,
    facts: Vec<FactStep>,
}

/// What is said of the first chain that is found.
fn played(book: &Arc<Sequences>, sequence: &Sequence, case: &Case) -> Result<Option<String>, String> {
    let mut batch = EventBatch::new("test");
    let mut days: BTreeMap<Day, Played> = BTreeMap::new();
    let mut whose: BTreeMap<String, String> = BTreeMap::new();
    for act in &case.acts {
        let subject = act.subject.clone().unwrap_or_else(|| "S".to_owned());
        let account = act.account.clone().unwrap_or_else(|| "anna".to_owned());
        whose.insert(account.clone(), subject.clone());
        let at = span(&act.at).ok_or_else(|| format!("`at: {}` is no time; write 2d 9h", act.at))?;
        let every = match act.every.as_deref() {
            None => 0,
            Some(text) => span(text).ok_or_else(|| format!("`every: {text}` is no time"))?,
        };
        for n in 0..act.repeat.unwrap_or(1).min(REPEATS) {
            let time = BEGIN
                .start()
                .plus_micros(at.saturating_add(every.saturating_mul(i64::from(n))));
            if let Some(fact) = act.fact {
                let subject = subject.clone();
                days.entry(time.day())
                    .or_default()
                    .facts
                    .push(FactStep { subject, fact, time });
                continue;
            }
            push(&mut batch, act, &account, (time, n))?;
        }
    }
    let home = HomeContext {
        mail_domains: vec![HOME.to_owned()],
        ..HomeContext::default()
    };
    for event in batch.iter() {
        let seen = observe(&event, &home, LocalTime::utc);
        let day = days.entry(event.head().time.day()).or_default();
        let of = |account: &str| {
            let account = account.to_lowercase();
            let subject = whose.get(&account).cloned().unwrap_or_else(|| account.clone());
            (subject, account)
        };
        // Whoever acted was active, step or not.
        if let Some(seen) = &seen {
            day.accounts.entry(of(seen.account)).or_default().1 = true;
        }
        book.mark(&event, seen.as_ref(), LocalTime::utc, &mut |marked| {
            let (marks, _) = day.accounts.entry(of(marked.account)).or_default();
            marks.add(marked.step, marked.object, marked.act);
        });
    }
    let mut sequencer = Sequencer::new(Arc::clone(book));
    for (day, played) in days {
        let accounts: Vec<_> = played
            .accounts
            .into_iter()
            .map(|((subject, account), (marks, active))| AccountDay {
                subject,
                account,
                active,
                marks,
            })
            .collect();
        let outcome = sequencer.run_day(day, &accounts, &played.facts);
        if let Some(found) = outcome
            .found
            .iter()
            .find(|found| found.chain.sequence == sequence.id)
        {
            let story = tell(sequence, &found.chain);
            let said: Vec<_> = story.steps.into_iter().map(|step| step.sentence).collect();
            return Ok(Some(said.join(" ")));
        }
    }
    Ok(None)
}

fn push(
    batch: &mut EventBatch,
    act: &CaseAct,
    account: &str,
    (time, n): (Timestamp, u32),
) -> Result<(), String> {
    let class = act
        .class
        .as_deref()
        .ok_or("an act has neither `class` nor `fact`")?;
    let class = ClassUid::parse(class).ok_or_else(|| format!("there is no class `{class}`"))?;
    let status = match act.status.as_deref() {
        None => Status::Unknown,
        Some("success") => Status::Success,
        Some("failure") => Status::Failure,
        Some(other) => return Err(format!("`{other}` is no status; write success or failure")),
    };
    let head = EventHead {
        id: EventId(batch.len() as u128 + 1),
        class,
        activity: act.activity,
        status,
        time,
        ..EventHead::default()
    };
    let mut event = batch
        .start()
        .map_err(|BatchFull| "the test has too many events".to_owned())?;
    event.attr(Attr::ActorUser, account);
    for (name, value) in &act.attrs {
        let text = match value {
            Yaml::String(text) => text.replace("{n}", &n.to_string()),
            Yaml::Number(number) => number.to_string(),
            _ => return Err(format!("`{name}` is neither a text nor a number")),
        };
        match (Attr::parse(name), NumAttr::parse(name)) {
            (Some(attr), _) => event.attr(attr, &text),
            (_, Some(attr)) => event.num(attr, text.parse().map_err(|_| format!("`{name}` is no number"))?),
            _ => return Err(format!("there is no attribute `{name}`")),
        }
    }
    event.finish(head);
    Ok(())
}

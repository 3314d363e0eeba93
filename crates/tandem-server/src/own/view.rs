//! Own data as the API shows it, in words for everybody.

use serde::{Deserialize, Serialize};
use tandem_casework::contest::{About, Contest};
use tandem_domain::{Indicator, Role, Timestamp};
use tandem_people::Person;
use utoipa::ToSchema;

use super::protects_a_reporter;
use crate::config::Retention;

/// Role under which what somebody does with their own data stands in the ledger, whatever else they are.
pub(super) const STAFF: &str = Role::Staff.as_str();

/// What is kept about the asker, and what was done with it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnView {
    /// What people files say.
    pub facts: Vec<OwnFact>,
    /// Records of what was done with their accounts, by source.
    pub sources: Vec<OwnSource>,
    /// What it is collected for.
    pub why: Vec<String>,
    /// How long it is kept.
    pub kept: Vec<Kept>,
    /// How often others looked, newest month first.
    pub looks: Vec<OwnLooks>,
    /// What is told later, and by which rule.
    pub delay: Delay,
    /// What was noticed, as far as it can be told now; the latest first.
    pub indicators: Vec<OwnIndicator>,
    /// What they contested or wanted corrected.
    pub contests: Vec<ContestView>,
    /// What they can do.
    pub rights: Vec<String>,
}

/// A fact that is kept. It may be a name: `Debug` is masked.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnFact {
    /// What it is.
    pub name: String,
    /// What is kept.
    pub value: String,
}

impl std::fmt::Debug for OwnFact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OwnFact({}, …)", self.name)
    }
}

/// How many records one source has.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnSource {
    /// Source.
    pub source: String,
    /// By month, oldest first.
    pub months: Vec<MonthCount>,
}

/// A count in a month.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MonthCount {
    /// `2026-05`.
    pub month: String,
    /// How many.
    pub count: u64,
}

/// How long one kind of data is kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Kept {
    /// What.
    pub what: String,
    /// Days; nothing if no period is set.
    pub days: Option<u32>,
}

/// How often others looked, in one month for one purpose.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnLooks {
    /// `2026-05`.
    pub month: String,
    /// What for; `none` if nothing was said.
    pub purpose: String,
    /// Looks under the pseudonym.
    pub looks: u64,
    /// How often the name was shown.
    pub names: u64,
}

/// What is told later.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Delay {
    /// In plain words.
    pub sentence: String,
    /// By which rule.
    pub rule: String,
}

/// Something that was noticed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnIndicator {
    /// Its id, to contest it.
    pub id: String,
    /// When it happened.
    pub time: String,
    /// `technical` or `human`.
    pub side: String,
    /// In short.
    pub title: String,
    /// What, compared to what.
    pub explanation: String,
    /// True if it speaks for them.
    pub lowers: bool,
}

/// Contests an indicator, or wants a fact corrected: one of the two.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskContest {
    /// `correction` or `contest`.
    pub want: String,
    /// The indicator.
    #[serde(default)]
    pub indicator: Option<String>,
    /// The fact, named in words.
    #[serde(default)]
    pub fact: Option<String>,
    /// What is wrong, and how it is.
    pub text: String,
}

/// A correction or contest.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContestView {
    /// Id.
    pub id: String,
    /// Pseudonym of whose data it is about; nothing when it is shown to them.
    pub subject: Option<String>,
    /// `correction` or `contest`.
    pub want: String,
    /// The indicator it is about.
    pub indicator: Option<String>,
    /// The fact it is about.
    pub fact: Option<String>,
    /// What they say.
    pub text: String,
    /// When it came in.
    pub received: String,
    /// By when it is to be answered.
    pub due: String,
    /// True if the time was extended.
    pub extended: bool,
    /// True if the answer is late.
    pub overdue: bool,
    /// `received`, `acknowledged` or `answered`.
    pub state: String,
    /// What was answered.
    pub answer: Option<ContestAnswer>,
}

/// An answer to a contest.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContestAnswer {
    /// `upheld`, `partly` or `rejected`.
    pub answer: String,
    /// Why.
    pub reason: String,
}

/// Contests that are to be answered, or were.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContestList {
    /// What changed last first.
    pub contests: Vec<ContestView>,
}

/// The month of a day such as `2026-05-04`.
pub(super) fn month(day: &str) -> String {
    day.chars().take(7).collect()
}

/// True if an act of the ledger is a look at a subject under the pseudonym.
pub(super) fn is_look(act: &str) -> bool {
    matches!(
        act,
        "subject.look"
            | "events.search"
            | "case.search"
            | "contest.look"
            | "hunt.search"
            | "hunt.fields"
            | "hunt.export"
            | "hunt.keep"
    )
}

/// What people files say about a person.
pub(super) fn facts(person: Option<&Person>, accounts: &[String]) -> Vec<OwnFact> {
    let mut facts = Vec::new();
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let name = name.to_owned();
            facts.push(OwnFact { name, value });
        }
    };
    let text = |text: &Option<std::sync::Arc<str>>| text.as_deref().map(str::to_owned);
    if let Some(person) = person {
        add("name", text(&person.display_name));
        add("mail address", text(&person.email));
        add("kind of work relation", Some(person.kind.as_str().to_owned()));
        add("role", text(&person.role));
        add("department", text(&person.department));
        add("site", text(&person.site));
        add("manager", text(&person.manager));
        add("time zone", text(&person.time_zone));
        add("first day of work", person.join.map(|day| day.to_string()));
        add("last day of work", person.leave.map(|day| day.to_string()));
    }
    add("accounts", Some(accounts.join(", ")));
    facts
}

/// An indicator as the person concerned may see it.
pub(super) fn indicator(indicator: &Indicator) -> OwnIndicator {
    let (title, explanation) = if protects_a_reporter(indicator) {
        (
            "a report that was looked into".to_owned(),
            "What it says is left out here, because it could tell who reported it (GDPR article 15(4)). You can contest it all the same."
                .to_owned(),
        )
    } else {
        (indicator.title.clone(), indicator.explanation.clone())
    };
    OwnIndicator {
        id: indicator.id.to_string(),
        time: indicator.time.to_string(),
        side: indicator.group.side().as_str().into(),
        title,
        explanation,
        lowers: indicator.weight < 0.0,
    }
}

/// A contest, with the pseudonym for those who answer it.
pub(super) fn contest(contest: &Contest, now: Timestamp, with_subject: bool) -> ContestView {
    let (indicator, fact) = match &contest.about {
        About::Indicator(id) => (Some(id.to_string()), None),
        About::Fact(title) => (None, Some(title.as_str().to_owned())),
    };
    ContestView {
        id: contest.id.to_string(),
        subject: with_subject.then(|| contest.subject.0.clone()),
        want: contest.want.as_str().into(),
        indicator,
        fact,
        text: contest.text.as_str().to_owned(),
        received: contest.received.to_string(),
        due: contest.due.to_string(),
        extended: contest.extended,
        overdue: contest.is_overdue(now),
        state: contest.state.as_str().into(),
        answer: contest.answer.as_ref().map(|(answer, reason)| ContestAnswer {
            answer: answer.as_str().into(),
            reason: reason.as_str().to_owned(),
        }),
    }
}

fn sentences(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// What it is collected for.
pub(super) fn why() -> Vec<String> {
    sentences(&[
        "To notice early when data, systems or people of the organisation come to harm from inside, and to help before it gets worse.",
        "Everybody who works on it sees a pseudonym. Your name is shown only for a case, only if one person of IT security and one of corporate security both agree, and only for a limited time.",
        "No decision about you is made by a machine. What was noticed is weighed and then read by people of both departments.",
    ])
}

/// How long each kind of data is kept.
pub(super) fn kept(retention: &Retention) -> Vec<Kept> {
    let days = |what: &str, days: i32| Kept {
        what: what.to_owned(),
        days: Some(days.unsigned_abs()),
    };
    let open = |what: &str| Kept {
        what: what.to_owned(),
        days: None,
    };
    vec![
        days(
            "records of what was done with your accounts",
            retention.events_days,
        ),
        days("daily sums of them", retention.activity_days),
        days("records that could not be read", retention.rejects_days),
        open("facts from people files"),
        open("what was noticed, alerts and cases"),
        open("the ledger of who looked at what"),
    ]
}

/// What is told later; said always, so that it tells nothing.
pub(super) fn delay() -> Delay {
    Delay {
        sentence: "Looks can be told late: while a case is open, what was looked at for it, and what led to it, is left out here and \
                   counted once the case is closed. This text stands here whether there is a case or not."
            .to_owned(),
        rule: "GDPR articles 14(5)(b) and 23(1), as far as the law of your country uses them".to_owned(),
    }
}

/// What somebody can do.
pub(super) fn rights() -> Vec<String> {
    sentences(&[
        "You can have a wrong fact corrected and contest what was noticed. You get an answer within one month; a complex matter can take two months more, and then you are told why (GDPR articles 12(3), 16 and 21).",
        "You can complain to the supervisory authority for data protection (GDPR article 77).",
    ])
}

//! A case as the API shows it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_casework::case::Case;
use tandem_casework::case::decision::Standing;
use tandem_casework::case::life::Opening;
use tandem_casework::case::link::AlertRef;
use tandem_casework::text::{Reason, Title};
use tandem_casework::timeline::Item;
use tandem_casework::words::{CaseKind, Phase, Severity};
use tandem_casework::{ClockTargets, Reading};
use tandem_domain::Alert;
use tandem_domain::time::MICROS_PER_SECOND;
use utoipa::ToSchema;

use super::Known;
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;

/// Opens a case.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenCase {
    /// Incident type, such as `data_leakage`.
    pub kind: String,
    /// OCSF severity in small letters; without it, that of the heaviest alert.
    pub severity: Option<String>,
    /// One line that names nobody.
    pub title: String,
    /// Why.
    pub reason: String,
    /// Alerts it rests on.
    #[serde(default)]
    pub alerts: Vec<String>,
}

/// A case in a list. It names no subject.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CaseSummary {
    /// Its number.
    pub id: String,
    /// One line.
    pub title: String,
    /// Incident type.
    pub kind: String,
    /// Severity.
    pub severity: String,
    /// Where it stands.
    pub state: String,
    /// How it ended.
    pub outcome: Option<String>,
    /// Phase of the work (NIST SP 800-61).
    pub phase: String,
    /// When it was opened.
    pub opened: String,
    /// When something happened last.
    pub changed: String,
    /// How many work on it.
    pub members: u64,
    /// True once both departments are in it.
    pub shared: bool,
    /// Tasks to be done.
    pub open_tasks: u64,
}

/// Cases.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CaseList {
    /// What changed last first.
    pub cases: Vec<CaseSummary>,
}

/// One line of a case's timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineItem {
    /// When.
    pub at: String,
    /// `technical`, `human` or `case`.
    pub origin: String,
    /// Colleague, where somebody did it.
    pub who: Option<String>,
    /// What happened.
    pub sentence: String,
    /// What it points to: `{"fact": 3}`, `{"indicator": "…"}`, `{"note": "…"}`, `{"run": "…"}`.
    #[schema(value_type = Object)]
    pub reference: Value,
    /// `own_department`, `both` or `counsel`.
    pub visibility: String,
}

/// What one clock of a case shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClockView {
    /// `share`, `contain`, `decide` or `close`.
    pub clock: String,
    /// When it stopped; nothing while it runs.
    pub stopped: Option<String>,
    /// When it will be, or was, overdue, if it does not stand still again.
    pub due: String,
    /// How long it may take at the case's severity, seconds.
    pub target_seconds: i64,
    /// How long it took so far, pauses left out, seconds.
    pub elapsed_seconds: i64,
    /// It stands still now.
    pub paused: bool,
    /// It took, or takes, longer.
    pub overdue: bool,
}

/// A case whole, as the asker may see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CaseView {
    /// In short.
    pub summary: CaseSummary,
    /// State: members, duties, tasks, evidence, proposals, links; notes that the asker may read.
    #[schema(value_type = Object)]
    pub case: Value,
    /// The asker's role in it.
    pub my_role: Option<String>,
    /// Technical and human evidence and what was done, oldest first.
    pub timeline: Vec<TimelineItem>,
    /// What its clocks show.
    pub clocks: Vec<ClockView>,
    /// Facts so far; a change is decided on this state.
    pub version: u64,
}

fn clocks(case: &Case, targets: &ClockTargets) -> Vec<ClockView> {
    let now = crate::pipeline::now();
    let readings = case.clocks(targets, now);
    let view = |reading: &Reading| ClockView {
        clock: reading.clock.as_str().into(),
        stopped: reading.stopped.map(|at| at.to_string()),
        due: reading.due(now).to_string(),
        target_seconds: reading.target.0 / MICROS_PER_SECOND,
        elapsed_seconds: reading.elapsed / MICROS_PER_SECOND,
        paused: reading.paused,
        overdue: reading.overdue,
    };
    readings.iter().map(view).collect()
}

/// A case in short.
pub fn summary(case: &Case) -> CaseSummary {
    CaseSummary {
        id: case.id.0.clone(),
        title: case.title.as_str().to_owned(),
        kind: case.kind.as_str().into(),
        severity: case.severity.as_str().into(),
        state: case.state.as_str().into(),
        outcome: case.outcome.map(|o| o.as_str().into()),
        phase: case.phase.as_str().into(),
        opened: case.marks.opened.to_string(),
        changed: case.last.to_string(),
        members: case.members.len() as u64,
        shared: case.marks.shared.is_some(),
        open_tasks: case.tasks.values().filter(|task| !task.is_done()).count() as u64,
    }
}

/// A case for who may know that it is there and how it stands, but not what is in it.
pub fn outline(known: &Known, targets: &ClockTargets) -> CaseView {
    CaseView {
        summary: summary(&known.case),
        case: Value::Object(serde_json::Map::new()),
        my_role: None,
        timeline: Vec::new(),
        clocks: clocks(&known.case, targets),
        version: known.facts.len() as u64,
    }
}

/// A case whole.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn case(
    asker: &Asker,
    known: &Known,
    items: &[Item],
    targets: &ClockTargets,
) -> Result<CaseView, ApiError> {
    let case = &known.case;
    let account = asker.account();
    let mut body = serde_json::to_value(case)?;
    if let Some(notes) = body.get_mut("notes").and_then(Value::as_object_mut) {
        notes.retain(|id, _| {
            let note = case.notes.iter().find(|(key, _)| key.to_string() == *id);
            note.is_some_and(|(_, note)| {
                case.may_read(account, note.visibility, &note.author, note.department)
            })
        });
    }
    if let Some(all) = body.as_object_mut() {
        // Whom a conflict of interest keeps away could tell who stands behind a pseudonym.
        all.remove("barred");
        all.remove("ever_subjects");
        seal_votes(case, all);
    }
    let timeline = items
        .iter()
        .map(|item| {
            Ok(TimelineItem {
                at: item.at.to_string(),
                origin: item.origin.as_str().into(),
                who: item.who.clone(),
                sentence: item.sentence.clone(),
                reference: serde_json::to_value(&item.reference)?,
                visibility: item.visibility.as_str().into(),
            })
        })
        .collect::<Result<_, serde_json::Error>>()?;
    Ok(CaseView {
        summary: summary(case),
        case: body,
        my_role: case
            .members
            .get(account)
            .map(|member| member.role.as_str().into()),
        timeline,
        clocks: clocks(case, targets),
        version: known.facts.len() as u64,
    })
}

/// Votes stay sealed until both departments have voted, so that nobody follows the other; who has voted is no secret.
fn seal_votes(case: &Case, body: &mut serde_json::Map<String, Value>) {
    let Some(proposals) = body.get_mut("proposals").and_then(Value::as_object_mut) else {
        return;
    };
    for (id, proposal) in &case.proposals {
        let Some(Value::Object(shown)) = proposals.get_mut(&id.to_string()) else {
            continue;
        };
        if proposal.standing == Standing::Open {
            let voted: Vec<Value> = proposal
                .votes
                .values()
                .map(|vote| Value::from(vote.who.as_str()))
                .collect();
            shown.insert("voted".to_owned(), Value::Array(voted));
            shown.insert("votes".to_owned(), Value::Array(Vec::new()));
        }
    }
}

/// A text that somebody wrote, or which field of what they sent it is no text for.
///
/// # Errors
/// Which field, why, and what to do.
pub fn text<T>(
    made: Result<T, tandem_casework::text::TextError>,
    field: &'static str,
) -> Result<T, ApiError> {
    made.map_err(|error| {
        ApiError::bad(
            field,
            format!("{field}: {error}"),
            "shorten or correct it and send it again",
        )
    })
}

/// What a case keeps of an alert.
///
/// # Errors
/// When the database fails.
pub async fn alert_ref(app: &App, alert: &Alert) -> Result<AlertRef, ApiError> {
    let known = app.known(&alert.subject, alert.raised).await?;
    let mut detectors: Vec<String> = known
        .iter()
        .filter(|indicator| alert.indicators.contains(&indicator.id))
        .map(|indicator| indicator.detector.clone())
        .collect();
    detectors.sort_unstable();
    detectors.dedup();
    Ok(AlertRef {
        id: alert.id,
        subject: alert.subject.clone(),
        raised: alert.raised,
        detectors,
    })
}

/// What a case is opened with.
///
/// # Errors
/// When a word is unknown or a text is none.
pub async fn opening(app: &App, asked: &OpenCase, alerts: &[Alert]) -> Result<Opening, ApiError> {
    let kind = CaseKind::parse(&asked.kind).ok_or_else(|| {
        let known: Vec<_> = CaseKind::ALL.iter().map(|k| k.as_str()).collect();
        ApiError::bad(
            "kind",
            format!("`{}` is no kind of case", asked.kind),
            format!("use one of {}", known.join(", ")),
        )
    })?;
    let heaviest = alerts.iter().map(|alert| Severity::of_level(alert.level)).max();
    let severity = match asked.severity.as_deref() {
        Some(word) => Severity::parse(word).ok_or_else(|| {
            let known: Vec<_> = Severity::ALL.iter().map(|s| s.as_str()).collect();
            ApiError::bad(
                "severity",
                format!("`{word}` is no severity"),
                format!("use one of {}", known.join(", ")),
            )
        })?,
        None => heaviest.unwrap_or(Severity::Medium),
    };
    let mut refs = Vec::new();
    for alert in alerts {
        refs.push(alert_ref(app, alert).await?);
    }
    Ok(Opening {
        kind,
        severity,
        title: text(Title::new(&asked.title), "title")?,
        phase: Phase::Detect,
        reason: text(Reason::new(&asked.reason), "reason")?,
        subjects: Vec::new(),
        alerts: refs,
    })
}

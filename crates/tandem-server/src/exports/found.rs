//! Alerts, indicators and cases as they leave.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use tandem_casework::Case;
use tandem_casework::words::Severity;
use tandem_connect::export::{CaseFile, Finding};
use tandem_connect::{Gate, Screened};
use tandem_domain::alert::RiskLevel;
use tandem_domain::{CaseId, Indicator, IndicatorGroup};
use tandem_store::{AlertRow, WorkFilter, WorkKind};

use crate::api::views::{self, Sight, WITHHELD};
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;

/// Stands in the place of texts that the gate stopped.
const STOPPED: &str = "the text is withheld: it names somebody";

/// The cases of alerts, by alert, as far as the asker works on them.
pub(super) type CasesOfAlerts = BTreeMap<String, CaseId>;

/// A finding whose texts pass the gate. One whose texts do not stays in the export, without them: what other systems are not
/// told of at all, nobody misses.
pub(super) fn safe(mut finding: Finding, gate: &dyn Gate) -> Finding {
    let texts = json!([finding.title, finding.sentences, finding.rules]);
    if Screened::new(texts, gate).is_err() {
        tracing::warn!(
            finding = finding.id,
            "a text of an export names somebody and is left out"
        );
        STOPPED.clone_into(&mut finding.title);
        finding.sentences.clear();
        finding.rules.clear();
    }
    finding
}

/// The level whose severity a case is exported with.
const fn level(severity: Severity) -> RiskLevel {
    match severity {
        Severity::Informational | Severity::Low => RiskLevel::Low,
        Severity::Medium => RiskLevel::Watch,
        Severity::High => RiskLevel::Review,
        Severity::Critical | Severity::Fatal => RiskLevel::Act,
    }
}

fn many(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX).max(1)
}

impl App {
    /// Which of the asker's cases an alert belongs to.
    pub(super) async fn cases_of_alerts(&self, asker: &Asker) -> Result<CasesOfAlerts, ApiError> {
        let filter = WorkFilter {
            link: Some(("member".to_owned(), asker.account().to_owned())),
            limit: usize::MAX,
            ..WorkFilter::default()
        };
        let mut found = CasesOfAlerts::new();
        for row in self.store.work(WorkKind::Case, &filter).await? {
            let alerts = row.head.links.into_iter().filter(|(link, _)| link == "alert");
            found.extend(alerts.map(|(_, alert)| (alert, CaseId(row.id.clone()))));
        }
        Ok(found)
    }

    async fn indicators_of_alert(&self, row: &AlertRow) -> Result<Vec<Indicator>, ApiError> {
        let mut known = self.known(&row.alert.subject, row.alert.raised).await?;
        known.retain(|indicator| row.alert.indicators.contains(&indicator.id));
        Ok(known)
    }

    /// An alert as it leaves.
    pub(super) async fn alert_found(
        &self,
        sight: Sight,
        row: &AlertRow,
        cases: &CasesOfAlerts,
    ) -> Result<Finding, ApiError> {
        let alert = &row.alert;
        let all = self.indicators_of_alert(row).await?;
        let shown = || all.iter().filter(move |one| !views::withheld(sight, one.group));
        let times = || all.iter().map(|one| one.time);
        let techniques: BTreeSet<&String> = shown().flat_map(|one| &one.techniques).collect();
        let rules: BTreeSet<&String> = shown().map(|one| &one.detector).collect();
        let groups: Vec<IndicatorGroup> = row
            .groups
            .iter()
            .filter_map(|group| IndicatorGroup::parse(group))
            .collect();
        let seen = views::alert(sight, alert, &groups);
        let id = alert.id.to_string();
        Ok(Finding {
            subject: alert.subject.clone(),
            raised: alert.raised,
            first_seen: times().min().unwrap_or(alert.raised),
            last_seen: times().max().unwrap_or(alert.raised),
            count: many(all.iter().map(|one| one.event_count).sum()),
            title: seen.title,
            sentences: seen.sentences,
            level: alert.level,
            score: alert.score,
            threat: alert.threat,
            techniques: techniques.into_iter().cloned().collect(),
            rules: rules.into_iter().cloned().collect(),
            status: alert.status,
            verdict: alert.verdict,
            case: cases.get(&id).cloned(),
            link: self.chat.link(&format!("/alerts/{id}")),
            id,
        })
    }

    /// The indicators of an alert as they leave.
    pub(super) async fn indicators_found(
        &self,
        sight: Sight,
        row: &AlertRow,
        cases: &CasesOfAlerts,
    ) -> Result<Vec<Finding>, ApiError> {
        let case = cases.get(&row.alert.id.to_string());
        let all = self.indicators_of_alert(row).await?;
        Ok(all
            .iter()
            .map(|one| self.indicator_found(sight, one, row, case))
            .collect())
    }

    fn indicator_found(
        &self,
        sight: Sight,
        indicator: &Indicator,
        row: &AlertRow,
        case: Option<&CaseId>,
    ) -> Finding {
        let hidden = views::withheld(sight, indicator.group);
        let unless_hidden = |texts: Vec<String>| if hidden { Vec::new() } else { texts };
        Finding {
            id: indicator.id.to_string(),
            subject: indicator.subject.clone(),
            raised: indicator.known,
            first_seen: indicator.time,
            last_seen: indicator.time,
            count: many(indicator.event_count),
            title: if hidden {
                WITHHELD.to_owned()
            } else {
                indicator.title.clone()
            },
            sentences: unless_hidden(vec![indicator.explanation.clone()]),
            level: row.alert.level,
            score: indicator.weight,
            threat: indicator.threats.first().copied(),
            techniques: unless_hidden(indicator.techniques.clone()),
            rules: unless_hidden(vec![indicator.detector.clone()]),
            status: row.alert.status,
            verdict: row.alert.verdict,
            case: case.cloned(),
            link: self.chat.link(&format!("/alerts/{}", row.alert.id)),
        }
    }

    /// A case as it leaves: what it is and how it stands, in words of Tandem's own.
    pub(super) async fn case_found(&self, sight: Sight, case: &Case) -> Result<CaseFile, ApiError> {
        let cases: CasesOfAlerts = case
            .alerts
            .keys()
            .map(|alert| (alert.to_string(), case.id.clone()))
            .collect();
        if !self.chat.gate().knows() {
            self.learn_names().await?;
        }
        let names = self.chat.gate();
        let mut findings = Vec::new();
        for alert in case.alerts.keys() {
            if let Some(row) = self.store.alert(*alert).await? {
                findings.push(safe(self.alert_found(sight, &row, &cases).await?, &*names));
            }
        }
        let mut sentences = vec![
            format!("State: {}.", case.state),
            format!("Phase: {}.", case.phase),
            format!("Severity: {}.", case.severity),
        ];
        sentences.extend(case.outcome.map(|outcome| format!("Outcome: {outcome}.")));
        Ok(CaseFile {
            id: case.id.clone(),
            title: format!("A case of {}", case.kind),
            sentences,
            level: level(case.severity),
            opened: case.marks.opened,
            changed: case.last,
            closed: case.marks.closed,
            verdict: case.outcome.and_then(|outcome| outcome.verdict()),
            findings,
            link: self.chat.link(&format!("/cases/{}", case.id)),
        })
    }
}

//! What people concluded, by rule and detector.

use std::collections::BTreeSet;

use tandem_casework::tuning::SAID_LEAST;
use tandem_casework::verdicts::{VerdictRow, by_detector, of_cases};
use tandem_domain::{AlertId, CaseId, IndicatorId};
use tandem_policy::{Action, DataClass};
use tandem_store::{WorkFilter, WorkKind};

use super::FeedbackView;
use super::view;
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;

/// Most cases, those that changed last, whose verdicts count.
const CASES: usize = 10_000;
/// Most alerts that were concluded without a case, the newest, whose verdicts count.
const ALERTS: usize = 20_000;
/// What the detectors of rules are called before the rule's id.
pub(super) const RULE: &str = "rule:";
/// The detector of behaviour.
const BEHAVIOUR: &str = "behaviour";

impl App {
    /// Counts and precision by rule and detector. Who may not see human-side facts does not see the detectors that stand for
    /// them: a count of one would tell that there is a report.
    ///
    /// # Errors
    /// Forbidden, or a store fails.
    pub async fn feedback(&self, asker: &Asker) -> Result<FeedbackView, ApiError> {
        asker.may(self, Action::Look, DataClass::Rules, &asker.context())?;
        let human = asker.sight(self, &asker.context()).human_facts;
        let rows = self.verdict_rows().await?;
        let concluded: BTreeSet<AlertId> = rows.iter().map(|row| row.alert).collect();
        let shown = |name: &str| human || name == BEHAVIOUR || name.starts_with(RULE);
        let detectors = by_detector(rows)
            .iter()
            .filter(|record| shown(&record.detector))
            .map(|record| {
                let rule = record.detector.strip_prefix(RULE);
                view::detector(record, rule.map(|id| self.rule_ref(id)))
            })
            .collect();
        Ok(FeedbackView {
            concluded: concluded.len() as u64,
            least: SAID_LEAST,
            detectors,
        })
    }

    /// The conclusions that stand: those of closed cases by alert, and those of alerts that were closed by themselves. What an
    /// open case works on is not concluded, whatever it was before.
    pub(crate) async fn verdict_rows(&self) -> Result<Vec<VerdictRow>, ApiError> {
        let filter = WorkFilter {
            limit: CASES,
            ..WorkFilter::default()
        };
        let (mut rows, mut working) = (Vec::new(), BTreeSet::new());
        for row in self.store.work(WorkKind::Case, &filter).await? {
            let known = self.case(&CaseId(row.id)).await?;
            if known.case.is_closed() {
                rows.extend(of_cases(&known.facts));
            } else {
                working.extend(known.case.alerts.keys().copied());
            }
        }
        rows.retain(|row| !working.contains(&row.alert));
        let told: BTreeSet<AlertId> = rows.iter().map(|row| row.alert).collect();
        let mut alone = self.store.concluded_alerts(ALERTS).await?;
        alone.retain(|(alert, _)| !told.contains(&alert.id) && !working.contains(&alert.id));
        let ids: BTreeSet<IndicatorId> = alone
            .iter()
            .flat_map(|(alert, _)| alert.indicators.iter().copied())
            .collect();
        let ids: Vec<IndicatorId> = ids.into_iter().collect();
        let detectors = self.store.detectors_of(&ids).await?;
        for (alert, at) in alone {
            let Some(verdict) = alert.verdict else { continue };
            let made = alert
                .indicators
                .iter()
                .filter_map(|id| detectors.get(id).cloned());
            rows.push(VerdictRow {
                alert: alert.id,
                at,
                verdict,
                detectors: made.collect(),
            });
        }
        Ok(rows)
    }
}

//! Rules: what is loaded, what is not and why.

use tandem_detect::{Rule, RuleWork};

use super::ServiceError;
use crate::api::dto::{
    RuleDetail, RuleErrorView, RuleList, RuleRef, RuleView, RuleWorkView, UnseenSourceView,
};
use crate::app::App;
use crate::rule_health::{UNKNOWN_FORMAT, UnseenSource};

impl App {
    /// Every rule, by title, with its matches so far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rule_list(&self) -> Result<RuleList, ServiceError> {
        let matches = self.store.matches_by_rule().await?;
        let loaded = self.rules();
        let work = self.rule_health.work();
        let done = |id: &str| work.get(id).copied().unwrap_or_default();
        let mut rules: Vec<_> = loaded
            .rules
            .rules()
            .iter()
            .map(|r| view(r, matches.get(&r.id).copied().unwrap_or(0), done(&r.id)))
            .collect();
        rules.sort_by(|a, b| a.title.cmp(&b.title).then_with(|| a.id.cmp(&b.id)));
        let unseen = self.unseen_sources().await?;
        Ok(RuleList {
            loaded: rules.len() as u64,
            errors: loaded.errors.iter().map(RuleErrorView::from).collect(),
            unseen: unseen.into_iter().map(UnseenSourceView::from).collect(),
            queries: self.query_alarms().await?,
            rules,
        })
    }

    /// One rule whole.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn rule(&self, id: &str) -> Result<RuleDetail, ServiceError> {
        let loaded = self.rules();
        let rule = loaded.rules.get(id).ok_or(ServiceError::Missing("rule"))?;
        let matches = self.store.matches_by_rule().await?;
        let done = self.rule_health.work().get(&rule.id).copied().unwrap_or_default();
        Ok(RuleDetail {
            summary: view(rule, matches.get(&rule.id).copied().unwrap_or(0), done),
            description: rule.description.clone(),
            falsepositives: rule.falsepositives.clone(),
            yaml: rule.source.to_string(),
        })
    }

    /// A rule's id and title.
    pub fn rule_ref(&self, id: &str) -> RuleRef {
        let title = self
            .rules()
            .rules
            .get(id)
            .map_or_else(|| id.to_owned(), |r| r.title.clone());
        RuleRef {
            id: id.to_owned(),
            title,
        }
    }
}

impl From<&tandem_detect::RuleError> for RuleErrorView {
    fn from(error: &tandem_detect::RuleError) -> Self {
        Self {
            file: error.file.clone(),
            line: error.line.map(|line| line as u64),
            reason: error.reason.clone(),
            hint: error.hint.clone(),
        }
    }
}

impl From<RuleWork> for RuleWorkView {
    fn from(work: RuleWork) -> Self {
        Self {
            evaluations: work.evaluations,
            matches: work.matches,
            micros: work.nanos / 1_000,
        }
    }
}

impl From<UnseenSource> for UnseenSourceView {
    fn from(unseen: UnseenSource) -> Self {
        Self {
            alarm: UNKNOWN_FORMAT.to_owned(),
            first: unseen.first.to_string(),
            last: unseen.last.to_string(),
            events: unseen.events,
            hint: UnseenSource::HINT.to_owned(),
            source: unseen.source,
        }
    }
}

fn view(rule: &Rule, matches: u64, work: RuleWork) -> RuleView {
    let logsource = rule.logsource.as_ref().map_or_else(
        || "correlation".to_owned(),
        |l| {
            [&l.product, &l.category, &l.service]
                .into_iter()
                .flatten()
                .cloned()
                .collect::<Vec<_>>()
                .join(" / ")
        },
    );
    RuleView {
        id: rule.id.clone(),
        title: rule.title.clone(),
        level: rule.level.as_str().into(),
        status: rule.status.as_str().into(),
        logsource,
        techniques: rule.techniques().to_vec(),
        threats: rule.insider.threats.iter().map(|t| t.as_str().into()).collect(),
        stage: rule.insider.stage.map(|s| s.as_str().into()),
        matches,
        work: work.into(),
        file: rule.file.clone(),
    }
}

//! Rules: what is loaded, what is not and why.

use tandem_detect::Rule;

use super::ServiceError;
use crate::api::dto::{RuleDetail, RuleErrorView, RuleList, RuleRef, RuleView};
use crate::app::App;

impl App {
    /// Every rule, by title, with its matches so far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rule_list(&self) -> Result<RuleList, ServiceError> {
        let matches = self.store.matches_by_rule().await?;
        let loaded = self.rules();
        let mut rules: Vec<_> = loaded
            .rules
            .rules()
            .iter()
            .map(|r| view(r, matches.get(&r.id).copied().unwrap_or(0)))
            .collect();
        rules.sort_by(|a, b| a.title.cmp(&b.title).then_with(|| a.id.cmp(&b.id)));
        Ok(RuleList {
            loaded: rules.len() as u64,
            errors: loaded.errors.iter().map(RuleErrorView::from).collect(),
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
        Ok(RuleDetail {
            summary: view(rule, matches.get(&rule.id).copied().unwrap_or(0)),
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

fn view(rule: &Rule, matches: u64) -> RuleView {
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
        file: rule.file.clone(),
    }
}

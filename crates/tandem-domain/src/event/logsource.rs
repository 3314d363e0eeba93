//! Sigma log sources.

use serde::{Deserialize, Serialize};

/// A Sigma log source triple (Sigma specification 2.1, "Log source"). An event carries a *set* of them: Sysmon event 13 is
/// both `registry_set` and `registry_event`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSource {
    /// For example `process_creation`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// For example `windows`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// For example `security`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

impl LogSource {
    /// True if a rule written for `self` applies to events of `event`: every part the rule names is equal, without regard
    /// to case.
    pub fn covers(&self, event: &Self) -> bool {
        fn part(rule: Option<&str>, event: Option<&str>) -> bool {
            rule.is_none_or(|wanted| event.is_some_and(|given| given.eq_ignore_ascii_case(wanted)))
        }
        part(self.category.as_deref(), event.category.as_deref())
            && part(self.product.as_deref(), event.product.as_deref())
            && part(self.service.as_deref(), event.service.as_deref())
    }
}

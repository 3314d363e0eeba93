//! Groups become roles, by rules that are data.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tandem_domain::{Department, Role};

/// Most groups that are looked at.
const MAX_GROUPS: usize = 2_000;

/// Members of a group have a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupRule {
    /// The group as the provider writes it.
    pub group: String,
    /// The role.
    pub role: Role,
    /// The department, for roles that do not say it themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<Department>,
}

impl GroupRule {
    /// The department of whom the rule fits.
    pub fn department(&self) -> Option<Department> {
        self.role.department().or(self.department)
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let group = &self.group;
        if group.is_empty() {
            return Err("a rule without a group would fit everybody".into());
        }
        if self.role == Role::Approver && self.department.is_none() {
            return Err(format!(
                "group {group}: an approver belongs to a department; add department = \"it\" or \"corporate\""
            ));
        }
        match (self.role.department(), self.department) {
            (Some(own), Some(said)) if own != said => {
                Err(format!("group {group}: the role and the department contradict"))
            }
            _ => Ok(()),
        }
    }
}

/// The first rule that fits one of the groups.
pub(super) fn decide<'a>(rules: &'a [GroupRule], groups: &[String]) -> Option<&'a GroupRule> {
    rules.iter().find(|rule| groups.contains(&rule.group))
}

/// The groups in the claims: a list of texts, or one text. `None` if the claim is not there.
pub(super) fn groups(claims: &Map<String, Value>, claim: &str) -> Option<Vec<String>> {
    match lookup(claims, claim)? {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(many) => {
            let texts = many.iter().filter_map(Value::as_str);
            Some(texts.take(MAX_GROUPS).map(str::to_owned).collect())
        }
        _ => None,
    }
}

/// A claim by its whole name, or by a path with dots.
fn lookup<'a>(claims: &'a Map<String, Value>, claim: &str) -> Option<&'a Value> {
    if let Some(value) = claims.get(claim) {
        return Some(value);
    }
    let (first, rest) = claim.split_once('.')?;
    rest.split('.')
        .try_fold(claims.get(first)?, |value, name| value.get(name))
}

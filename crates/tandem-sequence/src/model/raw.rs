//! A sequence as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;
use tandem_domain::{Motive, Stage, Threat};

use super::{EmploymentFact, Key, Level, Route, Whose};
use crate::cases::Cases;

/// One value or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Many<T> {
    /// One.
    One(T),
    /// Several.
    Several(Vec<T>),
}

impl<T> Many<T> {
    pub(super) fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(one) => vec![one],
            Self::Several(all) => all,
        }
    }
}

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSequence {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) shown_as: Option<String>,
    pub(super) description: String,
    pub(super) threats: Vec<Threat>,
    pub(super) motive: Option<Motive>,
    pub(super) level: Level,
    pub(super) impact: Option<u8>,
    pub(super) key: Key,
    pub(super) within: String,
    #[serde(default = "yes")]
    pub(super) enabled: bool,
    #[serde(default)]
    pub(super) techniques: Vec<String>,
    #[serde(default)]
    pub(super) references: Vec<String>,
    #[serde(default)]
    pub(super) falsepositives: Vec<String>,
    pub(super) steps: Vec<RawStep>,
    #[serde(default)]
    pub(super) tests: Cases,
}

const fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStep {
    pub(super) name: String,
    pub(super) says: String,
    pub(super) stage: Stage,
    #[serde(default)]
    pub(super) any: Vec<RawAlternative>,
    #[serde(default)]
    pub(super) fact: Many<EmploymentFact>,
    pub(super) dormant: Option<String>,
    pub(super) mass: Option<RawMass>,
    pub(super) other_than: Option<RawOther>,
    #[serde(default)]
    pub(super) optional: bool,
    #[serde(default)]
    pub(super) enough: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMass {
    pub(super) objects: usize,
    pub(super) items: Option<u64>,
    pub(super) during: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOther {
    pub(super) step: String,
    #[serde(rename = "in")]
    pub(super) routes: Vec<Route>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAlternative {
    #[serde(default)]
    pub(super) act: Many<String>,
    #[serde(default)]
    pub(super) class: Many<String>,
    #[serde(default)]
    pub(super) activity: Many<u8>,
    pub(super) status: Option<String>,
    pub(super) confidential: Option<bool>,
    #[serde(default)]
    pub(super) out_of_hours: bool,
    #[serde(default)]
    pub(super) own: bool,
    #[serde(default, rename = "of")]
    pub(super) whose: Whose,
    #[serde(default)]
    pub(super) attrs: BTreeMap<String, Many<String>>,
    #[serde(default)]
    pub(super) unless: BTreeMap<String, Many<String>>,
    #[serde(default)]
    pub(super) names_in_command: bool,
}

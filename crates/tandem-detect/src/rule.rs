//! A rule: what it says about itself, what it looks for, and what it means for insider risk.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tandem_domain::LogSource;

use crate::condition::Expr;
use crate::correlate::Correlation;
use crate::insider::Insider;
use crate::item::Item;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident default $default:ident { $($(#[$vdoc:meta])* $variant:ident => $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl Default for $name {
            fn default() -> Self { Self::$default }
        }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name that rules write.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The value with that name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// How bad a match is (Sigma `level`), in order.
    Level default Low {
        /// Context only; meant for correlations.
        Informational => "informational",
        /// Notable, often harmless.
        Low => "low",
        /// Worth a look.
        Medium => "medium",
        /// Should be looked at.
        High => "high",
        /// Must be looked at.
        Critical => "critical",
    }
}

words! {
    /// How mature a rule is (Sigma `status`).
    RuleStatus default Test {
        /// Well proven.
        Stable => "stable",
        /// Tried, may need tuning.
        Test => "test",
        /// New.
        Experimental => "experimental",
        /// Replaced; still loaded.
        Deprecated => "deprecated",
        /// Cannot be used as it is.
        Unsupported => "unsupported",
    }
}

/// Index of a rule in its [`RuleSet`](crate::RuleSet); valid for that set only. Store the rule's id instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleIdx(pub u32);

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Unique id, normally a UUID; made from the text for rules that give none.
    pub id: String,
    /// Short name by which correlations refer to it.
    pub name: Option<String>,
    /// Title.
    pub title: String,
    /// What it finds and why that matters.
    pub description: String,
    /// How bad a match is.
    pub level: Level,
    /// How mature it is.
    pub status: RuleStatus,
    /// Who wrote it.
    pub author: Option<String>,
    /// Where to read more.
    pub references: Vec<String>,
    /// Known harmless causes.
    pub falsepositives: Vec<String>,
    /// Tags, for example `attack.t1052.001` or `itm.if002`.
    pub tags: Vec<String>,
    /// Which events it looks at; `None` for a correlation. An empty one means every event.
    pub logsource: Option<LogSource>,
    /// The file it came from.
    pub file: String,
    /// The line of the file on which it begins, from 1.
    pub line: usize,
    /// Its YAML text.
    pub source: Arc<str>,
    /// What it means for insider risk.
    pub insider: Insider,
    /// The lists that its placeholders name, each with the field that is compared with it; filters bring more.
    pub(crate) lists: Vec<(String, String)>,
    pub(crate) body: Body,
}

impl Rule {
    /// True for a correlation, which looks at other rules' matches instead of events.
    pub fn is_correlation(&self) -> bool {
        matches!(self.body, Body::Correlation(_))
    }

    /// Technique ids from the tags, in upper case: MITRE ATT&CK (`T1052.001`) and Insider Threat Matrix (`IF002`).
    pub fn techniques(&self) -> &[String] {
        &self.insider.techniques
    }

    pub(crate) fn detection(&self) -> Option<&Detection> {
        match &self.body {
            Body::Detection(detection) => Some(detection),
            Body::Correlation(_) => None,
        }
    }

    pub(crate) fn correlation(&self) -> Option<&Correlation> {
        match &self.body {
            Body::Correlation(correlation) => Some(correlation),
            Body::Detection(_) => None,
        }
    }

    /// True if `reference`, from a correlation or a filter, means this rule.
    pub(crate) fn is_called(&self, reference: &str) -> bool {
        self.id.eq_ignore_ascii_case(reference) || self.name.as_deref() == Some(reference)
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Body {
    Detection(Detection),
    Correlation(Correlation),
}

/// What a rule looks for in one event.
#[derive(Debug, Clone)]
pub(crate) struct Detection {
    pub(crate) selections: Vec<Selection>,
    pub(crate) condition: Expr,
}

/// A named search.
#[derive(Debug, Clone)]
pub(crate) struct Selection {
    pub(crate) name: String,
    pub(crate) node: Node,
}

/// Items joined by `and` and `or`.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Item(Arc<Item>),
}

impl Node {
    /// Calls `each` for every item.
    pub(crate) fn items(&self, each: &mut impl FnMut(&Arc<Item>)) {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.items(each)),
            Self::Item(item) => each(item),
        }
    }
}

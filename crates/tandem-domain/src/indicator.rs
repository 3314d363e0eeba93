//! The indicator: the one value that reaches the score.

use serde::{Deserialize, Serialize};

use crate::words::words;
use crate::{EventId, IndicatorId, SubjectId, Timestamp};

words! {
    /// Which department's knowledge it is.
    Side {
        /// Logs, content, behaviour, access rights.
        Technical => "technical",
        /// Employment facts, reports, complaints.
        Human => "human",
    }
}

words! {
    /// What could happen.
    Threat {
        /// Data leaves.
        Leakage => "leakage",
        /// Systems or data are destroyed or blocked.
        Sabotage => "sabotage",
        /// Somebody enriches themselves.
        Fraud => "fraud",
        /// Rights are used for what they were not given for.
        Misuse => "misuse",
    }
}

words! {
    /// Why it could happen.
    Motive {
        /// Anger at the employer or a colleague.
        Grievance => "grievance",
        /// Money trouble or greed.
        Money => "money",
        /// Conviction.
        Ideology => "ideology",
        /// Pressure by others.
        Coercion => "coercion",
        /// Knows better, does not care.
        Negligence => "negligence",
        /// Does not know better.
        Ignorance => "ignorance",
        /// Not known.
        Unknown => "unknown",
    }
}

words! {
    /// Stage on the way to harm (Insider Threat Matrix, <https://insiderthreatmatrix.org>), in order.
    Stage {
        /// A reason arises.
        Motive => "motive",
        /// The ability arises.
        Means => "means",
        /// Getting ready: search, collect, stage.
        Preparation => "preparation",
        /// The act.
        Infringement => "infringement",
        /// Covering up.
        AntiForensics => "anti_forensics",
    }
}

words! {
    /// Group of the evidence ledger; each has its own cap, so that no one kind of evidence dominates.
    IndicatorGroup {
        /// A: departure from the own and the peers' baseline.
        Behaviour => "behaviour",
        /// B: rule, policy or content facts.
        Fact => "fact",
        /// C: state of access rights.
        Access => "access",
        /// D: dated employment context.
        Employment => "employment",
        /// E: red flag confirmed by a second person.
        RedFlag => "red_flag",
        /// F: hotline report after triage and corroboration.
        Hotline => "hotline",
        /// M: mitigation: ticket, approved project, explanation, training, support.
        Mitigation => "mitigation",
    }
}

impl IndicatorGroup {
    /// The side a group belongs to.
    pub const fn side(self) -> Side {
        match self {
            Self::Behaviour | Self::Fact | Self::Access => Side::Technical,
            Self::Employment | Self::RedFlag | Self::Hotline | Self::Mitigation => Side::Human,
        }
    }
}

/// One observable fact about one subject at one time, from one side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Indicator {
    /// Content id: a replay makes the same one.
    pub id: IndicatorId,
    /// Who it is about.
    pub subject: SubjectId,
    /// When it happened (not when it was noticed).
    pub time: Timestamp,
    /// When it became known; nothing may use it earlier.
    pub known: Timestamp,
    /// Ledger group.
    pub group: IndicatorGroup,
    /// What made it, for example `rule:5f2c…`, `behaviour`, `hr:notice`.
    pub detector: String,
    /// Short title, for lists.
    pub title: String,
    /// What / compared to what / compared to whom, in plain sentences.
    pub explanation: String,
    /// Weight of evidence at `time`, decibans (10 log10 of the likelihood ratio); negative for mitigation.
    pub weight: f64,
    /// Days until half the weight is left; `None` for a state that holds until it is withdrawn.
    pub half_life_days: Option<f64>,
    /// For a dated state: the last instant it holds.
    pub until: Option<Timestamp>,
    /// Threats it points to; empty means "all alike".
    pub threats: Vec<Threat>,
    /// A motive it points to.
    pub motive: Option<Motive>,
    /// Stage on the way to harm.
    pub stage: Option<Stage>,
    /// The object acted upon (file, share, account, host), for joining stages.
    pub object: Option<String>,
    /// Technique ids: MITRE ATT&CK or Insider Threat Matrix.
    pub techniques: Vec<String>,
    /// Events it rests on, newest last, at most 50.
    pub events: Vec<EventId>,
    /// How many events it stands for.
    pub event_count: u64,
    /// How impact-laden the object is, 0 (none) to 3 (crown jewel); kept apart from likelihood.
    pub impact: u8,
}

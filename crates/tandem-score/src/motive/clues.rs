//! The clues, as data: what speaks for which cause, and how strongly.
//!
//! The figures are expert starting values, chosen by these rules of thumb: what can hardly be done by mistake (covering up,
//! going another way after a refusal, an ordered path of stages) weighs 6 to 8 decibans for intent; what the careless and the
//! untaught do openly weighs 3 to 6 for them; context of the human side weighs 2 to 5 for a reason and nothing for intent,
//! because a reason is no act. No data exists to fit them; verdicts may change them later.

use tandem_domain::{IndicatorGroup, Motive, Stage, Threat};

use super::Cause;

/// What a clue is found in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum About {
    /// Indicators of one of these detectors.
    Detectors(&'static [&'static str]),
    /// Technical indicators of this stage.
    Stage(Stage),
    /// Unusual days that these words lead.
    Leading(&'static str),
    /// Indicators that name this motive.
    Says(Motive),
    /// Technical indicators that point to this threat and no other.
    Threat(Threat),
    /// Indicators of this group.
    Group(IndicatorGroup),
    /// Several stages reached in order, each by technical evidence.
    StagesInOrder,
    /// Gathering or taking out after notice was given or shortly before a contract ends.
    TakingWhileLeaving,
    /// Gathering or an act within two weeks after access was refused.
    RoundARefusal,
    /// An act without preparation or covering up within 30 days of it.
    InTheOpen,
    /// The same rule broken on at least three days, without covering up.
    AgainAndAgain,
    /// An act after a training or a coaching of the last half year.
    AfterTraining,
}

/// What a clue speaks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Toward {
    /// A cause.
    Cause(Cause),
    /// A reason behind intent.
    Reason(Motive),
}

/// One clue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clue {
    /// What it is found in.
    pub about: About,
    /// What it speaks for (positive) and against (negative), decibans.
    pub toward: &'static [(Toward, f64)],
    /// In plain words.
    pub words: &'static str,
}

/// Rules that tell of refused access: files and shares, doors, administrator rights.
pub const REFUSALS: &[&str] = &[
    "rule:4ff43c3a-a79f-4041-aef3-24bf1fbce4b3",
    "rule:8b8523ad-0327-464b-bbf9-b4f597d7f650",
    "rule:6a88c73a-5e4d-4ddb-b889-1335262472bf",
];
/// Facts of leaving.
pub const LEAVING: &[&str] = &["hr:notice_given", "hr:contract_end"];
/// Facts of having been taught.
pub const TAUGHT: &[&str] = &["mitigation:training", "mitigation:coaching"];

const NEGLIGENT: Toward = Toward::Cause(Cause::Negligent);
const IGNORANT: Toward = Toward::Cause(Cause::Ignorant);
const MALICIOUS: Toward = Toward::Cause(Cause::Malicious);

/// All clues.
pub const CLUES: &[Clue] = &[
    Clue {
        about: About::Stage(Stage::AntiForensics),
        toward: &[(MALICIOUS, 8.0), (NEGLIGENT, -6.0), (IGNORANT, -6.0)],
        words: "traces were covered up",
    },
    Clue {
        about: About::Stage(Stage::Preparation),
        toward: &[(MALICIOUS, 3.0), (IGNORANT, -2.0)],
        words: "it was prepared",
    },
    Clue {
        about: About::StagesInOrder,
        toward: &[(MALICIOUS, 6.0), (NEGLIGENT, -3.0), (IGNORANT, -3.0)],
        words: "one step led to the next: means, preparation, act",
    },
    Clue {
        about: About::RoundARefusal,
        toward: &[(MALICIOUS, 6.0), (IGNORANT, -4.0)],
        words: "after access was refused, another way was taken",
    },
    Clue {
        about: About::TakingWhileLeaving,
        toward: &[(MALICIOUS, 5.0), (IGNORANT, -2.0)],
        words: "data was gathered or taken while leaving the company",
    },
    Clue {
        about: About::Leading("outside own hours"),
        toward: &[(MALICIOUS, 2.0)],
        words: "it happened outside the person's own hours",
    },
    Clue {
        about: About::Leading("active at an unusual hour"),
        toward: &[(MALICIOUS, 2.0)],
        words: "the person was active at unusual hours",
    },
    Clue {
        about: About::InTheOpen,
        toward: &[(NEGLIGENT, 4.0), (IGNORANT, 4.0), (MALICIOUS, -3.0)],
        words: "it was done in the open: nothing was prepared and nothing covered up",
    },
    Clue {
        about: About::AgainAndAgain,
        toward: &[(NEGLIGENT, 5.0), (IGNORANT, 1.0)],
        words: "the same slip came again and again, in the open",
    },
    Clue {
        about: About::AfterTraining,
        toward: &[(NEGLIGENT, 5.0), (IGNORANT, -8.0)],
        words: "the person had been trained or coached before",
    },
    Clue {
        about: About::Detectors(&["hr:training_overdue"]),
        toward: &[(IGNORANT, 6.0), (NEGLIGENT, 1.0)],
        words: "the training on these rules is overdue",
    },
    Clue {
        about: About::Says(Motive::Ignorance),
        toward: &[(IGNORANT, 5.0)],
        words: "what happened is mostly done by people who do not know the rule",
    },
    Clue {
        about: About::Says(Motive::Negligence),
        toward: &[(NEGLIGENT, 5.0)],
        words: "what happened is mostly done by people who do not take care",
    },
    Clue {
        about: About::Detectors(&["mitigation:explanation"]),
        toward: &[(MALICIOUS, -5.0)],
        words: "an explanation was given and accepted",
    },
    Clue {
        about: About::Detectors(&["mitigation:project", "mitigation:handover", "mitigation:ticket"]),
        toward: &[(MALICIOUS, -8.0)],
        words: "there is an approved project, hand-over or ticket",
    },
    Clue {
        about: About::Says(Motive::Money),
        toward: &[
            (Toward::Reason(Motive::Money), 6.0),
            (MALICIOUS, 4.0),
            (IGNORANT, -3.0),
        ],
        words: "what happened brings somebody money",
    },
    Clue {
        about: About::Threat(Threat::Fraud),
        toward: &[(Toward::Reason(Motive::Money), 4.0)],
        words: "the evidence points to fraud",
    },
    Clue {
        about: About::Threat(Threat::Sabotage),
        toward: &[(Toward::Reason(Motive::Grievance), 2.0)],
        words: "the evidence points to sabotage",
    },
    Clue {
        about: About::Says(Motive::Grievance),
        toward: &[(Toward::Reason(Motive::Grievance), 5.0)],
        words: "something happened that may have hurt the person",
    },
    Clue {
        about: About::Says(Motive::Ideology),
        toward: &[(Toward::Reason(Motive::Ideology), 6.0), (MALICIOUS, 2.0)],
        words: "the evidence points to a conviction",
    },
    Clue {
        about: About::Says(Motive::Coercion),
        toward: &[(Toward::Reason(Motive::Coercion), 6.0)],
        words: "the evidence points to pressure by others",
    },
    Clue {
        about: About::Group(IndicatorGroup::RedFlag),
        toward: &[(Toward::Reason(Motive::Grievance), 2.0)],
        words: "a colleague's concern was confirmed",
    },
];

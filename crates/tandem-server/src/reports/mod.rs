//! What work teaches: the precision of rules and detectors by verdicts, proposals to tune them, and how long things took.
//! Figures name nobody, and nothing here changes a rule.

mod clocks;
mod feedback;
mod proposals;
mod view;

pub use self::clocks::{ClocksAsked, csv};
pub use self::view::{
    ClockFigure, ClockReport, DetectorFeedback, FeedbackView, KeptBack, Precision, Proposal, RuleFeedback,
};

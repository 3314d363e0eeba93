//! The words of Tandem: typed ids, events, subjects, indicators, alerts, and the invariants between them.
//!
//! This crate is pure: it does no I/O, reads no clock and draws no random numbers. Time and identity are always
//! parameters, so that replaying the same input gives the same answer byte for byte.

pub mod alert;
pub mod event;
pub mod ids;
pub mod indicator;
pub mod role;
pub mod time;
mod words;
mod work;

pub use alert::{Alert, AlertStatus, Verdict};
pub use event::{Attr, ClassUid, EventBatch, EventRef, LogSource, NumAttr, Value};
pub use ids::{AlertId, EventId, IndicatorId, SubjectId};
pub use indicator::{Indicator, IndicatorGroup, Motive, Side, Stage, Threat};
pub use role::Role;
pub use time::{Day, LocalTime, Timestamp};
pub use work::{CaseId, Department, Purpose};

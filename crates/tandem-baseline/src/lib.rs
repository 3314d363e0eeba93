//! Behaviour baselines: what is usual for each subject and its peers, learned online with bounded memory, and how far a day
//! departs from it.
//!
//! The way of the data: [`observe`] takes at most one [`Observation`] from an event; observations add up to one
//! [`DayActivity`] per account and local calendar day, in any order; the activities of a subject's accounts are merged; and
//! [`Profiles::score_day`] scores the closed days in calendar order.
//!
//! A day is scored on many [`Channel`]s: counts per act inside and outside the subject's own hours, the hour of the week, first
//! uses of objects, volumes, the order of acts, looks at what is none of the own work. Each channel says how surprising the day
//! is under a Bayesian model of the subject's own past, with the peers' past as prior. The surprises are combined by three views
//! (see [`Parts`]) into one calibrated p-value and an order within the day. Everything is explained in sentences.
//!
//! What always holds, and is held by tests:
//! - a score uses nothing but earlier days and the day itself;
//! - renaming people, computers or files changes no bit of a score, save where somebody uses more things at one moment than are kept
//!   of a day: then hashes of their names choose;
//! - days of absence change nothing, whatever their number;
//! - a restored snapshot continues with the same scores to the last bit;
//! - memory is bounded whatever the input.
//!
//! Late and withdrawn events: a day's activity adds up but cannot be taken apart (it keeps largest moves and distinct things), so
//! what comes late is merged into its day, and what is withdrawn means building that day's activity again from the events left.
//! Either way the caller restores the state of the day before and scores from the changed day on; the result is the same as if
//! the day had always been so.
//!
//! This crate is pure: no I/O, no clock, no randomness.

mod action;
mod activity;
mod channel;
mod coarse;
mod communities;
mod curiosity;
mod explain;
mod features;
mod heap;
mod observe;
mod observed;
mod own_hours;
mod peers;
mod population;
mod profile;
mod profiles;
mod regime;
mod score;
mod settings;
mod stats;
mod transitions;

pub use action::{Action, ObjectKind};
pub use activity::{ActionDay, DayActivity, DayObject, DecodeError, KindDay, OBJECTS_PER_KIND, Objects};
pub use channel::{Channel, Flow};
pub use coarse::CoarseAction;
pub use communities::is_learned_group;
pub use explain::{Sentences, usual_of};
pub use observe::{HomeContext, Object, Observation, Observed, observe};
pub use observed::{Unit, observed};
pub use own_hours::OwnHours;
pub use profiles::{
    ChannelTally, DayTally, GroupTally, HourShares, Memory, Profiles, ScoredDay, StateError, TALLY_LEVELS,
    week_shares,
};
pub use score::{ChannelSurprise, DayContext, DayScore, Parts, SubjectDay};
pub use settings::Settings;
pub use transitions::Transition;

//! Tandem's way out and in: chat, mail, webhooks, actions and exports, so that two departments work in the tools they have.
//!
//! * What leaves is a [`Notice`] by pseudonym. It waits as a [`Job`] in the [`outbox`], is put into the far side's format at
//!   the last moment ([`render`]), passes the [`Gate`] and is sent by a [`Far`].
//! * What comes is verified and read by [`inbound`], pure functions with the time as parameter.
//! * [`export`] writes findings for other systems: STIX, OCSF, CSV, iCalendar.
//!
//! The crate keeps nothing: the outbox is a trait that the state database implements.

pub mod export;
pub mod far;
pub mod gate;
mod hex;
pub mod inbound;
mod job;
pub mod net;
pub mod notice;
pub mod outbox;
pub mod render;
mod secret;
pub mod standard;
mod text;

#[cfg(test)]
mod testing;

pub use far::action::{Act, Phase, Told};
pub use far::{Anchor, Far, Receipt};
pub use gate::{Gate, GateBreach, Screened, Texts};
pub use job::{Job, JobError, MAX_JOB};
pub use net::{Base, Http, Limits, Route, SendError};
pub use notice::{Button, Key, Notice, NoticeKind, Verb};
pub use secret::Secret;

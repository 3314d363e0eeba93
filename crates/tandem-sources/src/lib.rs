//! Sources that keep coming.
//!
//! Each source is a task that turns what arrives into [`Delivery`]s and hands them to its [`Inlet`]. What the bytes mean and
//! where they are kept is decided behind the inlet; a source only knows how its senders speak, where reading goes on
//! ([`Position`]) and whom to answer once records are durable ([`Taken`]). The inlet has room for a bounded number of bytes:
//! a source that finds none waits, and so does whoever sends to it. Nothing is dropped in between.

pub mod bucket;
pub mod delivery;
pub mod files;
pub mod forward;
pub mod health;
pub mod journal;
pub mod kafka;
pub mod nats;
pub mod pull;
pub mod run;
pub mod secret;
pub mod settings;
pub mod syslog;

mod flight;
mod payload;
mod reach;

pub use delivery::{Delivery, Inlet, NotTaken, Parcel, Place, Position, Refused, Taken, inlet};
pub use health::{Health, HealthNow, Phase};
pub use run::{Context, SourceError, run};
pub use secret::SecretPlace;
pub use settings::{From, SettingsError, SourceSettings};

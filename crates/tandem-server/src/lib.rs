//! The running system: the pipeline from raw logs and people facts to alerts, the HTTP API, sessions, the console.

pub mod api;
pub mod app;
pub mod asker;
pub mod background;
pub mod calibration;
pub mod cases;
pub mod chat;
pub mod colleagues;
pub mod config;
pub mod content;
pub mod departures;
pub mod disclosures;
pub mod events;
pub mod exports;
pub mod http;
pub mod hunt;
pub mod intake;
pub mod ledger;
pub mod own;
pub mod pipeline;
pub mod policies;
pub mod reminders;
pub mod reports;
pub mod rule_health;
pub mod runs;
pub mod safe;
pub mod secret;
pub mod serve;
pub mod service;
pub mod sign_in;
pub mod watch;
pub mod what_if;
pub mod words;

pub use app::App;
pub use config::Config;

/// The format of a name, for flags and settings.
pub fn format(name: &str) -> Option<tandem_normalise::Format> {
    tandem_normalise::Format::parse(name)
}

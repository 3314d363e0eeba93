//! Serving: routes, sessions, the console's files, metrics.

pub mod assets;
mod bodies;
pub mod cases;
pub mod chat;
pub mod colleagues;
pub mod departures;
pub mod disclosures;
pub mod error;
pub mod exports;
pub mod forward;
pub mod hunt;
pub mod inbound;
pub mod ledger;
pub mod metrics;
pub mod own;
mod page;
pub mod policies;
pub mod push;
pub mod reminders;
pub mod reports;
pub mod rooms;
pub mod routes;
pub mod runs;
pub mod session;
pub mod sign_in;
mod visitor;
pub mod what_if;
pub mod work;

pub use error::ApiError;
pub use session::Signed;

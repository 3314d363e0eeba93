//! Serving: routes, sessions, the console's files, metrics.

pub mod assets;
pub mod cases;
pub mod disclosures;
pub mod error;
pub mod metrics;
pub mod push;
pub mod routes;
pub mod runs;
pub mod session;

pub use error::ApiError;
pub use session::Signed;

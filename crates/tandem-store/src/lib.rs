//! The state database: what was ingested, analysed, raised and decided. SQLite by default, PostgreSQL by one setting.
//!
//! One dialect of SQL serves both: `$1` placeholders, `BIGINT`, `TEXT`, `DOUBLE PRECISION`, upserts by `ON CONFLICT`. Where the
//! two differ (blobs, generated ids) the migrations fill in the right word. Events themselves live in the lake; this database
//! says which of its segments count, and one transaction per commit keeps that true.
//!
//! What always holds, and is held by tests against both databases:
//! - a batch is kept whole or not at all, and once, however often and by however many it is sent; an acknowledged one
//!   survives the loss of the process;
//! - data that arrives for an analysed day, or while that day is being analysed, makes it due again;
//! - a day's results replace the earlier ones of that day and of all later days in one transaction;
//! - events that are taken back take with them what rested on them, and a reason stays;
//! - what people decided about an alert outlives every new analysis;
//! - a step of work is kept whole or not at all, on the state it was decided on, and the ledger tells of it in the same
//!   transaction;
//! - the ledger's rows are only ever added, and a message in the outbox goes out in order and is never forgotten.

mod access;
mod alerts;
mod analysis;
mod catalog;
mod chains;
mod colleagues;
mod commit;
mod departures;
mod error;
mod feedback;
mod ledger;
mod migrations;
mod open;
mod outbox;
mod people;
mod queue_days;
mod rejects;
mod saved_searches;
mod scheduled_queries;
mod settings;
mod sql;
mod subjects;
mod withdrawals;
mod work;

pub use access::{SessionRow, SignInTaken, TokenRow};
pub use alerts::{AlertFilter, AlertRow, HistoryRow, QueueCount};
pub use analysis::{DayResult, Snapshot};
pub use catalog::{Checkpoint, SegmentRow};
pub use chains::ChainRow;
pub use colleagues::{ColleagueRow, CredentialRow};
pub use commit::{ActivityRow, BatchCommit, Committed, DeliveryRow, MatchRow, RejectRow, SourceDay};
pub use departures::DepartureRow;
pub use error::StoreError;
pub use ledger::LedgerFilter;
pub use open::Store;
pub use outbox::{OutboxCandidate, OutboxCount, OutboxRow};
pub use people::PeopleRow;
pub use rejects::{RejectFilter, StoredReject};
pub use saved_searches::SavedSearchRow;
pub use scheduled_queries::ScheduledQueryRow;
pub use subjects::{ScoreRow, SubjectFilter, SubjectRow};
pub use withdrawals::{Withdrawal, WithdrawalRow, WithdrawnFinding, WithdrawnRow};
pub use work::{AlertChange, Change, Content, FactRow, Head, Step, WorkFilter, WorkKind, WorkRow};

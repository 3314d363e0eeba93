//! Bytes of one source format become events, and rejects with a reason and a place.
//!
//! [`recognise`] tells a [`Format`] from content; a [`Normaliser`] reads a stream piece by piece, cuts it into records, parses
//! each into the native view of an event and lets a mapping (data, see [`mapping`]) add the core view. It never fails as a
//! whole: a record that cannot be read becomes a [`Reject`], and reading goes on with the next one. `records = events + rejects`
//! always holds. Its state is small and serialisable, so reading may stop anywhere and go on there later with the same result.

pub mod format;
pub mod mapping;
mod normaliser;

pub use format::{Format, recognise};
pub use normaliser::{Counts, Normaliser, Options, Reject, State};

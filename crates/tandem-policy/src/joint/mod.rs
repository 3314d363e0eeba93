//! What needs both departments: the disclosure of an identity, and an act that touches a person.
//!
//! A [`Request`] is asked by one colleague and answered by others. An [`Approval`] is the yes of one of them, bound by a
//! digest to exactly what was asked. A [`Disclosure`] or an [`ApprovedAct`] exists only with the yes of two different people,
//! one of each department, neither of them the requester, the subject or involved. What was stored comes back through
//! `replay`, which walks the same way again, so that a changed row makes nothing.

mod act;
mod approval;
mod disclosure;
mod limits;
mod matter;
mod record;
mod refused;
mod request;

pub use act::ApprovedAct;
pub use approval::{Approval, Denial};
pub use disclosure::Disclosure;
pub use limits::Limits;
pub use matter::{Act, Fields, Matter};
pub use record::{AnswerRecord, ColleagueRecord, GrantRecord, RequestRecord};
pub use refused::Refused;
pub use request::{Request, Terms};

/// A request to reveal parts of an identity.
pub type DisclosureRequest = Request<Fields>;
/// A request for an act that touches a person.
pub type ActRequest = Request<Act>;

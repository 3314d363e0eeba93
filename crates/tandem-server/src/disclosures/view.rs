//! Disclosures as the API shows them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Asks for a disclosure.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskDisclosure {
    /// Pseudonym; the case must be about it.
    pub subject: String,
    /// Parts of the identity: `name`, `contact`, `accounts`, `position`, `manager`, `site`.
    pub fields: Vec<String>,
    /// `investigation`, `support` or `containment`.
    pub purpose: String,
    /// Why; names nobody.
    pub reason: String,
    /// Hours from now after which it ends.
    pub hours: u32,
}

/// Answers a request.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerDisclosure {
    /// Yes or no.
    pub approve: bool,
    /// Why.
    pub reason: String,
}

/// One answer.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AnswerView {
    /// Account.
    pub account: String,
    /// `it` or `corporate`.
    pub department: Option<String>,
    /// When.
    pub at: String,
    /// Why.
    pub reason: String,
}

/// A disclosure, asked for or granted. It holds no name.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DisclosureView {
    /// Id.
    pub id: String,
    /// Case.
    pub case: String,
    /// Pseudonym.
    pub subject: String,
    /// What is asked for.
    pub fields: Vec<String>,
    /// What for.
    pub purpose: String,
    /// Why.
    pub reason: String,
    /// Who asks.
    pub requested_by: String,
    /// When it was asked.
    pub at: String,
    /// When it ends.
    pub expires: String,
    /// When it lapses unanswered.
    pub lapses: String,
    /// `waiting`, `granted`, `denied`, `lapsed` or `ended`.
    pub status: String,
    /// Who said yes.
    pub approvals: Vec<AnswerView>,
    /// Who said no.
    pub denied: Option<AnswerView>,
    /// True if the asker may answer now.
    #[serde(default)]
    pub may_answer: bool,
}

/// Disclosures.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DisclosureList {
    /// What changed last first.
    pub disclosures: Vec<DisclosureView>,
}

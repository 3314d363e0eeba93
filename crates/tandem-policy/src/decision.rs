//! The answer to a request, in plain words.

use serde::Serialize;

/// Whether somebody may do something, and why. Only [`crate::Policies::authorise`] makes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Decision {
    /// Whether it is allowed.
    pub allowed: bool,
    /// Ids of the policies that decided; empty if nothing allows it.
    pub policies: Vec<String>,
    /// One plain sentence.
    pub why: String,
    /// If it is not allowed: under which conditions the asker could, or who else may.
    pub hint: Option<String>,
}

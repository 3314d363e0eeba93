//! Text as Sigma compares it: folded for case, with wildcards, encoded.

pub(crate) mod encode;
pub(crate) mod fold;
pub(crate) mod glob;
pub(crate) mod tokens;

#[cfg(test)]
mod tests;

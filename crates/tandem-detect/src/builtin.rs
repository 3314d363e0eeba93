//! The rules that come with Tandem.

use crate::load::Lists;
use crate::ruleset::RuleSet;

/// Path and text of every rule under `content/rules`.
static RULES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The lists that the rules' placeholders name, with what is in them unless the caller says otherwise.
const LISTS: &[(&str, &[&str])] = &[
    // Accounts of people who have left.
    ("leavers", &[]),
    // Accounts of people who are not staff.
    ("contractors", &[]),
    // The company's own mail domains.
    ("home_domains", &[]),
    // Shares that only their own department needs.
    ("restricted_shares", &["HR", "Finance", "Legal", "Executive"]),
];

impl RuleSet {
    /// The rules that come with Tandem.
    pub fn builtin() -> Self {
        Self::builtin_with(&Lists::new())
    }

    /// As [`Self::builtin`], with lists for placeholders in place of the default ones: `leavers`, `contractors` (accounts),
    /// `home_domains` (mail domains) and `restricted_shares` (names of shares).
    pub fn builtin_with(lists: &Lists) -> Self {
        let mut all: Lists = LISTS
            .iter()
            .map(|(name, entries)| {
                (
                    (*name).to_owned(),
                    entries.iter().map(|entry| (*entry).to_owned()).collect(),
                )
            })
            .collect();
        all.extend(
            lists
                .iter()
                .map(|(name, entries)| (name.clone(), entries.clone())),
        );
        // That every one of them loads is a test of this crate.
        Self::load_with(RULES.iter().copied(), &all).0
    }

    /// Path and text of the rules that come with Tandem.
    pub fn builtin_files() -> &'static [(&'static str, &'static str)] {
        RULES
    }
}

//! The rules that come with Tandem.

use crate::load::Lists;
use crate::ruleset::RuleSet;

/// Path and text of every rule under `content/rules`.
static RULES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/rules.rs"));

impl RuleSet {
    /// The rules that come with Tandem.
    pub fn builtin() -> Self {
        Self::builtin_with(&Lists::new())
    }

    /// As [`Self::builtin`], with lists for placeholders in place of the default ones ([`Self::builtin_lists`]).
    pub fn builtin_with(lists: &Lists) -> Self {
        let mut all = Self::builtin_lists();
        all.extend(
            lists
                .iter()
                .map(|(name, entries)| (name.clone(), entries.clone())),
        );
        // That every one of them loads is a test of this crate.
        Self::load_with(RULES.iter().copied(), &all).0
    }

    /// The lists that placeholders of the shipped rules name, with what is shipped of them. Those that people facts or the settings
    /// must fill ([`PEOPLE_LISTS`](crate::PEOPLE_LISTS), `home_domains`, `competitor_domains`, `crown_jewels`) are there, but empty.
    pub fn builtin_lists() -> Lists {
        crate::lists::shipped()
    }

    /// Path and text of the rules that come with Tandem.
    pub fn builtin_files() -> &'static [(&'static str, &'static str)] {
        RULES
    }
}

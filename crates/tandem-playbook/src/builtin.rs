//! The playbooks that come with Tandem.

use crate::Playbook;

/// Path and text of every playbook under `content/playbooks`.
static PLAYBOOKS: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/playbooks.rs"));

/// The playbooks that come with Tandem, by file name. That each of them loads is a test of this crate.
pub fn builtin() -> Vec<Playbook> {
    PLAYBOOKS
        .iter()
        .filter_map(|(file, text)| Playbook::from_yaml(file, text).ok())
        .collect()
}

/// Path and text of the playbooks that come with Tandem.
pub const fn builtin_files() -> &'static [(&'static str, &'static str)] {
    PLAYBOOKS
}

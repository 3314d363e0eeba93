//! The friendly form: one YAML file is one playbook. Errors name line and column.

mod de;
mod node;

use serde::Deserialize;

use crate::fault::{Fault, Path, Place, PlaybookError};
use crate::model::Playbook;

/// Longest text read, bytes.
pub const MAX_BYTES: usize = 1 << 20;

impl Playbook {
    /// Reads the YAML text of a playbook and checks that it is sound (see [`Playbook::faults`]). `file` names it in errors.
    pub fn from_yaml(file: &str, text: &str) -> Result<Self, PlaybookError> {
        let one = |at: Option<Place>, reason: &str| {
            let mut fault = Fault::error(&Path::root(), reason, "");
            fault.place = at;
            PlaybookError::one(file, fault)
        };
        if text.len() > MAX_BYTES {
            let reason = format!("the text has more than {MAX_BYTES} bytes; split the playbook");
            return Err(one(Some(Place { line: 1, column: 1 }), &reason));
        }
        let node = node::parse(text).map_err(|error| one(Some(error.at), &error.reason))?;
        let playbook = Self::deserialize(&node).map_err(|error| one(error.at, &error.reason))?;
        let mut faults = playbook.faults();
        if faults.is_empty() {
            return Ok(playbook);
        }
        for fault in &mut faults {
            fault.place = Some(node.place(&fault.path));
        }
        faults.sort_by_key(|fault| fault.place);
        Err(PlaybookError {
            file: file.to_owned(),
            faults,
        })
    }

    /// The YAML text of the playbook; reading it gives an equal playbook.
    pub fn to_yaml(&self) -> String {
        // Texts, numbers, truths, lists and maps with text keys always have a YAML text.
        serde_norway::to_string(self).unwrap_or_default()
    }

    /// What the rules of the house find (see [`crate::house_rules`]), with the places of the YAML text it was read from.
    pub fn house_faults_in(&self, text: &str) -> Vec<Fault> {
        let mut faults = crate::house_rules(self);
        if let Ok(node) = node::parse(text) {
            for fault in &mut faults {
                fault.place = Some(node.place(&fault.path));
            }
        }
        faults
    }
}

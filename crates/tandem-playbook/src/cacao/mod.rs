//! CACAO Security Playbooks Version 2.0 (OASIS Committee Specification 01, 27 November 2023): the JSON form, read and written without loss.
//!
//! Reading keeps everything: what the specification names is typed, what it does not name stays in `extra` of the object it
//! stood in. Writing gives equal JSON; only the order of an object's keys follows the specification instead of the source.
//! Signatures (section 10.15) are kept as they are and not verified here.

mod check;
mod id;
mod parts;
pub(crate) mod shape;
mod step;
#[cfg(test)]
mod tests;

use serde_json::Value;

pub(crate) use id::derive;
pub use id::kind_of;
pub use parts::{
    AgentTarget, AuthenticationInfo, COMMAND_TYPES, Command, DataMarking, ExtensionDefinition,
    ExternalReference, Variable,
};
pub use shape::{Dictionary, Json};
pub use step::{
    Action, Common, IfCondition, Parallel, PlaybookAction, Step, StepKind, SwitchCondition, WhileCondition,
    successors,
};

use crate::fault::{Fault, Path, Place, PlaybookError};
use shape::{Shape, object};

/// Longest text read, bytes.
pub const MAX_BYTES: usize = 4 << 20;
/// Most steps one workflow may have.
pub const MAX_STEPS: usize = 2_000;

object! {
    /// A playbook: metadata, workflow, and the definitions it refers to (section 3.1).
    #[derive(Debug)]
    Document {
        must {
            /// Always `playbook`.
            kind: String = "type",
            /// Always `cacao-2.0`.
            spec_version: String = "spec_version",
            /// Identifier; all versions of a playbook share it.
            id: String = "id",
            /// Name to show.
            name: String = "name",
            /// STIX identity of the maker.
            created_by: String = "created_by",
            /// When it was first made, RFC 3339 with three digits of a second.
            created: String = "created",
            /// When this version was made.
            modified: String = "modified",
            /// Identifier of the first step.
            workflow_start: String = "workflow_start",
            /// Steps by identifier.
            workflow: Dictionary<Step> = "workflow",
        }
        may {
            /// Description.
            description: String = "description",
            /// Operational roles (vocabulary of section 3.1.1).
            playbook_types: Vec<String> = "playbook_types",
            /// Activities (vocabulary of section 3.1.2).
            playbook_activities: Vec<String> = "playbook_activities",
            /// Which features it uses (section 10.14).
            playbook_processing_summary: Json = "playbook_processing_summary",
            /// No longer valid.
            revoked: bool = "revoked",
            /// Valid from.
            valid_from: String = "valid_from",
            /// Valid until.
            valid_until: String = "valid_until",
            /// Playbooks it was made from.
            derived_from: Vec<String> = "derived_from",
            /// Related objects.
            related_to: Vec<String> = "related_to",
            /// 1 (highest) to 100 (lowest), 0 undefined.
            priority: u64 = "priority",
            /// 1 (lowest) to 100 (highest), 0 undefined.
            severity: u64 = "severity",
            /// 1 (lowest) to 100 (highest), 0 undefined.
            impact: u64 = "impact",
            /// Industry sectors.
            industry_sectors: Vec<String> = "industry_sectors",
            /// Labels.
            labels: Vec<String> = "labels",
            /// References.
            external_references: Vec<ExternalReference> = "external_references",
            /// Identifiers of data markings that apply.
            markings: Vec<String> = "markings",
            /// Variables of the playbook.
            playbook_variables: Dictionary<Variable> = "playbook_variables",
            /// Step that is run when something fails that nobody handles.
            workflow_exception: String = "workflow_exception",
            /// Extensions in use, by the identifier of their definition.
            playbook_extensions: Json = "playbook_extensions",
            /// Authentication information.
            authentication_info_definitions: Dictionary<AuthenticationInfo> = "authentication_info_definitions",
            /// Agents.
            agent_definitions: Dictionary<AgentTarget> = "agent_definitions",
            /// Targets.
            target_definitions: Dictionary<AgentTarget> = "target_definitions",
            /// What the extensions mean.
            extension_definitions: Dictionary<ExtensionDefinition> = "extension_definitions",
            /// Data markings.
            data_marking_definitions: Dictionary<DataMarking> = "data_marking_definitions",
            /// Signatures, kept as they are.
            signatures: Vec<Value> = "signatures",
        }
    }
}

impl Document {
    /// Reads the JSON text of a playbook. `file` names it in errors.
    ///
    /// The text must be JSON and every property of the specification of its kind; whether identifiers fit together is another
    /// question, see [`Self::faults`].
    pub fn read(file: &str, text: &str) -> Result<Self, PlaybookError> {
        let root = Path::root();
        if text.len() > MAX_BYTES {
            let reason = format!("the text has more than {MAX_BYTES} bytes");
            return Err(PlaybookError::one(
                file,
                Fault::error(
                    &root,
                    reason,
                    "split the playbook and call its parts by playbook-action",
                ),
            ));
        }
        let value: Value = serde_json::from_str(text).map_err(|error| {
            let mut fault = Fault::error(&root, format!("is no JSON: {error}"), "");
            fault.place = Some(Place {
                line: error.line(),
                column: error.column(),
            });
            PlaybookError::one(file, fault)
        })?;
        // serde_json may read a number of more than 15 digits one unit in the last place off; such a number would not survive.
        let again = serde_json::to_string(&value)
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok());
        if again.as_ref() != Some(&value) {
            let reason = "a number in it has too many digits to be kept exactly";
            return Err(PlaybookError::one(
                file,
                Fault::error(&root, reason, "write the number as a text"),
            ));
        }
        Self::from_json(file, value)
    }

    /// As [`Self::read`], from a value.
    pub fn from_json(file: &str, value: Value) -> Result<Self, PlaybookError> {
        let root = Path::root();
        let mut faults = Vec::new();
        let document = match <Self as Shape>::read(value, &root, &mut faults) {
            Ok(document) => document,
            Err(found) => {
                let fault = shape::wrong_kind::<Self>(&root, &found);
                return Err(PlaybookError::one(file, fault));
            }
        };
        if document.workflow.len() > MAX_STEPS {
            let reason = format!("the workflow has more than {MAX_STEPS} steps");
            let help = "split the playbook and call its parts by playbook-action";
            faults.push(Fault::error(&root.key("workflow"), reason, help));
        }
        if faults.is_empty() {
            Ok(document)
        } else {
            Err(PlaybookError {
                file: file.to_owned(),
                faults,
            })
        }
    }

    /// The JSON of the playbook.
    pub fn to_json(&self) -> Value {
        self.write()
    }

    /// The JSON text of the playbook, indented.
    pub fn to_text(&self) -> String {
        // A JSON value of texts and numbers always has a text.
        serde_json::to_string_pretty(&self.write()).unwrap_or_default()
    }

    /// Everything about the playbook that breaks the specification (errors) or looks like a mistake (warnings).
    pub fn faults(&self) -> Vec<Fault> {
        check::faults(self)
    }

    /// As [`Self::faults`], only what makes it impossible to say which step follows which.
    pub(crate) fn flow_errors(&self) -> Vec<Fault> {
        check::flow_errors(self)
    }
}

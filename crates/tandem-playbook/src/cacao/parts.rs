//! What a workflow's steps refer to: commands, agents and targets, variables, authentication, markings, extensions.

use super::Json;
use super::shape::object;

object! {
    /// A command of an action step (section 5). Its type is open: `manual`, `http-api`, `openc2-http`, `ssh`, `bash`,
    /// `powershell`, `sigma`, `yara`, `jupyter`, `kestrel`, `elastic`, `caldera-cmd`, or one of the producer's own.
    #[derive(Debug)]
    Command {
        must {
            /// `type`.
            kind: String = "type",
        }
        may {
            /// What it is for.
            description: String = "description",
            /// Version of the command type.
            version: String = "version",
            /// Activity it provides (vocabulary of section 3.1.2).
            playbook_activity: String = "playbook_activity",
            /// References.
            external_references: Vec<ExternalReference> = "external_references",
            /// The command as text.
            command: String = "command",
            /// The command in base64.
            command_b64: String = "command_b64",
            /// HTTP headers, a list of values by name.
            headers: Json = "headers",
            /// HTTP body as text.
            content: String = "content",
            /// HTTP body in base64.
            content_b64: String = "content_b64",
        }
    }
}

/// The command types of the specification's vocabulary (section 5.2).
pub const COMMAND_TYPES: [&str; 12] = [
    "manual",
    "bash",
    "caldera-cmd",
    "elastic",
    "http-api",
    "jupyter",
    "kestrel",
    "openc2-http",
    "powershell",
    "sigma",
    "ssh",
    "yara",
];

object! {
    /// Who executes commands, or what they are executed on (section 7). Properties of one type only are in `extra`.
    #[derive(Debug)]
    AgentTarget {
        must {
            /// `type`, for example `individual`, `group`, `http-api`, `ssh`.
            kind: String = "type",
            /// Name to show.
            name: String = "name",
        }
        may {
            /// Description.
            description: String = "description",
            /// Civic location.
            location: Json = "location",
            /// Extensions in use.
            agent_target_extensions: Json = "agent_target_extensions",
            /// Addresses by kind of address.
            address: Json = "address",
            /// Port, as text or number.
            port: serde_json::Value = "port",
            /// Identifier of the authentication information to use.
            authentication_info: String = "authentication_info",
            /// Categories of security infrastructure.
            category: Vec<String> = "category",
            /// How to reach a person or organisation.
            contact: Json = "contact",
        }
    }
}

object! {
    /// A variable (section 10.18).
    #[derive(Debug)]
    Variable {
        must {
            /// `type`, for example `string`, `integer`, `bool`.
            kind: String = "type",
        }
        may {
            /// What it holds.
            description: String = "description",
            /// Its value; an explicit `null` means unknown and stays in `extra`.
            value: serde_json::Value = "value",
            /// It never changes.
            constant: bool = "constant",
            /// Its first value is given by whoever starts the playbook.
            external: bool = "external",
        }
    }
}

object! {
    /// Authentication information (section 6). Secrets belong in variables; whatever is there is kept as it came.
    AuthenticationInfo {
        must {
            /// `type`, for example `http-basic`, `oauth2`, `user-auth`.
            kind: String = "type",
        }
        may {
            /// Name to show.
            name: String = "name",
            /// Description.
            description: String = "description",
            /// Extensions in use.
            authentication_info_extensions: Json = "authentication_info_extensions",
        }
    }
}

object! {
    /// A data marking (section 9): a statement, a TLP level, or an IEP policy.
    #[derive(Debug)]
    DataMarking {
        must {
            /// `type`.
            kind: String = "type",
            /// Identifier.
            id: String = "id",
            /// Who made it.
            created_by: String = "created_by",
            /// When.
            created: String = "created",
        }
        may {
            /// Name to show.
            name: String = "name",
            /// Description.
            description: String = "description",
            /// No longer valid.
            revoked: bool = "revoked",
            /// Valid from.
            valid_from: String = "valid_from",
            /// Valid until.
            valid_until: String = "valid_until",
            /// Labels.
            labels: Vec<String> = "labels",
            /// References.
            external_references: Vec<ExternalReference> = "external_references",
            /// Extensions in use.
            marking_extensions: Json = "marking_extensions",
            /// The level of a TLP marking.
            tlpv2_level: String = "tlpv2_level",
            /// The text of a statement marking.
            statement: String = "statement",
        }
    }
}

object! {
    /// What an extension means (section 8).
    #[derive(Debug)]
    ExtensionDefinition {
        must {
            /// `type`, always `extension-definition`.
            kind: String = "type",
            /// Name to show.
            name: String = "name",
            /// Who made it.
            created_by: String = "created_by",
            /// Its normative definition: an address, or the definition itself.
            schema: String = "schema",
            /// Its version, as in semantic versioning.
            version: String = "version",
        }
        may {
            /// Description.
            description: String = "description",
            /// References.
            external_references: Vec<ExternalReference> = "external_references",
        }
    }
}

object! {
    /// A reference to something outside (section 10.8).
    #[derive(Debug)]
    ExternalReference {
        must {}
        may {
            /// Name of the source.
            name: String = "name",
            /// Description.
            description: String = "description",
            /// Citation.
            source: String = "source",
            /// Address.
            url: String = "url",
            /// Identifier at the source.
            external_id: String = "external_id",
            /// Identifier of a referred object.
            reference_id: String = "reference_id",
        }
    }
}

impl std::fmt::Display for ExternalReference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = [&self.name, &self.external_id, &self.url, &self.description];
        let shown: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        f.write_str(&shown.join(" "))
    }
}

impl std::fmt::Debug for AuthenticationInfo {
    /// Type and name only: what else is there may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthenticationInfo")
            .field("kind", &self.kind)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

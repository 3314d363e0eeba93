//! Names of OCSF's `activity_id`s, by class (OCSF 1.x, <https://schema.ocsf.io>).

use tandem_domain::ClassUid;

/// Name and id; 0 is `unknown` and 99 `other` in every class.
type Names = &'static [(&'static str, u8)];

const EVERY: Names = &[("unknown", 0), ("other", 99)];
const CREATE_READ_UPDATE_DELETE: Names = &[("create", 1), ("read", 2), ("update", 3), ("delete", 4)];
const OPEN_CLOSE: Names = &[
    ("open", 1),
    ("close", 2),
    ("reset", 3),
    ("fail", 4),
    ("refuse", 5),
    ("traffic", 6),
];

/// The activities of each class.
const BY_CLASS: &[(ClassUid, Names)] = &[
    (
        ClassUid::FileActivity,
        &[
            ("create", 1),
            ("read", 2),
            ("update", 3),
            ("delete", 4),
            ("rename", 5),
            ("set_attributes", 6),
            ("set_security", 7),
            ("get_attributes", 8),
            ("get_security", 9),
            ("encrypt", 10),
            ("decrypt", 11),
            ("mount", 12),
            ("unmount", 13),
            ("open", 14),
        ],
    ),
    (
        ClassUid::FileHosting,
        &[
            ("upload", 1),
            ("download", 2),
            ("update", 3),
            ("delete", 4),
            ("rename", 5),
            ("copy", 6),
            ("move", 7),
            ("restore", 8),
            ("preview", 9),
            ("lock", 10),
            ("unlock", 11),
            ("share", 12),
            ("unshare", 13),
            ("open", 14),
            ("sync", 15),
            ("unsync", 16),
        ],
    ),
    (ClassUid::KernelExtensionActivity, &[("load", 1), ("unload", 2)]),
    (
        ClassUid::MemoryActivity,
        &[
            ("allocate_page", 1),
            ("modify_page", 2),
            ("delete_page", 3),
            ("read", 5),
            ("write", 6),
        ],
    ),
    (ClassUid::ModuleActivity, &[("load", 1), ("unload", 2)]),
    (
        ClassUid::ScheduledJobActivity,
        &[
            ("create", 1),
            ("update", 2),
            ("delete", 3),
            ("enable", 4),
            ("disable", 5),
            ("start", 6),
        ],
    ),
    (
        ClassUid::ProcessActivity,
        &[
            ("launch", 1),
            ("terminate", 2),
            ("open", 3),
            ("inject", 4),
            ("set_user", 5),
        ],
    ),
    (
        ClassUid::EventLogActivity,
        &[
            ("clear", 1),
            ("delete", 2),
            ("export", 3),
            ("archive", 4),
            ("rotate", 5),
            ("start", 6),
            ("restart", 7),
            ("stop", 10),
            ("enable", 8),
            ("disable", 9),
        ],
    ),
    (ClassUid::ScriptActivity, &[("execute", 1)]),
    (
        ClassUid::PeripheralActivity,
        &[
            ("connect", 1),
            ("disconnect", 2),
            ("enable", 3),
            ("disable", 4),
            ("eject", 5),
        ],
    ),
    (
        ClassUid::RegistryKeyActivity,
        &[
            ("create", 1),
            ("read", 2),
            ("modify", 3),
            ("delete", 4),
            ("rename", 5),
            ("open", 6),
            ("restore", 7),
            ("import", 8),
            ("export", 9),
        ],
    ),
    (
        ClassUid::DetectionFinding,
        &[("create", 1), ("update", 2), ("close", 3)],
    ),
    (
        ClassUid::DataSecurityFinding,
        &[("create", 1), ("update", 2), ("close", 3)],
    ),
    (
        ClassUid::AccountChange,
        &[
            ("create", 1),
            ("enable", 2),
            ("password_change", 3),
            ("password_reset", 4),
            ("disable", 5),
            ("delete", 6),
            ("attach_policy", 7),
            ("detach_policy", 8),
            ("lock", 9),
            ("mfa_enable", 10),
            ("mfa_disable", 11),
            ("unlock", 12),
        ],
    ),
    (
        ClassUid::Authentication,
        &[
            ("logon", 1),
            ("logoff", 2),
            ("authentication_ticket", 3),
            ("service_ticket_request", 4),
            ("service_ticket_renew", 5),
            ("preauth", 6),
        ],
    ),
    (
        ClassUid::AuthorizeSession,
        &[("assign_privileges", 1), ("assign_groups", 2)],
    ),
    (ClassUid::EntityManagement, CREATE_READ_UPDATE_DELETE),
    (
        ClassUid::UserAccessManagement,
        &[("assign_privileges", 1), ("revoke_privileges", 2)],
    ),
    (
        ClassUid::GroupManagement,
        &[
            ("assign_privileges", 1),
            ("revoke_privileges", 2),
            ("add_user", 3),
            ("remove_user", 4),
            ("delete", 5),
            ("create", 6),
        ],
    ),
    (ClassUid::NetworkActivity, OPEN_CLOSE),
    (ClassUid::TunnelActivity, OPEN_CLOSE),
    (
        ClassUid::HttpActivity,
        &[
            ("connect", 1),
            ("delete", 2),
            ("get", 3),
            ("head", 4),
            ("options", 5),
            ("post", 6),
            ("put", 7),
            ("trace", 8),
            ("patch", 9),
        ],
    ),
    (
        ClassUid::DnsActivity,
        &[("query", 1), ("response", 2), ("traffic", 6)],
    ),
    (
        ClassUid::RdpActivity,
        &[
            ("initial_request", 1),
            ("initial_response", 2),
            ("connect_request", 3),
            ("connect_response", 4),
            ("tls_handshake", 5),
            ("traffic", 6),
            ("disconnect", 7),
            ("reconnect", 8),
        ],
    ),
    (
        ClassUid::SmbActivity,
        &[
            ("file_supersede", 1),
            ("file_open", 2),
            ("file_create", 3),
            ("file_open_if", 4),
            ("file_overwrite", 5),
            ("file_overwrite_if", 6),
        ],
    ),
    (ClassUid::SshActivity, OPEN_CLOSE),
    (
        ClassUid::EmailActivity,
        &[("send", 1), ("receive", 2), ("scan", 3), ("trace", 4)],
    ),
    (
        ClassUid::WebResourcesActivity,
        &[
            ("create", 1),
            ("read", 2),
            ("update", 3),
            ("delete", 4),
            ("search", 5),
            ("import", 6),
            ("export", 7),
            ("share", 8),
        ],
    ),
    (
        ClassUid::ApplicationLifecycle,
        &[
            ("install", 1),
            ("remove", 2),
            ("start", 3),
            ("stop", 4),
            ("restart", 5),
            ("enable", 6),
            ("disable", 7),
            ("update", 8),
        ],
    ),
    (ClassUid::ApiActivity, CREATE_READ_UPDATE_DELETE),
    (
        ClassUid::DatastoreActivity,
        &[
            ("read", 1),
            ("update", 2),
            ("connect", 3),
            ("query", 4),
            ("write", 5),
            ("create", 6),
            ("delete", 7),
            ("list", 8),
            ("encrypt", 9),
            ("decrypt", 10),
        ],
    ),
    (ClassUid::PrintActivity, &[("print", 1)]),
    (
        ClassUid::PhysicalAccess,
        &[("entry", 1), ("exit", 2), ("denied", 3)],
    ),
];

/// The names of a class's own activities.
fn names(class: ClassUid) -> Names {
    BY_CLASS
        .iter()
        .find(|(known, _)| *known == class)
        .map_or(&[], |(_, names)| names)
}

/// The id of an activity named in a mapping.
pub(super) fn parse(class: ClassUid, name: &str) -> Option<u8> {
    let known = names(class).iter().chain(EVERY);
    known
        .into_iter()
        .find(|(known, _)| *known == name)
        .map(|(_, id)| *id)
}

/// All names a mapping may use for `class`.
pub(super) fn allowed(class: ClassUid) -> impl Iterator<Item = &'static str> {
    names(class).iter().chain(EVERY).map(|(name, _)| *name)
}

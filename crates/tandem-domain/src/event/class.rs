//! OCSF classes, severities and statuses that insider risk needs (OCSF 1.x, <https://schema.ocsf.io>).

use serde::{Deserialize, Serialize};

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident = $uid:literal, $text:literal;)*) => {
        /// An OCSF event class; the number is OCSF's `class_uid`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[repr(u16)]
        pub enum ClassUid {
            $($(#[$doc])* $name = $uid,)*
        }

        impl ClassUid {
            /// Every class, by number.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// OCSF's `class_uid`.
            pub const fn uid(self) -> u16 {
                self as u16
            }

            /// OCSF's class name in snake case, for example `file_activity`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The class with that `class_uid`.
            pub fn from_uid(uid: u16) -> Option<Self> {
                match uid { $($uid => Some(Self::$name),)* _ => None }
            }

            /// The class with that snake-case name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

classes! {
    /// Anything that no mapping knows; still stored, searched and matched.
    #[default]
    BaseEvent = 0, "base_event";
    /// File created, read, changed, deleted, renamed, copied.
    FileActivity = 1001, "file_activity";
    /// Kernel and driver events.
    KernelExtensionActivity = 1002, "kernel_extension_activity";
    /// Memory access between processes.
    MemoryActivity = 1004, "memory_activity";
    /// Library loaded.
    ModuleActivity = 1005, "module_activity";
    /// Scheduled task or job changed.
    ScheduledJobActivity = 1006, "scheduled_job_activity";
    /// Process started or ended.
    ProcessActivity = 1007, "process_activity";
    /// Something recorded about a log itself, such as its clearing.
    EventLogActivity = 1008, "event_log_activity";
    /// Script block executed.
    ScriptActivity = 1009, "script_activity";
    /// Device plugged in, mounted, removed.
    PeripheralActivity = 1010, "peripheral_activity";
    /// Windows registry key changed (class 1 of OCSF's Windows extension, uid 201001, kept in 16 bits).
    RegistryKeyActivity = 20101, "registry_key_activity";
    /// Detection reported by another product.
    DetectionFinding = 2004, "detection_finding";
    /// Content rule of another product (OCSF data security finding).
    DataSecurityFinding = 2006, "data_security_finding";
    /// Account created, changed, deleted, password set.
    AccountChange = 3001, "account_change";
    /// Logon, logoff, ticket requests.
    Authentication = 3002, "authentication";
    /// Session authorised with special rights.
    AuthorizeSession = 3003, "authorize_session";
    /// Entity (for example a policy) managed.
    EntityManagement = 3004, "entity_management";
    /// Rights granted to or revoked from a user.
    UserAccessManagement = 3005, "user_access_management";
    /// Group membership changed.
    GroupManagement = 3006, "group_management";
    /// Network connection.
    NetworkActivity = 4001, "network_activity";
    /// HTTP request.
    HttpActivity = 4002, "http_activity";
    /// DNS query or answer.
    DnsActivity = 4003, "dns_activity";
    /// Remote desktop session.
    RdpActivity = 4005, "rdp_activity";
    /// SMB share access.
    SmbActivity = 4006, "smb_activity";
    /// SSH session.
    SshActivity = 4007, "ssh_activity";
    /// Mail sent, received, read.
    EmailActivity = 4009, "email_activity";
    /// VPN or other tunnel opened or closed.
    TunnelActivity = 4014, "tunnel_activity";
    /// Web resource read, changed, exported.
    WebResourcesActivity = 6001, "web_resources_activity";
    /// Application started, stopped, installed.
    ApplicationLifecycle = 6002, "application_lifecycle";
    /// Call of a cloud or SaaS API.
    ApiActivity = 6003, "api_activity";
    /// Database or data store read or changed.
    DatastoreActivity = 6005, "datastore_activity";
    /// File kept in a cloud service: upload, download, share, delete.
    FileHosting = 6006, "file_hosting";
    /// Print job.
    PrintActivity = 6010, "print_activity";
    /// Door or turnstile passed with a badge (Tandem extension, OCSF has no class for it yet).
    PhysicalAccess = 9001, "physical_access";
}

/// OCSF `severity_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Severity {
    /// 0
    #[default]
    Unknown = 0,
    /// 1
    Informational = 1,
    /// 2
    Low = 2,
    /// 3
    Medium = 3,
    /// 4
    High = 4,
    /// 5
    Critical = 5,
}

/// OCSF `status_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Status {
    /// 0
    #[default]
    Unknown = 0,
    /// 1
    Success = 1,
    /// 2
    Failure = 2,
}

//! What a subject can do, as far as baselines count it, and the kinds of objects it can do it with.

use serde::{Deserialize, Serialize};

macro_rules! table {
    ($(#[$enum_doc:meta])* $enum:ident; $($(#[$doc:meta])* $name:ident => $text:literal, $one:literal, $many:literal;)*) => {
        $(#[$enum_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[repr(u8)]
        pub enum $enum { $($(#[$doc])* $name,)* }

        impl $enum {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();

            /// The stored and transmitted name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The value with that name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }

            /// Position in `ALL`.
            pub const fn index(self) -> usize {
                self as usize
            }

            /// In words: `one` for a count of one, else `many`.
            pub const fn words(self, count: u64) -> &'static str {
                match self { $(Self::$name => if count == 1 { $one } else { $many },)* }
            }
        }
    };
}

table! {
    /// A class of acts. Each observation counts under exactly one, besides the two that cut across all others:
    /// [`Action::Confidential`] and [`Action::Denied`].
    Action;
    /// A session began.
    Logon => "logon", "logon", "logons";
    /// A logon was refused.
    LogonFailed => "logon_failed", "failed logon", "failed logons";
    /// A session ended.
    Logoff => "logoff", "logoff", "logoffs";
    /// A session on another machine (remote desktop, SSH).
    RemoteSession => "remote_session", "remote session", "remote sessions";
    /// A VPN or other tunnel was opened.
    Vpn => "vpn", "VPN connection", "VPN connections";
    /// Came in through a door.
    BadgeEntry => "badge_entry", "door entry", "door entries";
    /// A door refused the badge.
    BadgeDenied => "badge_denied", "refused door entry", "refused door entries";
    /// A removable device was plugged in.
    DeviceConnect => "device_connect", "device plugged in", "devices plugged in";
    /// A file was copied to removable media.
    RemovableCopy => "removable_copy", "copy to removable media", "copies to removable media";
    /// A file was opened or read.
    FileRead => "file_read", "file read", "files read";
    /// A file was made or changed.
    FileWrite => "file_write", "file write", "file writes";
    /// A file was deleted.
    FileDelete => "file_delete", "file deletion", "file deletions";
    /// A file was renamed or moved.
    FileRename => "file_rename", "file rename", "file renames";
    /// A file was packed or encrypted.
    FileEncrypt => "file_encrypt", "file encryption", "file encryptions";
    /// A network share was opened.
    ShareAccess => "share_access", "share access", "share accesses";
    /// A file was put into a cloud service.
    CloudUpload => "cloud_upload", "cloud upload", "cloud uploads";
    /// A file was taken from a cloud service.
    CloudDownload => "cloud_download", "cloud download", "cloud downloads";
    /// A cloud file was opened or previewed.
    CloudView => "cloud_view", "cloud file view", "cloud file views";
    /// A cloud file was shared.
    CloudShare => "cloud_share", "cloud share", "cloud shares";
    /// A mail to colleagues only.
    MailInternal => "mail_internal", "internal mail sent", "internal mails sent";
    /// A mail with at least one recipient outside.
    MailExternal => "mail_external", "mail to an outside address", "mails to outside addresses";
    /// A web page was fetched.
    WebVisit => "web_visit", "web request", "web requests";
    /// A large request body was sent to a web site.
    WebUpload => "web_upload", "web upload", "web uploads";
    /// A network connection.
    Network => "network", "network connection", "network connections";
    /// A program was started.
    ProcessStart => "process_start", "program start", "program starts";
    /// A script was run.
    ScriptRun => "script_run", "script run", "script runs";
    /// A document was printed.
    Print => "print", "print job", "print jobs";
    /// An account, right or group was changed.
    AdminAct => "admin_act", "change of accounts or rights", "changes of accounts or rights";
    /// A task, service or application was changed.
    SystemChange => "system_change", "system change", "system changes";
    /// A database was read.
    DatabaseRead => "database_read", "database read", "database reads";
    /// A database was changed.
    DatabaseWrite => "database_write", "database write", "database writes";
    /// A business record was looked at.
    RecordRead => "record_read", "record looked at", "records looked at";
    /// A business record was changed.
    RecordChange => "record_change", "record changed", "records changed";
    /// Business records were exported or shared.
    RecordExport => "record_export", "record export", "record exports";
    /// A log was cleared, deleted or switched off.
    LogTamper => "log_tamper", "log cleared or switched off", "logs cleared or switched off";
    /// Any of the above on something labelled confidential.
    Confidential => "confidential", "touch of confidential data", "touches of confidential data";
    /// Any of the above (but logons and doors) that was refused.
    Denied => "denied", "refused access", "refused accesses";
}

impl Action {
    /// Whether bytes or items of this act are modelled as a volume.
    pub const fn has_volume(self) -> bool {
        matches!(
            self,
            Self::RemovableCopy
                | Self::FileRead
                | Self::CloudUpload
                | Self::CloudDownload
                | Self::MailExternal
                | Self::WebUpload
                | Self::Network
                | Self::Print
                | Self::DatabaseRead
                | Self::RecordExport
        )
    }

    /// Takes data out of the company's hands.
    pub const fn is_egress(self) -> bool {
        matches!(
            self,
            Self::RemovableCopy
                | Self::CloudUpload
                | Self::CloudShare
                | Self::WebUpload
                | Self::Print
                | Self::RecordExport
        )
    }

    /// Gathers data, the step before taking it out.
    pub const fn is_collection(self) -> bool {
        matches!(
            self,
            Self::FileRead | Self::CloudDownload | Self::CloudView | Self::DatabaseRead | Self::RecordRead
        )
    }

    /// Looks at data, or for it, without taking it anywhere.
    pub const fn is_look(self) -> bool {
        self.is_collection() || matches!(self, Self::ShareAccess)
    }

    /// Asks for access to something; being refused it is news of its own.
    pub const fn is_access(self) -> bool {
        self.is_look() || matches!(self, Self::RemoteSession | Self::RecordExport)
    }

    /// Whether a typical number per day means anything: the end of a session mirrors its beginning.
    pub const fn is_counted(self) -> bool {
        !matches!(self, Self::Logoff)
    }
}

table! {
    /// A kind of object whose first use is news.
    ObjectKind;
    /// A computer worked on.
    Host => "host", "computer", "computers";
    /// A removable device.
    Peripheral => "peripheral", "removable device", "removable devices";
    /// A network share.
    Share => "share", "share", "shares";
    /// A web site or network destination outside.
    Domain => "domain", "site", "sites";
    /// A mail address outside.
    Recipient => "recipient", "outside recipient", "outside recipients";
    /// An application, database, mailbox, repository or cloud container.
    Resource => "resource", "resource", "resources";
    /// A program.
    Program => "program", "program", "programs";
    /// A country, site or network a session came from.
    Origin => "origin", "origin", "origins";
    /// A door.
    Door => "door", "door", "doors";
    /// An account or group that was administered.
    Administered => "administered", "administered account or group", "administered accounts or groups";
    /// A confidentiality label.
    Label => "label", "data label", "data labels";
}

//! Acts in fifteen kinds, coarse enough for what follows what to be known of one person.

use serde::{Deserialize, Serialize};

use crate::Action;
use crate::observe::Observation;

/// A kind of acts. The common ones come first: their sets are stored in fewer bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum CoarseAction {
    /// Web pages and network connections.
    Web,
    /// Mail sent.
    Mail,
    /// Files read, made and changed.
    Files,
    /// Programs and scripts started.
    Programs,
    /// Shares and cloud stores looked at and taken from.
    Stores,
    /// Databases and business records read and changed.
    Records,
    /// A session began.
    LogOn,
    /// A session ended.
    LogOff,
    /// Came in through a door, a VPN or a remote session.
    WayIn,
    /// Anything that was refused.
    Refused,
    /// A removable device plugged in.
    Device,
    /// Copies to removable media.
    Removable,
    /// Sent out of the company's hands in another way: uploads, shares, exports, prints.
    Outward,
    /// Files deleted, renamed, packed or encrypted.
    Cleaning,
    /// Accounts, rights, systems and logs changed.
    Administration,
}

impl CoarseAction {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();
    /// Every kind, in order.
    pub const ALL: [Self; 15] = [
        Self::Web,
        Self::Mail,
        Self::Files,
        Self::Programs,
        Self::Stores,
        Self::Records,
        Self::LogOn,
        Self::LogOff,
        Self::WayIn,
        Self::Refused,
        Self::Device,
        Self::Removable,
        Self::Outward,
        Self::Cleaning,
        Self::Administration,
    ];

    /// The kind of an act.
    pub const fn of(seen: &Observation<'_>) -> Self {
        if seen.denied {
            return Self::Refused;
        }
        match seen.action {
            Action::WebVisit | Action::Network => Self::Web,
            Action::MailInternal | Action::MailExternal => Self::Mail,
            Action::ProcessStart | Action::ScriptRun => Self::Programs,
            Action::ShareAccess | Action::CloudDownload | Action::CloudView => Self::Stores,
            Action::DatabaseRead | Action::DatabaseWrite | Action::RecordRead | Action::RecordChange => {
                Self::Records
            }
            Action::Logon => Self::LogOn,
            Action::Logoff => Self::LogOff,
            Action::RemoteSession | Action::Vpn | Action::BadgeEntry => Self::WayIn,
            Action::LogonFailed | Action::BadgeDenied | Action::Denied => Self::Refused,
            Action::DeviceConnect => Self::Device,
            Action::RemovableCopy => Self::Removable,
            Action::CloudUpload
            | Action::CloudShare
            | Action::WebUpload
            | Action::Print
            | Action::RecordExport => Self::Outward,
            Action::FileDelete | Action::FileRename | Action::FileEncrypt => Self::Cleaning,
            Action::AdminAct | Action::SystemChange | Action::LogTamper => Self::Administration,
            // What is confidential is told apart elsewhere; here it is a touch of a file.
            Action::FileRead | Action::FileWrite | Action::Confidential => Self::Files,
        }
    }

    /// Position in [`Self::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The kind as a member of a set.
    pub const fn bit(self) -> u16 {
        1 << self as u8
    }

    /// In words, to be put after `from` or `to`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Web => "web and network use",
            Self::Mail => "mail",
            Self::Files => "work on files",
            Self::Programs => "programs",
            Self::Stores => "file shares or cloud storage",
            Self::Records => "business records",
            Self::LogOn => "logging on",
            Self::LogOff => "logging off",
            Self::WayIn => "coming in by door, VPN or remote session",
            Self::Refused => "refused access",
            Self::Device => "plugging in a device",
            Self::Removable => "removable media",
            Self::Outward => "uploads, shares, exports or prints",
            Self::Cleaning => "deleting, renaming or packing files",
            Self::Administration => "administration of accounts and systems",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_one_of_a_set_and_has_acts() {
        let mut with_acts = 0_u16;
        for action in Action::ALL {
            with_acts |= CoarseAction::of(&Observation::new(*action, 9)).bit();
        }
        assert_eq!(with_acts, (1 << CoarseAction::COUNT) - 1);
        for (at, kind) in CoarseAction::ALL.into_iter().enumerate() {
            assert_eq!(kind.index(), at);
        }
        let mut refused = Observation::new(Action::FileRead, 9);
        refused.denied = true;
        assert_eq!(CoarseAction::of(&refused), CoarseAction::Refused);
    }
}

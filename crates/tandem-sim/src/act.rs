//! What people and programmes do, before it is written down. A story is a list of these.

/// Who acts, from where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seat<'a> {
    /// Account.
    pub(crate) account: &'a str,
    /// Relative identifier of the account in the domain.
    pub(crate) rid: u32,
    /// Holder of the badge.
    pub(crate) key: &'a str,
    /// Machine.
    pub(crate) host: &'a str,
    /// The machine's address at the moment (office or tunnel).
    pub(crate) ip: [u8; 4],
    /// The address the internet sees (home, hotel, or the office's own).
    pub(crate) public_ip: [u8; 4],
    /// Town of the site.
    pub(crate) site: &'static str,
}

/// How somebody logs on to the own machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogonKind {
    /// Type 2.
    Interactive,
    /// Type 7.
    Unlock,
    /// Type 11, without a domain controller.
    Cached,
    /// Type 4, a scheduled job.
    Batch,
    /// Type 5, a service.
    Service,
}

/// Why a logon failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Wrong password.
    Password,
    /// Account locked out.
    Locked,
}

/// Through a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    In,
    Out,
}

/// A step of a VPN session.
#[derive(Debug, Clone)]
pub(crate) enum VpnStep {
    Open { country: &'static str },
    Close { minutes: u32, bytes: u64 },
    Refused { country: &'static str },
}

/// A change in the directory; names are accounts and groups.
#[derive(Debug, Clone)]
pub(crate) enum Directory {
    Create { account: String },
    Enable { account: String },
    Disable { account: String },
    Delete { account: String },
    ResetPassword { account: String },
    AddMember { account: String, group: String },
    RemoveMember { account: String, group: String },
    Lock { account: String },
    Unlock { account: String },
}

/// A web visit.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) method: &'static str,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) status: u16,
    /// Bytes of the answer.
    pub(crate) bytes: u64,
}

/// A mail.
#[derive(Debug, Clone, Default)]
pub(crate) struct Letter {
    /// Sender, for mail that comes in.
    pub(crate) from: String,
    /// Addresses.
    pub(crate) to: Vec<String>,
    pub(crate) subject: String,
    /// Bytes with attachments.
    pub(crate) size: u64,
    /// Names and sizes.
    pub(crate) attachments: Vec<(String, u64)>,
}

/// What happens to a file on a share.
#[derive(Debug, Clone)]
pub(crate) enum FileOp {
    Read,
    Write,
    Delete,
    Rename(String),
    Denied,
}

/// What happens to a file on the own machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LocalOp {
    Create,
    /// Deleted for good (Sysmon keeps the name only).
    Delete,
    /// Came from the internet (Sysmon logs the zone stream).
    Download,
    /// A registry value; the path is the key.
    Registry,
}

/// Use of removable media.
#[derive(Debug, Clone)]
pub(crate) enum StickStep {
    Plug {
        serial: String,
        model: &'static str,
    },
    Copy {
        serial: String,
        file: String,
        size: u64,
        label: &'static str,
    },
    Unplug {
        serial: String,
    },
}

/// An entry of the cloud suite's audit log.
#[derive(Debug, Clone)]
pub(crate) enum CloudItem {
    SignIn {
        failed: bool,
        country: &'static str,
    },
    /// A document: `FileAccessed`, `FileModified`, `FileDownloaded`, `FileUploaded`, `FileDeleted`.
    File {
        operation: &'static str,
        site: String,
        name: String,
        size: u64,
    },
    /// A share with somebody outside, or an open link.
    Share {
        operation: &'static str,
        site: String,
        name: String,
        with: String,
    },
    Search {
        text: String,
    },
    /// Mail read; `owner` is another mailbox if it is not the own one.
    MailRead {
        owner: Option<String>,
        count: u32,
    },
    InboxRule {
        name: String,
        forward_to: String,
    },
    MailboxPermission {
        owner: String,
        to: String,
    },
}

/// An entry of the ERP application's own audit log.
#[derive(Debug, Clone, Default)]
pub(crate) struct ErpEntry {
    /// `customer.view`, `invoice.approve`, …
    pub(crate) action: &'static str,
    pub(crate) object: String,
    pub(crate) name: String,
    pub(crate) label: &'static str,
    /// Case, ticket or order that the look-up belongs to.
    pub(crate) reason: Option<String>,
    /// Records touched.
    pub(crate) rows: u32,
    /// Cents.
    pub(crate) amount: Option<i64>,
    /// Further fields.
    pub(crate) more: Vec<(&'static str, String)>,
}

/// One act.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    LogOn(LogonKind),
    LogOnFailed(Failure),
    LogOff,
    /// Remote desktop to a server.
    Remote(&'static str),
    Directory(Directory),
    /// Security log of a Windows server cleared.
    LogCleared(&'static str),
    Task {
        host: &'static str,
        name: String,
        command: String,
    },
    ServerProcess {
        host: &'static str,
        image: &'static str,
        command: String,
    },
    ServerDelete {
        host: &'static str,
        path: String,
    },
    AdminShare {
        host: &'static str,
        share: &'static str,
    },
    Process {
        image: String,
        command: String,
        parent: &'static str,
    },
    LocalFile {
        op: LocalOp,
        path: String,
        image: &'static str,
    },
    Badge {
        door: &'static str,
        way: Way,
        granted: bool,
    },
    Vpn(VpnStep),
    Web(Visit),
    Mail(Letter),
    MailReceived(Letter),
    File {
        share: String,
        path: String,
        op: FileOp,
    },
    Stick(StickStep),
    /// Upload in the browser, seen by proxy and endpoint agent.
    Upload {
        host: String,
        file: String,
        size: u64,
        label: &'static str,
    },
    Saas(CloudItem),
    Erp(ErpEntry),
    /// A command as root on a Linux server.
    Shell {
        host: &'static str,
        command: String,
    },
    Ssh {
        host: &'static str,
        opened: bool,
    },
}

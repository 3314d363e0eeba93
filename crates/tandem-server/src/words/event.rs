//! One sentence per event: who did not matter (the pseudonym stands beside it), what was done to what, where to.

use tandem_domain::{Attr, ClassUid};

/// What the sentence is made of: the event's class, activity, outcome and attributes.
pub trait EventWords {
    /// OCSF class.
    fn class(&self) -> ClassUid;
    /// OCSF activity id.
    fn activity(&self) -> u8;
    /// True if the source says that it failed.
    fn failed(&self) -> bool;
    /// A core attribute.
    fn attr(&self, attr: Attr) -> Option<&str>;
}

/// The object acted upon: the most telling of file, record, address, share, device.
pub fn object(event: &impl EventWords) -> Option<&str> {
    use ClassUid as C;
    let order: &[Attr] = match event.class() {
        C::FileActivity | C::FileHosting | C::SmbActivity => {
            &[Attr::FilePath, Attr::FileName, Attr::Resource]
        }
        C::HttpActivity => &[Attr::UrlHost, Attr::Url],
        C::EmailActivity => &[Attr::EmailTo, Attr::EmailSubject],
        C::PeripheralActivity => &[Attr::Peripheral],
        C::ProcessActivity | C::ScriptActivity => &[Attr::CommandLine, Attr::Process],
        C::AccountChange | C::UserAccessManagement | C::GroupManagement => &[Attr::TargetUser, Attr::Group],
        C::NetworkActivity | C::DnsActivity => &[Attr::DstHost, Attr::DstIp],
        C::Authentication | C::TunnelActivity | C::RdpActivity | C::SshActivity => {
            &[Attr::Device, Attr::DstHost]
        }
        _ => &[Attr::Resource, Attr::FilePath, Attr::Operation, Attr::Service],
    };
    order.iter().find_map(|attr| event.attr(*attr))
}

/// One plain sentence about the event, without the acting account.
pub fn what(event: &impl EventWords) -> String {
    let verb = verb(event);
    let mut text = match object(event) {
        Some(object) => format!("{verb} {}", shorten(object, 120)),
        None => verb.to_owned(),
    };
    if let Some(to) = destination(event) {
        text.push_str(" to ");
        text.push_str(&shorten(to, 80));
    }
    if let Some(label) = event.attr(Attr::DataLabel) {
        text.push_str(&format!(" (labelled {})", shorten(label, 40)));
    }
    if event.failed() {
        text.push_str("; refused");
    }
    text
}

fn destination(event: &impl EventWords) -> Option<&str> {
    match event.class() {
        ClassUid::FileActivity => event
            .attr(Attr::FileResult)
            .or_else(|| event.attr(Attr::Peripheral)),
        ClassUid::GroupManagement | ClassUid::UserAccessManagement => event.attr(Attr::Group),
        ClassUid::FileHosting => event.attr(Attr::TargetUser),
        _ => None,
    }
}

fn verb(event: &impl EventWords) -> &'static str {
    use ClassUid as C;
    match (event.class(), event.activity()) {
        (C::Authentication, 1) => "signed in on",
        (C::Authentication, 2) => "signed out of",
        (C::Authentication, _) => "authenticated on",
        (C::FileActivity, 1) if event.attr(Attr::Peripheral).is_some() => "copied to removable media:",
        (C::FileActivity, 1) => "created file",
        (C::FileActivity, 2 | 14) => "opened file",
        (C::FileActivity, 3) => "changed file",
        (C::FileActivity, 4) => "deleted file",
        (C::FileActivity, 5) => "renamed file",
        (C::FileActivity, _) => "touched file",
        (C::FileHosting, 1) => "uploaded",
        (C::FileHosting, 2) => "downloaded",
        (C::FileHosting, 4) => "deleted",
        (C::FileHosting, 12) => "shared",
        (C::FileHosting, _) => "used the hosted file",
        (C::PeripheralActivity, 1) => "plugged in",
        (C::PeripheralActivity, 2) => "removed",
        (C::EmailActivity, 1) => "sent mail to",
        (C::EmailActivity, 2) => "received mail for",
        (C::EmailActivity, _) => "used mail",
        (C::HttpActivity, 6 | 7 | 9) => "sent data to",
        (C::HttpActivity, _) => "visited",
        (C::ProcessActivity, 1) => "started",
        (C::ProcessActivity, 2) => "ended",
        (C::ScriptActivity, _) => "ran the script",
        (C::SmbActivity, _) => "accessed the share",
        (C::DatastoreActivity, 1 | 4) => "looked up",
        (C::DatastoreActivity, 2 | 5) => "changed",
        (C::DatastoreActivity, 6) => "created",
        (C::DatastoreActivity, 7) => "deleted",
        (C::WebResourcesActivity, 7) => "exported",
        (C::WebResourcesActivity, 5) => "searched",
        (C::WebResourcesActivity, _) => "used",
        (C::PrintActivity, _) => "printed",
        (C::TunnelActivity, 1) => "opened a VPN session",
        (C::TunnelActivity, _) => "closed a VPN session",
        (C::PhysicalAccess, 1) => "entered through",
        (C::PhysicalAccess, 2) => "left through",
        (C::PhysicalAccess, _) => "was turned away at",
        (C::AccountChange, 1) => "created the account",
        (C::AccountChange, 3 | 4) => "changed the password of",
        (C::AccountChange, 5) => "disabled the account",
        (C::AccountChange, 6) => "deleted the account",
        (C::AccountChange, _) => "changed the account",
        (C::GroupManagement, 3) => "added to a group:",
        (C::GroupManagement, 4) => "removed from a group:",
        (C::GroupManagement, _) => "changed the group",
        (C::UserAccessManagement, 1) => "granted rights to",
        (C::UserAccessManagement, _) => "changed the rights of",
        (C::EventLogActivity, 1 | 2) => "cleared the log",
        (C::EventLogActivity, _) => "changed logging of",
        (C::ScheduledJobActivity, _) => "changed the scheduled task",
        (C::RegistryKeyActivity, _) => "changed the registry key",
        (C::NetworkActivity, _) => "connected to",
        (C::DnsActivity, _) => "looked up the name",
        (C::ApiActivity, _) => "called",
        _ => "did",
    }
}

/// The text cut to `limit` characters, with an ellipsis if anything was cut.
fn shorten(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

//! Which action an event is. Class and activity numbers are OCSF's.

use tandem_domain::event::Status;
use tandem_domain::{Attr, ClassUid, EventRef, NumAttr};

use super::{HomeContext, names};
use crate::Action;

/// The action of an event, or `None` for what baselines do not count.
pub(super) fn action(event: &EventRef<'_>, home: &HomeContext) -> Option<Action> {
    let activity = event.head().activity;
    match event.head().class {
        ClassUid::Authentication => authentication(event, activity),
        ClassUid::RdpActivity | ClassUid::SshActivity => Some(Action::RemoteSession),
        ClassUid::TunnelActivity => (activity == 1).then_some(Action::Vpn),
        ClassUid::PhysicalAccess => match activity {
            1 => Some(Action::BadgeEntry),
            3 => Some(Action::BadgeDenied),
            _ => None,
        },
        ClassUid::PeripheralActivity => (activity == 1).then_some(Action::DeviceConnect),
        ClassUid::FileActivity => file(event, activity),
        ClassUid::SmbActivity => Some(Action::ShareAccess),
        ClassUid::FileHosting => hosting(activity),
        ClassUid::EmailActivity => email(event, activity, home),
        ClassUid::HttpActivity => Some(http(event, activity, home)),
        ClassUid::NetworkActivity => (activity == 1).then_some(Action::Network),
        ClassUid::ProcessActivity => (activity == 1).then_some(Action::ProcessStart),
        ClassUid::ScriptActivity => Some(Action::ScriptRun),
        ClassUid::PrintActivity => (activity == 1).then_some(Action::Print),
        ClassUid::EventLogActivity => matches!(activity, 1 | 2 | 9).then_some(Action::LogTamper),
        ClassUid::AccountChange => account_change(event, activity),
        ClassUid::UserAccessManagement | ClassUid::GroupManagement => Some(Action::AdminAct),
        // OCSF's 2 is reading an entity: a look changes nothing.
        ClassUid::EntityManagement => (activity != 2).then_some(Action::AdminAct),
        ClassUid::ScheduledJobActivity
        | ClassUid::ApplicationLifecycle
        | ClassUid::KernelExtensionActivity => Some(Action::SystemChange),
        ClassUid::DatastoreActivity => match activity {
            1 | 4 => Some(Action::DatabaseRead),
            2 | 5 | 6 | 7 => Some(Action::DatabaseWrite),
            _ => None,
        },
        ClassUid::WebResourcesActivity => match activity {
            2 | 5 => Some(Action::RecordRead),
            1 | 3 | 4 | 6 => Some(Action::RecordChange),
            7 | 8 => Some(Action::RecordExport),
            _ => None,
        },
        ClassUid::ApiActivity => match activity {
            2 => Some(Action::RecordRead),
            1 | 3 | 4 => Some(Action::RecordChange),
            _ => None,
        },
        _ => None,
    }
}

fn authentication(event: &EventRef<'_>, activity: u8) -> Option<Action> {
    match (activity, event.head().status) {
        (1, Status::Failure) => Some(Action::LogonFailed),
        (1, _) => Some(Action::Logon),
        (2, _) => Some(Action::Logoff),
        _ => None,
    }
}

fn file(event: &EventRef<'_>, activity: u8) -> Option<Action> {
    match activity {
        1 if event.attr(Attr::Peripheral).is_some() => Some(Action::RemovableCopy),
        1 | 3 => Some(Action::FileWrite),
        2 | 14 => Some(Action::FileRead),
        4 => Some(Action::FileDelete),
        5 => Some(Action::FileRename),
        10 => Some(Action::FileEncrypt),
        _ => None,
    }
}

fn hosting(activity: u8) -> Option<Action> {
    match activity {
        1 => Some(Action::CloudUpload),
        2 | 15 => Some(Action::CloudDownload),
        3 => Some(Action::FileWrite),
        4 => Some(Action::FileDelete),
        5..=7 => Some(Action::FileRename),
        9 | 14 => Some(Action::CloudView),
        12 => Some(Action::CloudShare),
        _ => None,
    }
}

fn email(event: &EventRef<'_>, activity: u8, home: &HomeContext) -> Option<Action> {
    if activity != 1 {
        return None;
    }
    let to = event.attr(Attr::EmailTo).unwrap_or_default();
    let outside = names::addresses(to).any(|address| !names::is_home_address(address, home));
    Some(if outside {
        Action::MailExternal
    } else {
        Action::MailInternal
    })
}

fn http(event: &EventRef<'_>, activity: u8, home: &HomeContext) -> Action {
    let sends = matches!(activity, 6 | 7 | 9);
    let bytes = event.num(NumAttr::BytesOut).unwrap_or(0).max(0) as u64;
    let outside = event
        .attr(Attr::UrlHost)
        .is_none_or(|host| !names::is_internal(host, home));
    if sends && outside && bytes >= home.web_upload_bytes {
        Action::WebUpload
    } else {
        Action::WebVisit
    }
}

/// Changing one's own password is no act of administration.
fn account_change(event: &EventRef<'_>, activity: u8) -> Option<Action> {
    let own = event.attr(Attr::TargetUser).is_none_or(|target| {
        event
            .attr(Attr::ActorUser)
            .is_some_and(|actor| actor.eq_ignore_ascii_case(target))
    });
    (!(activity == 3 && own)).then_some(Action::AdminAct)
}

/// Bytes that count for an action: outward ones for what goes out, inward ones for what comes in, else the file's size.
pub(super) fn bytes(event: &EventRef<'_>, action: Action) -> u64 {
    let (out, into, size) = (
        event.num(NumAttr::BytesOut),
        event.num(NumAttr::BytesIn),
        event.num(NumAttr::FileSize),
    );
    let counted = match action {
        Action::CloudDownload | Action::DatabaseRead | Action::FileRead => size.or(into),
        Action::WebVisit => into,
        Action::Network | Action::WebUpload | Action::Vpn => out,
        _ => size.or(out),
    };
    counted.unwrap_or(0).max(0) as u64
}

/// Things touched at once.
pub(super) fn items(event: &EventRef<'_>) -> u32 {
    event
        .num(NumAttr::Items)
        .unwrap_or(0)
        .clamp(0, i64::from(u32::MAX)) as u32
}

/// Whether the event tells of a refusal. Logons and doors have actions of their own for that.
pub(super) fn denied(event: &EventRef<'_>, action: Action) -> bool {
    event.head().status == Status::Failure && !matches!(action, Action::LogonFailed | Action::BadgeDenied)
}

//! The objects of an act.

use std::borrow::Cow;

use tandem_domain::{Attr, ClassUid, EventRef};

use super::{HomeContext, Object, names};
use crate::activity::object_hash;
use crate::{Action, ObjectKind};

/// Most outside recipients taken from one mail.
const RECIPIENTS: usize = 20;
/// Seeds that keep file and record hashes apart from objects' (whose seeds are the kinds' small numbers).
const FILE_SEED: u64 = 1 << 32;
const RECORD_SEED: u64 = 2 << 32;

/// What was used, by kind.
pub(super) fn objects<'a>(event: &EventRef<'a>, action: Action, home: &HomeContext) -> Vec<Object<'a>> {
    let mut found = Vec::new();
    if let Some(device) = event.attr(Attr::Device).filter(|_| on_a_host(event.head().class)) {
        push(&mut found, ObjectKind::Host, names::host(device));
    }
    if let Some(label) = event.attr(Attr::DataLabel) {
        push(&mut found, ObjectKind::Label, names::lower(label));
    }
    specific(event, action, home, &mut found);
    found
}

/// Classes whose device is the computer the account works on, not the service it talks to.
fn on_a_host(class: ClassUid) -> bool {
    matches!(
        class,
        ClassUid::Authentication
            | ClassUid::PeripheralActivity
            | ClassUid::FileActivity
            | ClassUid::ProcessActivity
            | ClassUid::ScriptActivity
            | ClassUid::RdpActivity
            | ClassUid::SshActivity
    )
}

fn specific<'a>(event: &EventRef<'a>, action: Action, home: &HomeContext, found: &mut Vec<Object<'a>>) {
    let attr = |attr| event.attr(attr);
    match event.head().class {
        ClassUid::Authentication
        | ClassUid::TunnelActivity
        | ClassUid::RdpActivity
        | ClassUid::SshActivity => {
            push_lower(found, ObjectKind::Origin, attr(Attr::Location));
        }
        ClassUid::PhysicalAccess => push_lower(found, ObjectKind::Door, attr(Attr::Resource)),
        ClassUid::PeripheralActivity => {
            push_lower(found, ObjectKind::Peripheral, device(attr(Attr::Peripheral)))
        }
        ClassUid::FileActivity => {
            if action == Action::RemovableCopy {
                push_lower(found, ObjectKind::Peripheral, device(attr(Attr::Peripheral)));
            }
            let share = attr(Attr::Resource).or_else(|| names::unc_share(attr(Attr::FilePath)?));
            push_lower(found, ObjectKind::Share, share);
        }
        ClassUid::SmbActivity => push_lower(found, ObjectKind::Share, attr(Attr::Resource)),
        ClassUid::FileHosting | ClassUid::DatastoreActivity => {
            push_lower(
                found,
                ObjectKind::Resource,
                attr(Attr::Resource).or(attr(Attr::Service)),
            );
        }
        ClassUid::WebResourcesActivity | ClassUid::ApiActivity => {
            push_lower(found, ObjectKind::Resource, attr(Attr::Service));
        }
        ClassUid::EmailActivity => recipients(attr(Attr::EmailTo).unwrap_or_default(), home, found),
        ClassUid::HttpActivity => site(attr(Attr::UrlHost), home, found),
        ClassUid::NetworkActivity => site(attr(Attr::DstHost), home, found),
        ClassUid::ProcessActivity => {
            if let Some(path) = attr(Attr::Process) {
                push(found, ObjectKind::Program, names::program(path));
            }
        }
        ClassUid::AccountChange | ClassUid::UserAccessManagement | ClassUid::GroupManagement => {
            push_lower(
                found,
                ObjectKind::Administered,
                attr(Attr::Group).or(attr(Attr::TargetUser)),
            );
        }
        _ => {}
    }
}

/// A removable device's own name; words that name any such device are none.
fn device(name: Option<&str>) -> Option<&str> {
    let any = [
        "removable",
        "removable media",
        "removable disk",
        "usb",
        "usb device",
        "unknown",
    ];
    name.filter(|name| !any.iter().any(|word| word.eq_ignore_ascii_case(name.trim())))
}

fn site<'a>(host: Option<&'a str>, home: &HomeContext, found: &mut Vec<Object<'a>>) {
    if let Some(host) = host.filter(|host| !names::is_internal(host, home)) {
        push(found, ObjectKind::Domain, names::site(host));
    }
}

fn recipients<'a>(list: &'a str, home: &HomeContext, found: &mut Vec<Object<'a>>) {
    let outside = names::addresses(list).filter(|address| !names::is_home_address(address, home));
    for address in outside.take(RECIPIENTS) {
        push(found, ObjectKind::Recipient, names::lower(address));
    }
}

fn push_lower<'a>(found: &mut Vec<Object<'a>>, kind: ObjectKind, text: Option<&'a str>) {
    if let Some(text) = text {
        push(found, kind, names::lower(text.trim()));
    }
}

fn push<'a>(found: &mut Vec<Object<'a>>, kind: ObjectKind, text: Cow<'a, str>) {
    if !text.is_empty() {
        found.push(Object { kind, text });
    }
}

/// The file touched, by content if known, else by path or name.
pub(super) fn file(event: &EventRef<'_>) -> Option<u64> {
    [Attr::FileHash, Attr::FilePath, Attr::FileName]
        .into_iter()
        .find_map(|attr| event.attr(attr))
        .map(|text| object_hash(FILE_SEED, text))
}

/// The business record touched.
pub(super) fn record(event: &EventRef<'_>, action: Action) -> Option<u64> {
    matches!(
        action,
        Action::RecordRead | Action::RecordChange | Action::RecordExport
    )
    .then(|| event.attr(Attr::Resource))
    .flatten()
    .map(|text| object_hash(RECORD_SEED, text))
}

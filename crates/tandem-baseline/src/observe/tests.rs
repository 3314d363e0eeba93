use tandem_domain::event::{EventHead, Status};
use tandem_domain::{Attr, ClassUid, Day, EventBatch, LocalTime, NumAttr, Timestamp};

use super::names::{
    addresses, host, is_confidential, is_home_address, is_internal, program, site, unc_share,
};
use super::*;
use crate::{Action, ObjectKind};

fn home() -> HomeContext {
    HomeContext {
        mail_domains: vec!["aldermoor.example".into()],
        internal_hosts: vec!["intranet.example".into()],
        ..HomeContext::default()
    }
}

/// An event of a class with attributes, observed; hour 13 of day 5.
fn seen(
    class: ClassUid,
    activity: u8,
    attrs: &[(Attr, &str)],
    nums: &[(NumAttr, i64)],
    status: Status,
) -> Option<(Action, DayParts)> {
    let mut batch = EventBatch::new("test");
    let mut event = batch.start().unwrap();
    event.attr(Attr::ActorUser, "anna");
    for (attr, text) in attrs {
        event.attr(*attr, text);
    }
    for (num, value) in nums {
        event.num(*num, *value);
    }
    event.finish(EventHead {
        class,
        activity,
        status,
        time: Timestamp(0),
        ..EventHead::default()
    });
    let event = batch.get(0).unwrap();
    let seen = observe(&event, &home(), |_| LocalTime {
        day: Day(5),
        minute: 13 * 60 + 47,
    })?;
    assert_eq!((seen.day, seen.observation.hour), (Day(5), 13));
    assert_eq!(seen.observation.minute, 47);
    let objects = seen
        .observation
        .objects
        .iter()
        .map(|o| (o.kind, o.text.to_string()))
        .collect();
    let parts = DayParts {
        account: seen.account.to_owned(),
        bytes: seen.observation.bytes,
        confidential: seen.observation.confidential,
        denied: seen.observation.denied,
        objects,
    };
    Some((seen.observation.action, parts))
}

#[derive(Debug, PartialEq, Eq)]
struct DayParts {
    account: String,
    bytes: u64,
    confidential: bool,
    denied: bool,
    objects: Vec<(ObjectKind, String)>,
}

fn action(class: ClassUid, activity: u8, attrs: &[(Attr, &str)]) -> Option<Action> {
    seen(class, activity, attrs, &[], Status::Success).map(|(action, _)| action)
}

#[test]
fn a_logon_belongs_to_the_account_that_logged_on() {
    let attrs = [
        (Attr::ActorUser, "WS-1$"),
        (Attr::TargetUser, "ALDERMOOR\\Berta"),
        (Attr::Device, "WS-1.aldermoor.example"),
    ];
    let (action, parts) = seen(ClassUid::Authentication, 1, &attrs, &[], Status::Success).unwrap();
    assert_eq!(action, Action::Logon);
    assert_eq!(parts.account, "ALDERMOOR\\Berta");
    assert_eq!(parts.objects, [(ObjectKind::Host, "ws-1".to_owned())]);
    let (failed, parts) = seen(ClassUid::Authentication, 1, &attrs, &[], Status::Failure).unwrap();
    assert_eq!((failed, parts.denied), (Action::LogonFailed, false));
    assert_eq!(
        self::action(ClassUid::Authentication, 2, &attrs),
        Some(Action::Logoff)
    );
    assert_eq!(self::action(ClassUid::Authentication, 99, &attrs), None);
}

#[test]
fn writing_to_a_removable_device_is_a_copy_and_elsewhere_a_write() {
    let attrs = [
        (Attr::FilePath, "C:\\plans.doc"),
        (Attr::Peripheral, "SN-77"),
        (Attr::DataLabel, "Strictly Confidential"),
    ];
    let (action, parts) = seen(
        ClassUid::FileActivity,
        1,
        &attrs,
        &[(NumAttr::FileSize, 900)],
        Status::Success,
    )
    .unwrap();
    assert_eq!(
        (action, parts.bytes, parts.confidential),
        (Action::RemovableCopy, 900, true)
    );
    assert!(
        parts
            .objects
            .contains(&(ObjectKind::Peripheral, "sn-77".to_owned()))
    );
    assert_eq!(
        self::action(ClassUid::FileActivity, 1, &[(Attr::FilePath, "/tmp/x")]),
        Some(Action::FileWrite)
    );
    let unnamed = seen(
        ClassUid::PeripheralActivity,
        1,
        &[(Attr::Peripheral, "Removable")],
        &[],
        Status::Success,
    )
    .unwrap();
    assert_eq!(
        (unnamed.0, unnamed.1.objects),
        (Action::DeviceConnect, Vec::new())
    );
}

#[test]
fn one_outside_recipient_makes_a_mail_external() {
    let inside = [(
        Attr::EmailTo,
        "Bo <bo@aldermoor.example>;c@mail.aldermoor.example",
    )];
    assert_eq!(
        action(ClassUid::EmailActivity, 1, &inside),
        Some(Action::MailInternal)
    );
    let outside = [(Attr::EmailTo, "bo@aldermoor.example, Anna <Anna.S@Post.example>")];
    let (action, parts) = seen(ClassUid::EmailActivity, 1, &outside, &[], Status::Success).unwrap();
    assert_eq!(action, Action::MailExternal);
    assert_eq!(
        parts.objects,
        [(ObjectKind::Recipient, "anna.s@post.example".to_owned())]
    );
    assert_eq!(
        self::action(ClassUid::EmailActivity, 2, &outside),
        None,
        "receiving is no act"
    );
}

#[test]
fn a_large_body_to_an_outside_site_is_an_upload() {
    let to = |host: &str, bytes| {
        seen(
            ClassUid::HttpActivity,
            6,
            &[(Attr::UrlHost, host)],
            &[(NumAttr::BytesOut, bytes)],
            Status::Success,
        )
        .unwrap()
    };
    let (action, parts) = to("www.Files.Share.co.uk", 5_000_000);
    assert_eq!((action, parts.bytes), (Action::WebUpload, 5_000_000));
    assert_eq!(parts.objects, [(ObjectKind::Domain, "share.co.uk".to_owned())]);
    assert_eq!(to("files.share.example", 300).0, Action::WebVisit);
    let (inside, parts) = to("wiki.intranet.example", 5_000_000);
    assert_eq!((inside, parts.objects), (Action::WebVisit, Vec::new()));
}

#[test]
fn changing_the_own_password_is_no_administration() {
    assert_eq!(
        action(ClassUid::AccountChange, 3, &[(Attr::TargetUser, "Anna")]),
        None
    );
    assert_eq!(action(ClassUid::AccountChange, 3, &[]), None);
    let other = [(Attr::TargetUser, "berta")];
    assert_eq!(action(ClassUid::AccountChange, 4, &other), Some(Action::AdminAct));
    assert_eq!(
        action(ClassUid::GroupManagement, 3, &[(Attr::Group, "Domain Admins")]),
        Some(Action::AdminAct)
    );
}

#[test]
fn every_class_in_use_has_its_action() {
    let cases = [
        (ClassUid::FileActivity, 2, Action::FileRead),
        (ClassUid::FileActivity, 4, Action::FileDelete),
        (ClassUid::FileActivity, 5, Action::FileRename),
        (ClassUid::FileActivity, 10, Action::FileEncrypt),
        (ClassUid::FileHosting, 1, Action::CloudUpload),
        (ClassUid::FileHosting, 2, Action::CloudDownload),
        (ClassUid::FileHosting, 12, Action::CloudShare),
        (ClassUid::FileHosting, 9, Action::CloudView),
        (ClassUid::SmbActivity, 2, Action::ShareAccess),
        (ClassUid::DatastoreActivity, 4, Action::DatabaseRead),
        (ClassUid::DatastoreActivity, 7, Action::DatabaseWrite),
        (ClassUid::WebResourcesActivity, 2, Action::RecordRead),
        (ClassUid::WebResourcesActivity, 3, Action::RecordChange),
        (ClassUid::WebResourcesActivity, 7, Action::RecordExport),
        (ClassUid::PrintActivity, 1, Action::Print),
        (ClassUid::TunnelActivity, 1, Action::Vpn),
        (ClassUid::PhysicalAccess, 1, Action::BadgeEntry),
        (ClassUid::PhysicalAccess, 3, Action::BadgeDenied),
        (ClassUid::EventLogActivity, 1, Action::LogTamper),
        (ClassUid::ProcessActivity, 1, Action::ProcessStart),
        (ClassUid::SshActivity, 1, Action::RemoteSession),
        (ClassUid::ScheduledJobActivity, 1, Action::SystemChange),
        (ClassUid::UserAccessManagement, 1, Action::AdminAct),
    ];
    for (class, activity, wanted) in cases {
        assert_eq!(
            action(class, activity, &[]),
            Some(wanted),
            "{} {activity}",
            class.as_str()
        );
    }
    for (class, activity) in [
        (ClassUid::PeripheralActivity, 2),
        (ClassUid::BaseEvent, 1),
        (ClassUid::DnsActivity, 1),
    ] {
        assert_eq!(action(class, activity, &[]), None);
    }
}

#[test]
fn a_refusal_is_marked_besides_its_action() {
    let (action, parts) = seen(
        ClassUid::FileActivity,
        2,
        &[(Attr::FilePath, "x")],
        &[],
        Status::Failure,
    )
    .unwrap();
    assert_eq!((action, parts.denied), (Action::FileRead, true));
}

#[test]
fn an_event_without_an_account_is_nobodys() {
    let mut batch = EventBatch::new("test");
    let event = batch.start().unwrap();
    event.finish(EventHead {
        class: ClassUid::ProcessActivity,
        activity: 1,
        ..EventHead::default()
    });
    assert_eq!(observe(&batch.get(0).unwrap(), &home(), LocalTime::utc), None);
}

#[test]
fn names_have_one_spelling() {
    assert_eq!(host("\\\\SRV-1.corp.example"), "srv-1");
    assert_eq!(host("10.0.0.7"), "10.0.0.7");
    assert_eq!(site("A.B.Example.COM:443"), "example.com");
    assert_eq!(site("shop.brand.co.uk"), "brand.co.uk");
    assert_eq!(site("localhost"), "localhost");
    assert_eq!(site("1.2.3.4"), "1.2.3.4");
    assert_eq!(program("C:\\Windows\\System32\\CMD.exe"), "cmd.exe");
    assert_eq!(unc_share("\\\\srv\\HR\\plans\\x.doc"), Some("\\\\srv\\HR"));
    assert_eq!(unc_share("C:\\x"), None);
    assert_eq!(unc_share("\\\\srv\\"), None);
    assert_eq!(
        addresses("a@x.example; Bo <b@y.example>,nobody").collect::<Vec<_>>(),
        ["a@x.example", "b@y.example"]
    );
}

#[test]
fn inside_is_what_the_company_says_is_inside() {
    assert!(is_home_address("x@hr.aldermoor.example", &home()));
    assert!(!is_home_address("x@notaldermoor.example", &home()));
    for (name, wanted) in [
        ("wiki", true),
        ("10.1.2.3", true),
        ("8.8.8.8", false),
        ("intranet.example", true),
        ("a.org", false),
    ] {
        assert_eq!(is_internal(name, &home()), wanted, "{name}");
    }
    assert!(is_confidential("Highly CONFIDENTIAL", &home()));
    assert!(!is_confidential("non-confidential", &home()));
    assert!(!is_confidential("Public", &home()));
}

#[test]
fn what_names_people_is_not_shown() {
    let shown = |kind, text: &'static str| {
        Object {
            kind,
            text: text.into(),
        }
        .shown()
        .to_owned()
    };
    assert_eq!(
        shown(ObjectKind::Recipient, "anna.s@post.example"),
        "post.example"
    );
    assert_eq!(shown(ObjectKind::Administered, "berta"), "");
    assert_eq!(shown(ObjectKind::Share, "\\\\srv\\hr"), "\\\\srv\\hr");
}

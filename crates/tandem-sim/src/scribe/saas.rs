//! The cloud suite: records of Microsoft 365's unified audit log, one per line; `CreationTime` is UTC without saying so.

use super::json::Json;
use super::stamp::{Ip, Stamp};
use super::{Pen, Source};
use crate::act::CloudItem;

const AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0 Safari/537.36";

fn record(pen: &mut Pen<'_>, operation: &str, kind: (u8, &str), fill: impl FnOnce(&mut Json<'_>, &Pen<'_>)) {
    let at = pen.at;
    let mut text = String::with_capacity(1_000);
    let user = pen.company.mail(pen.seat.account);
    let mut json = Json::open(&mut text);
    json.plain("CreationTime", Stamp::Bare(at))
        .plain("Id", pen.uuid(operation))
        .plain("Operation", operation);
    json.plain("OrganizationId", "6d3b0f52-7a1c-4f0e-9c55-0a1de2b7c413")
        .raw("RecordType", kind.0);
    json.plain("UserKey", format_args!("1003200{:09x}", pen.seat.rid))
        .raw("UserType", 0)
        .raw("Version", 1);
    json.plain("Workload", kind.1)
        .plain("ClientIP", Ip(pen.seat.public_ip))
        .plain("UserId", user);
    fill(&mut json, pen);
    json.end();
    pen.log.line(Source::Saas, at, |out| out.push_str(&text));
}

/// One entry.
pub(super) fn item(pen: &mut Pen<'_>, item: &CloudItem) {
    match item {
        CloudItem::SignIn { failed, country } => sign_in(pen, *failed, country),
        CloudItem::File {
            operation,
            site,
            name,
            size,
        } => {
            record(pen, operation, workload(site, 6), |j, pen| {
                document(j, pen, site, name);
                j.raw("FileSizeBytes", size);
            });
        }
        CloudItem::Share {
            operation,
            site,
            name,
            with,
        } => {
            record(pen, operation, workload(site, 14), |j, pen| {
                document(j, pen, site, name);
                let kind = if with.is_empty() { "SharingLink" } else { "Guest" };
                j.plain("TargetUserOrGroupType", kind)
                    .text("TargetUserOrGroupName", with);
                j.text("EventData", "<Permissions granted>Read</Permissions granted>");
            });
        }
        CloudItem::Search { text } => record(pen, "SearchQueryPerformed", (4, "SharePoint"), |j, pen| {
            j.plain("EventSource", "SharePoint")
                .text("UserAgent", AGENT)
                .text("SearchQueryText", text);
            j.plain("CorrelationId", pen.uuid("search"));
        }),
        CloudItem::MailRead { owner, count } => mail_read(pen, owner.as_deref(), *count),
        CloudItem::InboxRule { name, forward_to } => {
            let object = format!("{}\\{name}", pen.seat.account);
            let parameters = [
                ("Name", name.as_str()),
                ("ForwardTo", forward_to),
                ("StopProcessingRules", "False"),
            ];
            exchange_admin(pen, "New-InboxRule", &object, &parameters);
        }
        CloudItem::MailboxPermission { owner, to } => {
            let parameters = [
                ("Identity", owner.as_str()),
                ("User", to),
                ("AccessRights", "FullAccess"),
            ];
            exchange_admin(pen, "Add-MailboxPermission", owner, &parameters);
        }
    }
}

/// Record type and workload of a document: personal sites belong to OneDrive.
fn workload(site: &str, kind: u8) -> (u8, &'static str) {
    (
        kind,
        if site.starts_with("personal/") {
            "OneDrive"
        } else {
            "SharePoint"
        },
    )
}

fn document(j: &mut Json<'_>, pen: &Pen<'_>, site: &str, name: &str) {
    let tenant = pen.company.plan.home_domain.split('.').next().unwrap_or("home");
    let base = match site.strip_prefix("personal/") {
        Some(owner) => format!(
            "https://{tenant}-my.sharepoint.com/personal/{}/",
            owner.replace('.', "_")
        ),
        None => format!("https://{tenant}.sharepoint.com/sites/{site}/"),
    };
    let folder = if site.starts_with("personal/") {
        "Documents"
    } else {
        "Shared Documents"
    };
    j.text("ObjectId", &format!("{base}{folder}/{name}"))
        .plain("CorrelationId", pen.uuid("correlation"));
    j.plain("EventSource", "SharePoint")
        .plain("ItemType", "File")
        .text("UserAgent", AGENT);
    j.text("SiteUrl", &base)
        .text("SourceFileName", name)
        .text("SourceRelativeUrl", folder);
    j.text("SourceFileExtension", name.rsplit('.').next().unwrap_or_default());
}

fn exchange_admin(pen: &mut Pen<'_>, operation: &str, object: &str, parameters: &[(&str, &str)]) {
    record(pen, operation, (1, "Exchange"), |j, pen| {
        j.text("ObjectId", object)
            .plain("ResultStatus", "True")
            .raw("ExternalAccess", false);
        j.text("OrganizationName", &pen.company.plan.home_domain)
            .text("OriginatingServer", "ALD-MX01 (15.20.8534.021)");
        j.objects("Parameters", parameters, |p, (name, value)| {
            p.text("Name", name).text("Value", value);
        });
    });
}

fn mail_read(pen: &mut Pen<'_>, owner: Option<&str>, count: u32) {
    let own = pen.company.mail(pen.seat.account);
    let owner = owner.map_or_else(|| own.clone(), |o| pen.company.mail(o));
    // 0 is the owner, 2 a delegate.
    let logon = if owner == own { 0 } else { 2 };
    record(pen, "MailItemsAccessed", (50, "Exchange"), |j, pen| {
        j.plain("ResultStatus", "Succeeded")
            .plain("ClientIPAddress", Ip(pen.seat.public_ip));
        j.plain("ClientInfoString", "Client=OutlookService;Outlook-iOS/2.0;")
            .raw("ExternalAccess", false);
        j.raw("InternalLogonType", 0)
            .raw("LogonType", logon)
            .text("MailboxOwnerUPN", &owner);
        j.plain(
            "LogonUserSid",
            format_args!("{}-{}", pen.company.domain_sid, pen.seat.rid),
        );
        j.objects(
            "OperationProperties",
            &[("MailAccessType", "Bind"), ("IsThrottled", "False")],
            |p, (name, value)| {
                p.plain("Name", name).plain("Value", value);
            },
        );
        j.raw("OperationCount", count);
    });
}

fn sign_in(pen: &mut Pen<'_>, failed: bool, country: &str) {
    let operation = if failed { "UserLoginFailed" } else { "UserLoggedIn" };
    record(pen, operation, (15, "AzureActiveDirectory"), |j, pen| {
        j.plain("ResultStatus", if failed { "Failed" } else { "Success" });
        j.plain("ObjectId", "00000003-0000-0000-c000-000000000000")
            .raw("AzureActiveDirectoryEventType", 1);
        j.objects(
            "ExtendedProperties",
            &[("UserAgent", AGENT), ("RequestType", "Login:login")],
            |p, (name, value)| {
                p.text("Name", name).text("Value", value);
            },
        );
        let device = [
            ("DisplayName", pen.seat.host),
            ("OS", "Windows 10"),
            ("Country", country),
        ];
        j.objects("DeviceProperties", &device, |p, (name, value)| {
            p.text("Name", name).text("Value", value);
        });
        j.plain("ErrorNumber", if failed { "50126" } else { "0" });
        if failed {
            j.text("LogonError", "InvalidUserNameOrPassword");
        }
    });
}

//! Changes of accounts and groups in the Windows Security log of the domain controller.

use super::Pen;
use super::windows::{Meta, meta, record, sid, subject};
use crate::act::Directory;
use crate::company::{Company, SERVICES};

const USER: &str = "User Account Management";
const GROUP: &str = "Security Group Management";

/// Relative identifier of any account, known or just made.
fn rid_of(company: &Company, account: &str) -> u32 {
    let person = company
        .people
        .iter()
        .find(|p| p.account == account || p.admin.as_deref() == Some(account));
    let service = SERVICES.iter().position(|s| s.account == account);
    match (person, service) {
        (Some(p), _) => p.rid + u32::from(p.account != account),
        (None, Some(n)) => 1_100 + n as u32,
        (None, None) => 60_000 + account.bytes().map(u32::from).sum::<u32>(),
    }
}

fn user<'a>(id: u16, message: &'static str, account: &'a str) -> (Meta, &'a str, Option<&'a str>) {
    (meta(id, USER, message), account, None)
}

/// The event, the account and the group of a change.
fn parts(change: &Directory) -> (Meta, &str, Option<&str>) {
    match change {
        Directory::Create { account } => user(4720, "A user account was created.", account),
        Directory::Enable { account } => user(4722, "A user account was enabled.", account),
        Directory::Disable { account } => user(4725, "A user account was disabled.", account),
        Directory::Delete { account } => user(4726, "A user account was deleted.", account),
        Directory::ResetPassword { account } => user(
            4724,
            "An attempt was made to reset an account's password.",
            account,
        ),
        Directory::Lock { account } => user(4740, "A user account was locked out.", account),
        Directory::Unlock { account } => user(4767, "A user account was unlocked.", account),
        Directory::AddMember { account, group } if is_local(group) => {
            let message = "A member was added to a security-enabled local group.";
            (meta(4732, GROUP, message), account, Some(group))
        }
        Directory::AddMember { account, group } => {
            let message = "A member was added to a security-enabled global group.";
            (meta(4728, GROUP, message), account, Some(group))
        }
        Directory::RemoveMember { account, group } if is_local(group) => {
            let message = "A member was removed from a security-enabled local group.";
            (meta(4733, GROUP, message), account, Some(group))
        }
        Directory::RemoveMember { account, group } => {
            let message = "A member was removed from a security-enabled global group.";
            (meta(4729, GROUP, message), account, Some(group))
        }
    }
}

/// One change.
pub(super) fn change(pen: &mut Pen<'_>, change: &Directory) {
    let (meta, account, group) = parts(change);
    let target = sid(pen.company, rid_of(pen.company, account));
    let (id, company) = (meta.id, pen.company);
    record(pen, "ALD-DC01", &meta, "event_data", |j, pen| {
        if group.is_some() {
            let parts: Vec<&str> = company.plan.home_domain.split('.').collect();
            let place = format!(",DC={}", parts.join(",DC="));
            j.text("MemberName", &format!("CN={account},OU=Accounts{place}"))
                .plain("MemberSid", &target);
            j.plain("PrivilegeList", "-");
        } else if id == 4720 {
            j.text("SamAccountName", account)
                .text("UserPrincipalName", &company.mail(account));
            j.text("DisplayName", account)
                .plain("PasswordLastSet", "%%1794")
                .plain("PrimaryGroupId", 513);
        }
        // A lockout is reported by the domain controller itself; its "domain" is the machine that caused it.
        if id == 4740 {
            j.plain("SubjectUserName", "ALD-DC01$")
                .plain("SubjectUserSid", "S-1-5-18");
            j.text("TargetDomainName", pen.seat.host);
        } else {
            subject(j, pen, "ALD-DC01");
            let local = group.is_some_and(is_local);
            j.text(
                "TargetDomainName",
                if local { "Builtin" } else { &company.plan.nt_domain },
            );
        }
        match group {
            Some(group) => j
                .text("TargetUserName", group)
                .plain("TargetSid", group_sid(company, group)),
            None => j.text("TargetUserName", account).plain("TargetSid", &target),
        };
    });
}

fn is_local(group: &str) -> bool {
    matches!(
        group,
        "Administrators" | "Backup Operators" | "Remote Desktop Users"
    )
}

fn group_sid(company: &Company, group: &str) -> String {
    match group {
        "Administrators" => "S-1-5-32-544".into(),
        "Backup Operators" => "S-1-5-32-551".into(),
        "Remote Desktop Users" => "S-1-5-32-555".into(),
        "Domain Admins" => sid(company, 512),
        other => sid(company, 5_000 + other.bytes().map(u32::from).sum::<u32>()),
    }
}

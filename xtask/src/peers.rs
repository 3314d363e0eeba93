//! Real servers and tools that tests speak to, installed by the test run itself.

use std::path::PathBuf;

use crate::console::npm_ci;
use crate::sh::{Outcome, Step, command, quiet, root, target_dir};

/// The certified OpenID provider of the sign-in tests.
const PROVIDER: &str = "crates/tandem-sign-in/tests/oidc";
/// The Matrix homeserver of the chat tests, from PyPI.
const SYNAPSE: &str = "matrix-synapse==1.163.2";
/// The fuzzer of the API, from PyPI.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
/// Clients that send logs, and servers that logs are fetched from, from PyPI. Of moto's server no more than its S3 service needs:
/// the extra `server` brings twice as many packages, for services that no test asks.
const SENDERS: &str = "confluent-kafka==2.16.1 moto[s3]==5.2.5 flask==3.1.3 flask-cors==6.0.5 nats-py==2.16.0 \
                       opentelemetry-sdk==1.45.2 opentelemetry-exporter-otlp==1.45.2 elasticsearch==9.5.1 \
                       splunk-handler==3.0.0";
/// Detectors of other projects, from PyPI.
const DETECTORS: &str = "crates/tandem-bench/peers/requirements.txt";
/// syslog-ng with what it needs to speak HTTP.
const SYSLOG_NG: [&str; 3] = ["syslog-ng-core", "syslog-ng-mod-http", "syslog-ng-scl"];

/// Installs the OpenID provider if its lock file changed, and gives its folder.
pub fn openid_provider() -> Outcome<PathBuf> {
    let step = "installing the OpenID provider of the tests (npm ci)";
    npm_ci(PROVIDER, "openid-provider", step)?;
    Ok(root().join(PROVIDER))
}

/// A Python that has Synapse.
pub fn synapse() -> Outcome<PathBuf> {
    python("synapse", SYNAPSE)
}

/// A Python that has schemathesis.
pub fn schemathesis() -> Outcome<PathBuf> {
    python("schemathesis", SCHEMATHESIS)
}

/// A Python that has the senders of the tests of live sources.
pub fn senders() -> Outcome<PathBuf> {
    python("senders", SENDERS)
}

/// A Python that has the detectors that behaviour analytics are compared with.
pub fn detectors() -> Outcome<PathBuf> {
    let file = root().join(DETECTORS);
    let text = std::fs::read_to_string(&file).map_err(|e| format!("cannot read {}: {e}", file.display()))?;
    let packages: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    python("detectors", &packages.join(" "))
}

/// The folder that syslog-ng is unpacked into: Debian does not let it be installed beside rsyslog.
pub fn syslog_ng() -> Outcome<PathBuf> {
    let folder = target_dir().join("peers/syslog-ng");
    let root = folder.join("root");
    let installed = PathBuf::from("/usr/sbin/syslog-ng");
    if root.join("usr/sbin/syslog-ng").is_file() {
        return Ok(root);
    }
    if installed.is_file() {
        return Ok(PathBuf::from("/"));
    }
    let _step = Step::new("unpacking syslog-ng from Debian's packages");
    std::fs::create_dir_all(&root).map_err(|e| format!("cannot make {}: {e}", root.display()))?;
    // What would be installed, had it the place: the packages and the libraries that are not there.
    let plan = quiet(
        command("apt-get")
            .args(["install", "--simulate", "--no-install-recommends"])
            .args(SYSLOG_NG),
    )?;
    let packages: Vec<&str> = plan
        .lines()
        .filter_map(|line| line.strip_prefix("Inst ")?.split(' ').next())
        .collect();
    quiet(
        command("apt-get")
            .current_dir(&folder)
            .args(["download", "-qq"])
            .args(&packages),
    )?;
    let files = std::fs::read_dir(&folder).map_err(|e| format!("cannot read {}: {e}", folder.display()))?;
    for file in files.flatten() {
        if file.path().extension().is_some_and(|end| end == "deb") {
            quiet(command("dpkg").arg("-x").arg(file.path()).arg(&root))?;
        }
    }
    Ok(root)
}

/// A Python of its own with some packages, under the target folder; made anew when another version is wanted.
fn python(name: &str, package: &str) -> Outcome<PathBuf> {
    let place = target_dir().join("python").join(name);
    let python = place.join("bin/python");
    let stamp = place.join("package");
    let installed = std::fs::read_to_string(&stamp).is_ok_and(|known| known == package);
    if installed && quiet(command(&python.display().to_string()).arg("--version")).is_ok() {
        return Ok(python);
    }
    let _step = Step::new(&format!("installing {package} from PyPI"));
    if place.exists() {
        std::fs::remove_dir_all(&place).map_err(|e| format!("cannot remove {}: {e}", place.display()))?;
    }
    quiet(command("python3").args(["-m", "venv"]).arg(&place))?;
    quiet(
        command(&python.display().to_string())
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-input",
                // Nothing is built that is there ready-made, and what is imported is compiled then.
                "--prefer-binary",
                "--no-compile",
            ])
            .args(package.split_whitespace()),
    )?;
    std::fs::write(&stamp, package).map_err(|e| format!("cannot write {}: {e}", stamp.display()))?;
    Ok(python)
}
